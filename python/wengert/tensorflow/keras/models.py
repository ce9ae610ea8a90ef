"""`tf.keras.Model` and `tf.keras.Sequential`: layers put together, called, and trained by a plain loop.

>>> import wengert.tensorflow as tf
>>> model = Sequential([tf.keras.layers.Dense(4, activation="tanh"), tf.keras.layers.Dense(1)])
>>> model(tf.ones((5, 2))).shape, len(model.trainable_variables)
(TensorShape([5, 1]), 4)
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from wengert.tensorflow import nest
from wengert.tensorflow._convert import as_tensor
from wengert.tensorflow._creation import zeros
from wengert.tensorflow._module import _leaves
from wengert.tensorflow._tape import GradientTape
from wengert.tensorflow.keras import losses as _losses
from wengert.tensorflow.keras import metrics as _metrics
from wengert.tensorflow.keras import optimizers as _optimizers
from wengert.tensorflow.keras._symbolic import KerasTensor, Written
from wengert.tensorflow.keras.layers import InputLayer, Layer


def _rows(rows: Any, array: Any) -> Any:
    return as_tensor(array[rows])


class History:
    """What `fit` tells: for each epoch the loss and the metrics."""

    def __init__(self) -> None:
        self.history: dict[str, list[float]] = {}
        self.epoch: list[int] = []


class Model(Layer):
    """What is called with inputs, has the variables of its layers, and can be trained. Subclasses write `call`.

    >>> import wengert.tensorflow as tf
    >>> class Line(Model):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.w, self.b = tf.Variable(5.0), tf.Variable(0.0)
    ...     def call(self, x):
    ...         return x * self.w + self.b
    >>> Line()(tf.constant(2.0)).numpy()
    np.float32(10.0)
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        inputs = kwargs.pop("inputs", args[0] if args else None)
        outputs = kwargs.pop("outputs", args[1] if len(args) > 1 else None)
        super().__init__(**kwargs)
        self.optimizer: Any = None
        self.loss: Any = None
        self._metrics: list[Any] = []
        self.stop_training = False
        self._written = None if outputs is None else Written(inputs, outputs)
        if self._written is not None:
            self._steps = self._written.layers
            self.built = True

    def call(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:
        """What the model does with inputs. Subclasses write it."""
        if self._written is None:
            raise NotImplementedError(
                f"Model {type(self).__name__} does not have a `call()` method implemented."
            )
        return self._written.run(inputs, bool(training))

    @property
    def inputs(self) -> list[Any] | None:
        """The symbolic inputs of a model that was written down."""
        return None if self._written is None else nest.flatten(self._written.inputs)

    @property
    def outputs(self) -> list[Any] | None:
        """The symbolic outputs of a model that was written down."""
        return None if self._written is None else nest.flatten(self._written.outputs)

    @property
    def layers(self) -> list[Layer]:
        """The layers of the model."""
        found: list[Layer] = []
        for name, value in vars(self).items():
            if name not in ("_metrics", "optimizer", "loss"):
                found += [
                    x for x in _leaves(value) if isinstance(x, Layer) and all(x is not y for y in found)
                ]
        return found

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """The layer with a name or a number."""
        if index is not None:
            return self.layers[index]
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise ValueError(
            f"No such layer: {name}. Existing layers are: {[layer.name for layer in self.layers]}."
        )

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        run_eagerly: bool = False,
        steps_per_execution: int = 1,
        jit_compile: Any = "auto",
        auto_scale_loss: bool = True,
    ) -> None:
        """Says how `fit` trains: with which optimiser, loss and metrics."""
        self.optimizer = _optimizers.get(optimizer)
        self.loss = _losses.get(loss)
        self._metrics = [self._metric(each) for each in metrics or []]

    def _metric(self, given: Any) -> Any:
        if given in ("accuracy", "acc"):
            kind = (
                type(self.loss).__name__
                if isinstance(self.loss, _losses.Loss)
                else getattr(self.loss, "__name__", "")
            )
            if kind.lower().startswith("sparse"):
                return _metrics.SparseCategoricalAccuracy(name=given)
            if kind.lower().startswith("categorical"):
                return _metrics.CategoricalAccuracy(name=given)
            return _metrics.BinaryAccuracy(name=given)
        found = _metrics.get(given)
        return found if isinstance(found, _metrics.Metric) else _metrics.MeanMetricWrapper(found)

    @property
    def metrics(self) -> list[Any]:
        """The metrics that `fit` and `evaluate` collect."""
        return self._metrics

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """The loss of a batch, with what regularisers add."""
        if isinstance(self.loss, _losses.Loss):
            loss = self.loss(y, y_pred, sample_weight)
        else:
            loss = _losses.LossFunctionWrapper(self.loss)(y, y_pred, sample_weight)
        for extra in self.losses:
            loss = loss + extra
        return loss

    def train_step(self, data: Any) -> dict[str, Any]:
        """One step on a batch `(x, y)`."""
        x, y, weight = (*data, None, None)[:3]
        with GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x, y, y_pred, weight)
        variables = self.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        return self._told(loss, y, y_pred)

    def test_step(self, data: Any) -> dict[str, Any]:
        """The loss and the metrics of a batch `(x, y)`."""
        x, y, weight = (*data, None, None)[:3]
        y_pred = self(x, training=False)
        return self._told(self.compute_loss(x, y, y_pred, weight, training=False), y, y_pred)

    def _told(self, loss: Any, y: Any, y_pred: Any) -> dict[str, Any]:
        for metric in self._metrics:
            metric.update_state(y, y_pred)
        return {"loss": loss, **{metric.name: metric.result() for metric in self._metrics}}

    def _batches(self, x: Any, y: Any, weight: Any, batch_size: int | None, shuffle: bool) -> Any:
        if y is None and not hasattr(x, "shape"):
            return lambda: iter(x)
        parts = [each for each in (x, y, weight) if each is not None]
        arrays = [nest.map_structure(lambda a: np.asarray(as_tensor(a)), part) for part in parts]
        count, size = len(nest.flatten(arrays[0])[0]), batch_size or 32

        def batches() -> Any:
            order = np.random.permutation(count) if shuffle else np.arange(count)
            for start in range(0, count, size):
                rows = order[start : start + size]
                yield tuple(nest.map_structure(partial(_rows, rows), part) for part in arrays)

        return batches

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: Any = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: Any = None,
        validation_batch_size: Any = None,
        validation_freq: int = 1,
    ) -> History:
        """Trains for some epochs, and tells the losses."""
        if self.optimizer is None:
            raise ValueError("You must call `compile()` before calling `fit()`.")
        history = History()
        self.stop_training = False
        if validation_split and y is not None:
            cut = int(len(x) * (1 - validation_split))
            validation_data = (x[cut:], y[cut:])
            x, y = x[:cut], y[:cut]
        batches = self._batches(x, y, sample_weight, batch_size, shuffle)
        for epoch in range(initial_epoch, epochs):
            logs = self._epoch(batches(), self.train_step, steps_per_epoch)
            if validation_data is not None:
                held = validation_data if isinstance(validation_data, tuple) else (validation_data, None)
                told = self._epoch(
                    self._batches(held[0], held[1], None, batch_size, False)(), self.test_step, None
                )
                logs.update({f"val_{name}": value for name, value in told.items()})
            history.epoch.append(epoch)
            for name, value in logs.items():
                history.history.setdefault(name, []).append(value)
            if verbose not in (0, "0"):
                words = " - ".join(f"{name}: {value:.4f}" for name, value in logs.items())
                print(f"Epoch {epoch + 1}/{epochs}\n{words}")
            for callback in callbacks or []:
                if hasattr(callback, "on_epoch_end"):
                    callback.on_epoch_end(epoch, logs)
            if self.stop_training:
                break
        return history

    def _epoch(self, batches: Any, step: Any, limit: int | None) -> dict[str, float]:
        for metric in self._metrics:
            metric.reset_state()
        total, count = 0.0, 0
        logs: dict[str, Any] = {}
        for number, batch in enumerate(batches):
            if limit is not None and number >= limit:
                break
            batch = batch if isinstance(batch, tuple) else (batch,)
            logs = step(batch)
            size = len(nest.flatten(batch[0])[0])
            if "loss" in logs:
                total, count = total + float(logs["loss"]) * size, count + size
        told = {name: float(value) for name, value in logs.items()}
        if count and "loss" in told:
            told["loss"] = total / count
        return told

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: Any = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Any = None,
        return_dict: bool = False,
    ) -> Any:
        """The loss and the metrics on data."""
        logs = self._epoch(self._batches(x, y, sample_weight, batch_size, False)(), self.test_step, steps)
        if return_dict:
            return logs
        values = list(logs.values())
        return values[0] if len(values) == 1 else values

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: Any = "auto",
        steps: int | None = None,
        callbacks: Any = None,
    ) -> Any:
        """What the model says about data, as an array."""
        parts = [
            self(batch[0] if isinstance(batch, tuple) else batch, training=False)
            for batch in self._batches(x, None, None, batch_size, False)()
        ]
        return np.concatenate([np.asarray(part) for part in parts])

    def train_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """One step on a batch; tells the loss."""
        logs = {name: float(value) for name, value in self.train_step((x, y, sample_weight)).items()}
        values = list(logs.values())
        return logs if return_dict else values[0] if len(values) == 1 else values

    def summary(self, print_fn: Any = None, **kwargs: Any) -> None:
        """Prints the layers and the numbers of their weights."""
        lines = [f'Model: "{self.name}"']
        for layer in self.layers:
            lines.append(f"  {layer.name} ({type(layer).__name__}): {layer.count_params():,} weights")
        lines.append(f"Total params: {self.count_params():,}")
        (print_fn or print)("\n".join(lines))

    def save_weights(self, filepath: Any, overwrite: bool = True) -> None:
        """Writes the values of all variables to a file."""
        values = {str(i): value for i, value in enumerate(self.get_weights())}
        with open(filepath, "wb") as file:
            np.savez(file, **values)

    def load_weights(self, filepath: Any) -> None:
        """Reads the values of all variables from a file."""
        with np.load(filepath) as stored:
            self.set_weights([stored[str(i)] for i in range(len(stored.files))])


