"""`torch.autograd`: gradients of what was recorded, functions with derivatives of one's own, and checks.

>>> import wengert.torch as torch
>>> x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
>>> torch.autograd.grad((x * x).sum(), x)
(tensor([2., 4., 6.]),)
"""

from __future__ import annotations

from typing import Any, TYPE_CHECKING

from wengert import _wengert as _w
from wengert._names import missing

from . import anomaly_mode, functional, grad_mode, graph
from . import function as _function
from .anomaly_mode import detect_anomaly, set_detect_anomaly
from .function import Function, NestedIOFunction
from .grad_mode import enable_grad, inference_mode, no_grad, set_grad_enabled, set_multithreading_enabled
from .gradcheck import GradcheckError, gradcheck, gradgradcheck
from .rows import pull_batch
from .variable import Variable

__all__ = [
    "Function",
    "GradcheckError",
    "NestedIOFunction",
    "Variable",
    "anomaly_mode",
    "backward",
    "detect_anomaly",
    "enable_grad",
    "function",
    "functional",
    "grad",
    "grad_mode",
    "gradcheck",
    "gradgradcheck",
    "graph",
    "inference_mode",
    "no_grad",
    "set_detect_anomaly",
    "set_grad_enabled",
    "set_multithreading_enabled",
]

function = _function


def _as_list(value: Any, what: str) -> list[Any]:
    if isinstance(value, _w.Cell):
        return [value]
    if not isinstance(value, (tuple, list)) and not hasattr(value, "__iter__"):
        raise TypeError(
            f"autograd: {what} must be a tensor or a sequence of tensors, got a {type(value).__name__}"
        )
    values = list(value)
    for one in values:
        if not isinstance(one, _w.Cell):
            raise TypeError(f"autograd: {what} must be tensors, got a {type(one).__name__}")
    return values


def _cotangents(outputs: list[Any], given: Any, what: str) -> list[Any] | None:
    """One cotangent (or None) for each output, cast to the output's dtype."""
    if given is None:
        return None
    if not isinstance(given, (tuple, list, _w.Cell)):
        raise TypeError(
            f"{what} must be a tensor or a sequence of tensors and None, got a {type(given).__name__}"
        )
    values = [given] if isinstance(given, _w.Cell) else list(given)
    if len(values) != len(outputs):
        raise RuntimeError(f"got {len(outputs)} tensors and {len(values)} gradients")
    out: list[Any] = []
    for output, value in zip(outputs, values):
        if value is None:
            out.append(None)
            continue
        if not isinstance(value, _w.Cell):
            raise TypeError(f"gradients can be either Tensors or None, but got {type(value).__name__}")
        if tuple(value.shape) != tuple(output.shape):
            raise RuntimeError(
                f"Mismatch in shape: grad_output[{len(out)}] has a shape of "
                f"{output.shape.__class__(value.shape)} and "
                f"output[{len(out)}] has a shape of {output.shape}."
            )
        out.append(value if value.dtype == output.dtype else _w.cast(value, output.dtype))
    return out


def backward(
    tensors: Any,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    grad_variables: Any = None,
    inputs: Any = None,
) -> None:
    """Add the gradients of `tensors` to the ``.grad`` of the leaves (only of `inputs`, where they are given).

    `grad_tensors` holds a cotangent for each tensor; scalars may do without (None).

    >>> import wengert.torch as torch
    >>> x = torch.ones(2, requires_grad=True)
    >>> torch.autograd.backward([x.sum(), (x * x).sum()])
    >>> x.grad
    tensor([3., 3.])
    """
    if grad_variables is not None:
        grad_tensors = grad_variables
    outputs = _as_list(tensors, "tensors")
    cotangents = _cotangents(outputs, grad_tensors, "grad_tensors")
    for i, output in enumerate(outputs):
        if not output.requires_grad:
            raise RuntimeError(f"element {i} of tensors does not require grad and does not have a grad_fn")
    if inputs is None:
        if len(outputs) == 1:
            outputs[0].backward(cotangents[0] if cotangents else None, retain_graph, create_graph)
        elif outputs:
            _weighted_sum(outputs, cotangents).backward(None, retain_graph, create_graph)
        return
    wanted = _as_list(inputs, "inputs")
    if not wanted:
        raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
    gradients = _w.grad(outputs, wanted, cotangents, retain_graph, create_graph, True)
    for leaf, gradient in zip(wanted, gradients):
        if gradient is not None:
            leaf.grad = gradient if leaf.grad is None else leaf.grad + gradient


