"""PyTorch's names and conventions: change `import torch` to `from wengert import torch`, and the program runs.

>>> from wengert import torch
>>> x = torch.tensor([1.0, 2.0], requires_grad=True)
>>> (x**2).sum().backward()
>>> x.grad
tensor([2., 4.])
"""

from __future__ import annotations

import typing as _typing
from importlib import import_module as _import_module
from math import e, inf, nan, pi

from wengert import _numpy_protocols as _numpy_protocols
from wengert._wengert import Tensor
from wengert.torch import _errors, _inplace, _methods, return_types
from wengert.torch._creation import (
    BoolTensor,
    ByteTensor,
    DoubleTensor,
    FloatTensor,
    IntTensor,
    LongTensor,
    arange,
    as_tensor,
    asarray,
    bartlett_window,
    blackman_window,
    cartesian_prod,
    combinations,
    empty,
    empty_like,
    empty_strided,
    eye,
    from_dlpack,
    from_numpy,
    frombuffer,
    full,
    full_like,
    hamming_window,
    hann_window,
    is_storage,
    is_tensor,
    linspace,
    logspace,
    meshgrid,
    ones,
    ones_like,
    range,
    scalar_tensor,
    tensor,
    tril_indices,
    triu_indices,
    vander,
    zeros,
    zeros_like,
)  # fmt: skip
from wengert.torch._device import (
    channels_last,
    contiguous_format,
    device,
    get_default_device,
    layout,
    memory_format,
    preserve_format,
    set_default_device,
    strided,
)  # fmt: skip
from wengert.torch._dtype import bool_ as bool
from wengert.torch._dtype import (
    can_cast,
    double,
    dtype,
    finfo,
    float32,
    float64,
    get_default_dtype,
    iinfo,
    int32,
    int64,
    long,
    promote_types,
    result_type,
    set_default_dtype,
    set_default_tensor_type,
    uint8,
)  # fmt: skip
from wengert.torch._dtype import float_ as float
from wengert.torch._dtype import int_ as int
from wengert.torch._errors import ArgumentError
from wengert.torch._grad_mode import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)  # fmt: skip
from wengert.torch._index import (
    argwhere,
    diagonal_scatter,
    gather,
    index_add,
    index_copy,
    index_fill,
    index_put,
    index_select,
    masked_fill,
    masked_scatter,
    masked_select,
    nonzero,
    nonzero_static,
    put,
    scatter,
    scatter_add,
    scatter_reduce,
    select_scatter,
    slice_scatter,
    take,
    take_along_dim,
    unravel_index,
    where,
)  # fmt: skip
from wengert.torch._join import (
    block_diag,
    cat,
    clone,
    column_stack,
    concat,
    concatenate,
    constant_pad_nd,
    diag,
    diag_embed,
    diagflat,
    dstack,
    flip,
    fliplr,
    flipud,
    hstack,
    repeat_interleave,
    roll,
    rot90,
    row_stack,
    stack,
    tile,
    tril,
    triu,
    vstack,
)  # fmt: skip
from wengert.torch._order import (
    allclose,
    argsort,
    bincount,
    bucketize,
    equal,
    histc,
    histogram,
    isin,
    kthvalue,
    median,
    mode,
    msort,
    nanmedian,
    nanquantile,
    quantile,
    searchsorted,
    sort,
    topk,
    unique,
    unique_consecutive,
)  # fmt: skip
from wengert.torch._pointwise import (
    abs,
    absolute,
    acos,
    acosh,
    add,
    addcdiv,
    addcmul,
    angle,
    arccos,
    arccosh,
    arcsin,
    arcsinh,
    arctan,
    arctan2,
    arctanh,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    bitwise_and,
    bitwise_left_shift,
    bitwise_not,
    bitwise_or,
    bitwise_right_shift,
    bitwise_xor,
    ceil,
    clamp,
    clamp_max,
    clamp_min,
    clip,
    conj,
    conj_physical,
    copysign,
    cos,
    cosh,
    deg2rad,
    digamma,
    div,
    divide,
    eq,
    erf,
    erfc,
    erfinv,
    exp,
    exp2,
    expm1,
    fix,
    float_power,
    floor,
    floor_divide,
    fmax,
    fmin,
    fmod,
    frac,
    frexp,
    gcd,
    ge,
    greater,
    greater_equal,
    gt,
    heaviside,
    hypot,
    is_complex,
    is_conj,
    is_floating_point,
    is_neg,
    is_nonzero,
    is_signed,
    isclose,
    isfinite,
    isinf,
    isnan,
    isneginf,
    isposinf,
    isreal,
    lcm,
    ldexp,
    le,
    lerp,
    less,
    less_equal,
    lgamma,
    log,
    log1p,
    log2,
    log10,
    log_softmax,
    logaddexp,
    logaddexp2,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    logit,
    lt,
    maximum,
    minimum,
    mul,
    multiply,
    mvlgamma,
    nan_to_num,
    ne,
    neg,
    negative,
    nextafter,
    not_equal,
    polygamma,
    positive,
    pow,
    rad2deg,
    real,
    reciprocal,
    relu,
    remainder,
    resolve_conj,
    resolve_neg,
    round,
    rsqrt,
    rsub,
    sgn,
    sigmoid,
    sign,
    signbit,
    sin,
    sinc,
    sinh,
    softmax,
    sqrt,
    square,
    sub,
    subtract,
    tan,
    tanh,
    threshold,
    true_divide,
    trunc,
    xlogy,
)  # fmt: skip
from wengert.torch._print import get_printoptions as _get_printoptions
from wengert.torch._print import set_printoptions
from wengert.torch._products import (
    addbmm,
    addmm,
    addmv,
    addr,
    baddbmm,
    bmm,
    cdist,
    chain_matmul,
    cross,
    dot,
    einsum,
    ger,
    inner,
    kron,
    matmul,
    matrix_power,
    mm,
    mv,
    outer,
    pdist,
    renorm,
    tensordot,
    trace,
    vdot,
)  # fmt: skip
from wengert.torch._random import (
    Generator,
    bernoulli,
    default_generator,
    get_rng_state,
    initial_seed,
    manual_seed,
    multinomial,
    normal,
    poisson,
    rand,
    rand_like,
    randint,
    randint_like,
    randn,
    randn_like,
    randperm,
    seed,
    set_rng_state,
)  # fmt: skip
from wengert.torch._reduce import (
    all,
    amax,
    amin,
    aminmax,
    any,
    argmax,
    argmin,
    corrcoef,
    count_nonzero,
    cov,
    cummax,
    cummin,
    cumprod,
    cumsum,
    cumulative_trapezoid,
    diff,
    dist,
    logcumsumexp,
    logsumexp,
    max,
    mean,
    min,
    nanmean,
    nansum,
    norm,
    prod,
    std,
    std_mean,
    sum,
    trapezoid,
    trapz,
    var,
    var_mean,
)  # fmt: skip
from wengert.torch._save import (
    load,
    save,
)  # fmt: skip
from wengert.torch._settings import (
    are_deterministic_algorithms_enabled,
    autocast,
    compile,
    get_float32_matmul_precision,
    get_num_interop_threads,
    get_num_threads,
    is_anomaly_enabled,
    is_autocast_enabled,
    is_warn_always_enabled,
    set_anomaly_enabled,
    set_float32_matmul_precision,
    set_flush_denormal,
    set_num_interop_threads,
    set_num_threads,
    set_warn_always,
    to_dlpack,
    typename,
    use_deterministic_algorithms,
)  # fmt: skip
from wengert.torch._shape import (
    adjoint,
    atleast_1d,
    atleast_2d,
    atleast_3d,
    broadcast_shapes,
    broadcast_tensors,
    broadcast_to,
    chunk,
    detach,
    diagonal,
    dsplit,
    flatten,
    hsplit,
    is_same_size,
    moveaxis,
    movedim,
    narrow,
    numel,
    permute,
    ravel,
    reshape,
    select,
    split,
    split_with_sizes,
    squeeze,
    swapaxes,
    swapdims,
    t,
    tensor_split,
    transpose,
    unbind,
    unflatten,
    unsafe_chunk,
    unsafe_split,
    unsafe_split_with_sizes,
    unsqueeze,
    vsplit,
)  # fmt: skip
from wengert.torch._size import Size
from wengert.torch._variants import (
    alias_copy,
    cond,
    detach_copy,
    diagonal_copy,
    expand_copy,
    fill,
    frobenius_norm,
    get_device,
    gradient,
    imag,
    is_distributed,
    is_inference,
    narrow_copy,
    permute_copy,
    select_copy,
    slice_copy,
    split_copy,
    split_with_sizes_copy,
    squeeze_copy,
    t_copy,
    transpose_copy,
    unbind_copy,
    unfold_copy,
    unsqueeze_copy,
    view_copy,
)  # fmt: skip
from wengert.torch.version import __version__

