"""Arguments as TensorFlow takes them: what becomes a tensor, of which dtype; axes, shapes and dtypes in all their forms."""

from __future__ import annotations

from typing import Any

import numpy as np

from wengert import _wengert as _n
from wengert.tensorflow._dtypes import DTYPES, DType, as_dtype, bool_, float32, float64, int32, int64, uint8
from wengert.tensorflow._shape import TensorShape
from wengert.tensorflow.errors import InvalidArgumentError

Tensor = _n.EagerTensor
TensorLike = Any
"""A tensor, a variable, a number, an array, or nested lists of these."""

_n.register("tf", shape=TensorShape, dtypes=DTYPES)
_n.register(
    "tf",
    errors={
        "shape": InvalidArgumentError,
        "dtype": InvalidArgumentError,
        "index": InvalidArgumentError,
        "argument": InvalidArgumentError,
        "autograd": RuntimeError,
    },
)

_KINDS = {float32: "float", float64: "double", int32: "int32", int64: "int64", uint8: "uint8", bool_: "bool"}


def kind(dtype: DType) -> str:
    """What TensorFlow's messages call a dtype."""
    return _KINDS[dtype]


def as_tensor(value: TensorLike, dtype: Any = None) -> Any:
    """`value` as a tensor: itself where it is one, a variable's value, numbers as float32, int32 or bool,
    arrays in their own dtype. With a dtype, numbers and arrays take it; a tensor must have it already."""
    if type(value) is Tensor or isinstance(value, Tensor):
        if dtype is not None and value.dtype is not as_dtype(dtype):
            raise ValueError(
                f"Tensor conversion requested dtype {as_dtype(dtype).name} for Tensor with dtype "
                f"{value.dtype.name}: {value!r}"
            )
        return value
    read = getattr(value, "__wengert__", None)
    if read is not None:
        return as_tensor(read(), dtype)
    return made(value, None if dtype is None else as_dtype(dtype))


def made(value: Any, dtype: DType | None = None) -> Any:
    """A new tensor of numbers, arrays or nested lists."""
    if isinstance(value, float):
        if dtype is not None and not dtype.is_floating:
            raise TypeError(f"Cannot convert {value!r} to EagerTensor of dtype {kind(dtype)}")
        return _n.from_data(Tensor, value, dtype or (float64 if isinstance(value, np.float64) else float32))
    if value is None:
        raise ValueError(
            f"Attempt to convert a value ({value}) with an unsupported type ({type(value)}) to a Tensor."
        )
    if isinstance(value, (str, bytes)):
        if dtype is not None:
            raise TypeError(f"Cannot convert {value!r} to EagerTensor of dtype {kind(dtype)}")
        raise TypeError(f"tensors of strings are not provided: {value!r}")
    if type(value) is bool and dtype is not None and dtype.is_floating:
        raise TypeError(f"Cannot convert {value!r} to EagerTensor of dtype {kind(dtype)}")
    if type(value) is int:
        if dtype is bool_:
            raise TypeError(f"Cannot convert {value!r} to EagerTensor of dtype bool")
        if dtype is None:
            dtype = int32 if -(2**31) <= value < 2**31 else int64
    if isinstance(value, (list, tuple, range)) and not isinstance(value, TensorShape):
        return _listed(value, dtype)
    if isinstance(value, TensorShape):
        return _n.from_data(Tensor, [int(d) for d in value], dtype or int32)
    if isinstance(value, DType):
        raise TypeError(f"cannot make a tensor of the dtype {value!r}")
    if isinstance(value, np.ndarray) and value.dtype.kind not in "biuf":
        raise ValueError(
            f"Failed to convert a NumPy array to a Tensor (Unsupported object type {value.dtype})."
        )
    if isinstance(value, (dict, set)) or callable(value):
        raise ValueError(
            f"Attempt to convert a value ({value}) with an unsupported type ({type(value)}) to a Tensor."
        )
    return _n.from_data(Tensor, value, dtype)


def _leaves(values: Any, found: list[Any]) -> None:
    for value in values:
        if isinstance(value, (list, tuple, range)) and not isinstance(value, TensorShape):
            _leaves(value, found)
        else:
            found.append(value)


def _listed(values: Any, dtype: DType | None) -> Any:
    """A tensor of nested lists. Lists that contain tensors or variables are stacked, and differentiate."""
    found: list[Any] = []
    _leaves(values, found)
    kinds = {type(value) for value in found}
    if type(None) in kinds:
        raise ValueError(
            f"Attempt to convert a value (None) with an unsupported type ({type(None)}) to a Tensor."
        )
    if str in kinds or bytes in kinds:
        raise ValueError(
            "Can't convert Python sequence with mixed types to Tensor: tensors of strings are not provided."
        )
    plain = kinds <= {int, float, bool}
    if not plain and any(isinstance(v, Tensor) or hasattr(v, "__wengert__") for v in found):
        return _stacked(values, dtype or _common(found))
    if plain and dtype is None:
        first = type(found[0]) if found else float
        if first is bool and len(kinds) > 1:
            raise ValueError("Can't convert Python sequence with mixed types to Tensor.")
        if float in kinds:
            dtype = float32
        elif int in kinds:
            dtype = int32 if all(-(2**31) <= v < 2**31 for v in found) else int64
        else:
            dtype = bool_ if kinds else float32
    elif plain and dtype is not None and dtype.is_integer and float in kinds:
        odd = next(v for v in found if type(v) is float)
        raise TypeError(f"Cannot convert {odd!r} to EagerTensor of dtype {kind(dtype)}")
    elif dtype is None:
        arrays = [v for v in found if isinstance(v, (np.ndarray, np.generic))]
        if arrays:
            dtype = as_dtype(np.result_type(*arrays))
    return _rectangular(values, dtype)


