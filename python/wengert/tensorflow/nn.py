"""`tf.nn`: activations, losses and normalisation.

>>> relu([1.0, -1.0]).numpy()
array([1., 0.], dtype=float32)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from wengert import _wengert as _n
from wengert.tensorflow import random as _random
from wengert.tensorflow._convert import (
    Tensor,
    as_tensor,
    axes,
    dims,
    floating,
    integer,
    kind,
    like,
    number,
    numeric,
    pair,
)
from wengert.tensorflow._convolution import (
    avg_pool,
    avg_pool1d,
    avg_pool2d,
    conv1d,
    conv2d,
    conv2d_transpose,
    depthwise_conv2d,
    max_pool,
    max_pool1d,
    max_pool2d,
    separable_conv2d,
)
from wengert.tensorflow._dtypes import float32
from wengert.tensorflow._indexing import in_top_k, top_k
from wengert.tensorflow._pointwise import sigmoid, softplus, tanh
from wengert.tensorflow._reductions import zero_fraction
from wengert.tensorflow._shaping import depth_to_space, space_to_depth
from wengert.tensorflow.errors import InvalidArgumentError


def relu(features: Any, name: str | None = None) -> Any:
    """The positive part; its slope at zero is zero."""
    return _n.relu(numeric(features, "Relu"))


def relu6(features: Any, name: str | None = None) -> Any:
    """Held between 0 and 6."""
    return _n.clamp(numeric(features, "Relu6"), 0, 6)


def crelu(features: Any, axis: int = -1, name: str | None = None) -> Any:
    """The positive parts of the tensor and of its negative, joined."""
    x = numeric(features, "Relu")
    return _n.concatenate([_n.relu(x), _n.relu(_n.neg(x))], axis)


def leaky_relu(features: Any, alpha: Any = 0.2, name: str | None = None) -> Any:
    """The tensor where it is positive, `alpha` times it elsewhere."""
    x = as_tensor(features)
    if not x.dtype.is_floating:
        x = _n.cast(x, float32)
    return _n.where(_n.gt(x, 0), x, _n.mul(x, like(alpha, x.dtype)))


def elu(features: Any, name: str | None = None) -> Any:
    """The tensor where it is positive, `exp(x) - 1` elsewhere."""
    x = floating(features, "Elu")
    return _n.where(_n.gt(x, 0), x, _n.expm1(_n.minimum(x, 0.0)))


def selu(features: Any, name: str | None = None) -> Any:
    """`elu`, scaled so that it keeps the variance of its input."""
    x = floating(features, "Selu")
    negative = _n.mul(_n.expm1(_n.minimum(x, 0.0)), 1.6732632423543772)
    return _n.mul(_n.where(_n.gt(x, 0), x, negative), 1.0507009873554805)


def gelu(features: Any, approximate: bool = False, name: str | None = None) -> Any:
    """`x` times the normal distribution function of `x`."""
    x = floating(features, "Gelu")
    return _n.gelu_tanh(x) if approximate else _n.gelu(x)


def silu(features: Any, beta: Any = 1.0) -> Any:
    """`x` times the logistic function of `beta · x`."""
    x = floating(features, "Silu")
    if isinstance(beta, (int, float)) and beta == 1:
        return _n.silu(x)
    return _n.mul(x, _n.sigmoid(_n.mul(x, like(beta, x.dtype))))


swish = silu


def softsign(features: Any, name: str | None = None) -> Any:
    """`x / (1 + |x|)`."""
    x = floating(features, "Softsign")
    return _n.div(x, _n.add(_n.abs(x), 1.0))


def _axis(x: Any, axis: Any, op: str) -> int:
    place = -1 if axis is None else integer(axis)
    if x.ndim == 0 or not -x.ndim <= place < x.ndim:
        raise InvalidArgumentError(
            f"`axis` = {place} is not in the range of a tensor with {x.ndim} axes, [{-x.ndim}, {x.ndim}) [Op:{op}]"
        )
    return place


def softmax(logits: Any, axis: Any = None, name: str | None = None) -> Any:
    """Exponentials that add up to one along an axis, by default the last.

    >>> softmax([0.0, 0.0]).numpy()
    array([0.5, 0.5], dtype=float32)
    """
    x = floating(logits, "Softmax")
    return _n.softmax(x, _axis(x, axis, "Softmax"))


def log_softmax(logits: Any, axis: Any = None, name: str | None = None) -> Any:
    """The logarithm of `softmax`."""
    x = floating(logits, "LogSoftmax")
    return _n.log_softmax(x, _axis(x, axis, "LogSoftmax"))


def softmax_cross_entropy_with_logits(
    labels: Any, logits: Any, axis: int = -1, name: str | None = None
) -> Any:
    """The cross-entropy of each row of logits and the probabilities in `labels`.

    >>> softmax_cross_entropy_with_logits(labels=[[1.0, 0.0]], logits=[[0.0, 0.0]]).numpy()
    array([0.6931472], dtype=float32)
    """
    x = floating(logits, "SoftmaxCrossEntropyWithLogits")
    y = like(labels, x.dtype)
    if y.dtype is not x.dtype:
        y = _n.cast(y, x.dtype)
    if tuple(x.shape) != tuple(np.broadcast_shapes(tuple(x.shape), tuple(y.shape))):
        raise InvalidArgumentError(
            f"logits and labels must be broadcastable: logits_size={list(x.shape)} labels_size={list(y.shape)} "
            "[Op:SoftmaxCrossEntropyWithLogits]"
        )
    return _n.neg(_n.sum(_n.mul(y, _n.log_softmax(x, _axis(x, axis, "LogSoftmax"))), axis))


def sparse_softmax_cross_entropy_with_logits(labels: Any, logits: Any, name: str | None = None) -> Any:
    """The cross-entropy of each row of logits and a class.

    >>> sparse_softmax_cross_entropy_with_logits(labels=[0], logits=[[0.0, 0.0]]).numpy()
    array([0.6931472], dtype=float32)
    """
    x = floating(logits, "SparseSoftmaxCrossEntropyWithLogits")
    y = as_tensor(labels)
    if y.dtype.is_floating:
        raise InvalidArgumentError(
            f"Value for attr 'Tlabels' of {kind(y.dtype)} is not in the list of allowed values: int32, int64 "
            "[Op:SparseSoftmaxCrossEntropyWithLogits]"
        )
    if y.ndim != x.ndim - 1:
        raise ValueError(
            "`labels.shape.rank` must equal `logits.shape.rank - 1`. "
            f"Received: labels.shape={y.shape} of rank {y.ndim} and logits.shape={x.shape} of rank {x.ndim}"
        )
    if tuple(y.shape) != tuple(x.shape)[:-1]:
        raise ValueError(
            "`labels.shape` must equal `logits.shape` except for the last dimension. "
            f"Received: labels.shape={y.shape} and logits.shape={x.shape}"
        )
    classes = x.shape[-1]
    values = np.asarray(y)
    if values.size and (values.min() < 0 or values.max() >= classes):
        odd = int(values.min() if values.min() < 0 else values.max())
        raise InvalidArgumentError(
            f"Received a label value of {odd} which is outside the valid range of [0, {classes}).  Label values: "
            f"{values.reshape(-1).tolist()} [Op:SparseSoftmaxCrossEntropyWithLogits]"
        )
    if x.ndim == 1:
        flat = _n.cross_entropy(_n.expand_dims(x, 0), _n.reshape(_n.cast(y, "int64"), (1,)), "none")
        return _n.reshape(flat, ())
    flat = _n.cross_entropy(_n.reshape(x, (-1, classes)), _n.reshape(_n.cast(y, "int64"), (-1,)), "none")
    return _n.reshape(flat, tuple(y.shape))


def sigmoid_cross_entropy_with_logits(labels: Any = None, logits: Any = None, name: str | None = None) -> Any:
    """The cross-entropy of each logit and a probability.

    >>> sigmoid_cross_entropy_with_logits(labels=[1.0], logits=[0.0]).numpy()
    array([0.6931472], dtype=float32)
    """
    x = floating(logits, "LogisticLoss")
    y = like(labels, x.dtype)
    if tuple(x.shape) != tuple(y.shape):
        raise ValueError(
            f"`logits` and `labels` must have the same shape, received ({x.shape} vs {y.shape})."
        )
    return _n.sub(_n.softplus(x), _n.mul(x, y))


def weighted_cross_entropy_with_logits(
    labels: Any, logits: Any, pos_weight: Any, name: str | None = None
) -> Any:
    """`sigmoid_cross_entropy_with_logits` with the positive part weighted."""
    x = floating(logits, "LogisticLoss")
    y, weight = like(labels, x.dtype), like(pos_weight, x.dtype)
    positive = _n.mul(_n.mul(y, weight), _n.softplus(_n.neg(x)))
    return _n.add(positive, _n.mul(_n.sub(1.0, y), _n.softplus(x)))


def log_poisson_loss(
    targets: Any, log_input: Any, compute_full_loss: bool = False, name: str | None = None
) -> Any:
    """The loss of Poisson counts and the logarithms of their rates."""
    x = floating(log_input, "Exp")
    y = like(targets, x.dtype)
    loss = _n.sub(_n.exp(x), _n.mul(y, x))
    if compute_full_loss:
        stirling = _n.add(
            _n.sub(_n.xlogy(y, y), y), _n.mul(_n.log(_n.mul(_n.maximum(y, 1.0), 2 * np.pi)), 0.5)
        )
        loss = _n.add(loss, _n.where(_n.gt(y, 1.0), stirling, _n.zeros_like(y)))
    return loss


def l2_loss(t: Any, name: str | None = None) -> Any:
    """Half the sum of the squares.

    >>> l2_loss([3.0, 4.0]).numpy()
    np.float32(12.5)
    """
    return _n.mul(_n.sum(_n.square(floating(t, "L2Loss"))), 0.5)


def l2_normalize(
    x: Any, axis: Any = None, epsilon: float = 1e-12, name: str | None = None, dim: Any = None
) -> Any:
    """Divided by the norm over axes.

    >>> l2_normalize([3.0, 4.0]).numpy()
    array([0.6, 0.8], dtype=float32)
    """
    tensor = floating(x, "L2Normalize")
    squares = _n.sum(_n.square(tensor), axes(dim if axis is None else axis), True)
    return _n.mul(tensor, _n.rsqrt(_n.maximum(squares, epsilon)))


def normalize(
    tensor: Any, ord: Any = "euclidean", axis: Any = None, name: str | None = None
) -> tuple[Any, Any]:
    """The tensor divided by its norm over axes, and that norm."""
    from wengert.tensorflow._products import norm

    x = as_tensor(tensor)
    length = norm(x, ord, axis, keepdims=True)
    return _n.div(x, length), length


def moments(
    x: Any, axes: Any, shift: Any = None, keepdims: bool = False, name: str | None = None
) -> tuple[Any, Any]:
    """The mean and the variance over axes.

    >>> mean, variance = moments([1.0, 3.0], axes=[0])
    >>> float(mean), float(variance)
    (2.0, 1.0)
    """
    tensor = floating(x, "Mean")
    places = _axes(axes)
    return _n.mean(tensor, places, keepdims), _n.var(tensor, places, 0.0, keepdims)


_axes = axes


def sufficient_statistics(
    x: Any, axes: Any, shift: Any = None, keepdims: bool = False, name: str | None = None
) -> tuple[Any, Any, Any, Any]:
    """How many elements there are over axes, their sum, the sum of their squares, and the shift."""
    tensor = floating(x, "Sum")
    places = _axes(axes)
    moved = tensor if shift is None else _n.sub(tensor, like(shift, tensor.dtype))
    total, squares = _n.sum(moved, places, keepdims), _n.sum(_n.square(moved), places, keepdims)
    count = (tensor.shape.num_elements() or 0) / max(total.shape.num_elements() or 1, 1)
    return as_tensor(count, tensor.dtype), total, squares, shift


def normalize_moments(
    counts: Any, mean_ss: Any, variance_ss: Any, shift: Any, name: str | None = None
) -> Any:
    """The mean and the variance from what `sufficient_statistics` gives."""
    total, squares = as_tensor(mean_ss), as_tensor(variance_ss)
    count = like(counts, total.dtype)
    middle = _n.div(total, count)
    variance = _n.sub(_n.div(squares, count), _n.square(middle))
    return (middle if shift is None else _n.add(middle, like(shift, total.dtype))), variance


def weighted_moments(
    x: Any, axes: Any, frequency_weights: Any, keepdims: bool = False, name: str | None = None
) -> tuple[Any, Any]:
    """The weighted mean and variance over axes."""
    tensor = floating(x, "Mean")
    weights = _n.broadcast_to(like(frequency_weights, tensor.dtype), tuple(tensor.shape))
    places = _axes(axes)
    total = _n.sum(weights, places, True)
    mean = _n.div(_n.sum(_n.mul(tensor, weights), places, True), total)
    distance = _n.square(_n.sub(tensor, mean))
    variance = _n.div(_n.sum(_n.mul(distance, weights), places, True), total)
    return (mean, variance) if keepdims else (_n.squeeze(mean, places), _n.squeeze(variance, places))


def batch_normalization(
    x: Any, mean: Any, variance: Any, offset: Any, scale: Any, variance_epsilon: Any, name: str | None = None
) -> Any:
    """`(x - mean) / sqrt(variance + epsilon)`, scaled and moved."""
    tensor = floating(x, "BatchNorm")
    like_x = lambda value: like(value, tensor.dtype)  # noqa: E731
    factor = _n.rsqrt(_n.add(like_x(variance), like_x(variance_epsilon)))
    if scale is not None:
        factor = _n.mul(factor, like_x(scale))
    moved = _n.mul(_n.sub(tensor, like_x(mean)), factor)
    return moved if offset is None else _n.add(moved, like_x(offset))


def dropout(x: Any, rate: Any, noise_shape: Any = None, seed: Any = None, name: str | None = None) -> Any:
    """Each element is zero with probability `rate`, and otherwise scaled up so that the mean stays.

    >>> dropout([1.0, 1.0], rate=0.0).numpy()
    array([1., 1.], dtype=float32)
    """
    tensor = floating(x, "Dropout")
    p = float(number(rate))
    if not 0 <= p < 1:
        raise ValueError(
            f"`rate` must be a scalar tensor or a float in the range [0, 1). Received: rate={rate}"
        )
    if p == 0:
        return tensor
    shape = tuple(tensor.shape) if noise_shape is None else dims(noise_shape)
    kept = _n.bernoulli(Tensor, 1.0 - p, shape, tensor.dtype.name, _random._source(seed))
    return _n.mul(_n.mul(tensor, 1.0 / (1.0 - p)), kept)


def bias_add(value: Any, bias: Any, data_format: str | None = None, name: str | None = None) -> Any:
    """Adds a vector to the last axis, or to the second for a `data_format` that begins with NC.

    >>> bias_add([[1.0, 2.0]], [10.0, 20.0]).numpy()
    array([[11., 22.]], dtype=float32)
    """
    x, b = pair(value, bias)
    if b.ndim != 1:
        raise InvalidArgumentError(f"Biases must be 1D: {list(b.shape)} [Op:BiasAdd]")
    place = 1 if data_format is not None and data_format.startswith("NC") else x.ndim - 1
    if x.ndim < 2 or x.shape[place] != b.shape[0]:
        raise InvalidArgumentError(
            "Must provide as many biases as the last dimension of the input tensor: "
            f"[{b.shape[0]}] vs. {list(x.shape)} [Op:BiasAdd]"
        )
    return _n.add(x, _n.reshape(b, tuple(-1 if i == place else 1 for i in range(x.ndim))))


def embedding_lookup(params: Any, ids: Any, max_norm: Any = None, name: str | None = None) -> Any:
    """The rows of a matrix at `ids`."""
    from wengert.tensorflow._indexing import gather
    from wengert.tensorflow._reductions import clip_by_norm

    rows = gather(params[0] if isinstance(params, (list, tuple)) and len(params) == 1 else params, ids)
    return rows if max_norm is None else clip_by_norm(rows, max_norm, axes=-1)


def scale_regularization_loss(regularization_loss: Any) -> Any:
    """The loss itself: there is one replica."""
    return as_tensor(regularization_loss)


def compute_average_loss(
    per_example_loss: Any, sample_weight: Any = None, global_batch_size: Any = None
) -> Any:
    """The sum of the losses divided by the size of the batch."""
    loss = floating(per_example_loss, "Sum")
    if sample_weight is not None:
        loss = _n.mul(loss, like(sample_weight, loss.dtype))
    count = loss.shape[0] if global_batch_size is None else number(global_batch_size)
    return _n.div(_n.sum(loss), float(count))


def __getattr__(name: str) -> Any:
    from wengert._names import missing

    return missing("wengert.tensorflow.nn", __all__)(name)


__all__ = [
    "avg_pool",
    "avg_pool1d",
    "avg_pool2d",
    "batch_normalization",
    "bias_add",
    "compute_average_loss",
    "conv1d",
    "conv2d",
    "conv2d_transpose",
    "crelu",
    "depth_to_space",
    "depthwise_conv2d",
    "dropout",
    "elu",
    "embedding_lookup",
    "gelu",
    "in_top_k",
    "l2_loss",
    "l2_normalize",
    "leaky_relu",
    "log_poisson_loss",
    "log_softmax",
    "max_pool",
    "max_pool1d",
    "max_pool2d",
    "moments",
    "normalize",
    "normalize_moments",
    "relu",
    "relu6",
    "scale_regularization_loss",
    "selu",
    "separable_conv2d",
    "sigmoid",
    "sigmoid_cross_entropy_with_logits",
    "silu",
    "softmax",
    "softmax_cross_entropy_with_logits",
    "softplus",
    "softsign",
    "space_to_depth",
    "sparse_softmax_cross_entropy_with_logits",
    "sufficient_statistics",
    "swish",
    "tanh",
    "top_k",
    "weighted_cross_entropy_with_logits",
    "weighted_moments",
    "zero_fraction",
]
