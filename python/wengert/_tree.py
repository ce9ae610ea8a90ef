"""Pytrees: values held in nested containers, and functions that treat them as flat lists of leaves.

A tree is a tuple, list, dict, ``OrderedDict``, ``defaultdict``, ``deque``, namedtuple, dataclass, ``None`` (a
tree without leaves), or an instance of a class given to `register_pytree_node`; everything else is a leaf.
Dictionaries keep their order and are compared by their keys. A dataclass field declared with
``metadata={"static": True}`` belongs to the structure, not to the leaves.

>>> from wengert import tree
>>> leaves, structure = tree.flatten({"w": [1.0, 2.0], "b": (3.0, None)})
>>> leaves
[1.0, 2.0, 3.0]
>>> structure
Structure({'w': [*, *], 'b': (*, None)})
>>> tree.unflatten(structure, [10.0, 20.0, 30.0])
{'w': [10.0, 20.0], 'b': (30.0, None)}
"""

from __future__ import annotations

import dataclasses
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any

__all__ = [
    "Structure",
    "all_leaves",
    "flatten",
    "flatten_like",
    "leaves",
    "map",
    "paths",
    "register_pytree_node",
    "register_pytree_node_class",
    "structure",
    "unflatten",
]


class _Kind:
    """How one type of container is taken apart and put together again."""

    __slots__ = ("join", "label", "split")

    def __init__(
        self,
        split: Callable[[Any], tuple[Sequence[Any], Any]],
        join: Callable[[Any, list[Any]], Any],
        label: Callable[[Any, int], str],
    ) -> None:
        self.split = split  # tree -> (children, meta)
        self.join = join  # (meta, children) -> tree
        self.label = label  # (meta, child number) -> how a program writes the way to that child


class Structure:
    """The shape of a tree without its leaves. Two are equal when trees of them can be mapped over together."""

    __slots__ = ("children", "cls", "kind", "meta", "num_leaves")

    def __init__(
        self, cls: type | None, kind: _Kind | None, meta: Any, children: tuple[Structure, ...]
    ) -> None:
        self.cls = cls
        self.kind = kind
        self.meta = meta
        self.children = children
        self.num_leaves: int = 1 if kind is None else sum(child.num_leaves for child in children)

    @property
    def is_leaf(self) -> bool:
        """True for the structure of a single leaf."""
        return self.kind is None

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Structure):
            return NotImplemented
        if self.cls is not other.cls or len(self.children) != len(other.children):
            return False
        if self.kind is None:
            return other.kind is None
        if self.cls is not None and issubclass(self.cls, dict):
            theirs = dict(zip(_keys(other), other.children))
            return all(
                key in theirs and theirs[key] == child for key, child in zip(_keys(self), self.children)
            )
        return _same_meta(self.meta, other.meta) and self.children == other.children

    def __hash__(self) -> int:
        if self.cls is not None and issubclass(self.cls, dict):
            return hash((self.cls, frozenset(zip(_keys(self), self.children))))
        return hash((self.cls, self.children))

    def __repr__(self) -> str:
        return f"Structure({self})"

    def __str__(self) -> str:
        return _show(self)

    def unflatten(self, leaves: Iterable[Any]) -> Any:
        """The tree of this structure with the given leaves."""
        return unflatten(self, leaves)


LEAF = Structure(None, None, None, ())


def _same_meta(mine: Any, theirs: Any) -> bool:
    try:
        return bool(mine == theirs)
    except Exception:  # metadata of a registered class may not compare, or compare to an array
        return mine is theirs


def _keys(node: Structure) -> tuple[Any, ...]:
    assert node.cls is not None
    return node.meta[0] if issubclass(node.cls, defaultdict) else node.meta


