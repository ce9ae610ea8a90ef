"""Derivatives with more than one row: `jacfwd`, `jacrev`, `jacobian`, `hessian`, `hvp`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from . import _tree
from . import _wengert as _w
from ._flat import Arguments, Results, dtype_name, family, is_floating, named_after, settle_like, split_aux
from ._transforms import _callable, _scalar, _sequences, _with_tangents
from ._tree import Structure

__all__ = ["hessian", "hvp", "jacfwd", "jacobian", "jacrev"]


def jacrev(
    f: Callable[..., Any], argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """The Jacobian of `f`, row by row in reverse mode: right where there are fewer outputs than inputs.

    For an output of shape ``out`` and an argument of shape ``in`` it has shape ``out + in``. For trees it is
    a tree of the output's structure whose leaves are trees of the argument's structure. With ``has_aux=True``
    `f` returns ``(result, aux)``, and so does this.

    >>> import numpy as np, wengert
    >>> wengert.jacrev(lambda x: x ** 2)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """
    _callable("jacrev", f)
    return _jacobian("jacrev", _w.jacrev, f, argnums, has_aux)


def jacfwd(
    f: Callable[..., Any], argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """The Jacobian of `f`, column by column in forward mode: right where there are fewer inputs than outputs.
    Shapes as `jacrev`.

    >>> import numpy as np, wengert
    >>> wengert.jacfwd(lambda x: x ** 2)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """
    _callable("jacfwd", f)
    return _jacobian("jacfwd", _w.jacfwd, f, argnums, has_aux)


def jacobian(
    f: Callable[..., Any], argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """The Jacobian of `f`: `jacrev` by its everyday name.

    >>> import numpy as np, wengert
    >>> wengert.jacobian(lambda x: (x[0], x[0] * x[1]))(np.array([3.0, 5.0]))
    (array([1., 0.]), array([5., 3.]))
    """
    _callable("jacobian", f)
    return _jacobian("jacobian", _w.jacrev, f, argnums, has_aux)


def _jacobian(
    name: str,
    native: Callable[..., Any],
    f: Callable[..., Any],
    argnums: int | Sequence[int],
    has_aux: bool,
) -> Callable[..., Any]:
    def rows(*args: Any, **kwargs: Any) -> Any:
        call = Arguments(name, argnums, args, kwargs)
        result, extra = Results(), Results()
        kept: list[Any] = []

        def run(cells: list[Any]) -> list[Any]:
            returned = f(*call.put_back(cells), **kwargs)
            if has_aux:
                returned, aux = split_aux(name, returned)
                kept[:] = [extra.take_aux(aux)]
            outs = result.take(returned, call.family, f"{name}: the function")
            _real_rows(name, outs, result.structure)
            return outs

        if has_aux:
            matrix, aux_cells = _rows_with_aux(run, call, kept, forward=native is _w.jacfwd)
            return _nested(result.structure, call, matrix), extra.give(aux_cells, call.plain)
        matrix = (
            _one_by_one(run, call.cells)
            if native is _w.jacrev and _w.is_anomaly()
            else native(run, call.cells)
        )
        return _nested(result.structure, call, matrix)

    return named_after(f, rows)


def _real_rows(name: str, outs: Sequence[Any], structure: Structure) -> None:
    for i, out in enumerate(outs):
        if not is_floating(out):
            where = _tree.paths(structure, "the result")[i]
            raise TypeError(
                f"{name}: {where} of the function has dtype {dtype_name(out)}; only real numbers have "
                f"derivatives"
            )


def _nested(structure: Structure, call: Arguments, matrix: Sequence[Sequence[Any]]) -> Any:
    """The output's structure, with one tree of the input's structure for each leaf."""
    rows = []
    for row in matrix:
        rows.append(call.tree([settle_like(cell, leaf, call.plain) for cell, leaf in zip(row, call.leaves)]))
    return _tree.unflatten(structure, rows)


def _one_by_one(run: Callable[[list[Any]], list[Any]], cells: list[Any]) -> list[list[Any]]:
    """Each row by a backward pass of its own, so that anomaly detection sees values and not a batch."""
    outs, pullback = _w.vjp(run, cells)
    zeros = [_w.zeros_like(out) for out in outs]
    matrix: list[list[Any]] = []
    for i, out in enumerate(outs):
        basis = _basis(out)
        rows = [pullback(zeros[:i] + [_w.select(basis, 0, k)] + zeros[i + 1 :]) for k in range(len(basis))]
        if not rows:
            matrix.append(
                [_w.zeros(family(x), tuple(out.shape) + tuple(x.shape), dtype_name(x)) for x in cells]
            )
            continue
        matrix.append(
            [
                _w.reshape(_w.stack(list(column), 0), tuple(out.shape) + tuple(x.shape))
                for column, x in zip(zip(*rows), cells)
            ]
        )
    return matrix


def _rows_with_aux(
    run: Callable[[list[Any]], list[Any]], call: Arguments, kept: list[Any], forward: bool
) -> tuple[list[list[Any]], list[Any]]:
    """The blocks of the Jacobian, and the auxiliary cells out of the transform, with one run of the function."""
    count = 0

    def with_aux(cells: list[Any]) -> list[Any]:
        nonlocal count
        outs = run(cells)
        count = len(outs)
        return outs + kept[0]

    if forward:
        outs, linear = _w.linearize(with_aux, call.cells)
        columns = [_pushed_basis(linear, call.cells, i, count) for i in range(len(call.cells))]
        return [list(row) for row in zip(*columns)], outs[count:]
    outs, pullback = _w.vjp(with_aux, call.cells)
    return [_pulled_basis(pullback, outs, i, count) for i in range(count)], outs[count:]


def _basis(cell: Any) -> Any:
    """The unit vectors of a cell's space, one after the other along a new first axis."""
    size = 1
    for n in cell.shape:
        size *= n
    return _w.reshape(_w.eye(family(cell), size, dtype=dtype_name(cell)), (size, *tuple(cell.shape)))


