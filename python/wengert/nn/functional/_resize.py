"""Images and signals in other sizes."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence

import wengert._wengert as _w
from wengert._wengert import Tensor

_LINEAR = {"linear": 3, "bilinear": 4, "trilinear": 5}


def interpolate(
    input: Tensor,
    size: int | Sequence[int] | None = None,
    scale_factor: float | Sequence[float] | None = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:
    """(batch, channels, …) in another size: the nearest element, or between the elements in a straight line.

    >>> import wengert
    >>> interpolate(wengert.tensor([[[1.0, 3.0]]]), scale_factor=2, mode="linear")
    tensor([[[1.0000, 1.5000, 2.5000, 3.0000]]])
    """
    if mode not in ("nearest", "nearest-exact", *_LINEAR):
        raise NotImplementedError(f"interpolate: mode {mode!r} is not provided; there are nearest, {', '.join(_LINEAR)}")
    if antialias:
        raise NotImplementedError("interpolate: antialias is not provided")
    if mode in _LINEAR:
        align_corners = bool(align_corners)
        if input.ndim != _LINEAR[mode]:
            raise NotImplementedError(f"Got {input.ndim}D input, but {mode} mode needs {_LINEAR[mode]}D input")
    elif align_corners is not None:
        raise ValueError(
            "align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear"
        )
    axes = input.ndim - 2
    if (size is None) == (scale_factor is None):
        raise ValueError(
            "either size or scale_factor should be defined" if size is None
            else "only one of size or scale_factor should be defined"
        )
    factors: list[float | None] = [None] * axes
    if size is not None:
        sizes = [int(size)] * axes if isinstance(size, int) else [int(n) for n in size]
    else:
        given = [scale_factor] * axes if isinstance(scale_factor, (int, float)) else list(scale_factor or ())
        sizes = [math.floor(n * factor) for n, factor in zip(input.shape[2:], given)]
        if not recompute_scale_factor:
            factors = list(given)
        if len(given) != axes:
            raise ValueError(f"scale_factor must have {axes} numbers for an input of shape {input.shape}")
    if len(sizes) != axes:
        raise ValueError(f"size must have {axes} numbers for an input of shape {input.shape}")
    for place, (wanted, factor) in enumerate(zip(sizes, factors)):
        axis, has = place + 2, input.shape[place + 2]
        step = 1 / factor if factor else has / wanted
        if mode in _LINEAR:
            input = _linear(input, axis, has, wanted, step, bool(align_corners))
        elif wanted != has or factor:
            shift = 0.5 if mode == "nearest-exact" else 0.0
            index = [min(math.floor((i + shift) * step), has - 1) for i in range(wanted)]
            input = _w.take(input, _w.from_data(Tensor, index, "int64"), axis)
    return input


def _linear(x: Tensor, axis: int, has: int, wanted: int, step: float, corners: bool) -> Tensor:
    """``wanted`` values along an axis, each between two neighbours."""
    if corners:
        places = [i * (has - 1) / (wanted - 1) if wanted > 1 else 0.0 for i in range(wanted)]
    else:
        places = [max((i + 0.5) * step - 0.5, 0.0) for i in range(wanted)]
    low = [min(math.floor(place), has - 1) for place in places]
    high = [min(n + 1, has - 1) for n in low]
    shape = (wanted,) + (1,) * (x.ndim - axis - 1)
    share = _w.reshape(_w.from_data(Tensor, [p - n for p, n in zip(places, low)], x.dtype), shape)
    before, after = (_w.take(x, _w.from_data(Tensor, index, "int64"), axis) for index in (low, high))
    return before + (after - before) * share


def upsample(
    input: Tensor,
    size: int | Sequence[int] | None = None,
    scale_factor: float | Sequence[float] | None = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
) -> Tensor:
    """An old name of :func:`interpolate`."""
    warnings.warn("`nn.functional.upsample` is deprecated. Use `nn.functional.interpolate` instead.", stacklevel=2)
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(
    input: Tensor, size: int | Sequence[int] | None = None, scale_factor: float | Sequence[float] | None = None
) -> Tensor:
    """An old name of :func:`interpolate` with the nearest elements."""
    warnings.warn("`nn.functional.upsample_nearest` is deprecated. Use `nn.functional.interpolate` instead.", stacklevel=2)
    return interpolate(input, size, scale_factor, "nearest")


def upsample_bilinear(
    input: Tensor, size: int | Sequence[int] | None = None, scale_factor: float | Sequence[float] | None = None
) -> Tensor:
    """An old name of :func:`interpolate` in straight lines, corner to corner."""
    warnings.warn("`nn.functional.upsample_bilinear` is deprecated. Use `nn.functional.interpolate` instead.", stacklevel=2)
    return interpolate(input, size, scale_factor, "bilinear", True)
