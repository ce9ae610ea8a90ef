"""The methods and properties of tensors: the functions of this package, and what only a tensor has."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

from wengert import _wengert
from wengert._wengert import Tensor
from wengert.torch import (
    _creation,
    _device,
    _dtype,
    _index,
    _inplace,
    _join,
    _order,
    _pointwise,
    _print,
    _products,
    _random,
    _reduce,
    _save,
    _shape,
)
from wengert.torch._spelling import extents

_cast = _wengert.cast

_UNARY = """abs absolute acos acosh arccos arccosh arcsin arcsinh arctan arctanh asin asinh atan atanh ceil cos cosh
digamma erf erfc erfinv exp exp2 expm1 fix floor isfinite isinf isnan lgamma log log10 log1p log2 logical_not bitwise_not
neg negative reciprocal relu rsqrt sgn sigmoid sign sin sinc sinh sqrt square tan tanh trunc""".split()
_BINARY = """arctan2 atan2 bitwise_and bitwise_left_shift bitwise_or bitwise_right_shift bitwise_xor copysign eq
floor_divide fmod ge greater greater_equal gt hypot le less less_equal logaddexp logical_and logical_or logical_xor lt
maximum minimum mul multiply ne not_equal remainder true_divide xlogy""".split()

_FROM: list[tuple[Any, str]] = [
    (
        _pointwise,
        """add addcdiv addcmul angle clamp clamp_max clamp_min clip conj conj_physical deg2rad div divide float_power fmax
        fmin frac frexp gcd heaviside is_complex is_conj is_floating_point is_neg is_nonzero is_signed isclose isneginf
        isposinf isreal lcm ldexp lerp log_softmax logaddexp2 logit mvlgamma nan_to_num nextafter positive pow rad2deg
        resolve_conj resolve_neg round signbit softmax sub subtract""",
    ),
    (
        _reduce,
        """all amax amin aminmax any argmax argmin corrcoef count_nonzero cov cummax cummin cumprod cumsum diff dist
        logcumsumexp logsumexp max mean min nanmean nansum norm prod std sum var""",
    ),
    (
        _order,
        """allclose argsort bincount equal histc histogram kthvalue median mode msort nanmedian nanquantile quantile sort
        topk unique unique_consecutive""",
    ),
    (
        _shape,
        """adjoint broadcast_to chunk detach diagonal dsplit expand expand_as flatten hsplit is_same_size moveaxis movedim
        narrow numel permute ravel reshape reshape_as select split split_with_sizes squeeze sum_to_size swapaxes swapdims
        t tensor_split transpose unbind unflatten unsafe_chunk unsafe_split unsafe_split_with_sizes unsqueeze view
        view_as vsplit""",
    ),
    (
        _join,
        """clone diag diag_embed diagflat flip fliplr flipud repeat repeat_interleave roll rot90 tile tril triu
        unfold""",
    ),
    (
        _index,
        """argwhere diagonal_scatter gather index_add index_copy index_fill index_put index_select masked_fill
        masked_scatter masked_select nonzero nonzero_static put scatter scatter_add scatter_reduce select_scatter
        slice_scatter take take_along_dim""",
    ),
    (
        _products,
        "addbmm addmm addmv addr baddbmm bmm cross dot ger inner kron matmul matrix_power mm mv outer renorm trace vdot",
    ),
    (_random, "bernoulli multinomial"),
]


def _unary(function: Callable[[Any], Any], name: str) -> Any:
    def method(self: Tensor) -> Tensor:
        return function(self)

    return _titled(method, name, function)


def _binary(function: Callable[[Any, Any], Any], name: str) -> Any:
    def method(self: Tensor, other: Any) -> Tensor:
        return function(self, other)

    return _titled(method, name, function)


def _titled(method: Any, name: str, function: Any) -> Any:
    method.__name__ = name
    method.__qualname__ = f"Tensor.{name}"
    method.__doc__ = getattr(function, "__doc__", None) or f"See `torch.{name}`."
    return method


METHODS: dict[str, Any] = {}


def _method(function: Any) -> Any:
    METHODS[function.__name__] = function
    return function


@_method
def polygamma(self: Tensor, n: int) -> Tensor:
    """The `n`-th derivative of `digamma`."""
    return _wengert.polygamma(n, self)


@_method
def size(self: Tensor, dim: int | None = None) -> Any:
    """The shape, or the extent of one dimension."""
    if dim is None:
        return self.shape
    shape = self.shape
    if not -len(shape) <= dim < len(shape):
        _shape._axis(dim, len(shape))
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    return shape[dim]


@_method
def dim(self: Tensor) -> int:
    """The number of dimensions."""
    return self.ndim


METHODS["ndimension"] = dim
METHODS["nelement"] = _shape.numel


@_method
def element_size(self: Tensor) -> int:
    """The bytes of one element."""
    return self.dtype.itemsize


@_method
def stride(self: Tensor, dim: int | None = None) -> Any:
    """How many elements apart neighbours lie: in each dimension, or in one."""
    steps = tuple(_wengert.strides(self))
    return steps if dim is None else steps[_shape._axis(dim, len(steps))]


@_method
def storage_offset(self: Tensor) -> int:
    """How many elements before the first one lie in its memory."""
    return _wengert.storage_offset(self)


@_method
def is_contiguous(self: Tensor, memory_format: Any = None) -> bool:
    """Whether the elements lie in their order."""
    return _wengert.is_contiguous(self)


@_method
def data_ptr(self: Tensor) -> int:
    """The address of the first element."""
    return self.detach().numpy().__array_interface__["data"][0]


@_method
def contiguous(self: Tensor, memory_format: Any = None) -> Tensor:
    """The elements in their order in memory: the tensor itself where they are, else a copy."""
    return self if self.is_contiguous() else _wengert.contiguous(self)


@_method
def to(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """The tensor in another dtype: `x.to(torch.float64)`, `x.to(other)`; `x.to('cpu')` is x itself.

    >>> torch.ones(2).to(torch.int64)
    tensor([1, 1])
    """
    if len(args) == 1 and not kwargs:
        if isinstance(args[0], _dtype.dtype):
            return self if args[0] is self.dtype else _cast(self, args[0])
        if args[0] is _device.CPU or (isinstance(args[0], str) and args[0] == "cpu"):
            return self
    kind, copy = kwargs.get("dtype"), kwargs.get("copy", False)
    place = kwargs.get("device")
    for unknown in kwargs.keys() - {"dtype", "copy", "device", "non_blocking", "memory_format", "other"}:
        raise TypeError(f"to() received an invalid combination of arguments: {unknown}")
    for i, arg in enumerate((*args, kwargs["other"]) if "other" in kwargs else args):
        if isinstance(arg, _dtype.dtype):
            kind = arg
        elif isinstance(arg, (str, _device.device)):
            place = arg
        elif isinstance(arg, Tensor):
            kind = arg.dtype
        elif isinstance(arg, bool):
            copy = copy or (arg and i == len(args) - 1 and i > 1)
        elif isinstance(arg, int):
            place = arg
        elif arg is not None:
            kind = _dtype.of(arg)
    _device.here(place)
    if kind is None or _dtype.of(kind) is self.dtype:
        return _wengert.clone(self) if copy else self
    return _cast(self, kind)


def _casting(kind: _dtype.dtype, name: str) -> Any:
    def method(self: Tensor, memory_format: Any = None) -> Tensor:
        return self if self.dtype is kind else _cast(self, kind)

    method.__doc__ = f"The tensor as {kind!r}."
    method.__name__ = name
    method.__qualname__ = f"Tensor.{name}"
    return method


for _name, _kind in {
    "float": _dtype.float32,
    "double": _dtype.float64,
    "long": _dtype.int64,
    "int": _dtype.int32,
    "bool": _dtype.bool_,
    "byte": _dtype.uint8,
}.items():
    METHODS[_name] = _casting(_kind, _name)


@_method
def type(self: Tensor, dtype: Any = None, non_blocking: bool = False) -> Any:
    """The name of the tensor's type, 'torch.FloatTensor'; or the tensor in another dtype."""
    if dtype is None:
        return f"torch.{_dtype.spoken(self.dtype)}Tensor"
    if isinstance(dtype, str) and dtype.endswith("Tensor"):
        word = dtype.removeprefix("torch.").removesuffix("Tensor")
        dtype = next((d for d in _dtype.DTYPES.values() if _dtype.spoken(d) == word), dtype)
    elif isinstance(dtype, _creation._TensorType):
        dtype = dtype.kind
    return to(self, _dtype.of(dtype))


