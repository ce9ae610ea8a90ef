"""NumPy's protocols, given to every cell: functions written with plain ``numpy`` compute with cells and
differentiate."""

from __future__ import annotations

import builtins
import functools
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import _wengert
from .._wengert import Array, Cell
from . import _convert
from ._convert import cell, is_traced, store
from ._delegate import delegated, refusal

_ufuncs: dict[Any, Callable[..., Any]] = {}
_functions: dict[Any, Callable[..., Any]] = {}
_reduced: dict[Any, Callable[..., Any]] = {}
_accumulated: dict[Any, Callable[..., Any]] = {}


def fill(namespace: dict[str, Any], linalg: dict[str, Any]) -> None:
    """Enter what the namespace has under the objects of NumPy that have its names."""
    for source, ours in ((np, namespace), (np.linalg, linalg)):
        for name, function in ours.items():
            theirs = getattr(source, name, None)
            if name.startswith("_") or not callable(function) or isinstance(function, type):
                continue
            if isinstance(theirs, np.ufunc):
                _ufuncs.setdefault(theirs, function)
            elif callable(theirs) and not isinstance(theirs, type):
                _functions.setdefault(theirs, function)
    for ufunc, name in (
        (np.add, "sum"),
        (np.multiply, "prod"),
        (np.maximum, "max"),
        (np.minimum, "min"),
        (np.logical_and, "all"),
        (np.logical_or, "any"),
    ):
        _reduced[ufunc] = namespace[name]
    _accumulated[np.add] = namespace["cumsum"]
    _accumulated[np.multiply] = namespace["cumprod"]


def _operand(x: Any, torch: builtins.bool) -> Any:
    """NumPy's scalars keep their dtype beside arrays, as in NumPy; beside tensors they are numbers, as in
    PyTorch."""
    return x.item() if torch and isinstance(x, np.generic) else x


