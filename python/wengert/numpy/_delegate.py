"""What has no differentiable form: NumPy computes it from plain values, and a value that is being
differentiated is refused.

None of these drops a derivative silently.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from . import _convert


def refusal(name: str) -> TypeError:
    """The TypeError for a function that has no differentiable form."""
    return TypeError(
        f"{name} has no differentiable form here, and one of its arguments is being differentiated. "
        "Write it with functions that have one (those of wengert.numpy), "
        "or give it its derivative with wengert.autograd.extend.primitive and defvjp"
    )


def delegated(function: Callable[..., Any], name: str, *, wrap: bool = True) -> Callable[..., Any]:
    """NumPy's `function` for values that nothing differentiates; for others a TypeError that says its
    name."""

    def read(x: Any) -> Any:
        if _convert.is_traced(x):
            raise refusal(name)
        return x.numpy()

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        result = function(*_convert.plain(args, read), **_convert.plain(kwargs, read))
        return _convert.wrapped(result) if wrap else result

    call.__name__ = call.__qualname__ = name.rpartition(".")[2]
    return call


def discrete(function: Callable[..., Any], name: str, *, wrap: bool = True) -> Callable[..., Any]:
    """NumPy's `function`, whose results are counts, truth values or places: its derivative is zero wherever
    there is one."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        result = function(
            *_convert.plain(args, _convert.value_of), **_convert.plain(kwargs, _convert.value_of)
        )
        return _convert.wrapped(result) if wrap else result

    call.__name__ = call.__qualname__ = name.rpartition(".")[2]
    return call
