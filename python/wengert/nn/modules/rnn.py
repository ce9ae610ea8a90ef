"""Recurrent networks: cells that take one step, and layers that walk along a sequence."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import wengert._wengert as _w
from wengert._wengert import Tensor
from wengert.nn import functional as F
from wengert.nn import init
from wengert.nn.modules.linear import new_parameter
from wengert.nn.modules.module import Module
from wengert.nn.parameter import Parameter
from wengert.nn.utils.rnn import PackedSequence

__all__ = ["RNNBase", "RNN", "LSTM", "GRU", "RNNCellBase", "RNNCell", "LSTMCell", "GRUCell"]

_GATES = {"RNN_TANH": 1, "RNN_RELU": 1, "GRU": 3, "LSTM": 4}


def _simple(activation: Callable[[Tensor], Tensor]) -> Callable[..., tuple[Tensor, ...]]:
    def step(x: Tensor, state: tuple[Tensor, ...], w_hh: Tensor, b_hh: Tensor | None, w_hr: Any) -> tuple[Tensor, ...]:
        return (activation(x + _w.linear(state[0], w_hh, b_hh)),)

    return step


def _gru(x: Tensor, state: tuple[Tensor, ...], w_hh: Tensor, b_hh: Tensor | None, w_hr: Any) -> tuple[Tensor, ...]:
    h = state[0]
    size = h.shape[-1]
    reset_x, update_x, new_x = _w.split(x, [size] * 3, -1)
    reset_h, update_h, new_h = _w.split(_w.linear(h, w_hh, b_hh), [size] * 3, -1)
    update = _w.sigmoid(update_x + update_h)
    new = _w.tanh(new_x + _w.sigmoid(reset_x + reset_h) * new_h)
    return (new + update * (h - new),)


def _lstm(x: Tensor, state: tuple[Tensor, ...], w_hh: Tensor, b_hh: Tensor | None, w_hr: Any) -> tuple[Tensor, ...]:
    h, c = state
    enter, forget, cell, out = _w.split(x + _w.linear(h, w_hh, b_hh), [c.shape[-1]] * 4, -1)
    c = _w.sigmoid(forget) * c + _w.sigmoid(enter) * _w.tanh(cell)
    h = _w.sigmoid(out) * _w.tanh(c)
    return (h if w_hr is None else _w.linear(h, w_hr, None)), c


_STEPS: dict[str, Callable[..., tuple[Tensor, ...]]] = {
    "RNN_TANH": _simple(_w.tanh),
    "RNN_RELU": _simple(_w.relu),
    "GRU": _gru,
    "LSTM": _lstm,
}


class RNNBase(Module):
    """Layers of a recurrent network, in one direction or both."""

    def __init__(
        self,
        mode: str,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        if mode not in _GATES:
            raise ValueError("Unrecognized RNN mode: " + mode)
        if isinstance(dropout, bool) or not 0 <= dropout <= 1:
            raise ValueError(
                "dropout should be a number in range [0, 1] representing the probability of an element being zeroed"
            )
        if dropout > 0 and num_layers == 1:
            warnings.warn(
                "dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects "
                f"num_layers greater than 1, but got dropout={dropout} and num_layers={num_layers}",
                stacklevel=3,
            )
        if not isinstance(hidden_size, int):
            raise TypeError(f"hidden_size should be of type int, got: {type(hidden_size).__name__}")
        if hidden_size <= 0:
            raise ValueError("hidden_size must be greater than zero")
        if num_layers <= 0:
            raise ValueError("num_layers must be greater than zero")
        if proj_size < 0 or proj_size >= hidden_size:
            raise ValueError("proj_size should be a positive integer, smaller than hidden_size, or zero")
        if proj_size and mode != "LSTM":
            raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
        self.mode = mode
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = float(dropout)
        self.bidirectional = bidirectional
        self.proj_size = proj_size
        rows = _GATES[mode] * hidden_size
        real = proj_size or hidden_size
        directions = 2 if bidirectional else 1
        for layer in range(num_layers):
            for direction in range(directions):
                mark = self._mark(layer, direction)
                width = input_size if layer == 0 else real * directions
                self.register_parameter("weight_ih" + mark, new_parameter((rows, width), device, dtype))
                self.register_parameter("weight_hh" + mark, new_parameter((rows, real), device, dtype))
                if bias:
                    self.register_parameter("bias_ih" + mark, new_parameter((rows,), device, dtype))
                    self.register_parameter("bias_hh" + mark, new_parameter((rows,), device, dtype))
                if proj_size:
                    size = (proj_size, hidden_size)
                    self.register_parameter("weight_hr" + mark, new_parameter(size, device, dtype))
        self.reset_parameters()

    @staticmethod
    def _mark(layer: int, direction: int) -> str:
        return f"_l{layer}" + ("_reverse" if direction else "")

    def reset_parameters(self) -> None:
        """Draws all weights evenly between ±1/√hidden_size."""
        bound = 1.0 / math.sqrt(self.hidden_size)
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def flatten_parameters(self) -> None:
        """Nothing to do here: weights need no particular layout."""

    @property
    def all_weights(self) -> list[list[Parameter]]:
        """The weights of each layer and direction."""
        kinds = ["weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr"]
        return [
            [self._parameters[kind + mark] for kind in kinds if kind + mark in self._parameters]  # type: ignore[misc]
            for layer in range(self.num_layers)
            for mark in (self._mark(layer, d) for d in range(2 if self.bidirectional else 1))
        ]

    def extra_repr(self) -> str:
        """The options that are not the defaults."""
        text = f"{self.input_size}, {self.hidden_size}"
        for name, value, default in (
            ("proj_size", self.proj_size, 0),
            ("num_layers", self.num_layers, 1),
            ("bias", self.bias, True),
            ("batch_first", self.batch_first, False),
            ("dropout", self.dropout, 0),
            ("bidirectional", self.bidirectional, False),
        ):
            if value != default:
                text += f", {name}={value}"
        return text

    def _walk(self, xs: list[Tensor], state: tuple[Tensor, ...], mark: str) -> tuple[list[Tensor], tuple[Tensor, ...]]:
        """The outputs along sequences, and the last state of each.

        A step may be of fewer sequences than the one before, whose first they are; or of more, which then begin.
        """
        own = self._parameters
        w_hh, b_hh, w_hr = own["weight_hh" + mark], own.get("bias_hh" + mark), own.get("weight_hr" + mark)
        step = _STEPS[self.mode]
        first, batch = state, state[0].shape[0]
        ended: list[tuple[Tensor, ...]] = []
        outputs = []
        if xs[0].shape[0] < batch:
            state = tuple(_w.slice(part, 0, 0, xs[0].shape[0], 1) for part in first)
        for x in xs:
            now, size = state[0].shape[0], x.shape[0]
            if size < now:
                ended.append(tuple(_w.slice(part, 0, size, now, 1) for part in state))
                state = tuple(_w.slice(part, 0, 0, size, 1) for part in state)
            elif size > now:
                begun = [_w.slice(part, 0, now, size, 1) for part in first]
                state = tuple(_w.concatenate([part, new], 0) for part, new in zip(state, begun))
            state = step(x, state, w_hh, b_hh, w_hr)
            outputs.append(state[0])
        if ended:
            state = tuple(_w.concatenate([part, *(e[k] for e in reversed(ended))], 0) for k, part in enumerate(state))
        return outputs, state

    def _layers(
        self, sequence: Tensor, sizes: list[int] | None, states: tuple[Tensor, ...]
    ) -> tuple[Tensor, list[Tensor]]:
        """The outputs of the last layer, and the last states; ``sizes`` cuts a packed sequence into its steps."""
        directions = 2 if self.bidirectional else 1
        last: list[tuple[Tensor, ...]] = []
        for layer in range(self.num_layers):
            sides = []
            for direction in range(directions):
                mark = self._mark(layer, direction)
                w_ih, b_ih = self._parameters["weight_ih" + mark], self._parameters.get("bias_ih" + mark)
                entered = _w.linear(sequence, w_ih, b_ih)
                xs = _w.unbind(entered, 0) if sizes is None else _w.split(entered, sizes, 0)
                place = layer * directions + direction
                first = tuple(_w.select(state, 0, place) for state in states)
                outputs, end = self._walk(xs[::-1] if direction else xs, first, mark)
                outputs = outputs[::-1] if direction else outputs
                sides.append(_w.stack(outputs, 0) if sizes is None else _w.concatenate(outputs, 0))
                last.append(end)
            sequence = sides[0] if directions == 1 else _w.concatenate(sides, -1)
            if self.dropout and layer < self.num_layers - 1:
                sequence = F.dropout(sequence, self.dropout, self.training)
        return sequence, [_w.stack([state[k] for state in last], 0) for k in range(len(states))]

    def _packed(self, input: PackedSequence, hx: Any) -> Any:
        """:meth:`forward` of a packed sequence."""
        data, counts, order, back = input
        sizes = [int(n) for n in counts.tolist()]
        if hx is not None and order is not None:
            hx = tuple(_w.take(x, order, 1) for x in hx) if self.mode == "LSTM" else _w.take(hx, order, 1)
        places = self.num_layers * (2 if self.bidirectional else 1)
        data, ends = self._layers(data, sizes, self._states(hx, (places, sizes[0]), False, data.dtype))
        if back is not None:
            ends = [_w.take(end, back, 1) for end in ends]
        return input._replace(data=data), (tuple(ends) if self.mode == "LSTM" else ends[0])

    def forward(self, input: Any, hx: Any = None) -> Any:
        """Outputs (length, batch, features) and the last state, from a sequence and a state to begin with."""
        name = type(self).__name__
        if isinstance(input, PackedSequence):
            return self._packed(input, hx)
        if input.ndim not in (2, 3):
            raise ValueError(f"{name}: Expected input to be 2D or 3D, got {input.ndim}D tensor instead")
        single = input.ndim == 2
        if single:
            input = _w.expand_dims(input, 1)
        elif self.batch_first:
            input = _w.transpose(input, 0, 1)
        length, batch, width = input.shape
        if width != self.input_size:
            raise RuntimeError(
                f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got {width}"
            )
        if length == 0:
            raise RuntimeError("Expected sequence length to be larger than 0 in RNN")
        directions = 2 if self.bidirectional else 1
        states = self._states(hx, (self.num_layers * directions, batch), single, input.dtype)
        sequence, ends = self._layers(input, None, states)
        if single:
            sequence, ends = _w.squeeze(sequence, 1), [_w.squeeze(end, 1) for end in ends]
        elif self.batch_first:
            sequence = _w.transpose(sequence, 0, 1)
        return sequence, (tuple(ends) if self.mode == "LSTM" else ends[0])

    def _states(self, hx: Any, size: tuple[int, int], single: bool, dtype: Any) -> tuple[Tensor, ...]:
        """The states to begin with: those given, or zeros."""
        wanted = [size + (self.proj_size or self.hidden_size,)]
        if self.mode == "LSTM":
            wanted.append(size + (self.hidden_size,))
        if hx is None:
            return tuple(_w.zeros(Tensor, shape, dtype) for shape in wanted)
        given = tuple(hx) if self.mode == "LSTM" else (hx,)
        states = []
        for state, shape in zip(given, wanted):
            if state.ndim != (2 if single else 3):
                kind = "unbatched 2-D" if single else "batched 3-D"
                raise RuntimeError(
                    f"For {kind} input, hx should also be {2 if single else 3}-D but got {state.ndim}-D tensor"
                )
            state = _w.expand_dims(state, 1) if single else state
            if tuple(state.shape) != shape:
                raise RuntimeError(f"Expected hidden size {shape}, got {list(state.shape)}")
            states.append(state)
        return tuple(states)


class RNN(RNNBase):
    """h ← tanh(W_ih·x + b_ih + W_hh·h + b_hh), or relu.

    >>> import wengert
    >>> from wengert import nn
    >>> outputs, last = nn.RNN(3, 4)(wengert.zeros(5, 2, 3))
    >>> outputs.shape, last.shape
    (torch.Size([5, 2, 4]), torch.Size([1, 2, 4]))
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if "proj_size" in kwargs:
            raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
        if len(args) > 3:
            nonlinearity = args[3]
            args = args[:3] + args[4:]
        else:
            nonlinearity = kwargs.pop("nonlinearity", "tanh")
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'.")
        super().__init__("RNN_" + nonlinearity.upper(), *args, **kwargs)
        self.nonlinearity = nonlinearity


