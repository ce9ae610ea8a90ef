"""The methods and attributes of ndarray, given to `Array`."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from .. import _wengert
from .._wengert import Array
from . import _convert, _elementwise, _products, _reductions, _selection, _shape


def _lengths(args: tuple[Any, ...]) -> Any:
    return args[0] if len(args) == 1 and not isinstance(args[0], int) else args


def reshape(self: Any, *shape: Any, order: str = "C", copy: builtins.bool | None = None) -> Array:
    """The same elements in another shape: ``x.reshape(2, 3)`` or ``x.reshape((2, 3), order="F")``."""
    return _shape.reshape(self, _lengths(shape), order, copy=copy)


def transpose(self: Any, *axes: Any) -> Array:
    """The axes in another order; without arguments, the other way round."""
    return _shape.transpose(self, None if not axes or axes == (None,) else _lengths(axes))


def flatten(self: Any, order: str = "C") -> Array:
    """A copy of all elements in one row."""
    return _wengert.clone(_shape.ravel(self, order))


def astype(
    self: Any,
    dtype: Any,
    order: str = "K",
    casting: str = "unsafe",
    subok: builtins.bool = True,
    copy: builtins.bool = True,
) -> Array:
    """The array in another dtype; floating to floating differentiates."""
    result = _convert.cast_to(self, dtype)
    return _wengert.clone(result) if copy and result is self else result


def copy(self: Any, order: str = "C") -> Array:
    """A copy, through which derivatives pass."""
    return _wengert.clone(self)


def fill(self: Any, value: Any) -> None:
    """Set all elements to one value, which may be one that is being differentiated."""
    _wengert.assign(self, _convert.cell(value))


def sort(
    self: Any, axis: int = -1, kind: Any = None, order: Any = None, *, stable: builtins.bool | None = None
) -> None:
    """Put the elements along an axis in order, in place."""
    _wengert.assign(self, _selection.sort(self, axis))


def partition(self: Any, kth: Any, axis: int = -1, kind: str = "introselect", order: Any = None) -> None:
    """Put the elements along an axis in order, in place."""
    _wengert.assign(self, _selection.sort(self, axis))


def resize(self: Any, *new_shape: Any, refcheck: builtins.bool = True) -> None:
    """Not provided in place: TypeError that says what to write."""
    raise TypeError("an array's shape cannot be changed in place: write x = np.resize(x, new_shape)")


def clip(self: Any, min: Any = None, max: Any = None, out: Any = None, **kwargs: Any) -> Array:
    """Each element, or the bound that it is beyond."""
    return _elementwise.clip(self, min, max, out)


def squeeze(self: Any, axis: Any = None) -> Array:
    """Without the axes of length 1."""
    return _shape.squeeze(self, axis)


def take(self: Any, indices: Any, axis: int | None = None, out: Any = None, mode: str = "raise") -> Array:
    """The elements at some places of an axis, or of all elements in a row."""
    return _selection.take(self, indices, axis, out, mode)


def compress(self: Any, condition: Any, axis: int | None = None, out: Any = None) -> Array:
    """The parts along an axis for which the condition holds."""
    return _selection.compress(condition, self, axis, out)


def choose(self: Any, choices: Any, out: Any = None, mode: str = "raise") -> Array:
    """For each element the number of the array to take it from."""
    return _selection.choose(self, choices, out, mode)


def searchsorted(self: Any, v: Any, side: str = "left", sorter: Any = None) -> Array:
    """Where the values belong among these sorted elements."""
    return _selection.searchsorted(self, v, side, sorter)


def item(self: Any, *args: Any) -> Any:
    """The only element as a Python number, or the element at an index (one number counts all elements in a
    row)."""
    if not args:
        return _item(self)
    if len(args) == 1 and not isinstance(args[0], tuple):
        return _item(_wengert.reshape(self, (-1,))[args[0]])
    return _item(self[args[0] if len(args) == 1 else args])


_item = Array.item


def tobytes(self: Any, order: str = "C") -> bytes:
    """The memory of the elements."""
    return np.asarray(self).tobytes(order)  # type: ignore[arg-type]


def view(self: Any, dtype: Any = None, type: Any = None) -> Array:
    """Another array of the same memory; only with the same dtype."""
    if dtype is None or isinstance(dtype, builtins.type) and issubclass(dtype, (np.ndarray, _wengert.Cell)):
        return _wengert.reshape(self, tuple(self.shape))
    if np.dtype(dtype) == np.dtype(_convert.dtype_name(self.dtype)):
        return _wengert.reshape(self, tuple(self.shape))
    raise TypeError(
        "memory cannot be seen as another dtype: write x.astype(dtype) for the values, or "
        "x.numpy().view(dtype)"
    )


def array_repr(self: Any) -> str:
    """``array([1., 2.])``, as NumPy writes it."""
    values = _shown(self)
    return (
        f"array(<{tuple(self.shape)}, {_convert.dtype_name(self.dtype)}, batched>)"
        if values is None
        else repr(values)
    )


def array_str(self: Any) -> str:
    """``[1. 2.]``, as NumPy writes it."""
    values = _shown(self)
    return array_repr(self) if values is None else str(values)


def _shown(x: Any) -> Any:
    try:
        return _convert.value_of(x)
    except (TypeError, RuntimeError):
        return None


def _rebuilt(cls: Any, values: Any, requires_grad: builtins.bool) -> Array:
    made = _wengert.from_data(cls, values)
    return made.requires_grad_() if requires_grad else made


def reduce(self: Any) -> Any:
    """How pickle and copy take an array apart: its values, and whether it requires a gradient."""
    if _wengert.is_wrapped(self):
        raise TypeError(
            "a value inside a running transform cannot be pickled or copied apart: use np.copy(x)"
        )
    return _rebuilt, (type(self), self.detach().numpy(), self.requires_grad and self.is_leaf)


def deepcopy(self: Any, memo: Any) -> Array:
    """A copy that shares nothing; inside a transform, one through which derivatives pass."""
    if _wengert.is_wrapped(self) or _wengert.is_tracked(self) and not self.is_leaf:
        return _wengert.clone(self)
    function, arguments = reduce(self)
    return function(*arguments)


def _flat(self: Any) -> Any:
    return iter(_wengert.reshape(self, (-1,)))


class Flags:
    """What NumPy calls the flags of an array."""

    c_contiguous = contiguous = owndata = writeable = aligned = True
    f_contiguous = False

    def __getitem__(self, name: str) -> builtins.bool:
        return builtins.bool(getattr(self, name.lower()))


def _size(self: Any) -> int:
    return int(np.prod(tuple(self.shape), dtype=np.int64))


def _itemsize(self: Any) -> int:
    return np.dtype(_convert.dtype_name(self.dtype)).itemsize


def _strides(self: Any) -> tuple[int, ...]:
    lengths, step, strides = tuple(self.shape), _itemsize(self), []
    for n in reversed(lengths):
        strides.append(step)
        step *= builtins.max(n, 1)
    return tuple(reversed(strides))


_FROM = {
    _elementwise: ("conj", "conjugate", "round"),
    _reductions: (
        "all",
        "any",
        "argmax",
        "argmin",
        "cumprod",
        "cumsum",
        "max",
        "mean",
        "min",
        "prod",
        "ptp",
        "std",
        "sum",
        "var",
    ),
    _selection: ("argpartition", "argsort", "diagonal", "nonzero", "put"),
    _shape: ("ravel", "repeat", "swapaxes"),
    _products: ("dot", "trace"),
}
_HERE = (
    reshape,
    transpose,
    flatten,
    astype,
    copy,
    fill,
    sort,
    partition,
    resize,
    clip,
    squeeze,
    take,
    compress,
    choose,
    searchsorted,
    item,
    tobytes,
    view,
)


def attach() -> None:
    """Give `Array` what an ndarray has."""
    for module, names in _FROM.items():
        for name in names:
            setattr(Array, name, _method(getattr(module, name)))
    for method in _HERE:
        setattr(Array, method.__name__, method)
    values: dict[str, Any] = {
        "size": property(_size),
        "itemsize": property(_itemsize),
        "strides": property(_strides),
        "nbytes": property(lambda self: _size(self) * _itemsize(self)),
        "real": property(_elementwise.real),
        "imag": property(_elementwise.imag),
        "flat": property(_flat),
        "flags": property(lambda self: Flags()),
        "mT": property(_shape.matrix_transpose),
        "base": property(lambda self: _wengert.base(self)),
        "device": property(lambda self: "cpu"),
        "to_device": lambda self, device, /, *, stream=None: self,
        "__repr__": array_repr,
        "__str__": array_str,
        "__divmod__": _elementwise.divmod,
        "__rdivmod__": lambda self, other: _elementwise.divmod(other, self),
        "__round__": lambda self, ndigits=0: _elementwise.round(self, ndigits),
        "__copy__": copy,
        "__deepcopy__": deepcopy,
        "__reduce__": reduce,
        "__reversed__": lambda self: (self[i] for i in range(len(self) - 1, -1, -1)),
        "_value": property(_convert.value_of),
    }
    for name, value in values.items():
        if name in ("__divmod__", "__rdivmod__", "__copy__") and name in vars(Array):
            continue
        setattr(Array, name, value)


def _method(function: Any) -> Any:
    """A function as a method: some are made by factories whose first parameter has no name."""

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return function(self, *args, **kwargs)

    method.__name__ = method.__qualname__ = function.__name__
    method.__doc__ = function.__doc__
    method.__wrapped__ = function  # type: ignore[attr-defined]
    return method
