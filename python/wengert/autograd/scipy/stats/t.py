"""Student's t distribution."""

from __future__ import annotations

import math
from typing import Any

from .... import _wengert
from ....numpy._convert import cell, pair
from .._lifted import only_scipy, with_scipy
from ..special import gammaln


@with_scipy("stats", "t.logpdf")
def logpdf(x: Any, df: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """The logarithm of the density."""
    df = _wengert.mul(cell(df), 1.0)
    z = _wengert.div(*pair(_wengert.sub(*pair(x, loc)), scale))
    more = _wengert.mul(_wengert.add(df, 1.0), 0.5)
    size = _wengert.sub(gammaln(more), gammaln(_wengert.mul(df, 0.5)))
    size = _wengert.sub(size, _wengert.mul(_wengert.log(_wengert.mul(df, math.pi)), 0.5))
    tail = _wengert.mul(more, _wengert.log1p(_wengert.div(_wengert.square(z), df)))
    return _wengert.sub(_wengert.sub(size, _wengert.log(cell(scale))), tail)


@with_scipy("stats", "t.pdf")
def pdf(x: Any, df: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """The density."""
    return _wengert.exp(logpdf.__wrapped__(x, df, loc, scale))  # type: ignore[attr-defined]


cdf = only_scipy("stats", "t.cdf")
logcdf = only_scipy("stats", "t.logcdf")