def _pulled_basis(pullback: Callable[..., Any], outs: Sequence[Any], i: int, count: int) -> list[Any]:
    zeros = [_w.zeros_like(out) for out in outs]

    def pull(seed: list[Any]) -> list[Any]:
        return list(pullback(zeros[:i] + seed + zeros[i + 1 :]))

    pulled = _w.vmap(pull, [_basis(outs[i])], [0], 0)
    shape = tuple(outs[i].shape)
    return [_w.reshape(cell, shape + tuple(cell.shape)[1:]) for cell in pulled]


def _pushed_basis(linear: Callable[..., Any], cells: Sequence[Any], i: int, count: int) -> list[Any]:
    zeros = [_w.zeros_like(cell) for cell in cells]

    def push(seed: list[Any]) -> list[Any]:
        return list(linear(zeros[:i] + seed + zeros[i + 1 :]))[:count]

    pushed = _w.vmap(push, [_basis(cells[i])], [0], 0)
    shape = tuple(cells[i].shape)
    columns = []
    for cell in pushed:
        behind = len(cell.shape) - 1
        moved = _w.permute(cell, (*range(1, behind + 1), 0))
        columns.append(_w.reshape(moved, tuple(cell.shape)[1:] + shape))
    return columns


def hessian(
    f: Callable[..., Any], argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """The second derivatives of `f`: forward over reverse mode.

    For an argument of shape ``in`` and a result of shape ``out`` they have shape ``out + in + in``; for
    trees, a tree of trees of trees.

    >>> import numpy as np, wengert
    >>> wengert.hessian(lambda x: x[0] ** 2 + x[0] * x[1])(np.array([1.0, 2.0]))
    array([[2., 1.],
           [1., 0.]])
    """
    _callable("hessian", f)
    rows = _jacobian("hessian", _w.jacrev, f, argnums, has_aux)
    return _jacobian("hessian", _w.jacfwd, rows, argnums, has_aux)


def hvp(f: Callable[..., Any], primals: Any, tangents: Any) -> Any:
    """The Hessian of `f` at `primals` times `tangents`, without forming the Hessian: about the cost of a few
    runs of `f`.

    `primals` is the tuple of positional arguments, `tangents` has its structure, and so has the result. A
    single argument may be given without the tuple, then the result comes without it too.

    >>> import numpy as np, wengert
    >>> wengert.hvp(lambda x: (x ** 3).sum(), np.array([1.0, 2.0]), np.array([1.0, 0.0]))
    array([6., 0.])
    """
    _callable("hvp", f)
    single = not isinstance(primals, (tuple, list))
    if single:
        primals, tangents = (primals,), (tangents,)
    _sequences("hvp", primals, tangents)
    call, seeds = _with_tangents("hvp", primals, tangents)

    def run(cells: list[Any]) -> Any:
        return _scalar("hvp", f(*call.put_back(cells)), call)

    product = call.settle(_w.hvp(lambda cells: [run(cells)], call.cells, seeds))
    return product[0] if single else product
