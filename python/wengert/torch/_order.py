"""Sorting, ranks, sets and counts, in PyTorch's convention."""

from __future__ import annotations

from typing import Any

from wengert import _wengert
from wengert._wengert import Tensor
from wengert.torch import _dtype, return_types
from wengert.torch._spelling import for_tensors, numpy_names, store


@numpy_names
def sort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> Any:
    """The elements in order along `dim`, and where each was.

    >>> torch.sort(torch.tensor([3, 1, 2])).values
    tensor([1, 2, 3])
    """
    return return_types.sort(_wengert.sort(input, dim, descending))


@numpy_names
def argsort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> Tensor:
    """Where each element of the sorted tensor was."""
    return _wengert.sort(input, dim, descending)[1]


@numpy_names
def msort(input: Tensor) -> Tensor:
    """The elements in order along the first dimension."""
    return _wengert.sort(input, 0)[0]


@numpy_names
def topk(input: Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Any:
    """The `k` greatest (or least) elements along `dim`, in order, and where they were."""
    length = input.shape[dim] if input.ndim else 1
    if not 0 <= k <= length:
        raise RuntimeError("selected index k out of range")
    return return_types.topk(_wengert.topk(input, k, dim, largest))


@numpy_names
def kthvalue(input: Tensor, k: int, dim: int = -1, keepdim: bool = False) -> Any:
    """The `k`-th least element along `dim` (counted from 1), and where it was."""
    length = input.shape[dim] if input.ndim else 1
    if not 1 <= k <= length:
        raise RuntimeError("kthvalue(): selected number k out of range for dimension " + str(dim))
    values, places = _ranked(input, dim, k - 1, keepdim)
    return return_types.kthvalue((_wengert.label(values, "KthvalueBackward0", [input]), places))


def _ranked(input: Tensor, dim: int, rank: int, keepdim: bool) -> tuple[Tensor, Tensor]:
    if input.ndim == 0:
        return _wengert.clone(input), _wengert.zeros(Tensor, (), "int64")
    order = _wengert.sort(input.detach(), dim, False)[1]
    place = _wengert.narrow(order, dim, rank, 1)
    values = _wengert.gather(input, dim, place)
    if keepdim:
        return values, place
    return _wengert.squeeze(values, dim), _wengert.squeeze(place, dim)


def _may_have_nan(input: Tensor) -> bool:
    return input.dtype.is_floating_point and (
        _wengert.is_wrapped(input) or bool(_wengert.any(_wengert.is_nan(input)))
    )


def _middle(input: Tensor, dim: int, keepdim: bool, skip: bool) -> tuple[Tensor, Tensor]:
    length = input.shape[dim] if input.ndim else 1
    if not _may_have_nan(input):
        return _ranked(input, dim, (length - 1) // 2, keepdim)
    held = input.detach()
    unknown = _wengert.is_nan(held)
    order = _wengert.sort(_wengert.where(unknown, float("inf"), held), dim, False)[1]
    count = _wengert.sum(_wengert.logical_not(unknown), dim, True)
    place = _wengert.gather(order, dim, _wengert.clamp(_wengert.floor_divide(count - 1, 2), 0))
    first = _wengert.argmax(_wengert.cast(unknown, "int64"), dim, True)
    use_first = _wengert.eq(count, 0) if skip else _wengert.lt(count, length)
    place = _wengert.where(use_first, first, place)
    values = _wengert.gather(input, dim, place)
    if keepdim:
        return values, place
    return _wengert.squeeze(values, dim), _wengert.squeeze(place, dim)


def _of_nothing(input: Tensor) -> Tensor:
    value = float("nan") if input.dtype.is_floating_point else _dtype.iinfo(input.dtype).min
    return _wengert.full(Tensor, (), value, input.dtype)


@numpy_names
def median(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
    """The element in the middle (the lower of two), of all or along `dim` with where it was.

    >>> torch.median(torch.tensor([1.0, 4.0, 2.0, 3.0]))
    tensor(2.)
    """
    if dim is None:
        if input.numel() == 0:
            return _of_nothing(input)
        value = _middle(_wengert.reshape(input, (-1,)), 0, False, False)[0]
        return _wengert.label(value, "MedianBackward0", [input])
    values, places = _middle(input, dim, keepdim, False)
    return return_types.median((_wengert.label(values, "MedianBackward1", [input]), places))


@numpy_names
def nanmedian(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
    """The median of the elements that are numbers."""
    if dim is None:
        if input.numel() == 0:
            return _of_nothing(input)
        return _middle(_wengert.reshape(input, (-1,)), 0, False, True)[0]
    return return_types.nanmedian(_middle(input, dim, keepdim, True))


@numpy_names
def mode(input: Tensor, dim: int = -1, keepdim: bool = False) -> Any:
    """The most frequent element along `dim` (the least of several), and where it last was."""
    if input.ndim == 0:
        return return_types.mode((_wengert.clone(input), _wengert.zeros(Tensor, (), "int64")))
    length = input.shape[dim]
    held = input.detach()
    rows = _wengert.movedim(held, dim, -1)
    equal = _wengert.eq(_wengert.expand_dims(rows, -1), _wengert.expand_dims(rows, -2))
    counts = _wengert.sum(equal, -1)
    frequent = _wengert.eq(counts, _wengert.amax(counts, -1, True))
    _, order = _wengert.sort(rows, -1, False)
    first = _wengert.argmax(_wengert.cast(_wengert.gather(frequent, -1, order), "int64"), -1, True)
    value = _wengert.gather(rows, -1, _wengert.gather(order, -1, first))
    places = _wengert.arange(Tensor, 0, length, 1, "int64")
    place = _wengert.amax(_wengert.where(_wengert.eq(rows, value), places, -1), -1, True)
    place = _wengert.movedim(place, -1, dim)
    values = _wengert.gather(input, dim, place)
    if not keepdim:
        values, place = _wengert.squeeze(values, dim), _wengert.squeeze(place, dim)
    return return_types.mode((values, place))


def _quantile(
    input: Tensor, q: Any, dim: int | None, keepdim: bool, interpolation: str, skip: bool
) -> Tensor:
    if not input.dtype.is_floating_point:
        raise RuntimeError("quantile() input tensor must be either float or double dtype")
    if not isinstance(q, Tensor):
        if not 0 <= q <= 1:
            raise RuntimeError(f"quantile() q must be in the range [0, 1] but got {q}")
        q = _wengert.from_data(Tensor, q, input.dtype)
    elif q.dtype is not input.dtype:
        raise RuntimeError("quantile() q tensor must be same dtype as the input tensor")
    if dim is None:
        x, axis = _wengert.reshape(input, (-1,)), 0
        whole = tuple([1] * input.ndim)
    else:
        x, axis = (_wengert.reshape(input, (1,)) if input.ndim == 0 else input), dim
        whole = (
            tuple(1 if i == dim % input.ndim else n for i, n in enumerate(input.shape)) if input.ndim else ()
        )
    rows = _wengert.movedim(x, axis, -1)
    ordered = _wengert.sort(rows, -1, False)[0]
    unknown = _wengert.is_nan(rows)
    if skip:
        last = _wengert.sum(_wengert.logical_not(unknown), -1, True) - 1
        last = _wengert.clamp(last, 0)
    else:
        last = _wengert.full(Tensor, (*rows.shape[:-1], 1), rows.shape[-1] - 1, "int64")
    places = _wengert.cast(last, input.dtype) * _wengert.reshape(q, (-1,))
    low = _wengert.cast(_wengert.floor(places), "int64")
    if interpolation == "nearest":
        low = _wengert.cast(_wengert.round(places), "int64")
    elif interpolation == "higher":
        low = _wengert.cast(_wengert.ceil(places), "int64")
    elif interpolation not in ("linear", "lower", "midpoint"):
        raise RuntimeError(
            "quantile() interpolation must be one of linear, lower, higher, midpoint or nearest, but got "
            + interpolation
        )
    result = _wengert.gather(ordered, -1, low)
    if interpolation in ("linear", "midpoint"):
        high = _wengert.cast(_wengert.ceil(places), "int64")
        weight = places - _wengert.floor(places) if interpolation == "linear" else 0.5
        result = result + weight * (_wengert.gather(ordered, -1, high) - result)
    spoilt = _wengert.all(unknown, -1, True) if skip else _wengert.any(unknown, -1, True)
    if _wengert.is_wrapped(input) or bool(_wengert.any(spoilt)):
        result = _wengert.where(spoilt, float("nan"), result)
    result = _wengert.movedim(result, -1, 0)
    shape = (result.shape[0],) + (whole if keepdim else tuple(rows.shape[:-1]) if input.ndim else ())
    result = _wengert.reshape(result, shape)
    return _wengert.select(result, 0, 0) if q.ndim == 0 else result


@numpy_names
def quantile(
    input: Tensor, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> Tensor:
    """The values below which the fractions `q` of the elements lie, of all or along `dim`.

    >>> torch.quantile(torch.tensor([0.0, 1.0, 2.0]), 0.25)
    tensor(0.5000)
    """
    return _quantile(input, q, dim, keepdim, interpolation, False)


@numpy_names
def nanquantile(
    input: Tensor, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> Tensor:
    """`quantile` of the elements that are numbers."""
    return _quantile(input, q, dim, keepdim, interpolation, True)


def unique(
    input: Tensor,
    sorted: bool = True,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Any:
    """The different elements in order, and on demand where each element went and how often each occurs.

    >>> torch.unique(torch.tensor([3, 1, 3]), return_counts=True)
    (tensor([1, 3]), tensor([1, 2]))
    """
    if dim is None:
        values, inverse, counts = _wengert.unique(input)
        inverse = _wengert.reshape(inverse, tuple(input.shape))
    else:
        import numpy

        axis = dim % input.ndim
        rows = input.detach().numpy()
        array, back, number = numpy.unique(rows, return_inverse=True, return_counts=True, axis=axis)
        values = _wengert.from_data(Tensor, array)
        inverse, counts = (_wengert.from_data(Tensor, a.reshape(-1), "int64") for a in (back, number))
    chosen = (values,) + ((inverse,) if return_inverse else ()) + ((counts,) if return_counts else ())
    return chosen[0] if len(chosen) == 1 else chosen


def unique_consecutive(
    input: Tensor, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Any:
    """The elements without repetitions of their left neighbours."""
    x = _wengert.reshape(input, (-1,)) if dim is None else _wengert.movedim(input, dim, 0)
    count = x.shape[0]
    if count == 0:
        values, inverse, counts = (
            x,
            _wengert.zeros(Tensor, (0,), "int64"),
            _wengert.zeros(Tensor, (0,), "int64"),
        )
    else:
        changed = _wengert.ne(_wengert.narrow(x, 0, 1, count - 1), _wengert.narrow(x, 0, 0, count - 1))
        if changed.ndim > 1:
            changed = _wengert.any(changed, tuple(range(1, changed.ndim)))
        first = _wengert.concatenate([_wengert.ones(Tensor, (1,), "bool"), changed], 0)
        starts = _wengert.reshape(_wengert.argwhere(first), (-1,))
        values = x[starts]
        inverse = _wengert.cumsum(_wengert.cast(first, "int64"), 0) - 1
        ends = _wengert.concatenate([starts[1:], _wengert.full(Tensor, (1,), count, "int64")], 0)
        counts = ends - starts
    if dim is None:
        inverse = _wengert.reshape(inverse, tuple(input.shape))
    else:
        values = _wengert.movedim(values, 0, dim)
    chosen = (values,) + ((inverse,) if return_inverse else ()) + ((counts,) if return_counts else ())
    return chosen[0] if len(chosen) == 1 else chosen


@for_tensors
def searchsorted(
    sorted_sequence: Tensor,
    input: Any,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Tensor | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Where each value would be put into a sorted sequence (into rows of sequences, row by row).

    >>> torch.searchsorted(torch.tensor([1, 3, 5]), torch.tensor([3, 4]))
    tensor([1, 2])
    """
    number = not isinstance(input, Tensor)
    if number:
        input = _wengert.from_data(Tensor, input)
    if side is not None:
        if side not in ("left", "right"):
            raise RuntimeError(f"torch.searchsorted(): side can only be 'left' or 'right' but got {side}")
        right = side == "right"
    if sorter is not None:
        sorted_sequence = _wengert.gather(sorted_sequence, -1, sorter)
    sequence, values = sorted_sequence.detach(), input.detach()
    if sequence.ndim == 1:
        result = _wengert.searchsorted(sequence, values, right)
    else:
        if sequence.shape[:-1] != values.shape[:-1]:
            raise RuntimeError(
                "torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of "
                f"boundaries tensor and input value tensor must match, but we got boundaries tensor "
                f"{list(sequence.shape)} and input value tensor {list(values.shape)}"
            )
        if values.numel() == 0:
            return _wengert.zeros(Tensor, tuple(values.shape), "int32" if out_int32 else "int64")
        pairs = zip(
            _wengert.unbind(_wengert.reshape(sequence, (-1, sequence.shape[-1])), 0),
            _wengert.unbind(_wengert.reshape(values, (-1, values.shape[-1])), 0),
            strict=True,
        )
        found = [_wengert.searchsorted(row, value, right) for row, value in pairs]
        result = _wengert.reshape(_wengert.stack(found, 0), tuple(values.shape))
    result = _wengert.cast(result, "int32") if out_int32 else result
    return result if out is None else store(out, result)


@for_tensors
def bucketize(input: Any, boundaries: Tensor, *, out_int32: bool = False, right: bool = False) -> Tensor:
    """The number of the bucket that each value falls in, between `boundaries`."""
    if boundaries.ndim != 1:
        raise RuntimeError(
            f"torch.bucketize(): boundaries tensor must be 1 dimension, but got dim({boundaries.ndim})"
        )
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)


def isin(elements: Any, test_elements: Any, *, assume_unique: bool = False, invert: bool = False) -> Tensor:
    """Where the elements are among `test_elements`."""
    e = elements if isinstance(elements, Tensor) else _wengert.from_data(Tensor, elements)
    t = test_elements if isinstance(test_elements, Tensor) else _wengert.from_data(Tensor, test_elements)
    found = _wengert.any(_wengert.eq(_wengert.expand_dims(e, -1), _wengert.reshape(t, (-1,))), -1)
    return _wengert.logical_not(found) if invert else found


@for_tensors
def bincount(input: Tensor, weights: Tensor | None = None, minlength: int = 0) -> Tensor:
    """How often each whole number occurs, or the sum of its weights.

    >>> torch.bincount(torch.tensor([0, 2, 2]))
    tensor([1, 0, 2])
    """
    if input.ndim != 1 or input.dtype.is_floating_point:
        raise RuntimeError("bincount only supports 1-d non-negative integral inputs.")
    if input.numel() and int(_wengert.min(input)) < 0:
        raise RuntimeError("bincount only supports 1-d non-negative integral inputs.")
    length = max(minlength, int(_wengert.max(input)) + 1 if input.numel() else 0)
    if weights is None:
        source = _wengert.ones(Tensor, tuple(input.shape), "int64")
    else:
        source = weights if weights.dtype is _dtype.float32 else _wengert.cast(weights, "float64")
    places = _wengert.cast(input, "int64")
    return _wengert.scatter_add(_wengert.zeros(Tensor, (length,), source.dtype), 0, places, source)


@for_tensors
def histc(input: Tensor, bins: int = 100, min: float = 0, max: float = 0) -> Tensor:
    """How many elements fall in each of `bins` equal parts of [min, max]; of their own range if both are equal."""
    hist, _ = _histogram(input, bins, (min, max) if min != max else None, None)
    return hist


def _histogram(input: Tensor, bins: Any, range: Any, weight: Tensor | None) -> tuple[Tensor, Tensor]:
    if not input.dtype.is_floating_point:
        raise RuntimeError(f"\"histogram_cpu\" not implemented for '{_dtype.spoken(input.dtype)}'")
    x = _wengert.reshape(input.detach(), (-1,))
    if isinstance(bins, Tensor):
        edges = bins
        low, high = float(edges[0]), float(edges[-1])
        place = _wengert.searchsorted(edges, x, True) - 1
        count = edges.shape[0] - 1
    else:
        count = bins
        if range is None:
            low, high = (float(_wengert.min(x)), float(_wengert.max(x))) if x.shape[0] else (0.0, 1.0)
        else:
            low, high = range
        if low == high:
            low, high = low - (0.5 if range is None else 1.0), high + (0.5 if range is None else 1.0)
        edges = _wengert.linspace(Tensor, low, high, count + 1, input.dtype)
        place = _wengert.cast(_wengert.floor((x - low) * (count / (high - low))), "int64")
    place = _wengert.where(_wengert.eq(x, high), count - 1, place)
    inside = _wengert.logical_and(_wengert.ge(x, low), _wengert.le(x, high))
    source = _wengert.cast(inside, input.dtype)
    if weight is not None:
        source = source * _wengert.reshape(weight, (-1,))
    place = _wengert.clamp(place, 0, count - 1)
    hist = _wengert.scatter_add(_wengert.zeros(Tensor, (count,), input.dtype), 0, place, source)
    return hist, edges


@for_tensors
def histogram(
    input: Tensor, bins: Any = 100, *, range: Any = None, weight: Tensor | None = None, density: bool = False
) -> Any:
    """How many elements fall between the edges of `bins` (a number of equal parts, or the edges), and the edges."""
    hist, edges = _histogram(input, bins, range, weight)
    if density:
        widths = edges[1:] - edges[:-1]
        hist = hist / _wengert.sum(hist) / widths
    return return_types.histogram((hist, edges))


def equal(input: Tensor, other: Tensor) -> bool:
    """Whether two tensors have the same shape and elements."""
    if not isinstance(other, Tensor):
        raise TypeError(f"equal(): argument 'other' (position 2) must be Tensor, not {type(other).__name__}")
    return _wengert.equal(input, other)


@for_tensors
def allclose(
    input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> bool:
    """Whether `|input - other| <= atol + rtol * |other|` everywhere.

    >>> torch.allclose(torch.tensor([1.0]), torch.tensor([1.000001]))
    True
    """
    if input.dtype is not other.dtype:
        raise RuntimeError(f"{_dtype.spoken(input.dtype)} did not match {_dtype.spoken(other.dtype)}")
    if equal_nan:
        from wengert.torch._pointwise import isclose

        return bool(_wengert.all(isclose(input, other, rtol, atol, True)))
    return _wengert.allclose(input, other, rtol, atol)
