"""Sequences of different lengths: packed, padded, and through recurrent layers, as PyTorch's."""

from __future__ import annotations

import pytest

from twins import BOTH, close, each, seeded, summed


@pytest.mark.parametrize("batch_first", [False, True])
@pytest.mark.parametrize("lengths", [[5, 3, 3, 1], [2, 5, 1, 4]])
@pytest.mark.parametrize(
    "text", ["nn.LSTM(3, 4, 2, bidirectional=True)", "nn.GRU(3, 4, bidirectional=True)", "nn.RNN(3, 4, 2)", "nn.LSTM(3, 4, proj_size=2)"]
)
def test_packed_sequences_through_recurrent_layers(text, lengths, batch_first):
    from test_modules import pair

    x = seeded(4, 5, 3) if batch_first else seeded(5, 4, 3)
    ends = []
    for lib, module in zip(BOTH, pair(text)):
        rnn = lib.nn.utils.rnn
        leaf = lib.tensor(x, requires_grad=True)
        in_order = lengths == sorted(lengths, reverse=True)
        packed = rnn.pack_padded_sequence(leaf, lib.tensor(lengths), batch_first=batch_first, enforce_sorted=in_order)
        out, states = module(packed)
        padded, sizes = rnn.pad_packed_sequence(out, batch_first=batch_first, padding_value=-1.0, total_length=6)
        summed(lib, [padded, states]).backward()
        ends.append([packed.data, packed.batch_sizes, padded, sizes, states, leaf.grad, *(p.grad for p in module.parameters())])
    close(*ends, "packed", rtol=1e-3, atol=1e-5)


@each
def test_packing_and_unpacking(lib):
    rnn = lib.nn.utils.rnn
    parts = [lib.tensor([1, 2]), lib.tensor([3, 4, 5]), lib.tensor([6])]
    packed = rnn.pack_sequence(parts, enforce_sorted=False)
    assert packed.data.tolist() == [3, 1, 6, 4, 2, 5]
    assert packed.batch_sizes.tolist() == [3, 2, 1]
    assert packed.sorted_indices.tolist() == [1, 0, 2] and packed.unsorted_indices.tolist() == [1, 0, 2]
    assert [x.tolist() for x in rnn.unpack_sequence(packed)] == [[1, 2], [3, 4, 5], [6]]
    padded, lengths = rnn.pad_packed_sequence(packed, batch_first=True)
    assert padded.tolist() == [[1, 2, 0], [3, 4, 5], [6, 0, 0]] and lengths.tolist() == [2, 3, 1]
    assert [x.tolist() for x in rnn.unpad_sequence(padded, lengths, batch_first=True)] == [[1, 2], [3, 4, 5], [6]]
    for bad, kind in [
        (lambda: rnn.pack_sequence(parts), RuntimeError),
        (lambda: rnn.pack_padded_sequence(padded, [1, 0, 1], True, False), RuntimeError),
        (lambda: rnn.pack_padded_sequence(padded, [1, 1], True), (RuntimeError, ValueError)),
        (lambda: rnn.pad_packed_sequence(packed, total_length=1), ValueError),
    ]:
        with pytest.raises(kind):
            bad()