newaxis = None
_methods.attach()
globals().update(_inplace.FUNCTIONS)

_MODULES = (
    "autograd", "backends", "cuda", "func", "linalg", "nn", "optim", "random", "special", "testing", "utils", "version",
)  # fmt: skip

# Functions that live with the networks, and are found under this name too.
_FUNCTIONAL = """adaptive_avg_pool1d adaptive_max_pool1d alpha_dropout alpha_dropout_ avg_pool1d batch_norm bilinear celu
celu_ channel_shuffle conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d
cosine_similarity dropout dropout_ embedding embedding_bag feature_alpha_dropout feature_dropout
group_norm hardshrink instance_norm layer_norm max_pool1d max_pool1d_with_indices max_pool2d max_pool3d
pairwise_distance pixel_shuffle pixel_unshuffle prelu rms_norm rrelu rrelu_ selu selu_ threshold_""".split()

_ELSEWHERE = {"vmap": "wengert.torch.func"}


def _lazy(name: str) -> object:
    if name in _MODULES:
        return _import_module(f"wengert.torch.{name}")
    if name in _ELSEWHERE:
        return getattr(_import_module(_ELSEWHERE[name]), name)
    if name in _FUNCTIONAL:
        functional = _import_module("wengert.torch.nn.functional")
        if hasattr(functional, name):
            return getattr(functional, name)
    raise LookupError


if _typing.TYPE_CHECKING:
    from wengert.torch import (
        autograd, backends, cuda, func, linalg, nn, optim, random, special, testing, utils, version,
    )  # fmt: skip
    from wengert.torch.func import vmap
else:

    def __getattr__(name: str) -> object:
        try:
            value = _lazy(name)
        except LookupError:
            from wengert._names import missing

            return missing("torch", _known)(name)
        globals()[name] = value
        return value


def _known() -> list[str]:
    return [*globals(), *_MODULES, *_ELSEWHERE]


def __dir__() -> list[str]:
    functional = _import_module("wengert.torch.nn.functional")
    ours = [n for n in globals() if not n.startswith("_") and n != "annotations"]
    return sorted({*ours, *_MODULES, *_ELSEWHERE, *(n for n in _FUNCTIONAL if hasattr(functional, n))})
