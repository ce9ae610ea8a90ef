"""explain: why a gradient is None or zero."""

from __future__ import annotations

import pytest

import wengert
from wengert import explain


def leaf(value: object = 3.0) -> wengert.Tensor:
    return wengert.tensor(value, requires_grad=True)


def test_line_49_not_requiring_grad() -> None:
    x = wengert.tensor(3.0)
    assert "x does not require grad" in explain(x * leaf(), x)
    assert "requires_grad_()" in explain(x * 2, x)


def test_line_49_cut_on_the_way() -> None:
    x = leaf()
    assert "y does not require grad" in explain(x.detach() ** 2, x)
    with wengert.no_grad():
        y = x**2
        assert "Recording is switched off here" in explain(y, x)
    text = explain(y, x)
    assert "no_grad" in text and "detach" in text


def test_line_49_other_conventions() -> None:
    x = wengert.numpy.ones(2)
    assert "wengert.grad(f)" in explain(x * 2, x)
    c = wengert.tensorflow.constant([1.0, 2.0])
    assert "tape.watch(x)" in explain(c * 2, c)


def test_line_49_a_frozen_parameter_and_an_unused_one() -> None:
    model = wengert.nn.Sequential(wengert.nn.Linear(2, 2), wengert.nn.Linear(2, 1))
    unused = wengert.nn.Linear(2, 1)
    model[0].requires_grad_(False)
    loss = model(wengert.ones(3, 2)).sum()
    assert "x does not require grad" in explain(loss, model[0].weight)
    assert "The gradient is there" in explain(loss, model[1].bias)
    text = explain(loss, unused.weight)
    assert "no way leads" in text and "2 other tensors that require grad" in text


def test_line_49_dtypes() -> None:
    x = leaf([1.0, 2.0])
    assert "int64" in explain(x.argmax(), x)
    assert "bool" in explain(x > 0, x)
    n = wengert.tensor([1, 2])
    assert "x has dtype int64" in explain(n * 2, n)


def test_line_49_another_graph() -> None:
    x, other = leaf(), leaf([1.0, 2.0])
    text = explain((other * 2).sum(), x)
    assert "no way leads from it back to x" in text and "one of shape (2,)" in text
    before = leaf()
    old = before
    before = before - 0.1
    assert "before x was bound to a new tensor" in explain(old * 2, before)


def test_line_49_flat_functions() -> None:
    x = leaf(2.5)
    text = explain(x.floor() * 2, x)
    assert "floor" in text and ("flat" in text or "None" in text)
    assert "The gradient is there" in explain(x.floor() * x, x)


def test_line_49_zeros_on_the_way() -> None:
    x = leaf([-1.0, -2.0])
    text = explain(x.relu().sum(), x)
    assert "zero everywhere" in text and "relu has slope 0" in text
    part = explain(leaf([-1.0, 2.0]).relu().sum(), leaf())
    assert "no way" in part
    mixed = leaf([-1.0, 2.0])
    assert "1 of its 2 elements are zero" in explain(mixed.relu().sum(), mixed)


def test_line_49_when_all_is_well() -> None:
    x = leaf()
    y = x * x
    text = explain(y, x)
    assert "largest of its magnitudes is 6" in text and "call y.backward()" in text
    y.backward()
    x2 = leaf()
    h = x2 * 2
    assert "retain_grad" in explain(h * h, h)
    assert explain(x, x) == "The gradient is 1: y is x itself."
    assert repr(text) == str(text)


def test_line_49_a_freed_graph() -> None:
    x = leaf()
    y = x.exp() * x
    y.backward()
    assert "retain_graph" in explain(y, x)


def test_line_49_nan() -> None:
    x = leaf([-1.0, 1.0])
    text = explain(x.sqrt().sum(), x)
    assert "NaN" in text


def test_line_49_transforms() -> None:
    seen = []

    def f(x: object) -> object:
        seen.append(explain(x * 2, x))
        return x

    wengert.grad(f)(wengert.tensor(1.0))
    assert "belong to a transform" in seen[0]
    with pytest.raises(TypeError, match="y must be a tensor"):
        explain(3.0, wengert.tensor(1.0))
