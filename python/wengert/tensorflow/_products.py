"""Products of matrices and of tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from wengert import _wengert as _n
from wengert.tensorflow._convert import as_tensor, axes, integer, kind, like, numeric, pair
from wengert.tensorflow.errors import InvalidArgumentError


def _same(a: Any, b: Any, op: str) -> None:
    if a.dtype is not b.dtype:
        raise InvalidArgumentError(
            f"cannot compute {op} as input #1(zero-based) was expected to be a {kind(a.dtype)} tensor but is a "
            f"{kind(b.dtype)} tensor [Op:{op}] name: "
        )


def matmul(
    a: Any,
    b: Any,
    transpose_a: bool = False,
    transpose_b: bool = False,
    adjoint_a: bool = False,
    adjoint_b: bool = False,
    a_is_sparse: bool = False,
    b_is_sparse: bool = False,
    output_type: Any = None,
    grad_a: bool = False,
    grad_b: bool = False,
    name: str | None = None,
) -> Any:
    """The product of matrices `(…, n, k)` and `(…, k, m)`; leading axes broadcast. Vectors are not taken.

    >>> matmul([[1.0, 2.0]], [[3.0], [4.0]]).numpy()
    array([[11.]], dtype=float32)
    """
    x, y = pair(a, b)
    x, y = numeric(x, "MatMul"), numeric(y, "MatMul")
    _same(x, y, "MatMul")
    if x.ndim < 2 or y.ndim < 2:
        raise InvalidArgumentError(f"In[{0 if x.ndim < 2 else 1}] ndims must be >= 2 [Op:MatMul] name: ")
    if transpose_a or adjoint_a:
        x = _n.transpose(x, -1, -2)
    if transpose_b or adjoint_b:
        y = _n.transpose(y, -1, -2)
    if x.shape[-1] != y.shape[-2]:
        first, second = (f"[{','.join(map(str, each.shape))}]" for each in (x, y))
        raise InvalidArgumentError(
            f"Matrix size-incompatible: In[0]: {first}, In[1]: {second} [Op:MatMul] name: "
        )
    product = _n.matmul(x, y)
    return product if output_type is None else _n.cast(product, output_type)


def matvec(
    a: Any,
    b: Any,
    transpose_a: bool = False,
    adjoint_a: bool = False,
    a_is_sparse: bool = False,
    b_is_sparse: bool = False,
    name: str | None = None,
) -> Any:
    """The product of matrices `(…, n, k)` and vectors `(…, k)`.

    >>> matvec([[1.0, 2.0], [3.0, 4.0]], [1.0, 1.0]).numpy()
    array([3., 7.], dtype=float32)
    """
    x, y = pair(a, b)
    product = matmul(x, _n.expand_dims(y, -1), transpose_a=transpose_a, adjoint_a=adjoint_a)
    return _n.squeeze(product, -1)


def tensordot(a: Any, b: Any, axes: Any, name: str | None = None) -> Any:
    """Sums over pairs of axes: the last `axes` of `a` with the first of `b`, or two lists of axes.

    >>> tensordot([1.0, 2.0], [3.0, 4.0], 1).numpy()
    np.float32(11.0)
    """
    x, y = pair(a, b)
    _same(x, y, "MatMul")
    if isinstance(axes, (list, tuple)) or np.ndim(axes) > 0:
        if len(axes) != 2:
            raise ValueError(f"`axes` must be an integer or have length 2. Received {axes}.")
        left, right = _places(axes[0]), _places(axes[1])
        if len(left) != len(right):
            raise ValueError(
                f"Different number of contraction axes `a` and `b`, {len(left)} != {len(right)}."
            )
    else:
        count = integer(axes)
        if count < 0:
            raise ValueError(f"`axes` must be at least 0. Received: {count}.")
        if count > x.ndim:
            raise ValueError(f"`axes` must not be larger than the number of dimensions of tensor {x}.")
        left, right = list(range(x.ndim - count, x.ndim)), list(range(count))
    for i, j in zip(left, right):
        if x.shape[i] != y.shape[j]:
            raise InvalidArgumentError(
                f"Matrix size-incompatible: axis {i} of {x.shape} and axis {j} of {y.shape} [Op:MatMul] name: "
            )
    return _n.tensordot(x, y, left, right)


def _places(given: Any) -> list[int]:
    places = axes(given)
    assert places is not None
    return [places] if isinstance(places, int) else list(places)


def einsum(equation: str, *inputs: Any, **kwargs: Any) -> Any:
    """Sums of products by named axes.

    >>> einsum("ij,jk->ik", [[1.0, 2.0]], [[3.0], [4.0]]).numpy()
    array([[11.]], dtype=float32)
    """
    first = next((x for x in inputs if hasattr(x, "__wengert__") or type(x).__name__ == "EagerTensor"), None)
    tensors = [as_tensor(x) if first is None else like(x, first.dtype) for x in inputs]
    try:
        return _n.einsum(equation, tensors)
    except InvalidArgumentError as error:
        raise ValueError(str(error)) from None


def trace(x: Any, name: str | None = None) -> Any:
    """The sum of the diagonal of the last two axes.

    >>> trace([[1.0, 2.0], [3.0, 4.0]]).numpy()
    np.float32(5.0)
    """
    tensor = numeric(x, "Trace")
    return _n.sum(_n.diagonal(tensor, 0, -2, -1), -1, False, tensor.dtype)


def matrix_transpose(a: Any, name: str = "matrix_transpose", conjugate: bool = False) -> Any:
    """The last two axes exchanged."""
    x = as_tensor(a)
    if x.ndim < 2:
        raise ValueError(
            f"Argument `a` should be a (batch) matrix with rank >= 2.  Received `a` = {x} with shape {x.shape}"
        )
    return _n.transpose(x, -1, -2)


def norm(
    tensor: Any,
    ord: Any = "euclidean",
    axis: Any = None,
    keepdims: bool | None = None,
    name: str | None = None,
) -> Any:
    """A norm of vectors or matrices: 'euclidean', 1, 2, any p, or infinity.

    >>> norm([3.0, 4.0]).numpy()
    np.float32(5.0)
    """
    x = as_tensor(tensor)
    if not x.dtype.is_floating:
        raise InvalidArgumentError(
            f"Value for attr 'T' of {kind(x.dtype)} is not in the list of allowed values [Op:Sqrt]"
        )
    places, keep = axes(axis), bool(keepdims)
    pairwise = isinstance(places, tuple) and len(places) == 2
    if isinstance(places, tuple) and len(places) not in (1, 2):
        raise ValueError(f"'axis' must be None, an integer, or a tuple of 2 unique integers, got {axis}")
    if ord in ("euclidean", "fro") or (ord == 2 and not pairwise):
        if ord == "fro" and not pairwise:
            raise ValueError("'fro' is for matrices: give two axes")
        return _n.norm(x, 2.0, places, keep)
    if not isinstance(ord, (int, float)):
        raise ValueError(f"'ord' must be a supported vector norm, got {ord}")
    if pairwise:
        rows, columns = places if isinstance(places, tuple) else (0, 1)
        if ord in (1, np.inf):
            inner, outer = (rows, columns) if ord == 1 else (columns, rows)
            sums = _n.sum(_n.abs(x), inner, True)
            widest = _n.amax(sums, outer, True)
            return widest if keep else _n.squeeze(widest, (rows, columns))
        raise ValueError(f"'ord' must be a supported matrix norm in ['euclidean', 'fro', 1, inf], got {ord}")
    if ord <= 0:
        raise ValueError(f"'ord' must be positive, got {ord}")
    return _n.norm(x, float(ord), places, keep)


def cross(a: Any, b: Any, name: str | None = None) -> Any:
    """The cross product of vectors of length three.

    >>> cross([1.0, 0.0, 0.0], [0.0, 1.0, 0.0]).numpy()
    array([0., 0., 1.], dtype=float32)
    """
    x, y = pair(a, b)
    if x.shape[-1:] != (3,) or tuple(x.shape) != tuple(y.shape):
        raise InvalidArgumentError(
            f"Both inputs must have one shape that ends in 3, got {x.shape} and {y.shape} [Op:Cross]"
        )
    turned = [_n.roll(each, (shift,), (-1,)) for each in (x, y) for shift in (-1, -2)]
    return _n.sub(_n.mul(turned[0], turned[3]), _n.mul(turned[1], turned[2]))


def tensor_diag(diagonal: Any, name: str | None = None) -> Any:
    """The matrix with this diagonal."""
    x = as_tensor(diagonal)
    if x.ndim == 1:
        return _n.diag_embed(x, 0)
    flat = _n.diag_embed(_n.reshape(x, (-1,)), 0)
    return _n.reshape(flat, tuple(x.shape) * 2)


def tensor_diag_part(input: Any, name: str | None = None) -> Any:
    """The diagonal of a matrix."""
    x = as_tensor(input)
    half = tuple(x.shape)[: x.ndim // 2]
    count = int(np.prod(half))
    return _n.reshape(_n.diagonal(_n.reshape(x, (count, count)), 0, 0, 1), half)


def diag(
    diagonal: Any,
    name: str = "diag",
    k: int = 0,
    num_rows: int = -1,
    num_cols: int = -1,
    padding_value: Any = 0,
    align: str = "RIGHT_LEFT",
) -> Any:
    """Matrices with these diagonals (the last axis), `k` above the main one.

    >>> diag([1.0, 2.0]).numpy()
    array([[1., 0.],
           [0., 2.]], dtype=float32)
    """
    return _n.diag_embed(as_tensor(diagonal), integer(k))


def diag_part(
    input: Any, name: str = "diag_part", k: int = 0, padding_value: Any = 0, align: str = "RIGHT_LEFT"
) -> Any:
    """The diagonals of matrices (the last two axes), `k` above the main one."""
    return _n.diagonal(as_tensor(input), integer(k), -2, -1)


def set_diag(input: Any, diagonal: Any, name: str = "set_diag", k: int = 0, align: str = "RIGHT_LEFT") -> Any:
    """The matrices with other numbers on the diagonal."""
    x, d = pair(input, diagonal)
    rows, columns = x.shape[-2:]
    on = as_tensor(np.eye(rows, columns, dtype=bool))
    full = _n.diag_embed(d, 0)
    n = full.shape[-1]
    widths = [(0, 0)] * (x.ndim - 2) + [(0, rows - n), (0, columns - n)]
    return _n.where(on, _n.pad(full, widths, "constant", 0.0), x)


def band_part(input: Any, num_lower: Any, num_upper: Any, name: str | None = None) -> Any:
    """The matrices with zeros outside a band about the diagonal; -1 keeps the whole triangle.

    >>> band_part([[1, 2], [3, 4]], -1, 0).numpy()
    array([[1, 0],
           [3, 4]], dtype=int32)
    """
    x = as_tensor(input)
    lower, upper = integer(num_lower), integer(num_upper)
    if upper >= 0:
        x = _n.tril(x, upper)
    return _n.triu(x, -lower) if lower >= 0 else x


def multi_dot(matrices: Any) -> Any:
    """The product of several matrices, in the order that takes the fewest steps."""
    return _n.multi_dot([as_tensor(m) for m in matrices])
