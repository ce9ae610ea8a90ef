"""Functions of pairs of elements."""

from __future__ import annotations

from typing import Any

from wengert import _wengert as _n
from wengert.tensorflow._convert import (
    as_tensor,
    floating,
    kind,
    like,
    logical,
    not_allowed,
    number,
    numeric,
    pair,
)
from wengert.tensorflow._dtypes import bool_, float32, float64, uint8
from wengert.tensorflow.errors import InvalidArgumentError


def _binary(x: Any, y: Any, op: str) -> tuple[Any, Any]:
    a, b = pair(x, y)
    if a.dtype is not b.dtype:
        raise InvalidArgumentError(
            f"cannot compute {op} as input #1(zero-based) was expected to be a {kind(a.dtype)} tensor but is a "
            f"{kind(b.dtype)} tensor [Op:{op}] name: "
        )
    if a.dtype is bool_ and op not in ("Equal", "NotEqual"):
        not_allowed(a.dtype, op)
    if a.dtype.is_integer and op in _DIVIDE and not bool(_n.all(_n.ne(b, 0))):
        raise InvalidArgumentError(f"Integer division by zero [Op:{op}] name: ")
    return a, b


_DIVIDE = ("FloorDiv", "FloorMod", "TruncateMod", "TruncateDiv")


def add(x: Any, y: Any, name: str | None = None) -> Any:
    """The sum.

    >>> add([1, 2], 3).numpy()
    array([4, 5], dtype=int32)
    """
    a, b = _binary(x, y, "AddV2")
    return _n.add(a, b)


def subtract(x: Any, y: Any, name: str | None = None) -> Any:
    """The difference."""
    a, b = _binary(x, y, "Sub")
    return _n.sub(a, b)


def multiply(x: Any, y: Any, name: str | None = None) -> Any:
    """The product.

    >>> multiply([1.0, 2.0], 3).numpy()
    array([3., 6.], dtype=float32)
    """
    a, b = _binary(x, y, "Mul")
    return _n.mul(a, b)


def floordiv(x: Any, y: Any, name: str | None = None) -> Any:
    """The quotient, rounded down."""
    a, b = _binary(x, y, "FloorDiv")
    return _n.floor_divide(a, b)


def floormod(x: Any, y: Any, name: str | None = None) -> Any:
    """The remainder of the division that rounds down: it has the sign of `y`."""
    a, b = _binary(x, y, "FloorMod")
    return _n.remainder(a, b)


def pow(x: Any, y: Any, name: str | None = None) -> Any:
    """`x` to the power of `y`.

    >>> pow([1, 2, 3], 2).numpy()
    array([1, 4, 9], dtype=int32)
    """
    a, b = _binary(x, y, "Pow")
    return _n.pow(a, b)


def maximum(x: Any, y: Any, name: str | None = None) -> Any:
    """The larger one."""
    a, b = _binary(x, y, "Maximum")
    return _n.maximum(a, b)


def minimum(x: Any, y: Any, name: str | None = None) -> Any:
    """The smaller one."""
    a, b = _binary(x, y, "Minimum")
    return _n.minimum(a, b)


def equal(x: Any, y: Any, name: str | None = None) -> Any:
    """Whether `x == y`."""
    a, b = _binary(x, y, "Equal")
    return _n.eq(a, b)


def not_equal(x: Any, y: Any, name: str | None = None) -> Any:
    """Whether `x != y`."""
    a, b = _binary(x, y, "NotEqual")
    return _n.ne(a, b)


def less(x: Any, y: Any, name: str | None = None) -> Any:
    """Whether `x < y`."""
    a, b = _binary(x, y, "Less")
    return _n.lt(a, b)


def less_equal(x: Any, y: Any, name: str | None = None) -> Any:
    """Whether `x <= y`."""
    a, b = _binary(x, y, "LessEqual")
    return _n.le(a, b)


