"""The promises about HIPS Autograd and NumPy conventions, line by line."""

from __future__ import annotations

import time

import numpy
import pytest

import wengert
import wengert.autograd.numpy as np
import wengert.numpy
from wengert.autograd import (
    checkpoint,
    deriv,
    elementwise_grad,
    grad,
    grad_and_aux,
    grad_named,
    hessian,
    hessian_tensor_product,
    hessian_vector_product,
    holomorphic_grad,
    jacobian,
    make_ggnvp,
    make_hvp,
    make_jvp,
    make_jvp_reversemode,
    make_vjp,
    multigrad_dict,
    tensor_jacobian_product,
    value_and_grad,
    vector_jacobian_product,
)
from wengert.autograd.extend import defjvp, defvjp, primitive

A = numpy.array([[1.0, 2.0], [2.0, 1.0]])
X = numpy.array([[1.0], [2.0]])
Y = numpy.array([[1.0], [1.0]])
close = numpy.testing.assert_allclose


def quadratic(A, x, y):
    return np.dot(x.T, np.dot(A, x)) + np.dot(np.sin(y).T, x)


def test_line_32_operators():
    f = lambda x, y: np.sum(x**2 * y)
    x, y = numpy.array([1.0, 2.0]), numpy.array([3.0, 4.0])
    close(grad(f)(x, y), 2 * x * y)
    close(grad(f, 1)(x, y), x**2)
    value, gradient = value_and_grad(f, 1)(x, y)
    assert isinstance(value, float) and value == 19.0
    close(gradient, x**2)
    close(elementwise_grad(np.sin)(x), numpy.cos(x))
    assert float(deriv(np.tanh)(0.0)) == 1.0
    close(jacobian(lambda x: x**2)(x), numpy.diag(2 * x))
    close(hessian(lambda x: np.sum(x**3))(x), numpy.diag(6 * x))
    close(hessian_vector_product(f)(x, y, numpy.ones(2)), 2 * y)
    close(hessian_tensor_product(f, 1)(x, y, numpy.ones(2)), numpy.zeros(2))
    vjp, out = make_vjp(np.sin)(x)
    close(out, numpy.sin(x))
    close(vjp(numpy.array([1.0, 10.0])), numpy.cos(x) * [1.0, 10.0])
    out, tangent = make_jvp(np.sin)(x)(numpy.array([1.0, 10.0]))
    close(tangent, numpy.cos(x) * [1.0, 10.0])
    close(make_jvp_reversemode(np.sin)(x)(numpy.array([1.0, 10.0])), numpy.cos(x) * [1.0, 10.0])
    hvp, gradient = make_hvp(f)(x, y)
    close(gradient, 2 * x * y)
    close(hvp(numpy.array([1.0, 0.0])), [2 * y[0], 0.0])
    J = numpy.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    close(make_ggnvp(lambda x: np.dot(J, x))(x)(y), J.T @ J @ y)
    gradient, aux = grad_and_aux(lambda x: (np.sum(x**2), {"twice": 2 * x, "name": "aux"}))(x)
    close(gradient, 2 * x)
    close(aux["twice"], 2 * x)
    assert aux["name"] == "aux"
    with pytest.warns(UserWarning, match="not complex"):
        close(holomorphic_grad(lambda x: np.sum(x**2))(x), 2 * x)
    close(tensor_jacobian_product(lambda x: J @ x)(x, numpy.array([1.0, 0.0, 2.0])), J.T @ [1.0, 0.0, 2.0])
    close(vector_jacobian_product(lambda x: J @ x)(x, numpy.array([1.0, 0.0, 2.0])), J.T @ [1.0, 0.0, 2.0])
    close(grad(lambda x: np.sum(checkpoint(lambda z: np.sin(z) * z)(x)))(x), numpy.cos(x) * x + numpy.sin(x))
    close(grad_named(f, "y")(x, y), x**2)
    both = multigrad_dict(f)(x, y=y)
    close(both["x"], 2 * x * y)
    close(both["y"], x**2)


def test_line_32_argnum_tuple_and_nested_arguments():
    f = lambda a, b: a * b**2
    a_slope, b_slope = grad(f, (0, 1))(3.0, 2.0)
    assert (a_slope, b_slope) == (4.0, 12.0)
    params = {"w": [numpy.ones((2, 3)), numpy.zeros(2)], "b": (1.5, {"deep": numpy.arange(3.0)})}

    def loss(p, scale):
        return scale * (np.sum(p["w"][0] @ p["b"][1]["deep"] + p["w"][1]) * p["b"][0])

    g = grad(loss)(params, 2.0)
    assert type(g) is dict and type(g["w"]) is list and type(g["b"]) is tuple
    close(g["w"][0], 3.0 * numpy.array([[0.0, 1.0, 2.0]] * 2))
    close(g["w"][1], [3.0, 3.0])
    assert g["b"][0] == 2.0 * 6.0
    close(g["b"][1]["deep"], [6.0, 6.0, 6.0])
    (first,) = grad(loss, (0,))(params, 2.0)
    close(first["w"][1], [3.0, 3.0])


