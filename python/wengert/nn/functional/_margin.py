"""Losses that ask for a margin, and distances."""

from __future__ import annotations

from collections.abc import Callable

import wengert._wengert as _w
from wengert._wengert import Tensor
from wengert.nn.functional._reduction import chosen, known, reduced


def _positive_part(x: Tensor) -> Tensor:
    return _w.relu(x)


def margin_ranking_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """max(0, margin − target·(input1 − input2)), target ±1."""
    reduction = chosen(reduction, size_average, reduce)
    if input1.ndim != input2.ndim or input1.ndim != target.ndim:
        raise RuntimeError(
            "margin_ranking_loss : All input tensors should have same dimension but got sizes: "
            f"input1: {input1.shape}, input2: {input2.shape}, target: {target.shape} "
        )
    return reduced(_positive_part(margin - target * (input1 - input2)), reduction)


def hinge_embedding_loss(
    input: Tensor,
    target: Tensor,
    margin: float = 1.0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """input where the target is 1, max(0, margin − input) where it is −1."""
    reduction = chosen(reduction, size_average, reduce)
    far = _w.where(target == 1, 0.0, _positive_part(margin - input))
    near = _w.where(target == -1, 0.0, input)
    return reduced(far + near, reduction)


def soft_margin_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """log(1 + exp(−target·input)), target ±1."""
    reduction = chosen(reduction, size_average, reduce)
    return reduced(_w.softplus(-target * input), reduction)


def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """x1·x2/(‖x1‖·‖x2‖) along ``dim``; each norm is at least ``eps``."""
    shape = _broadcast(tuple(x1.shape), tuple(x2.shape))
    x1, x2 = _w.broadcast_to(x1, shape), _w.broadcast_to(x2, shape)
    one = _w.clamp(_w.norm(x1, 2.0, dim, True), eps)
    two = _w.clamp(_w.norm(x2, 2.0, dim, True), eps)
    return _w.sum((x1 / one) * (x2 / two), dim)


def _broadcast(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    longest = max(len(a), len(b))
    a, b = (1,) * (longest - len(a)) + a, (1,) * (longest - len(b)) + b
    if any(m != n and 1 not in (m, n) for m, n in zip(a, b)):
        raise RuntimeError(f"shapes {a} and {b} cannot be broadcast together")
    return tuple(n if m == 1 else m for m, n in zip(a, b))


def cosine_embedding_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """1 − cos where the target is 1, max(0, cos − margin) where it is −1; vectors lie along the last axis."""
    reduction = chosen(reduction, size_average, reduce)
    if target.ndim + 1 != input1.ndim or target.ndim + 1 != input2.ndim:
        raise RuntimeError(
            f"{target.ndim}D target tensor expects {target.ndim + 1}D input tensors, but found inputs with sizes "
            f"{list(input1.shape)} and {list(input2.shape)}."
        )
    tiny = 1e-12
    product = _w.sum(input1 * input2, -1)
    sizes = (_w.sum(_w.square(input1), -1) + tiny) * (_w.sum(_w.square(input2), -1) + tiny)
    cosine = product / _w.sqrt(sizes)
    near = _w.where(target == 1, 1 - cosine, 0.0)
    far = _w.where(target == -1, _positive_part(cosine - margin), 0.0)
    return reduced(near + far, reduction)


def pairwise_distance(x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Tensor:
    """‖x1 − x2 + eps‖ₚ along the last axis."""
    return _w.norm(x1 - x2 + eps, float(p), -1, keepdim)


def pdist(input: Tensor, p: float = 2.0) -> Tensor:
    """The distances of all pairs of rows, as one vector."""
    if input.ndim != 2:
        raise RuntimeError(f"pdist only supports 2D tensors, got: {input.ndim}D")
    n = input.shape[0]
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n)]
    if not pairs:
        return _w.zeros(Tensor, (0,), input.dtype)
    first, second = (_w.from_data(Tensor, list(side), "int64") for side in zip(*pairs))
    return _w.norm(_w.take(input, first, 0) - _w.take(input, second, 0), float(p), -1)


def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """max(0, d(anchor, positive) − d(anchor, negative) + margin)."""
    reduction = chosen(reduction, size_average, reduce)
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    return _triplet(
        anchor, positive, negative, lambda a, b: pairwise_distance(a, b, p, eps), margin, swap, reduction
    )


def triplet_margin_with_distance_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    *,
    distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Tensor:
    """:func:`triplet_margin_loss` with a distance of the caller's."""
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    return _triplet(anchor, positive, negative, distance_function or pairwise_distance, margin, swap, reduction)


def _triplet(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    distance: Callable[[Tensor, Tensor], Tensor],
    margin: float,
    swap: bool,
    reduction: str,
) -> Tensor:
    if not anchor.ndim == positive.ndim == negative.ndim:
        raise RuntimeError(
            f"The anchor, positive, and negative tensors are expected to have the same number of dimensions, but "
            f"got: anchor {anchor.ndim}D, positive {positive.ndim}D, and negative {negative.ndim}D inputs"
        )
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = _w.minimum(far, distance(positive, negative))
    return reduced(_positive_part(near - far + margin), reduction)


def multi_margin_loss(
    input: Tensor,
    target: Tensor,
    p: int = 1,
    margin: float = 1.0,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The mean over the other classes of max(0, margin − x[class] + x[other])ᵖ."""
    reduction = chosen(reduction, size_average, reduce)
    if p not in (1, 2):
        raise ValueError("only p == 1 and p == 2 supported")
    if weight is not None and weight.ndim != 1:
        raise ValueError("weight must be one-dimensional")
    single = input.ndim == 1
    rows = _w.expand_dims(input, 0) if single else input
    classes = rows.shape[1]
    picked = _w.reshape(target, (-1, 1))
    if tuple(picked.shape) != (rows.shape[0], 1):
        raise RuntimeError(f"inconsistent target size, expected {rows.shape[0]} but got {target.shape}")
    if known(picked) and (int(_w.min(picked)) < 0 or int(_w.max(picked)) >= classes):
        raise RuntimeError("target out of range")
    excess = _positive_part(margin - _w.gather(rows, 1, picked) + rows)
    if p == 2:
        excess = _w.square(excess)
    if weight is not None:
        excess = excess * _w.reshape(_w.take(weight, _w.reshape(picked, (-1,)), 0), (-1, 1))
    others = _w.reshape(_w.arange(Tensor, 0, classes, 1), (1, -1)) != picked
    losses = _w.sum(_w.where(others, excess, 0.0), 1) / classes
    return reduced(_w.squeeze(losses, 0) if single else losses, reduction)


def multilabel_soft_margin_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The mean over classes of the cross-entropy of σ(input) and truth values."""
    reduction = chosen(reduction, size_average, reduce)
    losses = -(target * _w.log_sigmoid(input) + (1 - target) * _w.log_sigmoid(-input))
    if weight is not None:
        losses = losses * weight
    return reduced(_w.mean(losses, -1), reduction)


def multilabel_margin_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The hinge loss of every pair of a class of the example (listed up to the first −1) and one that is not."""
    reduction = chosen(reduction, size_average, reduce)
    if input.shape != target.shape:
        raise RuntimeError(f"inconsistent target size: {target.shape} for an input of {input.shape}")
    single = input.ndim < 2
    rows = _w.reshape(input, (1, -1)) if single else input
    labels = _w.reshape(target, (1, -1)) if single else target
    classes = rows.shape[1]
    listed = _w.cumsum(_w.cast(labels < 0, "int64"), 1) == 0
    numbers = _w.reshape(_w.arange(Tensor, 0, classes, 1), (1, 1, -1))
    hits = _w.logical_and(_w.expand_dims(labels, 2) == numbers, _w.expand_dims(listed, 2))
    is_label = _w.expand_dims(_w.any(hits, 1), 1)
    own = _w.gather(rows, 1, _w.where(listed, labels, _w.zeros_like(labels)))
    excess = _positive_part(1 - _w.expand_dims(own, 2) + _w.expand_dims(rows, 1))
    counted = _w.logical_and(_w.expand_dims(listed, 2), _w.logical_not(is_label))
    losses = _w.sum(_w.where(counted, excess, 0.0), (1, 2)) / classes
    return reduced(_w.squeeze(losses, 0) if single else losses, reduction)
