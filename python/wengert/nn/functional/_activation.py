"""Activations: functions of each element, and softmax."""

from __future__ import annotations

import warnings
from typing import Any

import wengert._wengert as _w
from wengert._wengert import Tensor

_SELU_ALPHA = 1.6732632423543772848170429916717
_SELU_SCALE = 1.0507009873554804934193349852946


def _into(input: Tensor, result: Tensor, inplace: bool) -> Tensor:
    """``result``, written over ``input`` if the caller asked for it."""
    if not inplace:
        return result
    _w.assign(input, result)
    return input


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """max(x, 0) of each element.

    >>> import wengert
    >>> relu(wengert.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """
    return _into(input, _w.relu(input), True) if inplace else _w.relu(input)


def relu_(input: Tensor) -> Tensor:
    """:func:`relu` in place."""
    return relu(input, True)


def hardtanh(input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    """Each element kept between ``min_val`` and ``max_val``."""
    if min_val > max_val:
        raise ValueError("min_val cannot be greater than max_val")
    return _into(input, _w.label(_w.clamp(input, min_val, max_val), "HardtanhBackward0", [input]), inplace)


def hardtanh_(input: Tensor, min_val: float = -1.0, max_val: float = 1.0) -> Tensor:
    """:func:`hardtanh` in place."""
    return hardtanh(input, min_val, max_val, True)


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """min(max(x, 0), 6) of each element."""
    return _into(input, _w.label(_w.clamp(input, 0.0, 6.0), "HardtanhBackward0", [input]), inplace)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """x where positive, ``negative_slope``·x elsewhere."""
    result = _w.label(_w.where(input > 0, input, input * negative_slope), "LeakyReluBackward0", [input])
    return _into(input, result, inplace)


def leaky_relu_(input: Tensor, negative_slope: float = 0.01) -> Tensor:
    """:func:`leaky_relu` in place."""
    return leaky_relu(input, negative_slope, True)


def rrelu(
    input: Tensor, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False, inplace: bool = False
) -> Tensor:
    """:func:`leaky_relu` with a slope drawn for each element while training, the mean slope otherwise."""
    if not training:
        return leaky_relu(input, (lower + upper) / 2, inplace)
    slope = _w.uniform(Tensor, lower, upper, input.shape, input.dtype)
    return _into(input, _w.where(input > 0, input, input * slope), inplace)


def rrelu_(input: Tensor, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False) -> Tensor:
    """:func:`rrelu` in place."""
    return rrelu(input, lower, upper, training, True)


def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """x where positive, ``weight``·x elsewhere; one weight, or one for each channel (axis 1)."""
    size = weight.shape[0] if weight.ndim else 1
    if weight.ndim > 1:
        raise RuntimeError(f"prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {weight.ndim}")
    if size > 1:
        channels = input.shape[1] if input.ndim > 1 else 1 if input.ndim == 0 else input.shape[0]
        if channels != size:
            raise RuntimeError(
                f"Mismatch of parameter numbers and input channel size. Found parameter numbers = {size} "
                f"and channel size = {channels}."
            )
        if input.ndim > 2:
            weight = _w.reshape(weight, (size,) + (1,) * (input.ndim - 2))
    return _w.label(_w.where(input > 0, input, input * weight), "PreluKernelBackward0", [input, weight])


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """x where positive, ``alpha``·(eˣ − 1) elsewhere."""
    result = _w.label(_w.where(input > 0, input, _w.expm1(input) * alpha), "EluBackward0", [input])
    return _into(input, result, inplace)


def elu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """:func:`elu` in place."""
    return elu(input, alpha, True)


def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """The self-normalising scaled exponential linear unit."""
    negative = _w.expm1(input) * (_SELU_ALPHA * _SELU_SCALE)
    result = _w.label(_w.where(input > 0, input * _SELU_SCALE, negative), "EluBackward0", [input])
    return _into(input, result, inplace)


def selu_(input: Tensor) -> Tensor:
    """:func:`selu` in place."""
    return selu(input, True)


def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """x where positive, ``alpha``·(e^(x/alpha) − 1) elsewhere."""
    if alpha == 0:
        raise RuntimeError("ZeroDivisionError: alpha cannot be 0 for CELU")
    result = _w.label(_w.where(input > 0, input, _w.expm1(input / alpha) * alpha), "CeluBackward0", [input])
    return _into(input, result, inplace)


def celu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """:func:`celu` in place."""
    return celu(input, alpha, True)


def gelu(input: Tensor, approximate: str = "none") -> Tensor:
    """x·Φ(x), exactly (``"none"``) or by the tanh approximation (``"tanh"``)."""
    if approximate == "none":
        return _w.gelu(input)
    if approximate == "tanh":
        return _w.gelu_tanh(input)
    raise RuntimeError("approximate argument must be either none or tanh.")


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """x·σ(x), also called swish."""
    return _into(input, _w.silu(input), inplace)


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """x·tanh(softplus(x))."""
    return _into(input, _w.label(input * _w.tanh(_w.softplus(input)), "MishBackward0", [input]), inplace)


def softplus(input: Tensor, beta: float = 1, threshold: float = 20) -> Tensor:
    """log(1 + e^(beta·x))/beta, and x itself where beta·x is above ``threshold``."""
    scaled = input if beta == 1 else input * beta
    soft = _w.softplus(scaled)
    result = _w.where(scaled > threshold, input, soft if beta == 1 else soft / beta)
    return _w.label(result, "SoftplusBackward0", [input])


def logsigmoid(input: Tensor) -> Tensor:
    """log σ(x), without overflow."""
    return _w.log_sigmoid(input)


def sigmoid(input: Tensor) -> Tensor:
    """1/(1 + e⁻ˣ)."""
    return _w.sigmoid(input)


def tanh(input: Tensor) -> Tensor:
    """The hyperbolic tangent."""
    return _w.tanh(input)


def tanhshrink(input: Tensor) -> Tensor:
    """x − tanh(x)."""
    return input - _w.tanh(input)


def softsign(input: Tensor) -> Tensor:
    """x/(1 + |x|)."""
    return input / (_w.abs(input) + 1)


def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """x/6 + 1/2, kept between 0 and 1."""
    result = _w.label(_w.clamp(input + 3.0, 0.0, 6.0) / 6.0, "HardsigmoidBackward0", [input])
    return _into(input, result, inplace)


def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """x·hardsigmoid(x)."""
    result = _w.label(input * _w.clamp(input + 3.0, 0.0, 6.0) / 6.0, "HardswishBackward0", [input])
    return _into(input, result, inplace)


def hardshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """x where it lies outside ±``lambd``, 0 elsewhere."""
    return _w.label(_w.where(_w.abs(input) > lambd, input, 0.0), "HardshrinkBackward0", [input])


def softshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """x moved towards 0 by ``lambd``, 0 where it would cross it."""
    if lambd < 0:
        raise RuntimeError(f"lambda must be greater or equal to 0, but found to be {lambd}.")
    outside = _w.where(input > lambd, input - lambd, input + lambd)
    return _w.label(_w.where(_w.abs(input) > lambd, outside, 0.0), "SoftshrinkBackward0", [input])


def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """x where it is above ``threshold``, ``value`` elsewhere."""
    return _into(input, _w.label(_w.where(input > threshold, input, value), "ThresholdBackward0", [input]), inplace)


_threshold = threshold


def threshold_(input: Tensor, threshold: float, value: float) -> Tensor:
    """:func:`threshold` in place."""
    return _threshold(input, threshold, value, True)


def glu(input: Tensor, dim: int = -1) -> Tensor:
    """The first half along ``dim`` times σ of the second."""
    if input.ndim == 0:
        raise RuntimeError("glu does not support 0-dimensional tensors")
    size = input.shape[dim]
    if size % 2:
        raise RuntimeError(f"Halving dimension must be even, but dimension {dim} is size {size}")
    first, second = _w.split(input, [size // 2, size // 2], dim)
    return _w.label(first * _w.sigmoid(second), "GluBackward0", [input])


def _axis(name: str, ndim: int, stacklevel: int) -> int:
    """The axis that softmax takes without being told, after a warning."""
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument.",
        stacklevel=stacklevel,
    )
    return 0 if ndim in (0, 1, 3) else 1


def softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """eˣ/Σeˣ along ``dim``.

    >>> import wengert
    >>> softmax(wengert.tensor([0.0, 0.0]), dim=0)
    tensor([0.5000, 0.5000])
    """
    if dim is None:
        dim = _axis("softmax", input.ndim, _stacklevel)
    return _w.softmax(input if dtype is None else _w.cast(input, dtype), dim)


def softmin(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """Softmax of −x along ``dim``."""
    if dim is None:
        dim = _axis("softmin", input.ndim, _stacklevel)
    return softmax(-input, dim, dtype=dtype)


def log_softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """The logarithm of softmax along ``dim``, without overflow."""
    if dim is None:
        dim = _axis("log_softmax", input.ndim, _stacklevel)
    return _w.log_softmax(input if dtype is None else _w.cast(input, dtype), dim)


def gumbel_softmax(logits: Tensor, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1) -> Tensor:
    """Softmax of logits with Gumbel noise; ``hard`` gives one-hot values with the soft ones' gradient."""
    if eps != 1e-10:
        warnings.warn("`eps` parameter is deprecated and has no effect.", stacklevel=2)
    noise = -_w.log(_w.exponential(Tensor, 1.0, logits.shape, logits.dtype))
    soft = _w.softmax((logits + noise) / tau, dim)
    if not hard:
        return soft
    index = _w.expand_dims(_w.argmax(soft.detach(), dim), dim)
    one = _w.scatter(_w.zeros_like(soft.detach()), dim, index, _w.ones_like(_w.cast(index, soft.dtype)))
    return one - soft.detach() + soft
