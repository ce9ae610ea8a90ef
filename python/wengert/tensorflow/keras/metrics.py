"""`tf.keras.metrics`: numbers that are collected over batches.

>>> m = Mean()
>>> m.update_state([1.0, 3.0])
>>> m.result().numpy()
np.float32(2.0)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from wengert import _wengert as _n
from wengert.tensorflow._convert import as_tensor, like, made
from wengert.tensorflow._dtypes import float32
from wengert.tensorflow._variable import Variable
from wengert.tensorflow.keras import losses as _losses


class Metric:
    """What is collected: `update_state` adds a batch, `result` tells, `reset_state` begins anew."""

    def __init__(self, dtype: Any = None, name: str | None = None) -> None:
        self.name = name or _losses._snake(type(self).__name__)
        self.dtype = float32
        self.variables: list[Variable] = []

    def add_weight(
        self,
        shape: Any = (),
        initializer: Any = "zeros",
        dtype: Any = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> Variable:
        """A new variable of the metric."""
        from wengert.tensorflow.keras import initializers

        start = initializers.get(initializer)(shape or (), dtype or float32)
        variable = Variable(start, trainable=False, name=name)
        self.variables.append(variable)
        return variable

    def reset_state(self) -> None:
        """Begins anew."""
        for variable in self.variables:
            variable.assign(_n.zeros_like(variable._store.cell))

    def reset_states(self) -> None:
        """Begins anew."""
        self.reset_state()

    def update_state(self, *args: Any, **kwargs: Any) -> Any:
        """Adds a batch."""
        raise NotImplementedError

    def result(self) -> Any:
        """What was collected."""
        raise NotImplementedError

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Adds a batch and tells what was collected."""
        self.update_state(*args, **kwargs)
        return self.result()


class Mean(Metric):
    """The mean of all values, which may be weighted."""

    def __init__(self, name: str | None = "mean", dtype: Any = None) -> None:
        super().__init__(name=name)
        self.total, self.count = self.add_weight(name="total"), self.add_weight(name="count")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        x = _n.cast(_n.stop_gradient(as_tensor(values)), float32)
        if sample_weight is None:
            self.total.assign_add(_n.sum(x))
            self.count.assign_add(float(x.shape.num_elements() or 0))
            return
        weight = _n.cast(as_tensor(sample_weight), float32)
        if weight.ndim == x.ndim + 1 and weight.shape[-1] == 1:
            weight = _n.squeeze(weight, -1)
        while weight.ndim < x.ndim:
            weight = _n.expand_dims(weight, -1)
        weight = _n.broadcast_to(weight, tuple(x.shape))
        self.total.assign_add(_n.sum(_n.mul(x, weight)))
        self.count.assign_add(_n.sum(weight))

    def result(self) -> Any:
        count = float(self.count)
        return made(float(self.total) / count if count else 0.0)


class Sum(Metric):
    """The sum of all values."""

    def __init__(self, name: str | None = "sum", dtype: Any = None) -> None:
        super().__init__(name=name)
        self.total = self.add_weight(name="total")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        x = _n.cast(_n.stop_gradient(as_tensor(values)), float32)
        if sample_weight is not None:
            x = _n.mul(x, like(sample_weight, float32))
        self.total.assign_add(_n.sum(x))

    def result(self) -> Any:
        return self.total.read_value()


