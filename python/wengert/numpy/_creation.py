"""Arrays made from nothing, from values, and in the image of others."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import _wengert
from .._wengert import Array
from . import _convert
from ._convert import cast_to, cell, dtype_name, shape_of
from ._delegate import delegated


def array(
    object: Any,
    dtype: Any = None,
    *,
    copy: builtins.bool | None = True,
    order: str = "K",
    subok: builtins.bool = False,
    ndmin: int = 0,
    like: Any = None,
) -> Array:
    """An array of numbers, of nested lists of them, or of lists that hold arrays (it differentiates by them).

    >>> import wengert.numpy as np
    >>> np.array([[1.0, 2.0], [3.0, 4.0]])
    array([[1., 2.],
           [3., 4.]])
    """
    result = cell(object)
    if result is object and copy:
        result = _wengert.clone(result)
    result = cast_to(result, dtype)
    if result.ndim < ndmin:
        result = _wengert.reshape(result, (1,) * (ndmin - result.ndim) + tuple(result.shape))
    return result


def asarray(
    a: Any,
    dtype: Any = None,
    order: str | None = None,
    *,
    device: Any = None,
    copy: builtins.bool | None = None,
    like: Any = None,
) -> Array:
    """`a` as an array: an array comes back as it is, unless `dtype` or ``copy=True`` asks for another."""
    return array(a, dtype, copy=copy)


def asanyarray(
    a: Any,
    dtype: Any = None,
    order: str | None = None,
    *,
    device: Any = None,
    copy: builtins.bool | None = None,
    like: Any = None,
) -> Array:
    """The same as `asarray`."""
    return array(a, dtype, copy=copy)


def ascontiguousarray(a: Any, dtype: Any = None, *, like: Any = None) -> Array:
    """`a` as an array of at least one dimension whose elements lie in order."""
    return _wengert.contiguous(array(a, dtype, copy=False, ndmin=1))


asfortranarray = ascontiguousarray


def asarray_chkfinite(a: Any, dtype: Any = None, order: str | None = None) -> Array:
    """`a` as an array; ValueError if there is an infinity or not-a-number in it."""
    result = array(a, dtype, copy=None)
    if not builtins.bool(_wengert.all(_wengert.is_finite(result))):
        raise ValueError("array must not contain infs or NaNs")
    return result


def copy(a: Any, order: str = "K", subok: builtins.bool = False) -> Array:
    """A copy, through which derivatives pass."""
    return _wengert.clone(cell(a))


def from_dlpack(x: Any, /, *, device: Any = None, copy: builtins.bool | None = None) -> Array:
    """An array that shares the memory of another library's array."""
    return _wengert.from_data(Array, x, share=not copy)


def zeros(shape: Any, dtype: Any = float, order: str = "C", *, device: Any = None, like: Any = None) -> Array:
    """An array of zeros. Its elements may be set to values that are being differentiated.

    >>> import wengert.numpy as np
    >>> np.zeros((2, 3))
    array([[0., 0., 0.],
           [0., 0., 0.]])
    """
    return _wengert.zeros(Array, shape_of(shape), dtype_name(dtype))


def ones(shape: Any, dtype: Any = None, order: str = "C", *, device: Any = None, like: Any = None) -> Array:
    """An array of ones."""
    return _wengert.ones(Array, shape_of(shape), dtype_name(dtype))


def empty(shape: Any, dtype: Any = float, order: str = "C", *, device: Any = None, like: Any = None) -> Array:
    """An array whose elements are still to be set."""
    return _wengert.empty(Array, shape_of(shape), dtype_name(dtype))


def full(
    shape: Any, fill_value: Any, dtype: Any = None, order: str = "C", *, device: Any = None, like: Any = None
) -> Array:
    """An array of one value, which may be one that is being differentiated."""
    value = cast_to(cell(fill_value), dtype)
    return _wengert.clone(_wengert.broadcast_to(value, shape_of(shape)))


_FAMILIES = (_wengert.Tensor, _wengert.EagerTensor, Array)


def _like(prototype: Any, fill: Callable[..., Any], dtype: Any, shape: Any) -> Array:
    x = cell(prototype)
    sizes = tuple(x.shape) if shape is None else shape_of(shape)
    family = next(cls for cls in _FAMILIES if isinstance(x, cls))
    return fill(family, sizes, dtype_name(x.dtype if dtype is None else dtype))


