"""`tf.keras.regularizers`: what is added to a loss for large weights.

>>> L2(0.5)([1.0, 2.0]).numpy()
np.float32(2.5)
"""

from __future__ import annotations

from typing import Any

from wengert import _wengert as _n
from wengert.tensorflow._convert import floating


class Regularizer:
    """A function of a weight."""

    def __call__(self, x: Any) -> Any:
        """What is added to the loss."""
        raise NotImplementedError


class L1L2(Regularizer):
    """The sum of the absolute values, and of the squares, each times a number."""

    def __init__(self, l1: float = 0.0, l2: float = 0.0) -> None:
        self.l1, self.l2 = l1, l2

    def __call__(self, x: Any) -> Any:
        w = floating(x, "Sum")
        total = _n.mul(_n.sum(_n.square(w)), self.l2)
        return _n.add(total, _n.mul(_n.sum(_n.abs(w)), self.l1)) if self.l1 else total


class L1(L1L2):
    """The sum of the absolute values, times a number."""

    def __init__(self, l1: float = 0.01) -> None:
        super().__init__(l1=l1)


class L2(L1L2):
    """The sum of the squares, times a number."""

    def __init__(self, l2: float = 0.01) -> None:
        super().__init__(l2=l2)


l1, l2 = L1, L2


def l1_l2(l1: float = 0.01, l2: float = 0.01) -> L1L2:
    """The sum of the absolute values, and of the squares, each times a number."""
    return L1L2(l1, l2)


def get(identifier: Any) -> Any:
    """The regularizer with a name; others stay what they are."""
    if isinstance(identifier, str):
        named = {"l1": L1, "l2": L2, "L1": L1, "L2": L2, "l1_l2": L1L2, "L1L2": L1L2}
        if identifier not in named:
            raise ValueError(f"Could not interpret regularizer identifier: {identifier}")
        return named[identifier]()
    return identifier
