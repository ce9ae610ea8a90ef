"""NumPy's functions as HIPS Autograd has them: NumPy itself for plain values, `wengert.numpy` for values
inside a transform."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from ... import _wengert
from ..._wengert import Array, Cell
from ...numpy._convert import DTYPES
from ...numpy._delegate import delegated

CREATION = frozenset(
    (
        "array",
        "copy",
        "empty",
        "empty_like",
        "eye",
        "full",
        "full_like",
        "identity",
        "ones",
        "ones_like",
        "zeros",
        "zeros_like",
    )
)
"""Functions whose results are arrays of wengert inside a transform, so that their elements can be set to
traced values."""

_LISTS = (list, tuple)


def _has_cell(args: Any) -> bool:
    for x in args:
        if isinstance(x, Cell) or type(x) in _LISTS and _has_cell(x):
            return True
    return False


def lifted(name: str, theirs: Callable[..., Any], ours: Callable[..., Any] | None) -> Callable[..., Any]:
    """`theirs` for plain values, `ours` where a cell comes in."""
    with_cells = delegated(theirs, name) if ours is None else ours

    def call(*args: Any, **kwargs: Any) -> Any:
        if _has_cell(args) or kwargs and _has_cell(kwargs.values()):
            return with_cells(*args, **kwargs)
        return theirs(*args, **kwargs)

    return _dressed(call, name, theirs, ours)


def created(name: str, theirs: Callable[..., Any], ours: Any) -> Callable[..., Any]:
    """`theirs` outside all transforms; inside, an array whose elements can be set to traced values."""

    def call(*args: Any, **kwargs: Any) -> Any:
        if _has_cell(args) or kwargs and _has_cell(kwargs.values()):
            return ours(*args, **kwargs)
        values = theirs(*args, **kwargs)
        if _wengert.in_transform() and isinstance(values, np.ndarray) and values.dtype.name in DTYPES:
            return _wengert.from_data(Array, values)
        return values

    return _dressed(call, name, theirs, ours)


def _dressed(call: Callable[..., Any], name: str, theirs: Any, ours: Any) -> Callable[..., Any]:
    short = name.rpartition(".")[2]
    functools.update_wrapper(
        call, ours if ours is not None and getattr(ours, "__doc__", None) else theirs, updated=()
    )
    call.__name__ = call.__qualname__ = short
    call.fun = theirs  # type: ignore[attr-defined]
    for part in ("reduce", "accumulate", "outer", "at", "reduceat"):
        if isinstance(theirs, np.ufunc):
            setattr(call, part, getattr(theirs, part))
    return call


def lift(source: Any, ours: Any, prefix: str = "") -> dict[str, Any]:
    """All public names of a module of NumPy, its functions lifted."""
    names: dict[str, Any] = {}
    for name, theirs in vars(source).items():
        if name.startswith("_"):
            continue
        mine = getattr(ours, name, None) if name in ours.__all__ else None
        if isinstance(theirs, type) or not callable(theirs) or isinstance(theirs, np.dtype):
            names[name] = theirs
        elif name in CREATION and not prefix:
            names[name] = created(name, theirs, mine)
        else:
            names[name] = lifted(prefix + name, theirs, mine)
    return names
