"""`tf.keras.optimizers.schedules`: learning rates that change with the step.

>>> round(float(ExponentialDecay(0.1, 10, 0.5)(20)), 4)
0.025
"""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, floor, pi
from typing import Any

from wengert.tensorflow._convert import made, number


class LearningRateSchedule:
    """A function from the number of the step to the learning rate."""

    def _at(self, step: float) -> float:
        raise NotImplementedError

    def __call__(self, step: Any) -> Any:
        """The learning rate at a step, as a tensor."""
        return made(float(self._at(float(number(step)))))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return dict(vars(self))


class ExponentialDecay(LearningRateSchedule):
    """Multiplied by `decay_rate` every `decay_steps` steps; in stairs if `staircase`."""

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        decay_rate: float,
        staircase: bool = False,
        name: str = "ExponentialDecay",
    ) -> None:
        self.initial_learning_rate, self.decay_steps, self.decay_rate = (
            initial_learning_rate,
            decay_steps,
            decay_rate,
        )
        self.staircase, self.name = staircase, name

    def _at(self, step: float) -> float:
        periods = step / self.decay_steps
        return self.initial_learning_rate * self.decay_rate ** (floor(periods) if self.staircase else periods)


class InverseTimeDecay(LearningRateSchedule):
    """Divided by one plus `decay_rate` times the step over `decay_steps`."""

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        decay_rate: float,
        staircase: bool = False,
        name: str = "InverseTimeDecay",
    ) -> None:
        self.initial_learning_rate, self.decay_steps, self.decay_rate = (
            initial_learning_rate,
            decay_steps,
            decay_rate,
        )
        self.staircase, self.name = staircase, name

    def _at(self, step: float) -> float:
        periods = step / self.decay_steps
        return self.initial_learning_rate / (
            1 + self.decay_rate * (floor(periods) if self.staircase else periods)
        )


class PiecewiseConstantDecay(LearningRateSchedule):
    """One of `values`, by which of the boundaries the step has passed."""

    def __init__(
        self, boundaries: Sequence[float], values: Sequence[float], name: str = "PiecewiseConstant"
    ) -> None:
        if len(boundaries) != len(values) - 1:
            raise ValueError(
                "The length of boundaries should be 1 less than the length of values. "
                f"Received: boundaries={boundaries} of length {len(boundaries)}, and values={values} of length "
                f"{len(values)}."
            )
        self.boundaries, self.values, self.name = boundaries, values, name

    def _at(self, step: float) -> float:
        passed = sum(step > boundary for boundary in self.boundaries)
        return self.values[passed]


class PolynomialDecay(LearningRateSchedule):
    """From one rate to another in `decay_steps` steps, along a power."""

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        end_learning_rate: float = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
        name: str = "PolynomialDecay",
    ) -> None:
        self.initial_learning_rate, self.decay_steps = initial_learning_rate, decay_steps
        self.end_learning_rate, self.power, self.cycle, self.name = end_learning_rate, power, cycle, name

    def _at(self, step: float) -> float:
        span = self.decay_steps
        if self.cycle:
            span *= max(1, -(-step // span))
        else:
            step = min(step, span)
        reach = self.initial_learning_rate - self.end_learning_rate
        return reach * (1 - step / span) ** self.power + self.end_learning_rate


class CosineDecay(LearningRateSchedule):
    """Down along half a cosine, after a warm-up if there is one."""

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        alpha: float = 0.0,
        name: str = "CosineDecay",
        warmup_target: float | None = None,
        warmup_steps: float = 0,
    ) -> None:
        self.initial_learning_rate, self.decay_steps, self.alpha = initial_learning_rate, decay_steps, alpha
        self.name, self.warmup_target, self.warmup_steps = name, warmup_target, warmup_steps

    def _at(self, step: float) -> float:
        top = self.initial_learning_rate
        if self.warmup_target is not None:
            if step < self.warmup_steps:
                return top + (self.warmup_target - top) * step / self.warmup_steps
            step, top = step - self.warmup_steps, self.warmup_target
        done = min(step, self.decay_steps) / self.decay_steps
        return top * ((1 - self.alpha) * 0.5 * (1 + cos(pi * done)) + self.alpha)
