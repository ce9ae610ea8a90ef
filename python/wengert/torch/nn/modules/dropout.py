"""`wengert.nn.modules.dropout` under PyTorch's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wengert._names import missing
from wengert.nn.modules.dropout import *  # noqa: F403
from wengert.nn.modules.dropout import __all__, _DropoutNd  # noqa: F401

if not TYPE_CHECKING:
    __getattr__ = missing(__name__, __all__)
