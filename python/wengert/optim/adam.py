"""Adam and its kin: steps scaled by running means of the gradient and of its square."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import wengert._wengert as _w
from wengert._wengert import Tensor
from wengert.optim.optimizer import Optimizer, PerParameter, begin, called, check, check_lr, counted

__all__ = ["Adam", "AdamW", "Adamax", "NAdam", "RAdam"]




def check_adam(lr: Any, betas: Any, eps: float, weight_decay: float) -> None:
    """An error unless the options that Adam and its kin share make sense."""
    check_lr(lr)
    check("epsilon value", eps, eps >= 0.0)
    for place, beta in enumerate(betas):
        if not 0.0 <= float(beta) < 1.0:
            raise ValueError(f"Invalid beta parameter at index {place}: {beta}")
    check("weight_decay value", weight_decay, weight_decay >= 0.0)


class Adam(Optimizer):
    """Adam (Kingma and Ba, 2015).

    >>> import wengert
    >>> x = wengert.tensor([4.0, -2.0], requires_grad=True)
    >>> adam = Adam([x], lr=0.1)
    >>> for _ in range(400):
    ...     adam.zero_grad()
    ...     x.square().sum().backward()
    ...     adam.step()
    >>> bool(x.abs().max() < 1e-3)
    True
    """

    def __init__(
        self,
        params: Any,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:
        check_adam(lr, betas, eps, weight_decay)
        super().__init__(
            params,
            dict(
                lr=lr,
                betas=betas,
                eps=eps,
                weight_decay=weight_decay,
                amsgrad=amsgrad,
                maximize=maximize,
                foreach=foreach,
                capturable=capturable,
                differentiable=differentiable,
                fused=fused,
                decoupled_weight_decay=decoupled_weight_decay,
            ),
        )

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Moves the parameters that have a gradient; a ``closure`` computes the loss anew first."""
        loss = None if closure is None else called(closure)
        for group in self.param_groups:
            together: dict[int, tuple[list[Tensor], list[dict[str, Any]]]] = {}
            for param in group["params"]:
                if param.grad is None:
                    continue
                state = self.state[param]
                if not state:
                    names = ["exp_avg", "exp_avg_sq"] + (["max_exp_avg_sq"] if group["amsgrad"] else [])
                    begin(state, param, *names)
                params, states = together.setdefault(counted(state), ([], []))
                params.append(param)
                states.append(state)
            b1, b2 = group["betas"]
            for count, (params, states) in together.items():
                _w.adam_step(
                    params,
                    states,
                    count,
                    float(group["lr"]),
                    float(b1),
                    float(b2),
                    group["eps"],
                    group["weight_decay"],
                    group["decoupled_weight_decay"],
                    group["maximize"],
                    group["amsgrad"],
                )
        return loss


def _moments(state: dict[str, Any], grad: Tensor, betas: tuple[float, float]) -> None:
    """Moves the running means of the gradient and of its square."""
    b1, b2 = betas
    state["exp_avg"] = state["exp_avg"] + (grad - state["exp_avg"]) * (1 - b1)
    state["exp_avg_sq"] = state["exp_avg_sq"] * b2 + _w.square(grad) * (1 - b2)


