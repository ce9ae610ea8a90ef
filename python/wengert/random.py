"""Random tensors, reproducible from a seed, whatever the number of threads.

The functions draw from one generator of the process, which `seed` sets; or from a `Generator` given as
``generator=``.

>>> from wengert import random
>>> _ = random.seed(0)
>>> random.normal((2, 3)).shape
torch.Size([2, 3])
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TYPE_CHECKING

from . import _wengert as _w
from ._names import missing

__all__ = [
    "Generator",
    "bernoulli",
    "choice",
    "exponential",
    "get_state",
    "integers",
    "normal",
    "permutation",
    "seed",
    "set_state",
    "shuffle",
    "uniform",
]

Generator = _w.Generator
Shape = int | Sequence[int]


def _tensor() -> type:
    from . import torch  # noqa: F401  (gives Tensor its methods)

    return _w.Tensor


def _shape(size: Shape) -> tuple[int, ...]:
    return (size,) if isinstance(size, int) else tuple(size)


def _plain(value: Any) -> bool:
    return isinstance(value, (int, float))


def seed(number: int) -> Any:
    """Set the process's generator: the numbers that follow are the same after the same seed. Gives the
    generator."""
    _w.default_generator.manual_seed(number)
    return _w.default_generator


def get_state() -> Any:
    """The state of the process's generator, for `set_state`."""
    return _w.default_generator.get_state()


def set_state(state: Any) -> None:
    """Put the process's generator back into a state."""
    _w.default_generator.set_state(state)


def uniform(
    size: Shape = (), low: Any = 0.0, high: Any = 1.0, *, dtype: Any = None, generator: Any = None
) -> Any:
    """Numbers spread evenly over [low, high). Bounds that are tensors broadcast against `size`,
    differentiably.

    >>> from wengert import random
    >>> x = random.uniform((1000,), -1.0, 1.0)
    >>> bool((x >= -1).all() and (x < 1).all())
    True
    """
    if _plain(low) and _plain(high):
        return _w.uniform(_tensor(), low, high, _shape(size), dtype, generator)
    return low + (high - low) * _w.uniform(_tensor(), 0.0, 1.0, _shape(size), dtype, generator)


def normal(
    size: Shape = (), mean: Any = 0.0, std: Any = 1.0, *, dtype: Any = None, generator: Any = None
) -> Any:
    """Normally distributed numbers. `mean` and `std` that are tensors broadcast against `size`,
    differentiably."""
    if _plain(mean) and _plain(std):
        return _w.normal(_tensor(), mean, std, _shape(size), dtype, generator)
    return mean + std * _w.normal(_tensor(), 0.0, 1.0, _shape(size), dtype, generator)


def exponential(size: Shape = (), rate: Any = 1.0, *, dtype: Any = None, generator: Any = None) -> Any:
    """Exponentially distributed numbers of the given rate: their mean is 1/rate."""
    if _plain(rate):
        return _w.exponential(_tensor(), rate, _shape(size), dtype, generator)
    return _w.exponential(_tensor(), 1.0, _shape(size), dtype, generator) / rate


def integers(
    low: int, high: int | None = None, size: Shape = (), *, dtype: Any = None, generator: Any = None
) -> Any:
    """Integers spread evenly over [low, high); with one bound over [0, low)."""
    if high is None:
        low, high = 0, low
    return _w.integers(_tensor(), low, high, _shape(size), dtype, generator)


def bernoulli(p: float, size: Shape = (), *, dtype: Any = None, generator: Any = None) -> Any:
    """Ones with probability `p`, zeros otherwise."""
    return _w.bernoulli(_tensor(), p, _shape(size), dtype, generator)


def permutation(n: int, *, generator: Any = None) -> Any:
    """The numbers 0 … n-1 in random order, int64.

    >>> from wengert import random
    >>> sorted(random.permutation(4).tolist())
    [0, 1, 2, 3]
    """
    return _w.permutation(_tensor(), n, generator)


def choice(n: int, k: int, replace: bool = True, *, generator: Any = None) -> Any:
    """`k` of the numbers 0 … n-1, each as likely; ``replace=False`` takes none twice."""
    return _w.choice(_tensor(), n, k, replace, generator)


def shuffle(x: Any, axis: int = 0, *, generator: Any = None) -> Any:
    """A copy of `x` with its entries along an axis in random order."""
    return _w.shuffle(x, axis, generator)


if not TYPE_CHECKING:
    __getattr__ = missing(__name__, __all__)
