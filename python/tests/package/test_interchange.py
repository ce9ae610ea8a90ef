"""Memory shared with others: NumPy, DLPack in both directions (torch and jax where they are installed), buffers."""

from __future__ import annotations

import array
import copy
import pickle
from typing import Any

import numpy as np
import pytest

import wengert.numpy as wnp
from wengert import torch

DTYPES = ["bool", "uint8", "int32", "int64", "float32", "float64"]


@pytest.mark.parametrize("dtype", DTYPES)
def test_line_2_numpy_shares_memory_both_ways(dtype: str) -> None:
    given = np.arange(24).reshape(4, 6).astype(dtype)
    tensor = torch.from_numpy(given)
    assert np.shares_memory(tensor.numpy(), given)
    assert tensor.numpy().dtype == given.dtype and tensor.numpy().shape == (4, 6)
    given[1, 2] = 1
    assert tensor[1, 2].item() == 1
    tensor[3, 5] = 0
    assert given[3, 5] == 0
    turned = torch.from_numpy(given.T[::2])
    assert np.shares_memory(turned.numpy(), given) and turned.tolist() == given.T[::2].tolist()


def test_what_a_graph_needs_is_not_lent() -> None:
    x = torch.ones(64, requires_grad=True)
    y = (x * x).sum()
    lent = x.detach().numpy()
    lent[:] = 100.0
    y.backward()
    assert x.grad.tolist() == [2.0] * 64
    with pytest.raises(RuntimeError, match="detach"):
        x.numpy()


@pytest.mark.parametrize("dtype", DTYPES)
def test_dlpack_with_numpy(dtype: str) -> None:
    tensor = torch.arange(12).to(getattr(torch, dtype)).reshape(3, 4)
    seen = np.from_dlpack(tensor)
    assert seen.dtype == dtype and np.shares_memory(seen, tensor.numpy())
    back = torch.from_dlpack(seen)
    assert back.tolist() == tensor.tolist() and np.shares_memory(back.numpy(), seen)
    assert tensor.__dlpack_device__() == (1, 0)
    assert np.from_dlpack(wnp.arange(3.0)).tolist() == [0.0, 1.0, 2.0]


@pytest.mark.parametrize("dtype", DTYPES)
def test_dlpack_with_torch(dtype: str) -> None:
    theirs = pytest.importorskip("torch")
    tensor = torch.arange(12).to(getattr(torch, dtype)).reshape(3, 4)
    out = theirs.from_dlpack(tensor)
    assert out.dtype is getattr(theirs, dtype) and out.tolist() == tensor.tolist()
    assert out.data_ptr() == tensor.numpy().ctypes.data
    out[0, 0] = 1
    assert tensor[0, 0].item() == 1
    given = theirs.arange(6).to(getattr(theirs, dtype)).reshape(2, 3).T
    taken = torch.from_dlpack(given)
    assert taken.tolist() == given.tolist() and taken.numpy().ctypes.data == given.data_ptr()


@pytest.mark.parametrize("dtype", ["uint8", "int32", "float32"])
def test_dlpack_with_jax(dtype: str) -> None:
    jax = pytest.importorskip("jax")
    tensor = torch.arange(12).to(getattr(torch, dtype)).reshape(3, 4)
    out = jax.dlpack.from_dlpack(tensor)
    assert str(out.dtype) == dtype and out.tolist() == tensor.tolist()
    given = jax.numpy.arange(6, dtype=dtype).reshape(2, 3)
    assert torch.from_dlpack(given).tolist() == given.tolist()
    assert np.asarray(jax.numpy.asarray(tensor)).tolist() == tensor.tolist()


def test_a_gradient_is_not_lost_on_the_way_out() -> None:
    with pytest.raises(BufferError, match="detach"):
        np.from_dlpack(torch.ones(3, requires_grad=True))


@pytest.mark.parametrize(
    "source",
    [array.array("d", [1.0, 2.0]), memoryview(np.array([1.0, 2.0])), np.array([1.0, 2.0]), [1.0, 2.0], (1.0, 2.0)],
)
def test_buffers_come_in(source: Any) -> None:
    assert torch.tensor(source, dtype=torch.float64).tolist() == [1.0, 2.0]
    assert wnp.asarray(source).tolist() == [1.0, 2.0]


@pytest.mark.parametrize("make", [torch.ones, wnp.ones])
def test_copies_and_pickles_are_new_memory(make: Any) -> None:
    x = make(5)
    for y in (copy.copy(x), copy.deepcopy(x), pickle.loads(pickle.dumps(x))):
        assert type(y) is type(x) and y.tolist() == x.tolist() and y.dtype == x.dtype
    deep = copy.deepcopy(x)
    deep[0] = 9.0
    assert x[0].item() == 1.0
