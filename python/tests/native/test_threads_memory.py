"""Threads that hammer one process, and memory that stays flat."""

from __future__ import annotations

import gc
import math
import sys
import threading
import time
from typing import Any

import numpy as np
import pytest

import wengert


class Twice(wengert.torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        (x,) = ctx.saved_tensors
        return 2 * x * g


RULE = wengert.custom_vjp(lambda x: x * x)
RULE.defvjp(lambda x: (x * x, x), lambda x, g: (2 * x * g,))
AGAIN = wengert.checkpoint(lambda x: np.exp(np.sin(x)))


def one_round(seed: int) -> None:
    """Every mode, each answer compared with its closed form."""
    rng = np.random.default_rng(seed)
    v = float(rng.uniform(0.2, 1.5))
    assert wengert.grad(lambda x: np.sin(x * x))(v) == pytest.approx(2 * v * math.cos(v * v), rel=1e-12)
    assert wengert.grad(wengert.grad(lambda x: x**4))(v) == pytest.approx(12 * v * v, rel=1e-12)
    x = rng.standard_normal(7)
    np.testing.assert_allclose(wengert.vmap(wengert.grad(lambda x: x**3))(x), 3 * x**2, rtol=1e-12)
    np.testing.assert_allclose(wengert.jvp(np.exp, (x,), (x,))[1], x * np.exp(x), rtol=1e-12)
    np.testing.assert_allclose(wengert.jacfwd(lambda x: x * x)(x), np.diag(2 * x), rtol=1e-12)
    w = wengert.tensor(rng.standard_normal((3, 7)), requires_grad=True)
    t = wengert.tensor(x)
    loss = ((w @ t) ** 2).sum()
    loss.backward()
    np.testing.assert_allclose(w.grad.numpy(), 2 * np.outer(w.detach().numpy() @ x, x), rtol=1e-11)
    with wengert.no_grad():
        assert not (w * 2).requires_grad
    assert (w * 2).requires_grad  # the switch belongs to its thread
    assert wengert.grad(RULE)(v) == 2 * v and wengert.grad(wengert.grad(RULE))(v) == 2.0
    assert wengert.grad(AGAIN)(v) == pytest.approx(math.exp(math.sin(v)) * math.cos(v), rel=1e-12)
    u = wengert.tensor(x, requires_grad=True)
    Twice.apply(u).sum().backward()
    np.testing.assert_allclose(u.grad.numpy(), 2 * x, rtol=1e-12)
    with wengert.GradientTape() as tape:
        tape.watch(t)
        y = (t * t).sum()
    np.testing.assert_allclose(tape.gradient(y, t).numpy(), 2 * x, rtol=1e-12)


def test_line_50_eight_threads() -> None:
    errors: list[BaseException] = []
    rounds = [0] * 8
    end = time.monotonic() + 4.0

    def hammer(number: int) -> None:
        try:
            while time.monotonic() < end:
                one_round(number * 100_003 + rounds[number])
                rounds[number] += 1
        except BaseException as error:  # noqa: BLE001
            errors.append(error)

    threads = [threading.Thread(target=hammer, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not any(thread.is_alive() for thread in threads), "a thread hangs"
    if errors:
        raise errors[0]
    assert min(rounds) >= 2, rounds


def test_threads_share_a_graph() -> None:
    x = wengert.tensor(np.linspace(0, 1, 50), requires_grad=True)
    y = x.sin().sum()
    out: list[Any] = [None] * 8

    def work(i: int) -> None:
        for _ in range(50):
            out[i] = wengert.torch.autograd.grad(y, x, retain_graph=True)[0]

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for g in out:
        np.testing.assert_allclose(g.numpy(), np.cos(np.linspace(0, 1, 50)), rtol=1e-13)


def resident() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * 4096


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the resident size is read from /proc")
def test_line_50_memory_is_flat() -> None:
    w = wengert.tensor([1.0, 2.0, 3.0], requires_grad=True)

    def step() -> None:
        (w * w).sum().backward()
        w.grad = None
        g = wengert.grad(lambda x: x * x * x)(2.0)
        assert g == 12.0
        value, pullback = wengert.vjp(lambda x: x.sum(), np.ones(3))
        pullback(1.0)
        wengert.grad(RULE)(1.0)
        Twice.apply(w).sum().backward()
        w.grad = None

    for _ in range(1500):
        step()
    gc.collect()
    before = resident()
    for _ in range(6000):
        step()
    gc.collect()
    grown = resident() - before
    assert grown < 4 * 2**20, f"{grown / 2**20:.1f} MiB more after 6,000 steps"


def test_line_50_a_graph_dies_with_its_tensors() -> None:
    gc.collect()
    before = wengert.memory_in_use()
    x = wengert.zeros(1000, 1000, requires_grad=True)
    y = x
    for _ in range(5):
        y = y.sin()
    assert wengert.memory_in_use() - before > 5 * 4_000_000 - 1
    del y, x
    assert wengert.memory_in_use() - before < 1_000_000


def test_line_50_a_deep_graph_drops_without_recursion() -> None:
    x = wengert.tensor(1.0, requires_grad=True)
    y = x
    for _ in range(200_000):
        y = y + 1.0
    y.backward()
    assert x.grad.item() == 1.0
    del y
