"""A few seconds of the fuzzer; `python python/tests/fuzz/fuzz.py --seconds 600` is the long run."""

import os
import pathlib
import subprocess
import sys

import pytest

FUZZ = pathlib.Path(__file__).with_name("fuzz.py")


@pytest.mark.parametrize("seed", [1, 2])
def test_wrong_arguments_give_exceptions_and_nothing_worse(seed: int, tmp_path: pathlib.Path) -> None:
    log = tmp_path / "call.txt"
    seconds = os.environ.get("WENGERT_FUZZ_SECONDS", "4")
    command = [sys.executable, str(FUZZ), "--seconds", seconds, "--seed", str(seed), "--log", str(log)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=float(seconds) + 120)
    last = log.read_text().strip() if log.exists() else "none"
    assert run.returncode == 0, f"last call: {last}\n{run.stdout[-2000:]}\n{run.stderr[-4000:]}"
    counts = dict(part.rsplit(" ", 1) for part in run.stdout.strip().splitlines()[-1].split(", "))
    # Something was done, and not everything was refused.
    assert int(counts["calls"]) > 200 and int(counts["targets"]) > 500
    assert int(counts["result"]) > 20
    assert "PanicException" not in run.stdout + run.stderr
