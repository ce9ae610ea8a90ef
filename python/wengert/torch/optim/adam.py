"""`wengert.optim.adam` under PyTorch's name."""

from __future__ import annotations

from wengert._names import missing
from wengert.optim.adam import *
from wengert.optim.adam import __all__

__getattr__ = missing(__name__, __all__)
