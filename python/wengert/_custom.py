"""Functions with derivatives of one's own: `custom_vjp`, `custom_jvp`; and `checkpoint`, which keeps less and
computes again."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from . import _tree
from . import _wengert as _w
from ._flat import Results, dtype_name, family, lift_like, named_after
from ._transforms import _callable

__all__ = ["checkpoint", "custom_jvp", "custom_vjp"]


class _Inputs:
    """The arguments of a call: its cells, and the way back. What is no cell stays where it is."""

    __slots__ = ("cells", "leaves", "places", "structure")

    def __init__(self, args: Any) -> None:
        self.leaves, self.structure = _tree.flatten(args)
        self.places = [i for i, leaf in enumerate(self.leaves) if isinstance(leaf, _w.Cell)]
        self.cells = [self.leaves[i] for i in self.places]

    def put_back(self, cells: Sequence[Any]) -> Any:
        """The arguments, with these cells in place of theirs."""
        values = list(self.leaves)
        for place, cell in zip(self.places, cells):
            values[place] = cell
        return _tree.unflatten(self.structure, values)


def checkpoint(f: Callable[..., Any]) -> Callable[..., Any]:
    """`f`, keeping nothing for the backward pass but its arguments: what is needed is computed again there.

    >>> import numpy as np, wengert
    >>> layer = wengert.checkpoint(lambda x: np.exp(np.sin(x)))
    >>> wengert.grad(layer)(0.0)
    np.float64(1.0)
    """
    _callable("checkpoint", f)

    def checkpointed(*args: Any, **kwargs: Any) -> Any:
        call = _Inputs((args, kwargs))
        if not call.cells:
            return f(*args, **kwargs)
        result = Results()

        def run(cells: list[Any]) -> list[Any]:
            positional, named = call.put_back(cells)
            return result.take(f(*positional, **named), family(call.cells[0]), "checkpoint: the function")

        return result.give(_w.checkpoint(run, call.cells), False)

    return named_after(f, checkpointed)


class custom_vjp:
    """Decorator: a function whose reverse-mode derivative is given by hand.

    ``f.defvjp(fwd, bwd)``: ``fwd(*args)`` returns ``(result, residuals)``, ``bwd(residuals, cotangent)`` a
    tuple with a cotangent for each argument (None for zero). Arguments in `nondiff_argnums` are not
    differentiated: `bwd` gets them first.

    >>> import wengert
    >>> @wengert.custom_vjp
    ... def clipped(x):
    ...     return x
    >>> clipped.defvjp(lambda x: (x, None), lambda residuals, g: (g.clip(-1.0, 1.0),))
    >>> wengert.grad(lambda x: 5.0 * clipped(x))(2.0)
    np.float64(1.0)
    """

    def __init__(self, fun: Callable[..., Any], nondiff_argnums: Sequence[int] = ()) -> None:
        _callable("custom_vjp", fun)
        self.fun = fun
        self.nondiff_argnums = tuple(nondiff_argnums)
        self.fwd: Callable[..., Any] | None = None
        self.bwd: Callable[..., Any] | None = None
        functools.update_wrapper(self, fun, updated=())

    def defvjp(self, fwd: Callable[..., Any], bwd: Callable[..., Any]) -> None:
        """Give the forward function, which keeps residuals, and the backward function, which uses them."""
        _callable("defvjp", fwd)
        _callable("defvjp", bwd)
        self.fwd, self.bwd = fwd, bwd

    def __repr__(self) -> str:
        return f"<custom_vjp of {_name(self.fun)}>"

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else functools.partial(self, instance)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        name = _name(self.fun)
        if self.fwd is None or self.bwd is None:
            raise AttributeError(
                f"custom_vjp: {name} has no derivative yet; give one by {name}.defvjp(fwd, bwd)"
            )
        args = _bind(self.fun, args, kwargs)
        kept, others, order = _partition(f"custom_vjp: {name}", self.nondiff_argnums, args)
        call = _Inputs(others)
        if not call.cells:
            return self.fun(*args)
        fwd, bwd = self.fwd, self.bwd
        like = family(call.cells[0])
        result, residuals = Results(), Results()
        types = [(tuple(cell.shape), dtype_name(cell)) for cell in call.cells]

        def positional(cells: Sequence[Any]) -> list[Any]:
            return _merge(kept, call.put_back(cells), order)

        def run(cells: list[Any]) -> list[Any]:
            return result.take(self.fun(*positional(cells)), like, f"custom_vjp: {name}")

        def forward(cells: list[Any]) -> tuple[list[Any], list[Any]]:
            returned = fwd(*positional(cells))
            if not isinstance(returned, tuple) or len(returned) != 2:
                raise TypeError(
                    f"custom_vjp: the forward function of {name} returns a pair (result, residuals)"
                )
            return result.take(returned[0], like, f"custom_vjp: {name}"), residuals.take_aux(returned[1])

        def backward(saved: list[Any], cotangents: list[Any]) -> list[Any]:
            kept_values = residuals.give(saved, False)
            cotangent = _tree.unflatten(result.structure, cotangents)
            returned = bwd(*[kept[i] for i in sorted(kept)], kept_values, cotangent)
            return _cotangents(name, call, others, returned, cotangents, types)

        return result.give(_w.custom_vjp(run, forward, backward, call.cells), False)


def _cotangents(
    name: str, call: _Inputs, others: list[Any], returned: Any, cotangents: list[Any], types: list[Any]
) -> list[Any]:
    """What a backward function returned, one cell or None for each input cell."""
    if not isinstance(returned, (tuple, list)) or len(returned) != len(others):
        raise TypeError(
            f"custom_vjp: the backward function of {name} returns a tuple with one cotangent for each of its "
            f"{len(others)} differentiated argument(s), None for zero; it returned "
            + (f"{len(returned)}" if isinstance(returned, (tuple, list)) else f"a {type(returned).__name__}")
        )
    parts: list[Any] = []
    for i, (other, part) in enumerate(zip(others, returned)):
        structure = _tree.structure(other)
        if part is None:
            parts += [None] * structure.num_leaves
        else:
            parts += _tree.flatten_like(
                structure, part, f"custom_vjp: the cotangent of argument {i} of {name}"
            )
    out: list[Any] = []
    for place, (shape, dtype) in zip(call.places, types):
        part = parts[place]
        if part is not None and not isinstance(part, _w.Cell):
            part = _w.from_data(family(call.cells[0]), part, dtype)
        if part is not None and tuple(part.shape) != shape and not _w.in_transform():
            raise ValueError(
                f"custom_vjp: the backward function of {name} returned a cotangent of shape "
                f"{tuple(part.shape)} "
                f"for an argument of shape {shape}; they must be equal"
            )
        out.append(part)
    return out


class custom_jvp:
    """Decorator: a function whose derivative is given by hand as a forward rule, used in every mode.

    ``@f.defjvp`` takes ``rule(primals, tangents)``, which returns ``(result, tangent of the result)``;
    ``f.defjvps(*rules)`` takes ``rule(tangent, result, *primals)`` for each argument (None for zero).
    Arguments in `nondiff_argnums` come first in the rule and are not differentiated.

    >>> import wengert
    >>> @wengert.custom_jvp
    ... def square(x):
    ...     return x * x
    >>> square.defjvps(lambda t, result, x: 2.0 * x * t)
    >>> wengert.grad(square)(3.0)
    np.float64(6.0)
    """

    def __init__(self, fun: Callable[..., Any], nondiff_argnums: Sequence[int] = ()) -> None:
        _callable("custom_jvp", fun)
        self.fun = fun
        self.nondiff_argnums = tuple(nondiff_argnums)
        self.rule: Callable[..., Any] | None = None
        functools.update_wrapper(self, fun, updated=())

    def defjvp(self, rule: Callable[..., Any]) -> Callable[..., Any]:
        """Give the rule of the whole function; usable as a decorator."""
        _callable("defjvp", rule)
        self.rule = rule
        return rule

    def defjvps(self, *rules: Callable[..., Any] | None) -> None:
        """Give one rule for each argument; their tangents are added."""
        if self.nondiff_argnums:
            raise TypeError("defjvps: with nondiff_argnums give one rule for all arguments, by defjvp")

        def rule(primals: tuple[Any, ...], tangents: tuple[Any, ...]) -> tuple[Any, Any]:
            result = self(*primals)
            total: Any = None
            for one, tangent in zip(rules, tangents):
                if one is None:
                    continue
                part = one(tangent, result, *primals)
                total = part if total is None else _tree.map(lambda a, b: a + b, total, part)
            if total is None:
                total = _tree.map(_w.zeros_like, result)
            return result, total

        self.rule = rule

    def __repr__(self) -> str:
        return f"<custom_jvp of {_name(self.fun)}>"

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else functools.partial(self, instance)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        name = _name(self.fun)
        rule = self.rule
        if rule is None:
            raise AttributeError(f"custom_jvp: {name} has no derivative yet; give one by @{name}.defjvp")
        args = _bind(self.fun, args, kwargs)
        kept, others, order = _partition(f"custom_jvp: {name}", self.nondiff_argnums, args)
        call = _Inputs(others)
        if not call.cells:
            return self.fun(*args)
        like = family(call.cells[0])
        result = Results()

        def run(cells: list[Any]) -> list[Any]:
            return result.take(
                self.fun(*_merge(kept, call.put_back(cells), order)), like, f"custom_jvp: {name}"
            )

        def push(cells: list[Any], seeds: list[Any]) -> tuple[list[Any], list[Any]]:
            primals = tuple(call.put_back(cells))
            filled = list(call.leaves)
            for i, leaf in enumerate(filled):
                if not isinstance(leaf, _w.Cell) and isinstance(leaf, (int, float)):
                    filled[i] = 0.0
            for place, seed, cell in zip(call.places, seeds, cells):
                filled[place] = _w.zeros_like(cell) if seed is None else seed
            tangents = tuple(_tree.unflatten(call.structure, filled))
            returned = rule(*[kept[i] for i in sorted(kept)], primals, tangents)
            if not isinstance(returned, tuple) or len(returned) != 2:
                raise TypeError(f"custom_jvp: the rule of {name} returns a pair (result, tangent)")
            outs = result.take(returned[0], like, f"custom_jvp: the rule of {name}")
            parts = _tree.flatten_like(result.structure, returned[1], f"custom_jvp: the tangent of {name}")
            return outs, [
                lift_like(part, out, f"custom_jvp: the tangent of {name}") for part, out in zip(parts, outs)
            ]

        return result.give(_w.custom_jvp(run, push, call.cells), False)


def _name(f: Callable[..., Any]) -> str:
    return getattr(f, "__name__", type(f).__name__)


def _bind(f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
    """Keyword arguments put where they belong among the positional ones."""
    if not kwargs:
        return args
    import inspect

    bound = inspect.signature(f).bind(*args, **kwargs)
    bound.apply_defaults()
    if bound.kwargs:
        raise TypeError(
            f"{_name(f)}: give {', '.join(bound.kwargs)} by position; keyword-only arguments have no "
            f"derivative rule"
        )
    return bound.args


def _partition(
    name: str, nondiff: tuple[int, ...], args: tuple[Any, ...]
) -> tuple[dict[int, Any], list[Any], list[int]]:
    """The arguments that are not differentiated, those that are, and where the latter stand."""
    count = len(args)
    kept: dict[int, Any] = {}
    for number in nondiff:
        at = number + count if number < 0 else number
        if not 0 <= at < count:
            raise ValueError(f"{name}: nondiff_argnums names argument {number}, but there are {count}")
        kept[at] = args[at]
    order = [i for i in range(count) if i not in kept]
    return kept, [args[i] for i in order], order


def _merge(kept: dict[int, Any], others: Sequence[Any], order: list[int]) -> list[Any]:
    out: list[Any] = [None] * (len(kept) + len(order))
    for i, value in kept.items():
        out[i] = value
    for i, value in zip(order, others):
        out[i] = value
    return out
