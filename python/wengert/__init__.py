"""wengert: derivatives of programs, by one engine, with the names one knows.

Here at the top: tensors in PyTorch's convention (``wengert.tensor(3.0, requires_grad=True)``) and transforms
of functions in JAX's (``wengert.grad(f)``), which nest in any order and take tensors, NumPy arrays and floats
in any nesting of lists, tuples and dicts. `wengert.torch`, `wengert.tensorflow`, `wengert.autograd` and
`wengert.numpy` have the names and the conventions of those libraries.

>>> import wengert
>>> x = wengert.tensor(3.0, requires_grad=True)
>>> (x ** 2).backward()
>>> x.grad
tensor(6.)
>>> wengert.grad(lambda x: x ** 2)(3.0)
np.float64(6.0)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from . import _tree as tree
    from . import autograd as autograd
    from . import data as data
    from . import nn as nn
    from . import numpy as numpy
    from . import optim as optim
    from . import random as random
    from . import tensorflow as tensorflow
    from . import torch as torch
    from .torch.autograd import detect_anomaly as detect_anomaly
    from .torch.autograd import set_detect_anomaly as set_detect_anomaly
    from ._custom import checkpoint as checkpoint
    from ._custom import custom_jvp as custom_jvp
    from ._custom import custom_vjp as custom_vjp
    from ._draw import Drawing as Drawing
    from ._draw import draw as draw
    from ._explain import explain as explain
    from ._gradcheck import GradcheckError as GradcheckError
    from ._gradcheck import gradcheck as gradcheck
    from ._gradcheck import gradgradcheck as gradgradcheck
    from ._jacobians import hessian as hessian
    from ._jacobians import hvp as hvp
    from ._jacobians import jacfwd as jacfwd
    from ._jacobians import jacobian as jacobian
    from ._jacobians import jacrev as jacrev
    from ._transforms import grad as grad
    from ._transforms import jvp as jvp
    from ._transforms import linearize as linearize
    from ._transforms import make_program as make_program
    from ._transforms import stop_gradient as stop_gradient
    from ._transforms import value_and_grad as value_and_grad
    from ._transforms import vjp as vjp
    from ._tree import register_pytree_node as register_pytree_node
    from ._tree import register_pytree_node_class as register_pytree_node_class
    from ._vmap import vmap as vmap
    from ._wengert import get_num_threads as get_num_threads
    from ._wengert import memory_in_use as memory_in_use
    from ._wengert import set_num_threads as set_num_threads
    from .gradient_tape import GradientTape as GradientTape

    # Last, so that the names above stay what they are.
    from .torch import *  # type: ignore[assignment,no-redef]  # noqa: F403

# What is here, and the module it comes from; a module is loaded when one of its names is first asked for.
_HOMES: dict[str, str] = {
    **dict.fromkeys(
        ["grad", "value_and_grad", "vjp", "jvp", "linearize", "stop_gradient", "make_program"],
        "wengert._transforms",
    ),
    **dict.fromkeys(["jacfwd", "jacrev", "jacobian", "hessian", "hvp"], "wengert._jacobians"),
    "vmap": "wengert._vmap",
    **dict.fromkeys(["checkpoint", "custom_vjp", "custom_jvp"], "wengert._custom"),
    "register_pytree_node": "wengert._tree",
    "register_pytree_node_class": "wengert._tree",
    **dict.fromkeys(["draw", "Drawing"], "wengert._draw"),
    "explain": "wengert._explain",
    **dict.fromkeys(["gradcheck", "gradgradcheck", "GradcheckError"], "wengert._gradcheck"),
    "GradientTape": "wengert.gradient_tape",
    **dict.fromkeys(["detect_anomaly", "set_detect_anomaly"], "wengert.torch.autograd.anomaly_mode"),
    **dict.fromkeys(["memory_in_use", "set_num_threads", "get_num_threads"], "wengert._wengert"),
}
_MODULES: dict[str, str] = {
    "tree": "wengert._tree",
    **{
        name: f"wengert.{name}"
        for name in ["autograd", "data", "nn", "numpy", "optim", "random", "tensorflow", "torch"]
    },
}
# Names of PyTorch that mean something else here, or belong to its own house.
_NOT_FROM_TORCH = frozenset({"func", "autograd", "utils", "version", "trace"})


def _from_torch() -> list[str]:
    torch = import_module("wengert.torch")
    return [name for name in dir(torch) if not name.startswith("_") and name not in _NOT_FROM_TORCH]


if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name in _MODULES:
            value = import_module(_MODULES[name])
        elif name in _HOMES:
            value = getattr(import_module(_HOMES[name]), name)
        elif name == "__all__":  # from wengert import *
            return [known for known in __dir__() if not known.startswith("_")]
        elif name.startswith("_"):
            raise AttributeError(f"module 'wengert' has no {name!r}", name=name)
        else:
            torch = import_module("wengert.torch")
            try:
                if name in _NOT_FROM_TORCH:
                    raise AttributeError(name)
                value = getattr(torch, name)
            except AttributeError:
                from ._names import missing

                return missing("wengert", __dir__)(name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({"__version__", *_HOMES, *_MODULES, *_from_torch()})