def _show(node: Structure) -> str:
    if node.kind is None:
        return "*"
    parts = [_show(child) for child in node.children]
    cls = node.cls
    assert cls is not None
    if cls is type(None):
        return "None"
    if cls is tuple:
        return f"({parts[0]},)" if len(parts) == 1 else f"({', '.join(parts)})"
    if cls is list:
        return f"[{', '.join(parts)}]"
    if issubclass(cls, dict):
        inside = "{" + ", ".join(f"{key!r}: {part}" for key, part in zip(_keys(node), parts)) + "}"
        return inside if cls is dict else f"{cls.__name__}({inside})"
    labels = [node.kind.label(node.meta, i) for i in range(len(parts))]
    named = [f"{label[1:]}={part}" if label.startswith(".") else part for label, part in zip(labels, parts)]
    return f"{cls.__name__}({', '.join(named)})"


# Kinds of containers.


def _index_label(meta: Any, i: int) -> str:
    return f"[{i}]"


def _key_label(meta: Any, i: int) -> str:
    return f"[{meta[i]!r}]"


def _field_label(meta: Any, i: int) -> str:
    return f".{meta[i]}"


_TUPLE = _Kind(lambda tree: (tree, None), lambda meta, children: tuple(children), _index_label)
_LIST = _Kind(lambda tree: (tree, None), lambda meta, children: children, _index_label)
_NONE = _Kind(lambda tree: ((), None), lambda meta, children: None, _index_label)
_DICT = _Kind(
    lambda tree: (tuple(tree.values()), tuple(tree)),
    lambda meta, children: dict(zip(meta, children)),
    _key_label,
)
_DEFAULTDICT = _Kind(
    lambda tree: (tuple(tree.values()), (tuple(tree), tree.default_factory)),
    lambda meta, children: defaultdict(meta[1], zip(meta[0], children)),
    lambda meta, i: f"[{meta[0][i]!r}]",
)
_DEQUE = _Kind(
    lambda tree: (tuple(tree), tree.maxlen), lambda meta, children: deque(children, meta), _index_label
)


def _namedtuple_kind(cls: Any) -> _Kind:
    make = getattr(cls, "_make", cls)  # the named results of PyTorch's functions are made from one tuple too
    return _Kind(
        lambda tree: (tree, None), lambda meta, children: make(children), lambda meta, i: f".{cls._fields[i]}"
    )


def _subclass_kind(cls: Any, base: type) -> _Kind:
    """A subclass of tuple, list or dict that is made from what its base is made from."""
    if base is dict:
        return _Kind(_DICT.split, lambda meta, children: cls(zip(meta, children)), _key_label)
    return _Kind(lambda tree: (tree, None), lambda meta, children: cls(children), _index_label)


def _dataclass_kind(cls: Any) -> _Kind:
    fields = dataclasses.fields(cls)
    dynamic = tuple(field.name for field in fields if not field.metadata.get("static", False))
    static = tuple(field.name for field in fields if field.metadata.get("static", False))

    def split(tree: Any) -> tuple[Sequence[Any], Any]:
        return [getattr(tree, name) for name in dynamic], tuple(getattr(tree, name) for name in static)

    def join(meta: Any, children: list[Any]) -> Any:
        # __init__ and __post_init__ may compute or check; the fields are put back as they were taken.
        made = object.__new__(cls)
        for name, value in zip(dynamic, children):
            object.__setattr__(made, name, value)
        for name, value in zip(static, meta):
            object.__setattr__(made, name, value)
        return made

    return _Kind(split, join, lambda meta, i: f".{dynamic[i]}")


_registered: dict[type, _Kind] = {
    tuple: _TUPLE,
    list: _LIST,
    dict: _DICT,
    type(None): _NONE,
    OrderedDict: _Kind(_DICT.split, lambda meta, children: OrderedDict(zip(meta, children)), _key_label),
    defaultdict: _DEFAULTDICT,
    deque: _DEQUE,
}
_derived: dict[type, _Kind | None] = {}


def _kind_of(cls: type) -> _Kind | None:
    """The kind of a type, or None where its instances are leaves."""
    kind = _registered.get(cls)
    if kind is not None:
        return kind
    try:
        return _derived[cls]
    except KeyError:
        pass
    if issubclass(cls, tuple) and hasattr(cls, "_fields"):
        kind = _namedtuple_kind(cls)
    elif issubclass(cls, (tuple, list)):
        kind = _subclass_kind(cls, tuple)
    elif issubclass(cls, OrderedDict) or (issubclass(cls, dict) and not issubclass(cls, defaultdict)):
        kind = _subclass_kind(cls, dict)
    elif dataclasses.is_dataclass(cls):
        kind = _dataclass_kind(cls)
    _derived[cls] = kind
    return kind


