"""HIPS Autograd's functions that take a function and give its derivative.

All take ``(fun, argnum=0)``, where `argnum` is the number of a positional argument or a tuple of them, and
give a function of the same arguments as `fun`. Arguments may be nested lists, tuples and dictionaries of
arrays. ndarrays in, ndarrays out.
"""

from __future__ import annotations

import functools
import inspect
import warnings
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import numpy as _np

from .. import _tree, _wengert
from . import _arguments, core
from .wrap_util import unary_to_nary

make_vjp = unary_to_nary(core.make_vjp)
make_jvp = unary_to_nary(core.make_jvp)


@unary_to_nary
def grad(fun: Callable[[Any], Any], x: Any) -> Any:
    """The gradient of a scalar function; it has the structure and shapes of the argument.

    >>> from wengert.autograd import grad
    >>> import wengert.autograd.numpy as np
    >>> float(grad(np.tanh)(0.0))
    1.0
    """
    return core.value_and_grad(fun, x, "Grad")[1]


@unary_to_nary
def value_and_grad(fun: Callable[[Any], Any], x: Any) -> tuple[Any, Any]:
    """The value and the gradient of a scalar function, as scipy.optimize likes them (``jac=True``)."""
    return core.value_and_grad(fun, x)[:2]


@unary_to_nary
def elementwise_grad(fun: Callable[[Any], Any], x: Any) -> Any:
    """The sum of each column of the Jacobian, in one pass: for a function of single elements, all its slopes.

    >>> from wengert.autograd import elementwise_grad
    >>> import wengert.autograd.numpy as np
    >>> elementwise_grad(np.square)(np.array([1.0, 2.0]))
    array([2., 4.])
    """
    vjp, y = core.make_vjp(fun, x)
    return vjp(_ones_like(y))


@unary_to_nary
def deriv(fun: Callable[[Any], Any], x: Any) -> Any:
    """The slope along the direction of ones, in one forward pass: of a function of one number, its
    derivative."""
    return core.make_jvp(fun, x)(_ones_like(x))[1]


@unary_to_nary
def jacobian(fun: Callable[[Any], Any], x: Any) -> Any:
    """The Jacobian, of shape ``(out1, …, in1, …)`` for a result of shape ``(out1, …)`` and an argument of
    shape ``(in1, …)``.

    >>> from wengert.autograd import jacobian
    >>> import wengert.autograd.numpy as np
    >>> jacobian(lambda x: np.array([x[0], x[0] * x[1]]))(np.array([2.0, 3.0]))
    array([[1., 0.],
           [3., 2.]])
    """
    return core.jacobian(fun, x)


@unary_to_nary
def holomorphic_grad(fun: Callable[[Any], Any], x: Any) -> Any:
    """The derivative of a holomorphic function; for a real argument (complex ones come later), its
    gradient."""
    if not _np.iscomplexobj(_np.empty(0) if isinstance(x, _wengert.Cell) else x):
        warnings.warn("Input to holomorphic_grad is not complex", stacklevel=3)
    return core.value_and_grad(fun, x, "holomorphic_grad")[1]


def grad_named(fun: Callable[..., Any], argname: str) -> Callable[..., Any]:
    """The gradient with respect to the argument of that name."""
    names = list(inspect.signature(fun).parameters)
    if argname not in names:
        raise ValueError(
            f"{getattr(fun, '__name__', 'the function')} has no argument {argname!r}; it has "
            f"{', '.join(names)}"
        )
    return grad(fun, names.index(argname))


@unary_to_nary
def hessian(fun: Callable[[Any], Any], x: Any) -> Any:
    """The second derivatives, of shape ``result.shape + x.shape + x.shape``."""
    return core.jacobian(lambda y: core.jacobian(fun, y), x)


@unary_to_nary
def make_hvp(fun: Callable[[Any], Any], x: Any) -> tuple[Callable[[Any], Any], Any]:
    """The map from a vector to the Hessian times it at `x`, and the gradient there. The forward pass is made
    once."""
    return core.make_vjp(grad(fun), x)


def _inner(a: Any, b: Any) -> Any:
    """The sum of products of two trees."""
    left, structure = _tree.flatten(a)
    right = _tree.flatten_like(structure, b, "the vector")
    total: Any = 0.0
    for one, other in zip(left, right):
        total = _wengert.add(
            _wengert.sum(_wengert.mul(_arguments.cell_of(one), _arguments.cell_of(other))), total
        )
    return total


