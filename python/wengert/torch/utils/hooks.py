"""The handle that registering a hook returns."""

from __future__ import annotations

from wengert._names import missing
from wengert.nn.modules.hooks import RemovableHandle

__all__ = ["RemovableHandle"]
__getattr__ = missing(__name__, __all__)
