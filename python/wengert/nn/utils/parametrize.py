"""Parameters as functions of others: symmetric, of norm one, whatever a module computes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import wengert._wengert as _w
from wengert._names import missing
from wengert._wengert import Tensor
from wengert.nn.modules.container import ModuleDict, ModuleList
from wengert.nn.modules.module import Module
from wengert.nn.parameter import Parameter

__all__ = [
    "ParametrizationList", "cached", "is_parametrized", "register_parametrization", "remove_parametrizations",
]

_caching = 0
_cache: dict[tuple[int, str], Tensor] = {}


@contextlib.contextmanager
def cached() -> Iterator[None]:
    """While this context lasts, each parametrised tensor is computed once."""
    global _caching
    _caching += 1
    try:
        yield
    finally:
        _caching -= 1
        if not _caching:
            _cache.clear()


class ParametrizationList(ModuleList):
    """The modules that compute a tensor, one after the other, and the ``original`` (or several) that they start from."""

    def __init__(self, modules: Any, original: Tensor, unsafe: bool = False) -> None:
        modules = list(modules)
        if not modules:
            raise ValueError("ParametrizationList requires one or more modules.")
        super().__init__(modules)
        self.unsafe = unsafe
        value = self._back(original.detach())
        self.is_tensor = isinstance(value, Tensor)
        values = [value] if self.is_tensor else list(value)
        self.ntensors = len(values)
        for place, one in enumerate(values):
            name = "original" if self.is_tensor else f"original{place}"
            if isinstance(original, Parameter):
                self.register_parameter(name, Parameter(one, original.requires_grad))
            else:
                self.register_buffer(name, one)
        if not unsafe:
            found = self()
            if tuple(found.shape) != tuple(original.shape):
                raise ValueError(
                    "A parametrization may not change the shape of the parametrized tensor, unless the `unsafe` flag is "
                    f"enabled. {tuple(original.shape)} became {tuple(found.shape)}."
                )

    def _back(self, value: Any) -> Any:
        """What the modules would have to start from to give ``value``, as far as they know."""
        enabled = _w.is_grad_enabled()
        _w.set_grad_enabled(False)
        try:
            for module in reversed(list(self)):
                if hasattr(module, "right_inverse"):
                    try:
                        value = module.right_inverse(value)
                    except NotImplementedError:
                        pass
            return value
        finally:
            _w.set_grad_enabled(enabled)

    def right_inverse(self, value: Tensor) -> None:
        """Sets the originals so that the modules give ``value``."""
        found = self._back(value.detach())
        values = [found] if self.is_tensor else list(found)
        for place, one in enumerate(values):
            held = getattr(self, "original" if self.is_tensor else f"original{place}")
            _w.assign(held.detach(), one)

    def forward(self) -> Tensor:
        """The tensor."""
        if self.is_tensor:
            value = self[0](self.original)
        else:
            value = self[0](*(getattr(self, f"original{place}") for place in range(self.ntensors)))
        for module in list(self)[1:]:
            value = module(value)
        return value


def _property(name: str) -> property:
    def get(self: Any) -> Tensor:
        if not _caching:
            return self.parametrizations[name]()
        key = (id(self), name)
        if key not in _cache:
            _cache[key] = self.parametrizations[name]()
        return _cache[key]

    def put(self: Any, value: Tensor) -> None:
        self.parametrizations[name].right_inverse(value)

    return property(get, put)


def _setattr(self: Any, name: str, value: Any) -> None:
    """Assignment that goes through the parametrisations."""
    if isinstance(getattr(type(self), name, None), property):
        object.__setattr__(self, name, value)
    else:
        Module.__setattr__(self, name, value)


def is_parametrized(module: Module, tensor_name: str | None = None) -> bool:
    """Whether a module (or one tensor of it) is parametrised."""
    held = module._modules.get("parametrizations")
    if not isinstance(held, ModuleDict):
        return False
    return len(held) > 0 if tensor_name is None else tensor_name in held


def register_parametrization(module: Module, tensor_name: str, parametrization: Module, *, unsafe: bool = False) -> Any:
    """Makes a parameter or buffer what ``parametrization`` computes from it.

    >>> import wengert
    >>> from wengert import nn
    >>> class Symmetric(nn.Module):
    ...     def forward(self, x):
    ...         return x.triu() + x.triu(1).T
    >>> layer = register_parametrization(nn.Linear(3, 3), "weight", Symmetric())
    >>> bool((layer.weight == layer.weight.T).all())
    True
    """
    parametrization.train(module.training)
    if is_parametrized(module, tensor_name):
        held: Any = module.parametrizations
        held[tensor_name].append(parametrization)
        return module
    if tensor_name not in module._parameters and tensor_name not in module._buffers:
        raise ValueError(
            f"Module '{module}' does not have a parameter, a buffer, or a parametrized element with name '{tensor_name}'"
        )
    chain = ParametrizationList([parametrization], getattr(module, tensor_name), unsafe)
    delattr(module, tensor_name)
    if not is_parametrized(module):
        kind = type(module)
        module.__class__ = type(f"Parametrized{kind.__name__}", (kind,), {"__setattr__": _setattr})
        module.parametrizations = ModuleDict()
    setattr(type(module), tensor_name, _property(tensor_name))
    module.parametrizations[tensor_name] = chain  # type: ignore[operator]
    return module


def remove_parametrizations(module: Module, tensor_name: str, leave_parametrized: bool = True) -> Any:
    """Makes a plain parameter or buffer again; its value is the computed one, or else the original."""
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"Module {module} does not have a parametrization on {tensor_name}")
    held: Any = module.parametrizations
    chain = held[tensor_name]
    if not leave_parametrized and not chain.is_tensor:
        raise ValueError(
            "Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized in terms of a "
            "sequence of tensors."
        )
    value = getattr(module, tensor_name).detach() if leave_parametrized else chain.original.detach()
    trained = len(list(chain.parameters(recurse=False))) > 0
    delattr(type(module), tensor_name)
    del held[tensor_name]
    if trained:
        module.register_parameter(tensor_name, Parameter(value))
    else:
        module.register_buffer(tensor_name, value)
    if not is_parametrized(module):
        delattr(module, "parametrizations")
        module.__class__ = type(module).__bases__[0]
    return module


if not TYPE_CHECKING:
    __getattr__ = missing(__name__, __all__)
