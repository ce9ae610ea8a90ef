"""Functions of each element, and of pairs of elements."""

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


def exp(x: Any, name: str | None = None) -> Any:
    """e to the power of each element.

    >>> exp([0.0, 1.0]).numpy()
    array([1.       , 2.7182817], dtype=float32)
    """
    return _n.exp(floating(x, "Exp"))


def expm1(x: Any, name: str | None = None) -> Any:
    """e to the power of each element, less one."""
    return _n.expm1(floating(x, "Expm1"))


def log(x: Any, name: str | None = None) -> Any:
    """The natural logarithm."""
    return _n.log(floating(x, "Log"))


def log1p(x: Any, name: str | None = None) -> Any:
    """The natural logarithm of one plus each element."""
    return _n.log1p(floating(x, "Log1p"))


def sqrt(x: Any, name: str | None = None) -> Any:
    """The square root.

    >>> sqrt([4.0, 9.0]).numpy()
    array([2., 3.], dtype=float32)
    """
    return _n.sqrt(floating(x, "Sqrt"))


def rsqrt(x: Any, name: str | None = None) -> Any:
    """One over the square root."""
    return _n.rsqrt(floating(x, "Rsqrt"))


def sin(x: Any, name: str | None = None) -> Any:
    """The sine."""
    return _n.sin(floating(x, "Sin"))


def cos(x: Any, name: str | None = None) -> Any:
    """The cosine."""
    return _n.cos(floating(x, "Cos"))


def tan(x: Any, name: str | None = None) -> Any:
    """The tangent."""
    return _n.tan(floating(x, "Tan"))


def asin(x: Any, name: str | None = None) -> Any:
    """The inverse sine."""
    return _n.asin(floating(x, "Asin"))


def acos(x: Any, name: str | None = None) -> Any:
    """The inverse cosine."""
    return _n.acos(floating(x, "Acos"))


def atan(x: Any, name: str | None = None) -> Any:
    """The inverse tangent."""
    return _n.atan(floating(x, "Atan"))


def sinh(x: Any, name: str | None = None) -> Any:
    """The hyperbolic sine."""
    return _n.sinh(floating(x, "Sinh"))


def cosh(x: Any, name: str | None = None) -> Any:
    """The hyperbolic cosine."""
    return _n.cosh(floating(x, "Cosh"))


def tanh(x: Any, name: str | None = None) -> Any:
    """The hyperbolic tangent.

    >>> tanh([0.0, 1.0]).numpy()
    array([0.       , 0.7615942], dtype=float32)
    """
    return _n.tanh(floating(x, "Tanh"))


def asinh(x: Any, name: str | None = None) -> Any:
    """The inverse hyperbolic sine."""
    return _n.asinh(floating(x, "Asinh"))


def acosh(x: Any, name: str | None = None) -> Any:
    """The inverse hyperbolic cosine."""
    return _n.acosh(floating(x, "Acosh"))


def atanh(x: Any, name: str | None = None) -> Any:
    """The inverse hyperbolic tangent."""
    return _n.atanh(floating(x, "Atanh"))


def sigmoid(x: Any, name: str | None = None) -> Any:
    """The logistic function, 1 / (1 + exp(-x)).

    >>> sigmoid([0.0]).numpy()
    array([0.5], dtype=float32)
    """
    return _n.sigmoid(floating(x, "Sigmoid"))


def log_sigmoid(x: Any, name: str | None = None) -> Any:
    """The logarithm of the logistic function."""
    return _n.log_sigmoid(floating(x, "LogSigmoid"))


def softplus(x: Any, name: str | None = None) -> Any:
    """log(1 + exp(x))."""
    return _n.softplus(floating(x, "Softplus"))


def erf(x: Any, name: str | None = None) -> Any:
    """The error function."""
    return _n.erf(floating(x, "Erf"))


def erfc(x: Any, name: str | None = None) -> Any:
    """One less the error function."""
    return _n.erfc(floating(x, "Erfc"))


def erfinv(x: Any, name: str | None = None) -> Any:
    """The inverse of the error function."""
    return _n.erfinv(floating(x, "Erfinv"))


def lgamma(x: Any, name: str | None = None) -> Any:
    """The logarithm of the gamma function."""
    return _n.lgamma(floating(x, "Lgamma"))


def digamma(x: Any, name: str | None = None) -> Any:
    """The derivative of `lgamma`."""
    return _n.digamma(floating(x, "Digamma"))


def is_nan(x: Any, name: str | None = None) -> Any:
    """Whether each element is not a number."""
    return _n.is_nan(floating(x, "IsNan"))


def is_inf(x: Any, name: str | None = None) -> Any:
    """Whether each element is infinite."""
    return _n.is_inf(floating(x, "IsInf"))


def is_finite(x: Any, name: str | None = None) -> Any:
    """Whether each element is finite."""
    return _n.is_finite(floating(x, "IsFinite"))


def abs(x: Any, name: str | None = None) -> Any:
    """The absolute value.

    >>> abs([-1, 2]).numpy()
    array([1, 2], dtype=int32)
    """
    return _n.abs(numeric(x, "Abs"))


