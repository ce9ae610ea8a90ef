"""gradcheck and gradgradcheck find what is wrong, and nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import wengert
from wengert import GradcheckError, gradcheck, gradgradcheck

RNG = np.random.default_rng(1)


def wrong() -> Any:
    @wengert.custom_vjp
    def f(x: Any) -> Any:
        return x * x

    f.defvjp(lambda x: (x * x, x), lambda x, g: (3 * x * g,))
    return f


def test_line_22_gradcheck_passes_what_is_right() -> None:
    x = wengert.tensor(RNG.standard_normal((2, 3)), requires_grad=True)
    w = wengert.tensor(RNG.standard_normal((3, 2)), requires_grad=True)
    options = {"check_forward_ad": True, "check_batched_grad": True, "check_batched_forward_grad": True}
    assert gradcheck(lambda x, w: (x @ w).tanh(), (x, w), **options)
    assert gradcheck(lambda x, w: ((x @ w).exp(), x.sin()), (x, w), **options)
    assert gradcheck(lambda x: (x**2).sum(), x)
    assert gradcheck(lambda x, w: (x @ w).tanh(), (x, w), fast_mode=True)
    assert gradgradcheck(lambda x, w: (x @ w).tanh(), (x, w), check_fwd_over_rev=True)
    assert gradgradcheck(lambda x: x**3, x, grad_outputs=wengert.ones(2, 3, dtype=wengert.float64))


def test_gradcheck_takes_arrays_and_floats() -> None:
    assert gradcheck(lambda x, y: np.sin(x) * y, (np.array([0.1, 0.2]), 3.0), check_forward_ad=True)
    assert gradgradcheck(lambda x: np.sin(x), np.array([0.1, 0.2]))
    assert gradcheck(lambda p: p["a"] * p["b"], ({"a": 2.0, "b": np.ones(2)},))


def test_line_22_gradcheck_finds_what_is_wrong() -> None:
    x = wengert.tensor([1.0, 2.0], dtype=wengert.float64, requires_grad=True)
    with pytest.raises(
        GradcheckError,
        match=r"(?s)Jacobian mismatch for output 0 with respect to input 0,.*numerical:.*analytical:",
    ):
        gradcheck(wrong(), x)
    assert gradcheck(wrong(), x, raise_exception=False) is False
    with pytest.raises(GradcheckError):
        gradcheck(wrong(), x, fast_mode=True)
    with pytest.raises(RuntimeError):  # as PyTorch's, it is a RuntimeError
        gradcheck(lambda x: x * x.detach(), x)

    @wengert.custom_jvp
    def off(x: Any) -> Any:
        return x * x

    off.defjvp(lambda primals, tangents: (primals[0] ** 2, 2 * primals[0] * tangents[0] + 0.1 * tangents[0]))
    with pytest.raises(GradcheckError, match="Forward mode"):
        gradcheck(off, x, check_forward_ad=True, check_backward_ad=False)


def test_gradgradcheck_finds_a_wrong_second_derivative() -> None:
    @wengert.custom_vjp
    def f(x: Any) -> Any:
        return x**3

    f.defvjp(lambda x: (x**3, x), lambda x, g: (3 * x * wengert.stop_gradient(x) * g,))
    x = wengert.tensor([1.0, 2.0], dtype=wengert.float64, requires_grad=True)
    assert gradcheck(f, x)
    with pytest.raises(GradcheckError):
        gradgradcheck(f, x)


def test_gradcheck_says_what_it_needs() -> None:
    with pytest.raises(ValueError, match="at least one input tensor to require gradient"):
        gradcheck(lambda x: x, np.array([1, 2]))
    with pytest.warns(UserWarning, match="not a double precision"):
        gradcheck(lambda x: x * 2, wengert.ones(2, requires_grad=True), atol=1.0, rtol=1.0, eps=1e-2)
