"""backward and grad as PyTorch's users know them: the figures of the acceptance list, and PyTorch itself
where it is installed."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import wengert.torch as torch

Y_GRAD = [1, 0.9997, 0.9950, 0.9749, 0.9215, 0.8120, 0.6236, 0.3421, -0.0248, -0.4337]
Y_GRAD += [-0.7970, -0.9922, -0.9011, -0.4786, 0.1732, 0.7815, 0.9951, 0.6044, -0.2217, -0.9111]
X_GRAD = [0, 0.3157, 0.6284, 0.9236, 1.1640, 1.2821, 1.1815, 0.7563, -0.0626, -1.2326]
X_GRAD += [-2.5168, -3.4466, -3.4148, -1.9649, 0.7655, 3.7017, 5.0278, 3.2446, -1.2603, -5.4668]


def test_line_9_the_square_and_the_sine() -> None:
    for value, slope in ((3.0, "tensor(6.)"), (4.0, "tensor(8.)")):
        x = torch.tensor(value, requires_grad=True)
        (x**2).backward()
        assert repr(x.grad) == slope
    x = torch.tensor(3.0, requires_grad=True)
    y = x**2
    y.retain_grad()
    z = torch.sin(y)
    z.backward()
    assert z.item() == pytest.approx(0.4121, abs=5e-5)
    assert x.grad.item() == pytest.approx(-5.4668, abs=5e-5)
    assert y.grad.item() == pytest.approx(-0.9111, abs=5e-5)


def test_line_10_grad_of_a_non_leaf_warns() -> None:
    x = torch.tensor(3.0, requires_grad=True)
    y = x**2
    y.backward()
    with pytest.warns(UserWarning, match="retain_grad"):
        assert y.grad is None
    y = x**2
    y.retain_grad()
    (2 * y).backward()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert y.grad.item() == 2.0


def test_line_11_linspace_and_sine() -> None:
    x = torch.linspace(0, 3, 20, requires_grad=True)
    assert x.dtype == torch.float32
    y = x**2
    y.retain_grad()
    z = torch.sin(y)
    z.sum().backward()
    np.testing.assert_allclose(y.grad.numpy(), Y_GRAD, atol=5.1e-5)
    np.testing.assert_allclose(x.grad.numpy(), X_GRAD, atol=5.1e-5)


def test_line_12_gradients_accumulate() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    (x**2).backward()
    assert repr(x.grad) == "tensor(4.)"
    (x**2).backward()
    assert repr(x.grad) == "tensor(8.)"
    held = x.grad
    assert repr(x.grad.zero_()) == "tensor(0.)"
    assert x.grad.item() == 0.0 and held is x.grad
    (x**2).backward()
    assert repr(x.grad) == "tensor(4.)" and held.item() == 4.0


def test_line_13_backward_of_what_is_no_scalar() -> None:
    x = torch.tensor([1.0, 4.0, 2.0], requires_grad=True)
    with pytest.raises(RuntimeError, match="grad can be implicitly created only for scalar outputs"):
        (x**2).backward()
    (x**2).backward(torch.ones(3))
    assert x.grad.tolist() == [2.0, 8.0, 4.0]
    x.grad = None
    (x**2).backward(gradient=torch.tensor([1, 1, 1]))  # int64 is cast
    assert x.grad.tolist() == [2.0, 8.0, 4.0] and x.grad.dtype == torch.float32
    with pytest.raises(RuntimeError, match=r"2.*3|3.*2"):
        (x**2).backward(torch.ones(2))
    for shape in ((1,), (1, 1)):
        one = torch.ones(*shape, requires_grad=True)
        (one * 3).backward()
        assert one.grad.tolist() == (3 * torch.ones(*shape)).tolist()


def test_line_14_autograd_grad() -> None:
    x = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64, requires_grad=True)
    out = torch.autograd.grad(x @ x, x)
    assert isinstance(out, tuple) and out[0].tolist() == [2.0, 4.0, 6.0] and x.grad is None
    y = torch.ones(2, requires_grad=True)
    a, b = torch.autograd.grad((x @ x) * y.sum(), (x, y))
    assert a.tolist() == [4.0, 8.0, 12.0] and b.tolist() == [14.0, 14.0]
    assert torch.autograd.grad([x * 2, x * 3], [x], [torch.ones(3), torch.ones(3)])[0].tolist() == [
        5.0,
        5.0,
        5.0,
    ]
    with pytest.raises(RuntimeError, match="allow_unused"):
        torch.autograd.grad(x.sum(), (x, y))
    used, unused = torch.autograd.grad(x.sum(), (x, y), allow_unused=True)
    assert unused is None and used.tolist() == [1.0, 1.0, 1.0]
    assert torch.autograd.grad(x.sum(), (x, y), materialize_grads=True)[1].tolist() == [0.0, 0.0]
    with pytest.raises(
        RuntimeError, match="element 0 of tensors does not require grad and does not have a grad_fn"
    ):
        torch.autograd.grad(torch.ones(1), x)
    with pytest.raises(
        RuntimeError, match="element 0 of tensors does not require grad and does not have a grad_fn"
    ):
        torch.ones(1).backward()
    with pytest.raises(RuntimeError, match=r"shape"):
        torch.autograd.grad(x * 2, x, torch.ones(2))


def test_line_14_batched_cotangents() -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    (rows,) = torch.autograd.grad(x**2, x, torch.eye(2), is_grads_batched=True)
    assert rows.tolist() == [[2.0, 0.0], [0.0, 4.0]]


def test_line_15_a_second_backward() -> None:
    x = torch.tensor(3.0, requires_grad=True)
    y = x**2
    y.backward()
    with pytest.raises(RuntimeError, match="retain_graph=True"):
        y.backward()
    x.grad = None
    y = x**2
    y.backward(retain_graph=True)
    assert x.grad.item() == 6.0
    y.backward()
    assert x.grad.item() == 12.0


def test_line_16_the_hessian_row_by_row() -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = x[0] ** 2 + x[0] * x[1]
    (g,) = torch.autograd.grad(y, x, create_graph=True)
    rows = []
    for i in range(2):
        x.grad = None
        unit = torch.zeros(2)
        unit[i] = 1.0
        g.backward(unit, retain_graph=True)
        rows.append(x.grad.tolist())
    assert rows == [[2.0, 1.0], [1.0, 0.0]]


def test_line_17_a_neuron_by_hand() -> None:
    x, w, b = torch.tensor(3.0), torch.tensor(2.0, requires_grad=True), torch.tensor(1.0, requires_grad=True)
    y = torch.clamp(x * w + b, min=0)
    y.backward()
    assert (y.item(), w.grad.item(), b.grad.item()) == (7.0, 3.0, 1.0)
    for value in (0.0, -1.0):
        v = torch.tensor(value, requires_grad=True)
        v.clamp(min=0).backward()
        assert v.grad.item() == (0.0 if value < 0 else v.grad.item())
        r = torch.tensor(value, requires_grad=True)
        r.relu().backward()
        assert r.grad.item() == 0.0
    x, w = torch.tensor(2.0), torch.tensor(1.0, requires_grad=True)
    y = (x * w) ** 2 + (x * w) ** 3
    y.backward()
    assert y.item() == 12.0 and w.grad.item() == 32.0


def test_line_17_slope_of_clamp_at_its_bound_is_zero() -> None:
    v = torch.tensor(0.0, requires_grad=True)
    v.clamp(min=0).backward()
    assert v.grad.item() == 0.0


def test_line_18_the_quadratic_form() -> None:
    a = torch.tensor([[1.0, 2.0], [2.0, 1.0]], dtype=torch.float64, requires_grad=True)
    x = torch.tensor([[1.0], [2.0]], dtype=torch.float64, requires_grad=True)
    y = torch.tensor([[1.0], [1.0]], dtype=torch.float64, requires_grad=True)
    f = x.T @ a @ x + torch.sin(y).T @ x
    f.backward()
    np.testing.assert_allclose(f.detach().numpy(), [[15.52441295]], atol=5e-9)
    assert a.grad.tolist() == [[1.0, 2.0], [2.0, 4.0]]
    np.testing.assert_allclose(x.grad.numpy(), [[10.84147098], [8.84147098]], atol=5e-9)
    np.testing.assert_allclose(y.grad.numpy(), [[0.54030231], [1.08060461]], atol=5e-9)


def test_backward_of_several_and_into_inputs() -> None:
    x, y = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    torch.autograd.backward([(x * y).sum(), x * 3], [None, torch.ones(2)])
    assert x.grad.tolist() == [4.0, 4.0] and y.grad.tolist() == [1.0, 1.0]
    x.grad = y.grad = None
    (x * y).sum().backward(inputs=[x])
    assert x.grad.tolist() == [1.0, 1.0] and y.grad is None
    torch.autograd.backward((x * y).sum(), inputs=y)
    assert y.grad.tolist() == [1.0, 1.0] and x.grad.tolist() == [1.0, 1.0]
    with pytest.raises(RuntimeError, match="2 tensors and 1 gradients"):
        torch.autograd.backward([x * 2, x * 3], [torch.ones(2)])


def test_line_22_tensor_hooks() -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    seen: list[Any] = []
    handle = x.register_hook(lambda g: seen.append(g.tolist()))
    y = x * 3
    double = y.register_hook(lambda g: 2 * g)
    y.sum().backward()
    assert seen == [[6.0, 6.0]] and x.grad.tolist() == [6.0, 6.0]
    handle.remove()
    double.remove()
    (x * 3).sum().backward()
    assert len(seen) == 1 and x.grad.tolist() == [9.0, 9.0]

    def broken(g: Any) -> None:
        raise ValueError("in the hook")

    x.register_hook(broken)
    with pytest.raises(ValueError, match="in the hook"):
        (x * 3).sum().backward()


def test_line_22_a_hook_of_several_tensors() -> None:
    a, b = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    seen: list[Any] = []
    handle = torch.autograd.graph.register_multi_grad_hook(
        [a, b], lambda gs: seen.append([g.tolist() for g in gs])
    )
    (a * 2 + b * 3).sum().backward()
    (a * 2 + b * 3).sum().backward()
    assert seen == [[[2.0, 2.0], [3.0, 3.0]]] * 2
    handle.remove()
    with torch.autograd.graph.register_multi_grad_hook([a, b], lambda g: seen.append(g.tolist()), mode="any"):
        (a * 2 + b * 2).sum().backward()
    assert len(seen) == 3 and seen[2] == [2.0, 2.0]
    (a * 2 + b * 2).sum().backward()
    assert len(seen) == 3


def test_line_7_the_graph_from_the_result_to_the_leaf() -> None:
    x = torch.tensor([1.0, -2.0, 3.0, -4.0], requires_grad=True)
    y = x.abs().sum()
    assert repr(y) == "tensor(10., grad_fn=<SumBackward0>)"
    node = y.grad_fn
    names = []
    while node is not None:
        names.append(node.name())
        last, node = node, node.next_functions[0][0] if node.next_functions else None
    assert names == ["SumBackward0", "AbsBackward0", "torch::autograd::AccumulateGrad"]
    assert last.variable is x
    assert isinstance(y.grad_fn, torch.autograd.graph.Node)
    assert torch.autograd.graph.get_gradient_edge(y).node == y.grad_fn
    assert torch.autograd.graph.get_gradient_edge(x).node == last


def test_line_22_variable() -> None:
    v = torch.autograd.Variable(torch.ones(2), requires_grad=True)
    assert v.requires_grad and isinstance(v, torch.autograd.Variable) and isinstance(v, torch.Tensor)


SMOOTH = {
    "sin(x²)": lambda t, x: t.sin(x * x),
    "softmax": lambda t, x: t.softmax(x, 0) * t.arange(1.0, 5.0, dtype=t.float64),
    "logsumexp": lambda t, x: t.logsumexp(x, 0),
    "std": lambda t, x: x.std(),
    "cumprod": lambda t, x: t.cumprod(x, 0),
    "outer": lambda t, x: t.outer(x, x.exp()),
    "index": lambda t, x: x[[0, 0, 3]] ** 3,
    "where": lambda t, x: t.where(x > 0, x**2, x**3),
    "norm": lambda t, x: x.norm(),
    "sort": lambda t, x: t.sort(x)[0] ** 2 * t.arange(1.0, 5.0, dtype=t.float64),
}


@pytest.mark.parametrize("name", SMOOTH)
def test_line_14_first_and_second_derivatives_equal_pytorch(name: str) -> None:
    real = pytest.importorskip("torch")
    results = []
    for lib in (torch, real):
        x = lib.tensor([0.3, -1.2, 0.8, 2.0], dtype=lib.float64, requires_grad=True)
        y = SMOOTH[name](lib, x)
        (g,) = lib.autograd.grad(y.sum(), x, create_graph=True)
        (h,) = lib.autograd.grad((g * g).sum(), x)
        results.append([v.detach().numpy() for v in (y, g, h)])
    for ours, theirs in zip(*results):
        np.testing.assert_allclose(ours, theirs, rtol=1e-11, atol=1e-13)
