"""`tf.keras`, as far as the user of a tape meets it: layers, losses, optimisers, metrics, and models that are called.

>>> import wengert.tensorflow as tf
>>> model = tf.keras.Sequential([tf.keras.layers.Dense(2)])
>>> model(tf.ones((3, 4))).shape
TensorShape([3, 2])
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from wengert.tensorflow.keras._symbolic import Input, KerasTensor
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
            "KerasTensor",
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
