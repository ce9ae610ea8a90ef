"""Nested containers of arrays as one vector, and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ... import _wengert
from .._arguments import result_of, show
from ...numpy._convert import has_cell


def _parts(value: Any) -> list[Any]:
    if isinstance(value, (list, tuple)):
        return [part for one in value for part in _parts(one)]
    if isinstance(value, dict):
        return [part for key in sorted(value) for part in _parts(value[key])]
    return [value]


def _build(like: Any, vector: Any, start: int) -> tuple[Any, int]:
    if isinstance(like, (list, tuple)):
        made = []
        for one in like:
            part, start = _build(one, vector, start)
            made.append(part)
        fields = hasattr(like, "_fields")
        return type(like)(*made) if fields else type(like)(made), start
    if isinstance(like, dict):
        found = {}
        for key in sorted(like):
            found[key], start = _build(like[key], vector, start)
        return type(like)((key, found[key]) for key in like), start
    shape = tuple(like.shape) if isinstance(like, _wengert.Cell) else np.shape(like)
    count = int(np.prod(shape, dtype=np.int64))
    piece = vector[start : start + count].reshape(shape)
    return (piece if shape or isinstance(piece, _wengert.Cell) else piece[()]), start + count


def flatten(value: Any) -> tuple[Any, Callable[[Any], Any]]:
    """All numbers of nested lists, tuples and dictionaries in one vector (keys in order), and the way back.

    >>> from wengert.autograd.misc import flatten
    >>> vector, unflatten = flatten({"b": 3.0, "a": [1.0, 2.0]})
    >>> vector
    array([1., 2., 3.])
    >>> sorted(unflatten(vector * 2).items())[1][0]
    'b'
    """
    parts = _parts(value)
    if any(map(has_cell, parts)):
        flat = [_wengert.reshape(result_of(part), (-1,)) for part in parts]
        vector = show(_wengert.concatenate(flat, 0))
    else:
        vector = np.concatenate([np.ravel(part) for part in parts]) if parts else np.array([])
    return vector, lambda again: _build(value, again, 0)[0]


def flatten_func(
    func: Callable[..., Any], example: Any
) -> tuple[Callable[..., Any], Callable[[Any], Any], Any]:
    """A function of nested arguments as one of vectors, the way back from vectors, and the example as a
    vector."""
    vector, unflatten = flatten(example)
    return lambda x, *args: flatten(func(unflatten(x), *args))[0], unflatten, vector
