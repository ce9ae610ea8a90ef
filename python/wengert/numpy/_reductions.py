"""Fewer numbers made of many along some axes (None: all of them): sums, means, extremes, and running sums."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import _wengert
from .._wengert import Array
from . import _convert
from ._convert import axes_of, axis_of, cast_to, cell, dtype_name, is_inexact, store
from ._delegate import discrete


def _given(a: Any, where: Any, nothing: Any) -> Any:
    """`a` with `nothing` in the places that do not count."""
    if where is None or where is True:
        return a
    return _wengert.where(
        _wengert.broadcast_to(cell(where), np.broadcast_shapes(np.shape(where), tuple(a.shape))), a, nothing
    )


def sum(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: builtins.bool = False,
    initial: Any = None,
    where: Any = None,
) -> Array:
    """The sum of the elements along some axes. `a` may be a list of arrays.

    >>> import wengert.numpy as np
    >>> np.sum(np.array([[1.0, 2.0], [3.0, 4.0]]), axis=0)
    array([4., 6.])
    """
    a = _given(cast_to(cell(a), dtype), where, 0)
    result = _wengert.sum(a, axes_of(axis, a.ndim), builtins.bool(keepdims))
    if initial is not None:
        result = _wengert.add(result, *_convert.pair(result, initial)[1:])
    return store(cast_to(result, dtype), out)


def prod(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: builtins.bool = False,
    initial: Any = None,
    where: Any = None,
) -> Array:
    """The product of the elements along some axes."""
    a = _given(cast_to(cell(a), dtype), where, 1)
    result = _wengert.prod(a, axes_of(axis, a.ndim), builtins.bool(keepdims))
    if initial is not None:
        result = _wengert.mul(result, *_convert.pair(result, initial)[1:])
    return store(cast_to(result, dtype), out)


def _counted(a: Any, axis: Any, keepdims: builtins.bool, where: Any) -> Any:
    places = _given(_wengert.ones(Array, tuple(a.shape), "float64"), where, 0)
    return _wengert.sum(places, axes_of(axis, a.ndim), keepdims)


def mean(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: builtins.bool = False,
    *,
    where: Any = None,
) -> Array:
    """The mean of the elements along some axes; of integers a float64.

    >>> import wengert.numpy as np
    >>> np.mean(np.array([1, 2, 6]))
    array(3.)
    """
    a = cast_to(cell(a), dtype)
    if where is not None and where is not True:
        total = sum(a, axis, None, None, keepdims, where=where)
        return store(_wengert.div(total, _counted(a, axis, builtins.bool(keepdims), where)), out)
    return store(_wengert.mean(a, axes_of(axis, a.ndim), builtins.bool(keepdims)), out)


def _spread(
    native: Callable[..., Any],
    a: Any,
    axis: Any,
    dtype: Any,
    out: Any,
    ddof: float,
    keepdims: Any,
    where: Any,
    correction: float | None,
) -> Any:
    a = cast_to(cell(a), dtype)
    ddof = ddof if correction is None else correction
    axes = axes_of(axis, a.ndim)
    if where is not None and where is not True:
        middle = mean(a, axis, keepdims=True, where=where)
        count = _wengert.sub(_counted(a, axis, builtins.bool(keepdims), where), builtins.float(ddof))
        total = sum(_wengert.square(_wengert.sub(a, middle)), axis, keepdims=keepdims, where=where)
        result = _wengert.div(total, count)
        return store(result if native is _wengert.var else _wengert.sqrt(result), out)
    return store(native(a, axes, builtins.float(ddof), builtins.bool(keepdims)), out)


def var(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: float = 0,
    keepdims: builtins.bool = False,
    *,
    where: Any = None,
    mean: Any = None,
    correction: float | None = None,
) -> Array:
    """The mean square distance from the mean; `ddof` is taken from the count that it is divided by."""
    return _spread(_wengert.var, a, axis, dtype, out, ddof, keepdims, where, correction)


def std(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: float = 0,
    keepdims: builtins.bool = False,
    *,
    where: Any = None,
    mean: Any = None,
    correction: float | None = None,
) -> Array:
    """The square root of the variance; `ddof` is taken from the count."""
    return _spread(_wengert.std, a, axis, dtype, out, ddof, keepdims, where, correction)


def _extreme(a: Any, axis: Any, out: Any, keepdims: Any, initial: Any, where: Any, top: builtins.bool) -> Any:
    a = cell(a)
    both = _wengert.maximum if top else _wengert.minimum
    if where is not None and where is not True:
        if initial is None:
            raise ValueError(
                "reduction operation does not have an identity, so to use a where mask one has to specify "
                "'initial'"
            )
        a = _given(a, where, initial)
    axes = axes_of(axis, a.ndim)
    lengths = a.shape if axes is None else [a.shape[i] for i in axes]
    if 0 in lengths:
        if initial is None:
            name = "maximum" if top else "minimum"
            raise ValueError(f"zero-size array to reduction operation {name} which has no identity")
        return sum(a, axis, None, out, keepdims, initial)
    result = (_wengert.amax if top else _wengert.amin)(a, axes, builtins.bool(keepdims))
    if initial is not None:
        result = both(*_convert.pair(result, initial))
    return store(result, out)


def max(
    a: Any,
    axis: Any = None,
    out: Any = None,
    keepdims: builtins.bool = False,
    initial: Any = None,
    where: Any = None,
) -> Array:
    """The largest element along some axes; several that are largest share the slope."""
    return _extreme(a, axis, out, keepdims, initial, where, True)


def min(
    a: Any,
    axis: Any = None,
    out: Any = None,
    keepdims: builtins.bool = False,
    initial: Any = None,
    where: Any = None,
) -> Array:
    """The smallest element along some axes; several that are smallest share the slope."""
    return _extreme(a, axis, out, keepdims, initial, where, False)


amax = max
amin = min


def ptp(a: Any, axis: Any = None, out: Any = None, keepdims: builtins.bool = False) -> Array:
    """The largest less the smallest element along some axes."""
    return store(_wengert.sub(max(a, axis, None, keepdims), min(a, axis, None, keepdims)), out)


def all(
    a: Any, axis: Any = None, out: Any = None, keepdims: builtins.bool = False, *, where: Any = None
) -> Array:
    """Whether all elements along some axes are true."""
    a = _given(cast_to(cell(a), "bool"), where, True)
    return store(_wengert.all(a, axes_of(axis, a.ndim), builtins.bool(keepdims)), out)


def any(
    a: Any, axis: Any = None, out: Any = None, keepdims: builtins.bool = False, *, where: Any = None
) -> Array:
    """Whether one element or more along some axes is true."""
    a = _given(cast_to(cell(a), "bool"), where, False)
    return store(_wengert.any(a, axes_of(axis, a.ndim), builtins.bool(keepdims)), out)


def count_nonzero(a: Any, axis: Any = None, *, keepdims: builtins.bool = False) -> Any:
    """How many elements along some axes are not zero."""
    a = cell(a)
    return _wengert.count_nonzero(a, axes_of(axis, a.ndim), builtins.bool(keepdims))


def _place(native: Callable[..., Any], a: Any, axis: Any, out: Any, keepdims: Any) -> Any:
    a = cell(a)
    if a.size == 0:
        raise ValueError(
            "attempt to get argmax of an empty sequence"
            if native is _wengert.argmax
            else "attempt to get argmin of an empty sequence"
        )
    if axis is None and keepdims:
        result = _wengert.argmax(a, None) if native is _wengert.argmax else _wengert.argmin(a, None)
        return store(_wengert.reshape(result, (1,) * a.ndim), out)
    return store(native(a, None if axis is None else axis_of(axis, a.ndim), builtins.bool(keepdims)), out)


def argmax(a: Any, axis: int | None = None, out: Any = None, *, keepdims: builtins.bool = False) -> Array:
    """The place of the largest element, along an axis or among all in a row."""
    return _place(_wengert.argmax, a, axis, out, keepdims)


def argmin(a: Any, axis: int | None = None, out: Any = None, *, keepdims: builtins.bool = False) -> Array:
    """The place of the smallest element, along an axis or among all in a row."""
    return _place(_wengert.argmin, a, axis, out, keepdims)


# ---- running


def _running(native: Callable[..., Any], a: Any, axis: int | None, dtype: Any, out: Any) -> Any:
    a = cast_to(cell(a), dtype)
    if axis is None:
        a, axis = _wengert.reshape(a, (-1,)), 0
    if not is_inexact(a) and dtype is None and dtype_name(a.dtype) != "int64":
        a = _wengert.cast(a, "int64")
    return store(cast_to(native(a, axis_of(axis, a.ndim)), dtype), out)


def cumsum(a: Any, axis: int | None = None, dtype: Any = None, out: Any = None) -> Array:
    """The running sums along an axis, or of all elements in a row."""
    return _running(_wengert.cumsum, a, axis, dtype, out)


def cumprod(a: Any, axis: int | None = None, dtype: Any = None, out: Any = None) -> Array:
    """The running products along an axis, or of all elements in a row."""
    return _running(_wengert.cumprod, a, axis, dtype, out)


def _cumulative(
    running: Callable[..., Any], x: Any, axis: int | None, dtype: Any, out: Any, first: float | None
) -> Any:
    x = cell(x)
    if axis is None:
        if x.ndim > 1:
            raise ValueError("For arrays which have more than one dimension ``axis`` argument is required.")
        axis = 0
    result = running(x, axis, dtype)
    if first is not None:
        shape = list(result.shape)
        shape[axis_of(axis, x.ndim)] = 1
        start = _wengert.full(Array, tuple(shape), first, dtype_name(result.dtype))
        result = _wengert.concatenate([start, result], axis_of(axis, x.ndim))
    return store(result, out)


def cumulative_sum(
    x: Any,
    /,
    *,
    axis: int | None = None,
    dtype: Any = None,
    out: Any = None,
    include_initial: builtins.bool = False,
) -> Array:
    """The running sums along an axis, after a zero if `include_initial`."""
    return _cumulative(cumsum, x, axis, dtype, out, 0 if include_initial else None)


def cumulative_prod(
    x: Any,
    /,
    *,
    axis: int | None = None,
    dtype: Any = None,
    out: Any = None,
    include_initial: builtins.bool = False,
) -> Array:
    """The running products along an axis, after a one if `include_initial`."""
    return _cumulative(cumprod, x, axis, dtype, out, 1 if include_initial else None)


# ---- without what is not a number


def _numbers(a: Any, instead: float) -> Any:
    a = cell(a)
    return _wengert.where(_wengert.is_nan(a), instead, a) if is_inexact(a) else a


def nansum(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: builtins.bool = False,
    initial: Any = None,
    where: Any = None,
) -> Array:
    """The sum of the elements that are numbers."""
    return sum(_numbers(a, 0), axis, dtype, out, keepdims, initial, where)


def nanprod(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: builtins.bool = False,
    initial: Any = None,
    where: Any = None,
) -> Array:
    """The product of the elements that are numbers."""
    return prod(_numbers(a, 1), axis, dtype, out, keepdims, initial, where)


def nancumsum(a: Any, axis: int | None = None, dtype: Any = None, out: Any = None) -> Array:
    """The running sums, not-a-number counted as zero."""
    return cumsum(_numbers(a, 0), axis, dtype, out)


def nancumprod(a: Any, axis: int | None = None, dtype: Any = None, out: Any = None) -> Array:
    """The running products, not-a-number counted as one."""
    return cumprod(_numbers(a, 1), axis, dtype, out)


def _is_number(a: Any) -> Any:
    return _wengert.logical_not(_wengert.is_nan(a))


def nanmean(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: builtins.bool = False,
    *,
    where: Any = None,
) -> Array:
    """The mean of the elements that are numbers."""
    a = cell(a)
    return (
        mean(a, axis, dtype, out, keepdims, where=_is_number(a))
        if is_inexact(a)
        else mean(a, axis, dtype, out, keepdims)
    )


def nanvar(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: float = 0,
    keepdims: builtins.bool = False,
    *,
    where: Any = None,
    mean: Any = None,
    correction: float | None = None,
) -> Array:
    """The variance of the elements that are numbers."""
    a = cell(a)
    return _spread(
        _wengert.var,
        a,
        axis,
        dtype,
        out,
        ddof,
        keepdims,
        _is_number(a) if is_inexact(a) else None,
        correction,
    )


def nanstd(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: float = 0,
    keepdims: builtins.bool = False,
    *,
    where: Any = None,
    mean: Any = None,
    correction: float | None = None,
) -> Array:
    """The standard deviation of the elements that are numbers."""
    a = cell(a)
    return _spread(
        _wengert.std,
        a,
        axis,
        dtype,
        out,
        ddof,
        keepdims,
        _is_number(a) if is_inexact(a) else None,
        correction,
    )


def nanmax(
    a: Any,
    axis: Any = None,
    out: Any = None,
    keepdims: builtins.bool = False,
    initial: Any = None,
    where: Any = None,
) -> Array:
    """The largest of the elements that are numbers."""
    return max(_numbers(a, -np.inf), axis, out, keepdims, initial, where)


def nanmin(
    a: Any,
    axis: Any = None,
    out: Any = None,
    keepdims: builtins.bool = False,
    initial: Any = None,
    where: Any = None,
) -> Array:
    """The smallest of the elements that are numbers."""
    return min(_numbers(a, np.inf), axis, out, keepdims, initial, where)


nanargmax = discrete(np.nanargmax, "nanargmax")
nanargmin = discrete(np.nanargmin, "nanargmin")
