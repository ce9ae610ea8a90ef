"""`tf.nest`: nested lists, tuples, dictionaries, named tuples and dataclasses. Dictionaries go by their sorted keys.

>>> flatten({"b": [1, 2], "a": 3})
[3, 1, 2]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from wengert.tensorflow._shape import TensorShape


_NESTED: dict[type, bool] = {}
"""Whether the objects of a class are nested, for the classes met so far."""


def is_nested(structure: Any) -> bool:
    """Whether it is a list, tuple, dictionary or the like.

    >>> is_nested([1]), is_nested("ab")
    (True, False)
    """
    kind = type(structure)
    nested = _NESTED.get(kind)
    if nested is None:
        nested = _NESTED[kind] = issubclass(kind, (list, tuple, Mapping)) and not issubclass(
            kind, TensorShape
        )
    return nested


def _children(structure: Any) -> list[Any]:
    if isinstance(structure, Mapping):
        try:
            return [structure[key] for key in sorted(structure)]
        except TypeError:
            raise TypeError(
                "nest only supports dicts with sortable keys; the keys are of types "
                f"{sorted({type(key).__name__ for key in structure})}"
            ) from None
    return list(structure)


def flatten(structure: Any, expand_composites: bool = False) -> list[Any]:
    """The leaves, as a list.

    >>> flatten([1, (2, {"x": 3})])
    [1, 2, 3]
    """
    if not is_nested(structure):
        return [structure]
    leaves: list[Any] = []
    for child in _children(structure):
        if is_nested(child):
            leaves += flatten(child)
        else:
            leaves.append(child)
    return leaves


def _packed(structure: Any, leaves: Any) -> Any:
    if not is_nested(structure):
        return next(leaves)
    children = [_packed(child, leaves) for child in _children(structure)]
    return _like(structure, children)


def _like(structure: Any, children: list[Any]) -> Any:
    if isinstance(structure, Mapping):
        by_key = dict(zip(sorted(structure), children))
        ordered = {key: by_key[key] for key in structure}
        if type(structure) is dict:
            return ordered
        kind: Any = type(structure)
        if hasattr(structure, "default_factory"):
            return kind(structure.default_factory, ordered)
        return kind(ordered)
    if hasattr(structure, "_fields"):
        return type(structure)(*children)
    return children if type(structure) is list else type(structure)(children)


def pack_sequence_as(structure: Any, flat_sequence: Any, expand_composites: bool = False) -> Any:
    """The leaves in the structure of `structure`.

    >>> pack_sequence_as({"b": [0, 0], "a": 0}, [1, 2, 3])
    {'b': [2, 3], 'a': 1}
    """
    if not is_nested(flat_sequence):
        raise TypeError(
            f"Attempted to pack value:\n  {flat_sequence}\ninto a structure, but found incompatible type."
        )
    flat_sequence = list(flat_sequence)
    if not is_nested(structure):
        if len(flat_sequence) != 1:
            raise ValueError(
                f"The target structure is of type `{type(structure)}` but the input is a sequence of length "
                f"{len(flat_sequence)} != 1."
            )
        return flat_sequence[0]
    count = len(flatten(structure))
    if count != len(flat_sequence):
        raise ValueError(
            f"Could not pack sequence. Structure had {count} atoms, but flat_sequence had {len(flat_sequence)} items. "
            f"Structure: {structure}, flat_sequence: {flat_sequence}."
        )
    return _packed(structure, iter(flat_sequence))


def assert_same_structure(
    nest1: Any, nest2: Any, check_types: bool = True, expand_composites: bool = False
) -> None:
    """Raises ValueError or TypeError unless both are nested in the same way.

    >>> assert_same_structure([1, (2, 3)], ["a", ("b", "c")])
    """
    if is_nested(nest1) != is_nested(nest2) or not is_nested(nest1):
        if is_nested(nest1) or is_nested(nest2):
            raise ValueError(
                f"The two structures don't have the same nested structure.\n\nFirst structure: {nest1}\n\n"
                f"Second structure: {nest2}"
            )
        return
    if (
        check_types
        and type(nest1) is not type(nest2)
        and not (isinstance(nest1, Mapping) and isinstance(nest2, Mapping))
    ):
        raise TypeError(
            "The two structures don't have the same sequence type. First structure has type "
            f"{type(nest1)}, while second structure has type {type(nest2)}."
        )
    if isinstance(nest1, Mapping) and set(nest1) != set(nest2):
        raise ValueError(
            f"The two dictionaries don't have the same set of keys: {set(nest1)} and {set(nest2)}"
        )
    first, second = _children(nest1), _children(nest2)
    if len(first) != len(second):
        raise ValueError(
            "The two structures don't have the same number of elements: "
            f"{len(first)} in {nest1}, {len(second)} in {nest2}"
        )
    for one, other in zip(first, second):
        assert_same_structure(one, other, check_types)


def map_structure(func: Callable[..., Any], *structure: Any, **kwargs: Any) -> Any:
    """`func` of the leaves of the structures, in their structure.

    >>> map_structure(lambda x, y: x + y, [1, (2, 3)], [10, (20, 30)])
    [11, (22, 33)]
    """
    if not structure:
        raise ValueError("Must provide at least one structure")
    for other in structure[1:]:
        assert_same_structure(structure[0], other, kwargs.get("check_types", True))
    columns = zip(*(flatten(each) for each in structure))
    return pack_sequence_as(structure[0], [func(*leaves) for leaves in columns])


__all__ = ["assert_same_structure", "flatten", "is_nested", "map_structure", "pack_sequence_as"]
