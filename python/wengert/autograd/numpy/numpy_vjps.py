"""What the rules of primitives that broadcast are written with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import numpy as anp


def unbroadcast(x: Any, target_meta: Any, broadcast_idx: int = 0) -> Any:
    """The sum of `x` over the axes along which it was broadcast; `target_meta` is a shape, or begins with
    one."""
    shape = target_meta[0] if target_meta and isinstance(target_meta[0], tuple) else tuple(target_meta)
    while anp.ndim(x) > len(shape):
        x = anp.sum(x, axis=broadcast_idx)
    for axis, length in enumerate(shape):
        if length == 1 and anp.shape(x)[axis] != 1:
            x = anp.sum(x, axis=axis, keepdims=True)
    return x


def unbroadcast_f(target: Any, f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The rule `f`, its result summed to the shape of `target`."""
    shape = anp.shape(target)
    return lambda g: unbroadcast(f(g), (shape,))
