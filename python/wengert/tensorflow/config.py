"""`tf.config`, as far as scripts ask it about devices: there is one, the processor.

>>> list_physical_devices("GPU")
[]
"""

from __future__ import annotations

from typing import Any, NamedTuple


class PhysicalDevice(NamedTuple):
    """A device of the machine."""

    name: str
    device_type: str


class LogicalDevice(NamedTuple):
    """A device that programs see."""

    name: str
    device_type: str


def list_physical_devices(device_type: str | None = None) -> list[PhysicalDevice]:
    """The devices of a type: one CPU, and nothing else."""
    return [PhysicalDevice("/physical_device:CPU:0", "CPU")] if device_type in (None, "CPU") else []


def list_logical_devices(device_type: str | None = None) -> list[LogicalDevice]:
    """The devices of a type: one CPU, and nothing else."""
    return [LogicalDevice("/device:CPU:0", "CPU")] if device_type in (None, "CPU") else []


def set_visible_devices(devices: Any, device_type: str | None = None) -> None:
    """Nothing: there is one device."""


def get_visible_devices(device_type: str | None = None) -> list[PhysicalDevice]:
    """The devices of a type."""
    return list_physical_devices(device_type)


def run_functions_eagerly(run_eagerly: bool) -> None:
    """Nothing: functions run eagerly in any case."""


def functions_run_eagerly() -> bool:
    """True."""
    return True


def set_soft_device_placement(enabled: bool) -> None:
    """Nothing: there is one device."""


class experimental:
    """What is asked of `tf.config.experimental`."""

    list_physical_devices = staticmethod(list_physical_devices)
    list_logical_devices = staticmethod(list_logical_devices)

    @staticmethod
    def set_memory_growth(device: Any, enable: bool) -> None:
        """Nothing: memory grows as it is needed."""

    @staticmethod
    def enable_op_determinism() -> None:
        """Nothing: results are the same in every run."""


class threading:
    """How many threads are used."""

    @staticmethod
    def set_intra_op_parallelism_threads(num_threads: int) -> None:
        """Sets how many threads an operation may use; 0 means as many as there are."""
        import os

        from wengert import _wengert

        _wengert.set_num_threads(num_threads or os.cpu_count() or 1)

    @staticmethod
    def get_intra_op_parallelism_threads() -> int:
        """How many threads an operation may use."""
        from wengert import _wengert

        return _wengert.get_num_threads()

    @staticmethod
    def set_inter_op_parallelism_threads(num_threads: int) -> None:
        """Nothing: operations run one after the other."""


def __getattr__(name: str) -> Any:
    from wengert._names import missing

    return missing("wengert.tensorflow.config", [n for n in globals() if not n.startswith("_")])(name)
