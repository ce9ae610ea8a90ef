"""Tools for gradients and parameters of modules."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from wengert._names import missing
from wengert.nn.utils import clip_grad, convert_parameters, rnn, stateless
from wengert.nn.utils.clip_grad import (
    clip_grad_norm,
    clip_grad_norm_,
    clip_grad_value_,
    clip_grads_with_norm_,
    get_total_norm,
)
from wengert.nn.utils.convert_parameters import parameters_to_vector, vector_to_parameters
from wengert.nn.utils.weight_norm import remove_weight_norm, weight_norm

__all__ = [
    "clip_grad", "convert_parameters", "rnn", "stateless", "clip_grad_norm", "clip_grad_norm_", "clip_grad_value_",
    "clip_grads_with_norm_", "get_total_norm", "parameters_to_vector", "vector_to_parameters",
    "remove_weight_norm", "weight_norm", "parametrize", "parametrizations",
]
if TYPE_CHECKING:
    from wengert.nn.utils import parametrizations, parametrize
else:

    def __getattr__(name: str) -> object:
        # They are made of modules, which are made with the help of this package.
        if name in ("parametrize", "parametrizations"):
            return import_module(f"wengert.nn.utils.{name}")
        return missing(__name__, __all__)(name)
