"""What importing the package does, and what it leaves to later."""

import importlib.metadata
import pathlib
import re
import subprocess
import sys

import pytest

import wengert

ROOT = pathlib.Path(__file__).parents[3]

# Expensive to import, and needed by few.
HEAVY = [
    "autograd", "jax", "matplotlib", "scipy", "tensorflow", "torch", "IPython", "pandas",
    "asyncio", "concurrent.futures", "doctest", "email", "http", "multiprocessing", "pdb", "pydoc", "ssl", "unittest",
]  # fmt: skip


def fresh(program: str) -> str:
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_importing_the_package_imports_nothing_heavy_besides_numpy() -> None:
    program = "import numpy, sys; before = set(sys.modules); import wengert; wengert.tensor(1.0); "
    new = fresh(program + "print(*sorted(set(sys.modules) - before))").split()
    assert "wengert._wengert" in new
    assert not [name for name in new if name in HEAVY or name.split(".")[0] in HEAVY]
    # The front ends of others are imported when they are asked for.
    for front_end in ("wengert.tensorflow", "wengert.autograd"):
        assert front_end not in new


@pytest.mark.parametrize(
    "module",
    ["wengert.torch", "wengert.tensorflow", "wengert.autograd", "wengert.autograd.numpy", "wengert.numpy", "wengert.nn"],
)
def test_each_front_end_imports_by_itself(module: str) -> None:
    assert fresh(f"import {module} as it; print(it.__name__)").strip() == module


def test_front_ends_are_attributes_of_the_package() -> None:
    assert fresh("import wengert; print(wengert.torch.tensor(1.0).item(), wengert.tensorflow.constant(1.0).shape)")


def test_the_version_is_the_workspaces() -> None:
    found = re.search(r'^version = "(.+)"', (ROOT / "Cargo.toml").read_text(), re.MULTILINE)
    assert found is not None and wengert.__version__ == found.group(1)
    try:
        installed = importlib.metadata.version("wengert")
    except importlib.metadata.PackageNotFoundError:
        return
    assert installed == wengert.__version__


def test_the_package_says_that_it_is_typed() -> None:
    package = pathlib.Path(wengert.__file__).parent
    assert (package / "py.typed").is_file()
    assert (package / "_wengert.pyi").is_file()


def test_a_name_that_is_not_there_is_named_with_what_is_close() -> None:
    with pytest.raises(AttributeError, match="value_and_grad"):
        _ = wengert.value_and_grads  # type: ignore[attr-defined]
