"""Random tensors.

>>> set_seed(0)
>>> uniform((2, 3)).shape
TensorShape([2, 3])
"""

from __future__ import annotations

from typing import Any

import numpy as np

from wengert import _wengert as _n
from wengert.tensorflow._convert import Tensor, as_tensor, dims, integer, like, made, number
from wengert.tensorflow._dtypes import as_dtype, float32, int32, int64

_state: dict[str, Any] = {"seed": None, "generator": None}


def set_seed(seed: Any) -> None:
    """Makes the random numbers that follow the same in every run."""
    _state["seed"] = integer(seed)
    _state["generator"] = _n.Generator(integer(seed) & (2**63 - 1))


def _source(seed: Any) -> Any:
    """Where numbers come from: the common generator, or one of an operation's own seed."""
    if seed is None:
        if _state["generator"] is None:
            _state["generator"] = _n.Generator()
        return _state["generator"]
    base = _state["seed"]
    own = (integer(seed) * 1_000_003 + (0 if base is None else base + 1)) & (2**63 - 1)
    kept = _state.setdefault("own", {})
    key = (base, own)
    if key not in kept:
        kept[key] = _n.Generator(own)
    return kept[key]


def _stateless(seed: Any) -> Any:
    first, second = (int(part) for part in np.asarray(as_tensor(seed)).reshape(2))
    return _n.Generator(
        (first * 6_364_136_223_846_793_005 + second * 1_442_695_040_888_963_407 + 1) & (2**63 - 1)
    )


def _normal(shape: Any, mean: Any, stddev: Any, dtype: Any, gen: Any) -> Any:
    kind = as_dtype(dtype)
    noise = _n.normal(Tensor, 0.0, 1.0, dims(shape), kind.name, gen)
    return _moved(noise, mean, stddev, kind)


def _moved(noise: Any, mean: Any, stddev: Any, kind: Any) -> Any:
    if not (isinstance(stddev, (int, float)) and stddev == 1):
        noise = _n.mul(noise, like(stddev, kind))
    if not (isinstance(mean, (int, float)) and mean == 0):
        noise = _n.add(noise, like(mean, kind))
    return noise


def _uniform(shape: Any, minval: Any, maxval: Any, dtype: Any, gen: Any) -> Any:
    kind = as_dtype(dtype)
    if kind.is_integer:
        if maxval is None:
            raise ValueError(f"Must specify maxval for integer dtype {kind!r}")
        return _n.integers(Tensor, int(number(minval)), int(number(maxval)), dims(shape), kind.name, gen)
    high = 1.0 if maxval is None else maxval
    if all(isinstance(bound, (int, float)) for bound in (minval, high)):
        return _n.uniform(Tensor, float(minval), float(high), dims(shape), kind.name, gen)
    low = like(minval, kind)
    noise = _n.uniform(Tensor, 0.0, 1.0, dims(shape), kind.name, gen)
    return _n.add(low, _n.mul(noise, _n.sub(like(high, kind), low)))


_EDGE = 0.9544997361036416
"""The part of the normal distribution that lies within two standard deviations."""


def _truncated(shape: Any, mean: Any, stddev: Any, dtype: Any, gen: Any) -> Any:
    kind = as_dtype(dtype)
    inside = _n.uniform(Tensor, -_EDGE, _EDGE, dims(shape), kind.name, gen)
    return _moved(_n.mul(_n.erfinv(inside), 2.0**0.5), mean, stddev, kind)


def normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = float32,
    seed: Any = None,
    name: str | None = None,
) -> Any:
    """Numbers of the normal distribution.

    >>> normal((3,)).dtype
    tf.float32
    """
    return _normal(shape, mean, stddev, dtype, _source(seed))


def uniform(
    shape: Any,
    minval: Any = 0,
    maxval: Any = None,
    dtype: Any = float32,
    seed: Any = None,
    name: str | None = None,
) -> Any:
    """Numbers equally likely anywhere from `minval` up to, but not including, `maxval`.

    >>> bool(uniform((100,), 2, 5, dtype=int32).numpy().max() < 5)
    True
    """
    return _uniform(shape, minval, maxval, dtype, _source(seed))


