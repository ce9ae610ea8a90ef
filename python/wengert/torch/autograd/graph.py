"""The graph that operations record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from wengert import _wengert as _w
from wengert._names import missing

__all__ = ["GradientEdge", "Node", "get_gradient_edge", "register_multi_grad_hook", "save_on_cpu"]

Node = _w.Node


class GradientEdge(tuple[Any, int]):
    """A result in the graph: the node that made it and which of its outputs it is."""

    __slots__ = ()

    def __new__(cls, node: Any, output_nr: int) -> GradientEdge:
        return super().__new__(cls, (node, output_nr))  # type: ignore[arg-type]

    @property
    def node(self) -> Any:
        """The node that made the result."""
        return self[0]

    @property
    def output_nr(self) -> int:
        """Which of the node's outputs it is."""
        return self[1]


def get_gradient_edge(tensor: Any) -> GradientEdge:
    """The edge of the graph that leads to a tensor's node."""
    if not tensor.requires_grad:
        raise RuntimeError(
            "It is not possible to get the gradient edge for a Tensor that does not require gradients."
        )
    node = tensor.grad_fn
    if node is None:
        node = _w.expand_dims(tensor, 0).grad_fn.next_functions[0][0]
    return GradientEdge(node, 0)


class _Handles:
    """Several hooks that are removed together."""

    def __init__(self, handles: Sequence[Any]) -> None:
        self._handles = handles

    def remove(self) -> None:
        """Unregister the hook."""
        for handle in self._handles:
            handle.remove()

    def __enter__(self) -> _Handles:
        return self

    def __exit__(self, *details: object) -> None:
        self.remove()


def register_multi_grad_hook(
    tensors: Sequence[Any], fn: Callable[[Any], None], *, mode: str = "all"
) -> _Handles:
    """Call `fn` when the gradients of several tensors are there.

    With ``mode="all"`` it gets the list of all of them once the last one has come (all of them must take part in the
    backward pass); with ``"any"`` the first that comes, once in a pass of all.
    """
    if mode not in ("all", "any"):
        raise ValueError(f"Expects mode to be one of ('all', 'any') but got {mode}")
    count = len(tensors)
    found: dict[int, Any] = {}

    def hook_of(i: int) -> Callable[[Any], None]:
        def hook(gradient: Any) -> None:
            found[i] = gradient
            if mode == "any" and len(found) == 1:
                fn(gradient)
            if len(found) == count:
                gradients = [found[k] for k in range(count)]
                found.clear()
                if mode == "all":
                    fn(gradients)

        return hook

    return _Handles([tensor.register_hook(hook_of(i)) for i, tensor in enumerate(tensors)])


@contextmanager
def save_on_cpu(pin_memory: bool = False, device_type: str = "cuda") -> Iterator[None]:
    """Keep what backward needs in the main memory: where it is anyhow."""
    yield


if not TYPE_CHECKING:
    __getattr__ = missing(__name__, __all__)
