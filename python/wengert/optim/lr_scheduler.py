"""Learning rates that change while training: rules that follow one another step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wengert._names import missing
from wengert.optim._combined import ChainedScheduler, ReduceLROnPlateau, SequentialLR
from wengert.optim._cycles import CosineAnnealingWarmRestarts, CyclicLR, OneCycleLR
from wengert.optim._decay import (
    ConstantLR,
    CosineAnnealingLR,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    MultiplicativeLR,
    MultiStepLR,
    PolynomialLR,
    StepLR,
)
from wengert.optim._scheduler import LRScheduler

__all__ = [
    "ChainedScheduler",
    "ConstantLR",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "CyclicLR",
    "ExponentialLR",
    "LRScheduler",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "MultiplicativeLR",
    "OneCycleLR",
    "PolynomialLR",
    "ReduceLROnPlateau",
    "SequentialLR",
    "StepLR",
]

_LRScheduler = LRScheduler

if not TYPE_CHECKING:
    __getattr__ = missing(__name__, __all__)