def truncated_normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = float32,
    seed: Any = None,
    name: str | None = None,
) -> Any:
    """Numbers of the normal distribution within two standard deviations.

    >>> float(abs(truncated_normal((1000,)).numpy()).max()) <= 2.0
    True
    """
    return _truncated(shape, mean, stddev, dtype, _source(seed))


def shuffle(value: Any, seed: Any = None, name: str | None = None) -> Any:
    """The parts along the first axis in random order.

    >>> sorted(shuffle([1, 2, 3]).numpy().tolist())
    [1, 2, 3]
    """
    x = as_tensor(value)
    return _n.take(x, _n.permutation(Tensor, x.shape[0], _source(seed)), 0)


def _categorical(logits: Any, num_samples: Any, dtype: Any, gen: Any) -> Any:
    x = as_tensor(logits)
    drawn = _n.multinomial(_n.stop_gradient(_n.softmax(x, -1)), integer(num_samples), True, gen)
    return _n.cast(drawn, as_dtype(dtype or int64))


def categorical(
    logits: Any, num_samples: Any, dtype: Any = None, seed: Any = None, name: str | None = None
) -> Any:
    """Draws classes, `num_samples` for each row of unnormalised log-probabilities.

    >>> categorical([[0.0, 100.0]], 3).numpy()
    array([[1, 1, 1]])
    """
    return _categorical(logits, num_samples, dtype, _source(seed))


def _exponential(shape: Any, dtype: Any, gen: Any) -> Any:
    return _n.exponential(Tensor, 1.0, dims(shape), as_dtype(dtype).name, gen)


def gamma(
    shape: Any, alpha: Any, beta: Any = None, dtype: Any = float32, seed: Any = None, name: str | None = None
) -> Any:
    """Numbers of the gamma distribution."""
    rng = _numpy(_source(seed))
    kind = as_dtype(dtype)
    a = np.asarray(as_tensor(alpha, None), kind._numpy)
    b = np.asarray(1.0 if beta is None else as_tensor(beta), kind._numpy)
    both = np.broadcast_shapes(a.shape, b.shape)
    return made((rng.standard_gamma(np.broadcast_to(a, both), dims(shape) + both) / b).astype(kind._numpy))


def poisson(shape: Any, lam: Any, dtype: Any = float32, seed: Any = None, name: str | None = None) -> Any:
    """Numbers of the Poisson distribution."""
    rng = _numpy(_source(seed))
    rate = np.asarray(as_tensor(lam))
    return made(rng.poisson(rate, dims(shape) + rate.shape).astype(as_dtype(dtype)._numpy))


def _numpy(gen: Any) -> Any:
    """A NumPy generator that follows one of ours."""
    seed = _n.integers(Tensor, 0, 2**31 - 1, (2,), "int64", gen)
    return np.random.default_rng(np.asarray(seed).tolist())


def stateless_normal(
    shape: Any,
    seed: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = float32,
    name: str | None = None,
    alg: Any = None,
) -> Any:
    """Numbers of the normal distribution that follow from the seed, two integers.

    >>> a, b = stateless_normal((2,), seed=(1, 2)), stateless_normal((2,), seed=(1, 2))
    >>> bool((a.numpy() == b.numpy()).all())
    True
    """
    return _normal(shape, mean, stddev, dtype, _stateless(seed))


def stateless_uniform(
    shape: Any,
    seed: Any,
    minval: Any = 0,
    maxval: Any = None,
    dtype: Any = float32,
    name: str | None = None,
    alg: Any = None,
) -> Any:
    """Numbers equally likely between two bounds that follow from the seed, two integers."""
    return _uniform(shape, minval, maxval, dtype, _stateless(seed))


def stateless_truncated_normal(
    shape: Any,
    seed: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = float32,
    name: str | None = None,
    alg: Any = None,
) -> Any:
    """Numbers of the normal distribution within two standard deviations that follow from the seed."""
    return _truncated(shape, mean, stddev, dtype, _stateless(seed))


