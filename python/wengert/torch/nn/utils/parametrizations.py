"""`wengert.nn.utils.parametrizations` under PyTorch's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wengert._names import missing
from wengert.nn.utils.parametrizations import *  # noqa: F403
from wengert.nn.utils.parametrizations import __all__

if not TYPE_CHECKING:
    __getattr__ = missing(__name__, __all__)
