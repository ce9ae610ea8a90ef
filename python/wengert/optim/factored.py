"""Steps scaled by mean squares that are kept for rows and columns only."""

from __future__ import annotations

import math
from typing import Any

import wengert._wengert as _w
from wengert._wengert import Tensor
from wengert.optim.optimizer import PerParameter, check_lr, counted

__all__ = ["Adafactor"]


def _root_mean_square(x: Tensor) -> float:
    return math.sqrt(float(_w.mean(_w.square(x))))


class Adafactor(PerParameter):
    """Adafactor (Shazeer and Stern, 2018): of a matrix it remembers a row and a column of mean squares."""

    def __init__(
        self,
        params: Any,
        lr: float | Tensor = 1e-2,
        beta2_decay: float = -0.8,
        eps: tuple[float | None, float] = (None, 1e-3),
        d: float = 1.0,
        weight_decay: float = 0.0,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
    ) -> None:
        check_lr(lr)
        if beta2_decay > 0.0:
            raise ValueError(f"beta2_decay should be <= 0 but is: {beta2_decay}")
        if eps[0] is not None and eps[0] < 0.0:
            raise ValueError(f"epsilon1 should be >= 0 but is: {eps[0]}")
        if eps[1] < 0.0:
            raise ValueError(f"epsilon2 should be >= 0 but is: {eps[1]}")
        if d < 1.0:
            raise ValueError(f"Clipping threshold d should be >= 1 but is: {d}")
        if weight_decay < 0.0:
            raise ValueError(f"weight_decay should be >= 0 but is: {weight_decay}")
        super().__init__(
            params,
            dict(
                lr=lr,
                beta2_decay=beta2_decay,
                eps=eps,
                d=d,
                weight_decay=weight_decay,
                foreach=foreach,
                maximize=maximize,
            ),
        )

    def _update(self, param: Tensor, grad: Tensor, state: dict[str, Any], group: dict[str, Any]) -> None:
        lr, (tiny, least) = float(group["lr"]), group["eps"]
        if tiny is None:
            tiny = 2.0**-52 if "64" in str(param.dtype) else 2.0**-23
        value, squares = param.detach(), _w.square(grad)
        matrix = grad.ndim > 1
        if not state:
            state["step"] = _w.zeros(Tensor, (), "float32")
            if matrix:
                state["row_var"] = _w.zeros_like(_w.mean(squares, -1, True))
                state["col_var"] = _w.zeros_like(_w.mean(squares, -2, True))
            else:
                state["variance"] = _w.zeros_like(squares)
        step = counted(state)
        share = step ** group["beta2_decay"]
        size = max(least, _root_mean_square(value)) * min(lr, 1 / math.sqrt(step))
        if group["weight_decay"]:
            value = value * (1 - lr * group["weight_decay"])
        fresh = {"variance": squares}
        if matrix:
            fresh = {"row_var": _w.mean(squares, -1, True), "col_var": _w.mean(squares, -2, True)}
        for name, new in fresh.items():
            state[name] = state[name] + (new - state[name]) * share
        if matrix:
            mean = _w.clamp(_w.mean(state["row_var"], -2, True), tiny)
            squares = _w.matmul(state["row_var"], state["col_var"]) / mean
        else:
            squares = state["variance"]
        move = grad * _w.rsqrt(_w.clamp(squares, tiny * tiny))
        _w.assign(param, value - move * (size / max(1.0, _root_mean_square(move) / group["d"])))
