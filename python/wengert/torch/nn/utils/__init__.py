"""`wengert.nn.utils` under PyTorch's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wengert._names import missing
from wengert.nn.utils import *
from wengert.nn.utils import __all__, parametrizations, parametrize

if not TYPE_CHECKING:
    __getattr__ = missing(__name__, __all__)
