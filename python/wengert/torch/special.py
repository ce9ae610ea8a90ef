"""Special functions, under the names of `torch.special`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wengert import _wengert
from wengert._names import missing as _missing
from wengert._wengert import Tensor
from wengert.torch._pointwise import (
    digamma,
    erf,
    erfc,
    erfinv,
    exp2,
    expm1,
    log1p,
    log_softmax,
    logit,
    polygamma,
    round,
    sinc,
    softmax,
    xlogy,
)
from wengert.torch._pointwise import lgamma as gammaln
from wengert.torch._pointwise import mvlgamma as multigammaln
from wengert.torch._pointwise import sigmoid as expit
from wengert.torch._reduce import logsumexp

psi = digamma


def entr(input: Tensor) -> Tensor:
    """`-x ln x`, element by element: 0 at 0, minus infinity below.

    >>> torch.special.entr(torch.tensor([0.0, 1.0]))
    tensor([-0., -0.])
    """
    return _wengert.where(_wengert.lt(input, 0), float("-inf"), -_wengert.xlogy(input, input))


def xlog1py(input: Any, other: Any) -> Tensor:
    """`x ln(1 + y)`, and 0 where x is 0 and y is a number."""
    value = _wengert.mul(input, _wengert.log1p(other))
    return _wengert.where(_wengert.logical_and(_wengert.eq(input, 0), _wengert.eq(other, other)), 0.0, value)


def ndtr(input: Tensor) -> Tensor:
    """The area under the normal distribution's curve up to x."""
    return 0.5 * _wengert.erfc(input * -0.7071067811865476)


def log_ndtr(input: Tensor) -> Tensor:
    """The logarithm of `ndtr`."""
    return _wengert.log(ndtr(input))


def ndtri(input: Tensor) -> Tensor:
    """The inverse of `ndtr`."""
    return 1.4142135623730951 * _wengert.erfinv(2 * input - 1)


def _recurrence(first: Any, second: Any, step: Any, n: Any) -> Tensor:
    """The `n`-th of a row of polynomials, each made from the two before it."""
    order = int(n)
    if order < 0:
        return first * 0.0
    before, now = first, second
    if order == 0:
        return before
    for k in range(1, order):
        before, now = now, step(k, now, before)
    return now


def chebyshev_polynomial_t(input: Tensor, n: int) -> Tensor:
    """The Chebyshev polynomial of the first kind of degree `n`.

    >>> torch.special.chebyshev_polynomial_t(torch.tensor([0.5]), 3)
    tensor([-1.])
    """
    return _recurrence(_wengert.ones_like(input), input, lambda k, p, q: 2 * input * p - q, n)


def chebyshev_polynomial_u(input: Tensor, n: int) -> Tensor:
    """The Chebyshev polynomial of the second kind of degree `n`."""
    return _recurrence(_wengert.ones_like(input), 2 * input, lambda k, p, q: 2 * input * p - q, n)


def chebyshev_polynomial_v(input: Tensor, n: int) -> Tensor:
    """The Chebyshev polynomial of the third kind of degree `n`."""
    return _recurrence(_wengert.ones_like(input), 2 * input - 1, lambda k, p, q: 2 * input * p - q, n)


def chebyshev_polynomial_w(input: Tensor, n: int) -> Tensor:
    """The Chebyshev polynomial of the fourth kind of degree `n`."""
    return _recurrence(_wengert.ones_like(input), 2 * input + 1, lambda k, p, q: 2 * input * p - q, n)


def shifted_chebyshev_polynomial_t(input: Tensor, n: int) -> Tensor:
    """The Chebyshev polynomial of the first kind of degree `n`, on [0, 1]."""
    return chebyshev_polynomial_t(2 * input - 1, n)


def shifted_chebyshev_polynomial_u(input: Tensor, n: int) -> Tensor:
    """The Chebyshev polynomial of the second kind of degree `n`, on [0, 1]."""
    return chebyshev_polynomial_u(2 * input - 1, n)


def shifted_chebyshev_polynomial_v(input: Tensor, n: int) -> Tensor:
    """The Chebyshev polynomial of the third kind of degree `n`, on [0, 1]."""
    return chebyshev_polynomial_v(2 * input - 1, n)


def shifted_chebyshev_polynomial_w(input: Tensor, n: int) -> Tensor:
    """The Chebyshev polynomial of the fourth kind of degree `n`, on [0, 1]."""
    return chebyshev_polynomial_w(2 * input - 1, n)


def hermite_polynomial_h(input: Tensor, n: int) -> Tensor:
    """The physicist's Hermite polynomial of degree `n`."""
    return _recurrence(_wengert.ones_like(input), 2 * input, lambda k, p, q: 2 * input * p - 2 * k * q, n)


def hermite_polynomial_he(input: Tensor, n: int) -> Tensor:
    """The probabilist's Hermite polynomial of degree `n`."""
    return _recurrence(_wengert.ones_like(input), input, lambda k, p, q: input * p - k * q, n)


def laguerre_polynomial_l(input: Tensor, n: int) -> Tensor:
    """The Laguerre polynomial of degree `n`."""

    def step(k: int, p: Tensor, q: Tensor) -> Tensor:
        return ((2 * k + 1 - input) * p - k * q) / (k + 1)

    return _recurrence(_wengert.ones_like(input), 1 - input, step, n)


def legendre_polynomial_p(input: Tensor, n: int) -> Tensor:
    """The Legendre polynomial of degree `n`."""

    def step(k: int, p: Tensor, q: Tensor) -> Tensor:
        return ((2 * k + 1) * input * p - k * q) / (k + 1)

    return _recurrence(_wengert.ones_like(input), input, step, n)


__all__ = [
    "chebyshev_polynomial_t", "chebyshev_polynomial_u", "chebyshev_polynomial_v", "chebyshev_polynomial_w", "digamma",
    "entr", "erf", "erfc", "erfinv", "exp2", "expit", "expm1", "gammaln", "hermite_polynomial_h",
    "hermite_polynomial_he", "laguerre_polynomial_l", "legendre_polynomial_p", "log1p", "log_ndtr", "log_softmax", "logit",
    "logsumexp", "multigammaln", "ndtr", "ndtri", "polygamma", "psi", "round", "shifted_chebyshev_polynomial_t",
    "shifted_chebyshev_polynomial_u", "shifted_chebyshev_polynomial_v", "shifted_chebyshev_polynomial_w", "sinc",
    "softmax", "xlog1py", "xlogy",
]  # fmt: skip
if not TYPE_CHECKING:
    __getattr__ = _missing("torch.special", __all__)
