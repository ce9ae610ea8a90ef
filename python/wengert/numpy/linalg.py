"""``numpy.linalg``: norms and products. What solves or decomposes is computed by NumPy for plain values and
does not differentiate yet."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.linalg import LinAlgError as LinAlgError

from .. import _wengert
from .._names import missing
from .._wengert import Array
from ._convert import axes_of, cell, cells, is_inexact
from ._delegate import delegated
from ._products import cross, matmul, outer, tensordot, vecdot
from ._selection import diagonal as _diagonal
from ._shape import matrix_transpose


def _vector_norm(x: Any, ord: Any, axes: tuple[int, ...] | None, keepdims: builtins.bool) -> Any:
    if ord is None or ord == 2:
        return _wengert.norm(x, 2.0, axes, keepdims)
    if ord == np.inf:
        return _wengert.amax(_wengert.abs(x), axes, keepdims)
    if ord == -np.inf:
        return _wengert.amin(_wengert.abs(x), axes, keepdims)
    if ord == 0:
        return _wengert.sum(_wengert.cast(_wengert.ne(x, 0), "float64"), axes, keepdims)
    if isinstance(ord, str):
        raise ValueError(f"Invalid norm order '{ord}' for vectors")
    if ord > 0:
        return _wengert.norm(x, builtins.float(ord), axes, keepdims)
    powers = _wengert.pow(_wengert.abs(x), builtins.float(ord))
    return _wengert.pow(_wengert.sum(powers, axes, keepdims), 1.0 / builtins.float(ord))


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: builtins.bool = False) -> Array:
    """The length of vectors (one axis) or the size of matrices (two axes). The slope of the length at 0 is 0.

    >>> import wengert.numpy as np
    >>> np.linalg.norm(np.array([3.0, 4.0]))
    array(5.)
    """
    x = cell(x)
    if not is_inexact(x):
        x = _wengert.cast(x, "float64")
    axes = axes_of(axis, x.ndim)
    if ord is None:
        return _wengert.norm(x, 2.0, axes, keepdims)
    if axes is None:
        axes = tuple(range(x.ndim))
    if len(axes) == 1:
        return _vector_norm(x, ord, axes, keepdims)
    if len(axes) != 2:
        raise ValueError("Improper number of dimensions to norm.")
    if ord == "fro":
        return _wengert.norm(x, 2.0, axes, keepdims)
    if ord in (1, -1, np.inf, -np.inf):
        inner, outer_ = axes if abs(ord) == 1 else axes[::-1]
        sums = _wengert.sum(_wengert.abs(x), (inner,), True)
        result = (_wengert.amax if ord > 0 else _wengert.amin)(sums, (outer_,), True)
        return result if keepdims else _wengert.squeeze(result, axes)
    if ord in (2, -2, "nuc"):
        return delegated(np.linalg.norm, f"linalg.norm of a matrix with ord={ord!r}")(x, ord, axes, keepdims)
    raise ValueError("Invalid norm order for matrices.")


def vector_norm(x: Any, /, *, axis: Any = None, keepdims: builtins.bool = False, ord: Any = 2) -> Array:
    """The length of the vectors along some axes; of all elements together without `axis`."""
    x = cell(x)
    x = x if is_inexact(x) else _wengert.cast(x, "float64")
    return _vector_norm(x, ord, axes_of(axis, x.ndim), keepdims)


def matrix_norm(x: Any, /, *, keepdims: builtins.bool = False, ord: Any = "fro") -> Array:
    """The size of the matrices in the last two axes."""
    return norm(x, ord, (-2, -1), keepdims)


def multi_dot(arrays: Any, *, out: Any = None) -> Array:
    """The product of several matrices, in the order that takes the fewest multiplications."""
    parts = cells(arrays)
    if len(parts) < 2:
        raise ValueError("Expecting at least two arrays.")
    return (
        _wengert.multi_dot(parts) if out is None else matmul(parts[0], _wengert.multi_dot(parts[1:]), out=out)
    )


def matrix_power(a: Any, n: int) -> Array:
    """A square matrix times itself, `n` times (``n >= 0``)."""
    a = cell(a)
    if a.ndim < 2 or a.shape[-1] != a.shape[-2]:
        raise LinAlgError(f"matrix_power takes square matrices; this has the shape {tuple(a.shape)}")
    if n < 0:
        return delegated(np.linalg.matrix_power, "linalg.matrix_power with a negative power")(a, n)
    result: Any = None
    power = a
    while n:
        if n % 2:
            result = power if result is None else _wengert.matmul(result, power)
        n //= 2
        if n:
            power = _wengert.matmul(power, power)
    if result is None:
        return _wengert.clone(_wengert.broadcast_to(cell(np.eye(a.shape[-1])), tuple(a.shape)))
    return result


def diagonal(x: Any, /, *, offset: int = 0) -> Array:
    """The diagonals of the matrices in the last two axes."""
    return _diagonal(x, offset, -2, -1)


def trace(x: Any, /, *, offset: int = 0, dtype: Any = None) -> Array:
    """The sums along the diagonals of the matrices in the last two axes."""
    from ._reductions import sum

    return sum(diagonal(x, offset=offset), -1, dtype)


_MISSING = (
    "cholesky",
    "cond",
    "det",
    "eig",
    "eigh",
    "eigvals",
    "eigvalsh",
    "inv",
    "lstsq",
    "matrix_rank",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "svd",
    "svdvals",
    "tensorinv",
    "tensorsolve",
)

cholesky = delegated(np.linalg.cholesky, "linalg.cholesky")
cond = delegated(np.linalg.cond, "linalg.cond")
det = delegated(np.linalg.det, "linalg.det")
eig = delegated(np.linalg.eig, "linalg.eig")
eigh = delegated(np.linalg.eigh, "linalg.eigh")
eigvals = delegated(np.linalg.eigvals, "linalg.eigvals")
eigvalsh = delegated(np.linalg.eigvalsh, "linalg.eigvalsh")
inv = delegated(np.linalg.inv, "linalg.inv")
lstsq = delegated(np.linalg.lstsq, "linalg.lstsq")
matrix_rank = delegated(np.linalg.matrix_rank, "linalg.matrix_rank")
pinv = delegated(np.linalg.pinv, "linalg.pinv")
qr = delegated(np.linalg.qr, "linalg.qr")
slogdet = delegated(np.linalg.slogdet, "linalg.slogdet")
solve = delegated(np.linalg.solve, "linalg.solve")
svd = delegated(np.linalg.svd, "linalg.svd")
svdvals = delegated(np.linalg.svdvals, "linalg.svdvals")
tensorinv = delegated(np.linalg.tensorinv, "linalg.tensorinv")
tensorsolve = delegated(np.linalg.tensorsolve, "linalg.tensorsolve")

__all__ = [
    "LinAlgError",
    "cross",
    "diagonal",
    "matmul",
    "matrix_norm",
    "matrix_power",
    "matrix_transpose",
    "multi_dot",
    "norm",
    "outer",
    "tensordot",
    "trace",
    "vecdot",
    "vector_norm",
    *_MISSING,
]
if not TYPE_CHECKING:
    __getattr__ = missing(__name__, __all__)