def stateless_categorical(
    logits: Any, num_samples: Any, seed: Any, dtype: Any = int64, name: str | None = None
) -> Any:
    """Draws classes that follow from the seed."""
    return _categorical(logits, num_samples, dtype, _stateless(seed))


def stateless_shuffle(value: Any, seed: Any, alg: Any = None, name: str | None = None) -> Any:
    """The parts along the first axis in an order that follows from the seed."""
    x = as_tensor(value)
    return _n.take(x, _n.permutation(Tensor, x.shape[0], _stateless(seed)), 0)


def split(seed: Any, num: int = 2, alg: Any = None) -> Any:
    """`num` seeds that follow from one."""
    return stateless_uniform((num, 2), seed, 0, 2**31 - 1, dtype=int32)


def fold_in(seed: Any, data: Any, alg: Any = None) -> Any:
    """A seed that follows from a seed and a number."""
    pair = np.asarray(as_tensor(seed)).astype(np.int64)
    return stateless_uniform(
        (2,), (int(pair[0]) ^ integer(data), int(pair[1]) + integer(data)), 0, 2**31 - 1, dtype=int32
    )


class Generator:
    """A source of random numbers with a state of its own.

    >>> Generator.from_seed(1).normal((2,)).shape
    TensorShape([2])
    """

    def __init__(self, seed: int | None = None) -> None:
        self._seed = seed
        self._source = _n.Generator() if seed is None else _n.Generator(integer(seed) & (2**63 - 1))

    @classmethod
    def from_seed(cls, seed: Any, alg: Any = None) -> Generator:
        """A generator whose numbers follow from the seed."""
        return cls(int(np.asarray(as_tensor(seed)).reshape(-1)[0]))

    @classmethod
    def from_non_deterministic_state(cls, alg: Any = None) -> Generator:
        """A generator whose numbers nobody can foretell."""
        return cls()

    def normal(
        self, shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = float32, name: Any = None
    ) -> Any:
        """Numbers of the normal distribution."""
        return _normal(shape, mean, stddev, dtype, self._source)

    def truncated_normal(
        self, shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = float32, name: Any = None
    ) -> Any:
        """Numbers of the normal distribution within two standard deviations."""
        return _truncated(shape, mean, stddev, dtype, self._source)

    def uniform(
        self, shape: Any, minval: Any = 0, maxval: Any = None, dtype: Any = float32, name: Any = None
    ) -> Any:
        """Numbers equally likely between two bounds."""
        return _uniform(shape, minval, maxval, dtype, self._source)

    def uniform_full_int(self, shape: Any, dtype: Any = int32, name: Any = None) -> Any:
        """Integers equally likely anywhere in their range."""
        kind = as_dtype(dtype)
        return _uniform(shape, int(kind.min), int(kind.max), kind, self._source)

    def make_seeds(self, count: int = 1) -> Any:
        """Seeds for stateless functions, one a column."""
        return _uniform((2, count), 0, 2**31 - 1, int64, self._source)

    def split(self, count: int = 1) -> list[Generator]:
        """Generators that follow from this one."""
        seeds = np.asarray(self.make_seeds(count))[0]
        return [Generator(int(seed)) for seed in seeds]

    def reset_from_seed(self, seed: Any) -> None:
        """Begins anew from a seed."""
        self._source = _n.Generator(integer(seed) & (2**63 - 1))


_common: dict[str, Generator] = {}


def get_global_generator() -> Generator:
    """The generator that everybody shares."""
    if "generator" not in _common:
        _common["generator"] = Generator()
    return _common["generator"]


def set_global_generator(generator: Generator) -> None:
    """Replaces the generator that everybody shares."""
    _common["generator"] = generator


def __getattr__(name: str) -> Any:
    from wengert._names import missing

    return missing("wengert.tensorflow.random", [n for n in globals() if not n.startswith("_")])(name)
