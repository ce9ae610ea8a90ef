"""Sequences of different lengths."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import wengert._wengert as _w
from wengert._wengert import Tensor

__all__ = [
    "PackedSequence", "invert_permutation", "pack_padded_sequence", "pack_sequence", "pad_packed_sequence",
    "pad_sequence", "unpack_sequence", "unpad_sequence",
]


class PackedSequence(NamedTuple):
    """Sequences of different lengths without padding, step after step, the longest first.

    ``data`` (steps of all, …) holds first the first steps of all, then the second steps of those that have one, …; how
    many those are says ``batch_sizes``. The two lists of indices lead from the caller's order to this one and back.
    """

    data: Tensor
    batch_sizes: Tensor
    sorted_indices: Tensor | None = None
    unsorted_indices: Tensor | None = None

    def to(self, *args: Any, **kwargs: Any) -> PackedSequence:
        """The same with its data in another dtype."""
        return self._replace(data=self.data.to(*args, **kwargs))

    def double(self) -> PackedSequence:
        """The same in float64."""
        return self._replace(data=_w.cast(self.data, "float64"))

    def float(self) -> PackedSequence:
        """The same in float32."""
        return self._replace(data=_w.cast(self.data, "float32"))


def invert_permutation(permutation: Tensor | None) -> Tensor | None:
    """The permutation that undoes another."""
    return None if permutation is None else _w.argsort(permutation)


def pack_padded_sequence(
    input: Tensor, lengths: Any, batch_first: bool = False, enforce_sorted: bool = True
) -> PackedSequence:
    """Padded sequences (longest, batch, …), or batch first, and their lengths, without the padding.

    >>> import wengert
    >>> pack_padded_sequence(wengert.tensor([[1, 2], [3, 0]]), [2, 1], batch_first=True).data
    tensor([1, 3, 2])
    """
    sizes = [int(n) for n in (lengths.tolist() if isinstance(lengths, Tensor) else lengths)]
    if batch_first:
        input = _w.transpose(input, 0, 1)
    if len(sizes) != input.shape[1]:
        raise RuntimeError(f"Expected `len(lengths)` to be equal to batch_size, but got {len(sizes)} (batch_size={input.shape[1]})")
    if min(sizes) <= 0:
        raise RuntimeError("Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0")
    order = None
    if enforce_sorted:
        if sizes != sorted(sizes, reverse=True):
            raise RuntimeError(
                "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass "
                "`enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to sidestep this requirement if "
                "you do not need ONNX exportability."
            )
    else:
        places = sorted(range(len(sizes)), key=lambda i: -sizes[i])
        sizes = [sizes[i] for i in places]
        order = _w.from_data(Tensor, places, "int64")
        input = _w.take(input, order, 1)
    counts = [sum(size > step for size in sizes) for step in range(sizes[0])]
    steps = _w.unbind(input, 0)
    data = _w.concatenate([_w.slice(step, 0, 0, count, 1) for step, count in zip(steps, counts)], 0)
    return PackedSequence(data, _w.from_data(Tensor, counts, "int64"), order, invert_permutation(order))


def pad_packed_sequence(
    sequence: PackedSequence,
    batch_first: bool = False,
    padding_value: float = 0.0,
    total_length: int | None = None,
) -> tuple[Tensor, Tensor]:
    """What was packed as one padded tensor, and the lengths."""
    counts = [int(n) for n in sequence.batch_sizes.tolist()]
    if total_length is not None and total_length < len(counts):
        raise ValueError(
            "Expected total_length to be at least the length of the longest sequence in input, but got "
            f"total_length={total_length} and max sequence length being {len(counts)}"
        )
    batch = counts[0]
    steps = []
    for step, count in zip(_w.split(sequence.data, counts, 0), counts):
        widths = [(0, batch - count)] + [(0, 0)] * (step.ndim - 1)
        steps.append(_w.pad(step, widths, "constant", padding_value))
    padded = _w.stack(steps, 0)
    if total_length is not None:
        widths = [(0, total_length - len(counts))] + [(0, 0)] * (padded.ndim - 1)
        padded = _w.pad(padded, widths, "constant", padding_value)
    lengths = _w.from_data(Tensor, [sum(count > place for count in counts) for place in range(batch)], "int64")
    if sequence.unsorted_indices is not None:
        padded = _w.take(padded, sequence.unsorted_indices, 1)
        lengths = _w.take(lengths, sequence.unsorted_indices, 0)
    return (_w.transpose(padded, 0, 1) if batch_first else padded), lengths


def pack_sequence(sequences: list[Tensor], enforce_sorted: bool = True) -> PackedSequence:
    """Sequences (length, …) of different lengths, packed."""
    lengths = [x.shape[0] for x in sequences]
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Tensor]:
    """The sequences that ``pack_sequence`` packed."""
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)


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