def zeros_like(
    a: Any,
    dtype: Any = None,
    order: str = "K",
    subok: builtins.bool = True,
    shape: Any = None,
    *,
    device: Any = None,
) -> Array:
    """Zeros in the shape and dtype of another array."""
    return _like(a, _wengert.zeros, dtype, shape)


def ones_like(
    a: Any,
    dtype: Any = None,
    order: str = "K",
    subok: builtins.bool = True,
    shape: Any = None,
    *,
    device: Any = None,
) -> Array:
    """Ones in the shape and dtype of another array."""
    return _like(a, _wengert.ones, dtype, shape)


def empty_like(
    prototype: Any,
    dtype: Any = None,
    order: str = "K",
    subok: builtins.bool = True,
    shape: Any = None,
    *,
    device: Any = None,
) -> Array:
    """An array in the shape and dtype of another one, its elements still to be set."""
    return _like(prototype, _wengert.empty, dtype, shape)


def full_like(
    a: Any,
    fill_value: Any,
    dtype: Any = None,
    order: str = "K",
    subok: builtins.bool = True,
    shape: Any = None,
    *,
    device: Any = None,
) -> Array:
    """One value in the shape and dtype of another array."""
    a = cell(a)
    return full(
        tuple(a.shape) if shape is None else shape,
        fill_value,
        dtype_name(a.dtype if dtype is None else dtype),
    )


def eye(
    N: int,
    M: int | None = None,
    k: int = 0,
    dtype: Any = float,
    order: str = "C",
    *,
    device: Any = None,
    like: Any = None,
) -> Array:
    """Ones on the diagonal number `k` of an ``(N, M)`` matrix, zeros elsewhere.

    >>> import wengert.numpy as np
    >>> np.eye(2)
    array([[1., 0.],
           [0., 1.]])
    """
    return cell(np.eye(N, M, k, dtype_name(dtype)))


def identity(n: int, dtype: Any = None, *, like: Any = None) -> Array:
    """The ``(n, n)`` matrix with ones on its diagonal."""
    return eye(n, dtype=dtype)


def linspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: builtins.bool = True,
    retstep: builtins.bool = False,
    dtype: Any = None,
    axis: int = 0,
    *,
    device: Any = None,
) -> Any:
    """`num` numbers from `start` to `stop`, equally far apart; it differentiates by both ends.

    >>> import wengert.numpy as np
    >>> np.linspace(0, 1, 5)
    array([0.  , 0.25, 0.5 , 0.75, 1.  ])
    """
    if not (_convert.any_traced(start) or _convert.any_traced(stop)):
        return delegated(np.linspace, "linspace")(start, stop, num, endpoint, retstep, dtype, axis)
    start, stop = _convert.pair(start, stop)
    parts = (num - 1 if endpoint else num) or 1
    span = _wengert.div(_wengert.sub(stop, start), builtins.float(parts))
    steps = np.arange(0.0, num).reshape((num,) + (1,) * span.ndim)
    result = _wengert.add(_wengert.mul(cell(steps), span), start)
    if axis:
        result = _wengert.movedim(result, 0, axis)
    result = cast_to(result, dtype)
    return (result, span) if retstep else result


def logspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: builtins.bool = True,
    base: Any = 10.0,
    dtype: Any = None,
    axis: int = 0,
) -> Array:
    """`num` numbers from ``base**start`` to ``base**stop``, each the same multiple of the one before."""
    return cast_to(_wengert.pow(*_convert.pair(base, linspace(start, stop, num, endpoint, axis=axis))), dtype)


def geomspace(
    start: Any, stop: Any, num: int = 50, endpoint: builtins.bool = True, dtype: Any = None, axis: int = 0
) -> Array:
    """`num` numbers from `start` to `stop`, each the same multiple of the one before."""
    if not (_convert.any_traced(start) or _convert.any_traced(stop)):
        return delegated(np.geomspace, "geomspace")(start, stop, num, endpoint, dtype, axis)
    ends = (_wengert.log(cell(start)), _wengert.log(cell(stop)))
    return cast_to(_wengert.exp(linspace(*ends, num, endpoint, axis=axis)), dtype)


def diag(v: Any, k: int = 0) -> Array:
    """The matrix with a vector on its diagonal number `k`, or that diagonal of a matrix."""
    v = cell(v)
    if v.ndim == 1:
        return _wengert.diag_embed(v, k)
    if v.ndim != 2:
        raise ValueError(f"diag takes a vector or a matrix; this has the shape {tuple(v.shape)}")
    return _wengert.diagonal(v, k, 0, 1)


