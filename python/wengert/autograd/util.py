"""Small functions on tuples of arguments that programs written for HIPS Autograd import."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


def subvals(x: Iterable[Any], ivs: Iterable[tuple[int, Any]]) -> tuple[Any, ...]:
    """The tuple with some members replaced, given as pairs of place and value."""
    changed = list(x)
    for place, value in ivs:
        changed[place] = value
    return tuple(changed)


def subval(x: Iterable[Any], i: int, v: Any) -> tuple[Any, ...]:
    """The tuple with one member replaced."""
    return subvals(x, [(i, v)])


def func(f: Callable[..., Any]) -> Callable[..., Any]:
    """The function itself."""
    return f
