"""Products of matrices and of vectors."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from .. import _wengert
from .._wengert import Array
from ._convert import axis_of, cells, store
from ._delegate import discrete


def matmul(
    x1: Any,
    x2: Any,
    /,
    out: Any = None,
    *,
    casting: str = "same_kind",
    order: str = "K",
    dtype: Any = None,
    subok: builtins.bool = True,
    axes: Any = None,
    axis: Any = None,
) -> Array:
    """The product of matrices in the last two axes; a vector is a row on the left, a column on the right.

    >>> import wengert.numpy as np
    >>> np.matmul(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1.0, 1.0]))
    array([3., 7.])
    """
    a, b = cells([x1, x2])
    if not a.ndim or not b.ndim:
        raise ValueError("matmul: an operand has no dimension; write * for the product with a number")
    return store(_wengert.matmul(a, b), out)


def dot(a: Any, b: Any, out: Any = None) -> Array:
    """The product of two vectors, of two matrices; in general over the last axis of `a` and the last but one
    of `b`."""
    a, b = cells([a, b])
    if not a.ndim or not b.ndim:
        return store(_wengert.mul(a, b), out)
    if b.ndim <= 2:
        return store(_wengert.matmul(a, b), out)
    return store(_wengert.tensordot(a, b, [a.ndim - 1], [b.ndim - 2]), out)


def vdot(a: Any, b: Any, /) -> Array:
    """The sum of the products of all elements."""
    a, b = cells([a, b])
    return _wengert.dot(_wengert.reshape(a, (-1,)), _wengert.reshape(b, (-1,)))


def inner(a: Any, b: Any, /) -> Array:
    """The sums of products over the last axes of both."""
    a, b = cells([a, b])
    if not a.ndim or not b.ndim:
        return _wengert.mul(a, b)
    return _wengert.tensordot(a, b, [a.ndim - 1], [b.ndim - 1])


def outer(a: Any, b: Any, out: Any = None) -> Array:
    """Every element of `a` times every element of `b`: shape ``(a.size, b.size)``."""
    a, b = cells([a, b])
    return store(_wengert.outer(_wengert.reshape(a, (-1,)), _wengert.reshape(b, (-1,))), out)


def tensordot(a: Any, b: Any, axes: Any = 2) -> Array:
    """The sums of products over some axes of `a` and as many of `b`.

    >>> import wengert.numpy as np
    >>> np.tensordot(np.ones((2, 3, 4)), np.ones((3, 4, 5))).shape
    (2, 5)
    """
    a, b = cells([a, b])
    if np.ndim(axes) == 0:
        n = int(axes)
        left, right = list(range(a.ndim - n, a.ndim)), list(range(n))
    else:
        first, second = axes
        left = [first] if np.ndim(first) == 0 else list(first)
        right = [second] if np.ndim(second) == 0 else list(second)
        left, right = [axis_of(i, a.ndim) for i in left], [axis_of(i, b.ndim) for i in right]
    if len(left) != len(right) or builtins.any(a.shape[i] != b.shape[j] for i, j in zip(left, right)):
        raise ValueError(
            f"shape-mismatch for sum: {tuple(a.shape)} over {left} and {tuple(b.shape)} over {right}"
        )
    return _wengert.tensordot(a, b, left, right)


def _letters(operands: tuple[Any, ...]) -> tuple[str, list[Any]]:
    """Subscripts and operands, also where the subscripts are lists of numbers behind each operand."""
    if isinstance(operands[0], str):
        return operands[0].replace(" ", ""), list(operands[1:])
    alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

    def written(labels: Any) -> str:
        return "".join("..." if label is Ellipsis else alphabet[label] for label in labels)

    pairs = len(operands) // 2
    equation = ",".join(written(operands[2 * i + 1]) for i in range(pairs))
    if len(operands) % 2:
        equation += "->" + written(operands[-1])
    return equation, [operands[2 * i] for i in range(pairs)]


def einsum(
    *operands: Any,
    out: Any = None,
    dtype: Any = None,
    order: str = "K",
    casting: str = "safe",
    optimize: Any = False,
) -> Array:
    """A sum of products, written with a letter for each axis.

    >>> import wengert.numpy as np
    >>> np.einsum("ij,j->i", np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1.0, 1.0]))
    array([3., 7.])
    """
    equation, parts = _letters(operands)
    return store(_wengert.einsum(equation, cells(parts)), out)


einsum_path = discrete(np.einsum_path, "einsum_path", wrap=False)


def vecdot(x1: Any, x2: Any, /, out: Any = None, *, axis: int = -1, **kwargs: Any) -> Array:
    """The products of vectors along an axis."""
    a, b = cells([x1, x2])
    product = _wengert.mul(_last(a, axis), _last(b, axis))
    return store(_wengert.sum(product, (product.ndim - 1,)), out)


def _last(x: Any, axis: int) -> Any:
    axis = axis_of(axis, x.ndim)
    return x if axis == x.ndim - 1 else _wengert.movedim(x, axis, x.ndim - 1)


def matvec(x1: Any, x2: Any, /, out: Any = None, **kwargs: Any) -> Array:
    """Matrices times vectors: ``(..., m, n)`` and ``(..., n)`` give ``(..., m)``."""
    a, b = cells([x1, x2])
    return store(_wengert.squeeze(_wengert.matmul(a, _wengert.expand_dims(b, (b.ndim,))), (-1,)), out)


def vecmat(x1: Any, x2: Any, /, out: Any = None, **kwargs: Any) -> Array:
    """Vectors times matrices: ``(..., m)`` and ``(..., m, n)`` give ``(..., n)``."""
    a, b = cells([x1, x2])
    return store(_wengert.squeeze(_wengert.matmul(_wengert.expand_dims(a, (a.ndim - 1,)), b), (-2,)), out)


def kron(a: Any, b: Any) -> Array:
    """Kronecker's product: `b` times every element of `a`, laid out as `a` is."""
    a, b = cells([a, b])
    n = builtins.max(a.ndim, b.ndim)
    rows, columns = ((1,) * (n - x.ndim) + tuple(x.shape) for x in (a, b))
    left = _wengert.reshape(a, tuple(k for i in rows for k in (i, 1)))
    right = _wengert.reshape(b, tuple(k for i in columns for k in (1, i)))
    return _wengert.reshape(_wengert.mul(left, right), tuple(i * j for i, j in zip(rows, columns)))


def cross(
    a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None
) -> Array:
    """The vector product of vectors of three elements."""
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = cells([a, b])
    a, b = _last(a, axisa), _last(b, axisb)
    if a.shape[-1] != 3 or b.shape[-1] != 3:
        raise ValueError(
            f"Both input arrays must be (arrays of) 3-dimensional vectors, but they are {a.shape[-1]} and "
            f"{b.shape[-1]}"
        )
    forth, back = [1, 2, 0], [2, 0, 1]
    result = _wengert.sub(
        _wengert.mul(a[..., forth], b[..., back]), _wengert.mul(a[..., back], b[..., forth])
    )
    return _wengert.movedim(result, result.ndim - 1, axis_of(axisc, result.ndim))


def trace(
    a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None, out: Any = None
) -> Array:
    """The sum along a diagonal."""
    from ._reductions import sum
    from ._selection import diagonal

    return sum(diagonal(a, offset, axis1, axis2), -1, dtype, out)
