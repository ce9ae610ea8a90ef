"""New primitives: functions that are computed as they stand, with derivatives of your own.

>>> import wengert.autograd.numpy as np
>>> from wengert.autograd import grad
>>> from wengert.autograd.extend import primitive, defvjp
>>> @primitive
... def cube(x):
...     return x * x * x
>>> defvjp(cube, lambda ans, x: lambda g: g * 3.0 * x**2)
>>> float(grad(cube)(2.0))
12.0
>>> float(grad(grad(cube))(2.0))
12.0
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from .. import _tree, _wengert
from .._wengert import Cell
from ..numpy._convert import cast_to, cell, is_inexact, is_traced, value_of
from ._arguments import show
from .tracer import Box as Box, getval, register_notrace as register_notrace
from .vspaces import VSpace as VSpace, vspace as vspace

_vjps: dict[Any, Callable[..., Any]] = {}
_jvps: dict[Any, Callable[..., Any]] = {}


def primitive(f_raw: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator: a function that sees plain NumPy values, and whose derivative is given with `defvjp` or
    `defjvp`."""

    @functools.wraps(f_raw)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        flat = [_tree.flatten(arg) for arg in args]
        if not any(isinstance(one, Cell) for leaves, _ in flat for one in leaves):
            return f_raw(*args, **kwargs)
        return _Call(wrapped, f_raw, flat, kwargs).run()

    wrapped.fun = f_raw  # type: ignore[attr-defined]
    for method in (_defgrad, _defvjp, _defvjp_is_zero):
        setattr(wrapped, method.__name__[1:], functools.partial(method, wrapped))
    wrapped._is_primitive = True  # type: ignore[attr-defined]
    return wrapped


class _Call:
    """One call of a primitive: which leaves of which arguments are cells, and what its results look like."""

    def __init__(
        self,
        function: Any,
        raw: Callable[..., Any],
        flat: list[tuple[list[Any], Any]],
        kwargs: dict[str, Any],
    ) -> None:
        self.function, self.raw, self.flat, self.kwargs = function, raw, flat, kwargs
        self.places = [
            (number, i)
            for number, (leaves, _) in enumerate(flat)
            for i, one in enumerate(leaves)
            if isinstance(one, Cell)
        ]
        self.made: _tree.Structure | None = None
        self.name = getattr(raw, "__name__", "primitive")

    def run(self) -> Any:
        leaves = [self.flat[number][0][i] for number, i in self.places]
        if not any(map(is_traced, leaves)):
            return self.value(leaves)
        vjp = self.vjp if self.function in _vjps else None
        jvp = self.jvp if self.function in _jvps else None
        outs = _wengert.primitive(self.name, self.evaluate, vjp, jvp, leaves)
        assert self.made is not None
        return _tree.unflatten(self.made, outs)

    def arguments(self, leaves: list[Any]) -> list[Any]:
        """The arguments, with these in the places of their cells."""
        filled = [list(given) for given, _ in self.flat]
        for (number, i), value in zip(self.places, leaves):
            filled[number][i] = value
        return [_tree.unflatten(structure, given) for given, (_, structure) in zip(filled, self.flat)]

    def value(self, leaves: list[Any]) -> Any:
        return self.raw(*self.arguments([_plain(one) for one in leaves]), **self.kwargs)

    def evaluate(self, leaves: list[Any]) -> list[Any]:
        results, self.made = _tree.flatten(self.value(leaves))
        return [cell(one) for one in results]

    def result(self, outs: list[Any]) -> Any:
        assert self.made is not None
        return _tree.unflatten(self.made, outs)

    def vjp(self, leaves: list[Any], outs: list[Any], cotangents: list[Any], wanted: list[bool]) -> list[Any]:
        argnums = sorted({number for (number, _), want in zip(self.places, wanted) if want})
        g = self.result(
            [_wengert.zeros_like(out) if one is None else one for one, out in zip(cotangents, outs)]
        )
        args = self.arguments([show(one) for one in leaves])
        ans = _tree.map(show, self.result(outs))
        pulled = list(_vjps[self.function](tuple(argnums), ans, tuple(args), self.kwargs)(_tree.map(show, g)))
        by_argument: dict[int, list[Any]] = {}
        for number, tree in zip(argnums, pulled):
            structure = self.flat[number][1]
            by_argument[number] = _tree.flatten_like(
                structure, tree, f"the gradient of argument {number} of {self.name}"
            )
        results: list[Any] = []
        for (number, i), want, leaf in zip(self.places, wanted, leaves):
            results.append(
                _fit(by_argument[number][i], leaf, f"{self.name}, argument {number}") if want else None
            )
        return results

    def jvp(self, leaves: list[Any], outs: list[Any], tangents: list[Any]) -> list[Any]:
        argnums = sorted({number for (number, _), one in zip(self.places, tangents) if one is not None})
        filled = [_wengert.zeros_like(leaf) if one is None else one for one, leaf in zip(tangents, leaves)]
        gs = [self.arguments([show(one) for one in filled])[number] for number in argnums]
        args = self.arguments([show(one) for one in leaves])
        ans = _tree.map(show, self.result(outs))
        tangent = _jvps[self.function](tuple(argnums), gs, ans, tuple(args), self.kwargs)
        assert self.made is not None
        parts = _tree.flatten_like(self.made, tangent, f"the tangent of {self.name}")
        return [_fit(one, out, self.name) for one, out in zip(parts, outs)]


