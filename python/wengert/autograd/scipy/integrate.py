"""``scipy.integrate``: SciPy itself for plain values. `odeint` does not differentiate yet and says so."""

from __future__ import annotations

from ._lifted import only_scipy

odeint = only_scipy("integrate", "odeint")
