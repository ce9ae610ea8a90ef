"""What programs meet beside gradients: primitives, vector spaces, flattening, boxes, older names."""

from __future__ import annotations

import numpy
import pytest

import wengert.autograd.numpy as np
from wengert.autograd import elementwise_grad, grad, hessian, jacobian, make_jvp, make_vjp
from wengert.autograd.builtins import isinstance as ag_isinstance, type as ag_type
from wengert.autograd.extend import (
    Box,
    def_linear,
    defjvp,
    defjvp_argnum,
    defjvp_argnums,
    defvjp,
    defvjp_argnum,
    defvjp_argnums,
    notrace_primitive,
    primitive,
    vspace,
)
from wengert.autograd.misc import flatten
from wengert.autograd.numpy.numpy_boxes import ArrayBox
from wengert.autograd.numpy.numpy_vjps import unbroadcast_f
from wengert.autograd.tracer import getval, isbox

close = numpy.testing.assert_allclose
X = numpy.array([0.5, 1.0, 2.0])


def test_line_39_rules_by_argnum():
    @primitive
    def product(x, y, scale=1.0):
        return x * y * scale

    defvjp_argnum(product, lambda argnum, ans, args, kwargs: lambda g: g * args[1 - argnum] * kwargs.get("scale", 1.0))
    defjvp_argnum(product, lambda argnum, g, ans, args, kwargs: g * args[1 - argnum] * kwargs.get("scale", 1.0))
    close(grad(lambda x, y: np.sum(product(x, y, scale=3.0)), (0, 1))(X, X + 1), [3 * (X + 1), 3 * X])
    close(make_jvp(lambda x: product(x, x))(X)(numpy.ones(3))[1], 2 * X)
    close(hessian(lambda x: np.sum(product(x, x)))(X), 2 * numpy.eye(3))

    @primitive
    def both(x, y):
        return x**2 * y

    defvjp_argnums(both, lambda argnums, ans, args, kwargs: lambda g: [
        g * 2 * args[0] * args[1] if n == 0 else g * args[0] ** 2 for n in argnums
    ])  # fmt: skip
    defjvp_argnums(both, lambda argnums, gs, ans, args, kwargs: sum(
        g * 2 * args[0] * args[1] if n == 0 else g * args[0] ** 2 for n, g in zip(argnums, gs)
    ))  # fmt: skip
    close(grad(lambda x, y: np.sum(both(x, y)), (0, 1))(X, X + 1), [2 * X * (X + 1), X**2])
    close(make_jvp(both, (0, 1))(X, X + 1)((X, X))[1], 2 * X * (X + 1) * X + X**3)


def test_line_39_linear_same_none_and_containers():
    @primitive
    def twice(x):
        return 2.0 * x

    def_linear(twice)
    defvjp(twice, lambda ans, x: lambda g: twice(g))
    close(make_jvp(twice)(X)(X)[1], 2 * X)
    close(elementwise_grad(twice)(X), [2.0, 2.0, 2.0])

    @primitive
    def scaled(x, n):
        return x * n

    defjvp(scaled, "same", None)
    defvjp(scaled, lambda ans, x, n: lambda g: g * n, None)
    close(make_jvp(scaled, (0, 1))(X, 3.0)((X, 1.0))[1], 3 * X)
    assert grad(lambda n: np.sum(scaled(X, n)))(3.0) == 0.0

    @primitive
    def first_and_sum(pair):
        return pair[0] + 0.0, pair[0] + pair[1]["b"]

    defvjp(first_and_sum, lambda ans, pair: lambda g: [g[0] + g[1], {"b": g[1]}])
    g = grad(lambda x, y: np.sum(first_and_sum([x, {"b": y}])[0] * 2 + first_and_sum([x, {"b": y}])[1]), (0, 1))(X, X)
    close(g, [[3.0] * 3, [1.0] * 3])

    @primitive
    def broadcasting(x, y):
        return x + y

    defvjp(broadcasting, lambda ans, x, y: unbroadcast_f(x, lambda g: g), lambda ans, x, y: unbroadcast_f(y, lambda g: g))
    close(grad(lambda y: np.sum(broadcasting(numpy.ones((2, 3)), y)))(X), [2.0, 2.0, 2.0])
    close(grad(lambda y: np.sum(broadcasting(numpy.ones((2, 3)), y)))(1.0), 6.0)


