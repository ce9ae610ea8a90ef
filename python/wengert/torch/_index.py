"""Elements picked, placed and replaced by where they are, in PyTorch's convention."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from wengert import _wengert
from wengert._wengert import Tensor
from wengert.torch import _dtype
from wengert.torch._shape import _axis
from wengert.torch._spelling import for_tensors, no_tensor, numpy_names, store


def where(condition: Tensor, input: Any = None, other: Any = None, *, out: Tensor | None = None) -> Any:
    """Elements of `input` where the condition holds, of `other` elsewhere; or the places where it holds.

    >>> torch.where(torch.tensor([True, False]), 1.0, 0.0)
    tensor([1., 0.])
    """
    try:
        if input is None:
            return nonzero(condition, as_tuple=True)
        if condition.dtype is not _dtype.bool_:
            if condition.dtype is not _dtype.uint8:
                raise RuntimeError(
                    "where expected condition to be a boolean tensor, but got a tensor with dtype "
                    + _dtype.spoken(condition.dtype)
                )
            condition = _wengert.cast(condition, "bool")
        result = _wengert.where(condition, input, other)
        return result if out is None else store(out, result)
    except AttributeError as error:
        no_tensor(error, where, (condition,))
        raise


def nonzero(input: Tensor, *, as_tuple: bool = False, out: Tensor | None = None) -> Any:
    """Where the elements are not zero: [count, ndim], or one tensor for each dimension.

    >>> torch.nonzero(torch.tensor([0, 3, 4]))
    tensor([[1],
            [2]])
    """
    if as_tuple:
        return tuple(_wengert.nonzero(input if input.ndim else _wengert.reshape(input, (1,))))
    result = _wengert.argwhere(input)
    return result if out is None else store(out, result)


def argwhere(input: Tensor) -> Tensor:
    """Where the elements are not zero: [count, ndim]."""
    return _wengert.argwhere(input)


def nonzero_static(input: Tensor, *, size: int, fill_value: int = -1) -> Tensor:
    """The first `size` places of elements that are not zero, filled up with `fill_value`: [size, ndim]."""
    found = _wengert.argwhere(input)[:size]
    return _wengert.pad(found, [(0, size - found.shape[0]), (0, 0)], "constant", fill_value)


def _whole(index: Any, word: str) -> None:
    if not isinstance(index, Tensor):
        raise TypeError(f"{word}(): argument 'index' must be Tensor, not {type(index).__name__}")
    if index.dtype is not _dtype.int64 and index.dtype is not _dtype.int32:
        raise RuntimeError(
            f"{word}(): Expected dtype int32 or int64 for index, but got {_dtype.spoken(index.dtype)}"
        )


@numpy_names
def index_select(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """The places `index` of one dimension.

    >>> torch.index_select(torch.tensor([5, 6, 7]), 0, torch.tensor([2, 0]))
    tensor([7, 5])
    """
    _whole(index, "index_select")
    if index.ndim > 1:
        raise IndexError("index_select(): Index is supposed to be a vector")
    if index.ndim == 0:
        index = _wengert.reshape(index, (1,))
    if input.ndim == 0:
        return _wengert.clone(input)
    result = _wengert.take(input, index, _axis(dim, input.ndim))
    return _wengert.label(result, "IndexSelectBackward0", [input])


@numpy_names
def gather(input: Tensor, dim: int, index: Tensor, *, sparse_grad: bool = False) -> Tensor:
    """For each place of `index`, the element of `input` at that place, but at `index` along `dim`.

    >>> torch.gather(torch.tensor([[1, 2], [3, 4]]), 1, torch.tensor([[1], [0]]))
    tensor([[2],
            [3]])
    """
    _whole(index, "gather")
    if index.dtype is not _dtype.int64:
        index = _wengert.cast(index, "int64")
    if input.ndim == 0 or index.ndim == 0:
        flat = _wengert.gather(_wengert.reshape(input, (-1,)), 0, _wengert.reshape(index, (-1,)))
        return _wengert.reshape(flat, tuple(index.shape))
    return _wengert.gather(input, _axis(dim, input.ndim), index)


def take(input: Tensor, index: Tensor) -> Tensor:
    """The elements at `index` of the flattened tensor, in the shape of `index`."""
    flat = _wengert.take(_wengert.reshape(input, (-1,)), _wengert.reshape(index, (-1,)), 0)
    return _wengert.label(_wengert.reshape(flat, tuple(index.shape)), "TakeBackward0", [input])


@numpy_names
def take_along_dim(input: Tensor, indices: Tensor, dim: int | None = None) -> Tensor:
    """The elements at `indices` along `dim`, as `argsort` gives them; of the flattened tensor without `dim`."""
    if dim is None:
        return _wengert.take(_wengert.reshape(input, (-1,)), _wengert.reshape(indices, (-1,)), 0)
    return _wengert.take_along_axis(input, indices, _axis(dim, input.ndim))


def _source(index: Tensor, src: Any, kind: Any) -> Tensor:
    if isinstance(src, Tensor):
        return src
    return _wengert.full(Tensor, tuple(index.shape), src, kind)


@numpy_names
def scatter(
    input: Tensor, dim: int, index: Tensor, src: Any = None, *, value: Any = None, reduce: str | None = None
) -> Tensor:
    """A copy of `input` with the elements of `src` (or a number) put at `index` along `dim`.

    >>> torch.scatter(torch.zeros(3), 0, torch.tensor([1]), 5.0)
    tensor([0., 5., 0.])
    """
    _whole(index, "scatter")
    source = _source(index, value if src is None else src, input.dtype)
    if source.dtype is not input.dtype:
        raise RuntimeError("scatter(): Expected self.dtype to be equal to src.dtype")
    if reduce is not None:
        if reduce not in ("add", "multiply"):
            raise RuntimeError("reduce argument must be either add or multiply.")
        return scatter_reduce(input, dim, index, source, "sum" if reduce == "add" else "prod")
    result = _placed(_wengert.scatter, input, dim, _wengert.cast(index, "int64"), source)
    return result if isinstance(src, Tensor) else _wengert.label(result, "ScatterBackward1", [input])


def _placed(put: Any, input: Tensor, dim: int, index: Tensor, source: Tensor) -> Tensor:
    if input.ndim:
        return put(input, _axis(dim, input.ndim), index, source)
    row, places, values = (_wengert.reshape(x, (-1,)) for x in (input, index, source))
    return _wengert.reshape(put(row, 0, places, values), ())


@numpy_names
def scatter_add(input: Tensor, dim: int, index: Tensor, src: Tensor) -> Tensor:
    """A copy of `input` with the elements of `src` added at `index` along `dim`."""
    _whole(index, "scatter_add")
    if src.dtype is not input.dtype:
        raise RuntimeError("scatter(): Expected self.dtype to be equal to src.dtype")
    return _placed(_wengert.scatter_add, input, dim, index, src)


_NEUTRAL = {"sum": 0, "mean": 0, "prod": 1}


@numpy_names
def scatter_reduce(
    input: Tensor, dim: int, index: Tensor, src: Tensor, reduce: str, *, include_self: bool = True
) -> Tensor:
    """A copy of `input` with the elements of `src` reduced into it at `index`: by sum, prod, mean, amax or amin."""
    if reduce not in ("sum", "prod", "mean", "amax", "amin"):
        raise RuntimeError(f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}")
    axis = _axis(dim, input.ndim)
    result = input
    if not include_self:
        neutral: Any = _NEUTRAL.get(reduce)
        if neutral is None:
            limits = _dtype.finfo if input.dtype.is_floating_point else _dtype.iinfo
            infinite = float("inf") if input.dtype.is_floating_point else limits(input.dtype).max
            neutral = -infinite if reduce == "amax" else infinite
        result = _wengert.scatter(input, axis, index, _source(index, neutral, input.dtype))
    if reduce in ("sum", "mean"):
        total = _wengert.scatter_add(result, axis, index, src)
        if reduce == "sum":
            return total
        hits = _source(index, 1, input.dtype)
        counts = _wengert.full(Tensor, tuple(input.shape), 1 if include_self else 0, input.dtype)
        counts = _wengert.clamp(_wengert.scatter_add(counts, axis, index, hits), 1)
        return total / counts if input.dtype.is_floating_point else _wengert.floor_divide(total, counts)
    step = {"prod": _wengert.mul, "amax": _wengert.maximum, "amin": _wengert.minimum}[reduce]
    for i in range(index.shape[axis]):
        at, new = _wengert.narrow(index, axis, i, 1), _wengert.narrow(src, axis, i, 1)
        for other, extent in enumerate(at.shape):
            new = _wengert.narrow(new, other, 0, extent) if other != axis else new
        result = _wengert.scatter(result, axis, at, step(_wengert.gather(result, axis, at), new))
    return result


@numpy_names
def index_add(input: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: float = 1) -> Tensor:
    """A copy of `input` with the slices of `source` added at the places `index` of one dimension."""
    _whole(index, "index_add_")
    if source.dtype is not input.dtype:
        raise RuntimeError("index_add_(): self and source expected to have the same dtype")
    return _wengert.index_add(input, _axis(dim, input.ndim), index, source if alpha == 1 else source * alpha)


def _key(dim: int, ndim: int, index: Any) -> tuple[Any, ...]:
    return (slice(None),) * _axis(dim, ndim) + (index,)


@numpy_names
def index_copy(input: Tensor, dim: int, index: Tensor, source: Tensor) -> Tensor:
    """A copy of `input` with the slices of `source` put at the places `index` of one dimension."""
    _whole(index, "index_copy")
    return _wengert.with_item(input, _key(dim, input.ndim, index), source)


@numpy_names
def index_fill(input: Tensor, dim: int, index: Tensor, value: Any) -> Tensor:
    """A copy of `input` with one value at the places `index` of one dimension."""
    _whole(index, "index_fill")
    if input.ndim == 0:
        return _wengert.full_like(input, value.item() if isinstance(value, Tensor) else value)
    result = _wengert.with_item(input, _key(dim, input.ndim, index), value)
    if isinstance(value, Tensor):
        return result
    return _wengert.label(result, "IndexFillBackward0", [input])


def index_put(input: Tensor, indices: Sequence[Any], values: Tensor, accumulate: bool = False) -> Tensor:
    """A copy of `input` with `values` put (or added) at the places that `input[indices]` reads."""
    if not accumulate:
        key = tuple(slice(None) if i is None else i for i in indices)
        return _wengert.with_item(input, key, values)
    places = [
        _wengert.reshape(_wengert.argwhere(i), (-1,)) if i.dtype is _dtype.bool_ else i for i in indices
    ]
    shape = tuple(input.shape)
    lead, rest = shape[: len(places)], shape[len(places) :]
    flat: Any = 0
    for place, extent in zip(places, lead, strict=True):
        flat = flat * extent + _wengert.where(_wengert.lt(place, 0), place + extent, place)
    spread = _wengert.expand(values, tuple(flat.shape) + rest)
    base = _wengert.reshape(input, (prod(lead),) + rest)
    added = _wengert.index_add(base, 0, _wengert.reshape(flat, (-1,)), _wengert.reshape(spread, (-1,) + rest))
    return _wengert.reshape(added, shape)


def put(input: Tensor, index: Tensor, source: Tensor, accumulate: bool = False) -> Tensor:
    """A copy of `input` with the elements of `source` at the places `index` of the flattened tensor."""
    flat = _wengert.reshape(input, (-1,))
    placed = index_put(flat, (_wengert.reshape(index, (-1,)),), _wengert.reshape(source, (-1,)), accumulate)
    return _wengert.reshape(placed, tuple(input.shape))


def _mask(mask: Any, word: str) -> None:
    if not isinstance(mask, Tensor):
        raise TypeError(f"{word}(): argument 'mask' must be Tensor, not {type(mask).__name__}")
    if mask.dtype is not _dtype.bool_:
        raise RuntimeError(
            f"{word} only supports boolean masks, but got mask with dtype {_dtype.spoken(mask.dtype)}"
        )


def masked_fill(input: Tensor, mask: Tensor, value: Any) -> Tensor:
    """A copy of `input` with one value where the mask is true.

    >>> torch.masked_fill(torch.zeros(2), torch.tensor([True, False]), 7.0)
    tensor([7., 0.])
    """
    _mask(mask, "masked_fill")
    result = _wengert.masked_fill(input, mask, value)
    if isinstance(value, Tensor):
        return _wengert.label(result, "MaskedFillBackward1", [input, value])
    return _wengert.label(result, "MaskedFillBackward0", [input])


@for_tensors
def masked_select(input: Tensor, mask: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The elements where the mask is true, in one dimension."""
    if isinstance(mask, Tensor) and mask.dtype is not _dtype.bool_:
        raise RuntimeError("masked_select: expected BoolTensor for mask")
    if input.shape != mask.shape:
        from wengert.torch._shape import broadcast_tensors

        input, mask = broadcast_tensors(input, mask)
    result = _wengert.label(_wengert.masked_select(input, mask), "MaskedSelectBackward0", [input])
    return result if out is None else store(out, result)


