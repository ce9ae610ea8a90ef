"""Checks of derivatives against differences."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

from . import core
from .vspaces import vspace
from .wrap_util import get_name, unary_to_nary

TOL = 1e-6
RTOL = 1e-6
EPS = 1e-6


def scalar_close(a: Any, b: Any) -> bool:
    """Whether two numbers are equal within `TOL`, or within `RTOL` of their sum."""
    return bool(abs(a - b) < TOL or abs(a - b) / abs(a + b) < RTOL)


def make_numerical_jvp(f: Callable[[Any], Any], x: Any) -> Callable[[Any], Any]:
    """From a tangent of `x` to that of ``f(x)``, by a central difference."""
    space, result = vspace(x), vspace(f(x))

    def jvp(v: Any) -> Any:
        above, below = (f(space.add(x, space.scalar_mul(v, step))) for step in (EPS / 2, -EPS / 2))
        return result.scalar_mul(result.add(above, result.scalar_mul(below, -1.0)), 1.0 / EPS)

    return jvp


def check_vjp(f: Callable[[Any], Any], x: Any) -> None:
    """AssertionError unless the pullback of `f` at `x` agrees with a difference."""
    vjp, y = core.make_vjp(f, x)
    spaces = vspace(x), vspace(y)
    v, w = spaces[0].randn(), spaces[1].randn()
    pulled = vjp(w)
    assert vspace(pulled) == spaces[0], f"the gradient lies in {vspace(pulled)}, the argument in {spaces[0]}"
    exact = spaces[0].inner_prod(v, pulled)
    numeric = spaces[1].inner_prod(w, make_numerical_jvp(f, x)(v))
    assert scalar_close(numeric, exact), (
        f"Derivative (VJP) check of {get_name(f)} failed with arg {x}:\nanalytic: {exact}\nnumeric:  "
        f"{numeric}"
    )


def check_jvp(f: Callable[[Any], Any], x: Any) -> None:
    """AssertionError unless the tangent of `f` at `x` agrees with a difference."""
    v = vspace(x).randn()
    check_equivalent(core.make_jvp(f, x)(v)[1], make_numerical_jvp(f, x)(v))


def check_equivalent(x: Any, y: Any) -> None:
    """AssertionError unless two values lie in one space and agree along a random direction."""
    space = vspace(x)
    assert space == vspace(y), f"VSpace mismatch:\nx: {space}\ny: {vspace(y)}"
    v = space.randn()
    assert scalar_close(space.inner_prod(x, v), space.inner_prod(y, v)), f"Value mismatch:\nx: {x}\ny: {y}"


@unary_to_nary
def check_grads(f: Callable[[Any], Any], x: Any, modes: Any = ("fwd", "rev"), order: int = 2) -> None:
    """AssertionError unless the derivatives of `f` at `x`, up to an order and in both modes, agree with
    differences."""
    if not all(mode in ("fwd", "rev") for mode in modes):
        raise ValueError(f"modes are 'fwd' and 'rev', not {modes!r}")
    for mode, check in (("fwd", check_jvp), ("rev", check_vjp)):
        if mode not in modes:
            continue
        check(f, x)
        if order > 1:
            derived = _pushed(f) if mode == "fwd" else _pulled(f)
            v = vspace(x if mode == "fwd" else f(x)).randn()
            check_grads(derived, (0, 1), modes, order=order - 1)(x, v)


def _pushed(f: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    def jvp(x: Any, v: Any) -> Any:
        return core.make_jvp(f, x)(v)[1]

    jvp.__name__ = f"jvp_{get_name(f)}"
    return jvp


def _pulled(f: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    def vjp(x: Any, v: Any) -> Any:
        return core.make_vjp(f, x)[0](v)

    vjp.__name__ = f"vjp_{get_name(f)}"
    return vjp


def combo_check(fun: Callable[..., Any], *args: Any, **kwargs: Any) -> Callable[..., None]:
    """`check_grads` for all combinations of the arguments, each of which is given as a list of values."""

    def check_all(*lists: Any, **named: Any) -> None:
        for values in product(*lists):
            for options in product(*([(key, value) for value in some] for key, some in named.items())):
                check_grads(fun, *args, **kwargs)(*values, **dict(options))

    return check_all