def greater(x: Any, y: Any, name: str | None = None) -> Any:
    """Whether `x > y`."""
    a, b = _binary(x, y, "Greater")
    return _n.gt(a, b)


def greater_equal(x: Any, y: Any, name: str | None = None) -> Any:
    """Whether `x >= y`."""
    a, b = _binary(x, y, "GreaterEqual")
    return _n.ge(a, b)


def logical_and(x: Any, y: Any, name: str | None = None) -> Any:
    """Both, of truth values."""
    return _n.logical_and(logical(x, "LogicalAnd"), logical(y, "LogicalAnd"))


def logical_or(x: Any, y: Any, name: str | None = None) -> Any:
    """At least one, of truth values."""
    return _n.logical_or(logical(x, "LogicalOr"), logical(y, "LogicalOr"))


def logical_xor(x: Any, y: Any, name: str | None = None) -> Any:
    """Exactly one, of truth values."""
    return _n.logical_xor(logical(x, "LogicalXor"), logical(y, "LogicalXor"))


def truncatemod(x: Any, y: Any, name: str | None = None) -> Any:
    """The remainder of the division that cuts off: it has the sign of `x`."""
    a, b = _binary(x, y, "TruncateMod")
    return _n.fmod(a, b)


mod = floormod


def _divisible(x: Any, y: Any, op: str) -> tuple[Any, Any]:
    """Operands of a true division: integers become floating."""
    a, b = _binary(x, y, op)
    if not a.dtype.is_floating:
        if a.dtype is bool_:
            not_allowed(a.dtype, op)
        wanted = float32 if a.dtype is uint8 else float64
        a, b = _n.cast(a, wanted), _n.cast(b, wanted)
    return a, b


def truediv(x: Any, y: Any, name: str | None = None) -> Any:
    """The quotient; of integers it is float64.

    >>> truediv(1, 2)
    <tf.Tensor: shape=(), dtype=float64, numpy=0.5>
    """
    a, b = _divisible(x, y, "RealDiv")
    return _n.div(a, b)


divide = truediv


def divide_no_nan(x: Any, y: Any, name: str | None = None) -> Any:
    """The quotient, and zero where `y` is zero.

    >>> divide_no_nan([1.0, 1.0], [2.0, 0.0]).numpy()
    array([0.5, 0. ], dtype=float32)
    """
    a, b = _divisible(x, y, "DivNoNan")
    zero = _n.eq(b, 0)
    safe = _n.where(zero, _n.ones_like(b), b)
    return _n.where(zero, _n.zeros_like(_n.add(a, b)), _n.div(a, safe))


def multiply_no_nan(x: Any, y: Any, name: str | None = None) -> Any:
    """The product, and zero where `y` is zero, whatever `x` is."""
    a, b = _binary(x, y, "MulNoNan")
    zero = _n.eq(b, 0)
    safe = _n.where(zero, _n.zeros_like(a), a)
    return _n.mul(safe, b)


def add_n(inputs: Any, name: str | None = None) -> Any:
    """The sum of the tensors of a list.

    >>> add_n([1, 2, 3]).numpy()
    np.int32(6)
    """
    if not isinstance(inputs, (list, tuple)) or not inputs:
        raise ValueError(
            "Input must be an iterable of at least one Tensor/IndexedSlices with the same dtype and shape."
        )
    total = as_tensor(inputs[0])
    for each in inputs[1:]:
        each = like(each, total.dtype)
        if tuple(each.shape) != tuple(total.shape):
            raise InvalidArgumentError(
                f"Dimensions of inputs should match: {total.shape} and {each.shape} [Op:AddN]"
            )
        total = _n.add(*_binary(total, each, "AddN"))
    return total


accumulate_n = add_n


def squared_difference(x: Any, y: Any, name: str | None = None) -> Any:
    """`(x - y)²`."""
    a, b = _binary(x, y, "SquaredDifference")
    return _n.square(_n.sub(a, b))


