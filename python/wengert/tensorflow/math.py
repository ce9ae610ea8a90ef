"""`tf.math`: functions of elements, reductions, segments.

>>> reduce_sum([1.0, 2.0]).numpy()
np.float32(3.0)
"""

from __future__ import annotations

from typing import Any

from wengert.tensorflow._creation import saturate_cast
from wengert.tensorflow._indexing import (
    argsort,
    in_top_k,
    invert_permutation,
    segment_max,
    segment_mean,
    segment_min,
    segment_sum,
    top_k,
    unsorted_segment_max,
    unsorted_segment_mean,
    unsorted_segment_min,
    unsorted_segment_sum,
)
from wengert.tensorflow._pointwise import (
    abs,
    accumulate_n,
    acos,
    acosh,
    add,
    add_n,
    approximate_equal,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    ceil,
    conj,
    cos,
    cosh,
    digamma,
    divide,
    divide_no_nan,
    equal,
    erf,
    erfc,
    erfcinv,
    erfinv,
    exp,
    expm1,
    floor,
    floordiv,
    floormod,
    greater,
    greater_equal,
    is_finite,
    is_inf,
    is_nan,
    lbeta,
    less,
    less_equal,
    lgamma,
    log,
    log1p,
    log_sigmoid,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    maximum,
    minimum,
    mod,
    multiply,
    multiply_no_nan,
    negative,
    nextafter,
    not_equal,
    polygamma,
    pow,
    real,
    reciprocal,
    reciprocal_no_nan,
    rint,
    round,
    rsqrt,
    sigmoid,
    sign,
    sin,
    sinh,
    softplus,
    sqrt,
    square,
    squared_difference,
    subtract,
    tan,
    tanh,
    truediv,
    xdivy,
    xlog1py,
    xlogy,
)
from wengert.tensorflow._reductions import (
    argmax,
    argmin,
    bincount,
    confusion_matrix,
    count_nonzero,
    cumprod,
    cumsum,
    cumulative_logsumexp,
    reduce_all,
    reduce_any,
    reduce_euclidean_norm,
    reduce_logsumexp,
    reduce_max,
    reduce_mean,
    reduce_min,
    reduce_prod,
    reduce_std,
    reduce_sum,
    reduce_variance,
    zero_fraction,
)
from wengert.tensorflow.nn import l2_normalize, log_softmax, softmax, softsign

_PROVIDED = [name for name in dir() if not name.startswith("_") and name not in ("annotations", "Any")]


def __getattr__(name: str) -> Any:
    from wengert._names import missing

    return missing("wengert.tensorflow.math", _PROVIDED)(name)
