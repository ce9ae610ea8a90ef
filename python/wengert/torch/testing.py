"""Comparing tensors in tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from wengert import _wengert
from wengert._names import missing as _missing
from wengert._wengert import Tensor
from wengert.torch._pointwise import isclose

_CLOSE = {"float32": (1.3e-6, 1e-5), "float64": (1e-7, 1e-7)}


def assert_close(
    actual: Any,
    expected: Any,
    *,
    allow_subclasses: bool = True,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = False,
    check_device: bool = True,
    check_dtype: bool = True,
    check_layout: bool = True,
    check_stride: bool = False,
    msg: Any = None,
) -> None:
    """Raise AssertionError unless two tensors, numbers, or collections of them are close.

    >>> torch.testing.assert_close(torch.tensor([1.0]), torch.tensor([1.0 + 1e-7]))
    """
    if (rtol is None) != (atol is None):
        raise ValueError("rtol and atol must both be specified or both be unspecified")
    complaint = _difference(actual, expected, rtol, atol, equal_nan, check_dtype, "")
    if complaint:
        raise AssertionError(complaint if msg is None else msg(complaint) if callable(msg) else msg)


def _difference(a: Any, b: Any, rtol: Any, atol: Any, nan: bool, dtypes: bool, where: str) -> str | None:
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        if a.keys() != b.keys():
            return f"The keys of the mappings do not match{where}: {sorted(a)} and {sorted(b)}"
        pairs = [(a[k], b[k], f"{where} at key {k!r}") for k in a]
        return next(filter(None, (_difference(x, y, rtol, atol, nan, dtypes, w) for x, y, w in pairs)), None)
    if isinstance(a, Sequence) and isinstance(b, Sequence) and not isinstance(a, str):
        if len(a) != len(b):
            return f"The length of the sequences mismatch{where}: {len(a)} != {len(b)}"
        steps = ((x, y, f"{where} at index {i}") for i, (x, y) in enumerate(zip(a, b, strict=True)))
        return next(filter(None, (_difference(x, y, rtol, atol, nan, dtypes, w) for x, y, w in steps)), None)
    if isinstance(a, Tensor) != isinstance(b, Tensor):
        number = b if isinstance(a, Tensor) else a
        if not hasattr(number, "__array__"):
            raise TypeError(f"No comparison pair was able to handle inputs of type {type(a)} and {type(b)}.")
    scalars = not isinstance(a, Tensor) and not hasattr(a, "shape")
    x, y = (v.detach() if isinstance(v, Tensor) else _wengert.from_data(Tensor, v) for v in (a, b))
    if scalars:
        x, y = (_wengert.cast(v, "float64") if v.dtype.is_floating_point else v for v in (x, y))
    if x.shape != y.shape:
        return f"The values for attribute 'shape' do not match{where}: {x.shape} != {y.shape}."
    if x.dtype is not y.dtype:
        if dtypes and not scalars:
            return f"The values for attribute 'dtype' do not match{where}: {x.dtype} != {y.dtype}."
        x, y = _wengert.cast(x, "float64"), _wengert.cast(y, "float64")
    relative, absolute = (
        max(_CLOSE.get(v.dtype.name, (0.0, 0.0)) for v in (x, y)) if rtol is None else (rtol, atol)
    )
    if x.dtype.name == "bool":
        x, y = _wengert.cast(x, "int64"), _wengert.cast(y, "int64")
    close = isclose(x, y, relative, absolute, nan)
    wrong = x.numel() - int(_wengert.sum(close))
    if not wrong:
        return None
    kind = "Scalars" if scalars or x.ndim == 0 else "Tensor-likes"
    if x.ndim == 0:
        return (
            f"{kind} are not close{where}!\n\nExpected {y.item()} but got {x.item()}.\n"
            f"Absolute difference: {abs(x.item() - y.item())} (up to {absolute} allowed)"
        )
    gap = _wengert.cast(_wengert.abs(x - y), "float64")
    worst = int(_wengert.argmax(_wengert.where(close, -1.0, gap)))
    place = []
    for extent in reversed(x.shape):
        worst, at = divmod(worst, extent)
        place.append(at)
    spot = tuple(reversed(place))
    return (
        f"{kind} are not {'equal' if relative == absolute == 0 else 'close'}{where}!\n\n"
        f"Mismatched elements: {wrong} / {x.numel()} ({100 * wrong / x.numel():.1f}%)\n"
        f"Greatest absolute difference: {gap[spot].item()} at index {spot} (up to {absolute} allowed), "
        f"where {x[spot].item()} was given and {y[spot].item()} expected; relative difference up to {relative} allowed"
    )


__all__ = ["assert_close"]
if not TYPE_CHECKING:
    __getattr__ = _missing("torch.testing", __all__)
