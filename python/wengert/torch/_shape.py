"""Views of a tensor under other shapes, in PyTorch's convention: what is written through one is seen by its base."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from wengert import _wengert
from wengert._wengert import Tensor
from wengert.torch._size import Size
from wengert.torch._spelling import extents, for_tensors, no_tensor, numpy_names

_view = _wengert.view
_reshape = _wengert.reshape
_label = _wengert.label
_contiguous = _wengert.is_contiguous


def reshape(input: Tensor, *shape: Any, **named: Any) -> Tensor:
    """The same elements under another shape; one extent may be -1. A view where the layout allows it.

    >>> torch.reshape(torch.arange(6), (2, -1))
    tensor([[0, 1, 2],
            [3, 4, 5]])
    """
    if named:
        shape = (named.pop("shape"),)
    return _reshaped(input, extents(shape))


def view(input: Tensor, *shape: Any, dtype: Any = None) -> Tensor:
    """The same elements under another shape, sharing memory; an error where the layout does not allow it.

    >>> torch.arange(6).view(3, -1).shape
    torch.Size([3, 2])
    """
    if dtype is not None or (
        len(shape) == 1 and hasattr(shape[0], "itemsize") and not hasattr(shape[0], "ndim")
    ):
        return _reinterpreted(input, shape[0] if dtype is None else dtype)
    size = extents(shape)
    if not _contiguous(input) and _wengert.is_view(input) and not _viewable(input, size):
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one dimension spans across "
            "two contiguous subspaces). Use .reshape(...) instead."
        )
    return _view(input, size)


def _viewable(input: Tensor, size: tuple[int, ...]) -> bool:
    """Whether some strides make this shape of the tensor's memory."""
    shape, count = tuple(input.shape), prod(input.shape)
    if -1 in size:
        known = prod(n for n in size if n != -1)
        size = tuple((count // known if known else 0) if n == -1 else n for n in size)
    if prod(size) != count or not count:
        return True
    runs: list[int] = []
    last = None
    for extent, step in zip(shape, _wengert.strides(input), strict=True):
        if extent == 1:
            continue
        if last is not None and last == extent * step:
            runs[-1] *= extent
        else:
            runs.append(extent)
        last = step
    want = iter(n for n in size if n != 1)
    for run in runs:
        made = 1
        while made < run:
            made *= next(want)
        if made != run:
            return False
    return True


def _reshaped(input: Tensor, size: tuple[int, ...]) -> Tensor:
    """A view under this shape, or a copy where the layout allows no view."""
    if _contiguous(input) or _viewable(input, size):
        return _reshape(input, size)
    return _wengert.clone(_reshape(input, size))


def _reinterpreted(input: Tensor, dtype: Any) -> Tensor:
    from wengert.torch import _dtype

    kind = _dtype.of(dtype)
    if kind is input.dtype:
        return input
    return _wengert.from_data(Tensor, input.detach().numpy().view(kind.name), None, False, True)


def view_as(input: Tensor, other: Tensor) -> Tensor:
    """`input` under the shape of `other`."""
    return view(input, tuple(other.shape))


def reshape_as(input: Tensor, other: Tensor) -> Tensor:
    """`input` under the shape of `other`, copied where the layout needs it."""
    return _reshaped(input, tuple(other.shape))


def _axis(dim: int, ndim: int) -> int:
    span = ndim or 1
    if not -span <= dim < span:
        raise IndexError(
            f"Dimension out of range (expected to be in range of [{-span}, {span - 1}], but got {dim})"
        )
    return dim + span if dim < 0 else dim


def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """The dimensions from `start_dim` to `end_dim` made one.

    >>> torch.flatten(torch.zeros(2, 3, 4), 1).shape
    torch.Size([2, 12])
    """
    try:
        if start_dim == 0 and end_dim == -1:
            return input if input.ndim == 1 else _reshaped(input, (-1,))
        shape = tuple(input.shape)
        first, last = _axis(start_dim, len(shape)), _axis(end_dim, len(shape))
        if first > last:
            raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
        if not shape:
            return _wengert.reshape(input, (1,))
        if first == last:
            return input
        return _reshaped(input, shape[:first] + (prod(shape[first : last + 1]),) + shape[last + 1 :])
    except AttributeError as error:
        no_tensor(error, flatten, (input,))
        raise


def ravel(input: Tensor) -> Tensor:
    """All elements in one dimension."""
    return _reshaped(input, (-1,))


def unflatten(input: Tensor, dim: int, sizes: Sequence[int]) -> Tensor:
    """One dimension made several."""
    shape = tuple(input.shape)
    axis = _axis(dim, len(shape))
    sizes = tuple(sizes)
    if not sizes:
        raise RuntimeError("unflatten: sizes must be non-empty")
    if -1 not in sizes and prod(sizes) != shape[axis]:
        raise RuntimeError(
            f"unflatten: Provided sizes {list(sizes)} don't multiply up to the size of dim {axis} ({shape[axis]}) "
            "in the input tensor"
        )
    if -1 in sizes:
        known = prod(n for n in sizes if n != -1) or 1
        sizes = tuple(shape[axis] // known if n == -1 else n for n in sizes)
    return _wengert.reshape(input, shape[:axis] + sizes + shape[axis + 1 :])


def squeeze(input: Tensor, dim: Any = None, *, axis: Any = None) -> Tensor:
    """Without the dimensions of extent 1, or without those of `dim` that have it.

    >>> torch.squeeze(torch.zeros(2, 1, 3)).shape
    torch.Size([2, 3])
    """
    try:
        if dim is None:
            dim = axis
            if dim is None:
                return _wengert.squeeze(input)
        shape = input.shape
        wanted = {_axis(d, len(shape)) for d in ((dim,) if isinstance(dim, int) else dim)}
        if not shape:
            return _wengert.reshape(input, ())
        squeezed = _wengert.squeeze(input, tuple(d for d in wanted if shape[d] == 1))
        return _label(squeezed, "SqueezeBackward1" if isinstance(dim, int) else "SqueezeBackward2", [input])
    except AttributeError as error:
        no_tensor(error, squeeze, (input,))
        raise


def unsqueeze(input: Tensor, dim: Any = None, *, axis: Any = None) -> Tensor:
    """With a dimension of extent 1 put in at `dim`.

    >>> torch.unsqueeze(torch.zeros(3), 0).shape
    torch.Size([1, 3])
    """
    try:
        dim = axis if dim is None else dim
        ndim = input.ndim
        if not -ndim - 1 <= dim <= ndim:
            raise IndexError(
                f"Dimension out of range (expected to be in range of [{-ndim - 1}, {ndim}], but got {dim})"
            )
        return _wengert.expand_dims(input, dim)
    except AttributeError as error:
        no_tensor(error, unsqueeze, (input,))
        raise


def transpose(input: Tensor, dim0: Any = None, dim1: Any = None, **named: int) -> Tensor:
    """With two dimensions swapped.

    >>> torch.transpose(torch.zeros(2, 3), 0, 1).shape
    torch.Size([3, 2])
    """
    if named:
        dim0, dim1 = named.pop("axis0", dim0), named.pop("axis1", dim1)
    return _label(_wengert.transpose(input, dim0, dim1), "TransposeBackward0", [input])


swapaxes = swapdims = transpose


def t(input: Tensor) -> Tensor:
    """The transpose of a matrix; a tensor of fewer dimensions is itself."""
    try:
        ndim = input.ndim
        if ndim > 2:
            raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {ndim}D")
        return _wengert.transpose(input, 0, 1) if ndim == 2 else input
    except AttributeError as error:
        no_tensor(error, t, (input,))
        raise


def adjoint(input: Tensor) -> Tensor:
    """With the last two dimensions swapped."""
    return _label(_wengert.transpose(input, -2, -1), "TransposeBackward0", [input])


def permute(input: Tensor, *dims: Any, **named: Any) -> Tensor:
    """With the dimensions in another order.

    >>> torch.permute(torch.zeros(2, 3, 4), (2, 0, 1)).shape
    torch.Size([4, 2, 3])
    """
    try:
        if named:
            dims = (named.pop("dims") if "dims" in named else named.pop("dim"),)
        order = extents(dims)
        if len(order) != input.ndim:
            raise RuntimeError(
                "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired "
                f"ordering of dimensions i.e. input.dim() = {input.ndim} is not equal to len(dims) = {len(order)}"
            )
        return _label(_wengert.permute(input, order), "PermuteBackward0", [input])
    except AttributeError as error:
        no_tensor(error, permute, (input,))
        raise


def movedim(input: Tensor, source: Any, destination: Any) -> Tensor:
    """With the dimensions `source` moved to `destination`."""
    if isinstance(source, int) and isinstance(destination, int) and input.ndim:
        return _label(_wengert.movedim(input, source, destination), "PermuteBackward0", [input])
    ndim = input.ndim
    if ndim == 0:
        return input
    froms = [_axis(d, ndim) for d in ((source,) if isinstance(source, int) else source)]
    tos = [_axis(d, ndim) for d in ((destination,) if isinstance(destination, int) else destination)]
    if len(froms) != len(tos):
        raise RuntimeError(
            "movedim: Invalid source or destination dims: source "
            f"({froms} dims) should contain the same number of dims as destination ({tos} dims)"
        )
    if len(set(froms)) != len(froms) or len(set(tos)) != len(tos):
        raise RuntimeError(f"movedim: repeated dim in `source` ({froms}) or `destination` ({tos})")
    rest = iter(d for d in range(ndim) if d not in froms)
    placed = dict(zip(tos, froms, strict=True))
    order = tuple(placed[d] if d in placed else next(rest) for d in range(ndim))
    return _label(_wengert.permute(input, order), "PermuteBackward0", [input])


moveaxis = movedim


def expand(input: Tensor, *size: Any, implicit: bool = False, **named: Any) -> Tensor:
    """Dimensions of extent 1 repeated without a copy; -1 leaves an extent as it is.

    >>> torch.tensor([[1], [2]]).expand(-1, 3)
    tensor([[1, 1, 1],
            [2, 2, 2]])
    """
    if named:
        size = (named.pop("size"),)
    return _wengert.expand(input, extents(size))


def expand_as(input: Tensor, other: Tensor) -> Tensor:
    """`input` expanded to the shape of `other`."""
    return _wengert.expand(input, tuple(other.shape))


def broadcast_to(input: Tensor, *size: Any, **named: Any) -> Tensor:
    """`input` expanded to a shape that it broadcasts to."""
    return expand(input, *size, **named)


def broadcast_shapes(*shapes: Any) -> Size:
    """The shape that shapes broadcast to together.

    >>> torch.broadcast_shapes((2, 1), (3,))
    torch.Size([2, 3])
    """
    sizes = [(s,) if isinstance(s, int) else tuple(s) for s in shapes]
    length = max(map(len, sizes), default=0)
    result = [1] * length
    for size in sizes:
        for axis, extent in enumerate(size, length - len(size)):
            if extent != 1 and result[axis] != extent:
                if result[axis] != 1:
                    raise RuntimeError(
                        "Shape mismatch: objects cannot be broadcast to a single shape: "
                        + ", ".join(map(str, sizes))
                    )
                result[axis] = extent
    return Size(result)


def broadcast_tensors(*tensors: Any) -> tuple[Tensor, ...]:
    """Tensors expanded to the shape that they broadcast to together."""
    several = tensors[0] if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)) else tensors
    lengths = [tuple(x.shape) for x in several]
    shape = broadcast_shapes(*lengths)
    return tuple(_wengert.expand(x, tuple(shape)) for x in several)


@numpy_names
def narrow(input: Tensor, dim: int, start: Any, length: int) -> Tensor:
    """`length` places of one dimension, from `start` on."""
    start = int(start)
    axis = _axis(dim, input.ndim)
    if input.ndim == 0:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    extent = input.shape[axis]
    if not -extent <= start <= extent:
        raise IndexError(
            f"start out of range (expected to be in range of [{-extent}, {extent}], but got {start})"
        )
    if length < 0:
        raise RuntimeError("narrow(): length must be non-negative.")
    start += extent if start < 0 else 0
    if start + length > extent:
        raise RuntimeError(f"start ({start}) + length ({length}) exceeds dimension size ({extent}).")
    return _wengert.narrow(input, axis, start, length)


@numpy_names
def select(input: Tensor, dim: int, index: int) -> Tensor:
    """One place of one dimension, which goes."""
    if input.ndim == 0:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    axis = _axis(dim, input.ndim)
    extent = input.shape[axis]
    if not -extent <= index < extent:
        raise IndexError(
            f"select(): index {index} out of range for tensor of size {list(input.shape)} at dimension {axis}"
        )
    return _wengert.select(input, axis, index)


@for_tensors
def diagonal(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """The diagonal of two dimensions, as the last dimension.

    >>> torch.diagonal(torch.arange(4).reshape(2, 2))
    tensor([0, 3])
    """
    return _wengert.diagonal(input, offset, _axis(dim1, input.ndim), _axis(dim2, input.ndim))


@numpy_names
def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """The tensors along one dimension, as a tuple."""
    if input.ndim == 0:
        raise RuntimeError("Dimension specified as 0 but tensor has no dimensions")
    parts = _wengert.unbind(input, _axis(dim, input.ndim))
    return tuple([_label(part, "UnbindBackward0", [input]) for part in parts])


def _split(
    input: Tensor, sizes: Sequence[int], dim: int, name: str = "SplitWithSizesBackward0"
) -> tuple[Tensor, ...]:
    return tuple([_label(part, name, [input]) for part in _wengert.split(input, tuple(sizes), dim)])


@numpy_names
def split(
    tensor: Tensor, split_size_or_sections: Any = None, dim: int = 0, *, split_size: Any = None
) -> tuple[Tensor, ...]:
    """Pieces of the given extent along one dimension (the last may be smaller), or of the given extents.

    >>> torch.split(torch.arange(5), 2)
    (tensor([0, 1]), tensor([2, 3]), tensor([4]))
    """
    size = split_size if split_size_or_sections is None else split_size_or_sections
    axis = _axis(dim, tensor.ndim)
    if tensor.ndim == 0:
        raise RuntimeError("split expects at least a 1-dimensional tensor")
    extent = tensor.shape[axis]
    if isinstance(size, int):
        if size < 0 or (size == 0 and extent):
            raise RuntimeError(
                f"split_size can only be 0 if dimension size is 0, but got dimension size of {extent}"
            )
        if extent == 0:
            return (_wengert.narrow(tensor, axis, 0, 0),)
        return _split(
            tensor, [min(size, extent - at) for at in range(0, extent, size)], axis, "SplitBackward0"
        )
    sizes = list(size)
    if sum(sizes) != extent:
        raise RuntimeError(
            f"split_with_sizes expects split_sizes to sum exactly to {extent} (input tensor's size at dimension {axis}), "
            f"but got split_sizes={sizes}"
        )
    return _split(tensor, sizes, axis)


def split_with_sizes(input: Tensor, split_sizes: Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """Pieces of the given extents along one dimension."""
    return split(input, list(split_sizes), dim)


@numpy_names
def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """At most `chunks` pieces of equal extent along one dimension (the last may be smaller).

    >>> torch.chunk(torch.arange(5), 2)
    (tensor([0, 1, 2]), tensor([3, 4]))
    """
    if input.ndim == 0:
        raise RuntimeError("chunk expects at least a 1-dimensional tensor")
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    axis = _axis(dim, input.ndim)
    extent = input.shape[axis]
    if extent == 0:
        return _split(input, [0] * chunks, axis)
    return split(input, -(-extent // chunks), axis)


unsafe_chunk, unsafe_split, unsafe_split_with_sizes = chunk, split, split_with_sizes


@numpy_names
def tensor_split(
    input: Tensor, indices_or_sections: Any = None, dim: int = 0, **named: Any
) -> tuple[Tensor, ...]:
    """Pieces along one dimension: so many, as equal as can be, or cut at the given places."""
    parts = indices_or_sections if not named else next(iter(named.values()))
    if input.ndim == 0:
        raise RuntimeError(
            "tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims"
        )
    if isinstance(parts, Tensor):
        parts = parts.tolist()
    axis = _axis(dim, input.ndim)
    extent = input.shape[axis]
    if isinstance(parts, int):
        if parts <= 0:
            raise RuntimeError(f"number of sections must be larger than 0, got {parts}")
        whole, more = divmod(extent, parts)
        return _split(input, [whole + (i < more) for i in range(parts)], axis)
    cuts = [0, *(slice(None, cut).indices(extent)[1] for cut in parts), extent]
    return tuple(
        _wengert.narrow(input, axis, low, max(high - low, 0))
        for low, high in zip(cuts[:-1], cuts[1:], strict=True)
    )


def _sections(input: Tensor, parts: Any, dim: int, word: str, least: int) -> tuple[Tensor, ...]:
    if input.ndim < least:
        raise RuntimeError(
            f"torch.{word} requires a tensor with at least {least} dimension{'s' * (least > 1)}, "
            f"but got a tensor with {input.ndim} dimensions!"
        )
    if isinstance(parts, int) and input.shape[dim] % parts:
        raise RuntimeError(
            f"torch.{word} attempted to split along dimension {dim}, but the size of the dimension "
            f"{input.shape[dim]} is not divisible by the split_size {parts}!"
        )
    return tensor_split(input, parts, dim)


@for_tensors
def hsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """Pieces side by side."""
    return _sections(input, indices_or_sections, 0 if input.ndim == 1 else 1, "hsplit", 1)


@for_tensors
def vsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """Pieces one above the other."""
    return _sections(input, indices_or_sections, 0, "vsplit", 2)


@for_tensors
def dsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """Pieces in depth."""
    return _sections(input, indices_or_sections, 2, "dsplit", 3)


def _at_least(tensors: tuple[Any, ...], raised: Any) -> Any:
    if len(tensors) == 1:
        one = tensors[0]
        return tuple(raised(x) for x in one) if isinstance(one, (tuple, list)) else raised(one)
    return tuple(raised(x) for x in tensors)


def atleast_1d(*tensors: Any) -> Any:
    """Tensors with one dimension or more."""
    return _at_least(tensors, lambda x: x if x.ndim else _wengert.reshape(x, (1,)))


def atleast_2d(*tensors: Any) -> Any:
    """Tensors with two dimensions or more."""
    return _at_least(tensors, _raised_2d)


def _raised_2d(x: Tensor) -> Tensor:
    return x if x.ndim >= 2 else _wengert.reshape(x, (1, -1)) if x.ndim == 0 else _wengert.expand_dims(x, 0)


def atleast_3d(*tensors: Any) -> Any:
    """Tensors with three dimensions or more."""
    return _at_least(tensors, lambda x: x if x.ndim >= 3 else _wengert.expand_dims(_raised_2d(x), -1))


def numel(input: Tensor) -> int:
    """How many elements there are."""
    try:
        return prod(input.shape)
    except AttributeError as error:
        no_tensor(error, numel, (input,))
        raise


@for_tensors
def is_same_size(input: Tensor, other: Tensor) -> bool:
    """Whether two tensors have the same shape."""
    return input.shape == other.shape


@for_tensors
def detach(input: Tensor) -> Tensor:
    """The same elements without their history."""
    return input.detach()


def sum_to_size(input: Tensor, *size: Any) -> Tensor:
    """Summed along what was broadcast, to a shape that broadcasts to this one."""
    shape = tuple(extents(size))
    lead = input.ndim - len(shape)
    folded = tuple(range(lead)) + tuple(
        lead + i for i, n in enumerate(shape) if n == 1 and input.shape[lead + i] != 1
    )
    if lead < 0 or any(n not in (1, input.shape[lead + i]) for i, n in enumerate(shape)):
        raise RuntimeError(f"size {{{list(shape)}}} is not expandable to size {{{list(input.shape)}}}.")
    if not folded:
        return input
    return _wengert.reshape(_wengert.sum(input, folded, True), shape)
