"""What becomes of the losses of the elements: none, mean or sum."""

from __future__ import annotations

import warnings
from typing import Any

import wengert._wengert as _w
from wengert._wengert import Tensor


def known(x: Tensor) -> bool:
    """Whether the values of ``x`` can be looked at: not inside ``vmap``, nor while a function is traced."""
    return not _w.is_wrapped(x) and bool(x.shape.count(0) == 0)


def legacy(size_average: bool | None, reduce: bool | None) -> str:
    """The reduction that the two old arguments stand for."""
    size_average = True if size_average is None else size_average
    reduce = True if reduce is None else reduce
    found = "none" if not reduce else "mean" if size_average else "sum"
    warnings.warn(
        f"size_average and reduce args will be deprecated, please use reduction='{found}' instead.", stacklevel=4
    )
    return found


def chosen(reduction: str, size_average: bool | None, reduce: bool | None) -> str:
    """The reduction, from the argument of today or from the old ones."""
    if size_average is not None or reduce is not None:
        return legacy(size_average, reduce)
    return reduction


def reduced(losses: Tensor, reduction: str) -> Tensor:
    """The losses, their mean or their sum."""
    if reduction == "mean":
        return _w.mean(losses)
    if reduction == "sum":
        return _w.sum(losses)
    if reduction == "none":
        return losses
    raise ValueError(f"{reduction} is not a valid value for reduction")


def same_size(name: str, input: Tensor, target: Tensor) -> None:
    """A warning if two tensors of different shapes are about to be broadcast."""
    if input.shape != target.shape:
        warnings.warn(
            f"Using a target size ({target.shape}) that is different to the input size ({input.shape}). "
            "This will likely lead to incorrect results due to broadcasting. Please ensure they have the same size.",
            stacklevel=4,
        )


def weighted(losses: Tensor, weight: Any, reduction: str, mean_by_weight: bool = True) -> Tensor:
    """The losses times a weight of the same shape; the mean is then over the weights."""
    losses = losses * weight
    if reduction == "mean" and mean_by_weight:
        return _w.sum(losses) / _w.sum(_w.broadcast_to(weight, losses.shape))
    return reduced(losses, reduction)
