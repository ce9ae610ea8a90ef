"""Tensors in files, in copies and in pickles."""

from __future__ import annotations

import os
from typing import IO, Any

from wengert import _wengert
from wengert._wengert import Tensor

DEFAULT_PROTOCOL = 2
_FORMAT = "wengert"

# What a file may name, if only data is to be read from it.
_SAFE = {
    ("collections", "OrderedDict"),
    ("wengert.torch._save", "rebuilt"),
    ("wengert.torch._size", "Size"),
    ("wengert.nn.parameter", "Parameter"),
    ("builtins", "set"),
    ("builtins", "frozenset"),
    ("builtins", "complex"),
    ("builtins", "slice"),
    ("builtins", "range"),
    ("builtins", "bytearray"),
    ("_codecs", "encode"),
}


def rebuilt(
    cls: type, kind: str, shape: tuple[int, ...], data: bytes, requires_grad: bool, state: Any = None
) -> Any:
    """A tensor from its bytes, as a pickle holds them."""
    import numpy

    array = numpy.frombuffer(data, dtype=kind).reshape(shape)
    result = _wengert.from_data(Tensor, array)
    if cls is not Tensor:
        result = cls(result) if not requires_grad else cls(result, requires_grad)
    elif requires_grad:
        result.requires_grad_()
    if state:
        result.__dict__.update(state)
    return result


def reduced(self: Tensor, protocol: Any) -> Any:
    """What pickle keeps of a tensor: its class, dtype, shape, bytes, and whether it requires grad."""
    if self.grad_fn is not None:
        raise RuntimeError(
            "only tensors that were made by the user (leaves of the graph) can be pickled: write x.detach() "
            f"(this one comes from {self.grad_fn.name()})"
        )
    array = self.detach().numpy()
    state = getattr(self, "__dict__", None) or None
    return rebuilt, (
        type(self),
        self.dtype.name,
        tuple(self.shape),
        array.tobytes(),
        self.requires_grad,
        state,
    )


def copied(self: Tensor) -> Tensor:
    """`copy.copy`: another tensor on the same memory."""
    result = self.detach()
    if self.requires_grad:
        result.requires_grad_()
    return result


def deeply(self: Tensor, memo: dict[int, Any]) -> Any:
    """`copy.deepcopy`: a tensor of its own; only of leaves."""
    known = memo.get(id(self))
    if known is not None:
        return known
    if self.grad_fn is not None:
        raise RuntimeError(
            "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment.  "
            "If you were attempting to deepcopy a module, this may be because of a torch.nn.utils.weight_norm usage, "
            "see https://github.com/pytorch/pytorch/pull/103001"
        )
    plain = _wengert.clone(self.detach())
    cls = type(self)
    if cls is Tensor:
        result: Any = plain
        if self.requires_grad:
            result.requires_grad_()
    else:
        result = cls(plain, self.requires_grad) if _takes_flag(cls) else cls(plain)
    memo[id(self)] = result
    state = getattr(self, "__dict__", None)
    if state:
        from copy import deepcopy

        result.__dict__.update(deepcopy(state, memo))
    if self.grad is not None:
        result.grad = _wengert.clone(self.grad.detach())
    return result


def _takes_flag(cls: type) -> bool:
    return any(c.__name__ in ("Parameter", "Buffer") for c in cls.__mro__)


def save(
    obj: Any,
    f: str | os.PathLike[str] | IO[bytes],
    pickle_module: Any = None,
    pickle_protocol: int = DEFAULT_PROTOCOL,
    _use_new_zipfile_serialization: bool = True,
) -> None:
    """Write an object with tensors in it (a state_dict, say) to a file, in PyTorch's own format.

    >>> import io
    >>> file = io.BytesIO()
    >>> torch.save({"w": torch.ones(2)}, file)
    >>> _ = file.seek(0)
    >>> torch.load(file)
    {'w': tensor([1., 1.])}
    """
    from wengert.torch import _archive

    _archive.write(obj, f, pickle_protocol)


def load(
    f: str | os.PathLike[str] | IO[bytes],
    map_location: Any = None,
    pickle_module: Any = None,
    *,
    weights_only: bool = True,
    mmap: bool | None = None,
    **pickle_load_args: Any,
) -> Any:
    """Read what `save` wrote, here or in PyTorch. Only data is read, unless `weights_only=False`: then whatever
    code the file names is run, so do that with files one trusts."""
    from wengert.torch import _archive

    return _archive.read(f, weights_only)
