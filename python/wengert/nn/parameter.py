"""Tensors that belong to a module: parameters, which are trained, and buffers, which are not."""

from __future__ import annotations

from typing import Any

import wengert._wengert as _w
from wengert._wengert import Tensor

__all__ = ["Parameter", "Buffer"]


def _of_class(cls: type, data: Tensor | None) -> Any:
    """An object of a subclass of Tensor with the values of ``data``, and no history."""
    made = _w.zeros(Tensor, (0,)) if data is None else _w.wrap(Tensor, data.detach())
    made.__class__ = cls
    return made


def _rebuild(cls: type, data: Any, requires_grad: bool, attributes: dict[str, Any]) -> Any:
    """Makes a parameter or buffer again from what was pickled."""
    made = _of_class(cls, _w.from_data(Tensor, data))
    if requires_grad:
        made.requires_grad_(True)
    made.__dict__.update(attributes)
    return made


class Parameter(Tensor):
    """A tensor that a :class:`~wengert.nn.Module` registers as its parameter when it is assigned as an attribute.

    It shares the memory of ``data`` and requires grad unless told not to.

    >>> import wengert
    >>> from wengert import nn
    >>> nn.Parameter(wengert.tensor([1.0, 2.0]))
    Parameter containing:
    tensor([1., 2.], requires_grad=True)
    """

    def __new__(cls, data: Tensor | None = None, requires_grad: bool = True) -> Parameter:
        """A parameter with the values of ``data`` (an empty one without)."""
        if data is not None and not isinstance(data, Tensor):
            raise AttributeError(
                f"'{type(data).__name__}' object has no attribute 'detach': write Parameter(tensor(…))"
            )
        made: Parameter = _of_class(cls, data)
        if requires_grad:
            made.requires_grad_(True)
        return made

    def __init__(self, data: Tensor | None = None, requires_grad: bool = True) -> None:
        pass

    def __deepcopy__(self, memo: dict[int, Any]) -> Parameter:
        if id(self) in memo:
            return memo[id(self)]
        made = type(self)(_w.clone(self.detach()), self.requires_grad)
        memo[id(self)] = made
        return made

    def __copy__(self) -> Parameter:
        return type(self)(self.data, self.requires_grad)

    def __repr__(self) -> str:
        return "Parameter containing:\n" + Tensor.__repr__(self)

    __str__ = __repr__

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.detach().numpy(), self.requires_grad, dict(self.__dict__))


class Buffer(Tensor):
    """A tensor that a :class:`~wengert.nn.Module` registers as its buffer when it is assigned as an attribute.

    ``persistent`` buffers are part of the module's ``state_dict``.

    >>> import wengert
    >>> from wengert import nn
    >>> module = nn.Module()
    >>> module.count = nn.Buffer(wengert.zeros(2))
    >>> dict(module.state_dict())
    {'count': tensor([0., 0.])}
    """

    persistent: bool

    def __new__(cls, data: Tensor | None = None, *, persistent: bool = True) -> Buffer:
        """A buffer with the values of ``data`` (an empty one without)."""
        made: Buffer = _of_class(cls, data)
        made.persistent = persistent
        return made

    def __init__(self, data: Tensor | None = None, *, persistent: bool = True) -> None:
        pass

    def __deepcopy__(self, memo: dict[int, Any]) -> Buffer:
        if id(self) in memo:
            return memo[id(self)]
        made = type(self)(_w.clone(self.detach()), persistent=self.persistent)
        memo[id(self)] = made
        return made

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.detach().numpy(), False, dict(self.__dict__))
