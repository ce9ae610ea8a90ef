"""`draw`: the graph that led to a result, as a picture."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from . import _tree
from . import _wengert as _w

__all__ = ["Drawing", "draw"]


class Drawing:
    """A drawn graph. ``.dot()`` and ``.svg()`` give text, ``.png()`` bytes, ``.save(path)`` a file; Jupyter
    shows it by itself."""

    def __init__(self, native: Any) -> None:
        self._native = native

    def dot(self) -> str:
        """The graph in the DOT language."""
        return self._native.dot()

    def svg(self) -> str:
        """The picture as SVG text."""
        return self._native.svg()

    def png(self, scale: float = 2.0) -> bytes:
        """The picture as the bytes of a PNG file, `scale` times as large as the SVG."""
        return bytes(self._native.png(scale))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the picture to a file; the ending decides: ``.svg``, ``.png`` or ``.dot``."""
        name = os.fspath(path)
        ending = os.path.splitext(name)[1].lower()
        if ending == ".svg":
            content = self.svg().encode()
        elif ending == ".png":
            content = self.png()
        elif ending in (".dot", ".gv"):
            content = self.dot().encode()
        else:
            raise ValueError(
                f"draw: {name!r} ends in {ending or 'nothing'}; a drawing is saved as .svg, .png or .dot"
            )
        with open(name, "wb") as file:
            file.write(content)

    def _repr_svg_(self) -> str:
        return self.svg()

    def __repr__(self) -> str:
        return "<wengert.Drawing: .svg() .png() .dot() .save(path)>"


def draw(result: Any, names: Mapping[Any, str] | None = None, **named: Any) -> Drawing:
    """Draw the graph that led to a result, a tensor or a tree of them, with the tensors in `names` labelled.

    `names` maps tensors to their names; or give them as keywords: ``draw(y, w=w, b=b)``.

    >>> import wengert
    >>> w = wengert.tensor(2.0, requires_grad=True)
    >>> picture = wengert.draw((3 * w).exp(), names={w: "w"})
    >>> "w" in picture.dot(), picture.svg().startswith("<svg")
    (True, True)
    """
    cells = [leaf for leaf in _tree.leaves(result) if isinstance(leaf, _w.Cell)]
    if not cells:
        raise TypeError(f"draw: there is no tensor in what was given, a {type(result).__name__}")
    pairs: list[tuple[Any, str]] = []
    for key, value in (names or {}).items():
        if isinstance(key, str) and isinstance(value, _w.Cell):
            key, value = value, key
        if not isinstance(key, _w.Cell) or not isinstance(value, str):
            raise TypeError(
                f"draw: names maps tensors to their names, like {{w: 'w'}}; got {type(key).__name__}: "
                f"{type(value).__name__}"
            )
        pairs.append((key, value))
    for name, value in named.items():
        if not isinstance(value, _w.Cell):
            raise TypeError(f"draw: {name} must be a tensor to be named, got {type(value).__name__}")
        pairs.append((value, name))
    return Drawing(_w.draw(cells, pairs))
