"""Anomaly detection: a NaN in a backward pass is an error that names the line of the forward pass it comes
from."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import TracebackType
from typing import Any

from wengert import _wengert as _w

__all__ = ["detect_anomaly", "set_detect_anomaly"]


class set_detect_anomaly:
    """Turn anomaly detection on or off, for good or, used as a context, until it ends.

    >>> import wengert.torch as torch
    >>> with torch.autograd.set_detect_anomaly(True):
    ...     y = torch.tensor(-1.0, requires_grad=True).sqrt()
    ...     y.backward()  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    RuntimeError: …
    """

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self.mode = mode
        self.before = bool(_w.is_anomaly())
        _w.set_anomaly(mode)

    def __enter__(self) -> None:
        _w.set_anomaly(self.mode)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _w.set_anomaly(self.before)


class detect_anomaly:
    """Context (and decorator) in which a NaN in a backward pass is a RuntimeError that names the line which
    made it. Slow."""

    def __init__(self, check_nan: bool = True) -> None:
        self.before: list[bool] = []

    def __enter__(self) -> None:
        self.before.append(bool(_w.is_anomaly()))
        _w.set_anomaly(True)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _w.set_anomaly(self.before.pop())

    def __call__(self, f: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(f)
        def watched(*args: Any, **kwargs: Any) -> Any:
            with detect_anomaly():
                return f(*args, **kwargs)

        return watched
