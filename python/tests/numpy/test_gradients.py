"""Gradients of functions written with wengert.numpy, with wengert.autograd.numpy and with plain NumPy, against central
differences and against HIPS Autograd (where it is installed and has the function)."""

from __future__ import annotations

import warnings

import numpy
import pytest

import wengert
import wengert.autograd
import wengert.autograd.numpy
import wengert.numpy

A = numpy.array([[0.31, -1.2, 2.5], [4.0, 0.7, -0.15]])
B = numpy.array([[1.5, 2.0, -0.5], [0.25, -3.0, 1.0]])
S = numpy.array([[2.0, 1.0, 0.5], [1.0, 3.0, -0.2], [0.5, -0.2, 1.5]])
V = numpy.array([0.1, 0.9, -0.4, 2.0])
U = numpy.array([0.15, 0.4, 0.65, 0.9])
C = numpy.sin(numpy.arange(24.0)).reshape(2, 3, 4)
K = numpy.array([0, 2, 2, 1])
NAMES = {name: value for name, value in globals().items() if isinstance(value, numpy.ndarray)}

CALLS = [  # (an expression in x, the point)
    *((f"np.{name}(x)", A) for name in """abs absolute fabs negative positive cbrt square exp exp2 expm1 sin cos tan arctan sinh
        cosh tanh arcsinh degrees radians deg2rad rad2deg sinc real nan_to_num""".split()),
    *((f"np.{name}(x)", U) for name in "sqrt reciprocal log log2 log10 log1p arcsin arccos arctanh".split()),
    ("np.arccosh(x + 1)", U),
    *((f"np.{name}(x, B)", A) for name in """add subtract multiply divide true_divide maximum minimum fmax fmin logaddexp logaddexp2
        arctan2 hypot""".split()),
    *((f"np.{name}(B, x)", A) for name in "subtract multiply divide arctan2 maximum logaddexp".split()),
    *((f"np.{name}(x, x[0])", A) for name in "add multiply divide".split()), ("np.power(x, 3)", A),
    ("np.power(x, 2.5)", U), ("np.power(2.0, x)", A), ("np.power(x, x)", U), ("x ** 2", A), ("x ** -1", U),
    ("2.0 ** x", A), ("x * B + B / x - 3", A), ("np.clip(x, 0.2, 1.0)", A), ("np.copysign(x, B)", A),
    ("np.float_power(x, 2)", A),
    *((f"np.{name}(x{tail})", A) for name in "sum mean prod max min var std amax amin ptp median".split()
      for tail in ("", ", axis=0", ", axis=1", ", axis=1, keepdims=True")),
    ("np.var(x, ddof=1)", A), ("np.std(x, axis=0, ddof=1)", A), ("np.sum(x, axis=(0, 2))", C),
    ("np.sum(C * x, axis=-1)", C), ("np.cumsum(x)", A), ("np.cumsum(x, axis=1)", A), ("np.cumprod(x, axis=1)", A),
    ("np.average(x, axis=0, weights=[1.0, 2.0])", A), ("np.average(V, weights=x)", U), ("np.quantile(x, 0.3)", V),
    ("np.percentile(x, [20, 70], axis=1)", A), ("np.nansum(x)", A),
    ("np.nanmean(np.where(B > 0, x, np.nan), axis=1)", A), ("np.cov(x)", A), ("np.corrcoef(x)", A),
    ("np.cov(x, rowvar=False)", A), ("np.reshape(x, (3, 2))", A), ("np.reshape(x, (3, 2), order='F')", A),
    ("np.ravel(x)", A), ("np.ravel(x, order='F')", A),
    ("x.reshape(3, 2, order='F') if hasattr(x, 'reshape') else x", A), ("x.T", A), ("np.transpose(x, (2, 0, 1))", C),
    ("np.swapaxes(x, 0, 2)", C), ("np.moveaxis(x, 0, -1)", C), ("np.rollaxis(x, 2)", C), ("np.squeeze(x[None])", A),
    ("np.expand_dims(x, 1)", A), ("np.atleast_2d(x)", V), ("np.atleast_3d(x)", A), ("np.broadcast_to(x, (2, 4))", V),
    ("np.flip(x, 0)", A), ("np.fliplr(x)", A), ("np.flipud(x)", A), ("np.rot90(x)", A), ("np.roll(x, 1)", A),
    ("np.roll(x, 1, axis=1)", A), ("np.tile(x, (2, 2))", A), ("np.repeat(x, 2, axis=1)", A), ("np.repeat(x, 3)", A),
    ("np.pad(x, 1, mode='constant')", A), ("np.pad(x, 2, mode='reflect')", V), ("np.pad(x, 1, mode='edge')", A),
    ("np.diag(x)", V), ("np.diag(x)", S), ("np.diag(x, 1)", S), ("np.tril(x)", S), ("np.triu(x, 1)", S),
    ("np.diagonal(x)", S), ("np.trace(x)", S), ("np.meshgrid(x, U)[0]", V), ("np.meshgrid(U, x)[1]", V),
    ("np.vander(x)", V), ("np.linspace(x[0], x[1], 4)", V), ("np.concatenate([x, B])", A),
    ("np.concatenate([x, x * B], axis=1)", A), ("np.concatenate((B, x), axis=None)", A), ("np.stack([x, 2 * x])", A),
    ("np.stack([x, B], axis=-1)", A), ("np.vstack([x, B])", A), ("np.vstack([x, U])", V), ("np.hstack([x, B])", A),
    ("np.hstack([x, U])", V), ("np.dstack([x, B])", A), ("np.column_stack([x, U])", V), ("np.append(x, 3.0)", V),
    ("np.append(x, B, axis=0)", A), ("np.array([x[0], x[1] * x[2]])", V),
    ("np.array([[x[0], 2.0], [x[1], x[2]]])", V), ("np.array([x, x])", A), ("np.split(x, 2)[1]", V),
    ("np.array_split(x, 3)[0]", V), ("np.insert(x, 1, 5.0)", V), ("np.delete(x, 1)", V),
    ("np.block([[x, x], [x, S]])", S), ("np.unstack(x)[1]", A), ("np.r_[x, 2.0]", V), ("np.c_[x, U]", V),
    ("np.where(B > 0, x, B)", A), ("np.where(x > 0.5, x ** 2, -x)", A), ("np.where(B > 0, x, 0.0)", A),
    ("np.select([V > 1, V > 0], [x, 2 * x])", V),
    ("np.piecewise(x, [V < 0, V >= 0], [lambda z: -z, lambda z: z**2])", V), ("np.choose([0, 1, 1, 0], [x, U])", V),
    ("np.take(x, [0, 2, 2])", V), ("np.take(x, [2, 0], axis=1)", A),
    ("np.take_along_axis(x, np.argsort(B, axis=1), axis=1)", A), ("np.compress([True, False, True], x, axis=1)", A),
    ("np.extract(A > 0, x)", A), ("x[0]", A), ("x[:, 1]", A), ("x[..., ::-1]", A), ("x[[0, 1], [1, 2]]", A),
    ("x[A > 0]", A), ("x[None, :, 1:]", A), ("x[K]", V), ("x[-1]", V), ("np.sort(x)", A), ("np.sort(x, axis=0)", A),
    ("np.partition(x, 1)[2]", V), ("np.unique(x)", V), ("np.fmax(x, np.array(np.nan))", V), ("np.dot(x, S)", A),
    ("np.dot(A, x)", S), ("np.dot(x, U)", V), ("np.dot(x, x)", V), ("np.dot(C, x)", V), ("x @ S", A), ("A @ x", S),
    ("np.matmul(C, x)", V), ("np.matmul(x, V)", C), ("np.vdot(x, B)", A), ("np.inner(x, B)", A),
    ("np.outer(x, U)", V), ("np.outer(x, x)", V), ("np.tensordot(x, B, axes=2)", A),
    ("np.tensordot(x, B, axes=([1], [1]))", A), ("np.tensordot(C, x, axes=1)", V),
    ("np.einsum('ij,jk->ik', x, S)", A), ("np.einsum('ij,ij->', x, x)", A), ("np.einsum('ii->i', x)", S),
    ("np.einsum('ijk->kji', x)", C), ("np.einsum('...i,i->...', C, x)", V), ("np.kron(x, S)", A),
    ("np.cross(x, B)", A), ("np.linalg.norm(x)", V), ("np.linalg.norm(x)", A), ("np.linalg.norm(x, axis=1)", A),
    ("np.linalg.norm(x, 1)", V), ("np.linalg.norm(x, 3)", V), ("np.linalg.norm(x, np.inf)", V),
    ("np.linalg.norm(x, 'fro')", A), ("np.linalg.norm(x, axis=(0, 1))", A), ("np.linalg.multi_dot([x, S, S])", A),
    ("np.linalg.matrix_power(x, 3)", S), ("np.diff(x)", V), ("np.diff(x, 2)", V), ("np.diff(x, axis=0)", A),
    ("np.ediff1d(x)", V), ("np.gradient(x)", V), ("np.gradient(x, axis=1)", A),
    ("np.gradient(x, 0.5, edge_order=2)", V), ("np.trapezoid(x)", V), ("np.trapezoid(V, x)", U),
    ("np.interp(x, U, V)", numpy.array([0.2, 0.5, 0.77])), ("np.interp(np.array([0.2, 0.7]), U, x)", V),
    ("np.convolve(x, U)", V), ("np.convolve(U, x, 'same')", V), ("np.convolve(x, [1.0, 2.0], 'valid')", V),
    ("np.correlate(x, U, 'full')", V), ("np.polyval(x, 2.0)", V), ("np.polyval(V, x)", U), ("np.polyder(x)", V),
    ("np.bincount(K, weights=x)", V), ("np.apply_along_axis(lambda r: r / np.sum(r), 1, x)", A), ("x.sum(axis=0)", A),
    ("x.mean()", A), ("x.max(axis=1)", A), ("x.flatten()", A), ("x.astype(float)", A), ("x.dot(S)", A),
    ("x.cumsum(axis=0)", A), ("x.clip(0, 1)", A), ("x.transpose()", A), ("x.repeat(2)", A), ("x.swapaxes(0, 1)", A),
    ("x.prod()", A), ("x.std()", A), ("x.var(axis=0)", A), ("x.take([1, 1])", V), ("x.diagonal()", S),
    ("x.trace()", S), ("abs(x)", A), ("-x", A), ("+x", A), ("1.0 / x", A), ("B - x", A), ("B / x", A), ("B @ x.T", A),
    ("x % 0.77", A), ("divmod(x, 0.77)[1]", A), ("np.mod(x, B + 0.01)", A), ("np.remainder(x, 0.77)", A),
    ("np.fmod(x, 0.77)", A), ("np.full(3, x[0])", V), ("np.zeros_like(x) + x", V), ("np.sum([x, 2 * x], axis=0)", V),
    ("np.mean([x[0], x[1]])", V), ("np.max([x[0], x[1]])", V), ("np.unwrap(x * 9)", V),
    ("np.exp(x - np.max(x)) / np.sum(np.exp(x - np.max(x)))", V),
]  # fmt: skip
SMOOTH = 1e-6
ONLY_OURS = ("np.array(", "np.sum([", "np.mean([", "np.max([", "np.r_", "np.c_", "np.full(", "np.block(", "np.piecewise", "np.vectorize")
"""Plain NumPy makes its own arrays of lists and fills arrays of its own: no protocol reaches there."""


