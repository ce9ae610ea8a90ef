"""`tf.print`: tensors as their numbers."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from wengert.tensorflow._convert import Tensor


def print(
    *inputs: Any,
    output_stream: Any = None,
    summarize: Any = 3,
    sep: str = " ",
    end: str = "\n",
    name: Any = None,
) -> None:  # noqa: A001
    """Prints tensors as their numbers.

    >>> import sys
    >>> from wengert.tensorflow._convert import as_tensor
    >>> print("x =", as_tensor([1.0, 2.5]), output_stream=sys.stdout)
    x = [1 2.5]
    """
    stream = sys.stderr if output_stream is None else output_stream
    if isinstance(stream, str):
        path = stream.removeprefix("file://")
        with open(path, "a", encoding="utf-8") as file:
            file.write(sep.join(_shown(x, summarize) for x in inputs) + end)
        return
    stream.write(sep.join(_shown(x, summarize) for x in inputs) + end)


def _shown(x: Any, summarize: Any) -> str:
    if isinstance(x, Tensor) or hasattr(x, "__wengert__"):
        edge = -1 if summarize is None else int(summarize)
        return _written(np.asarray(x), edge, 0)
    if isinstance(x, dict):
        return "{" + ", ".join(f"{_quoted(k)}: {_shown(v, summarize)}" for k, v in x.items()) + "}"
    if isinstance(x, (list, tuple)):
        inside = ", ".join(_shown(each, summarize) for each in x)
        return f"[{inside}]" if isinstance(x, list) else f"({inside}{',' if len(x) == 1 else ''})"
    return str(x)


def _quoted(x: Any) -> str:
    return f"'{x}'" if isinstance(x, str) else str(x)


def _written(array: Any, edge: int, depth: int) -> str:
    if array.ndim == 0:
        if array.dtype.kind == "b":
            return "1" if array else "0"
        if array.dtype.kind != "f":
            return str(array[()])
        return _shortest(array[()])
    parts = list(array)
    cut = 0 <= edge and len(parts) > 2 * edge
    head = [_written(p, edge, depth + 1) for p in (parts[:edge] if cut else parts)]
    tail = [_written(p, edge, depth + 1) for p in parts[len(parts) - edge :]] if cut else []
    between = " " if array.ndim == 1 else "\n" * (array.ndim - 1) + " " * (depth + 1)
    middle = ["..."] if cut else []
    return "[" + between.join(head + middle + tail) + "]"


def _shortest(x: Any) -> str:
    """The number in few digits, if they say it exactly, and otherwise in all."""
    few, all_digits = ("%.6g", "%.9g") if x.dtype.itemsize == 4 else ("%.15g", "%.17g")
    words = few % x
    return words if x.dtype.type(words) == x or x != x else all_digits % x
