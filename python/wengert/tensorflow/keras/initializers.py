"""`tf.keras.initializers`: how weights begin.

>>> GlorotUniform(seed=0)((2, 3)).shape
TensorShape([2, 3])
"""

from __future__ import annotations

from math import prod, sqrt
from typing import Any

import numpy as np

from wengert.tensorflow import random as _random
from wengert.tensorflow._convert import as_tensor, dims, made
from wengert.tensorflow._creation import cast, eye, fill, ones, zeros
from wengert.tensorflow._dtypes import as_dtype, float32


class Initializer:
    """What makes the first value of a weight: called with its shape and dtype."""

    def __init__(self, seed: Any = None) -> None:
        self.seed = seed
        self._source: Any = None

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        """A tensor of a shape."""
        raise NotImplementedError

    def _drawn(self) -> Any:
        """The same numbers at each call, if there is a seed."""
        return (
            _random._source(None) if self.seed is None else _random._n.Generator(int(self.seed) & (2**63 - 1))
        )

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {k: v for k, v in vars(self).items() if not k.startswith("_")}


def _kind(dtype: Any) -> Any:
    return float32 if dtype is None else as_dtype(dtype)


class Zeros(Initializer):
    """Zeros."""

    def __init__(self) -> None:
        super().__init__()

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        return zeros(shape, _kind(dtype))


class Ones(Initializer):
    """Ones."""

    def __init__(self) -> None:
        super().__init__()

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        return ones(shape, _kind(dtype))


class Constant(Initializer):
    """One number, or an array, broadcast."""

    def __init__(self, value: Any = 0.0) -> None:
        super().__init__()
        self.value = value

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        return fill(shape, cast(self.value, _kind(dtype)))


class Identity(Initializer):
    """The identity matrix, times a number."""

    def __init__(self, gain: float = 1.0) -> None:
        super().__init__()
        self.gain = gain

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        rows, columns = dims(shape)
        return eye(rows, columns, dtype=_kind(dtype)) * self.gain


class RandomNormal(Initializer):
    """Numbers of the normal distribution."""

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: Any = None) -> None:
        super().__init__(seed)
        self.mean, self.stddev = mean, stddev

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        return _random._normal(shape, self.mean, self.stddev, _kind(dtype), self._drawn())


class RandomUniform(Initializer):
    """Numbers equally likely between two bounds."""

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: Any = None) -> None:
        super().__init__(seed)
        self.minval, self.maxval = minval, maxval

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        return _random._uniform(shape, self.minval, self.maxval, _kind(dtype), self._drawn())


class TruncatedNormal(Initializer):
    """Numbers of the normal distribution within two standard deviations."""

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: Any = None) -> None:
        super().__init__(seed)
        self.mean, self.stddev = mean, stddev

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        return _random._truncated(shape, self.mean, self.stddev, _kind(dtype), self._drawn())


class random_normal_initializer(RandomNormal):
    """Numbers of the normal distribution, float32 unless asked otherwise."""


class random_uniform_initializer(RandomUniform):
    """Numbers equally likely between two bounds."""


def _fans(shape: tuple[int, ...]) -> tuple[float, float]:
    """How many inputs and outputs a weight connects."""
    if len(shape) < 1:
        return 1, 1
    if len(shape) == 1:
        return shape[0], shape[0]
    field = prod(shape[:-2])
    return shape[-2] * field, shape[-1] * field


class VarianceScaling(Initializer):
    """Random numbers whose variance falls with the number of connections."""

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: Any = None,
    ) -> None:
        super().__init__(seed)
        if scale <= 0:
            raise ValueError(f"Argument `scale` must be positive float. Received: scale={scale}")
        if mode not in ("fan_in", "fan_out", "fan_avg"):
            raise ValueError(
                f"Invalid `mode` argument: {mode}. Please use one of ['fan_in', 'fan_out', 'fan_avg']."
            )
        if distribution not in ("truncated_normal", "untruncated_normal", "uniform", "normal"):
            raise ValueError(f"Invalid `distribution` argument: {distribution}.")
        self.scale, self.mode, self.distribution = scale, mode, distribution

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        extents = dims(shape)
        inputs, outputs = _fans(extents)
        count = {"fan_in": inputs, "fan_out": outputs, "fan_avg": (inputs + outputs) / 2}[self.mode]
        variance = self.scale / max(1.0, count)
        if self.distribution == "uniform":
            limit = sqrt(3 * variance)
            return _random._uniform(extents, -limit, limit, _kind(dtype), self._drawn())
        if self.distribution == "untruncated_normal":
            return _random._normal(extents, 0.0, sqrt(variance), _kind(dtype), self._drawn())
        return _random._truncated(
            extents, 0.0, sqrt(variance) / 0.87962566103423978, _kind(dtype), self._drawn()
        )


