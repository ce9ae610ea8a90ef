"""The one device there is, so that programs that name it run."""

from __future__ import annotations


class device:
    """A place for tensors: `torch.device('cpu')`. Others may be named, but nothing can be put on them.

    >>> device("cpu")
    device(type='cpu')
    """

    __slots__ = ("type", "index")

    type: str
    index: int | None

    def __init__(self, type: str | device | int = "cpu", index: int | None = None) -> None:
        if isinstance(type, device):
            index = type.index if index is None else index
            type = type.type
        elif isinstance(type, int):
            index = type
            type = "cuda"
        if not isinstance(type, str):
            raise TypeError(f"device(): argument 'type' must be str, not {type!r}")
        if ":" in type:
            type, _, number = type.partition(":")
            if not number.isdigit():
                raise RuntimeError(f"Invalid device string: '{type}:{number}'")
            index = int(number)
        if type not in ("cpu", "cuda", "mps", "meta", "xpu"):
            raise RuntimeError(
                f"Expected one of cpu, cuda, mps, meta, xpu device type at start of device string: {type}"
            )
        self.type = type
        self.index = index

    def __repr__(self) -> str:
        return (
            f"device(type={self.type!r})"
            if self.index is None
            else f"device(type={self.type!r}, index={self.index})"
        )

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device) and (self.type, self.index) == (other.type, other.index)

    def __hash__(self) -> int:
        return hash((self.type, self.index))

    def __reduce__(self) -> tuple[object, ...]:
        return device, (self.type, self.index)

    def __enter__(self) -> device:
        here(self)
        return self

    def __exit__(self, *exc: object) -> None:
        return None


CPU = device("cpu")


def here(place: device | str | int | None) -> None:
    """Accept the processor as a device; refuse any other."""
    if place is None or place is CPU or place == "cpu":
        return
    wanted = device(place)
    if wanted.type != "cpu":
        raise AssertionError(f"tensors live on the processor: there is no {wanted} here; write device='cpu'")


def get_default_device() -> device:
    """The device of new tensors."""
    return CPU


def set_default_device(device: device | str | None) -> None:
    """Set the device of new tensors: the processor is the only one."""
    here(device)


class layout:
    """How a tensor's elements lie; there is `torch.strided`."""

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return f"torch.{self._name}"


class memory_format(layout):
    """The order of a tensor's elements in memory; accepted, and the same for all."""

    __slots__ = ()


strided = layout("strided")
contiguous_format = memory_format("contiguous_format")
preserve_format = memory_format("preserve_format")
channels_last = memory_format("channels_last")