class MeanMetricWrapper(Mean):
    """The mean of what a function of `(y_true, y_pred)` gives."""

    def __init__(
        self, fn: Callable[..., Any], name: str | None = None, dtype: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(name=name or fn.__name__)
        self._function, self._options = fn, kwargs

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        super().update_state(self._function(y_true, y_pred, **self._options), sample_weight)


def _equal(a: Any, b: Any) -> Any:
    return made((a == b).astype(np.float32))


def _arrays(y_true: Any, y_pred: Any) -> tuple[Any, Any]:
    return np.asarray(as_tensor(y_true)), np.asarray(as_tensor(y_pred))


def _one_rank(t: Any, p: Any) -> tuple[Any, Any]:
    if t.ndim == p.ndim + 1 and t.shape[-1] == 1:
        t = t[..., 0]
    elif p.ndim == t.ndim + 1 and p.shape[-1] == 1:
        p = p[..., 0]
    return t, p


def accuracy(y_true: Any, y_pred: Any) -> Any:
    """Whether each prediction equals its label."""
    t, p = _one_rank(*_arrays(y_true, y_pred))
    return _equal(t.astype(p.dtype), p)


def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> Any:
    """How often a prediction is on the right side of the threshold, over the last axis."""
    t, p = _one_rank(*_arrays(y_true, y_pred))
    right = (t == (p > threshold)).astype(np.float32)
    return made(right.mean(-1) if right.ndim else right)


def categorical_accuracy(y_true: Any, y_pred: Any) -> Any:
    """Whether the largest prediction is where the label is largest."""
    t, p = _arrays(y_true, y_pred)
    return _equal(t.argmax(-1), p.argmax(-1))


def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> Any:
    """Whether the largest prediction is at the class."""
    t, p = _arrays(y_true, y_pred)
    if t.ndim == p.ndim and t.shape[-1] == 1:
        t = t[..., 0]
    return _equal(t.astype(np.int64), p.argmax(-1))


def sparse_top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Any:
    """Whether the class is among the `k` largest predictions."""
    t, p = _arrays(y_true, y_pred)
    own = np.take_along_axis(p, t.reshape(-1, 1).astype(np.int64), 1)
    return made(((p > own).sum(1) < k).astype(np.float32))


def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Any:
    """Whether the largest label is among the `k` largest predictions."""
    return sparse_top_k_categorical_accuracy(np.asarray(as_tensor(y_true)).argmax(-1), y_pred, k)


class Accuracy(MeanMetricWrapper):
    """How often predictions equal labels."""

    def __init__(self, name: str = "accuracy", dtype: Any = None) -> None:
        super().__init__(accuracy, name)


class BinaryAccuracy(MeanMetricWrapper):
    """How often predictions are on the right side of the threshold."""

    def __init__(self, name: str = "binary_accuracy", dtype: Any = None, threshold: float = 0.5) -> None:
        super().__init__(binary_accuracy, name, threshold=threshold)


class CategoricalAccuracy(MeanMetricWrapper):
    """How often the largest prediction is where the label is largest."""

    def __init__(self, name: str = "categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(categorical_accuracy, name)


class SparseCategoricalAccuracy(MeanMetricWrapper):
    """How often the largest prediction is at the class.

    >>> SparseCategoricalAccuracy()([1, 0], [[0.1, 0.9], [0.2, 0.8]]).numpy()
    np.float32(0.5)
    """

    def __init__(self, name: str = "sparse_categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(sparse_categorical_accuracy, name)


class SparseTopKCategoricalAccuracy(MeanMetricWrapper):
    """How often the class is among the `k` largest predictions."""

    def __init__(
        self, k: int = 5, name: str = "sparse_top_k_categorical_accuracy", dtype: Any = None
    ) -> None:
        super().__init__(sparse_top_k_categorical_accuracy, name, k=k)


class TopKCategoricalAccuracy(MeanMetricWrapper):
    """How often the largest label is among the `k` largest predictions."""

    def __init__(self, k: int = 5, name: str = "top_k_categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(top_k_categorical_accuracy, name, k=k)


class MeanSquaredError(MeanMetricWrapper):
    """The mean of the squared differences."""

    def __init__(self, name: str = "mean_squared_error", dtype: Any = None) -> None:
        super().__init__(_losses.mean_squared_error, name)


class RootMeanSquaredError(Mean):
    """The root of the mean of the squared differences."""

    def __init__(self, name: str = "root_mean_squared_error", dtype: Any = None) -> None:
        super().__init__(name)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        t, p = _losses._two(y_true, y_pred)
        super().update_state(_n.square(_n.sub(t, p)), sample_weight)

    def result(self) -> Any:
        return _n.sqrt(super().result())


class MeanAbsoluteError(MeanMetricWrapper):
    """The mean of the absolute differences."""

    def __init__(self, name: str = "mean_absolute_error", dtype: Any = None) -> None:
        super().__init__(_losses.mean_absolute_error, name)


class BinaryCrossentropy(MeanMetricWrapper):
    """The mean cross-entropy of probabilities."""

    def __init__(
        self,
        name: str = "binary_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
    ) -> None:
        super().__init__(
            _losses.binary_crossentropy, name, from_logits=from_logits, label_smoothing=label_smoothing
        )


class CategoricalCrossentropy(MeanMetricWrapper):
    """The mean cross-entropy with rows of probabilities."""

    def __init__(
        self,
        name: str = "categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
        axis: int = -1,
    ) -> None:
        options = {"from_logits": from_logits, "label_smoothing": label_smoothing, "axis": axis}
        super().__init__(_losses.categorical_crossentropy, name, **options)


class SparseCategoricalCrossentropy(MeanMetricWrapper):
    """The mean cross-entropy with classes."""

    def __init__(
        self,
        name: str = "sparse_categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(_losses.sparse_categorical_crossentropy, name, from_logits=from_logits, axis=axis)


class _Confusion(Metric):
    """Counts of right and wrong predictions on both sides of a threshold."""

    def __init__(
        self, name: str | None = None, dtype: Any = None, thresholds: float = 0.5, **kwargs: Any
    ) -> None:
        super().__init__(name=name)
        self._threshold = 0.5 if thresholds is None else float(thresholds)
        self._counts = {kind: self.add_weight(name=kind) for kind in ("tp", "fp", "fn", "tn")}

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        t, p = _one_rank(*_arrays(y_true, y_pred))
        t, p = t.astype(bool), p > self._threshold
        weight = np.broadcast_to(
            np.float32(1) if sample_weight is None else np.asarray(as_tensor(sample_weight)), t.shape
        )
        for kind, found in (("tp", t & p), ("fp", ~t & p), ("fn", t & ~p), ("tn", ~t & ~p)):
            self._counts[kind].assign_add(float((weight * found).sum()))

    def _part(self, *kinds: str) -> float:
        return sum(float(self._counts[kind]) for kind in kinds)


class TruePositives(_Confusion):
    """How many predictions are rightly positive."""

    def result(self) -> Any:
        return made(self._part("tp"))


class FalsePositives(_Confusion):
    """How many predictions are wrongly positive."""

    def result(self) -> Any:
        return made(self._part("fp"))


class TrueNegatives(_Confusion):
    """How many predictions are rightly negative."""

    def result(self) -> Any:
        return made(self._part("tn"))


class FalseNegatives(_Confusion):
    """How many predictions are wrongly negative."""

    def result(self) -> Any:
        return made(self._part("fn"))


class Precision(_Confusion):
    """The part of the positive predictions that are right."""

    def result(self) -> Any:
        both = self._part("tp", "fp")
        return made(self._part("tp") / both if both else 0.0)


class Recall(_Confusion):
    """The part of the positive labels that are found."""

    def result(self) -> Any:
        both = self._part("tp", "fn")
        return made(self._part("tp") / both if both else 0.0)


_SHORT = {
    "acc": "accuracy",
    "mse": "MeanSquaredError",
    "mae": "MeanAbsoluteError",
    "MSE": "MeanSquaredError",
    "MAE": "MeanAbsoluteError",
}


def get(identifier: Any) -> Any:
    """The metric with a name; others stay what they are."""
    if not isinstance(identifier, str):
        return identifier
    found = globals().get(_SHORT.get(identifier, identifier))
    if found is None:
        camel = "".join(part.capitalize() for part in identifier.split("_"))
        found = globals().get(camel)
    if found is None:
        raise ValueError(f"Could not interpret metric identifier: {identifier}")
    return found() if isinstance(found, type) else found


mean_squared_error, mean_absolute_error = _losses.mean_squared_error, _losses.mean_absolute_error
mse, mae = mean_squared_error, mean_absolute_error


def __getattr__(name: str) -> Any:
    from wengert._names import missing

    return missing("wengert.tensorflow.keras.metrics", [n for n in globals() if not n.startswith("_")])(name)
