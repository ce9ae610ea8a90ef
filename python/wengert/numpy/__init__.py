"""NumPy's names, defaults and promotion, for arrays that differentiate.

The namespace follows the Python array API standard. Functions take arrays, ndarrays, numbers and nested lists
of them, and give `ndarray` (a class of wengert, not NumPy's) of dtype bool, uint8, int32, int64, float32 or
float64.

>>> import wengert
>>> import wengert.numpy as np
>>> f = lambda x: np.sum(np.sin(x) ** 2)
>>> wengert.grad(f)(np.array([0.0, 1.0]))
array([0.        , 0.90929743])

What has no differentiable form (an inverse, the roots of a polynomial) is computed for plain values, and
refuses a value that is being differentiated with a TypeError that says its name.
"""

from __future__ import annotations

import typing
from typing import Any

from .. import _wengert
from .._names import missing
from .._wengert import Array, Array as ndarray
from . import linalg
from ._creation import (
    arange, array, asanyarray, asarray, asarray_chkfinite, ascontiguousarray, asfortranarray, bartlett,
    blackman, c_, copy, diag, diagflat, empty, empty_like, eye, from_dlpack, frombuffer, fromfunction,
    fromiter, fromstring, full, full_like, geomspace, hamming, hanning, identity, indices, kaiser, linspace,
    logspace, meshgrid, mgrid, ogrid, ones, ones_like, r_, tri, tril, triu, vander, zeros, zeros_like,
)  # fmt: skip
from ._dtypes import (
    astype, bool, bool_, can_cast, common_type, double, dtype, e, euler_gamma, finfo, float32, float64,
    floating, generic, iinfo, inexact, inf, int32, int64, int_, integer, intp, iscomplexobj, isdtype,
    isrealobj, isscalar, issubdtype, nan, newaxis, number, pi, promote_types, result_type, signedinteger,
    single, uint8, unsignedinteger,
)  # fmt: skip
from ._elementwise import (
    abs, absolute, acos, acosh, add, angle, arccos, arccosh, arcsin, arcsinh, arctan, arctan2, arctanh,
    around, asin, asinh, atan, atan2, atanh, bitwise_and, bitwise_count, bitwise_invert, bitwise_left_shift,
    bitwise_not, bitwise_or, bitwise_right_shift, bitwise_xor, cbrt, ceil, clip, conj, conjugate, copysign,
    cos, cosh, deg2rad, degrees, divide, divmod, equal, exp, exp2, expm1, fabs, fix, float_power, floor,
    floor_divide, fmax, fmin, fmod, frexp, gcd, greater, greater_equal, heaviside, hypot, imag, invert,
    isclose, iscomplex, isfinite, isinf, isnan, isneginf, isposinf, isreal, lcm, ldexp, left_shift, less,
    less_equal, log, log10, log1p, log2, logaddexp, logaddexp2, logical_and, logical_not, logical_or,
    logical_xor, maximum, minimum, mod, modf, multiply, nan_to_num, negative, nextafter, not_equal,
    positive, pow, power, rad2deg, radians, real, real_if_close, reciprocal, remainder, right_shift, rint,
    round, sign, signbit, sin, sinc, sinh, spacing, sqrt, square, subtract, tan, tanh, true_divide, trunc,
    unwrap,
)  # fmt: skip
from ._joining import (
    append, array_split, block, column_stack, concat, concatenate, delete, dsplit, dstack, hsplit, hstack,
    insert, row_stack, split, stack, vsplit, vstack,
)  # fmt: skip
from ._printing import (
    array2string, array_repr, array_str, base_repr, binary_repr, errstate, format_float_positional,
    format_float_scientific, genfromtxt, get_printoptions, geterr, iterable, load, loadtxt,
    may_share_memory, packbits, printoptions, save, savetxt, savez, savez_compressed, set_printoptions,
    seterr, shares_memory, unpackbits,
)  # fmt: skip
from ._products import (
    cross, dot, einsum, einsum_path, inner, kron, matmul, matvec, outer, tensordot, trace, vdot, vecdot,
    vecmat,
)  # fmt: skip
from ._reductions import (
    all, amax, amin, any, argmax, argmin, count_nonzero, cumprod, cumsum, cumulative_prod, cumulative_sum,
    max, mean, min, nanargmax, nanargmin, nancumprod, nancumsum, nanmax, nanmean, nanmin, nanprod, nanstd,
    nansum, nanvar, prod, ptp, std, sum, var,
)  # fmt: skip
from ._selection import (
    allclose, apply_along_axis, argpartition, argsort, argwhere, array_equal, array_equiv, choose, compress,
    copyto, diag_indices, diag_indices_from, diagonal, digitize, extract, fill_diagonal, flatnonzero,
    intersect1d, isin, ix_, lexsort, mask_indices, ndenumerate, ndindex, nonzero, partition, piecewise,
    place, put, put_along_axis, putmask, ravel_multi_index, searchsorted, select, setdiff1d, setxor1d, sort,
    take, take_along_axis, tril_indices, tril_indices_from, trim_zeros, triu_indices, triu_indices_from,
    union1d, unique, unique_all, unique_counts, unique_inverse, unique_values, unravel_index, vectorize,
    where,
)  # fmt: skip
from ._shape import (
    atleast_1d, atleast_2d, atleast_3d, broadcast_arrays, broadcast_shapes, broadcast_to, expand_dims, flip,
    fliplr, flipud, matrix_transpose, moveaxis, ndim, pad, permute_dims, ravel, repeat, reshape, resize,
    roll, rollaxis, rot90, shape, size, squeeze, swapaxes, tile, transpose, unstack,
)  # fmt: skip
from ._statistics import (
    apply_over_axes, average, bincount, convolve, corrcoef, correlate, cov, diff, ediff1d, gradient,
    histogram, histogram2d, histogram_bin_edges, histogramdd, i0, interp, median, nanmedian, nanpercentile,
    nanquantile, percentile, poly, polyadd, polyder, polydiv, polyfit, polyint, polymul, polysub, polyval,
    quantile, roots, trapezoid,
)  # fmt: skip

