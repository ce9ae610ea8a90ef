"""Ways of writing that programs for HIPS Autograd use: each gives the same result under it and under wengert.autograd."""

from __future__ import annotations

import collections
import functools
import importlib
import operator
import types

import numpy
import pytest

X = numpy.array([0.5, -1.2, 2.0, 0.3])
M = numpy.array([[1.0, -2.0, 0.5], [0.3, 0.8, -1.1]])
Pair = collections.namedtuple("Pair", "a b")


def library(name):
    np = importlib.import_module(f"{name}.numpy")
    ag = importlib.import_module(name)
    return types.SimpleNamespace(np=np, ag=ag, misc=importlib.import_module(f"{name}.misc"))


IDIOMS = {
    "mask by comparison": lambda L: L.ag.grad(lambda x: L.np.sum(x[x > 0] ** 2))(X),
    "new axes": lambda L: L.ag.grad(lambda x: L.np.sum((x[:, None] - x[L.np.newaxis, :]) ** 2 * X))(X),
    "outer differences": lambda L: L.ag.hessian(lambda x: L.np.sum(L.np.exp(-((x[:, None] - x[None, :]) ** 2))))(X),
    "list comprehension": lambda L: L.ag.grad(lambda x: L.np.sum(L.np.array([xi**2 for xi in x]) * X))(X),
    "nested array": lambda L: L.ag.grad(lambda x: L.np.sum(L.np.array([[x[0], 1.0], [x[1] * x[2], x[3]]]) ** 2))(X),
    "rows in an array": lambda L: L.ag.grad(lambda x: L.np.sum(L.np.array([x, 2 * x, X]) ** 2))(X),
    "unpacking": lambda L: L.ag.grad(lambda x: (lambda a, b, *c: a * b + c[0])(*x))(X),
    "enumerate, zip, sum": lambda L: L.ag.grad(lambda x: sum(i * a * b for i, (a, b) in enumerate(zip(x, X))))(X),
    "max of two": lambda L: L.ag.grad(lambda x: max(x[0], x[1]) + min(x[2], x[3]) * 2)(X),
    "reduce": lambda L: L.ag.grad(lambda x: functools.reduce(operator.mul, x))(X),
    "reversed and sorted": lambda L: L.ag.grad(lambda x: sum(a * b for a, b in zip(sorted(x, key=float) if False else x, x[::-1])))(X),
    "branches on values": lambda L: L.ag.grad(lambda x: x[0] * 2 if x[0] > x[1] and not x[1] > 0 else x[1])(X),
    "loops on values": lambda L: L.ag.grad(lambda x: _halve(x))(5.3),
    "methods": lambda L: L.ag.grad(lambda m: (m.sum(0) * m.mean(0)).sum() + m.max() + m.reshape(-1, 2).T.sum())(M),
    "shape, size, ndim, len": lambda L: L.ag.grad(lambda m: L.np.sum(m) / m.shape[0] + m.size * m[0, 0] + m.ndim * len(m) * m[1, 1])(M),
    "keywords": lambda L: L.ag.grad(lambda m: L.np.sum(L.np.sum(a=m, axis=0, keepdims=True) ** 2))(M),
    "powers": lambda L: L.ag.grad(lambda x: L.np.sum(x**2 + abs(x) ** 0.5 + 2**x + abs(x) ** X))(X),
    "augmented assignment": lambda L: L.ag.grad(lambda x: _augmented(L.np, x))(X),
    "closure over a traced value": lambda L: L.ag.grad(lambda x: L.ag.grad(lambda y: L.np.sum(y * x**2))(X) @ x)(X),
    "list of parameters": lambda L: L.ag.grad(lambda p: p[0] * L.np.sum(p[1]) + p[2][0])([2.0, X, (1.0,)])[1],
    "dictionary of parameters": lambda L: _dictionary(L),
    "partial, keyword arguments": lambda L: L.ag.grad(functools.partial(_scaled, k=3.0))(2.0) + L.ag.grad(_scaled)(2.0, k=4),
    "bound method": lambda L: L.ag.grad(_Model(L.np).loss)(X),
    "object as another argument": lambda L: L.ag.grad(lambda x, model: model.loss(x))(X, _Model(L.np)),
    "integer arguments beside": lambda L: L.ag.grad(lambda x, n, flag=True: x**n if flag else x)(2.0, 3),
    "list of numbers": lambda L: L.ag.grad(lambda x: L.np.dot(L.np.array(x), X) + x[0])([1.0, 2.0, 3.0, 4.0]),
    "0-d array": lambda L: L.ag.grad(lambda x: x**3)(numpy.array(2.0)),
    "float32": lambda L: L.ag.grad(lambda x: L.np.sum(x**3))(X.astype(numpy.float32)),
    "views as arguments": lambda L: L.ag.grad(lambda m: L.np.sum(m**2 * M.T))(M.T[::1]),
    "empty array": lambda L: L.ag.grad(lambda x: L.np.sum(x**2) + 1.0)(numpy.zeros((0, 3))).shape,
    "jacobian of a matrix": lambda L: L.ag.jacobian(lambda m: m.T @ m)(M),
    "jacobian of a scalar": lambda L: L.ag.jacobian(lambda x: L.np.sum(x**2))(X),
    "hessian of a matrix": lambda L: L.ag.hessian(lambda m: L.np.sum((m @ m.T) ** 2))(M),
    "elementwise_grad of two": lambda L: L.ag.elementwise_grad(lambda x, y: L.np.sin(x) * y, 1)(X, X + 1),
    "flatten inside": lambda L: L.ag.grad(lambda p: L.np.sum(L.misc.flatten(p)[0] ** 2 * 3))({"w": M, "b": 2.0})["w"],
    "stack of results": lambda L: L.ag.grad(lambda x: L.np.mean(L.np.stack([L.np.roll(x, i) * i for i in range(3)]) ** 2))(X),
    "softmax": lambda L: L.ag.jacobian(lambda x: L.np.exp(x - L.np.max(x)) / L.np.sum(L.np.exp(x - L.np.max(x))))(X),
    "where and maximum": lambda L: L.ag.grad(lambda x: L.np.sum(L.np.where(x > 0, x, 0.1 * x) + L.np.maximum(0, x)))(X),
    "norms": lambda L: L.ag.grad(lambda m: L.np.sum(L.np.linalg.norm(m - 1.0, axis=1)) + L.np.sqrt(L.np.sum(m**2)))(M),
    "constants through NumPy": lambda L: L.ag.grad(lambda x: x[:2] @ L.np.linalg.inv(numpy.eye(2) * 2.0) @ x[2:])(X),
    "einsum": lambda L: L.ag.grad(lambda m: L.np.einsum("ij,kj,ik->", m, m, numpy.ones((2, 2)), optimize=True))(M),
    "cumulative": lambda L: L.ag.grad(lambda x: L.np.sum(L.np.cumsum(L.np.exp(x)) * X) + L.np.prod(x))(X),
    "namedtuple": lambda L: L.ag.grad(lambda a, b: _of_pair(Pair(a, b)))(2.0, 3.0),
    "trigonometric identities": lambda L: [L.ag.grad(L.ag.grad(L.ag.grad(f)))(0.3) for f in (L.np.sin, L.np.tan, L.np.arctan, L.np.sinh)],
    "random numbers inside": lambda L: _noisy(L),
    "tile and repeat": lambda L: L.ag.grad(lambda x: L.np.sum(L.np.tile(x, (2, 1)) * L.np.repeat(X, 2).reshape(2, 4)))(X),
    "split": lambda L: L.ag.grad(lambda x: (lambda parts: L.np.sum(parts[0] * parts[1]))(L.np.split(x, 2)))(X),
    "any and all": lambda L: L.ag.grad(lambda x: L.np.sum(x) if L.np.any(x > 1) and not L.np.all(x > 1) else 0.0 * x[0])(X),
    "argmax as an index": lambda L: L.ag.grad(lambda x: x[L.np.argmax(x)] ** 2 + x[int(L.np.argmin(X))])(X),
    "argsort as an index": lambda L: L.ag.grad(lambda x: L.np.sum(x[L.np.argsort(x)] * L.np.arange(4)))(X),
    "arange as a factor": lambda L: L.ag.grad(lambda x: L.np.polyval(x, 1.5) if False else L.np.sum(x * 1.5 ** L.np.arange(4.0)))(X),
    "allclose": lambda L: L.ag.grad(lambda x: L.np.sum(x) if L.np.allclose(x, X) else 0.0 * x[0])(X),
    "ones_like, zeros_like": lambda L: L.ag.grad(lambda x: L.np.sum(L.np.ones_like(x) * x) + L.np.sum(L.np.zeros_like(x) + x**2))(X),
    "isnan guard": lambda L: L.ag.grad(lambda x: L.np.sum(L.np.where(L.np.isnan(x), 0.0, x**2)))(X),
    "transposes": lambda L: L.ag.grad(lambda m: L.np.sum(L.np.swapaxes(m[None], 0, 2)[..., 0] @ L.np.ones((2, 1))))(M),
    "value_and_grad": lambda L: [float(v) if numpy.ndim(v) == 0 else list(v) for v in L.ag.value_and_grad(lambda x: x @ x)(X)][1],
    "make_hvp": lambda L: L.ag.make_hvp(lambda x: L.np.sum(L.np.sin(x) * x))(X)[0](X),
    "make_ggnvp": lambda L: L.ag.make_ggnvp(lambda x: L.np.tanh(x) * x)(X)(X),
    "tensor_jacobian_product": lambda L: L.ag.tensor_jacobian_product(lambda x: L.np.outer(x, x))(X, numpy.outer(X, X + 1)),
    "grad_and_aux": lambda L: L.ag.grad_and_aux(lambda x: (L.np.sum(x**2), x * 3))(X)[1],
    "deriv": lambda L: [L.ag.deriv(f)(0.7) for f in (L.np.sin, L.np.exp, L.np.log)],
}  # fmt: skip


