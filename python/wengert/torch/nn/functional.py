"""`wengert.nn.functional` under PyTorch's name."""

from __future__ import annotations

from wengert.nn.functional import *  # noqa: F403
from wengert.nn.functional import __all__, __getattr__  # noqa: F401