class AdamW(Adam):
    """Adam with weight decay apart from the gradient (Loshchilov and Hutter, 2019)."""

    def __init__(
        self,
        params: Any,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        super().__init__(
            params,
            lr,
            betas,
            eps,
            weight_decay,
            amsgrad,
            foreach=foreach,
            maximize=maximize,
            capturable=capturable,
            differentiable=differentiable,
            fused=fused,
            decoupled_weight_decay=True,
        )


class Adamax(PerParameter):
    """Adam with the largest gradient in place of the mean square (Kingma and Ba, 2015)."""

    def __init__(
        self,
        params: Any,
        lr: float | Tensor = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        check_adam(lr, betas, eps, weight_decay)
        super().__init__(
            params,
            dict(
                lr=lr,
                betas=betas,
                eps=eps,
                weight_decay=weight_decay,
                foreach=foreach,
                maximize=maximize,
                differentiable=differentiable,
                capturable=capturable,
            ),
        )

    def _update(self, param: Tensor, grad: Tensor, state: dict[str, Any], group: dict[str, Any]) -> None:
        begin(state, param, "exp_avg", "exp_inf")
        step = counted(state)
        b1, b2 = group["betas"]
        value = param.detach()
        if group["weight_decay"]:
            grad = grad + value * group["weight_decay"]
        state["exp_avg"] = state["exp_avg"] + (grad - state["exp_avg"]) * (1 - b1)
        state["exp_inf"] = _w.maximum(state["exp_inf"] * b2, _w.abs(grad) + group["eps"])
        _w.assign(param, value - state["exp_avg"] / state["exp_inf"] * (float(group["lr"]) / (1 - b1**step)))


class NAdam(PerParameter):
    """Adam with Nesterov's momentum (Dozat, 2016)."""

    def __init__(
        self,
        params: Any,
        lr: float | Tensor = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_adam(lr, betas, eps, weight_decay)
        check("momentum_decay value", momentum_decay, momentum_decay >= 0.0)
        super().__init__(
            params,
            dict(
                lr=lr,
                betas=betas,
                eps=eps,
                weight_decay=weight_decay,
                momentum_decay=momentum_decay,
                decoupled_weight_decay=decoupled_weight_decay,
                maximize=maximize,
                foreach=foreach,
                capturable=capturable,
                differentiable=differentiable,
            ),
        )

    def _update(self, param: Tensor, grad: Tensor, state: dict[str, Any], group: dict[str, Any]) -> None:
        if not state:
            state["step"] = _w.zeros(Tensor, (), "float32")
            state["mu_product"] = _w.ones(Tensor, (), "float32")
            for name in ("exp_avg", "exp_avg_sq"):
                state[name] = _w.zeros_like(param.detach())
        step = counted(state)
        lr = float(group["lr"])
        b1, b2 = group["betas"]
        decay = group["momentum_decay"]
        value, grad = _decayed(param, grad, group)
        mu = b1 * (1.0 - 0.5 * 0.96 ** (step * decay))
        mu_next = b1 * (1.0 - 0.5 * 0.96 ** ((step + 1) * decay))
        state["mu_product"] = state["mu_product"] * mu
        product = float(state["mu_product"])
        _moments(state, grad, group["betas"])
        spread = _w.sqrt(state["exp_avg_sq"] / (1 - b2**step)) + group["eps"]
        value = value - grad / spread * (lr * (1.0 - mu) / (1.0 - product))
        _w.assign(param, value - state["exp_avg"] / spread * (lr * mu_next / (1.0 - product * mu_next)))


def _decayed(param: Tensor, grad: Tensor, group: dict[str, Any]) -> tuple[Tensor, Tensor]:
    """The value and the gradient after weight decay, of either kind."""
    value = param.detach()
    if not group["weight_decay"]:
        return value, grad
    if group["decoupled_weight_decay"]:
        return value * (1 - float(group["lr"]) * group["weight_decay"]), grad
    return value, grad + value * group["weight_decay"]


class RAdam(PerParameter):
    """Adam that trusts the mean square once enough gradients were seen (Liu and others, 2020)."""

    def __init__(
        self,
        params: Any,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_adam(lr, betas, eps, weight_decay)
        super().__init__(
            params,
            dict(
                lr=lr,
                betas=betas,
                eps=eps,
                weight_decay=weight_decay,
                maximize=maximize,
                foreach=foreach,
                capturable=capturable,
                decoupled_weight_decay=decoupled_weight_decay,
                differentiable=differentiable,
            ),
        )

    def _update(self, param: Tensor, grad: Tensor, state: dict[str, Any], group: dict[str, Any]) -> None:
        begin(state, param, "exp_avg", "exp_avg_sq")
        step = counted(state)
        b1, b2 = group["betas"]
        value, grad = _decayed(param, grad, group)
        _moments(state, grad, group["betas"])
        rate = float(group["lr"]) / (1 - b1**step)
        seen = 1 - b2**step
        longest = 2 / (1 - b2) - 1
        length = longest - 2 * step * b2**step / seen
        move = state["exp_avg"]
        if length > 5.0:
            trust = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
            move = move / (_w.sqrt(state["exp_avg_sq"]) + group["eps"])
            rate *= math.sqrt(trust) * math.sqrt(seen)
        _w.assign(param, value - move * rate)
