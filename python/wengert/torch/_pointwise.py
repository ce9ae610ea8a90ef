"""Functions of each element, in PyTorch's convention. Where the engine's function takes the same arguments, it is the function."""

from __future__ import annotations

from math import pi
from typing import Any

from wengert import _wengert
from wengert._wengert import Tensor
from wengert.torch import _dtype
from wengert.torch._spelling import for_tensors, numpy_names, store

abs = absolute = _wengert.abs
acos = arccos = _wengert.acos
acosh = arccosh = _wengert.acosh
asin = arcsin = _wengert.asin
asinh = arcsinh = _wengert.asinh
atan = arctan = _wengert.atan
atanh = arctanh = _wengert.atanh
ceil = _wengert.ceil
cos = _wengert.cos
cosh = _wengert.cosh
digamma = _wengert.digamma
erf = _wengert.erf
erfc = _wengert.erfc
erfinv = _wengert.erfinv
exp = _wengert.exp
exp2 = _wengert.exp2
expm1 = _wengert.expm1
floor = _wengert.floor
isfinite = _wengert.is_finite
isinf = _wengert.is_inf
isnan = _wengert.is_nan
lgamma = _wengert.lgamma
log = _wengert.log
log10 = _wengert.log10
log1p = _wengert.log1p
log2 = _wengert.log2
logical_not = _wengert.logical_not
neg = negative = _wengert.neg
reciprocal = _wengert.reciprocal
relu = _wengert.relu
rsqrt = _wengert.rsqrt
sigmoid = _wengert.sigmoid
sign = sgn = _wengert.sign
sin = _wengert.sin
sinc = _wengert.sinc
sinh = _wengert.sinh
sqrt = _wengert.sqrt
square = _wengert.square
tan = _wengert.tan
tanh = _wengert.tanh
trunc = fix = _wengert.trunc

atan2 = arctan2 = _wengert.atan2
bitwise_and = _wengert.bitwise_and
bitwise_left_shift = _wengert.left_shift
bitwise_not = _wengert.bitwise_not
bitwise_or = _wengert.bitwise_or
bitwise_right_shift = _wengert.right_shift
bitwise_xor = _wengert.bitwise_xor
copysign = _wengert.copysign
eq = _wengert.eq
floor_divide = _wengert.floor_divide
fmod = _wengert.fmod
ge = greater_equal = _wengert.ge
gt = greater = _wengert.gt
hypot = _wengert.hypot
le = less_equal = _wengert.le
logaddexp = _wengert.logaddexp
logical_and = _wengert.logical_and
logical_or = _wengert.logical_or
logical_xor = _wengert.logical_xor
lt = less = _wengert.lt
maximum = _wengert.maximum
minimum = _wengert.minimum
mul = multiply = _wengert.mul
ne = not_equal = _wengert.ne
remainder = _wengert.remainder
true_divide = _wengert.div
xlogy = _wengert.xlogy


def pow(input: Any, exponent: Any, *, out: Tensor | None = None) -> Tensor:
    """`input` raised to `exponent`; either may be a number.

    >>> torch.pow(torch.tensor([1.0, 2.0, 3.0]), 2)
    tensor([1., 4., 9.])
    """
    result = _wengert.pow(input, exponent)
    return result if out is None else store(out, result)


