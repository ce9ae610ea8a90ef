"""Activations as modules."""

from __future__ import annotations

from typing import Any

import wengert._wengert as _w
from wengert._wengert import Tensor
from wengert.nn import functional as F
from wengert.nn.modules.linear import new_parameter
from wengert.nn.modules.module import Module
from wengert.nn.parameter import Parameter

__all__ = [
    "Threshold", "ReLU", "RReLU", "Hardtanh", "ReLU6", "Sigmoid", "Hardsigmoid", "Tanh", "SiLU", "Mish", "Hardswish",
    "ELU", "CELU", "SELU", "GLU", "GELU", "Hardshrink", "LeakyReLU", "LogSigmoid", "Softplus", "Softshrink", "PReLU",
    "Softsign", "Tanhshrink", "Softmin", "Softmax", "Softmax2d", "LogSoftmax",
]

_tanh, _sigmoid, _relu = _w.tanh, _w.sigmoid, _w.relu


class _Plain(Module):
    """An activation without options."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class _InPlace(Module):
    """An activation that may overwrite its input."""

    __constants__ = ["inplace"]
    inplace: bool

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def extra_repr(self) -> str:
        """Whether the input is overwritten."""
        return "inplace=True" if self.inplace else ""


class Tanh(_Plain):
    """The hyperbolic tangent."""

    def forward(self, input: Tensor) -> Tensor:
        """tanh of each element."""
        return _tanh(input)


class Sigmoid(_Plain):
    """1/(1 + e⁻ˣ)."""

    def forward(self, input: Tensor) -> Tensor:
        """σ of each element."""
        return _sigmoid(input)


class ReLU(_InPlace):
    """max(x, 0).

    >>> import wengert
    >>> from wengert import nn
    >>> nn.ReLU()(wengert.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """

    def forward(self, input: Tensor) -> Tensor:
        """max(x, 0) of each element."""
        return F.relu(input, True) if self.inplace else _relu(input)


class ReLU6(_InPlace):
    """min(max(x, 0), 6)."""

    def forward(self, input: Tensor) -> Tensor:
        """Each element kept between 0 and 6."""
        return F.relu6(input, self.inplace)


class SiLU(_InPlace):
    """x·σ(x), also called swish."""

    def forward(self, input: Tensor) -> Tensor:
        """x·σ(x) of each element."""
        return F.silu(input, self.inplace)


class Mish(_InPlace):
    """x·tanh(softplus(x))."""

    def forward(self, input: Tensor) -> Tensor:
        """x·tanh(softplus(x)) of each element."""
        return F.mish(input, self.inplace)


class SELU(_InPlace):
    """The self-normalising scaled exponential linear unit."""

    def forward(self, input: Tensor) -> Tensor:
        """selu of each element."""
        return F.selu(input, self.inplace)


class Hardsigmoid(Module):
    """x/6 + 1/2, kept between 0 and 1."""

    inplace: bool

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """The hard sigmoid of each element."""
        return F.hardsigmoid(input, self.inplace)


class Hardswish(Module):
    """x·hardsigmoid(x)."""

    inplace: bool

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """The hard swish of each element."""
        return F.hardswish(input, self.inplace)


class Threshold(Module):
    """x where above ``threshold``, ``value`` elsewhere."""

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__()
        self.threshold, self.value, self.inplace = threshold, value, inplace

    def forward(self, input: Tensor) -> Tensor:
        """The elements above the threshold."""
        return F.threshold(input, self.threshold, self.value, self.inplace)

    def extra_repr(self) -> str:
        """The options."""
        return f"threshold={self.threshold}, value={self.value}" + (", inplace=True" if self.inplace else "")


class RReLU(Module):
    """LeakyReLU with random slopes while training."""

    def __init__(self, lower: float = 1.0 / 8, upper: float = 1.0 / 3, inplace: bool = False) -> None:
        super().__init__()
        self.lower, self.upper, self.inplace = lower, upper, inplace

    def forward(self, input: Tensor) -> Tensor:
        """The randomised leaky rectifier of each element."""
        return F.rrelu(input, self.lower, self.upper, self.training, self.inplace)

    def extra_repr(self) -> str:
        """The options."""
        return f"lower={self.lower}, upper={self.upper}" + (", inplace=True" if self.inplace else "")


class Hardtanh(Module):
    """x kept between ``min_val`` and ``max_val``."""

    def __init__(
        self,
        min_val: float = -1.0,
        max_val: float = 1.0,
        inplace: bool = False,
        min_value: float | None = None,
        max_value: float | None = None,
    ) -> None:
        super().__init__()
        self.min_val = min_val if min_value is None else min_value
        self.max_val = max_val if max_value is None else max_value
        self.inplace = inplace
        if self.max_val <= self.min_val:
            raise AssertionError(f"max_val ({self.max_val}) must be larger than min_val ({self.min_val})")

    def forward(self, input: Tensor) -> Tensor:
        """Each element kept between the bounds."""
        return F.hardtanh(input, self.min_val, self.max_val, self.inplace)

    def extra_repr(self) -> str:
        """The options."""
        return f"min_val={self.min_val}, max_val={self.max_val}" + (", inplace=True" if self.inplace else "")


class ELU(Module):
    """x where positive, ``alpha``·(eˣ − 1) elsewhere."""

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha, self.inplace = alpha, inplace

    def forward(self, input: Tensor) -> Tensor:
        """elu of each element."""
        return F.elu(input, self.alpha, self.inplace)

    def extra_repr(self) -> str:
        """The options."""
        return f"alpha={self.alpha}" + (", inplace=True" if self.inplace else "")


class CELU(ELU):
    """x where positive, ``alpha``·(e^(x/alpha) − 1) elsewhere."""

    def forward(self, input: Tensor) -> Tensor:
        """celu of each element."""
        return F.celu(input, self.alpha, self.inplace)


class GLU(Module):
    """The first half along ``dim`` times σ of the second."""

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        """The gated half."""
        return F.glu(input, self.dim)

    def extra_repr(self) -> str:
        """The axis."""
        return f"dim={self.dim}"


class GELU(Module):
    """x·Φ(x), exactly or by the tanh approximation."""

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, input: Tensor) -> Tensor:
        """gelu of each element."""
        return F.gelu(input, self.approximate)

    def extra_repr(self) -> str:
        """The option."""
        return f"approximate={self.approximate!r}"


class Hardshrink(Module):
    """x where outside ±``lambd``, 0 elsewhere."""

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def forward(self, input: Tensor) -> Tensor:
        """The elements outside."""
        return F.hardshrink(input, self.lambd)

    def extra_repr(self) -> str:
        """The option."""
        return f"{self.lambd}"


class Softshrink(Hardshrink):
    """x moved towards 0 by ``lambd``."""

    def forward(self, input: Tensor) -> Tensor:
        """The elements moved towards 0."""
        return F.softshrink(input, self.lambd)


class LeakyReLU(Module):
    """x where positive, ``negative_slope``·x elsewhere."""

    def __init__(self, negative_slope: float = 1e-2, inplace: bool = False) -> None:
        super().__init__()
        self.negative_slope, self.inplace = negative_slope, inplace

    def forward(self, input: Tensor) -> Tensor:
        """The leaky rectifier of each element."""
        return F.leaky_relu(input, self.negative_slope, self.inplace)

    def extra_repr(self) -> str:
        """The options."""
        return f"negative_slope={self.negative_slope}" + (", inplace=True" if self.inplace else "")


class LogSigmoid(_Plain):
    """log σ(x)."""

    def forward(self, input: Tensor) -> Tensor:
        """log σ of each element."""
        return F.logsigmoid(input)


class Softplus(Module):
    """log(1 + e^(beta·x))/beta."""

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta, self.threshold = beta, threshold

    def forward(self, input: Tensor) -> Tensor:
        """softplus of each element."""
        return F.softplus(input, self.beta, self.threshold)

    def extra_repr(self) -> str:
        """The options."""
        return f"beta={self.beta}, threshold={self.threshold}"


class PReLU(Module):
    """x where positive, ``weight``·x elsewhere; the weight, or one for each channel, is learned."""

    weight: Parameter

    def __init__(self, num_parameters: int = 1, init: float = 0.25, device: Any = None, dtype: Any = None) -> None:
        super().__init__()
        self.num_parameters, self.init = num_parameters, init
        self.weight = new_parameter((num_parameters,), device, dtype)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Sets the weights to where they began."""
        _w.assign(self.weight.detach(), self.init)

    def forward(self, input: Tensor) -> Tensor:
        """The leaky rectifier of each element."""
        return F.prelu(input, self.weight)

    def extra_repr(self) -> str:
        """How many weights."""
        return f"num_parameters={self.num_parameters}"


class Softsign(_Plain):
    """x/(1 + |x|)."""

    def forward(self, input: Tensor) -> Tensor:
        """softsign of each element."""
        return F.softsign(input)


class Tanhshrink(_Plain):
    """x − tanh(x)."""

    def forward(self, input: Tensor) -> Tensor:
        """x − tanh(x) of each element."""
        return F.tanhshrink(input)


class _AlongAxis(Module):
    """An activation along an axis."""

    dim: int | None

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def extra_repr(self) -> str:
        """The axis."""
        return f"dim={self.dim}"


class Softmin(_AlongAxis):
    """Softmax of −x along ``dim``."""

    def forward(self, input: Tensor) -> Tensor:
        """Shares that add up to 1."""
        return F.softmin(input, self.dim, _stacklevel=5)


class Softmax(_AlongAxis):
    """eˣ/Σeˣ along ``dim``.

    >>> import wengert
    >>> from wengert import nn
    >>> nn.Softmax(dim=1)(wengert.zeros(1, 2))
    tensor([[0.5000, 0.5000]])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Shares that add up to 1."""
        return F.softmax(input, self.dim, _stacklevel=5)

    def extra_repr(self) -> str:
        """The axis."""
        return f"dim={self.dim}"


class LogSoftmax(_AlongAxis):
    """The logarithm of softmax along ``dim``."""

    def forward(self, input: Tensor) -> Tensor:
        """Logarithms of shares that add up to 1."""
        return F.log_softmax(input, self.dim, _stacklevel=5)


class Softmax2d(_Plain):
    """Softmax over the channels of (batch, channels, h, w) or (channels, h, w)."""

    def forward(self, input: Tensor) -> Tensor:
        """Shares that add up to 1."""
        if input.ndim not in (3, 4):
            raise ValueError(f"Softmax2d: expected input to be 3D or 4D, got {input.ndim}D instead")
        return F.softmax(input, -3)
