"""A module called with other parameters than its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["functional_call"]


def functional_call(
    module: Any,
    parameters_and_buffers: Mapping[str, Any] | Sequence[Mapping[str, Any]],
    args: Any = None,
    kwargs: dict[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """Calls a module with the given values in place of its parameters and buffers, which stay as they are.

    >>> import wengert
    >>> from wengert import nn
    >>> layer = nn.Linear(1, 1, bias=False)
    >>> functional_call(layer, {"weight": wengert.tensor([[3.0]])}, wengert.tensor([2.0]))
    tensor([6.])
    """
    given: dict[str, Any] = {}
    for part in [parameters_and_buffers] if isinstance(parameters_and_buffers, Mapping) else parameters_and_buffers:
        given.update(part)
    homes: dict[str, tuple[dict[str, Any], str]] = {}
    for path, below in module.named_modules(remove_duplicate=False):
        for members in (below._parameters, below._buffers):
            for name in members:
                homes[f"{path}.{name}" if path else name] = (members, name)
    unknown = [name for name in given if name not in homes]
    absent = [name for name in homes if name not in given]
    if strict and unknown:
        raise RuntimeError(f"Unexpected key(s): {', '.join(unknown)}.")
    if strict and absent:
        raise RuntimeError(f"Missing key(s): {', '.join(absent)}.")
    if tie_weights:
        values = {name: members[own] for name, (members, own) in homes.items()}
        for name, value in list(given.items()):
            for other in absent:
                if name in values and values[other] is not None and values[other] is values[name]:
                    given[other] = value
    args = () if args is None else args if isinstance(args, tuple) else (args,)
    kept = {}
    try:
        for name, value in given.items():
            if name in homes:
                members, own = homes[name]
                kept[name] = members[own]
                members[own] = value
        return module(*args, **(kwargs or {}))
    finally:
        for name, value in kept.items():
            members, own = homes[name]
            members[own] = value
