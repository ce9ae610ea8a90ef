"""Losses of numbers against numbers, and of logits or probabilities against classes."""

from __future__ import annotations

import math

import wengert._wengert as _w
from wengert._wengert import Tensor
from wengert.nn.functional._reduction import chosen, known, reduced, same_size, weighted

_REDUCTIONS = ("mean", "sum", "none")


def _classes_axis(input: Tensor) -> int:
    return 0 if input.ndim == 1 else 1


def _explain_classes(input: Tensor, target: Tensor, error: Exception) -> Exception:
    """The exception PyTorch's users expect for logits and classes that do not fit."""
    if not isinstance(target, Tensor) or not isinstance(input, Tensor):
        return TypeError(f"cross_entropy takes tensors, got {type(input).__name__} and {type(target).__name__}")
    if input.ndim == 0:
        return ValueError("Expected input to have at least 1 dimension: logits of shape (examples, classes)")
    axis = _classes_axis(input)
    if input.ndim > 1 and (target.ndim == 0 or input.shape[0] != target.shape[0]):
        size = target.shape[0] if target.ndim else 0
        return ValueError(f"Expected input batch_size ({input.shape[0]}) to match target batch_size ({size}).")
    wanted = tuple(input.shape[:axis]) + tuple(input.shape[axis + 1:])
    if tuple(target.shape) == wanted and known(target) and not str(target.dtype).endswith(("float32", "float64", "bool")):
        plain = target.detach()
        classes = input.shape[axis]
        worst = int(_w.max(plain)) if int(_w.max(plain)) >= classes else int(_w.min(plain))
        return IndexError(f"Target {worst} is out of bounds: there are {classes} classes, 0 to {classes - 1}.")
    return RuntimeError(str(error))


def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """The cross-entropy of softmax(``input``) and ``target``.

    ``input`` has shape (examples, classes, …); ``target`` holds class indices of shape (examples, …), or probabilities
    in the shape of ``input``.

    >>> import wengert
    >>> cross_entropy(wengert.tensor([[0.0, 0.0], [3.0, 3.0]]), wengert.tensor([0, 1]))
    tensor(0.6931)
    """
    if size_average is not None or reduce is not None:
        reduction = chosen(reduction, size_average, reduce)
    if reduction not in _REDUCTIONS:
        raise ValueError(f"{reduction} is not a valid value for reduction")
    if not 0.0 <= label_smoothing <= 1.0:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing}")
    try:
        if weight is None:
            return _w.cross_entropy(input, target, reduction, label_smoothing, ignore_index)
        return _weighted_cross_entropy(input, target, weight, ignore_index, reduction, label_smoothing)
    except (RuntimeError, ValueError, IndexError, TypeError) as error:
        raise _explain_classes(input, target, error) from None


def _weighted_cross_entropy(
    input: Tensor, target: Tensor, weight: Tensor, ignore_index: int, reduction: str, label_smoothing: float
) -> Tensor:
    axis = _classes_axis(input)
    classes = input.shape[axis]
    if tuple(weight.shape) != (classes,):
        raise RuntimeError(
            f"cross_entropy: weight tensor should be defined either for all {classes} classes or no classes "
            f"but got weight tensor of shape: {weight.shape}"
        )
    logs = _w.log_softmax(input, axis)
    wide = _w.reshape(weight, (classes,) + (1,) * (input.ndim - axis - 1))
    if tuple(target.shape) == tuple(input.shape) and str(target.dtype).endswith(("float32", "float64")):
        if label_smoothing:
            target = target * (1 - label_smoothing) + label_smoothing / classes
        losses = -_w.sum(logs * wide * target, axis)
        if reduction == "mean":
            return _w.sum(losses) / max(math.prod(losses.shape), 1)
        return reduced(losses, reduction)
    losses, weights = _picked(logs, target, weight, ignore_index)
    if not label_smoothing:
        return _w.sum(losses) / _w.sum(weights) if reduction == "mean" else reduced(losses, reduction)
    smooth = _w.where(target == ignore_index, 0.0, -_w.sum(logs * wide, axis))
    share = label_smoothing / classes
    if reduction == "mean":
        total = _w.sum(weights)
        return _w.sum(losses) / total * (1 - label_smoothing) + _w.sum(smooth) / total * share
    return reduced(losses * (1 - label_smoothing) + smooth * share, reduction)


