"""`Variable`: what tensors that require grad were called in PyTorch's first years."""

from __future__ import annotations

from typing import Any

from wengert import _wengert as _w

__all__ = ["Variable"]


class _VariableMeta(type):
    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, _w.Tensor)


class Variable(metaclass=_VariableMeta):
    """``Variable(data, requires_grad=False)`` is the tensor itself, seen anew; every tensor is a Variable.

    >>> import wengert.torch as torch
    >>> torch.autograd.Variable(torch.ones(2), requires_grad=True)
    tensor([1., 1.], requires_grad=True)
    """

    def __new__(cls, data: Any, requires_grad: bool = False, volatile: bool = False) -> Any:
        tensor = _w.detach(data) if isinstance(data, _w.Cell) else _w.from_data(_w.Tensor, data)
        return tensor.requires_grad_() if requires_grad else tensor
