"""The same elements in another shape or order."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from .. import _wengert
from .._wengert import Array, Cell
from . import _convert
from ._convert import axes_of, axis_of, cell, shape_of


def shape(a: Any) -> tuple[int, ...]:
    """The lengths of the axes."""
    return (
        tuple(a.shape)
        if isinstance(a, Cell) or not _convert.has_cell(a) and hasattr(a, "shape")
        else tuple(cell(a).shape)
    )


def ndim(a: Any) -> int:
    """How many axes there are."""
    return len(shape(a))


def size(a: Any, axis: Any = None) -> int:
    """How many elements there are, altogether or along some axes."""
    lengths = shape(a)
    if axis is None:
        return int(np.prod(lengths, dtype=np.int64))
    axes = axes_of(axis, len(lengths))
    return int(np.prod([lengths[one] for one in axes or ()], dtype=np.int64))


def _turned(a: Any) -> Any:
    return _wengert.permute(a, tuple(range(a.ndim))[::-1])


def reshape(a: Any, /, shape: Any = None, order: str = "C", *, copy: builtins.bool | None = None) -> Array:
    """The same elements in another shape; -1 stands for what is left. ``order="F"`` counts the first axis
    fastest.

    >>> import wengert.numpy as np
    >>> np.reshape(np.arange(4), (2, 2), order="F")
    array([[0, 2],
           [1, 3]])
    """
    a = cell(a)
    if shape is None:
        raise TypeError("reshape() missing the shape")
    lengths = shape_of(shape)
    if order == "F":
        result = _turned(_wengert.reshape(_turned(a), lengths[::-1]))
    elif order in ("C", "A"):
        result = _wengert.reshape(a, lengths)
    else:
        raise ValueError(f"order must be one of 'C', 'F', 'A', or 'K' (got '{order}')")
    return _wengert.clone(result) if copy else result


def ravel(a: Any, order: str = "C") -> Array:
    """All elements in one row. ``order="F"`` counts the first axis fastest.

    >>> import wengert.numpy as np
    >>> np.ravel(np.array([[1, 2], [3, 4]]), order="F")
    array([1, 3, 2, 4])
    """
    a = cell(a)
    if order == "F":
        return _wengert.reshape(_turned(a), (-1,))
    if order not in ("C", "A", "K"):
        raise ValueError(f"order must be one of 'C', 'F', 'A', or 'K' (got '{order}')")
    return _wengert.reshape(a, (-1,))


def transpose(a: Any, axes: Any = None) -> Array:
    """The axes in another order; without `axes`, the other way round."""
    a = cell(a)
    if axes is None:
        return _turned(a)
    order = axes_of(axes, a.ndim) or ()
    if len(order) != a.ndim:
        raise ValueError("axes don't match array")
    return _wengert.permute(a, order)


def permute_dims(a: Any, /, axes: Any = None) -> Array:
    """The axes in another order."""
    return transpose(a, axes)


def matrix_transpose(x: Any, /) -> Array:
    """The last two axes changed over."""
    x = cell(x)
    if x.ndim < 2:
        raise ValueError(f"Input array must be at least 2-dimensional, but it is {x.ndim}")
    return _wengert.transpose(x, x.ndim - 2, x.ndim - 1)


def swapaxes(a: Any, axis1: int, axis2: int) -> Array:
    """Two axes changed over."""
    a = cell(a)
    return _wengert.transpose(a, axis_of(axis1, a.ndim), axis_of(axis2, a.ndim))


def moveaxis(a: Any, source: Any, destination: Any) -> Array:
    """Some axes moved to other places; the others keep their order."""
    a = cell(a)
    origin, goal = axes_of(source, a.ndim) or (), axes_of(destination, a.ndim) or ()
    if len(origin) != len(goal):
        raise ValueError("`source` and `destination` arguments must have the same number of elements")
    order = [axis for axis in range(a.ndim) if axis not in origin]
    for place, axis in sorted(zip(goal, origin)):
        order.insert(place, axis)
    return _wengert.permute(a, tuple(order))


def rollaxis(a: Any, axis: int, start: int = 0) -> Array:
    """One axis moved in front of the axis number `start`."""
    a = cell(a)
    axis = axis_of(axis, a.ndim)
    start = start + a.ndim if start < 0 else start
    if not 0 <= start <= a.ndim:
        raise np.exceptions.AxisError(f"'start' arg requires 0 <= start <= {a.ndim}")
    return moveaxis(a, axis, start - 1 if axis < start else start)


def squeeze(a: Any, axis: Any = None) -> Array:
    """Without the axes of length 1, or without some of them."""
    a = cell(a)
    axes = tuple(i for i, n in enumerate(a.shape) if n == 1) if axis is None else axes_of(axis, a.ndim) or ()
    for one in axes:
        if a.shape[one] != 1:
            raise ValueError("cannot select an axis to squeeze out which has size not equal to one")
    return _wengert.reshape(a, tuple(n for i, n in enumerate(a.shape) if i not in axes))


def expand_dims(a: Any, axis: Any) -> Array:
    """With new axes of length 1, which stand at `axis` in the result."""
    a = cell(a)
    many = axis if isinstance(axis, (tuple, list)) else (axis,)
    places = axes_of(tuple(many), a.ndim + len(many)) or ()
    lengths = iter(a.shape)
    return _wengert.reshape(a, tuple(1 if i in places else next(lengths) for i in range(a.ndim + len(many))))


def _at_least(arys: tuple[Any, ...], grow: Any) -> Any:
    results = tuple(grow(cell(a)) for a in arys)
    return results[0] if len(results) == 1 else results


def atleast_1d(*arys: Any) -> Any:
    """Each array with at least one axis."""
    return _at_least(arys, lambda a: a if a.ndim else _wengert.reshape(a, (1,)))


def atleast_2d(*arys: Any) -> Any:
    """Each array with at least two axes; a vector becomes a row."""
    return _at_least(arys, lambda a: a if a.ndim >= 2 else _wengert.reshape(a, (1, -1)))


def atleast_3d(*arys: Any) -> Any:
    """Each array with at least three axes; a matrix gets its new axis at the end."""

    def grow(a: Any) -> Any:
        if a.ndim >= 3:
            return a
        return _wengert.reshape(a, (*a.shape, 1) if a.ndim == 2 else (1, -1, 1))

    return _at_least(arys, grow)


def broadcast_to(array: Any, shape: Any, subok: builtins.bool = False) -> Array:
    """The array repeated along axes of length 1 and new axes in front, until it has the shape."""
    return _wengert.broadcast_to(cell(array), shape_of(shape))


def broadcast_arrays(*args: Any, subok: builtins.bool = False) -> tuple[Array, ...]:
    """All arrays broadcast to their common shape."""
    parts = [cell(a) for a in args]
    common = np.broadcast_shapes(*(tuple(a.shape) for a in parts))
    return tuple(_wengert.broadcast_to(a, common) for a in parts)


def broadcast_shapes(*args: Any) -> tuple[int, ...]:
    """The shape that arrays of these shapes have together."""
    return np.broadcast_shapes(*args)


def flip(m: Any, axis: Any = None) -> Array:
    """The elements the other way round along some axes, or along all."""
    m = cell(m)
    axes = axes_of(axis, m.ndim)
    return _wengert.flip(m, tuple(range(m.ndim)) if axes is None else axes)


def fliplr(m: Any) -> Array:
    """The columns the other way round."""
    m = cell(m)
    if m.ndim < 2:
        raise ValueError("Input must be >= 2-d.")
    return _wengert.flip(m, (1,))


def flipud(m: Any) -> Array:
    """The rows the other way round."""
    m = cell(m)
    if m.ndim < 1:
        raise ValueError("Input must be >= 1-d.")
    return _wengert.flip(m, (0,))


def rot90(m: Any, k: int = 1, axes: tuple[int, int] = (0, 1)) -> Array:
    """Turned by `k` quarters in the plane of two axes, from the first towards the second."""
    m = cell(m)
    first, second = (axis_of(axis, m.ndim) for axis in axes)
    if first == second:
        raise ValueError("Axes must be different.")
    k %= 4
    if k == 0:
        return _wengert.clone(m)
    if k == 2:
        return _wengert.flip(m, (first, second))
    if k == 1:
        return _wengert.transpose(_wengert.flip(m, (second,)), first, second)
    return _wengert.flip(_wengert.transpose(m, first, second), (second,))


def roll(a: Any, shift: Any, axis: Any = None) -> Array:
    """The elements moved along some axes; what falls off the end comes in at the front.

    >>> import wengert.numpy as np
    >>> np.roll(np.arange(4), 1)
    array([3, 0, 1, 2])
    """
    a = cell(a)
    if axis is None:
        flat = _wengert.reshape(a, (-1,))
        return _wengert.reshape(_wengert.roll(flat, (int(np.sum(shift)),), (0,)), tuple(a.shape))
    shifts, axes = np.broadcast_arrays(np.atleast_1d(shift), np.atleast_1d(axis))
    total: dict[int, int] = {}
    for moved, one in zip(shifts.tolist(), axes.tolist()):
        one = axis_of(one, a.ndim)
        total[one] = total.get(one, 0) + moved
    return _wengert.roll(a, tuple(total.values()), tuple(total))


def tile(A: Any, reps: Any) -> Array:
    """The whole array repeated along its axes (and along new ones in front)."""
    A = cell(A)
    counts = shape_of(reps)
    counts = (1,) * (A.ndim - len(counts)) + counts
    if len(counts) > A.ndim:
        A = _wengert.reshape(A, (1,) * (len(counts) - A.ndim) + tuple(A.shape))
    return _wengert.tile(A, counts)


def repeat(a: Any, repeats: Any, axis: int | None = None) -> Array:
    """Each element repeated, along one axis or of all elements in a row.

    >>> import wengert.numpy as np
    >>> np.repeat(np.array([1, 2]), [1, 3])
    array([1, 2, 2, 2])
    """
    a = cell(a)
    if axis is None:
        a, axis = _wengert.reshape(a, (-1,)), 0
    axis = axis_of(axis, a.ndim)
    counts = np.asarray(_convert.value_of(repeats))
    places = np.repeat(np.arange(a.shape[axis]), counts)
    return a[(slice(None),) * axis + (places,)]


def resize(a: Any, new_shape: Any) -> Array:
    """The elements in a new shape, over and over again if there are too few."""
    flat = _wengert.reshape(cell(a), (-1,))
    lengths = shape_of(new_shape)
    count = int(np.prod(lengths, dtype=np.int64))
    if not flat.shape[0]:
        return _wengert.zeros(Array, lengths, _convert.dtype_name(flat.dtype))
    return _wengert.reshape(flat[np.arange(count) % flat.shape[0]], lengths)


def _widths(pad_width: Any, n: int) -> list[tuple[int, int]]:
    if isinstance(pad_width, dict):
        widths = [(0, 0)] * n
        for axis, width in pad_width.items():
            widths[axis] = (width, width) if isinstance(width, int) else tuple(width)
        return widths
    pairs = np.broadcast_to(np.asarray(pad_width), (n, 2)).astype(int)
    return [(int(low), int(high)) for low, high in pairs]


def pad(array: Any, pad_width: Any, mode: Any = "constant", **kwargs: Any) -> Array:
    """The array with more elements before and after along each axis: a constant, the edge, a reflection, or
    in a ring.

    >>> import wengert.numpy as np
    >>> np.pad(np.array([1, 2, 3]), (1, 2), mode="edge")
    array([1, 1, 2, 3, 3, 3])
    """
    array = cell(array)
    widths = _widths(pad_width, array.ndim)
    if builtins.any(low < 0 or high < 0 for low, high in widths):
        raise ValueError("index can't contain negative values")
    value = kwargs.get("constant_values", 0)
    if mode == "constant" and np.ndim(value) == 0 and not isinstance(value, Cell):
        return _wengert.pad(array, widths, "constant", builtins.float(value))
    if (
        mode == "constant"
        or callable(mode)
        or mode in ("linear_ramp", "maximum", "mean", "median", "minimum", "empty")
    ):
        from ._delegate import delegated

        return delegated(
            np.pad, f"pad with mode {mode!r}" if mode != "constant" else "pad with several constants"
        )(array, widths, mode, **kwargs)
    # What is left takes its elements from places: those where NumPy would put the numbers of the places.
    for axis, (low, high) in enumerate(widths):
        if low or high:
            places = np.pad(np.arange(array.shape[axis]), (low, high), mode, **kwargs)
            array = array[(slice(None),) * axis + (places,)]
    return array


def unstack(x: Any, /, *, axis: int = 0) -> tuple[Array, ...]:
    """The parts along an axis, without it."""
    x = cell(x)
    return tuple(_wengert.unbind(x, axis_of(axis, x.ndim)))
