"""Backward passes for many cotangents at once: the rows of a Jacobian."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from wengert import _wengert as _w
from wengert._flat import dtype_name, family

__all__ = ["batched_rows", "pull_batch"]


def pull_batch(pull: Callable[[list[Any]], Sequence[Any]], seeds: Sequence[Any]) -> list[Any]:
    """`pull`, a backward pass, for every entry of a batch of cotangents (None among them stays): gradients
    with the batch first.

    The passes run as one where everything on the way is made of tensor operations, and one after the other
    where it is not.
    """
    given = [i for i, seed in enumerate(seeds) if seed is not None]
    kinds: list[bool] = []

    def run(cells: list[Any]) -> list[Any]:
        parts = list(seeds)
        for i, cell in zip(given, cells):
            parts[i] = cell
        found = pull(parts)
        kinds[:] = [gradient is not None for gradient in found]
        return [gradient for gradient in found if gradient is not None]

    cells = [seeds[i] for i in given]
    try:
        out = iter(_w.vmap(run, cells, [0] * len(cells), 0))
        return [next(out) if there else None for there in kinds]
    except Exception:  # a backward that leaves the tensors; if it is anything else, it is raised again below
        rows = [run([_w.select(cell, 0, k) for cell in cells]) for k in range(len(cells[0]))]
        columns = iter(zip(*rows))
        return [_w.stack(list(next(columns)), 0) if there else None for there in kinds]


def batched_rows(pull: Callable[[list[Any]], Sequence[Any]], out: Any) -> list[Any]:
    """The Jacobian of one result with respect to each input: of shape ``out + in``."""
    shape = tuple(out.shape)
    size = 1
    for n in shape:
        size *= n
    if not size:
        return [_w.reshape(g, shape + tuple(g.shape)[1:]) for g in _empty(pull, out)]
    basis = _w.reshape(_w.eye(family(out), size, dtype=dtype_name(out)), (size, *shape))
    return [_w.reshape(g, shape + tuple(g.shape)[1:]) for g in pull_batch(pull, [basis])]


def _empty(pull: Callable[[list[Any]], Sequence[Any]], out: Any) -> list[Any]:
    return [_w.zeros(family(g), (0, *tuple(g.shape)), dtype_name(g)) for g in pull([_w.zeros_like(out)])]