def test_line_32_ndarrays_in_and_out():
    x = numpy.array([0.5, 1.5])
    for result in (
        grad(lambda x: np.sum(np.sin(x)))(x),
        elementwise_grad(np.sin)(x),
        jacobian(np.sin)(x),
        hessian(lambda x: np.sum(x**2))(x),
        make_vjp(np.sin)(x)[0](x),
        make_vjp(np.sin)(x)[1],
        make_jvp(np.sin)(x)(x)[1],
    ):
        assert type(result) is numpy.ndarray and result.dtype == numpy.float64
        result += 1.0  # it belongs to the caller
    assert isinstance(grad(np.sin)(0.5), float)
    assert grad(lambda x: np.sum(x))(x.astype(numpy.float32)).dtype == numpy.float32
    assert type(np.sin(x)) is numpy.ndarray and type(np.zeros(3)) is numpy.ndarray and np.dot(x, x) == 2.5


def f33(x):
    return np.log(x[0]) + x[0] * x[1] - np.sin(x[1])


def test_line_33_gradient_and_central_differences():
    for point, expected in (((1.0, 2.0), [3.0, 1.41614684]), ((4.0, 3.0), [3.25, 4.9899925])):
        x = numpy.array(point)
        close(grad(f33)(x), expected, rtol=1e-8)
        h = 1e-5
        central = [(f33(x + h * e) - f33(x - h * e)) / (2 * h) for e in numpy.eye(2)]
        close(grad(f33)(x), central, rtol=1e-8)


def test_line_33_integers_are_refused_with_the_cast_to_write():
    with pytest.raises(TypeError, match=r"x\.astype\(float\)"):
        grad(f33)(numpy.array([1, 2]))
    with pytest.raises(TypeError, match=r"float\(3\)"):
        grad(lambda x: x**2)(3)
    with pytest.raises(TypeError, match=r"x\['n'\].*float\(2\)"):
        grad(lambda p: p["w"] ** p["n"])({"w": 1.0, "n": 2})


def test_line_34_plain_numpy_differentiates():
    def f(x):
        return numpy.log(x[0]) + x[0] * x[1] - numpy.sin(x[1])

    for differentiate in (grad, wengert.grad):
        close(differentiate(f)(numpy.array([1.0, 2.0])), [3.0, 1.41614684], rtol=1e-8)

    def g(x):
        y = numpy.concatenate([x, 2 * x])
        z = numpy.where(y > 0.2, numpy.einsum("i,i->i", y, y), numpy.exp(y))
        w = numpy.sum(numpy.ones((2, 4)) @ z) + numpy.ones(4) @ z + numpy.add.reduce(z) + numpy.float64(2.0) * z[0]
        return w + numpy.linalg.norm(z) + numpy.dot(z, z) + numpy.mean(numpy.stack([z, z]), axis=0).sum()

    x = numpy.array([0.15, 0.7])
    central = [(g(x + e) - g(x - e)) / 2e-6 for e in 1e-6 * numpy.eye(2)]
    close(wengert.grad(g)(x), central, rtol=1e-7)
    close(grad(g)(x), central, rtol=1e-7)


def test_line_35_setting_elements_differentiates():
    M = numpy.array([[1.0, 2.0], [3.0, 4.0]])

    def f(x, np):
        vals = np.zeros(2)
        for i in range(2):
            vals[i] = M[i, :] @ x
        return np.sum(vals)

    x = numpy.array([1.0, 2.0])
    assert float(f(x, np)) == 16.0
    close(grad(f)(x, np), [4.0, 6.0])
    assert float(f(wengert.numpy.array(x), wengert.numpy)) == 16.0
    close(wengert.grad(lambda x: f(x, wengert.numpy))(x), [4.0, 6.0])


def test_line_35_a_plain_array_on_the_left_is_refused():
    def f(x):
        vals = numpy.zeros(2)
        vals[0] = x[0]
        return numpy.sum(vals)

    with pytest.raises(TypeError) as caught:
        grad(f)(numpy.array([1.0, 2.0]))
    message = str(caught.value)
    assert "wengert.numpy" in message or "np.stack" in message or "np.array" in message, message


def test_line_36_quadratic_form():
    close(quadratic(A, X, Y), [[15.52441295]], rtol=1e-8)
    close(grad(quadratic, 0)(A, X, Y), [[1.0, 2.0], [2.0, 4.0]])
    close(grad(quadratic, 1)(A, X, Y), [[10.84147098], [8.84147098]], rtol=1e-8)
    close(grad(quadratic, 2)(A, X, Y), [[0.54030231], [1.08060461]], rtol=1e-7)
    value, gradients = value_and_grad(quadratic, (0, 1, 2))(A, X, Y)
    assert numpy.shape(value) == (1, 1)
    assert [g.shape for g in gradients] == [(2, 2), (2, 1), (2, 1)]


