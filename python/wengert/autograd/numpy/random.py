"""``numpy.random``: NumPy's generators and its very numbers; `normal` and `uniform` differentiate by their
parameters."""

from __future__ import annotations

from typing import Any

import numpy as _np

from ..._names import missing as _missing
from ...numpy import random as _ours
from ._lifted import lift as _lift

_names = _lift(_np.random, _ours, "random.")
globals().update(_names)
for _name in ("seed", "get_state", "set_state", "default_rng", "shuffle"):
    globals()[_name] = getattr(_ours, _name)
_absent = _missing(__name__, lambda: [n for n in globals() if not n.startswith("_")])


def __getattr__(name: str) -> Any:
    return _absent(name)
