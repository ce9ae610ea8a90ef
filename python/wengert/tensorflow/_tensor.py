"""`tf.Tensor`: what TensorFlow's eager tensors answer, beside the operators, which are the engine's."""

from __future__ import annotations

from typing import Any

import numpy as np

from wengert import _wengert as _n
from wengert.tensorflow._convert import Tensor, as_tensor, dims, fresh, made
from wengert.tensorflow._dtypes import as_dtype
from wengert.tensorflow._shape import TensorShape

_array = Tensor.__array__
_equal = Tensor.__eq__
_unequal = Tensor.__ne__
DEVICE = "/job:localhost/replica:0/task:0/device:CPU:0"


class Reference:
    """Stands for a tensor or variable as a key of dictionaries and a member of sets.

    >>> import wengert.tensorflow as tf
    >>> x = tf.constant(1.0)
    >>> x.ref() in {x.ref()}, x.ref().deref() is x
    (True, True)
    """

    __slots__ = ("_object",)

    def __init__(self, referenced: Any) -> None:
        self._object = referenced

    def deref(self) -> Any:
        """The tensor or variable itself."""
        return self._object

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reference) and self._object is other._object

    def __hash__(self) -> int:
        return id(self._object)

    def __repr__(self) -> str:
        return f"<Reference wrapping {self._object!r}>"


def _numpy(self: Any) -> Any:
    """The values as a NumPy array, or as a NumPy number if there is one element and no axis.

    >>> import wengert.tensorflow as tf
    >>> tf.constant([1.0, 2.0]).numpy()
    array([1., 2.], dtype=float32)
    """
    array = np.array(_array(self))
    return array[()] if array.ndim == 0 else array


def text(x: Any, is_repr: bool) -> str:
    """The numbers of a tensor, beginning on a line of their own if they take more than one."""
    array = np.asarray(_array(x))
    if array.ndim == 0:
        return str(array.item() if is_repr else array[()])
    words = repr(array) if is_repr else str(array)
    return "\n" + words if "\n" in words else words


def _repr(self: Any) -> str:
    return f"<tf.Tensor: shape={self.shape}, dtype={self.dtype.name}, numpy={text(self, True)}>"


def _str(self: Any) -> str:
    return f"tf.Tensor({text(self, False)}, shape={self.shape}, dtype={self.dtype.name})"


def _format(self: Any, spec: str) -> str:
    array = np.asarray(_array(self))
    return format(array.item() if array.ndim == 0 else array, spec)


def _get_shape(self: Any) -> TensorShape:
    """The shape."""
    return self.shape


def _set_shape(self: Any, shape: Any) -> None:
    """Checks that the tensor has a shape."""
    if not self.shape.is_compatible_with(shape):
        raise ValueError(
            f"Tensor's shape {self.shape} is not compatible with supplied shape {TensorShape(shape)}."
        )


def _ref(self: Any) -> Reference:
    """A key for dictionaries and sets, since tensors themselves cannot be hashed."""
    return Reference(self)


def _no_hash(self: Any) -> int:
    raise TypeError("Tensor is unhashable. Instead, use tensor.ref() as the key.")


def _no_assignment(self: Any, key: Any, value: Any) -> None:
    raise TypeError(
        "'EagerTensor' object does not support item assignment: use tf.tensor_scatter_nd_update, or a tf.Variable"
    )


def _same_device(self: Any) -> Any:
    """The tensor itself: there is one device."""
    return self


def _name(self: Any) -> str:
    raise AttributeError("Tensor.name is undefined when eager execution is enabled.")


def _eq(self: Any, other: Any) -> Any:
    if other is None:
        return False
    return _compared(_equal, self, other, False)


def _ne(self: Any, other: Any) -> Any:
    if other is None:
        return True
    return _compared(_unequal, self, other, True)


def _compared(native: Any, x: Any, y: Any, otherwise: bool) -> Any:
    """Shapes that do not go together are unequal, not an error."""
    read = getattr(y, "__wengert__", None)
    y = y if read is None else read()
    if isinstance(y, Tensor):
        a, b = tuple(x.shape), tuple(y.shape)
        if a != b and any(m != n and 1 not in (m, n) for m, n in zip(reversed(a), reversed(b))):
            return made(otherwise)
    return native(x, y)


