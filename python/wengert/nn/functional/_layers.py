"""Layers as functions: affine maps, look-ups, dropout, and rearrangements."""

from __future__ import annotations

from collections.abc import Sequence

import wengert._wengert as _w
from wengert._wengert import Tensor
from wengert.nn.functional._reduction import known


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """input @ weightᵀ + bias: (…, in) with a weight (out, in) gives (…, out).

    >>> import wengert
    >>> linear(wengert.tensor([1.0, 2.0]), wengert.tensor([[3.0, 4.0]]), wengert.tensor([1.0]))
    tensor([12.])
    """
    try:
        return _w.linear(input, weight, bias)
    except (RuntimeError, ValueError):
        if bias is None or tuple(bias.shape) == (weight.shape[0],):
            raise
        return _w.linear(input, weight, None) + bias


def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """x₁ᵀ W x₂ + bias for each matrix of ``weight`` (out, in1, in2)."""
    if input1.shape[:-1] != input2.shape[:-1]:
        raise RuntimeError(f"bilinear(): input batch dimensions do not match: got {input1.shape} and {input2.shape}")
    if input1.shape[-1] != weight.shape[1] or input2.shape[-1] != weight.shape[2]:
        raise RuntimeError(
            f"bilinear(): inputs of sizes {input1.shape[-1]} and {input2.shape[-1]} do not fit a weight of {weight.shape}"
        )
    result = _w.einsum("...i,oij,...j->...o", [input1, weight, input2])
    return result if bias is None else result + bias


