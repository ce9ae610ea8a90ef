"""The vector spaces of arrays."""

from __future__ import annotations

from ..vspaces import VSpace

ArrayVSpace = VSpace
"""The vector space of an array: see `wengert.autograd.extend.vspace`."""

__all__ = ["ArrayVSpace"]
