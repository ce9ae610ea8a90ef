"""Sums, means, extremes and running totals, in PyTorch's convention."""

from __future__ import annotations

import warnings
from typing import Any

from wengert import _wengert
from wengert._wengert import Tensor
from wengert.torch import _dtype, return_types
from wengert.torch._spelling import axes, for_tensors, no_tensor, numpy_names, store

_sum = _wengert.sum
_mean = _wengert.mean
_prod = _wengert.prod


def sum(
    input: Tensor,
    dim: Any = None,
    keepdim: bool = False,
    *,
    dtype: Any = None,
    out: Tensor | None = None,
    axis: Any = None,
    keepdims: bool = False,
) -> Tensor:
    """The sum of all elements, or along `dim` (one dimension or several).

    >>> torch.sum(torch.ones(2, 3), dim=1)
    tensor([3., 3.])
    """
    if dim is None:
        dim = axis
        if dim is None and dtype is None and out is None:
            return _sum(input, None, keepdim or keepdims)
    if dim == () or dim == []:
        dim = None
    result = _sum(input, axes(dim), keepdim or keepdims, dtype)
    return result if out is None else store(out, result)


def _floating(input: Tensor, dtype: Any, word: str) -> Any:
    kind = input.dtype if dtype is None else _dtype.of(dtype)
    if not kind.is_floating_point:
        raise RuntimeError(
            f"{word}(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. "
            f"Got: {_dtype.spoken(kind)}"
        )
    return input if dtype is None else _wengert.cast(input, dtype)


def mean(
    input: Tensor,
    dim: Any = None,
    keepdim: bool = False,
    *,
    dtype: Any = None,
    out: Tensor | None = None,
    axis: Any = None,
    keepdims: bool = False,
) -> Tensor:
    """The mean of all elements, or along `dim` (one dimension or several); of floating-point tensors.

    >>> torch.mean(torch.tensor([[1.0, 2.0], [3.0, 4.0]]), dim=0)
    tensor([2., 3.])
    """
    try:
        input = _floating(input, dtype, "mean")
        if dim is None:
            dim = axis
        if dim == () or dim == []:
            dim = None
        result = _mean(input, axes(dim), keepdim or keepdims)
        return result if out is None else store(out, result)
    except AttributeError as error:
        no_tensor(error, mean, (input,))
        raise


