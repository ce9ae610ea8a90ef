"""`tf.Module`: what has variables."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from typing import Any

from wengert.tensorflow._variable import Variable, name_scope


class Module:
    """What has variables: the attributes that are variables or modules, and those in lists and dictionaries.

    >>> class Line(Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.w, self.b = Variable(5.0), Variable(0.0)
    >>> len(Line().trainable_variables)
    2
    """

    def __init__(self, name: str | None = None) -> None:
        if name is not None and not name.isidentifier():
            raise ValueError(
                f"'{name}' is not a valid module name. Module names must be valid Python identifiers."
            )
        self._name = name or _snake(type(self).__name__)

    @property
    def name(self) -> str:
        """The name of the module."""
        return self._name

    @property
    def name_scope(self) -> name_scope:
        """A context in which new variables are named after the module."""
        return name_scope(self._name)

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The variables of this module and of those in it."""
        return tuple(self._found(lambda x: isinstance(x, Variable)))

    @property
    def trainable_variables(self) -> tuple[Variable, ...]:
        """The trainable variables of this module and of those in it."""
        return tuple(self._found(lambda x: isinstance(x, Variable) and x.trainable))

    @property
    def non_trainable_variables(self) -> tuple[Variable, ...]:
        """The other variables of this module and of those in it."""
        return tuple(self._found(lambda x: isinstance(x, Variable) and not x.trainable))

    @property
    def submodules(self) -> tuple[Module, ...]:
        """The modules in this module."""
        return tuple(self._found(lambda x: isinstance(x, Module)))

    def _found(self, wanted: Callable[[Any], bool], seen: set[int] | None = None) -> Iterator[Any]:
        seen = {id(self)} if seen is None else seen
        inner: list[Module] = []
        for _, value in sorted(vars(self).items()):
            for leaf in _leaves(value):
                if not isinstance(leaf, (Variable, Module)) or id(leaf) in seen:
                    continue
                seen.add(id(leaf))
                if wanted(leaf):
                    yield leaf
                if isinstance(leaf, Module):
                    inner.append(leaf)
        for module in inner:
            yield from module._found(wanted, seen)

    @classmethod
    def with_name_scope(cls, method: Callable[..., Any]) -> Callable[..., Any]:
        """A method in which new variables are named after the module."""

        @functools.wraps(method)
        def decorated(self: Any, *args: Any, **kwargs: Any) -> Any:
            with self.name_scope:
                return method(self, *args, **kwargs)

        return decorated


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for each in value.values() for leaf in _leaves(each)]
    if isinstance(value, (list, tuple)):
        return [leaf for each in value for leaf in _leaves(each)]
    return [value]


def _snake(name: str) -> str:
    """`MyModule` as `my_module`."""
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", re.sub(r"([^_])([A-Z][a-z]+)", r"\1_\2", name)).lower()