def weights(shape: tuple[int, ...]) -> numpy.ndarray:
    return numpy.cos(numpy.arange(float(numpy.prod(shape, dtype=int)))).reshape(shape) + 1.3


def scalar(call: str, np: object, W: numpy.ndarray) -> object:
    code = compile(call, call, "eval")
    names = {"np": np, **NAMES}
    return lambda x: np.sum(eval(code, {**names, "x": x}) * W)  # type: ignore[attr-defined]


def central(f: object, x: numpy.ndarray) -> numpy.ndarray:
    slopes = numpy.zeros_like(x)
    for i in numpy.ndindex(*x.shape):
        step = numpy.zeros_like(x)
        step[i] = SMOOTH
        slopes[i] = (f(x + step) - f(x - step)) / (2 * SMOOTH)  # type: ignore[operator]
    return slopes


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("call", "x"), CALLS, ids=[f"{call} at {x.shape}" for call, x in CALLS])
def test_gradient(call: str, x: numpy.ndarray) -> None:
    if "unstack" in call and not hasattr(numpy, "unstack"):
        pytest.skip("this version of NumPy has no unstack")
    W = weights(numpy.shape(eval(call, {"np": numpy, "x": x, **NAMES})))
    expected = central(scalar(call, numpy, W), x)
    close = {"rtol": 1e-6, "atol": 2e-7}
    ways = [("wengert.numpy", wengert.grad, wengert.numpy), ("autograd", wengert.autograd.grad, wengert.autograd.numpy)]
    if not any(part in call for part in ONLY_OURS):
        ways.append(("plain numpy", wengert.grad, numpy))
    found = {}
    for name, grad, np in ways:
        found[name] = grad(scalar(call, np, W))(x)
        assert type(found[name]) is numpy.ndarray
        assert found[name].shape == x.shape and found[name].dtype == x.dtype
        numpy.testing.assert_allclose(found[name], expected, **close, err_msg=f"{name}: {call}")
    numpy.testing.assert_allclose(found["autograd"], found["wengert.numpy"], rtol=1e-14, atol=1e-14)
    # Forward mode, through the same functions.
    v = weights(x.shape)[::-1].copy() if x.ndim else 1.0
    tangent = wengert.autograd.make_jvp(scalar(call, wengert.autograd.numpy, W))(x)(v)[1]
    numpy.testing.assert_allclose(tangent, numpy.sum(found["autograd"] * v), rtol=1e-10, atol=1e-12)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("call", "x"), CALLS, ids=[f"{call} at {x.shape}" for call, x in CALLS])
def test_gradient_as_hips_autograd(call: str, x: numpy.ndarray) -> None:
    autograd = pytest.importorskip("autograd")
    import autograd.numpy as theirs

    if "unstack" in call and not hasattr(numpy, "unstack"):
        pytest.skip("this version of NumPy has no unstack")
    W = weights(numpy.shape(eval(call, {"np": numpy, "x": x, **NAMES})))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)
            expected = autograd.grad(scalar(call, theirs, W))(x)
    except Exception:
        return  # HIPS Autograd has no such function, or cannot differentiate it
    found = wengert.autograd.grad(scalar(call, wengert.autograd.numpy, W))(x)
    if numpy.isnan(expected).any():  # theirs, at corners
        return
    numpy.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12, err_msg=call)
    second = wengert.autograd.hessian(scalar(call, wengert.autograd.numpy, W))(x)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)
            expected = autograd.hessian(scalar(call, theirs, W))(x)
    except Exception:
        expected = numpy.zeros_like(second) if numpy.all(second == 0) else None
    if expected is not None:
        numpy.testing.assert_allclose(second, expected, rtol=1e-7, atol=1e-9, err_msg=call)
