"""Functions of SciPy: SciPy itself for plain values, wengert's where a cell comes in."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from ...numpy._convert import has_cell
from ...numpy._delegate import delegated


def theirs(module: str, name: str) -> Callable[..., Any]:
    """SciPy's function of that name, imported when it is first called."""
    owner = importlib.import_module(f"scipy.{module}")
    for part in name.split("."):
        owner = getattr(owner, part)
    return owner  # type: ignore[return-value]


def with_scipy(module: str, name: str = "") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorator: SciPy's function for plain values, this one where a cell comes in."""

    def decorate(ours: Callable[..., Any]) -> Callable[..., Any]:
        known = name or ours.__name__

        def call(*args: Any, **kwargs: Any) -> Any:
            if any(map(has_cell, args)) or any(map(has_cell, kwargs.values())):
                return ours(*args, **kwargs)
            return theirs(module, known)(*args, **kwargs)

        call.__name__ = call.__qualname__ = ours.__name__
        call.__doc__ = ours.__doc__
        call.__module__ = ours.__module__
        call.__wrapped__ = ours  # type: ignore[attr-defined]
        return call

    return decorate


def only_scipy(module: str, name: str) -> Callable[..., Any]:
    """SciPy's function for plain values; a value that is being differentiated is refused by name."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return delegated(theirs(module, name), f"scipy.{module}.{name}", wrap=False)(*args, **kwargs)

    call.__name__ = call.__qualname__ = name.rpartition(".")[2]
    call.__doc__ = f"SciPy's ``{module}.{name}`` for plain values; it does not differentiate yet."
    return call
