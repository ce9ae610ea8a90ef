"""How arguments come in and results go out: cells, weak numbers, dtypes, axes, ``out=`` and ``where=``."""

from __future__ import annotations

import builtins
import operator
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from .. import _wengert
from .._wengert import Array, Cell

DTYPES: tuple[str, ...] = ("bool", "uint8", "int32", "int64", "float32", "float64")
"""The element types there are."""

_WIDER = {
    "int8": "int32",
    "int16": "int32",
    "uint16": "int32",
    "uint32": "int64",
    "uint64": "int64",
    "float16": "float32",
    "longdouble": "float64",
    "float128": "float64",
}
_WEAK = frozenset((builtins.bool, builtins.int, builtins.float))
_NATIVE = frozenset(DTYPES)

_wengert.register("numpy", dtypes={name: np.dtype(name) for name in DTYPES})


class NotHeld(TypeError):
    """A value of a type that no array here can hold."""


def plain_array(x: Any) -> np.ndarray[Any, Any]:
    """`x` as an ndarray of one of the six dtypes; narrower types become the next wider one there is."""
    values = np.asarray(x)
    name = values.dtype.name
    if name in _NATIVE:
        return values if values.dtype.isnative else values.astype(name)
    if name in _WIDER:
        return values.astype(_WIDER[name])
    raise NotHeld(
        f"an array of dtype {values.dtype} cannot be differentiated or held here; there are "
        f"{', '.join(DTYPES)}: "
        "write x.astype(float) if it holds numbers"
    )


def has_cell(x: Any) -> builtins.bool:
    """Whether `x` is a cell, or a list or tuple with one somewhere in it."""
    if isinstance(x, Cell):
        return True
    if type(x) in (list, tuple):
        return builtins.any(map(has_cell, x))
    return False


def cell(x: Any) -> Any:
    """`x` itself if it is a cell, otherwise an `Array` with its values (lists may hold cells)."""
    if isinstance(x, Cell):
        return x
    if type(x) in _WEAK:
        return _wengert.from_data(Array, x)
    if type(x) in (list, tuple) and has_cell(x):
        parts = [cell(part) for part in x]
        shapes = {part.shape for part in parts}
        if len(shapes) > 1:
            raise ValueError(
                f"the parts of an array must have one shape; they have {', '.join(map(str, shapes))}"
            )
        return _wengert.stack(_one_dtype(parts), 0)
    return _wengert.from_data(Array, plain_array(x))


def _one_dtype(parts: list[Any]) -> list[Any]:
    """The parts in the dtype that NumPy promotes them to."""
    names = {dtype_name(part.dtype) for part in parts}
    if len(names) == 1:
        return parts
    name = np.result_type(*names).name
    return [part if dtype_name(part.dtype) == name else _wengert.cast(part, name) for part in parts]


def cells(xs: Any) -> list[Any]:
    """Every member of a sequence as a cell, all of the dtype that NumPy promotes them to."""
    return _one_dtype([cell(x) for x in xs])


def pair(a: Any, b: Any) -> tuple[Any, Any]:
    """Two operands of which at least one is a cell. Python's own numbers stay weak (they take the other's
    dtype)."""
    if isinstance(a, Cell):
        return (a, b) if isinstance(b, Cell) or type(b) in _WEAK else (a, cell(b))
    if isinstance(b, Cell):
        return (a, b) if type(a) in _WEAK else (cell(a), b)
    if type(a) in _WEAK and type(b) not in _WEAK:
        return a, cell(b)
    return cell(a), b if type(b) in _WEAK else cell(b)


def dtype_name(dtype: Any) -> str:
    """The engine's name of a dtype, whoever's object it is."""
    if dtype is None:
        return "float64"
    name = getattr(dtype, "name", None)
    if not isinstance(name, str):
        name = np.dtype(dtype).name
    if name in _NATIVE:
        return name
    if name in _WIDER:
        return _WIDER[name]
    raise TypeError(f"there is no dtype {name} here; there are {', '.join(DTYPES)}")


def cast_to(x: Any, dtype: Any) -> Any:
    """`x` in that dtype; `x` itself if it has it, or if `dtype` is None."""
    if dtype is None:
        return x
    name = dtype_name(dtype)
    return x if dtype_name(x.dtype) == name else _wengert.cast(x, name)


def is_inexact(x: Any) -> builtins.bool:
    """Whether a cell holds fractions."""
    return dtype_name(x.dtype).startswith("float")


