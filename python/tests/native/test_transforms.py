"""The transforms by themselves: values, structures, what goes in and what comes out."""

from __future__ import annotations

import math
from collections import namedtuple
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import wengert
import wengert.numpy as wnp


def f_plain(x: Any) -> Any:
    return x**3 - 2 * x


def test_line_42_grad_of_floats_arrays_and_tensors() -> None:
    slope = wengert.grad(f_plain)(2.0)
    assert slope == 10.0 and isinstance(slope, float)
    x = np.array([1.0, 2.0, 3.0])
    g = wengert.grad(lambda x: (x**2).sum())(x)
    assert type(g) is np.ndarray and g.dtype == np.float64
    np.testing.assert_array_equal(g, 2 * x)
    zero_d = wengert.grad(f_plain)(np.array(2.0))
    assert type(zero_d) is np.ndarray and zero_d.shape == () and zero_d == 10.0
    t = wengert.grad(f_plain)(wengert.tensor(2.0))
    assert isinstance(t, wengert.Tensor) and t.item() == 10.0 and t.dtype == wengert.float32
    half = wengert.grad(lambda x: (x**2).sum())(x.astype(np.float32))
    assert half.dtype == np.float32


def test_line_34_plain_numpy_functions_differentiate() -> None:
    g = wengert.grad(lambda x: np.sum(np.sin(x) * np.exp(x)))(np.array([0.0, 1.0]))
    np.testing.assert_allclose(g, np.exp([0.0, 1.0]) * (np.sin([0.0, 1.0]) + np.cos([0.0, 1.0])), rtol=1e-14)
    assert wengert.grad(np.tanh)(0.5) == pytest.approx(1 - math.tanh(0.5) ** 2, rel=1e-14)
    assert wengert.grad(wnp.sin)(0.25) == pytest.approx(math.cos(0.25), rel=1e-14)


def test_wengert_functions_take_floats_arrays_and_tensors() -> None:
    for x in (0.25, np.array(0.25), wengert.tensor(0.25)):
        assert float(wengert.grad(lambda v: wengert.sin(v) * wengert.exp(v))(x)) == pytest.approx(
            math.exp(0.25) * (math.sin(0.25) + math.cos(0.25)), rel=1e-6
        )


def test_value_and_grad_and_aux() -> None:
    value, g = wengert.value_and_grad(f_plain)(2.0)
    assert value == 4.0 and g == 10.0
    (value, aux), g = wengert.value_and_grad(
        lambda x: (x * x, {"twice": 2 * x, "note": "text", "n": 3}), has_aux=True
    )(3.0)
    assert (value, aux, g) == (9.0, {"twice": 6.0, "note": "text", "n": 3}, 6.0)
    g, aux = wengert.grad(lambda x: (x * x, (x, None)), has_aux=True)(wengert.tensor(3.0))
    assert g.item() == 6.0 and aux[0].item() == 3.0 and aux[1] is None
    assert not aux[0].requires_grad
    with pytest.raises(TypeError, match=r"pair \(result, aux\); it returned"):
        wengert.grad(lambda x: x, has_aux=True)(3.0)


def test_argnums() -> None:
    def f(x: Any, y: Any, z: Any) -> Any:
        return x * y**2 * z**3

    assert wengert.grad(f, 0)(2.0, 3.0, 1.0) == 9.0
    assert wengert.grad(f, 1)(2.0, 3.0, 1.0) == 12.0
    assert wengert.grad(f, -1)(2.0, 3.0, 1.0) == 54.0
    assert wengert.grad(f, (2, 0))(2.0, 3.0, 1.0) == (54.0, 9.0)
    assert wengert.grad(f, [0])(2.0, 3.0, 1.0) == (9.0,)
    assert wengert.grad(lambda x, n: x**n)(2.0, 3) == 12.0  # the other arguments may be anything
    assert wengert.grad(lambda x, *, scale: scale * x)(2.0, scale=7) == 7.0
    with pytest.raises(
        ValueError, match="asks for positional argument 3, but the function was called with 3"
    ):
        wengert.grad(f, 3)(2.0, 3.0, 1.0)
    with pytest.raises(ValueError, match="names an argument twice"):
        wengert.grad(f, (0, -3))(2.0, 3.0, 1.0)
    with pytest.raises(TypeError, match="argnums is an integer or a tuple"):
        wengert.grad(f, "x")(2.0, 3.0, 1.0)  # type: ignore[arg-type]