@numpy_names
def prod(input: Tensor, dim: int | None = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The product of all elements, or along one dimension."""
    return _prod(input, dim, keepdim, dtype)


@numpy_names
def nansum(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The sum of the elements that are numbers."""
    return sum(_wengert.where(_wengert.is_nan(input), 0, input), dim, keepdim, dtype=dtype)


@numpy_names
def nanmean(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The mean of the elements that are numbers."""
    numbers = _wengert.logical_not(_wengert.is_nan(input))
    return nansum(input, dim, keepdim, dtype=dtype) / sum(numbers, dim, keepdim)


def _spread_arguments(dim: Any, unbiased: Any, correction: Any) -> tuple[Any, float]:
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    if unbiased is not None and correction is None:
        correction = 1.0 if unbiased else 0.0
    return (None if dim == () or dim == [] else axes(dim)), 1.0 if correction is None else float(correction)


def _spread(input: Tensor, word: str) -> None:
    if not input.dtype.is_floating_point:
        raise RuntimeError(f"{word} only support floating point and complex dtypes")


def _freedom(input: Tensor, dim: Any, correction: float, word: str) -> None:
    shape = input.shape
    count = 1
    if not shape:
        dim = None
    for axis in range(len(shape)) if dim is None else (dim,) if isinstance(dim, int) else dim:
        count *= shape[axis]
    if count - correction <= 0:
        warnings.warn(
            f"{word}(): degrees of freedom is <= 0. Correction should be strictly less than the reduction factor "
            "(input numel divided by output numel).",
            UserWarning,
            stacklevel=3,
        )


@numpy_names
def var(
    input: Tensor, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = None
) -> Tensor:
    """The variance of all elements, or along `dim`; the squares are divided by their number less `correction`, 1.

    >>> torch.var(torch.tensor([1.0, 2.0, 3.0, 4.0]))
    tensor(1.6667)
    """
    dim, less = _spread_arguments(dim, unbiased, correction)
    _spread(input, "std and var")
    if 0 <= input.ndim:
        _freedom(input, dim, less, "var")
    return _wengert.var(input, dim, less, keepdim)


@numpy_names
def std(
    input: Tensor, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = None
) -> Tensor:
    """The standard deviation: the root of `var`."""
    dim, less = _spread_arguments(dim, unbiased, correction)
    _spread(input, "std and var")
    _freedom(input, dim, less, "std")
    return _wengert.std(input, dim, less, keepdim)


def var_mean(
    input: Tensor, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = None
) -> tuple[Tensor, Tensor]:
    """The variance and the mean."""
    where = None if isinstance(dim, bool) else dim
    return var(input, dim, unbiased, keepdim, correction=correction), mean(input, where, keepdim)


def std_mean(
    input: Tensor, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = None
) -> tuple[Tensor, Tensor]:
    """The standard deviation and the mean."""
    where = None if isinstance(dim, bool) else dim
    return std(input, dim, unbiased, keepdim, correction=correction), mean(input, where, keepdim)


def max(
    input: Tensor,
    dim: Any = None,
    keepdim: bool = False,
    *,
    other: Tensor | None = None,
    out: Any = None,
    axis: int | None = None,
    keepdims: bool = False,
) -> Any:
    """The greatest element; or along `dim`, the greatest and where they are; or of two tensors, `maximum`.

    >>> torch.max(torch.tensor([[1.0, 5.0], [7.0, 2.0]]), dim=1)
    torch.return_types.max(
    values=tensor([5., 7.]),
    indices=tensor([1, 0]))
    """
    try:
        if axis is not None:
            dim = axis
        if other is not None:
            dim = other
        if dim is None:
            result: Any = _wengert.max(input)
        elif isinstance(dim, Tensor):
            result = _wengert.maximum(input, dim)
        else:
            values, indices = _wengert.max_axis(input, dim, keepdim or keepdims)
            result = return_types.max((_wengert.label(values, "MaxBackward0", [input]), indices))
        return result if out is None else store(out, result)
    except AttributeError as error:
        no_tensor(error, max, (input,))
        raise


def min(
    input: Tensor,
    dim: Any = None,
    keepdim: bool = False,
    *,
    other: Tensor | None = None,
    out: Any = None,
    axis: int | None = None,
    keepdims: bool = False,
) -> Any:
    """The least element; or along `dim`, the least and where they are; or of two tensors, `minimum`."""
    try:
        if axis is not None:
            dim = axis
        if other is not None:
            dim = other
        if dim is None:
            result: Any = _wengert.min(input)
        elif isinstance(dim, Tensor):
            result = _wengert.minimum(input, dim)
        else:
            values, indices = _wengert.min_axis(input, dim, keepdim or keepdims)
            result = return_types.min((_wengert.label(values, "MinBackward0", [input]), indices))
        return result if out is None else store(out, result)
    except AttributeError as error:
        no_tensor(error, min, (input,))
        raise


@numpy_names
def amax(input: Tensor, dim: Any = (), keepdim: bool = False) -> Tensor:
    """The greatest element, of all or along `dim`; equal ones share the gradient."""
    return _wengert.amax(input, axes(dim) if dim != () and dim != [] else None, keepdim)


@numpy_names
def amin(input: Tensor, dim: Any = (), keepdim: bool = False) -> Tensor:
    """The least element, of all or along `dim`; equal ones share the gradient."""
    return _wengert.amin(input, axes(dim) if dim != () and dim != [] else None, keepdim)


def aminmax(input: Tensor, *, dim: int | None = None, keepdim: bool = False) -> Any:
    """The least and the greatest element."""
    least, greatest = _wengert.amin(input, dim, keepdim), _wengert.amax(input, dim, keepdim)
    both = [_wengert.label(x, "AminmaxBackward0", [input]) for x in (least, greatest)]
    return return_types.aminmax(both)


def _nonempty(input: Tensor, word: str) -> None:
    if 0 in input.shape:
        raise IndexError(f"{word}(): Expected reduction dim to be specified for input.numel() == 0.")


@numpy_names
def argmax(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Where the greatest element is: in the flattened tensor, or along `dim`.

    >>> torch.argmax(torch.tensor([[1.0, 5.0], [7.0, 2.0]]))
    tensor(2)
    """
    if dim is None:
        _nonempty(input, "argmax")
    return _wengert.argmax(input, dim, keepdim)


@numpy_names
def argmin(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Where the least element is: in the flattened tensor, or along `dim`."""
    if dim is None:
        _nonempty(input, "argmin")
    return _wengert.argmin(input, dim, keepdim)


@numpy_names
def all(input: Tensor, dim: Any = None, keepdim: bool = False) -> Tensor:
    """Whether all elements are true (not zero), of all or along `dim`."""
    result = _wengert.all(input, axes(dim), keepdim)
    return _wengert.cast(result, "uint8") if input.dtype is _dtype.uint8 else result


@numpy_names
def any(input: Tensor, dim: Any = None, keepdim: bool = False) -> Tensor:
    """Whether some element is true (not zero), of all or along `dim`."""
    result = _wengert.any(input, axes(dim), keepdim)
    return _wengert.cast(result, "uint8") if input.dtype is _dtype.uint8 else result


@numpy_names
def count_nonzero(input: Tensor, dim: Any = None) -> Tensor:
    """How many elements are not zero, of all or along `dim`."""
    return _wengert.count_nonzero(input, axes(dim))


@numpy_names
def logsumexp(input: Tensor, dim: Any, keepdim: bool = False) -> Tensor:
    """The logarithm of the sum of exponentials along `dim`, computed without overflow."""
    return _wengert.logsumexp(input, axes(dim), keepdim)


@numpy_names
def norm(
    input: Tensor, p: Any = "fro", dim: Any = None, keepdim: bool = False, out: Any = None, dtype: Any = None
) -> Tensor:
    """The p-norm of all elements as one vector, or along `dim`.

    >>> torch.norm(torch.tensor([3.0, 4.0]))
    tensor(5.)
    """
    if p == "nuc":
        raise RuntimeError("the nuclear norm is not provided")
    power = 2.0 if p is None or p == "fro" else float(p)
    kind = input.dtype if dtype is None else _dtype.of(dtype)
    if not kind.is_floating_point:
        raise RuntimeError(
            "linalg.vector_norm: Expected a floating point or complex tensor as input. Got "
            + _dtype.spoken(kind)
        )
    x = input if dtype is None else _wengert.cast(input, dtype)
    return _wengert.norm(x, power, axes(dim), keepdim)


def dist(input: Tensor, other: Tensor, p: float = 2) -> Tensor:
    """The p-norm of the difference."""
    return _wengert.label(_wengert.norm(input - other, float(p)), "DistBackward0", [input, other])


@numpy_names
def cumsum(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    """Running sums along `dim`.

    >>> torch.cumsum(torch.tensor([1, 2, 3]), 0)
    tensor([1, 3, 6])
    """
    return _wengert.cumsum(_whole(input, dtype), dim)


@numpy_names
def cumprod(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    """Running products along `dim`."""
    return _wengert.cumprod(_whole(input, dtype), dim)


def _whole(input: Tensor, dtype: Any) -> Tensor:
    if dtype is not None:
        return _wengert.cast(input, dtype)
    kind = input.dtype
    return input if kind.is_floating_point or kind is _dtype.int64 else _wengert.cast(input, "int64")


def _running(input: Tensor, dim: int, beats: Any) -> tuple[Tensor, Tensor]:
    if input.ndim == 0:
        return _wengert.clone(input), _wengert.zeros(Tensor, (), "int64")
    held = input.detach()
    slices = _wengert.unbind(held, dim)
    places, best, at = [], None, None
    for i, value in enumerate(slices):
        here = _wengert.full(Tensor, value.shape, i, "int64")
        if best is None:
            best, at = value, here
        else:
            wins = _wengert.logical_or(beats(value, best), _wengert.is_nan(value))
            best, at = _wengert.where(wins, value, best), _wengert.where(wins, here, at)
        places.append(at)
    if not places:
        return _wengert.clone(input), _wengert.zeros(Tensor, tuple(input.shape), "int64")
    indices = _wengert.stack(places, dim)
    return _wengert.gather(input, dim, indices), indices


@numpy_names
def cummax(input: Tensor, dim: int) -> Any:
    """The greatest element so far along `dim`, and where it is."""
    return return_types.cummax(_running(input, dim, _wengert.ge))


@numpy_names
def cummin(input: Tensor, dim: int) -> Any:
    """The least element so far along `dim`, and where it is."""
    return return_types.cummin(_running(input, dim, _wengert.le))


@numpy_names
def logcumsumexp(input: Tensor, dim: int) -> Tensor:
    """The logarithms of running sums of exponentials along `dim`."""
    if 0 in input.shape:
        return _wengert.clone(input)
    highest = _wengert.amax(input.detach(), dim, True)
    highest = _wengert.where(_wengert.is_finite(highest), highest, 0)
    result = _wengert.log(_wengert.cumsum(_wengert.exp(input - highest), dim)) + highest
    return _wengert.label(result, "LogcumsumexpBackward0", [input])


@numpy_names
def diff(
    input: Tensor, n: int = 1, dim: int = -1, prepend: Tensor | None = None, append: Tensor | None = None
) -> Tensor:
    """Differences of neighbours along `dim`, `n` times over.

    >>> torch.diff(torch.tensor([1, 4, 9]))
    tensor([3, 5])
    """
    if input.ndim == 0:
        raise RuntimeError("diff expects input to be at least one-dimensional")
    parts = [part for part in (prepend, input, append) if part is not None]
    x = _wengert.concatenate(parts, dim) if len(parts) > 1 else input
    for _ in range(n):
        length = x.shape[dim]
        if length == 0:
            break
        later, earlier = _wengert.narrow(x, dim, 1, length - 1), _wengert.narrow(x, dim, 0, length - 1)
        x = _wengert.logical_xor(later, earlier) if x.dtype is _dtype.bool_ else later - earlier
    return x


def _strips(y: Tensor, x: Any, dx: Any, dim: int) -> Tensor:
    length = y.shape[dim]
    pairs = _wengert.narrow(y, dim, 1, length - 1) + _wengert.narrow(y, dim, 0, length - 1)
    if x is None:
        return pairs * (1 if dx is None else dx) / 2
    widths = diff(x, dim=dim if x.ndim > 1 else -1)
    if x.ndim == 1 and y.ndim > 1:
        shape = [1] * y.ndim
        shape[dim] = widths.shape[0]
        widths = _wengert.reshape(widths, tuple(shape))
    return pairs * widths / 2


@numpy_names
def trapezoid(y: Tensor, x: Tensor | None = None, *, dx: Any = None, dim: int = -1) -> Tensor:
    """The integral of `y` along `dim` by the trapezoidal rule, at points `x` or `dx` apart."""
    return _sum(_strips(y, x, dx, dim), dim)


trapz = trapezoid


@numpy_names
def cumulative_trapezoid(y: Tensor, x: Tensor | None = None, *, dx: Any = None, dim: int = -1) -> Tensor:
    """Running integrals of `y` along `dim` by the trapezoidal rule."""
    return _wengert.cumsum(_strips(y, x, dx, dim), dim)


@for_tensors
def cov(
    input: Tensor, *, correction: int = 1, fweights: Tensor | None = None, aweights: Tensor | None = None
) -> Tensor:
    """The covariance of the rows: [n, observations] to [n, n]."""
    if input.ndim > 2:
        raise RuntimeError(
            f"cov(): expected input to have two or fewer dimensions but got an input with {input.ndim} dimensions"
        )
    rows = _wengert.reshape(input, (1, -1)) if input.ndim < 2 else input
    if not rows.dtype.is_floating_point:
        rows = _wengert.cast(rows, _dtype.get_default_dtype())
    weights = fweights
    if aweights is not None:
        weights = aweights if fweights is None else fweights * aweights
    if weights is None:
        count: Any = rows.shape[1]
        centred = rows - _mean(rows, 1, True)
        product = _wengert.matmul(centred, _wengert.transpose(centred, 0, 1))
        spare: Any = count - correction if count > correction else 0
    else:
        count = _sum(weights)
        centred = rows - _sum(rows * weights, 1, True) / count
        product = _wengert.matmul(centred * weights, _wengert.transpose(centred, 0, 1))
        spare = count - correction
        if aweights is not None:
            spare = count - correction * _sum(weights * aweights) / count
    result = product / spare
    return _wengert.reshape(result, ()) if rows.shape[0] == 1 else result


@for_tensors
def corrcoef(input: Tensor) -> Tensor:
    """The correlation of the rows: [n, observations] to [n, n]."""
    covariance = cov(input)
    if covariance.ndim == 0:
        return covariance / covariance
    spread = _wengert.sqrt(_wengert.diagonal(covariance))
    ratio = covariance / _wengert.expand_dims(spread, 1) / _wengert.expand_dims(spread, 0)
    return _wengert.clamp(ratio, -1.0, 1.0)
