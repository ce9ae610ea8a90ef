"""Sums, means, extremes and the like over axes; running sums; norms."""

from __future__ import annotations

from typing import Any

import numpy as np

from wengert import _wengert as _n
from wengert.tensorflow._convert import Tensor, as_tensor, axes, floating, like, made, numeric
from wengert.tensorflow._dtypes import as_dtype, bool_, int32, int64
from wengert.tensorflow.errors import InvalidArgumentError


def _over(x: Any, axis: Any, op: str) -> Any:
    """Axes that `x` has."""
    places = axes(axis)
    for place in () if places is None else (places,) if isinstance(places, int) else places:
        if not -x.ndim <= place < x.ndim:
            raise InvalidArgumentError(
                f"Invalid reduction dimension ({place} for input with {x.ndim} dimension(s) [Op:{op}] name: "
            )
    return places


def reduce_sum(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """The sum over axes, by default over all.

    >>> reduce_sum([[1.0, 2.0], [3.0, 4.0]], axis=0).numpy()
    array([4., 6.], dtype=float32)
    """
    x = numeric(input_tensor, "Sum")
    return _n.sum(x, _over(x, axis, "Sum"), keepdims, x.dtype)


def reduce_mean(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """The mean over axes, by default over all. The mean of integers is an integer.

    >>> reduce_mean([1.0, 2.0, 4.0, 5.0]).numpy()
    np.float32(3.0)
    """
    x = numeric(input_tensor, "Mean")
    places = _over(x, axis, "Mean")
    if x.dtype.is_floating:
        return _n.mean(x, places, keepdims)
    total = np.asarray(_n.sum(x, places, keepdims, x.dtype))
    count = x.shape.num_elements() // max(total.size, 1)
    return made(np.trunc(total / max(count, 1)).astype(x.dtype._numpy))


def reduce_prod(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """The product over axes, by default over all."""
    x = numeric(input_tensor, "Prod")
    return _n.prod(x, _over(x, axis, "Prod"), keepdims, x.dtype)


def reduce_max(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """The largest element over axes, by default over all. Equal ones share its gradient."""
    x = numeric(input_tensor, "Max")
    places = _over(x, axis, "Max")
    return _n.amax(x, places, keepdims) if 0 not in tuple(x.shape) else _of_none(x, places, keepdims, False)


def reduce_min(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """The smallest element over axes, by default over all. Equal ones share its gradient."""
    x = numeric(input_tensor, "Min")
    places = _over(x, axis, "Min")
    return _n.amin(x, places, keepdims) if 0 not in tuple(x.shape) else _of_none(x, places, keepdims, True)


def _of_none(x: Any, places: Any, keepdims: bool, largest: bool) -> Any:
    """The extreme of no elements: the number that every other one beats."""
    shape = tuple(_n.sum(x, places, keepdims, x.dtype).shape)
    if x.dtype.is_floating:
        return _n.full(Tensor, shape, float("inf") if largest else float("-inf"), x.dtype)
    return made(np.full(shape, x.dtype.max if largest else x.dtype.min, x.dtype._numpy))


def _truths(input_tensor: Any, op: str) -> Any:
    x = as_tensor(input_tensor)
    if x.dtype is not bool_:
        raise InvalidArgumentError(
            f"cannot compute {op} as input #0(zero-based) was expected to be a bool tensor but is a "
            f"{x.dtype.name} tensor [Op:{op}] name: "
        )
    return x


def reduce_all(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """Whether all are true, over axes."""
    x = _truths(input_tensor, "All")
    return _n.all(x, _over(x, axis, "All"), keepdims)


def reduce_any(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """Whether any is true, over axes."""
    x = _truths(input_tensor, "Any")
    return _n.any(x, _over(x, axis, "Any"), keepdims)


def _real(input_tensor: Any) -> Any:
    x = as_tensor(input_tensor)
    if not x.dtype.is_floating:
        raise TypeError(f"Input must be either real or complex. Received integer type {x.dtype}.")
    return x


def reduce_variance(
    input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None
) -> Any:
    """The mean squared distance from the mean, over axes.

    >>> reduce_variance([1.0, 2.0, 3.0, 4.0]).numpy()
    np.float32(1.25)
    """
    x = _real(input_tensor)
    return _n.var(x, _over(x, axis, "Mean"), 0.0, keepdims)


def reduce_std(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """The square root of the variance, over axes."""
    x = _real(input_tensor)
    return _n.std(x, _over(x, axis, "Mean"), 0.0, keepdims)


def reduce_logsumexp(
    input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None
) -> Any:
    """log of the sum of the exponentials over axes, which cannot overflow."""
    x = floating(input_tensor, "Exp")
    return _n.logsumexp(x, _over(x, axis, "Max"), keepdims)


def reduce_euclidean_norm(
    input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None
) -> Any:
    """The square root of the sum of squares over axes."""
    x = numeric(input_tensor, "EuclideanNorm")
    if not x.dtype.is_floating:
        return _n.cast(reduce_euclidean_norm(_n.cast(x, as_dtype("float64")), axis, keepdims), x.dtype)
    return _n.norm(x, 2.0, _over(x, axis, "EuclideanNorm"), keepdims)


def count_nonzero(
    input: Any, axis: Any = None, keepdims: bool | None = None, dtype: Any = int64, name: str | None = None
) -> Any:
    """How many elements are not zero, over axes."""
    x = as_tensor(input)
    nonzero = _n.cast(_n.ne(x, _n.zeros_like(x)), int64)
    return _n.cast(_n.sum(nonzero, _over(x, axis, "Sum"), bool(keepdims), int64), as_dtype(dtype))


def _extreme(native: Any, input: Any, axis: Any, output_type: Any, op: str) -> Any:
    x = as_tensor(input)
    place = 0 if axis is None else int(axis)
    if not -x.ndim <= place < x.ndim:
        raise InvalidArgumentError(
            f"Expected dimension in the range [{-x.ndim}, {x.ndim}), but got {place} [Op:{op}]"
        )
    return _n.cast(native(x, place, False), as_dtype(output_type))


def argmax(input: Any, axis: Any = None, output_type: Any = int64, name: str | None = None) -> Any:
    """The index of the largest element along an axis, by default the first axis.

    >>> argmax([1.0, 3.0, 2.0])
    <tf.Tensor: shape=(), dtype=int64, numpy=1>
    """
    return _extreme(_n.argmax, input, axis, output_type, "ArgMax")


def argmin(input: Any, axis: Any = None, output_type: Any = int64, name: str | None = None) -> Any:
    """The index of the smallest element along an axis, by default the first axis."""
    return _extreme(_n.argmin, input, axis, output_type, "ArgMin")


def _running(native: Any, x: Any, axis: Any, exclusive: bool, reverse: bool, start: float) -> Any:
    place = int(axis)
    if not -x.ndim <= place < x.ndim:
        raise InvalidArgumentError(
            f"axis must be in the range [{-x.ndim}, {x.ndim}), but got {place} [Op:Cumsum]"
        )
    if reverse:
        x = _n.flip(x, (place,))
    run = native(x, place)
    if exclusive:
        length = x.shape[place]
        first = list(x.shape)
        first[place] = 1
        head = _n.full(Tensor, tuple(first), start, x.dtype)
        run = _n.concatenate([head, _n.narrow(run, place, 0, length - 1)], place) if length else run
    run = _n.flip(run, (place,)) if reverse else run
    return run if run.dtype is x.dtype else _n.cast(run, x.dtype)


def cumsum(
    x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None
) -> Any:
    """The running sum along an axis; exclusive ones leave out the element itself.

    >>> cumsum([1, 2, 3]).numpy(), cumsum([1, 2, 3], exclusive=True).numpy()
    (array([1, 3, 6], dtype=int32), array([0, 1, 3], dtype=int32))
    """
    return _running(_n.cumsum, numeric(x, "Cumsum"), axis, exclusive, reverse, 0)


def cumprod(
    x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None
) -> Any:
    """The running product along an axis."""
    return _running(_n.cumprod, numeric(x, "Cumprod"), axis, exclusive, reverse, 1)


cumulative_sum = cumsum


def cumulative_logsumexp(
    x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None
) -> Any:
    """The running `reduce_logsumexp` along an axis."""
    tensor = floating(x, "CumulativeLogsumexp")
    top = _n.stop_gradient(_n.amax(tensor, int(axis), True))
    run = _running(_n.cumsum, _n.exp(_n.sub(tensor, top)), axis, exclusive, reverse, 0)
    return _n.add(_n.log(run), top)


def global_norm(t_list: Any, name: str | None = None) -> Any:
    """The square root of the sum of the squares of all elements of all tensors; None is left out.

    >>> global_norm([[3.0], [4.0]]).numpy()
    np.float32(5.0)
    """
    parts = [as_tensor(t) for t in t_list if t is not None]
    if not parts:
        raise ValueError("the list has no tensor")
    return _n.sqrt(_n.sum(_n.stack([_n.sum(_n.square(part)) for part in parts], 0)))


def clip_by_global_norm(
    t_list: Any, clip_norm: Any, use_norm: Any = None, name: str | None = None
) -> tuple[list[Any], Any]:
    """The tensors, scaled together so that their global norm is at most `clip_norm`; and the norm before.

    >>> clipped, norm = clip_by_global_norm([[3.0], [4.0]], 1.0)
    >>> float(norm), [float(t[0]) for t in clipped]
    (5.0, [0.6000000238418579, 0.800000011920929])
    """
    tensors = [None if t is None else as_tensor(t) for t in t_list]
    norm = global_norm(tensors) if use_norm is None else as_tensor(use_norm)
    limit = like(clip_norm, norm.dtype)
    scale = _n.div(limit, _n.maximum(norm, limit))
    return [None if t is None else _n.mul(t, scale) for t in tensors], norm


def clip_by_norm(t: Any, clip_norm: Any, axes: Any = None, name: str | None = None) -> Any:
    """The tensor, scaled so that its norm is at most `clip_norm`.

    >>> clip_by_norm([3.0, 4.0], 1.0).numpy()
    array([0.6, 0.8], dtype=float32)
    """
    x = floating(t, "ClipByNorm")
    squares = reduce_sum(_n.square(x), axes, keepdims=True)
    positive = _n.gt(squares, 0.0)
    norm = _n.sqrt(_n.where(positive, squares, _n.ones_like(squares)))
    norm = _n.where(positive, norm, squares)
    limit = like(clip_norm, x.dtype)
    clipped = _n.div(_n.mul(x, limit), _n.maximum(norm, limit))
    return clipped


def bincount(
    arr: Any,
    weights: Any = None,
    minlength: Any = None,
    maxlength: Any = None,
    dtype: Any = int32,
    name: str | None = None,
    axis: Any = None,
    binary_output: bool = False,
) -> Any:
    """How often each of the numbers 0, 1, … is there; or the sum of its weights.

    >>> bincount([1, 1, 3]).numpy()
    array([0, 2, 0, 1], dtype=int32)
    """
    numbers = np.asarray(as_tensor(arr)).reshape(-1)
    length = max(int(numbers.max()) + 1 if numbers.size else 0, 0 if minlength is None else int(minlength))
    if maxlength is not None:
        length = min(length, int(maxlength))
    inside = numbers < length
    if weights is None:
        counts = np.bincount(numbers[inside], minlength=length)
        return made((counts > 0 if binary_output else counts).astype(as_dtype(dtype)._numpy))
    weight = _n.reshape(as_tensor(weights), (-1,))
    index = as_tensor(np.where(inside, numbers, length).astype(np.int64))
    total = _n.index_add(_n.zeros(Tensor, (length + 1,), weight.dtype), 0, index, weight)
    return _n.narrow(total, 0, 0, length)


def confusion_matrix(
    labels: Any,
    predictions: Any,
    num_classes: int | None = None,
    weights: Any = None,
    dtype: Any = int32,
    name: str | None = None,
) -> Any:
    """How often each label (row) was predicted as each class (column)."""
    rows, columns = (
        np.asarray(as_tensor(each)).reshape(-1).astype(np.int64) for each in (labels, predictions)
    )
    n = int(num_classes) if num_classes is not None else int(max(rows.max(), columns.max())) + 1
    counts = np.zeros((n, n), as_dtype(dtype)._numpy)
    np.add.at(counts, (rows, columns), 1 if weights is None else np.asarray(as_tensor(weights)))
    return made(counts)


def zero_fraction(value: Any, name: str | None = None) -> Any:
    """The part of the elements that are zero."""
    x = as_tensor(value)
    return _n.mean(_n.cast(_n.eq(x, _n.zeros_like(x)), as_dtype("float32")))
