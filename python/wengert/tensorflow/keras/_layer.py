"""What layers have in common: weights made at the first call, losses, names."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from wengert import _wengert as _n
from wengert.tensorflow._convert import Tensor, as_tensor, dims
from wengert.tensorflow._dtypes import as_dtype, float32
from wengert.tensorflow._module import Module, _leaves, _snake
from wengert.tensorflow._variable import Variable
from wengert.tensorflow.keras import initializers, regularizers
from wengert.tensorflow.keras._symbolic import KerasTensor, recorded, symbolic
from wengert.tensorflow.nest import is_nested

_counts: dict[str, int] = {}


class Weight(Variable):
    """A variable of a layer, which prints as Keras's do."""

    @property
    def name(self) -> str:
        """The name in the layer."""
        return self._name.rsplit("/", 1)[-1]

    @property
    def path(self) -> str:
        """The name, after that of the layer."""
        return self._name

    def __repr__(self) -> str:
        value = str(self.numpy())
        return f"<Variable path={self.path}, shape={self.shape}, dtype={self.dtype.name}, value={value}>"


def unique_name(base: str) -> str:
    """A name that no layer has yet: `dense`, `dense_1`, …"""
    count = _counts.get(base, 0)
    _counts[base] = count + 1
    return f"{base}_{count}" if count else base


