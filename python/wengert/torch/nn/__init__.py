"""`wengert.nn` under PyTorch's name."""

from __future__ import annotations

from wengert._names import missing
from wengert.nn import *
from wengert.nn import __all__

__getattr__ = missing(__name__, __all__)
