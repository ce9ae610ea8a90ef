"""Comparing derivatives with finite differences, by PyTorch's names."""

from __future__ import annotations

from wengert._gradcheck import GradcheckError, gradcheck, gradgradcheck

__all__ = ["GradcheckError", "gradcheck", "gradgradcheck"]
