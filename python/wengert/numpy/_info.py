"""What the array API standard asks a namespace about itself."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._convert import DTYPES


class Info:
    """The answer of ``wengert.numpy.__array_namespace_info__()``."""

    def capabilities(self) -> dict[str, Any]:
        """Whether boolean masks and shapes that depend on values are there, and the most axes."""
        return {"boolean indexing": True, "data-dependent shapes": True, "max dimensions": 64}

    def default_device(self) -> str:
        """The device of new arrays."""
        return "cpu"

    def default_dtypes(self, *, device: Any = None) -> dict[str, np.dtype[Any]]:
        """The dtypes of new arrays."""
        return {
            "real floating": np.dtype("float64"),
            "integral": np.dtype("int64"),
            "indexing": np.dtype("int64"),
        }

    def devices(self) -> list[str]:
        """All devices."""
        return ["cpu"]

    def dtypes(self, *, device: Any = None, kind: Any = None) -> dict[str, np.dtype[Any]]:
        """All dtypes, or those of a kind (as in `isdtype`)."""
        found = {name: np.dtype(name) for name in DTYPES}
        return {name: dtype for name, dtype in found.items() if kind is None or np.isdtype(dtype, kind)}
