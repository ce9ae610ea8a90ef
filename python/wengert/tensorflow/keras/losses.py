"""`tf.keras.losses`: functions of `(y_true, y_pred)`, and the classes that take their mean.

>>> MeanSquaredError()([[0.0, 1.0]], [[1.0, 1.0]]).numpy()
np.float32(0.5)
>>> mean_squared_error([[0.0, 1.0]], [[1.0, 1.0]]).numpy()
array([0.5], dtype=float32)
"""

from __future__ import annotations

from collections.abc import Callable
from math import log as _log
from typing import Any

from wengert import _wengert as _n
from wengert.tensorflow import nn as _nn
from wengert.tensorflow._convert import Tensor, as_tensor, like
from wengert.tensorflow._dtypes import as_dtype, float32

EPSILON = 1e-7


def _two(y_true: Any, y_pred: Any) -> tuple[Any, Any]:
    """Both as floats of the prediction's dtype and, where one has a last axis of length one more, of one rank."""
    p = as_tensor(y_pred)
    if not p.dtype.is_floating:
        p = _n.cast(p, float32)
    t = as_tensor(y_true)
    t = t if t.dtype is p.dtype else _n.cast(t, p.dtype)
    return _ranked(t, p)


def _ranked(t: Any, p: Any) -> tuple[Any, Any]:
    if t.ndim == p.ndim + 1 and t.shape[-1] == 1:
        t = _n.squeeze(t, -1)
    elif p.ndim == t.ndim + 1 and p.shape[-1] == 1:
        p = _n.squeeze(p, -1)
    return t, p


def _mean(x: Any, axis: int = -1) -> Any:
    return _n.mean(x, axis) if x.ndim else x


def mean_squared_error(y_true: Any, y_pred: Any) -> Any:
    """The mean of the squared differences over the last axis."""
    t, p = _two(y_true, y_pred)
    return _mean(_n.square(_n.sub(t, p)))


def mean_absolute_error(y_true: Any, y_pred: Any) -> Any:
    """The mean of the absolute differences over the last axis."""
    t, p = _two(y_true, y_pred)
    return _mean(_n.abs(_n.sub(t, p)))


def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> Any:
    """The mean of the differences in percent of the truth, over the last axis."""
    t, p = _two(y_true, y_pred)
    return _n.mul(_mean(_n.abs(_n.div(_n.sub(t, p), _n.maximum(_n.abs(t), EPSILON)))), 100.0)


def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> Any:
    """The mean of the squared differences of `log(1 + y)`, over the last axis."""
    t, p = _two(y_true, y_pred)
    return _mean(_n.square(_n.sub(_n.log1p(_n.maximum(p, EPSILON)), _n.log1p(_n.maximum(t, EPSILON)))))


def huber(y_true: Any, y_pred: Any, delta: float = 1.0) -> Any:
    """The mean over the last axis of half the square, continued by a straight line beyond `delta`."""
    t, p = _two(y_true, y_pred)
    return _mean(_n.huber_loss(p, t, "none", delta))


def log_cosh(y_true: Any, y_pred: Any) -> Any:
    """The mean over the last axis of the logarithm of the hyperbolic cosine of the difference."""
    t, p = _two(y_true, y_pred)
    gap = _n.sub(p, t)
    return _mean(_n.sub(_n.add(gap, _n.softplus(_n.mul(gap, -2.0))), _log(2.0)))


def _signed(t: Any) -> Any:
    """Labels 0 and 1 as -1 and 1; others stay what they are."""
    binary = bool(_n.all(_n.logical_or(_n.eq(t, 0.0), _n.eq(t, 1.0))))
    return _n.sub(_n.mul(t, 2.0), 1.0) if binary else t


def hinge(y_true: Any, y_pred: Any) -> Any:
    """The mean of `max(1 - t·p, 0)` over the last axis."""
    t, p = _two(y_true, y_pred)
    return _mean(_n.relu(_n.sub(1.0, _n.mul(_signed(t), p))))


def squared_hinge(y_true: Any, y_pred: Any) -> Any:
    """The mean of `max(1 - t·p, 0)²` over the last axis."""
    t, p = _two(y_true, y_pred)
    return _mean(_n.square(_n.relu(_n.sub(1.0, _n.mul(_signed(t), p)))))