def test_line_39_a_primitive_sees_plain_values_in_every_mode():
    seen = []

    @primitive
    def cube(x):
        seen.append(type(x))
        return x**3

    defvjp(cube, lambda ans, x: lambda g: g * 3 * x**2)
    close(jacobian(cube)(X), numpy.diag(3 * X**2))
    assert grad(grad(grad(cube)))(2.0) == 6.0
    import wengert

    close(wengert.vmap(wengert.grad(cube))(X), 3 * X**2)
    assert all(kind in (numpy.ndarray, numpy.float64, float) for kind in seen)
    close(cube(X), X**3)
    assert type(cube(2.0)) is float


def test_older_ways_to_give_a_rule():
    @primitive
    def old(x):
        return x**2

    with pytest.warns(UserWarning, match="deprecated"):
        old.defgrad(lambda ans, x: lambda g: g * 2 * x)
    assert grad(old)(3.0) == 6.0
    with pytest.warns(UserWarning, match="deprecated"):
        old.defvjp(lambda g, ans, vs, gvs, x: g * 2 * x)
    assert grad(old)(3.0) == 6.0
    with pytest.warns(UserWarning, match="deprecated"):
        old.defvjp_is_zero(argnums=(0,))
    assert grad(old)(3.0) == 0.0


def test_boxes_and_values():
    seen = {}

    def f(x):
        seen.update(box=isbox(x), value=getval(x), instance=isinstance(x, Box), array=isinstance(x, ArrayBox), kind=ag_type(x),
                    known=ag_isinstance(x, np.ndarray), scalar=ag_isinstance(x[0], float), shape=count(x), _value=x._value)  # fmt: skip
        return np.sum(x**2)

    @notrace_primitive
    def count(x):
        return len(x)

    grad(f)(X)
    assert seen["box"] and seen["instance"] and seen["array"] and seen["known"] and seen["scalar"] and seen["shape"] == 3
    assert seen["kind"] is numpy.ndarray and type(seen["value"]) is numpy.ndarray
    close(seen["value"], X)
    close(seen["_value"], X)
    assert not isbox(X) and not isinstance(X, Box) and getval(3.0) == 3.0 and isinstance(X, np.ndarray)


def test_vector_spaces():
    tree = {"a": numpy.ones((2, 3)), "b": [1.0, (numpy.zeros(2),)]}
    space = vspace(tree)
    assert space.size == 9 and space == vspace(tree) and space != vspace([1.0])
    assert space.zeros()["a"].sum() == 0.0 and space.ones()["b"][1][0].sum() == 2.0
    assert space.inner_prod(tree, tree) == 7.0
    assert len(list(space.standard_basis())) == 9
    close(space.flatten(space.unflatten(numpy.arange(9.0))), numpy.arange(9.0))
    assert space.add(tree, tree)["b"][0] == 2.0 and space.scalar_mul(tree, 3.0)["b"][0] == 3.0
    assert vspace(numpy.ones((2, 3))).shape == (2, 3)
    with pytest.raises(TypeError, match="vector space"):
        vspace("text")


def test_flatten_and_back():
    value = {"b": 3.0, "a": [numpy.arange(4.0).reshape(2, 2), (1.0,)]}
    vector, unflatten = flatten(value)
    close(vector, [0, 1, 2, 3, 1, 3])
    again = unflatten(vector * 2)
    assert list(again) == ["b", "a"] and again["b"] == 6.0 and type(again["a"][1]) is tuple
    close(again["a"][0], [[0, 2], [4, 6]])
    close(grad(lambda v: flatten(v)[0].sum() + np.sum(flatten(v)[1](flatten(v)[0] ** 2)["a"][0]))(value)["a"][0], 1 + 2 * value["a"][0])
    assert flatten([])[0].shape == (0,)


def test_independent_results_warn_and_give_zeros():
    with pytest.warns(UserWarning, match="Output seems independent of input"):
        close(grad(lambda x: 3.0)(X), [0.0, 0.0, 0.0])
    with pytest.raises(TypeError, match="Grad only applies to real scalar-output"):
        grad(lambda x: np.allclose(x, x))(X)


def test_names():
    import wengert.autograd
    import wengert.autograd.numpy.linalg
    import wengert.autograd.numpy.random

    assert grad(np.tanh).__name__ == "grad_of_tanh_wrt_argnum_0"
    with pytest.raises(AttributeError, match="'jacobian'"):
        wengert.autograd.jacobien  # noqa: B018
    with pytest.raises(AttributeError, match="'norm'"):
        wengert.autograd.numpy.linalg.nrm  # noqa: B018
    with pytest.raises(AttributeError, match="'concatenate'"):
        np.concatenat  # noqa: B018
    assert np.random.RandomState(0).randn() == numpy.random.RandomState(0).randn()
    np.random.seed(1)
    first = np.random.randn(3)
    numpy.random.seed(1)
    close(first, numpy.random.randn(3))
    with pytest.raises(TypeError, match="argument"):
        grad(np.sin, 1)(1.0)
    with pytest.raises(TypeError, match="fft.fft has no differentiable form"):
        grad(lambda x: np.sum(np.real(np.fft.fft(x))))(X)
    close(np.fft.fft(X), numpy.fft.fft(X))


