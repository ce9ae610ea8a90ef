"""PyTorch's file format: a zip archive with a pickle of the structure, and the bytes of each tensor beside it."""

from __future__ import annotations

import io
import os
import pickle
import zipfile
from typing import IO, Any

import numpy

from wengert import _wengert
from wengert._wengert import Tensor
from wengert.torch import _dtype
from wengert.torch._save import _SAFE
from wengert.torch._size import Size

_STORAGES = {
    "FloatStorage": "float32",
    "DoubleStorage": "float64",
    "LongStorage": "int64",
    "IntStorage": "int32",
    "ByteStorage": "uint8",
    "BoolStorage": "bool",
}
_OF_KIND = {kind: name for name, kind in _STORAGES.items()}


class _Named:
    """Something that is to be found by its name when the file is read."""

    def __init__(self, module: str, name: str) -> None:
        self.module, self.name = module, name

    def __call__(self, *args: Any) -> None:
        raise TypeError(f"{self.name} is a name, not a function")


_REBUILD = _Named("torch._utils", "_rebuild_tensor_v2")
_PARAMETER = _Named("torch._utils", "_rebuild_parameter")
_SIZE = _Named("torch", "Size")


class _Storage:
    """The bytes of one tensor, written beside the pickle."""

    def __init__(self, key: str, kind: str, data: bytes, count: int) -> None:
        self.key, self.kind, self.data, self.count = key, kind, data, count


_Pickler: Any = pickle._Pickler  # type: ignore[attr-defined]


