"""All of NumPy's names. Plain values are computed by NumPy itself, ndarrays in and ndarrays out; inside a
transform of `wengert.autograd`, the functions of `wengert.numpy` compute and differentiate.

>>> import wengert.autograd.numpy as np
>>> from wengert.autograd import grad
>>> np.tanh(np.zeros(2))
array([0., 0.])
>>> grad(lambda x: np.sum(np.tanh(x)))(np.zeros(2))
array([1., 1.])
"""

from __future__ import annotations

import importlib
import typing
from typing import Any

import numpy as _np

from ... import numpy as _ours
from ..._names import missing as _missing
from ..._wengert import Array as _Array
from ._lifted import lift as _lift, lifted as _lifted

if typing.TYPE_CHECKING:
    from ...numpy import *  # noqa: F403

numpy_version = __version__ = _np.__version__
globals().update(_lift(_np, _ours))


class _Arrays(type):
    """ndarrays, and arrays inside a transform."""

    def __instancecheck__(cls, x: Any) -> Any:
        return isinstance(x, (_np.ndarray, _Array))

    def __subclasscheck__(cls, other: type) -> Any:
        return issubclass(other, (_np.ndarray, _Array))


class ndarray(_np.ndarray, metaclass=_Arrays):  # type: ignore[no-redef,type-arg,misc]
    """NumPy's class of arrays; ``isinstance`` knows arrays inside a transform as well."""


class _Joined:
    """``r_`` and ``c_``."""

    def __init__(self, theirs: Any, ours: Any) -> None:
        self._theirs, self._ours = theirs, ours

    def __getitem__(self, key: Any) -> Any:
        from ...numpy._convert import has_cell

        return (self._ours if has_cell(key) else self._theirs)[key]


r_ = _Joined(_np.r_, _ours.r_)  # type: ignore[assignment]
c_ = _Joined(_np.c_, _ours.c_)  # type: ignore[assignment]
mgrid, ogrid, s_, index_exp = _np.mgrid, _np.ogrid, _np.s_, _np.index_exp  # type: ignore[assignment]
row_stack = _lifted("row_stack", _np.vstack, _ours.vstack)
trapz = _lifted("trapz", _np.trapezoid, _ours.trapezoid)
in1d = _lifted("in1d", _np.isin, _ours.isin)
product, cumproduct, alltrue, sometrue = (globals()[_name] for _name in ("prod", "cumprod", "all", "any"))


def make_diagonal(D: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """An array whose diagonals in two axes are the last axis of `D`: the other way of `diagonal`."""
    from ... import _wengert

    if (offset, axis1, axis2) not in ((0, -1, -2), (0, -2, -1)):
        raise NotImplementedError("make_diagonal takes offset=0, axis1=-1, axis2=-2")
    n = _np.shape(D)[-1]
    return (
        _wengert.mul(_ours.expand_dims(D, -1), _np.eye(n))
        if isinstance(D, _Array)
        else _np.expand_dims(D, -1) * _np.eye(n)
    )


def concatenate_args(axis: int, *args: Any) -> Any:
    """The arguments one after the other along an axis."""
    return globals()["concatenate"](args, axis)


def array_from_args(array_args: Any, array_kwargs: Any, *args: Any) -> Any:
    """An array of the arguments."""
    return globals()["array"](list(args), *array_args, **array_kwargs)


_SUBMODULES = ("fft", "linalg", "numpy_boxes", "numpy_vjps", "numpy_vspaces", "numpy_wrapper", "random")
for _name in ("fft", "linalg", "random"):
    globals().pop(_name, None)
_absent = _missing(__name__, lambda: [*(n for n in globals() if not n.startswith("_")), *_SUBMODULES])


def __getattr__(name: str) -> Any:
    if name in _SUBMODULES:
        return importlib.import_module(f"{__name__}.{name}")
    if name in ("Box", "primitive", "notrace_primitive"):
        return getattr(importlib.import_module("wengert.autograd.extend"), name)
    theirs = getattr(_np, name, None) if not name.startswith("_") else None
    return _absent(name) if theirs is None else theirs


def __dir__() -> list[str]:
    return sorted(
        {*(n for n in globals() if not n.startswith("_")), *_SUBMODULES}
        - {"typing", "importlib", "annotations"}
    )
