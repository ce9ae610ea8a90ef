"""Which tapes record on this thread, and what they see of a variable that is read."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from wengert.tensorflow._convert import fresh

if TYPE_CHECKING:
    from wengert.tensorflow._tape import GradientTape
    from wengert.tensorflow._variable import Variable


class _Active(threading.local):
    def __init__(self) -> None:
        self.tapes: list[GradientTape] = []


active = _Active()
"""The tapes that record on this thread, outermost first."""


class Store:
    """Where a variable keeps its value. Several names may stand for one store."""

    __slots__ = ("cell", "watchable", "trainable")

    def __init__(self, cell: Any, trainable: bool) -> None:
        self.cell = cell
        self.watchable = cell.dtype.is_floating
        self.trainable = trainable


def recorded(variable: Variable, tapes: list[GradientTape]) -> Any:
    """The variable's value, as all of these tapes record it. A tape that meets the value for the first time watches
    a cell of its own that holds it; outer tapes come first, so that they record what inner ones do."""
    store = variable._store
    cell = store.cell
    if not store.watchable:
        return cell
    for tape in tapes:
        if not (tape._watches_accessed and store.trainable) and store not in tape._asked:
            continue
        seen = tape._current.get(store)
        if seen is None or seen[0] is not cell:
            watched = fresh(cell)
            tape._tape.watch(watched)
            seen = tape._current[store] = (cell, watched)
            tape._cells.setdefault(store, (variable, []))[1].append(watched)
        cell = seen[1]
    return cell