def _weighted_sum(outputs: list[Any], cotangents: list[Any] | None) -> Any:
    """A scalar whose backward pass hands each output its cotangent: one sweep for all."""
    total: Any = None
    with enable_grad():
        for output, cotangent in zip(outputs, cotangents or [None] * len(outputs)):
            if cotangent is None and output.numel() != 1:
                raise RuntimeError("grad can be implicitly created only for scalar outputs")
            part = _w.sum(output if cotangent is None else _w.mul(output, cotangent))
            total = part if total is None else _w.add(total, part)
    return total


def grad(
    outputs: Any,
    inputs: Any,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Any, ...]:
    """The gradients of `outputs` (their sum) with respect to each of `inputs`: a tuple. ``.grad`` is left
    alone.

    With ``is_grads_batched=True`` every cotangent has a new dimension 0, and so does every gradient.

    >>> import wengert.torch as torch
    >>> x = torch.tensor(3.0, requires_grad=True)
    >>> (first,) = torch.autograd.grad(x ** 3, x, create_graph=True)
    >>> torch.autograd.grad(first, x)
    (tensor(18.),)
    """
    if materialize_grads and allow_unused is False:
        raise ValueError(
            "Expected allow_unused to be True or not passed when materialize_grads=True, but got: "
            "allow_unused=False"
        )
    outs = _as_list(outputs, "outputs")
    wanted = _as_list(inputs, "inputs")
    unused = bool(allow_unused) or materialize_grads
    if is_grads_batched:
        gradients = _batched(outs, wanted, grad_outputs, retain_graph, create_graph, unused)
    else:
        cotangents = _cotangents(outs, grad_outputs, "grad_outputs")
        gradients = _w.grad(outs, wanted, cotangents, retain_graph, create_graph, unused)
    if materialize_grads:
        gradients = [_w.zeros_like(x) if g is None else g for g, x in zip(gradients, wanted)]
    return tuple(gradients)


def _batched(
    outs: list[Any],
    wanted: list[Any],
    given: Any,
    retain_graph: bool | None,
    create_graph: bool,
    unused: bool,
) -> list[Any]:
    """A backward pass for every entry of a batch of cotangents."""
    if given is None:
        raise RuntimeError(
            "autograd.grad: is_grads_batched=True needs grad_outputs with a leading batch dimension"
        )
    values = [given] if isinstance(given, _w.Cell) else list(given)
    for i, (value, out) in enumerate(zip(values, outs)):
        if value is not None and tuple(value.shape)[1:] != tuple(out.shape):
            raise RuntimeError(
                f"If `is_grads_batched=True`, we interpret the first dimension of each grad_output as the "
                f"batch dimension. "
                f"The sizes of the remaining dimensions are expected to match the shape of corresponding "
                f"output, but a mismatch "
                f"was detected: grad_output[{i}] has a shape of {value.shape} and output[{i}] has a shape "
                f"of {out.shape}."
            )
    gradients = pull_batch(
        lambda seeds: _w.grad(
            outs, wanted, _cotangents(outs, seeds, "grad_outputs"), True, create_graph, unused
        ),
        values,
    )
    if not (create_graph if retain_graph is None else retain_graph):
        _w.grad(
            outs, wanted, [_w.zeros_like(out) for out in outs], False, False, True
        )  # lets go of the graph
    return gradients


if not TYPE_CHECKING:
    __getattr__ = missing(__name__, __all__)
