"""Sequences of different lengths."""

from __future__ import annotations

from collections.abc import Iterable

import wengert._wengert as _w
from wengert._wengert import Tensor

__all__ = ["pad_sequence", "unpad_sequence"]


def pad_sequence(
    sequences: Tensor | Iterable[Tensor],
    batch_first: bool = False,
    padding_value: float = 0.0,
    padding_side: str = "right",
) -> Tensor:
    """Sequences (length, …) of different lengths as one tensor (longest, batch, …), or batch first.

    >>> import wengert
    >>> pad_sequence([wengert.tensor([1, 2]), wengert.tensor([3])], batch_first=True)
    tensor([[1, 2],
            [3, 0]])
    """
    listed = list(sequences)
    if not listed:
        raise RuntimeError("received an empty list of sequences")
    if padding_side not in ("left", "right"):
        raise ValueError(f"padding_side should be one of left or right, got {padding_side}")
    longest = max(x.shape[0] for x in listed)
    padded = []
    for x in listed:
        missing = longest - x.shape[0]
        widths = [(missing, 0) if padding_side == "left" else (0, missing)] + [(0, 0)] * (x.ndim - 1)
        padded.append(_w.pad(x, widths, "constant", padding_value))
    return _w.stack(padded, 0 if batch_first else 1)


def unpad_sequence(padded_sequences: Tensor, lengths: Tensor, batch_first: bool = False) -> list[Tensor]:
    """The sequences that ``pad_sequence`` put together."""
    if not batch_first:
        padded_sequences = _w.transpose(padded_sequences, 0, 1)
    return [_w.slice(x, 0, 0, int(n), 1) for x, n in zip(_w.unbind(padded_sequences, 0), lengths.tolist())]
