"""R calls a function and its gradient, as in examples/r."""

import os
import pathlib
import shutil
import subprocess
import sys

import numpy as np
import pytest

ROOT = pathlib.Path(__file__).parents[3]
VERSION = 'cat(as.character(packageVersion("reticulate")))'


def interpreter() -> str:
    """The Python for reticulate to use; without R, or with a reticulate that does not know this NumPy, the test is skipped."""
    if shutil.which("Rscript") is None:
        pytest.skip("R is not installed: there is no Rscript on the path")
    found = subprocess.run(["Rscript", "-e", VERSION], capture_output=True, text=True)
    if found.returncode != 0:
        pytest.skip("R is here, but its package reticulate is not")
    given = os.environ.get("WENGERT_R_PYTHON")
    version = tuple(int(part) for part in found.stdout.strip().replace("-", ".").split(".")[:2])
    if given is None and version < (1, 37) and int(np.__version__.split(".")[0]) >= 2:
        pytest.skip(
            f"reticulate {found.stdout.strip()} does not know NumPy 2, as 1.37 does; WENGERT_R_PYTHON may name another Python"
        )
    return given or sys.executable


def test_line_40_r_calls_a_function_and_its_gradient() -> None:
    path = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), str(ROOT / "python")]))
    run = subprocess.run(
        ["Rscript", str(ROOT / "examples/r/gradient.R")],
        env={**os.environ, "RETICULATE_PYTHON": interpreter(), "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr
    # The script itself compares the gradients with exact ones and with differences.
    assert [line.split() for line in run.stdout.splitlines()] == [
        ["gradient", "of", "sum(x", "sin", "x):", "0.918217", "1.381773", "0.077004"],
        ["misfit:", "179.0637", "gradient:", "-67.7831", "-128.0981", "43.5411"],
        ["fitted:", "8.00", "1.20", "4.00"],
    ]
