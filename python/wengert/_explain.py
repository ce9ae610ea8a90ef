"""`explain`: why a gradient is None or zero, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from . import _wengert as _w
from ._flat import dtype_name, is_floating

__all__ = ["Explanation", "explain"]


class Explanation(str):
    """A text that a Python prompt shows as it is."""

    def __repr__(self) -> str:
        return str(self)


# Functions that are flat between their steps.
_FLAT = {
    "Floor": "floor",
    "Ceil": "ceil",
    "Round": "round",
    "Trunc": "trunc",
    "Sign": "sign",
    "Sgn": "sign",
    "FloorDivide": "floor_divide",
}
# Functions with slope 0 on a part of their domain.
_PARTLY_FLAT = {
    "Relu": "relu has slope 0 where its input is 0 or less",
    "Clamp": "clamp has slope 0 at its bounds and outside of them",
    "Where": "where passes the gradient to the chosen branch alone",
    "Select": "indexing passes the gradient to the selected elements alone",
    "Slice": "slicing passes the gradient to the selected elements alone",
    "Index": "indexing passes the gradient to the selected elements alone",
    "Gather": "indexing passes the gradient to the selected elements alone",
    "Maximum": "maximum passes the gradient to the larger input alone",
    "Minimum": "minimum passes the gradient to the smaller input alone",
    "Amax": "max passes the gradient to the largest elements alone",
    "Amin": "min passes the gradient to the smallest elements alone",
    "Max": "max passes the gradient to the largest elements alone",
    "Min": "min passes the gradient to the smallest elements alone",
    "Sigmoid": "sigmoid has slope 0 (below the smallest number) far from 0",
    "Tanh": "tanh has slope 0 (below the smallest number) far from 0",
    "Erf": "erf has slope 0 (below the smallest number) far from 0",
    "Softmax": "softmax has slope 0 (below the smallest number) where one input towers over the others",
    "Mul": "a product has slope 0 with respect to one factor where the other is 0",
    "Mm": "a product has slope 0 with respect to one factor where the other is 0",
    "Pow": "x**n has slope 0 at x = 0 for n > 1",
    "Abs": "abs has slope 0 at 0",
}


def explain(y: Any, x: Any) -> Explanation:
    """Say what the gradient of `y` with respect to `x` is: if it is None or zero, why, and what to write
    instead.

    >>> import wengert
    >>> x = wengert.tensor(3.0, requires_grad=True)
    >>> y = x.detach() ** 2
    >>> print(wengert.explain(y, x))
    The gradient is None: y does not require grad, so no way leads from it back to x.
    ...
    """
    for name, value in (("y", y), ("x", x)):
        if not isinstance(value, _w.Cell):
            raise TypeError(f"explain: {name} must be a tensor, got a {type(value).__name__}")
    return Explanation("\n".join(_sentences(y, x)))


def _sentences(y: Any, x: Any) -> Iterator[str]:
    if not is_floating(x):
        yield f"The gradient is None: x has dtype {dtype_name(x)}, and only real numbers have derivatives."
        yield (
            "Make x of floats: tensor(..., dtype=float32), or x.float() before anything is computed from it."
        )
        return
    if not is_floating(y):
        yield (
            f"The gradient is None: y has dtype {dtype_name(y)}; what is counted, compared or chosen has "
            f"no derivative."
        )
        yield (
            "Differentiate a real quantity: casts to integers, comparisons, argmax and the like end the "
            "way back."
        )
        return
    if _w.is_wrapped(x) or _w.is_wrapped(y):
        yield (
            "x and y belong to a transform that is running (grad, vjp, jvp or vmap): what it returns is "
            "the gradient."
        )
        yield "explain looks at what requires_grad recorded; call it outside of transforms."
        return
    if not x.requires_grad and isinstance(x, (_w.EagerTensor, _w.Array)):
        if isinstance(x, _w.EagerTensor):
            yield "x keeps no graph: TensorFlow's tensors are differentiated by a GradientTape."
            yield "tape.gradient(y, x) is None where x was not watched (a Variable is, a constant needs tape.watch(x)),"
            yield "where y was computed outside of the tape, or where a step between them has no derivative."
        else:
            yield "x keeps no graph: arrays are differentiated by functions of functions, like wengert.grad(f)(x)."
            yield "Write what leads from x to y as a function f, and ask for wengert.grad(f) or wengert.jacobian(f)."
        return
    if not x.requires_grad:
        yield "The gradient is None: x does not require grad, so nothing was recorded for it."
        yield "Write x.requires_grad_() (or tensor(..., requires_grad=True)) before y is computed from it."
        return
    if y is x:
        yield "The gradient is 1: y is x itself."
        return
    if not y.requires_grad:
        yield from _unrecorded(y)
        return
    start, goal = _node_of(y), _node_of(x)
    found = _reachable(start)
    if start is None or goal is None or all(node != goal for node in found):
        yield from _elsewhere(found)
        return
    yield from _value(y, x, start, goal)


def _unrecorded(y: Any) -> Iterator[str]:
    yield "The gradient is None: y does not require grad, so no way leads from it back to x."
    if not _w.is_grad_enabled():
        yield (
            "Recording is switched off here (no_grad, inference_mode or set_grad_enabled(False)): compute "
            "y outside of it."
        )
        return
    yield (
        "Either y was not computed from x, or the way was cut: inside no_grad() or inference_mode(); by "
        ".detach(), .data,"
    )
    yield (
        ".item(), .numpy(), float(x), tensor(x) or a cast to integers; or because x.requires_grad_() came "
        "after y."
    )


def _elsewhere(found: list[Any]) -> Iterator[str]:
    leaves = [node for node in found if _base_name(node) == "AccumulateGrad"]
    yield "The gradient is None: y was recorded, but no way leads from it back to x."
    if leaves:
        shown = ", ".join(
            f"one of shape {tuple(shape)}" for shape in [_leaf_shape(node) for node in leaves[:4]]
        )
        more = f" and {len(leaves) - 4} more" if len(leaves) > 4 else ""
        yield (
            f"It leads to {len(leaves)} other tensor{'s' if len(leaves) > 1 else ''} that "
            f"require{'' if len(leaves) > 1 else 's'} grad: {shown}{more}."
        )
    yield (
        "Was y computed from a copy (detach, data, tensor(x), numpy), before x was bound to a new tensor "
        "(x = x - ...), or from another x?"
    )


def _value(y: Any, x: Any, start: Any, goal: Any) -> Iterator[str]:
    on_the_way = _between(start, goal)
    flat = [node for node in on_the_way if _base_name(node) in _FLAT]
    if flat and not _leads(start, goal, set(flat)):
        name = _FLAT[_base_name(flat[0])]
        yield (
            f"The gradient is zero: every way from y to x goes through {name}{_line(flat[0])}, which is "
            f"flat between its steps."
        )
        yield (
            f"Use a smooth function instead, or x + ({name}(x) - x).detach() to pass the gradient straight "
            f"through."
        )
        return
    try:
        (gradient,) = _w.grad([y], [x], [_w.ones_like(y)], True, False, True)
    except RuntimeError as error:
        yield f"The gradient cannot be computed any more: {error}"
        return
    if gradient is None:
        yield "The gradient is None: the operations between y and x pass none on."
        return
    values = np.asarray(_w.detach(gradient).numpy())
    if np.isnan(values).any():
        yield (
            f"The gradient is there, but {int(np.isnan(values).sum())} of its {values.size} elements are NaN."
        )
        yield "Run the program with torch.autograd.detect_anomaly() to see the line that makes the first one."
        return
    zeros = int((values == 0).sum())
    if values.size and zeros == values.size:
        yield "The gradient is zero everywhere, though a way leads from y to x."
        yield from _suspects(on_the_way)
        return
    yield (
        f"The gradient is there: shape {tuple(values.shape)}, the largest of its magnitudes is "
        f"{np.abs(values).max() if values.size else 0.0:.6g}."
    )
    if zeros:
        yield f"{zeros} of its {values.size} elements are zero."
        yield from _suspects(on_the_way)
    if not x.is_leaf and not getattr(x, "retains_grad", False):
        yield (
            "x.grad stays None all the same, because x is not a leaf: call x.retain_grad() before "
            "backward(), or use grad(y, x)."
        )
    elif x.grad is None:
        yield "x.grad is None because no backward pass has reached x yet: call y.backward()."


def _suspects(nodes: list[Any]) -> Iterator[str]:
    seen = []
    for node in nodes:
        text = _PARTLY_FLAT.get(_base_name(node))
        if text and text not in seen:
            seen.append(text)
            yield f"On the way is {node.name()}{_line(node)}: {text}."


def _node_of(cell: Any) -> Any:
    """The node that made a cell; that of a leaf is where its gradients accumulate."""
    if not cell.is_leaf:
        return cell.grad_fn
    before = _w.set_grad_enabled(True)
    try:
        return _w.expand_dims(cell, 0).grad_fn.next_functions[0][0]
    finally:
        _w.set_grad_enabled(before)


def _base_name(node: Any) -> str:
    name = node.name().rpartition("::")[2]
    at = name.find("Backward")
    return name if at < 0 else name[:at]


def _line(node: Any) -> str:
    line = getattr(node, "line", None)
    return f" ({line})" if line and ".rs:" not in line else ""


def _leaf_shape(node: Any) -> tuple[int, ...]:
    variable = getattr(node, "variable", None)
    return tuple(variable.shape) if variable is not None else ()


def _parents(node: Any) -> list[Any]:
    return [parent for parent, _ in node.next_functions if parent is not None]


def _reachable(start: Any) -> list[Any]:
    """All nodes that can be reached, nearest first."""
    if start is None:
        return []
    seen = {start}
    queue = [start]
    for node in queue:
        for parent in _parents(node):
            if parent not in seen:
                seen.add(parent)
                queue.append(parent)
    return queue


def _between(start: Any, goal: Any) -> list[Any]:
    """The nodes that lie on some way from `start` to `goal`, nearest to `start` first."""
    found = _reachable(start)
    children: dict[Any, list[Any]] = {}
    for node in found:
        for parent in _parents(node):
            children.setdefault(parent, []).append(node)
    ahead = {goal}
    queue = [goal]
    for node in queue:
        for child in children.get(node, []):
            if child not in ahead:
                ahead.add(child)
                queue.append(child)
    return [node for node in found if node in ahead and node != goal]


def _leads(start: Any, goal: Any, without: set[Any]) -> bool:
    """Whether a way leads to `goal` that avoids these nodes."""
    if start in without:
        return False
    seen = {start}
    queue = [start]
    for node in queue:
        if node == goal:
            return True
        for parent in _parents(node):
            if parent not in seen and parent not in without:
                seen.add(parent)
                queue.append(parent)
    return False
