"""`Function`: an operation whose backward pass is written by hand."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from wengert import _custom, _tree
from wengert import _wengert as _w
from wengert._names import missing

__all__ = ["Function", "FunctionCtx", "NestedIOFunction", "once_differentiable"]


class _Result:
    """Stands among the saved tensors for result `number`, which holds the graph that holds the context."""

    __slots__ = ("number",)

    def __init__(self, number: int) -> None:
        self.number = number


class FunctionCtx:
    """What `forward` keeps for `backward`. Anything may be kept as an attribute; tensors go through
    `save_for_backward`."""

    def __init__(self) -> None:
        self.needs_input_grad: tuple[bool, ...] = ()
        self.materialize_grads = True
        self.to_save: tuple[Any, ...] = ()
        self.dirty: tuple[Any, ...] = ()
        self.non_differentiable: tuple[Any, ...] = ()
        self._results: list[Any] | None = None
        self._saved: list[tuple[Any, int]] = []

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
        out = []
        for value, version in self._saved:
            if isinstance(value, _Result):
                if self._results is None:
                    raise RuntimeError("saved_tensors: a saved result can only be read in backward")
                out.append(self._results[value.number])
                continue
            if value is not None and value._version != version:
                raise RuntimeError(
                    "one of the variables needed for gradient computation has been modified by an inplace "
                    "operation: "
                    f"a tensor of shape {tuple(value.shape)} that was given to save_for_backward is at "
                    f"version {value._version}; "
                    f"expected version {version} instead. Clone it before it is saved, or change it out of "
                    f"place."
                )
            out.append(value)
        return tuple(out)

    def mark_dirty(self, *tensors: Any) -> None:
        """Say which inputs `forward` changed in place and returns."""
        self.dirty = tensors

    def mark_non_differentiable(self, *tensors: Any) -> None:
        """Say which results have no gradient."""
        self.non_differentiable = tensors

    def set_materialize_grads(self, value: bool) -> None:
        """Whether `backward` gets zeros (the default) or None for results that have no cotangent."""
        self.materialize_grads = value

    def _keep(self, results: list[Any]) -> None:
        """Take over what forward asked to save, with the results by their number."""
        numbers = {id(result): number for number, result in enumerate(results)}
        for tensor in self.to_save:
            if tensor is not None and id(tensor) in numbers:
                self._saved.append((_Result(numbers[id(tensor)]), 0))
            else:
                self._saved.append((tensor, 0 if tensor is None else tensor._version))
        self.to_save = ()


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
        inputs = [arg for arg in args if isinstance(arg, _w.Cell)]
        if any(_w.is_wrapped(arg) for arg in inputs):
            return _transformed(cls, args, kwargs)
        return _recorded(cls, args, inputs, kwargs)


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


def _recorded(cls: type[Function], args: tuple[Any, ...], inputs: list[Any], kwargs: dict[str, Any]) -> Any:
    """Run on plain tensors, and record one node."""
    ctx = FunctionCtx()
    recording = _w.is_grad_enabled()
    ctx.needs_input_grad = tuple(recording and isinstance(arg, _w.Cell) and arg.requires_grad for arg in args)
    places = [i for i, arg in enumerate(args) if isinstance(arg, _w.Cell)]
    _w.set_grad_enabled(False)
    try:
        output = _runs_forward(cls, ctx, args, kwargs)
    finally:
        _w.set_grad_enabled(recording)
    several = isinstance(output, (tuple, list))
    outs = list(output) if several else [output]
    if not any(ctx.needs_input_grad):
        return output
    cells = [i for i, out in enumerate(outs) if isinstance(out, _w.Cell)]
    dirty = {id(tensor) for tensor in ctx.dirty}
    same = {id(arg) for arg in inputs}
    fixed = {id(tensor) for tensor in ctx.non_differentiable}
    results = [outs[i] for i in cells]
    ctx._keep(results)
    # An input that comes out as it went in is a new tensor in the graph; one that was changed in place becomes the result.
    plain = [_w.detach(out) if id(out) in same else out for out in results]
    smooth = [id(out) not in fixed and _is_float(out) for out in results]

    def backward(cotangents: list[Any], values: list[Any]) -> list[Any]:
        grads: list[Any] = [None] * len(outs)
        for i, cotangent, value, real in zip(cells, cotangents, values, smooth):
            if cotangent is None and ctx.materialize_grads:
                cotangent = _w.zeros_like(value)
            grads[i] = cotangent
        ctx._results = values
        try:
            parts = _pulled(cls, ctx, grads, len(args))
        finally:
            ctx._results = None
        return [parts[i] for i in places]

    recorded = _w.function(cls.__name__, inputs, plain, backward, smooth)
    for i, before, after in zip(cells, results, recorded):
        if id(before) in dirty:
            outs[i] = _w.become(before, after)
        else:
            outs[i] = after
    return tuple(outs) if several else outs[0]


def _is_float(cell: Any) -> bool:
    dtype = cell.dtype
    return bool(getattr(dtype, "is_floating_point", getattr(dtype, "name", dtype) in ("float32", "float64")))


def _transformed(cls: type[Function], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Run inside of a transform, by a rule that it can differentiate, batch and trace."""
    needs = tuple(isinstance(arg, _w.Cell) and _is_float(arg) for arg in args)

    def run(*values: Any) -> Any:
        return _runs_forward(cls, FunctionCtx(), values, kwargs)

    def forward(*values: Any) -> Any:
        ctx = FunctionCtx()
        ctx.needs_input_grad = needs
        output = _runs_forward(cls, ctx, values, kwargs)
        kept = {name: value for name, value in vars(ctx).items() if name not in _PRIVATE}
        return output, (ctx.to_save, kept, _Static(ctx.materialize_grads))

    def backward(residuals: Any, cotangent: Any) -> Any:
        saved, kept, materialize = residuals
        ctx = FunctionCtx()
        ctx.needs_input_grad = needs
        ctx.materialize_grads = materialize.value
        ctx._saved = [(tensor, 0 if tensor is None else tensor._version) for tensor in saved]
        vars(ctx).update(kept)
        grads = list(cotangent) if isinstance(cotangent, (tuple, list)) else [cotangent]
        return tuple(_pulled(cls, ctx, grads, len(args)))

    rule = _custom.custom_vjp(run)
    rule.defvjp(forward, backward)
    rule.__name__ = cls.__name__
    return rule(*args)


