"""Special functions, distributions and convolution: SciPy's values, and derivatives against differences and HIPS Autograd."""

from __future__ import annotations

import importlib

import numpy
import pytest

pytest.importorskip("scipy")
from wengert.autograd import elementwise_grad, grad, make_jvp  # noqa: E402
from wengert.autograd.scipy import signal, special  # noqa: E402
from wengert.autograd.test_util import check_grads  # noqa: E402

close = numpy.testing.assert_allclose
U = numpy.array([0.15, 0.4, 0.65, 0.9])
P = numpy.array([0.5, 1.3, 2.7, 6.1])
V = numpy.array([-1.3, -0.4, 0.2, 2.5])

SPECIAL = [
    *((name, (P,)) for name in "gammaln gamma rgamma psi digamma".split()),
    *((name, (V,)) for name in "gammaln gamma rgamma gammasgn erf erfc expit log_expit ndtr digamma psi".split()),
    *((name, (U,)) for name in "erfinv erfcinv logit ndtri entr".split()),
    *((name, (P, U)) for name in "beta betaln xlogy xlog1py".split()),
]


def theirs(path: str):
    module, _, name = path.rpartition(".")
    owner = importlib.import_module(f"scipy.{module.split('.')[0]}")
    for part in [*module.split(".")[1:], name]:
        owner = getattr(owner, part)
    return owner


def central(f, args, i, h=1e-6):
    above, below = list(args), list(args)
    above[i], below[i] = args[i] + h, args[i] - h
    return (f(*above) - f(*below)) / (2 * h)


@pytest.mark.parametrize(("name", "args"), SPECIAL)
def test_special_function(name, args):
    ours, scipy_function = getattr(special, name), theirs(f"special.{name}")
    assert type(ours(*args)) is numpy.ndarray
    numpy.testing.assert_array_equal(ours(*args), scipy_function(*args))
    for i in range(len(args)):
        value, tangent = make_jvp(ours, i)(*args)(numpy.ones_like(args[i]))
        close(value, scipy_function(*args), rtol=1e-12)
        slope = elementwise_grad(ours, i)(*args)
        close(slope, central(scipy_function, args, i), rtol=2e-7, atol=2e-8)
        close(tangent, slope, rtol=1e-13)


def test_functions_with_parameters():
    for n in range(4):
        close(special.polygamma(n, P), theirs("special.polygamma")(n, P))
        close(elementwise_grad(special.polygamma, 1)(n, P), theirs("special.polygamma")(n + 1, P), rtol=1e-10)
    close(grad(special.multigammaln)(5.0, 3), sum(theirs("special.psi")(5.0 - 0.5 * j) for j in range(3)))
    X = numpy.array([[1.0, 2.0, -3.0], [0.5, 700.0, 701.0]])
    for kwargs in ({}, {"axis": 0}, {"axis": 1}, {"axis": 1, "keepdims": True}, {"axis": (0, 1)}, {"b": 2.0}, {"axis": 1, "b": U[:3]}):
        f = lambda x, kwargs=kwargs: special.logsumexp(x, **kwargs)
        value, tangent = make_jvp(f)(X)(numpy.cos(X))
        close(value, theirs("special.logsumexp")(X, **kwargs), rtol=1e-13)
        h = 1e-6
        differences = (theirs("special.logsumexp")(X + h * numpy.cos(X), **kwargs)
                       - theirs("special.logsumexp")(X - h * numpy.cos(X), **kwargs)) / (2 * h)  # fmt: skip
        close(tangent, differences, rtol=1e-5, atol=1e-6)
    for name in ("softmax", "log_softmax"):
        for axis in (None, 0, 1):
            value, _ = make_jvp(lambda x, n=name, a=axis: getattr(special, n)(x, axis=a))(X)(X)
            close(value, theirs(f"special.{name}")(X, axis=axis), rtol=1e-12, atol=1e-300)


def test_what_has_no_derivative_yet_says_so():
    for name, args in (("i0", (1.0,)), ("jn", (2, 1.0)), ("gammainc", (1.5, 2.0)), ("betainc", (1.0, 2.0, 0.3))):
        close(getattr(special, name)(*args), theirs(f"special.{name}")(*args))
        with pytest.raises(TypeError, match=rf"scipy\.special\.{name} has no differentiable form.*extend\.primitive"):
            grad(getattr(special, name), len(args) - 1)(*args)
    with pytest.raises(AttributeError, match="'gammaln'"):
        special.gamaln  # noqa: B018


DENSITIES = [
    ("norm.pdf", (V, 0.3, 1.7)), ("norm.logpdf", (V, 0.3, 1.7)), ("norm.cdf", (V, 0.3, 1.7)), ("norm.sf", (V, 0.3, 1.7)),
    ("norm.logcdf", (V, 0.3, 1.7)), ("norm.logsf", (V, 0.3, 1.7)), ("norm.logpdf", (V,)), ("norm.cdf", (V,)),
    ("beta.pdf", (U, 1.5, 2.5)), ("beta.logpdf", (U, 1.5, 2.5)), ("gamma.pdf", (P, 1.5)), ("gamma.logpdf", (P, 1.5)),
    ("chi2.pdf", (P, 3.0)), ("chi2.logpdf", (P, 3.0)), ("t.pdf", (V, 3.5)), ("t.logpdf", (V, 3.5)), ("t.logpdf", (V, 3.5, 0.2, 1.3)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "args"), DENSITIES)
