"""Functions of trees as the engine sees them: functions of flat lists of cells.

What comes in as a NumPy array or a Python float is an `Array` inside the function, so that operators, NumPy's
functions and wengert's all work on it, and goes out as NumPy gives such values: arrays as ndarrays, values
without axes as NumPy scalars (``np.float64`` is a Python float). Tensors come in and go out as tensors. While
another transform runs around this one, its values stay what they are inside.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np

from . import _tree
from . import _wengert as _w
from ._tree import Structure

F = TypeVar("F", bound=Callable[..., Any])

_FAMILIES: tuple[type, ...] = (_w.Tensor, _w.Array, _w.EagerTensor)
_FLOATS = frozenset({"float16", "bfloat16", "float32", "float64", "complex64", "complex128"})


_names: dict[Any, str] = {}
_loaded: list[bool] = []


def named_after(f: Callable[..., Any], wrapped: F) -> F:
    """Give `wrapped` the name, the documentation and the signature of `f`."""
    functools.update_wrapper(wrapped, f, updated=())
    return wrapped


def family(cell: Any) -> type:
    """The class that decides by whose conventions a cell behaves."""
    for cls in _FAMILIES:
        if isinstance(cell, cls):
            return cls
    raise TypeError(f"expected a tensor, got {type(cell).__name__}")


def dtype_name(cell: Any) -> str:
    """The engine's name of a cell's dtype: ``float32``."""
    dtype = cell.dtype
    name = _names.get(dtype)
    if name is None:
        name = _names[dtype] = getattr(dtype, "name", dtype)
    return name


def is_floating(cell: Any) -> bool:
    """Whether a cell holds real numbers, so that it has derivatives."""
    return dtype_name(cell) in _FLOATS


def array_from(value: Any) -> Any:
    """A NumPy array or a number as an `Array`, with all of the methods that it has."""
    if not _loaded:
        from . import numpy  # noqa: F401  (attaches NumPy's methods to Array)

        _loaded.append(True)
    return _w.from_data(_w.Array, value)


def lift(leaf: Any, what: str) -> Any:
    """A leaf that is to be differentiated, as a cell. `what` names it in errors: ``grad: argument 0['w']``."""
    if isinstance(leaf, _w.Cell):
        if is_floating(leaf):
            return leaf
        raise TypeError(
            f"{what} has dtype {dtype_name(leaf)}, and only real numbers have derivatives. "
            f"{_cast_hint(leaf, what)}"
        )
    if isinstance(leaf, (np.ndarray, np.generic)):
        if leaf.dtype.kind == "f":
            return array_from(leaf)
        raise TypeError(
            f"{what} has dtype {leaf.dtype}, and only real numbers have derivatives. {_cast_hint(leaf, what)}"
        )
    if isinstance(leaf, float):
        return array_from(leaf)
    if isinstance(leaf, (bool, int)):
        raise TypeError(
            f"{what} is the {type(leaf).__name__} {leaf!r}, and only real numbers have derivatives. "
            f"Write {float(leaf)!r} (or float({leaf!r})), or leave the argument out of argnums."
        )
    if hasattr(leaf, "__wengert__"):  # a variable that holds a tensor
        return lift(leaf.__wengert__(), what)
    if hasattr(leaf, "__dlpack__"):
        raise TypeError(
            f"{what} is a {type(leaf).__module__}.{type(leaf).__name__}, a tensor of another library: hand in "
            "wengert.from_dlpack(x), or x as a NumPy array."
        )
    if hasattr(leaf, "__array__"):
        return lift(np.asarray(leaf), what)
    raise TypeError(
        f"{what} is a {type(leaf).__name__}, not a tensor, an array or a float. "
        "Leave the argument out of argnums, or hand it in by keyword or through a closure."
    )


def _cast_hint(leaf: Any, what: str) -> str:
    """How a program casts that argument."""
    name = "x" + what.partition("argument ")[2].lstrip("0123456789")
    if isinstance(leaf, _w.Tensor):
        cast = f"{name}.double()"
    elif isinstance(leaf, _w.EagerTensor):
        cast = f"tf.cast({name}, tf.float32)"
    else:
        cast = f"{name}.astype(float)"
    return f"Cast it: {cast}; or leave the argument out of argnums."


def lift_any(leaf: Any, like: type, what: str) -> Any:
    """Any numeric value as a cell; what is no cell gets the conventions `like`."""
    if isinstance(leaf, _w.Cell):
        return leaf
    if isinstance(leaf, (np.ndarray, np.generic, float, int, bool)):
        return array_from(leaf) if like is _w.Array else _w.from_data(like, leaf)
    if hasattr(leaf, "__wengert__"):
        return leaf.__wengert__()
    raise TypeError(f"{what} is a {type(leaf).__name__}, not a tensor, an array or a number")


def lift_like(value: Any, primal: Any, what: str) -> Any:
    """A tangent or cotangent for `primal`: its shape, cast to its dtype; None is zero."""
    if value is None:
        return _w.zeros_like(primal)
    if isinstance(value, _w.Cell):
        cell = value
    elif isinstance(value, (np.ndarray, np.generic, float, int)):
        cell = _w.from_data(family(primal), value)
    else:
        raise TypeError(f"{what} is a {type(value).__name__}, not a tensor, an array or a float")
    if tuple(cell.shape) != tuple(primal.shape):
        raise ValueError(
            f"{what} has shape {tuple(cell.shape)}, but what it belongs to has shape "
            f"{tuple(primal.shape)}; they must be equal"
        )
    dtype = dtype_name(primal)
    return cell if dtype_name(cell) == dtype else _w.cast(cell, dtype)


def settle(cell: Any, plain: bool) -> Any:
    """A result as the caller expects it: NumPy values where only NumPy values came in."""
    if plain and isinstance(cell, _w.Array) and not _w.is_wrapped(cell) and not cell.requires_grad:
        array = cell.numpy()
        return array[()] if array.ndim == 0 else array
    return cell


def settle_like(cell: Any, leaf: Any, plain: bool) -> Any:
    """A derivative as its argument was: an ndarray without axes stays an ndarray."""
    if cell is None:
        return None
    out = settle(cell, plain)
    if isinstance(leaf, np.ndarray) and isinstance(out, np.generic):
        return np.asarray(out)
    return out


class Arguments:
    """The arguments of a call that a transform works on, flat, and the way back into the call."""

    __slots__ = ("args", "cells", "kwargs", "leaves", "name", "numbers", "plain", "single", "structures")

    def __init__(
        self, name: str, argnums: int | Sequence[int], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        self.name = name
        self.args = args
        self.kwargs = kwargs
        self.single = isinstance(argnums, int)
        self.numbers = _numbers(name, argnums, len(args))
        self.leaves: list[Any] = []
        self.structures: list[Structure] = []
        self.cells: list[Any] = []
        self.plain = False
        arrays = False
        for number in self.numbers:
            leaves, structure = _tree.flatten(args[number])
            for i, leaf in enumerate(leaves):
                if not isinstance(leaf, _w.Cell):
                    self.plain = True
                elif isinstance(leaf, _w.Array):
                    arrays = True
                elif is_floating(leaf):
                    self.cells.append(leaf)
                    continue
                where = _tree.paths(structure)[i] if not structure.is_leaf else ""
                self.cells.append(lift(leaf, f"{name}: argument {number}{where}"))
            self.leaves += leaves
            self.structures.append(structure)
        if arrays:
            self.plain = False
        elif not self.leaves:
            self.plain = True

    @property
    def family(self) -> type:
        """The conventions of the first differentiated leaf; NumPy's where there is none."""
        return family(self.cells[0]) if self.cells else _w.Array

    def put_back(self, cells: Sequence[Any]) -> tuple[Any, ...]:
        """The positional arguments with other leaves in the selected ones."""
        if len(self.numbers) == 1 and self.structures[0].is_leaf:
            if len(self.args) == 1:
                return (cells[0],)
            args = list(self.args)
            args[self.numbers[0]] = cells[0]
            return tuple(args)
        args = list(self.args)
        for number, part in zip(self.numbers, self._parts(cells)):
            args[number] = part
        return tuple(args)

    def tree(self, values: Sequence[Any]) -> Any:
        """One value for each leaf, in the structure of the selected argument, or a tuple of those of several."""
        if self.single:
            return _tree.unflatten(self.structures[0], values)
        return tuple(self._parts(values))

    def settle(self, cells: Sequence[Any]) -> Any:
        """Derivatives, one for each leaf, as the caller gets them."""
        return self.tree([settle_like(cell, leaf, self.plain) for cell, leaf in zip(cells, self.leaves)])

    def _parts(self, values: Sequence[Any]) -> list[Any]:
        parts = []
        start = 0
        for structure in self.structures:
            stop = start + structure.num_leaves
            parts.append(_tree.unflatten(structure, list(values[start:stop])))
            start = stop
        return parts

    def path(self, i: int) -> str:
        """How a message names leaf `i`: ``argument 0['w']``."""
        names: list[str] = []
        for number, structure in zip(self.numbers, self.structures):
            names += _tree.paths(structure, f"argument {number}")
        return names[i]


