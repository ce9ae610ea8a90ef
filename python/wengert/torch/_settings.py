"""Switches that programs set; most have nothing to switch here."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ContextDecorator
from typing import Any

from wengert import _wengert
from wengert._wengert import get_num_threads, set_num_threads

_state: dict[str, Any] = {"interop": 1, "deterministic": False, "precision": "highest", "warn": False}


def get_num_interop_threads() -> int:
    """How many operations run side by side."""
    return _state["interop"]


def set_num_interop_threads(num: int) -> None:
    """How many operations may run side by side; kept, and without effect."""
    _state["interop"] = num


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Results are the same in each run in any case."""
    _state["deterministic"] = mode


def are_deterministic_algorithms_enabled() -> bool:
    """What `use_deterministic_algorithms` was last told."""
    return _state["deterministic"]


def set_float32_matmul_precision(precision: str) -> None:
    """Products of float32 are computed in float32, whatever is asked."""
    if precision not in ("highest", "high", "medium"):
        raise RuntimeError(f"{precision!r} is not one of 'highest', 'high', 'medium'")
    _state["precision"] = precision


def get_float32_matmul_precision() -> str:
    """What `set_float32_matmul_precision` was last told."""
    return _state["precision"]


def set_warn_always(b: bool) -> None:
    """Whether warnings come each time."""
    _state["warn"] = b


def is_warn_always_enabled() -> bool:
    """What `set_warn_always` was last told."""
    return _state["warn"]


def set_flush_denormal(mode: bool) -> bool:
    """Whether the smallest numbers became zero: they are kept."""
    return not mode


def set_anomaly_enabled(enabled: bool, check_nan: bool = True) -> None:
    """Look for not-a-numbers in backward, and say where the forward step was."""
    _wengert.set_anomaly(bool(enabled))


def is_anomaly_enabled() -> bool:
    """Whether backward looks for not-a-numbers."""
    return _wengert.is_anomaly()


def is_autocast_enabled(device_type: str | None = None) -> bool:
    """Whether dtypes are chosen by the operations: no."""
    return False


class autocast(ContextDecorator):
    """Accepted, and without effect: dtypes stay as they are."""

    def __init__(
        self, device_type: str = "cpu", dtype: Any = None, enabled: bool = True, cache_enabled: Any = None
    ) -> None:
        self.device = device_type

    def __enter__(self) -> autocast:
        return self

    def __exit__(self, *exc: object) -> None:
        return None


def compile(model: Any = None, **options: Any) -> Any:
    """The function or module itself, as it is: `torch.compile(f)` or `@torch.compile`."""
    if model is None:
        keep: Callable[[Any], Any] = lambda f: f  # noqa: E731
        return keep
    return model


def typename(obj: Any) -> str:
    """The name of an object's type, such as 'torch.FloatTensor'."""
    if isinstance(obj, _wengert.Tensor):
        return obj.type()
    kind = obj if isinstance(obj, type) else type(obj)
    return f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.").removeprefix("wengert.")


def to_dlpack(tensor: Any) -> Any:
    """A DLPack capsule on the tensor's memory."""
    return tensor.__dlpack__()


__all__ = [
    "are_deterministic_algorithms_enabled", "autocast", "compile", "get_float32_matmul_precision",
    "get_num_interop_threads", "get_num_threads", "is_anomaly_enabled", "is_autocast_enabled", "is_warn_always_enabled",
    "set_anomaly_enabled", "set_float32_matmul_precision", "set_flush_denormal", "set_num_interop_threads",
    "set_num_threads", "set_warn_always", "to_dlpack", "typename", "use_deterministic_algorithms",
]  # fmt: skip
