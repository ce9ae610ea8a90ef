"""Averages, quantiles, differences, interpolation, and polynomials."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from .. import _wengert
from .._wengert import Array
from . import _convert
from ._convert import any_traced, axes_of, axis_of, cast_to, cell, cells, is_inexact, store, value_of
from ._delegate import delegated, discrete, refusal
from ._joining import concatenate
from ._creation import linspace
from ._reductions import amax, amin, mean, sum
from ._selection import searchsorted


def average(
    a: Any,
    axis: Any = None,
    weights: Any = None,
    returned: builtins.bool = False,
    *,
    keepdims: builtins.bool = False,
) -> Any:
    """The mean along some axes, each element with its weight."""
    a = cell(a)
    if weights is None:
        result = mean(a, axis, keepdims=keepdims)
        scale: Any = _wengert.full_like(result, builtins.float(a.size) / builtins.max(result.size, 1))
        return (result, scale) if returned else result
    a, w = cells([a, weights])
    if tuple(a.shape) != tuple(w.shape):
        if axis is None:
            raise TypeError("Axis must be specified when shapes of a and weights differ.")
        axes = axes_of(axis, a.ndim) or ()
        if tuple(a.shape[i] for i in axes) != tuple(w.shape):
            raise ValueError("Shape of weights must be consistent with shape of a along specified axis.")
        w = _wengert.reshape(w, tuple(n if i in axes else 1 for i, n in enumerate(a.shape)))
        w = _wengert.broadcast_to(w, tuple(a.shape))
    scale = sum(w, axis, keepdims=keepdims)
    result = _wengert.div(sum(_wengert.mul(a, w), axis, keepdims=keepdims), scale)
    return (result, scale) if returned else result


def _quantile(a: Any, q: Any, axis: Any, keepdims: builtins.bool, method: str) -> Any:
    """Quantiles between neighbours of the sorted elements; `q` is an ndarray of numbers in 0..1."""
    axes = axes_of(axis, a.ndim)
    axes = tuple(range(a.ndim)) if axes is None else axes
    kept = [i for i in range(a.ndim) if i not in axes]
    shape = tuple(1 if i in axes else n for i, n in enumerate(a.shape))
    rows = _wengert.reshape(_wengert.permute(a, tuple(kept) + axes), tuple(a.shape[i] for i in kept) + (-1,))
    rows = _wengert.sort(rows if is_inexact(rows) else _wengert.cast(rows, "float64"), rows.ndim - 1, False)[
        0
    ]
    count = rows.shape[-1]
    if not count:
        raise IndexError("cannot take a quantile of no elements")
    place = np.atleast_1d(q) * (count - 1)
    below = np.floor(place).astype(int)
    above = np.minimum(below + 1, count - 1)
    part = {
        "linear": place - below,
        "lower": 0.0 * place,
        "higher": 1.0 * (place > below),
        "midpoint": 0.5 * (place > below),
        "nearest": np.round(place) - below,
    }[method]
    low, high = rows[..., below], rows[..., above]
    result = _wengert.add(low, _wengert.mul(_wengert.sub(high, low), cast_to(cell(part), low.dtype)))
    result = _wengert.movedim(result, result.ndim - 1, 0)
    result = _wengert.reshape(result, np.shape(q) + (shape if keepdims else tuple(a.shape[i] for i in kept)))
    lost = _wengert.any(_wengert.is_nan(rows), (rows.ndim - 1,), False)
    lost = _wengert.reshape(lost, shape if keepdims else tuple(lost.shape))
    return _wengert.where(lost, np.nan, result)


_BETWEEN = ("linear", "lower", "higher", "midpoint", "nearest")


def quantile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: builtins.bool = False,
    method: str = "linear",
    keepdims: builtins.bool = False,
    *,
    weights: Any = None,
) -> Array:
    """The quantiles `q` (0 to 1) along some axes; they differentiate by the elements they lie between."""
    a, q = cell(a), np.asarray(value_of(q))
    if not any_traced(a) or method not in _BETWEEN or weights is not None:
        return store(
            delegated(np.quantile, "quantile")(a, q, axis, method=method, keepdims=keepdims, weights=weights),
            out,
        )
    return store(_quantile(a, q, axis, keepdims, method), out)


def percentile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: builtins.bool = False,
    method: str = "linear",
    keepdims: builtins.bool = False,
    *,
    weights: Any = None,
) -> Array:
    """The percentiles `q` (0 to 100) along some axes."""
    return quantile(
        a, np.asarray(value_of(q)) / 100.0, axis, out, overwrite_input, method, keepdims, weights=weights
    )


def median(
    a: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: builtins.bool = False,
    keepdims: builtins.bool = False,
) -> Array:
    """The element in the middle along some axes, or the mean of the two there.

    >>> import wengert.numpy as np
    >>> np.median(np.array([3.0, 1.0, 2.0, 10.0]))
    array(2.5)
    """
    return quantile(a, 0.5, axis, out, overwrite_input, "linear", keepdims)


nanmedian = delegated(np.nanmedian, "nanmedian")
nanpercentile = delegated(np.nanpercentile, "nanpercentile")
nanquantile = delegated(np.nanquantile, "nanquantile")


def cov(
    m: Any,
    y: Any = None,
    rowvar: builtins.bool = True,
    bias: builtins.bool = False,
    ddof: int | None = None,
    fweights: Any = None,
    aweights: Any = None,
    *,
    dtype: Any = None,
) -> Array:
    """The covariances of variables, which are the rows (or the columns) of `m`."""
    x = cell(m)
    if fweights is not None or aweights is not None:
        return delegated(np.cov, "cov with weights")(
            m, y, rowvar, bias, ddof, fweights, aweights, dtype=dtype
        )
    x = _rows(x, rowvar)
    if y is not None:
        x = concatenate([x, _rows(cell(y), rowvar)], 0)
    x = x if is_inexact(x) else _wengert.cast(x, "float64")
    ddof = (0 if bias else 1) if ddof is None else ddof
    x = _wengert.sub(x, _wengert.mean(x, (1,), True))
    product = _wengert.div(_wengert.matmul(x, _wengert.transpose(x, 0, 1)), builtins.float(x.shape[1] - ddof))
    return cast_to(_wengert.squeeze(product, None) if product.size == 1 else product, dtype)


def _rows(x: Any, rowvar: builtins.bool) -> Any:
    if x.ndim > 2:
        raise ValueError("m has more than 2 dimensions")
    if x.ndim < 2:
        return _wengert.reshape(x, (1, -1))
    return x if rowvar or x.shape[0] == 1 else _wengert.transpose(x, 0, 1)


def corrcoef(x: Any, y: Any = None, rowvar: builtins.bool = True, *, dtype: Any = None) -> Array:
    """The correlations of variables, which are the rows (or the columns) of `x`."""
    c = cov(x, y, rowvar, dtype=dtype)
    if not c.ndim:
        return _wengert.div(c, c)
    spread = _wengert.sqrt(_wengert.diagonal(c, 0, 0, 1))
    return _wengert.div(_wengert.div(c, _wengert.reshape(spread, (-1, 1))), _wengert.reshape(spread, (1, -1)))


# ---- differences and integrals


def _between(x: Any, axis: int, start: int | None, stop: int | None) -> Any:
    return x[(slice(None),) * axis + (slice(start, stop),)]


def diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Array:
    """Each element less the one before it along an axis, `n` times over.

    >>> import wengert.numpy as np
    >>> np.diff(np.array([1.0, 4.0, 9.0]))
    array([3., 5.])
    """
    a = cell(a)
    if n < 0:
        raise ValueError(f"order must be non-negative but got {n!r}")
    if not a.ndim:
        raise ValueError("diff requires input that is at least one dimensional")
    axis = axis_of(axis, a.ndim)
    parts = [a]
    for extra, front in ((prepend, True), (append, False)):
        if extra is not None:
            extra = cell(extra)
            if not extra.ndim:
                extra = _wengert.broadcast_to(
                    extra, tuple(1 if i == axis else k for i, k in enumerate(a.shape))
                )
            parts.insert(0 if front else len(parts), extra)
    if len(parts) > 1 and n:
        a = concatenate(parts, axis)
    for _ in range(n):
        later, earlier = _between(a, axis, 1, None), _between(a, axis, None, -1)
        a = _wengert.ne(later, earlier) if a.dtype == np.bool_ else _wengert.sub(later, earlier)
    return a


def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Array:
    """Each element less the one before it, of all elements in a row."""
    steps = diff(_wengert.reshape(cell(ary), (-1,)))
    ends = [None if end is None else _wengert.reshape(cell(end), (-1,)) for end in (to_begin, to_end)]
    parts = [part for part in (ends[0], steps, ends[1]) if part is not None]
    return concatenate(parts) if len(parts) > 1 else steps


def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    """The slopes of equally spaced samples along each axis: central differences within, one-sided at the
    ends."""
    f = cell(f)
    if not any_traced([f, *varargs]):
        return delegated(np.gradient, "gradient")(f, *varargs, axis=axis, edge_order=edge_order)
    axes = axes_of(axis, f.ndim)
    axes = tuple(range(f.ndim)) if axes is None else axes
    steps = varargs if len(varargs) == len(axes) else (varargs or (1.0,)) * len(axes)
    if any_traced(list(varargs)) or builtins.any(np.ndim(h) for h in steps):
        raise refusal("gradient with spacing given as an array")
    f = f if is_inexact(f) else _wengert.cast(f, "float64")
    results = []
    for one, h in zip(axes, steps):
        h = builtins.float(h)
        if f.shape[one] < edge_order + 1:
            raise ValueError(
                "Shape of array too small to calculate a numerical gradient, at least (edge_order + 1) "
                "elements are required."
            )

        def at(start: int | None, stop: int | None, one: int = one) -> Any:
            return _between(f, one, start, stop)

        middle = (at(2, None) - at(None, -2)) / (2.0 * h)
        if edge_order == 1:
            first, last = (at(1, 2) - at(0, 1)) / h, (at(-1, None) - at(-2, -1)) / h
        else:
            first = (at(0, 1) * -1.5 + at(1, 2) * 2.0 + at(2, 3) * -0.5) / h
            last = (at(-3, -2) * 0.5 + at(-2, -1) * -2.0 + at(-1, None) * 1.5) / h
        results.append(_wengert.concatenate([first, middle, last], one))
    return results[0] if len(results) == 1 else tuple(results)


def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Array:
    """The integral of samples along an axis, by trapezoids."""
    y = cell(y)
    axis = axis_of(axis, y.ndim)
    if x is None:
        widths: Any = dx
    else:
        x = cell(x)
        widths = diff(x, axis=0 if x.ndim == 1 else axis)
        if x.ndim == 1:
            widths = _wengert.reshape(widths, tuple(-1 if i == axis else 1 for i in range(y.ndim)))
    pairs = _wengert.add(_between(y, axis, 1, None), _between(y, axis, None, -1))
    return sum(_wengert.div(_wengert.mul(*_convert.pair(pairs, widths)), 2.0), axis)


def interp(
    x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: float | None = None
) -> Array:
    """The values at `x` of the broken line through the points ``(xp, fp)``; beyond its ends, those of the
    ends."""
    if period is not None:
        return delegated(np.interp, "interp with a period")(x, xp, fp, left, right, period)
    if not any_traced([x, xp, fp, left, right]):
        return delegated(np.interp, "interp")(x, xp, fp, left, right)
    x, xp, fp = (cast_to(cell(part), "float64") for part in (x, xp, fp))
    known = _wengert.stop_gradient(xp)
    start = _wengert.clamp(_wengert.sub(searchsorted(known, x, side="right"), 1), 0, xp.shape[0] - 2)
    after = _wengert.add(start, 1)
    x0, x1, y0, y1 = xp[start], xp[after], fp[start], fp[after]
    line = _wengert.add(
        y0, _wengert.div(_wengert.mul(_wengert.sub(y1, y0), _wengert.sub(x, x0)), _wengert.sub(x1, x0))
    )
    line = _wengert.where(_wengert.lt(x, known[0]), fp[0] if left is None else left, line)
    return _wengert.where(_wengert.gt(x, known[-1]), fp[-1] if right is None else right, line)


# ---- filters and polynomials


def convolve(a: Any, v: Any, mode: str = "full") -> Array:
    """The sums of products of two vectors moved past each other, one of them the other way round.

    >>> import wengert.numpy as np
    >>> np.convolve(np.array([1.0, 2.0, 3.0]), np.array([1.0, 1.0]))
    array([1., 3., 5., 3.])
    """
    a, v = cells([a, v])
    if a.ndim != 1 or v.ndim != 1:
        raise ValueError("convolve takes two vectors")
    if not a.shape[0] or not v.shape[0]:
        raise ValueError("a cannot be empty" if not a.shape[0] else "v cannot be empty")
    if v.shape[0] > a.shape[0]:
        a, v = v, a
    n, m = a.shape[0], v.shape[0]
    first, count = {"full": (0, n + m - 1), "same": ((m - 1) // 2, n), "valid": (m - 1, n - m + 1)}[mode]
    padded = _wengert.pad(a, [(m - 1, m - 1)], "constant", 0.0)
    windows = padded[(first + np.arange(count))[:, None] + np.arange(m)[::-1]]
    return _wengert.matmul(windows, v)


def correlate(a: Any, v: Any, mode: str = "valid") -> Array:
    """The sums of products of two vectors moved past each other."""
    a, v = cells([a, v])
    swapped = v.shape[0] > a.shape[0]
    if swapped:
        return _wengert.flip(correlate(v, a, mode), (0,))
    return convolve(a, _wengert.flip(v, (0,)), mode)


def polyval(p: Any, x: Any) -> Array:
    """The value at `x` of the polynomial with the coefficients `p`, the highest power first."""
    p, x = cell(p), cell(x)
    result = _wengert.zeros_like(_wengert.mul(x, p[0]))
    for coefficient in p:
        result = _wengert.add(_wengert.mul(result, x), coefficient)
    return result


def polyadd(a1: Any, a2: Any) -> Array:
    """The coefficients of the sum of two polynomials."""
    a1, a2 = (_wengert.reshape(part, (-1,)) for part in cells([a1, a2]))
    n = builtins.max(a1.shape[0], a2.shape[0])
    return _wengert.add(*(_wengert.pad(part, [(n - part.shape[0], 0)], "constant", 0.0) for part in (a1, a2)))


def polysub(a1: Any, a2: Any) -> Array:
    """The coefficients of the difference of two polynomials."""
    return polyadd(a1, _wengert.neg(cell(a2)))


def polymul(a1: Any, a2: Any) -> Array:
    """The coefficients of the product of two polynomials."""
    return convolve(*(_wengert.reshape(part, (-1,)) for part in cells([a1, a2])))


def polyder(p: Any, m: int = 1) -> Array:
    """The coefficients of the derivative of a polynomial."""
    p = cell(p)
    for _ in range(m):
        powers = np.arange(p.shape[0] - 1, 0, -1)
        p = _wengert.mul(_between(p, 0, None, -1), cell(powers))
    return p


def polyint(p: Any, m: int = 1, k: Any = None) -> Array:
    """The coefficients of the integral of a polynomial; its constants are `k`."""
    p = cell(p)
    constants = [0.0] * m if k is None else list(np.broadcast_to(k, (m,)))
    for constant in constants:
        powers = np.arange(p.shape[0], 0, -1)
        p = concatenate([_wengert.div(p, cell(powers)), [builtins.float(constant)]])
    return p


poly = delegated(np.poly, "poly")
polyfit = delegated(np.polyfit, "polyfit")
polydiv = delegated(np.polydiv, "polydiv")
roots = delegated(np.roots, "roots")
histogram2d = delegated(np.histogram2d, "histogram2d")
histogramdd = delegated(np.histogramdd, "histogramdd")


def histogram_bin_edges(a: Any, bins: Any = 10, range: Any = None, weights: Any = None) -> Array:
    """The edges of the bins of `histogram`; they move with the smallest and the largest element."""
    if not any_traced([a, bins, range]) or not isinstance(bins, int):
        return delegated(np.histogram_bin_edges, "histogram_bin_edges")(a, bins, range, weights)
    low, high = (amin(a), amax(a)) if range is None else range
    return linspace(low, high, bins + 1)


def histogram(
    a: Any, bins: Any = 10, range: Any = None, density: builtins.bool | None = None, weights: Any = None
) -> tuple[Array, Array]:
    """How many elements (or how much weight) lie in each of some bins, and the edges of the bins."""
    if density or any_traced(weights):
        return delegated(np.histogram, "histogram with density or weights")(a, bins, range, density, weights)
    edges = histogram_bin_edges(a, bins, range, weights)
    return discrete(np.histogram, "histogram")(a, bins, range, weights=weights)[0], edges


def bincount(x: Any, /, weights: Any = None, minlength: int = 0) -> Array:
    """How often each number from 0 up is there, or the sum of the weights that stand with it."""
    if weights is None:
        return discrete(np.bincount, "bincount")(x, minlength=minlength)
    places = np.asarray(value_of(x))
    weights = cast_to(cell(weights), "float64")
    count = builtins.max(int(places.max(initial=-1)) + 1, minlength)
    return _wengert.index_add(_wengert.zeros(Array, (count,), "float64"), 0, cell(places), weights)


i0 = delegated(np.i0, "i0")
apply_over_axes = delegated(np.apply_over_axes, "apply_over_axes")