def _rectangular(values: Any, dtype: DType | None) -> Any:
    try:
        array = np.array(values, dtype=None if dtype is None else dtype._numpy)
    except ValueError:
        raise ValueError("Can't convert non-rectangular Python sequence to Tensor.") from None
    except TypeError:
        raise ValueError(
            f"Attempt to convert a value ({values!r}) with an unsupported type to a Tensor."
        ) from None
    if array.dtype.kind not in "biuf":
        raise ValueError(
            f"Failed to convert a NumPy array to a Tensor (Unsupported object type {array.dtype})."
        )
    return _n.from_data(Tensor, array, dtype, share=True)


def _common(found: list[Any]) -> DType | None:
    for value in found:
        if isinstance(value, Tensor) or hasattr(value, "__wengert__"):
            return value.dtype
    return None


def _stacked(values: Any, dtype: DType | None) -> Any:
    parts = []
    for value in values:
        if isinstance(value, (list, tuple)) and not isinstance(value, TensorShape):
            parts.append(_stacked(value, dtype))
        elif isinstance(value, Tensor) or hasattr(value, "__wengert__"):
            parts.append(as_tensor(value))
        else:
            parts.append(made(value, dtype))
    shapes = {tuple(part.shape) for part in parts}
    if len(shapes) > 1:
        listed = ", ".join(str(part.shape) for part in parts)
        raise InvalidArgumentError(f"Shapes of all inputs must match: {listed} [Op:Pack] name: packed")
    return _n.stack(parts, 0)


def like(value: TensorLike, dtype: DType) -> Any:
    """`value` as an operand beside a tensor of this dtype: numbers and arrays take it, tensors keep theirs."""
    if isinstance(value, Tensor):
        return value
    read = getattr(value, "__wengert__", None)
    if read is not None:
        return read()
    if isinstance(value, np.ndarray) and value.dtype != dtype._numpy:
        return _n.from_data(Tensor, value, dtype)
    return made(value, dtype)


def pair(x: TensorLike, y: TensorLike) -> tuple[Any, Any]:
    """Two operands: whichever is not a tensor takes the dtype of the one that is."""
    if not isinstance(x, Tensor):
        read = getattr(x, "__wengert__", None)
        if read is not None:
            x = read()
        elif isinstance(y, Tensor):
            return like(x, y.dtype), y
        elif hasattr(y, "__wengert__"):
            y = y.__wengert__()
            return like(x, y.dtype), y
        else:
            x = made(x)
    if not isinstance(y, Tensor):
        y = like(y, x.dtype)
    return x, y


def floating(x: TensorLike, op: str) -> Any:
    """`x` as a tensor of floating numbers, or TensorFlow's complaint."""
    if type(x) is not Tensor:
        x = as_tensor(x)
    if not x.dtype.is_floating:
        not_allowed(x.dtype, op)
    return x


def numeric(x: TensorLike, op: str) -> Any:
    """`x` as a tensor of numbers, or TensorFlow's complaint about truth values."""
    x = as_tensor(x)
    if x.dtype is bool_:
        not_allowed(x.dtype, op)
    return x


def logical(x: TensorLike, op: str) -> Any:
    """`x` as a tensor of truth values, or TensorFlow's complaint."""
    x = as_tensor(x)
    if x.dtype is not bool_:
        raise InvalidArgumentError(
            f"cannot compute {op} as input #0(zero-based) was expected to be a bool tensor "
            f"but is a {kind(x.dtype)} tensor [Op:{op}] name: "
        )
    return x


def not_allowed(dtype: DType, op: str) -> None:
    """Raises what TensorFlow raises where an operation does not take a dtype."""
    raise InvalidArgumentError(
        f"Value for attr 'T' of {kind(dtype)} is not in the list of allowed values of {op}: cast the tensor first, "
        f"for example with tf.cast(x, tf.float32) [Op:{op}] name: "
    )


def number(value: Any) -> Any:
    """A Python number from a number or a scalar tensor."""
    if isinstance(value, (int, float)):
        return value
    value = as_tensor(value)
    return value.numpy().item()


def integer(value: Any) -> int:
    """A Python integer from an integer, a scalar tensor or anything with `__index__`."""
    return value if type(value) is int else int(value)


def axes(axis: Any) -> int | tuple[int, ...] | None:
    """Axes from None, an integer, a list, an array or a tensor."""
    if axis is None or type(axis) is int:
        return axis
    if isinstance(axis, (list, tuple)):
        return tuple(int(a) for a in axis)
    array = np.asarray(axis)
    return int(array) if array.ndim == 0 else tuple(int(a) for a in array)


def dims(shape: Any) -> tuple[int, ...]:
    """A shape from a list of numbers or scalar tensors, a TensorShape, an array, a tensor or one number."""
    if isinstance(shape, (list, tuple)):
        return tuple([d if type(d) is int else int(d) for d in shape])
    array = np.asarray(shape)
    return (int(array),) if array.ndim == 0 else tuple(int(d) for d in array.reshape(-1))


def fresh(x: Any) -> Any:
    """A new cell with the same value and history, so that watching it leaves `x` alone."""
    return _n.wrap(Tensor, x)


def plain(x: Any) -> Any:
    """The value alone, free of every tape."""
    return _n.stop_gradient(x)


def dtype_name(dtype: Any) -> str | None:
    """The engine's name of a dtype."""
    return None if dtype is None else as_dtype(dtype).name


__all__ = [
    "Tensor",
    "TensorLike",
    "as_tensor",
    "made",
    "like",
    "pair",
    "floating",
    "numeric",
    "logical",
    "number",
    "integer",
    "axes",
    "dims",
    "fresh",
    "plain",
    "dtype_name",
    "kind",
    "not_allowed",
]
