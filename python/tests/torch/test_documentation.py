"""The examples in the documentation run, and every name has words."""

from __future__ import annotations

import doctest
import pkgutil
from importlib import import_module

import pytest

import wengert.torch as torch

OWN = ("nn", "optim", "autograd", "func", "utils")
MODULES = [
    "wengert.torch",
    "wengert._names",
    *(
        m.name
        for m in pkgutil.iter_modules(torch.__path__, "wengert.torch.")
        if m.name.split(".")[2] not in OWN
    ),
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    module = import_module(name)
    finder = doctest.DocTestFinder(recurse=True)
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    for case in finder.find(module, globs={**vars(module), "torch": torch}):
        runner.run(case)
    assert runner.failures == 0


@pytest.mark.parametrize("name", [m for m in MODULES if m != "wengert.torch"])
def test_every_public_name_is_described(name: str) -> None:
    module = import_module(name)
    assert module.__doc__
    for key, value in vars(module).items():
        if not key.startswith("_") and callable(value) and getattr(value, "__module__", None) == name:
            assert value.__doc__, f"{name}.{key}"


def test_methods_are_described() -> None:
    for name in dir(torch.tensor(1.0)):
        if not name.startswith("_"):
            value = getattr(torch.Tensor, name)
            assert getattr(value, "__doc__", None), name
