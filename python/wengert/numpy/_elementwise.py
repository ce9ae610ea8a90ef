"""Functions of single elements: NumPy's ufuncs and what is made of them. All broadcast; the result has the
common shape."""

from __future__ import annotations

import builtins
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import _wengert
from .._wengert import Array
from ._convert import cast_to, cell, dtype_name, is_inexact, pair, store
from ._delegate import delegated, discrete
from ._dtypes import result_type

Ufunc = Callable[..., Array]
_LOG2 = 0.6931471805599453


def _unary(name: str, function: Callable[[Any], Any], doc: str) -> Ufunc:
    def ufunc(
        x: Any,
        /,
        out: Any = None,
        *,
        where: Any = True,
        casting: str = "same_kind",
        order: str = "K",
        dtype: Any = None,
        subok: builtins.bool = True,
    ) -> Array:
        result = function(cast_to(cell(x), dtype))
        return result if out is None and where is True else store(result, out, where)

    ufunc.__name__ = ufunc.__qualname__ = name
    ufunc.__doc__ = doc
    return ufunc


def _binary(name: str, function: Callable[[Any, Any], Any], doc: str) -> Ufunc:
    def ufunc(
        x1: Any,
        x2: Any,
        /,
        out: Any = None,
        *,
        where: Any = True,
        casting: str = "same_kind",
        order: str = "K",
        dtype: Any = None,
        subok: builtins.bool = True,
    ) -> Array:
        a, b = pair(x1, x2) if dtype is None else (cast_to(cell(x1), dtype), cast_to(cell(x2), dtype))
        result = function(a, b)
        return result if out is None and where is True else store(result, out, where)

    ufunc.__name__ = ufunc.__qualname__ = name
    ufunc.__doc__ = doc
    return ufunc


