"""`tf.GradientTape`, `tf.custom_gradient`, `tf.stop_gradient` and the forward accumulator."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any

from wengert import _wengert as _n
from wengert.tensorflow import nest
from wengert.tensorflow._convert import Tensor, as_tensor, fresh, plain
from wengert.tensorflow._recording import Store, active
from wengert.tensorflow._variable import Variable

_log = logging.getLogger("wengert.tensorflow")
_said: dict[str, int] = {}


def _warn(words: str, *args: Any) -> None:
    """Says something, but not more than five times."""
    count = _said.get(words, 0)
    if count < 5:
        _said[words] = count + 1
        _log.warning(words, *args)


class UnconnectedGradients(Enum):
    """What a gradient is where the target does not depend on the source."""

    NONE = "none"
    ZERO = "zero"


class GradientTape:
    """Records what is done to watched tensors and variables, and gives gradients of the results.

    Trainable variables are watched as they are read. A tape answers once, unless it is persistent.

    >>> import wengert.tensorflow as tf
    >>> x = tf.Variable(3.0)
    >>> with tf.GradientTape() as tape:
    ...     y = x ** 2
    >>> tape.gradient(y, x)
    <tf.Tensor: shape=(), dtype=float32, numpy=6.0>

    Tapes nest:

    >>> with tf.GradientTape() as outer:
    ...     with tf.GradientTape() as inner:
    ...         y = x ** 3
    ...     dy = inner.gradient(y, x)
    >>> outer.gradient(dy, x).numpy()
    np.float32(18.0)
    """

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True) -> None:
        self._persistent = persistent
        self._watches_accessed = watch_accessed_variables
        self._recording = False
        self._used = False
        self._tape: Any = None
        self._clear()

    def _clear(self) -> None:
        self._current: dict[Store, tuple[Any, Any]] = {}
        self._cells: dict[Store, tuple[Variable, list[Any]]] = {}
        self._asked: dict[Store, Variable] = {}

    def __enter__(self) -> GradientTape:
        if self._recording:
            raise ValueError(
                "Tape is still recording, This can happen if you try to re-enter an already-active tape."
            )
        if self._tape is None:
            self._tape = _n.Tape(persistent=self._persistent, watch_accessed=False)
        self._tape.enter()
        active.tapes.append(self)
        self._recording = True
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if self._recording:
            self._stop()

    def _stop(self) -> None:
        active.tapes.remove(self)
        self._recording = False
        self._tape.exit()

    def watch(self, tensor: Any) -> None:
        """Records what is done to a tensor or variable, or to those in a nested structure, from now on."""
        if self._tape is None:
            raise RuntimeError("the tape records inside its `with` block: watch tensors there")
        for each in nest.flatten(tensor):
            if isinstance(each, Variable):
                if not each._store.watchable:
                    _not_floating("watched", each)
                self._asked[each._store] = each
            elif isinstance(each, Tensor):
                if not each.dtype.is_floating:
                    _not_floating("watched", each)
                else:
                    self._tape.watch(each)
            else:
                raise ValueError(
                    f"Passed in object {each} of type {type(each).__name__!r}, not tf.Tensor or tf.Variable or "
                    "ExtensionType."
                )

    @contextmanager
    def stop_recording(self) -> Iterator[None]:
        """A context in which nothing is recorded."""
        if not self._recording:
            raise ValueError("Tape is not recording.")
        place = active.tapes.index(self)
        self._stop()
        try:
            yield
        finally:
            self._tape.enter()
            active.tapes.insert(place, self)
            self._recording = True

    def reset(self) -> None:
        """Forgets what was recorded and watched, and records anew."""
        if not self._recording:
            raise ValueError("Tape is not recording.")
        self._tape.reset()
        self._clear()
        self._used = False

    def watched_variables(self) -> tuple[Variable, ...]:
        """The variables that the tape watches, in the order in which it met them."""
        met = {store: variable for store, (variable, _) in self._cells.items()}
        return tuple({**met, **self._asked}.values())

    def gradient(
        self,
        target: Any,
        sources: Any,
        output_gradients: Any = None,
        unconnected_gradients: UnconnectedGradients | str = UnconnectedGradients.NONE,
    ) -> Any:
        """The gradients of `target` with respect to `sources`, in the structure of `sources`.

        Targets that are not scalars are summed; `output_gradients` weighs their elements. A source that the
        target does not depend on has None, or zeros if `unconnected_gradients` is ZERO.

        >>> import wengert.tensorflow as tf
        >>> v = {"w": tf.Variable(2.0), "b": tf.Variable(1.0)}
        >>> with tf.GradientTape() as tape:
        ...     y = v["w"] * 3.0 + v["b"]
        >>> {k: float(g) for k, g in tape.gradient(y, v).items()}
        {'w': 3.0, 'b': 1.0}
        """
        zero = UnconnectedGradients(unconnected_gradients) is UnconnectedGradients.ZERO
        self._answering()
        targets = [self._target(t) for t in nest.flatten(target)]
        leaves = nest.flatten(sources)
        seeds = None
        if output_gradients is not None:
            given = nest.flatten(output_gradients)
            seeds = [None if g is None else as_tensor(g, t.dtype) for g, t in zip(given, targets)]
            if any(seed is None for seed in seeds):
                seeds = [_n.ones_like(t) if s is None else s for s, t in zip(seeds, targets)]
        for t in targets:
            if not t.dtype.is_floating:
                _not_floating("target", t)
        kept = [i for i, t in enumerate(targets) if t.dtype.is_floating]
        cells, counts = self._standing(leaves)
        found = (
            self._tape.gradient(
                [targets[i] for i in kept], cells, None if seeds is None else [seeds[i] for i in kept]
            )
            if kept and cells
            else [None] * len(cells)
        )
        return nest.pack_sequence_as(sources, self._summed(leaves, found, counts, zero))

    def jacobian(
        self,
        target: Any,
        sources: Any,
        unconnected_gradients: UnconnectedGradients | str = UnconnectedGradients.NONE,
        parallel_iterations: int | None = None,
        experimental_use_pfor: bool = True,
    ) -> Any:
        """The Jacobians of one tensor: each has the shape of `target` followed by that of the source.

        >>> import wengert.tensorflow as tf
        >>> x = tf.Variable([1.0, 2.0])
        >>> with tf.GradientTape() as tape:
        ...     y = x * x
        >>> tape.jacobian(y, x).numpy()
        array([[2., 0.],
               [0., 4.]], dtype=float32)
        """
        zero = UnconnectedGradients(unconnected_gradients) is UnconnectedGradients.ZERO
        self._answering()
        whole = self._target(target)
        leaves = nest.flatten(sources)
        cells, counts = self._standing(leaves)
        found = self._tape.jacobian(whole, cells) if whole.dtype.is_floating else [None] * len(cells)
        return nest.pack_sequence_as(sources, self._summed(leaves, found, counts, zero, tuple(whole.shape)))

    def batch_jacobian(
        self,
        target: Any,
        source: Any,
        unconnected_gradients: UnconnectedGradients | str = UnconnectedGradients.NONE,
        parallel_iterations: int | None = None,
        experimental_use_pfor: bool = True,
    ) -> Any:
        """The Jacobian of each row of `target` with respect to the same row of `source`: `(b, …)` and `(b, …)`
        give `(b, …, …)`. Rows must depend on their own row alone.

        >>> import wengert.tensorflow as tf
        >>> x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
        >>> with tf.GradientTape() as tape:
        ...     tape.watch(x)
        ...     y = x * x
        >>> tape.batch_jacobian(y, x).shape
        TensorShape([2, 2, 2])
        """
        zero = UnconnectedGradients(unconnected_gradients) is UnconnectedGradients.ZERO
        whole = self._target(target)
        if whole.ndim < 1 or source.shape.rank < 1 or whole.shape[0] != source.shape[0]:
            raise ValueError(
                f"Need first dimension of target shape ({whole.shape}) and source shape ({source.shape}) to match."
            )
        self._answering()
        cells, counts = self._standing([source])
        found = [self._tape.batch_jacobian(whole, cell) for cell in cells]
        shape = tuple(whole.shape)
        return self._summed([source], found, counts, zero, shape, own=tuple(source.shape)[1:])[0]

    def _answering(self) -> None:
        """Notes that an answer is given, which a tape does once."""
        if self._tape is None or self._used and not self._persistent:
            raise RuntimeError(
                "A non-persistent GradientTape can only be used to compute one set of gradients (or jacobians)"
            )
        self._used = True
        if not self._recording:
            return
        if not self._persistent:
            self._stop()
        else:
            _warn(
                "Calling GradientTape.gradient on a persistent tape inside its context is significantly less "
                "efficient than calling it outside the context (it causes the gradient ops to be recorded on the "
                "tape, leading to increased CPU and memory usage). Only call GradientTape.gradient inside the "
                "context if you actually want to trace the gradient in order to compute higher order derivatives."
            )

    def _target(self, target: Any) -> Any:
        if not isinstance(target, Variable):
            return as_tensor(target)
        if self._recording:
            return target._read()
        with self:
            return target._read()

    def _standing(self, leaves: list[Any]) -> tuple[list[Any], list[int]]:
        """The tensors that stand for the sources, and how many there are for each: a variable has one for each
        value that was read."""
        cells: list[Any] = []
        counts: list[int] = []
        for leaf in leaves:
            if isinstance(leaf, Variable):
                own = self._cells.get(leaf._store, (leaf, []))[1]
            elif isinstance(leaf, Tensor):
                if not leaf.dtype.is_floating:
                    _not_floating("source", leaf)
                own = [leaf] if leaf.dtype.is_floating else []
            elif hasattr(leaf, "__wengert__"):
                own = []
            else:
                raise TypeError(f"sources are tensors and variables, not {type(leaf).__name__}: {leaf!r}")
            cells += own
            counts.append(len(own))
        return cells, counts

    def _summed(
        self,
        leaves: list[Any],
        found: list[Any],
        counts: list[int],
        zero: bool,
        front: tuple[int, ...] = (),
        own: tuple[int, ...] | None = None,
    ) -> list[Any]:
        gradients: list[Any] = []
        start = 0
        for leaf, count in zip(leaves, counts):
            total = None
            for part in found[start : start + count]:
                if part is not None:
                    total = part if total is None else _n.add(total, part)
            start += count
            if total is None and zero:
                shape = front + (tuple(leaf.shape) if own is None else own)
                total = _n.zeros(Tensor, shape, leaf.dtype)
            gradients.append(total)
        return gradients


def _not_floating(what: str, tensor: Any) -> None:
    if what == "watched":
        _warn("The dtype of the watched tensor must be floating (e.g. tf.float32), got %r", tensor.dtype)
    else:
        _warn(
            f"The dtype of the {what} tensor must be floating (e.g. tf.float32) when calling GradientTape.gradient, "
            "got %r",
            tensor.dtype,
        )


def stop_gradient(input: Any, name: str | None = None) -> Any:
    """The value of `input` as a constant: no gradient goes through it.

    >>> import wengert.tensorflow as tf
    >>> x = tf.Variable(3.0)
    >>> with tf.GradientTape() as tape:
    ...     y = tf.stop_gradient(x * x) * x
    >>> tape.gradient(y, x).numpy()
    np.float32(9.0)
    """
    return plain(as_tensor(input))


def custom_gradient(f: Callable[..., Any] | None = None) -> Any:
    """A function with a gradient of its own: `f` returns the result, and the function from the gradient of the
    result to those of the arguments. If `f` uses variables, that function takes `variables=` and returns also the
    list of their gradients.

    >>> import wengert.tensorflow as tf
    >>> @tf.custom_gradient
    ... def clipped(x):
    ...     return x, lambda upstream: tf.clip_by_norm(upstream, 0.5)
    >>> v = tf.Variable(2.0)
    >>> with tf.GradientTape() as tape:
    ...     y = clipped(v * v)
    >>> tape.gradient(y, v).numpy()
    np.float32(2.0)
    """
    if f is None:
        return custom_gradient

    @functools.wraps(f)
    def decorated(*args: Any, **kwargs: Any) -> Any:
        own = [isinstance(arg, Variable) for arg in args]
        inputs = [
            as_tensor(arg) if isinstance(arg, Tensor) or hasattr(arg, "__wengert__") else arg for arg in args
        ]
        tensors = [as_tensor(x) for x in nest.flatten(inputs)]
        inputs = nest.pack_sequence_as(inputs, tensors)
        watcher = GradientTape()
        with watcher:
            result, grad_fn = f(*inputs, **kwargs)
        # the variables that `f` reads by itself are inputs too
        given = {arg._store for arg, mine in zip(args, own) if mine}
        variables = [v for v in watcher.watched_variables() if v._store not in given]
        outs = [fresh(plain(as_tensor(out))) for out in nest.flatten(result)]
        reads = [v._read() for v in variables]

        def backward(cotangents: list[Any]) -> list[Any]:
            upstream = [_n.zeros_like(out) if c is None else c for c, out in zip(cotangents, outs)]
            if variables:
                gradients, of_variables = grad_fn(*upstream, variables=variables)
            else:
                gradients, of_variables = grad_fn(*upstream), []
            gradients = list(gradients) if isinstance(gradients, (list, tuple)) else [gradients]
            gradients = nest.flatten(gradients)
            if len(gradients) != len(tensors):
                raise ValueError(
                    f"custom_gradient function expected to return {len(tensors)} gradients, but returned "
                    f"{len(gradients)} instead."
                )
            both = gradients + list(of_variables)
            return [g if g is None else as_tensor(g) for g in both]

        made = _n.record(getattr(f, "__name__", "CustomGradient"), outs, tensors + reads, backward)
        return nest.pack_sequence_as(result, made)

    return decorated


def recompute_grad(f: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, whose intermediate values are computed again when the gradient is taken."""

    @functools.wraps(f)
    def decorated(*args: Any, **kwargs: Any) -> Any:
        return f(*args, **kwargs)

    return decorated


