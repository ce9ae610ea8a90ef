"""New tensors, and tensors in other dtypes."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from wengert import _wengert as _n
from wengert.tensorflow._convert import Tensor, as_tensor, dims, fresh, integer, kind, made, number
from wengert.tensorflow._dtypes import as_dtype, bool_, float32, float64, int32, int64
from wengert.tensorflow.errors import InvalidArgumentError


def zeros(shape: Any, dtype: Any = float32, name: str | None = None, layout: Any = None) -> Any:
    """Zeros of a shape.

    >>> zeros((2, 2))
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[0., 0.],
           [0., 0.]], dtype=float32)>
    """
    return _n.zeros(Tensor, dims(shape), as_dtype(dtype))


def ones(shape: Any, dtype: Any = float32, name: str | None = None, layout: Any = None) -> Any:
    """Ones of a shape.

    >>> ones(3).numpy()
    array([1., 1., 1.], dtype=float32)
    """
    return _n.ones(Tensor, dims(shape), as_dtype(dtype))


def fill(dims: Any, value: Any, name: str | None = None, layout: Any = None) -> Any:
    """One number everywhere.

    >>> fill([2], 7)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([7, 7], dtype=int32)>
    """
    return _n.broadcast_to(as_tensor(value), _shape(dims))


_shape = dims


def zeros_like(input: Any, dtype: Any = None, name: str | None = None, layout: Any = None) -> Any:
    """Zeros of the shape and dtype of another tensor."""
    x = as_tensor(input)
    return _n.zeros(Tensor, tuple(x.shape), x.dtype if dtype is None else as_dtype(dtype))


def ones_like(input: Any, dtype: Any = None, name: str | None = None, layout: Any = None) -> Any:
    """Ones of the shape and dtype of another tensor."""
    x = as_tensor(input)
    return _n.ones(Tensor, tuple(x.shape), x.dtype if dtype is None else as_dtype(dtype))


def eye(
    num_rows: Any,
    num_columns: Any = None,
    batch_shape: Any = None,
    dtype: Any = float32,
    name: str | None = None,
) -> Any:
    """The identity matrix, or a batch of them.

    >>> eye(2).numpy()
    array([[1., 0.],
           [0., 1.]], dtype=float32)
    """
    rows = integer(num_rows)
    columns = rows if num_columns is None else integer(num_columns)
    one = _n.eye(Tensor, rows, columns, 0, as_dtype(dtype))
    return one if batch_shape is None else _n.broadcast_to(one, dims(batch_shape) + (rows, columns))


def range(  # noqa: A001
    start: Any, limit: Any = None, delta: Any = 1, dtype: Any = None, name: str | None = "range"
) -> Any:
    """Numbers from `start` up to, but not including, `limit`. Integers become int32, floats float32.

    >>> range(3)
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([0, 1, 2], dtype=int32)>
    """
    if limit is None:
        start, limit = 0, start
    ends = (start, limit, delta)
    if dtype is None:
        found = [as_tensor(end).dtype for end in ends]
        chosen = max(found, key=[bool_, int32, int64, float32, float64].index)
    else:
        chosen = as_dtype(dtype)
    first, last, step = (number(end) for end in ends)
    if step == 0:
        raise InvalidArgumentError(f"Requires delta != 0: {step} [Op:Range]")
    return made(np.arange(first, last, step, dtype=chosen._numpy))


def linspace(start: Any, stop: Any, num: Any, name: str | None = None, axis: int = 0) -> Any:
    """`num` numbers at equal distances, both ends included. Integer ends give float64.

    >>> linspace(0.0, 1.0, 3)
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([0. , 0.5, 1. ], dtype=float32)>
    """
    first, last = as_tensor(start), as_tensor(stop)
    if first.dtype.is_integer:
        first = _n.cast(first, float64)
    last = _n.cast(last, first.dtype)
    count = integer(num)
    if count < 0:
        raise InvalidArgumentError(f"num should not be negative: {count} [Op:LinSpace]")
    steps = _n.linspace(Tensor, 0.0, 1.0, count, first.dtype)
    if first.ndim == 0 and last.ndim == 0:
        a, b = number(first), number(last)
        values = np.linspace(a, b, count, dtype=first.dtype._numpy)
        if not (_n.is_tracked(first) or _n.is_tracked(last)):
            return made(values)
        return _n.add(first, _n.mul(_n.sub(last, first), steps))
    place = axis if axis >= 0 else axis + first.ndim + 1
    steps = _n.reshape(steps, tuple(count if i == place else 1 for i in builtins.range(first.ndim + 1)))
    first, last = _n.expand_dims(first, place), _n.expand_dims(last, place)
    return _n.add(first, _n.mul(_n.sub(last, first), steps))


def identity(input: Any, name: str | None = None) -> Any:
    """A tensor of the same value, which differentiates.

    >>> identity(2.0).numpy()
    np.float32(2.0)
    """
    return fresh(as_tensor(input))


def identity_n(input: Any, name: str | None = None) -> list[Any]:
    """Tensors of the same values."""
    return [identity(x) for x in input]


def cast(x: Any, dtype: Any, name: str | None = None) -> Any:
    """The same numbers in another dtype; from floats to integers they are cut off.

    >>> cast([1.7, -1.7], int32)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([ 1, -1], dtype=int32)>
    """
    tensor = as_tensor(x)
    wanted = as_dtype(dtype)
    return tensor if tensor.dtype is wanted else _n.cast(tensor, wanted)


def saturate_cast(value: Any, dtype: Any, name: str | None = None) -> Any:
    """The same numbers in another dtype, held within its limits."""
    tensor, wanted = as_tensor(value), as_dtype(dtype)
    if wanted.is_integer and not tensor.dtype.is_integer:
        low, high = wanted.limits
        tensor = _n.clamp(tensor, float(low), float(high))
    elif wanted.is_integer:
        low = max(int(wanted.min), int(tensor.dtype.min))
        high = min(int(wanted.max), int(tensor.dtype.max))
        tensor = _n.clamp(tensor, low, high)
    return cast(tensor, wanted)


def bitcast(input: Any, type: Any, name: str | None = None) -> Any:
    """The same bits read as another dtype of as many bytes."""
    return made(np.asarray(as_tensor(input)).view(as_dtype(type)._numpy))


def one_hot(
    indices: Any,
    depth: Any,
    on_value: Any = None,
    off_value: Any = None,
    axis: int | None = None,
    dtype: Any = None,
    name: str | None = None,
) -> Any:
    """For each index, `depth` numbers that are off, but on at the index.

    >>> one_hot([0, 2], 3).numpy()
    array([[1., 0., 0.],
           [0., 0., 1.]], dtype=float32)
    """
    index = np.asarray(as_tensor(indices))
    if index.dtype.kind == "f":
        raise InvalidArgumentError(
            f"Value for attr 'TI' of {kind(as_dtype(index.dtype))} is not in the list of allowed values: uint8, "
            "int32, int64 [Op:OneHot]"
        )
    if dtype is None:
        given = on_value if on_value is not None else off_value
        wanted = float32 if given is None else as_tensor(given).dtype
    else:
        wanted = as_dtype(dtype)
    on = 1 if on_value is None else number(on_value)
    off = 0 if off_value is None else number(off_value)
    hot = index[..., None] == np.arange(integer(depth))
    values = np.where(hot, on, off).astype(wanted._numpy)
    if axis is not None and axis != -1:
        values = np.moveaxis(values, -1, axis)
    return made(np.ascontiguousarray(values))


def sequence_mask(lengths: Any, maxlen: Any = None, dtype: Any = bool_, name: str | None = None) -> Any:
    """For each length, so many ones (True) and then zeros (False).

    >>> sequence_mask([1, 3]).numpy()
    array([[ True, False, False],
           [ True,  True,  True]])
    """
    counts = np.asarray(as_tensor(lengths))
    longest = int(counts.max()) if maxlen is None else integer(maxlen)
    return made((np.arange(longest) < counts[..., None]).astype(as_dtype(dtype)._numpy))


def meshgrid(*args: Any, indexing: str = "xy", name: str | None = None) -> list[Any]:
    """Coordinates of a grid: one tensor for each of the vectors.

    >>> [g.shape.as_list() for g in meshgrid([1, 2, 3], [4, 5])]
    [[2, 3], [2, 3]]
    """
    if indexing not in ("xy", "ij"):
        raise ValueError(f"Argument `indexing` parameter must be either 'xy' or 'ij', got '{indexing}'")
    vectors = [_n.reshape(as_tensor(arg), (-1,)) for arg in args]
    if indexing == "xy" and len(vectors) > 1:
        order = [1, 0, *builtins.range(2, len(vectors))]
    else:
        order = list(builtins.range(len(vectors)))
    extents = [vectors[i].shape[0] for i in order]
    grids = []
    for i, vector in enumerate(vectors):
        place = order.index(i)
        shape = tuple(-1 if j == place else 1 for j in builtins.range(len(vectors)))
        grids.append(_n.broadcast_to(_n.reshape(vector, shape), tuple(extents)))
    return grids


def shape(input: Any, out_type: Any = int32, name: str | None = None) -> Any:
    """The shape, as a tensor of integers.

    >>> shape([[1, 2, 3]])
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 3], dtype=int32)>
    """
    return made(np.array(tuple(as_tensor(input).shape), dtype=as_dtype(out_type)._numpy))


def shape_n(input: Any, out_type: Any = int32, name: str | None = None) -> list[Any]:
    """The shapes of several tensors."""
    return [shape(x, out_type) for x in input]


def size(input: Any, out_type: Any = int32, name: str | None = None) -> Any:
    """The number of elements, as a tensor.

    >>> size([[1, 2, 3]]).numpy()
    np.int32(3)
    """
    return made(np.array(as_tensor(input).shape.num_elements(), dtype=as_dtype(out_type)._numpy))


def rank(input: Any, name: str | None = None) -> Any:
    """The number of axes, as a tensor.

    >>> rank([[1, 2, 3]]).numpy()
    np.int32(2)
    """
    return made(as_tensor(input).ndim)
