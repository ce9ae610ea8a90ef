"""The beta distribution."""

from __future__ import annotations

from typing import Any

from .... import _wengert
from ....numpy._convert import cell
from .._lifted import only_scipy, with_scipy
from ..special import betaln, xlog1py, xlogy


@with_scipy("stats", "beta.logpdf")
def logpdf(x: Any, a: Any, b: Any) -> Any:
    """The logarithm of the density at 0 < x < 1."""
    x, a, b = cell(x), cell(a), cell(b)
    terms = _wengert.add(xlogy(_wengert.sub(a, 1.0), x), xlog1py(_wengert.sub(b, 1.0), _wengert.neg(x)))
    return _wengert.sub(terms, betaln(a, b))


@with_scipy("stats", "beta.pdf")
def pdf(x: Any, a: Any, b: Any) -> Any:
    """The density at 0 < x < 1."""
    return _wengert.exp(logpdf.__wrapped__(x, a, b))  # type: ignore[attr-defined]


cdf = only_scipy("stats", "beta.cdf")
