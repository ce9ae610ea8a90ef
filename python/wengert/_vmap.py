"""`vmap`: a function of one example made a function of a batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import _tree
from . import _wengert as _w
from ._flat import Results, family, lift_any, named_after
from ._transforms import _callable

__all__ = ["vmap"]


def vmap(f: Callable[..., Any], in_axes: Any = 0, out_axes: Any = 0) -> Callable[..., Any]:
    """Map `f` over an axis of its arguments, all steps at once.

    `in_axes` says which axis of each argument is mapped: an integer for all, or a tuple with one entry for
    each positional argument: an integer, None (not mapped), or a tree of them that follows the argument.
    `out_axes` says in the same way where the new axis goes in the results. Keyword arguments are mapped over
    their axis 0.

    >>> import numpy as np, wengert
    >>> wengert.vmap(lambda a, b: a @ b)(np.ones((3, 2)), np.ones((3, 2)))
    array([2., 2., 2.])
    >>> wengert.vmap(wengert.grad(lambda w, x: (w * x) ** 2), in_axes=(None, 0))(2.0, np.array([1.0, 3.0]))  # per-sample gradients
    array([ 4., 36.])
    """
    _callable("vmap", f)

    def mapped(*args: Any, **kwargs: Any) -> Any:
        return call(f, args, kwargs, in_axes, out_axes, 0)

    return named_after(f, mapped)


def call(
    f: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    in_axes: Any,
    out_axes: Any,
    kwargs_axis: int | None,
) -> Any:
    """One call of a mapped function."""
    if isinstance(in_axes, list):
        in_axes = tuple(in_axes)
    if isinstance(in_axes, tuple) and len(in_axes) != len(args):
        raise ValueError(
            f"vmap: in_axes has {len(in_axes)} entries, but the function was called with {len(args)} "
            f"positional arguments; "
            "give one entry for each, or one integer for all"
        )
    leaves, structure = _tree.flatten((args, kwargs))
    axes = _tree.broadcast_prefix(in_axes, _tree.structure(args), "vmap: in_axes", _is_axis)
    axes += [kwargs_axis] * (len(leaves) - len(axes))
    where = _names(args, kwargs)
    resolved, plain = _check(leaves, axes, where)

    cells: list[Any] = []
    used: list[int | None] = []
    places: list[int] = []
    like: type = _w.Array
    for i, (leaf, axis) in enumerate(zip(leaves, resolved)):
        if axis is None and not isinstance(leaf, _w.Cell):
            continue  # handed on as it is
        cells.append(lift_any(leaf, _w.Array, f"vmap: {where[i]}"))
        used.append(axis)
        places.append(i)
    for cell in cells:
        if not isinstance(cell, _w.Array):
            like = family(cell)
            break
    result = Results()

    def run(batched: list[Any]) -> list[Any]:
        values = list(leaves)
        for place, cell in zip(places, batched):
            values[place] = cell
        positional, named = _tree.unflatten(structure, values)
        return result.take(f(*positional, **named), like, "vmap: the function")

    outs = _w.vmap(run, cells, used, 0)
    wanted = _tree.broadcast_prefix(out_axes, result.structure, "vmap: out_axes", _is_axis)
    moved = [_place(out, axis) for out, axis in zip(outs, wanted)]
    return result.give(moved, plain)


def _is_axis(value: Any) -> bool:
    return value is None or (isinstance(value, int) and not isinstance(value, bool))


def _names(args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[str]:
    names: list[str] = []
    for i, arg in enumerate(args):
        names += _tree.paths(_tree.structure(arg), f"argument {i}")
    for key, value in kwargs.items():
        names += _tree.paths(_tree.structure(value), f"argument {key}")
    return names


def _check(leaves: list[Any], axes: list[Any], where: list[str]) -> tuple[list[int | None], bool]:
    """The axes, counted from the front, after every complaint; and whether only NumPy values came in."""
    plain = False
    arrays = False
    sizes: list[tuple[int, int, str]] = []
    out: list[int | None] = []
    for leaf, axis, name in zip(leaves, axes, where):
        if isinstance(leaf, _w.Cell):
            arrays = arrays or isinstance(leaf, _w.Array)
        elif isinstance(leaf, np.ndarray):
            plain = True
        if axis is None:
            out.append(None)
            continue
        if not isinstance(leaf, (_w.Cell, np.ndarray)):
            raise TypeError(
                f"vmap: {name} is a {type(leaf).__name__}, which has no axis {axis} to map over. "
                "Give it the entry None in in_axes, or make it an array."
            )
        ndim = leaf.ndim
        if not -ndim <= axis < ndim:
            raise ValueError(
                f"vmap: {name} has shape {tuple(leaf.shape)}, so there is no axis {axis} to map over"
                + ("; give it the entry None in in_axes" if ndim == 0 else "")
            )
        axis %= ndim
        out.append(axis)
        sizes.append((int(leaf.shape[axis]), axis, name))
    if not sizes:
        raise ValueError("vmap: no argument is mapped over; at least one entry of in_axes must be an integer")
    if any(size != sizes[0][0] for size, _, _ in sizes):
        listed = "\n".join(f"  {name}: axis {axis} has size {size}" for size, axis, name in sizes)
        raise ValueError(f"vmap: the mapped axes must have one size, but\n{listed}")
    return out, plain and not arrays


def _place(out: Any, axis: int | None) -> Any:
    """The batch axis, which comes first, moved where it is wanted."""
    if axis == 0:
        return out
    if axis is None:
        first = _w.select(out, 0, 0)
        if not _w.is_wrapped(out):
            values = np.asarray(_w.detach(out).numpy())
            if not (
                np.array_equal(values, np.broadcast_to(values[:1], values.shape), values.dtype.kind == "f")
            ):
                raise ValueError(
                    "vmap: out_axes is None for a result that differs from step to step; give it an axis"
                )
        return first
    ndim = len(out.shape)
    if not -ndim <= axis < ndim:
        raise ValueError(f"vmap: out_axes={axis}, but the result with its new axis has shape of {ndim} axes")
    return _w.movedim(out, 0, axis)
