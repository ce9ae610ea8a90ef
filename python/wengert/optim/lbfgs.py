"""L-BFGS: steps along an approximation of Newton's direction, from the last few gradients."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import wengert._wengert as _w
from wengert._wengert import Tensor
from wengert.optim.optimizer import Optimizer, called, check_lr

__all__ = ["LBFGS"]

Point = tuple[float, float, Tensor, float]
"""A place on a line: how far along, the loss, the gradient, the slope along the line."""


def _dot(a: Tensor, b: Tensor) -> float:
    return float(_w.dot(a, b))


def _cubic_minimum(a: Point, b: Point, bounds: tuple[float, float] | None = None) -> float:
    """Where the cubic with the losses and slopes of two places has its minimum, kept between bounds."""
    (x1, f1, _, g1), (x2, f2, _, g2) = a, b
    low, high = bounds if bounds is not None else (min(x1, x2), max(x1, x2))
    d1 = g1 + g2 - 3 * (f1 - f2) / (x1 - x2)
    square = d1**2 - g1 * g2
    if square < 0:
        return (low + high) / 2.0
    d2 = math.sqrt(square)
    if x1 <= x2:
        at = x2 - (x2 - x1) * ((g2 + d2 - d1) / (g2 - g1 + 2 * d2))
    else:
        at = x1 - (x1 - x2) * ((g1 + d2 - d1) / (g1 - g2 + 2 * d2))
    return min(max(at, low), high)


def _line_search(
    evaluate: Callable[[float], tuple[float, Tensor]],
    direction: Tensor,
    first: float,
    start: tuple[float, Tensor, float],
    tolerance: float = 1e-9,
    longest: int = 25,
) -> tuple[float, Tensor, float, int]:
    """A step that satisfies the strong Wolfe conditions: loss, gradient, step, evaluations."""
    enough, flat = 1e-4, 0.9
    loss0, grad0, slope0 = start
    size = float(_w.amax(_w.abs(direction)))

    def at(t: float) -> Point:
        loss, grad = evaluate(t)
        return t, loss, grad, _dot(grad, direction)

    before: Point = (0.0, loss0, grad0, slope0)
    here = at(first)
    evaluations, rounds = 1, 0
    bracket: list[Point] | None = None
    done = False
    while rounds < longest:
        t, loss, _, slope = here
        if loss > loss0 + enough * t * slope0 or (rounds > 1 and loss >= before[1]):
            bracket = [before, here]
            break
        if abs(slope) <= -flat * slope0:
            bracket, done = [here], True
            break
        if slope >= 0:
            bracket = [before, here]
            break
        bounds = (t + 0.01 * (t - before[0]), t * 10)
        further = _cubic_minimum(before, here, bounds)
        before, here = here, at(further)
        evaluations += 1
        rounds += 1
    if bracket is None:
        bracket = [(0.0, loss0, grad0, slope0), here]
    stuck = False
    low, high = (0, 1) if bracket[0][1] <= bracket[-1][1] else (1, 0)
    while not done and rounds < longest:
        if abs(bracket[1][0] - bracket[0][0]) * size < tolerance:
            break
        t = _cubic_minimum(bracket[0], bracket[1])
        left, right = sorted(point[0] for point in bracket)
        margin = 0.1 * (right - left)
        if min(right - t, t - left) < margin:
            if stuck or t >= right or t <= left:
                t = right - margin if abs(t - right) < abs(t - left) else left + margin
                stuck = False
            else:
                stuck = True
        else:
            stuck = False
        here = at(t)
        evaluations += 1
        rounds += 1
        _, loss, _, slope = here
        if loss > loss0 + enough * t * slope0 or loss >= bracket[low][1]:
            bracket[high] = here
            low, high = (0, 1) if bracket[0][1] <= bracket[1][1] else (1, 0)
        else:
            if abs(slope) <= -flat * slope0:
                done = True
            elif slope * (bracket[high][0] - bracket[low][0]) >= 0:
                bracket[high] = bracket[low]
            bracket[low] = here
    best = bracket[low if len(bracket) > 1 else 0]
    return best[1], best[2], best[0], evaluations


class LBFGS(Optimizer):
    """L-BFGS (Liu and Nocedal, 1989); ``step`` needs a closure that computes the loss and its gradients anew.

    >>> import wengert
    >>> x = wengert.tensor([3.0, -4.0], requires_grad=True)
    >>> lbfgs = LBFGS([x], line_search_fn="strong_wolfe")
    >>> def closure():
    ...     lbfgs.zero_grad()
    ...     loss = ((x - 1) ** 2).sum()
    ...     loss.backward()
    ...     return loss
    >>> first = lbfgs.step(closure)
    >>> [round(value, 4) for value in x.tolist()]
    [1.0, 1.0]
    """

    def __init__(
        self,
        params: Any,
        lr: float | Tensor = 1,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
        *,
        maximize: bool = False,
    ) -> None:
        check_lr(lr)
        super().__init__(
            params,
            dict(
                lr=lr,
                max_iter=max_iter,
                max_eval=max_iter * 5 // 4 if max_eval is None else max_eval,
                tolerance_grad=tolerance_grad,
                tolerance_change=tolerance_change,
                history_size=history_size,
                line_search_fn=line_search_fn,
                maximize=maximize,
            ),
        )
        if len(self.param_groups) != 1:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups)")
        self._params = self.param_groups[0]["params"]

    def _gradient(self) -> Tensor:
        """All gradients as one vector."""
        parts = []
        for param in self._params:
            grad = param.grad
            parts.append(_w.reshape(_w.zeros_like(param.detach()) if grad is None else grad.detach(), (-1,)))
        flat = _w.concatenate(parts, 0)
        return -flat if self.param_groups[0]["maximize"] else flat

    def _put(self, values: list[Tensor], direction: Tensor | None = None, t: float = 0.0) -> None:
        """Sets the parameters to values plus ``t`` times a direction."""
        at = 0
        for param, value in zip(self._params, values):
            if direction is not None:
                size = math.prod(param.shape)
                value = value + _w.reshape(_w.slice(direction, 0, at, at + size, 1), tuple(param.shape)) * t
                at += size
            _w.assign(param, value)

    def _values(self) -> list[Tensor]:
        return [_w.clone(param.detach()) for param in self._params]

    @staticmethod
    def _direction(gradient: Tensor, state: dict[str, Any]) -> Tensor:
        """Minus the approximate inverse Hessian times the gradient, by the two loops of the method."""
        dirs, stps, ro = state["old_dirs"], state["old_stps"], state["ro"]
        q = -gradient
        weights = [0.0] * len(dirs)
        for i in range(len(dirs) - 1, -1, -1):
            weights[i] = _dot(stps[i], q) * ro[i]
            q = q - dirs[i] * weights[i]
        r = q * state["H_diag"]
        for i in range(len(dirs)):
            r = r + stps[i] * (weights[i] - _dot(dirs[i], r) * ro[i])
        return r

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Up to ``max_iter`` steps; gives the loss before the first."""
        if closure is None:
            raise TypeError("LBFGS.step() missing 1 required positional argument: 'closure'")
        enabled = _w.is_grad_enabled()
        _w.set_grad_enabled(False)
        try:
            return self._steps(closure)
        finally:
            _w.set_grad_enabled(enabled)

    def _steps(self, closure: Callable[[], Any]) -> Any:
        group = self.param_groups[0]
        lr, sign = float(group["lr"]), -1.0 if group["maximize"] else 1.0
        search = group["line_search_fn"]
        if search not in (None, "strong_wolfe"):
            raise RuntimeError("only 'strong_wolfe' is supported")
        state = self.state[self._params[0]]
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)
        first = called(closure)
        loss = sign * float(first)
        evaluations = 1
        state["func_evals"] += 1
        gradient = self._gradient()
        if float(_w.amax(_w.abs(gradient))) <= group["tolerance_grad"]:
            return first
        d, t = state.get("d"), state.get("t")
        before, loss_before = state.get("prev_flat_grad"), state.get("prev_loss")
        for iteration in range(1, group["max_iter"] + 1):
            state["n_iter"] += 1
            if state["n_iter"] == 1 or d is None:
                d = -gradient
                state.update(old_dirs=[], old_stps=[], ro=[], H_diag=1.0)
            else:
                change, way = gradient - before, d * t
                curvature = _dot(change, way)
                if curvature > 1e-10:
                    for name, value in (("old_dirs", change), ("old_stps", way), ("ro", 1.0 / curvature)):
                        if len(state[name]) == group["history_size"]:
                            state[name].pop(0)
                        state[name].append(value)
                    state["H_diag"] = curvature / _dot(change, change)
                d = self._direction(gradient, state)
            before, loss_before = gradient, loss
            if state["n_iter"] == 1:
                t = min(1.0, 1.0 / float(_w.sum(_w.abs(gradient)))) * lr
            else:
                t = lr
            slope = _dot(gradient, d)
            if slope > -group["tolerance_change"]:
                break
            used = 0
            if search is not None:
                values = self._values()

                def evaluate(t: float, values: Any = values, d: Any = d) -> tuple[float, Tensor]:
                    self._put(values, d, t)
                    return sign * float(called(closure)), self._gradient()

                loss, gradient, t, used = _line_search(evaluate, d, t, (loss, gradient, slope))
                self._put(values, d, t)
            else:
                self._put(self._values(), d, t)
                if iteration != group["max_iter"]:
                    loss = sign * float(called(closure))
                    gradient = self._gradient()
                    used = 1
            evaluations += used
            state["func_evals"] += used
            if (
                iteration == group["max_iter"]
                or evaluations >= group["max_eval"]
                or float(_w.amax(_w.abs(gradient))) <= group["tolerance_grad"]
                or float(_w.amax(_w.abs(d * t))) <= group["tolerance_change"]
                or abs(loss - loss_before) < group["tolerance_change"]
            ):
                break
        state.update(d=d, t=t, prev_flat_grad=before, prev_loss=loss_before)
        return first
