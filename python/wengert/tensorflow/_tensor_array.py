"""`tf.TensorArray`: tensors that loops collect."""

from __future__ import annotations

from typing import Any

from wengert import _wengert as _n
from wengert.tensorflow._convert import Tensor, as_tensor, like
from wengert.tensorflow._dtypes import as_dtype
from wengert.tensorflow.errors import InvalidArgumentError, OutOfRangeError


class TensorArray:
    """Tensors written and read by their number, as loops collect them.

    >>> array = TensorArray("float32", size=2)
    >>> array = array.write(0, 1.0).write(1, 2.0)
    >>> array.stack().numpy()
    array([1., 2.], dtype=float32)
    """

    def __init__(
        self,
        dtype: Any,
        size: Any = None,
        dynamic_size: bool | None = None,
        clear_after_read: bool | None = None,
        tensor_array_name: str | None = None,
        handle: Any = None,
        flow: Any = None,
        infer_shape: bool = True,
        element_shape: Any = None,
        colocate_with_first_write_call: bool = True,
        name: str | None = None,
    ) -> None:
        self.dtype, self.dynamic_size = as_dtype(dtype), bool(dynamic_size)
        self._clears = True if clear_after_read is None else clear_after_read
        self._parts: list[Any] = [None] * (0 if size is None else int(size))

    @property
    def element_shape(self) -> Any:
        """The shape of an element."""
        return next((part.shape for part in self._parts if part is not None), None)

    def size(self, name: str | None = None) -> Any:
        """The number of elements."""
        return as_tensor(len(self._parts))

    def write(self, index: Any, value: Any, name: str | None = None) -> TensorArray:
        """Puts a tensor at a place; gives the array."""
        place = int(index)
        if place < 0 or place >= len(self._parts) and not self.dynamic_size:
            raise OutOfRangeError(
                f"Tried to write to index {place} but array is not resizeable and size is: {len(self._parts)}"
            )
        self._parts += [None] * (place + 1 - len(self._parts))
        self._parts[place] = like(value, self.dtype)
        return self

    def read(self, index: Any, name: str | None = None) -> Any:
        """The tensor at a place."""
        place = int(index)
        if not 0 <= place < len(self._parts):
            raise OutOfRangeError(f"Tried to read from index {place} but array size is: {len(self._parts)}")
        return self._at(place)

    def _at(self, place: int) -> Any:
        part = self._parts[place]
        if part is None:
            shape = self.element_shape
            if shape is None:
                raise InvalidArgumentError(
                    f"Could not read index {place} twice because it was cleared, or never written."
                )
            part = _n.zeros(Tensor, tuple(shape), self.dtype)
        return part

    def stack(self, name: str | None = None) -> Any:
        """All tensors, side by side."""
        if not self._parts:
            return _n.zeros(Tensor, (0,), self.dtype)
        return _n.stack([self._at(i) for i in range(len(self._parts))], 0)

    def concat(self, name: str | None = None) -> Any:
        """All tensors, one after the other."""
        return _n.concatenate([self._at(i) for i in range(len(self._parts))], 0)

    def gather(self, indices: Any, name: str | None = None) -> Any:
        """Some of the tensors, side by side."""
        return _n.stack([self._at(int(i)) for i in as_tensor(indices)], 0)

    def unstack(self, value: Any, name: str | None = None) -> TensorArray:
        """The array filled with the parts of a tensor."""
        self._parts = list(_n.unbind(like(value, self.dtype), 0))
        return self

    def identity(self) -> TensorArray:
        """The array itself."""
        return self
