"""The same expressions under PyTorch and here: values, dtypes, shapes, printing, errors and gradients.

The expressions are in `expressions/*.txt`, one a line, over the tensors that `world` makes. A line of several
statements, parted by semicolons, gives the value of its last.
"""

from __future__ import annotations

import math
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wengert import torch as ours

theirs = pytest.importorskip("torch")

CASES = [
    (file.stem, line)
    for file in sorted(Path(__file__).parent.joinpath("expressions").glob("*.txt"))
    for line in file.read_text().splitlines()
]

# Where the type of the exception is another one on purpose: it says more, or it is what the rest of the package raises.
OTHER_ERRORS = {
    "torch.tensor(None)": TypeError,
    "torch.tensor([None])": TypeError,
    "torch.tensor([[1, 2], 3])": ValueError,
    "a.to(5, 6, 7)": AssertionError,
    "a.type('x')": TypeError,
    "a.norm(p='x')": ValueError,
    "a.index_select(1, torch.tensor([9]))": IndexError,
    "a.gather(1, torch.tensor([[9]]))": IndexError,
    "torch.matmul(a, 3)": RuntimeError,
}

# Gradients that are not PyTorch's: at a jump of the quotient; of places that are written twice, where PyTorch gives each
# writer the whole gradient; and of results that do not depend on their input, or only in steps.
OTHER_GRADIENTS = {
    "torch.fmod(a, b)",
    "a.fmod(b)",
    "y = a.clone(); y.fmod_(b); y",
    "torch.zeros(3, 4).scatter(0, g, a)",
    "y = a.clone(); y.scatter_(0, g, b); y",
    "torch.nextafter(a, b)",
    "a.nextafter(b)",
    "y = a.clone(); y.nextafter_(b); y",
    "torch.linalg.matrix_power(sq, 0)",
    "y = a.clone(); y.bernoulli_(1.0); y",
    "y = a.clone(); y[torch.tensor([0, 0])] += 1; y",
    "y = a.clone(); y[...] = 2; y",
    "y = a.clone(); y.logical_not_(); y",
    "y = a.clone(); y.logical_and_(b); y",
    "y = a.clone(); y.logical_or_(b); y",
    "y = a.clone(); y.logical_xor_(b); y",
}

# Taken here, refused by PyTorch.
TAKEN = {
    "torch.tensor({})",
    "y = torch.ones(2, requires_grad=True); y.grad = torch.ones(2, dtype=torch.float64)",
}


def world(torch: Any) -> dict[str, Any]:
    """The tensors that the expressions speak of, made by either library."""

    def grid(values: list[float], *shape: int) -> Any:
        return torch.tensor(values).reshape(*shape)

    wave = [((7 * n) % 23 - 11) / 4 for n in range(24)]
    return {
        "torch": torch,
        "a": grid(wave[:12], 3, 4),
        "b": grid([x * 0.75 + 0.3 for x in wave[12:]], 3, 4),
        "p": grid([(n + 1) / 14 for n in (5, 3, 9, 0, 11, 7, 2, 10, 1, 8, 4, 6)], 3, 4),
        "c": grid(wave, 2, 3, 4),
        "v": torch.tensor([1.5, -2.0, 0.25, 3.0]),
        "w": torch.tensor([0.5, -1.0, 2.0]),
        "m": grid([((5 * n) % 19 - 9) / 5 for n in range(20)], 4, 5),
        "sq": grid([((3 * n) % 17 - 8) / 5 for n in range(16)], 4, 4),
        "d": grid(wave[:12], 3, 4).double() / 3,
        "i": torch.tensor([[3, -1, 4, 1], [-5, 9, 2, 6], [5, 3, -5, 8]]),
        "j": torch.tensor([[2, 3, 1, 4], [1, 2, 5, 1], [3, 2, 2, 7]]),
        "i32": torch.tensor([[3, -1, 4, 1], [-5, 9, 2, 6]], dtype=torch.int32),
        "u": torch.tensor([200, 3, 100, 7], dtype=torch.uint8),
        "k": torch.tensor(
            [[True, False, True, True], [False, False, True, False], [True, True, True, False]]
        ),
        "k2": torch.tensor([True, False, True, False]),
        "s": torch.tensor(2.5),
        "o": torch.tensor(3),
        "z": torch.zeros(0, 3),
        "x": torch.tensor([float("nan"), float("inf"), -float("inf"), 0.0, -1.5]),
        "ix": torch.tensor([2, 0, 1]),
        "g": torch.tensor([[0, 2, 1, 1], [2, 2, 0, 1], [1, 0, 0, 2]]),
        "math": math,
        "np": np,
        "inf": float("inf"),
        "nan": float("nan"),
    }


def run(torch: Any, line: str, grads: bool = False) -> tuple[Any, dict[str, Any]]:
    """The value of the last statement of a line, or the exception it ends in."""
    names = world(torch)
    if grads:
        for name in "abpcvwmds":
            if name == "d":
                names[name] = names[name].to(torch.float64)
            names[name] = names[name].detach().requires_grad_()
        names["sq"] = names["sq"].detach().requires_grad_()
    *before, last = line.split("; ")
    try:
        for statement in before:
            exec(statement, names)
        try:
            code = compile(last, line, "eval")
        except SyntaxError:
            exec(last, names)
            return None, names
        return eval(code, names), names
    except Exception as error:
        return error, names


