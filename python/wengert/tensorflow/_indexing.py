"""Parts of tensors: gathered, scattered, sliced, masked, sorted."""

from __future__ import annotations

import builtins
from typing import Any, NamedTuple

import numpy as np

from wengert import _wengert as _n
from wengert.tensorflow._convert import Tensor, as_tensor, dims, integer, kind, made, pair
from wengert.tensorflow._dtypes import as_dtype, bool_, int32
from wengert.tensorflow.errors import InvalidArgumentError


def _index(indices: Any, op: str) -> Any:
    """Integers as a NumPy array."""
    index = np.asarray(as_tensor(indices))
    if index.dtype.kind not in "iu":
        raise InvalidArgumentError(
            f"Value for attr 'Tindices' of {kind(as_dtype(index.dtype))} is not in the list of allowed values: "
            f"int16, int32, int64 [Op:{op}]"
        )
    return index


def gather(
    params: Any,
    indices: Any,
    validate_indices: Any = None,
    axis: Any = None,
    batch_dims: int = 0,
    name: str | None = None,
) -> Any:
    """The parts of `params` along an axis (by default the first after the batch axes) at `indices`, of any shape.

    >>> gather([10, 20, 30], [2, 0]).numpy()
    array([30, 10], dtype=int32)
    """
    x, index = as_tensor(params), _index(indices, "GatherV2")
    batch = batch_dims if batch_dims >= 0 else batch_dims + index.ndim
    place = batch if axis is None else integer(axis)
    place = place + x.ndim if place < 0 else place
    length = x.shape[place]
    if index.size and (index.min() < 0 or index.max() >= length):
        odd = np.argwhere((index < 0) | (index >= length))[0]
        value = index[tuple(odd)]
        raise InvalidArgumentError(
            f"indices{list(map(int, odd)) if index.ndim else ''} = {value} is not in [0, {length}) [Op:GatherV2] name: "
        )
    if batch == 0:
        return _n.take(x, made(index), place)
    lead = tuple(x.shape)[:batch]
    grids = np.indices(lead)
    tail = index.shape[batch:]
    key: list[Any] = [
        made(np.broadcast_to(g[(...,) + (None,) * len(tail)], index.shape).copy()) for g in grids
    ]
    moved = _n.movedim(x, place, batch)
    taken = moved[tuple(key + [made(index)])]
    if place == batch:
        return taken
    between = place - batch
    order = list(builtins.range(taken.ndim))
    cut = batch + len(tail)
    order = order[:batch] + order[cut : cut + between] + order[batch:cut] + order[cut + between :]
    return _n.permute(taken, tuple(order))


def _columns(indices: Any, shape: tuple[int, ...], op: str) -> tuple[list[Any], tuple[int, ...]]:
    """The columns of rows of indices, checked; and the shape of the rows."""
    index = _index(indices, op)
    if index.ndim == 0:
        raise InvalidArgumentError(f"indices.shape must have at least rank 1, got [] [Op:{op}]")
    width = index.shape[-1]
    if width > len(shape):
        raise InvalidArgumentError(
            f"index innermost dimension length must be <= params rank; saw: {width} vs. {len(shape)} [Op:{op}]"
        )
    columns = [index[..., i] for i in builtins.range(width)]
    for column, length in zip(columns, shape):
        if column.size and (column.min() < 0 or column.max() >= length):
            odd = tuple(np.argwhere((column < 0) | (column >= length))[0])
            raise InvalidArgumentError(
                f"indices{list(map(int, odd))} = {index[odd].tolist()} does not index into param shape "
                f"[{','.join(map(str, shape))}] [Op:{op}] name: "
            )
    return columns, index.shape[:-1]


def gather_nd(
    params: Any, indices: Any, batch_dims: int = 0, name: str | None = None, bad_indices_policy: str = ""
) -> Any:
    """The parts of `params` that the rows of `indices` name.

    >>> gather_nd([[1, 2], [3, 4]], [[0, 0], [1, 1]]).numpy()
    array([1, 4], dtype=int32)
    """
    x = as_tensor(params)
    if batch_dims:
        rows = zip(_n.unbind(x, 0), np.asarray(as_tensor(indices)))
        return _n.stack([gather_nd(part, row, batch_dims - 1) for part, row in rows], 0)
    columns, _ = _columns(indices, tuple(x.shape), "GatherNd")
    if not columns:
        return _n.broadcast_to(x, tuple(np.shape(indices)[:-1]) + tuple(x.shape))
    return x[tuple(made(column.copy()) for column in columns)]


