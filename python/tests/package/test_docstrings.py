"""Public names are documented, and the examples of the extension module run (pytest's own doctests see Python modules only)."""

import doctest

import pytest

import wengert
from wengert import _wengert

PARSER = doctest.DocTestParser()
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def native() -> dict[str, str]:
    found = {}
    for name, member in vars(_wengert).items():
        if name.startswith("_"):
            continue
        found[name] = getattr(member, "__doc__", None) or ""
        if isinstance(member, type):
            for attribute, method in vars(member).items():
                kind = type(method).__name__
                if not attribute.startswith("_") and kind in {"method_descriptor", "getset_descriptor"}:
                    found[f"{name}.{attribute}"] = getattr(method, "__doc__", None) or ""
    return found


DOCUMENTED = native()


def test_every_public_name_of_the_extension_module_is_documented() -> None:
    assert [name for name, text in DOCUMENTED.items() if not text.strip()] == []


@pytest.mark.parametrize("name", sorted(name for name, text in DOCUMENTED.items() if ">>>" in text))
def test_the_examples_of_the_extension_module_run(name: str) -> None:
    test = PARSER.get_doctest(DOCUMENTED[name], {"wengert": wengert}, name, None, None)
    report: list[str] = []
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    runner.run(test, out=report.append)
    assert runner.failures == 0, "".join(report)


def test_every_public_name_of_the_package_is_documented() -> None:
    bare = []
    for name in dir(wengert):
        member = getattr(wengert, name)
        if not name.startswith("_") and callable(member) and not (getattr(member, "__doc__", None) or "").strip():
            bare.append(name)
    assert bare == []