def _picked(logs: Tensor, target: Tensor, weight: Tensor | None, ignore_index: int) -> tuple[Tensor, Tensor]:
    """Minus the weighted log-probability of each example's class, and its weight; 0 where the class is ignored."""
    axis = _classes_axis(logs)
    ignored = target == ignore_index
    safe = _w.where(ignored, _w.zeros_like(target), target)
    if tuple(target.shape) != tuple(logs.shape[:axis]) + tuple(logs.shape[axis + 1:]):
        raise RuntimeError(
            f"nll_loss: scores of shape {logs.shape} ask for classes of another shape than {target.shape}"
        )
    if known(safe) and (int(_w.min(safe)) < 0 or int(_w.max(safe)) >= logs.shape[axis]):
        raise IndexError("Target is out of bounds")
    losses = -_w.squeeze(_w.gather(logs, axis, _w.expand_dims(safe, axis)), axis)
    if weight is None:
        weights = _w.ones_like(losses.detach())
    else:
        weights = _w.reshape(_w.take(weight, _w.reshape(safe, (-1,)), 0), safe.shape)
        losses = losses * weights
    return _w.where(ignored, 0.0, losses), _w.where(ignored, 0.0, weights)


def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Minus the log-probability of each example's class; ``input`` holds log-probabilities (examples, classes, …)."""
    reduction = chosen(reduction, size_average, reduce)
    if reduction not in _REDUCTIONS:
        raise ValueError(f"{reduction} is not a valid value for reduction")
    try:
        losses, weights = _picked(input, target, weight, ignore_index)
    except (RuntimeError, ValueError, IndexError, TypeError) as error:
        raise _explain_classes(input, target, error) from None
    result = _w.sum(losses) / _w.sum(weights) if reduction == "mean" else reduced(losses, reduction)
    return _w.label(result, "NllLossBackward0" if input.ndim < 3 else "NllLoss2DBackward0", [input])


def mse_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """(input − target)² of each element.

    >>> import wengert
    >>> mse_loss(wengert.tensor([1.0, 4.0]), wengert.tensor([1.0, 2.0]))
    tensor(2.)
    """
    if size_average is not None or reduce is not None:
        reduction = chosen(reduction, size_average, reduce)
    if weight is None and input.shape == target.shape:
        return _w.mse_loss(input, target, reduction)
    same_size("mse_loss", input, target)
    losses = _w.square(input - target)
    if weight is None:
        return _w.label(reduced(losses, reduction), "MseLossBackward0", [input, target])
    return weighted(losses, weight, reduction)


def l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """|input − target| of each element."""
    reduction = chosen(reduction, size_average, reduce)
    same_size("l1_loss", input, target)
    losses = _w.abs(input - target)
    return reduced(losses, reduction) if weight is None else weighted(losses, weight, reduction)


def smooth_l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Tensor:
    """The squared difference over 2·``beta`` where the difference is below ``beta``, |difference| − beta/2 elsewhere."""
    reduction = chosen(reduction, size_average, reduce)
    same_size("smooth_l1_loss", input, target)
    if beta < 0:
        raise RuntimeError("smooth_l1_loss does not support negative values for beta.")
    size = _w.abs(input - target)
    if beta == 0:
        return reduced(size, reduction)
    losses = _w.where(size < beta, _w.square(size) * (0.5 / beta), size - 0.5 * beta)
    return _w.label(reduced(losses, reduction), "SmoothL1LossBackward0", [input, target])


def huber_loss(
    input: Tensor, target: Tensor, reduction: str = "mean", delta: float = 1.0, weight: Tensor | None = None
) -> Tensor:
    """Half the squared difference where the difference is below ``delta``, delta·(|difference| − delta/2) elsewhere."""
    same_size("huber_loss", input, target)
    if delta <= 0:
        raise RuntimeError("huber_loss does not support non-positive values for delta.")
    size = _w.abs(input - target)
    losses = _w.where(size <= delta, _w.square(size) * 0.5, (size - 0.5 * delta) * delta)
    if weight is None:
        return _w.label(reduced(losses, reduction), "HuberLossBackward0", [input, target])
    return weighted(losses, weight, reduction)