class Layer(Module):
    """What has weights, made at the first call, and is called. Subclasses write `build(input_shape)` and `call(inputs)`.

    >>> import wengert.tensorflow as tf
    >>> class Scale(Layer):
    ...     def build(self, input_shape):
    ...         self.factor = self.add_weight(shape=(input_shape[-1],), initializer="ones")
    ...     def call(self, inputs):
    ...         return inputs * self.factor
    >>> Scale()(tf.constant([[2.0, 3.0]])).numpy()
    array([[2., 3.]], dtype=float32)
    """

    def __init__(
        self,
        *,
        activity_regularizer: Any = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_shape: Any = None,
        input_dim: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__()
        if kwargs:
            raise ValueError(f"Unrecognized keyword arguments passed to {type(self).__name__}: {kwargs}")
        self._name = name or unique_name(_snake(type(self).__name__))
        self._trainable, self.built = trainable, False
        self._dtype = float32 if dtype is None else as_dtype(dtype)
        self._regularized: list[tuple[Variable, Callable[[Any], Any]]] = []
        self._added: list[Any] = []
        self._given_shape = (None, input_dim) if input_dim is not None else input_shape

    @property
    def dtype(self) -> Any:
        """The dtype of the weights."""
        return self._dtype

    compute_dtype = variable_dtype = dtype

    def add_weight(
        self,
        shape: Any = None,
        initializer: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        regularizer: Any = None,
        constraint: Any = None,
        aggregation: Any = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> Variable:
        """A new variable of the layer."""
        start = initializers.get("glorot_uniform" if initializer is None else initializer)
        value = start(dims(() if shape is None else shape), self._dtype if dtype is None else as_dtype(dtype))
        label = f"{self._name}/{name or 'variable'}"
        variable = Weight(value, trainable=trainable, name=label, constraint=constraint)
        self.__dict__.setdefault("_own", []).append(variable)
        wanted = regularizers.get(regularizer)
        if wanted is not None:
            self._regularized.append((variable, wanted))
        return variable

    def add_loss(self, loss: Any) -> None:
        """Adds to the losses of the layer."""
        self._added += loss if isinstance(loss, (list, tuple)) else [loss]

    @property
    def losses(self) -> list[Any]:
        """What regularisers and `add_loss` add to the loss."""
        layers = [self, *(each for each in self.submodules if isinstance(each, Layer))]
        regular = [wanted(v) for layer in layers for v, wanted in layer._regularized]
        return regular + [loss for layer in layers for loss in layer._added]

    @property
    def trainable(self) -> bool:
        """Whether its weights are among the trainable ones."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = value
        for each in self.submodules:
            if isinstance(each, Layer):
                each._trainable = value

    def _parts(self) -> list[Any]:
        """Its own variables and layers, in the order in which they were made."""
        found: list[Any] = []
        for name, value in vars(self).items():
            if name in ("_regularized", "_added", "optimizer", "loss", "_metrics"):
                continue
            if isinstance(value, (Variable, Module)):
                if not _among(value, found):
                    found.append(value)
            elif value and isinstance(value, (list, tuple, dict)):
                found += [
                    x for x in _leaves(value) if isinstance(x, (Variable, Module)) and not _among(x, found)
                ]
        return found

    @property
    def weights(self) -> list[Variable]:  # type: ignore[override]
        """All its variables, those of its layers included."""
        found: list[Variable] = []
        for part in self._parts():
            more = (
                [part]
                if isinstance(part, Variable)
                else list(part.weights if isinstance(part, Layer) else part.variables)
            )
            found += [v for v in more if not _among(v, found)]
        return found

    @property
    def variables(self) -> list[Variable]:  # type: ignore[override]
        """All its variables."""
        return self.weights

    @property
    def trainable_variables(self) -> list[Variable]:  # type: ignore[override]
        """The variables that are to be trained."""
        if not self._trainable:
            return []
        found: list[Variable] = []
        for part in self._parts():
            more = [part] if isinstance(part, Variable) else part.trainable_variables
            found += [v for v in more if v.trainable and not _among(v, found)]
        return found

    trainable_weights = trainable_variables

    @property
    def non_trainable_variables(self) -> list[Variable]:  # type: ignore[override]
        """The variables that are not to be trained."""
        trained = self.trainable_variables
        return [v for v in self.weights if not _among(v, trained)]

    non_trainable_weights = non_trainable_variables

    def get_weights(self) -> list[Any]:
        """The values of all variables, as arrays."""
        return [v.numpy() for v in self.weights]

    def set_weights(self, weights: Any) -> None:
        """Gives all variables other values."""
        own = self.weights
        if len(own) != len(weights):
            raise ValueError(
                f"You called `set_weights(weights)` on layer '{self.name}' with a weight list of length {len(weights)}, "
                f"but the layer was expecting {len(own)} weights."
            )
        for variable, value in zip(own, weights):
            if tuple(variable.shape) != tuple(as_tensor(value).shape):
                raise ValueError(
                    f"Layer {self.name} weight shape {variable.shape} is not compatible with provided weight shape "
                    f"{as_tensor(value).shape}."
                )
            variable.assign(value)

    def count_params(self) -> int:
        """The number of all elements of all variables."""
        return sum(v.shape.num_elements() or 0 for v in self.weights)

    def build(self, input_shape: Any) -> None:
        """Makes the weights for inputs of a shape."""

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """What the layer does."""
        raise NotImplementedError(
            f"{type(self).__name__} does not say what it does: write `call(self, inputs)`"
        )

    def _prepare(self, inputs: Any) -> Any:
        from wengert.tensorflow import nest

        given = nest.map_structure(lambda x: as_tensor(x) if _is_data(x) else x, inputs)
        first = nest.flatten(given)
        if first and isinstance(first[0], Tensor) and first[0].dtype.is_floating:
            given = nest.map_structure(
                lambda x: (
                    _n.cast(x, self._dtype)
                    if isinstance(x, Tensor) and x.dtype.is_floating and x.dtype is not self._dtype
                    else x
                ),
                given,
            )
        if not self.built:
            self.built = True
            shapes = nest.map_structure(lambda x: x.shape if isinstance(x, Tensor) else None, given)
            self.build(shapes)
        return given

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The layer of its inputs. The first call makes the weights."""
        self._added = []
        if args and (type(args[0]) is KerasTensor or is_nested(args[0]) and symbolic(args[0])):
            return recorded(self, args, kwargs)
        if args:
            args = (self._prepare(args[0]), *args[1:])
        if "training" in kwargs or "mask" in kwargs:
            taken = _taken(type(self).call)
            for name in ("training", "mask"):
                if taken is not None and name in kwargs and name not in taken:
                    kwargs.pop(name)
        return self.call(*args, **kwargs)

    def get_config(self) -> dict[str, Any]:
        """The name."""
        return {"name": self.name, "trainable": self._trainable, "dtype": self._dtype.name}

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"


def _among(x: Any, others: list[Any]) -> bool:
    return any(x is other for other in others)


def _is_data(x: Any) -> bool:
    import numpy as np

    return isinstance(x, (int, float, np.ndarray, np.generic)) or hasattr(x, "__wengert__")


_signatures: dict[Any, Any] = {}


def _taken(call: Any) -> Any:
    """The names that a function takes; None for any."""
    if call not in _signatures:
        parameters = inspect.signature(call).parameters
        anything = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
        _signatures[call] = None if anything else set(parameters)
    return _signatures[call]