def is_traced(x: Any) -> builtins.bool:
    """Whether a cell belongs to a running transform, or is recorded for backward()."""
    return isinstance(x, Cell) and (_wengert.is_wrapped(x) or _wengert.is_tracked(x))


def any_traced(x: Any) -> builtins.bool:
    """Whether there is a traced cell in `x`, a nesting of lists, tuples and dictionaries."""
    if isinstance(x, Cell):
        return is_traced(x)
    if isinstance(x, (list, tuple)):
        return builtins.any(map(any_traced, x))
    if isinstance(x, dict):
        return builtins.any(map(any_traced, x.values()))
    return False


def any_wrapped(x: Any) -> builtins.bool:
    """Whether there is a cell of a running transform in `x`, a nesting of lists, tuples and dictionaries."""
    if isinstance(x, Cell):
        return _wengert.is_wrapped(x)
    if isinstance(x, (list, tuple)):
        return builtins.any(map(any_wrapped, x))
    if isinstance(x, dict):
        return builtins.any(map(any_wrapped, x.values()))
    return False


def axis_of(axis: Any, ndim: int) -> int:
    """One axis, counted from the front; numpy's AxisError if there is no such axis."""
    return normalize_axis_index(operator.index(axis), ndim)


def axes_of(axis: Any, ndim: int) -> tuple[int, ...] | None:
    """None, an axis or several, as a tuple counted from the front."""
    if axis is None:
        return None
    if isinstance(axis, (tuple, list)):
        axes = tuple(axis_of(one, ndim) for one in axis)
        if len(set(axes)) != len(axes):
            raise ValueError("duplicate value in 'axis'")
        return axes
    return (axis_of(axis, ndim),)


def shape_of(shape: Any) -> tuple[int, ...]:
    """A shape given as an int or as a sequence of ints."""
    if isinstance(shape, (tuple, list)):
        return tuple(operator.index(n) for n in shape)
    if hasattr(shape, "__len__") and not isinstance(shape, Cell):
        return tuple(operator.index(n) for n in shape)
    if isinstance(shape, Cell) and shape.ndim:
        return tuple(int(n) for n in shape)
    return (operator.index(shape),)


def store(result: Any, out: Any, where: Any = True) -> Any:
    """`result`, written into `out` where one is given (in the places where `where` is true)."""
    if isinstance(out, tuple):
        (out,) = out
    if out is None:
        if where is True:
            return result
        raise TypeError(
            "where= leaves the other places undefined without out=: write np.where(mask, f(x), other)"
        )
    if not isinstance(out, Cell):
        if is_traced(result):
            raise TypeError(
                "out= is a plain ndarray, which cannot hold a value that is being differentiated: leave "
                "out= away, "
                "or make it with wengert.numpy"
            )
        np.copyto(
            out, result.numpy(), casting="same_kind", where=where if where is True else np.asarray(where)
        )
        return out
    if tuple(out.shape) != tuple(result.shape) and where is True:
        np.broadcast_shapes(tuple(out.shape), tuple(result.shape))
    kept = result if where is True else _wengert.where(cell(where), result, out)
    _wengert.assign(out, kept)
    return out


def value_of(x: Any) -> Any:
    """What is known of `x` without its derivative: an ndarray for a cell, anything else as it is."""
    if not isinstance(x, Cell):
        return x
    return (_wengert.primal(x) if is_traced(x) else x).numpy()


def plain(x: Any, read: Any) -> Any:
    """`x` with every cell in its lists, tuples and dictionaries replaced by ``read(cell)``."""
    if isinstance(x, Cell):
        return read(x)
    if type(x) in (list, tuple):
        return type(x)(plain(part, read) for part in x)
    if type(x) is dict:
        return {key: plain(part, read) for key, part in x.items()}
    return x


def wrapped(x: Any) -> Any:
    """ndarrays and NumPy scalars in a result of NumPy as `Array`; what has no dtype here stays as it is."""
    if isinstance(x, (np.ndarray, np.generic)):
        return (
            _wengert.from_data(Array, plain_array(x))
            if x.dtype.name in _NATIVE or x.dtype.name in _WIDER
            else x
        )
    if isinstance(x, tuple) and hasattr(x, "_fields"):
        return type(x)(*map(wrapped, x))
    if type(x) in (list, tuple):
        return type(x)(map(wrapped, x))
    return x