class Sequential(Model):
    """Layers one after the other."""

    def __init__(self, layers: Any = None, trainable: bool = True, name: str | None = None) -> None:
        super().__init__(name=name, trainable=trainable)
        self._layers: list[Any] = []
        self._begin: Any = None
        for layer in layers or []:
            self.add(layer)

    def add(self, layer: Any) -> None:
        """Adds a layer at the end."""
        if isinstance(layer, (InputLayer, KerasTensor)):
            self._begin = layer.shape
            return
        if not callable(layer):
            raise ValueError(
                f"Only instances of `keras.Layer` can be added to a Sequential model. Received: {layer}"
            )
        given = getattr(layer, "_given_shape", None)
        if not self._layers and given is not None and self._begin is None:
            self._begin = tuple(given) if given and given[0] is None else (None, *given)
        self._layers.append(layer)
        if self._begin is not None and None not in tuple(self._begin)[1:]:
            self.build(self._begin)

    def pop(self) -> Any:
        """Takes the last layer away."""
        return self._layers.pop()

    @property
    def layers(self) -> list[Layer]:
        """The layers of the model."""
        return list(self._layers)

    def build(self, input_shape: Any = None) -> None:
        """Makes the weights for inputs of a shape, whose first extent is None."""
        if input_shape is None or self._begin is None and not self._layers or None in tuple(input_shape)[1:]:
            return
        if tuple(input_shape)[0] is None:
            x = zeros((1, *tuple(input_shape)[1:]))
            for layer in self._layers:
                x = layer(x)
        self.built = True

    def call(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:
        x = inputs
        for layer in self._layers:
            x = layer(x, training=bool(training)) if isinstance(layer, Layer) else layer(x)
        return x