def categorical_hinge(y_true: Any, y_pred: Any) -> Any:
    """`max(1 + the largest wrong one - the right one, 0)`."""
    t, p = _two(y_true, y_pred)
    right = _n.sum(_n.mul(t, p), -1)
    wrong = _n.amax(_n.mul(_n.sub(1.0, t), p), -1)
    return _n.relu(_n.add(_n.sub(wrong, right), 1.0))


def kl_divergence(y_true: Any, y_pred: Any) -> Any:
    """`Σ t·log(t / p)` over the last axis."""
    t, p = _two(y_true, y_pred)
    t, p = _n.clamp(t, EPSILON, 1.0), _n.clamp(p, EPSILON, 1.0)
    return _n.sum(_n.mul(t, _n.log(_n.div(t, p))), -1)


def poisson(y_true: Any, y_pred: Any) -> Any:
    """The mean of `p - t·log(p)` over the last axis."""
    t, p = _two(y_true, y_pred)
    return _mean(_n.sub(p, _n.mul(t, _n.log(_n.add(p, EPSILON)))))


def cosine_similarity(y_true: Any, y_pred: Any, axis: int = -1) -> Any:
    """The negative of the cosine of the angle between the two."""
    t, p = _two(y_true, y_pred)
    return _n.neg(_n.sum(_n.mul(_nn.l2_normalize(t, axis), _nn.l2_normalize(p, axis)), axis))


def binary_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> Any:
    """The mean cross-entropy of probabilities (or logits) over an axis."""
    t, p = _two(y_true, y_pred)
    if label_smoothing:
        t = _n.add(_n.mul(t, 1.0 - label_smoothing), 0.5 * label_smoothing)
    if from_logits:
        return _mean(_n.sub(_n.softplus(p), _n.mul(p, t)), axis)
    p = _n.clamp(p, EPSILON, 1.0 - EPSILON)
    both = _n.add(_n.mul(t, _n.log(p)), _n.mul(_n.sub(1.0, t), _n.log(_n.sub(1.0, p))))
    return _mean(_n.neg(both), axis)


def binary_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Any:
    """The binary cross-entropy, less for what is already right."""
    t, p = _two(y_true, y_pred)
    if label_smoothing:
        t = _n.add(_n.mul(t, 1.0 - label_smoothing), 0.5 * label_smoothing)
    if from_logits:
        p = _n.sigmoid(p)
    q = _n.clamp(p, EPSILON, 1.0 - EPSILON)
    loss = _n.neg(_n.add(_n.mul(t, _n.log(q)), _n.mul(_n.sub(1.0, t), _n.log(_n.sub(1.0, q)))))
    right = _n.add(_n.mul(t, p), _n.mul(_n.sub(1.0, t), _n.sub(1.0, p)))
    focal = _n.mul(_n.pow(_n.sub(1.0, right), gamma), loss)
    if apply_class_balancing:
        focal = _n.mul(_n.add(_n.mul(t, alpha), _n.mul(_n.sub(1.0, t), 1 - alpha)), focal)
    return _mean(focal, axis)


def categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> Any:
    """The cross-entropy of rows of probabilities (or logits) with rows of probabilities."""
    p = as_tensor(y_pred)
    t = as_tensor(y_true)
    t = t if t.dtype is p.dtype else _n.cast(t, p.dtype)
    if tuple(t.shape) != tuple(p.shape):
        raise ValueError(
            "Arguments `target` and `output` must have the same shape. Received: "
            f"target.shape={t.shape}, output.shape={p.shape}"
        )
    if label_smoothing:
        t = _n.add(_n.mul(t, 1.0 - label_smoothing), label_smoothing / p.shape[-1])
    if from_logits:
        return _nn.softmax_cross_entropy_with_logits(t, p, axis)
    p = _n.div(p, _n.sum(p, axis, True))
    p = _n.clamp(p, EPSILON, 1.0 - EPSILON)
    return _n.neg(_n.sum(_n.mul(t, _n.log(p)), axis))


def sparse_categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, ignore_class: int | None = None, axis: int = -1
) -> Any:
    """The cross-entropy of rows of probabilities (or logits) with classes."""
    p = as_tensor(y_pred)
    t = as_tensor(y_true)
    if t.ndim == p.ndim and t.shape[-1] == 1:
        t = _n.squeeze(t, -1)
    if t.dtype.is_floating:
        t = _n.cast(t, "int64")
    logits = p if from_logits else _n.log(_n.clamp(p, EPSILON, 1.0 - EPSILON))
    if ignore_class is None:
        return _nn.sparse_softmax_cross_entropy_with_logits(t, logits)
    valid = _n.ne(t, ignore_class)
    loss = _nn.sparse_softmax_cross_entropy_with_logits(_n.where(valid, t, _n.zeros_like(t)), logits)
    return _n.where(valid, loss, _n.zeros_like(loss))