_PRIVATE = frozenset(vars(FunctionCtx()))


class _Static:
    """A value that is no tensor, among residuals."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


def once_differentiable(backward: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator of a `backward` that leaves the tensor operations: its results cannot be differentiated
    again."""

    @functools.wraps(backward)
    def wrapped(ctx: Any, *grads: Any) -> Any:
        recording = _w.is_grad_enabled()
        _w.set_grad_enabled(False)
        try:
            returned = backward(ctx, *grads)
        finally:
            _w.set_grad_enabled(recording)
        if not recording or not any(isinstance(g, _w.Cell) and g.requires_grad for g in grads):
            return returned
        return _tree.map(_refuse_again, returned)

    return wrapped


class _Once(Function):
    """A value that says, when it is differentiated, that it cannot be."""

    @staticmethod
    def forward(ctx: Any, value: Any) -> Any:
        return value.clone()

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        raise RuntimeError(
            "trying to differentiate twice a function that was marked with @once_differentiable"
        )


def _refuse_again(value: Any) -> Any:
    if not isinstance(value, _w.Cell):
        return value
    return _Once.apply(_w.detach(value).requires_grad_())


class NestedIOFunction(Function):
    """Named for programs that ask for it; `Function` itself takes any arguments."""


__getattr__ = missing(__name__, __all__)