class GlorotUniform(VarianceScaling):
    """Uniform, by the mean of inputs and outputs. Dense layers begin with it."""

    def __init__(self, seed: Any = None) -> None:
        super().__init__(1.0, "fan_avg", "uniform", seed)


class GlorotNormal(VarianceScaling):
    """Normal, by the mean of inputs and outputs."""

    def __init__(self, seed: Any = None) -> None:
        super().__init__(1.0, "fan_avg", "truncated_normal", seed)


class HeUniform(VarianceScaling):
    """Uniform, by inputs, for relu."""

    def __init__(self, seed: Any = None) -> None:
        super().__init__(2.0, "fan_in", "uniform", seed)


class HeNormal(VarianceScaling):
    """Normal, by inputs, for relu."""

    def __init__(self, seed: Any = None) -> None:
        super().__init__(2.0, "fan_in", "truncated_normal", seed)


class LecunUniform(VarianceScaling):
    """Uniform, by inputs."""

    def __init__(self, seed: Any = None) -> None:
        super().__init__(1.0, "fan_in", "uniform", seed)


class LecunNormal(VarianceScaling):
    """Normal, by inputs."""

    def __init__(self, seed: Any = None) -> None:
        super().__init__(1.0, "fan_in", "truncated_normal", seed)


class Orthogonal(Initializer):
    """A matrix whose rows or columns are orthonormal, times a number."""

    def __init__(self, gain: float = 1.0, seed: Any = None) -> None:
        super().__init__(seed)
        self.gain = gain

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        extents = dims(shape)
        if len(extents) < 2:
            raise ValueError(
                f"The tensor to initialize must be at least two-dimensional. Received: shape={shape}"
            )
        rows, columns = prod(extents[:-1]), extents[-1]
        drawn = _random._normal((max(rows, columns), min(rows, columns)), 0.0, 1.0, "float64", self._drawn())
        q, r = np.linalg.qr(np.asarray(drawn))
        q = q * np.sign(np.diagonal(r))
        return made(
            (self.gain * (q if rows >= columns else q.T)).reshape(extents).astype(_kind(dtype)._numpy)
        )


IdentityInitializer, OrthogonalInitializer = Identity, Orthogonal
zeros_initializer, ones_initializer = Zeros, Ones

_CLASSES = (
    Zeros,
    Ones,
    Constant,
    Identity,
    RandomNormal,
    RandomUniform,
    TruncatedNormal,
    VarianceScaling,
    GlorotUniform,
    GlorotNormal,
    HeUniform,
    HeNormal,
    LecunUniform,
    LecunNormal,
    Orthogonal,
)


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(name))


_NAMED: dict[str, type[Initializer]] = {}
for _class in _CLASSES:
    _NAMED[_class.__name__] = _NAMED[_snake(_class.__name__)] = _class  # type: ignore[assignment]


def get(identifier: Any) -> Any:
    """The initializer with a name; others stay what they are."""
    if isinstance(identifier, str):
        if identifier not in _NAMED:
            raise ValueError(f"Could not interpret initializer identifier: {identifier}")
        return _NAMED[identifier]()
    if isinstance(identifier, type):
        return identifier()
    if callable(identifier):
        return identifier
    value = as_tensor(identifier)
    return lambda shape, dtype=None: cast(fill(shape, value) if value.ndim == 0 else value, _kind(dtype))


def __getattr__(name: str) -> Any:
    if name in _NAMED:
        return _NAMED[name]
    from wengert._names import missing

    return missing("wengert.tensorflow.keras.initializers", [*_NAMED, "get", "Initializer"])(name)
