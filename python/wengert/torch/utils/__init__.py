"""What PyTorch keeps in ``torch.utils``: data sets and their loaders, checkpoints."""

from __future__ import annotations

from wengert._names import missing
from wengert.torch.utils import checkpoint, data, hooks

__all__ = ["checkpoint", "data", "hooks"]
__getattr__ = missing(__name__, __all__)
