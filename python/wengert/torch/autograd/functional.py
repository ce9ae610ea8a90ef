"""`torch.autograd.functional`: Jacobians, Hessians and their products, of functions of tensors.

Each takes a function and a tensor or a tuple of tensors, and gives results in the same form. With
``create_graph=False`` the results are constants; with True they can be differentiated again, also with
respect to what `func` takes from outside.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TYPE_CHECKING

from wengert import _jacobians, _transforms
from wengert import _wengert as _w
from wengert.torch._grad_mode import enable_grad
from wengert.torch.autograd.rows import batched_rows
from wengert._names import missing

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]


def _tensors(value: Any, what: str, name: str) -> tuple[tuple[Any, ...], bool]:
    """The tensors of an argument, and whether there was a tuple around them."""
    if isinstance(value, _w.Cell):
        return (value,), False
    if not isinstance(value, (tuple, list)):
        raise TypeError(
            f"The {what} given to {name} must be either a Tensor or a tuple of Tensors but the given "
            f"{what} has type {type(value)}."
        )
    for i, one in enumerate(value):
        if not isinstance(one, _w.Cell):
            raise TypeError(
                f"The {what} given to {name} must be either a Tensor or a tuple of Tensors but the value "
                f"at index {i} "
                f"has type {type(one)}."
            )
    return tuple(value), True


def _inputs(value: Any, name: str, create_graph: bool) -> tuple[tuple[Any, ...], bool]:
    """The inputs as tensors to differentiate: of a graph of their own, unless `create_graph` connects it to
    the one outside."""
    tensors, packed = _tensors(value, "inputs", name)
    return tuple(_tracked(one, create_graph) for one in tensors), packed


def _tracked(tensor: Any, create_graph: bool) -> Any:
    if _w.is_wrapped(tensor):
        return tensor
    if create_graph and tensor.requires_grad:
        return _w.reshape(tensor, tuple(tensor.shape)) if tensor.is_leaf else _w.clone(tensor)
    return _w.detach(tensor).requires_grad_()


def _weights(value: Any, like: tuple[Any, ...], what: str, name: str, create_graph: bool) -> tuple[Any, ...]:
    if value is None:
        if len(like) != 1 or _size(like[0]) != 1:
            raise RuntimeError(
                f"The vector v can only be None if the "
                f"{'input to' if what == 'inputs' else 'user-provided function returns'} "
                "a single Tensor with a single element."
            )
        return (_w.ones_like(like[0]),)
    tensors, _ = _tensors(value, "v", name)
    if len(tensors) != len(like):
        raise RuntimeError(f"v is a tuple of invalid length: should be {len(like)} but got {len(tensors)}.")
    for i, (one, other) in enumerate(zip(tensors, like)):
        if tuple(one.shape) != tuple(other.shape):
            raise RuntimeError(
                f"Entry {i} of v has invalid size: should be {other.shape} but got {one.shape}."
                if len(like) > 1
                else f"v has invalid size: should be {other.shape} but got {one.shape}."
            )
    return tensors if create_graph else tuple(_w.detach(one) for one in tensors)


def _size(tensor: Any) -> int:
    size = 1
    for n in tensor.shape:
        size *= n
    return size


class _Checked:
    """The user's function, with its result made a tuple of tensors."""

    __slots__ = ("func", "name", "packed")

    def __init__(self, func: Callable[..., Any], name: str) -> None:
        self.func = func
        self.name = name
        self.packed = False

    def __call__(self, *tensors: Any) -> tuple[Any, ...]:
        outs, self.packed = _tensors(self.func(*tensors), "outputs", self.name)
        return outs

    def scalar(self, *tensors: Any) -> Any:
        """The result, which must be one tensor with one element."""
        outs = self(*tensors)
        if self.packed or len(outs) != 1:
            raise RuntimeError(
                f"The Tensor returned by the function given to {self.name} should be a single Tensor"
            )
        if _size(outs[0]) != 1:
            raise RuntimeError(
                f"The Tensor returned by the function given to {self.name} should contain a single element"
            )
        return _w.reshape(outs[0], ())


def _finish(tensors: Any, packed: bool, create_graph: bool) -> Any:
    out = tuple(tensors) if create_graph else tuple(_w.detach(one) for one in tensors)
    return out if packed else out[0]


def _pull(
    outs: tuple[Any, ...], xs: tuple[Any, ...], seeds: Any, create_graph: bool, strict: bool = False
) -> list[Any]:
    """One backward pass; zeros (an error if `strict`) for inputs that the outputs do not depend on."""
    live = [(out, seed) for out, seed in zip(outs, seeds) if out.requires_grad]
    found: list[Any] = [None] * len(xs)
    if live:
        found = _w.grad(
            [out for out, _ in live], list(xs), [seed for _, seed in live], True, create_graph, True
        )
    for i, gradient in enumerate(found):
        if gradient is None and strict:
            raise RuntimeError(
                f"The output of the user-provided function is independent of input {i}. This is not "
                f"allowed in strict mode."
            )
    return [_w.zeros_like(x) if gradient is None else gradient for gradient, x in zip(found, xs)]


def _row(out: Any, xs: tuple[Any, ...], create_graph: bool, strict: bool) -> list[Any]:
    """The Jacobian of one result with respect to each input."""
    return batched_rows(lambda seed: _pull((out,), xs, seed, create_graph, strict), out)


