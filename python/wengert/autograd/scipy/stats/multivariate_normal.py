"""The normal distribution of vectors. It differentiates by the point and the mean; the covariance must be a
plain value."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .... import _wengert
from ....numpy._convert import cell, is_traced, value_of
from ....numpy._delegate import refusal
from .._lifted import only_scipy, with_scipy


@with_scipy("stats", "multivariate_normal.logpdf")
def logpdf(x: Any, mean: Any = None, cov: Any = 1, allow_singular: bool = False) -> Any:
    """The logarithm of the density at the vectors in the last axis of `x`."""
    if is_traced(cov):
        raise refusal("multivariate_normal.logpdf by its covariance")
    x = cell(x)
    covariance = np.asarray(value_of(cov), dtype=float)
    n = int(x.shape[-1]) if x.ndim else 1
    covariance = (
        covariance * np.eye(n)
        if covariance.ndim == 0
        else np.diag(covariance)
        if covariance.ndim == 1
        else covariance
    )
    away = x if mean is None else _wengert.sub(x, cell(mean))
    away = away if away.ndim else _wengert.reshape(away, (1,))
    # Directions in which nothing varies do not count.
    sizes, directions = np.linalg.eigh(covariance)
    kept = sizes > 1e6 * np.finfo(float).eps * np.abs(sizes).max()
    if not (allow_singular or kept.all()):
        raise np.linalg.LinAlgError(
            "the covariance matrix is singular: pass allow_singular=True if it should be"
        )
    sizes, directions = sizes[kept], directions[:, kept]
    precision = cell(directions / sizes @ directions.T)
    distance = _wengert.sum(_wengert.mul(_wengert.matmul(away, precision), away), (away.ndim - 1,))
    size = len(sizes) * math.log(2.0 * math.pi) + float(np.log(sizes).sum())
    return _wengert.mul(_wengert.add(distance, size), -0.5)


@with_scipy("stats", "multivariate_normal.pdf")
def pdf(x: Any, mean: Any = None, cov: Any = 1, allow_singular: bool = False) -> Any:
    """The density at the vectors in the last axis of `x`."""
    return _wengert.exp(logpdf.__wrapped__(x, mean, cov, allow_singular))  # type: ignore[attr-defined]


entropy = only_scipy("stats", "multivariate_normal.entropy")
rvs = only_scipy("stats", "multivariate_normal.rvs")
