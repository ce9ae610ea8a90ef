"""The graph that operations record."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Iterator, TYPE_CHECKING

from wengert import _wengert as _w
from wengert._names import missing

__all__ = ["GradientEdge", "Node", "get_gradient_edge", "save_on_cpu"]

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


@contextmanager
def save_on_cpu(pin_memory: bool = False, device_type: str = "cuda") -> Iterator[None]:
    """Keep what backward needs in the main memory: where it is anyhow."""
    yield


if not TYPE_CHECKING:
    __getattr__ = missing(__name__, __all__)
