"""`ArrayBox`, the class that HIPS Autograd has for arrays inside a transform."""

from __future__ import annotations

from typing import Any

from ..._wengert import Array
from ...numpy._convert import is_traced
from ..extend import Box
from ..tracer import _Boxes


class _ArrayBoxes(_Boxes):
    def __instancecheck__(cls, x: Any) -> bool:
        return isinstance(x, Array) and is_traced(x)


class ArrayBox(Box, metaclass=_ArrayBoxes):
    """The class of arrays inside a running transform, for ``isinstance``; ``x._value`` is the plain
    ndarray."""