@_method
def type_as(self: Tensor, other: Tensor) -> Tensor:
    """The tensor in the dtype of another."""
    return to(self, other.dtype)


@_method
def cpu(self: Tensor, memory_format: Any = None) -> Tensor:
    """The tensor itself: it lives on the processor."""
    return self


@_method
def cuda(self: Tensor, device: Any = None, non_blocking: bool = False, memory_format: Any = None) -> Tensor:
    """Other devices are not provided."""
    _device.here("cuda")
    return self


@_method
def get_device(self: Tensor) -> int:
    """The number of the device: -1, the processor."""
    return -1


def _same(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """The tensor itself."""
    return self


for _name in "share_memory_ pin_memory to_dense dequantize".split():
    METHODS[_name] = _same


def _no(self: Tensor, *args: Any) -> bool:
    """False."""
    return False


for _name in "is_pinned is_inference is_distributed".split():
    METHODS[_name] = _no


@_method
def is_shared(self: Tensor) -> bool:
    """Whether other processes see the memory: no."""
    return False


@_method
def is_set_to(self: Tensor, tensor: Tensor) -> bool:
    """Whether both are the same elements of the same memory."""
    return (
        self.data_ptr() == tensor.data_ptr()
        and self.shape == tensor.shape
        and self.stride() == tensor.stride()
    )


@_method
def dim_order(self: Tensor) -> tuple[int, ...]:
    """The dimensions, from the one whose neighbours lie farthest apart."""
    steps = self.stride()
    return tuple(sorted(range(len(steps)), key=lambda i: -steps[i]))


@_method
def where(self: Tensor, condition: Tensor, other: Any) -> Tensor:
    """The elements where the condition holds, those of `other` elsewhere."""
    return _index.where(condition, self, other)


@_method
def new_tensor(
    self: Tensor, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """A new tensor of the dtype of this one."""
    return _creation.tensor(data, dtype=dtype or self.dtype, device=device, requires_grad=requires_grad)


def _new(make: Any, name: str) -> Any:
    def method(
        self: Tensor,
        *size: Any,
        dtype: Any = None,
        device: Any = None,
        requires_grad: bool = False,
        **named: Any,
    ) -> Tensor:
        shape = extents((named["size"],) if named else size)
        return _creation._finish(make(Tensor, shape, dtype or self.dtype), device, requires_grad)

    method.__doc__ = f"`torch.{name[4:]}` of the dtype of this tensor."
    method.__name__ = name
    method.__qualname__ = f"Tensor.{name}"
    return method


for _name in ("zeros", "ones", "empty"):
    METHODS[f"new_{_name}"] = _new(getattr(_wengert, _name), f"new_{_name}")


@_method
def new_full(
    self: Tensor,
    size: Any,
    fill_value: Any,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """One value everywhere, in the dtype of this tensor."""
    return _creation.full(
        size, fill_value, dtype=dtype or self.dtype, device=device, requires_grad=requires_grad
    )


@_method
def new(self: Tensor, *data: Any) -> Tensor:
    """A new tensor of the dtype of this one, as the old constructors make it."""
    return _creation.legacy(data, self.dtype)


@_method
def prelu(self: Tensor, weight: Tensor) -> Tensor:
    """`torch.nn.functional.prelu`."""
    from wengert.torch.nn import functional

    return functional.prelu(self, weight)


@_method
def hardshrink(self: Tensor, lambd: float = 0.5) -> Tensor:
    """`torch.nn.functional.hardshrink`."""
    from wengert.torch.nn import functional

    return functional.hardshrink(self, lambd)


@_method
def as_subclass(self: Tensor, cls: Any) -> Any:
    """The same tensor as an object of a subclass."""
    return _wengert.wrap(cls, self)


def __contains__(self: Tensor, element: Any) -> bool:
    """Whether some element equals `element`."""
    if isinstance(element, (Tensor, int, float, bool)):
        return bool(_wengert.any(_wengert.eq(self, element)))
    raise RuntimeError(
        f"Tensor.__contains__ only supports Tensor or scalar, but you passed in a {element.__class__}."
    )


def __reversed__(self: Tensor) -> Tensor:
    """The elements in reverse along the first dimension."""
    return self if self.ndim == 0 else _wengert.flip(self, (0,))


def _mt(self: Tensor) -> Tensor:
    """With the last two dimensions swapped."""
    if self.ndim < 2:
        raise RuntimeError(
            f"tensor.mT is only supported on matrices or batches of matrices. Got {self.ndim}-D tensor."
        )
    return _shape.adjoint(self)


def _h(self: Tensor) -> Tensor:
    """The transpose of a matrix."""
    if self.ndim not in (0, 2):
        raise RuntimeError(f"tensor.H is only supported on matrices (2-D tensors). Got {self.ndim}-D tensor.")
    return _wengert.transpose(self, 0, 1) if self.ndim == 2 else self


def _imag(self: Tensor) -> Tensor:
    """There are no complex numbers."""
    raise RuntimeError("imag is not implemented for tensors with non-complex dtypes.")


@_method
def narrow_copy(self: Tensor, dim: int, start: Any, length: int) -> Tensor:
    """`narrow`, as a copy."""
    return _wengert.clone(_shape.narrow(self, dim, start, length))


@_method
def new_empty_strided(self: Tensor, size: Any, stride: Any, dtype: Any = None, device: Any = None) -> Tensor:
    """Nothing in particular, in the dtype of this tensor."""
    return _creation.empty(size, dtype=dtype or self.dtype, device=device)


PROPERTIES: dict[str, Any] = {
    "mT": property(_mt),
    "mH": property(_mt),
    "H": property(_h),
    "real": property(_pointwise.real),
    "imag": property(_imag),
    "device": property(lambda self: _device.CPU, doc="Where the tensor lives: the processor."),
    "layout": property(lambda self: _device.strided, doc="How the elements lie: strided."),
    "itemsize": property(lambda self: self.dtype.itemsize, doc="The bytes of one element."),
    "nbytes": property(lambda self: self.dtype.itemsize * prod(self.shape), doc="The bytes of all elements."),
    "is_cpu": property(lambda self: True, doc="True."),
    "output_nr": property(lambda self: 0, doc="Which result of its function the tensor is."),
    "name": property(lambda self: None, doc="Tensors have no names."),
    **{
        name: property(lambda self: False, doc="False.")
        for name in """is_cuda is_sparse is_sparse_csr is_quantized is_meta is_mps is_mkldnn is_nested is_xpu is_xla is_ipu
        is_vulkan is_mtia is_maia""".split()
    },
}
if not hasattr(Tensor, "_base"):
    PROPERTIES["_base"] = property(
        lambda self: _wengert.base(self), doc="The tensor that this one is a view of."
    )
    METHODS["_is_view"] = lambda self: _wengert.is_view(self)


# Methods that PyTorch's tensors have and these have not.
_ABSENT = """as_strided as_strided_ as_strided_scatter bfloat16 cdouble cfloat chalf char cholesky cholesky_inverse
cholesky_solve coalesce det eig geqrf half hash_tensor i0 i0_ igamma igamma_ igammac igammac_ index_reduce index_reduce_
int_repr inverse istft logdet lstsq lu lu_solve matrix_exp orgqr ormqr pinverse qr short slogdet solve sparse_dim
sparse_mask sspaddmm stft storage svd symeig to_sparse to_sparse_coo to_sparse_csr triangular_solve untyped_storage
values indices names refine_names align_to rename
register_post_accumulate_grad_hook retains_grad""".split()


class _Absent:
    """Stands where a method would be, and says what is close to it. Costs nothing to the methods that are there."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: Any) -> Any:
        from wengert._names import say

        there = [n for n in dir(Tensor) if n not in _ABSENT]
        raise AttributeError(say("torch.Tensor", self.name, there), name=self.name)


def _directory(self: Tensor) -> list[str]:
    """The names that a tensor has."""
    return sorted(n for n in {*dir(self.__class__), *self.__dict__} if n not in _ABSENT)


def attach() -> None:
    """Give tensors their methods and properties; those that the native class has itself stay."""
    native = set(vars(Tensor)) | set(vars(_wengert.Cell))

    def put(name: str, value: Any) -> None:
        if name not in native:
            setattr(Tensor, name, value)

    for name in _UNARY:
        put(name, _unary(getattr(_pointwise, name), name))
    for name in _BINARY:
        put(name, _binary(getattr(_pointwise, name), name))
    for home, names in _FROM:
        for name in names.split():
            put(name, getattr(home, name))
    for name, value in (METHODS | _inplace.METHODS | PROPERTIES).items():
        put(name, value)
    for name in _ABSENT:
        put(name, _Absent(name))
    put("__dir__", _directory)
    for name, value in {
        "__repr__": _print.represent,
        "__str__": _print.represent,
        "__contains__": __contains__,
        "__reversed__": __reversed__,
        "__pos__": _pointwise.positive,
        "__reduce_ex__": _save.reduced,
        "__copy__": _save.copied,
        "__deepcopy__": _save.deeply,
        "__array_priority__": 1000,
    }.items():
        setattr(Tensor, name, value)
    put("__lshift__", _binary(_wengert.left_shift, "__lshift__"))
    put("__rshift__", _binary(_wengert.right_shift, "__rshift__"))