class ForwardAccumulator:
    """Jacobian-vector products of what is computed in its context.

    >>> import wengert.tensorflow as tf
    >>> x = tf.constant(3.0)
    >>> with tf.autodiff.ForwardAccumulator(primals=x, tangents=tf.constant(2.0)) as acc:
    ...     y = x * x
    >>> acc.jvp(y).numpy()
    np.float32(12.0)
    """

    def __init__(self, primals: Any, tangents: Any) -> None:
        self._primals = nest.flatten(primals)
        self._tangents = [as_tensor(t) for t in nest.flatten(tangents)]
        for primal, tangent in zip(self._primals, self._tangents):
            if tuple(primal.shape) != tuple(tangent.shape):
                raise ValueError(f"a tangent of shape {tangent.shape} for a primal of shape {primal.shape}")
        self._tape = GradientTape(persistent=True, watch_accessed_variables=False)

    def __enter__(self) -> ForwardAccumulator:
        self._tape.__enter__()
        self._tape.watch(self._primals)
        return self

    def __exit__(self, *error: Any) -> None:
        self._tape.__exit__(*error)

    def jvp(
        self, primals: Any, unconnected_gradients: UnconnectedGradients | str = UnconnectedGradients.NONE
    ) -> Any:
        """The derivatives of tensors along the tangents, in their structure."""
        zero = UnconnectedGradients(unconnected_gradients) is UnconnectedGradients.ZERO
        return nest.map_structure(lambda out: self._pushed(out, zero), primals)

    def _pushed(self, out: Any, zero: bool) -> Any:
        out = as_tensor(out)
        recording = self._tape._recording
        if recording:
            self._tape._stop()
        try:
            with GradientTape() as transposed:
                seed = _n.zeros_like(out)
                transposed.watch(seed)
                pulled = self._tape.gradient(out, self._primals, output_gradients=seed)
            pairs = [(g, t) for g, t in zip(pulled, self._tangents) if g is not None]
            pushed = None
            if pairs:
                pushed = transposed.gradient([g for g, _ in pairs], seed, [t for _, t in pairs])
            return _n.zeros_like(out) if pushed is None and zero else pushed
        finally:
            if recording:
                self._tape.__enter__()
