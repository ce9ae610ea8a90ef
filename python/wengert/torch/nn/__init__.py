"""`wengert.nn` under PyTorch's name."""

from __future__ import annotations

from wengert.nn import *
from wengert.nn import __all__, __getattr__
