"""Convolution of arrays of any number of axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ... import _wengert
from ...numpy._convert import axis_of, cells
from .._arguments import show

__all__ = ["convolve"]


def convolve(A: Any, B: Any, axes: Any = None, dot_axes: Any = ((), ()), mode: str = "full") -> Any:
    """The sums of products of two arrays moved past each other along pairs of axes, one of them the other
    way round.

    `axes` are the pairs (all axes by default); along the pairs `dot_axes` the arrays lie on each other and
    are summed over. The result has the other axes of `A`, those of `B`, and those moved along.

    >>> import wengert.autograd.numpy as np
    >>> from wengert.autograd.scipy.signal import convolve
    >>> convolve(np.array([1.0, 2.0, 3.0]), np.array([1.0, 1.0]))
    array([1., 3., 5., 3.])
    """
    if mode not in ("full", "valid", "same"):
        raise ValueError(f"Mode {mode} undefined, it can be one of 'valid', 'full', and 'same'")
    given = A
    a, b = cells([A, B])
    over_a, over_b = _pairs(axes, a, b) if axes is not None else (list(range(a.ndim)), list(range(a.ndim)))
    dot_a, dot_b = _pairs(dot_axes, a, b)
    rest_a = [i for i in range(a.ndim) if i not in over_a and i not in dot_a]
    rest_b = [i for i in range(b.ndim) if i not in over_b and i not in dot_b]
    if mode == "valid":
        smaller = [b.shape[j] <= a.shape[i] for i, j in zip(over_a, over_b)]
        if not all(smaller):
            if any(n < m for n, m in ((b.shape[j], a.shape[i]) for i, j in zip(over_a, over_b))):
                raise ValueError("One array must be larger than the other along all convolved dimensions")
            swapped = convolve(b, a, (over_b, over_a), (dot_b, dot_a), mode)
            order = list(range(len(rest_b), len(rest_b) + len(rest_a))) + list(range(len(rest_b)))
            return show(
                _wengert.permute(swapped, tuple(order) + tuple(range(len(order), swapped.ndim))), given
            )
    # `a` is padded and laid out once more for every place of the filter: its axis i becomes (moved, filter).
    labels = iter("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    name_a, name_b = {i: next(labels) for i in range(a.ndim)}, {}
    for i, j in zip(dot_a, dot_b):
        name_b[j] = name_a[i]
    for j in rest_b:
        name_b[j] = next(labels)
    written, moved = [name_a[i] for i in range(a.ndim)], []
    widths = [(0, 0)] * a.ndim
    for i, j in zip(over_a, over_b):
        m = b.shape[j]
        widths[i] = (0, 0) if mode == "valid" else (m - 1, m - 1)
    windows = _wengert.pad(a, widths, "constant", 0.0) if mode != "valid" else a
    shift = 0
    for i, j in sorted(zip(over_a, over_b)):
        n, m = a.shape[i], b.shape[j]
        first, count = {"full": (0, n + m - 1), "valid": (0, n - m + 1), "same": ((m - 1) // 2, n)}[mode]
        places = (first + np.arange(count))[:, None] + np.arange(m)[::-1]
        windows = windows[(slice(None),) * (i + shift) + (places,)]
        name_b[j] = next(labels)
        written.insert(i + shift + 1, name_b[j])
        shift += 1
    moved = [name_a[i] for i in over_a]
    out = [name_a[i] for i in rest_a] + [name_b[j] for j in rest_b] + moved
    equation = "".join(written) + "," + "".join(name_b[j] for j in range(b.ndim)) + "->" + "".join(out)
    return show(_wengert.einsum(equation, [windows, b]), given)


def _pairs(axes: Any, a: Any, b: Any) -> tuple[list[int], list[int]]:
    first, second = (list(part) if isinstance(part, Sequence) else [part] for part in axes)
    return [axis_of(i, a.ndim) for i in first], [axis_of(j, b.ndim) for j in second]
