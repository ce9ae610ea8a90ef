"""The lifted functions of NumPy, under the name that HIPS Autograd keeps them at."""

from __future__ import annotations

from typing import Any

from .. import numpy as _lifted
from ..extend import notrace_primitive as notrace_primitive, primitive as primitive


def __getattr__(name: str) -> Any:
    return getattr(_lifted, name)
