"""Special functions, under the names of `torch.special`."""

from __future__ import annotations

from typing import Any

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


__all__ = [
    "digamma", "entr", "erf", "erfc", "erfinv", "exp2", "expit", "expm1", "gammaln", "log1p", "log_ndtr", "log_softmax",
    "logit", "logsumexp", "multigammaln", "ndtr", "ndtri", "polygamma", "psi", "round", "sinc", "softmax", "xlog1py",
    "xlogy",
]  # fmt: skip
__getattr__ = _missing("torch.special", __all__)
