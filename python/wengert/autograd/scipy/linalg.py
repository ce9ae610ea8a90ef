"""``scipy.linalg``: SciPy itself for plain values. What solves or decomposes does not differentiate yet and
says so by name."""

from __future__ import annotations

import importlib
from typing import Any

from ..._names import missing
from ._lifted import only_scipy


def __getattr__(name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(f"module {__name__!r} has no {name!r}")
    theirs = importlib.import_module("scipy.linalg")
    found = getattr(theirs, name, None)
    if found is None:
        return missing(__name__, theirs.__all__)(name)
    if not callable(found) or isinstance(found, type):
        return found
    globals()[name] = only_scipy("linalg", name)
    return globals()[name]