class LSTM(RNNBase):
    """Long short-term memory (Hochreiter and Schmidhuber, 1997): gates, a state and a cell."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__("LSTM", *args, **kwargs)


class GRU(RNNBase):
    """Gated recurrent unit (Cho and others, 2014)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if "proj_size" in kwargs:
            raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
        super().__init__("GRU", *args, **kwargs)


class RNNCellBase(Module):
    """Weights of one step."""

    weight_ih: Parameter
    weight_hh: Parameter
    bias_ih: Parameter | None
    bias_hh: Parameter | None
    _mode = "RNN_TANH"

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool,
        num_chunks: int,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.bias = bias
        rows = num_chunks * hidden_size
        self.weight_ih = new_parameter((rows, input_size), device, dtype)
        self.weight_hh = new_parameter((rows, hidden_size), device, dtype)
        self.register_parameter("bias_ih", new_parameter((rows,), device, dtype) if bias else None)
        self.register_parameter("bias_hh", new_parameter((rows,), device, dtype) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draws all weights evenly between ±1/√hidden_size."""
        bound = 1.0 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def extra_repr(self) -> str:
        """The options that are not the defaults."""
        text = f"{self.input_size}, {self.hidden_size}"
        if self.bias is not True:
            text += f", bias={self.bias}"
        nonlinearity = getattr(self, "nonlinearity", "tanh")
        return text + (f", nonlinearity={nonlinearity}" if nonlinearity != "tanh" else "")

    def _step(self, input: Tensor, states: tuple[Tensor, ...] | None) -> tuple[Tensor, ...]:
        name = type(self).__name__
        if input.ndim not in (1, 2):
            raise ValueError(f"{name}: Expected input to be 1D or 2D, got {input.ndim}D instead")
        if input.shape[-1] != self.input_size:
            raise RuntimeError(f"input has inconsistent input_size: got {input.shape[-1]} expected {self.input_size}")
        shape = tuple(input.shape[:-1]) + (self.hidden_size,)
        if states is None:
            zeros = _w.zeros(Tensor, shape, input.dtype)
            states = (zeros, zeros) if self._mode == "LSTM" else (zeros,)
        for state in states:
            if tuple(state.shape) != shape:
                raise RuntimeError(f"hidden state has shape {state.shape}, expected {shape}")
        x = _w.linear(input, self.weight_ih, self.bias_ih)
        return _STEPS[self._mode](x, states, self.weight_hh, self.bias_hh, None)


class RNNCell(RNNCellBase):
    """One step of :class:`RNN`."""

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 1, device, dtype)
        self.nonlinearity = nonlinearity

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        """The next state."""
        if self.nonlinearity not in ("tanh", "relu"):
            raise RuntimeError(f"Unknown nonlinearity: {self.nonlinearity}")
        self._mode = "RNN_" + self.nonlinearity.upper()
        return self._step(input, None if hx is None else (hx,))[0]


class LSTMCell(RNNCellBase):
    """One step of :class:`LSTM`."""

    _mode = "LSTM"

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 4, device, dtype)

    def forward(self, input: Tensor, hx: tuple[Tensor, Tensor] | None = None) -> tuple[Tensor, ...]:
        """The next state and cell."""
        return self._step(input, None if hx is None else tuple(hx))


class GRUCell(RNNCellBase):
    """One step of :class:`GRU`."""

    _mode = "GRU"

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        """The next state."""
        return self._step(input, None if hx is None else (hx,))[0]
