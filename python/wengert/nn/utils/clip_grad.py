"""Limits for gradients."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import wengert._wengert as _w
from wengert._wengert import Tensor

__all__ = ["clip_grad_norm", "clip_grad_norm_", "clip_grad_value_", "clip_grads_with_norm_", "get_total_norm"]


def _listed(parameters: Any) -> list[Tensor]:
    return [parameters] if isinstance(parameters, Tensor) else list(parameters)


def get_total_norm(
    tensors: Tensor | Iterable[Tensor],
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """The norm of all tensors as one vector."""
    listed = _listed(tensors)
    p = float(norm_type)
    if not listed:
        return _w.zeros(Tensor, ())
    norms = [_w.norm(x.detach(), p) for x in listed]
    total = _w.norm(_w.stack(norms, 0), p)
    if error_if_nonfinite and not bool(_w.is_finite(total)):
        raise RuntimeError(
            f"The total norm of order {p} for gradients from `parameters` is non-finite, so it cannot be clipped. "
            "To disable this error and scale the gradients by the non-finite norm anyway, set "
            "`error_if_nonfinite=False`"
        )
    return total


def clip_grads_with_norm_(
    parameters: Tensor | Iterable[Tensor], max_norm: float, total_norm: Tensor, foreach: bool | None = None
) -> None:
    """Scales the gradients by max_norm/total_norm where that is below 1."""
    scale = _w.clamp(float(max_norm) / (total_norm + 1e-6), None, 1.0)
    for parameter in _listed(parameters):
        if parameter.grad is not None:
            _w.assign(parameter.grad.detach(), parameter.grad.detach() * scale)


def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Scales the gradients so that their common norm is at most ``max_norm``; gives the norm they had.

    >>> import wengert
    >>> x = wengert.tensor([3.0, 4.0], requires_grad=True)
    >>> x.square().sum().backward()
    >>> clip_grad_norm_([x], 1.0)
    tensor(10.)
    >>> x.grad
    tensor([0.6000, 0.8000])
    """
    listed = _listed(parameters)
    if not error_if_nonfinite:
        return _w.clip_grad_norm(listed, float(max_norm), float(norm_type))
    total = get_total_norm([x.grad for x in listed if x.grad is not None], norm_type, error_if_nonfinite)
    clip_grads_with_norm_(listed, max_norm, total)
    return total


clip_grad_norm = clip_grad_norm_


def clip_grad_value_(parameters: Tensor | Iterable[Tensor], clip_value: float, foreach: bool | None = None) -> None:
    """Keeps each element of the gradients between ±``clip_value``."""
    for parameter in _listed(parameters):
        if parameter.grad is not None:
            grad = parameter.grad.detach()
            _w.assign(grad, _w.clamp(grad, -float(clip_value), float(clip_value)))
