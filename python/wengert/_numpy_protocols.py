"""NumPy's protocols on tensors before `wengert.numpy` is loaded: the first call loads it.

Without them ``numpy.sin(tensor)`` would compute with the numbers alone and lose the derivative.
"""

from __future__ import annotations

import sys
from typing import Any

from ._wengert import Array, Tensor


def _ufunc(self: Any, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
    from .numpy._protocols import array_ufunc

    return array_ufunc(self, ufunc, method, *inputs, **kwargs)


def _function(self: Any, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
    from .numpy._protocols import array_function

    return array_function(self, func, types, args, kwargs)


def _namespace(self: Any, *, api_version: str | None = None) -> Any:
    from .numpy._protocols import array_namespace

    return array_namespace(self, api_version=api_version)


def _buffer(self: Any, flags: int) -> memoryview:
    """The memory of the values (PEP 688: from Python 3.12 on, `memoryview(tensor)` and `bytearray(tensor)` call this)."""
    return memoryview(self.numpy()).__buffer__(flags)  # type: ignore[attr-defined]


def attach() -> None:
    """Give tensors and arrays the protocols, unless they have them."""
    for cls in (Tensor, Array):
        if not hasattr(cls, "__array_ufunc__"):
            cls.__array_ufunc__, cls.__array_function__, cls.__array_namespace__ = _ufunc, _function, _namespace
            cls.__array_priority__ = 1000.0
        if sys.version_info >= (3, 12):
            cls.__buffer__ = _buffer


attach()
