"""`tf.linalg`: products, norms, diagonals.

>>> trace([[1.0, 2.0], [3.0, 4.0]]).numpy()
np.float32(5.0)
"""

from __future__ import annotations

from typing import Any

from wengert.tensorflow._creation import eye
from wengert.tensorflow._products import (
    band_part,
    cross,
    diag,
    diag_part,
    einsum,
    matmul,
    matrix_transpose,
    matvec,
    norm,
    set_diag,
    tensor_diag,
    tensor_diag_part,
    tensordot,
    trace,
)
from wengert.tensorflow._reductions import global_norm
from wengert.tensorflow.nn import l2_normalize, normalize

__all__ = [
    "band_part",
    "cross",
    "diag",
    "diag_part",
    "einsum",
    "eye",
    "global_norm",
    "l2_normalize",
    "matmul",
    "matrix_transpose",
    "matvec",
    "norm",
    "normalize",
    "set_diag",
    "tensor_diag",
    "tensor_diag_part",
    "tensordot",
    "trace",
]


def __getattr__(name: str) -> Any:
    from wengert._names import missing

    return missing("wengert.tensorflow.linalg", __all__)(name)
