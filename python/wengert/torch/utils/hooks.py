"""The handle that registering a hook returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wengert._names import missing
from wengert.nn.modules.hooks import RemovableHandle

__all__ = ["RemovableHandle"]
if not TYPE_CHECKING:
    __getattr__ = missing(__name__, __all__)
