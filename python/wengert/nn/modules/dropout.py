"""Dropout as modules."""

from __future__ import annotations

from wengert._wengert import Tensor
from wengert.nn import functional as F
from wengert.nn.modules.module import Module

__all__ = ["Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout"]


class _DropoutNd(Module):
    """A probability of being dropped."""

    p: float
    inplace: bool

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        if p < 0 or p > 1:
            raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
        self.p = p
        self.inplace = inplace

    def extra_repr(self) -> str:
        """The options."""
        return f"p={self.p}, inplace={self.inplace}"


class Dropout(_DropoutNd):
    """While training, sets elements to 0 with probability ``p`` and divides the others by 1 − p.

    >>> import wengert
    >>> from wengert import nn
    >>> nn.Dropout(0.5).eval()(wengert.ones(3))
    tensor([1., 1., 1.])
    """

    def forward(self, input: Tensor) -> Tensor:
        """The elements that are kept."""
        return F.dropout(input, self.p, self.training, self.inplace)


class Dropout1d(_DropoutNd):
    """Dropout of whole channels of (batch, channels, length)."""

    def forward(self, input: Tensor) -> Tensor:
        """The channels that are kept."""
        return F.dropout1d(input, self.p, self.training, self.inplace)


class Dropout2d(_DropoutNd):
    """Dropout of whole channels of (batch, channels, h, w)."""

    def forward(self, input: Tensor) -> Tensor:
        """The channels that are kept."""
        return F.dropout2d(input, self.p, self.training, self.inplace)


class Dropout3d(_DropoutNd):
    """Dropout of whole channels of (batch, channels, d, h, w)."""

    def forward(self, input: Tensor) -> Tensor:
        """The channels that are kept."""
        return F.dropout3d(input, self.p, self.training, self.inplace)


class AlphaDropout(_DropoutNd):
    """Dropout that keeps mean and variance of what SELU gives."""

    def forward(self, input: Tensor) -> Tensor:
        """The elements that are kept."""
        return F.alpha_dropout(input, self.p, self.training)


class FeatureAlphaDropout(_DropoutNd):
    """Alpha dropout of whole channels."""

    def forward(self, input: Tensor) -> Tensor:
        """The channels that are kept."""
        return F.feature_alpha_dropout(input, self.p, self.training)
