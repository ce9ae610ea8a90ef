"""The notebooks run, and say what they said when they were stored."""

import math
import pathlib
import re
import sys
from typing import Any

import pytest

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")

NOTEBOOKS = pathlib.Path(__file__).parents[3] / "notebooks"
LINES = re.compile(r'(0x[0-9a-f]+|(?:<ipython-input|/tmp/ipykernel|In\[)[^>,:\s]*>?|"[^"]*ipykernel[^"]*")')


NUMBER = re.compile(r"-?\d+\.\d*(?:[eE][-+]?\d+)?")


def same(before: str, after: str) -> bool:
    """Whether two texts agree, up to the rounding of their numbers."""
    if NUMBER.sub("#", before).split() != NUMBER.sub("#", after).split():
        return False
    pairs = zip(NUMBER.findall(before), NUMBER.findall(after))
    return all(math.isclose(float(a), float(b), rel_tol=0.01, abs_tol=1e-4) for a, b in pairs)


def said(cell: Any) -> str:
    """What a cell printed or showed as text, without what differs from run to run."""
    texts = []
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            texts.append(output.text)
        elif output.output_type in ("display_data", "execute_result"):
            texts.append(output.data.get("text/plain", ""))
    return LINES.sub("…", "\n".join(texts))


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_runs_and_says_what_is_stored(path: pathlib.Path) -> None:
    stored = nbformat.read(path, as_version=4)
    fresh = nbformat.read(path, as_version=4)
    # The kernel is this interpreter, whatever is installed elsewhere.
    client = nbclient.NotebookClient(fresh, timeout=120, kernel_name="python3", resources={"metadata": {"path": NOTEBOOKS}})
    client.create_kernel_manager()
    client.km.kernel_spec.argv[0] = sys.executable
    client.execute()
    for number, (before, after) in enumerate(zip(stored.cells, fresh.cells)):
        if before.cell_type == "code":
            assert same(said(before), said(after)), f"cell {number} says\n{said(after)}\ninstead of\n{said(before)}"


def test_there_is_one_for_each_front_end_and_one_beyond() -> None:
    assert {path.stem for path in NOTEBOOKS.glob("*.ipynb")} == {"pytorch", "tensorflow", "autograd", "beyond"}


def test_they_are_small() -> None:
    assert all(path.stat().st_size < 600_000 for path in NOTEBOOKS.glob("*.ipynb"))
