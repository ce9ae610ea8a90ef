"""`Function`: an operation whose backward pass is written by hand."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, TYPE_CHECKING

from wengert import _tree
from wengert import _wengert as _w
from wengert._names import missing

__all__ = ["Function", "FunctionCtx", "NestedIOFunction", "once_differentiable"]


class FunctionCtx:
    """What `forward` keeps for `backward`. Anything may be kept as an attribute; tensors go through
    `save_for_backward`.
    """

    def __init__(self) -> None:
        self.needs_input_grad: tuple[bool, ...] = ()
        self.materialize_grads = True
        self.to_save: tuple[Any, ...] = ()
        self.dirty: tuple[Any, ...] = ()
        self.non_differentiable: tuple[Any, ...] = ()

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep tensors, inputs and results above all, for `backward`; None may be among them."""
        for tensor in tensors:
            if tensor is not None and not isinstance(tensor, _w.Cell):
                raise TypeError(
                    f"save_for_backward can only save variables, but argument is of type "
                    f"{type(tensor).__name__}"
                )
        self.to_save = tensors

    def save_for_forward(self, *tensors: Any) -> None:
        """Keep tensors for forward mode, which is derived from `backward` here: they are not needed."""

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """The tensors that were saved, in their order."""
        return self.to_save

    def mark_dirty(self, *tensors: Any) -> None:
        """Say which inputs `forward` changed in place and returns."""
        self.dirty = tensors

    def mark_non_differentiable(self, *tensors: Any) -> None:
        """Say which results have no gradient."""
        self.non_differentiable = tensors

    def set_materialize_grads(self, value: bool) -> None:
        """Whether `backward` gets zeros (the default) or None for results that have no cotangent."""
        self.materialize_grads = value


