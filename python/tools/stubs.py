"""Writes python/wengert/_wengert.pyi, the types of the extension module, from the built module.

    python stubs.py            writes the stub
    python stubs.py --check    fails if the stub is out of date

Functions are described by their own signatures; their arguments' types follow from the arguments' names. The three classes have, besides
their native methods, those that the front ends attach, with the annotations that these have in Python.
"""

from __future__ import annotations

import ast
import builtins
import collections.abc
import importlib
import inspect
import pathlib
import sys
import typing
from typing import Any

STUB = pathlib.Path(__file__).parents[1] / "wengert" / "_wengert.pyi"
FRONT_ENDS = ["wengert", "wengert.torch", "wengert.numpy", "wengert.autograd", "wengert.tensorflow"]

HEADER = '''"""The types of the extension module. Written by python/tools/stubs.py (`cargo xtask stubs`)."""
# ruff: noqa: E501
# mypy: disable-error-code="override, misc, overload-overlap, valid-type"

import builtins
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import numpy as np
from typing_extensions import Self
'''

# The types of the arguments of native functions, by name.
ARGUMENTS = {
    "cls": "builtins.type[_C]",
    "shape": "int | Sequence[int]",
    "sizes": "int | Sequence[int]",
    "axes": "int | Sequence[int] | None",
    "axis": "int | None",
    "axis1": "int",
    "axis2": "int",
    "keepdims": "builtins.bool",
    "descending": "builtins.bool",
    "largest": "builtins.bool",
    "reduction": "str",
    "equation": "str",
    "mode": "str",
    "name": "str",
    "path": "str",
    "retain_graph": "builtins.bool | None",
    "create_graph": "builtins.bool",
    "allow_unused": "builtins.bool",
    "copy": "builtins.bool",
    "share": "builtins.bool",
    "seed": "int | None",
    "gen": "Generator | None",
    "f": "Callable[..., Any]",
    "fn": "Callable[..., Any]",
}

# The results of special and of well-known methods; those of the others are Self, the class itself.
RESULTS = {
    "__len__": "int", "__bool__": "builtins.bool", "__int__": "int", "__float__": "float", "__index__": "int",
    "__hash__": "int", "__repr__": "str", "__str__": "str", "__format__": "str", "__iter__": "Iterator[Self]",
    "__contains__": "builtins.bool", "__setitem__": "None", "__delitem__": "None", "__array__": "np.ndarray[Any, Any]",
    "__dlpack__": "Any", "__dlpack_device__": "tuple[int, int]", "__complex__": "complex", "__init__": "None",
    "__reduce__": "Any", "__getstate__": "Any", "__setstate__": "None", "__array_ufunc__": "Any",
    "__array_function__": "Any", "__array_namespace__": "Any", "__buffer__": "Any", "__divmod__": "tuple[Self, Self]",
    "backward": "None", "item": "Any", "tolist": "Any", "numpy": "np.ndarray[Any, Any]", "retain_grad": "None",
    "register_hook": "Any",
}  # fmt: skip
ATTRIBUTES = {
    "shape": "Any", "dtype": "Any", "ndim": "int", "requires_grad": "builtins.bool", "grad": "Self | None",
    "is_leaf": "builtins.bool", "grad_fn": "Node | None", "data": "Self", "T": "Self", "_version": "int",
}  # fmt: skip
# Functions whose arguments' names mislead.
PARAMETERS = {"register": "flavour: str, **settings: Any"}
# Methods that subclasses write again, with the arguments that Python gives them.
PLAIN = {"__repr__": "self", "__str__": "self", "__format__": "self, format_spec: str, /", "__len__": "self"}
# What object has already, and says well enough.
SKIPPED = {
    "__class__", "__doc__", "__module__", "__dict__", "__weakref__", "__new__", "__init_subclass__", "__subclasshook__",
    "__getattribute__", "__setattr__", "__delattr__", "__dir__", "__sizeof__", "__reduce_ex__", "__slots__",
    "__annotations__", "__signature__", "__text_signature__", "__match_args__",
}  # fmt: skip


DESCRIPTORS = {"getset_descriptor", "member_descriptor", "property"}