def _numbers(name: str, argnums: int | Sequence[int], count: int) -> tuple[int, ...]:
    if isinstance(argnums, bool) or not isinstance(argnums, (int, tuple, list)):
        raise TypeError(f"{name}: argnums is an integer or a tuple of integers, got {argnums!r}")
    numbers = (argnums,) if isinstance(argnums, int) else tuple(argnums)
    out = []
    for number in numbers:
        at = number + count if number < 0 else number
        if not 0 <= at < count:
            raise ValueError(
                f"{name}: argnums={argnums} asks for positional argument {number}, but the function was "
                f"called with "
                f"{count} positional argument{'' if count == 1 else 's'} (keyword arguments are not "
                f"differentiated)"
            )
        out.append(at)
    if len(set(out)) != len(out):
        raise ValueError(f"{name}: argnums={argnums} names an argument twice")
    return tuple(out)


class Results:
    """What a function returned: its structure, and the leaves that are no tensors, kept aside."""

    __slots__ = ("aside", "numeric", "structure")

    structure: Structure

    def __init__(self) -> None:
        self.aside: list[Any] = []
        self.numeric: list[bool] = []

    def take(self, tree: Any, like: type, what: str) -> list[Any]:
        """The cells of a result, every leaf of which must be numeric."""
        leaves, self.structure = _tree.flatten(tree)
        return [leaf if isinstance(leaf, _w.Cell) else _result(leaf, like, what) for leaf in leaves]

    def take_aux(self, tree: Any) -> list[Any]:
        """The cells of an auxiliary result; its other leaves are kept aside as they are."""
        leaves, self.structure = _tree.flatten(tree)
        self.numeric = [isinstance(leaf, _w.Cell) for leaf in leaves]
        self.aside = [None if numeric else leaf for leaf, numeric in zip(leaves, self.numeric)]
        return [leaf for leaf, numeric in zip(leaves, self.numeric) if numeric]

    def give(self, cells: Sequence[Any], plain: bool) -> Any:
        """The result, with these values for its cells."""
        if self.numeric:
            rest = iter(cells)
            values = [
                settle(next(rest), plain) if is_cell else other
                for other, is_cell in zip(self.aside, self.numeric)
            ]
            return _tree.unflatten(self.structure, values)
        return _tree.unflatten(self.structure, [settle(cell, plain) for cell in cells])


def _result(leaf: Any, like: type, what: str) -> Any:
    if isinstance(leaf, (np.ndarray, np.generic, float, int)):
        return _w.from_data(like, leaf)
    raise TypeError(
        f"{what} returned a {type(leaf).__name__}; it must return tensors, arrays or numbers (in any nesting)"
    )


def split_aux(name: str, returned: Any) -> tuple[Any, Any]:
    """The two parts of what a function with ``has_aux=True`` returns."""
    if not isinstance(returned, tuple) or len(returned) != 2:
        shown = (
            f"a tuple of {len(returned)}" if isinstance(returned, tuple) else f"a {type(returned).__name__}"
        )
        raise TypeError(
            f"{name}: with has_aux=True the function returns a pair (result, aux); it returned {shown}"
        )
    return returned
