"""`wengert.nn.modules.shaping` under the name that PyTorch has for a part of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wengert._names import missing
from wengert.nn.modules.shaping import *  # noqa: F403
from wengert.nn.modules.shaping import __all__

if not TYPE_CHECKING:
    __getattr__ = missing(__name__, __all__)
