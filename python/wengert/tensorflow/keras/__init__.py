"""`tf.keras`, as far as the user of a tape meets it: layers, losses, optimisers, metrics, and models that are called.

>>> import wengert.tensorflow as tf
>>> model = tf.keras.Sequential([tf.keras.layers.Dense(2)])
>>> model(tf.ones((3, 4))).shape
TensorShape([3, 2])
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from wengert.tensorflow.keras.models import Model, Sequential

_MODULES = (
    "activations",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "optimizers",
    "regularizers",
    "utils",
)


def Input(
    shape: Any = None, batch_size: int | None = None, dtype: Any = None, name: str | None = None
) -> Any:
    """The shape that a `Sequential` begins with."""
    from wengert.tensorflow.keras.layers import InputLayer

    return InputLayer(shape, batch_size, dtype, name)


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"wengert.tensorflow.keras.{name}")
    if name in ("Layer", "Loss", "Metric", "Optimizer", "Initializer", "Regularizer"):
        return getattr(import_module(f"wengert.tensorflow.keras.{name.lower()}s"), name)
    from wengert._names import missing

    return missing("wengert.tensorflow.keras", __dir__())(name)


def __dir__() -> list[str]:
    return sorted(
        {
            "Input",
            "Model",
            "Sequential",
            "Layer",
            "Loss",
            "Metric",
            "Optimizer",
            "Initializer",
            "Regularizer",
            *_MODULES,
        }
    )
