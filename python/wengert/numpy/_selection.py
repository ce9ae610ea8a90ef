"""Elements chosen by place, by condition and by size."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import _wengert
from .._wengert import Array, Cell
from . import _convert
from ._convert import axis_of, cell, cells, pair, store, value_of
from ._delegate import delegated, discrete


def where(condition: Any, x: Any = None, y: Any = None) -> Any:
    """`x` where the condition holds, `y` elsewhere; with the condition alone, the places where it holds.

    >>> import wengert.numpy as np
    >>> np.where(np.array([True, False]), 1.0, 2.0)
    array([1., 2.])
    """
    if (x is None) != (y is None):
        raise ValueError("either both or neither of x and y should be given")
    if x is None:
        return nonzero(condition)
    a, b = pair(x, y)
    return _wengert.where(_convert.cast_to(cell(condition), "bool"), a, b)


def select(condlist: Any, choicelist: Any, default: Any = 0) -> Array:
    """For each element the choice of the first condition that holds, or the default."""
    if len(condlist) != len(choicelist):
        raise ValueError("list of cases must be same length as list of conditions")
    if not len(condlist):
        raise ValueError("select with an empty condition list is not possible")
    result = default
    for condition, choice in zip(reversed(list(condlist)), reversed(list(choicelist))):
        result = where(condition, choice, result)
    return result


def piecewise(x: Any, condlist: Any, funclist: Any, *args: Any, **kw: Any) -> Array:
    """A function with another form under each condition; the last of several that hold counts.

    Every form is evaluated for all elements of `x`.
    """
    x = cell(x)
    conditions = condlist
    if (
        isinstance(condlist, (builtins.bool, np.bool_))
        or not isinstance(condlist, (list, tuple))
        or (len(condlist) and np.ndim(value_of(condlist[0])) == 0 and x.ndim)
    ):
        conditions = (
            [condlist] if not isinstance(condlist, Cell) or condlist.ndim == x.ndim else list(condlist)
        )
    conditions = [_convert.cast_to(cell(condition), "bool") for condition in conditions]
    if len(funclist) == len(conditions) + 1:
        some = conditions[0]
        for condition in conditions[1:]:
            some = _wengert.logical_or(some, condition)
        conditions.append(_wengert.logical_not(some))
    elif len(funclist) != len(conditions):
        raise ValueError(
            f"with {len(conditions)} condition(s), either {len(conditions)} or {len(conditions) + 1} "
            "functions are expected"
        )
    result: Any = _wengert.zeros(Array, tuple(x.shape), _convert.dtype_name(x.dtype))
    for condition, form in zip(conditions, funclist):
        result = where(condition, form(x, *args, **kw) if callable(form) else form, result)
    return _convert.cast_to(result, x.dtype)


def choose(a: Any, choices: Any, out: Any = None, mode: str = "raise") -> Array:
    """For each element the number of the array to take it from."""
    many = cells(choices)
    numbers = np.asarray(value_of(a))
    if mode == "clip":
        numbers = np.clip(numbers, 0, len(many) - 1)
    elif mode == "wrap":
        numbers = numbers % len(many)
    elif np.any((numbers < 0) | (numbers >= len(many))):
        raise ValueError("invalid entry in choice array")
    shape = np.broadcast_shapes(numbers.shape, *(tuple(one.shape) for one in many))
    result = _wengert.broadcast_to(many[0], shape)
    for number, one in enumerate(many[1:], 1):
        result = _wengert.where(cell(numbers == number), one, result)
    return store(result, out)


def take(a: Any, indices: Any, axis: int | None = None, out: Any = None, mode: str = "raise") -> Array:
    """The elements at some places of an axis, or of all elements in a row.

    >>> import wengert.numpy as np
    >>> np.take(np.array([4.0, 5.0, 6.0]), [0, -1])
    array([4., 6.])
    """
    a = cell(a)
    if axis is None:
        a, axis = _wengert.reshape(a, (-1,)), 0
    axis = axis_of(axis, a.ndim)
    if _convert.is_traced(indices):  # a place may differ along a mapped axis
        return store(a[(slice(None),) * axis + (indices,)], out)
    places = np.asarray(value_of(indices))
    if not places.size:
        places = places.astype(np.int64)
    if mode == "clip":
        places = np.clip(places, 0, a.shape[axis] - 1)
    elif mode == "wrap":
        places = places % a.shape[axis]
    return store(a[(slice(None),) * axis + (places if places.ndim else int(places),)], out)


def take_along_axis(arr: Any, indices: Any, axis: int | None = -1) -> Array:
    """Along an axis, the elements at the places that an array of the same number of axes holds."""
    arr, indices = cell(arr), cell(indices)
    if axis is None:
        arr, axis = _wengert.reshape(arr, (-1,)), 0
    axis = axis_of(axis, arr.ndim)
    if arr.ndim != indices.ndim:
        raise ValueError("`indices` and `arr` must have the same number of dimensions")
    common = [
        np.broadcast_shapes((n,), (m,))[0] if i != axis else n
        for i, (n, m) in enumerate(zip(arr.shape, indices.shape))
    ]
    spread = [m if i == axis else n for i, (n, m) in enumerate(zip(common, indices.shape))]
    arr, indices = _wengert.broadcast_to(arr, tuple(common)), _wengert.broadcast_to(indices, tuple(spread))
    if _convert.is_traced(indices):
        return _wengert.take_along_axis(arr, indices, axis)
    places = np.asarray(value_of(indices))
    grid = np.ogrid[tuple(slice(n) for n in spread)]
    return arr[tuple(places if i == axis else np.broadcast_to(grid[i], spread) for i in range(arr.ndim))]


def put_along_axis(arr: Any, indices: Any, values: Any, axis: int | None) -> None:
    """Set, along an axis, the elements at the places that an array of the same number of axes holds."""
    arr = _writable(arr)
    if axis is None:
        flat = np.unravel_index(np.asarray(value_of(indices)).ravel(), tuple(arr.shape))
        arr[tuple(flat)] = values
        return
    places = np.asarray(value_of(indices))
    axis = axis_of(axis, arr.ndim)
    grid = np.ogrid[
        tuple(slice(m if i == axis else n) for i, (n, m) in enumerate(zip(arr.shape, places.shape)))
    ]
    arr[tuple(places if i == axis else grid[i] for i in range(arr.ndim))] = values


def compress(condition: Any, a: Any, axis: int | None = None, out: Any = None) -> Array:
    """The parts along an axis for which the condition holds."""
    return take(a, np.flatnonzero(value_of(condition)), axis, out)


def extract(condition: Any, arr: Any) -> Array:
    """All elements for which the condition holds, in a row."""
    return take(arr, np.flatnonzero(value_of(condition)))


def nonzero(a: Any) -> tuple[Array, ...]:
    """The places of the elements that are not zero: one array of indices for each axis."""
    a = cell(a)
    if not a.ndim:
        raise ValueError("nonzero of an array without axes is not allowed: write np.atleast_1d(x).nonzero()")
    return tuple(_wengert.nonzero(a))


def flatnonzero(a: Any) -> Array:
    """The places of the elements that are not zero, counted in a row."""
    return _wengert.nonzero(_wengert.reshape(cell(a), (-1,)))[0]


def argwhere(a: Any) -> Array:
    """The places of the elements that are not zero: one row of indices for each."""
    return _wengert.argwhere(cell(a))


def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Array:
    """The diagonal of the plane of two axes, as the last axis of the result."""
    a = cell(a)
    return _wengert.diagonal(a, offset, axis_of(axis1, a.ndim), axis_of(axis2, a.ndim))


# ---- in place


def _writable(a: Any) -> Any:
    if not isinstance(a, (Cell, np.ndarray)):
        raise TypeError(f"argument 1 must be an array that can be written to, not {type(a).__name__}")
    return a


def copyto(dst: Any, src: Any, casting: str = "same_kind", where: Any = True) -> None:
    """Write the elements of one array into another, in the places where `where` is true."""
    dst = _writable(dst)
    store(cell(src), dst, where)


def put(a: Any, ind: Any, v: Any, mode: str = "raise") -> None:
    """Set the elements at some places, counted in a row."""
    a = _writable(a)
    places = np.atleast_1d(value_of(ind))
    if mode == "clip":
        places = np.clip(places, 0, a.size - 1)
    elif mode == "wrap":
        places = places % a.size
    v = _wengert.reshape(cell(v), (-1,))
    if v.shape[0] != 1:
        v = v[np.arange(places.size) % v.shape[0]]
    a[tuple(np.unravel_index(places.ravel() % a.size, tuple(a.shape)))] = v


def place(arr: Any, mask: Any, vals: Any) -> None:
    """Set the elements where `mask` is true to the values, over and over again if there are too few."""
    put(arr, np.flatnonzero(value_of(mask)), vals)


def putmask(a: Any, mask: Any, values: Any) -> None:
    """Set the elements where `mask` is true to those of `values` in the same place."""
    a = _writable(a)
    values = cell(values)
    if tuple(values.shape) != tuple(a.shape):
        flat = _wengert.reshape(values, (-1,))
        values = _wengert.reshape(flat[np.arange(a.size) % flat.shape[0]], tuple(a.shape))
    store(values, a, mask)


def fill_diagonal(a: Any, val: Any, wrap: builtins.bool = False) -> None:
    """Set the elements on the main diagonal."""
    a = _writable(a)
    if a.ndim < 2:
        raise ValueError("array must be at least 2-d")
    places = np.arange(builtins.min(a.shape))
    a[(places,) * a.ndim] = val


# ---- by size


def sort(
    a: Any, axis: int | None = -1, kind: Any = None, order: Any = None, *, stable: builtins.bool | None = None
) -> Array:
    """The elements from the smallest to the largest along an axis; each keeps its derivative.

    >>> import wengert.numpy as np
    >>> np.sort(np.array([3.0, 1.0, 2.0]))
    array([1., 2., 3.])
    """
    a = cell(a)
    if axis is None:
        a, axis = _wengert.reshape(a, (-1,)), 0
    return _wengert.sort(a, axis_of(axis, a.ndim), False)[0]


def argsort(
    a: Any, axis: int | None = -1, kind: Any = None, order: Any = None, *, stable: builtins.bool | None = None
) -> Array:
    """The places of the elements from the smallest to the largest along an axis."""
    a = cell(a)
    if axis is None:
        a, axis = _wengert.reshape(a, (-1,)), 0
    return _wengert.sort(a, axis_of(axis, a.ndim), False)[1]


def partition(a: Any, kth: Any, axis: int | None = -1, kind: str = "introselect", order: Any = None) -> Array:
    """The elements along an axis with the smaller ones before those at the places `kth`; here, sorted."""
    return sort(a, axis)


def argpartition(
    a: Any, kth: Any, axis: int | None = -1, kind: str = "introselect", order: Any = None
) -> Array:
    """The places of the elements of `partition`."""
    return argsort(a, axis)


def unique(
    ar: Any,
    return_index: builtins.bool = False,
    return_inverse: builtins.bool = False,
    return_counts: builtins.bool = False,
    axis: int | None = None,
    *,
    equal_nan: builtins.bool = True,
    sorted: builtins.bool = True,
) -> Any:
    """Each value once, from the smallest to the largest; also where it first is, the way back, how often it
    is there."""
    x = cell(ar)
    theirs: Any = np.unique
    found = theirs(value_of(x), True, return_inverse, return_counts, axis, equal_nan=equal_nan)
    values = take(x, found[1], axis)
    rest = found[1:] if return_index else found[2:]
    return (values, *map(_convert.wrapped, rest)) if rest else values


def unique_values(x: Any) -> Array:
    """Each value once."""
    return unique(x, equal_nan=False)


def unique_all(x: Any) -> Any:
    """Each value once, where it first is, the way back, and how often it is there."""
    named = np.unique_all(np.zeros(1))
    return type(named)(*unique(x, True, True, True, equal_nan=False))


def unique_counts(x: Any) -> Any:
    """Each value once, and how often it is there."""
    return type(np.unique_counts(np.zeros(1)))(*unique(x, return_counts=True, equal_nan=False))


def unique_inverse(x: Any) -> Any:
    """Each value once, and the way back from there."""
    return type(np.unique_inverse(np.zeros(1)))(*unique(x, return_inverse=True, equal_nan=False))


def apply_along_axis(func1d: Callable[..., Any], axis: int, arr: Any, *args: Any, **kwargs: Any) -> Array:
    """A function of vectors for every vector along an axis; its results stand along that axis."""
    arr = cell(arr)
    axis = axis_of(axis, arr.ndim)
    rows = _wengert.movedim(arr, axis, arr.ndim - 1)
    outer = tuple(rows.shape[:-1])
    results = [cell(func1d(rows[index], *args, **kwargs)) for index in np.ndindex(*outer)]
    joined = _wengert.stack(results, 0)
    inner = tuple(results[0].shape)
    joined = _wengert.reshape(joined, outer + inner)
    order = (
        list(range(axis)) + list(range(len(outer), len(outer) + len(inner))) + list(range(axis, len(outer)))
    )
    return _wengert.permute(joined, tuple(order))


def vectorize(pyfunc: Callable[..., Any], *args: Any, **kwargs: Any) -> Callable[..., Any]:
    """A function of numbers as one of arrays, called once for every element."""

    def over(*arrays: Any) -> Any:
        parts = [cell(a) for a in arrays]
        shape = np.broadcast_shapes(*(tuple(part.shape) for part in parts))
        parts = [_wengert.broadcast_to(part, shape) for part in parts]
        results = [cell(pyfunc(*(part[index] for part in parts))) for index in np.ndindex(*shape)]
        return _wengert.reshape(_wengert.stack(results, 0), shape)

    return over


def searchsorted(a: Any, v: Any, side: str = "left", sorter: Any = None) -> Array:
    """Where the values `v` belong among the sorted elements of `a`: before equal ones, or behind
    (``side="right"``)."""
    try:
        return discrete(np.searchsorted, "searchsorted")(a, v, side, sorter)
    except TypeError:
        if sorter is not None or not _convert.any_traced([a, v]):
            raise
    # Under vmap no value is known: count those that come before.
    a, v = cell(a), cell(v)
    beyond = _wengert.expand_dims(v, (v.ndim,))
    before = _wengert.lt(a, beyond) if side == "left" else _wengert.le(a, beyond)
    return _wengert.sum(before, (v.ndim,))


digitize = discrete(np.digitize, "digitize")
lexsort = discrete(np.lexsort, "lexsort")
isin = discrete(np.isin, "isin")
ix_ = delegated(np.ix_, "ix_")
unravel_index = discrete(np.unravel_index, "unravel_index")
ravel_multi_index = discrete(np.ravel_multi_index, "ravel_multi_index")
diag_indices = discrete(np.diag_indices, "diag_indices")
tril_indices = discrete(np.tril_indices, "tril_indices")
triu_indices = discrete(np.triu_indices, "triu_indices")
mask_indices = discrete(np.mask_indices, "mask_indices")
diag_indices_from = discrete(np.diag_indices_from, "diag_indices_from")
tril_indices_from = discrete(np.tril_indices_from, "tril_indices_from")
triu_indices_from = discrete(np.triu_indices_from, "triu_indices_from")
intersect1d = delegated(np.intersect1d, "intersect1d")
setdiff1d = delegated(np.setdiff1d, "setdiff1d")
setxor1d = delegated(np.setxor1d, "setxor1d")
union1d = delegated(np.union1d, "union1d")
trim_zeros = delegated(np.trim_zeros, "trim_zeros")
array_equiv = discrete(np.array_equiv, "array_equiv", wrap=False)
ndindex = np.ndindex


def ndenumerate(arr: Any) -> Any:
    """Pairs of index and element, in order."""
    arr = cell(arr)
    return ((index, arr[index]) for index in np.ndindex(*arr.shape))


def allclose(
    a: Any, b: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: builtins.bool = False
) -> builtins.bool:
    """Whether all elements are equal within |a - b| ≤ atol + rtol·|b|."""
    from ._elementwise import isclose

    return builtins.bool(value_of(_wengert.all(isclose(a, b, rtol, atol, equal_nan))))


def array_equal(a1: Any, a2: Any, equal_nan: builtins.bool = False) -> builtins.bool:
    """Whether two arrays have the same shape and the same elements."""
    return builtins.bool(np.array_equal(value_of(cell(a1)), value_of(cell(a2)), equal_nan))
