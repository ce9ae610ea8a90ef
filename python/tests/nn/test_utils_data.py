"""Data sets, samplers, loaders and checkpoints, beside PyTorch's."""

from __future__ import annotations

from collections import namedtuple

import numpy as np
import pytest

from twins import BOTH, close, each, ours, theirs

Pair = namedtuple("Pair", "x y")


def listed(x):
    if hasattr(x, "tolist"):
        return x.tolist()
    if isinstance(x, dict):
        return {key: listed(value) for key, value in x.items()}
    if isinstance(x, tuple) and hasattr(x, "_fields"):
        return type(x)(*map(listed, x))
    return [listed(y) for y in x] if isinstance(x, (list, tuple)) else x


LOADERS = [
    "DataLoader(TensorDataset(x, y), batch_size=3)",
    "DataLoader(TensorDataset(x, y), batch_size=3, drop_last=True)",
    "DataLoader(TensorDataset(x, y))",
    "DataLoader(TensorDataset(x, y), batch_size=None)",
    "DataLoader(range(5), batch_size=2)",
    "DataLoader([0.5, 1.5, 2.5], batch_size=2)",
    "DataLoader([(x[0], 1), (x[1], 2)], batch_size=2)",
    "DataLoader([{'a': 1, 'b': x[0]}, {'a': 2, 'b': x[1]}], batch_size=2)",
    "DataLoader([Pair(1, 2.0), Pair(3, 4.0)], batch_size=2)",
    "DataLoader(['a', 'b', 'c'], batch_size=2)",
    "DataLoader(x, batch_size=2)",
    "DataLoader(np.arange(6.0).reshape(3, 2), batch_size=2)",
    "DataLoader(np.arange(6).reshape(3, 2), batch_size=None)",
    "DataLoader([[1, 2], [3, 4]], batch_size=2)",
    "DataLoader(Subset(TensorDataset(x, y), [4, 0, 2]), batch_size=2)",
    "DataLoader(ConcatDataset([TensorDataset(x[:2], y[:2]), TensorDataset(x[5:], y[5:])]), batch_size=3)",
    "DataLoader(TensorDataset(x) + TensorDataset(x * 2), batch_size=4)",
    "DataLoader(StackDataset(a=x, b=y), batch_size=3)",
    "DataLoader(StackDataset(x, y), batch_size=3)",
    "DataLoader(Stream(), batch_size=2)",
    "DataLoader(Stream(), batch_size=2, drop_last=True)",
    "DataLoader(Stream(), batch_size=None)",
    "DataLoader(ChainDataset([Stream(), Stream()]), batch_size=4)",
    "DataLoader(range(7), sampler=SequentialSampler(range(4)), batch_size=3)",
    "DataLoader(range(7), batch_sampler=BatchSampler(range(6), 4, False))",
    "DataLoader(range(7), batch_sampler=[[0, 6], [3]])",
    "DataLoader(TensorDataset(x, y), batch_size=3, collate_fn=lambda items: len(items))",
    "DataLoader(TensorDataset(x, y), batch_size=3, collate_fn=lambda items: [len(item) for item in items])",
    "DataLoader(Plain(), batch_size=2)",
]


def world(lib):
    data = lib.utils.data

    class Stream(data.IterableDataset):
        def __iter__(self):
            return iter(range(5))

    class Plain(data.Dataset):
        def __len__(self):
            return 3

        def __getitem__(self, i):
            return lib.tensor([float(i)]), i

    names = {name: getattr(data, name) for name in ours.utils.data.__all__}
    return {**names, "Stream": Stream, "Plain": Plain, "np": np, "Pair": Pair, "x": lib.arange(14.0).reshape(7, 2), "y": lib.arange(7)}


@pytest.mark.parametrize("text", LOADERS)
def test_a_loader_gives_pytorchs_batches(text):
    ends = []
    for lib in BOTH:
        loader = eval(text, world(lib))
        batches = list(loader)
        kinds = [str(getattr(x, "dtype", type(x))) for batch in batches for x in (batch if isinstance(batch, (list, tuple)) else [batch])]
        try:
            size = len(loader)
        except TypeError:
            size = None
        ends.append((listed(batches), [type(batch).__name__ for batch in batches], kinds, size))
        again = listed(list(loader))
        assert again == ends[-1][0]
    assert ends[1] == ends[0]


@each
def test_shuffled_loaders_give_everything_once_and_another_order_each_time(lib):
    data = lib.utils.data
    loader = data.DataLoader(data.TensorDataset(lib.arange(50)), batch_size=8, shuffle=True, num_workers=0)
    orders = [[n for (batch,) in loader for n in batch.tolist()] for _ in range(2)]
    assert orders[0] != orders[1] and sorted(orders[0]) == sorted(orders[1]) == list(range(50))
    assert [len(batch) for (batch,) in loader] == [8] * 6 + [2]
    same = []
    for _ in range(2):
        generator = lib.Generator().manual_seed(3)
        loader = data.DataLoader(range(20), batch_size=4, shuffle=True, generator=generator)
        same.append([batch.tolist() for batch in loader])
    assert same[0] == same[1]
    lib.manual_seed(0)
    first = [batch.tolist() for batch in data.DataLoader(range(20), 4, True)]
    lib.manual_seed(0)
    assert first == [batch.tolist() for batch in data.DataLoader(range(20), 4, True)]


