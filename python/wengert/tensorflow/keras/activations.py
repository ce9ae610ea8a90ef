"""`tf.keras.activations`: functions that layers take by name.

>>> get("relu") is relu
True
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wengert import _wengert as _n
from wengert.tensorflow import nn as _nn
from wengert.tensorflow._convert import floating, like


def linear(x: Any) -> Any:
    """The tensor itself."""
    return x


def relu(x: Any, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0) -> Any:
    """The positive part; or with a slope on the negative side, a largest value, a threshold."""
    if negative_slope == 0.0 and max_value is None and threshold == 0.0:
        return _nn.relu(x)
    tensor = floating(x, "Relu")
    high = _n.where(_n.gt(tensor, threshold), tensor, _n.mul(_n.sub(tensor, threshold), negative_slope))
    return high if max_value is None else _n.minimum(high, like(max_value, tensor.dtype))


def relu6(x: Any) -> Any:
    """Held between 0 and 6."""
    return _nn.relu6(x)


def leaky_relu(x: Any, negative_slope: float = 0.2) -> Any:
    """The tensor where it is positive, and a part of it elsewhere."""
    return _nn.leaky_relu(x, negative_slope)


def sigmoid(x: Any) -> Any:
    """The logistic function."""
    return _nn.sigmoid(x)


def hard_sigmoid(x: Any) -> Any:
    """`x / 6 + 1/2`, held between 0 and 1."""
    return _n.div(_nn.relu6(_n.add(floating(x, "HardSigmoid"), 3.0)), 6.0)


def log_sigmoid(x: Any) -> Any:
    """The logarithm of the logistic function."""
    return _n.log_sigmoid(floating(x, "LogSigmoid"))


def tanh(x: Any) -> Any:
    """The hyperbolic tangent."""
    return _nn.tanh(x)


def softmax(x: Any, axis: int = -1) -> Any:
    """Exponentials that add up to one along an axis."""
    return _nn.softmax(x, axis)


def log_softmax(x: Any, axis: int = -1) -> Any:
    """The logarithm of `softmax`."""
    return _nn.log_softmax(x, axis)


def softplus(x: Any) -> Any:
    """`log(1 + exp(x))`."""
    return _nn.softplus(x)


def softsign(x: Any) -> Any:
    """`x / (1 + |x|)`."""
    return _nn.softsign(x)


def exponential(x: Any) -> Any:
    """The exponential."""
    return _n.exp(floating(x, "Exp"))


def elu(x: Any, alpha: float = 1.0) -> Any:
    """The tensor where it is positive, `alpha · (exp(x) - 1)` elsewhere."""
    tensor = floating(x, "Elu")
    if alpha == 1.0:
        return _nn.elu(tensor)
    return _n.where(_n.gt(tensor, 0), tensor, _n.mul(_n.expm1(_n.minimum(tensor, 0.0)), alpha))


def selu(x: Any) -> Any:
    """`elu`, scaled so that it keeps the variance of its input."""
    return _nn.selu(x)


def gelu(x: Any, approximate: bool = False) -> Any:
    """`x` times the normal distribution function of `x`."""
    return _nn.gelu(x, approximate)


def silu(x: Any) -> Any:
    """`x` times the logistic function of `x`."""
    return _nn.silu(x)


swish = silu


def mish(x: Any) -> Any:
    """`x · tanh(log(1 + exp(x)))`."""
    tensor = floating(x, "Mish")
    return _n.mul(tensor, _n.tanh(_n.softplus(tensor)))


def celu(x: Any, alpha: float = 1.0) -> Any:
    """The tensor where it is positive, `alpha · (exp(x / alpha) - 1)` elsewhere."""
    tensor = floating(x, "Elu")
    low = _n.mul(_n.expm1(_n.div(_n.minimum(tensor, 0.0), alpha)), alpha)
    return _n.add(_n.relu(tensor), low)


def glu(x: Any, axis: int = -1) -> Any:
    """One half along an axis, times the logistic function of the other."""
    tensor = floating(x, "Glu")
    half = tensor.shape[axis] // 2
    first, gate = _n.split(tensor, [half, half], axis)
    return _n.mul(first, _n.sigmoid(gate))


def hard_silu(x: Any) -> Any:
    """`x` times `hard_sigmoid` of it."""
    return _n.mul(floating(x, "HardSilu"), hard_sigmoid(x))


hard_swish = hard_silu


def hard_tanh(x: Any) -> Any:
    """Held between -1 and 1."""
    return _n.clamp(floating(x, "HardTanh"), -1.0, 1.0)


def hard_shrink(x: Any, threshold: float = 0.5) -> Any:
    """Zero up to a threshold, the tensor itself beyond it."""
    tensor = floating(x, "HardShrink")
    return _n.where(_n.gt(_n.abs(tensor), threshold), tensor, _n.zeros_like(tensor))


def soft_shrink(x: Any, threshold: float = 0.5) -> Any:
    """Nearer to zero by a threshold."""
    tensor = floating(x, "SoftShrink")
    high, low = _n.sub(tensor, threshold), _n.add(tensor, threshold)
    return _n.where(
        _n.gt(tensor, threshold), high, _n.where(_n.lt(tensor, -threshold), low, _n.zeros_like(tensor))
    )


def tanh_shrink(x: Any) -> Any:
    """`x - tanh(x)`."""
    tensor = floating(x, "TanhShrink")
    return _n.sub(tensor, _n.tanh(tensor))


def squareplus(x: Any, b: float = 4.0) -> Any:
    """`(x + sqrt(x² + b)) / 2`."""
    tensor = floating(x, "Squareplus")
    return _n.div(_n.add(tensor, _n.sqrt(_n.add(_n.square(tensor), b))), 2.0)


def threshold(x: Any, threshold: float, default_value: float) -> Any:
    """The tensor above a threshold, a number elsewhere."""
    tensor = floating(x, "Threshold")
    return _n.where(_n.gt(tensor, threshold), tensor, _n.full_like(tensor, default_value))


def sparse_plus(x: Any) -> Any:
    """Zero up to -1, the tensor from 1 on, and a parabola between."""
    tensor = floating(x, "SparsePlus")
    middle = _n.div(_n.square(_n.add(tensor, 1.0)), 4.0)
    return _n.where(_n.le(tensor, -1.0), _n.zeros_like(tensor), _n.where(_n.lt(tensor, 1.0), middle, tensor))


def sparse_sigmoid(x: Any) -> Any:
    """`(x + 1) / 2`, held between 0 and 1."""
    return _n.clamp(_n.mul(_n.add(floating(x, "SparseSigmoid"), 1.0), 0.5), 0.0, 1.0)


_NAMED: dict[str, Callable[..., Any]] = {
    f.__name__: f
    for f in (
        linear,
        relu,
        relu6,
        leaky_relu,
        sigmoid,
        hard_sigmoid,
        log_sigmoid,
        tanh,
        softmax,
        log_softmax,
        softplus,
        softsign,
        exponential,
        elu,
        selu,
        gelu,
        silu,
        mish,
        celu,
        glu,
        hard_silu,
        hard_tanh,
        hard_shrink,
        soft_shrink,
        tanh_shrink,
        squareplus,
        threshold,
        sparse_plus,
        sparse_sigmoid,
    )
} | {"swish": silu, "hard_swish": hard_silu}


def get(identifier: Any) -> Callable[..., Any]:
    """The function with a name; None is `linear`, functions stay what they are."""
    if identifier is None:
        return linear
    if callable(identifier):
        return identifier  # type: ignore[no-any-return]
    if identifier not in _NAMED:
        raise ValueError(f"Could not interpret activation function identifier: {identifier}")
    return _NAMED[identifier]


def serialize(activation: Callable[..., Any]) -> str:
    """The name of a function."""
    return activation.__name__


def __getattr__(name: str) -> Any:
    from wengert._names import missing

    return missing("wengert.tensorflow.keras.activations", [*_NAMED, "get", "serialize"])(name)
