"""Descriptions of tensors: `TensorSpec`, `IndexedSlices`."""

from __future__ import annotations

from typing import Any

from wengert.tensorflow._convert import as_tensor
from wengert.tensorflow._dtypes import DType, as_dtype, float32
from wengert.tensorflow._shape import TensorShape


class TensorSpec:
    """The shape and dtype of a tensor, as `tf.function` takes them.

    >>> TensorSpec([None, 3])
    TensorSpec(shape=(None, 3), dtype=tf.float32, name=None)
    """

    def __init__(self, shape: Any, dtype: Any = float32, name: str | None = None) -> None:
        self.shape = TensorShape(shape)
        self.dtype: DType = as_dtype(dtype)
        self.name = name

    @classmethod
    def from_tensor(cls, tensor: Any, name: str | None = None) -> TensorSpec:
        """The description of a tensor."""
        x = as_tensor(tensor)
        return cls(x.shape, x.dtype, name)

    def is_compatible_with(self, other: Any) -> bool:
        """Whether a tensor, or the tensors of a description, fit this one."""
        return self.dtype is other.dtype and self.shape.is_compatible_with(other.shape)

    def __repr__(self) -> str:
        return f"TensorSpec(shape={self.shape}, dtype={self.dtype!r}, name={self.name!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TensorSpec) and (self.shape, self.dtype) == (other.shape, other.dtype)

    def __hash__(self) -> int:
        return hash((tuple(self.shape), self.dtype))


class IndexedSlices:
    """Rows of a larger tensor. Gradients are whole tensors here; this class is for those who ask `isinstance`."""

    def __init__(self, values: Any, indices: Any, dense_shape: Any = None) -> None:
        self.values, self.indices, self.dense_shape = as_tensor(values), as_tensor(indices), dense_shape
