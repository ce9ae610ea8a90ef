"""Ordinary scripts, run under PyTorch and here after a change of their import lines: the same is printed."""

from __future__ import annotations

import contextlib
import io
import re
import sys
from pathlib import Path

import pytest

SCRIPTS = sorted(Path(__file__).parent.joinpath("scripts").glob("*.py"))


def ported(source: str) -> str:
    """The script with its import lines changed, and nothing else."""
    source = re.sub(r"^import torch$", "from wengert import torch", source, flags=re.M)
    source = re.sub(r"^import torch\.(\S+) as", r"import wengert.torch.\1 as", source, flags=re.M)
    return re.sub(r"^from torch\b", "from wengert.torch", source, flags=re.M)


def printed(source: str, name: str) -> list[str]:
    """The lines that a script prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(source, name, "exec"), {"__name__": "__main__"})
    return out.getvalue().splitlines()


NUMBER = re.compile(r" *-?\d+\.\d*(?:e[+-]\d+)?|-?\d+")


@pytest.mark.parametrize("script", SCRIPTS, ids=[s.stem for s in SCRIPTS])
def test_script(script: Path) -> None:
    pytest.importorskip("torch")
    source = script.read_text()
    mine, true = printed(ported(source), script.name), printed(source, script.name)
    for number, (ours, theirs) in enumerate(zip(mine, true, strict=False)):
        if ours == theirs:
            continue
        assert NUMBER.sub("#", ours) == NUMBER.sub("#", theirs), f"line {number} of the output"
        for a, b in zip(NUMBER.findall(ours), NUMBER.findall(theirs), strict=True):
            assert float(a) == pytest.approx(float(b), rel=2e-3, abs=1.1e-4), (
                f"line {number}: {ours!r}, {theirs!r}"
            )
    assert len(mine) == len(true)


@pytest.mark.parametrize("script", SCRIPTS, ids=[s.stem for s in SCRIPTS])
def test_script_runs_here(script: Path) -> None:
    before = set(sys.modules)
    assert printed(ported(script.read_text()), script.name)
    assert not {m for m in set(sys.modules) - before if m == "torch" or m.startswith("torch.")}
