"""Parametrisations that are at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wengert._names import missing
from wengert._wengert import Tensor
from wengert.nn.modules.module import Module
from wengert.nn.utils.parametrize import register_parametrization
from wengert.nn.utils.weight_norm import _norm

__all__ = ["weight_norm"]


class _WeightNorm(Module):
    """A weight from its length and its direction."""

    def __init__(self, dim: int | None = 0) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, g: Tensor, v: Tensor) -> Tensor:
        """The weight."""
        return v * (g / _norm(v, self.dim))

    def right_inverse(self, weight: Tensor) -> tuple[Tensor, Tensor]:
        """Length and direction of a weight."""
        return _norm(weight, self.dim), weight


def weight_norm(module: Module, name: str = "weight", dim: int | None = 0) -> Any:
    """Learns length and direction of a weight each for itself (Salimans and Kingma, 2016).

    >>> from wengert import nn
    >>> layer = weight_norm(nn.Linear(3, 2))
    >>> [key for key, _ in layer.named_parameters()]
    ['bias', 'parametrizations.weight.original0', 'parametrizations.weight.original1']
    """
    register_parametrization(module, name, _WeightNorm(dim), unsafe=True)
    return module


if not TYPE_CHECKING:
    __getattr__ = missing(__name__, __all__)
