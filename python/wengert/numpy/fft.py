"""``numpy.fft``: Fourier transforms of plain values, by NumPy. They do not differentiate yet, and say so; shifts do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .._names import missing
from .._wengert import Array
from ._convert import axes_of, cell
from ._delegate import delegated
from ._shape import roll


def _shifted(x: Any, axes: Any, forth: bool) -> Array:
    x = cell(x)
    along = axes_of(axes, x.ndim)
    along = tuple(range(x.ndim)) if along is None else along
    return roll(x, tuple(x.shape[i] // 2 if forth else -(x.shape[i] // 2) for i in along), along)


def fftshift(x: Any, axes: Any = None) -> Array:
    """The frequency 0 moved from the front to the middle.

    >>> import wengert.numpy as np
    >>> np.fft.fftshift(np.arange(5))
    array([3, 4, 0, 1, 2])
    """
    return _shifted(x, axes, True)


def ifftshift(x: Any, axes: Any = None) -> Array:
    """The frequency 0 moved from the middle to the front."""
    return _shifted(x, axes, False)


fft = delegated(np.fft.fft, "fft.fft")
fft2 = delegated(np.fft.fft2, "fft.fft2")
fftfreq = delegated(np.fft.fftfreq, "fft.fftfreq")
fftn = delegated(np.fft.fftn, "fft.fftn")
hfft = delegated(np.fft.hfft, "fft.hfft")
ifft = delegated(np.fft.ifft, "fft.ifft")
ifft2 = delegated(np.fft.ifft2, "fft.ifft2")
ifftn = delegated(np.fft.ifftn, "fft.ifftn")
ihfft = delegated(np.fft.ihfft, "fft.ihfft")
irfft = delegated(np.fft.irfft, "fft.irfft")
irfft2 = delegated(np.fft.irfft2, "fft.irfft2")
irfftn = delegated(np.fft.irfftn, "fft.irfftn")
rfft = delegated(np.fft.rfft, "fft.rfft")
rfft2 = delegated(np.fft.rfft2, "fft.rfft2")
rfftfreq = delegated(np.fft.rfftfreq, "fft.rfftfreq")
rfftn = delegated(np.fft.rfftn, "fft.rfftn")

__all__ = [
    "fft", "fft2", "fftfreq", "fftn", "fftshift", "hfft", "ifft", "ifft2", "ifftn", "ifftshift", "ihfft", "irfft", "irfft2",
    "irfftn", "rfft", "rfft2", "rfftfreq", "rfftn",
]  # fmt: skip
if not TYPE_CHECKING:
    __getattr__ = missing(__name__, __all__)
