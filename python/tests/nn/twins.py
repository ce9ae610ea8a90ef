"""The same program in PyTorch and here, and how their values are compared."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

theirs = pytest.importorskip("torch")

import wengert.torch as ours  # noqa: E402

BOTH = (theirs, ours)
each = pytest.mark.parametrize("lib", BOTH, ids=["pytorch", "wengert"])


def array(x: Any) -> np.ndarray:
    """The values of a tensor of either library."""
    return x.detach().numpy()


def seeded(*shape: int, seed: int = 0, low: float = -2.0, high: float = 2.0) -> np.ndarray:
    """Numbers that are the same each time, none of them where a function has a kink."""
    values = np.random.default_rng(seed + sum(shape)).uniform(low, high, shape)
    return np.where(np.abs(values) < 0.02, 0.05, values).astype(np.float32)


def close(a: Any, b: Any, what: str = "", rtol: float = 2e-4, atol: float = 2e-5) -> None:
    """Asserts that two results, nested in the same way, have the same shapes, dtypes and values."""
    if isinstance(a, (tuple, list)):
        assert len(a) == len(b), what
        for one, two in zip(a, b):
            close(one, two, what, rtol, atol)
        return
    if a is None or b is None:
        assert a is b, what
        return
    if isinstance(a, theirs.Tensor):
        assert tuple(a.shape) == tuple(b.shape), what
        assert str(a.dtype) == str(b.dtype), what
        np.testing.assert_allclose(array(b), array(a), rtol=rtol, atol=atol, err_msg=what)
        return
    assert a == b, what


def tensors(lib: Any, arrays: list[np.ndarray], grad: bool = True) -> list[Any]:
    """Arrays as tensors of a library; the floating ones require grad."""
    made = [lib.tensor(x.copy()) for x in arrays]
    for x in made:
        if grad and x.dtype in (lib.float32, lib.float64):
            x.requires_grad_()
    return made


def summed(lib: Any, result: Any) -> Any:
    """One number from all floating tensors of a result, each element with a weight of its own."""
    total = None
    for x in result if isinstance(result, (tuple, list)) else [result]:
        if isinstance(x, (tuple, list)):
            part = summed(lib, x)
        elif x is None:
            continue
        else:
            weights = lib.tensor(np.cos(np.arange(max(x.numel(), 1), dtype=np.float32)).reshape(tuple(x.shape)))
            part = (x * weights.to(x.dtype)).sum()
        total = part if total is None else total + part
    return total
