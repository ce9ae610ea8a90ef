"""Parts of a computation that keep nothing for the backward pass but their arguments, and compute the rest again."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import wengert._wengert as _w
from wengert._custom import checkpoint as _checkpoint
from wengert._names import missing
from wengert.nn.modules.module import Module

__all__ = ["checkpoint", "checkpoint_sequential", "noop_context_fn", "set_checkpoint_debug_enabled"]


def noop_context_fn() -> tuple[Any, Any]:
    """Two contexts that do nothing."""
    return contextlib.nullcontext(), contextlib.nullcontext()


@contextlib.contextmanager
def set_checkpoint_debug_enabled(enabled: bool | None) -> Any:
    """Accepted for PyTorch's sake; there is nothing to switch."""
    yield


def checkpoint(
    function: Callable[..., Any],
    *args: Any,
    use_reentrant: bool | None = None,
    context_fn: Callable[[], tuple[Any, Any]] = noop_context_fn,
    determinism_check: str = "default",
    debug: bool = False,
    early_stop: bool = True,
    preserve_rng_state: bool = True,
    **kwargs: Any,
) -> Any:
    """``function(*args, **kwargs)``; in the backward pass its steps are computed again instead of their values kept.

    Random numbers are the same both times. A function that looks at values while it runs (``if x.sum() > 0``) is recorded
    as if it had not been checkpointed: the gradients are the same, nothing is saved.

    >>> import wengert
    >>> x = wengert.tensor([1.0, 2.0], requires_grad=True)
    >>> checkpoint(lambda x: (x * x).sum(), x, use_reentrant=False).backward()
    >>> x.grad
    tensor([2., 4.])
    """
    if not callable(function):
        raise TypeError(f"checkpoint takes a function, got {type(function).__name__}")
    if not _w.is_grad_enabled():
        return function(*args, **kwargs)
    try:
        return _checkpoint(function)(*args, **kwargs)
    except (RuntimeError, TypeError, ValueError, IndexError):
        # What looks at values while it runs cannot be computed again from its steps: it is recorded as it is.
        return function(*args, **kwargs)


def checkpoint_sequential(
    functions: Any, segments: int, input: Any, use_reentrant: bool | None = None, preserve_rng_state: bool = True
) -> Any:
    """Functions one after the other, in ``segments`` parts of which all but the last are checkpointed."""
    listed = list(functions.children() if isinstance(functions, Module) else functions)
    size = len(listed) // segments
    if size < 1:
        raise ValueError(f"{len(listed)} functions cannot be cut into {segments} segments")

    def chain(part: list[Any]) -> Any:
        from wengert.nn import Sequential

        if all(isinstance(function, Module) for function in part):
            return Sequential(*part)

        def run(x: Any) -> Any:
            for function in part:
                x = function(x)
            return x

        return run

    for start in range(0, size * (segments - 1), size):
        input = checkpoint(
            chain(listed[start:start + size]),
            input,
            use_reentrant=use_reentrant,
            preserve_rng_state=preserve_rng_state,
        )
    return chain(listed[size * (segments - 1):])(input)


if not TYPE_CHECKING:
    __getattr__ = missing(__name__, __all__)
