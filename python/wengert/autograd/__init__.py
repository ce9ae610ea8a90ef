"""HIPS Autograd's names: gradients of functions of ndarrays, written with `wengert.autograd.numpy` or with
plain NumPy.

>>> import wengert.autograd.numpy as np
>>> from wengert.autograd import grad
>>> def tanh(x):
...     return (1.0 - np.exp(-2 * x)) / (1.0 + np.exp(-2 * x))
>>> print(round(float(grad(tanh)(1.0)), 6))
0.419974
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from .. import _names
from .builtins import dict, isinstance, list, tuple, type
from .differential_operators import (
    checkpoint,
    deriv,
    elementwise_grad,
    grad,
    grad_and_aux,
    grad_named,
    hessian,
    hessian_tensor_product,
    hessian_vector_product,
    holomorphic_grad,
    jacobian,
    make_ggnvp,
    make_hvp,
    make_jvp,
    make_jvp_reversemode,
    make_vjp,
    multigrad_dict,
    tensor_jacobian_product,
    value_and_grad,
    vector_jacobian_product,
)
from .extend import primitive

if TYPE_CHECKING:
    from . import (
        builtins,
        core,
        differential_operators,
        extend,
        misc,
        numpy,
        scipy,
        test_util,
        tracer,
        util,
        vspaces,
        wrap_util,
    )

__all__ = [
    "checkpoint",
    "deriv",
    "dict",
    "elementwise_grad",
    "grad",
    "grad_and_aux",
    "grad_named",
    "hessian",
    "hessian_tensor_product",
    "hessian_vector_product",
    "holomorphic_grad",
    "isinstance",
    "jacobian",
    "list",
    "make_ggnvp",
    "make_hvp",
    "make_jvp",
    "make_jvp_reversemode",
    "make_vjp",
    "multigrad_dict",
    "primitive",
    "tensor_jacobian_product",
    "tuple",
    "type",
    "value_and_grad",
    "vector_jacobian_product",
]

_SUBMODULES = (
    "builtins",
    "core",
    "differential_operators",
    "extend",
    "misc",
    "numpy",
    "scipy",
    "test_util",
    "tracer",
    "util",
    "vspaces",
    "wrap_util",
)
_missing = _names.missing(__name__, [*__all__, *_SUBMODULES])


if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name in _SUBMODULES:
            return importlib.import_module(f"{__name__}.{name}")
        return _missing(name)


def __dir__() -> Any:
    return sorted([*__all__, *_SUBMODULES])
