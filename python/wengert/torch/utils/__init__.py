"""What PyTorch keeps in ``torch.utils``: data sets and their loaders, checkpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wengert._names import missing
from wengert.torch.utils import checkpoint, data, hooks

__all__ = ["checkpoint", "data", "hooks"]
if not TYPE_CHECKING:
    __getattr__ = missing(__name__, __all__)