def binary_cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The cross-entropy of probabilities and truth values; logarithms are cut off at −100."""
    reduction = chosen(reduction, size_average, reduce)
    if input.shape != target.shape:
        raise ValueError(
            f"Using a target size ({target.shape}) that is different to the input size ({input.shape}) is "
            "deprecated. Please ensure they have the same size."
        )
    plain = input.detach()
    if known(plain) and not bool(_w.all(_w.logical_and(plain >= 0, plain <= 1))):
        raise RuntimeError("all elements of input should be between 0 and 1")
    one = _w.clamp(_w.log(input), -100.0)
    zero = _w.clamp(_w.log1p(-input), -100.0)
    losses = (target - 1) * zero - target * one
    result = reduced(losses if weight is None else losses * weight, reduction)
    return _w.label(result, "BinaryCrossEntropyBackward0", [input, target])


def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """The cross-entropy of σ(``input``) and truth values, without overflow."""
    reduction = chosen(reduction, size_average, reduce)
    if input.shape != target.shape:
        raise ValueError(f"Target size ({target.shape}) must be the same as input size ({input.shape})")
    if pos_weight is None:
        losses = _w.softplus(input) - input * target
    else:
        losses = (1 - target) * input - _w.log_sigmoid(input) * ((pos_weight - 1) * target + 1)
    result = reduced(losses if weight is None else losses * weight, reduction)
    return _w.label(result, "BinaryCrossEntropyWithLogitsBackward0", [input, target])


def kl_div(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Tensor:
    """target·(log target − input): ``input`` holds log-probabilities; ``"batchmean"`` divides the sum by the batch."""
    reduction = chosen(reduction, size_average, reduce)
    if reduction == "mean":
        import warnings

        warnings.warn(
            "reduction: 'mean' divides the total loss by both the batch size and the support size."
            "'batchmean' divides only by the batch size, and aligns with the KL div math definition."
            "'mean' will be changed to behave the same as 'batchmean' in the next major release.",
            stacklevel=2,
        )
    losses = _w.exp(target) * (target - input) if log_target else _w.xlogy(target, target) - target * input
    if reduction == "batchmean":
        return _w.sum(losses) / input.shape[0] if input.ndim else _w.sum(losses)
    return reduced(losses, reduction)


def poisson_nll_loss(
    input: Tensor,
    target: Tensor,
    log_input: bool = True,
    full: bool = False,
    size_average: bool | None = None,
    eps: float = 1e-8,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Minus the log-likelihood of counts under Poisson distributions of the given (log) rates."""
    reduction = chosen(reduction, size_average, reduce)
    losses = _w.exp(input) - target * input if log_input else input - target * _w.log(input + eps)
    if full:
        stirling = target * _w.log(target) - target + _w.log(target * (2 * math.pi)) * 0.5
        losses = losses + _w.where(target > 1, stirling, 0.0)
    return reduced(losses, reduction)


def gaussian_nll_loss(
    input: Tensor,
    target: Tensor,
    var: Tensor | float,
    full: bool = False,
    eps: float = 1e-6,
    reduction: str = "mean",
) -> Tensor:
    """Minus the log-likelihood of ``target`` under Gaussians of mean ``input`` and variance ``var``."""
    if isinstance(var, (int, float)):
        if var < 0:
            raise ValueError("var has negative entry/entries")
        spread: Tensor = _w.full_like(input.detach(), var)
    else:
        spread = var
        if known(spread) and bool(_w.any(spread.detach() < 0)):
            raise ValueError("var has negative entry/entries")
    if spread.shape != input.shape:
        if tuple(input.shape[:-1]) == tuple(spread.shape):
            spread = _w.expand_dims(spread, -1)
        elif tuple(input.shape[:-1]) != tuple(spread.shape[:-1]) or spread.shape[-1] != 1:
            raise ValueError("var is of incorrect size")
    if reduction not in _REDUCTIONS:
        raise ValueError(reduction + " is not valid")
    # The floor of the variance is not differentiated.
    plain = spread.detach()
    spread = spread + _w.where(plain < eps, eps - plain, 0.0)
    losses = (_w.log(spread) + _w.square(input - target) / spread) * 0.5
    if full:
        losses = losses + 0.5 * math.log(2 * math.pi)
    return reduced(losses, reduction)
