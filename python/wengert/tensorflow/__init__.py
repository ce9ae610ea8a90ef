"""TensorFlow's names and conventions: tensors, variables, `GradientTape`, `tf.nn`, `tf.keras` as a tape user meets them.

>>> import wengert.tensorflow as tf
>>> x = tf.Variable(3.0)
>>> with tf.GradientTape() as tape:
...     y = x ** 2
>>> tape.gradient(y, x)
<tf.Tensor: shape=(), dtype=float32, numpy=6.0>
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from wengert.tensorflow import errors, nest
from wengert.tensorflow._convert import Tensor
from wengert.tensorflow._dtypes import DType, as_dtype, double, float32, float64, int32, int64, uint8
from wengert.tensorflow._dtypes import bool_ as bool
from wengert.tensorflow._shape import TensorShape
from wengert.tensorflow._tensor import constant, convert_to_tensor, is_tensor
from wengert.tensorflow._variable import Variable, VariableAggregation, VariableSynchronization, name_scope
from wengert.tensorflow._tape import (
    GradientTape,
    UnconnectedGradients,
    custom_gradient,
    recompute_grad,
    stop_gradient,
)
from wengert.tensorflow._creation import (
    bitcast,
    cast,
    eye,
    fill,
    identity,
    identity_n,
    linspace,
    meshgrid,
    one_hot,
    ones,
    ones_like,
    range,
    rank,
    saturate_cast,
    sequence_mask,
    shape,
    shape_n,
    size,
    zeros,
    zeros_like,
)
from wengert.tensorflow._shaping import (
    broadcast_dynamic_shape,
    broadcast_static_shape,
    broadcast_to,
    concat,
    ensure_shape,
    expand_dims,
    pad,
    parallel_stack,
    repeat,
    reshape,
    reverse,
    reverse_sequence,
    roll,
    split,
    squeeze,
    stack,
    tile,
    transpose,
    unstack,
)
from wengert.tensorflow._indexing import (
    argsort,
    boolean_mask,
    dynamic_partition,
    dynamic_stitch,
    gather,
    gather_nd,
    histogram_fixed_width,
    histogram_fixed_width_bins,
    scatter_nd,
    searchsorted,
    slice,
    sort,
    strided_slice,
    tensor_scatter_nd_add,
    tensor_scatter_nd_max,
    tensor_scatter_nd_min,
    tensor_scatter_nd_sub,
    tensor_scatter_nd_update,
    unique,
    unique_with_counts,
    unravel_index,
    where,
)
from wengert.tensorflow._pointwise import (
    abs,
    acos,
    acosh,
    add,
    add_n,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    clip_by_value,
    cos,
    cosh,
    divide,
    equal,
    exp,
    floor,
    grad_pass_through,
    greater,
    greater_equal,
    less,
    less_equal,
    logical_and,
    logical_not,
    logical_or,
    maximum,
    minimum,
    multiply,
    negative,
    not_equal,
    pow,
    realdiv,
    round,
    scalar_mul,
    sigmoid,
    sign,
    sin,
    sinh,
    sqrt,
    square,
    subtract,
    tan,
    tanh,
    truediv,
    truncatediv,
    truncatemod,
)
from wengert.tensorflow._reductions import (
    argmax,
    argmin,
    clip_by_global_norm,
    clip_by_norm,
    cumsum,
    reduce_all,
    reduce_any,
    reduce_logsumexp,
    reduce_max,
    reduce_mean,
    reduce_min,
    reduce_prod,
    reduce_sum,
)
from wengert.tensorflow._products import einsum, matmul, norm, tensordot
from wengert.tensorflow._control import (
    case,
    cond,
    control_dependencies,
    device,
    executing_eagerly,
    foldl,
    foldr,
    function,
    get_logger,
    get_static_value,
    gradients,
    group,
    hessians,
    init_scope,
    is_symbolic_tensor,
    map_fn,
    no_op,
    numpy_function,
    py_function,
    scan,
    switch_case,
    timestamp,
    vectorized_map,
    while_loop,
)
from wengert.tensorflow._control import tuple_ as tuple
from wengert.tensorflow._module import Module
from wengert.tensorflow._print import print
from wengert.tensorflow._tensor_array import TensorArray

newaxis = None
"""A further axis, in an index."""

__version__ = "2.21.0"
"""The version of TensorFlow whose conventions these are."""

__all__ = [
    "DType", "GradientTape", "Module", "Tensor", "TensorArray", "TensorShape", "UnconnectedGradients",
    "Variable", "VariableAggregation", "VariableSynchronization", "abs", "acos", "acosh", "add", "add_n",
    "argmax", "argmin", "argsort", "as_dtype", "asin", "asinh", "atan", "atan2", "atanh", "bitcast", "bool",
    "boolean_mask", "broadcast_dynamic_shape", "broadcast_static_shape", "broadcast_to", "case", "cast",
    "clip_by_global_norm", "clip_by_norm", "clip_by_value", "concat", "cond", "constant",
    "control_dependencies", "convert_to_tensor", "cos", "cosh", "cumsum", "custom_gradient", "device",
    "divide", "double", "dynamic_partition", "dynamic_stitch", "einsum", "ensure_shape", "equal", "errors",
    "executing_eagerly", "exp", "expand_dims", "eye", "fill", "float32", "float64", "floor", "foldl", "foldr",
    "function", "gather", "gather_nd", "get_logger", "get_static_value", "grad_pass_through", "gradients",
    "greater", "greater_equal", "group", "hessians", "histogram_fixed_width", "histogram_fixed_width_bins",
    "identity", "identity_n", "init_scope", "int32", "int64", "is_symbolic_tensor", "is_tensor", "less",
    "less_equal", "linspace", "logical_and", "logical_not", "logical_or", "map_fn", "matmul", "maximum",
    "meshgrid", "minimum", "multiply", "name_scope", "negative", "nest", "newaxis", "no_op", "norm",
    "not_equal", "numpy_function", "one_hot", "ones", "ones_like", "pad", "parallel_stack", "pow", "print",
    "py_function", "range", "rank", "realdiv", "recompute_grad", "reduce_all", "reduce_any",
    "reduce_logsumexp", "reduce_max", "reduce_mean", "reduce_min", "reduce_prod", "reduce_sum", "repeat",
    "reshape", "reverse", "reverse_sequence", "roll", "round", "saturate_cast", "scalar_mul", "scan",
    "scatter_nd", "searchsorted", "sequence_mask", "shape", "shape_n", "sigmoid", "sign", "sin", "sinh",
    "size", "slice", "sort", "split", "sqrt", "square", "squeeze", "stack", "stop_gradient", "strided_slice",
    "subtract", "switch_case", "tan", "tanh", "tensor_scatter_nd_add", "tensor_scatter_nd_max",
    "tensor_scatter_nd_min", "tensor_scatter_nd_sub", "tensor_scatter_nd_update", "tensordot", "tile",
    "timestamp", "transpose", "truediv", "truncatediv", "truncatemod", "tuple", "uint8", "unique",
    "unique_with_counts", "unravel_index", "unstack", "vectorized_map", "where", "while_loop", "zeros",
    "zeros_like",
]

_MODULES = (
    "autodiff", "config", "data", "debugging", "dtypes", "errors", "keras", "linalg", "math", "nest", "nn", "random",
    "train", "version",
)
_KERAS = ("losses", "optimizers", "initializers", "metrics")
_ALSO = {
    "Assert": ("debugging", "Assert"),
    "assert_equal": ("debugging", "assert_equal"),
    "assert_greater": ("debugging", "assert_greater"),
    "assert_less": ("debugging", "assert_less"),
    "assert_rank": ("debugging", "assert_rank"),
    "constant_initializer": ("keras.initializers", "Constant"),
    "ones_initializer": ("keras.initializers", "Ones"),
    "random_normal_initializer": ("keras.initializers", "random_normal_initializer"),
    "random_uniform_initializer": ("keras.initializers", "random_uniform_initializer"),
    "zeros_initializer": ("keras.initializers", "Zeros"),
    "IndexedSlices": ("_specs", "IndexedSlices"),
    "TensorSpec": ("_specs", "TensorSpec"),
}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"wengert.tensorflow.{name}")
    if name in _KERAS:
        found: Any = import_module(f"wengert.tensorflow.keras.{name}")
    elif name in _ALSO:
        module, attribute = _ALSO[name]
        found = import_module(f"wengert.tensorflow.{module}")
        found = getattr(found, attribute)
    else:
        from wengert._names import missing

        return missing("wengert.tensorflow", __dir__())(name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*__all__, *_MODULES, *_KERAS, *_ALSO, "__version__"})