class _Writer(_Pickler):
    """A pickler that names things as PyTorch does."""

    dispatch = _Pickler.dispatch.copy()

    def __init__(self, file: IO[bytes], protocol: int) -> None:
        super().__init__(file, protocol)
        self.storages: list[_Storage] = []

    def persistent_id(self, obj: Any) -> Any:
        if isinstance(obj, _Storage):
            return ("storage", _Named("torch", _OF_KIND[obj.kind]), obj.key, "cpu", obj.count)
        return None

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, Tensor):
            return self.tensor(obj)
        if isinstance(obj, Size):
            return _SIZE, (tuple(obj),)
        return NotImplemented

    def tensor(self, x: Tensor) -> Any:
        if x.grad_fn is not None:
            from wengert.torch._save import reduced

            reduced(x, 2)
        from collections import OrderedDict

        array = numpy.ascontiguousarray(x.detach().numpy())
        storage = _Storage(str(len(self.storages)), x.dtype.name, array.tobytes(), array.size)
        self.storages.append(storage)
        strides = tuple(s // array.itemsize for s in array.strides)
        parameter = any(c.__name__ == "Parameter" for c in type(x).__mro__)
        asks = x.requires_grad and not parameter
        plain: Any = _REBUILD, (storage, 0, tuple(x.shape), strides, asks, OrderedDict())
        if parameter:
            return _PARAMETER, (_Held(plain), x.requires_grad, OrderedDict())
        return plain

    def save(self, obj: Any, save_persistent_id: bool = True) -> Any:
        if isinstance(obj, _Named):
            self.write(pickle.GLOBAL + f"{obj.module}\n{obj.name}\n".encode())
            return None
        if isinstance(obj, _dtype.dtype):
            self.write(pickle.GLOBAL + f"torch\n{obj.name}\n".encode())
            return None
        if isinstance(obj, _Held):
            return self.save_reduce(*obj.parts)
        if isinstance(obj, (Tensor, Size)) and id(obj) not in self.memo:
            return self.save_reduce(*self.reducer_override(obj), obj=obj)
        return super().save(obj, save_persistent_id)


class _Held:
    """A tensor inside of a parameter."""

    def __init__(self, parts: Any) -> None:
        self.parts = parts


def write(obj: Any, f: Any, protocol: int) -> None:
    """Write an object as an archive."""
    body = io.BytesIO()
    pickler = _Writer(body, protocol)
    pickler.dump(obj)
    name = "archive"
    if isinstance(f, (str, os.PathLike)):
        name = os.path.splitext(os.path.basename(os.fspath(f)))[0] or name
    with zipfile.ZipFile(f, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(f"{name}/data.pkl", body.getvalue())
        archive.writestr(f"{name}/.format_version", "1")
        archive.writestr(f"{name}/byteorder", "little")
        for storage in pickler.storages:
            archive.writestr(f"{name}/data/{storage.key}", storage.data)
        archive.writestr(f"{name}/version", "3\n")


def _tensor(
    storage: Any, offset: int, size: Any, stride: Any, requires_grad: bool, hooks: Any, meta: Any = None
) -> Any:
    array = storage
    if not size:
        piece = array[offset : offset + 1].reshape(())
    else:
        steps = tuple(s * array.itemsize for s in stride)
        piece = numpy.lib.stride_tricks.as_strided(array[offset:], tuple(size), steps)
    result = _wengert.from_data(Tensor, piece)
    if requires_grad:
        result.requires_grad_()
    return result


def _parameter(data: Any, requires_grad: bool, hooks: Any) -> Any:
    from wengert.nn import Parameter

    return Parameter(data, requires_grad)


def _parameter_with_state(data: Any, requires_grad: bool, hooks: Any, state: Any) -> Any:
    made = _parameter(data, requires_grad, hooks)
    made.__dict__.update(state)
    return made


class _Reader(pickle.Unpickler):
    """An unpickler that knows PyTorch's names, and unless told otherwise nothing that runs code."""

    def __init__(self, file: IO[bytes], archive: zipfile.ZipFile | None, folder: str, safe: bool) -> None:
        super().__init__(file, encoding="utf-8")
        self.archive, self.folder, self.safe = archive, folder, safe
        self.loaded: dict[str, Any] = {}

    def persistent_load(self, pid: Any) -> Any:
        tag, kind, key, _, count = pid
        if tag != "storage" or self.archive is None:
            raise pickle.UnpicklingError(f"this file holds {tag!r}, which is not known")
        if key not in self.loaded:
            data = self.archive.read(f"{self.folder}/data/{key}")
            self.loaded[key] = numpy.frombuffer(data, dtype=kind, count=count)
        return self.loaded[key]

    def find_class(self, module: str, name: str) -> Any:
        if module.partition(".")[0] == "torch":
            found = self.ours(module, name)
            if found is not None:
                return found
        if module == "wengert.torch._dtype":
            return getattr(_dtype, name)
        if self.safe and (module, name) not in _SAFE:
            raise pickle.UnpicklingError(
                f"Weights only load failed: the file names {module}.{name}, which may run any code. If you trust the "
                "file, write torch.load(f, weights_only=False)"
            )
        return super().find_class(module, name)

    def ours(self, module: str, name: str) -> Any:
        if name in _STORAGES:
            return _STORAGES[name]
        if module == "torch._utils":
            return {
                "_rebuild_tensor_v2": _tensor,
                "_rebuild_parameter": _parameter,
                "_rebuild_parameter_with_state": _parameter_with_state,
            }.get(name)
        if module == "torch" and name in _dtype.DTYPES:
            return _dtype.DTYPES[name]
        if (module, name) == ("torch", "Size"):
            return Size
        if (module, name) == ("torch", "device"):
            from wengert.torch._device import device

            return device
        if module.startswith("torch.") and not self.safe:
            try:
                return super().find_class("wengert." + module, name)
            except (ImportError, AttributeError):
                return None
        return None


def read(f: Any, safe: bool) -> Any:
    """Read an archive, or a plain pickle."""
    if isinstance(f, (str, os.PathLike)):
        with open(f, "rb") as file:
            return read(file, safe)
    start = f.tell()
    magic = f.read(4)
    f.seek(start)
    if magic != b"PK\x03\x04":
        return _Reader(f, None, "", safe).load()
    with zipfile.ZipFile(f) as archive:
        inner = next((n for n in archive.namelist() if n.endswith("/data.pkl")), None)
        if inner is None:
            raise RuntimeError("PytorchStreamReader failed locating file data.pkl: file not found")
        folder = inner.removesuffix("/data.pkl")
        return _Reader(io.BytesIO(archive.read(inner)), archive, folder, safe).load()