def test_gradients_have_the_structure_of_the_argument() -> None:
    Point = namedtuple("Point", "x y")

    @dataclass
    class Net:
        w: Any
        b: Any

    params = {
        "net": Net(np.ones((2, 2)), [1.0, np.zeros(2)]),
        "p": Point(2.0, wengert.tensor(3.0)),
        "none": None,
    }

    def f(p: Any) -> Any:
        return (p["net"].w * 2).sum() + p["net"].b[0] + p["net"].b[1].sum() + p["p"].x * p["p"].y

    g = wengert.grad(f)(params)
    assert list(g) == ["net", "p", "none"] and g["none"] is None
    assert isinstance(g["net"], Net)
    np.testing.assert_array_equal(g["net"].w, 2 * np.ones((2, 2)))
    assert g["net"].b[0] == 1.0
    np.testing.assert_array_equal(g["net"].b[1], np.ones(2))
    assert isinstance(g["p"], Point) and g["p"].x == 3.0 and g["p"].y.item() == 2.0


def test_the_wrapped_function_keeps_its_name_and_words() -> None:
    def energy(x: Any) -> Any:
        """The energy."""
        return x * x

    for transform in (wengert.grad, wengert.value_and_grad, wengert.jacfwd, wengert.vmap, wengert.checkpoint):
        wrapped = transform(energy)
        assert wrapped.__name__ == "energy" and wrapped.__doc__ == "The energy."

    @wengert.grad
    def decorated(x: Any) -> Any:
        return x**2

    assert decorated(3.0) == 6.0


def test_vjp() -> None:
    value, pullback = wengert.vjp(
        lambda x, y: {"p": x * y, "s": x.sum()}, np.array([1.0, 2.0]), np.array([3.0, 4.0])
    )
    np.testing.assert_array_equal(value["p"], [3.0, 8.0])
    gx, gy = pullback({"s": 10.0, "p": np.array([1.0, 0.0])})
    np.testing.assert_array_equal(gx, [13.0, 10.0])
    np.testing.assert_array_equal(gy, [1.0, 0.0])
    again, _ = pullback({"p": None, "s": 1})  # None is zero, an integer is cast; and it can be called again
    np.testing.assert_array_equal(again, [1.0, 1.0])
    with pytest.raises(
        ValueError, match=r"(?s)the cotangent has another structure.*expected \{'p': \*, 's': \*\}"
    ):
        pullback((1.0, 2.0))
    with pytest.raises(ValueError, match=r"cotangent\['p'\] has shape \(3,\).*shape \(2,\)"):
        pullback({"p": np.ones(3), "s": 1.0})
    _, pull, aux = wengert.vjp(lambda x: (x * x, {"x": x, "k": 1}), 3.0, has_aux=True)
    assert pull(1.0) == (6.0,) and aux == {"x": 3.0, "k": 1}


def test_jvp() -> None:
    value, tangent = wengert.jvp(lambda x, y: (x * y, x + y), (2.0, 5.0), (1.0, 10.0))
    assert value == (10.0, 7.0) and tangent == (25.0, 11.0)
    value, tangent, aux = wengert.jvp(lambda x: (x * x, {"twice": 2 * x}), (3.0,), (1,), has_aux=True)
    assert (value, tangent, aux) == (9.0, 6.0, {"twice": 6.0})
    t = wengert.jvp(lambda p: p["w"].sum(), ({"w": wengert.ones(3)},), ({"w": wengert.ones(3)},))[1]
    assert t.item() == 3.0
    with pytest.raises(TypeError, match=r"write \(x,\)"):
        wengert.jvp(f_plain, 1.0, 1.0)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="1 primals but 2 tangents"):
        wengert.jvp(f_plain, (1.0,), (1.0, 2.0))
    with pytest.raises(ValueError, match=r"tangent 0 has shape \(2,\)"):
        wengert.jvp(f_plain, (1.0,), (np.ones(2),))


