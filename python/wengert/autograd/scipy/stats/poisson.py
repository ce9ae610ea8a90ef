"""The Poisson distribution; it differentiates by its mean."""

from __future__ import annotations

from typing import Any

from .... import _wengert
from ....numpy._convert import cast_to, cell
from .._lifted import only_scipy, with_scipy
from ..special import gammaln, xlogy


@with_scipy("stats", "poisson.logpmf")
def logpmf(k: Any, mu: Any) -> Any:
    """The logarithm of the probability of `k` events."""
    k, mu = cast_to(_wengert.stop_gradient(cell(k)), "float64"), cell(mu)
    return _wengert.sub(_wengert.sub(xlogy(k, mu), mu), gammaln(_wengert.add(k, 1.0)))


@with_scipy("stats", "poisson.pmf")
def pmf(k: Any, mu: Any) -> Any:
    """The probability of `k` events."""
    return _wengert.exp(logpmf.__wrapped__(k, mu))  # type: ignore[attr-defined]


cdf = only_scipy("stats", "poisson.cdf")