def _linear(indices: Any, shape: tuple[int, ...], op: str) -> tuple[Any, int, int, tuple[int, ...]]:
    """Rows of indices as numbers of the parts they name; how many parts there are, of how many elements."""
    columns, rows = _columns(indices, shape, op)
    width = len(columns)
    parts = int(np.prod(shape[:width], dtype=np.int64))
    flat = (
        np.ravel_multi_index(tuple(c.reshape(-1) for c in columns), shape[:width]) if width else np.zeros(1)
    )
    return flat.astype(np.int64), parts, int(np.prod(shape[width:], dtype=np.int64)), rows


def _check_updates(updates: Any, rows: tuple[int, ...], shape: tuple[int, ...], width: int, op: str) -> None:
    wanted = rows + shape[width:]
    if tuple(updates.shape) != wanted:
        raise InvalidArgumentError(
            f"Dimensions of indices and updates do not match: updates should have shape {wanted}, got {updates.shape} "
            f"[Op:{op}] name: "
        )


def scatter_nd(indices: Any, updates: Any, shape: Any, name: str | None = None) -> Any:
    """Zeros of a shape, to which `updates` are added at the places that the rows of `indices` name.

    >>> scatter_nd([[1], [1]], [5, 6], [3]).numpy()
    array([ 0, 11,  0], dtype=int32)
    """
    source, extents = as_tensor(updates), dims(shape)
    return tensor_scatter_nd_add(_n.zeros(Tensor, extents, source.dtype), indices, source)


