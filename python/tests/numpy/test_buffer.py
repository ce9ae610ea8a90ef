"""The buffer protocol, which classes of a stable-ABI extension have from Python 3.12 on (PEP 688)."""

from __future__ import annotations

import sys

import pytest

import wengert.numpy as wnp
from wengert import torch

pytestmark = pytest.mark.skipif(sys.version_info < (3, 12), reason="PEP 688 came with Python 3.12")


def test_memory_is_shared_with_memoryviews() -> None:
    tensor = torch.arange(6.0).reshape(2, 3)
    view = memoryview(tensor)
    assert (view.shape, view.format) == ((2, 3), "f")
    tensor[0, 1] = 7
    assert view.tolist() == [[0.0, 7.0, 2.0], [3.0, 4.0, 5.0]]
    assert memoryview(wnp.arange(3)).tolist() == [0, 1, 2]


def test_a_tensor_that_requires_grad_is_not_lent() -> None:
    with pytest.raises(RuntimeError, match="detach"):
        memoryview(torch.ones(2, requires_grad=True))
