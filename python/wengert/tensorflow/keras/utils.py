"""`tf.keras.utils`: what scripts take from it.

>>> to_categorical([0, 2], 3)
array([[1., 0., 0.],
       [0., 0., 1.]])
"""

from __future__ import annotations

import random as _random
from typing import Any

import numpy as np

from wengert.tensorflow import random as _tf_random


def to_categorical(x: Any, num_classes: int | None = None) -> Any:
    """One row for each class: zeros, and a one at the class."""
    classes = np.asarray(x, dtype=np.int64)
    shape = classes.shape[:-1] if classes.ndim > 1 and classes.shape[-1] == 1 else classes.shape
    flat = classes.reshape(-1)
    n = int(flat.max()) + 1 if num_classes is None else num_classes
    return np.eye(n)[flat].reshape(*shape, n)


def set_random_seed(seed: int) -> None:
    """Makes the random numbers of Python, NumPy and this library the same in every run."""
    _random.seed(seed)
    np.random.seed(seed)
    _tf_random.set_seed(seed)


def normalize(x: Any, axis: int = -1, order: int = 2) -> Any:
    """An array divided by its norm along an axis."""
    norms = np.atleast_1d(np.linalg.norm(x, order, axis))
    norms[norms == 0] = 1
    return x / np.expand_dims(norms, axis)


def __getattr__(name: str) -> Any:
    from wengert._names import missing

    return missing("wengert.tensorflow.keras.utils", ["to_categorical", "set_random_seed", "normalize"])(name)