def _whole(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Rounding, which leaves whole numbers as they are."""
    return lambda x: function(x) if is_inexact(x) else _wengert.clone(x)


def _constant(x: Any, value: Any, dtype: str | None = None) -> Any:
    return _wengert.full_like(_wengert.stop_gradient(x), value, dtype)


# ---- one argument

abs = absolute = _unary("absolute", _wengert.abs, "The absolute value of each element; its slope at 0 is 0.")
fabs = _unary(
    "fabs",
    lambda x: _wengert.abs(x if is_inexact(x) else cast_to(x, "float64")),
    "The absolute value, as floats.",
)
negative = _unary("negative", _wengert.neg, "Each element with the other sign.")
positive = _unary("positive", _wengert.clone, "Each element as it is.")
sign = _unary("sign", _wengert.sign, "-1, 0 or 1, as the element is below, at or above zero; the slope is 0.")
sqrt = _unary("sqrt", _wengert.sqrt, "The square root of each element.")
cbrt = _unary("cbrt", _wengert.cbrt, "The cube root of each element.")
square = _unary("square", _wengert.square, "Each element times itself.")
reciprocal = _unary("reciprocal", _wengert.reciprocal, "One over each element.")
exp = _unary("exp", _wengert.exp, "e to the power of each element.")
exp2 = _unary("exp2", _wengert.exp2, "2 to the power of each element.")
expm1 = _unary("expm1", _wengert.expm1, "exp(x) - 1, exact also for small x.")
log = _unary("log", _wengert.log, "The natural logarithm of each element.")
log2 = _unary("log2", _wengert.log2, "The logarithm to base 2 of each element.")
log10 = _unary("log10", _wengert.log10, "The logarithm to base 10 of each element.")
log1p = _unary("log1p", _wengert.log1p, "log(1 + x), exact also for small x.")
sin = _unary("sin", _wengert.sin, "The sine of each element.")
cos = _unary("cos", _wengert.cos, "The cosine of each element.")
tan = _unary("tan", _wengert.tan, "The tangent of each element.")
arcsin = asin = _unary("arcsin", _wengert.asin, "The inverse sine of each element.")
arccos = acos = _unary("arccos", _wengert.acos, "The inverse cosine of each element.")
arctan = atan = _unary("arctan", _wengert.atan, "The inverse tangent of each element.")
sinh = _unary("sinh", _wengert.sinh, "The hyperbolic sine of each element.")
cosh = _unary("cosh", _wengert.cosh, "The hyperbolic cosine of each element.")
tanh = _unary("tanh", _wengert.tanh, "The hyperbolic tangent of each element.")
arcsinh = asinh = _unary("arcsinh", _wengert.asinh, "The inverse hyperbolic sine of each element.")
arccosh = acosh = _unary("arccosh", _wengert.acosh, "The inverse hyperbolic cosine of each element.")
arctanh = atanh = _unary("arctanh", _wengert.atanh, "The inverse hyperbolic tangent of each element.")
floor = _unary(
    "floor",
    _whole(_wengert.floor),
    "The largest whole number that is not above each element; the slope is 0.",
)
ceil = _unary(
    "ceil", _whole(_wengert.ceil), "The smallest whole number that is not below each element; the slope is 0."
)
trunc = _unary("trunc", _whole(_wengert.trunc), "Each element without its fraction; the slope is 0.")
rint = _unary(
    "rint",
    lambda x: _wengert.round(x if is_inexact(x) else cast_to(x, "float64")),
    "The nearest whole number, ties to even; the slope is 0.",
)
isnan = _unary("isnan", _wengert.is_nan, "Where there is not a number.")
isinf = _unary("isinf", _wengert.is_inf, "Where there is an infinity.")
isfinite = _unary("isfinite", _wengert.is_finite, "Where there is neither an infinity nor not-a-number.")
logical_not = _unary("logical_not", _wengert.logical_not, "Where there is zero or False.")
invert = bitwise_not = bitwise_invert = _unary(
    "invert", operator.invert, "Each integer with all its bits turned over."
)
degrees = rad2deg = _unary("degrees", lambda x: _wengert.mul(x, 180.0 / np.pi), "Radians as degrees.")
radians = deg2rad = _unary("radians", lambda x: _wengert.mul(x, np.pi / 180.0), "Degrees as radians.")
conjugate = conj = _unary("conjugate", _wengert.clone, "The complex conjugate: of real numbers, the numbers.")
signbit = _unary(
    "signbit",
    lambda x: _wengert.lt(_wengert.copysign(_constant(x, 1, "float64"), _wengert.stop_gradient(x)), 0.0),
    "Where the sign is minus, that of -0.0 too.",
)

# ---- two arguments

add = _binary("add", _wengert.add, "The sum of the elements.")
subtract = _binary("subtract", _wengert.sub, "The difference of the elements.")
multiply = _binary("multiply", _wengert.mul, "The product of the elements.")
divide = true_divide = _binary("divide", _wengert.div, "The quotient of the elements; integers give floats.")
floor_divide = _binary("floor_divide", _wengert.floor_divide, "The quotient rounded down; the slope is 0.")
remainder = mod = _binary(
    "remainder", _wengert.remainder, "What is left by the quotient rounded down; it has the divisor's sign."
)
fmod = _binary(
    "fmod", _wengert.fmod, "What is left by the quotient rounded towards zero; it has the dividend's sign."
)
power = pow = _binary("power", _wengert.pow, "The first to the power of the second.")
arctan2 = atan2 = _binary("arctan2", _wengert.atan2, "The angle of the point (x2, x1), between -π and π.")
hypot = _binary("hypot", _wengert.hypot, "sqrt(x1² + x2²), without overflow.")
maximum = _binary(
    "maximum", _wengert.maximum, "The larger element; not-a-number wins. Equal elements share the slope."
)
minimum = _binary(
    "minimum", _wengert.minimum, "The smaller element; not-a-number wins. Equal elements share the slope."
)
logaddexp = _binary("logaddexp", _wengert.logaddexp, "log(exp(x1) + exp(x2)), without overflow.")
copysign = _binary("copysign", _wengert.copysign, "The size of the first with the sign of the second.")
equal = _binary("equal", _wengert.eq, "Where the elements are equal.")
not_equal = _binary("not_equal", _wengert.ne, "Where the elements differ.")
less = _binary("less", _wengert.lt, "Where the first is below the second.")
less_equal = _binary("less_equal", _wengert.le, "Where the first is not above the second.")
greater = _binary("greater", _wengert.gt, "Where the first is above the second.")
greater_equal = _binary("greater_equal", _wengert.ge, "Where the first is not below the second.")
logical_and = _binary("logical_and", _wengert.logical_and, "Where both are true.")
logical_or = _binary("logical_or", _wengert.logical_or, "Where one is true, or both.")
logical_xor = _binary("logical_xor", _wengert.logical_xor, "Where exactly one is true.")
bitwise_and = _binary("bitwise_and", operator.and_, "The bits that both have.")
bitwise_or = _binary("bitwise_or", operator.or_, "The bits that one has, or both.")
bitwise_xor = _binary("bitwise_xor", operator.xor, "The bits that exactly one has.")
left_shift = bitwise_left_shift = discrete(np.left_shift, "left_shift")
right_shift = bitwise_right_shift = discrete(np.right_shift, "right_shift")


def _missing_aware(choose: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def chosen(a: Any, b: Any) -> Any:
        a, b = cell(a), cell(b)
        return _wengert.where(_wengert.is_nan(a), b, _wengert.where(_wengert.is_nan(b), a, choose(a, b)))

    return chosen


fmax = _binary(
    "fmax", _missing_aware(_wengert.maximum), "The larger element; the other one beside a not-a-number."
)
fmin = _binary(
    "fmin", _missing_aware(_wengert.minimum), "The smaller element; the other one beside a not-a-number."
)
float_power = _binary(
    "float_power",
    lambda a, b: _wengert.pow(cast_to(cell(a), "float64"), cast_to(cell(b), "float64")),
    "The first to the power of the second, in float64.",
)
logaddexp2 = _binary(
    "logaddexp2",
    lambda a, b: _wengert.mul(
        _wengert.logaddexp(_wengert.mul(cell(a), _LOG2), _wengert.mul(cell(b), _LOG2)), 1.0 / _LOG2
    ),
    "log2(2**x1 + 2**x2), without overflow.",
)
ldexp = _binary(
    "ldexp",
    lambda a, b: _wengert.mul(a, _wengert.exp2(cast_to(cell(b), "float64"))),
    "x1 times 2 to the power of x2.",
)
heaviside = _binary(
    "heaviside",
    lambda a, b: _wengert.where(
        _wengert.eq(cell(a), 0.0), b, _wengert.clamp(_wengert.sign(_wengert.stop_gradient(cell(a))), 0.0)
    ),
    "0 below zero, x2 at zero, 1 above zero.",
)
nextafter = delegated(np.nextafter, "nextafter")
spacing = discrete(np.spacing, "spacing")
gcd = discrete(np.gcd, "gcd")
lcm = discrete(np.lcm, "lcm")
frexp = discrete(np.frexp, "frexp")
bitwise_count = discrete(np.bitwise_count, "bitwise_count")


def divmod(x1: Any, x2: Any, /) -> tuple[Array, Array]:
    """The quotient rounded down, and the remainder."""
    return floor_divide(x1, x2), remainder(x1, x2)


def modf(x: Any, /) -> tuple[Array, Array]:
    """The fraction and the whole part of each element, both with its sign."""
    x = cell(x)
    whole = trunc(x)
    return subtract(x, whole), whole


# ---- made of them


def sinc(x: Any) -> Array:
    """sin(πx) / (πx), which is 1 at 0."""
    return _wengert.sinc(cell(x))


def round(a: Any, decimals: int = 0, out: Any = None) -> Array:
    """Each element rounded to some decimals, ties to even; the slope is 0."""
    a = cell(a)
    if not is_inexact(a):
        return store(discrete(np.round, "round")(a, decimals) if decimals < 0 else _wengert.clone(a), out)
    if decimals == 0:
        return store(_wengert.round(a), out)
    scale = 10.0 ** builtins.abs(decimals)
    if decimals > 0:
        return store(_wengert.div(_wengert.round(_wengert.mul(a, scale)), scale), out)
    return store(_wengert.mul(_wengert.round(_wengert.div(a, scale)), scale), out)


around = round


def fix(x: Any, out: Any = None) -> Array:
    """Each element without its fraction."""
    return trunc(x, out)


def clip(
    a: Any, a_min: Any = None, a_max: Any = None, out: Any = None, *, min: Any = None, max: Any = None
) -> Array:
    """Each element, or the bound that it is beyond; the slope beyond a bound is 0.

    >>> import wengert.numpy as np
    >>> np.clip(np.arange(5.0), 1.0, 3.0)
    array([1., 1., 2., 3., 3.])
    """
    low, high = min if a_min is None else a_min, max if a_max is None else a_max
    x = cell(a)
    if low is None and high is None:
        return store(_wengert.clone(x), out)
    bounds = [
        None if bound is None or type(bound) in (builtins.int, builtins.float) else cell(bound)
        for bound in (low, high)
    ]
    x = cast_to(x, result_type(x, *(b for b in (low, high) if b is not None)))
    shape = np.broadcast_shapes(tuple(x.shape), *(tuple(b.shape) for b in bounds if b is not None))
    if shape != tuple(x.shape):
        x = _wengert.broadcast_to(x, shape)
    low, high = (given if bound is None else bound for given, bound in zip((low, high), bounds))
    return store(_wengert.clamp(x, low, high), out)


def nan_to_num(
    x: Any,
    copy: builtins.bool = True,
    nan: float = 0.0,
    posinf: float | None = None,
    neginf: float | None = None,
) -> Array:
    """`x` with not-a-number and the infinities replaced by numbers."""
    x = cell(x)
    if not is_inexact(x):
        return _wengert.clone(x)
    limit = np.finfo(dtype_name(x.dtype))
    high = builtins.float(limit.max) if posinf is None else posinf
    low = builtins.float(limit.min) if neginf is None else neginf
    result = _wengert.where(_wengert.is_nan(x), nan, x)
    result = _wengert.where(_wengert.eq(x, np.inf), high, result)
    result = _wengert.where(_wengert.eq(x, -np.inf), low, result)
    return result if copy else store(result, x)


def real(val: Any) -> Array:
    """The real part: of real numbers, the numbers."""
    return cell(val)


def imag(val: Any) -> Array:
    """The imaginary part: of real numbers, zeros."""
    return _constant(cell(val), 0)


def angle(z: Any, deg: builtins.bool = False) -> Array:
    """The angle in the complex plane: 0 for numbers from zero up, π (or 180 degrees) below."""
    z = cell(z)
    return _wengert.where(_wengert.lt(z, 0), 180.0 if deg else np.pi, _constant(z, 0.0, "float64"))


def real_if_close(a: Any, tol: float = 100) -> Array:
    """`a`, which is real."""
    return cell(a)


def isreal(x: Any) -> Array:
    """Where the imaginary part is zero: everywhere."""
    return _constant(cell(x), True, "bool")


def iscomplex(x: Any) -> Array:
    """Where the imaginary part is not zero: nowhere."""
    return _constant(cell(x), False, "bool")


def isposinf(x: Any, out: Any = None) -> Array:
    """Where there is the positive infinity."""
    return store(_wengert.eq(cell(x), np.inf), out)


def isneginf(x: Any, out: Any = None) -> Array:
    """Where there is the negative infinity."""
    return store(_wengert.eq(cell(x), -np.inf), out)


def isclose(a: Any, b: Any, rtol: Any = 1e-05, atol: Any = 1e-08, equal_nan: builtins.bool = False) -> Array:
    """Where |a - b| ≤ atol + rtol·|b|, and where both are the same infinity."""
    a, b = cell(a), cell(b)
    if not is_inexact(b):
        b = cast_to(b, "float64")
    near = _wengert.le(
        _wengert.abs(_wengert.sub(a, b)), _wengert.add(_wengert.mul(_wengert.abs(b), rtol), atol)
    )
    near = _wengert.logical_or(_wengert.logical_and(near, _wengert.is_finite(b)), _wengert.eq(a, b))
    if equal_nan:
        near = _wengert.logical_or(near, _wengert.logical_and(_wengert.is_nan(a), _wengert.is_nan(b)))
    return near


def unwrap(p: Any, discont: float | None = None, axis: int = -1, *, period: float = 2 * np.pi) -> Array:
    """Angles with whole turns added so that neighbours along `axis` differ by less than half a turn."""
    from ._convert import axis_of
    from ._reductions import cumsum

    p = cell(p)
    axis = axis_of(axis, p.ndim)
    before, after = (p[(slice(None),) * axis + (part,)] for part in (slice(None, -1), slice(1, None)))
    step = _wengert.sub(after, before)
    half = period / 2.0
    short = _wengert.sub(_wengert.remainder(_wengert.add(step, half), period), half)
    down = _wengert.logical_and(_wengert.eq(short, -half), _wengert.gt(step, 0.0))
    turns = _wengert.sub(_wengert.where(down, half, short), step)
    turns = _wengert.where(_wengert.lt(_wengert.abs(step), half if discont is None else discont), 0.0, turns)
    first = p[(slice(None),) * axis + (slice(0, 1),)]
    return _wengert.concatenate([_wengert.mul(first, 1.0), _wengert.add(after, cumsum(turns, axis))], axis)