def test_linearize() -> None:
    calls = []

    def f(x: Any) -> Any:
        calls.append(1)
        return (x**2).sum(), x[0]

    value, push = wengert.linearize(f, np.array([1.0, 3.0]))
    assert value[0] == 10.0 and value[1] == 1.0
    seen = len(calls)
    assert push(np.array([1.0, 1.0])) == (8.0, 1.0)
    assert push(np.array([0.0, 2.0])) == (12.0, 0.0)
    assert len(calls) == seen  # f is not run again
    with pytest.raises(TypeError, match="1 tangents are needed"):
        push(1.0, 2.0)
    value, push, aux = wengert.linearize(lambda x: (x**2, {"x": x, "n": 1}), 3.0, has_aux=True)
    assert (value, push(1.0), aux) == (9.0, 6.0, {"x": 3.0, "n": 1})


@pytest.mark.parametrize("jac", ["jacfwd", "jacrev", "jacobian"])
def test_jacobians_of_trees_are_trees_of_trees(jac: str) -> None:
    transform = getattr(wengert, jac)
    x = np.array([2.0, 3.0])
    np.testing.assert_array_equal(transform(lambda x: x * x)(x), np.diag(2 * x))
    rows = transform(lambda p: {"s": p["a"].sum() * p["b"], "a": p["a"]})({"a": x, "b": 5.0})
    assert list(rows) == ["s", "a"] and list(rows["s"]) == ["a", "b"]
    np.testing.assert_array_equal(rows["s"]["a"], [5.0, 5.0])
    assert rows["s"]["b"] == 5.0
    np.testing.assert_array_equal(rows["a"]["a"], np.eye(2))
    np.testing.assert_array_equal(rows["a"]["b"], np.zeros(2))
    both = transform(lambda x, y: x * y, (0, 1))(x, 2.0)
    assert isinstance(both, tuple)
    np.testing.assert_array_equal(both[0], 2 * np.eye(2))
    np.testing.assert_array_equal(both[1], x)
    matrix, aux = transform(lambda x: (x * x, {"sum": x.sum(), "tag": "t"}), has_aux=True)(x)
    np.testing.assert_array_equal(matrix, np.diag(2 * x))
    assert aux == {"sum": 5.0, "tag": "t"}
    with pytest.raises(TypeError, match="dtype (int64|bool)"):
        transform(lambda x: x > 0)(x)


def test_line_38_jacobian_of_a_pair() -> None:
    rows = wengert.jacobian(lambda x: np.stack([x[0], x[0] * x[1]]))(np.array([3.0, 7.0]))
    np.testing.assert_array_equal(rows, [[1.0, 0.0], [7.0, 3.0]])


def test_line_38_hvp_of_50000_without_the_hessian() -> None:
    n = 50_000
    x, v = np.linspace(-1, 1, n), np.ones(n)
    product = wengert.hvp(lambda x: (x**4).sum() + (x.sum()) ** 2, x, v)
    np.testing.assert_allclose(product, 12 * x**2 + 2 * n, rtol=1e-12)


