"""How tensors are written, to the letter as PyTorch writes them."""

from __future__ import annotations

from math import inf
from typing import Any

from wengert import _wengert
from wengert._wengert import Tensor
from wengert.torch import _dtype


class _Options:
    """How values are laid out."""

    __slots__ = ("precision", "threshold", "edgeitems", "linewidth", "sci_mode")

    precision: int
    threshold: float
    edgeitems: int
    linewidth: int
    sci_mode: bool | None

    def __init__(self) -> None:
        self.precision, self.threshold, self.edgeitems, self.linewidth = 4, 1000, 3, 80
        self.sci_mode = None


PRINT_OPTS = _Options()
_PROFILES: dict[str, tuple[int, float, int, int]] = {
    "default": (4, 1000, 3, 80),
    "short": (2, 1000, 2, 80),
    "full": (4, inf, 3, 80),
}


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """How tensors are printed: digits after the point, from how many elements on they are shortened, how many are
    left at the edges then, how long a line is, and whether powers of ten are written.

    >>> torch.set_printoptions(precision=2)
    >>> torch.tensor([1.23456])
    tensor([1.23])
    >>> torch.set_printoptions(profile="default")
    """
    o = PRINT_OPTS
    if profile is not None:
        if profile in _PROFILES:
            o.precision, o.threshold, o.edgeitems, o.linewidth = _PROFILES[profile]
    if precision is not None:
        o.precision = precision
    if threshold is not None:
        o.threshold = threshold
    if edgeitems is not None:
        o.edgeitems = edgeitems
    if linewidth is not None:
        o.linewidth = linewidth
    o.sci_mode = sci_mode


def get_printoptions() -> dict[str, Any]:
    """The options in use, as a dictionary."""
    return {name: getattr(PRINT_OPTS, name) for name in _Options.__slots__}


def text(x: Tensor, word: str = "tensor(") -> str:
    """What `repr` gives."""
    kind = x.dtype
    suffixes = []
    empty = x.numel() == 0
    if empty:
        if x.ndim != 1:
            suffixes.append(f"size={tuple(x.shape)!r}")
        if kind is not _dtype.get_default_dtype():
            suffixes.append(f"dtype={kind!r}")
    elif not (kind is _dtype.get_default_dtype() or kind is _dtype.int64 or kind is _dtype.bool_):
        suffixes.append(f"dtype={kind!r}")
    node = x.grad_fn
    if node is not None:
        suffixes.append(f"grad_fn=<{node.name()}>")
    elif x.requires_grad:
        suffixes.append("requires_grad=True")
    if empty:
        body = f"{word}[]"
        for suffix in suffixes:
            wide = len(body.rpartition("\n")[2]) + len(suffix) + 2 > PRINT_OPTS.linewidth
            body += f",\n{' ' * len(word)}{suffix}" if wide else f", {suffix}"
        return body + ")"
    o = PRINT_OPTS
    try:
        return _wengert.format(x, word, suffixes, o.precision, o.threshold, o.edgeitems, o.linewidth, o.sci_mode)
    except RuntimeError:
        if not _wengert.is_wrapped(x):
            raise
        # One value of a batch, or of a program that is being traced: there is no number to show yet.
        return f"{word}<not known here>, size={tuple(x.shape)!r}, dtype={kind!r})"


def represent(self: Tensor, *, tensor_contents: str | None = None) -> str:
    """The tensor's values, dtype and history, as text."""
    return text(self)
