"""wengert.random: reproducible, and of the distributions that it names."""

from __future__ import annotations

import numpy as np
import pytest

import wengert
from wengert import random


def test_the_same_seed_gives_the_same_numbers() -> None:
    random.seed(7)
    first = [random.normal((3,)).tolist(), random.uniform((2,)).tolist(), random.permutation(5).tolist()]
    random.seed(7)
    assert first == [random.normal((3,)).tolist(), random.uniform((2,)).tolist(), random.permutation(5).tolist()]
    state = random.get_state()
    a = random.normal((4,)).tolist()
    random.set_state(state)
    assert random.normal((4,)).tolist() == a
    assert random.normal((4,)).tolist() != a
    mine = random.Generator(3)
    theirs = random.Generator(3)
    assert random.uniform((3,), generator=mine).tolist() == random.uniform((3,), generator=theirs).tolist()


def test_distributions() -> None:
    random.seed(0)
    n = 200_000
    x = random.normal((n,), 3.0, 2.0, dtype="float64").numpy()
    assert abs(x.mean() - 3.0) < 0.03 and abs(x.std() - 2.0) < 0.03
    u = random.uniform((n,), -1.0, 3.0).numpy()
    assert u.dtype == np.float32 and u.min() >= -1 and u.max() < 3 and abs(u.mean() - 1.0) < 0.02
    e = random.exponential((n,), 4.0).numpy()
    assert abs(e.mean() - 0.25) < 0.005 and e.min() >= 0
    k = random.integers(2, 5, (n,)).numpy()
    assert set(np.unique(k)) == {2, 3, 4} and k.dtype == np.int64
    assert set(random.integers(3, size=(100,)).tolist()) <= {0, 1, 2}
    b = random.bernoulli(0.3, (n,)).numpy()
    assert abs(b.astype(float).mean() - 0.3) < 0.01
    assert sorted(random.choice(10, 10, replace=False).tolist()) == list(range(10))
    assert sorted(random.shuffle(wengert.arange(6)).tolist()) == list(range(6))


def test_a_distribution_differentiates_in_its_parameters() -> None:
    def f(mean: object, std: object) -> object:
        random.seed(1)
        return random.normal((1000,), mean, std, dtype="float64").sum()

    gm, gs = wengert.grad(f, (0, 1))(wengert.tensor(0.5, dtype=wengert.float64), wengert.tensor(2.0, dtype=wengert.float64))
    random.seed(1)
    z = random.normal((1000,), 0.0, 1.0, dtype="float64").sum().item()
    assert gm.item() == 1000.0 and gs.item() == pytest.approx(z)


def test_a_name_that_is_not_there() -> None:
    with pytest.raises(AttributeError, match="normal"):
        random.norml  # noqa: B018