def atan2(y: Any, x: Any, name: str | None = None) -> Any:
    """The angle of the point `(x, y)`."""
    a, b = _binary(y, x, "Atan2")
    return _n.atan2(floating(a, "Atan2"), b)


def xlogy(x: Any, y: Any, name: str | None = None) -> Any:
    """`x · log(y)`, and zero where `x` is zero."""
    a, b = _binary(x, y, "Xlogy")
    return _n.xlogy(floating(a, "Xlogy"), b)


def xlog1py(x: Any, y: Any, name: str | None = None) -> Any:
    """`x · log(1 + y)`, and zero where `x` is zero."""
    a, b = _binary(x, y, "Xlog1py")
    return _n.xlogy(floating(a, "Xlog1py"), _n.add(b, 1.0))


def xdivy(x: Any, y: Any, name: str | None = None) -> Any:
    """`x / y`, and zero where `x` is zero."""
    a, b = _divisible(x, y, "Xdivy")
    zero = _n.eq(a, 0)
    return _n.where(zero, _n.zeros_like(_n.add(a, b)), _n.div(a, _n.where(zero, _n.ones_like(b), b)))


def nextafter(x1: Any, x2: Any, name: str | None = None) -> Any:
    """The next number from `x1` towards `x2`."""
    import numpy as np

    a, b = _binary(x1, x2, "NextAfter")
    return as_tensor(np.nextafter(np.asarray(a), np.asarray(b)))


def approximate_equal(x: Any, y: Any, tolerance: float = 1e-5, name: str | None = None) -> Any:
    """Whether `|x - y| < tolerance`."""
    a, b = _binary(x, y, "ApproximateEqual")
    return _n.lt(_n.abs(_n.sub(a, b)), tolerance)


def clip_by_value(t: Any, clip_value_min: Any, clip_value_max: Any, name: str | None = None) -> Any:
    """Held between two bounds.

    >>> clip_by_value([-1.0, 0.5, 2.0], 0.0, 1.0).numpy()
    array([0. , 0.5, 1. ], dtype=float32)
    """
    x = numeric(t, "ClipByValue")
    low, high = like(clip_value_min, x.dtype), like(clip_value_max, x.dtype)
    if low.ndim == 0 and high.ndim == 0 and not (_n.is_tracked(low) or _n.is_tracked(high)):
        return _n.clamp(x, number(low), number(high))
    return _n.maximum(_n.minimum(x, high), low)


def scalar_mul(scalar: Any, x: Any, name: str | None = None) -> Any:
    """A number times a tensor."""
    return multiply(scalar, x)


def truncatediv(x: Any, y: Any, name: str | None = None) -> Any:
    """The quotient of integers, cut off."""
    a, b = _binary(x, y, "TruncateDiv")
    return _n.floor_divide(_n.sub(a, _n.fmod(a, b)), b)


def realdiv(x: Any, y: Any, name: str | None = None) -> Any:
    """The quotient of floating numbers."""
    a, b = _binary(x, y, "RealDiv")
    return _n.div(floating(a, "RealDiv"), b)


def polyval(coeffs: Any, x: Any, name: str | None = None) -> Any:
    """The polynomial with these coefficients, the highest power first.

    >>> polyval([1.0, 0.0, -2.0], 3.0).numpy()
    np.float32(7.0)
    """
    if not isinstance(coeffs, list):
        raise ValueError(f"Argument coeffs must be list type. Received type {type(coeffs)}.")
    tensor = as_tensor(x)
    total = _n.zeros_like(tensor)
    for coefficient in coeffs:
        total = _n.add(_n.mul(total, tensor), like(coefficient, tensor.dtype))
    return total


def reciprocal(x: Any, name: str | None = None) -> Any:
    """One over each element."""
    tensor = numeric(x, "Inv")
    return _n.reciprocal(tensor) if tensor.dtype.is_floating else floordiv(1, tensor)


def reciprocal_no_nan(x: Any, name: str | None = None) -> Any:
    """One over each element, and zero where it is zero."""
    return divide_no_nan(1.0, x)
