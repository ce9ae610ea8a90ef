"""The Dirichlet distribution."""

from __future__ import annotations

from typing import Any

from .... import _wengert
from ....numpy._convert import cell
from .._lifted import only_scipy, with_scipy
from ..special import gammaln, xlogy


@with_scipy("stats", "dirichlet.logpdf")
def logpdf(x: Any, alpha: Any) -> Any:
    """The logarithm of the density at `x`, whose elements add up to 1."""
    x, alpha = cell(x), cell(alpha)
    size = _wengert.sub(_wengert.sum(gammaln(alpha)), gammaln(_wengert.sum(alpha)))
    return _wengert.sub(_wengert.sum(xlogy(_wengert.sub(alpha, 1.0), x), (0,)), size)


@with_scipy("stats", "dirichlet.pdf")
def pdf(x: Any, alpha: Any) -> Any:
    """The density at `x`, whose elements add up to 1."""
    return _wengert.exp(logpdf.__wrapped__(x, alpha))  # type: ignore[attr-defined]


rvs = only_scipy("stats", "dirichlet.rvs")
