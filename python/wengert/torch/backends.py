"""What programs ask about the backends of PyTorch: there is one here, the processor."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any


def _absent(**names: Any) -> SimpleNamespace:
    return SimpleNamespace(is_available=lambda: False, is_built=lambda: False, **names)


cudnn = _absent(deterministic=False, benchmark=False, enabled=False, allow_tf32=False, version=lambda: None)
cuda = _absent(matmul=SimpleNamespace(allow_tf32=False))
mps = _absent()
mkl = _absent()
mkldnn = _absent(enabled=False)
openmp = _absent()