def categorical_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    alpha: Any = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Any:
    """The categorical cross-entropy, less for what is already right."""
    t, p = _two(y_true, y_pred)
    if label_smoothing:
        t = _n.add(_n.mul(t, 1.0 - label_smoothing), label_smoothing / p.shape[axis])
    p = _n.softmax(p, axis) if from_logits else _n.div(p, _n.sum(p, axis, True))
    p = _n.clamp(p, EPSILON, 1.0 - EPSILON)
    entropy = _n.neg(_n.mul(t, _n.log(p)))
    weight = _n.mul(_n.pow(_n.sub(1.0, p), gamma), like(alpha, p.dtype))
    return _n.sum(_n.mul(weight, entropy), axis)


def tversky(y_true: Any, y_pred: Any, alpha: float = 0.5, beta: float = 0.5, axis: Any = None) -> Any:
    """One less the overlap, in which what is wrongly there and wrongly missing are weighed."""
    t, p = _two(y_true, y_pred)
    inside = _n.sum(_n.mul(t, p), axis)
    extra, missed = _n.sum(_n.mul(_n.sub(1.0, t), p), axis), _n.sum(_n.mul(t, _n.sub(1.0, p)), axis)
    whole = _n.add(_n.add(inside, _n.mul(extra, alpha)), _n.mul(missed, beta))
    return _n.sub(1.0, _n.div(inside, _n.add(whole, EPSILON)))


def dice(y_true: Any, y_pred: Any, axis: Any = None) -> Any:
    """One less twice the overlap over the sum."""
    t, p = _two(y_true, y_pred)
    inside = _n.mul(_n.sum(_n.mul(t, p), axis), 2.0)
    whole = _n.add(_n.add(_n.sum(t, axis), _n.sum(p, axis)), EPSILON)
    return _n.sub(1.0, _n.div(inside, whole))


class Loss:
    """A loss that is called with `(y_true, y_pred)` and takes the mean over the batch.

    Subclasses write `call(y_true, y_pred)`, which gives a loss for each sample.
    """

    def __init__(
        self, name: str | None = None, reduction: str | None = "sum_over_batch_size", dtype: Any = None
    ) -> None:
        if reduction == "auto":
            reduction = "sum_over_batch_size"
        if reduction not in ("sum_over_batch_size", "sum", "none", "mean", "mean_with_sample_weight", None):
            raise ValueError(
                "Invalid value for argument `reduction`. Expected one of ('sum_over_batch_size', 'sum', None, 'none', "
                f"'mean', 'mean_with_sample_weight'). Received: reduction={reduction}"
            )
        self.name = name or _snake(type(self).__name__)
        self.reduction = reduction
        self.dtype = float32 if dtype is None else as_dtype(dtype)

    def _data(self, y: Any) -> Any:
        """Tensors of the dtype of the loss."""
        x = as_tensor(y)
        return x if x.dtype is self.dtype else _n.cast(x, self.dtype)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """The loss of each sample."""
        raise NotImplementedError

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """The loss of the batch; samples may be weighted."""
        losses = as_tensor(self.call(self._data(y_true), self._data(y_pred)))
        weight = None
        if sample_weight is not None:
            weight = like(sample_weight, losses.dtype)
            weight = weight if weight.dtype is losses.dtype else _n.cast(weight, losses.dtype)
            if weight.ndim == losses.ndim + 1 and weight.shape[-1] == 1:
                weight = _n.squeeze(weight, -1)
            elif losses.ndim == weight.ndim + 1:
                weight = _n.expand_dims(weight, -1)
            losses = _n.mul(losses, weight)
        if self.reduction in (None, "none"):
            return losses
        total = _n.sum(losses)
        if self.reduction == "sum":
            return total
        if self.reduction == "mean_with_sample_weight" and weight is not None:
            return _n.div(total, _n.sum(_n.broadcast_to(weight, tuple(losses.shape))))
        return _n.div(total, float(max(losses.shape.num_elements() or 0, 1)))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {"name": self.name, "reduction": self.reduction}