def same(mine: Any, true: Any, where: str) -> None:
    """Whether two results are the same, each in its library's terms."""
    if where in TAKEN:
        assert isinstance(true, Exception)
    elif isinstance(true, Exception) or isinstance(mine, Exception):
        if not (isinstance(true, Exception) and isinstance(mine, Exception)):
            raise AssertionError(f"{where}: {mine!r} instead of {true!r}") from (
                mine if isinstance(mine, Exception) else None
            )
        if where in OTHER_ERRORS:
            assert isinstance(mine, OTHER_ERRORS[where])
            return
        kinds = [k.__name__ for k in type(true).__mro__]
        mine_kinds = [k.__name__ for k in type(mine).__mro__]
        assert type(mine).__name__ in kinds or type(true).__name__ in mine_kinds, (
            f"{where}: {mine!r} is not {true!r}"
        )
    elif isinstance(true, theirs.Tensor):
        assert isinstance(mine, ours.Tensor), f"{where}: {mine!r} is not a tensor"
        assert repr(mine.dtype) == repr(true.dtype), f"{where}: {mine.dtype} is not {true.dtype}"
        assert tuple(mine.shape) == tuple(true.shape), f"{where}: {mine.shape} is not {true.shape}"
        assert repr(mine.shape) == repr(true.shape)
        assert mine.requires_grad == true.requires_grad, f"{where}: requires_grad is {mine.requires_grad}"
        values, expected = mine.detach().numpy(), true.detach().numpy()
        close = 2e-6 if values.dtype == np.float32 else 1e-12
        np.testing.assert_allclose(values, expected, rtol=close, atol=close, err_msg=where)
        assert repr(mine.detach()) == repr(theirs.from_numpy(values.copy())), where
    elif isinstance(true, (tuple, list)):
        assert isinstance(mine, (tuple, list)) and len(mine) == len(true), (
            f"{where}: {mine!r} is not {true!r}"
        )
        assert isinstance(mine, list) == isinstance(true, list), f"{where}: {type(mine)} is not {type(true)}"
        assert getattr(type(true), "__name__", "") == getattr(type(mine), "__name__", ""), where
        for k, (a, b) in enumerate(zip(mine, true, strict=True)):
            same(a, b, f"{where} [{k}]")
    elif isinstance(true, float):
        assert math.isclose(mine, true, rel_tol=1e-6, abs_tol=1e-6) or (mine != mine and true != true), where
    else:
        assert repr(mine) == repr(true), f"{where}: {mine!r} is not {true!r}"


@pytest.mark.parametrize(("family", "line"), CASES, ids=[f"{f}:{line}" for f, line in CASES])
def test_value(family: str, line: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        (mine, _), (true, _) = run(ours, line), run(theirs, line)
        same(mine, true, line)


def total(torch: Any, value: Any) -> Any:
    """A weighted sum of all floats in a result."""
    if isinstance(value, torch.Tensor):
        if not (value.requires_grad and value.dtype.is_floating_point):
            return None
        weights = torch.linspace(0.5, 1.5, max(value.numel(), 1), dtype=value.dtype)[: value.numel()]
        return (value * weights.reshape(value.shape)).sum()
    if isinstance(value, (tuple, list)):
        parts = [p for p in (total(torch, v) for v in value) if p is not None]
        return sum(parts[1:], parts[0]) if parts else None
    return None


SMOOTH = [(f, line) for f, line in CASES if f != "creation" and line not in OTHER_GRADIENTS]


@pytest.mark.parametrize(("family", "line"), SMOOTH, ids=[f"{f}:{line}" for f, line in SMOOTH])
def test_gradient(family: str, line: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        true, their_names = run(theirs, line, grads=True)
        if isinstance(true, Exception):
            return
        their_total = total(theirs, true)
        if their_total is None:
            return
        try:
            their_total.backward()
        except RuntimeError:
            return
        mine, our_names = run(ours, line, grads=True)
        if isinstance(mine, Exception):
            raise AssertionError(f"{line}: {mine!r}") from mine
        our_total = total(ours, mine)
        assert our_total is not None, f"{line}: does not require grad"
        our_total.backward()
    for name in ("a", "b", "p", "c", "v", "w", "m", "d", "s", "sq"):
        expected, got = their_names[name].grad, our_names[name].grad
        zero = expected is None or not bool(expected.abs().max() > 0)
        if zero:
            assert got is None or not bool((got.abs() > 1e-6).any()), f"{line}: gradient of {name} is {got}"
            continue
        assert got is not None, f"{line}: {name} has no gradient"
        close = 2e-5 if name != "d" else 1e-9
        np.testing.assert_allclose(
            got.numpy(), expected.numpy(), rtol=close, atol=close, err_msg=f"{line}: {name}"
        )
