"""Small functions on tuples of arguments that programs written for HIPS Autograd import."""

from __future__ import annotations

import warnings
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


def quick_grad_check(
    fun: Callable[..., Any], arg0: Any, extra_args: Any = (), kwargs: Any = None, **options: Any
) -> None:
    """Deprecated: the reverse-mode check of `wengert.autograd.test_util.check_grads`."""
    from .test_util import check_grads

    warnings.warn(
        "quick_grad_check is deprecated: write check_grads(fun, modes=['rev'], order=1)(x)", stacklevel=2
    )
    check_grads(lambda x: fun(x, *extra_args, **(kwargs or {})), modes=["rev"], order=1)(arg0)
