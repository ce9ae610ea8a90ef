"""custom_vjp and custom_jvp: rules given by hand, in every mode and nesting."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import wengert


def make_cube() -> Any:
    @wengert.custom_vjp
    def cube(x: Any) -> Any:
        """x³"""
        return x**3

    cube.defvjp(lambda x: (x**3, x), lambda x, g: (3 * x * x * g,))
    return cube


def test_line_42_custom_vjp_to_third_order() -> None:
    cube = make_cube()
    assert repr(cube) == "<custom_vjp of cube>"
    assert cube.__name__ == "cube" and cube.__doc__ == "x³"
    assert cube(2.0) == 8.0
    np.testing.assert_array_equal(cube(np.array([1.0, 2.0])), [1.0, 8.0])
    g = wengert.grad(cube)
    assert g(2.0) == 12.0 and wengert.grad(g)(2.0) == 12.0 and wengert.grad(wengert.grad(g))(2.0) == 6.0
    np.testing.assert_array_equal(wengert.vmap(g)(np.array([1.0, 2.0])), [3.0, 12.0])
    np.testing.assert_array_equal(wengert.jacrev(cube)(np.array([1.0, 2.0])), np.diag([3.0, 12.0]))
    t = wengert.tensor(2.0, requires_grad=True)
    cube(t).backward()
    assert t.grad.item() == 12.0


def test_custom_vjp_uses_the_given_rule() -> None:
    @wengert.custom_vjp
    def clipped(x: Any) -> Any:
        return x

    clipped.defvjp(lambda x: (x, None), lambda kept, g: (g.clip(-1.0, 1.0),))
    assert wengert.grad(lambda x: 5.0 * clipped(x))(2.0) == 1.0
    np.testing.assert_array_equal(
        wengert.grad(lambda x: (clipped(x) * np.array([-7.0, 0.5])).sum())(np.ones(2)), [-1, 0.5]
    )


def test_custom_vjp_with_trees_and_other_arguments() -> None:
    @wengert.custom_vjp
    def f(p: Any, x: Any, n: Any) -> Any:
        return {"y": p["w"] * x**n, "s": p["b"] + x}

    def fwd(p: Any, x: Any, n: Any) -> Any:
        return f(p, x, n), (p["w"], x, n, "note")

    def bwd(residuals: Any, g: Any) -> Any:
        w, x, n, note = residuals
        assert note == "note" and n == 2
        return {"w": g["y"] * x**n, "b": g["s"]}, g["y"] * w * n * x ** (n - 1) + g["s"], None

    f.defvjp(fwd, bwd)
    gp, gx = wengert.grad(lambda p, x: (lambda out: out["y"] + 10 * out["s"])(f(p, x, 2)), (0, 1))(
        {"w": 2.0, "b": 1.0}, 3.0
    )
    assert gp == {"w": 9.0, "b": 10.0} and gx == 22.0


def test_custom_vjp_nondiff_argnums() -> None:
    from functools import partial

    @partial(wengert.custom_vjp, nondiff_argnums=(0,))
    def apply(fun: Any, x: Any) -> Any:
        return fun(x)

    apply.defvjp(lambda fun, x: (fun(x), x), lambda fun, x, g: (100.0 * g,))
    assert wengert.grad(lambda x: apply(lambda v: v * v, x))(3.0) == 100.0


def test_custom_vjp_errors() -> None:
    @wengert.custom_vjp
    def f(x: Any, y: Any) -> Any:
        return x * y

    with pytest.raises(AttributeError, match=r"f\.defvjp"):
        f(1.0, 2.0)
    f.defvjp(lambda x, y: (x * y, None), lambda kept, g: (g,))
    with pytest.raises(TypeError, match="one cotangent for each of its 2"):
        wengert.grad(f)(1.0, 2.0)
    f.defvjp(lambda x, y: x * y, lambda kept, g: (g, g))
    with pytest.raises(TypeError, match="pair"):
        wengert.grad(f)(1.0, 2.0)


def make_log1pexp() -> Any:
    @wengert.custom_jvp
    def log1pexp(x: Any) -> Any:
        return np.log(1.0 + np.exp(x))

    @log1pexp.defjvp
    def rule(primals: Any, tangents: Any) -> Any:
        (x,), (t,) = primals, tangents
        return log1pexp(x), (1.0 - 1.0 / (1.0 + np.exp(x))) * t

    return log1pexp


def test_line_42_custom_jvp_in_every_mode() -> None:
    f = make_log1pexp()
    assert wengert.grad(f)(100.0) == 1.0  # without the rule it is NaN or 0
    s = 1 / (1 + math.exp(-0.5))
    assert wengert.grad(f)(0.5) == pytest.approx(s, rel=1e-14)
    assert wengert.grad(wengert.grad(f))(0.5) == pytest.approx(s * (1 - s), rel=1e-12)
    assert wengert.jvp(f, (0.5,), (2.0,))[1] == pytest.approx(2 * s, rel=1e-14)
    assert wengert.jacfwd(wengert.jacfwd(f))(0.5) == pytest.approx(s * (1 - s), rel=1e-12)
    np.testing.assert_allclose(wengert.vmap(wengert.grad(f))(np.array([0.5, 0.5])), [s, s], rtol=1e-14)
    assert f(0.0) == pytest.approx(math.log(2))


def test_custom_jvp_by_argument() -> None:
    @wengert.custom_jvp
    def f(x: Any, y: Any) -> Any:
        return x * y

    f.defjvps(lambda t, out, x, y: t * y, None)
    assert wengert.grad(f, (0, 1))(2.0, 3.0) == (3.0, 0.0)
    assert wengert.jvp(f, (2.0, 3.0), (1.0, 1.0)) == (6.0, 3.0)


def test_custom_rules_as_methods() -> None:
    class Model:
        def __init__(self, scale: float) -> None:
            self.scale = scale

        def f(self, x: Any) -> Any:
            return self.scale * x

    f = wengert.custom_jvp(Model.f, nondiff_argnums=(0,))
    f.defjvp(lambda self, primals, tangents: (self.f(primals[0]), -tangents[0]))
    model = Model(2.0)
    assert wengert.grad(lambda x: f(model, x))(1.0) == -1.0


def test_a_rule_may_call_its_own_function() -> None:
    @wengert.custom_vjp
    def exp(x: Any) -> Any:
        return np.exp(x)

    def forward(x: Any) -> Any:
        y = exp(x)
        return y, y

    exp.defvjp(forward, lambda y, g: (y * g,))
    x = np.array([0.0, 1.0])
    np.testing.assert_allclose(wengert.vmap(exp)(x), np.exp(x), rtol=1e-15)
    np.testing.assert_allclose(wengert.vmap(wengert.grad(exp))(x), np.exp(x), rtol=1e-15)
    np.testing.assert_allclose(wengert.vmap(wengert.grad(wengert.grad(exp)))(x), np.exp(x), rtol=1e-15)
    np.testing.assert_allclose(wengert.jacrev(wengert.jacrev(exp))(1.0), np.e, rtol=1e-15)
    assert wengert.grad(lambda x: wengert.vmap(exp)(x).sum())(x)[1] == pytest.approx(np.e)


def test_checkpoint_differentiates_what_the_function_takes_from_outside() -> None:
    w = wengert.tensor([1.0, 2.0], requires_grad=True)
    x = wengert.tensor([3.0, 4.0], requires_grad=True)
    wengert.checkpoint(lambda x: (x * w).sin())(x).sum().backward()
    np.testing.assert_allclose(w.grad.numpy(), [3 * math.cos(3), 4 * math.cos(8)], rtol=1e-6)
    np.testing.assert_allclose(x.grad.numpy(), [math.cos(3), 2 * math.cos(8)], rtol=1e-6)
