"""``numpy.fft``: NumPy itself for plain values. Fourier transforms do not differentiate yet; a traced value
is refused by name."""

from __future__ import annotations

from typing import Any

import numpy as _np

from ..._names import missing as _missing
from ...numpy import fft as _ours
from ._lifted import lift as _lift

globals().update(_lift(_np.fft, _ours, "fft."))
_absent = _missing(__name__, lambda: [n for n in globals() if not n.startswith("_")])


def __getattr__(name: str) -> Any:
    return _absent(name)