def test_line_32_names_of_hips_autograd():
    theirs = pytest.importorskip("autograd")
    import autograd.numpy as theirs_np

    import wengert.autograd

    public = [name for name in dir(theirs) if not name.startswith("_")]
    assert [name for name in public if not hasattr(wengert.autograd, name)] == []
    numpys = [name for name in dir(theirs_np) if not name.startswith("_") and hasattr(numpy, name)]
    assert [name for name in numpys if not hasattr(np, name)] == []


def test_nesting_of_operators():
    f = lambda x: np.sum(np.sin(x) * x)
    assert grad(lambda a: a * grad(lambda b: a * b**2)(a))(3.0) == pytest.approx(6 * 9.0)
    close(jacobian(grad(f))(X), hessian(f)(X))
    inner = lambda y: grad(lambda x: x + y)(1.0)
    assert grad(lambda x: x * inner(x))(1.0) == 1.0  # no confusion of the two derivatives
    pull, _ = make_vjp(np.sin)(X)
    close(grad(lambda g: np.sum(pull(g) ** 2))(X), 2 * numpy.cos(X) ** 2 * X)
    close(make_jvp(grad(f))(X)(numpy.ones(3))[1], hessian(f)(X).sum(0))


def test_the_rules_of_a_new_primitive_agree_with_finite_differences_to_second_order() -> None:
    """Both rules, on a vector and a matrix, forward and reverse, and their own derivatives."""
    from wengert.autograd.test_util import check_grads

    @primitive
    def product_of_waves(x, y):
        return numpy.sin(x) * numpy.cos(y)

    defvjp(
        product_of_waves,
        lambda ans, x, y: lambda g: g * np.cos(x) * np.cos(y),
        lambda ans, x, y: lambda g: -g * np.sin(x) * np.sin(y),
    )
    defjvp(
        product_of_waves,
        lambda g, ans, x, y: g * np.cos(x) * np.cos(y),
        lambda g, ans, x, y: -g * np.sin(x) * np.sin(y),
    )
    x, y = numpy.linspace(-1.0, 1.0, 6), numpy.linspace(0.3, 2.0, 6)
    check_grads(product_of_waves, modes=["rev", "fwd"], order=2)(x, y)
    check_grads(product_of_waves, modes=["rev", "fwd"], order=2)(x.reshape(2, 3), y.reshape(2, 3))

    @primitive
    def wrong(x):
        return x**3

    defvjp(wrong, lambda ans, x: lambda g: g * 2.0 * x**2)
    with pytest.raises(AssertionError):
        check_grads(wrong, modes=["rev"], order=1)(x)


def test_results_belong_to_the_caller():
    x, c, g = X.copy(), X.copy(), numpy.ones(3)
    pull, y = make_vjp(lambda x: x)(x)
    y *= 0.0
    pulled = pull(g)
    pulled *= 5.0
    out, tangent = make_jvp(lambda x: x * 1.0)(x)(g)
    out *= 7.0
    tangent *= 7.0
    a, b = grad(lambda x, y: np.sum(x + y + np.array(c)), (0, 1))(x, x)
    a *= 9.0
    close(x, X)
    close(c, X)
    close(g, numpy.ones(3))
    close(b, numpy.ones(3))
    close(pull(g), numpy.ones(3))


def test_nothing_is_left_behind():
    import gc

    def once():
        def f(x):
            v = np.zeros(3)
            v[0] = x[0]
            v[1:] = x[1:3] * 2
            return np.sum(v)

        grad(f)(X)
        hessian(lambda x: np.sum(np.tanh(x)))(X)
        make_vjp(np.exp)(X)[0](X)
        for wrong in (lambda x: x, lambda x: numpy.linalg.inv(np.outer(x, x))):
            with pytest.raises(TypeError):
                grad(wrong)(X)

    once()
    gc.collect()
    gc.disable()
    try:
        for _ in range(20):
            grad(lambda x: np.sum(np.sin(x)))(X)
            hessian(lambda x: np.sum(np.tanh(x)))(X)
            make_vjp(np.exp)(X)[0](X)
        assert gc.collect() == 0  # no cycles: a graph goes with its last value
        once()
    finally:
        gc.enable()
