"""`tf.keras.layers`: what has weights and is called.

>>> import wengert.tensorflow as tf
>>> dense = Dense(3, activation="relu")
>>> dense(tf.ones((2, 4))).shape, dense.kernel.shape
(TensorShape([2, 3]), TensorShape([4, 3]))
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from wengert import _wengert as _n
from wengert.tensorflow import nn as _nn
from wengert.tensorflow._control import Module
from wengert.tensorflow._convert import Tensor, as_tensor, dims
from wengert.tensorflow._dtypes import as_dtype, float32
from wengert.tensorflow._indexing import gather
from wengert.tensorflow._shape import TensorShape
from wengert.tensorflow._variable import Variable
from wengert.tensorflow.keras import activations, initializers, regularizers

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
        self, *, activity_regularizer: Any = None, trainable: bool = True, dtype: Any = None, autocast: bool = True,
        name: str | None = None, input_shape: Any = None, input_dim: int | None = None, **kwargs: Any,
    ) -> None:
        super().__init__()
        from wengert.tensorflow._control import _snake

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
            from wengert.tensorflow._control import _leaves

            found += [x for x in _leaves(value) if isinstance(x, (Variable, Module)) and not _among(x, found)]
        return found

    @property
    def weights(self) -> list[Variable]:  # type: ignore[override]
        """All its variables, those of its layers included."""
        found: list[Variable] = []
        for part in self._parts():
            more = [part] if isinstance(part, Variable) else list(
                part.weights if isinstance(part, Layer) else part.variables
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
        raise NotImplementedError(f"{type(self).__name__} does not say what it does: write `call(self, inputs)`")

    def _prepare(self, inputs: Any) -> Any:
        from wengert.tensorflow import nest

        given = nest.map_structure(lambda x: as_tensor(x) if _is_data(x) else x, inputs)
        first = nest.flatten(given)
        if first and isinstance(first[0], Tensor) and first[0].dtype.is_floating:
            given = nest.map_structure(
                lambda x: _n.cast(x, self._dtype)
                if isinstance(x, Tensor) and x.dtype.is_floating and x.dtype is not self._dtype else x,
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


class InputLayer(Layer):
    """The shape that a model begins with."""

    def __init__(self, shape: Any = None, batch_size: int | None = None, dtype: Any = None, name: str | None = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.shape = TensorShape((batch_size, *(shape or ())))
        self.built = True

    def call(self, inputs: Any) -> Any:
        return inputs


class Dense(Layer):
    """`activation(inputs @ kernel + bias)`, for inputs `(…, n)`; gives `(…, units)`."""

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not isinstance(units, int) or units <= 0:
            raise ValueError(f"Received an invalid value for `units`, expected a positive integer. Received: units={units}")
        self.units, self.use_bias = units, use_bias
        self.activation = activations.get(activation)
        self._starts = (kernel_initializer, bias_initializer)
        self._holds = (kernel_regularizer, bias_regularizer, kernel_constraint, bias_constraint)

    def build(self, input_shape: Any) -> None:
        regular, bias_regular, held, bias_held = self._holds
        self.kernel = self.add_weight(
            shape=(int(input_shape[-1]), self.units), initializer=self._starts[0], name="kernel", regularizer=regular,
            constraint=held,
        )
        self.bias = self.add_weight(
            shape=(self.units,), initializer=self._starts[1], name="bias", regularizer=bias_regular, constraint=bias_held
        ) if self.use_bias else None
        self.built = True

    def call(self, inputs: Any) -> Any:
        if inputs.shape[-1] != self.kernel.shape[0]:
            raise ValueError(
                f'Input 0 of layer "{self.name}" is incompatible with the layer: expected axis -1 of input shape to have '
                f"value {self.kernel.shape[0]}, but received input with shape {inputs.shape}"
            )
        product = _n.matmul(inputs, self.kernel._read())
        return self.activation(product if self.bias is None else _n.add(product, self.bias._read()))


class Flatten(Layer):
    """`(n, …)` as `(n, m)`."""

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)

    def call(self, inputs: Any) -> Any:
        count = 1
        for extent in inputs.shape[1:]:
            count *= extent
        return _n.reshape(inputs, (inputs.shape[0], count))


class Reshape(Layer):
    """`(n, …)` as `(n, *target_shape)`."""

    def __init__(self, target_shape: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.target_shape = tuple(target_shape)

    def call(self, inputs: Any) -> Any:
        return _n.reshape(inputs, (inputs.shape[0], *self.target_shape))


class Activation(Layer):
    """A function of each element."""

    def __init__(self, activation: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.activation = activations.get(activation)

    def call(self, inputs: Any) -> Any:
        return self.activation(inputs)


class Dropout(Layer):
    """Elements set to zero with probability `rate`, while training."""

    def __init__(self, rate: float, noise_shape: Any = None, seed: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not 0 <= rate <= 1:
            raise ValueError(f"Invalid value received for argument `rate`. Expected a float value between 0 and 1. Received: rate={rate}")
        self.rate, self.noise_shape, self.seed = rate, noise_shape, seed

    def call(self, inputs: Any, training: bool = False) -> Any:
        if not training or self.rate == 0:
            return inputs
        return _nn.dropout(inputs, self.rate, self.noise_shape, self.seed)


class Normalization(Layer):
    """`(inputs - mean) / sqrt(variance)`, with the mean and the variance of data that it was adapted to."""

    def __init__(self, axis: int = -1, mean: Any = None, variance: Any = None, invert: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis, self.invert = axis, invert
        if mean is not None:
            self.mean, self.variance = as_tensor(mean, float32), as_tensor(variance, float32)

    def adapt(self, data: Any) -> None:
        """Takes the mean and the variance of data."""
        x = _n.cast(as_tensor(data), float32)
        if self.axis is None:
            rest: Any = None
        else:
            kept = self.axis % x.ndim
            rest = tuple(i for i in range(x.ndim) if i != kept)
        self.mean, self.variance = _n.mean(x, rest, True), _n.var(x, rest, 0.0, True)

    def call(self, inputs: Any) -> Any:
        x = inputs if inputs.dtype.is_floating else _n.cast(inputs, float32)
        width = _n.maximum(_n.sqrt(self.variance), 1e-7)
        if self.invert:
            return _n.add(self.mean, _n.mul(x, width))
        return _n.div(_n.sub(x, self.mean), width)


class BatchNormalization(Layer):
    """Normalised over the batch while training, by running averages afterwards; then scaled and moved."""

    def __init__(
        self, axis: int = -1, momentum: float = 0.99, epsilon: float = 0.001, center: bool = True, scale: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.axis, self.momentum, self.epsilon, self.center, self.scale = axis, momentum, epsilon, center, scale

    def build(self, input_shape: Any) -> None:
        shape = (input_shape[self.axis],)
        self.gamma = self.add_weight(shape=shape, initializer="ones", name="gamma") if self.scale else None
        self.beta = self.add_weight(shape=shape, initializer="zeros", name="beta") if self.center else None
        self.moving_mean = self.add_weight(shape=shape, initializer="zeros", trainable=False, name="moving_mean")
        self.moving_variance = self.add_weight(shape=shape, initializer="ones", trainable=False, name="moving_variance")

    def call(self, inputs: Any, training: bool = False) -> Any:
        place = self.axis % inputs.ndim
        rest = tuple(i for i in range(inputs.ndim) if i != place)
        mean, variance = self.moving_mean._read(), self.moving_variance._read()
        if training and self._trainable:
            mean, variance = _nn.moments(inputs, rest)
            for held, new in ((self.moving_mean, mean), (self.moving_variance, variance)):
                held.assign(_n.add(_n.mul(held._store.cell, self.momentum), _n.mul(new, 1 - self.momentum)))
        shape = tuple(-1 if i == place else 1 for i in range(inputs.ndim))
        spread = [None if v is None else _n.reshape(as_tensor(v), shape) for v in (mean, variance, self.beta, self.gamma)]
        return _nn.batch_normalization(inputs, *spread, self.epsilon)


class LayerNormalization(Layer):
    """Normalised over the last axes of each sample; then scaled and moved."""

    def __init__(
        self, axis: Any = -1, epsilon: float = 0.001, center: bool = True, scale: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.axis, self.epsilon, self.center, self.scale = axis, epsilon, center, scale

    def build(self, input_shape: Any) -> None:
        places = self.axis if isinstance(self.axis, (list, tuple)) else [self.axis]
        shape = tuple(input_shape[i] for i in places)
        self.gamma = self.add_weight(shape=shape, initializer="ones", name="gamma") if self.scale else None
        self.beta = self.add_weight(shape=shape, initializer="zeros", name="beta") if self.center else None

    def call(self, inputs: Any) -> Any:
        places = tuple(self.axis) if isinstance(self.axis, (list, tuple)) else self.axis
        mean, variance = _nn.moments(inputs, places, keepdims=True)
        return _nn.batch_normalization(inputs, mean, variance, self.beta, self.gamma, self.epsilon)


class Embedding(Layer):
    """A row of a matrix for each integer."""

    def __init__(self, input_dim: int, output_dim: int, embeddings_initializer: Any = "uniform", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.input_dim, self.output_dim = input_dim, output_dim
        self._start = initializers.RandomUniform() if embeddings_initializer == "uniform" else embeddings_initializer

    def build(self, input_shape: Any) -> None:
        self.embeddings = self.add_weight(shape=(self.input_dim, self.output_dim), initializer=self._start, name="embeddings")

    def call(self, inputs: Any) -> Any:
        return gather(self.embeddings, _n.cast(inputs, "int64") if inputs.dtype.is_floating else inputs)


class Conv2D(Layer):
    """Convolutions of images `(n, h, w, c)`; gives `(n, h', w', filters)`."""

    def __init__(
        self, filters: int, kernel_size: Any, strides: Any = (1, 1), padding: str = "valid", data_format: Any = None,
        dilation_rate: Any = (1, 1), groups: int = 1, activation: Any = None, use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros", **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.filters, self.kernel_size, self.strides = filters, _nn._pairwise(kernel_size), _nn._pairwise(strides)
        self.padding, self.dilation_rate, self.use_bias = padding, dilation_rate, use_bias
        self.activation = activations.get(activation)
        self._starts = (kernel_initializer, bias_initializer)

    def build(self, input_shape: Any) -> None:
        shape = (*self.kernel_size, input_shape[-1], self.filters)
        self.kernel = self.add_weight(shape=shape, initializer=self._starts[0], name="kernel")
        self.bias = self.add_weight(
            shape=(self.filters,), initializer=self._starts[1], name="bias"
        ) if self.use_bias else None

    def call(self, inputs: Any) -> Any:
        out = _nn.conv2d(inputs, self.kernel, self.strides, self.padding.upper(), dilations=self.dilation_rate)
        return self.activation(out if self.bias is None else _n.add(out, self.bias._read()))


class MaxPooling2D(Layer):
    """The largest element under each place of a window."""

    def __init__(self, pool_size: Any = (2, 2), strides: Any = None, padding: str = "valid", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pool_size, self.strides, self.padding = pool_size, strides or pool_size, padding

    def call(self, inputs: Any) -> Any:
        return _nn.max_pool2d(inputs, self.pool_size, self.strides, self.padding.upper())


class AveragePooling2D(MaxPooling2D):
    """The mean of the elements under each place of a window."""

    def call(self, inputs: Any) -> Any:
        return _nn.avg_pool2d(inputs, self.pool_size, self.strides, self.padding.upper())


class GlobalAveragePooling2D(Layer):
    """The mean over height and width."""

    def call(self, inputs: Any) -> Any:
        return _n.mean(inputs, (1, 2))


class Rescaling(Layer):
    """`inputs · scale + offset`."""

    def __init__(self, scale: Any, offset: Any = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scale, self.offset = scale, offset

    def call(self, inputs: Any) -> Any:
        x = inputs if inputs.dtype.is_floating else _n.cast(inputs, float32)
        return _n.add(_n.mul(x, self.scale), self.offset)


class Lambda(Layer):
    """A function as a layer."""

    def __init__(self, function: Callable[..., Any], output_shape: Any = None, mask: Any = None, arguments: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.function, self.arguments = function, arguments or {}

    def call(self, inputs: Any) -> Any:
        return self.function(inputs, **self.arguments)


class Concatenate(Layer):
    """Tensors joined along an axis."""

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, inputs: Any) -> Any:
        return _n.concatenate(list(inputs), self.axis)


class Add(Layer):
    """The sum of tensors."""

    def call(self, inputs: Any) -> Any:
        total = inputs[0]
        for x in inputs[1:]:
            total = _n.add(total, x)
        return total


class Multiply(Layer):
    """The product of tensors."""

    def call(self, inputs: Any) -> Any:
        total = inputs[0]
        for x in inputs[1:]:
            total = _n.mul(total, x)
        return total


class ReLU(Layer):
    """The positive part."""

    def __init__(self, max_value: float | None = None, negative_slope: float = 0.0, threshold: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.max_value, self.negative_slope, self.threshold = max_value, negative_slope, threshold

    def call(self, inputs: Any) -> Any:
        return activations.relu(inputs, self.negative_slope, self.max_value, self.threshold)


class LeakyReLU(Layer):
    """The tensor where it is positive, and a part of it elsewhere."""

    def __init__(self, negative_slope: float = 0.3, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.negative_slope = negative_slope

    def call(self, inputs: Any) -> Any:
        return _nn.leaky_relu(inputs, self.negative_slope)


class ELU(Layer):
    """The tensor where it is positive, `alpha · (exp(x) - 1)` elsewhere."""

    def __init__(self, alpha: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.alpha = alpha

    def call(self, inputs: Any) -> Any:
        return activations.elu(inputs, self.alpha)


class Softmax(Layer):
    """Exponentials that add up to one along an axis."""

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, inputs: Any) -> Any:
        return _nn.softmax(inputs, self.axis)


Input = InputLayer
MaxPool2D, AvgPool2D, GlobalAvgPool2D, Convolution2D = MaxPooling2D, AveragePooling2D, GlobalAveragePooling2D, Conv2D


def __getattr__(name: str) -> Any:
    from wengert._names import missing

    provided = [n for n, v in globals().items() if isinstance(v, type) and issubclass(v, Layer)]
    return missing("wengert.tensorflow.keras.layers", provided)(name)
