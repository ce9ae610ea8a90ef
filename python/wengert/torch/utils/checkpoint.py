"""Parts of a computation that keep nothing for the backward pass but their arguments, and compute the rest again."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from typing import Any

import wengert._wengert as _w
from wengert._custom import checkpoint as _checkpoint
from wengert._names import missing
from wengert.nn.modules.module import Module
from wengert.nn.utils.stateless import functional_call

__all__ = ["checkpoint", "checkpoint_sequential", "noop_context_fn", "set_checkpoint_debug_enabled"]


def noop_context_fn() -> tuple[Any, Any]:
    """Two contexts that do nothing."""
    return contextlib.nullcontext(), contextlib.nullcontext()


@contextlib.contextmanager
def set_checkpoint_debug_enabled(enabled: bool | None) -> Any:
    """Accepted for PyTorch's sake; there is nothing to switch."""
    yield


def _repeated(function: Callable[..., Any], preserve: bool) -> Callable[..., Any]:
    """``function``, drawing the same random numbers when it runs again."""
    if not preserve:
        return function
    generator = _w.default_generator
    state = generator.get_state()
    runs = 0

    def run(*args: Any, **kwargs: Any) -> Any:
        nonlocal runs
        runs += 1
        if runs == 1:
            return function(*args, **kwargs)
        now = generator.get_state()
        generator.set_state(state)
        try:
            return function(*args, **kwargs)
        finally:
            generator.set_state(now)

    return run


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
    """``function(*args, **kwargs)``; in the backward pass it is computed again instead of kept.

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
    run = _repeated(function, preserve_rng_state)
    owner = function if isinstance(function, Module) else getattr(function, "__self__", None)
    if not isinstance(owner, Module) or (function is not owner and getattr(function, "__name__", "") != "forward"):
        return _checkpoint(run)(*args, **kwargs)
    parameters = dict(owner.named_parameters())

    def with_parameters(values: dict[str, Any], args: Any, kwargs: dict[str, Any]) -> Any:
        return functional_call(owner, values, args, kwargs)

    return _checkpoint(_repeated(with_parameters, preserve_rng_state))(parameters, args, kwargs)


def checkpoint_sequential(
    functions: Any, segments: int, input: Any, use_reentrant: bool | None = None, preserve_rng_state: bool = True
) -> Any:
    """Functions one after the other, in ``segments`` parts of which all but the last are checkpointed."""
    listed = list(functions.children() if isinstance(functions, Module) else functions)
    size = len(listed) // segments
    if size < 1:
        raise ValueError(f"{len(listed)} functions cannot be cut into {segments} segments")

    def chain(part: Iterable[Callable[[Any], Any]]) -> Any:
        from wengert.nn import Sequential

        part = list(part)
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


__getattr__ = missing(__name__, __all__)
