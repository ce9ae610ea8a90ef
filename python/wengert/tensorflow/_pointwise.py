"""Functions of each element."""

from __future__ import annotations

from typing import Any

from wengert import _wengert as _n
from wengert.tensorflow._convert import as_tensor, floating, logical, number, numeric


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


def logical_not(x: Any, name: str | None = None) -> Any:
    """Not, of truth values."""
    return _n.logical_not(logical(x, "LogicalNot"))


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


def real(input: Any, name: str | None = None) -> Any:
    """The real part: the tensor itself."""
    return as_tensor(input)


def conj(x: Any, name: str | None = None) -> Any:
    """The conjugate: the tensor itself."""
    return as_tensor(x)


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


def ndtri(p: Any, name: str | None = None) -> Any:
    """The quantile of the normal distribution."""
    return _n.mul(_n.erfinv(_n.sub(_n.mul(floating(p, "Ndtri"), 2.0), 1.0)), 2.0**0.5)


def grad_pass_through(f: Any) -> Any:
    """A function with the values of `f` and the gradient of the identity."""

    def passed(x: Any) -> Any:
        tensor = as_tensor(x)
        return _n.add(tensor, _n.stop_gradient(_n.sub(as_tensor(f(tensor)), tensor)))

    return passed