class LossFunctionWrapper(Loss):
    """The loss that a function gives."""

    def __init__(
        self,
        fn: Callable[..., Any],
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name or fn.__name__, reduction, dtype)
        self._function, self._options = fn, kwargs

    def call(self, y_true: Any, y_pred: Any) -> Any:
        if isinstance(y_true, Tensor) and isinstance(y_pred, Tensor):
            y_true, y_pred = _ranked(y_true, y_pred)
        return self._function(y_true, y_pred, **self._options)


def _snake(name: str) -> str:
    import re

    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()


def _made(class_name: str, function: Callable[..., Any], **options: Any) -> Any:
    """A class of losses that takes the mean of what `function` gives."""
    names = list(options)

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        given = dict(zip(names, args))
        reduction = kwargs.pop(
            "reduction", args[len(names)] if len(args) > len(names) else "sum_over_batch_size"
        )
        label = kwargs.pop("name", args[len(names) + 1] if len(args) > len(names) + 1 else function.__name__)
        dtype = kwargs.pop("dtype", None)
        odd = set(kwargs) - set(names)
        if odd:
            raise TypeError(f"{class_name}.__init__() got an unexpected keyword argument {sorted(odd)[0]!r}")
        LossFunctionWrapper.__init__(
            self, function, reduction, label, dtype, **{**options, **given, **kwargs}
        )

    doc = f"The mean over the batch. {function.__doc__}"
    return type(
        class_name, (LossFunctionWrapper,), {"__init__": __init__, "__doc__": doc, "__module__": __name__}
    )


MeanSquaredError = _made("MeanSquaredError", mean_squared_error)
MeanAbsoluteError = _made("MeanAbsoluteError", mean_absolute_error)
MeanAbsolutePercentageError = _made("MeanAbsolutePercentageError", mean_absolute_percentage_error)
MeanSquaredLogarithmicError = _made("MeanSquaredLogarithmicError", mean_squared_logarithmic_error)
Huber = _made("Huber", huber, delta=1.0)
LogCosh = _made("LogCosh", log_cosh)
Hinge = _made("Hinge", hinge)
SquaredHinge = _made("SquaredHinge", squared_hinge)
CategoricalHinge = _made("CategoricalHinge", categorical_hinge)
KLDivergence = _made("KLDivergence", kl_divergence)
Poisson = _made("Poisson", poisson)
CosineSimilarity = _made("CosineSimilarity", cosine_similarity, axis=-1)
BinaryCrossentropy = _made(
    "BinaryCrossentropy", binary_crossentropy, from_logits=False, label_smoothing=0.0, axis=-1
)
BinaryFocalCrossentropy = _made(
    "BinaryFocalCrossentropy",
    binary_focal_crossentropy,
    apply_class_balancing=False,
    alpha=0.25,
    gamma=2.0,
    from_logits=False,
    label_smoothing=0.0,
    axis=-1,
)
CategoricalCrossentropy = _made(
    "CategoricalCrossentropy", categorical_crossentropy, from_logits=False, label_smoothing=0.0, axis=-1
)
SparseCategoricalCrossentropy = _made(
    "SparseCategoricalCrossentropy",
    sparse_categorical_crossentropy,
    from_logits=False,
    ignore_class=None,
    axis=-1,
)


CategoricalFocalCrossentropy = _made(
    "CategoricalFocalCrossentropy",
    categorical_focal_crossentropy,
    alpha=0.25,
    gamma=2.0,
    from_logits=False,
    label_smoothing=0.0,
    axis=-1,
)
Tversky = _made("Tversky", tversky, alpha=0.5, beta=0.5, axis=None)
Dice = _made("Dice", dice, axis=None)


class Reduction:
    """The names of reductions."""

    AUTO, NONE, SUM, SUM_OVER_BATCH_SIZE = "auto", "none", "sum", "sum_over_batch_size"


MSE = mse = mean_squared_error
MAE = mae = mean_absolute_error
MAPE = mape = mean_absolute_percentage_error
MSLE = msle = mean_squared_logarithmic_error
KLD = kld = kullback_leibler_divergence = kl_divergence
bce, BCE = binary_crossentropy, binary_crossentropy
logcosh = log_cosh


def get(identifier: Any) -> Any:
    """The loss with a name; others stay what they are."""
    if isinstance(identifier, str):
        found = globals().get(identifier)
        if found is None or identifier.startswith("_") or not callable(found):
            raise ValueError(f"Could not interpret loss identifier: {identifier}")
        return found() if isinstance(found, type) else found
    return identifier


def __getattr__(name: str) -> Any:
    from wengert._names import missing

    return missing("wengert.tensorflow.keras.losses", [n for n in globals() if not n.startswith("_")])(name)
