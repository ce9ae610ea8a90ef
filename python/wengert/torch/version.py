"""Which PyTorch's surface this is, for programs that ask."""

from __future__ import annotations

__version__ = "2.15.0+wengert"
cuda = None
hip = None
git_version = None
debug = False