if typing.TYPE_CHECKING:
    from . import fft, random

__array_api_version__ = "2024.12"


def __array_namespace_info__() -> Any:
    """What this namespace can do, as the array API standard asks: its dtypes, devices and capabilities."""
    from ._info import Info

    return Info()


__all__ = [
    "Array", "abs", "absolute", "acos", "acosh", "add", "all", "allclose", "amax", "amin", "angle", "any",
    "append", "apply_along_axis", "apply_over_axes", "arange", "arccos", "arccosh", "arcsin", "arcsinh",
    "arctan", "arctan2", "arctanh", "argmax", "argmin", "argpartition", "argsort", "argwhere", "around",
    "array", "array2string", "array_equal", "array_equiv", "array_repr", "array_split", "array_str",
    "asanyarray", "asarray", "asarray_chkfinite", "ascontiguousarray", "asfortranarray", "asin", "asinh",
    "astype", "atan", "atan2", "atanh", "atleast_1d", "atleast_2d", "atleast_3d", "average", "bartlett",
    "base_repr", "binary_repr", "bincount", "bitwise_and", "bitwise_count", "bitwise_invert",
    "bitwise_left_shift", "bitwise_not", "bitwise_or", "bitwise_right_shift", "bitwise_xor", "blackman",
    "block", "bool", "bool_", "broadcast_arrays", "broadcast_shapes", "broadcast_to", "c_", "can_cast",
    "cbrt", "ceil", "choose", "clip", "column_stack", "common_type", "compress", "concat", "concatenate",
    "conj", "conjugate", "convolve", "copy", "copysign", "copyto", "corrcoef", "correlate", "cos", "cosh",
    "count_nonzero", "cov", "cross", "cumprod", "cumsum", "cumulative_prod", "cumulative_sum", "deg2rad",
    "degrees", "delete", "diag", "diag_indices", "diag_indices_from", "diagflat", "diagonal", "diff",
    "digitize", "divide", "divmod", "dot", "double", "dsplit", "dstack", "dtype", "e", "ediff1d", "einsum",
    "einsum_path", "empty", "empty_like", "equal", "errstate", "euler_gamma", "exp", "exp2", "expand_dims",
    "expm1", "extract", "eye", "fabs", "fft", "fill_diagonal", "finfo", "fix", "flatnonzero", "flip", "fliplr",
    "flipud", "float32", "float64", "float_power", "floating", "floor", "floor_divide", "fmax", "fmin",
    "fmod", "format_float_positional", "format_float_scientific", "frexp", "from_dlpack", "frombuffer",
    "fromfunction", "fromiter", "fromstring", "full", "full_like", "gcd", "generic", "genfromtxt",
    "geomspace", "get_printoptions", "geterr", "gradient", "greater", "greater_equal", "hamming", "hanning",
    "heaviside", "histogram", "histogram2d", "histogram_bin_edges", "histogramdd", "hsplit", "hstack",
    "hypot", "i0", "identity", "iinfo", "imag", "indices", "inexact", "inf", "inner", "insert", "int32",
    "int64", "int_", "integer", "interp", "intersect1d", "intp", "invert", "isclose", "iscomplex",
    "iscomplexobj", "isdtype", "isfinite", "isin", "isinf", "isnan", "isneginf", "isposinf", "isreal",
    "isrealobj", "isscalar", "issubdtype", "iterable", "ix_", "kaiser", "kron", "lcm", "ldexp",
    "left_shift", "less", "less_equal", "lexsort", "linalg", "linspace", "load", "loadtxt", "log", "log10",
    "log1p", "log2", "logaddexp", "logaddexp2", "logical_and", "logical_not", "logical_or", "logical_xor",
    "logspace", "mask_indices", "matmul", "matrix_transpose", "matvec", "max", "maximum",
    "may_share_memory", "mean", "median", "meshgrid", "mgrid", "min", "minimum", "mod", "modf", "moveaxis",
    "multiply", "nan", "nan_to_num", "nanargmax", "nanargmin", "nancumprod", "nancumsum", "nanmax",
    "nanmean", "nanmedian", "nanmin", "nanpercentile", "nanprod", "nanquantile", "nanstd", "nansum",
    "nanvar", "ndarray", "ndenumerate", "ndim", "ndindex", "negative", "newaxis", "nextafter", "nonzero",
    "not_equal", "number", "ogrid", "ones", "ones_like", "outer", "packbits", "pad", "partition",
    "percentile", "permute_dims", "pi", "piecewise", "place", "poly", "polyadd", "polyder", "polydiv",
    "polyfit", "polyint", "polymul", "polysub", "polyval", "positive", "pow", "power", "printoptions",
    "prod", "promote_types", "ptp", "put", "put_along_axis", "putmask", "quantile", "r_", "rad2deg",
    "radians", "random", "ravel", "ravel_multi_index", "real", "real_if_close", "reciprocal", "remainder",
    "repeat", "reshape", "resize", "result_type", "right_shift", "rint", "roll", "rollaxis", "roots",
    "rot90", "round", "row_stack", "save", "savetxt", "savez", "savez_compressed", "searchsorted", "select",
    "set_printoptions", "setdiff1d", "seterr", "setxor1d", "shape", "shares_memory", "sign", "signbit",
    "signedinteger", "sin", "sinc", "single", "sinh", "size", "sort", "spacing", "split", "sqrt", "square",
    "squeeze", "stack", "std", "subtract", "sum", "swapaxes", "take", "take_along_axis", "tan", "tanh",
    "tensordot", "tile", "trace", "transpose", "trapezoid", "tri", "tril", "tril_indices",
    "tril_indices_from", "trim_zeros", "triu", "triu_indices", "triu_indices_from", "true_divide", "trunc",
    "uint8", "union1d", "unique", "unique_all", "unique_counts", "unique_inverse", "unique_values",
    "unpackbits", "unravel_index", "unsignedinteger", "unstack", "unwrap", "vander", "var", "vdot",
    "vecdot", "vecmat", "vectorize", "vsplit", "vstack", "where", "zeros", "zeros_like",
]  # fmt: skip


def _attach() -> None:
    from . import _methods, _protocols

    _protocols.fill(globals(), vars(linalg))
    for cls in (_wengert.Array, _wengert.Tensor):
        _protocols.attach(cls)
    _methods.attach()


_attach()
_missing = missing(__name__, __all__)


if not typing.TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name in ("fft", "random"):  # NumPy's own take a while to load
            import importlib

            return importlib.import_module(f"{__name__}.{name}")
        return _missing(name)
