"""Rows that share a number, put together."""

from __future__ import annotations

from typing import Any

import numpy as np

from wengert import _wengert as _n
from wengert.tensorflow._convert import Tensor, as_tensor, like, made


def _segments(data: Any, segment_ids: Any, num_segments: Any) -> tuple[Any, Any, int]:
    x, ids = as_tensor(data), np.asarray(as_tensor(segment_ids)).astype(np.int64)
    count = int(num_segments) if num_segments is not None else (int(ids.max()) + 1 if ids.size else 0)
    return x, ids, count


def unsorted_segment_sum(data: Any, segment_ids: Any, num_segments: Any, name: str | None = None) -> Any:
    """The sums of the rows that share a number.

    >>> unsorted_segment_sum([1, 2, 3], [0, 1, 0], 2).numpy()
    array([4, 2], dtype=int32)
    """
    x, ids, count = _segments(data, segment_ids, num_segments)
    inner = tuple(x.shape)[ids.ndim :]
    kept = np.where(ids < 0, count, ids).reshape(-1)
    total = _n.zeros(Tensor, (count + 1,) + inner, x.dtype)
    total = _n.index_add(total, 0, made(kept), _n.reshape(x, (ids.size,) + inner))
    return _n.narrow(total, 0, 0, count)


def unsorted_segment_mean(data: Any, segment_ids: Any, num_segments: Any, name: str | None = None) -> Any:
    """The means of the rows that share a number."""
    x, ids, count = _segments(data, segment_ids, num_segments)
    sizes = np.bincount(ids[(ids >= 0) & (ids < count)].reshape(-1), minlength=count)[:count]
    inner = (1,) * (x.ndim - ids.ndim)
    divisor = like(np.maximum(sizes, 1).reshape((count,) + inner), x.dtype)
    return _n.div(unsorted_segment_sum(x, ids, count), divisor)


def _segment_extreme(native: Any, data: Any, segment_ids: Any, num_segments: Any, empty: Any) -> Any:
    x, ids, count = _segments(data, segment_ids, num_segments)
    rows = []
    for i in range(count):
        member = np.flatnonzero(ids == i)
        if len(member):
            rows.append(native(_n.take(x, made(member.astype(np.int64)), 0), 0))
        else:
            rows.append(_n.full(Tensor, tuple(x.shape)[1:], empty(x.dtype), x.dtype))
    return _n.stack(rows, 0)


def unsorted_segment_max(data: Any, segment_ids: Any, num_segments: Any, name: str | None = None) -> Any:
    """The largest of the rows that share a number."""
    return _segment_extreme(_n.amax, data, segment_ids, num_segments, lambda t: t.min.item())


def unsorted_segment_min(data: Any, segment_ids: Any, num_segments: Any, name: str | None = None) -> Any:
    """The smallest of the rows that share a number."""
    return _segment_extreme(_n.amin, data, segment_ids, num_segments, lambda t: t.max.item())


def unsorted_segment_prod(data: Any, segment_ids: Any, num_segments: Any, name: str | None = None) -> Any:
    """The products of the rows that share a number."""
    return _segment_extreme(_n.prod, data, segment_ids, num_segments, lambda t: 1)


def unsorted_segment_sqrt_n(data: Any, segment_ids: Any, num_segments: Any, name: str | None = None) -> Any:
    """The sums of the rows that share a number, divided by the roots of how many there are."""
    x, ids, count = _segments(data, segment_ids, num_segments)
    sizes = np.bincount(ids[(ids >= 0) & (ids < count)].reshape(-1), minlength=count)[:count]
    divisor = like(np.sqrt(np.maximum(sizes, 1)).reshape((count,) + (1,) * (x.ndim - ids.ndim)), x.dtype)
    return _n.div(unsorted_segment_sum(x, ids, count), divisor)


def segment_prod(data: Any, segment_ids: Any, name: str | None = None) -> Any:
    """The products of consecutive rows that share a number."""
    return _segment_extreme(_n.prod, data, segment_ids, None, lambda t: 1)


def segment_sum(data: Any, segment_ids: Any, name: str | None = None) -> Any:
    """The sums of consecutive rows that share a number."""
    return unsorted_segment_sum(data, segment_ids, None)


def segment_mean(data: Any, segment_ids: Any, name: str | None = None) -> Any:
    """The means of consecutive rows that share a number."""
    return unsorted_segment_mean(data, segment_ids, None)


def segment_max(data: Any, segment_ids: Any, name: str | None = None) -> Any:
    """The largest of consecutive rows that share a number."""
    return _segment_extreme(_n.amax, data, segment_ids, None, lambda t: 0)


def segment_min(data: Any, segment_ids: Any, name: str | None = None) -> Any:
    """The smallest of consecutive rows that share a number."""
    return _segment_extreme(_n.amin, data, segment_ids, None, lambda t: 0)


__all__ = [
    "segment_max",
    "segment_mean",
    "segment_min",
    "segment_prod",
    "segment_sum",
    "unsorted_segment_max",
    "unsorted_segment_mean",
    "unsorted_segment_min",
    "unsorted_segment_prod",
    "unsorted_segment_sqrt_n",
    "unsorted_segment_sum",
]
