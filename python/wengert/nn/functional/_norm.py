"""Normalisations: layer, batch, instance, group and root mean square."""

from __future__ import annotations

import math
from collections.abc import Sequence

import wengert._wengert as _w
from wengert._wengert import Tensor


def _normalised(x: Tensor, axes: tuple[int, ...], eps: float) -> Tensor:
    mean = _w.mean(x, axes, True)
    centred = x - mean
    return centred * _w.rsqrt(_w.mean(_w.square(centred), axes, True) + eps)


def _trailing(name: str, input: Tensor, shape: Sequence[int]) -> tuple[int, ...]:
    """The last axes, which must have the sizes ``shape``."""
    shape = tuple(shape)
    if not shape or tuple(input.shape[-len(shape):]) != shape:
        raise RuntimeError(
            f"Given normalized_shape={list(shape)}, expected input with shape [*, {', '.join(map(str, shape))}], "
            f"but got input of size{list(input.shape)}"
        )
    return tuple(range(-len(shape), 0))


def layer_norm(
    input: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """(x − mean)/√(var + eps) over the last axes, times ``weight`` plus ``bias``.

    >>> import wengert
    >>> layer_norm(wengert.tensor([[1.0, 3.0]]), (2,))
    tensor([[-1.0000,  1.0000]])
    """
    result = _normalised(input, _trailing("layer_norm", input, normalized_shape), eps)
    if weight is not None:
        result = result * weight
    if bias is not None:
        result = result + bias
    return _w.label(result, "NativeLayerNormBackward0", [x for x in (input, weight, bias) if x is not None])


def rms_norm(
    input: Tensor, normalized_shape: Sequence[int], weight: Tensor | None = None, eps: float | None = None
) -> Tensor:
    """x over its root mean square over the last axes, times ``weight``."""
    axes = _trailing("rms_norm", input, normalized_shape)
    if eps is None:
        eps = 2.0**-52 if "64" in str(input.dtype) else 2.0**-23
    result = input * _w.rsqrt(_w.mean(_w.square(input), axes, True) + eps)
    return result if weight is None else result * weight


def _along_channels(x: Tensor | None, ndim: int) -> Tensor | None:
    """A value for each channel, shaped to meet axis 1."""
    return None if x is None else _w.reshape(x, (1, -1) + (1,) * (ndim - 2))


def _seen(x: Tensor) -> Tensor:
    """The plain value under all running transforms, as one row: what running values may remember."""
    return _w.reshape(_w.primal(x) if _w.is_wrapped(x) else x.detach(), (-1,))


def _check_values(input: Tensor, name: str) -> None:
    if math.prod(input.shape) // max(input.shape[1], 1) == 1:
        raise ValueError(f"Expected more than 1 {name} per channel when training, got input size {input.shape}")


def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """(x − mean)/√(var + eps) for each channel (axis 1): over the batch while training, else of the running values.

    While training, the running values move by ``momentum`` towards those of the batch, in place.
    """
    axes = (0, *range(2, input.ndim))
    if training:
        _check_values(input, "value")
        mean = _w.mean(input, axes, True)
        centred = input - mean
        var = _w.mean(_w.square(centred), axes, True)
        count = math.prod(input.shape) // input.shape[1]
        if running_mean is not None:
            _w.assign(running_mean, running_mean * (1 - momentum) + _seen(mean) * momentum)
        if running_var is not None:
            unbiased = _seen(var) * (count / (count - 1))
            _w.assign(running_var, running_var * (1 - momentum) + unbiased * momentum)
    else:
        if running_mean is None or running_var is None:
            raise RuntimeError("Expected running_mean and running_var to be defined when training=False")
        centred = input - _along_channels(running_mean, input.ndim)
        var = _w.reshape(running_var, (1, -1) + (1,) * (input.ndim - 2))
    result = centred * _w.rsqrt(var + eps)
    if weight is not None:
        result = result * _along_channels(weight, input.ndim)
    if bias is not None:
        result = result + _along_channels(bias, input.ndim)
    return _w.label(result, "NativeBatchNormBackward0", [x for x in (input, weight, bias) if x is not None])


def instance_norm(
    input: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """(x − mean)/√(var + eps) over the positions of each channel of each example."""
    axes = tuple(range(2, input.ndim))
    if not use_input_stats:
        return batch_norm(input, running_mean, running_var, weight, bias, False, momentum, eps)
    count = math.prod(input.shape[2:])
    if count == 1:
        raise ValueError(f"Expected more than 1 spatial element when training, got input size {input.shape}")
    mean = _w.mean(input, axes, True)
    centred = input - mean
    var = _w.mean(_w.square(centred), axes, True)
    if running_mean is not None:
        seen = _seen(_w.mean(mean, 0))
        _w.assign(running_mean, running_mean * (1 - momentum) + seen * momentum)
    if running_var is not None:
        seen = _seen(_w.mean(var, 0)) * (count / (count - 1))
        _w.assign(running_var, running_var * (1 - momentum) + seen * momentum)
    result = centred * _w.rsqrt(var + eps)
    if weight is not None:
        result = result * _along_channels(weight, input.ndim)
    return result if bias is None else result + _along_channels(bias, input.ndim)


def group_norm(
    input: Tensor, num_groups: int, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5
) -> Tensor:
    """(x − mean)/√(var + eps) over each of ``num_groups`` groups of channels of each example."""
    if input.ndim < 2:
        raise RuntimeError(f"Expected at least 2 dimensions for input tensor but received {input.ndim}")
    if input.shape[1] % num_groups:
        raise RuntimeError(
            f"Expected number of channels in input to be divisible by num_groups, but got input of shape "
            f"{list(input.shape)} and num_groups={num_groups}"
        )
    shape = tuple(input.shape)
    result = _w.reshape(_normalised(_w.reshape(input, (shape[0], num_groups, -1)), (2,), eps), shape)
    if weight is not None:
        result = result * _along_channels(weight, input.ndim)
    if bias is not None:
        result = result + _along_channels(bias, input.ndim)
    return _w.label(result, "NativeGroupNormBackward0", [x for x in (input, weight, bias) if x is not None])


def local_response_norm(
    input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Tensor:
    """x/(k + alpha·mean of x² over ``size`` neighbouring channels)^beta."""
    if input.ndim < 3:
        raise ValueError(f"Expected 3D or higher dimensionality input (got {input.ndim} dimensions)")
    channels = input.shape[1]
    widths = [(0, 0)] * input.ndim
    widths[1] = (size // 2, (size - 1) // 2)
    padded = _w.pad(_w.square(input), widths, "constant", 0.0)
    total = _w.slice(padded, 1, 0, channels, 1)
    for shift in range(1, size):
        total = total + _w.slice(padded, 1, shift, shift + channels, 1)
    return input / _w.pow(total * (alpha / size) + k, beta)
