"""The normal distribution.

>>> from wengert.autograd import grad
>>> from wengert.autograd.scipy.stats import norm
>>> float(grad(norm.logpdf)(1.0))
-1.0
"""

from __future__ import annotations

import math
from typing import Any

from .... import _wengert
from ....numpy._convert import cell, pair
from .._lifted import only_scipy, with_scipy
from ..special import ndtr

_LOG_ROOT_TAU = 0.5 * math.log(2.0 * math.pi)


def _scaled(x: Any, loc: Any, scale: Any) -> Any:
    return _wengert.div(*pair(_wengert.sub(*pair(x, loc)), scale))


@with_scipy("stats", "norm.logpdf")
def logpdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """The logarithm of the density."""
    z = _scaled(x, loc, scale)
    return _wengert.sub(
        _wengert.mul(_wengert.square(z), -0.5), _wengert.add(_wengert.log(cell(scale)), _LOG_ROOT_TAU)
    )


@with_scipy("stats", "norm.pdf")
def pdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """The density."""
    return _wengert.exp(logpdf.__wrapped__(x, loc, scale))  # type: ignore[attr-defined]


@with_scipy("stats", "norm.cdf")
def cdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """The distribution function."""
    return ndtr(_scaled(x, loc, scale))


@with_scipy("stats", "norm.sf")
def sf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """One less the distribution function."""
    return ndtr(_wengert.neg(_scaled(x, loc, scale)))


@with_scipy("stats", "norm.logcdf")
def logcdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """The logarithm of the distribution function; -inf below 37 standard deviations under the mean."""
    return _wengert.log(cdf(_scaled(x, loc, scale)))


@with_scipy("stats", "norm.logsf")
def logsf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """The logarithm of one less the distribution function; -inf beyond 37 standard deviations over the
    mean."""
    return _wengert.log(sf(_scaled(x, loc, scale)))


rvs = only_scipy("stats", "norm.rvs")
