"""Points that a function maps to themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..tracer import getval


def fixed_point(
    f: Callable[[Any], Callable[[Any], Any]], a: Any, x0: Any, distance: Callable[[Any, Any], Any], tol: float
) -> Any:
    """The point ``x`` with ``f(a)(x) == x``, by iteration until `distance` is within `tol`; it differentiates
    by `a` through the iterations."""
    step = f(a)
    x, before = step(x0), x0
    while getval(distance(x, before)) > tol:
        x, before = step(x), x
    return x
