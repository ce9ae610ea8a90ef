"""Averages of weights along the way (Izmailov and others, 2018), and the learning rate that goes with them."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import wengert._wengert as _w
from wengert._names import missing
from wengert._wengert import Tensor
from wengert.nn.modules.module import Module
from wengert.optim._scheduler import LRScheduler, for_each_group
from wengert.optim.optimizer import Optimizer

__all__ = [
    "AveragedModel", "SWALR", "get_ema_avg_fn", "get_ema_multi_avg_fn", "get_swa_avg_fn", "get_swa_multi_avg_fn",
    "update_bn",
]

Average = Callable[[Tensor, Tensor, Any], Tensor]


def get_ema_avg_fn(decay: float = 0.999) -> Average:
    """An average that forgets: decay·old + (1 − decay)·new."""
    if decay < 0.0 or decay > 1.0:
        raise ValueError(f"Invalid decay value {decay} provided. Please provide a value in [0,1] range.")
    return lambda averaged, new, count: averaged * decay + new * (1 - decay)


def get_swa_avg_fn() -> Average:
    """The mean of all."""
    return lambda averaged, new, count: averaged + (new - averaged) / (count + 1)


def _for_all(average: Average) -> Callable[[Iterable[Tensor], Iterable[Tensor], Any], None]:
    def update(averaged: Iterable[Tensor], current: Iterable[Tensor], count: Any) -> None:
        for old, new in zip(averaged, current):
            _w.assign(old, average(old, new, count))

    return update


def get_ema_multi_avg_fn(decay: float = 0.999) -> Callable[..., None]:
    """:func:`get_ema_avg_fn` for lists of tensors, in place."""
    return _for_all(get_ema_avg_fn(decay))


def get_swa_multi_avg_fn() -> Callable[..., None]:
    """:func:`get_swa_avg_fn` for lists of tensors, in place."""
    return _for_all(get_swa_avg_fn())


class AveragedModel(Module):
    """A copy of a model whose parameters are averages of that model's at each ``update_parameters``.

    >>> import wengert
    >>> from wengert import nn
    >>> model = nn.Linear(1, 1, bias=False)
    >>> averaged = AveragedModel(model)
    >>> for value in (1.0, 3.0):
    ...     _ = nn.init.constant_(model.weight, value)
    ...     averaged.update_parameters(model)
    >>> averaged.module.weight.item()
    2.0
    """

    n_averaged: Tensor

    def __init__(
        self,
        model: Module,
        device: Any = None,
        avg_fn: Average | None = None,
        multi_avg_fn: Callable[..., None] | None = None,
        use_buffers: bool = False,
    ) -> None:
        super().__init__()
        if avg_fn is not None and multi_avg_fn is not None:
            raise AssertionError("Only one of avg_fn and multi_avg_fn should be provided")
        self.module = copy.deepcopy(model)
        self.register_buffer("n_averaged", _w.zeros(Tensor, (), "int64"))
        self.avg_fn, self.multi_avg_fn, self.use_buffers = avg_fn, multi_avg_fn, use_buffers

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """The averaged model's result."""
        return self.module(*args, **kwargs)

    def update_parameters(self, model: Module) -> None:
        """Takes the model's parameters into the averages."""
        pairs = [(list(own.parameters()), list(own.buffers())) for own in (self.module, model)]
        mine, theirs = ([*p, *b] if self.use_buffers else p for p, b in pairs)
        old = [value.detach() for value in mine]
        new = [value.detach() for value in theirs]
        if int(self.n_averaged) == 0:
            for a, b in zip(old, new):
                _w.assign(a, b)
        else:
            average = self.avg_fn or get_swa_avg_fn()
            floating = [(a, b) for a, b in zip(old, new) if "float" in str(a.dtype)]
            if self.multi_avg_fn is not None:
                self.multi_avg_fn([a for a, _ in floating], [b for _, b in floating], self.n_averaged)
            else:
                for a, b in floating:
                    _w.assign(a, average(a, b, self.n_averaged))
        if not self.use_buffers:
            for a, b in zip(pairs[0][1], pairs[1][1]):
                _w.assign(a, b.detach())
        _w.assign(self.n_averaged, self.n_averaged + 1)


def update_bn(loader: Iterable[Any], model: Module, device: Any = None) -> None:
    """Computes the running values of batch normalisation anew, from all batches of a loader."""
    norms = [module for module in model.modules() if hasattr(module, "running_mean") and hasattr(module, "momentum")]
    if not norms:
        return
    kept = {module: module.momentum for module in norms}
    training = model.training
    model.train()
    for module in norms:
        module.reset_running_stats()
        module.momentum = None
    enabled = _w.is_grad_enabled()
    _w.set_grad_enabled(False)
    try:
        for batch in loader:
            model(batch[0] if isinstance(batch, (list, tuple)) else batch)
    finally:
        _w.set_grad_enabled(enabled)
        for module, momentum in kept.items():
            module.momentum = momentum
        model.train(training)


class SWALR(LRScheduler):
    """Goes from the current rates to ``swa_lr`` in ``anneal_epochs`` epochs, and stays."""

    def __init__(
        self,
        optimizer: Optimizer,
        swa_lr: float,
        anneal_epochs: int = 10,
        anneal_strategy: str = "cos",
        last_epoch: int = -1,
    ) -> None:
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"anneal_strategy must by one of 'cos' or 'linear', instead got {anneal_strategy}")
        if not isinstance(anneal_epochs, int) or anneal_epochs < 0:
            raise ValueError(f"anneal_epochs must be equal or greater than 0, got {anneal_epochs}")
        for rate, group in zip(for_each_group(swa_lr, optimizer, "swa_lr"), optimizer.param_groups):
            group["swa_lr"] = rate
        self.anneal_epochs, self._anneal_strategy = anneal_epochs, anneal_strategy
        super().__init__(optimizer, last_epoch)

    def _share(self, epoch: int) -> float:
        """How far the way is gone, from 0 to 1."""
        t = max(0.0, min(1.0, epoch / max(1, self.anneal_epochs)))
        return t if self._anneal_strategy == "linear" else (1 - math.cos(math.pi * t)) / 2

    def get_lr(self) -> list[float]:
        """The rates of this epoch."""
        step = self._step_count - 1
        if self.anneal_epochs == 0:
            step = max(1, step)
        before, now = self._share(max(0, step - 1)), self._share(step)
        rates = []
        for group in self.optimizer.param_groups:
            last = group["swa_lr"] if before == 1 else (group["lr"] - before * group["swa_lr"]) / (1 - before)
            rates.append(group["swa_lr"] * now + last * (1 - now))
        return rates


if not TYPE_CHECKING:
    __getattr__ = missing(__name__, __all__)