@each
def test_samplers_and_splits(lib):
    data = lib.utils.data
    assert sorted(data.RandomSampler(range(5))) == [0, 1, 2, 3, 4]
    drawn = list(data.RandomSampler(range(5), replacement=True, num_samples=40))
    assert len(drawn) == 40 and set(drawn) <= set(range(5))
    assert len(list(data.RandomSampler(range(5), num_samples=12))) == 12
    assert sorted(data.SubsetRandomSampler([3, 5, 7])) == [3, 5, 7]
    weighted = list(data.WeightedRandomSampler([0.0, 1.0, 3.0], 400))
    assert set(weighted) == {1, 2} and 0.6 < weighted.count(2) / 400 < 0.9
    parts = data.random_split(range(10), [7, 3], generator=lib.Generator().manual_seed(1))
    assert [len(part) for part in parts] == [7, 3]
    assert sorted(n for part in parts for n in part) == list(range(10))
    assert [len(part) for part in data.random_split(range(11), [0.5, 0.5])] == [6, 5]
    assert data.get_worker_info() is None
    both = data.ConcatDataset([range(3), range(10, 12)])
    assert len(both) == 5 and both[3] == 10 and both[-1] == 11


@pytest.mark.parametrize("text", [
    "DataLoader(range(3), batch_size=0)", "DataLoader(range(3), shuffle=True, sampler=range(3))",
    "DataLoader(range(3), batch_sampler=[[0]], batch_size=2)", "DataLoader(range(3), num_workers=-1)",
    "DataLoader(range(3), batch_size=None, drop_last=True)", "DataLoader(Stream(), shuffle=True)",
    "TensorDataset(x, y[:3])", "random_split(range(3), [1, 1])", "ConcatDataset([])", "ConcatDataset([range(2)])[-3]",
    "RandomSampler(range(3), num_samples=0)", "BatchSampler(range(3), 0, False)", "Dataset()[0]",
    "list(DataLoader([x[0], x], batch_size=2))", "list(DataLoader([object()]))", "WeightedRandomSampler([1.0], 0)",
    "StackDataset()", "list(DataLoader([[1], [1, 2]], batch_size=2))",
])
def test_bad_input_raises_what_pytorch_raises(text):
    errors = []
    for lib in BOTH:
        with pytest.raises(Exception) as error:
            eval(text, world(lib))
        errors.append(error.value)
    assert type(errors[1]) is type(errors[0]) or isinstance(errors[1], type(errors[0])), errors


@each
def test_line_22_checkpoint_computes_again_and_gives_the_same_gradients(lib):
    checkpoint = lib.utils.checkpoint.checkpoint
    calls = []

    def f(x, y, scale=1.0):
        calls.append(1)
        return (x * y).sin() * scale, y + 1

    ends = []
    for through in (f, lambda *a, **k: checkpoint(f, *a, use_reentrant=False, **k)):
        x = lib.tensor([1.0, 2.0], requires_grad=True)
        y = lib.tensor([0.5, -1.0], requires_grad=True)
        calls.clear()
        a, b = through(x, y, scale=3.0)
        (a * b).sum().backward()
        ends.append((x.grad, y.grad, len(calls)))
    close(ends[0][:2], ends[1][:2]) if lib is theirs else np.testing.assert_allclose(
        ends[1][0].numpy(), ends[0][0].numpy(), rtol=1e-6
    )
    assert ends[0][2] == 1


@each
def test_line_22_checkpoint_of_a_module_and_of_a_row(lib):
    nn = lib.nn
    checkpoints = lib.utils.checkpoint
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Dropout(0.5), nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 1))
    x = lib.tensor(np.linspace(-1, 1, 15, dtype=np.float32).reshape(5, 3), requires_grad=True)
    ends = []
    for through in (
        model,
        lambda x: checkpoints.checkpoint(model, x, use_reentrant=False),
        lambda x: checkpoints.checkpoint_sequential(model, 2, x, use_reentrant=False),
        lambda x: checkpoints.checkpoint(lambda z: model(z) * 1.0, x, use_reentrant=False),
    ):
        model.zero_grad()
        x.grad = None
        lib.manual_seed(0)
        through(x).sum().backward()
        ends.append([x.grad.numpy(), *(p.grad.numpy() for p in model.parameters())])
    for other in ends[1:]:
        for one, two in zip(ends[0], other):
            np.testing.assert_allclose(two, one, rtol=1e-5, atol=1e-7)


def test_line_22_checkpoint_without_recording_is_a_call():
    x = ours.tensor([1.0], requires_grad=True)
    with ours.no_grad():
        out = ours.utils.checkpoint.checkpoint(lambda x: x * 2, x)
    assert not out.requires_grad
    looks = ours.utils.checkpoint.checkpoint(lambda x: x * 2 if x.sum() > 0 else x, x, use_reentrant=False)
    looks.sum().backward()
    assert x.grad.tolist() == [2.0]
    with pytest.raises(TypeError, match="takes a function"):
        ours.utils.checkpoint.checkpoint(3, x)


def test_line_22_checkpoint_of_batch_normalisation_moves_its_running_values_once():
    norm = ours.nn.BatchNorm1d(2)
    plain = ours.nn.BatchNorm1d(2)
    x = ours.tensor(np.arange(6, dtype=np.float32).reshape(3, 2), requires_grad=True)
    ours.utils.checkpoint.checkpoint(norm, x, use_reentrant=False).sum().backward()
    plain(x)
    np.testing.assert_allclose(norm.running_mean.numpy(), plain.running_mean.numpy())
    assert int(norm.num_batches_tracked) == 1
