"""What to say when a name is not there."""

from __future__ import annotations

from collections.abc import Callable, Iterable


def closest(name: str, provided: Iterable[str]) -> list[str]:
    """Up to three of the provided names that look most like `name`.

    >>> closest("sofmax", ["softmax", "sum", "log_softmax"])
    ['softmax', 'log_softmax']
    """
    from difflib import SequenceMatcher

    wanted = name.strip("_").lower()
    ranked: list[tuple[float, str]] = []
    for other in {p for p in provided if not p.startswith("_")}:
        plain = other.strip("_").lower()
        score = SequenceMatcher(None, wanted, plain).ratio()
        if len(wanted) > 2 and len(plain) > 2 and (plain in wanted or wanted in plain):
            score = max(score, 0.65 + 0.3 * score)
        if score > 0.6:
            ranked.append((-score, other))
    return [other for _, other in sorted(ranked)[:3]]


def say(owner: str, name: str, provided: Iterable[str]) -> str:
    """The message of the AttributeError for `owner.name`."""
    near = closest(name, provided)
    words = f"{owner} has no {name!r}"
    return f"{words}; there is {' or '.join(repr(n) for n in near)}" if near else words


def missing(module: str, provided: Iterable[str] | Callable[[], Iterable[str]]) -> Callable[[str], object]:
    """A module's `__getattr__`: raises an AttributeError that names what is close.

    `provided` is the module's names, or a function that lists them when they are asked for.

    >>> missing("sea", ["wave", "sand"])("waves")
    Traceback (most recent call last):
        ...
    AttributeError: module 'sea' has no 'waves'; there is 'wave'
    """

    def __getattr__(name: str) -> object:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(f"module {module!r} has no {name!r}")
        names = provided() if callable(provided) else provided
        raise AttributeError(say(f"module {module!r}", name, names), name=name)

    return __getattr__


_said: dict[tuple[type, str], str] = {}


def absent(owner: object, name: str) -> object:
    """Raise the AttributeError for an attribute that an object does not have.

    Where a property of that name raised one, it is that one.

    >>> import wengert
    >>> wengert.tensor(1.0).sofmax
    Traceback (most recent call last):
        ...
    AttributeError: 'Tensor' object has no attribute 'sofmax'; there is 'softmax' or 'fmax' or 'max'
    """
    cls = type(owner)
    for base in cls.__mro__:
        if name in base.__dict__:
            return base.__dict__[name].__get__(owner, cls)
    key = cls, name
    text = _said.get(key)
    if text is None:
        text = say(f"{cls.__name__!r} object", name, dir(cls)).replace(" has no ", " has no attribute ", 1)
        if len(_said) < 1000:
            _said[key] = text
    raise AttributeError(text, name=name)
