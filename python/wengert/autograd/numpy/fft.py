"""``numpy.fft``: NumPy itself for plain values. Fourier transforms do not differentiate yet; a traced value
is refused by name."""

from __future__ import annotations

from typing import Any

import numpy as _np

from ..._names import missing as _missing
from ._lifted import lifted as _lifted

globals().update({_name: _lifted(f"fft.{_name}", getattr(_np.fft, _name), None) for _name in _np.fft.__all__})
_absent = _missing(__name__, lambda: [n for n in globals() if not n.startswith("_")])


def __getattr__(name: str) -> Any:
    return _absent(name)
