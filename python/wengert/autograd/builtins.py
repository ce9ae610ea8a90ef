"""Python's containers. Inside a transform they stay what they are, so these are the ordinary ones;
`isinstance` and `type` take an array inside a transform for the ndarray (or the float) that it stands for."""

from __future__ import annotations

import builtins as _builtins
from typing import Any

import numpy as _np

from .._wengert import Cell as _Cell

list = _builtins.list
tuple = _builtins.tuple
dict = _builtins.dict


def isinstance(x: Any, cls: Any) -> bool:
    """``isinstance``, for which an array inside a transform is an ndarray, and a number a float."""
    if _builtins.isinstance(x, cls):
        return True
    if _builtins.isinstance(x, _Cell):
        return _builtins.issubclass(type(x), cls)
    return False


def type(x: Any, *args: Any) -> Any:
    """``type``, which of an array inside a transform is ndarray, and of a number float64."""
    if args:
        return _builtins.type(x, *args)
    if _builtins.isinstance(x, _Cell):
        return _np.ndarray if x.ndim else _np.float64
    return _builtins.type(x)


def make_sequence(seq_type: Any, *args: Any) -> Any:
    """A list or tuple of these members."""
    return seq_type(args)
