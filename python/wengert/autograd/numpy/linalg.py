"""``numpy.linalg``: NumPy itself for plain values; inside a transform, what `wengert.numpy.linalg` has."""

from __future__ import annotations

from typing import Any

import numpy as _np

from ..._names import missing as _missing
from ...numpy import linalg as _ours
from ._lifted import lift as _lift

globals().update(_lift(_np.linalg, _ours, "linalg."))
_absent = _missing(__name__, lambda: [n for n in globals() if not n.startswith("_")])


def __getattr__(name: str) -> Any:
    return _absent(name)