def tensor_scatter_nd_add(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Any:
    """The tensor, with `updates` added at the places that the rows of `indices` name."""
    x, source = pair(tensor, updates)
    shape = tuple(x.shape)
    flat, parts, inner, rows = _linear(indices, shape, "TensorScatterAdd")
    _check_updates(source, rows, shape, np.shape(indices)[-1], "TensorScatterAdd")
    base = _n.reshape(x, (parts, inner))
    added = _n.index_add(base, 0, made(flat), _n.reshape(source, (len(flat), inner)))
    return _n.reshape(added, shape)


def tensor_scatter_nd_sub(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Any:
    """The tensor, with `updates` subtracted at the places that the rows of `indices` name."""
    x, source = pair(tensor, updates)
    return tensor_scatter_nd_add(x, indices, _n.neg(source))


def tensor_scatter_nd_update(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Any:
    """The tensor, with `updates` in the places that the rows of `indices` name.

    >>> tensor_scatter_nd_update([1, 2, 3], [[0], [2]], [7, 9]).numpy()
    array([7, 2, 9], dtype=int32)
    """
    x, source = pair(tensor, updates)
    shape = tuple(x.shape)
    columns, rows = _columns(indices, shape, "TensorScatterUpdate")
    _check_updates(source, rows, shape, len(columns), "TensorScatterUpdate")
    key = tuple(made(column.copy()) for column in columns)
    return _n.with_item(x, key, source)


def _scatter_extreme(tensor: Any, indices: Any, updates: Any, larger: bool) -> Any:
    x, source = pair(tensor, updates)
    result = x
    columns, rows = _columns(indices, tuple(x.shape), "TensorScatterMax")
    flat = [column.reshape(-1) for column in columns]
    parts = _n.reshape(source, (len(flat[0]),) + tuple(x.shape)[len(columns) :])
    for i in builtins.range(len(flat[0])):
        key = tuple(int(column[i]) for column in flat)
        chosen = (_n.maximum if larger else _n.minimum)(result[key], parts[i])
        result = _n.with_item(result, key, chosen)
    return result


def tensor_scatter_nd_max(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Any:
    """The tensor, with the larger of itself and `updates` in the places that the rows of `indices` name."""
    return _scatter_extreme(tensor, indices, updates, True)


def tensor_scatter_nd_min(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Any:
    """The tensor, with the smaller of itself and `updates` in the places that the rows of `indices` name."""
    return _scatter_extreme(tensor, indices, updates, False)


def slice(input_: Any, begin: Any, size: Any, name: str | None = None) -> Any:  # noqa: A001
    """A block that begins at `begin` and has the shape `size`, where -1 means up to the end.

    >>> slice([1, 2, 3, 4], [1], [2]).numpy()
    array([2, 3], dtype=int32)
    """
    x = as_tensor(input_)
    starts, extents = dims(begin), dims(size)
    if len(starts) != x.ndim or len(extents) != x.ndim:
        raise InvalidArgumentError(
            f"Expected begin and size arguments to be 1-D tensors of size {x.ndim}, but got shapes [{len(starts)}] and "
            f"[{len(extents)}] instead. [Op:Slice] name: "
        )
    key = []
    for i, (start, extent, length) in enumerate(zip(starts, extents, x.shape)):
        stop = length if extent == -1 else start + extent
        if not 0 <= start <= length or not start <= stop <= length:
            raise InvalidArgumentError(
                f"Expected size[{i}] in [0, {length - start}], but got {extent} [Op:Slice] name: "
            )
        key.append(builtins.slice(start, stop))
    return x[tuple(key)]


def strided_slice(
    input_: Any,
    begin: Any,
    end: Any,
    strides: Any = None,
    begin_mask: int = 0,
    end_mask: int = 0,
    ellipsis_mask: int = 0,
    new_axis_mask: int = 0,
    shrink_axis_mask: int = 0,
    var: Any = None,
    name: str | None = None,
) -> Any:
    """The part `input_[begin[0]:end[0]:strides[0], …]`; the bits of the masks change what an entry means."""
    x = as_tensor(input_)
    starts, stops = dims(begin), dims(end)
    steps = (1,) * len(starts) if strides is None else dims(strides)
    key: list[Any] = []
    for i, (start, stop, step) in enumerate(zip(starts, stops, steps)):
        bit = 1 << i
        if ellipsis_mask & bit:
            key.append(...)
        elif new_axis_mask & bit:
            key.append(None)
        elif shrink_axis_mask & bit:
            key.append(start)
        else:
            key.append(
                builtins.slice(None if begin_mask & bit else start, None if end_mask & bit else stop, step)
            )
    return x[tuple(key)]


def where(condition: Any, x: Any = None, y: Any = None, name: str | None = None) -> Any:
    """Elements of `x` where the condition holds, of `y` elsewhere; with the condition alone, the indices where it
    holds, one a row.

    >>> where([True, False], [1, 2], [10, 20]).numpy()
    array([ 1, 20], dtype=int32)
    >>> where([False, True]).numpy()
    array([[1]])
    """
    mask = as_tensor(condition)
    if x is None and y is None:
        return made(np.argwhere(np.asarray(mask)).astype(np.int64).reshape(-1, mask.ndim))
    if x is None or y is None:
        raise ValueError("x and y must both be non-None or both be None.")
    if mask.dtype is not bool_:
        raise InvalidArgumentError(
            "cannot compute SelectV2 as input #0(zero-based) was expected to be a bool tensor but is a "
            f"{kind(mask.dtype)} tensor [Op:SelectV2] name: "
        )
    a, b = pair(x, y)
    if a.dtype is not b.dtype:
        raise InvalidArgumentError(
            f"cannot compute SelectV2 as input #2(zero-based) was expected to be a {kind(a.dtype)} tensor but is a "
            f"{kind(b.dtype)} tensor [Op:SelectV2] name: "
        )
    return _n.where(mask, a, b)


def boolean_mask(tensor: Any, mask: Any, axis: int | None = None, name: str = "boolean_mask") -> Any:
    """The parts of a tensor where the mask is true.

    >>> boolean_mask([1, 2, 3], [True, False, True]).numpy()
    array([1, 3], dtype=int32)
    """
    x, where_true = as_tensor(tensor), np.asarray(as_tensor(mask))
    place = 0 if axis is None else int(axis)
    place = place + x.ndim if place < 0 else place
    if where_true.ndim == 0:
        raise ValueError("mask cannot be scalar.")
    covered = tuple(x.shape)[place : place + where_true.ndim]
    if covered != where_true.shape:
        raise ValueError(f"Shapes {covered} and {where_true.shape} are incompatible")
    shape = tuple(x.shape)
    flat = _n.reshape(x, shape[:place] + (int(np.prod(covered)),) + shape[place + where_true.ndim :])
    return _n.take(flat, made(np.flatnonzero(where_true).astype(np.int64)), place)


class Unique(NamedTuple):
    """What `tf.unique` gives."""

    y: Any
    idx: Any


class UniqueWithCounts(NamedTuple):
    """What `tf.unique_with_counts` gives."""

    y: Any
    idx: Any
    count: Any


def unique(x: Any, out_idx: Any = int32, name: str | None = None) -> Unique:
    """The different elements in the order in which they come, and where each element is among them.

    >>> [part.numpy().tolist() for part in unique([4, 2, 4])]
    [[4, 2], [0, 1, 0]]
    """
    y, idx, _ = unique_with_counts(x, out_idx)
    return Unique(y, idx)


def unique_with_counts(x: Any, out_idx: Any = int32, name: str | None = None) -> UniqueWithCounts:
    """The different elements in the order in which they come, where each element is among them, and how often
    each is there."""
    tensor = as_tensor(x)
    if tensor.ndim != 1:
        raise InvalidArgumentError("unique expects a 1D vector. [Op:Unique] name: ")
    _, first, inverse, counts = np.unique(
        np.asarray(tensor), return_index=True, return_inverse=True, return_counts=True
    )
    order = np.argsort(first)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    wanted = as_dtype(out_idx)._numpy
    y = _n.take(tensor, made(first[order].astype(np.int64)), 0)
    return UniqueWithCounts(y, made(place[inverse].astype(wanted)), made(counts[order].astype(wanted)))


class TopKV2(NamedTuple):
    """What `tf.math.top_k` gives."""

    values: Any
    indices: Any


def top_k(
    input: Any, k: Any = 1, sorted: bool = True, index_type: Any = int32, name: str | None = None
) -> TopKV2:
    """The `k` largest elements of the last axis, and their indices.

    >>> values, indices = top_k([1.0, 3.0, 2.0], k=2)
    >>> values.numpy(), indices.numpy()
    (array([3., 2.], dtype=float32), array([1, 2], dtype=int32))
    """
    x, count = as_tensor(input), integer(k)
    if x.ndim == 0 or count > x.shape[-1]:
        raise InvalidArgumentError(
            f"input must have at least k columns. Had {x.shape[-1:]}, needed {count} [Op:TopKV2]"
        )
    values, indices = _n.topk(x, count, -1, True)
    return TopKV2(values, _n.cast(indices, as_dtype(index_type)))


def in_top_k(targets: Any, predictions: Any, k: Any, name: str | None = None) -> Any:
    """Whether each target is among the `k` largest predictions of its row."""
    rows, chosen = np.asarray(as_tensor(predictions)), np.asarray(as_tensor(targets))
    own = np.take_along_axis(rows, chosen[:, None].astype(np.int64), 1)
    return made((rows > own).sum(1) < integer(k))


def sort(values: Any, axis: int = -1, direction: str = "ASCENDING", name: str | None = None) -> Any:
    """The elements in order along an axis.

    >>> sort([3, 1, 2]).numpy()
    array([1, 2, 3], dtype=int32)
    """
    return _n.sort(as_tensor(values), integer(axis), _descending(direction))[0]


def argsort(
    values: Any, axis: int = -1, direction: str = "ASCENDING", stable: bool = False, name: str | None = None
) -> Any:
    """The indices that put the elements in order along an axis.

    >>> argsort([3, 1, 2]).numpy()
    array([1, 2, 0], dtype=int32)
    """
    return _n.cast(_n.sort(as_tensor(values), integer(axis), _descending(direction))[1], int32)


def _descending(direction: str) -> bool:
    if direction not in ("ASCENDING", "DESCENDING"):
        raise ValueError(
            f"Argument `direction` should be one of 'ASCENDING' or 'DESCENDING'. Received: direction={direction}"
        )
    return direction == "DESCENDING"


def searchsorted(
    sorted_sequence: Any, values: Any, side: str = "left", output_type: Any = int32, name: str | None = None
) -> Any:
    """Where each value belongs in sorted rows.

    >>> searchsorted([1, 3, 5], [2, 5]).numpy()
    array([1, 2], dtype=int32)
    """
    a, b = pair(sorted_sequence, values)
    edges, sought = np.asarray(a), np.asarray(b)
    how: Any = side
    if edges.ndim == 1:
        found = np.searchsorted(edges, sought, how)
    else:
        flat, many = edges.reshape(-1, edges.shape[-1]), sought.reshape(-1, sought.shape[-1])
        found = np.stack([np.searchsorted(e, s, how) for e, s in zip(flat, many)]).reshape(sought.shape)
    return made(found.astype(as_dtype(output_type)._numpy))


def invert_permutation(x: Any, name: str | None = None) -> Any:
    """The permutation that undoes another."""
    order = np.asarray(as_tensor(x))
    return made(np.argsort(order).astype(order.dtype))


def histogram_fixed_width(
    values: Any, value_range: Any, nbins: int = 100, dtype: Any = int32, name: str | None = None
) -> Any:
    """How many values fall in each of `nbins` equal parts of a range; the outer parts take what lies beyond."""
    low, high = (float(v) for v in np.asarray(as_tensor(value_range)))
    places = np.floor((np.asarray(as_tensor(values)).reshape(-1) - low) / (high - low) * nbins)
    counts = np.bincount(np.clip(places, 0, nbins - 1).astype(np.int64), minlength=nbins)
    return made(counts.astype(as_dtype(dtype)._numpy))


def dynamic_partition(data: Any, partitions: Any, num_partitions: int, name: str | None = None) -> list[Any]:
    """The parts of `data` by the number that `partitions` has for them."""
    number = np.asarray(as_tensor(partitions))
    return [boolean_mask(data, number == i) for i in builtins.range(num_partitions)]


def dynamic_stitch(indices: Any, data: Any, name: str | None = None) -> Any:
    """The rows of several tensors, put at the places that their indices say."""
    places = [np.asarray(as_tensor(i)) for i in indices]
    parts = [as_tensor(d) for d in data]
    inner = tuple(parts[0].shape)[places[0].ndim :]
    rows = _n.concatenate([_n.reshape(p, (-1,) + inner) for p in parts], 0)
    flat = np.concatenate([p.reshape(-1) for p in places])
    source = np.zeros(int(flat.max()) + 1, np.int64)
    source[flat] = np.arange(len(flat))
    return _n.take(rows, made(source), 0)


def unravel_index(indices: Any, dims: Any, name: str | None = None) -> Any:
    """Where elements with a number in order lie: one row for each axis.

    >>> unravel_index([2, 5, 7], [3, 3]).numpy()
    array([[0, 1, 2],
           [2, 2, 1]], dtype=int32)
    """
    index = np.asarray(as_tensor(indices))
    return made(
        np.stack(np.unravel_index(index, tuple(int(d) for d in np.asarray(as_tensor(dims))))).astype(
            index.dtype
        )
    )


def histogram_fixed_width_bins(
    values: Any, value_range: Any, nbins: int = 100, dtype: Any = int32, name: str | None = None
) -> Any:
    """In which of `nbins` equal parts of a range each value falls."""
    low, high = (float(v) for v in np.asarray(as_tensor(value_range)))
    places = np.floor((np.asarray(as_tensor(values)) - low) / (high - low) * nbins)
    return made(np.clip(places, 0, nbins - 1).astype(as_dtype(dtype)._numpy))


__all__ = [
    "argsort",
    "boolean_mask",
    "dynamic_partition",
    "dynamic_stitch",
    "gather",
    "gather_nd",
    "histogram_fixed_width",
    "histogram_fixed_width_bins",
    "in_top_k",
    "invert_permutation",
    "scatter_nd",
    "searchsorted",
    "slice",
    "sort",
    "strided_slice",
    "tensor_scatter_nd_add",
    "tensor_scatter_nd_max",
    "tensor_scatter_nd_min",
    "tensor_scatter_nd_sub",
    "tensor_scatter_nd_update",
    "top_k",
    "unique",
    "unique_with_counts",
    "unravel_index",
    "where",
]
