"""`wengert.nn` under PyTorch's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wengert.nn import *
from wengert.nn import __all__

if not TYPE_CHECKING:
    from wengert.nn import __getattr__  # noqa: F401
