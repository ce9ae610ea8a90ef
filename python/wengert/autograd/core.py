"""Derivatives of functions of one argument, which may be any nesting of lists, tuples and dictionaries of
arrays.

The engine's transforms do the work; here arguments are taken apart and results put together.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from .. import _tree, _wengert
from . import _arguments
from ._arguments import array_of, leaves_of, results_of, show, show_all

_SCALARS_ONLY = (
    "{name} only applies to real scalar-output functions. Try jacobian, elementwise_grad or "
    "holomorphic_grad. "
    "(This function's result {what}.)"
)


def _warn_if_independent(results: list[Any]) -> None:
    if not any(map(_wengert.is_wrapped, results)):
        warnings.warn("Output seems independent of input.", stacklevel=4)


def _cotangents(g: Any, structure: _tree.Structure, outs: list[Any], what: str) -> list[Any]:
    parts = [_arguments.result_of(part) for part in _tree.flatten_like(structure, g, what)]
    for part, out in zip(parts, outs):
        if tuple(part.shape) != tuple(out.shape) and part.ndim:
            raise ValueError(
                f"{what} has the shape {tuple(part.shape)}, but it belongs to a value of shape "
                f"{tuple(out.shape)}"
            )
    return [
        part if tuple(part.shape) == tuple(out.shape) else _wengert.broadcast_to(part, tuple(out.shape))
        for part, out in zip(parts, outs)
    ]


def make_vjp(fun: Callable[[Any], Any], x: Any) -> tuple[Callable[[Any], Any], Any]:
    """The pullback of `fun` at `x` (from a cotangent of the result to one of `x`), and the result."""
    given, leaves, structure = leaves_of(x)
    made: list[_tree.Structure] = []

    def flat(cells: list[Any]) -> list[Any]:
        results, shape = results_of(fun(_tree.unflatten(structure, cells)))
        made.append(shape)
        _warn_if_independent(results)
        return results

    outs, pullback = _wengert.vjp(flat, leaves)
    like = next((one for one in given if isinstance(one, _wengert.Cell)), None)

    def vjp(g: Any) -> Any:
        pulled = pullback(_cotangents(g, made[-1], outs, "the cotangent"))
        return show_all(pulled, [one if isinstance(one, _wengert.Cell) else g for one in given], structure)

    return vjp, _tree.unflatten(made[-1], [show(out, like) for out in outs])


def make_jvp(fun: Callable[[Any], Any], x: Any) -> Callable[[Any], Any]:
    """From a tangent of `x` to the result of `fun` and its tangent, in one forward pass."""
    given, leaves, structure = leaves_of(x)
    like = next((one for one in given if isinstance(one, _wengert.Cell)), None)

    def jvp(v: Any) -> tuple[Any, Any]:
        made: list[_tree.Structure] = []

        def flat(cells: list[Any]) -> list[Any]:
            results, shape = results_of(fun(_tree.unflatten(structure, cells)))
            made.append(shape)
            return results

        outs, tangents = _wengert.jvp(flat, leaves, _cotangents(v, structure, leaves, "the tangent"))
        return tuple(
            _tree.unflatten(made[-1], [show(one, like) for one in some]) for some in (outs, tangents)
        )  # type: ignore[return-value]

    return jvp


def value_and_grad(
    fun: Callable[[Any], Any], x: Any, name: str = "value_and_grad", aux: bool = False
) -> tuple[Any, Any, Any]:
    """The value of a scalar function, its gradient, and (if `aux`) the second result of the function."""
    given, leaves, structure = leaves_of(x)
    kept: dict[str, Any] = {}

    def flat(cells: list[Any]) -> tuple[Any, list[Any]]:
        y = fun(_tree.unflatten(structure, cells))
        extra: list[Any] = []
        if aux:
            y, second = y
            parts, kept["aux"] = _tree.flatten(second)
            kept["parts"] = parts
            extra = [part for part in parts if isinstance(part, _wengert.Cell)]
        if isinstance(y, (list, tuple, dict)):
            raise TypeError(_SCALARS_ONLY.format(name=name, what=f"is a {type(y).__name__}"))
        value = _arguments.cell(y)
        if _arguments.dtype_name(value.dtype) == "bool":
            raise TypeError(_SCALARS_ONLY.format(name=name, what="is a bool, which does not change a little"))
        value = _arguments.result_of(value)
        if value.size != 1:
            raise TypeError(_SCALARS_ONLY.format(name=name, what=f"has the shape {tuple(value.shape)}"))
        _warn_if_independent([value])
        kept["shape"] = tuple(value.shape)
        return (_wengert.reshape(value, ()) if value.ndim else value), extra

    value, grads, extra = _wengert.value_and_grad(flat, leaves)
    if kept["shape"]:
        value = _wengert.reshape(value, kept["shape"])
    like = next((one for one in given if isinstance(one, _wengert.Cell)), None)
    second: Any = None
    if aux:
        cells = iter(extra)
        second = _tree.unflatten(
            kept["aux"],
            [show(next(cells), like) if isinstance(part, _wengert.Cell) else part for part in kept["parts"]],
        )
    return show(value, like), show_all(grads, given, structure), second


def jacobian(fun: Callable[[Any], Any], x: Any) -> Any:
    """The Jacobian of `fun` at `x`, of shape ``result.shape + x.shape``; a tree of them if `x` is a tree."""
    given, leaves, structure = leaves_of(x)

    def flat(cells: list[Any]) -> list[Any]:
        result = array_of(fun(_tree.unflatten(structure, cells)))
        _warn_if_independent([result])
        return [result]

    return show_all(_wengert.jacrev(flat, leaves)[0], given, structure)


# ---- what `autograd.core` has beside

from .extend import (  # noqa: E402
    _jvps,
    _vjps,
    Box as Box,
    VSpace as VSpace,
    def_linear as def_linear,
    defjvp as defjvp,
    defjvp_argnum as defjvp_argnum,
    defjvp_argnums as defjvp_argnums,
    defvjp as defvjp,
    defvjp_argnum as defvjp_argnum,
    defvjp_argnums as defvjp_argnums,
    primitive as primitive,
    vspace as vspace,
)

primitive_vjps, primitive_jvps = _vjps, _jvps