def _plain(x: Any) -> Any:
    values = value_of(x)
    return values[()] if not values.ndim else values


def _fit(x: Any, like: Any, name: str) -> Any:
    """A derivative in the shape and dtype of what it belongs to."""
    if x is None:
        return None
    x = cell(x)
    if tuple(x.shape) != tuple(like.shape):
        try:
            x = _wengert.broadcast_to(x, tuple(like.shape))
        except ValueError:
            raise ValueError(
                f"the derivative of {name} has the shape {tuple(x.shape)}; it must be {tuple(like.shape)}"
            ) from None
    return cast_to(x, like.dtype) if is_inexact(like) else x


def _missing(fun: Any, kind: str, argnum: int) -> NotImplementedError:
    return NotImplementedError(f"{kind} of {getattr(fun, '__name__', fun)} wrt argnum {argnum} not defined")


# ---- reverse


def defvjp_argnums(fun: Any, vjpmaker: Callable[..., Any]) -> None:
    """Give the pullback for any arguments at once: ``vjpmaker(argnums, ans, args, kwargs)(g)`` gives one
    gradient for each."""
    _vjps[fun] = vjpmaker


def defvjp_argnum(fun: Any, vjpmaker: Callable[..., Any]) -> None:
    """Give the pullback argument by argument: ``vjpmaker(argnum, ans, args, kwargs)(g)``."""

    def maker(argnums: Any, ans: Any, args: Any, kwargs: Any) -> Callable[[Any], Any]:
        pulls = [vjpmaker(argnum, ans, args, kwargs) for argnum in argnums]
        return lambda g: [pull(g) for pull in pulls]

    _vjps[fun] = maker


def defvjp(fun: Any, *vjpmakers: Any, argnums: Iterable[int] | None = None, **kwargs: Any) -> None:
    """Give the pullback of a primitive: for each argument ``lambda ans, *args: lambda g: …``, or None where
    it is zero."""
    makers = dict(zip(range(len(vjpmakers)) if argnums is None else argnums, vjpmakers))

    def maker(wanted: Any, ans: Any, args: Any, kwargs: Any) -> Callable[[Any], Any]:
        pulls = []
        for argnum in wanted:
            if argnum not in makers:
                raise _missing(fun, "VJP", argnum)
            make = makers[argnum]
            pulls.append(_zero(args[argnum]) if make is None else make(ans, *args, **kwargs))
        return lambda g: [pull(g) for pull in pulls]

    _vjps[fun] = maker


def _zero(x: Any) -> Callable[[Any], Any]:
    return lambda g: vspace(x).zeros()


# ---- as methods of a primitive, which programs of long ago use


def _say_deprecated(method: str) -> None:
    warnings.warn(
        f"{method} as a method of a primitive is deprecated: write defvjp(primitive, …)", stacklevel=3
    )


