"""`tf.dtypes`: element types, and tensors cast to them."""

from __future__ import annotations

from wengert.tensorflow._creation import cast, saturate_cast
from wengert.tensorflow._dtypes import DType, as_dtype, double, float32, float64, int32, int64, uint8
from wengert.tensorflow._dtypes import bool_ as bool

__all__ = [
    "DType",
    "as_dtype",
    "bool",
    "cast",
    "double",
    "float32",
    "float64",
    "int32",
    "int64",
    "saturate_cast",
    "uint8",
]
