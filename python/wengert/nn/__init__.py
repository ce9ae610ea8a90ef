"""Modules, losses, and values to begin with: `wengert.nn`.

>>> import wengert
>>> from wengert import nn
>>> model = nn.Sequential(nn.Linear(64, 50), nn.Tanh(), nn.Linear(50, 10))
>>> sum(p.numel() for p in model.parameters())
3760
"""

from __future__ import annotations

from wengert._names import missing
from wengert.nn import functional, init, modules, parameter, utils
from wengert.nn.modules import *
from wengert.nn.modules import __all__ as _modules
from wengert.nn.parameter import Buffer, Parameter

__all__ = ["functional", "init", "modules", "parameter", "utils", "Buffer", "Parameter", *_modules]
_missing = missing(__name__, __all__)


def __getattr__(name: str) -> object:
    if any(word in name.lower() for word in ("conv", "pool", "fold")):
        raise AttributeError(f"module {__name__!r} has no {name!r}: convolutions and pooling are not provided", name=name)
    return _missing(name)
