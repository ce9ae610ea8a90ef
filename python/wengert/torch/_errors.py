"""The exceptions of PyTorch's convention."""

from __future__ import annotations

from wengert import _wengert


class ArgumentError(RuntimeError, ValueError):
    """An argument that makes no sense; caught as RuntimeError or as ValueError, for PyTorch raises now one, now the other."""


ArgumentError.__module__ = "wengert.torch"
_wengert.register("torch", errors={"argument": ArgumentError})
