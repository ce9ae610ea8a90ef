"""The six element types, under the names and the printing of PyTorch."""

from __future__ import annotations

from wengert import _wengert
from wengert.torch._size import Size

_CODES = {"bool": "?", "uint8": "B", "int32": "i", "int64": "q", "float32": "f", "float64": "d"}
_SIZES = {"bool": 1, "uint8": 1, "int32": 4, "int64": 8, "float32": 4, "float64": 8}
_ORDER = tuple(_SIZES)
_SPOKEN = {
    "bool": "Bool",
    "uint8": "Byte",
    "int32": "Int",
    "int64": "Long",
    "float32": "Float",
    "float64": "Double",
}


class dtype:
    """The type of a tensor's elements, such as `torch.float32`.

    >>> float32.itemsize, float32.is_floating_point
    (4, True)
    """

    __slots__ = ("name", "itemsize", "is_floating_point", "is_signed")
    is_complex = False

    name: str
    itemsize: int
    is_floating_point: bool  # type: ignore[valid-type]
    is_signed: bool  # type: ignore[valid-type]

    def __init__(self, name: str) -> None:
        self.name = name
        self.itemsize = _SIZES[name]
        self.is_floating_point = name.startswith("float")
        self.is_signed = name not in ("bool", "uint8")

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> str:
        return _GLOBAL[self.name]

    def to_complex(self) -> dtype:
        """Complex numbers are not provided."""
        raise TypeError("complex numbers are not provided")

    def to_real(self) -> dtype:
        """The dtype of the real part: itself."""
        return self

    def __copy__(self) -> dtype:
        return self

    def __deepcopy__(self, memo: object) -> dtype:
        return self


_GLOBAL = {name: name if name != "bool" else "bool_" for name in _ORDER}

bool_ = dtype("bool")
uint8 = dtype("uint8")
int32 = int_ = dtype("int32")
int64 = long = dtype("int64")
float32 = float_ = dtype("float32")
float64 = double = dtype("float64")

DTYPES: dict[str, dtype] = {d.name: d for d in (bool_, uint8, int32, int64, float32, float64)}

_wengert.register("torch", dtypes=DTYPES, shape=Size)

_default = float32


def get_default_dtype() -> dtype:
    """The dtype of tensors made from Python floats."""
    return _default


def set_default_dtype(d: dtype) -> None:
    """Set the dtype of tensors made from Python floats: `torch.float32` or `torch.float64`."""
    global _default
    if not isinstance(d, dtype):
        raise TypeError("invalid dtype object")
    if not d.is_floating_point:
        raise TypeError("only floating-point types are supported as the default type")
    _wengert.set_default_dtype(d.name)
    _default = d


def set_default_tensor_type(t: type | str) -> None:
    """Set the default dtype by the name of a tensor type: `'torch.FloatTensor'` or `'torch.DoubleTensor'`."""
    name = t if isinstance(t, str) else t.__name__
    set_default_dtype(float64 if name.endswith("DoubleTensor") else float32)


def of(kind: object) -> dtype:
    """The dtype that something taken for one stands for: itself, a NumPy dtype, a name, or a Python type.

    >>> of("float64"), of(int)
    (torch.float64, torch.int64)
    """
    if isinstance(kind, dtype):
        return kind
    if kind is float:
        return _default
    if kind is int:
        return int64
    if kind is bool:
        return bool_
    name = kind if isinstance(kind, str) else getattr(kind, "name", getattr(kind, "__name__", None))
    try:
        return DTYPES[str(name).removeprefix("torch.").removesuffix("_")]
    except KeyError:
        raise TypeError(
            f"{kind!r} is not a dtype: there are {', '.join(map(repr, DTYPES.values()))}"
        ) from None


def spoken(d: dtype) -> str:
    """The word messages use for a dtype: Float, Long, …"""
    return _SPOKEN[d.name]


def promote_types(type1: dtype, type2: dtype) -> dtype:
    """The smallest dtype that holds the values of both.

    >>> promote_types(int64, float32)
    torch.float32
    """
    return type1 if _ORDER.index(type1.name) >= _ORDER.index(type2.name) else type2


def _rank(d: dtype) -> int:
    return 0 if d is bool_ else 2 if d.is_floating_point else 1


def _standing(value: object) -> tuple[int, dtype]:
    """How firmly a value's dtype holds in arithmetic: 2 for tensors with dimensions, 1 for those without, 0 for numbers."""
    if isinstance(value, _wengert.Tensor):
        return (2 if value.ndim else 1), value.dtype
    if isinstance(value, bool):
        return 0, bool_
    if isinstance(value, int):
        return 0, int64
    if isinstance(value, float):
        return 0, _default
    raise TypeError(f"result_type(): arguments must be tensors or numbers, not {type(value).__name__}")


def result_type(tensor1: object, tensor2: object) -> dtype:
    """The dtype of the result of arithmetic between two tensors or numbers."""
    (first, a), (second, b) = sorted((_standing(tensor1), _standing(tensor2)), key=lambda s: -s[0])
    return promote_types(a, b) if first == second or _rank(b) > _rank(a) else a


def can_cast(from_: dtype, to: dtype) -> bool:
    """Whether arithmetic may put values of the first dtype where the second is kept: not floats among integers."""
    return _rank(from_) <= _rank(to)


class finfo:
    """The limits of a floating-point dtype.

    >>> finfo(float32).eps
    1.1920928955078125e-07
    """

    def __init__(self, type: dtype | None = None) -> None:
        d = _default if type is None else of(type)
        if not d.is_floating_point:
            raise TypeError(
                f"torch.finfo() requires a floating point input type. Use torch.iinfo to handle '{d}'"
            )
        mantissa, exponent = (23, 127) if d.itemsize == 4 else (52, 1023)
        self.dtype = d.name
        self.bits = 8 * d.itemsize
        self.eps = 2.0**-mantissa
        self.max = (2.0 - self.eps) * 2.0**exponent
        self.min = -self.max
        self.tiny = self.smallest_normal = 2.0 ** (1 - exponent)
        self.resolution = 1e-06 if d.itemsize == 4 else 1e-15

    def __repr__(self) -> str:
        return (
            f"finfo(resolution={self.resolution:g}, min={self.min:g}, max={self.max:g}, eps={self.eps:g}, "
            f"smallest_normal={self.tiny:g}, tiny={self.tiny:g}, dtype={self.dtype})"
        )


class iinfo:
    """The limits of an integer dtype.

    >>> iinfo(int32).max
    2147483647
    """

    def __init__(self, type: dtype) -> None:
        d = of(type)
        if d.is_floating_point or d is bool_:
            raise TypeError(f"torch.iinfo() requires an integer input type, not '{d}'")
        self.dtype = d.name
        self.bits = 8 * d.itemsize
        self.min = -(2 ** (self.bits - 1)) if d.is_signed else 0
        self.max = 2 ** (self.bits - d.is_signed) - 1

    def __repr__(self) -> str:
        return f"iinfo(min={self.min}, max={self.max}, dtype={self.dtype})"