class Writer:
    """Gathers the lines of the stub and what they import."""

    def __init__(self, native: Any) -> None:
        self.native = native
        self.imports: set[str] = set()

    def annotation(self, written: Any, scope: dict[str, Any], owner: str | None) -> str:
        """An annotation as it stands in the stub; Any where it names something that the stub does not know."""
        if written is inspect.Parameter.empty:
            return "Any"
        text = written if isinstance(written, str) else inspect.formatannotation(written)
        if text == "None":
            return text
        try:
            tree = ast.parse(text, mode="eval")
        except SyntaxError:
            return "Any"
        for node in ast.walk(tree):
            if isinstance(node, ast.Name):
                replaced = self.name(node.id, scope, owner)
                if replaced is None:
                    return "Any"
                node.id = replaced
            elif isinstance(node, ast.Attribute):
                return "Any"
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                if not text.startswith("Literal"):
                    return "Any"
        return ast.unparse(tree)

    def name(self, name: str, scope: dict[str, Any], owner: str | None) -> str | None:
        found = scope.get(name, getattr(builtins, name, None))
        if name in ("Self", "Any", "Callable", "Iterator", "Mapping", "Sequence"):
            return name
        if found is None:
            return "None" if name == "None" else None
        if getattr(found, "__name__", None) == owner or (owner and found is getattr(self.native, owner, None)):
            return owner
        if found is getattr(self.native, name, self):
            return name
        if isinstance(found, type) and found.__module__ == "builtins":
            return f"builtins.{found.__name__}" if found.__name__ in self.clashes else found.__name__
        if name in typing.__all__ or name in collections.abc.__all__:
            module = "collections.abc" if name in collections.abc.__all__ else "typing"
            self.imports.add(f"from {module} import {name}")
            return name
        if isinstance(found, type) and found.__module__.startswith("wengert.") and "." not in found.__qualname__:
            self.imports.add(f"from {found.__module__} import {found.__qualname__} as _{found.__qualname__}")
            return f"_{found.__qualname__}"
        return None

    # Names of functions of the module, and of methods, that hide builtins in the stub.
    clashes = {
        "bool", "int", "float", "complex", "sum", "min", "max", "abs", "all", "any", "round", "pow", "slice", "type", "format", "object",
    }  # fmt: skip

    def parameters(self, signature: inspect.Signature, scope: dict[str, Any], owner: str | None) -> str:
        parts: list[str] = []
        kinds = [parameter.kind for parameter in signature.parameters.values()]
        star = False
        for position, (name, parameter) in enumerate(signature.parameters.items()):
            if parameter.kind is parameter.KEYWORD_ONLY and not star:
                parts.append("*")
                star = True
            prefix = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
            star = star or prefix == "*"
            text = prefix + name
            if not (owner and position == 0 and name in ("self", "cls", "$self")):
                known = ARGUMENTS.get(name, "Any") if not scope else None
                text += ": " + (known or self.annotation(parameter.annotation, scope, owner))
                if parameter.default is not parameter.empty:
                    text += " = ..."
            elif parameter.default is not parameter.empty:
                text += " = ..."
            parts.append(text)
            last = parameter.kind is parameter.POSITIONAL_ONLY
            if last and (position + 1 == len(kinds) or kinds[position + 1] is not parameter.POSITIONAL_ONLY):
                parts.append("/")
        return ", ".join(parts)

    def function(self, name: str, found: Any, owner: str | None, indent: str = "") -> list[str]:
        scope = getattr(inspect.unwrap(found), "__globals__", {}) if not isinstance(found, staticmethod) else {}
        decorator = []
        try:
            signature = inspect.signature(found)
        except (TypeError, ValueError):
            signature = None
        if signature is None:
            inside = "self, *args: Any, **kwargs: Any" if owner else "*args: Any, **kwargs: Any"
        else:
            inside = self.parameters(signature, scope, owner)
            if owner and not scope and not inside.startswith(("self", "*")):
                inside = "self, /" + (", " + inside if inside else "")
        inside = PARAMETERS.get(name, inside) if owner is None else PLAIN.get(name, inside)
        if scope:
            result = self.annotation(signature.return_annotation, scope, owner) if signature else "Any"
        elif owner:
            result = RESULTS.get(name, "Self" if owner in ("Cell", "Tensor", "Array", "EagerTensor") else "Any")
        else:
            first = next(iter(signature.parameters), "") if signature else ""
            result = "_C" if first == "cls" else "Any"
        if owner and scope and signature and name.startswith("__") and name in RESULTS and result == "Any":
            result = RESULTS[name]
        return [f"{indent}{line}" for line in [*decorator, f"def {name}({inside}) -> {result}: ..."]]

    def cell(self, name: str, kind: type, base: type | None) -> list[str]:
        """A class with its native methods and the attached ones."""
        bases = f"({base.__name__})" if base is not None and base is not object else ""
        lines = [f"class {name}{bases}:"]
        body: list[str] = []
        members: dict[str, Any] = {}
        for attribute in sorted(vars(kind), key=lambda one: (one.lower(), one)):
            if attribute in SKIPPED or (attribute.startswith("_") and not attribute.startswith("__") and attribute != "_version"):
                continue
            if hasattr(kind, attribute):  # a front end may say why a name is not there
                members[attribute] = vars(kind)[attribute]
        attributes = [(n, m) for n, m in members.items() if type(m).__name__ in DESCRIPTORS]
        for attribute, member in attributes:
            if attribute.startswith("__"):
                continue
            result = ATTRIBUTES.get(attribute, "Any")
            if isinstance(member, property) and member.fget is not None and attribute not in ATTRIBUTES:
                scope = getattr(member.fget, "__globals__", {})
                result = self.annotation(inspect.signature(member.fget).return_annotation, scope, name)
            body += ["    @property", f"    def {attribute}(self) -> {result}: ..."]
            body += [f"    @{attribute}.setter", f"    def {attribute}(self, value: Any) -> None: ..."]
        body += ["    def __new__(cls, *args: Any, **kwargs: Any) -> Self: ..."]
        body += ["    def __init__(self, *args: Any, **kwargs: Any) -> None: ..."]
        members.pop("__init__", None)
        for attribute, member in members.items():
            if (attribute, member) in attributes:
                continue
            if attribute == "__hash__":
                body += ["    def __hash__(self) -> int: ..."]
            elif isinstance(member, (staticmethod, classmethod)) or type(member).__name__ == "classmethod_descriptor":
                decorator = "staticmethod" if isinstance(member, staticmethod) else "classmethod"
                first = "" if decorator == "staticmethod" else "cls, "
                body += [f"    @{decorator}", f"    def {attribute}({first}*args: Any, **kwargs: Any) -> Any: ..."]
            elif callable(member) and not isinstance(member, type):
                body += self.function(attribute, member, name, "    ")
            else:
                body += [f"    {attribute}: Any"]
        return lines + (body or ["    ..."])

    def module(self) -> str:
        names = sorted((n for n in dir(self.native) if not n.startswith("_")), key=lambda one: (one.lower(), one))
        classes = [n for n in names if isinstance(getattr(self.native, n), type)]
        lines: list[str] = []
        native = [getattr(self.native, n) for n in classes]
        for name in sorted(classes, key=lambda one: (len(getattr(self.native, one).__mro__), one)):
            kind = getattr(self.native, name)
            base = next((one for one in kind.__mro__[1:] if one in native), None)
            if base is None and issubclass(kind, BaseException):
                lines += ["", f"class {name}({kind.__mro__[1].__name__}): ..."]
                continue
            lines += ["", *self.cell(name, kind, base)]
        lines.append("")
        for name in names:
            found = getattr(self.native, name)
            if isinstance(found, type):
                continue
            if callable(found) and not isinstance(found, tuple(native)):
                lines += self.function(name, found, None)
            else:
                lines.append(f"{name}: {type(found).__name__ if type(found) in native else 'Any'}")
        imports = sorted(self.imports)
        return "\n".join([HEADER + "\n".join(imports), "", '_C = TypeVar("_C", bound=Cell)', "", "__version__: str", *lines]) + "\n"


def main(arguments: list[str]) -> int:
    for name in FRONT_ENDS:
        importlib.import_module(name)
    text = Writer(importlib.import_module("wengert._wengert")).module()
    if "--check" in arguments:
        if STUB.read_text() != text:
            print("python/wengert/_wengert.pyi is out of date: run `cargo xtask stubs`")
            return 1
        return 0
    STUB.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
