"""`wengert.nn.modules.loss` under PyTorch's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wengert._names import missing
from wengert.nn.modules.loss import *  # noqa: F403
from wengert.nn.modules.loss import __all__, _Loss, _WeightedLoss  # noqa: F401

if not TYPE_CHECKING:
    __getattr__ = missing(__name__, __all__)
