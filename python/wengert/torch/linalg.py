"""Norms and products of matrices, under the names of `torch.linalg`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from wengert import _wengert
from wengert._names import missing as _missing
from wengert._wengert import Tensor
from wengert.torch import _dtype, _products
from wengert.torch._products import matmul
from wengert.torch._shape import diagonal as _diagonal
from wengert.torch._spelling import axes, numpy_names


class LinAlgError(RuntimeError):
    """A matrix that cannot be worked with."""


def _floating(x: Tensor, dtype: Any, word: str) -> Tensor:
    kind = x.dtype if dtype is None else _dtype.of(dtype)
    if not kind.is_floating_point:
        raise RuntimeError(
            f"linalg.{word}: Expected a floating point or complex tensor as input. Got {_dtype.spoken(kind)}"
        )
    return x if dtype is None else _wengert.cast(x, dtype)


@numpy_names
def vector_norm(
    input: Tensor, ord: float = 2, dim: Any = None, keepdim: bool = False, *, dtype: Any = None
) -> Tensor:
    """The `ord`-norm of all elements as one vector, or along `dim`.

    >>> torch.linalg.vector_norm(torch.tensor([3.0, 4.0]))
    tensor(5.)
    """
    return _wengert.norm(_floating(input, dtype, "vector_norm"), float(ord), axes(dim), keepdim)


def matrix_norm(
    A: Tensor, ord: Any = "fro", dim: Any = (-2, -1), keepdim: bool = False, *, dtype: Any = None
) -> Tensor:
    """The norm of matrices: 'fro', or 1 and inf (the greatest sum of a column, of a row), and their negatives."""
    x = _floating(A, dtype, "matrix_norm")
    rows, columns = (d % x.ndim for d in dim)
    if ord == "fro":
        return _wengert.norm(x, 2.0, (rows, columns), keepdim)
    if ord not in (1, -1, float("inf"), float("-inf")):
        raise RuntimeError(f"linalg.matrix_norm: order {ord} needs singular values, which are not provided")
    summed, other = (rows, columns) if abs(ord) == 1 else (columns, rows)
    sums = _wengert.sum(_wengert.abs(x), summed, True)
    result = (_wengert.amax if ord > 0 else _wengert.amin)(sums, other, True)
    return result if keepdim else _wengert.squeeze(result, (rows, columns))


@numpy_names
def norm(A: Tensor, ord: Any = None, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """A vector's or a matrix's norm, as `ord` and `dim` say; without them the root of the sum of squares."""
    if ord is None:
        return vector_norm(A, 2, dim, keepdim, dtype=dtype)
    several = isinstance(dim, Sequence) and len(dim) == 2
    if isinstance(ord, str) or several or (dim is None and A.ndim == 2):
        return matrix_norm(A, ord, (-2, -1) if dim is None else dim, keepdim, dtype=dtype)
    if dim is None and A.ndim != 1:
        raise RuntimeError(
            f"linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got {A.ndim}D."
        )
    return vector_norm(A, ord, dim, keepdim, dtype=dtype)


def multi_dot(tensors: Sequence[Tensor]) -> Tensor:
    """The product of matrices, in the cheapest order."""
    if len(tensors) < 2:
        raise RuntimeError("multi_dot(): expected at least 2 tensors but got " + str(len(tensors)))
    return _wengert.multi_dot(list(tensors))


def matrix_power(A: Tensor, n: int) -> Tensor:
    """A square matrix times itself, `n` factors; n may not be negative."""
    return _products.matrix_power(A, n)


def cross(input: Tensor, other: Tensor, *, dim: int = -1) -> Tensor:
    """The cross product of vectors of three, along `dim`."""
    return _products.cross(input, other, dim)


def vecdot(x: Tensor, y: Tensor, *, dim: int = -1) -> Tensor:
    """The products of vectors with each other, along `dim`."""
    return _wengert.sum(x * y, dim)


def diagonal(A: Tensor, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """The diagonal of the last two dimensions."""
    return _diagonal(A, offset, dim1, dim2)


def vander(x: Tensor, N: int | None = None) -> Tensor:
    """The powers of each element, from the zeroth on: [..., n] to [..., n, N]."""
    count = x.shape[-1] if N is None else N
    return _wengert.pow(_wengert.expand_dims(x, -1), _wengert.arange(Tensor, 0, count, 1, "int64"))


__all__ = [
    "LinAlgError", "cross", "diagonal", "matmul", "matrix_norm", "matrix_power", "multi_dot", "norm", "vander", "vecdot",
    "vector_norm",
]  # fmt: skip
if not TYPE_CHECKING:
    __getattr__ = _missing("torch.linalg", __all__)
