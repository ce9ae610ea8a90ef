"""Flattening of nested arguments, and optimisers."""

from .flatten import flatten as flatten
from .tracers import const_graph as const_graph

__all__ = ["const_graph", "flatten"]
