"""`GradientTape`: gradients of what ran inside a ``with`` block, asked for afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from . import _tree
from . import _wengert as _w

__all__ = ["GradientTape"]


class GradientTape:
    """Records what is computed from watched tensors inside its ``with`` block; `gradient` asks for
    derivatives.

    A tape answers once, a persistent one any number of times. Tapes nest: an outer one sees the gradients
    that an inner one computes. Nothing needs ``requires_grad``, and no ``.grad`` is filled.

    >>> import wengert
    >>> x = wengert.tensor(3.0)
    >>> with wengert.GradientTape() as tape:
    ...     tape.watch(x)
    ...     y = x * x
    >>> tape.gradient(y, x)
    tensor(6.)
    """

    def __init__(self, persistent: bool = False) -> None:
        self._persistent = persistent
        self._tape: Any = _w.Tape(persistent=True)
        self._recording = False
        self._used = False

    def __enter__(self) -> GradientTape:
        if self._recording:
            raise RuntimeError(
                "GradientTape: the tape is recording already; use another tape for a nested block"
            )
        self._tape.enter()
        self._recording = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._recording:
            self._recording = False
            self._tape.exit()

    def watch(self, tensors: Any) -> None:
        """Follow a tensor, or a tree of them, from here on."""
        if not self._recording:
            raise RuntimeError("GradientTape.watch: the tape is not recording; call it inside the with block")
        for leaf, path in zip(*_named_leaves(tensors)):
            if not isinstance(leaf, _w.Cell):
                raise TypeError(f"GradientTape.watch: tensors{path} is a {type(leaf).__name__}, not a tensor")
            self._tape.watch(leaf)

    def watched(self) -> tuple[Any, ...]:
        """The tensors that are watched, in the order in which they came."""
        return tuple(self._tape.watched())

    @contextmanager
    def stop_recording(self) -> Iterator[None]:
        """A block that the tape does not see."""
        if not self._recording:
            raise RuntimeError("GradientTape.stop_recording: the tape is not recording")
        self._tape.pause()
        try:
            yield
        finally:
            self._tape.resume()

    def reset(self) -> None:
        """Forget everything recorded so far, and go on."""
        self._tape.reset()
        self._used = False

    def gradient(
        self, target: Any, sources: Any, output_gradients: Any = None, unconnected: str = "none"
    ) -> Any:
        """The gradients of `target` (a tree: the sum of its elements) with respect to `sources`, in their
        structure.

        `output_gradients` are cotangents for the targets. A source that the targets do not depend on gives
        None, with ``unconnected="zero"`` zeros.
        """
        if unconnected not in ("none", "zero"):
            raise ValueError(f"GradientTape.gradient: unconnected is 'none' or 'zero', got {unconnected!r}")
        self._use("gradient")
        targets = self._cells(target, "target")[0]
        cells, structure = self._cells(sources, "sources")
        seeds = None
        if output_gradients is not None:
            seeds = _tree.flatten_like(
                _tree.structure(target), output_gradients, "GradientTape.gradient: output_gradients"
            )
        gradients = self._tape.gradient(targets, cells, seeds)
        if unconnected == "zero":
            gradients = [_w.zeros_like(x) if g is None else g for g, x in zip(gradients, cells)]
        return _tree.unflatten(structure, gradients)

    def jacobian(self, target: Any, sources: Any, unconnected: str = "none") -> Any:
        """The Jacobians of one tensor with respect to `sources`: each of shape ``target.shape +
        source.shape``."""
        self._use("jacobian")
        cells, structure = self._cells(sources, "sources")
        rows = list(self._tape.jacobian(target, cells))
        if unconnected == "zero":
            for i, (row, cell) in enumerate(zip(rows, cells)):
                if row is None:
                    rows[i] = _w.zeros(_base(cell), (*tuple(target.shape), *tuple(cell.shape)), cell.dtype)
        return _tree.unflatten(structure, rows)

    def batch_jacobian(self, target: Any, source: Any) -> Any:
        """The Jacobian of each example of a batch: ``target.shape + source.shape[1:]``, both with the batch
        first."""
        self._use("batch_jacobian")
        return self._tape.batch_jacobian(target, source)

    def _use(self, what: str) -> None:
        if self._used and not self._persistent:
            raise RuntimeError(
                f"GradientTape.{what}: this tape has answered already, and it is not persistent; "
                "make it with GradientTape(persistent=True) to ask more than once"
            )
        self._used = True
        if self._recording and not self._persistent:
            self.__exit__(None, None, None)

    def _cells(self, value: Any, what: str) -> tuple[list[Any], _tree.Structure]:
        leaves, structure = _tree.flatten(value)
        for leaf, path in zip(leaves, _tree.paths(structure)):
            if not isinstance(leaf, _w.Cell):
                raise TypeError(f"GradientTape: {what}{path} is a {type(leaf).__name__}, not a tensor")
        return leaves, structure


def _base(cell: Any) -> type:
    from ._flat import family

    return family(cell)


def _named_leaves(value: Any) -> tuple[list[Any], list[str]]:
    leaves, structure = _tree.flatten(value)
    return leaves, _tree.paths(structure)
