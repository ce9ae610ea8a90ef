"""First derivatives of functions, in JAX's convention: `grad`, `value_and_grad`, `vjp`, `jvp`, `linearize`,
`stop_gradient`, `make_program`.

Each takes a function and gives a function (or calls it), of any positional arguments; arguments may be trees
(`wengert.tree`). They nest in any order and to any depth.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from . import _tree
from . import _wengert as _w
from ._flat import (
    Arguments,
    Results,
    dtype_name,
    family,
    is_floating,
    lift_any,
    lift_like,
    named_after,
    settle,
    split_aux,
)

__all__ = ["grad", "jvp", "linearize", "make_program", "stop_gradient", "value_and_grad", "vjp"]


def grad(
    f: Callable[..., Any], argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """The gradient of a function that returns one number.

    ``grad(f)(x, …)`` has the structure, shapes and dtypes of argument `argnums` (a tuple of such for
    several). With ``has_aux=True`` `f` returns ``(value, aux)`` and the gradient comes as ``(gradient,
    aux)``.

    >>> import wengert
    >>> wengert.grad(lambda x: x ** 3)(2.0)
    np.float64(12.0)
    >>> wengert.grad(wengert.grad(lambda x: x ** 3))(2.0)
    np.float64(12.0)
    >>> wengert.grad(lambda p, x: p["w"] * x + p["b"])({"w": wengert.tensor(2.0), "b": wengert.tensor(1.0)}, 3.0)
    {'w': tensor(3.), 'b': tensor(1.)}
    """
    _callable("grad", f)

    def gradient(*args: Any, **kwargs: Any) -> Any:
        _, gradients, aux = _value_and_grad("grad", f, argnums, has_aux, args, kwargs)
        return (gradients, aux) if has_aux else gradients

    return named_after(f, gradient)


def value_and_grad(
    f: Callable[..., Any], argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """The value of a function that returns one number, and its gradient: ``(value, gradient)``.

    With ``has_aux=True`` the value is ``(value, aux)``.

    >>> import wengert
    >>> wengert.value_and_grad(lambda x, y: x * y, argnums=(0, 1))(2.0, 5.0)
    (np.float64(10.0), (np.float64(5.0), np.float64(2.0)))
    """
    _callable("value_and_grad", f)

    def value_and_gradient(*args: Any, **kwargs: Any) -> Any:
        value, gradients, aux = _value_and_grad("value_and_grad", f, argnums, has_aux, args, kwargs)
        return ((value, aux) if has_aux else value), gradients

    return named_after(f, value_and_gradient)


def _value_and_grad(
    name: str,
    f: Callable[..., Any],
    argnums: int | Sequence[int],
    has_aux: bool,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> tuple[Any, Any, Any]:
    if type(argnums) is int and not has_aux and 0 <= argnums < len(args):
        leaf = args[argnums]
        if isinstance(leaf, _w.Cell) and is_floating(leaf):
            return _of_one_tensor(name, f, argnums, leaf, args, kwargs)
    call = Arguments(name, argnums, args, kwargs)
    extra = Results()

    def run(cells: list[Any]) -> tuple[Any, list[Any]]:
        returned = f(*call.put_back(cells), **kwargs)
        aux: list[Any] = []
        if has_aux:
            returned, kept = split_aux(name, returned)
            aux = extra.take_aux(kept)
        return _scalar(name, returned, call), aux

    value, gradients, aux = _w.value_and_grad(run, call.cells)
    return settle(value, call.plain), call.settle(gradients), extra.give(aux, call.plain) if has_aux else None


def _of_one_tensor(
    name: str, f: Callable[..., Any], number: int, leaf: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[Any, Any, Any]:
    """The commonest case by a shorter way: one argument that is a tensor, and nothing beside the value."""
    alone = len(args) == 1 and not kwargs

    def run(cells: list[Any]) -> tuple[Any, Any]:
        if alone:
            returned = f(cells[0])
        else:
            returned = f(*args[:number], cells[0], *args[number + 1 :], **kwargs)
        if isinstance(returned, _w.Cell) and returned.ndim == 0 and is_floating(returned):
            return returned, ()
        return _scalar(name, returned, Arguments(name, number, args, kwargs)), ()

    value, gradients, _ = _w.value_and_grad(run, [leaf])
    return value, gradients[0], None


def _scalar(name: str, returned: Any, call: Arguments) -> Any:
    """The result of a function under grad, which must be one real number."""
    if isinstance(returned, _w.Cell):
        value = returned
    else:
        leaves, structure = _tree.flatten(returned)
        if not structure.is_leaf:
            raise TypeError(
                f"{name}: the function returned {structure}, but a gradient exists for one number. "
                "Return a scalar, use has_aux=True for what comes with it, or use jacobian or vjp."
            )
        value = lift_any(returned, call.family, f"{name}: the result of the function")
    if value.ndim != 0:
        size = 1
        for n in value.shape:
            size *= n
        if size != 1:
            raise TypeError(
                f"{name}: the function returned an array of shape {tuple(value.shape)}, but a gradient "
                f"exists for one "
                "number. Reduce it (.sum(), .mean()), or use jacobian for all of its rows, or vjp for a "
                "weighted sum of them."
            )
        value = _w.reshape(value, ())
    if not is_floating(value):
        raise TypeError(
            f"{name}: the function returned a value of dtype {dtype_name(value)}; only real numbers have "
            f"derivatives"
        )
    return value


def vjp(f: Callable[..., Any], *primals: Any, has_aux: bool = False) -> tuple[Any, ...]:
    """The value of `f` and the function that pulls cotangents back: ``(value, pullback)``, with ``has_aux``
    ``(value, pullback, aux)``.

    ``pullback(cotangent)`` takes a tree like the value and gives a tuple, one part for each primal. It can be
    called again and again.

    >>> import wengert
    >>> value, pullback = wengert.vjp(lambda x, y: (x * y, x + y), 2.0, 5.0)
    >>> value
    (np.float64(10.0), np.float64(7.0))
    >>> pullback((1.0, 0.0))
    (np.float64(5.0), np.float64(2.0))
    """
    _callable("vjp", f)
    call = Arguments("vjp", tuple(range(len(primals))), primals, {})
    result, extra = Results(), Results()
    count = 0

    def run(cells: list[Any]) -> list[Any]:
        nonlocal count
        returned = f(*call.put_back(cells))
        aux: list[Any] = []
        if has_aux:
            returned, kept = split_aux("vjp", returned)
            aux = extra.take_aux(kept)
        outs = result.take(returned, call.family, "vjp: the function")
        count = len(outs)
        return outs + aux

    outs, native = _w.vjp(run, call.cells)
    values, aux = list(outs[:count]), list(outs[count:])

    def pullback(cotangent: Any) -> Any:
        """Pull a cotangent, a tree like the value, back to the primals: a tuple, one part for each."""
        parts = _tree.flatten_like(result.structure, cotangent, "vjp: the cotangent")
        names = _tree.paths(result.structure, "vjp: the cotangent")
        cells = [lift_like(part, value, name) for part, value, name in zip(parts, values, names)]
        return call.settle(native(cells + [_w.zeros_like(cell) for cell in aux]))

    value = result.give(values, call.plain)
    return (value, pullback, extra.give(aux, call.plain)) if has_aux else (value, pullback)


def jvp(
    f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any], has_aux: bool = False
) -> tuple[Any, ...]:
    """The value of `f` at `primals` and its derivative along `tangents`: ``(value, tangent)``, with
    ``has_aux`` ``(value, tangent, aux)``.

    Both are tuples or lists of the positional arguments; tangents have the structure and shapes of the
    primals.

    >>> import wengert
    >>> wengert.jvp(lambda x, y: x * y, (2.0, 5.0), (1.0, 0.0))
    (np.float64(10.0), np.float64(5.0))
    """
    _callable("jvp", f)
    _sequences("jvp", primals, tangents)
    call, seeds = _with_tangents("jvp", primals, tangents)
    result, extra = Results(), Results()
    count = 0

    def run(cells: list[Any]) -> list[Any]:
        nonlocal count
        returned = f(*call.put_back(cells))
        aux: list[Any] = []
        if has_aux:
            returned, kept = split_aux("jvp", returned)
            aux = extra.take_aux(kept)
        outs = result.take(returned, call.family, "jvp: the function")
        count = len(outs)
        return outs + aux

    outs, pushed = _w.jvp(run, call.cells, seeds)
    value = result.give(outs[:count], call.plain)
    tangent = result.give(pushed[:count], call.plain)
    return (value, tangent, extra.give(outs[count:], call.plain)) if has_aux else (value, tangent)


def linearize(f: Callable[..., Any], *primals: Any, has_aux: bool = False) -> tuple[Any, ...]:
    """The value of `f` and its derivative there as a linear function: ``(value, push)``, with ``has_aux``
    ``(value, push, aux)``.

    ``push(*tangents)`` gives what `jvp` gives, without running `f` again.

    >>> import wengert
    >>> value, push = wengert.linearize(lambda x: x ** 2, 3.0)
    >>> value, push(1.0), push(10.0)
    (np.float64(9.0), np.float64(6.0), np.float64(60.0))
    """
    _callable("linearize", f)
    call = Arguments("linearize", tuple(range(len(primals))), primals, {})
    result, extra = Results(), Results()
    count = 0

    def run(cells: list[Any]) -> list[Any]:
        nonlocal count
        returned = f(*call.put_back(cells))
        aux: list[Any] = []
        if has_aux:
            returned, kept = split_aux("linearize", returned)
            aux = extra.take_aux(kept)
        outs = result.take(returned, call.family, "linearize: the function")
        count = len(outs)
        return outs + aux

    outs, native = _w.linearize(run, call.cells)

    def push(*tangents: Any) -> Any:
        """The derivative along tangents, one for each primal."""
        if len(tangents) != len(primals):
            raise TypeError(
                f"linearize: {len(primals)} tangents are needed, one for each primal; got {len(tangents)}"
            )
        seeds = _tangents("linearize", call, tangents)
        return result.give(native(seeds)[:count], call.plain)

    value = result.give(outs[:count], call.plain)
    return (value, push, extra.give(outs[count:], call.plain)) if has_aux else (value, push)


def _sequences(name: str, primals: Any, tangents: Any) -> None:
    for word, values in (("primals", primals), ("tangents", tangents)):
        if not isinstance(values, (tuple, list)):
            raise TypeError(
                f"{name}: {word} is a tuple of the positional arguments, got a {type(values).__name__}; "
                "for one argument write (x,)"
            )
    if len(primals) != len(tangents):
        raise TypeError(
            f"{name}: {len(primals)} primals but {len(tangents)} tangents; give one tangent for each primal"
        )


def _with_tangents(name: str, primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Arguments, list[Any]]:
    call = Arguments(name, tuple(range(len(primals))), tuple(primals), {})
    return call, _tangents(name, call, tangents)


def _tangents(name: str, call: Arguments, tangents: Sequence[Any]) -> list[Any]:
    seeds: list[Any] = []
    for i, (structure, tangent) in enumerate(zip(call.structures, tangents)):
        what = f"{name}: tangent {i}"
        parts = _tree.flatten_like(structure, tangent, what)
        names = [what] if structure.is_leaf else _tree.paths(structure, what)
        for part, where in zip(parts, names):
            seeds.append(lift_like(part, call.cells[len(seeds)], where))
    return seeds


def stop_gradient(tree: Any) -> Any:
    """The same values, which no derivative flows through: constants to every transform around.

    >>> import wengert
    >>> wengert.grad(lambda x: x * wengert.stop_gradient(x))(3.0)
    np.float64(3.0)
    """
    return _tree.map(lambda leaf: _w.stop_gradient(leaf) if isinstance(leaf, _w.Cell) else leaf, tree)


def make_program(f: Callable[..., Any]) -> Callable[..., Any]:
    """A function that traces `f` on its arguments and gives the program it ran: printable, and ``.run(list of
    inputs)`` runs it.

    >>> import wengert
    >>> program = wengert.make_program(lambda x, y: (x * y).sin())(wengert.tensor(1.0), wengert.tensor(2.0))
    >>> "sin" in str(program)
    True
    """
    _callable("make_program", f)

    def program(*args: Any, **kwargs: Any) -> Any:
        leaves, structure = _tree.flatten(args)
        cells = [
            lift_any(leaf, _w.Array, f"make_program: argument{name}")
            for leaf, name in zip(leaves, _tree.paths(structure))
        ]
        like = family(cells[0]) if cells else _w.Array

        def run(inputs: list[Any]) -> list[Any]:
            return Results().take(
                f(*_tree.unflatten(structure, inputs), **kwargs), like, "make_program: the function"
            )

        return _w.trace(run, cells)

    return named_after(f, program)


def _callable(name: str, f: Any) -> None:
    if not callable(f):
        raise TypeError(f"{name}: the first argument is the function, got a {type(f).__name__}")
