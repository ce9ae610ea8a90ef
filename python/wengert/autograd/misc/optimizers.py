"""Gradient descent with momentum, RMSprop and Adam, for nested containers of arrays.

``grad(x, i)`` gives the gradient at `x` in iteration number `i`; ``callback(x, i, g)`` is called in each.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from .flatten import flatten


def unflatten_optimizer(optimize: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator: an optimiser of vectors as one of nested containers of arrays."""

    @functools.wraps(optimize)
    def nested(
        grad: Callable[[Any, int], Any], x0: Any, callback: Any = None, *args: Any, **kwargs: Any
    ) -> Any:
        vector, unflatten = flatten(x0)

        def flat_grad(x: Any, i: int) -> Any:
            return flatten(grad(unflatten(x), i))[0]

        def flat_callback(x: Any, i: int, g: Any) -> None:
            callback(unflatten(x), i, unflatten(g))

        return unflatten(optimize(flat_grad, vector, flat_callback if callback else None, *args, **kwargs))

    return nested


@unflatten_optimizer
def sgd(
    grad: Any, x: Any, callback: Any = None, num_iters: int = 200, step_size: float = 0.1, mass: float = 0.9
) -> Any:
    """Stochastic gradient descent with momentum: the velocity is a running mean of the gradients.

    >>> import wengert.autograd.numpy as np
    >>> from wengert.autograd import grad
    >>> from wengert.autograd.misc.optimizers import sgd
    >>> x = sgd(lambda x, i: grad(lambda x: np.sum((x - 3.0) ** 2))(x), np.zeros(2))
    >>> bool(abs(x - 3.0).max() < 1e-2)
    True
    """
    velocity = np.zeros(len(x))
    for i in range(num_iters):
        g = grad(x, i)
        if callback:
            callback(x, i, g)
        velocity = velocity * mass - g * (1.0 - mass)
        x = x + velocity * step_size
    return x


@unflatten_optimizer
def rmsprop(
    grad: Any,
    x: Any,
    callback: Any = None,
    num_iters: int = 100,
    step_size: float = 0.1,
    gamma: float = 0.9,
    eps: float = 1e-8,
) -> Any:
    """RMSprop: each step is divided by the root of a running mean of the squared gradients, which starts at
    one."""
    squares = np.ones(len(x))
    for i in range(num_iters):
        g = grad(x, i)
        if callback:
            callback(x, i, g)
        squares = squares * gamma + g * g * (1.0 - gamma)
        x = x - g * step_size / (squares**0.5 + eps)
    return x


@unflatten_optimizer
def adam(
    grad: Any,
    x: Any,
    callback: Any = None,
    num_iters: int = 100,
    step_size: float = 0.001,
    b1: float = 0.9,
    b2: float = 0.999,
    eps: float = 1e-8,
) -> Any:
    """Adam: running means of the gradients and of their squares, both corrected for their start at zero."""
    first, second = np.zeros(len(x)), np.zeros(len(x))
    for i in range(num_iters):
        g = grad(x, i)
        if callback:
            callback(x, i, g)
        first = first * b1 + g * (1.0 - b1)
        second = second * b2 + g * g * (1.0 - b2)
        x = x - (first / (1.0 - b1 ** (i + 1))) * step_size / ((second / (1.0 - b2 ** (i + 1))) ** 0.5 + eps)
    return x
