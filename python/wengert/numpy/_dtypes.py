"""NumPy's dtypes and what is asked about them."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from .._wengert import Array, Cell
from . import _convert

bool = bool_ = np.bool_
uint8 = np.uint8
int32 = np.int32
int64 = int_ = intp = np.int64
float32 = single = np.float32
float64 = double = np.float64
dtype = np.dtype
number = np.number
integer = np.integer
signedinteger = np.signedinteger
unsignedinteger = np.unsignedinteger
inexact = np.inexact
floating = np.floating
generic = np.generic

e: float = np.e
pi: float = np.pi
inf: float = np.inf
nan: float = np.nan
euler_gamma: float = np.euler_gamma
newaxis: None = None


def _dtype_or_value(x: Any) -> Any:
    return np.dtype(_convert.dtype_name(x.dtype)) if isinstance(x, Cell) else x


def result_type(*arrays_and_dtypes: Any) -> np.dtype[Any]:
    """The dtype that arrays, dtypes and Python numbers (which are weak) are promoted to together.

    >>> import wengert.numpy as np
    >>> np.result_type(np.ones(3, dtype=np.float32), 2.0)
    dtype('float32')
    """
    return np.result_type(*map(_dtype_or_value, arrays_and_dtypes))


def promote_types(type1: Any, type2: Any) -> np.dtype[Any]:
    """The smallest dtype that both can be cast to safely."""
    return np.promote_types(type1, type2)


def can_cast(from_: Any, to: Any, casting: Any = "safe") -> builtins.bool:
    """Whether a cast between two dtypes (or of an array to a dtype) can be made under the rule `casting`."""
    return np.can_cast(_dtype_or_value(from_), to, casting)


def isdtype(dtype: Any, kind: Any) -> builtins.bool:
    """Whether a dtype is of a kind: ``'bool'``, ``'integral'``, ``'real floating'``, ``'numeric'``, a dtype,
    or a tuple of them."""
    return np.isdtype(np.dtype(dtype), kind)


def issubdtype(arg1: Any, arg2: Any) -> builtins.bool:
    """Whether the first dtype is below the second in NumPy's hierarchy."""
    return np.issubdtype(arg1, arg2)


def finfo(dtype: Any) -> Any:
    """The limits of a floating dtype (or of an array's): ``eps``, ``max``, ``tiny``, …"""
    return np.finfo(_dtype_or_value(dtype))


def iinfo(type: Any) -> Any:
    """The limits of an integer dtype (or of an array's): ``min``, ``max``, ``bits``."""
    return np.iinfo(_dtype_or_value(type))


def common_type(*arrays: Any) -> Any:
    """The floating scalar type that all arrays are promoted to; integers count as float64."""
    return np.result_type(*(d if d.kind == "f" else np.float64 for d in map(result_type, arrays))).type


def iscomplexobj(x: Any) -> builtins.bool:
    """Whether `x` is of a complex type."""
    return False if _convert.has_cell(x) else builtins.bool(np.iscomplexobj(x))


def isrealobj(x: Any) -> builtins.bool:
    """Whether `x` is not of a complex type."""
    return not iscomplexobj(x)


def isscalar(element: Any) -> builtins.bool:
    """Whether `element` is a scalar; an array, also of no dimension, is not."""
    return builtins.bool(np.isscalar(element))


def astype(x: Any, dtype: Any, /, *, copy: builtins.bool = True, device: Any = None) -> Array:
    """`x` in another dtype; floating to floating differentiates.

    >>> import wengert.numpy as np
    >>> np.astype(np.arange(3), np.float32)
    array([0., 1., 2.], dtype=float32)
    """
    from ._creation import copy as copied

    x = _convert.cell(x)
    result = _convert.cast_to(x, dtype)
    return copied(result) if copy and result is x else result
