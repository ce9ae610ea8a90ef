"""The parts of SciPy that differentiate: `special`, `stats`, `signal`, `linalg`, `integrate`."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from ..._names import missing

if TYPE_CHECKING:
    from . import integrate, linalg, signal, special, stats

_SUBMODULES = ("integrate", "linalg", "signal", "special", "stats")
_missing = missing(__name__, _SUBMODULES)


if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name in _SUBMODULES:
            return importlib.import_module(f"{__name__}.{name}")
        return _missing(name)


def __dir__() -> list[str]:
    return list(_SUBMODULES)
