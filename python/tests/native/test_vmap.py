"""vmap: axes in and out, per-sample gradients, errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import wengert

RNG = np.random.default_rng(3)


def test_line_43_vmap_maps_the_first_axis() -> None:
    a, b = RNG.standard_normal((5, 3)), RNG.standard_normal((5, 3))
    np.testing.assert_allclose(wengert.vmap(lambda x, y: (x * y).sum())(a, b), (a * b).sum(1), rtol=1e-14)
    out = wengert.vmap(lambda x: x @ x)(wengert.tensor(a))
    assert isinstance(out, wengert.Tensor) and tuple(out.shape) == (5,)


def test_line_43_in_axes_and_out_axes() -> None:
    a, b = RNG.standard_normal((3, 5)), RNG.standard_normal(3)
    np.testing.assert_allclose(
        wengert.vmap(lambda x, y: x * y, in_axes=(1, None))(a, b), (a.T * b), rtol=1e-14
    )
    np.testing.assert_allclose(wengert.vmap(lambda x: x * 2, in_axes=-1, out_axes=1)(a), 2 * a, rtol=1e-14)
    np.testing.assert_allclose(wengert.vmap(lambda x: x * 2, in_axes=1, out_axes=-1)(a), 2 * a, rtol=1e-14)
    first, second = wengert.vmap(lambda x: (x, x.sum()), in_axes=1, out_axes=(1, 0))(a)
    np.testing.assert_array_equal(first, a)
    np.testing.assert_allclose(second, a.sum(0), rtol=1e-14)
    tree = wengert.vmap(lambda p, x: p["w"] * x, in_axes=({"w": 0, "b": None}, None))(
        {"w": b, "b": "unused"}, 2.0
    )
    np.testing.assert_array_equal(tree, 2 * b)
    kept = wengert.vmap(lambda x, c: (x * 2, c), in_axes=(0, None), out_axes=(0, None))(b, np.ones(2))
    np.testing.assert_array_equal(kept[1], np.ones(2))


def test_vmap_maps_keyword_arguments_as_jax_does() -> None:
    a = np.arange(3.0)
    np.testing.assert_array_equal(wengert.vmap(lambda x, *, k: x * k)(a, k=a), a * a)


def test_line_43_per_sample_gradients_equal_a_loop() -> None:
    w, b = RNG.standard_normal((3, 2)), RNG.standard_normal(2)
    xs, ys = RNG.standard_normal((7, 3)), RNG.standard_normal((7, 2))

    def loss(p: Any, x: Any, y: Any) -> Any:
        return ((np.tanh(x @ p["w"] + p["b"]) - y) ** 2).sum()

    together = wengert.vmap(wengert.grad(loss), in_axes=(None, 0, 0))({"w": w, "b": b}, xs, ys)
    assert together["w"].shape == (7, 3, 2)
    for i in range(7):
        alone = wengert.grad(loss)({"w": w, "b": b}, xs[i], ys[i])
        np.testing.assert_allclose(together["w"][i], alone["w"], rtol=1e-12)
        np.testing.assert_allclose(together["b"][i], alone["b"], rtol=1e-12)
    h = 1e-6
    bump = np.zeros_like(w)
    bump[1, 1] = h
    numeric = (loss({"w": w + bump, "b": b}, xs[2], ys[2]) - loss({"w": w - bump, "b": b}, xs[2], ys[2])) / (
        2 * h
    )
    assert together["w"][2, 1, 1] == pytest.approx(numeric, rel=1e-6)


def test_vmap_nests_in_itself() -> None:
    a, b = RNG.standard_normal(4), RNG.standard_normal(3)
    outer = wengert.vmap(wengert.vmap(lambda x, y: x * y, (None, 0)), (0, None))(a, b)
    np.testing.assert_allclose(outer, np.outer(a, b), rtol=1e-14)
    other = wengert.vmap(wengert.vmap(lambda x, y: x * y, (0, None)), (None, 0))(a, b)
    np.testing.assert_allclose(other, np.outer(a, b).T, rtol=1e-14)


def test_vmap_errors() -> None:
    with pytest.raises(
        ValueError, match=r"(?s)one size.*argument 0: axis 0 has size 2.*argument 1\['w'\]: axis 0 has size 3"
    ):
        wengert.vmap(lambda x, p: x)(np.ones(2), {"w": np.ones(3)})
    with pytest.raises(ValueError, match="there is no axis 1"):
        wengert.vmap(lambda x: x, in_axes=1)(np.ones(2))
    with pytest.raises(TypeError, match="argument 1 is a float.*None in in_axes"):
        wengert.vmap(lambda x, y: x)(np.ones(2), 3.0)
    with pytest.raises(ValueError, match="2 entries, but the function was called with 1"):
        wengert.vmap(lambda x: x, in_axes=(0, 0))(np.ones(2))
    with pytest.raises(ValueError, match="no argument is mapped"):
        wengert.vmap(lambda x: x, in_axes=(None,))(np.ones(2))
    with pytest.raises(ValueError, match="in_axes is not a prefix"):
        wengert.vmap(lambda p: p["a"], in_axes=({"b": 0},))({"a": np.ones(2)})
    with pytest.raises(ValueError, match="out_axes is None for a result that differs"):
        wengert.vmap(lambda x: x, out_axes=None)(np.arange(2.0))
    with pytest.raises(ValueError, match="out_axes=2"):
        wengert.vmap(lambda x: x, out_axes=2)(np.arange(2.0))
    with pytest.raises(TypeError, match="returned a str"):
        wengert.vmap(lambda x: "text")(np.arange(2.0))


def test_a_value_of_a_batch_can_be_printed() -> None:
    from wengert import torch

    seen: list[str] = []

    def f(x: torch.Tensor) -> torch.Tensor:
        seen.append(f"{x!r} {x}")
        return x * 2

    assert torch.func.vmap(f)(torch.ones(2, 3)).tolist() == [[2.0] * 3] * 2
    one = "tensor(<not known here>, size=(3,), dtype=torch.float32)"
    assert seen == [f"{one} {one}"]