def diagflat(v: Any, k: int = 0) -> Array:
    """The matrix with all elements of `v` on its diagonal number `k`."""
    return _wengert.diag_embed(_wengert.reshape(cell(v), (-1,)), k)


def tri(N: int, M: int | None = None, k: int = 0, dtype: Any = float, *, like: Any = None) -> Array:
    """Ones on and below the diagonal number `k`."""
    return cell(np.tri(N, M, k, dtype_name(dtype)))


def tril(m: Any, k: int = 0) -> Array:
    """`m` with zeros above its diagonal number `k`."""
    return _wengert.tril(cell(m), k)


def triu(m: Any, k: int = 0) -> Array:
    """`m` with zeros below its diagonal number `k`."""
    return _wengert.triu(cell(m), k)


def vander(x: Any, N: int | None = None, increasing: builtins.bool = False) -> Array:
    """The powers of a vector, as columns, from the highest to 1 (or the other way)."""
    x = cell(x)
    count = x.shape[0] if N is None else N
    powers = np.arange(count) if increasing else np.arange(count)[::-1].copy()
    return _wengert.pow(_wengert.reshape(x, (-1, 1)), cell(powers))


def meshgrid(
    *xi: Any, copy: builtins.bool = True, sparse: builtins.bool = False, indexing: str = "xy"
) -> tuple[Array, ...]:
    """The coordinates of a grid, one array for each axis.

    >>> import wengert.numpy as np
    >>> np.meshgrid(np.arange(2.0), np.arange(3.0))[0].shape
    (3, 2)
    """
    if indexing not in ("xy", "ij"):
        raise ValueError("Valid values for `indexing` are 'xy' and 'ij'.")
    n = len(xi)
    parts = [cell(x) for x in xi]
    grids = [_wengert.reshape(x, (1,) * i + (-1,) + (1,) * (n - 1 - i)) for i, x in enumerate(parts)]
    if indexing == "xy" and n > 1:
        grids = [_wengert.transpose(grid, 0, 1) for grid in grids]
    if not sparse:
        shape = np.broadcast_shapes(*(tuple(grid.shape) for grid in grids))
        grids = [_wengert.broadcast_to(grid, shape) for grid in grids]
        if copy:
            grids = [_wengert.clone(grid) for grid in grids]
    return tuple(grids)


def fromfunction(
    function: Callable[..., Any], shape: Any, *, dtype: Any = float, like: Any = None, **kwargs: Any
) -> Any:
    """The function's value for the indices of all elements."""
    return function(*cell(np.indices(shape_of(shape), dtype_name(dtype))), **kwargs)


class _Joined:
    """``r_`` and ``c_``: numbers, ranges and arrays written between brackets, joined."""

    def __init__(self, columns: builtins.bool) -> None:
        self._columns = columns

    def __getitem__(self, key: Any) -> Array:
        from ._joining import concatenate

        parts = key if isinstance(key, tuple) else (key,)
        if not _convert.any_traced(list(parts)):
            source: Any = np.c_ if self._columns else np.r_
            return _convert.wrapped(source[_convert.plain(key, lambda x: x.numpy())])
        if builtins.any(isinstance(part, str) for part in parts):
            raise TypeError(
                "r_ with a string first has no differentiable form here: write np.concatenate or np.stack"
            )
        pieces = [
            cell(np.r_[part]) if isinstance(part, slice) else array(part, ndmin=1, copy=None)
            for part in parts
        ]
        if self._columns:
            return concatenate([_wengert.expand_dims(x, (1,)) if x.ndim == 1 else x for x in pieces], axis=1)
        return concatenate(pieces)


r_ = _Joined(False)
c_ = _Joined(True)


class _Grid:
    """``mgrid`` and ``ogrid``: the coordinates of a grid, written as slices between brackets."""

    def __init__(self, source: Any) -> None:
        self._source = source

    def __getitem__(self, key: Any) -> Any:
        return _convert.wrapped(self._source[key])


mgrid = _Grid(np.mgrid)
ogrid = _Grid(np.ogrid)

arange = delegated(np.arange, "arange")
indices = delegated(np.indices, "indices")
frombuffer = delegated(np.frombuffer, "frombuffer")
fromiter = delegated(np.fromiter, "fromiter")
fromstring = delegated(np.fromstring, "fromstring")
bartlett = delegated(np.bartlett, "bartlett")
blackman = delegated(np.blackman, "blackman")
hamming = delegated(np.hamming, "hamming")
hanning = delegated(np.hanning, "hanning")
kaiser = delegated(np.kaiser, "kaiser")