def _len(self: Any) -> int:
    if self.ndim == 0:
        raise TypeError("Scalar tensor has no `len()`")
    return self.shape[0]


def _iter(self: Any) -> Any:
    if self.ndim == 0:
        raise TypeError("Cannot iterate over a scalar tensor.")
    return iter(_n.unbind(self, 0))


def _bool(self: Any) -> bool:
    array = np.asarray(_array(self))
    if array.size != 1:
        raise ValueError(
            "The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()"
        )
    return bool(array.reshape(())[()])


def _deepcopy(self: Any, memo: dict[int, Any]) -> Any:
    return fresh(self)


def _reduce(self: Any) -> Any:
    return made, (np.asarray(_array(self)),)


def _attach() -> None:
    attributes: dict[str, Any] = {
        "numpy": _numpy,
        "_numpy": _numpy,
        "__repr__": _repr,
        "__str__": _str,
        "__format__": _format,
        "get_shape": _get_shape,
        "set_shape": _set_shape,
        "ref": _ref,
        "experimental_ref": _ref,
        "__hash__": _no_hash,
        "__setitem__": _no_assignment,
        "cpu": _same_device,
        "gpu": _same_device,
        "name": property(_name, doc="Not there: eager tensors have no name."),
        "device": property(lambda self: DEVICE, doc="The one device there is."),
        "backing_device": property(lambda self: DEVICE, doc="The one device there is."),
        "__eq__": _eq,
        "__ne__": _ne,
        "__len__": _len,
        "__iter__": _iter,
        "__bool__": _bool,
        "__deepcopy__": _deepcopy,
        "__copy__": fresh,
        "__reduce__": _reduce,
        "__array_priority__": 100,
    }
    for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor"):
        attributes[f"__i{name}__"] = getattr(Tensor, f"__{name}__")
    for name, value in attributes.items():
        setattr(Tensor, name, value)


_attach()


def is_tensor(x: Any) -> bool:
    """Whether `x` is a tensor or a variable.

    >>> is_tensor(3.0)
    False
    """
    return isinstance(x, Tensor) or hasattr(x, "__wengert__")


def constant(value: Any, dtype: Any = None, shape: Any = None, name: str | None = "Const") -> Any:
    """A tensor of numbers, nested lists or an array. Python floats become float32, ints int32; arrays keep their dtype.

    With a shape, the elements are arranged in it; one element fills it.

    >>> constant([[1, 2], [3, 4]])
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[1, 2],
           [3, 4]], dtype=int32)>
    >>> constant(0.5, shape=(2,))
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.5, 0.5], dtype=float32)>
    """
    if isinstance(value, Tensor):
        if dtype is not None and value.dtype is not as_dtype(dtype):
            raise TypeError(
                f"Expected tensor {text(value, False)} with dtype {as_dtype(dtype)!r}, but got dtype {value.dtype!r}."
            )
        tensor = value
    else:
        tensor = as_tensor(value, dtype)
    if shape is None:
        return tensor
    wanted = dims(shape)
    count = int(np.prod(wanted))
    if tuple(tensor.shape) == wanted:
        return tensor
    if tensor.shape.num_elements() == count:
        return _n.reshape(tensor, wanted)
    if tensor.shape.num_elements() == 1:
        return _n.broadcast_to(_n.reshape(tensor, ()), wanted)
    raise TypeError(
        f"Eager execution of tf.constant with unsupported shape. Tensor {text(tensor, False)} (converted from {value}) "
        f"has {tensor.shape.num_elements()} elements, but got `shape` {wanted} with {count} elements)."
    )


def convert_to_tensor(
    value: Any,
    dtype: Any = None,
    dtype_hint: Any = None,
    name: str | None = None,
    preferred_dtype: Any = None,
) -> Any:
    """`value` as a tensor: itself if it is one, the value of a variable, or a new tensor as `tf.constant` makes it.

    >>> convert_to_tensor([1.0, 2.0]).dtype
    tf.float32
    """
    hint = dtype_hint or preferred_dtype
    if dtype is None and hint is not None and not is_tensor(value):
        try:
            return as_tensor(value, hint)
        except (TypeError, ValueError):
            return as_tensor(value)
    tensor = as_tensor(value, dtype)
    return tensor if tensor is value or not is_tensor(value) else fresh(tensor)
