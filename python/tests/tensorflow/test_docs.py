"""The examples in the docstrings run."""

import doctest
import importlib
import pkgutil

import pytest

import wengert.tensorflow

NAMES = [m.name for m in pkgutil.walk_packages(wengert.tensorflow.__path__, "wengert.tensorflow.")]


@pytest.mark.parametrize("name", ["wengert.tensorflow", *NAMES])
def test_examples(name):
    failed, _ = doctest.testmod(importlib.import_module(name))
    assert failed == 0
