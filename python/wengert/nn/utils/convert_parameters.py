"""Parameters as one vector, and back."""

from __future__ import annotations

import math
from collections.abc import Iterable

import wengert._wengert as _w
from wengert._wengert import Tensor

__all__ = ["parameters_to_vector", "vector_to_parameters"]


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """All elements of all parameters, one after the other."""
    return _w.concatenate([_w.reshape(parameter, (-1,)) for parameter in parameters], 0)


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Gives the parameters the values of a vector, as ``parameters_to_vector`` orders them."""
    if not isinstance(vec, Tensor):
        raise TypeError(f"expected torch.Tensor, but got: {type(vec).__name__}")
    at = 0
    for parameter in parameters:
        size = math.prod(parameter.shape)
        parameter.data = _w.clone(_w.reshape(_w.slice(vec.detach(), 0, at, at + size, 1), tuple(parameter.shape)))
        at += size
