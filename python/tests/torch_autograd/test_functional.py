"""torch.autograd.functional and torch.func, against closed forms and against PyTorch."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

import wengert.torch as torch
from wengert.torch import func
from wengert.torch.autograd import functional as F


def f64(values: Any) -> Any:
    return torch.tensor(values, dtype=torch.float64)


def test_line_22_jacobian() -> None:
    x, y = f64([1.0, 2.0]), f64([3.0, 4.0])
    assert F.jacobian(lambda x: x**2, x).tolist() == [[2.0, 0.0], [0.0, 4.0]]
    (jx, jy) = F.jacobian(lambda x, y: x * y, (x, y))
    assert jx.tolist() == [[3.0, 0.0], [0.0, 4.0]] and jy.tolist() == [[1.0, 0.0], [0.0, 2.0]]
    rows = F.jacobian(lambda x: (x.sum(), x * 2), x)
    assert (
        isinstance(rows, tuple)
        and rows[0].tolist() == [1.0, 1.0]
        and rows[1].tolist() == [[2.0, 0.0], [0.0, 2.0]]
    )
    forward = F.jacobian(lambda x: x.exp(), x, vectorize=True, strategy="forward-mode")
    np.testing.assert_allclose(forward.numpy(), np.diag(np.exp([1.0, 2.0])), rtol=1e-14)
    constant = F.jacobian(lambda x: f64([1.0, 2.0]) + 0 * x, x)
    assert constant.tolist() == [[0.0, 0.0], [0.0, 0.0]]
    with pytest.raises(TypeError, match="must be either a Tensor or a tuple"):
        F.jacobian(lambda x: x, 3.0)
    with pytest.raises(ValueError, match="strategy"):
        F.jacobian(lambda x: x, x, strategy="sideways")


def test_line_22_hessian_and_products() -> None:
    x, v = f64([1.0, 2.0]), f64([1.0, 10.0])
    assert F.hessian(lambda x: (x**3).sum(), x).tolist() == [[6.0, 0.0], [0.0, 12.0]]
    blocks = F.hessian(lambda a, b: (a * b * b).sum(), (f64([1.0]), f64([2.0])))
    assert [[b.item() for b in row] for row in blocks] == [[0.0, 4.0], [4.0, 2.0]]
    value, product = F.hvp(lambda x: (x**3).sum(), x, v)
    assert value.item() == 9.0 and product.tolist() == [6.0, 120.0]
    assert F.vhp(lambda x: (x**3).sum(), x, v)[1].tolist() == [6.0, 120.0]
    value, product = F.vjp(lambda x: x**2, x, v)
    assert value.tolist() == [1.0, 4.0] and product.tolist() == [2.0, 40.0]
    assert F.jvp(lambda x: x**2, x, v)[1].tolist() == [2.0, 40.0]
    assert F.vjp(lambda x: (x**2).sum(), x)[1].tolist() == [2.0, 4.0]
    with pytest.raises(RuntimeError, match="v can only be None"):
        F.vjp(lambda x: x**2, x)
    with pytest.raises(RuntimeError, match="single element"):
        F.hessian(lambda x: x, x)
    with pytest.raises(RuntimeError, match="invalid size"):
        F.jvp(lambda x: x, x, f64([1.0, 2.0, 3.0]))


def test_line_22_functional_create_graph() -> None:
    x = f64([1.0, 2.0]).requires_grad_()
    assert not F.jacobian(lambda x: x**3, x).requires_grad
    rows = F.jacobian(lambda x: x**3, x, create_graph=True)
    rows.sum().backward()
    assert x.grad.tolist() == [6.0, 12.0]
    w = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
    F.hvp(lambda x: w * (x**3).sum(), x, f64([1.0, 1.0]), create_graph=True)[1].sum().backward()
    assert w.grad.item() == 18.0


def test_line_22_functional_of_functions_that_differentiate_inside() -> None:
    def force(x: Any) -> Any:
        if not x.requires_grad:
            x = x.detach().requires_grad_()
        return -torch.autograd.grad((x**3).sum(), x, create_graph=True)[0]

    assert F.jacobian(force, f64([1.0, 2.0])).tolist() == [[-6.0, 0.0], [0.0, -12.0]]


def test_line_22_func_transforms() -> None:
    x = f64([1.0, 2.0])
    assert func.grad(lambda x: (x**3).sum())(x).tolist() == [3.0, 12.0]
    g, v = func.grad_and_value(lambda x: (x**3).sum())(x)
    assert g.tolist() == [3.0, 12.0] and v.item() == 9.0
    g, (v, aux) = func.grad_and_value(lambda x: ((x**3).sum(), {"x": x}), has_aux=True)(x)
    assert v.item() == 9.0 and aux["x"].tolist() == [1.0, 2.0]
    g, aux = func.grad(lambda x: ((x**3).sum(), x * 2), has_aux=True)(x)
    assert aux.tolist() == [2.0, 4.0]
    out, pull = func.vjp(lambda x: x.sin(), x)
    np.testing.assert_allclose(pull(torch.ones_like(out))[0].numpy(), np.cos([1.0, 2.0]), rtol=1e-14)
    out, tangent = func.jvp(lambda x: x.sin(), (x,), (x,))
    np.testing.assert_allclose(tangent.numpy(), x.numpy() * np.cos(x.numpy()), rtol=1e-14)
    for jac in (func.jacrev, func.jacfwd):
        assert jac(lambda x: x**2)(x).tolist() == [[2.0, 0.0], [0.0, 4.0]]
        both = jac(lambda x, y: x * y, argnums=(0, 1))(x, x)
        assert both[0].tolist() == [[1.0, 0.0], [0.0, 2.0]]
        matrix, aux = jac(lambda x: (x**2, x.sum()), has_aux=True)(x)
        assert matrix.tolist() == [[2.0, 0.0], [0.0, 4.0]] and aux.item() == 3.0
    assert func.hessian(lambda x: (x**3).sum())(x).tolist() == [[6.0, 0.0], [0.0, 12.0]]
    value, push = func.linearize(lambda x: x**2, x)
    assert push(torch.ones_like(x)).tolist() == [2.0, 4.0]


def test_line_22_func_vmap() -> None:
    x = f64([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    assert func.vmap(torch.sum)(x).tolist() == [3.0, 7.0, 11.0]
    assert func.vmap(lambda v: v * 2, in_dims=1, out_dims=1)(x).tolist() == (x * 2).tolist()
    assert func.vmap(torch.dot, in_dims=(0, None))(x, f64([1.0, 1.0])).tolist() == [3.0, 7.0, 11.0]
    assert torch.vmap(lambda v, *, k: v.sum() * k)(x, k=2.0).tolist() == [6.0, 14.0, 22.0]
    chunked = func.vmap(lambda v: v.sum(), chunk_size=2)(x)
    assert chunked.tolist() == [3.0, 7.0, 11.0]
    with pytest.raises(ValueError, match="randomness"):
        func.vmap(torch.sum, randomness="maybe")
    zeros = torch.zeros(4, 2)
    torch.manual_seed(0)
    different = func.vmap(lambda v: v + torch.rand(2), randomness="different")(zeros)
    same = func.vmap(lambda v: v + torch.rand(2), randomness="same")(zeros)
    assert len({row[0] for row in different.tolist()}) == 4 and len({row[0] for row in same.tolist()}) == 1
    one = func.vmap(lambda v: v * 2, randomness="different")(zeros[:1])
    assert one.tolist() == [[0.0, 0.0]]


def test_line_43_per_sample_gradients_of_a_module() -> None:
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2))
    params = {name: p.detach() for name, p in model.named_parameters()}
    xs, ys = torch.randn(6, 3), torch.tensor([0, 1, 1, 0, 1, 0])

    def loss(params: Any, x: Any, y: Any) -> Any:
        out = func.functional_call(model, params, (x.unsqueeze(0),))
        return torch.nn.functional.cross_entropy(out, y.unsqueeze(0))

    together = func.vmap(func.grad(loss), in_dims=(None, 0, 0))(params, xs, ys)
    for i in range(6):
        model.zero_grad()
        torch.nn.functional.cross_entropy(model(xs[i : i + 1]), ys[i : i + 1]).backward()
        for name, p in model.named_parameters():
            np.testing.assert_allclose(together[name][i].numpy(), p.grad.numpy(), atol=1e-6)
    assert all(isinstance(p, torch.nn.Parameter) for p in model.parameters())
    with pytest.raises(KeyError, match="no parameter or buffer 'weigth'"):
        func.functional_call(model, {"weigth": xs}, (xs,))


def test_line_22_func_odds_and_ends() -> None:
    seen: list[Any] = []

    def f(x: Any) -> Any:
        y = x.clone()
        y[0] = 5.0
        seen.append(func.debug_unwrap(y).tolist())
        return (y**2).sum()

    assert func.grad(func.functionalize(f))(f64([1.0, 2.0])).tolist() == [0.0, 4.0]
    assert seen == [[5.0, 2.0]]
    norm = torch.nn.BatchNorm1d(3)
    func.replace_all_batch_norm_modules_(torch.nn.Sequential(norm))
    assert norm.running_mean is None
    x = torch.randn(8, 3)
    assert abs(norm(x).mean().item()) < 1e-6
    with torch.autograd.set_multithreading_enabled(False):
        assert torch.ones(1).requires_grad is False


def test_line_43_ensembles() -> None:
    models = [torch.nn.Linear(3, 2) for _ in range(4)]
    params, buffers = func.stack_module_state(models)
    assert params["weight"].shape == (4, 2, 3) and params["weight"].requires_grad and buffers == {}
    x = torch.randn(5, 3)
    outs = func.vmap(lambda p: func.functional_call(models[0], p, (x,)))(params)
    for i, model in enumerate(models):
        np.testing.assert_allclose(outs[i].detach().numpy(), model(x).detach().numpy(), atol=1e-6)


CASES = {
    "tanh": lambda t, x: t.tanh(x),
    "matmul": lambda t, x: x @ x,
    "softmax": lambda t, x: t.softmax(x, dim=-1),
    "cumsum": lambda t, x: t.cumsum(x.exp(), dim=0),
    "einsum": lambda t, x: t.einsum("ij,kj->ik", x, x),
}


@pytest.mark.parametrize("name", CASES)
def test_line_22_functional_equals_pytorch(name: str) -> None:
    real = pytest.importorskip("torch")
    value = np.random.default_rng(5).standard_normal((3, 3))
    results = []
    for lib in (torch, real):
        x = lib.tensor(value)

        def f(x: Any, lib: Any = lib) -> Any:
            return CASES[name](lib, x)

        results.append(
            [
                lib.autograd.functional.jacobian(f, x).numpy(),
                lib.func.jacfwd(f)(x).numpy(),
                lib.func.hessian(lambda x: f(x).sin().sum())(x).numpy(),
                lib.autograd.functional.vhp(lambda x: f(x).sin().sum(), x, x)[1].numpy(),
                lib.func.vmap(lib.func.grad(lambda row: (row**2).sum() * row[0]))(x).numpy(),
            ]
        )
    for ours, theirs in zip(*results):
        np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-12)


def test_line_19_no_grad_steps_by_hand() -> None:
    for cut, expected in ((False, (0.333333, -0.333333)), (True, (1.0, -0.0))):
        a = torch.tensor(0.5, requires_grad=True)
        b = torch.tensor(-0.5, requires_grad=True)
        for _ in range(100):
            third = (a.detach() - b.detach()) if cut else (a - b)
            loss = (a - 1) ** 2 + (b + 1) ** 2 + third**2
            if cut:
                loss = (a - 1) ** 2 + (b + 1) ** 2 + (a.detach() - b) ** 2
            loss.backward()
            with torch.no_grad():
                a -= 0.1 * a.grad
                b -= 0.1 * b.grad
            a.grad.zero_()
            b.grad.zero_()
        assert a.is_leaf and a.requires_grad
        assert a.item() == pytest.approx(expected[0], abs=1e-6)
        assert b.item() == pytest.approx(expected[1], abs=1e-6)


def test_line_48_anomaly_names_the_line() -> None:
    x = torch.tensor([-1.0, 4.0], requires_grad=True)
    with torch.autograd.detect_anomaly():
        y = x.sqrt()
        line = inspect.currentframe().f_lineno - 1  # type: ignore[union-attr]
        with pytest.raises(RuntimeError, match=rf"test_functional\.py:{line}\b"):
            y.sum().backward()
    x.sqrt().sum().backward()  # it is off again
    with torch.autograd.set_detect_anomaly(True), pytest.raises(RuntimeError, match="NaN|nan"):
        x.sqrt().sum().backward()
    x.sqrt().sum().backward()
