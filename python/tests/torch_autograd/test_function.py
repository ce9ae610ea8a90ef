"""autograd.Function: forward and backward by hand."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np
import pytest

import wengert.torch as torch
from wengert.torch.autograd import Function, gradcheck, gradgradcheck
from wengert.torch.autograd.function import once_differentiable


class Exp(Function):
    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        result = x.exp()
        ctx.save_for_backward(result)
        return result

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        (result,) = ctx.saved_tensors
        return g * result


class Cube(Function):
    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        (x,) = ctx.saved_tensors
        return g * 3 * x**2


class LegendrePolynomial3(Function):
    """The example of PyTorch's own tutorial."""

    @staticmethod
    def forward(ctx: Any, input: Any) -> Any:
        ctx.save_for_backward(input)
        return 0.5 * (5 * input**3 - 3 * input)

    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        (input,) = ctx.saved_tensors
        return grad_output * 1.5 * (5 * input**2 - 1)


def leaf(values: Any = (0.5, -1.0)) -> Any:
    return torch.tensor(values, dtype=torch.float64, requires_grad=True)


def test_line_22_function_forward_and_backward() -> None:
    x = leaf()
    y = Exp.apply(x)
    assert y.requires_grad and y.grad_fn.name() == "ExpBackward"
    y.sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), np.exp([0.5, -1.0]), rtol=1e-15)
    x = leaf()
    LegendrePolynomial3.apply(x).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), 1.5 * (5 * np.array([0.25, 1.0]) - 1), rtol=1e-14)


@pytest.mark.parametrize("function", [Exp, Cube, LegendrePolynomial3])
def test_line_22_double_backward_through_a_function(function: type[Function]) -> None:
    x = leaf()
    assert gradcheck(function.apply, (x,))
    assert gradgradcheck(function.apply, (x,))


def test_line_22_third_derivative_through_saved_results_and_inputs() -> None:
    for function, expected in ((Exp, np.exp([0.5, -1.0])), (Cube, np.full(2, 6.0))):
        x = leaf()
        y = function.apply(x)
        for _ in range(3):
            (y,) = torch.autograd.grad(y.sum(), x, create_graph=True)
        np.testing.assert_allclose(y.detach().numpy(), expected, rtol=1e-13)


def test_line_22_non_tensor_arguments_and_ctx() -> None:
    class Scale(Function):
        @staticmethod
        def forward(ctx: Any, x: Any, factor: float, name: str = "n") -> Any:
            ctx.factor = factor
            ctx.name = name
            assert ctx.needs_input_grad == (True, False, False)[: len(ctx.needs_input_grad)]
            return x * factor

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            assert ctx.name == "m"
            return g * ctx.factor, None, None

    x = leaf()
    Scale.apply(x, 3.0, "m").sum().backward()
    assert x.grad.tolist() == [3.0, 3.0]


def test_line_22_several_inputs_and_outputs() -> None:
    class Both(Function):
        @staticmethod
        def forward(ctx: Any, a: Any, b: Any) -> Any:
            ctx.save_for_backward(a, b)
            return a * b, a + b, (a > b)

        @staticmethod
        def backward(ctx: Any, g_product: Any, g_sum: Any, g_flag: Any) -> Any:
            a, b = ctx.saved_tensors
            assert ctx.needs_input_grad == (True, False)
            return g_product * b + g_sum, None

    a, b = leaf(), torch.tensor([2.0, 3.0], dtype=torch.float64)
    product, total, flag = Both.apply(a, b)
    assert product.requires_grad and total.requires_grad and not flag.requires_grad
    (product * 2).sum().backward(retain_graph=True)
    assert a.grad.tolist() == [4.0, 6.0]
    total.sum().backward()
    assert a.grad.tolist() == [5.0, 7.0]


