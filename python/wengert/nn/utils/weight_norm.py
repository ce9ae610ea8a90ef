"""A weight as a direction times a length, each learned for itself (Salimans and Kingma, 2016)."""

from __future__ import annotations

from typing import Any

import wengert._wengert as _w
from wengert._wengert import Tensor
from wengert.nn.parameter import Parameter

__all__ = ["WeightNorm", "remove_weight_norm", "weight_norm"]


def _norm(v: Tensor, dim: int | None) -> Tensor:
    """The norm over all axes but ``dim``."""
    if dim is None:
        return _w.norm(v, 2.0)
    axes = tuple(axis for axis in range(v.ndim) if axis != dim % v.ndim)
    return _w.norm(v, 2.0, axes, True)


class WeightNorm:
    """The hook that computes a weight from its length ``…_g`` and its direction ``…_v`` before each call."""

    def __init__(self, name: str, dim: int | None) -> None:
        self.name, self.dim = name, dim

    def compute_weight(self, module: Any) -> Tensor:
        """The weight."""
        g, v = getattr(module, self.name + "_g"), getattr(module, self.name + "_v")
        return v * (g / _norm(v, self.dim))

    def __call__(self, module: Any, inputs: Any) -> None:
        setattr(module, self.name, self.compute_weight(module))


def weight_norm(module: Any, name: str = "weight", dim: int | None = 0) -> Any:
    """Splits the parameter ``name`` of a module into length and direction; ``dim`` has a length for each index.

    >>> from wengert import nn
    >>> layer = nn.utils.weight_norm(nn.Linear(3, 2))
    >>> [key for key, _ in layer.named_parameters()]
    ['bias', 'weight_g', 'weight_v']
    """
    for hook, _ in module._forward_pre_hooks.values():
        if isinstance(hook, WeightNorm) and hook.name == name:
            raise RuntimeError(f"Cannot register two weight_norm hooks on the same parameter {name}")
    hook = WeightNorm(name, dim)
    weight = getattr(module, name)
    delattr(module, name)
    module.register_parameter(name + "_g", Parameter(_norm(weight.detach(), dim)))
    module.register_parameter(name + "_v", Parameter(weight.detach()))
    setattr(module, name, hook.compute_weight(module))
    module.register_forward_pre_hook(hook)
    return module


def remove_weight_norm(module: Any, name: str = "weight") -> Any:
    """Makes one parameter again of what :func:`weight_norm` split."""
    for key, (hook, _) in list(module._forward_pre_hooks.items()):
        if isinstance(hook, WeightNorm) and hook.name == name:
            weight = hook.compute_weight(module)
            for part in (name, name + "_g", name + "_v"):
                delattr(module, part)
            module.register_parameter(name, Parameter(weight.detach()))
            del module._forward_pre_hooks[key]
            return module
    raise ValueError(f"weight_norm of '{name}' not found in {module}")