def register_pytree_node(
    cls: type,
    flatten: Callable[[Any], tuple[Iterable[Any], Any]],
    unflatten: Callable[[Any, Sequence[Any]], Any],
) -> None:
    """Make instances of `cls` trees: ``flatten(tree)`` gives ``(children, aux)`` and ``unflatten(aux,
    children)`` undoes it.

    >>> class Line:
    ...     def __init__(self, slope, offset):
    ...         self.slope, self.offset = slope, offset
    >>> from wengert import tree
    >>> tree.register_pytree_node(Line, lambda l: ((l.slope, l.offset), None), lambda aux, c: Line(*c))
    >>> tree.leaves(Line(2.0, 1.0))
    [2.0, 1.0]
    """
    if cls in _registered:
        raise ValueError(
            f"register_pytree_node: {cls.__name__} is a tree already; a class is registered once"
        )

    def split(tree: Any) -> tuple[Sequence[Any], Any]:
        children, aux = flatten(tree)
        return tuple(children), aux

    _registered[cls] = _Kind(split, lambda meta, children: unflatten(meta, tuple(children)), _index_label)


def register_pytree_node_class(cls: type) -> type:
    """Class decorator: register a class by its methods ``tree_flatten(self)`` and ``tree_unflatten(cls, aux,
    children)``."""
    register_pytree_node(cls, lambda tree: tree.tree_flatten(), cls.tree_unflatten)  # type: ignore[attr-defined]
    return cls


# Flattening.

_flat_tuples: list[Structure] = [Structure(tuple, _TUPLE, None, (LEAF,) * n) for n in range(16)]


def flatten(tree: Any, is_leaf: Callable[[Any], bool] | None = None) -> tuple[list[Any], Structure]:
    """The leaves of a tree, in order, and its structure. ``is_leaf(node)`` True keeps a container whole.

    >>> from wengert import tree
    >>> tree.flatten((1.0, [2.0, 3.0]))
    ([1.0, 2.0, 3.0], Structure((*, [*, *])))
    """
    if is_leaf is None:
        cls = type(tree)
        if cls is tuple:
            if len(tree) < 16:
                for child in tree:
                    if _kind_of(type(child)) is not None:
                        break
                else:
                    return list(tree), _flat_tuples[len(tree)]
        elif _kind_of(cls) is None:
            return [tree], LEAF
    out: list[Any] = []
    return out, _flatten_into(tree, out, is_leaf)


def _flatten_into(tree: Any, out: list[Any], is_leaf: Callable[[Any], bool] | None) -> Structure:
    if is_leaf is not None and is_leaf(tree):
        out.append(tree)
        return LEAF
    cls = type(tree)
    kind = _kind_of(cls)
    if kind is None:
        out.append(tree)
        return LEAF
    children, meta = kind.split(tree)
    return Structure(cls, kind, meta, tuple([_flatten_into(child, out, is_leaf) for child in children]))


def unflatten(structure: Structure, leaves: Iterable[Any]) -> Any:
    """The tree of this structure with the given leaves: the inverse of `flatten`."""
    if not isinstance(structure, Structure):
        raise TypeError(
            f"unflatten: the structure comes first, then the leaves; got {type(structure).__name__}"
        )
    values = leaves if type(leaves) is list else list(leaves)
    if len(values) != structure.num_leaves:
        raise ValueError(
            f"unflatten: {structure} has {structure.num_leaves} leaves, but {len(values)} were given"
        )
    if structure.kind is None:
        return values[0]
    if (
        structure.cls is tuple
        and structure.num_leaves < 16
        and structure is _flat_tuples[structure.num_leaves]
    ):
        return tuple(values)
    return _unflatten(structure, iter(values))


def _unflatten(node: Structure, values: Any) -> Any:
    if node.kind is None:
        return next(values)
    return node.kind.join(node.meta, [_unflatten(child, values) for child in node.children])


