"""The shape of a tensor: a tuple that says so when printed."""

from __future__ import annotations

from math import prod


class Size(tuple):  # type: ignore[type-arg]
    """The extents of a tensor, one for each dimension.

    >>> Size((4, 3)).numel()
    12
    >>> Size((4, 3))[1:]
    torch.Size([3])
    """

    __slots__ = ()

    def numel(self) -> int:
        """How many elements a tensor of this shape has."""
        return prod(self)

    def __repr__(self) -> str:
        return f"torch.Size([{', '.join(map(str, self))}])"

    __str__ = __repr__

    def __getitem__(self, key):  # type: ignore[no-untyped-def, override]
        item = tuple.__getitem__(self, key)
        return Size(item) if type(key) is slice else item

    def __add__(self, other):  # type: ignore[no-untyped-def, override]
        if not isinstance(other, tuple):
            raise TypeError(f"can only concatenate tuple (not {type(other).__name__}) to torch.Size")
        return Size(tuple.__add__(self, other))

    def __radd__(self, other):  # type: ignore[no-untyped-def]
        if not isinstance(other, tuple):
            raise TypeError(f"can only concatenate tuple (not {type(other).__name__}) to torch.Size")
        return Size(tuple.__add__(other, self))

    def __mul__(self, times):  # type: ignore[no-untyped-def, override]
        return Size(tuple.__mul__(self, times))

    __rmul__ = __mul__

    def __reduce__(self):  # type: ignore[no-untyped-def]
        return Size, (tuple(self),)
