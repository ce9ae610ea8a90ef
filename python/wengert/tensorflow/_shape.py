"""The shape of a tensor in TensorFlow's form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


class TensorShape(tuple):  # type: ignore[type-arg]
    """The extents of a tensor. An extent that is not known is None.

    >>> TensorShape([4, 3])
    TensorShape([4, 3])
    >>> print(TensorShape([4, 3]), TensorShape([4, 3])[0], TensorShape([4, 3]) == (4, 3))
    (4, 3) 4 True
    """

    _unknown = False

    def __new__(cls, dims: Any = None) -> TensorShape:
        if type(dims) is tuple:
            return tuple.__new__(cls, dims)
        if dims is None:
            self = tuple.__new__(cls, ())
            self._unknown = True
            return self
        if isinstance(dims, TensorShape):
            return dims
        if not isinstance(dims, Iterable):
            dims = (dims,)
        return tuple.__new__(cls, (None if d is None else int(d) for d in dims))

    @property
    def rank(self) -> int | None:
        """The number of axes, None where it is not known."""
        return None if self._unknown else len(tuple(self))

    @property
    def ndims(self) -> int | None:
        """The number of axes."""
        return self.rank

    @property
    def dims(self) -> list[int | None] | None:
        """The extents as a list."""
        return None if self._unknown else list(self)

    def as_list(self) -> list[int | None]:
        """The extents as a list."""
        if self._unknown:
            raise ValueError("as_list() is not defined on an unknown TensorShape.")
        return list(self)

    def num_elements(self) -> int | None:
        """How many elements a tensor of the shape has."""
        if not self.is_fully_defined():
            return None
        count = 1
        for extent in self:
            count *= extent
        return count

    def is_fully_defined(self) -> bool:
        """Whether all extents are known."""
        return not self._unknown and None not in tuple(self)

    def assert_is_fully_defined(self) -> None:
        """Raises ValueError unless all extents are known."""
        if not self.is_fully_defined():
            raise ValueError(f"Shape {self} is not fully defined")

    def with_rank(self, rank: int) -> TensorShape:
        """The shape, if it has so many axes; otherwise ValueError."""
        if self._unknown:
            return TensorShape((None,) * rank)
        if len(self) != rank:
            raise ValueError(f"Shape {self} must have rank {rank}")
        return self

    def is_compatible_with(self, other: Any) -> bool:
        """Whether a tensor could have both shapes."""
        other = TensorShape(other)
        if self._unknown or other._unknown:
            return True
        pairs = zip(tuple(self), tuple(other))
        return len(self) == len(other) and all(a is None or b is None or a == b for a, b in pairs)

    def assert_is_compatible_with(self, other: Any) -> None:
        """Raises ValueError unless a tensor could have both shapes."""
        if not self.is_compatible_with(other):
            raise ValueError(f"Shapes {self} and {TensorShape(other)} are incompatible")

    def assert_same_rank(self, other: Any) -> None:
        """Raises ValueError unless both have as many axes."""
        other = TensorShape(other)
        if self.rank is not None and other.rank is not None and self.rank != other.rank:
            raise ValueError(f"Shapes {self} and {other} must have the same rank")

    def merge_with(self, other: Any) -> TensorShape:
        """What both shapes tell together."""
        other = TensorShape(other)
        self.assert_is_compatible_with(other)
        if self._unknown:
            return other
        if other._unknown:
            return self
        return TensorShape(tuple(b if a is None else a for a, b in zip(tuple(self), tuple(other))))

    def concatenate(self, other: Any) -> TensorShape:
        """The extents of this shape followed by those of another.

        >>> TensorShape([2]).concatenate([3])
        TensorShape([2, 3])
        """
        other = TensorShape(other)
        if self._unknown or other._unknown:
            return TensorShape(None)
        return TensorShape(tuple(self) + tuple(other))

    def __add__(self, other: Any) -> TensorShape:  # type: ignore[override]
        return self.concatenate(other)

    def __radd__(self, other: Any) -> TensorShape:
        return TensorShape(other).concatenate(self)

    def __getitem__(self, key: Any) -> Any:
        item = tuple.__getitem__(self, key)
        return TensorShape(item) if isinstance(key, slice) else item

    def __eq__(self, other: object) -> bool:
        if isinstance(other, TensorShape):
            return self._unknown == other._unknown and tuple.__eq__(self, other)
        if isinstance(other, tuple):
            return tuple.__eq__(self, other)
        if other is None:
            return self._unknown
        try:
            return tuple.__eq__(self, TensorShape(other))
        except (TypeError, ValueError):
            return False

    def __ne__(self, other: object) -> bool:
        return not self.__eq__(other)

    def __hash__(self) -> int:
        return tuple.__hash__(self)

    def __len__(self) -> int:
        if self._unknown:
            raise ValueError("Cannot take the length of shape with unknown rank.")
        return tuple.__len__(self)

    def __bool__(self) -> bool:
        return not self._unknown

    def __repr__(self) -> str:
        if self._unknown:
            return "TensorShape(None)"
        return f"TensorShape([{', '.join(map(str, self))}])"

    def __str__(self) -> str:
        return "<unknown>" if self._unknown else tuple.__repr__(self)

    def __reduce__(self) -> tuple[Any, tuple[Any]]:
        return TensorShape, (None if self._unknown else tuple(self),)
