"""Products of vectors and matrices, in PyTorch's convention."""

from __future__ import annotations

from typing import Any

from wengert import _wengert
from wengert._wengert import Tensor
from wengert.torch import _dtype
from wengert.torch._pointwise import _alike
from wengert.torch._shape import _axis
from wengert.torch._spelling import for_tensors, numpy_names, store

_matmul = _wengert.matmul


def matmul(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The matrix product of vectors, matrices, or batches of matrices: [..., n, m], [..., m, p] to [..., n, p].

    >>> torch.matmul(torch.eye(2), torch.tensor([3.0, 4.0]))
    tensor([3., 4.])
    """
    result = _matmul(input, other)
    return result if out is None else store(out, result)


def mm(input: Tensor, mat2: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The product of two matrices: [n, m], [m, p] to [n, p]."""
    result = _wengert.mm(input, mat2)
    return result if out is None else store(out, result)


def mv(input: Tensor, vec: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The product of a matrix and a vector: [n, m], [m] to [n]."""
    result = _wengert.mv(input, vec)
    return result if out is None else store(out, result)


def dot(input: Tensor, tensor: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The product of two vectors of one length: a number."""
    result = _wengert.dot(input, tensor)
    return result if out is None else store(out, result)


def vdot(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The product of two vectors of one length: a number."""
    return dot(input, other, out=out)


def outer(input: Tensor, vec2: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The products of each element of one vector with each of another: [n], [m] to [n, m]."""
    if input.dtype is not vec2.dtype:
        kind = _dtype.result_type(input, vec2)
        input, vec2 = _wengert.cast(input, kind), _wengert.cast(vec2, kind)
    result = _wengert.outer(input, vec2)
    return result if out is None else store(out, result)


ger = outer


def bmm(input: Tensor, mat2: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The products of matrices, one by one: [b, n, m], [b, m, p] to [b, n, p]."""
    result = _wengert.bmm(input, mat2)
    return result if out is None else store(out, result)


def einsum(equation: str, *operands: Any) -> Tensor:
    """Einstein's sums: `einsum('ij,jk->ik', a, b)`; spaces, ellipsis and an implicit result are understood.

    >>> torch.einsum("ik, jk -> j", torch.ones(2, 3), torch.ones(4, 3))
    tensor([6., 6., 6., 6.])
    """
    several = operands[0] if len(operands) == 1 and isinstance(operands[0], (tuple, list)) else operands
    return _wengert.einsum(equation, list(several))


def tensordot(a: Tensor, b: Tensor, dims: Any = 2, *, out: Tensor | None = None) -> Tensor:
    """The product summed over the last `dims` dimensions of `a` and the first of `b`, or over the listed pairs."""
    if isinstance(dims, Tensor):
        dims = dims.tolist()
    if isinstance(dims, int):
        if dims < 0:
            raise RuntimeError(f"tensordot expects dims >= 0, but got dims={dims}")
        left, right = tuple(range(a.ndim - dims, a.ndim)), tuple(range(dims))
    else:
        first, second = dims
        left = (first,) if isinstance(first, int) else tuple(first)
        right = (second,) if isinstance(second, int) else tuple(second)
    result = _wengert.tensordot(a, b, left, right)
    return result if out is None else store(out, result)


@for_tensors
def trace(input: Tensor) -> Tensor:
    """The sum of the diagonal of a matrix."""
    if input.ndim != 2:
        raise RuntimeError("trace: expected a matrix, but got tensor with dim " + str(input.ndim))
    return _wengert.label(_wengert.sum(_wengert.diagonal(input)), "TraceBackward0", [input])


def chain_matmul(*matrices: Tensor) -> Tensor:
    """The product of matrices, in the cheapest order."""
    return matrices[0] if len(matrices) == 1 else _wengert.multi_dot(list(matrices))


@for_tensors
def inner(input: Tensor, other: Tensor) -> Tensor:
    """The product summed over the last dimension of both."""
    if input.ndim == 0 or other.ndim == 0:
        return input * other
    if input.shape[-1] != other.shape[-1]:
        raise RuntimeError(
            "inner() the last dimension must match on both input tensors but got shapes "
            f"{list(input.shape)} and {list(other.shape)}"
        )
    return _wengert.tensordot(input, other, (input.ndim - 1,), (other.ndim - 1,))


def _scaled(value: Any, factor: float) -> Any:
    return value if factor == 1 else value * factor


def _sum(input: Tensor, beta: float, product: Tensor, alpha: float) -> Tensor:
    product = _scaled(product, alpha)
    if beta == 0:
        return product
    return _wengert.add(_scaled(input, beta), product)


def addmm(
    input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: float = 1, alpha: float = 1, out: Tensor | None = None
) -> Tensor:
    """`beta * input + alpha * (mat1 @ mat2)`: [n, m], [m, p] to [n, p]."""
    result = _sum(input, beta, _wengert.mm(mat1, mat2), alpha)
    result = _wengert.label(result, "AddmmBackward0", [input, mat1, mat2])
    return result if out is None else store(out, result)


def addmv(input: Tensor, mat: Tensor, vec: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """`beta * input + alpha * (mat @ vec)`."""
    result = _sum(input, beta, _wengert.mv(mat, vec), alpha)
    return _wengert.label(result, "AddmvBackward0", [input, mat, vec])


def addr(input: Tensor, vec1: Tensor, vec2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """`beta * input + alpha * outer(vec1, vec2)`."""
    return _sum(input, beta, outer(_alike(input, vec1), vec2), alpha)


def baddbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """`beta * input + alpha * (batch1 @ batch2)`, matrix by matrix."""
    result = _sum(input, beta, _wengert.bmm(batch1, batch2), alpha)
    return _wengert.label(result, "BaddbmmBackward0", [input, batch1, batch2])


def addbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """`beta * input + alpha * (sum of batch1 @ batch2)`."""
    return _sum(input, beta, _wengert.sum(_wengert.bmm(batch1, batch2), 0), alpha)


@for_tensors
def kron(input: Tensor, other: Tensor) -> Tensor:
    """The Kronecker product: each element of `input` times all of `other`."""
    ndim = max(input.ndim, other.ndim)
    left = (1,) * (ndim - input.ndim) + tuple(input.shape)
    right = (1,) * (ndim - other.ndim) + tuple(other.shape)
    a = _wengert.reshape(input, tuple(n for pair in zip(left, (1,) * ndim, strict=True) for n in pair))
    b = _wengert.reshape(other, tuple(n for pair in zip((1,) * ndim, right, strict=True) for n in pair))
    return _wengert.reshape(a * b, tuple(m * n for m, n in zip(left, right, strict=True)))


@numpy_names
def cross(input: Tensor, other: Tensor, dim: int | None = None) -> Tensor:
    """The cross product of vectors of three, along `dim` (the first dimension of extent 3 without it)."""
    if dim is None:
        dim = next((i for i, n in enumerate(input.shape) if n == 3), None)
        if dim is None:
            raise RuntimeError("no dimension of size 3 in input")
    if input.shape[dim] != 3 or other.shape[dim] != 3:
        raise RuntimeError(
            f"linalg.cross: inputs dimension {dim} must have length 3. Got {input.shape[dim]} and {other.shape[dim]}"
        )
    a, b = _axis(dim, input.ndim), _axis(dim, other.ndim)
    return _wengert.sub(
        _wengert.roll(input, (-1,), (a,)) * _wengert.roll(other, (-2,), (b,)),
        _wengert.roll(input, (-2,), (a,)) * _wengert.roll(other, (-1,), (b,)),
    )


@for_tensors
def matrix_power(input: Tensor, n: int) -> Tensor:
    """A square matrix times itself, `n` factors; n may not be negative."""
    if input.ndim < 2 or input.shape[-1] != input.shape[-2]:
        raise RuntimeError(
            "linalg.matrix_power: A must be batches of square matrices, but they are "
            f"{input.shape[-2] if input.ndim > 1 else 1} by {input.shape[-1] if input.ndim else 1} matrices"
        )
    if n < 0:
        raise RuntimeError(
            "matrix_power(): the inverse of a matrix is not provided, so n may not be negative"
        )
    if n == 0:
        unit = _wengert.eye(Tensor, input.shape[-1], None, 0, input.dtype)
        return _wengert.clone(_wengert.expand(unit, tuple(input.shape)))
    result, square = None, input
    while True:
        if n & 1:
            result = square if result is None else _wengert.matmul(result, square)
        n >>= 1
        if not n:
            return result  # type: ignore[return-value]
        square = _wengert.matmul(square, square)


@for_tensors
def cdist(x1: Tensor, x2: Tensor, p: float = 2.0, compute_mode: str | None = None) -> Tensor:
    """The p-norm distances between the rows of two tensors: [..., n, d], [..., m, d] to [..., n, m]."""
    if x1.shape[-1] != x2.shape[-1]:
        raise RuntimeError(
            f"X1 and X2 must have the same number of columns. X1: {x1.shape[-1]} X2: {x2.shape[-1]}"
        )
    result = _wengert.norm(_wengert.expand_dims(x1, -2) - _wengert.expand_dims(x2, -3), float(p), -1)
    return _wengert.label(result, "CdistBackward0", [x1, x2])


@for_tensors
def pdist(input: Tensor, p: float = 2.0) -> Tensor:
    """The p-norm distances between all pairs of rows: [n, d] to [n (n - 1) / 2]."""
    count = input.shape[0]
    if count < 2:
        return _wengert.zeros(Tensor, (0,), input.dtype)
    pairs = [(i, j) for i in range(count) for j in range(i + 1, count)]
    first, second = (_wengert.from_data(Tensor, [pair[k] for pair in pairs], "int64") for k in (0, 1))
    return _wengert.norm(_wengert.take(input, first, 0) - _wengert.take(input, second, 0), float(p), -1)


@numpy_names
def renorm(input: Tensor, p: float, dim: int, maxnorm: float) -> Tensor:
    """The slices along `dim` whose p-norm is greater than `maxnorm`, brought down to it."""
    axis = _axis(dim, input.ndim)
    others = tuple(i for i in range(input.ndim) if i != axis)
    lengths = _wengert.norm(input, float(p), others, True)
    scale = _wengert.where(
        _wengert.gt(lengths, maxnorm), maxnorm / (lengths + 1e-7), _wengert.ones_like(lengths)
    )
    return input * scale
