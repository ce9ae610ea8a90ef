"""Tensors from nothing and from data, in PyTorch's convention."""

from __future__ import annotations

import warnings
from builtins import range as _count
from collections.abc import Iterator, Sequence
from typing import Any

from wengert import _wengert
from wengert._wengert import Tensor
from wengert.torch import _device, _dtype
from wengert.torch._device import here
from wengert.torch._spelling import extents, for_tensors, store

_from_data = _wengert.from_data


def _finish(result: Tensor, device: Any, requires_grad: bool, out: Tensor | None = None) -> Tensor:
    if device is not None:
        here(device)
    if out is not None:
        return store(out, result)
    if requires_grad:
        result.requires_grad_()
    return result


def tensor(
    data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, pin_memory: bool = False
) -> Tensor:
    """A new tensor with a copy of `data`: a number, nested lists, an array, or a tensor.

    >>> torch.tensor([[2], [2], [3.0]])
    tensor([[2.],
            [2.],
            [3.]])
    """
    if isinstance(data, Tensor):
        warnings.warn(
            "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() "
            "or sourceTensor.detach().clone().requires_grad_(True), rather than torch.tensor(sourceTensor).",
            UserWarning,
            stacklevel=2,
        )
    result = _from_data(Tensor, data, dtype)
    if result.requires_grad:
        result = result.detach()
    if device is not None:
        here(device)
    if requires_grad:
        result.requires_grad_()
    return result


def as_tensor(data: Any, dtype: Any = None, device: Any = None) -> Tensor:
    """`data` as a tensor, sharing its memory where that is possible."""
    here(device)
    if isinstance(data, Tensor):
        return data if dtype is None or data.dtype is _dtype.of(dtype) else _wengert.cast(data, dtype)
    return _from_data(Tensor, data, dtype, False, True)


def asarray(
    obj: Any, *, dtype: Any = None, device: Any = None, copy: bool | None = None, requires_grad: bool = False
) -> Tensor:
    """`obj` as a tensor: shared where possible, copied if `copy`, and never copied if `copy=False`."""
    here(device)
    if copy:
        result = _from_data(Tensor, obj, dtype)
        result = result.detach() if result.requires_grad else result
    else:
        result = as_tensor(obj, dtype)
        if copy is False and isinstance(obj, Tensor) and result is not obj:
            raise ValueError("can't alias tensor with the requested dtype")
    if requires_grad:
        result.requires_grad_()
    return result


def from_numpy(ndarray: Any) -> Tensor:
    """A tensor on an array's memory: a change of one is seen in the other."""
    if not (hasattr(ndarray, "__array_interface__") and hasattr(ndarray, "strides")):
        raise TypeError(f"expected np.ndarray (got {type(ndarray).__name__})")
    return _from_data(Tensor, ndarray, None, False, True)


def from_dlpack(ext_tensor: Any) -> Tensor:
    """A tensor on the memory of any array that speaks DLPack."""
    return _from_data(Tensor, ext_tensor, None, False, True)


def frombuffer(
    buffer: Any, *, dtype: Any, count: int = -1, offset: int = 0, requires_grad: bool = False
) -> Tensor:
    """A one-dimensional tensor on the bytes of a buffer."""
    import numpy

    array = numpy.frombuffer(buffer, dtype=_dtype.of(dtype).name, count=count, offset=offset)
    return _finish(_from_data(Tensor, array, None, False, True), None, requires_grad)