def hessian_tensor_product(fun: Callable[..., Any], argnum: Any = 0) -> Callable[..., Any]:
    """A function of ``(*args, vector)``: the Hessian of `fun` times the vector, without the Hessian.

    >>> from wengert.autograd import hessian_vector_product
    >>> import wengert.autograd.numpy as np
    >>> hessian_vector_product(lambda x: np.sum(x**3))(np.array([1.0, 2.0]), np.array([1.0, 1.0]))
    array([ 6., 12.])
    """
    gradient = grad(fun, argnum)

    def along(*args: Any, **kwargs: Any) -> Any:
        return _inner(gradient(*args[:-1], **kwargs), args[-1])

    return grad(along, argnum)


hessian_vector_product = hessian_tensor_product


def tensor_jacobian_product(fun: Callable[..., Any], argnum: Any = 0) -> Callable[..., Any]:
    """A function of ``(*args, tensor)``: the tensor times the Jacobian of `fun`, over all axes of the
    tensor."""

    def along(*args: Any, **kwargs: Any) -> Any:
        tensor = _arguments.cell_of(args[-1])
        axes = list(range(tensor.ndim))
        return _wengert.tensordot(tensor, _arguments.cell_of(fun(*args[:-1], **kwargs)), axes, axes)

    return jacobian(along, argnum)


vector_jacobian_product = tensor_jacobian_product


@unary_to_nary
def make_jvp_reversemode(fun: Callable[[Any], Any], x: Any) -> Callable[[Any], Any]:
    """The map from a vector to the Jacobian times it, by two reverse passes."""
    vjp, y = core.make_vjp(fun, x)
    return core.make_vjp(vjp, _tree.map(lambda part: _arguments.like(part, 0.0), y))[0]


def _half_square(x: Any) -> Any:
    x = _arguments.cell_of(x)
    return _wengert.mul(_wengert.sum(_wengert.square(x), (x.ndim - 1,) if x.ndim else None), 0.5)


def make_ggnvp(
    f: Callable[..., Any], g: Callable[[Any], Any] = _half_square, f_argnum: Any = 0
) -> Callable[..., Any]:
    """The map from a vector to the generalised Gauss-Newton matrix of ``g(f(x))`` times it."""

    @unary_to_nary
    def ggnvp_maker(fun: Callable[[Any], Any], x: Any) -> Callable[[Any], Any]:
        pull, y = core.make_vjp(fun, x)
        curve, _ = core.make_vjp(grad(g), y)
        push = core.make_jvp(fun, x)
        return lambda v: pull(curve(push(v)[1]))

    return ggnvp_maker(f, f_argnum)


@unary_to_nary
def grad_and_aux(fun: Callable[[Any], Any], x: Any) -> tuple[Any, Any]:
    """For a function with two results: the gradient of the first, and the second as it is."""
    return core.value_and_grad(fun, x, "grad_and_aux", aux=True)[1:]


def multigrad_dict(fun: Callable[..., Any]) -> Callable[..., Any]:
    """The gradients with respect to all arguments at once, as a dictionary by their names."""
    signature = inspect.signature(fun)

    def gradients(*args: Any, **kwargs: Any) -> OrderedDict[str, Any]:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()

        def by_name(values: dict[str, Any]) -> Any:
            again = inspect.BoundArguments(signature, OrderedDict(values))
            return fun(*again.args, **again.kwargs)

        found = grad(by_name)(dict(bound.arguments))
        return OrderedDict((name, found[name]) for name in bound.arguments)

    return gradients


def checkpoint(fun: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, whose intermediate values are computed again when they are needed instead of being
    kept."""

    @functools.wraps(fun)
    def checkpointed(*args: Any, **kwargs: Any) -> Any:
        leaves, structure = _tree.flatten((args, kwargs))
        places = [
            i for i, one in enumerate(leaves) if isinstance(one, _wengert.Cell) and _arguments.is_inexact(one)
        ]
        if not places:
            return fun(*args, **kwargs)
        made: list[_tree.Structure] = []

        def flat(cells: list[Any]) -> list[Any]:
            filled = list(leaves)
            for i, one in zip(places, cells):
                filled[i] = one
            again, named = _tree.unflatten(structure, filled)
            results, shape = _arguments.results_of(fun(*again, **named))
            made.append(shape)
            return results

        outs = _wengert.checkpoint(flat, [leaves[i] for i in places])
        return _tree.unflatten(made[-1], outs)

    return checkpointed


def _ones_like(tree: Any) -> Any:
    return _tree.map(lambda part: _arguments.like(part, 1.0), tree)
