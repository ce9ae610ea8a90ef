"""How arguments become leaves of a transform and its results become plain NumPy values again."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _tree, _wengert
from .._wengert import Array, Cell
from ..numpy._convert import cast_to, cell, dtype_name as dtype_name, is_inexact, is_traced, plain_array


def leaf(x: Any, where: str = "") -> Any:
    """A leaf that can be differentiated by, as a cell; TypeError that says what to write for any other."""
    place = f" (at {where})" if where else ""
    if isinstance(x, Cell):
        if not is_inexact(x):
            raise TypeError(
                f"Can't differentiate w.r.t. an array of {x.dtype}{place}, of shape {tuple(x.shape)}: "
                "its values cannot change a little. Cast it: x.astype(float)"
            )
        return x
    if type(x) is float:
        return _wengert.from_data(Array, x)
    if isinstance(x, (np.ndarray, np.generic)):
        kind = x.dtype.kind
        if kind == "f":
            return _wengert.from_data(Array, plain_array(x))
        if kind in "iub":
            raise TypeError(
                f"Can't differentiate w.r.t. an array of {x.dtype}{place}, of shape {x.shape}: "
                "its values cannot change a little. Cast it: x.astype(float)"
            )
        if kind == "c":
            raise TypeError(
                f"Can't differentiate w.r.t. complex numbers yet{place}; pass the real and imaginary parts"
            )
        raise TypeError(f"Can't differentiate w.r.t. an array of {x.dtype}{place}")
    if isinstance(x, (bool, int)):
        raise TypeError(f"Can't differentiate w.r.t. type {type(x)}{place}. Cast it: float({x!r})")
    raise TypeError(f"Can't differentiate w.r.t. type {type(x)}{place}")


def leaves_of(x: Any) -> tuple[list[Any], list[Any], _tree.Structure]:
    """The leaves of an argument as given, the same as cells, and the structure."""
    given, structure = _tree.flatten(x)
    if len(given) == 1 and structure.is_leaf:
        return given, [leaf(given[0])], structure
    names = _tree.paths(structure, "x")
    return given, [leaf(one, name) for one, name in zip(given, names)], structure


def result_of(x: Any) -> Any:
    """A leaf of a function's result as a cell of fractions."""
    value = cell(x)
    return value if is_inexact(value) else cast_to(value, "float64")


def results_of(y: Any) -> tuple[list[Any], _tree.Structure]:
    """The leaves of a function's result as cells, and its structure."""
    results, structure = _tree.flatten(y)
    return [result_of(one) for one in results], structure


def array_of(y: Any) -> Any:
    """The result of a function that should give one array; numbers in a list or tuple are put in one."""
    if isinstance(y, dict):
        raise TypeError("the function returned a dict; its result must be an array here")
    return result_of(list(y) if isinstance(y, tuple) else y)


def show(value: Any, like: Any = None) -> Any:
    """A cell as the caller wants it: as an ndarray or a NumPy number, unless cells came in or a transform
    runs outside."""
    if not isinstance(value, Cell) or isinstance(like, Cell) or _wengert.in_transform() or is_traced(value):
        return value
    plain = value.numpy()
    if not plain.ndim:
        return plain[()]
    return plain if plain.flags.writeable else plain.copy()


def show_all(values: list[Any], given: list[Any], structure: _tree.Structure) -> Any:
    """A tree like the one given, of results that go with its leaves."""
    return _tree.unflatten(structure, [show(value, like) for value, like in zip(values, given)])


cell_of = result_of


def like(x: Any, value: float) -> Any:
    """One number in the shape of an array, in the kind of value it is."""
    if isinstance(x, Cell):
        return _wengert.full_like(_wengert.stop_gradient(x), value)
    return np.full(np.shape(x), value) if np.ndim(x) else value