def test_hessian() -> None:
    x = np.array([1.0, 2.0])
    np.testing.assert_array_equal(
        wengert.hessian(lambda x: x[0] ** 2 + x[0] * x[1])(x), [[2.0, 1.0], [1.0, 0.0]]
    )
    blocks = wengert.hessian(lambda p: p["a"] ** 2 * p["b"])({"a": 3.0, "b": 5.0})
    assert blocks == {"a": {"a": 10.0, "b": 6.0}, "b": {"a": 6.0, "b": 0.0}}
    pair = wengert.hessian(lambda a, b: a * a * b, (0, 1))(3.0, 5.0)
    assert pair == ((10.0, 6.0), (6.0, 0.0))
    vector = wengert.hessian(lambda x: x**3)(x)
    assert vector.shape == (2, 2, 2)
    np.testing.assert_array_equal(vector[1], [[0.0, 0.0], [0.0, 12.0]])


def test_hvp_of_trees() -> None:
    (product,) = wengert.hvp(lambda p: p["a"] ** 2 * p["b"], ({"a": 3.0, "b": 5.0},), ({"a": 1.0, "b": 0.0},))
    assert product == {"a": 10.0, "b": 6.0}
    t = wengert.hvp(lambda x: (x**3).sum(), wengert.tensor([1.0, 2.0]), wengert.tensor([1.0, 1.0]))
    assert t.tolist() == [6.0, 12.0]


def test_stop_gradient() -> None:
    assert wengert.grad(lambda x: x * wengert.stop_gradient(x))(3.0) == 3.0
    tree = wengert.stop_gradient({"a": 1.0, "b": wengert.ones(2)})
    assert tree["a"] == 1.0 and tree["b"].tolist() == [1.0, 1.0]


def test_make_program() -> None:
    program = wengert.make_program(lambda x, y: (x * y).sin().sum())(wengert.ones(3), wengert.ones(3))
    assert "sin" in str(program) and "sum" in str(program)
    out = program.run([wengert.zeros(3), wengert.ones(3)])
    assert out[0].item() == 0.0


def test_line_42_programs_are_differentiated_and_mapped_like_functions() -> None:
    program = wengert.make_program(wengert.grad(lambda x: (x.sin() * x).sum()))(
        wengert.ones(3, dtype=wengert.float64)
    )
    x = wengert.tensor([0.1, 0.2, 0.3], dtype=wengert.float64)
    slope = np.cos(x.numpy()) * x.numpy() + np.sin(x.numpy())
    np.testing.assert_allclose(program.run([x])[0].numpy(), slope, rtol=1e-14)
    second = wengert.grad(lambda x: program.run([x])[0].sum())(x)
    np.testing.assert_allclose(
        second.numpy(), 2 * np.cos(x.numpy()) - x.numpy() * np.sin(x.numpy()), rtol=1e-13
    )
    batch = wengert.stack([x, 2 * x])
    np.testing.assert_allclose(
        wengert.vmap(lambda x: program.run([x])[0])(batch)[0].numpy(), slope, rtol=1e-14
    )
    assert len(program) > 0 and "cos" in str(program)


def test_checkpoint() -> None:
    runs = []

    @wengert.checkpoint
    def layer(x: Any, w: Any) -> Any:
        runs.append(1)
        return np.sin(x * w)

    x, w = np.array([0.1, 0.2]), np.array([1.0, 2.0])
    gx, gw = wengert.grad(lambda x, w: layer(layer(x, w), w).sum(), (0, 1))(x, w)
    kx, kw = wengert.grad(lambda x, w: np.sin(np.sin(x * w) * w).sum(), (0, 1))(x, w)
    np.testing.assert_allclose(gx, kx, rtol=1e-14)
    np.testing.assert_allclose(gw, kw, rtol=1e-14)
    t = wengert.tensor([0.5], requires_grad=True)
    wengert.checkpoint(lambda t: t.exp())(t).sum().backward()
    assert t.grad.item() == pytest.approx(math.exp(0.5), rel=1e-6)


