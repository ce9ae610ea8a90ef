"""Flattening of nested arguments, and optimisers."""

from .flatten import flatten as flatten

__all__ = ["flatten"]
