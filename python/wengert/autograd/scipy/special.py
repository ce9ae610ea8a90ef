"""Special functions: those that the engine has, and what is made of them.

>>> import wengert.autograd.numpy as np
>>> from wengert.autograd import elementwise_grad
>>> from wengert.autograd.scipy.special import expit
>>> elementwise_grad(expit)(np.zeros(2))
array([0.25, 0.25])
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ... import _wengert
from ..._names import missing
from ...numpy import _reductions
from ...numpy._convert import axes_of, cast_to, cell, is_inexact, pair, value_of
from ._lifted import only_scipy, with_scipy


def _real(x: Any) -> Any:
    x = cell(x)
    return x if is_inexact(x) else cast_to(x, "float64")


@with_scipy("special")
def gammaln(x: Any) -> Any:
    """log|Γ(x)|."""
    return _wengert.lgamma(_real(x))


@with_scipy("special")
def gammasgn(x: Any) -> Any:
    """The sign of Γ(x)."""
    x = _wengert.stop_gradient(_real(x))
    return _wengert.where(_wengert.gt(x, 0.0), 1.0, 1.0 - 2.0 * _wengert.remainder(_wengert.floor(x), 2.0))


@with_scipy("special")
def gamma(x: Any) -> Any:
    """Γ(x)."""
    return _wengert.mul(gammasgn(x), _wengert.exp(gammaln(x)))


@with_scipy("special")
def rgamma(x: Any) -> Any:
    """1/Γ(x)."""
    return _wengert.mul(gammasgn(x), _wengert.exp(_wengert.neg(gammaln(x))))


@with_scipy("special")
def digamma(x: Any) -> Any:
    """The derivative of log Γ(x)."""
    return _wengert.digamma(_real(x))


@with_scipy("special")
def psi(x: Any) -> Any:
    """The derivative of log Γ(x)."""
    return _wengert.digamma(_real(x))


@with_scipy("special")
def polygamma(n: Any, x: Any) -> Any:
    """The derivative number n of ψ(x)."""
    order = int(value_of(n)) if np.ndim(value_of(n)) == 0 else None
    if order is None:
        raise TypeError(
            "polygamma of several orders at once has no differentiable form here: call it for each order"
        )
    x = _real(x)
    return _wengert.digamma(x) if order == 0 else _wengert.polygamma(order, x)


@with_scipy("special")
def multigammaln(a: Any, d: int) -> Any:
    """log Γ of `d` dimensions."""
    a = _real(a)
    total: Any = d * (d - 1) * 0.25 * math.log(math.pi)
    for j in range(d):
        total = _wengert.add(_wengert.lgamma(_wengert.sub(a, 0.5 * j)), total)
    return total


@with_scipy("special")
def betaln(a: Any, b: Any) -> Any:
    """log|B(a, b)|."""
    a, b = _real(a), _real(b)
    return _wengert.sub(
        _wengert.add(_wengert.lgamma(a), _wengert.lgamma(b)), _wengert.lgamma(_wengert.add(a, b))
    )


@with_scipy("special")
def beta(a: Any, b: Any) -> Any:
    """B(a, b) = Γ(a)Γ(b)/Γ(a + b)."""
    return _wengert.exp(betaln(cell(a), b))


@with_scipy("special")
def erf(z: Any) -> Any:
    """The error function."""
    return _wengert.erf(_real(z))


@with_scipy("special")
def erfc(x: Any) -> Any:
    """1 - erf(x), exact also where it is small."""
    return _wengert.erfc(_real(x))


@with_scipy("special")
def erfinv(y: Any) -> Any:
    """The inverse of the error function."""
    return _wengert.erfinv(_real(y))


@with_scipy("special")
def erfcinv(y: Any) -> Any:
    """The inverse of 1 - erf."""
    return _wengert.erfinv(_wengert.sub(1.0, _real(y)))


@with_scipy("special")
def expit(x: Any) -> Any:
    """1/(1 + exp(-x))."""
    return _wengert.sigmoid(_real(x))


@with_scipy("special")
def log_expit(x: Any) -> Any:
    """log(1/(1 + exp(-x))), exact also where it is large."""
    return _wengert.log_sigmoid(_real(x))


@with_scipy("special")
def logit(x: Any) -> Any:
    """log(x/(1 - x)), the inverse of `expit`."""
    x = _real(x)
    return _wengert.sub(_wengert.log(x), _wengert.log1p(_wengert.neg(x)))


@with_scipy("special")
def xlogy(x: Any, y: Any) -> Any:
    """x·log(y), which is 0 where x is 0."""
    return _wengert.xlogy(*pair(x, y))


@with_scipy("special")
def xlog1py(x: Any, y: Any) -> Any:
    """x·log(1 + y), which is 0 where x is 0."""
    return _wengert.xlogy(*pair(x, _wengert.add(cell(y), 1.0)))


@with_scipy("special")
def entr(x: Any) -> Any:
    """-x·log(x), which is 0 at 0."""
    x = _real(x)
    return _wengert.neg(_wengert.xlogy(x, x))


@with_scipy("special")
def ndtr(x: Any) -> Any:
    """The distribution function of the standard normal."""
    return _wengert.mul(_wengert.erfc(_wengert.mul(_real(x), -math.sqrt(0.5))), 0.5)


@with_scipy("special")
def ndtri(y: Any) -> Any:
    """The inverse of `ndtr`."""
    return _wengert.mul(_wengert.erfinv(_wengert.sub(_wengert.mul(_real(y), 2.0), 1.0)), math.sqrt(2.0))


@with_scipy("special")
def logsumexp(
    a: Any, axis: Any = None, b: Any = None, keepdims: bool = False, return_sign: bool = False
) -> Any:
    """log(sum(b·exp(a))), without overflow."""
    a = _real(a)
    if return_sign:
        raise TypeError("logsumexp with return_sign has no differentiable form here")
    if b is None:
        return _wengert.logsumexp(a, axes_of(axis, a.ndim), keepdims)
    b = cell(b)
    top = _wengert.stop_gradient(_wengert.amax(a, axes_of(axis, a.ndim), True))
    terms = _wengert.mul(b, _wengert.exp(_wengert.sub(a, top)))
    total = _wengert.log(_reductions.sum(terms, axis, keepdims=True))
    result = _wengert.add(total, top)
    return result if keepdims else _wengert.squeeze(result, axes_of(axis, a.ndim))


@with_scipy("special")
def softmax(x: Any, axis: Any = None) -> Any:
    """exp(x) divided by its sum."""
    x = _real(x)
    if isinstance(axis, int) or axis is None and x.ndim == 1:
        return _wengert.softmax(x, -1 if axis is None else axis)
    return _wengert.exp(_wengert.sub(x, _wengert.logsumexp(x, axes_of(axis, x.ndim), True)))


@with_scipy("special")
def log_softmax(x: Any, axis: Any = None) -> Any:
    """x less the logarithm of the sum of exp(x)."""
    x = _real(x)
    if isinstance(axis, int) or axis is None and x.ndim == 1:
        return _wengert.log_softmax(x, -1 if axis is None else axis)
    return _wengert.sub(x, _wengert.logsumexp(x, axes_of(axis, x.ndim), True))


betainc = only_scipy("special", "betainc")
gammainc = only_scipy("special", "gammainc")
gammaincc = only_scipy("special", "gammaincc")
i0 = only_scipy("special", "i0")
i1 = only_scipy("special", "i1")
iv = only_scipy("special", "iv")
ive = only_scipy("special", "ive")
j0 = only_scipy("special", "j0")
j1 = only_scipy("special", "j1")
jn = only_scipy("special", "jn")
y0 = only_scipy("special", "y0")
y1 = only_scipy("special", "y1")
yn = only_scipy("special", "yn")

__all__ = [
    "beta",
    "betainc",
    "betaln",
    "digamma",
    "entr",
    "erf",
    "erfc",
    "erfcinv",
    "erfinv",
    "expit",
    "gamma",
    "gammainc",
    "gammaincc",
    "gammaln",
    "gammasgn",
    "i0",
    "i1",
    "iv",
    "ive",
    "j0",
    "j1",
    "jn",
    "log_expit",
    "log_softmax",
    "logit",
    "logsumexp",
    "multigammaln",
    "ndtr",
    "ndtri",
    "polygamma",
    "psi",
    "rgamma",
    "softmax",
    "xlog1py",
    "xlogy",
    "y0",
    "y1",
    "yn",
]
if not TYPE_CHECKING:
    __getattr__ = missing(__name__, __all__)
