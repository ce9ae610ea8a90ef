"""Values inside a running transform: `isbox` tells them, `getval` gives what is known of them without
derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


from .._wengert import Cell
from ..numpy._convert import is_traced, value_of


class _Boxes(type):
    def __instancecheck__(cls, x: Any) -> bool:
        return is_traced(x)


class Box(metaclass=_Boxes):
    """The class of all values inside a running transform, for ``isinstance``; ``x._value`` is the plain
    value."""

    @classmethod
    def register(cls, value_type: type) -> None:
        """Nothing to do: containers and arrays are known."""


def isbox(x: Any) -> bool:
    """Whether `x` belongs to a running transform."""
    return is_traced(x)


def getval(x: Any) -> Any:
    """The plain value of `x`, without its derivative; what is not in a transform comes back as it is."""
    if isinstance(x, Cell):
        values = value_of(x)
        return values if values.ndim else values[()]
    if isinstance(x, (list, tuple)) and type(x) in (list, tuple):
        return type(x)(map(getval, x))
    return x


def register_notrace(trace_type: Any, primitive_fun: Callable[..., Any]) -> None:
    """Nothing to do: a function whose result is a constant is made with `notrace_primitive`."""


def primitive(f_raw: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator: see `wengert.autograd.extend.primitive`."""
    from .extend import primitive as made

    return made(f_raw)


def notrace_primitive(f_raw: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator: see `wengert.autograd.extend.notrace_primitive`."""
    from .extend import notrace_primitive as made

    return made(f_raw)
