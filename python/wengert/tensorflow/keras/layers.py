"""`tf.keras.layers`: what has weights and is called.

>>> import wengert.tensorflow as tf
>>> dense = Dense(3, activation="relu")
>>> dense(tf.ones((2, 4))).shape, dense.kernel.shape
(TensorShape([2, 3]), TensorShape([4, 3]))
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wengert import _wengert as _n
from wengert.tensorflow import nn as _nn
from wengert.tensorflow._convert import as_tensor, dims
from wengert.tensorflow._convolution import _pairwise
from wengert.tensorflow._dtypes import float32
from wengert.tensorflow._indexing import gather
from wengert.tensorflow._shape import TensorShape
from wengert.tensorflow.keras import activations, initializers
from wengert.tensorflow.keras._layer import Layer
from wengert.tensorflow.keras._recurrent import GRU as GRU
from wengert.tensorflow.keras._recurrent import LSTM as LSTM
from wengert.tensorflow.keras._recurrent import SimpleRNN as SimpleRNN
from wengert.tensorflow.keras._symbolic import Input as Input


class InputLayer(Layer):
    """The shape that a model begins with."""

    def __init__(
        self, shape: Any = None, batch_size: int | None = None, dtype: Any = None, name: str | None = None
    ) -> None:
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
            raise ValueError(
                f"Received an invalid value for `units`, expected a positive integer. Received: units={units}"
            )
        self.units, self.use_bias = units, use_bias
        self.activation = activations.get(activation)
        self._starts = (kernel_initializer, bias_initializer)
        self._holds = (kernel_regularizer, bias_regularizer, kernel_constraint, bias_constraint)

    def build(self, input_shape: Any) -> None:
        regular, bias_regular, held, bias_held = self._holds
        self.kernel = self.add_weight(
            shape=(int(input_shape[-1]), self.units),
            initializer=self._starts[0],
            name="kernel",
            regularizer=regular,
            constraint=held,
        )
        self.bias = (
            self.add_weight(
                shape=(self.units,),
                initializer=self._starts[1],
                name="bias",
                regularizer=bias_regular,
                constraint=bias_held,
            )
            if self.use_bias
            else None
        )
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
            raise ValueError(
                f"Invalid value received for argument `rate`. Expected a float value between 0 and 1. Received: rate={rate}"
            )
        self.rate, self.noise_shape, self.seed = rate, noise_shape, seed

    def call(self, inputs: Any, training: bool = False) -> Any:
        if not training or self.rate == 0:
            return inputs
        return _nn.dropout(inputs, self.rate, self.noise_shape, self.seed)


class Normalization(Layer):
    """`(inputs - mean) / sqrt(variance)`, with the mean and the variance of data that it was adapted to."""

    def __init__(
        self, axis: int = -1, mean: Any = None, variance: Any = None, invert: bool = False, **kwargs: Any
    ) -> None:
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
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 0.001,
        center: bool = True,
        scale: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.axis, self.momentum, self.epsilon, self.center, self.scale = (
            axis,
            momentum,
            epsilon,
            center,
            scale,
        )

    def build(self, input_shape: Any) -> None:
        shape = (input_shape[self.axis],)
        self.gamma = self.add_weight(shape=shape, initializer="ones", name="gamma") if self.scale else None
        self.beta = self.add_weight(shape=shape, initializer="zeros", name="beta") if self.center else None
        self.moving_mean = self.add_weight(
            shape=shape, initializer="zeros", trainable=False, name="moving_mean"
        )
        self.moving_variance = self.add_weight(
            shape=shape, initializer="ones", trainable=False, name="moving_variance"
        )

    def call(self, inputs: Any, training: bool = False) -> Any:
        place = self.axis % inputs.ndim
        rest = tuple(i for i in range(inputs.ndim) if i != place)
        mean, variance = self.moving_mean._read(), self.moving_variance._read()
        if training and self._trainable:
            mean, variance = _nn.moments(inputs, rest)
            for held, new in ((self.moving_mean, mean), (self.moving_variance, variance)):
                held.assign(_n.add(_n.mul(held._store.cell, self.momentum), _n.mul(new, 1 - self.momentum)))
        shape = tuple(-1 if i == place else 1 for i in range(inputs.ndim))
        mean, variance, beta, gamma = (
            None if v is None else _n.reshape(as_tensor(v), shape)
            for v in (mean, variance, self.beta, self.gamma)
        )
        return _nn.batch_normalization(inputs, mean, variance, beta, gamma, self.epsilon)


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

    def __init__(
        self, input_dim: int, output_dim: int, embeddings_initializer: Any = "uniform", **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.input_dim, self.output_dim = input_dim, output_dim
        self._start = (
            initializers.RandomUniform() if embeddings_initializer == "uniform" else embeddings_initializer
        )

    def build(self, input_shape: Any) -> None:
        self.embeddings = self.add_weight(
            shape=(self.input_dim, self.output_dim), initializer=self._start, name="embeddings"
        )

    def call(self, inputs: Any) -> Any:
        return gather(self.embeddings, _n.cast(inputs, "int64") if inputs.dtype.is_floating else inputs)


class Conv2D(Layer):
    """Convolutions of images `(n, h, w, c)`; gives `(n, h', w', filters)`."""

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = (1, 1),
        padding: str = "valid",
        data_format: Any = None,
        dilation_rate: Any = (1, 1),
        groups: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.filters, self.kernel_size, self.strides = (filters, _pairwise(kernel_size), _pairwise(strides))
        self.padding, self.dilation_rate, self.use_bias = padding, dilation_rate, use_bias
        self.activation = activations.get(activation)
        self._starts = (kernel_initializer, bias_initializer)

    def build(self, input_shape: Any) -> None:
        shape = (*self.kernel_size, input_shape[-1], self.filters)
        self.kernel = self.add_weight(shape=shape, initializer=self._starts[0], name="kernel")
        self.bias = (
            self.add_weight(shape=(self.filters,), initializer=self._starts[1], name="bias")
            if self.use_bias
            else None
        )

    def call(self, inputs: Any) -> Any:
        out = _nn.conv2d(
            inputs, self.kernel, self.strides, self.padding.upper(), dilations=self.dilation_rate
        )
        return self.activation(out if self.bias is None else _n.add(out, self.bias._read()))


class Conv1D(Layer):
    """Convolutions of sequences `(n, w, c)`; gives `(n, w', filters)`."""

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: Any = None,
        dilation_rate: Any = 1,
        groups: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.filters, self.kernel_size, self.strides = filters, dims(kernel_size), dims(strides)
        self.padding, self.dilation_rate, self.use_bias = padding, dilation_rate, use_bias
        self.activation = activations.get(activation)
        self._starts = (kernel_initializer, bias_initializer)

    def build(self, input_shape: Any) -> None:
        shape = (*self.kernel_size, input_shape[-1], self.filters)
        self.kernel = self.add_weight(shape=shape, initializer=self._starts[0], name="kernel")
        self.bias = (
            self.add_weight(shape=(self.filters,), initializer=self._starts[1], name="bias")
            if self.use_bias
            else None
        )

    def call(self, inputs: Any) -> Any:
        x = inputs
        padding = self.padding.upper()
        if padding == "CAUSAL":
            x, padding = (
                _n.pad(x, [(0, 0), ((self.kernel_size[0] - 1) * dims(self.dilation_rate)[0], 0), (0, 0)]),
                "VALID",
            )
        out = _nn.conv1d(x, self.kernel, self.strides, padding, dilations=self.dilation_rate)
        return self.activation(out if self.bias is None else _n.add(out, self.bias._read()))


class MaxPooling2D(Layer):
    """The largest element under each place of a window."""

    def __init__(
        self, pool_size: Any = (2, 2), strides: Any = None, padding: str = "valid", **kwargs: Any
    ) -> None:
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

    def __init__(
        self,
        function: Callable[..., Any],
        output_shape: Any = None,
        mask: Any = None,
        arguments: Any = None,
        **kwargs: Any,
    ) -> None:
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

    def __init__(
        self,
        max_value: float | None = None,
        negative_slope: float = 0.0,
        threshold: float = 0.0,
        **kwargs: Any,
    ) -> None:
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


MaxPool2D, AvgPool2D, GlobalAvgPool2D, Convolution2D = (
    MaxPooling2D,
    AveragePooling2D,
    GlobalAveragePooling2D,
    Conv2D,
)


def __getattr__(name: str) -> Any:
    from wengert._names import missing

    provided = [n for n, v in globals().items() if isinstance(v, type) and issubclass(v, Layer)]
    return missing("wengert.tensorflow.keras.layers", provided)(name)