def polygamma(n: int, input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The `n`-th derivative of `digamma`."""
    result = _wengert.polygamma(n, input)
    return result if out is None else store(out, result)


def add(input: Any, other: Any, *, alpha: float = 1, out: Tensor | None = None) -> Tensor:
    """`input + alpha * other`, broadcasting.

    >>> torch.add(torch.tensor([1.0, 2.0]), 10)
    tensor([11., 12.])
    """
    result = _wengert.add(input, other if alpha == 1 else _scaled(alpha, input, other))
    return result if out is None else store(out, result)


def _scaled(alpha: float, input: Any, other: Any) -> Any:
    if isinstance(alpha, float):
        for value in (input, other):
            if isinstance(value, Tensor) and value.dtype.is_floating_point:
                break
        else:
            raise RuntimeError(
                "For integral input tensors, argument alpha must not be a floating point number."
            )
    return other * alpha


def sub(input: Any, other: Any, *, alpha: float = 1, out: Tensor | None = None) -> Tensor:
    """`input - alpha * other`, broadcasting."""
    result = _wengert.sub(input, other if alpha == 1 else _scaled(alpha, input, other))
    return result if out is None else store(out, result)


subtract = sub


def rsub(input: Tensor, other: Any, *, alpha: float = 1) -> Tensor:
    """`other - alpha * input`."""
    return _wengert.sub(other, input if alpha == 1 else _scaled(alpha, other, input))


def div(input: Any, other: Any, *, rounding_mode: str | None = None, out: Tensor | None = None) -> Tensor:
    """`input / other`, broadcasting; `rounding_mode` is None, 'trunc' (towards zero) or 'floor'.

    >>> torch.div(torch.tensor([-7, 7]), 2, rounding_mode="floor")
    tensor([-4,  3])
    """
    if rounding_mode is None:
        result = _wengert.div(input, other)
    elif rounding_mode == "floor":
        result = _wengert.floor_divide(input, other)
    elif rounding_mode == "trunc":
        if _dtype.result_type(input, other).is_floating_point:
            result = _wengert.trunc(_wengert.div(input, other))
        else:
            result = _wengert.floor_divide(_wengert.sub(input, _wengert.fmod(input, other)), other)
    else:
        raise RuntimeError(
            "div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '"
            + str(rounding_mode)
            + "'"
        )
    return result if out is None else store(out, result)


divide = div


def clamp(input: Tensor, min: Any = None, max: Any = None, *, out: Tensor | None = None) -> Tensor:
    """Each element, brought between `min` and `max`; either may be a number, a tensor, or left out.

    >>> torch.clamp(torch.tensor([-1.0, 0.5, 3.0]), 0, 1)
    tensor([0.0000, 0.5000, 1.0000])
    """
    if min is None and max is None:
        raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
    result = _wengert.clamp(input, min, max)
    return result if out is None else store(out, result)


clip = clamp


def clamp_min(input: Tensor, min: Any, *, out: Tensor | None = None) -> Tensor:
    """Each element, at least `min`."""
    return clamp(input, min, out=out)


def clamp_max(input: Tensor, max: Any, *, out: Tensor | None = None) -> Tensor:
    """Each element, at most `max`."""
    return clamp(input, None, max, out=out)


def round(input: Tensor, *, decimals: int = 0, out: Tensor | None = None) -> Tensor:
    """Each element rounded to the nearest, halves to even; `decimals` digits are kept."""
    if decimals == 0 or not input.dtype.is_floating_point:
        result = _wengert.round(input)
    elif decimals > 0:
        result = _wengert.round(input * 10.0**decimals) / 10.0**decimals
    else:
        result = _wengert.round(input / 10.0**-decimals) * 10.0**-decimals
    return result if out is None else store(out, result)


def frac(input: Tensor) -> Tensor:
    """What is left of each element without its whole part, with its sign."""
    return _wengert.label(input - _wengert.trunc(input), "FracBackward0", [input])


@for_tensors
def positive(input: Tensor) -> Tensor:
    """The tensor itself."""
    if input.dtype is _dtype.bool_:
        raise RuntimeError("The `+` operator, on a bool tensor is not supported.")
    return input


def deg2rad(input: Tensor) -> Tensor:
    """Degrees to radians."""
    return input * (pi / 180.0)


def rad2deg(input: Tensor) -> Tensor:
    """Radians to degrees."""
    return input * (180.0 / pi)


def float_power(input: Any, exponent: Any) -> Tensor:
    """`input` raised to `exponent`, in float64."""
    if isinstance(input, Tensor):
        input = _wengert.cast(input, "float64")
    if isinstance(exponent, Tensor):
        exponent = _wengert.cast(exponent, "float64")
    return _wengert.pow(input, exponent)


def fmax(input: Tensor, other: Tensor) -> Tensor:
    """The greater of two, where not-a-number loses."""
    greater = _wengert.where(_wengert.is_nan(other), input, _wengert.maximum(input, other))
    return _wengert.where(_wengert.is_nan(input), other, greater)


def fmin(input: Tensor, other: Tensor) -> Tensor:
    """The lesser of two, where not-a-number loses."""
    lesser = _wengert.where(_wengert.is_nan(other), input, _wengert.minimum(input, other))
    return _wengert.where(_wengert.is_nan(input), other, lesser)


def heaviside(input: Tensor, values: Tensor) -> Tensor:
    """0 below zero, 1 above, `values` at zero."""
    step = _wengert.cast(_wengert.gt(input, 0), input.dtype)
    return _wengert.where(_wengert.eq(input, 0), values, step)


def ldexp(input: Tensor, other: Tensor) -> Tensor:
    """`input * 2 ** other`."""
    return input * _wengert.pow(2.0, other)


def logaddexp2(input: Tensor, other: Tensor) -> Tensor:
    """The logarithm to base 2 of `2 ** input + 2 ** other`."""
    two = 0.6931471805599453
    kind = _dtype.result_type(input, other)
    a, b = _wengert.cast(input, kind), _wengert.cast(other, kind)
    return _wengert.logaddexp(a * two, b * two) / two


def logit(input: Tensor, eps: float | None = None) -> Tensor:
    """The inverse of `sigmoid`; `input` is brought between `eps` and `1 - eps` first."""
    if not input.dtype.is_floating_point:
        input = _wengert.cast(input, _dtype.get_default_dtype())
    p = input if eps is None else _wengert.clamp(input, eps, 1 - eps)
    return _wengert.label(_wengert.log(p / (1 - p)), "LogitBackward0", [input])


def lerp(input: Tensor, end: Tensor, weight: Any) -> Tensor:
    """`input + weight * (end - input)`."""
    result = input + weight * (end - input)
    if isinstance(weight, Tensor):
        return _wengert.label(result, "LerpBackward1", [input, end, weight])
    return _wengert.label(result, "LerpBackward0", [input, end])


def _alike(input: Tensor, other: Any) -> Any:
    """`other` in the dtype that both have together, so that what is made of it is not rounded too early."""
    if isinstance(other, Tensor) and other.dtype is not input.dtype:
        return _wengert.cast(other, _dtype.result_type(input, other))
    return other


def addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: float = 1) -> Tensor:
    """`input + value * tensor1 * tensor2`."""
    product = _alike(input, tensor1) * tensor2
    result = input + (product if value == 1 else product * value)
    return _wengert.label(result, "AddcmulBackward0", [input, tensor1, tensor2])


def addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: float = 1) -> Tensor:
    """`input + value * tensor1 / tensor2`."""
    quotient = _alike(input, tensor1) / tensor2
    result = input + (quotient if value == 1 else quotient * value)
    return _wengert.label(result, "AddcdivBackward0", [input, tensor1, tensor2])


@for_tensors
def nan_to_num(
    input: Tensor, nan: float | None = 0.0, posinf: float | None = None, neginf: float | None = None
) -> Tensor:
    """Not-a-number and infinities replaced: by `nan`, and by the greatest and least numbers of the dtype."""
    if not input.dtype.is_floating_point:
        return _wengert.clone(input)
    limits = _dtype.finfo(input.dtype)
    high = limits.max if posinf is None else posinf
    low = limits.min if neginf is None else neginf
    finite = _wengert.where(_wengert.is_nan(input), float(nan or 0.0), input)
    finite = _wengert.where(_wengert.eq(input, float("inf")), float(high), finite)
    finite = _wengert.where(_wengert.eq(input, float("-inf")), float(low), finite)
    return _wengert.label(finite, "NanToNumBackward0", [input])


@for_tensors
def isclose(
    input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> Tensor:
    """Where `|input - other| <= atol + rtol * |other|`."""
    if input.dtype is not other.dtype:
        raise RuntimeError(
            f"{_dtype.spoken(input.dtype)} did not match {_dtype.spoken(other.dtype)}: both must have one dtype"
        )
    if not input.dtype.is_floating_point:
        input, other = _wengert.cast(input, "int64"), _wengert.cast(other, "int64")
    near = _wengert.le(_wengert.abs(_wengert.sub(input, other)), atol + rtol * _wengert.abs(other))
    result = _wengert.logical_or(
        _wengert.eq(input, other), _wengert.logical_and(near, _wengert.is_finite(other))
    )
    if equal_nan:
        both = _wengert.logical_and(_wengert.is_nan(input), _wengert.is_nan(other))
        result = _wengert.logical_or(result, both)
    return result


def isneginf(input: Tensor) -> Tensor:
    """Where the elements are minus infinity."""
    return _wengert.logical_and(_wengert.is_inf(input), _wengert.lt(input, 0))


def isposinf(input: Tensor) -> Tensor:
    """Where the elements are plus infinity."""
    return _wengert.logical_and(_wengert.is_inf(input), _wengert.gt(input, 0))


def isreal(input: Tensor) -> Tensor:
    """Where the elements are real numbers: everywhere."""
    return _wengert.ones_like(input, "bool")


@for_tensors
def signbit(input: Tensor) -> Tensor:
    """Where the sign is minus, that of minus zero too."""
    if not input.dtype.is_floating_point:
        return _wengert.lt(input, 0)
    return _wengert.lt(_wengert.copysign(_wengert.ones_like(input), input), 0)


def real(input: Tensor) -> Tensor:
    """The real part: the tensor itself."""
    return input


conj = conj_physical = resolve_conj = resolve_neg = real


@for_tensors
def angle(input: Tensor) -> Tensor:
    """The angle in the complex plane: pi for negative numbers, else zero."""
    kind = input.dtype if input.dtype.is_floating_point else _dtype.get_default_dtype()
    x = _wengert.cast(input, kind)
    return _wengert.where(_wengert.lt(x, 0), pi, _wengert.clamp(x, 0, 0))


def gcd(input: Tensor, other: Tensor) -> Tensor:
    """The greatest common divisor of whole numbers."""
    kind = _dtype.result_type(input, other)
    if kind.is_floating_point:
        raise RuntimeError(f"\"gcd\" not implemented for '{_dtype.spoken(kind)}'")
    a, b = _wengert.abs(input), _wengert.abs(other)
    while _wengert.any(_wengert.ne(b, 0)):
        rest = _wengert.fmod(a, _wengert.where(_wengert.eq(b, 0), 1, b))
        a, b = _wengert.where(_wengert.eq(b, 0), a, b), _wengert.where(_wengert.eq(b, 0), 0, rest)
    return _wengert.cast(_wengert.add(a, _wengert.zeros_like(b)), kind)


def lcm(input: Tensor, other: Tensor) -> Tensor:
    """The least common multiple of whole numbers."""
    divisor = gcd(input, other)
    whole = _wengert.floor_divide(_wengert.abs(input), _wengert.where(_wengert.eq(divisor, 0), 1, divisor))
    return _wengert.cast(whole * _wengert.abs(other), divisor.dtype)


def mvlgamma(input: Tensor, p: int) -> Tensor:
    """The logarithm of the multivariate gamma function of dimension `p`."""
    total = p * (p - 1) / 4 * _LOG_PI
    for j in range(p):
        total = total + _wengert.lgamma(input - j / 2)
    return total  # type: ignore[return-value]


_LOG_PI = 1.1447298858494002


@for_tensors
def nextafter(input: Tensor, other: Tensor) -> Tensor:
    """The next number of the dtype after `input` towards `other`."""
    import numpy

    kind = _dtype.result_type(input, other)
    a, b = _wengert.cast(input, kind).numpy(), _wengert.cast(other, kind).numpy()
    return _wengert.from_data(Tensor, numpy.nextafter(a, b))


@for_tensors
def frexp(input: Tensor) -> Any:
    """Each element as a mantissa in [0.5, 1) and an exponent of two."""
    import numpy

    from wengert.torch import return_types

    exponent = _wengert.from_data(Tensor, numpy.frexp(input.detach().numpy())[1].astype("int32"))
    return return_types.frexp((input / _wengert.pow(2.0, exponent), exponent))


def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """Each element that is greater than `threshold`, and `value` in place of the others."""
    result = _wengert.where(_wengert.gt(input, threshold), input, _wengert.full_like(input, value))
    return _wengert.assign(input, result) if inplace else result


def softmax(
    input: Tensor, dim: Any = None, dtype: Any = None, *, out: Tensor | None = None, axis: Any = None
) -> Tensor:
    """Exponentials along `dim`, divided by their sum.

    >>> torch.softmax(torch.tensor([0.0, 0.0]), 0)
    tensor([0.5000, 0.5000])
    """
    dim = axis if dim is None else dim
    if dim is None:
        raise TypeError("softmax() missing 1 required positional argument: 'dim'")
    result = _wengert.softmax(input if dtype is None else _wengert.cast(input, dtype), dim)
    return result if out is None else store(out, result)


@numpy_names
def log_softmax(input: Tensor, dim: int, dtype: Any = None) -> Tensor:
    """The logarithm of `softmax` along `dim`, computed without overflow."""
    return _wengert.log_softmax(input if dtype is None else _wengert.cast(input, dtype), dim)


@for_tensors
def is_floating_point(input: Tensor) -> bool:
    """Whether the elements are floating-point numbers."""
    return input.dtype.is_floating_point


@for_tensors
def is_complex(input: Tensor) -> bool:
    """Whether the elements are complex numbers: they are not."""
    return input.dtype.is_complex


is_conj = is_neg = is_complex


@for_tensors
def is_signed(input: Tensor) -> bool:
    """Whether the elements have signs."""
    return input.dtype.is_signed


@for_tensors
def is_nonzero(input: Tensor) -> bool:
    """Whether a tensor of one element is other than zero."""
    count = input.numel()
    if count != 1:
        word = "no values" if count == 0 else "more than one value"
        raise RuntimeError(f"Boolean value of Tensor with {word} is ambiguous")
    return bool(input)
