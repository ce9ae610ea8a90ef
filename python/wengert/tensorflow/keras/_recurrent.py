"""Layers that go along a sequence: `SimpleRNN`, `LSTM`, `GRU`."""

from __future__ import annotations

from typing import Any

import numpy as np

from wengert import _wengert as _n
from wengert.tensorflow._convert import as_tensor, made
from wengert.tensorflow._creation import zeros
from wengert.tensorflow.keras import activations
from wengert.tensorflow.keras._layer import Layer


class Recurrent(Layer):
    """What goes along sequences `(n, t, d)`: gives the last output `(n, units)`, or all of them `(n, t, units)`.

    A subclass says how wide its weights are and what one step does.
    """

    gates, states = 1, 1

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.units, self.use_bias = units, use_bias
        self.activation, self.recurrent_activation = (
            activations.get(activation),
            activations.get(recurrent_activation),
        )
        self.return_sequences, self.return_state, self.go_backwards = (
            return_sequences,
            return_state,
            go_backwards,
        )
        self._starts = (kernel_initializer, recurrent_initializer, bias_initializer)

    def build(self, input_shape: Any) -> None:
        width = self.gates * self.units
        start, turn, bias = self._starts
        self.kernel = self.add_weight(shape=(input_shape[-1], width), initializer=start, name="kernel")
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, width), initializer=turn, name="recurrent_kernel"
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(shape=self._bias_shape(width), initializer=bias, name="bias")

    def _bias_shape(self, width: int) -> tuple[int, ...]:
        return (width,)

    def _step(self, x: Any, states: list[Any], weights: tuple[Any, Any, Any]) -> list[Any]:
        """The states after one element of the sequence."""
        raise NotImplementedError

    def call(self, inputs: Any, initial_state: Any = None, mask: Any = None, training: bool = False) -> Any:
        n = inputs.shape[0]
        if initial_state is None:
            states = [zeros((n, self.units), inputs.dtype) for _ in range(self.states)]
        else:
            given = initial_state if isinstance(initial_state, (list, tuple)) else [initial_state]
            states = [as_tensor(state) for state in given]
        bias = None if self.bias is None else self.bias._read()
        weights = (self.kernel._read(), self.recurrent_kernel._read(), bias)
        outputs = []
        parts = _n.unbind(inputs, 1)
        for x in reversed(parts) if self.go_backwards else parts:
            states = self._step(x, states, weights)
            outputs.append(states[0])
        result = _n.stack(outputs, 1) if self.return_sequences else states[0]
        return [result, *states] if self.return_state else result

    def _cut(self, x: Any) -> list[Any]:
        return list(_n.split(x, [self.units] * self.gates, -1))


def _affine(x: Any, kernel: Any, bias: Any) -> Any:
    product = _n.matmul(x, kernel)
    return product if bias is None else _n.add(product, bias)


class SimpleRNN(Recurrent):
    """`h = activation(x @ kernel + h @ recurrent_kernel + bias)` along a sequence.

    >>> import wengert.tensorflow as tf
    >>> SimpleRNN(4, return_sequences=True)(tf.ones((2, 5, 3))).shape
    TensorShape([2, 5, 4])
    """

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        **kwargs: Any,
    ) -> None:
        starts = (kernel_initializer, recurrent_initializer, bias_initializer)
        super().__init__(units, activation, "sigmoid", use_bias, *starts, **kwargs)

    def _step(self, x: Any, states: list[Any], weights: tuple[Any, Any, Any]) -> list[Any]:
        kernel, turn, bias = weights
        return [self.activation(_n.add(_affine(x, kernel, bias), _n.matmul(states[0], turn)))]


class LSTM(Recurrent):
    """Long short-term memory along a sequence: gates let in, forget and let out what a cell holds.

    >>> import wengert.tensorflow as tf
    >>> LSTM(4)(tf.ones((2, 5, 3))).shape
    TensorShape([2, 4])
    """

    gates, states = 4, 2

    def __init__(self, units: int, *args: Any, unit_forget_bias: bool = True, **kwargs: Any) -> None:
        super().__init__(units, *args, **kwargs)
        self.unit_forget_bias = unit_forget_bias

    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        if self.bias is not None and self.unit_forget_bias and self._starts[2] == "zeros":
            start = np.zeros(4 * self.units, self.bias.dtype._numpy)
            start[self.units : 2 * self.units] = 1
            self.bias.assign(made(start))

    def _step(self, x: Any, states: list[Any], weights: tuple[Any, Any, Any]) -> list[Any]:
        kernel, turn, bias = weights
        h, c = states
        enter, forget, new, leave = self._cut(_n.add(_affine(x, kernel, bias), _n.matmul(h, turn)))
        gate = self.recurrent_activation
        c = _n.add(_n.mul(gate(forget), c), _n.mul(gate(enter), self.activation(new)))
        return [_n.mul(gate(leave), self.activation(c)), c]


class GRU(Recurrent):
    """A gated recurrent unit along a sequence.

    >>> import wengert.tensorflow as tf
    >>> GRU(4)(tf.ones((2, 5, 3))).shape
    TensorShape([2, 4])
    """

    gates, states = 3, 1

    def __init__(self, units: int, *args: Any, reset_after: bool = True, **kwargs: Any) -> None:
        super().__init__(units, *args, **kwargs)
        self.reset_after = reset_after

    def _bias_shape(self, width: int) -> tuple[int, ...]:
        return (2, width) if self.reset_after else (width,)

    def _step(self, x: Any, states: list[Any], weights: tuple[Any, Any, Any]) -> list[Any]:
        kernel, turn, bias = weights
        h = states[0]
        gate = self.recurrent_activation
        if self.reset_after:
            update, reset, new = self._cut(_affine(x, kernel, None if bias is None else bias[0]))
            update_h, reset_h, new_h = self._cut(_affine(h, turn, None if bias is None else bias[1]))
            keep = gate(_n.add(update, update_h))
            fresh = self.activation(_n.add(new, _n.mul(gate(_n.add(reset, reset_h)), new_h)))
        else:
            update, reset, new = self._cut(_affine(x, kernel, bias))
            update_h, reset_h, new_h = self._cut(turn)
            keep = gate(_n.add(update, _n.matmul(h, update_h)))
            left = _n.mul(gate(_n.add(reset, _n.matmul(h, reset_h))), h)
            fresh = self.activation(_n.add(new, _n.matmul(left, new_h)))
        return [_n.add(_n.mul(keep, h), _n.mul(_n.sub(1.0, keep), fresh))]


__all__ = ["GRU", "LSTM", "Recurrent", "SimpleRNN"]