def negative(x: Any, name: str | None = None) -> Any:
    """The negative of each element."""
    return _n.neg(numeric(x, "Neg"))


def sign(x: Any, name: str | None = None) -> Any:
    """-1, 0 or 1."""
    return _n.sign(numeric(x, "Sign"))


def square(x: Any, name: str | None = None) -> Any:
    """The square.

    >>> square([2, 3]).numpy()
    array([4, 9], dtype=int32)
    """
    return _n.square(numeric(x, "Square"))


def floor(x: Any, name: str | None = None) -> Any:
    """The integer below."""
    tensor = numeric(x, "Floor")
    return _n.floor(tensor) if tensor.dtype.is_floating else tensor


def ceil(x: Any, name: str | None = None) -> Any:
    """The integer above."""
    tensor = numeric(x, "Ceil")
    return _n.ceil(tensor) if tensor.dtype.is_floating else tensor


def round(x: Any, name: str | None = None) -> Any:
    """The nearest integer; halves go to the even one."""
    tensor = numeric(x, "Round")
    return _n.round(tensor) if tensor.dtype.is_floating else tensor


def rint(x: Any, name: str | None = None) -> Any:
    """The nearest integer; halves go to the even one."""
    tensor = numeric(x, "Rint")
    return _n.round(tensor) if tensor.dtype.is_floating else tensor


def reciprocal(x: Any, name: str | None = None) -> Any:
    """One over each element."""
    tensor = numeric(x, "Inv")
    return _n.reciprocal(tensor) if tensor.dtype.is_floating else floordiv(1, tensor)


def reciprocal_no_nan(x: Any, name: str | None = None) -> Any:
    """One over each element, and zero where it is zero."""
    return divide_no_nan(1.0, x)


def logical_not(x: Any, name: str | None = None) -> Any:
    """Not, of truth values."""
    return _n.logical_not(logical(x, "LogicalNot"))


def _binary(x: Any, y: Any, op: str) -> tuple[Any, Any]:
    a, b = pair(x, y)
    if a.dtype is not b.dtype:
        raise InvalidArgumentError(
            f"cannot compute {op} as input #1(zero-based) was expected to be a {kind(a.dtype)} tensor but is a "
            f"{kind(b.dtype)} tensor [Op:{op}] name: "
        )
    return a, b


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
        raise ValueError("Input must be an iterable of at least one Tensor/IndexedSlices with the same dtype and shape.")
    total = as_tensor(inputs[0])
    for each in inputs[1:]:
        each = like(each, total.dtype)
        if tuple(each.shape) != tuple(total.shape):
            raise InvalidArgumentError(f"Dimensions of inputs should match: {total.shape} and {each.shape} [Op:AddN]")
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


def polygamma(a: Any, x: Any, name: str | None = None) -> Any:
    """The derivative of order `a` of `digamma`."""
    return _n.polygamma(int(number(a)), floating(x, "Polygamma"))


def lbeta(x: Any, name: str | None = None) -> Any:
    """The logarithm of the beta function of the last axis."""
    tensor = floating(x, "Lbeta")
    return _n.sub(_n.sum(_n.lgamma(tensor), -1), _n.lgamma(_n.sum(tensor, -1)))


def erfcinv(x: Any, name: str | None = None) -> Any:
    """The inverse of `erfc`."""
    return _n.erfinv(_n.sub(1.0, floating(x, "Erfcinv")))


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


def ndtri(p: Any, name: str | None = None) -> Any:
    """The quantile of the normal distribution."""
    return _n.mul(_n.erfinv(_n.sub(_n.mul(floating(p, "Ndtri"), 2.0), 1.0)), 2.0**0.5)


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


def imag(input: Any, name: str | None = None) -> Any:
    """The imaginary part: zeros."""
    return _n.zeros_like(as_tensor(input))


def angle(input: Any, name: str | None = None) -> Any:
    """The angle in the plane: zero, or pi for negative numbers."""
    x = floating(input, "Angle")
    return _n.where(_n.lt(x, 0.0), _n.full_like(x, 3.141592653589793), _n.zeros_like(x))


def is_strictly_increasing(x: Any, name: str | None = None) -> Any:
    """Whether each element is larger than the one before."""
    flat = _n.reshape(as_tensor(x), (-1,))
    return _n.all(_n.gt(flat[1:], flat[:-1]))


def is_non_decreasing(x: Any, name: str | None = None) -> Any:
    """Whether no element is smaller than the one before."""
    flat = _n.reshape(as_tensor(x), (-1,))
    return _n.all(_n.ge(flat[1:], flat[:-1]))


def real(input: Any, name: str | None = None) -> Any:
    """The real part: the tensor itself."""
    return as_tensor(input)


def conj(x: Any, name: str | None = None) -> Any:
    """The conjugate: the tensor itself."""
    return as_tensor(x)


def grad_pass_through(f: Any) -> Any:
    """A function with the values of `f` and the gradient of the identity."""

    def passed(x: Any) -> Any:
        tensor = as_tensor(x)
        return _n.add(tensor, _n.stop_gradient(_n.sub(as_tensor(f(tensor)), tensor)))

    return passed


