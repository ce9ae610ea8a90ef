"""Functions that PyTorch has under a second name: views that are copied at once, and old spellings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from wengert import _wengert
from wengert._wengert import Tensor
from wengert.torch import _creation, _join, _reduce, _shape
from wengert.torch._spelling import for_tensors


def _copied(view: Callable[..., Any], name: str) -> Any:
    def copy(input: Tensor, *args: Any, **kwargs: Any) -> Any:
        found = view(input, *args, **kwargs)
        return tuple(map(_wengert.clone, found)) if isinstance(found, tuple) else _wengert.clone(found)

    copy.__name__ = copy.__qualname__ = name
    copy.__doc__ = f"`{name.removesuffix('_copy')}`, as a copy."
    return copy


@for_tensors
def alias_copy(input: Tensor) -> Tensor:
    """A copy."""
    return _wengert.clone(input)


detach_copy = _copied(_shape.detach, "detach_copy")
diagonal_copy = _copied(_shape.diagonal, "diagonal_copy")
expand_copy = _copied(_shape.expand, "expand_copy")
narrow_copy = _copied(_shape.narrow, "narrow_copy")
permute_copy = _copied(_shape.permute, "permute_copy")
select_copy = _copied(_shape.select, "select_copy")
split_copy = _copied(_shape.split, "split_copy")
split_with_sizes_copy = _copied(_shape.split_with_sizes, "split_with_sizes_copy")
squeeze_copy = _copied(_shape.squeeze, "squeeze_copy")
t_copy = _copied(_shape.t, "t_copy")
transpose_copy = _copied(_shape.transpose, "transpose_copy")
unbind_copy = _copied(_shape.unbind, "unbind_copy")
unfold_copy = _copied(_join.unfold, "unfold_copy")
unsqueeze_copy = _copied(_shape.unsqueeze, "unsqueeze_copy")
view_copy = _copied(_shape.view, "view_copy")


@for_tensors
def slice_copy(
    input: Tensor, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1
) -> Tensor:
    """A slice of one dimension, as a copy."""
    return _wengert.clone(_wengert.slice(input, dim, start, end, step))


def fill(input: Tensor, value: Any) -> Tensor:
    """One value everywhere, in the shape and dtype of `input`."""
    return _creation.full_like(input, value)


def frobenius_norm(input: Tensor, dim: Any = None, keepdim: bool = False) -> Tensor:
    """The root of the sum of squares."""
    return _reduce.norm(input, "fro", dim, keepdim)


def get_device(input: Tensor) -> int:
    """The number of the device: -1, the processor."""
    return -1


def is_inference(input: Tensor) -> bool:
    """Whether the tensor was made under `inference_mode` and cannot be recorded: no tensor is so here."""
    return False


def is_distributed(input: Tensor) -> bool:
    """Whether the tensor lies on several machines: no."""
    return False


def imag(input: Tensor) -> Tensor:
    """There are no complex numbers."""
    raise RuntimeError("imag is not implemented for tensors with non-complex dtypes.")


def cond(pred: Any, true_fn: Callable[..., Any], false_fn: Callable[..., Any], operands: Any = ()) -> Any:
    """`true_fn(*operands)` if the condition holds, else `false_fn(*operands)`.

    >>> torch.cond(torch.tensor(True), lambda x: x.sin(), lambda x: x.cos(), (torch.tensor(0.0),))
    tensor(0.)
    """
    return (true_fn if bool(pred) else false_fn)(*operands)


@for_tensors
def gradient(input: Tensor, *, spacing: Any = 1, dim: Any = None, edge_order: int = 1) -> tuple[Tensor, ...]:
    """Slopes by differences of neighbours, along each dimension or along `dim`.

    >>> torch.gradient(torch.tensor([1.0, 4.0, 9.0, 16.0]))
    (tensor([3., 4., 6., 7.]),)
    """
    along = range(input.ndim) if dim is None else (dim,) if isinstance(dim, int) else tuple(dim)
    if isinstance(spacing, (int, float)):
        steps: Sequence[Any] = [spacing] * len(along)
    else:
        steps = list(spacing)
    if len(steps) != len(along):
        raise RuntimeError(
            f"torch.gradient expected spacing to be unspecified, a scalar, or a list of length {len(along)}"
        )
    return tuple(
        _slope(input, d % input.ndim, step, edge_order) for d, step in zip(along, steps, strict=True)
    )


def _slope(x: Tensor, dim: int, step: Any, edge_order: int) -> Tensor:
    length = x.shape[dim]
    if edge_order not in (1, 2):
        raise RuntimeError("torch.gradient only supports edge_order=1 and edge_order=2.")
    if length < edge_order + 1:
        raise RuntimeError("torch.gradient expected each dimension size to be at least edge_order+1")
    if not x.dtype.is_floating_point:
        from wengert.torch import _dtype

        x = _wengert.cast(x, _dtype.get_default_dtype())

    def part(t: Tensor, start: int, count: int) -> Tensor:
        return _wengert.narrow(t, dim, start, count)

    if isinstance(step, Tensor):
        gaps = _reduce.diff(step)
        shape = [1] * x.ndim
        shape[dim] = length - 1
        gaps = _wengert.reshape(gaps, tuple(shape))
    else:
        shape = [1] * x.ndim
        shape[dim] = length - 1
        gaps = _wengert.full(Tensor, tuple(shape), step, x.dtype)
    slopes = (part(x, 1, length - 1) - part(x, 0, length - 1)) / gaps
    first, last = part(slopes, 0, 1), part(slopes, length - 2, 1)
    if length == 2:
        return _wengert.concatenate([first, last], dim)
    left, right = part(gaps, 0, length - 2), part(gaps, 1, length - 2)
    before, after = part(slopes, 0, length - 2), part(slopes, 1, length - 2)
    middle = (before * right + after * left) / (left + right)
    if edge_order == 2:
        h0, h1 = part(gaps, 0, 1), part(gaps, 1, 1)
        k0, k1 = part(gaps, length - 3, 1), part(gaps, length - 2, 1)
        first = first + (first - part(slopes, 1, 1)) * h0 / (h0 + h1)
        last = last + (last - part(slopes, length - 3, 1)) * k1 / (k0 + k1)
    return _wengert.concatenate([first, middle, last], dim)
