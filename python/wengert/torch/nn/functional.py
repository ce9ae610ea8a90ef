"""`wengert.nn.functional` under PyTorch's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wengert.nn.functional import *  # noqa: F403
from wengert.nn.functional import __all__  # noqa: F401

if not TYPE_CHECKING:
    from wengert.nn.functional import __getattr__  # noqa: F401