def vjp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The value of `func` and the product of `v` with its Jacobian: ``(outputs, v @ J)``.

    >>> import wengert.torch as torch
    >>> torch.autograd.functional.vjp(lambda x: x ** 2, torch.tensor([1.0, 3.0]), torch.ones(2))
    (tensor([1., 9.]), tensor([2., 6.]))
    """
    checked = _Checked(func, "vjp")
    with enable_grad():
        xs, packed = _inputs(inputs, "vjp", create_graph)
        if any(_w.is_wrapped(x) for x in xs):
            outs, pullback = _transforms.vjp(checked, *xs)
            product = pullback(_weights(v, outs, "outputs", "vjp", create_graph))
        else:
            outs = checked(*xs)
            product = _pull(outs, xs, _weights(v, outs, "outputs", "vjp", create_graph), create_graph, strict)
    return _finish(outs, checked.packed, create_graph), _finish(product, packed, create_graph)


def jvp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The value of `func` and the product of its Jacobian with `v`: ``(outputs, J @ v)``.

    >>> import wengert.torch as torch
    >>> torch.autograd.functional.jvp(lambda x: x ** 2, torch.tensor([1.0, 3.0]), torch.ones(2))
    (tensor([1., 9.]), tensor([2., 6.]))
    """
    checked = _Checked(func, "jvp")
    with enable_grad():
        xs, _ = _inputs(inputs, "jvp", create_graph)
        seeds = _weights(v, xs, "inputs", "jvp", create_graph)
        if any(_w.is_wrapped(x) for x in xs):
            outs, tangents = _transforms.jvp(checked, xs, seeds)
        else:  # the pullback is linear in its cotangents: its own pullback is the pushforward
            outs = checked(*xs)
            weights = tuple(_w.zeros_like(out).requires_grad_() for out in outs)
            pulled = tuple(_pull(outs, xs, weights, True, strict))
            tangents = _pull(pulled, weights, seeds, create_graph)
    return _finish(outs, checked.packed, create_graph), _finish(tangents, checked.packed, create_graph)


def jacobian(
    func: Callable[..., Any],
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """The Jacobian of `func`: for one output and one input a tensor of shape ``out + in``; tuples give
    (nested) tuples of such.

    >>> import wengert.torch as torch
    >>> torch.autograd.functional.jacobian(lambda x: x ** 2, torch.tensor([1.0, 3.0]))
    tensor([[2., 0.],
            [0., 6.]])
    """
    if strategy not in ("forward-mode", "reverse-mode"):
        raise ValueError(
            f'Expected strategy to be either "forward-mode" or "reverse-mode". Hint: got {strategy!r}.'
        )
    checked = _Checked(func, "jacobian")
    with enable_grad():
        xs, packed = _inputs(inputs, "jacobian", create_graph)
        if strategy == "forward-mode" or any(_w.is_wrapped(x) for x in xs):
            mode = _jacobians.jacrev if strategy == "reverse-mode" else _jacobians.jacfwd
            rows = mode(checked, tuple(range(len(xs))))(*xs)
        else:
            outs = checked(*xs)
            rows = tuple(_row(out, xs, create_graph, strict) for out in outs)
    finished = tuple(_finish(row, packed, create_graph) for row in rows)
    return finished if checked.packed else finished[0]


def hessian(
    func: Callable[..., Any],
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """The Hessian of a function that returns one element: shape ``in + in``, or a tuple of tuples of such for
    several inputs.

    >>> import wengert.torch as torch
    >>> torch.autograd.functional.hessian(lambda x: (x ** 3).sum(), torch.tensor([1.0, 2.0]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """
    checked = _Checked(func, "hessian")

    def gradient(*tensors: Any) -> Any:
        value = checked.scalar(*tensors)
        return tuple(_pull((value,), tensors, (_w.ones_like(value),), True, strict))

    tensors, packed = _tensors(inputs, "inputs", "hessian")
    if any(_w.is_wrapped(one) for one in tensors):
        rows = _jacobians.hessian(checked.scalar, tuple(range(len(tensors))))(*tensors)
    else:
        rows = jacobian(gradient, tensors, create_graph, strict)
    finished = tuple(_finish(row, packed, create_graph) for row in rows)
    return finished if packed else finished[0]


def hvp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The value of `func` and its Hessian times `v`: ``(outputs, H @ v)``. The Hessian is not formed.

    >>> import wengert.torch as torch
    >>> torch.autograd.functional.hvp(lambda x: (x ** 3).sum(), torch.tensor([1.0, 2.0]), torch.ones(2))
    (tensor(9.), tensor([ 6., 12.]))
    """
    checked = _Checked(func, "hvp")
    with enable_grad():
        xs, packed = _inputs(inputs, "hvp", create_graph)
        seeds = _weights(v, xs, "inputs", "hvp", create_graph)
        if any(_w.is_wrapped(x) for x in xs):
            both = _transforms.value_and_grad(checked.scalar, tuple(range(len(xs))))
            (value, _), (_, product) = _transforms.jvp(both, xs, seeds)
        else:
            value = checked.scalar(*xs)
            first = tuple(_pull((value,), xs, (_w.ones_like(value),), True, strict))
            product = _pull(first, xs, seeds, create_graph)
    return _finish((value,), False, create_graph), _finish(product, packed, create_graph)


def vhp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The value of `func` and `v` times its Hessian: ``(outputs, v @ H)``. The Hessian is symmetric: this is
    `hvp`."""
    return hvp(func, inputs, v, create_graph, strict)


if not TYPE_CHECKING:
    __getattr__ = missing(__name__, __all__)
