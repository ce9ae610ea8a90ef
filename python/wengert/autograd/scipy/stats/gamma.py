"""The gamma distribution of scale 1."""

from __future__ import annotations

from typing import Any

from .... import _wengert
from ....numpy._convert import cell
from .._lifted import only_scipy, with_scipy
from ..special import gammaln, xlogy


@with_scipy("stats", "gamma.logpdf")
def logpdf(x: Any, a: Any) -> Any:
    """The logarithm of the density at x > 0."""
    x, a = cell(x), cell(a)
    return _wengert.sub(_wengert.sub(xlogy(_wengert.sub(a, 1.0), x), x), gammaln(a))


@with_scipy("stats", "gamma.pdf")
def pdf(x: Any, a: Any) -> Any:
    """The density at x > 0."""
    return _wengert.exp(logpdf.__wrapped__(x, a))  # type: ignore[attr-defined]


cdf = only_scipy("stats", "gamma.cdf")
