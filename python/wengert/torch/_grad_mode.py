"""Whether operations are recorded, as contexts and as decorators; each thread has its own switch."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from wengert import _wengert

F = TypeVar("F", bound=Callable[..., Any])

is_grad_enabled = _wengert.is_grad_enabled
_switch = _wengert.set_grad_enabled

_GENERATOR = 0x20


class _Mode:
    """A switch that is set on entering and put back on leaving."""

    __slots__ = ("_before",)
    _on = False

    def __enter__(self) -> None:
        self._before = is_grad_enabled()
        _switch(self._on)

    def __exit__(self, *exc: object) -> None:
        _switch(self._before)

    def _again(self) -> _Mode:
        return type(self)()

    def __call__(self, function: F) -> F:
        """Run a function, or each step of a generator, under the switch."""
        code = getattr(function, "__code__", None)
        if code is not None and code.co_flags & _GENERATOR:
            return self._steps(function)

        @wraps(function)
        def decorated(*args: Any, **kwargs: Any) -> Any:
            with self._again():
                return function(*args, **kwargs)

        return decorated  # type: ignore[return-value]

    def _steps(self, function: F) -> F:
        @wraps(function)
        def decorated(*args: Any, **kwargs: Any) -> Any:
            steps = function(*args, **kwargs)
            answer, error = None, None
            while True:
                try:
                    with self._again():
                        value = steps.send(answer) if error is None else steps.throw(error)
                except StopIteration as stop:
                    return stop.value
                answer, error = None, None
                try:
                    answer = yield value
                except GeneratorExit:
                    with self._again():
                        steps.close()
                    raise
                except BaseException as raised:
                    error = raised

        return decorated  # type: ignore[return-value]


class no_grad(_Mode):
    """Record nothing: `with torch.no_grad(): …`, or over a function, `@torch.no_grad()`.

    >>> x = torch.tensor(3.0, requires_grad=True)
    >>> with torch.no_grad():
    ...     y = x * 2
    >>> y.requires_grad
    False
    """

    __slots__ = ()

    def __new__(cls, function: Any = None) -> Any:
        made = object.__new__(cls)
        return made if function is None else made(function)


class enable_grad(_Mode):
    """Record again, inside of `no_grad`."""

    __slots__ = ()
    _on = True

    def __new__(cls, function: Any = None) -> Any:
        made = object.__new__(cls)
        return made if function is None else made(function)


class set_grad_enabled(_Mode):
    """Record or not, as `mode` says: at once, and until the end of a context if it is used as one."""

    __slots__ = ("_on",)

    def __init__(self, mode: bool) -> None:
        self._before = is_grad_enabled()
        self._on = bool(mode)
        _switch(self._on)

    def __enter__(self) -> None:
        _switch(self._on)

    def __call__(self, function: F) -> F:
        """Run a function under the switch; nothing is changed until then."""
        _switch(self._before)
        return super().__call__(function)

    def _again(self) -> _Mode:
        return set_grad_enabled(self._on)

    def __repr__(self) -> str:
        return f"torch.autograd.grad_mode.set_grad_enabled(mode={self._on})"


class inference_mode(_Mode):
    """Record nothing: what `no_grad` does, under the name used where a model is only run."""

    __slots__ = ("_on", "_asked", "_outer")
    _asked: bool

    def __new__(cls, mode: Any = True) -> Any:
        made = object.__new__(cls)
        made._asked = True if callable(mode) else bool(mode)
        return made(mode) if callable(mode) else made

    def __enter__(self) -> None:
        global _inference
        self._before = is_grad_enabled()
        self._outer = _inference
        if self._asked:
            _switch(False)
        _inference = self._asked

    def __exit__(self, *exc: object) -> None:
        global _inference
        _switch(self._before)
        _inference = self._outer

    def _again(self) -> _Mode:
        return inference_mode(self._asked)


_inference = False


def is_inference_mode_enabled() -> bool:
    """Whether the innermost `inference_mode` is on."""
    return _inference