def scalar_tensor(s: float, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A tensor without dimensions, of the default dtype."""
    kind = dtype if dtype is not None else _dtype.get_default_dtype()
    return _finish(_from_data(Tensor, s, kind), device, requires_grad)


def _filled(make: Any, word: str) -> Any:
    def creation(
        *size: Any,
        out: Tensor | None = None,
        dtype: Any = None,
        layout: Any = None,
        device: Any = None,
        pin_memory: bool = False,
        requires_grad: bool = False,
        names: Any = None,
        memory_format: Any = None,
        **named: Any,
    ) -> Tensor:
        if named:
            size = (named.pop("size"),)
            if named:
                raise TypeError(f"{word}() got an unexpected keyword argument '{next(iter(named))}'")
        elif not size:
            raise TypeError(f"{word}() received an invalid combination of arguments: write the size")
        result = make(Tensor, extents(size), dtype)
        if requires_grad or device is not None or out is not None:
            return _finish(result, device, requires_grad, out)
        return result

    creation.__name__ = creation.__qualname__ = word
    return creation


zeros = _filled(_wengert.zeros, "zeros")
zeros.__doc__ = """A tensor of zeros: `zeros(2, 3)` or `zeros((2, 3))`.

    >>> torch.zeros(2, 3)
    tensor([[0., 0., 0.],
            [0., 0., 0.]])
    """
ones = _filled(_wengert.ones, "ones")
ones.__doc__ = """A tensor of ones: `ones(2, 3)` or `ones((2, 3))`.

    >>> torch.ones(3, dtype="int64")
    tensor([1, 1, 1])
    """
empty = _filled(_wengert.empty, "empty")
empty.__doc__ = """A tensor with nothing in particular in it: `empty(2, 3)` or `empty((2, 3))`.

    >>> torch.empty(2, 3).shape
    torch.Size([2, 3])
    """


def full(
    size: Any,
    fill_value: Any,
    *,
    out: Tensor | None = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """A tensor with one value everywhere; the dtype is the value's.

    >>> torch.full((2,), 7)
    tensor([7, 7])
    """
    if isinstance(fill_value, Tensor):
        dtype = fill_value.dtype if dtype is None else dtype
        fill_value = fill_value.item()
    if dtype is None:
        dtype = _dtype.of(type(fill_value))
    return _finish(_wengert.full(Tensor, extents((size,)), fill_value, dtype), device, requires_grad, out)


def eye(
    n: int,
    m: int | None = None,
    *,
    out: Tensor | None = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Ones on the diagonal, zeros elsewhere: [n, m].

    >>> torch.eye(2)
    tensor([[1., 0.],
            [0., 1.]])
    """
    if n < 0 or (m is not None and m < 0):
        raise RuntimeError(f"n must be greater or equal to 0, got {n}")
    return _finish(_wengert.eye(Tensor, n, m, 0, dtype), device, requires_grad, out)


def _number(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def arange(
    start: Any = 0,
    end: Any = None,
    step: Any = 1,
    *,
    out: Tensor | None = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """The numbers from `start` up to but without `end`: `arange(5)`, `arange(1, 5)`, `arange(1, 2, 0.5)`.

    >>> torch.arange(1, 2.5, 0.5)
    tensor([1.0000, 1.5000, 2.0000])
    """
    if end is None:
        start, end = 0, start
    start, end, step = _number(start), _number(end), _number(step)
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if (end - start) * step < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
    if dtype is None and not (isinstance(start, int) and isinstance(end, int) and isinstance(step, int)):
        dtype = _dtype.get_default_dtype()
    return _finish(_wengert.arange(Tensor, start, end, step, dtype), device, requires_grad, out)


def range(
    start: Any = 0, end: Any = None, step: Any = 1, *, dtype: Any = None, requires_grad: bool = False
) -> Tensor:
    """The numbers from `start` up to and with `end`, as floats; `arange` is what others call a range."""
    if end is None:
        start, end = 0, start
    kind = _dtype.get_default_dtype() if dtype is None else dtype
    count = int((end - start) / step) + 1
    return _finish(_wengert.arange(Tensor, 0, count, 1, kind) * step + start, None, requires_grad)


def linspace(
    start: Any,
    end: Any,
    steps: int,
    *,
    out: Tensor | None = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """`steps` numbers at equal distances from `start` to `end`, both included: [steps].

    >>> torch.linspace(0, 1, 5)
    tensor([0.0000, 0.2500, 0.5000, 0.7500, 1.0000])
    """
    if steps < 0:
        raise RuntimeError("number of steps must be non-negative")
    kind = _dtype.get_default_dtype() if dtype is None else dtype
    result = _wengert.linspace(Tensor, _number(start), _number(end), steps, kind)
    return _finish(result, device, requires_grad, out)


def logspace(
    start: Any,
    end: Any,
    steps: int,
    base: float = 10.0,
    *,
    out: Tensor | None = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """`base` raised to `steps` exponents at equal distances from `start` to `end`: [steps].

    >>> torch.logspace(0, 2, 3)
    tensor([  1.,  10., 100.])
    """
    if steps < 0:
        raise RuntimeError("number of steps must be non-negative")
    exponents = _wengert.linspace(Tensor, _number(start), _number(end), steps, "float64")
    result = _wengert.cast(_wengert.pow(float(base), exponents), dtype or _dtype.get_default_dtype())
    return _finish(result, device, requires_grad, out)


def zeros_like(
    input: Tensor,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """Zeros of the shape and dtype of `input`."""
    return _finish(_wengert.zeros_like(input, dtype), device, requires_grad)


def ones_like(
    input: Tensor,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """Ones of the shape and dtype of `input`."""
    return _finish(_wengert.ones_like(input, dtype), device, requires_grad)


def empty_like(
    input: Tensor,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """Nothing in particular, of the shape and dtype of `input`."""
    return _finish(_wengert.empty_like(input, dtype), device, requires_grad)


def full_like(
    input: Tensor,
    fill_value: Any,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """One value everywhere, of the shape and dtype of `input`."""
    return _finish(_wengert.full_like(input, _number(fill_value), dtype), device, requires_grad)


def empty_strided(
    size: Any,
    stride: Any,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Nothing in particular, of a shape; the strides are the engine's own."""
    return empty(size, dtype=dtype, device=device, requires_grad=requires_grad)


def tril_indices(
    row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None, layout: Any = None
) -> Tensor:
    """The places of the lower triangle of a [row, col] matrix: [2, count], rows then columns.

    >>> torch.tril_indices(2, 2)
    tensor([[0, 1, 1],
            [0, 0, 1]])
    """
    mask = _wengert.tril(_wengert.ones(Tensor, (row, col), "int64"), offset)
    return _wengert.cast(_wengert.transpose(_wengert.argwhere(mask), 0, 1), dtype or "int64").contiguous()


def triu_indices(
    row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None, layout: Any = None
) -> Tensor:
    """The places of the upper triangle of a [row, col] matrix: [2, count], rows then columns."""
    mask = _wengert.triu(_wengert.ones(Tensor, (row, col), "int64"), offset)
    return _wengert.cast(_wengert.transpose(_wengert.argwhere(mask), 0, 1), dtype or "int64").contiguous()


def meshgrid(*tensors: Any, indexing: str | None = None) -> tuple[Tensor, ...]:
    """Coordinates of a grid from those of its sides: n tensors of shape [len(t1), …, len(tn)].

    >>> rows, columns = torch.meshgrid(torch.arange(2), torch.arange(3), indexing="ij")
    >>> columns
    tensor([[0, 1, 2],
            [0, 1, 2]])
    """
    sides: Sequence[Tensor] = (
        tensors[0] if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)) else tensors
    )
    if indexing is None:
        warnings.warn(
            "torch.meshgrid: in an upcoming release, it will be required to pass the indexing argument.",
            UserWarning,
            stacklevel=2,
        )
    elif indexing not in ("ij", "xy"):
        raise RuntimeError(f'torch.meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}')
    turned = indexing == "xy" and len(sides) > 1
    order = (sides[1], sides[0], *sides[2:]) if turned else sides
    shape = tuple(1 if s.ndim == 0 else s.shape[0] for s in order)
    grids = []
    for axis, side in enumerate(order):
        column = [1] * len(shape)
        column[axis] = shape[axis]
        grids.append(_wengert.broadcast_to(_wengert.reshape(side, tuple(column)), shape))
    if turned:
        grids = [grids[1], grids[0], *grids[2:]]
        grids = [_wengert.reshape(g, tuple(shape)) for g in grids]
    return tuple(grids)


def cartesian_prod(*tensors: Tensor) -> Tensor:
    """All combinations of one element of each tensor: [product of lengths, n]."""
    if len(tensors) == 1:
        return tensors[0]
    grids = meshgrid(*tensors, indexing="ij")
    return _wengert.stack([_wengert.reshape(g, (-1,)) for g in grids], 1)


@for_tensors
def combinations(input: Tensor, r: int = 2, with_replacement: bool = False) -> Tensor:
    """All choices of `r` elements of a one-dimensional tensor: [count, r]."""
    import itertools

    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    count = input.shape[0]
    chosen: Iterator[tuple[int, ...]] = choose(_count(count), r)
    places = list(chosen)
    if not places:
        return _wengert.reshape(input[:0], (0, r))
    return input[_from_data(Tensor, places, "int64")]


@for_tensors
def vander(x: Tensor, N: int | None = None, increasing: bool = False) -> Tensor:
    """The powers of each element, one row an element: [n, N]."""
    count = x.shape[0] if N is None else N
    powers = _wengert.arange(Tensor, 0, count, 1, "int64")
    rows = _wengert.pow(_wengert.expand_dims(x, 1), powers)
    return rows if increasing else _wengert.flip(rows, (1,))


def _window(weights: Sequence[float], count: int, periodic: bool, dtype: Any, requires_grad: bool) -> Tensor:
    if count < 0:
        raise RuntimeError(f"window_length must be non-negative, got {count}")
    kind = dtype or _dtype.get_default_dtype()
    if count <= 1:
        return _finish(_wengert.ones(Tensor, (count,), kind), None, requires_grad)
    turn = 2 * 3.141592653589793 / (count if periodic else count - 1)
    n = _wengert.arange(Tensor, 0, count, 1, "float64") * turn
    total = weights[0]
    for k, weight in enumerate(weights[1:], 1):
        total = total + weight * _wengert.cos(n * k)
    return _finish(_wengert.cast(total, kind), None, requires_grad)


def hann_window(
    window_length: int,
    periodic: bool = True,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """The Hann window: [window_length].

    >>> torch.hann_window(4)
    tensor([0.0000, 0.5000, 1.0000, 0.5000])
    """
    return _window((0.5, -0.5), window_length, periodic, dtype, requires_grad)


def hamming_window(
    window_length: int,
    periodic: bool = True,
    alpha: float = 0.54,
    beta: float = 0.46,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """The Hamming window: [window_length]."""
    return _window((alpha, -beta), window_length, periodic, dtype, requires_grad)


def blackman_window(
    window_length: int,
    periodic: bool = True,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """The Blackman window: [window_length]."""
    return _window((0.42, -0.5, 0.08), window_length, periodic, dtype, requires_grad)


def bartlett_window(
    window_length: int,
    periodic: bool = True,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """The triangular window: [window_length]."""
    kind = dtype or _dtype.get_default_dtype()
    if window_length <= 1:
        return _finish(_wengert.ones(Tensor, (window_length,), kind), None, requires_grad)
    span = window_length if periodic else window_length - 1
    n = _wengert.arange(Tensor, 0, window_length, 1, "float64")
    return _finish(_wengert.cast(1.0 - _wengert.abs(n * (2.0 / span) - 1.0), kind), None, requires_grad)


def is_tensor(obj: object) -> bool:
    """Whether `obj` is a tensor."""
    return isinstance(obj, Tensor)


def is_storage(obj: object) -> bool:
    """Whether `obj` is a storage: there are none here."""
    return False


class _TensorType(type):
    """The class of the typed tensor names: `isinstance(x, torch.LongTensor)` asks for the dtype."""

    kind: _dtype.dtype

    def __instancecheck__(cls, obj: object) -> bool:
        return isinstance(obj, Tensor) and obj.dtype is cls.kind

    def __call__(cls, *data: Any) -> Any:
        return legacy(data, cls.kind)

    def __repr__(cls) -> str:
        return f"<class 'torch.{cls.__name__}'>"


def legacy(data: tuple[Any, ...], kind: _dtype.dtype) -> Tensor:
    """What the old constructors do: a shape given as numbers is left empty, anything else is data."""
    if not data:
        return _wengert.empty(Tensor, (0,), kind)
    if isinstance(data[0], int) and not isinstance(data[0], bool):
        return _wengert.empty(Tensor, data, kind)
    if type(data[0]).__name__ == "Size":
        return _wengert.empty(Tensor, tuple(data[0]), kind)
    if isinstance(data[0], float):
        raise TypeError(f"new(): data must be a sequence (got {type(data[0]).__name__})")
    if isinstance(data[0], Tensor):
        if data[0].dtype is not kind:
            raise TypeError(f"expected {kind!r} (got {data[0].dtype!r})")
        return data[0].detach()
    return _from_data(Tensor, data[0], kind).detach()


def _typed(name: str, kind: _dtype.dtype) -> _TensorType:
    made = _TensorType(
        name, (), {"__doc__": f"Tensors of dtype {kind!r}.", "dtype": kind, "__module__": "torch"}
    )
    made.kind = kind
    return made


FloatTensor = _typed("FloatTensor", _dtype.float32)
DoubleTensor = _typed("DoubleTensor", _dtype.float64)
LongTensor = _typed("LongTensor", _dtype.int64)
IntTensor = _typed("IntTensor", _dtype.int32)
ByteTensor = _typed("ByteTensor", _dtype.uint8)
BoolTensor = _typed("BoolTensor", _dtype.bool_)

device = _device.device
