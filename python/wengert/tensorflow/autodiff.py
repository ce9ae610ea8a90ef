"""`tf.autodiff`: the tape and the forward accumulator."""

from __future__ import annotations

from wengert.tensorflow._tape import ForwardAccumulator, GradientTape

__all__ = ["ForwardAccumulator", "GradientTape"]
