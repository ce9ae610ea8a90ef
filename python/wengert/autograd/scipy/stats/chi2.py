"""The χ² distribution."""

from __future__ import annotations

import math
from typing import Any

from .... import _wengert
from ....numpy._convert import cell
from .._lifted import only_scipy, with_scipy
from . import gamma as _gamma


@with_scipy("stats", "chi2.logpdf")
def logpdf(x: Any, df: Any) -> Any:
    """The logarithm of the density at x > 0."""
    halved = _gamma.logpdf(_wengert.mul(cell(x), 0.5), _wengert.mul(cell(df), 0.5))
    return _wengert.sub(halved, math.log(2.0))


@with_scipy("stats", "chi2.pdf")
def pdf(x: Any, df: Any) -> Any:
    """The density at x > 0."""
    return _wengert.exp(logpdf.__wrapped__(x, df))  # type: ignore[attr-defined]


cdf = only_scipy("stats", "chi2.cdf")
