"""Tensors put together, and copies in another order, in PyTorch's convention."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wengert import _wengert
from wengert._wengert import Tensor
from wengert.torch._shape import _axis, atleast_1d, atleast_2d, atleast_3d, movedim
from wengert.torch._spelling import extents, for_tensors, numpy_names, store

_concatenate = _wengert.concatenate
_stack = _wengert.stack


def cat(
    tensors: Sequence[Tensor], dim: int = 0, *, out: Tensor | None = None, axis: int | None = None
) -> Tensor:
    """Tensors one after the other along a dimension that they have.

    >>> torch.cat([torch.tensor([1, 2]), torch.tensor([3])])
    tensor([1, 2, 3])
    """
    if axis is not None:
        dim = axis
    try:
        result = _concatenate(tensors, dim)
    except (RuntimeError, TypeError, IndexError):
        result = _concatenate(_filled(tensors), dim)
    return result if out is None else store(out, result)


def _filled(tensors: Sequence[Tensor]) -> list[Tensor]:
    """Those with something in them: `torch.tensor([])` may stand beside tensors of any shape."""
    parts = list(tensors)
    if not parts:
        raise ValueError("torch.cat(): expected a non-empty list of Tensors")
    return [p for p in parts if not (isinstance(p, Tensor) and tuple(p.shape) == (0,))] or parts[:1]


concat = concatenate = cat


def stack(
    tensors: Sequence[Tensor], dim: int = 0, *, out: Tensor | None = None, axis: int | None = None
) -> Tensor:
    """Tensors of one shape along a new dimension.

    >>> torch.stack([torch.tensor([1, 2]), torch.tensor([3, 4])])
    tensor([[1, 2],
            [3, 4]])
    """
    if axis is not None:
        dim = axis
    if not tensors:
        raise RuntimeError("stack expects a non-empty TensorList")
    result = _stack(tensors, dim)
    return result if out is None else store(out, result)


def vstack(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """Tensors one above the other."""
    return cat(atleast_2d(list(tensors)), 0, out=out)


row_stack = vstack


def hstack(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """Tensors side by side."""
    parts = atleast_1d(list(tensors))
    return cat(parts, 0 if parts and parts[0].ndim == 1 else 1, out=out)


def dstack(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """Tensors in depth."""
    return cat(atleast_3d(list(tensors)), 2, out=out)


def column_stack(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """Tensors side by side, those of one dimension as columns."""
    parts = [x if x.ndim > 1 else _wengert.reshape(x, (-1, 1)) for x in tensors]
    return cat(parts, 1, out=out)


def block_diag(*tensors: Tensor) -> Tensor:
    """Matrices along the diagonal of a matrix, zeros elsewhere."""
    blocks = [atleast_2d(x) for x in tensors]
    width = sum(b.shape[1] for b in blocks)
    rows, at = [], 0
    for b in blocks:
        rows.append(_wengert.pad(b, [(0, 0), (at, width - at - b.shape[1])]))
        at += b.shape[1]
    return _wengert.concatenate(rows, 0)


def clone(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """A copy, through which gradients flow."""
    return _wengert.clone(input)


@numpy_names
def flip(input: Tensor, *dims: Any, **named: Any) -> Tensor:
    """The elements in reverse along `dims`.

    >>> torch.flip(torch.tensor([1, 2, 3]), (0,))
    tensor([3, 2, 1])
    """
    if named:
        dims = tuple(named.values())
    return _wengert.label(_wengert.flip(input, extents(dims)), "FlipBackward0", [input])


@for_tensors
def fliplr(input: Tensor) -> Tensor:
    """Columns in reverse."""
    if input.ndim < 2:
        raise RuntimeError("Input must be >= 2-d.")
    return _wengert.flip(input, (1,))


@for_tensors
def flipud(input: Tensor) -> Tensor:
    """Rows in reverse."""
    if input.ndim < 1:
        raise RuntimeError("Input must be >= 1-d.")
    return _wengert.flip(input, (0,))


@numpy_names
def roll(input: Tensor, shifts: Any, dims: Any = None, dim: Any = None) -> Tensor:
    """The elements moved along `dims`, those that fall off put in at the other end; without `dims`, when flattened.

    >>> torch.roll(torch.tensor([1, 2, 3]), 1)
    tensor([3, 1, 2])
    """
    dims = dim if dims is None else dims
    moved = (shifts,) if isinstance(shifts, int) else tuple(shifts)
    if dims is None or dims == () or dims == []:
        flat = _wengert.roll(_wengert.reshape(input, (-1,)), moved, (0,))
        return _wengert.reshape(flat, tuple(input.shape))
    along = (dims,) if isinstance(dims, int) else tuple(dims)
    if len(along) != len(moved):
        raise RuntimeError(f"shifts and dimensions must align. shifts: {len(moved)}, dims:{len(along)}")
    return _wengert.label(_wengert.roll(input, moved, along), "RollBackward0", [input])


def rot90(input: Tensor, k: int = 1, dims: Sequence[int] = (0, 1)) -> Tensor:
    """A quarter turn, `k` times, in the plane of two dimensions."""
    if len(dims) != 2:
        raise RuntimeError(f"expected total rotation dims == 2, but got dims = {len(dims)}")
    first, second = dims
    turns = k % 4
    if turns == 1:
        return _wengert.transpose(_wengert.flip(input, (second,)), first, second).contiguous()
    if turns == 2:
        return _wengert.flip(input, (first, second))
    if turns == 3:
        return _wengert.transpose(_wengert.flip(input, (first,)), first, second).contiguous()
    return _wengert.clone(input)


@for_tensors
def tril(input: Tensor, diagonal: int = 0, *, out: Tensor | None = None) -> Tensor:
    """The lower triangle of a matrix, zeros above."""
    _matrix(input, "tril")
    result = _wengert.tril(input, diagonal)
    return result if out is None else store(out, result)


@for_tensors
def triu(input: Tensor, diagonal: int = 0, *, out: Tensor | None = None) -> Tensor:
    """The upper triangle of a matrix, zeros below."""
    _matrix(input, "triu")
    result = _wengert.triu(input, diagonal)
    return result if out is None else store(out, result)


def _matrix(input: Tensor, word: str) -> None:
    if input.ndim < 2:
        raise RuntimeError(f"{word}: input tensor must have at least 2 dimensions")


@for_tensors
def diag(input: Tensor, diagonal: int = 0, *, out: Tensor | None = None) -> Tensor:
    """The diagonal of a matrix, or the matrix with this diagonal.

    >>> torch.diag(torch.tensor([1, 2]))
    tensor([[1, 0],
            [0, 2]])
    """
    if not 1 <= input.ndim <= 2:
        raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {input.ndim}D")
    result = _wengert.diag(input, diagonal)
    return result if out is None else store(out, result)


def diagflat(input: Tensor, offset: int = 0) -> Tensor:
    """A matrix with all elements on its diagonal."""
    return _wengert.diag(_wengert.reshape(input, (-1,)), offset)


def diag_embed(input: Tensor, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """The last dimension put on the diagonal of two new ones."""
    made = _wengert.diag_embed(input, offset)
    ndim = made.ndim
    first, second = _axis(dim1, ndim), _axis(dim2, ndim)
    if first == second:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    if (first, second) == (ndim - 2, ndim - 1):
        return made
    return movedim(made, (ndim - 2, ndim - 1), (first, second))


def repeat(input: Tensor, *repeats: Any, **named: Any) -> Tensor:
    """Copies side by side: `repeats` along each dimension.

    >>> torch.tensor([1, 2]).repeat(2, 2)
    tensor([[1, 2, 1, 2],
            [1, 2, 1, 2]])
    """
    if named:
        repeats = (named.pop("repeats"),)
    if not repeats:
        raise TypeError('repeat() missing 1 required positional arguments: "repeats"')
    times = tuple(extents(repeats))
    if len(times) < input.ndim:
        raise RuntimeError(
            "Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor"
        )
    return _wengert.label(_wengert.tile(input, times), "RepeatBackward0", [input])


@for_tensors
def tile(input: Tensor, *dims: Any, **named: Any) -> Tensor:
    """Copies side by side: `dims` along the last dimensions."""
    if named:
        dims = (named.pop("dims"),)
    times = tuple(extents(dims))
    times = (1,) * (input.ndim - len(times)) + times
    return _wengert.tile(input, times)


@numpy_names
def repeat_interleave(
    input: Tensor, repeats: Any = None, dim: int | None = None, *, output_size: int | None = None
) -> Tensor:
    """Each element `repeats` times in a row, flattened or along `dim`; `repeats` may be a tensor.

    >>> torch.repeat_interleave(torch.tensor([1, 2]), 2)
    tensor([1, 1, 2, 2])
    """
    if repeats is None:
        input, repeats = _wengert.arange(Tensor, 0, input.shape[0], 1, "int64"), input
    if dim is None:
        input, dim = _wengert.reshape(input, (-1,)), 0
    if isinstance(repeats, Tensor) and repeats.numel() == 1:
        repeats = int(repeats)
    if isinstance(repeats, int):
        return _wengert.repeat_interleave(input, repeats, dim)
    times = repeats.tolist()
    if len(times) != input.shape[dim]:
        raise RuntimeError("repeats must have the same size as input along dim")
    places = [i for i, n in enumerate(times) for _ in range(n)]
    return _wengert.take(input, _wengert.from_data(Tensor, places, "int64"), dim)


def constant_pad_nd(input: Tensor, pad: Sequence[int], value: float = 0) -> Tensor:
    """A border of `value`: `pad` holds (before, after) pairs, the last dimension first."""
    widths = [(pad[i], pad[i + 1]) for i in range(0, len(pad), 2)][::-1]
    whole = [(0, 0)] * (input.ndim - len(widths)) + widths
    return _wengert.pad(input, whole, "constant", value)


def unfold(input: Tensor, dimension: int, size: int, step: int) -> Tensor:
    """Windows of `size` places every `step` places of a dimension, as a last dimension; a copy.

    >>> torch.arange(4).unfold(0, 2, 1)
    tensor([[0, 1],
            [1, 2],
            [2, 3]])
    """
    axis = _axis(dimension, input.ndim)
    extent = input.shape[axis] if input.ndim else 1
    if size > extent:
        raise RuntimeError(f"maximum size for tensor at dimension {axis} is {extent} but size is {size}")
    if step <= 0:
        raise RuntimeError(f"step is {step} but must be > 0")
    count = (extent - size) // step + 1
    starts = _wengert.arange(Tensor, 0, count, 1, "int64") * step
    places = _wengert.expand_dims(starts, 1) + _wengert.arange(Tensor, 0, size, 1, "int64")
    x = input if input.ndim else _wengert.reshape(input, (1,))
    windows = _wengert.take(x, _wengert.reshape(places, (-1,)), axis)
    shape = tuple(x.shape)
    windows = _wengert.reshape(windows, shape[:axis] + (count, size) + shape[axis + 1 :])
    result = _wengert.movedim(windows, axis + 1, -1)
    result = result if input.ndim else _wengert.reshape(result, (size,))
    return _wengert.label(result, "UnfoldBackward0", [input])