def _add_rule(fun: Any, argnum: int, make: Any) -> None:
    rules = fun.__dict__.setdefault("_rules", {})
    rules[argnum] = make
    defvjp(fun, *rules.values(), argnums=list(rules))


def _defgrad(fun: Any, gradfun: Callable[..., Any], argnum: int = 0) -> None:
    """Give the gradient of one argument: ``gradfun(ans, *args)(g)``."""
    _say_deprecated("defgrad")
    _add_rule(fun, argnum, gradfun)


def _defvjp(fun: Any, vjpmaker: Callable[..., Any], argnum: int = 0) -> None:
    """Give the pullback of one argument: ``vjpmaker(g, ans, vs, gvs, *args)``."""
    _say_deprecated("defvjp")

    def make(ans: Any, *args: Any, **kwargs: Any) -> Callable[[Any], Any]:
        return lambda g: vjpmaker(g, ans, vspace(args[argnum]), vspace(g), *args, **kwargs)

    _add_rule(fun, argnum, make)


def _defvjp_is_zero(fun: Any, argnums: Iterable[int] = (0,)) -> None:
    """Say that the gradients of some arguments are zero."""
    _say_deprecated("defvjp_is_zero")
    for argnum in argnums:
        _add_rule(fun, argnum, None)


# ---- forward


def defjvp_argnums(fun: Any, jvpmaker: Callable[..., Any]) -> None:
    """Give the tangent for any arguments at once: ``jvpmaker(argnums, gs, ans, args, kwargs)``."""
    _jvps[fun] = jvpmaker


def _total(parts: list[Any]) -> Any:
    first, structure = _tree.flatten(parts[0])
    for part in parts[1:]:
        first = [a + b for a, b in zip(first, _tree.flatten_like(structure, part))]
    return _tree.unflatten(structure, first)


def defjvp_argnum(fun: Any, jvpmaker: Callable[..., Any]) -> None:
    """Give the tangent argument by argument: ``jvpmaker(argnum, g, ans, args, kwargs)``; they are added."""
    _jvps[fun] = lambda argnums, gs, ans, args, kwargs: _total(
        [jvpmaker(argnum, g, ans, args, kwargs) for argnum, g in zip(argnums, gs)]
    )


def defjvp(fun: Any, *jvpfuns: Any, argnums: Iterable[int] | None = None, **kwargs: Any) -> None:
    """Give the tangent of a primitive: for each argument ``lambda g, ans, *args: …``, ``"same"`` (linear),
    or None (zero)."""
    makers = dict(zip(range(len(jvpfuns)) if argnums is None else argnums, jvpfuns))

    def one(argnum: int, g: Any, ans: Any, args: Any, kwargs: Any) -> Any:
        if argnum not in makers:
            raise _missing(fun, "JVP", argnum)
        make = makers[argnum]
        if make is None:
            return vspace(ans).zeros()
        if make == "same":
            return fun(*args[:argnum], g, *args[argnum + 1 :], **kwargs)
        return make(g, ans, *args, **kwargs)

    defjvp_argnum(fun, one)


def def_linear(fun: Any) -> None:
    """Say that a primitive is linear in each argument: the tangent is the function itself."""
    defjvp_argnum(
        fun, lambda argnum, g, ans, args, kwargs: fun(*args[:argnum], g, *args[argnum + 1 :], **kwargs)
    )


def notrace_primitive(f_raw: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator: a function that sees plain values and whose result is a constant (a shape, a count, a
    decision)."""

    @functools.wraps(f_raw)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        return f_raw(*map(getval, args), **kwargs)

    wrapped._is_primitive = True  # type: ignore[attr-defined]
    return wrapped


class SparseObject:
    """A gradient that is added to a dense one by ``mut_add``."""

    __slots__ = ("mut_add", "vs")

    def __init__(self, vs: Any, mut_add: Callable[[Any], Any]) -> None:
        self.vs = vs
        self.mut_add = mut_add

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray[Any, Any]:
        return np.asarray(self.mut_add(self.vs.zeros()), dtype)