def masked_scatter(input: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """A copy of `input` with the elements of `source`, one after the other, where the mask is true."""
    _mask(mask, "masked_scatter")
    whole = _wengert.expand(mask, tuple(input.shape))
    flat = _wengert.reshape(whole, (-1,))
    places = _wengert.reshape(_wengert.argwhere(flat), (-1,))
    new = _wengert.narrow(_wengert.reshape(source, (-1,)), 0, 0, places.shape[0])
    placed = _wengert.with_item(_wengert.reshape(input, (-1,)), places, new)
    return _wengert.reshape(placed, tuple(input.shape))


def select_scatter(input: Tensor, src: Tensor, dim: int, index: int) -> Tensor:
    """A copy of `input` with `src` at one place of a dimension."""
    return _wengert.with_item(input, _key(dim, input.ndim, index), src)


@for_tensors
def slice_scatter(
    input: Tensor, src: Tensor, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1
) -> Tensor:
    """A copy of `input` with `src` at a slice of a dimension."""
    return _wengert.with_item(input, _key(dim, input.ndim, slice(start, end, step)), src)


def diagonal_scatter(input: Tensor, src: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """A copy of `input` with `src` on a diagonal."""
    result = _wengert.clone(input)
    _wengert.assign(_wengert.diagonal(result, offset, _axis(dim1, input.ndim), _axis(dim2, input.ndim)), src)
    return result


def unravel_index(indices: Tensor, shape: Any) -> tuple[Tensor, ...]:
    """Places in a flattened tensor as places in one of the given shape."""
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    if indices.dtype.is_floating_point or indices.dtype is _dtype.bool_:
        raise TypeError(f"expected 'indices' to be integer dtype, but got {indices.dtype!r}")
    indices = _wengert.cast(indices, "int64")
    found = []
    for extent in reversed(sizes):
        found.append(_wengert.remainder(indices, extent))
        indices = _wengert.floor_divide(indices, extent)
    return tuple(reversed(found))
