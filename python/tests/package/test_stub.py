"""The stub of the extension module has the names that the module has."""

import ast
import pathlib

import wengert
from wengert import _wengert

TREE = ast.parse((pathlib.Path(wengert.__file__).parent / "_wengert.pyi").read_text())


def names(body: list[ast.stmt]) -> set[str]:
    found: set[str] = set()
    for statement in body:
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            found.add(statement.name)
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            found.add(statement.target.id)
        elif isinstance(statement, ast.Assign):
            found |= {target.id for target in statement.targets if isinstance(target, ast.Name)}
    return found


def public(found: set[str]) -> set[str]:
    return {name for name in found if not name.startswith("_")}


def test_every_public_name_of_the_module_is_in_the_stub_and_the_other_way_round() -> None:
    assert public(names(TREE.body)) == public(set(dir(_wengert)))


def test_the_stub_has_the_attributes_of_each_class() -> None:
    classes = {statement.name: statement for statement in TREE.body if isinstance(statement, ast.ClassDef)}
    for name, statement in classes.items():
        native = getattr(_wengert, name)
        described: set[str] = set()
        for one in [statement, *(classes[base.id] for base in statement.bases if isinstance(base, ast.Name))]:
            described |= names(one.body)
        present = {
            attribute
            for attribute in dir(native)
            # Methods written in Python are attached to the same classes, and are not the stub's.
            if _is_native(native, attribute)
        }
        assert public(described) >= public(present), (name, public(present) - public(described))
        assert {attribute for attribute in public(described) if not hasattr(native, attribute)} == set(), name


def _is_native(owner: type, attribute: str) -> bool:
    for base in owner.__mro__:
        if attribute in vars(base):
            kind = type(vars(base)[attribute]).__name__
            return kind in {"method_descriptor", "getset_descriptor", "builtin_function_or_method", "classmethod_descriptor"}
    return False
