"""Functions with some of their arguments given."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any


def const_graph(fun: Callable[..., Any], *args: Any, **kwargs: Any) -> Callable[..., Any]:
    """`fun` with these arguments given. HIPS Autograd keeps its graph between calls; here it is cheap to
    make again."""
    return functools.partial(fun, *args, **kwargs)
