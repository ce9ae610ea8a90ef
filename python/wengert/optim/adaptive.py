"""Steps scaled by the size of past gradients: Adagrad, RMSprop, Adadelta, Rprop."""

from __future__ import annotations

from typing import Any

import wengert._wengert as _w
from wengert._wengert import Tensor
from wengert.optim.optimizer import PerParameter, begin, check, check_lr, counted

__all__ = ["Adagrad", "RMSprop", "Adadelta", "Rprop"]


class Adagrad(PerParameter):
    """Steps over the root of the sum of squares (Duchi and others, 2011)."""

    def __init__(
        self,
        params: Any,
        lr: float | Tensor = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        check_lr(lr)
        check("lr_decay value", lr_decay, lr_decay >= 0.0)
        check("weight_decay value", weight_decay, weight_decay >= 0.0)
        check("initial_accumulator_value value", initial_accumulator_value, initial_accumulator_value >= 0.0)
        check("epsilon value", eps, eps >= 0.0)
        super().__init__(
            params,
            dict(
                lr=lr,
                lr_decay=lr_decay,
                eps=eps,
                weight_decay=weight_decay,
                initial_accumulator_value=initial_accumulator_value,
                foreach=foreach,
                maximize=maximize,
                differentiable=differentiable,
                fused=fused,
            ),
        )
        for group in self.param_groups:
            for param in group["params"]:
                self.state[param]["step"] = _w.zeros(Tensor, (), "float32")
                self.state[param]["sum"] = _w.full_like(param.detach(), group["initial_accumulator_value"])

    def _update(self, param: Tensor, grad: Tensor, state: dict[str, Any], group: dict[str, Any]) -> None:
        step = counted(state)
        value = param.detach()
        if group["weight_decay"]:
            grad = grad + value * group["weight_decay"]
        rate = float(group["lr"]) / (1 + (step - 1) * group["lr_decay"])
        state["sum"] = state["sum"] + _w.square(grad)
        _w.assign(param, value - grad / (_w.sqrt(state["sum"]) + group["eps"]) * rate)


class RMSprop(PerParameter):
    """Steps over the root of the running mean of squares (Hinton)."""

    def __init__(
        self,
        params: Any,
        lr: float | Tensor = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_lr(lr)
        check("epsilon value", eps, eps >= 0.0)
        check("momentum value", momentum, momentum >= 0.0)
        check("weight_decay value", weight_decay, weight_decay >= 0.0)
        check("alpha value", alpha, alpha >= 0.0)
        super().__init__(
            params,
            dict(
                lr=lr,
                momentum=momentum,
                alpha=alpha,
                eps=eps,
                centered=centered,
                weight_decay=weight_decay,
                capturable=capturable,
                foreach=foreach,
                maximize=maximize,
                differentiable=differentiable,
            ),
        )

    def _update(self, param: Tensor, grad: Tensor, state: dict[str, Any], group: dict[str, Any]) -> None:
        names = ["square_avg"]
        if group["momentum"] > 0:
            names.append("momentum_buffer")
        if group["centered"]:
            names.append("grad_avg")
        begin(state, param, *names)
        counted(state)
        alpha, value = group["alpha"], param.detach()
        if group["weight_decay"]:
            grad = grad + value * group["weight_decay"]
        state["square_avg"] = state["square_avg"] * alpha + _w.square(grad) * (1 - alpha)
        spread = state["square_avg"]
        if group["centered"]:
            state["grad_avg"] = state["grad_avg"] + (grad - state["grad_avg"]) * (1 - alpha)
            spread = spread - _w.square(state["grad_avg"])
        move = grad / (_w.sqrt(spread) + group["eps"])
        if group["momentum"] > 0:
            move = state["momentum_buffer"] * group["momentum"] + move
            state["momentum_buffer"] = move
        _w.assign(param, value - move * float(group["lr"]))


class Adadelta(PerParameter):
    """Steps in the unit of the parameters (Zeiler, 2012)."""

    def __init__(
        self,
        params: Any,
        lr: float | Tensor = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        capturable: bool = False,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_lr(lr)
        check("rho value", rho, 0.0 <= rho <= 1.0)
        check("epsilon value", eps, eps >= 0.0)
        check("weight_decay value", weight_decay, weight_decay >= 0.0)
        super().__init__(
            params,
            dict(
                lr=lr,
                rho=rho,
                eps=eps,
                weight_decay=weight_decay,
                maximize=maximize,
                capturable=capturable,
                foreach=foreach,
                differentiable=differentiable,
            ),
        )

    def _update(self, param: Tensor, grad: Tensor, state: dict[str, Any], group: dict[str, Any]) -> None:
        begin(state, param, "square_avg", "acc_delta")
        counted(state)
        rho, eps, value = group["rho"], group["eps"], param.detach()
        if group["weight_decay"]:
            grad = grad + value * group["weight_decay"]
        state["square_avg"] = state["square_avg"] * rho + _w.square(grad) * (1 - rho)
        move = _w.sqrt(state["acc_delta"] + eps) / _w.sqrt(state["square_avg"] + eps) * grad
        state["acc_delta"] = state["acc_delta"] * rho + _w.square(move) * (1 - rho)
        _w.assign(param, value - move * float(group["lr"]))


class Rprop(PerParameter):
    """Steps that grow while the gradient keeps its sign (Riedmiller and Braun, 1993)."""

    def __init__(
        self,
        params: Any,
        lr: float | Tensor = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50),
        *,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_lr(lr)
        if not 0.0 < etas[0] < 1.0 < etas[1]:
            raise ValueError(f"Invalid eta values: {etas[0]}, {etas[1]}")
        super().__init__(
            params,
            dict(
                lr=lr,
                etas=etas,
                step_sizes=step_sizes,
                foreach=foreach,
                maximize=maximize,
                differentiable=differentiable,
                capturable=capturable,
            ),
        )

    def _update(self, param: Tensor, grad: Tensor, state: dict[str, Any], group: dict[str, Any]) -> None:
        if begin(state, param, "prev"):
            state["step_size"] = _w.full_like(grad, float(group["lr"]))
        counted(state)
        less, more = group["etas"]
        low, high = group["step_sizes"]
        agreement = grad * state["prev"]
        factor = _w.where(agreement > 0, _w.full_like(grad, more), _w.full_like(grad, 1.0))
        factor = _w.where(agreement < 0, _w.full_like(grad, less), factor)
        state["step_size"] = _w.clamp(state["step_size"] * factor, low, high)
        grad = _w.where(agreement < 0, _w.zeros_like(grad), grad)
        _w.assign(param, param.detach() - _w.sign(grad) * state["step_size"])
        state["prev"] = grad
