"""`wengert.nn.utils.parametrize` under PyTorch's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wengert._names import missing
from wengert.nn.utils.parametrize import *  # noqa: F403
from wengert.nn.utils.parametrize import __all__

if not TYPE_CHECKING:
    __getattr__ = missing(__name__, __all__)
