"""``numpy.random``: NumPy's own generators, so that a seed gives NumPy's very numbers. The results are
arrays of wengert.

`normal` and `uniform` differentiate by their parameters.

>>> import numpy
>>> import wengert.numpy as np
>>> np.random.seed(0)
>>> draw = float(np.random.randn())
>>> numpy.random.seed(0)
>>> draw == float(numpy.random.randn())
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.random import (
    MT19937 as MT19937,
    PCG64 as PCG64,
    PCG64DXSM as PCG64DXSM,
    SFC64 as SFC64,
    BitGenerator as BitGenerator,
    Generator as Generator,
    Philox as Philox,
    RandomState as RandomState,
    SeedSequence as SeedSequence,
    default_rng as default_rng,
    get_state as get_state,
    seed as seed,
    set_state as set_state,
)

from .. import _wengert
from .._names import missing
from .._wengert import Array
from . import _convert
from ._convert import any_traced, cell
from ._delegate import delegated

_numpys: Any = np.random

beta = delegated(np.random.beta, "random.beta")
binomial = delegated(np.random.binomial, "random.binomial")
bytes = delegated(np.random.bytes, "random.bytes")
chisquare = delegated(np.random.chisquare, "random.chisquare")
choice = delegated(np.random.choice, "random.choice")
dirichlet = delegated(np.random.dirichlet, "random.dirichlet")
exponential = delegated(np.random.exponential, "random.exponential")
f = delegated(np.random.f, "random.f")
gamma = delegated(np.random.gamma, "random.gamma")
geometric = delegated(np.random.geometric, "random.geometric")
gumbel = delegated(np.random.gumbel, "random.gumbel")
hypergeometric = delegated(np.random.hypergeometric, "random.hypergeometric")
laplace = delegated(np.random.laplace, "random.laplace")
logistic = delegated(np.random.logistic, "random.logistic")
lognormal = delegated(np.random.lognormal, "random.lognormal")
logseries = delegated(np.random.logseries, "random.logseries")
multinomial = delegated(np.random.multinomial, "random.multinomial")
multivariate_normal = delegated(np.random.multivariate_normal, "random.multivariate_normal")
negative_binomial = delegated(np.random.negative_binomial, "random.negative_binomial")
noncentral_chisquare = delegated(np.random.noncentral_chisquare, "random.noncentral_chisquare")
noncentral_f = delegated(np.random.noncentral_f, "random.noncentral_f")
pareto = delegated(np.random.pareto, "random.pareto")
permutation = delegated(np.random.permutation, "random.permutation")
poisson = delegated(np.random.poisson, "random.poisson")
power = delegated(np.random.power, "random.power")
rand = delegated(np.random.rand, "random.rand")
randint = delegated(np.random.randint, "random.randint")
randn = delegated(np.random.randn, "random.randn")
random = delegated(np.random.random, "random.random")
random_sample = delegated(np.random.random_sample, "random.random_sample")
ranf = delegated(np.random.ranf, "random.ranf")
rayleigh = delegated(np.random.rayleigh, "random.rayleigh")
sample = delegated(np.random.sample, "random.sample")
standard_cauchy = delegated(np.random.standard_cauchy, "random.standard_cauchy")
standard_exponential = delegated(np.random.standard_exponential, "random.standard_exponential")
standard_gamma = delegated(np.random.standard_gamma, "random.standard_gamma")
standard_normal = delegated(np.random.standard_normal, "random.standard_normal")
standard_t = delegated(np.random.standard_t, "random.standard_t")
triangular = delegated(np.random.triangular, "random.triangular")
vonmises = delegated(np.random.vonmises, "random.vonmises")
wald = delegated(np.random.wald, "random.wald")
weibull = delegated(np.random.weibull, "random.weibull")
zipf = delegated(np.random.zipf, "random.zipf")


def normal(loc: Any = 0.0, scale: Any = 1.0, size: Any = None) -> Array:
    """Numbers of the normal distribution; they differentiate by its mean and its standard deviation."""
    if not any_traced([loc, scale]):
        return _convert.wrapped(_numpys.normal(*_convert.plain((loc, scale), _convert.value_of), size))
    loc, scale = cell(loc), cell(scale)
    shape = np.broadcast_shapes(tuple(loc.shape), tuple(scale.shape)) if size is None else size
    return _wengert.add(loc, _wengert.mul(scale, cell(_numpys.standard_normal(shape))))


def uniform(low: Any = 0.0, high: Any = 1.0, size: Any = None) -> Array:
    """Numbers equally spread from `low` to `high`; they differentiate by both."""
    if not any_traced([low, high]):
        return _convert.wrapped(_numpys.uniform(*_convert.plain((low, high), _convert.value_of), size))
    low, high = cell(low), cell(high)
    shape = np.broadcast_shapes(tuple(low.shape), tuple(high.shape)) if size is None else size
    return _wengert.add(low, _wengert.mul(_wengert.sub(high, low), cell(_numpys.random_sample(shape))))


def shuffle(x: Any) -> None:
    """Put the parts of an array along its first axis (or those of a list) into another order, in place."""
    if not isinstance(x, _wengert.Cell):
        np.random.shuffle(x)
        return
    order = np.arange(x.shape[0])
    np.random.shuffle(order)
    _wengert.assign(x, _wengert.clone(x)[order])


__all__ = [
    name
    for name in dir()
    if not name.startswith("_")
    and name not in ("annotations", "Any", "Array", "np", "missing", "any_traced", "cell", "delegated")
]
if not TYPE_CHECKING:
    __getattr__ = missing(__name__, __all__)