def array_ufunc(self: Any, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
    """How NumPy's ufuncs, and arithmetic with an ndarray on the left, reach cells."""
    function = _ufuncs.get(ufunc)
    if function is None:
        return _without_rule(ufunc, method, inputs, kwargs)
    if not isinstance(self, Array):
        inputs = tuple(_operand(x, True) for x in inputs)
    out = kwargs.pop("out", None)
    if out is not None:
        _check_out(out, inputs, ufunc)
    if method == "__call__":
        if kwargs.get("where", True) is True:
            kwargs.pop("where", None)
        if out is None and not kwargs:
            return function(*inputs)
        return function(*inputs, out=out, **kwargs) if out is not None else function(*inputs, **kwargs)
    special = _METHODS.get(method)
    if special is None:
        raise TypeError(
            f"np.{ufunc.__name__}.{method} has no differentiable form here: write the sum, or x[i] = …, out "
            "in full"
        )
    return store(special(ufunc, function, *inputs, **kwargs), out)


def _check_out(out: Any, inputs: Any, ufunc: Any) -> None:
    target = out[0] if isinstance(out, tuple) else out
    if isinstance(target, Cell) or target is None:
        return
    if builtins.any(map(is_traced, inputs)):
        raise TypeError(
            f"np.{ufunc.__name__} cannot write a value that is being differentiated into a plain ndarray: "
            "the ndarray holds "
            "numbers only and the derivative would be lost. Write y = y + x for y += x and leave out= away, "
            "or make the array with wengert.numpy"
        )


def _without_rule(ufunc: Any, method: str, inputs: Any, kwargs: Any) -> Any:
    special = _special_function(ufunc) if method == "__call__" else None
    if special is not None:
        return special(*inputs, **kwargs)
    if _convert.any_traced([inputs, kwargs]):
        raise refusal(f"np.{ufunc.__name__}")
    call = ufunc if method == "__call__" else getattr(ufunc, method)
    return delegated(call, f"np.{ufunc.__name__}")(*inputs, **kwargs)


def _special_function(ufunc: Any) -> Any:
    """What `wengert.autograd.scipy.special` has for a ufunc of SciPy's."""
    name: str = ufunc.__name__
    theirs = sys.modules.get("scipy.special")
    if theirs is None or getattr(theirs, name, None) is not ufunc:
        return None
    from ..autograd.scipy import special

    function = getattr(special, name, None) if name in special.__all__ else None
    return function if hasattr(function, "__wrapped__") else None


def _reduce(
    ufunc: Any,
    function: Any,
    array: Any,
    axis: Any = 0,
    dtype: Any = None,
    keepdims: builtins.bool = False,
    initial: Any = None,
    where: Any = None,
) -> Any:
    array = cell(array)
    options: dict[str, Any] = {"keepdims": keepdims, "where": where}
    if initial is not None and initial is not np._NoValue:
        options["initial"] = initial
    if ufunc in _reduced:
        array = _convert.cast_to(array, dtype)
        return _reduced[ufunc](array, axis, **{k: v for k, v in options.items() if v is not None})
    if where is not None and where is not True:
        raise refusal(f"np.{ufunc.__name__}.reduce with where=")
    axes = _convert.axes_of(axis, array.ndim)
    for one in sorted(range(array.ndim) if axes is None else axes, reverse=True):
        parts = _wengert.unbind(array, one)
        if not parts:
            raise ValueError(f"zero-size array to reduction operation {ufunc.__name__} which has no identity")
        array = functools.reduce(function, parts)
        if keepdims:
            array = _wengert.expand_dims(array, (one,))
    return array if "initial" not in options else function(options["initial"], array)


def _accumulate(ufunc: Any, function: Any, array: Any, axis: int = 0, dtype: Any = None) -> Any:
    array = _convert.cast_to(cell(array), dtype)
    if ufunc in _accumulated:
        return _accumulated[ufunc](array, axis)
    axis = _convert.axis_of(axis, array.ndim)
    results: list[Any] = []
    for part in _wengert.unbind(array, axis):
        results.append(function(results[-1], part) if results else part)
    return _wengert.stack(results, axis) if results else array


def _outer(ufunc: Any, function: Any, a: Any, b: Any, **kwargs: Any) -> Any:
    a, b = cell(a), cell(b)
    return function(_wengert.reshape(a, tuple(a.shape) + (1,) * b.ndim), b, **kwargs)


_METHODS: dict[str, Callable[..., Any]] = {"reduce": _reduce, "accumulate": _accumulate, "outer": _outer}


def array_function(self: Any, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
    """How NumPy's other functions reach cells."""
    function = _functions.get(func)
    if function is None and (func.__module__ or "").startswith("numpy.fft"):
        from . import fft

        function = getattr(fft, func.__name__)
    if function is not None:
        try:
            return function(*args, **kwargs)
        except (
            _convert.NotHeld
        ):  # objects, dates, texts beside arrays: NumPy's own, unless a derivative would be lost
            if _convert.any_wrapped([args, kwargs]):
                raise
            return func(*_convert.plain(args, np.asarray), **_convert.plain(kwargs, np.asarray))
    name = (
        f"{func.__module__}.{func.__name__}".replace("numpy", "np", 1) if func.__module__ else func.__name__
    )
    if _convert.any_traced([args, kwargs]):
        raise refusal(name)
    return delegated(func, name)(*args, **kwargs)


def array_namespace(self: Any, *, api_version: str | None = None) -> Any:
    """The namespace of functions for these arrays, as the Python array API standard asks for it."""
    if api_version is not None and api_version not in ("2021.12", "2022.12", "2023.12", "2024.12", "2025.12"):
        raise ValueError(f"there is no version {api_version!r} of the array API here")
    import wengert.numpy

    return wengert.numpy


def attach(cls: Any) -> None:
    """Give a class of cells the three protocols."""
    cls.__array_ufunc__ = array_ufunc
    cls.__array_function__ = array_function
    cls.__array_namespace__ = array_namespace
    cls.__array_priority__ = 1000.0
