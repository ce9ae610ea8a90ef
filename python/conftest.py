"""What the examples in the documentation may take for granted: the imports that their libraries' users begin with."""

from __future__ import annotations

import importlib
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _imports_of_examples(request: pytest.FixtureRequest) -> None:
    """Puts `torch` and `wengert` into the namespace of an example."""
    if type(request.node).__name__ == "DoctestItem":
        namespace: dict[str, Any] = request.getfixturevalue("doctest_namespace")
        for name, module in {"torch": "wengert.torch", "wengert": "wengert"}.items():
            namespace.setdefault(name, importlib.import_module(module))
