"""The vector space that a value lies in: its zeros, ones, basis, inner product."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .. import _tree
from .._wengert import Cell
from . import _arguments


class VSpace:
    """The vector space of an array, a number, or a nesting of lists, tuples and dictionaries of them."""

    iscomplex = False

    def __init__(self, value: Any) -> None:
        leaves, self.structure = _tree.flatten(value)
        for one in leaves:
            if not isinstance(one, (Cell, np.ndarray, np.generic, float, int)):
                raise TypeError(f"Can't find vector space for value {one!r} of type {type(one)}")
        self.shapes = [tuple(one.shape) if isinstance(one, Cell) else np.shape(one) for one in leaves]

    @property
    def shape(self) -> Any:
        """The shape of an array; of a container, those of its parts."""
        return self.shapes[0] if self.structure.is_leaf else _tree.unflatten(self.structure, self.shapes)

    @property
    def ndim(self) -> int:
        """How many axes an array has."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return sum(int(np.prod(shape, dtype=np.int64)) for shape in self.shapes)

    @property
    def dtype(self) -> Any:
        """The dtype of its vectors."""
        return np.dtype("float64")

    def _each(self, make: Any) -> Any:
        return _tree.unflatten(
            self.structure, [make(shape) if shape else np.float64(make(())) for shape in self.shapes]
        )

    def zeros(self) -> Any:
        """The vector of zeros."""
        return self._each(np.zeros)

    def ones(self) -> Any:
        """The vector of ones."""
        return self._each(np.ones)

    def randn(self) -> Any:
        """A vector of normally distributed numbers."""
        return self._each(lambda shape: np.random.standard_normal(shape))

    def standard_basis(self) -> Iterator[Any]:
        """The vectors with one 1 and zeros elsewhere."""
        for i in range(self.size):
            flat = np.zeros(self.size)
            flat[i] = 1.0
            yield self.unflatten(flat)

    def flatten(self, value: Any) -> Any:
        """The numbers of a vector in a row."""
        parts = [np.ravel(one) for one in _tree.flatten_like(self.structure, value)]
        return np.concatenate(parts) if parts else np.zeros(0)

    def unflatten(self, flat: Any) -> Any:
        """The vector with these numbers."""
        parts, start = [], 0
        for shape in self.shapes:
            count = int(np.prod(shape, dtype=np.int64))
            piece = flat[start : start + count].reshape(shape)
            parts.append(piece if shape else piece[()])
            start += count
        return _tree.unflatten(self.structure, parts)

    def add(self, x: Any, y: Any) -> Any:
        """The sum of two vectors."""
        return _tree.map(lambda a, b: a + b, x, y)

    def mut_add(self, x_prev: Any, x_new: Any) -> Any:
        """The sum of two vectors, the first of which may be None."""
        return x_new if x_prev is None else self.add(x_prev, x_new)

    def scalar_mul(self, x: Any, a: Any) -> Any:
        """A number times a vector."""
        return _tree.map(lambda part: part * a, x)

    def inner_prod(self, x: Any, y: Any) -> Any:
        """The sum of the products of all numbers of two vectors."""
        right = _tree.flatten_like(self.structure, y)
        total: Any = 0.0
        for a, b in zip(_tree.flatten_like(self.structure, x), right):
            total = total + (_arguments.result_of(a) * _arguments.result_of(b)).sum()
        return _arguments.show(total)

    def covector(self, x: Any) -> Any:
        """The vector itself: the numbers are real."""
        return x

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VSpace) and self.structure == other.structure and self.shapes == other.shapes

    def __hash__(self) -> int:
        return hash((self.structure, tuple(self.shapes)))

    def __repr__(self) -> str:
        return f"VSpace(shape={self.shape})"


def vspace(value: Any) -> VSpace:
    """The vector space that a value lies in.

    >>> from wengert.autograd.extend import vspace
    >>> vspace([1.0, 2.0]).zeros() == [0.0, 0.0]
    True
    """
    return VSpace(value)
