"""`tf.debugging`: assertions about tensors.

>>> assert_equal([1, 2], [1, 2])
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from wengert.tensorflow._convert import as_tensor, pair
from wengert.tensorflow._dtypes import as_dtype
from wengert.tensorflow._shape import TensorShape
from wengert.tensorflow._tensor import is_tensor
from wengert.tensorflow.errors import InvalidArgumentError


def _compared(x: Any, y: Any, holds: Callable[[Any, Any], Any], sign: str, message: Any) -> None:
    a, b = (np.asarray(each) for each in pair(x, y))
    good = np.asarray(holds(a, b))
    if good.all():
        return
    first, second = np.broadcast_arrays(a, b)
    odd = np.argwhere(~good)[:3]
    where = [tuple(int(i) for i in index) for index in odd]
    raise InvalidArgumentError(
        f"{message + chr(10) if message else ''}Condition x {sign} y did not hold.\n"
        f"Indices of first {len(where)} different values:\n{[list(index) for index in where]}\n"
        f"Corresponding x values:\n{[first[index].item() for index in where]}\n"
        f"Corresponding y values:\n{[second[index].item() for index in where]}"
    )


def assert_equal(x: Any, y: Any, message: Any = None, summarize: Any = None, name: Any = None) -> None:
    """Raises InvalidArgumentError unless all elements are equal."""
    _compared(x, y, np.equal, "==", message)


def assert_none_equal(x: Any, y: Any, summarize: Any = None, message: Any = None, name: Any = None) -> None:
    """Raises InvalidArgumentError if any elements are equal."""
    _compared(x, y, np.not_equal, "!=", message)


def assert_less(x: Any, y: Any, message: Any = None, summarize: Any = None, name: Any = None) -> None:
    """Raises InvalidArgumentError unless `x < y` everywhere."""
    _compared(x, y, np.less, "<", message)


def assert_less_equal(x: Any, y: Any, message: Any = None, summarize: Any = None, name: Any = None) -> None:
    """Raises InvalidArgumentError unless `x <= y` everywhere."""
    _compared(x, y, np.less_equal, "<=", message)


def assert_greater(x: Any, y: Any, message: Any = None, summarize: Any = None, name: Any = None) -> None:
    """Raises InvalidArgumentError unless `x > y` everywhere."""
    _compared(x, y, np.greater, ">", message)


def assert_greater_equal(
    x: Any, y: Any, message: Any = None, summarize: Any = None, name: Any = None
) -> None:
    """Raises InvalidArgumentError unless `x >= y` everywhere."""
    _compared(x, y, np.greater_equal, ">=", message)


def assert_positive(x: Any, message: Any = None, summarize: Any = None, name: Any = None) -> None:
    """Raises InvalidArgumentError unless all elements are above zero."""
    _compared(x, 0, np.greater, ">", message)


def assert_non_negative(x: Any, message: Any = None, summarize: Any = None, name: Any = None) -> None:
    """Raises InvalidArgumentError if an element is below zero."""
    _compared(x, 0, np.greater_equal, ">=", message)


def assert_negative(x: Any, message: Any = None, summarize: Any = None, name: Any = None) -> None:
    """Raises InvalidArgumentError unless all elements are below zero."""
    _compared(x, 0, np.less, "<", message)


def assert_non_positive(x: Any, message: Any = None, summarize: Any = None, name: Any = None) -> None:
    """Raises InvalidArgumentError if an element is above zero."""
    _compared(x, 0, np.less_equal, "<=", message)


def assert_near(
    x: Any,
    y: Any,
    rtol: Any = None,
    atol: Any = None,
    message: Any = None,
    summarize: Any = None,
    name: Any = None,
) -> None:
    """Raises InvalidArgumentError unless `|x - y| <= atol + rtol·|y|`, by default ten units of the last place."""
    a, b = pair(x, y)
    eps = 10 * np.finfo(a.dtype._numpy).eps if a.dtype.is_floating else 0
    r, t = (eps if each is None else float(each) for each in (rtol, atol))
    _compared(a, b, lambda p, q: np.abs(p - q) <= t + r * np.abs(q), "~=", message)


def Assert(condition: Any, data: Any, summarize: Any = None, name: Any = None) -> None:
    """Raises InvalidArgumentError, which shows the data, unless the condition holds."""
    if not bool(as_tensor(condition)):
        shown = [np.asarray(each) if is_tensor(each) else each for each in data]
        raise InvalidArgumentError(f"Expected '{condition}' to be true. Summarized data: {shown}")


def assert_shapes(
    shapes: Any, data: Any = None, summarize: Any = None, message: Any = None, name: Any = None
) -> None:
    """Raises ValueError unless tensors have shapes in which equal letters stand for equal extents."""
    known: dict[Any, int] = {}
    for x, wanted in shapes.items() if isinstance(shapes, dict) else shapes:
        x = x.deref() if hasattr(x, "deref") else x
        shape = tuple(as_tensor(x).shape)
        if len(shape) != len(wanted):
            raise ValueError(
                f"{message or ''} Specified by tensor has rank {len(shape)}, expected {len(wanted)}".strip()
            )
        for extent, symbol in zip(shape, wanted):
            if symbol is None:
                continue
            expected = symbol if isinstance(symbol, int) else known.setdefault(symbol, extent)
            if expected != extent:
                raise ValueError(
                    f"{message or ''} Specified dimension {symbol} is {expected}, got {extent}".strip()
                )


def assert_rank(x: Any, rank: Any, message: Any = None, name: Any = None) -> None:
    """Raises ValueError unless the tensor has so many axes."""
    found = as_tensor(x).ndim
    if found != int(rank):
        raise ValueError(f"{message or ''} Tensor must have rank {int(rank)}. Received rank {found}".strip())


def assert_rank_at_least(x: Any, rank: Any, message: Any = None, name: Any = None) -> None:
    """Raises ValueError unless the tensor has at least so many axes."""
    found = as_tensor(x).ndim
    if found < int(rank):
        raise ValueError(
            f"{message or ''} Tensor must have rank at least {int(rank)}. Received rank {found}".strip()
        )


def assert_scalar(tensor: Any, message: Any = None, name: Any = None) -> Any:
    """The tensor, if it has no axes; otherwise ValueError."""
    x = as_tensor(tensor)
    if x.ndim:
        raise ValueError(f"{message or ''}Expected scalar shape, saw shape: {x.shape}.")
    return x


def assert_type(tensor: Any, tf_type: Any, message: Any = None, name: Any = None) -> None:
    """Raises TypeError unless the tensor has a dtype."""
    x = as_tensor(tensor)
    if x.dtype is not as_dtype(tf_type):
        raise TypeError(f"{message or ''}tensor must be of type {as_dtype(tf_type)!r}; got {x.dtype!r}")


def assert_same_float_dtype(tensors: Any = None, dtype: Any = None) -> Any:
    """The one floating dtype of all tensors; ValueError if there are several or it is not floating."""
    found = {as_tensor(t).dtype for t in tensors or []} | ({as_dtype(dtype)} if dtype is not None else set())
    if len(found) > 1 or not all(each.is_floating for each in found):
        raise ValueError(f"Expected one floating dtype, got {sorted(map(str, found))}")
    return found.pop() if found else as_dtype("float32")


def check_numerics(tensor: Any, message: str, name: Any = None) -> Any:
    """The tensor, if it is finite everywhere; otherwise InvalidArgumentError."""
    x = as_tensor(tensor)
    values = np.asarray(x)
    bad = [word for word, has in (("Inf", np.isinf(values).any()), ("NaN", np.isnan(values).any())) if has]
    if bad:
        raise InvalidArgumentError(f"{message} : Tensor had {' and '.join(bad)} values [Op:CheckNumericsV2]")
    return x


assert_all_finite = check_numerics


def is_numeric_tensor(tensor: Any) -> bool:
    """Whether it is a tensor of numbers."""
    return is_tensor(tensor) and tensor.dtype.is_numeric


def set_log_device_placement(enabled: bool) -> None:
    """Nothing: there is one device."""


def enable_check_numerics(stack_height_limit: int = 30, path_length_limit: int = 50) -> None:
    """Nothing: use `check_numerics` on what may not be finite."""


def is_compatible(shape: Any, other: Any) -> bool:
    """Whether a tensor could have both shapes."""
    return TensorShape(shape).is_compatible_with(other)


def __getattr__(name: str) -> Any:
    from wengert._names import missing

    return missing("wengert.tensorflow.debugging", [n for n in globals() if not n.startswith("_")])(name)
