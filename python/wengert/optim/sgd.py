"""Gradient descent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import wengert._wengert as _w
from wengert._wengert import Tensor
from wengert.optim.optimizer import Optimizer, PerParameter, called, check, check_lr

__all__ = ["SGD", "ASGD"]




class SGD(Optimizer):
    """Stochastic gradient descent, with momentum, Nesterov's variant and weight decay.

    >>> import wengert
    >>> x = wengert.tensor([1.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> SGD([x], lr=0.1).step()
    >>> x
    tensor([0.8000], requires_grad=True)
    """

    def __init__(
        self,
        params: Any,
        lr: float | Tensor = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float | Tensor = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        check_lr(lr)
        check("momentum value", momentum, momentum >= 0.0)
        check("weight_decay value", float(weight_decay), float(weight_decay) >= 0.0)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        super().__init__(
            params,
            dict(
                lr=lr,
                momentum=momentum,
                dampening=dampening,
                weight_decay=weight_decay,
                nesterov=nesterov,
                maximize=maximize,
                foreach=foreach,
                differentiable=differentiable,
                fused=fused,
            ),
        )

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Moves the parameters that have a gradient; a ``closure`` computes the loss anew first."""
        loss = None if closure is None else called(closure)
        for group in self.param_groups:
            params = group["params"]
            if group["momentum"]:
                params = [param for param in params if param.grad is not None]
                states = [self.state[param] for param in params]
            else:
                states = []
            _w.sgd_step(
                params,
                states,
                float(group["lr"]),
                group["momentum"],
                group["dampening"],
                float(group["weight_decay"]),
                group["nesterov"],
                group["maximize"],
            )
        return loss


class ASGD(PerParameter):
    """Averaged gradient descent (Polyak and Juditsky, 1992)."""

    def __init__(
        self,
        params: Any,
        lr: float | Tensor = 1e-2,
        lambd: float = 1e-4,
        alpha: float = 0.75,
        t0: float = 1e6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        check_lr(lr)
        check("weight_decay value", weight_decay, weight_decay >= 0.0)
        super().__init__(
            params,
            dict(
                lr=lr,
                lambd=lambd,
                alpha=alpha,
                t0=t0,
                weight_decay=weight_decay,
                foreach=foreach,
                maximize=maximize,
                differentiable=differentiable,
                capturable=capturable,
            ),
        )

    def _update(self, param: Tensor, grad: Tensor, state: dict[str, Any], group: dict[str, Any]) -> None:
        lr, lambd = float(group["lr"]), group["lambd"]
        if not state:
            state["step"] = _w.zeros(Tensor, (), "float32")
            state["eta"] = _w.full(Tensor, (), lr, "float32")
            state["mu"] = _w.ones(Tensor, (), "float32")
            state["ax"] = _w.zeros_like(param.detach())
        state["step"] = state["step"] + 1
        step, eta, mu = float(state["step"]), float(state["eta"]), float(state["mu"])
        if group["weight_decay"]:
            grad = grad + param.detach() * group["weight_decay"]
        moved = param.detach() * (1 - lambd * eta) - grad * eta
        _w.assign(param, moved)
        state["ax"] = moved if mu == 1 else state["ax"] + (moved - state["ax"]) * mu
        state["eta"] = _w.full(Tensor, (), lr / (1 + lambd * lr * step) ** group["alpha"], "float32")
        state["mu"] = _w.full(Tensor, (), 1 / max(1.0, step - group["t0"]), "float32")
