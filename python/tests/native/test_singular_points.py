"""Line 47: slopes where mathematics leaves them open, the same in reverse and forward mode; and PyTorch's where it has one."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import wengert
import wengert.torch as torch

INF = float("inf")
ZEROS = [0.0, 0.0]

# name: (function, arguments, slopes, whether PyTorch gives the same; where it does not, it gives NaN)
CASES: dict[str, tuple[Callable[..., Any], list[Any], list[Any], bool]] = {
    "an untaken branch": (lambda t, x: t.where(x > 0, t.sqrt(x), 0 * x), [0.0], [0.0], False),
    "norm at 0": (lambda t, x: t.norm(x), [ZEROS], [ZEROS], True),
    "sqrt at 0": (lambda t, x: t.sqrt(x), [0.0], [INF], True),
    "x**2 at 0": (lambda t, x: x**2, [0.0], [0.0], True),
    "x**1 at 0": (lambda t, x: x**1, [0.0], [1.0], True),
    "x**0 at 0": (lambda t, x: x**0, [0.0], [0.0], True),
    "x**0.5 at 0": (lambda t, x: x**0.5, [0.0], [INF], True),
    "x**y at 0, 2": (lambda t, x, y: x**y, [0.0, 2.0], [0.0, 0.0], True),
    "x**y at 0, 0": (lambda t, x, y: x**y, [0.0, 0.0], [0.0, 0.0], True),
    "x**y at -2, 3": (lambda t, x, y: x**y, [-2.0, 3.0], [12.0, 0.0], False),
    "abs at 0": (lambda t, x: abs(x), [0.0], [0.0], True),
    "sign at 0": (lambda t, x: t.sign(x), [0.0], [0.0], True),
    "max of equals": (lambda t, x: t.max(x), [[1.0, 1.0, 0.0]], [[0.5, 0.5, 0.0]], True),
    "amax of equals": (lambda t, x: t.amax(x), [[1.0, 1.0, 0.0]], [[0.5, 0.5, 0.0]], True),
    "maximum of equals": (lambda t, x, y: t.maximum(x, y), [1.0, 1.0], [0.5, 0.5], True),
    "minimum of equals": (lambda t, x, y: t.minimum(x, y), [1.0, 1.0], [0.5, 0.5], True),
    "relu at 0": (lambda t, x: t.relu(x), [[0.0, -1.0, 1.0]], [[0.0, 0.0, 1.0]], True),
    "hypot at 0": (lambda t, x, y: t.hypot(x, y), ZEROS, ZEROS, False),
    "atan2 at 0": (lambda t, x, y: t.atan2(x, y), ZEROS, ZEROS, True),
    "xlogy at 0": (lambda t, x, y: t.xlogy(x, y), ZEROS, ZEROS, False),
    "sinc at 0": (lambda t, x: t.sinc(x), [0.0], [0.0], True),
    "logaddexp of -inf": (lambda t, x, y: t.logaddexp(x, y), [-INF, -INF], [0.5, 0.5], False),
    "logsumexp of -inf": (lambda t, x: t.logsumexp(x, 0), [[-INF, -INF]], [ZEROS], False),
    "prod with a 0": (lambda t, x: t.prod(x), [[0.0, 2.0, 3.0]], [[6.0, 0.0, 0.0]], True),
    "prod with two": (lambda t, x: t.prod(x), [[0.0, 0.0, 3.0]], [[0.0, 0.0, 0.0]], True),
    "cumprod with a 0": (lambda t, x: t.cumprod(x, 0).sum(), [[0.0, 2.0, 3.0]], [[9.0, 0.0, 0.0]], True),
    "std of equals": (lambda t, x: t.std(x), [[1.0, 1.0]], [ZEROS], True),
    "log at 0": (lambda t, x: t.log(x), [0.0], [INF], True),
    "softplus far out": (lambda t, x: t.nn.functional.softplus(x), [[100.0, -800.0]], [[1.0, 0.0]], True),
    "sigmoid far out": (lambda t, x: t.sigmoid(x), [[800.0, -800.0]], [ZEROS], True),
    "round": (lambda t, x: t.round(x), [0.5], [0.0], True),
}


@pytest.mark.parametrize("name", CASES)
def test_line_47_slopes_at_singular_points(name: str) -> None:
    f, values, expected, as_pytorch = CASES[name]
    xs = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in values]
    for got, wanted in zip(torch.autograd.grad(f(torch, *xs).sum(), xs, materialize_grads=True), expected):
        np.testing.assert_array_equal(got.numpy(), wanted)
    plain = [x.detach() for x in xs]
    for i, wanted in enumerate(expected):  # forward mode, one unit tangent after the other
        slopes = torch.func.jacfwd(lambda *xs: f(torch, *xs).sum(), argnums=i)(*plain)
        np.testing.assert_array_equal(slopes.numpy(), wanted)
    real = pytest.importorskip("torch")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = [real.tensor(v, dtype=real.float64, requires_grad=True) for v in values]
        slopes = real.autograd.grad(f(real, *theirs).sum(), theirs, allow_unused=True, materialize_grads=True)
    if as_pytorch:
        for got, wanted in zip(slopes, expected):
            np.testing.assert_array_equal(got.numpy(), wanted)
    else:
        assert any(np.isnan(got.numpy()).any() for got in slopes), (
            "PyTorch has a slope here by now: compare with it"
        )


def test_line_44_plain_loops_differentiate() -> None:
    def power(x: Any, n: int) -> Any:
        out = 1.0
        while n:
            if n % 2:
                out = out * x
            x, n = x * x, n // 2
        return out

    assert wengert.grad(power)(1.1, 13) == pytest.approx(13 * 1.1**12, rel=1e-13)
    assert wengert.grad(wengert.grad(power))(1.1, 13) == pytest.approx(13 * 12 * 1.1**11, rel=1e-13)

    def walk(x: Any) -> Any:  # the way that is taken depends on the value
        steps = 0
        while x < 100.0:
            x = 3.0 * x + 1.0 if steps % 2 == 0 else 0.5 * x
            steps += 1
        return x

    numeric = (walk(1.0 + 1e-6) - walk(1.0 - 1e-6)) / 2e-6
    assert wengert.grad(walk)(1.0) == pytest.approx(numeric, rel=1e-8)
    assert wengert.jvp(walk, (1.0,), (1.0,))[1] == pytest.approx(numeric, rel=1e-8)
