"""Element types as TensorFlow names and prints them."""

from __future__ import annotations

from typing import Any

import numpy as np


class DType:
    """The type of the elements of a tensor.

    >>> print(float32, [float32])
    <dtype: 'float32'> [tf.float32]
    >>> float32 == "float32", float64.is_floating
    (True, True)
    """

    __slots__ = ("name", "_numpy", "_code", "__weakref__")

    name: str

    def __init__(self, name: str, code: int) -> None:
        self.name = name
        self._numpy = np.dtype(name)
        self._code = code

    @property
    def as_numpy_dtype(self) -> type:
        """NumPy's class of such numbers."""
        return self._numpy.type

    @property
    def as_datatype_enum(self) -> int:
        """The number of the type."""
        return self._code

    @property
    def base_dtype(self) -> DType:
        """The type itself."""
        return self

    @property
    def real_dtype(self) -> DType:
        """The type of the real part: itself."""
        return self

    @property
    def is_floating(self) -> bool:
        """Whether it is float32 or float64."""
        return self._numpy.kind == "f"

    @property
    def is_integer(self) -> bool:
        """Whether it is an integer type."""
        return self._numpy.kind in "iu"

    @property
    def is_unsigned(self) -> bool:
        """Whether it has no negative numbers."""
        return self._numpy.kind == "u"

    @property
    def is_bool(self) -> bool:
        """Whether it is the type of truth values."""
        return self._numpy.kind == "b"

    @property
    def is_complex(self) -> bool:
        """Whether it is complex, which none is here."""
        return False

    @property
    def is_numeric(self) -> bool:
        """Whether it is a number, and not a truth value."""
        return self._numpy.kind in "iuf"

    @property
    def is_quantized(self) -> bool:
        """False."""
        return False

    @property
    def is_numpy_compatible(self) -> bool:
        """True."""
        return True

    @property
    def size(self) -> int:
        """Bytes of an element."""
        return self._numpy.itemsize

    @property
    def min(self) -> Any:
        """The smallest finite number of the type."""
        return self.limits[0]

    @property
    def max(self) -> Any:
        """The largest finite number of the type."""
        return self.limits[1]

    @property
    def limits(self) -> tuple[Any, Any]:
        """The smallest and the largest number of the type."""
        if self.is_floating:
            floats = np.finfo(self._numpy)
            return floats.min, floats.max
        if self.is_integer:
            integers = np.iinfo(self._numpy)
            return integers.min, integers.max
        if self.is_bool:
            return False, True
        raise TypeError(f"Cannot find minimum value of {self}.")

    def is_compatible_with(self, other: Any) -> bool:
        """Whether `other` names the same type."""
        return self is as_dtype(other)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        try:
            return self is as_dtype(other)
        except TypeError:
            return False

    def __ne__(self, other: object) -> bool:
        return not self.__eq__(other)

    def __hash__(self) -> int:
        return hash(self.name)

    def __int__(self) -> int:
        return self._code

    def __repr__(self) -> str:
        return f"tf.{self.name}"

    def __str__(self) -> str:
        return f"<dtype: {self.name!r}>"

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return as_dtype, (self.name,)


float32 = DType("float32", 1)
float64 = double = DType("float64", 2)
int32 = DType("int32", 3)
uint8 = DType("uint8", 4)
int64 = DType("int64", 9)
bool_ = DType("bool", 10)

DTYPES: dict[str, DType] = {t.name: t for t in (bool_, uint8, int32, int64, float32, float64)}
_OTHERS: dict[Any, DType] = {**DTYPES, "float": float32, "double": float64, float: float32, bool: bool_}


def as_dtype(type_value: Any) -> DType:
    """The DType that a name, a NumPy type or a Python class stands for.

    >>> as_dtype("float32"), as_dtype(float), as_dtype(np.int64)
    (tf.float32, tf.float32, tf.int64)
    """
    if isinstance(type_value, DType):
        return type_value
    if type_value is int:
        raise TypeError(f"Cannot convert the argument `type_value`: {type_value!r} to a TensorFlow DType.")
    found = None
    try:
        found = _OTHERS.get(type_value)
    except TypeError:
        pass
    if found is None:
        name = getattr(type_value, "name", None)
        if name is None or name not in DTYPES:
            try:
                name = np.dtype(type_value).name
            except TypeError:
                name = None
        found = DTYPES.get(name)  # type: ignore[arg-type]
    if found is None:
        raise TypeError(
            f"Cannot convert the argument `type_value`: {type_value!r} to a TensorFlow DType. "
            f"Provided are {', '.join(DTYPES)}."
        )
    return found
