"""Any nesting of modes, to third order, against closed forms; and no confusion of perturbations."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import wengert
from wengert import grad, hessian, jacfwd, jacrev, jvp, linearize, vjp, vmap


def d_grad(f: Callable[..., Any]) -> Callable[..., Any]:
    return grad(f)


def d_jvp(f: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x: jvp(f, (x,), (x * 0 + 1.0,))[1]


def d_vjp(f: Callable[..., Any]) -> Callable[..., Any]:
    def slope(x: Any) -> Any:
        value, pullback = vjp(f, x)
        return pullback(value * 0 + 1.0)[0]

    return slope


def d_jacfwd(f: Callable[..., Any]) -> Callable[..., Any]:
    return jacfwd(f)


def d_jacrev(f: Callable[..., Any]) -> Callable[..., Any]:
    return jacrev(f)


def d_linearize(f: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x: linearize(f, x)[1](x * 0 + 1.0)


def d_vmap_grad(f: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x: vmap(grad(f))(x * np.ones(2))[1]


def d_grad_vmap(f: Callable[..., Any]) -> Callable[..., Any]:
    return grad(lambda x: vmap(f)(x * np.ones(3)).sum() / 3.0)


def d_checkpoint(f: Callable[..., Any]) -> Callable[..., Any]:
    return grad(wengert.checkpoint(f))


MODES = [d_grad, d_jvp, d_vjp, d_jacfwd, d_jacrev, d_linearize, d_vmap_grad, d_grad_vmap, d_checkpoint]


def f(x: Any) -> Any:
    return np.sin(x) * np.exp(2 * x)


def nth(n: int, x: float) -> float:
    """The n-th derivative of sin(x)·exp(2x): the imaginary part of (2+i)^n exp((2+i)x)."""
    z = complex(2, 1)
    return float((z**n * np.exp(z * x)).imag)


@pytest.mark.parametrize(
    "modes", list(itertools.product(MODES, MODES)), ids=lambda m: "-".join(d.__name__[2:] for d in m)
)
def test_line_42_second_order_in_every_pair_of_modes(modes: tuple[Any, ...]) -> None:
    outer, inner = modes
    assert float(outer(inner(f))(0.3)) == pytest.approx(nth(2, 0.3), rel=1e-12)


@pytest.mark.parametrize(
    "modes",
    list(itertools.product(MODES[:5] + [d_vmap_grad], repeat=3)),
    ids=lambda m: "-".join(d.__name__[2:] for d in m),
)
def test_line_42_third_order_in_every_triple_of_modes(modes: tuple[Any, ...]) -> None:
    a, b, c = modes
    assert float(a(b(c(f)))(0.3)) == pytest.approx(nth(3, 0.3), rel=1e-11)


@pytest.mark.parametrize("kind", ["float", "array", "tensor"])
def test_line_42_orders_one_to_six(kind: str) -> None:
    x: Any = {"float": 0.3, "array": np.array(0.3), "tensor": wengert.tensor(0.3, dtype=wengert.float64)}[
        kind
    ]
    g: Callable[..., Any] = (lambda v: v.sin() * (2 * v).exp()) if kind == "tensor" else f
    for order in range(1, 7):
        g = grad(g)
        assert float(g(x)) == pytest.approx(nth(order, 0.3), rel=1e-10)


def test_line_42_third_derivatives_of_a_vector_function() -> None:
    x = np.array([0.5, -1.0])
    third = jacfwd(hessian(lambda x: x[0] ** 3 * x[1] ** 2))(x)
    expected = np.zeros((2, 2, 2))
    expected[0, 0, 0] = 6 * x[1] ** 2
    for i, j, k in set(itertools.permutations((0, 0, 1))):
        expected[i, j, k] = 6 * x[0] * 2 * x[1]
    for i, j, k in set(itertools.permutations((0, 1, 1))):
        expected[i, j, k] = 3 * x[0] ** 2 * 2
    np.testing.assert_allclose(third, expected, rtol=1e-13)
    np.testing.assert_allclose(
        jacrev(jacrev(jacfwd(lambda x: x[0] ** 3 * x[1] ** 2)))(x), expected, rtol=1e-13
    )


def test_line_42_perturbations_are_not_confused() -> None:
    # d/dx [x * d/dy (x + y)] = 1, and others like it, in every pair of modes
    for outer in MODES[:6]:
        for inner in MODES[:6]:
            confused(outer, inner)


def confused(outer: Any, inner: Any) -> None:
    assert float(outer(lambda x: x * inner(lambda y: x + y)(2.0))(3.0)) == 1.0, (outer, inner)
    # d/dx [x * d/dy (x * y)] = 2x
    assert float(outer(lambda x: x * inner(lambda y: x * y)(2.0))(3.0)) == 6.0, (outer, inner)
    # the inner argument is the outer variable: d/dx [d/dy (x * y²) at y = x] = d/dx 2x² = 4x
    assert float(outer(lambda x: inner(lambda y: x * y * y)(x))(3.0)) == 12.0, (outer, inner)


def test_line_42_a_constant_of_the_inner_function_is_not_differentiated() -> None:
    assert grad(lambda x: grad(lambda y: x * x)(1.0) + x)(3.0) == 1.0
    shift = jvp(lambda x: jvp(lambda y: x * y, (3.0,), (1.0,))[1], (2.0,), (1.0,))
    assert shift == (2.0, 1.0)


def test_line_42_higher_order_functions_of_levels() -> None:
    # The shift operator of Siskind and Pearlmutter: D applied to a function that returns a function.
    def derivative(g: Callable[[Any], Any]) -> Callable[[Any], Any]:
        return lambda x: jvp(g, (x,), (1.0,))[1]

    def s(u: Any) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
        return lambda g: lambda x: g(x + u)

    out = derivative(lambda u: s(u)(lambda x: x**3)(2.0))(0.0)
    assert out == 12.0
    assert derivative(lambda u: derivative(s(u)(lambda x: x**3))(2.0))(0.0) == 12.0


def test_line_42_grad_of_jvp_of_vmap() -> None:
    x = np.array([0.1, 0.2, 0.3])

    def total(x: Any) -> Any:
        return jvp(lambda x: vmap(lambda v: np.sin(v) * v)(x), (x,), (np.ones(3),))[1].sum()

    np.testing.assert_allclose(grad(total)(x), 2 * np.cos(x) - x * np.sin(x), rtol=1e-13)


def test_line_42_transforms_inside_what_requires_grad_recorded() -> None:
    x = wengert.tensor(0.5, dtype=wengert.float64, requires_grad=True)
    slope = grad(lambda v: v.sin())(x)
    assert slope.requires_grad
    slope.backward()
    assert x.grad.item() == pytest.approx(-math.sin(0.5), rel=1e-14)

    w = wengert.tensor(2.0, dtype=wengert.float64, requires_grad=True)
    inner = grad(lambda v: (w * v) ** 3)(wengert.tensor(1.0, dtype=wengert.float64))  # 3 w³ v²
    inner.backward()
    assert w.grad.item() == pytest.approx(9 * 4.0)


def test_line_42_what_requires_grad_records_lies_below_every_transform() -> None:
    def f(x: Any) -> Any:
        y = wengert.tensor(3.0, requires_grad=True)
        return wengert.torch.autograd.grad(x * y * y, y, create_graph=True)[0]

    with pytest.raises(RuntimeError, match="nest `grad` inside it"):
        grad(f)(wengert.tensor(2.0))
    assert (
        grad(lambda x: grad(lambda y: x * y * y)(wengert.tensor(3.0)) * x)(wengert.tensor(2.0)).item() == 24.0
    )


def test_line_44_control_flow_is_python() -> None:
    def newton(x: Any) -> Any:
        guess = x
        while abs(guess * guess - x) > 1e-13:
            guess = (guess + x / guess) / 2
        return guess

    assert grad(newton)(4.0) == pytest.approx(0.25, rel=1e-9)
    assert grad(grad(newton))(4.0) == pytest.approx(-1 / 32, rel=1e-6)
    assert grad(lambda x: x**2 if x > 0 else -x)(-3.0) == -1.0


def test_a_value_that_escapes_its_transform_says_so() -> None:
    kept: list[Any] = []

    def f(x: Any) -> Any:
        kept.append(x * 2)
        return x * x

    grad(f)(3.0)
    with pytest.raises(TypeError, match="escaped from its transform.*Return it from the function"):
        kept[0] + 1.0
    with pytest.raises(TypeError, match="escaped"):
        wengert.vmap(lambda v: v * kept[0])(np.ones(2))


def test_line_47_where_never_turns_an_untaken_branch_into_nan() -> None:
    def safe(x: Any) -> Any:
        return np.where(x > 0, np.sqrt(x), 0.0 * x)

    assert grad(safe)(0.0) == 0.0
    assert grad(safe)(4.0) == 0.25
    assert grad(lambda x: np.abs(x))(0.0) == 0.0
    np.testing.assert_array_equal(grad(lambda x: np.maximum(x[0], x[1]))(np.array([1.0, 1.0])), [0.5, 0.5])
