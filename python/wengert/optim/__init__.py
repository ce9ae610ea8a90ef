"""Optimisers: what to do with gradients. Learning rates that change are in `wengert.optim.lr_scheduler`.

>>> import wengert
>>> from wengert import optim
>>> w = wengert.tensor([2.0], requires_grad=True)
>>> adam = optim.Adam([w], lr=0.5)
>>> (w * w).sum().backward()
>>> adam.step()
>>> w
tensor([1.5000], requires_grad=True)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wengert._names import missing
from wengert.optim import lr_scheduler, swa_utils
from wengert.optim.adam import Adam, Adamax, AdamW, NAdam, RAdam
from wengert.optim.adaptive import Adadelta, Adagrad, RMSprop, Rprop
from wengert.optim.factored import Adafactor
from wengert.optim.lbfgs import LBFGS
from wengert.optim.optimizer import Optimizer
from wengert.optim.sgd import ASGD, SGD

__all__ = [
    "ASGD", "Adadelta", "Adafactor", "Adagrad", "Adam", "AdamW", "Adamax", "LBFGS", "NAdam", "Optimizer",
    "RAdam", "RMSprop", "Rprop", "SGD", "lr_scheduler", "swa_utils",
]
if not TYPE_CHECKING:
    __getattr__ = missing(__name__, __all__)
