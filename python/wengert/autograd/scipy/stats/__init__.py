"""Distributions: their densities and distribution functions, where those are formulas."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from ...._names import missing

if TYPE_CHECKING:
    from . import beta, chi2, dirichlet, gamma, multivariate_normal, norm, poisson, t

_SUBMODULES = ("beta", "chi2", "dirichlet", "gamma", "multivariate_normal", "norm", "poisson", "t")
_missing = missing(__name__, _SUBMODULES)


if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name in _SUBMODULES:
            return importlib.import_module(f"{__name__}.{name}")
        return _missing(name)


def __dir__() -> list[str]:
    return list(_SUBMODULES)