def _halve(x):
    while x > 1.0:
        x = x / 2.0 + 0.01 * x
    return x


def _augmented(np, x):
    total = 0.0
    for i in range(4):
        total += x[i] ** 2
        total *= 1.1
        total -= x[i]
    total /= 2.0
    return total


def _dictionary(L):
    def loss(p):
        changed = {**p, "more": p["w"] * 2}
        changed.update(b=changed["b"] + 1)
        return sum(L.np.sum(value**2) for key, value in sorted(changed.items()))

    g = L.ag.grad(loss)({"w": X, "b": 2.0})
    return [*g["w"], g["b"]]


def _scaled(x, k=1.0):
    return k * x**2


def _of_pair(pair):
    return pair.a * pair.b**2


def _noisy(L):
    L.np.random.seed(0)

    def f(x):
        noise = L.np.random.randn(3, 4)
        return L.np.mean((x + noise) ** 2) + L.np.random.uniform()

    return L.ag.grad(f)(X)


class _Model:
    def __init__(self, np):
        self.np = np

    def loss(self, x):
        return self.np.sum(self.np.tanh(x) ** 2)


@pytest.mark.parametrize("name", IDIOMS)
def test_idiom(name):
    pytest.importorskip("autograd")
    found, expected = (IDIOMS[name](library(package)) for package in ("wengert.autograd", "autograd"))
    assert numpy.asarray(found).dtype == numpy.asarray(expected).dtype
    assert isinstance(found, numpy.ndarray) == isinstance(expected, numpy.ndarray)
    numpy.testing.assert_allclose(numpy.asarray(found), numpy.asarray(expected), rtol=1e-6 if "float32" in name else 1e-9, atol=1e-11)