def test_line_33_integers_are_an_error_that_shows_the_cast() -> None:
    with pytest.raises(TypeError, match=r"argument 0 has dtype int64.*x\.astype\(float\)"):
        wengert.grad(lambda x: (x**2).sum())(np.array([1, 2]))
    with pytest.raises(TypeError, match=r"argument 1\['w'\]\[0\] is the int 3.*3\.0"):
        wengert.grad(lambda x, p: x * p["w"][0], 1)(1.0, {"w": [3]})
    with pytest.raises(TypeError, match=r"argument 0 has dtype int64.*\.double\(\)"):
        wengert.grad(lambda x: x.sum())(wengert.tensor([1, 2]))
    with pytest.raises(TypeError, match="argument 0 is a str"):
        wengert.grad(lambda x: x)("text")
    with pytest.raises(TypeError, match="first argument is the function"):
        wengert.grad(3.0)  # type: ignore[arg-type]


def test_leaves_of_other_kinds() -> None:
    tf = wengert.tensorflow
    v = tf.Variable([1.0, 2.0])
    g = wengert.grad(lambda p: tf.reduce_sum(p["v"] ** 2) * p["c"])({"v": v, "c": tf.constant(3.0)})
    assert g["v"].numpy().tolist() == [6.0, 12.0] and g["c"].numpy() == 5.0

    class Column:
        def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
            return np.array([1.0, 2.0])

    np.testing.assert_array_equal(wengert.grad(lambda x: (x**2).sum())(Column()), [2.0, 4.0])
    with pytest.raises(TypeError, match=r"x\['n'\]\.astype\(float\)"):
        wengert.grad(lambda p: p["n"].sum())({"n": np.arange(3)})
    real = pytest.importorskip("torch")
    with pytest.raises(TypeError, match="torch.Tensor, a tensor of another library.*from_dlpack"):
        wengert.grad(lambda x: x.sum())(real.ones(2))


def test_line_36_a_larger_result_is_an_error_that_names_jacobian() -> None:
    with pytest.raises(TypeError, match=r"shape \(2,\).*jacobian.*vjp"):
        wengert.grad(lambda x: x * 2)(np.ones(2))
    with pytest.raises(TypeError, match=r"returned \(\*, \*\).*has_aux"):
        wengert.grad(lambda x: (x, x))(1.0)
    with pytest.raises(TypeError, match="NoneType|None"):
        wengert.grad(lambda x: None)(1.0)
    assert wengert.grad(lambda x: x.reshape(1, 1))(2.0) == 1.0  # one element is one number


def test_line_33_agrees_with_central_differences() -> None:
    def f(x: Any) -> Any:
        return np.log(x[0]) + x[0] * x[1] - np.sin(x[1])

    for point, expected in (((1.0, 2.0), (3.0, 1.41614684)), ((4.0, 3.0), (3.25, 4.9899925))):
        x = np.array(point)
        g = wengert.grad(f)(x)
        np.testing.assert_allclose(g, expected, atol=5e-9)
        h = 1e-5
        numeric = [(f(x + h * e) - f(x - h * e)) / (2 * h) for e in np.eye(2)]
        np.testing.assert_allclose(g, numeric, atol=1e-8)


def test_results_that_do_not_depend_on_the_argument() -> None:
    assert wengert.grad(lambda x: 3.0)(2.0) == 0.0
    np.testing.assert_array_equal(wengert.grad(lambda x: np.float64(1.0))(np.ones(2)), np.zeros(2))
    assert wengert.jvp(lambda x: (x, 7.0), (2.0,), (1.0,)) == ((2.0, 7.0), (1.0, 0.0))


def test_an_exception_of_the_function_comes_out_as_it_is() -> None:
    class Mine(Exception):
        pass

    def f(x: Any) -> Any:
        raise Mine("here")

    for transform in (wengert.grad, wengert.jacfwd, wengert.jacrev, wengert.hessian):
        with pytest.raises(Mine, match="here"):
            transform(f)(1.0)
    with pytest.raises(Mine):
        wengert.vmap(f)(np.ones(2))
    with pytest.raises(Mine):
        wengert.jvp(f, (1.0,), (1.0,))
    assert wengert.grad(f_plain)(2.0) == 10.0  # nothing is left behind