def test_line_36_sum_of_a_list_and_larger_outputs():
    f = lambda x: np.sum([x[0] * x[1], x[1] ** 2])
    close(grad(f)(numpy.array([2.0, 3.0])), [3.0, 8.0])
    with pytest.raises(TypeError, match=r"Grad only applies to real scalar-output functions.*jacobian"):
        grad(lambda x: 2 * x)(numpy.ones(3))
    with pytest.raises(TypeError, match="value_and_grad only applies to real scalar-output functions.*jacobian"):
        value_and_grad(lambda x: (x, x))(numpy.ones(3))


def test_line_37_layout_as_numpy():
    packed = np.vstack([np.reshape(A, (-1, 1), order="F"), X, Y]).ravel()
    close(packed, [1, 2, 2, 1, 1, 2, 1, 1])

    def f(p):
        A = np.reshape(p[:4], (2, 2), order="F")
        x, y = p[4:6].reshape((2, 1), order="F"), np.reshape(p[6:8], (2, 1))
        return (x.T @ A @ x + np.sin(y).T @ x)[0, 0]

    close(f(packed), 15.52441295, rtol=1e-8)
    expected = [1, 2, 2, 4, 10.84147098, 8.84147098, 0.54030231, 1.08060461]
    close(grad(f)(packed), expected, rtol=1e-7)
    with pytest.raises(ValueError, match=r"(?s)2, 3.*2, 3"):
        wengert.numpy.ones((2, 3)) @ wengert.numpy.ones((2, 3))
    with pytest.raises(ValueError, match=r"(?s)2, 3.*2, 3"):
        grad(lambda x: np.sum(np.dot(x, x)))(numpy.ones((2, 3)))


def test_line_38_hessian_vector_product_of_50000():
    n = 50_000
    x, v = numpy.linspace(0.0, 1.0, n), numpy.ones(n)
    f = lambda x: np.sum(np.sin(x) ** 2) + np.sum(x[1:] * x[:-1])
    start = time.perf_counter()
    product = hessian_vector_product(f)(x, v)
    assert time.perf_counter() - start < 5.0
    neighbours = numpy.full(n, 2.0)
    neighbours[[0, -1]] = 1.0
    close(product, 2 * numpy.cos(2 * x) + neighbours, rtol=1e-9)
    close(make_hvp(f)(x)[0](v), product)


def test_line_38_jacobian():
    expected = [[1.0, 0.0], [3.0, 2.0]]
    for f in (lambda x: np.array([x[0], x[0] * x[1]]), lambda x: (x[0], x[0] * x[1]), lambda x: [x[0], x[0] * x[1]]):
        close(jacobian(f)(numpy.array([2.0, 3.0])), expected)
    close(jacobian(lambda x: np.outer(x, x))(numpy.array([2.0, 3.0])).shape, (2, 2, 2))


special = pytest.importorskip("scipy.special")


@primitive
def probit(p):
    assert isinstance(p, (numpy.ndarray, float))  # plain values
    return special.ndtri(p)


@primitive
def normal_density(x):
    return numpy.exp(-0.5 * x**2) / numpy.sqrt(2 * numpy.pi)


defvjp(probit, lambda ans, p: lambda g: g / normal_density(ans))
defvjp(normal_density, lambda ans, x: lambda g: -g * ans * x)
defjvp(probit, lambda g, ans, p: g / normal_density(ans))
defjvp(normal_density, lambda g, ans, x: -g * ans * x)


def test_line_39_new_primitive():
    points = numpy.array([0.1, 0.5, 0.9])
    close(probit(points), [-1.28155157, 0.0, 1.28155157], rtol=1e-8, atol=1e-12)
    slopes = [5.69805986, 2.50662827, 5.69805986]
    close(elementwise_grad(probit)(points), slopes, rtol=1e-8)
    close([grad(probit)(p) for p in points], slopes, rtol=1e-8)
    close(make_jvp(probit)(points)(numpy.ones(3))[1], slopes, rtol=1e-8)
    second = elementwise_grad(elementwise_grad(probit))(points)
    third = elementwise_grad(elementwise_grad(elementwise_grad(probit)))(points)
    h = 1e-5
    first = elementwise_grad(probit)
    close(second, (first(points + h) - first(points - h)) / (2 * h), rtol=1e-6, atol=1e-6)
    twice = elementwise_grad(first)
    close(third, (twice(points + h) - twice(points - h)) / (2 * h), rtol=1e-6)
    close(deriv(deriv(probit))(0.1), second[0], rtol=1e-10)
    close(hessian(lambda p: np.sum(probit(p)))(points), numpy.diag(second), rtol=1e-10, atol=1e-10)
    close(wengert.grad(lambda p: np.sum(probit(p)))(points), slopes, rtol=1e-8)


def test_line_39_missing_rules_are_named():
    @primitive
    def lonely(x):
        return x * 2.0

    with pytest.raises(NotImplementedError, match="lonely"):
        grad(lonely)(1.0)

    @primitive
    def half(x, y):
        return x * y

    defvjp(half, lambda ans, x, y: lambda g: g * y)
    assert grad(half)(2.0, 3.0) == 3.0
    with pytest.raises(NotImplementedError, match=r"(?s)half.*argnum 1"):
        grad(half, 1)(2.0, 3.0)
