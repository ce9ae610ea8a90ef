"""Hooks: functions that a module calls before or after its forward or backward pass."""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Callable
from typing import Any

import wengert._wengert as _w
from wengert._wengert import Tensor

__all__ = ["RemovableHandle"]

_numbers = itertools.count()


class RemovableHandle:
    """What registering a hook returns; ``remove()`` takes the hook away. Works as a context, too."""

    def __init__(self, hooks_dict: Any, *, extra_dict: Any = None) -> None:
        self.hooks_dict_ref = weakref.ref(hooks_dict)
        self.id = next(_numbers)
        extras = () if extra_dict is None else extra_dict if isinstance(extra_dict, (list, tuple)) else (extra_dict,)
        self.extra_dict_ref = tuple(weakref.ref(extra) for extra in extras)

    def remove(self) -> None:
        """Takes the hook away; a second time does nothing."""
        for reference in (self.hooks_dict_ref, *self.extra_dict_ref):
            hooks = reference()
            if hooks is not None:
                hooks.pop(self.id, None)

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *exception: Any) -> None:
        self.remove()


def _same(x: Tensor) -> Tensor:
    """The same values one step on in the graph, where a hook sees only the gradient that comes this way."""
    return _w.clone(x)


class BackwardHooks:
    """Calls a module's backward hooks with the gradients of its outputs and of its inputs."""

    def __init__(self, module: Any, before: list[Callable[..., Any]], after: list[Callable[..., Any]]) -> None:
        self.module, self.before, self.after = module, before, after
        self.grad_outputs: list[Any] = []
        self.grad_inputs: list[Any] = []
        self.waiting: set[int] = set()

    def inputs(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments, with hooks on those that require grad."""
        places = [i for i, x in enumerate(args) if isinstance(x, Tensor)]
        self.grad_inputs = [None] * len(places)
        tracked = [(k, i) for k, i in enumerate(places) if args[i].requires_grad]
        self.waiting = {k for k, _ in tracked}
        if not tracked or not self.after:
            return args
        changed = list(args)
        for k, i in tracked:
            changed[i] = _same(args[i])
            changed[i].register_hook(lambda grad, k=k: self._input(k, grad))
        return tuple(changed)

    def _input(self, k: int, grad: Tensor) -> Tensor | None:
        self.grad_inputs[k] = grad
        self.waiting.discard(k)
        if self.waiting:
            return None
        self._finish()
        return self.grad_inputs[k]

    def _finish(self) -> None:
        for hook in self.after:
            changed = hook(self.module, tuple(self.grad_inputs), tuple(self.grad_outputs))
            if changed is not None:
                given = changed if isinstance(changed, tuple) else (changed,)
                if len(given) != len(self.grad_inputs):
                    raise RuntimeError(
                        f"Backward hook returned an invalid number of grad_input, got {len(given)}, "
                        f"but expected {len(self.grad_inputs)}"
                    )
                self.grad_inputs = list(given)

    def outputs(self, result: Any) -> Any:
        """The result of the forward pass, with hooks on its tensors."""
        single = isinstance(result, Tensor)
        values = [result] if single else list(result) if isinstance(result, (list, tuple)) else None
        if values is None:
            return result
        places = [i for i, x in enumerate(values) if isinstance(x, Tensor)]
        self.grad_outputs = [None] * len(places)
        missing = {k for k, i in enumerate(places) if values[i].requires_grad}
        for k, i in enumerate(places):
            if not values[i].requires_grad:
                continue
            values[i] = _same(values[i])

            def seen(grad: Tensor, k: int = k) -> Tensor | None:
                self.grad_outputs[k] = grad
                missing.discard(k)
                if not missing:
                    for hook in self.before:
                        changed = hook(self.module, tuple(self.grad_outputs))
                        if changed is not None:
                            self.grad_outputs = list(changed if isinstance(changed, tuple) else (changed,))
                    if not self.waiting and self.after:
                        self._finish()
                return self.grad_outputs[k] if self.before else None

            values[i].register_hook(seen)
        return values[0] if single else type(result)(values)