def test_line_22_materialize_and_mark_non_differentiable() -> None:
    seen = []

    class Sorted(Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            values, order = torch.sort(x)
            ctx.save_for_backward(order)
            ctx.mark_non_differentiable(order)
            ctx.set_materialize_grads(False)
            return values, order

        @staticmethod
        def backward(ctx: Any, g: Any, g_order: Any) -> Any:
            seen.append(g_order)
            (order,) = ctx.saved_tensors
            out = torch.zeros_like(g)
            out[order] = g
            return out

    x = leaf([3.0, 1.0, 2.0])
    values, order = Sorted.apply(x)
    assert not order.requires_grad
    (values * torch.tensor([1.0, 10.0, 100.0])).sum().backward()
    assert x.grad.tolist() == [100.0, 1.0, 10.0] and seen == [None]


def test_line_22_forward_leaves_pytorch_and_comes_back() -> None:
    class Numpy(Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            value = x.detach().numpy()
            ctx.save_for_backward(x)
            return torch.from_numpy(np.sin(value))

        @staticmethod
        @once_differentiable
        def backward(ctx: Any, g: Any) -> Any:
            (x,) = ctx.saved_tensors
            return torch.from_numpy(g.numpy() * np.cos(x.detach().numpy()))

    x = leaf()
    Numpy.apply(x).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), np.cos([0.5, -1.0]), rtol=1e-15)
    (g,) = torch.autograd.grad(Numpy.apply(x).sum(), x, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable|does not require grad"):
        g.sum().backward()


def test_line_22_setup_context() -> None:
    class Square(Function):
        @staticmethod
        def forward(x: Any) -> Any:
            return x * x

        @staticmethod
        def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
            (x,) = inputs
            ctx.save_for_backward(x)

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            (x,) = ctx.saved_tensors
            return 2 * x * g

    x = leaf()
    Square.apply(x).sum().backward()
    assert x.grad.tolist() == [1.0, -2.0]
    assert torch.func.grad(lambda v: Square.apply(v).sum())(x.detach()).tolist() == [1.0, -2.0]
    assert torch.func.vmap(torch.func.grad(Square.apply))(x.detach()).tolist() == [1.0, -2.0]
    hessian = torch.func.jacrev(torch.func.jacrev(lambda v: Square.apply(v).sum()))(x.detach())
    assert hessian.tolist() == [[2.0, 0.0], [0.0, 2.0]]


def test_line_22_in_place_functions() -> None:
    class Double(Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            x.mul_(2)
            ctx.mark_dirty(x)
            return x

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return 2 * g

    x = leaf()
    y = x * 3
    z = Double.apply(y)
    assert z is y and y.tolist() == [3.0, -6.0] and y.grad_fn.name() == "DoubleBackward"
    z.sum().backward()
    assert x.grad.tolist() == [6.0, 6.0]


def test_line_22_an_input_that_comes_out_again() -> None:
    class Reverse(Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x.view_as(x)

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return -g

    class Same(Reverse):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x

    for function in (Reverse, Same):
        x = leaf()
        y = function.apply(x)
        y.sum().backward()
        assert x.grad.tolist() == [-1.0, -1.0] and x.tolist() == [0.5, -1.0]
        assert torch.func.grad(lambda v, function=function: function.apply(v).sum())(x.detach()).tolist() == [
            -1.0,
            -1.0,
        ]


def test_line_22_results_that_are_no_tensors_and_tensor_attributes() -> None:
    class Mixed(Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.middle = x * 10
            ctx.count = 3
            return x.sin(), "text", None, 7

        @staticmethod
        def backward(ctx: Any, g: Any, *rest: Any) -> Any:
            assert rest == (None, None, None) and ctx.count == 3
            assert ctx.middle.tolist() == [5.0, -10.0]
            return g * (ctx.middle / 10).cos()

    x = leaf()
    y, text, nothing, seven = Mixed.apply(x)
    assert (text, nothing, seven) == ("text", None, 7)
    y.sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), np.cos([0.5, -1.0]), rtol=1e-15)


def test_line_43_a_function_under_every_transform() -> None:
    x = torch.tensor([0.5, -1.0], dtype=torch.float64)
    for function, second in ((Exp, torch.exp(x)), (Cube, 6 * x)):
        f = function.apply
        np.testing.assert_allclose(
            torch.func.vmap(torch.func.grad(torch.func.grad(f)))(x), second, rtol=1e-14
        )
        np.testing.assert_allclose(torch.func.jacfwd(torch.func.jacrev(f))(x)[1, 1, 1], second[1], rtol=1e-14)
        value, tangent = torch.func.jvp(f, (x,), (torch.ones_like(x),))
        np.testing.assert_allclose(tangent, torch.func.jacrev(f)(x).sum(1), rtol=1e-14)
        np.testing.assert_allclose(torch.func.vmap(f)(x), f(x), rtol=1e-15)


def test_line_22_errors_of_functions() -> None:
    class Wrong(Function):
        @staticmethod
        def forward(ctx: Any, a: Any, b: Any) -> Any:
            return a * b

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return g

    class Nothing(Function):
        @staticmethod
        def forward(ctx: Any, a: Any) -> Any:
            return a * 2

    class Raises(Nothing):
        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            raise KeyError("mine")

    with pytest.raises(RuntimeError, match=r"incorrect number of gradients \(expected 2, got 1\)"):
        Wrong.apply(leaf(), leaf()).sum().backward()
    with pytest.raises(NotImplementedError, match="backward"):
        Nothing.apply(leaf()).sum().backward()
    with pytest.raises(KeyError, match="mine"):
        Raises.apply(leaf()).sum().backward()
    with pytest.raises(RuntimeError, match="retain_graph"):
        y = Exp.apply(leaf()).sum()
        y.backward()
        y.backward()


def test_line_22_no_grad_and_what_needs_none() -> None:
    x = leaf()
    with torch.no_grad():
        assert not Exp.apply(x).requires_grad
    assert not Exp.apply(x.detach()).requires_grad


def test_line_50_functions_leave_nothing_behind() -> None:
    class Big:
        pass

    held: list[weakref.ref[Big]] = []

    class Keeps(Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.big = Big()
            held.append(weakref.ref(ctx.big))
            out = x * 2
            ctx.save_for_backward(x, out)
            return out

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return 2 * g

    y = Keeps.apply(leaf()).sum()
    assert held[0]() is not None
    del y
    gc.collect()
    assert held[0]() is None


def test_line_22_figures_equal_pytorch() -> None:
    real = pytest.importorskip("torch")
    results = []
    for lib in (torch, real):

        class Softplus(lib.autograd.Function):  # type: ignore[misc,name-defined]
            @staticmethod
            def forward(ctx: Any, x: Any, beta: float) -> Any:
                out = (1 + (beta * x).exp()).log() / beta
                ctx.save_for_backward(x)
                ctx.beta = beta
                return out

            @staticmethod
            def backward(ctx: Any, g: Any) -> Any:
                (x,) = ctx.saved_tensors
                return g / (1 + (-ctx.beta * x).exp()), None

        x = lib.tensor([0.5, -1.0, 2.0], dtype=lib.float64, requires_grad=True)
        y = Softplus.apply(x, 2.0)
        (g,) = lib.autograd.grad(y.sum(), x, create_graph=True)
        (h,) = lib.autograd.grad((g**2).sum(), x)
        results.append([v.detach().numpy() for v in (y, g, h)] + [y.grad_fn.name()])
    for ours, theirs in zip(*results):
        if isinstance(ours, str):
            assert ours == theirs
        else:
            np.testing.assert_allclose(ours, theirs, rtol=1e-13)