class _FunctionMeta(type):
    """A Function is used through `apply`."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(
            f"{cls.__name__} is a Function with static methods: call {cls.__name__}.apply(...), not "
            f"{cls.__name__}(...)"
        )


class Function(metaclass=_FunctionMeta):
    """An operation with its own backward pass. Subclass it with static methods `forward` and `backward`, and
    call `apply`.

    ``forward(ctx, *args)`` computes, and keeps what is needed in `ctx`; or ``forward(*args)`` with
    ``setup_context(ctx, inputs, output)`` beside it. ``backward(ctx, *grads)`` gets a cotangent for each
    result, and returns a gradient (or None) for each argument. It is made of tensor operations, so it can be
    differentiated again.

    >>> import wengert.torch as torch
    >>> class Exp(torch.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         result = x.exp()
    ...         ctx.save_for_backward(result)
    ...         return result
    ...     @staticmethod
    ...     def backward(ctx, g):
    ...         (result,) = ctx.saved_tensors
    ...         return g * result
    >>> x = torch.tensor(0.0, requires_grad=True)
    >>> y = Exp.apply(x)
    >>> y
    tensor(1., grad_fn=<ExpBackward>)
    >>> y.backward()
    >>> x.grad
    tensor(1.)
    """

    generate_vmap_rule = True

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """Compute the result. Override it."""
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> Any:
        """Keep what `backward` needs, where `forward` takes no `ctx`."""
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """The gradient of each argument of `forward`, from those of its results. Override it."""
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom autograd.Function to use "
            "it with "
            "backward mode AD."
        )

    vjp = backward

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Run `forward`, and record `backward`."""
        places = [i for i, arg in enumerate(args) if isinstance(arg, _w.Cell)]
        recording = _w.is_grad_enabled()
        needs = tuple(
            isinstance(arg, _w.Cell) and (_w.is_wrapped(arg) or (recording and arg.requires_grad))
            for arg in args
        )
        if any(needs):
            return _Call(cls, args, kwargs, places, needs).run()
        _w.set_grad_enabled(False)
        try:
            ctx = FunctionCtx()
            ctx.needs_input_grad = needs
            return _runs_forward(cls, ctx, args, kwargs)
        finally:
            _w.set_grad_enabled(recording)


def _runs_forward(
    cls: type[Function], ctx: FunctionCtx, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """Run forward in the style it is written in."""
    if cls.setup_context is Function.setup_context:
        return cls.forward(ctx, *args, **kwargs)
    output = cls.forward(*args, **kwargs)
    cls.setup_context(ctx, args, output)
    return output


def _pulled(cls: type[Function], ctx: FunctionCtx, grads: list[Any], count: int) -> list[Any]:
    """Run backward: a gradient or None for each argument."""
    pull = cls.backward if cls.backward is not Function.backward else cls.vjp
    returned = pull(ctx, *grads)
    parts = list(returned) if isinstance(returned, (tuple, list)) else [returned]
    if len(parts) > count and all(part is None for part in parts[count:]):
        parts = parts[:count]
    if len(parts) != count:
        raise RuntimeError(
            f"function {cls.__name__}Backward returned an incorrect number of gradients (expected {count}, "
            f"got {len(parts)})"
        )
    for part in parts:
        if part is not None and not isinstance(part, _w.Cell):
            raise TypeError(
                f"function {cls.__name__}Backward: expected a Tensor or None as gradient, got "
                f"{type(part).__name__}"
            )
    return parts


class _Call:
    """One application of a Function, as the engine sees it: functions of lists of tensors.

    Saved tensors are remembered as input 3 or result 0, so that backward gets those of the sweep that runs,
    which can be differentiated again; and so that no context holds the graph that holds it. What else was
    saved, and tensors among the attributes of the context, travel beside the results.
    """

    def __init__(
        self,
        cls: type[Function],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        places: list[int],
        needs: tuple[bool, ...],
    ) -> None:
        self.cls = cls
        self.inputs = [args[i] for i in places]
        self.args = [None if i in places else arg for i, arg in enumerate(args)]
        self.kwargs = kwargs
        self.places = places
        self.needs = needs

    def run(self) -> Any:
        """The results, recorded."""
        inputs = self.inputs
        del self.inputs  # the graph must not hold its own inputs twice
        results = _w.function(self.cls.__name__, inputs, self.forward, self.backward)
        out = list(self.rest)
        for place, result, constant in zip(self.result_places, results, self.constant):
            out[place] = _w.detach(result) if constant else result
        for number, place in self.dirty:
            out[place] = _w.become(inputs[number], out[place])
        return tuple(out) if self.several else out[0]

    def forward(self, cells: list[Any]) -> tuple[list[Any], list[Any]]:
        """Run forward on plain tensors: the results, and what else backward needs."""
        ctx = FunctionCtx()
        ctx.needs_input_grad = self.needs
        args = list(self.args)
        for place, cell in zip(self.places, cells):
            args[place] = cell
        output = _runs_forward(self.cls, ctx, tuple(args), self.kwargs)
        self.several = isinstance(output, (tuple, list))
        outs = output if self.several else (output,)
        self.number = len(outs)
        self.rest = [None if isinstance(out, _w.Cell) else out for out in outs]
        self.result_places = places = [i for i, out in enumerate(outs) if isinstance(out, _w.Cell)]
        results = [outs[i] for i in places]
        fixed = ctx.non_differentiable
        self.constant = (
            [_at(fixed, result) is not None for result in results] if fixed else [False] * len(results)
        )
        changed = ctx.dirty
        self.dirty = (
            [
                (number, place)
                for number, cell in enumerate(cells)
                if _at(changed, cell) is not None
                for place in places
                if outs[place] is cell
            ]
            if changed
            else []
        )
        extras: list[Any] = []

        def place_of(tensor: Any) -> tuple[int, int]:
            if tensor is None:
                return (_NONE, 0)
            found = None if changed and _at(changed, tensor) is not None else _at(cells, tensor)
            if found is not None:
                return (_INPUT, found)
            found = _at(results, tensor)
            if found is not None:
                return (_RESULT, found)
            found = _at(extras, tensor)
            if found is None:
                found = len(extras)
                extras.append(tensor)
            return (_EXTRA, found)

        self.saved = [place_of(tensor) for tensor in ctx.to_save]
        self.materialize = ctx.materialize_grads
        kept = vars(ctx)
        self.attributes: dict[str, Any] = {}
        self.tensors: dict[str, tuple[int, int]] = {}
        if len(kept) > len(_PRIVATE):
            for name, value in kept.items():
                if name in _PRIVATE:
                    continue
                if isinstance(value, _w.Cell):
                    self.tensors[name] = place_of(value)
                else:
                    self.attributes[name] = value
        return results, extras

    def backward(
        self,
        cotangents: list[Any],
        inputs: list[Any],
        results: list[Any],
        extras: list[Any],
        wanted: list[bool],
    ) -> list[Any]:
        """Run backward on the tensors of a sweep: a gradient or None for each input."""
        sources = (inputs, results, extras, (None,))
        ctx = FunctionCtx()
        if self.attributes:
            vars(ctx).update(self.attributes)
        for name, (kind, i) in self.tensors.items():
            setattr(ctx, name, sources[kind][i])
        ctx.to_save = tuple([sources[kind][i] for kind, i in self.saved])
        needs = list(self.needs)
        for place, used in zip(self.places, wanted):
            needs[place] = needs[place] and used
        ctx.needs_input_grad = tuple(needs)
        grads: list[Any] = [None] * self.number
        for place, cotangent, result in zip(self.result_places, cotangents, results):
            if cotangent is None and self.materialize:
                cotangent = _w.zeros_like(result)
            grads[place] = cotangent
        parts = _pulled(self.cls, ctx, grads, len(self.args))
        return [parts[place] for place in self.places]


_PRIVATE = frozenset(vars(FunctionCtx()))
_INPUT, _RESULT, _EXTRA, _NONE = range(4)


def _at(tensors: Sequence[Any], tensor: Any) -> int | None:
    """Where the very tensor stands among others."""
    for i, one in enumerate(tensors):
        if one is tensor:
            return i
    return None


def once_differentiable(backward: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator of a `backward` that leaves the tensor operations: its results cannot be differentiated
    again."""

    @functools.wraps(backward)
    def wrapped(ctx: Any, *grads: Any) -> Any:
        again = any(isinstance(g, _w.Cell) and (g.requires_grad or _w.is_wrapped(g)) for g in grads)
        plain = [_w.detach(g) if isinstance(g, _w.Cell) and g.requires_grad else g for g in grads]
        recording = _w.is_grad_enabled()
        _w.set_grad_enabled(False)
        try:
            returned = backward(ctx, *plain)
        finally:
            _w.set_grad_enabled(recording)
        if not again:
            return returned
        return _tree.map(
            lambda value: _Once.apply(value, *grads) if isinstance(value, _w.Cell) else value, returned
        )

    return wrapped


class _Once(Function):
    """A value that says, when it is differentiated, that it cannot be."""

    @staticmethod
    def forward(ctx: Any, value: Any, *grads: Any) -> Any:
        return value.clone()

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        raise RuntimeError(
            "trying to differentiate twice a function that was marked with @once_differentiable"
        )


class NestedIOFunction(Function):
    """Named for programs that ask for it; `Function` itself takes any arguments."""


if not TYPE_CHECKING:
    __getattr__ = missing(__name__, __all__)
