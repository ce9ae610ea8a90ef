"""The page of names that are provided promises no more than there is."""

import importlib.util
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).parents[3]
SPEC = importlib.util.spec_from_file_location("surface", ROOT / "python/tools/surface.py")
assert SPEC is not None and SPEC.loader is not None
surface = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(surface)

ROW = re.compile(r"^\| (?P<library>[^|]+) \| `(?P<root>[^`]+)` \| (?P<names>\d+) of \d+ [^|]+\| (?P<used>\d+) of \d+ [^|]+\|$", re.M)
PROMISED = {found["root"]: found for found in ROW.finditer((ROOT / "docs/surface.md").read_text())}


def there(file: str, root: str) -> tuple[int, int]:
    found = surface.groups(file, root)
    return sum(len(group.there) for group in found), sum(group.size for group in found)


@pytest.mark.parametrize(
    ("file", "root", "share"),
    [("torch", "wengert.torch", 0.9), ("tf", "wengert.tensorflow", 0.75), ("autograd", "wengert.autograd", 0.95)],
)
def test_the_names_that_tutorials_use_are_there(file: str, root: str, share: float) -> None:
    pytest.importorskip("scipy")  # what is not ours in autograd.scipy is SciPy's
    used, whole = there(f"{file}-tutorials", root)
    assert used >= share * whole
    assert used >= int(PROMISED[root]["used"])
    assert there(file, root)[0] >= int(PROMISED[root]["names"])


@pytest.mark.parametrize(
    ("module", "wrong", "close"),
    [
        ("wengert.torch", "matmull", "matmul"),
        ("wengert.torch.nn", "Liner", "Linear"),
        ("wengert.tensorflow", "reduce_summ", "reduce_sum"),
        ("wengert.autograd.numpy", "concatenat", "concatenate"),
    ],
)
def test_a_name_that_is_not_there_is_refused_with_what_is_close(module: str, wrong: str, close: str) -> None:
    with pytest.raises(AttributeError, match=rf"\b{close}\b"):
        getattr(importlib.import_module(module), wrong)
