"""Methods that change a tensor: each puts the value of a function into the tensor it was called on."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from wengert import _wengert
from wengert._wengert import Tensor
from wengert.torch import _dtype, _index, _join, _pointwise, _products, _random, _reduce, _shape

_assign = _wengert.assign
_change = _wengert.in_place


def _fits(value: Tensor, target: Tensor) -> None:
    if not _dtype.can_cast(value.dtype, target.dtype):
        raise RuntimeError(
            f"result type {_dtype.spoken(value.dtype)} can't be cast to the desired output type "
            f"{_dtype.spoken(target.dtype)}"
        )
    if value.shape != target.shape and len(value.shape) >= len(target.shape):
        raise RuntimeError(
            f"output with shape {list(target.shape)} doesn't match the broadcast shape {list(value.shape)}"
        )


def _in_place_operator(operator: Any, function: Any, name: str, scaled: bool) -> Any:
    """`+=` and its like as methods: what the operators do, and the long way round for `alpha` and `rounding_mode`."""
    slow = _in_place(function, name)
    if scaled:

        def method(self: Tensor, other: Any, *, alpha: Any = 1) -> Tensor:
            return operator(self, other) if alpha == 1 else slow(self, other, alpha=alpha)

    else:

        def method(self: Tensor, other: Any, **kwargs: Any) -> Tensor:  # type: ignore[misc]
            return slow(self, other, **kwargs) if kwargs else operator(self, other)

    method.__name__ = name
    method.__qualname__ = f"Tensor.{name}"
    method.__doc__ = slow.__doc__
    return method


def _kept(old: Tensor, value: Any) -> Tensor:
    """`value`, as a result of `old` that does not depend on it."""
    return _wengert.where(_wengert.zeros_like(old, "bool"), old, value)


def _in_place(function: Callable[..., Any], name: str) -> Any:
    def checked(old: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        value = function(old, *args, **kwargs)
        if value.dtype is not old.dtype or value.shape != old.shape:
            _fits(value, old)
        return value if value.requires_grad or not old.requires_grad else _kept(old, value)

    def method(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        return _change(self, checked, *args, **kwargs)

    method.__name__ = name
    method.__qualname__ = f"Tensor.{name}"
    method.__doc__ = f"`{name[:-1]}`, put into the tensor itself."
    return method


_UNARY = """abs absolute acos acosh arccos arccosh arcsin arcsinh arctan arctanh asin asinh atan atanh ceil
conj_physical cos cosh deg2rad digamma erf erfc erfinv exp exp2 expm1 fix floor frac lgamma log log10 log1p log2
logical_not bitwise_not neg negative rad2deg reciprocal relu rsqrt sgn sigmoid sign sin sinc sinh sqrt square tan tanh
trunc""".split()

_FROM: list[tuple[Any, str]] = [
    (
        _pointwise,
        """add addcdiv addcmul arctan2 atan2 bitwise_and bitwise_left_shift bitwise_or bitwise_right_shift bitwise_xor
        clamp clamp_max clamp_min clip copysign div divide eq float_power floor_divide fmod gcd ge greater greater_equal
        gt heaviside hypot lcm ldexp le lerp less less_equal logical_and logical_or logical_xor logit lt mul multiply
        mvlgamma nan_to_num ne nextafter not_equal pow remainder round sub subtract threshold true_divide xlogy""",
    ),
    (_products, "addbmm addmm addmv addr baddbmm renorm"),
    (_reduce, "cumprod cumsum"),
    (_join, "tril triu"),
    (
        _index,
        """index_add index_copy index_fill index_put masked_fill masked_scatter put scatter scatter_add scatter_reduce""",
    ),
]

METHODS: dict[str, Any] = {}
for _name in _UNARY:
    METHODS[_name + "_"] = _in_place(getattr(_pointwise, _name), _name + "_")
for _home, _names in _FROM:
    for _name in _names.split():
        METHODS[_name + "_"] = _in_place(getattr(_home, _name), _name + "_")

for _name, _operator, _scaled in (
    ("add", operator.iadd, True),
    ("sub", operator.isub, True),
    ("subtract", operator.isub, True),
    ("mul", operator.imul, False),
    ("multiply", operator.imul, False),
    ("div", operator.itruediv, False),
    ("divide", operator.itruediv, False),
    ("true_divide", operator.itruediv, False),
):
    METHODS[_name + "_"] = _in_place_operator(_operator, getattr(_pointwise, _name), _name + "_", _scaled)


def _method(function: Any) -> Any:
    METHODS[function.__name__] = function
    return function


_float_power = METHODS["float_power_"]


@_method
def float_power_(self: Tensor, exponent: Any) -> Tensor:
    """`float_power`, put into the tensor itself, which must be of float64."""
    if self.dtype is not _dtype.float64:
        raise RuntimeError(
            f"the base given to float_power_ has dtype {_dtype.spoken(self.dtype)} but the operation's result requires "
            "dtype Double"
        )
    return _float_power(self, exponent)


@_method
def polygamma_(self: Tensor, n: int) -> Tensor:
    """`polygamma` of order `n`, put into the tensor itself."""
    return _assign(self, _wengert.polygamma(n, self))


def _filled(self: Tensor, value: Any) -> Tensor:
    if not self.requires_grad or not _wengert.is_grad_enabled():
        return _assign(self, value)
    return _change(self, _kept, value)


@_method
def zero_(self: Tensor) -> Tensor:
    """Fill with zeros."""
    return _filled(self, 0)


@_method
def fill_(self: Tensor, value: Any) -> Tensor:
    """Fill with one value."""
    if isinstance(value, Tensor) and value.ndim:
        raise RuntimeError(
            f"fill_ only supports 0-dimension value tensor but got tensor with {value.ndim} dimensions."
        )
    return _filled(self, value)


@_method
def copy_(self: Tensor, other: Any, non_blocking: bool = False) -> Tensor:
    """Put the elements of `other` in, broadcast and cast; gradients flow to it."""
    return _assign(self, other)


@_method
def fill_diagonal_(self: Tensor, fill_value: Any, wrap: bool = False) -> Tensor:
    """Put one value on the diagonal; `wrap` starts anew below a tall matrix."""
    if self.ndim < 2:
        raise RuntimeError("dimensions must larger than 1")
    size = min(self.shape)
    if self.ndim > 2:
        if len(set(self.shape)) != 1:
            raise RuntimeError("all dimensions of input must be of equal length")
        places = _wengert.arange(Tensor, 0, size, 1, "int64")
        self[(places,) * self.ndim] = fill_value
        return self
    rows, columns = self.shape
    for start in range(0, rows, columns + 1) if wrap else (0,):
        piece = _wengert.narrow(self, 0, start, rows - start)
        _assign(_wengert.diagonal(piece, 0, 0, 1), fill_value)
    return self


@_method
def apply_(self: Tensor, callable: Callable[[Any], Any]) -> Tensor:
    """Put the value of a Python function of each element in its place."""
    if self.requires_grad:
        raise TypeError(
            "can't call apply_() on Variable that requires grad. Use var.detach().apply_() instead."
        )
    values = [callable(v) for v in _wengert.reshape(self, (-1,)).tolist()]
    return _assign(self, _wengert.reshape(_wengert.from_data(Tensor, values, self.dtype), tuple(self.shape)))


@_method
def map_(self: Tensor, tensor: Tensor, callable: Callable[[Any, Any], Any]) -> Tensor:
    """Put the value of a Python function of each pair of elements in the place of the first."""
    pairs = zip(
        _wengert.reshape(self, (-1,)).tolist(),
        _wengert.reshape(_wengert.expand(tensor, tuple(self.shape)), (-1,)).tolist(),
        strict=True,
    )
    values = [callable(a, b) for a, b in pairs]
    return _assign(self, _wengert.reshape(_wengert.from_data(Tensor, values, self.dtype), tuple(self.shape)))


_become = _wengert.become


@_method
def squeeze_(self: Tensor, dim: Any = None) -> Tensor:
    """`squeeze` of the tensor itself."""
    return _become(self, _shape.squeeze(self, dim))


@_method
def unsqueeze_(self: Tensor, dim: int) -> Tensor:
    """`unsqueeze` of the tensor itself."""
    return _become(self, _shape.unsqueeze(self, dim))


@_method
def transpose_(self: Tensor, dim0: int, dim1: int) -> Tensor:
    """`transpose` of the tensor itself."""
    return _become(self, _wengert.transpose(self, dim0, dim1))


@_method
def t_(self: Tensor) -> Tensor:
    """`t` of the tensor itself."""
    return _become(self, _shape.t(self))


METHODS["swapaxes_"] = METHODS["swapdims_"] = transpose_


@_method
def resize_(self: Tensor, *sizes: Any, memory_format: Any = None) -> Tensor:
    """Another shape of the tensor itself: its elements in order, cut off or with zeros after them."""
    if self.requires_grad:
        raise RuntimeError("cannot resize variables that require grad")
    from math import prod

    from wengert.torch._spelling import extents

    shape = tuple(extents(sizes))
    flat, count = _wengert.reshape(self.detach(), (-1,)), prod(shape)
    have = flat.shape[0]
    flat = _wengert.narrow(flat, 0, 0, count) if have >= count else _wengert.pad(flat, [(0, count - have)])
    return _become(self, _wengert.clone(_wengert.reshape(flat, shape)))


@_method
def resize_as_(self: Tensor, the_template: Tensor, memory_format: Any = None) -> Tensor:
    """The shape of another tensor for the tensor itself."""
    return resize_(self, tuple(the_template.shape))


@_method
def set_(self: Tensor, source: Tensor | None = None) -> Tensor:
    """Make the tensor hold what `source` holds."""
    return _become(self, _wengert.empty(Tensor, (0,), self.dtype) if source is None else source.detach())


@_method
def detach_(self: Tensor) -> Tensor:
    """Cut the tensor itself off its history."""
    return _become(self, self.detach())


for _name in "uniform_ normal_ log_normal_ exponential_ geometric_ cauchy_ bernoulli_ random_".split():
    METHODS[_name] = getattr(_random, _name)

# Those that PyTorch has as functions too.
FUNCTIONS = {
    name: METHODS[name]
    for name in """abs_ acos_ acosh_ arccos_ arccosh_ arcsin_ arcsinh_ arctan_ arctanh_ asin_ asinh_ atan_ atanh_ ceil_
    clamp_ clamp_max_ clamp_min_ clip_ conj_physical_ cos_ cosh_ deg2rad_ detach_ erf_ erfc_ exp2_ exp_ expm1_ fill_ fix_
    floor_ frac_ gcd_ index_put_ lcm_ ldexp_ log10_ log1p_ log2_ log_ logit_ nan_to_num_ neg_ negative_ rad2deg_
    reciprocal_ relu_ round_ rsqrt_ sigmoid_ sin_ sinc_ sinh_ sqrt_ square_ tan_ tanh_ threshold_ trunc_ xlogy_
    addmv_ resize_as_ zero_""".split()
}
del METHODS["threshold_"]
