"""wengert.GradientTape, on tensors in PyTorch's convention."""

from __future__ import annotations

import numpy as np
import pytest

import wengert
from wengert import GradientTape


def test_line_28_gradients_of_watched_tensors_in_any_nesting() -> None:
    x, y = wengert.tensor(3.0), wengert.tensor([1.0, 2.0])
    with GradientTape() as tape:
        tape.watch({"x": x, "rest": [y]})
        z = x * x + (y * y).sum()
    g = tape.gradient(z, {"a": x, "b": (y, [x])})
    assert g["a"].item() == 6.0 and g["b"][0].tolist() == [2.0, 4.0] and g["b"][1][0].item() == 6.0
    assert x.grad is None and not z.requires_grad


def test_line_29_a_tape_answers_once() -> None:
    x = wengert.tensor(3.0)
    with GradientTape() as tape:
        tape.watch(x)
        y = x * x
    assert tape.gradient(y, x).item() == 6.0
    with pytest.raises(RuntimeError, match="persistent=True"):
        tape.gradient(y, x)


def test_line_29_persistent_tapes() -> None:
    x = wengert.tensor(3.0)
    with GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
        z = y.sin()
    assert tape.gradient(z, y).item() == pytest.approx(-0.91113025, abs=6e-8)
    assert tape.gradient(z, x).item() == pytest.approx(-5.4667816, abs=5e-7)


def test_line_30_only_what_ran_inside_counts() -> None:
    x, c = wengert.tensor(3.0), wengert.tensor(2.0)
    before = x * x
    with GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * c
        with tape.stop_recording():
            hidden = x * x
    assert tape.gradient(y, x).item() == 2.0
    assert tape.gradient(y, c) is None
    assert tape.gradient(hidden, x) is None
    assert tape.gradient(before, x) is None
    assert tape.gradient(y, c, unconnected="zero").item() == 0.0
    after = x * x
    assert tape.gradient(after, x) is None
    assert len(tape.watched()) == 1


def test_line_30_targets_that_are_not_scalars_are_summed() -> None:
    x = wengert.linspace(0, 3, 10, dtype=wengert.float64)
    with GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
        z = y.sin()
    np.testing.assert_allclose(
        tape.gradient(z, x).numpy(),
        [
            0,
            0.66255567,
            1.20379956,
            1.08060461,
            -0.54801792,
            -3.11515378,
            -2.61457448,
            3.11919955,
            3.60749292,
            -5.46678157,
        ],
        atol=5e-9,
    )
    np.testing.assert_allclose(tape.gradient(z, x, output_gradients=wengert.zeros(10)).numpy(), np.zeros(10))


def test_line_31_nested_tapes_give_second_derivatives() -> None:
    x = wengert.tensor(3.0)
    with GradientTape() as outer:
        outer.watch(x)
        with GradientTape() as inner:
            inner.watch(x)
            y = x**3
        first = inner.gradient(y, x)
    assert first.item() == 27.0
    assert outer.gradient(first, x).item() == 18.0


def test_line_28_jacobians() -> None:
    x = wengert.tensor([1.0, 2.0])
    with GradientTape() as tape:
        tape.watch(x)
        y = x * x
    assert tape.jacobian(y, x).tolist() == [[2.0, 0.0], [0.0, 4.0]]
    b = wengert.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    with GradientTape() as tape:
        tape.watch(b)
        y = b * b
    rows = tape.batch_jacobian(y, b)
    assert tuple(rows.shape) == (3, 2, 2) and rows[1].tolist() == [[6.0, 0.0], [0.0, 8.0]]


def test_line_28_reset_watched_and_errors() -> None:
    x = wengert.tensor(3.0)
    with GradientTape() as tape:
        tape.watch(x)
        y = x * x
        tape.reset()
        tape.watch(x)
        z = x * 5
    assert tape.gradient(z, x).item() == 5.0
    with pytest.raises(RuntimeError, match="not recording"):
        tape.watch(x)
    with pytest.raises(TypeError, match=r"sources\[0\] is a float"):
        GradientTape().gradient(y, [1.0])
    with pytest.raises(ValueError, match="'none' or 'zero'"):
        GradientTape().gradient(y, x, unconnected="None")