def test_distribution(name, args):
    module, function = name.split(".")
    ours = getattr(importlib.import_module(f"wengert.autograd.scipy.stats.{module}"), function)
    expected = theirs(f"stats.{name}")
    numpy.testing.assert_array_equal(ours(*args), expected(*args))
    for i in range(len(args)):
        ones = numpy.ones_like(args[i]) if numpy.ndim(args[i]) else 1.0
        value, tangent = make_jvp(ours, i)(*args)(ones)
        close(value, expected(*args), rtol=1e-10, atol=1e-12)
        close(tangent, central(expected, args, i), rtol=1e-6, atol=1e-8)
        close(numpy.sum(elementwise_grad(ours, i)(*args)), numpy.sum(tangent), rtol=1e-10)


def test_poisson_dirichlet_and_the_normal_of_vectors():
    from wengert.autograd.scipy.stats import dirichlet, multivariate_normal, poisson

    k = numpy.array([0, 1, 4])
    for function in ("pmf", "logpmf"):
        ours, expected = getattr(poisson, function), theirs(f"stats.poisson.{function}")
        close(ours(k, 2.5), expected(k, 2.5))
        close(make_jvp(ours, 1)(k, 2.5)(1.0)[1], central(expected, (k, 2.5), 1), rtol=1e-7)
    alpha, point = numpy.array([1.5, 2.0, 3.5]), numpy.array([0.2, 0.3, 0.5])
    for function in ("pdf", "logpdf"):
        ours, expected = getattr(dirichlet, function), theirs(f"stats.dirichlet.{function}")
        slopes = [central(lambda t, e=e: expected(point, alpha + t * e), (0.0,), 0) for e in numpy.eye(3)]  # noqa: B023
        close(grad(ours, 1)(point, alpha), slopes, rtol=1e-7)
    covariance = numpy.array([[2.0, 0.5, 0.1], [0.5, 1.0, 0.2], [0.1, 0.2, 1.5]])
    x, mean = numpy.arange(6.0).reshape(2, 3) / 3, numpy.array([0.2, 0.5, -0.1])
    for function in ("pdf", "logpdf"):
        ours, expected = getattr(multivariate_normal, function), theirs(f"stats.multivariate_normal.{function}")
        value, tangent = make_jvp(ours, 0)(x, mean, covariance)(numpy.cos(x))
        close(value, expected(x, mean, covariance), rtol=1e-10)
        close(tangent, central(lambda t: expected(x + t * numpy.cos(x), mean, covariance), (0.0,), 0), rtol=1e-6)  # noqa: B023
        check_grads(lambda m: ours(x, m, covariance))(mean)  # noqa: B023
    with pytest.raises(TypeError, match="covariance"):
        grad(multivariate_normal.logpdf, 2)(x[0], mean, covariance)


@pytest.mark.parametrize("mode", ["full", "valid"])
def test_convolve_as_hips_autograd(mode):
    pytest.importorskip("autograd")
    import autograd
    from autograd.scipy.signal import convolve

    rs = numpy.random.RandomState(0)
    cases = [
        ((5,), (3,), None, [(), ()]), ((5, 6), (2, 3), None, [(), ()]), ((5, 6), (2, 3), ([0, 1], [0, 1]), [(), ()]),
        ((4, 5, 6), (4, 2, 3), ([1, 2], [1, 2]), [(0,), (0,)]), ((2, 3, 6, 5), (3, 4, 2, 2), ([2, 3], [2, 3]), [(1,), (0,)]),
        ((2, 6), (3, 4), ([1], [1]), [(), ()]),
    ]  # fmt: skip
    for a, b, axes, dot_axes in cases:
        A, B = rs.randn(*a), rs.randn(*b)
        expected = convolve(A, B, axes=axes, dot_axes=dot_axes, mode=mode)
        close(signal.convolve(A, B, axes=axes, dot_axes=dot_axes, mode=mode), expected, rtol=1e-10, atol=1e-12)
        for argnum in (0, 1):
            mine = grad(lambda A, B: (signal.convolve(A, B, axes=axes, dot_axes=dot_axes, mode=mode) ** 2).sum(), argnum)(A, B)  # noqa: B023
            other = autograd.grad(
                lambda A, B: autograd.numpy.sum(convolve(A, B, axes=axes, dot_axes=dot_axes, mode=mode) ** 2), argnum  # noqa: B023
            )(A, B)
            close(mine, other, rtol=1e-9, atol=1e-10)


def test_check_grads_catches_a_wrong_rule():
    from wengert.autograd.extend import defjvp, defvjp, primitive

    @primitive
    def wrong(x):
        return x * 2.0

    defvjp(wrong, lambda ans, x: lambda g: g * 2.001)
    defjvp(wrong, lambda g, ans, x: g * 2.001)
    with pytest.raises(AssertionError, match=r"\(VJP\) check of wrong failed"):
        check_grads(wrong, modes=["rev"])(1.0)
    with pytest.raises(AssertionError, match="Value mismatch"):
        check_grads(wrong, modes=["fwd"])(1.0)
    check_grads(lambda x, y: (x * y["a"]).sum(), (0, 1))(numpy.ones(3), {"a": numpy.arange(3.0)})