def flatten_like(node: Structure, tree: Any, what: str = "tree") -> list[Any]:
    """The parts of `tree` that stand where `node` has its leaves (they may be trees themselves), in its
    order.

    Raises ValueError that shows both structures where `tree` does not follow `node`.
    """
    if node.kind is None:
        return [tree]
    out: list[Any] = []
    if not _follow(node, tree, out):
        raise ValueError(
            f"{what} has another structure than expected:\n  expected {node}\n  got      {structure(tree)}"
        )
    return out


def _follow(node: Structure, tree: Any, out: list[Any]) -> bool:
    if node.kind is None:
        out.append(tree)
        return True
    cls = node.cls
    assert cls is not None
    if issubclass(cls, dict) and issubclass(type(tree), dict):
        keys = _keys(node)
        if len(keys) != len(tree) or any(key not in tree for key in keys):
            return False
        return all([_follow(child, tree[key], out) for key, child in zip(keys, node.children)])
    if type(tree) is not cls:
        return False
    children, meta = node.kind.split(tree)
    if len(children) != len(node.children) or not _same_meta(meta, node.meta):
        return False
    return all([_follow(child, part, out) for child, part in zip(node.children, children)])


def broadcast_prefix(prefix: Any, node: Structure, what: str, is_leaf: Callable[[Any], bool]) -> list[Any]:
    """One value of `prefix` for each leaf of `node`: a leaf of `prefix` stands for everything under it."""
    if is_leaf(prefix):
        return [prefix] * node.num_leaves
    if node.kind is not None:
        if type(prefix) in (list, tuple) and node.cls in (list, tuple) and len(prefix) == len(node.children):
            parts: list[Any] = list(prefix)
        elif isinstance(prefix, dict) and issubclass(node.cls, dict) and set(prefix) == set(_keys(node)):  # type: ignore[arg-type]
            parts = [prefix[key] for key in _keys(node)]
        elif (
            type(prefix) is node.cls
            and not isinstance(prefix, dict)
            and len(node.kind.split(prefix)[0]) == len(node.children)
        ):
            parts = list(node.kind.split(prefix)[0])
        else:
            raise ValueError(
                f"{what} is not a prefix of the structure it goes with:\n  given     {prefix!r}\n  "
                f"structure {node}"
            )
        return [
            value
            for part, child in zip(parts, node.children)
            for value in broadcast_prefix(part, child, what, is_leaf)
        ]
    raise ValueError(f"{what}: expected an integer or None for a single array, got {prefix!r}")


def leaves(tree: Any, is_leaf: Callable[[Any], bool] | None = None) -> list[Any]:
    """The leaves of a tree, in order."""
    return flatten(tree, is_leaf)[0]


def structure(tree: Any, is_leaf: Callable[[Any], bool] | None = None) -> Structure:
    """The structure of a tree, without its leaves."""
    return flatten(tree, is_leaf)[1]


def map(f: Callable[..., Any], tree: Any, *rest: Any, is_leaf: Callable[[Any], bool] | None = None) -> Any:
    """Apply `f` to each leaf of `tree` (and to what stands in the same place of the others); a tree of the
    results.

    >>> from wengert import tree
    >>> tree.map(lambda a, b: a + b, {"x": 1.0, "y": (2.0,)}, {"y": (20.0,), "x": 10.0})
    {'x': 11.0, 'y': (22.0,)}
    """
    first, node = flatten(tree, is_leaf)
    if not rest:
        return unflatten(node, [f(leaf) for leaf in first])
    others = [flatten_like(node, other, f"map: tree {i}") for i, other in enumerate(rest, start=2)]
    return unflatten(node, [f(*group) for group in zip(first, *others)])


def all_leaves(values: Iterable[Any]) -> bool:
    """True when none of the values is a container."""
    return all(_kind_of(type(value)) is None for value in values)


def paths(node: Structure, root: str = "") -> list[str]:
    """How a program writes the way to each leaf: ``root['w'][0].bias``."""
    if node.kind is None:
        return [root]
    out: list[str] = []
    for i, child in enumerate(node.children):
        out += paths(child, root + node.kind.label(node.meta, i))
    return out
