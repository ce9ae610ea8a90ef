"""NumPy's spellings of argument names, and `out=`, for functions that spell them PyTorch's way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from wengert import _wengert

F = TypeVar("F", bound=Callable[..., Any])

_SPELLINGS = {"axis": "dim", "keepdims": "keepdim", "x": "input", "a": "input", "x1": "input", "x2": "other"}


def store(out: Any, result: Any) -> Any:
    """Put the result of a function into the tensors given as `out=`, and return those."""
    if isinstance(out, (tuple, list)):
        for place, value in zip(out, result, strict=True):
            store(place, value)
        return type(result)(tuple(out)) if isinstance(result, tuple) else out
    if result.requires_grad or out.requires_grad:
        raise RuntimeError(
            "functions with out=... arguments don't support automatic differentiation, "
            "but one of the arguments requires grad."
        )
    if result.dtype.is_floating_point and not out.dtype.is_floating_point:
        raise RuntimeError(
            f"result type {result.dtype!r} can't be cast to the desired output type {out.dtype!r}"
        )
    value = result if result.dtype is out.dtype else _wengert.cast(result, out.dtype)
    if value.shape == out.shape:
        return _wengert.assign(out, value)
    _wengert.assign_data(out, value)
    return out


def no_tensor(error: AttributeError, function: Callable[..., Any], args: tuple[Any, ...]) -> None:
    """Complain if the object that lacks an attribute stands in the place of a tensor."""
    for place, arg in enumerate(args):
        if arg is error.obj and not isinstance(arg, _wengert.Cell):
            names = function.__code__.co_varnames  # type: ignore[attr-defined]
            name = f" '{names[place]}'" if place < len(names) else ""
            kind = type(arg).__name__
            raise TypeError(
                f"{function.__name__}(): argument{name} (position {place + 1}) must be Tensor, not {kind}"
            ) from None


def for_tensors(function: F) -> F:
    """Let a function say so if it is called on something else than a tensor."""

    def checked(*args: Any, **names: Any) -> Any:
        try:
            return function(*args, **names)
        except AttributeError as error:
            no_tensor(error, function, args)
            raise

    return titled(checked, function)  # type: ignore[return-value]


def titled(wrapper: Any, function: Any) -> Any:
    """Give a wrapper the name, words and signature of what it wraps."""
    wrapper.__name__ = function.__name__
    wrapper.__qualname__ = function.__qualname__
    wrapper.__doc__ = function.__doc__
    wrapper.__module__ = function.__module__
    wrapper.__annotations__ = function.__annotations__
    wrapper.__wrapped__ = function
    return wrapper


def numpy_names(function: F) -> F:
    """Let a function that takes `dim`, `keepdim`, `input` and `other` take NumPy's names for them, and `out=`."""

    def spelled(*args: Any, **names: Any) -> Any:
        try:
            if not names:
                return function(*args)
            out = names.pop("out", None)
            for theirs in _SPELLINGS.keys() & names.keys():
                names[_SPELLINGS[theirs]] = names.pop(theirs)
            result = function(*args, **names)
        except AttributeError as error:
            no_tensor(error, function, args)
            raise
        return result if out is None else store(out, result)

    return titled(spelled, function)  # type: ignore[return-value]


def extents(size: tuple[Any, ...]) -> tuple[int, ...]:
    """A shape given as numbers one by one, or as one tuple, list or Size."""
    if len(size) == 1 and not isinstance(size[0], int):
        first = size[0]
        if isinstance(first, (tuple, list)):
            return tuple(first)
        if isinstance(first, _wengert.Tensor) and first.ndim == 1:
            return tuple(first.tolist())
    return size


def axes(dim: Any) -> Any:
    """A dimension, several, or none: as the engine takes them."""
    return tuple(dim) if isinstance(dim, list) else dim
