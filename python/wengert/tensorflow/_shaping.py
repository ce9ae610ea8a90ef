"""The same elements in another shape or order; joined, cut and repeated."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from wengert import _wengert as _n
from wengert.tensorflow._convert import as_tensor, axes, dims, integer, like
from wengert.tensorflow._shape import TensorShape
from wengert.tensorflow.errors import InvalidArgumentError


def reshape(tensor: Any, shape: Any, name: str | None = None) -> Any:
    """The elements in another shape. One extent may be -1.

    >>> reshape([1, 2, 3, 4], (2, -1)).numpy()
    array([[1, 2],
           [3, 4]], dtype=int32)
    """
    x = as_tensor(tensor)
    wanted = dims(shape)
    count, known = x.shape.num_elements(), 1
    for extent in wanted:
        known *= extent if extent != -1 else 1
    if wanted.count(-1) > 1:
        raise InvalidArgumentError(f"Only one input size may be -1, not both: {list(wanted)} [Op:Reshape]")
    if -1 in wanted:
        if known == 0 or count % known:
            raise InvalidArgumentError(
                f"Input to reshape is a tensor with {count} values, but the requested shape requires a multiple of "
                f"{known} [Op:Reshape]"
            )
    elif known != count:
        raise InvalidArgumentError(
            f"Input to reshape is a tensor with {count} values, but the requested shape has {known} [Op:Reshape]"
        )
    return _n.reshape(x, wanted)


def transpose(a: Any, perm: Any = None, conjugate: bool = False, name: str = "transpose") -> Any:
    """The axes in another order, by default turned round.

    >>> transpose([[1, 2], [3, 4]]).numpy()
    array([[1, 3],
           [2, 4]], dtype=int32)
    """
    x = as_tensor(a)
    order = tuple(reversed(builtins.range(x.ndim))) if perm is None else axes(perm)
    return _n.permute(x, order)


def expand_dims(input: Any, axis: Any, name: str | None = None) -> Any:
    """With a further axis of length one.

    >>> expand_dims([1, 2], 0).shape
    TensorShape([1, 2])
    """
    x = as_tensor(input)
    place = integer(axis)
    if not -x.ndim - 1 <= place <= x.ndim:
        raise InvalidArgumentError(
            f"Tried to expand dim index {place} for tensor with {x.ndim} dimensions. [Op:ExpandDims]"
        )
    return _n.expand_dims(x, place)


def squeeze(input: Any, axis: Any = None, name: str | None = None) -> Any:
    """Without the axes of length one, or without those named.

    >>> squeeze([[[1], [2]]]).shape
    TensorShape([2])
    """
    x = as_tensor(input)
    places = axes(axis)
    if places is not None:
        listed = (places,) if isinstance(places, int) else places
        for place in listed:
            if not -x.ndim <= place < x.ndim:
                raise InvalidArgumentError(
                    f"Tried to squeeze dim index {place} for tensor with {x.ndim} dimensions. [Op:Squeeze]"
                )
            if x.shape[place] != 1:
                raise InvalidArgumentError(
                    f"Can not squeeze dim[{place}], expected a dimension of 1, got {x.shape[place]} [Op:Squeeze]"
                )
        if not listed:
            places = None
    return _n.squeeze(x, places)


def _alike(values: Any) -> list[Any]:
    """Tensors of a list; numbers and lists take the dtype of the first one that is a tensor."""
    if not isinstance(values, (list, tuple)):
        values = list(as_tensor(values))
    known = next(
        (v.dtype for v in values if hasattr(v, "__wengert__") or type(v).__name__ == "EagerTensor"), None
    )
    if known is None:
        first = [as_tensor(v) for v in values]
        if len({t.dtype for t in first}) > 1 and any(t.dtype.is_floating for t in first):
            known = next(t.dtype for t in first if t.dtype.is_floating)
            return [like(v, known) for v in values]
        return first
    return [like(v, known) for v in values]


def concat(values: Any, axis: Any, name: str = "concat") -> Any:
    """Tensors one after the other along an axis that they have.

    >>> concat([[1, 2], [3]], 0).numpy()
    array([1, 2, 3], dtype=int32)
    """
    if isinstance(values, (list, tuple)) and len(values) == 0:
        raise ValueError("concat needs at least one tensor")
    parts = _alike(values)
    place = integer(axis)
    rank = parts[0].ndim
    if any(part.ndim != rank for part in parts):
        odd = next(part for part in parts if part.ndim != rank)
        raise InvalidArgumentError(
            f"ConcatOp : Ranks of all input tensors should match: shape[0] = {_listed(parts[0])} vs. "
            f"shape[{[p is odd for p in parts].index(True)}] = {_listed(odd)} [Op:ConcatV2] name: {name}"
        )
    if not -rank <= place < rank:
        raise InvalidArgumentError(
            f"ConcatOp : Expected concatenating dimensions in the range [{-rank}, {rank}), but got {place} "
            f"[Op:ConcatV2] name: {name}"
        )
    return _n.concatenate(parts, place)


def _listed(x: Any) -> str:
    return f"[{','.join(map(str, x.shape))}]"


def stack(values: Any, axis: int = 0, name: str = "stack") -> Any:
    """Tensors of one shape side by side along a further axis.

    >>> stack([[1, 2], [3, 4]], axis=1).numpy()
    array([[1, 3],
           [2, 4]], dtype=int32)
    """
    parts = _alike(values)
    shapes = {tuple(part.shape) for part in parts}
    if len(shapes) > 1:
        odd = next(i for i, part in enumerate(parts) if tuple(part.shape) != tuple(parts[0].shape))
        raise InvalidArgumentError(
            f"Shapes of all inputs must match: values[0].shape = {_listed(parts[0])} != values[{odd}].shape = "
            f"{_listed(parts[odd])} [Op:Pack] name: {name}"
        )
    return _n.stack(parts, integer(axis))


def parallel_stack(values: Any, name: str = "parallel_stack") -> Any:
    """Tensors of one shape side by side along a first axis."""
    return stack(values)


def unstack(value: Any, num: int | None = None, axis: int = 0, name: str = "unstack") -> list[Any]:
    """The parts along an axis, as a list.

    >>> [int(x) for x in unstack([1, 2])]
    [1, 2]
    """
    x = as_tensor(value)
    if not -x.ndim <= axis < x.ndim:
        raise ValueError(f"Argument `axis` = {axis} not in range [{-x.ndim}, {x.ndim})")
    if num is not None and num != x.shape[axis]:
        raise ValueError(f"Dimension must be {num} but is {x.shape[axis]}")
    return list(_n.unbind(x, axis))


def split(
    value: Any, num_or_size_splits: Any, axis: Any = 0, num: int | None = None, name: str = "split"
) -> list[Any]:
    """Cuts a tensor into so many equal parts, or into parts of the lengths given, of which one may be -1.

    >>> [part.numpy().tolist() for part in split([1, 2, 3, 4], 2)]
    [[1, 2], [3, 4]]
    """
    x = as_tensor(value)
    place = integer(axis)
    length = x.shape[place]
    given = (
        num_or_size_splits
        if isinstance(num_or_size_splits, (list, tuple))
        else np.asarray(num_or_size_splits)
    )
    if not isinstance(given, (list, tuple)) and given.ndim == 0:
        parts = int(given)
        if parts <= 0 or length % parts:
            raise InvalidArgumentError(
                f"Number of ways to split should evenly divide the split dimension, but got split_dim {place} "
                f"(size = {length}) and num_split {parts} [Op:Split] name: {name}"
            )
        sizes = [length // parts] * parts
    else:
        sizes = [int(n) for n in given]
        if sizes.count(-1) == 1:
            sizes[sizes.index(-1)] = length - sum(n for n in sizes if n != -1)
        if sum(sizes) != length or any(n < 0 for n in sizes):
            raise InvalidArgumentError(
                f"Determined shape must either match input shape along split_dim exactly if fully specified, or be "
                f"less than the size of the input along split_dim if not fully specified.  Got: {sum(sizes)} "
                f"[Op:SplitV] name: {name}"
            )
    return list(_n.split(x, sizes, place))


def tile(input: Any, multiples: Any, name: str | None = None) -> Any:
    """The whole, so many times along each axis.

    >>> tile([1, 2], [2]).numpy()
    array([1, 2, 1, 2], dtype=int32)
    """
    x, times = as_tensor(input), dims(multiples)
    if len(times) != x.ndim:
        raise InvalidArgumentError(
            f"Expected multiples argument to be a vector of length {x.ndim} but got length {len(times)} [Op:Tile]"
        )
    return _n.tile(x, times)


def repeat(input: Any, repeats: Any, axis: int | None = None, name: str | None = None) -> Any:
    """Each element, or each part along an axis, so many times.

    >>> repeat([1, 2], [2, 1]).numpy()
    array([1, 1, 2], dtype=int32)
    """
    x = as_tensor(input)
    if axis is None:
        x, axis = _n.reshape(x, (-1,)), 0
    counts = np.asarray(as_tensor(repeats)).reshape(-1)
    index = np.repeat(np.arange(x.shape[axis]), counts if len(counts) > 1 else int(counts[0]))
    return _n.take(x, as_tensor(index), axis)


_MODES = {"CONSTANT": "constant", "REFLECT": "reflect", "SYMMETRIC": "symmetric"}


def pad(
    tensor: Any, paddings: Any, mode: str = "CONSTANT", constant_values: Any = 0, name: str | None = None
) -> Any:
    """With so many elements before and after along each axis: constants, or the tensor mirrored.

    >>> pad([1, 2], [[1, 2]]).numpy()
    array([0, 1, 2, 0, 0], dtype=int32)
    """
    x = as_tensor(tensor)
    widths = [(int(a), int(b)) for a, b in np.asarray(as_tensor(paddings))]
    if len(widths) != x.ndim:
        raise InvalidArgumentError(
            f"The first dimension of paddings must be the rank of inputs[{len(widths)},2] {_listed(x)} [Op:Pad]"
        )
    kind = mode.upper()
    if kind not in _MODES:
        raise ValueError(
            'Value of argument `mode` expected to be one of "CONSTANT", "REFLECT", or "SYMMETRIC". '
            f"Received `mode` = {mode}"
        )
    if kind == "CONSTANT":
        from wengert.tensorflow._convert import number

        return _n.pad(x, widths, "constant", number(constant_values))
    for axis, (before, after) in enumerate(widths):
        n = x.shape[axis]
        limit = n - 1 if kind == "REFLECT" else n
        if max(before, after) > limit:
            raise InvalidArgumentError(
                f"paddings must be less than the dimension size: {before}, {after} not less than {n} [Op:MirrorPad]"
            )
        index = np.pad(np.arange(n), (before, after), mode="reflect" if kind == "REFLECT" else "symmetric")
        if before or after:
            x = _n.take(x, as_tensor(index), axis)
    return x


def reverse(tensor: Any, axis: Any, name: str | None = None) -> Any:
    """The order turned round along axes.

    >>> reverse([1, 2, 3], [0]).numpy()
    array([3, 2, 1], dtype=int32)
    """
    places = axes(axis)
    return _n.flip(as_tensor(tensor), (places,) if isinstance(places, int) else places)


def roll(input: Any, shift: Any, axis: Any, name: str | None = None) -> Any:
    """Moved along axes; what falls out at one end comes in at the other.

    >>> roll([1, 2, 3], 1, 0).numpy()
    array([3, 1, 2], dtype=int32)
    """
    shifts, places = axes(shift), axes(axis)
    return _n.roll(
        as_tensor(input),
        (shifts,) if isinstance(shifts, int) else shifts,
        (places,) if isinstance(places, int) else places,
    )


def broadcast_to(input: Any, shape: Any, name: str | None = None) -> Any:
    """Repeated along axes of length one, up to a shape.

    >>> broadcast_to([1, 2], (2, 2)).numpy()
    array([[1, 2],
           [1, 2]], dtype=int32)
    """
    return _n.broadcast_to(as_tensor(input), dims(shape))


def broadcast_static_shape(shape_x: Any, shape_y: Any) -> TensorShape:
    """The shape that two shapes give together."""
    try:
        return TensorShape(np.broadcast_shapes(tuple(shape_x), tuple(shape_y)))
    except ValueError:
        raise ValueError(f"Incompatible shapes for broadcasting: {shape_x} and {shape_y}.") from None


def broadcast_dynamic_shape(shape_x: Any, shape_y: Any) -> Any:
    """The shape that two shapes give together, as a tensor."""
    return as_tensor(list(broadcast_static_shape(dims(shape_x), dims(shape_y))))


def ensure_shape(x: Any, shape: Any, name: str | None = None) -> Any:
    """The tensor, if it has a shape; None stands for any extent. Otherwise InvalidArgumentError."""
    tensor = as_tensor(x)
    if not TensorShape(shape).is_compatible_with(tensor.shape):
        raise InvalidArgumentError(
            f"Shape of tensor {tensor.shape} is not compatible with expected shape {TensorShape(shape)}. [Op:EnsureShape]"
        )
    return tensor


def reverse_sequence(
    input: Any,
    seq_lengths: Any,
    seq_axis: int | None = None,
    batch_axis: int | None = None,
    name: str | None = None,
) -> Any:
    """Each row turned round up to its length."""
    x = as_tensor(input)
    along, batch = seq_axis if seq_axis is not None else 1, batch_axis or 0
    rows = []
    for row, length in zip(_n.unbind(x, batch), np.asarray(as_tensor(seq_lengths)).tolist()):
        place = along if along < batch else along - 1
        order = np.arange(row.shape[place])
        order[:length] = order[:length][::-1]
        rows.append(_n.take(row, as_tensor(order), place))
    return _n.stack(rows, batch)


def space_to_depth(input: Any, block_size: int, data_format: str = "NHWC", name: str | None = None) -> Any:
    """Blocks of pixels moved into channels: `(n, h, w, c)` gives `(n, h/b, w/b, c·b²)`."""
    x = as_tensor(input)
    n, h, w, c = x.shape
    b = block_size
    x = _n.reshape(x, (n, h // b, b, w // b, b, c))
    return _n.reshape(_n.permute(x, (0, 1, 3, 2, 4, 5)), (n, h // b, w // b, b * b * c))


def depth_to_space(input: Any, block_size: int, data_format: str = "NHWC", name: str | None = None) -> Any:
    """Channels moved into blocks of pixels: `(n, h, w, c·b²)` gives `(n, h·b, w·b, c)`."""
    x = as_tensor(input)
    n, h, w, c = x.shape
    b = block_size
    x = _n.reshape(x, (n, h, w, b, b, c // (b * b)))
    return _n.reshape(_n.permute(x, (0, 1, 3, 2, 4, 5)), (n, h * b, w * b, c // (b * b)))
