"""Several arrays made one, and one array made several."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from .. import _wengert
from .._wengert import Array
from . import _convert
from ._convert import axis_of, cast_to, cell, cells, store
from ._shape import atleast_1d, atleast_2d, atleast_3d


def concatenate(
    arrays: Any, axis: int | None = 0, out: Any = None, *, dtype: Any = None, casting: str = "same_kind"
) -> Array:
    """Arrays one after the other along an axis that is there; ``axis=None`` takes their elements in a row.

    >>> import wengert.numpy as np
    >>> np.concatenate([np.zeros(1), np.ones(2)])
    array([0., 1., 1.])
    """
    parts = cells(arrays)
    if not parts:
        raise ValueError("need at least one array to concatenate")
    if axis is None:
        parts, axis = [_wengert.reshape(part, (-1,)) for part in parts], 0
    if parts[0].ndim == 0:
        raise ValueError("zero-dimensional arrays cannot be concatenated")
    return store(cast_to(_wengert.concatenate(parts, axis_of(axis, parts[0].ndim)), dtype), out)


concat = concatenate


def stack(
    arrays: Any, axis: int = 0, out: Any = None, *, dtype: Any = None, casting: str = "same_kind"
) -> Array:
    """Arrays of one shape one after the other along a new axis.

    >>> import wengert.numpy as np
    >>> np.stack([np.zeros(2), np.ones(2)], axis=1)
    array([[0., 1.],
           [0., 1.]])
    """
    parts = cells(arrays)
    if not parts:
        raise ValueError("need at least one array to stack")
    if len({tuple(part.shape) for part in parts}) != 1:
        raise ValueError("all input arrays must have the same shape")
    return store(cast_to(_wengert.stack(parts, axis_of(axis, parts[0].ndim + 1)), dtype), out)


def _all_grown(arrays: Any, grow: Any) -> list[Any]:
    grown = [grow(x) for x in arrays]
    if not grown:
        raise ValueError("need at least one array to concatenate")
    return grown


def vstack(tup: Any, *, dtype: Any = None, casting: str = "same_kind") -> Array:
    """Arrays one above the other; vectors are rows."""
    return concatenate(_all_grown(tup, atleast_2d), 0, dtype=dtype)


row_stack = vstack


def hstack(tup: Any, *, dtype: Any = None, casting: str = "same_kind") -> Array:
    """Arrays beside each other; vectors end to end."""
    parts = _all_grown(tup, atleast_1d)
    return concatenate(parts, 0 if parts[0].ndim == 1 else 1, dtype=dtype)


def dstack(tup: Any) -> Array:
    """Arrays behind each other, along the third axis."""
    return concatenate(_all_grown(tup, atleast_3d), 2)


def column_stack(tup: Any) -> Array:
    """Arrays beside each other; vectors are columns."""

    def column(x: Any) -> Any:
        x = cell(x)
        return x if x.ndim >= 2 else _wengert.reshape(x, (-1, 1))

    return concatenate(_all_grown(tup, column), 1)


def block(arrays: Any) -> Array:
    """An array put together of blocks, written as nested lists: the innermost lie along the last axis."""

    def depth_of(part: Any) -> int:
        return 1 + max((depth_of(one) for one in part), default=0) if type(part) is list else 0

    def widest(part: Any) -> int:
        return builtins.max(map(widest, part)) if type(part) is list else cell(part).ndim

    depth = depth_of(arrays)
    ndim = builtins.max(depth, widest(arrays))

    def joined(part: Any, level: int) -> Any:
        if type(part) is list:
            return concatenate([joined(one, level + 1) for one in part], ndim - depth + level)
        part = cell(part)
        return _wengert.reshape(part, (1,) * (ndim - part.ndim) + tuple(part.shape))

    return joined(arrays, 0)


def append(arr: Any, values: Any, axis: int | None = None) -> Array:
    """`values` after `arr`, along an axis or both in a row."""
    return concatenate([arr, values], axis)


def insert(arr: Any, obj: Any, values: Any, axis: int | None = None) -> Array:
    """The array with values put in before the given places of an axis (or of all elements in a row)."""
    arr, values = cells([arr, values])
    obj = _convert.value_of(obj)
    if axis is None:
        arr, axis = _wengert.reshape(arr, (-1,)), 0
    axis = axis_of(axis, arr.ndim)
    single = not isinstance(obj, slice) and np.ndim(obj) == 0
    # NumPy puts the numbers of the new places (negative) among those of the old ones; both are then taken
    # from.
    old = np.arange(arr.shape[axis])
    count = 1
    if single:
        if values.ndim < arr.ndim:
            values = _wengert.reshape(values, (1,) * (arr.ndim - values.ndim) + tuple(values.shape))
        values = (
            _wengert.movedim(values, 0, axis)
            if axis and arr.ndim == values.ndim and values.shape[axis] != 1
            else values
        )
        count = values.shape[axis]
        obj = [int(obj)] * count
    else:
        count = len(np.arange(arr.shape[axis])[obj]) if isinstance(obj, slice) else int(np.size(obj))
        if np.asarray(obj if not isinstance(obj, slice) else 0).dtype == np.bool_:
            obj = np.flatnonzero(obj)
            count = len(obj)
    shape = list(arr.shape)
    shape[axis] = count
    values = _wengert.broadcast_to(values, tuple(shape))
    order = np.insert(old, obj, -1 - np.arange(count))
    order = np.where(order < 0, arr.shape[axis] - 1 - order, order)
    return concatenate([arr, values], axis)[(slice(None),) * axis + (order,)]


def delete(arr: Any, obj: Any, axis: int | None = None) -> Array:
    """The array without some places of an axis (or of all elements in a row)."""
    arr = cell(arr)
    if axis is None:
        arr, axis = _wengert.reshape(arr, (-1,)), 0
    axis = axis_of(axis, arr.ndim)
    left = np.delete(np.arange(arr.shape[axis]), _convert.value_of(obj))
    return arr[(slice(None),) * axis + (left,)]


def array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Array]:
    """The array in parts along an axis: so many, as equal as can be, or cut at the given places."""
    ary = cell(ary)
    axis = axis_of(axis, ary.ndim)
    indices_or_sections = _convert.value_of(indices_or_sections)
    pieces = np.array_split(np.arange(ary.shape[axis]), indices_or_sections)
    cuts: list[tuple[int, int]] = []
    if np.ndim(indices_or_sections) == 0:
        start = 0
        for piece in pieces:
            cuts.append((start, len(piece)))
            start += len(piece)
    else:
        cuts = [(int(piece[0]) if len(piece) else 0, len(piece)) for piece in pieces]
    return [_wengert.narrow(ary, axis, start, length) for start, length in cuts]


def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Array]:
    """The array in equal parts along an axis, or cut at the given places."""
    ary, indices_or_sections = cell(ary), _convert.value_of(indices_or_sections)
    if np.ndim(indices_or_sections) == 0 and ary.shape[axis_of(axis, ary.ndim)] % int(indices_or_sections):
        raise ValueError("array split does not result in an equal division")
    return array_split(ary, indices_or_sections, axis)


def hsplit(ary: Any, indices_or_sections: Any) -> list[Array]:
    """The array in parts beside each other; a vector along its only axis."""
    ary = cell(ary)
    return split(ary, indices_or_sections, 1 if ary.ndim > 1 else 0)


def vsplit(ary: Any, indices_or_sections: Any) -> list[Array]:
    """The array in parts one above the other."""
    return split(ary, indices_or_sections, 0)


def dsplit(ary: Any, indices_or_sections: Any) -> list[Array]:
    """The array in parts behind each other."""
    return split(ary, indices_or_sections, 2)
