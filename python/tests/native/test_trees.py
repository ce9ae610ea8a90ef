"""Pytrees: every container, structures compared, errors that show both."""

from __future__ import annotations

import dataclasses
from collections import OrderedDict, defaultdict, deque, namedtuple
from typing import Any

import pytest

from wengert import tree

Point = namedtuple("Point", "x y")


@dataclasses.dataclass
class Layer:
    weight: Any
    bias: Any
    name: str = dataclasses.field(default="layer", metadata={"static": True})


@dataclasses.dataclass(frozen=True)
class Frozen:
    value: Any

    def __post_init__(self) -> None:
        if isinstance(self.value, str):
            raise ValueError("no strings")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1.0, [1.0]),
        (None, []),
        ((), []),
        ([], []),
        ({}, []),
        ((1, [2, (3,)], {"a": 4, "b": None}), [1, 2, 3, 4]),
        (Point(1, (2, 3)), [1, 2, 3]),
        (Layer(1, [2]), [1, 2]),
        (Frozen(5), [5]),
        (OrderedDict(z=1, a=2), [1, 2]),
        (defaultdict(list, {"k": 7}), [7]),
        (deque([1, 2], maxlen=4), [1, 2]),
        ("text", ["text"]),
        (tuple(range(40)), list(range(40))),
    ],
)
def test_flatten_and_unflatten_are_inverse(value: Any, expected: list[Any]) -> None:
    leaves, structure = tree.flatten(value)
    assert leaves == expected
    again = tree.unflatten(structure, leaves)
    assert again == value and type(again) is type(value)
    assert structure.num_leaves == len(expected)
    assert tree.structure(again) == structure


def test_containers_keep_what_is_special_about_them() -> None:
    again = tree.map(lambda x: x, defaultdict(list, {"k": 7}))
    assert again["new"] == []
    assert tree.map(lambda x: x, deque([1], maxlen=3)).maxlen == 3
    layer = tree.map(lambda x: 2 * x, Layer(1.0, 2.0, name="first"))
    assert (layer.weight, layer.bias, layer.name) == (2.0, 4.0, "first")
    assert tree.map(str, Frozen(3)).value == "3"  # __post_init__ is not run again


def test_dictionaries_keep_their_order_and_compare_by_keys() -> None:
    first, second = {"b": 1, "a": 2}, {"a": 20, "b": 10}
    assert tree.leaves(first) == [1, 2]
    assert tree.structure(first) == tree.structure(second)
    assert hash(tree.structure(first)) == hash(tree.structure(second))
    assert tree.map(lambda x, y: (x, y), first, second) == {"b": (1, 10), "a": (2, 20)}
    assert list(tree.map(lambda x, y: x, first, second)) == ["b", "a"]
    assert tree.structure(first) != tree.structure({"a": 1, "c": 2})


def test_structures_differ() -> None:
    assert tree.structure((1, 2)) != tree.structure([1, 2])
    assert tree.structure((1, 2)) != tree.structure((1, (2,)))
    assert tree.structure(Layer(1, 2, name="a")) != tree.structure(Layer(1, 2, name="b"))
    assert tree.structure(None) != tree.structure(())


def test_errors_show_both_structures() -> None:
    with pytest.raises(ValueError, match=r"(?s)expected \{'a': \*\}.*got      \[\*, \*\]"):
        tree.map(lambda x, y: x, {"a": 1}, [1, 2])
    with pytest.raises(ValueError, match=r"\(\*, \*\) has 2 leaves, but 3 were given"):
        tree.unflatten(tree.structure((1, 2)), [1, 2, 3])
    with pytest.raises(TypeError, match="structure comes first"):
        tree.unflatten([1, 2], tree.structure((1, 2)))  # type: ignore[arg-type]


def test_structures_print_as_they_are_written() -> None:
    value = {"w": [1, (2,)], "p": Point(1, 2), "l": Layer(1, None)}
    assert (
        str(tree.structure(value))
        == "{'w': [*, (*,)], 'p': Point(x=*, y=*), 'l': Layer(weight=*, bias=None)}"
    )
    assert tree.paths(tree.structure(value), "v") == [
        "v['w'][0]",
        "v['w'][1][0]",
        "v['p'].x",
        "v['p'].y",
        "v['l'].weight",
    ]


def test_is_leaf_keeps_a_container_whole() -> None:
    assert tree.leaves({"a": [1, 2], "b": 3}, is_leaf=lambda node: isinstance(node, list)) == [[1, 2], 3]


def test_one_may_register_a_class() -> None:
    class Line:
        def __init__(self, slope: float, offset: float, unit: str) -> None:
            self.slope, self.offset, self.unit = slope, offset, unit

    tree.register_pytree_node(
        Line, lambda line: ((line.slope, line.offset), line.unit), lambda unit, c: Line(*c, unit)
    )
    doubled = tree.map(lambda v: 2 * v, Line(1.0, 2.0, "m"))
    assert (doubled.slope, doubled.offset, doubled.unit) == (2.0, 4.0, "m")
    with pytest.raises(ValueError, match="a tree already"):
        tree.register_pytree_node(Line, lambda line: ((), None), lambda aux, c: None)

    @tree.register_pytree_node_class
    class Pair:
        def __init__(self, a: Any, b: Any) -> None:
            self.a, self.b = a, b

        def tree_flatten(self) -> tuple[tuple[Any, Any], None]:
            return (self.a, self.b), None

        @classmethod
        def tree_unflatten(cls, aux: None, children: Any) -> Pair:
            return cls(*children)

    assert tree.leaves(Pair(1, [2])) == [1, 2]


def test_subclasses_of_containers_are_containers() -> None:
    class Params(dict[str, Any]):
        pass

    again = tree.map(lambda v: v + 1, Params(a=1))
    assert type(again) is Params and again["a"] == 2
