"""There is no CUDA here; programs that ask are told so, and run on the processor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wengert._names import missing as _missing


def is_available() -> bool:
    """Whether there is a graphics processor to work on: no."""
    return False


def device_count() -> int:
    """How many there are: none."""
    return 0


def is_initialized() -> bool:
    """Whether it was set up: no."""
    return False


def synchronize(device: Any = None) -> None:
    """Nothing to wait for."""


def empty_cache() -> None:
    """Nothing to let go."""


def manual_seed(seed: int) -> None:
    """No generator to seed."""


def manual_seed_all(seed: int) -> None:
    """No generators to seed."""


def current_device() -> int:
    """There is none to be current."""
    raise AssertionError("there is no CUDA here: tensors live on the processor")


def memory_allocated(device: Any = None) -> int:
    """The bytes in use there: none."""
    return 0


max_memory_allocated = memory_reserved = memory_allocated

__all__ = [
    "current_device", "device_count", "empty_cache", "is_available", "is_initialized", "manual_seed", "manual_seed_all",
    "max_memory_allocated", "memory_allocated", "memory_reserved", "synchronize",
]  # fmt: skip
if not TYPE_CHECKING:
    __getattr__ = _missing("torch.cuda", __all__)
