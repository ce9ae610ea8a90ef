"""The named pairs that functions with several results return."""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from typing import Any


class _Results(tuple):  # type: ignore[type-arg]
    """A tuple of results with names."""

    __slots__ = ()
    _fields: tuple[str, ...] = ()

    def __repr__(self) -> str:
        lines = ",\n".join(f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True))
        return f"torch.return_types.{type(self).__name__}(\n{lines})"

    def __reduce__(self) -> Any:
        return type(self), (tuple(self),)


def _named(name: str, *fields: str) -> type:
    def __new__(cls: type, values: Iterable[Any]) -> Any:
        made: Any = tuple.__new__(cls, values)
        if len(made) != len(fields):
            raise TypeError(f"{name}() takes a {len(fields)}-sequence ({len(made)}-sequence given)")
        return made

    body: dict[str, Any] = {
        field: property(itemgetter(i), doc=f"The {field}.") for i, field in enumerate(fields)
    }
    body |= {
        "__new__": __new__,
        "__slots__": (),
        "_fields": fields,
        "__match_args__": fields,
        "n_fields": len(fields),
        "__module__": __name__,
        "__doc__": f"What `{name}` returns: {', '.join(fields)}.",
    }
    return type(name, (_Results,), body)


max = _named("max", "values", "indices")
min = _named("min", "values", "indices")
sort = _named("sort", "values", "indices")
topk = _named("topk", "values", "indices")
kthvalue = _named("kthvalue", "values", "indices")
median = _named("median", "values", "indices")
nanmedian = _named("nanmedian", "values", "indices")
mode = _named("mode", "values", "indices")
cummax = _named("cummax", "values", "indices")
cummin = _named("cummin", "values", "indices")
aminmax = _named("aminmax", "min", "max")
frexp = _named("frexp", "mantissa", "exponent")
histogram = _named("histogram", "hist", "bin_edges")