def embedding(
    input: Tensor,
    weight: Tensor,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """Rows of ``weight`` (entries, features) by index; the row ``padding_idx`` gets no gradient."""
    entries = weight.shape[0]
    if padding_idx is not None:
        if not -entries <= padding_idx < entries:
            raise AssertionError("Padding_idx must be within num_embeddings")
        padding_idx %= entries
    index = _w.reshape(input, (-1,))
    if max_norm is not None:
        _renormalise(weight, index, max_norm, norm_type)
    if known(index) and (int(_w.min(index)) < 0 or int(_w.max(index)) >= entries):
        raise IndexError(f"index out of range in self: indices lie between 0 and {entries - 1}")
    rows = _w.take(weight, index, 0)
    if scale_grad_by_freq:
        plain = rows.detach()
        seen = _w.sum(_w.cast(_w.expand_dims(index, 0) == _w.expand_dims(index, 1), plain.dtype), 1)
        rows = plain + (rows - plain) / _w.expand_dims(seen, 1)
    if padding_idx is not None:
        padded = _w.expand_dims(index == padding_idx, 1)
        rows = _w.where(padded, rows.detach(), rows)
    return _w.label(_w.reshape(rows, tuple(input.shape) + (weight.shape[1],)), "EmbeddingBackward0", [weight])


def _renormalise(weight: Tensor, index: Tensor, max_norm: float, norm_type: float) -> None:
    """Scales the rows that are looked up, and longer than ``max_norm``, in place."""
    plain = weight.detach()
    norms = _w.norm(plain, float(norm_type), 1, True)
    used = _w.zeros(Tensor, (weight.shape[0],), plain.dtype)
    used = _w.index_add(used, 0, index, _w.ones(Tensor, tuple(index.shape), plain.dtype))
    too_long = _w.logical_and(norms > max_norm, _w.expand_dims(used > 0, 1))
    _w.assign(plain, _w.where(too_long, plain * (max_norm / (norms + 1e-7)), plain))


def embedding_bag(
    input: Tensor,
    weight: Tensor,
    offsets: Tensor | None = None,
    max_norm: float | None = None,
    norm_type: float = 2,
    scale_grad_by_freq: bool = False,
    mode: str = "mean",
    sparse: bool = False,
    per_sample_weights: Tensor | None = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Tensor:
    """Sums, means or maxima of rows of ``weight``: a bag for each row of a 2-d input, or from each offset to the next."""
    if mode not in ("sum", "mean", "max"):
        raise ValueError("mode has to be one of sum, mean or max")
    if per_sample_weights is not None and mode != "sum":
        raise NotImplementedError("embedding_bag: per_sample_weights was not None; it is only supported for mode='sum'")
    if input.ndim == 2:
        if offsets is not None:
            raise ValueError("if input is 2D, then offsets has to be None, as input is treated is a mini-batch")
        bags = [_w.select(input, 0, i) for i in range(input.shape[0])]
        weights = [None] * len(bags) if per_sample_weights is None else _w.unbind(per_sample_weights, 0)
    elif input.ndim == 1:
        if offsets is None:
            raise ValueError("offsets has to be a 1D Tensor but got None")
        starts = [int(n) for n in offsets.tolist()]
        ends = starts[1:] + ([] if include_last_offset else [input.shape[0]])
        starts = starts[:-1] if include_last_offset else starts
        bags = [_w.slice(input, 0, a, b, 1) for a, b in zip(starts, ends)]
        weights = [
            None if per_sample_weights is None else _w.slice(per_sample_weights, 0, a, b, 1)
            for a, b in zip(starts, ends)
        ]
    else:
        raise ValueError(f"input has to be 1D or 2D Tensor, but got Tensor of dimension {input.ndim}")
    rows = []
    for bag, scale in zip(bags, weights):
        if padding_idx is not None:
            kept = [i for i, n in enumerate(bag.tolist()) if n != padding_idx % weight.shape[0]]
            places = _w.from_data(Tensor, kept, "int64")
            bag = _w.take(bag, places, 0)
            scale = None if scale is None else _w.take(scale, places, 0)
        if bag.shape[0] == 0:
            rows.append(_w.zeros(Tensor, (weight.shape[1],), weight.dtype))
            continue
        values = embedding(bag, weight, None, max_norm, norm_type, scale_grad_by_freq, sparse)
        if scale is not None:
            values = values * _w.expand_dims(scale, 1)
        rows.append({"sum": _w.sum, "mean": _w.mean, "max": _w.amax}[mode](values, 0))
    return _w.stack(rows, 0)


def one_hot(input: Tensor, num_classes: int = -1) -> Tensor:
    """1 in the place of each class index, 0 elsewhere: (…) gives (…, classes), int64.

    >>> import wengert
    >>> one_hot(wengert.tensor([0, 2]), 3)
    tensor([[1, 0, 0],
            [0, 0, 1]])
    """
    if "int64" not in str(input.dtype):
        raise RuntimeError("one_hot is only applicable to index tensor of type LongTensor.")
    empty = 0 in tuple(input.shape)
    if empty and num_classes <= 0:
        raise RuntimeError("Can not infer total number of classes from empty tensor.")
    looked = not empty and known(input)
    if looked and int(_w.min(input)) < 0:
        raise RuntimeError("Class values must be non-negative.")
    if num_classes == -1:
        num_classes = int(_w.max(input)) + 1
    elif num_classes < 1:
        raise RuntimeError("num_classes should be positive")
    elif looked and int(_w.max(input)) >= num_classes:
        raise RuntimeError("Class values must be smaller than num_classes.")
    return _w.cast(_w.expand_dims(input, -1) == _w.arange(Tensor, 0, num_classes, 1), "int64")


def _check_probability(p: float) -> None:
    if p < 0.0 or p > 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """While training, sets each element to 0 with probability ``p`` and divides the others by 1 − p."""
    _check_probability(p)
    result = _w.dropout(input, p) if training and p else input
    if inplace and result is not input:
        _w.assign(input, result)
        return input
    return result


def _feature_dropout(input: Tensor, p: float, training: bool, inplace: bool, batched: int) -> Tensor:
    """Drops whole channels: the axis after the batch, which is there if ``input`` has ``batched`` axes."""
    _check_probability(p)
    if not training or not p:
        return input
    axes = 2 if input.ndim >= batched else 1
    shape = tuple(input.shape[:axes]) + (1,) * (input.ndim - axes)
    result = input * _w.dropout(_w.ones(Tensor, shape, input.dtype), p)
    if inplace:
        _w.assign(input, result)
        return input
    return result


def dropout1d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Dropout of whole channels of (batch, channels, length) or (channels, length)."""
    if input.ndim not in (2, 3):
        raise RuntimeError(f"dropout1d: Expected 2D or 3D input, but received a {input.ndim}D input.")
    return _feature_dropout(input, p, training, inplace, 3)


def dropout2d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Dropout of whole channels of (batch, channels, …)."""
    return _feature_dropout(input, p, training, inplace, 2)


def dropout3d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Dropout of whole channels of (batch, channels, …)."""
    return _feature_dropout(input, p, training, inplace, 2)


def _alpha_dropout(input: Tensor, p: float, inplace: bool, shape: tuple[int, ...]) -> Tensor:
    if p == 1.0:
        return input * 0.0
    low = -1.7580993408473766
    scale = ((1 - p) * (1 + p * low * low)) ** -0.5
    kept = _w.bernoulli(Tensor, 1 - p, shape, input.dtype) > 0
    result = _w.where(kept, input, low) * scale - scale * p * low
    if inplace:
        _w.assign(input, result)
        return input
    return result


def alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """Dropout that keeps mean and variance of what :func:`selu` gives."""
    _check_probability(p)
    return _alpha_dropout(input, p, inplace, tuple(input.shape)) if training and p else input


def feature_alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """:func:`alpha_dropout` of whole channels of (batch, channels, …)."""
    _check_probability(p)
    shape = tuple(input.shape[:2]) + (1,) * (input.ndim - 2)
    return _alpha_dropout(input, p, inplace, shape) if training and p else input


def pad(input: Tensor, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Tensor:
    """Adds elements around ``input``: ``pad`` lists before and after for the last axis, then the one before it, ….

    >>> import wengert
    >>> globals()["pad"](wengert.tensor([1.0, 2.0]), (1, 2))
    tensor([0., 1., 2., 0., 0.])
    """
    given = input
    if len(pad) % 2:
        raise RuntimeError("Padding length must be divisible by 2")
    if len(pad) // 2 > input.ndim:
        raise RuntimeError(
            f"Padding length should be less than or equal to two times the input dimension but got padding length "
            f"{len(pad)} and input of dimension {input.ndim}"
        )
    modes = {"constant": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}
    if mode not in modes:
        raise NotImplementedError(f"Unrecognised padding mode {mode}")
    if mode != "constant" and value is not None and value != 0.0:
        raise ValueError(f'Padding mode "{mode}" doesn\'t take in value argument')
    widths = [(0, 0)] * (input.ndim - len(pad) // 2)
    widths += [(int(pad[i]), int(pad[i + 1])) for i in range(len(pad) - 2, -1, -2)]
    for axis, (low, high) in enumerate(widths):
        size = input.shape[axis]
        if mode == "reflect" and max(low, high) >= max(size, 1) and (low or high):
            raise RuntimeError(
                f"Argument #4: Padding size should be less than the corresponding input dimension, but got: padding "
                f"({low}, {high}) at dimension {axis} of input {list(input.shape)}"
            )
        if mode == "circular" and max(low, high) > size:
            raise RuntimeError("Padding value causes wrapping around more than once.")
        if low < 0 or high < 0:
            start, stop = max(-low, 0), size - max(-high, 0)
            if stop < start:
                raise RuntimeError(f"narrow(): the padding ({low}, {high}) leaves nothing of axis {axis}")
            input = _w.slice(input, axis, start, stop, 1)
    widths = [(max(low, 0), max(high, 0)) for low, high in widths]
    result = _w.pad(input, widths, modes[mode], 0.0 if value is None else float(value))
    return _w.label(result, "ConstantPadNdBackward0", [given]) if mode == "constant" else result


def normalize(
    input: Tensor, p: float = 2.0, dim: int = 1, eps: float = 1e-12, out: Tensor | None = None
) -> Tensor:
    """input/max(‖input‖ₚ, eps) along ``dim``."""
    result = input / _w.clamp(_w.norm(input, float(p), dim, True), eps)
    if out is None:
        return result
    _w.assign(out, result)
    return out


def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor:
    """(…, c·r², h, w) to (…, c, h·r, w·r)."""
    r = upscale_factor
    *batch, channels, h, w = input.shape
    if channels % (r * r):
        raise RuntimeError(
            f"pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, "
            f"but input.size(-3)={channels} is not divisible by {r * r}"
        )
    n = len(batch)
    split = _w.reshape(input, (*batch, channels // (r * r), r, r, h, w))
    moved = _w.permute(split, (*range(n), n, n + 3, n + 1, n + 4, n + 2))
    return _w.reshape(moved, (*batch, channels // (r * r), h * r, w * r))


def pixel_unshuffle(input: Tensor, downscale_factor: int) -> Tensor:
    """(…, c, h·r, w·r) to (…, c·r², h, w)."""
    r = downscale_factor
    *batch, channels, h, w = input.shape
    if h % r or w % r:
        raise RuntimeError(
            f"pixel_unshuffle expects height and width to be divisible by downscale_factor, but ({h}, {w}) is not "
            f"divisible by {r}"
        )
    n = len(batch)
    split = _w.reshape(input, (*batch, channels, h // r, r, w // r, r))
    moved = _w.permute(split, (*range(n), n, n + 2, n + 4, n + 1, n + 3))
    return _w.reshape(moved, (*batch, channels * r * r, h // r, w // r))


def channel_shuffle(input: Tensor, groups: int) -> Tensor:
    """Deals the channels (axis 1) of ``groups`` groups out in turn."""
    channels = input.shape[1]
    if channels % groups:
        raise RuntimeError(f"Number of channels must be divisible by groups. Got {channels} channels and {groups} groups.")
    shape = tuple(input.shape)
    split = _w.reshape(input, (shape[0], groups, channels // groups, *shape[2:]))
    return _w.reshape(_w.transpose(split, 1, 2), shape)


native_channel_shuffle = channel_shuffle
