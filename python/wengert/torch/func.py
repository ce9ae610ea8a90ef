"""`torch.func`: transforms of functions, with PyTorch's names and arguments.

>>> import wengert.torch as torch
>>> from wengert.torch.func import grad, vmap
>>> grad(torch.sin)(torch.tensor(0.0))
tensor(1.)
>>> vmap(grad(lambda x: x ** 3))(torch.tensor([1.0, 2.0]))
tensor([ 3., 12.])
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TYPE_CHECKING

from wengert import _jacobians, _transforms, _tree, _vmap
from wengert import _wengert as _w
from wengert._flat import named_after
from wengert._names import missing

__all__ = [
    "debug_unwrap",
    "functional_call",
    "functionalize",
    "grad",
    "grad_and_value",
    "hessian",
    "jacfwd",
    "jacrev",
    "jvp",
    "linearize",
    "replace_all_batch_norm_modules_",
    "stack_module_state",
    "vjp",
    "vmap",
]


def grad(
    func: Callable[..., Any], argnums: int | tuple[int, ...] = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """The gradient of a function that returns one number; with `has_aux` ``(gradient, aux)``.

    >>> import wengert.torch as torch
    >>> torch.func.grad(lambda x, y: x * y, argnums=(0, 1))(torch.tensor(2.0), torch.tensor(5.0))
    (tensor(5.), tensor(2.))
    """
    return _transforms.grad(func, argnums, has_aux)


def grad_and_value(
    func: Callable[..., Any], argnums: int | tuple[int, ...] = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """The gradient and the value: ``(gradient, value)``; with `has_aux` ``(gradient, (value, aux))``."""
    both = _transforms.value_and_grad(func, argnums, has_aux)

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        value, gradient = both(*args, **kwargs)
        return gradient, value

    return named_after(func, wrapped)


def vjp(func: Callable[..., Any], *primals: Any, has_aux: bool = False) -> tuple[Any, ...]:
    """``(value, pullback)``; with `has_aux` ``(value, pullback, aux)``. The pullback gives a tuple, one part
    for each primal."""
    return _transforms.vjp(func, *primals, has_aux=has_aux)


def jvp(
    func: Callable[..., Any],
    primals: Any,
    tangents: Any,
    *,
    strict: bool = False,
    has_aux: bool = False,
) -> tuple[Any, ...]:
    """The value of `func` and its derivative along `tangents`; with `has_aux` the auxiliary result too."""
    return _transforms.jvp(func, primals, tangents, has_aux)


def linearize(func: Callable[..., Any], *primals: Any) -> tuple[Any, ...]:
    """The value of `func` and its derivative there as a function of tangents."""
    return _transforms.linearize(func, *primals)


def jacrev(
    func: Callable[..., Any],
    argnums: int | tuple[int, ...] = 0,
    *,
    has_aux: bool = False,
    chunk_size: int | None = None,
    _preallocate_and_copy: bool = False,
) -> Callable[..., Any]:
    """The Jacobian in reverse mode. `chunk_size` is taken and not needed."""
    return _jacobians.jacrev(func, argnums, has_aux)


def jacfwd(
    func: Callable[..., Any],
    argnums: int | tuple[int, ...] = 0,
    has_aux: bool = False,
    *,
    randomness: str = "error",
) -> Callable[..., Any]:
    """The Jacobian in forward mode."""
    _randomness(randomness)
    return _jacobians.jacfwd(func, argnums, has_aux)


def hessian(func: Callable[..., Any], argnums: int | tuple[int, ...] = 0) -> Callable[..., Any]:
    """The second derivatives, forward over reverse mode."""
    return _jacobians.hessian(func, argnums)


def vmap(
    func: Callable[..., Any],
    in_dims: Any = 0,
    out_dims: Any = 0,
    randomness: str = "error",
    *,
    chunk_size: int | None = None,
) -> Callable[..., Any]:
    """Map `func` over a dimension of its arguments. Keyword arguments are handed on as they are.

    `chunk_size` limits how many steps are computed at a time. With ``randomness="same"`` (and ``"error"``) random
    numbers drawn inside are the same for every step; with ``"different"`` the steps run one after the other, each
    with numbers of its own.
    """
    _randomness(randomness)
    if chunk_size is not None and chunk_size < 1:
        raise ValueError(f"vmap: chunk_size should be None or greater than 0. (got {chunk_size})")

    def mapped(*args: Any, **kwargs: Any) -> Any:
        def bound(*positional: Any) -> Any:
            return func(*positional, **kwargs)

        dims = tuple(in_dims) if isinstance(in_dims, list) else in_dims
        if randomness == "different":
            return _in_chunks(bound, args, dims, out_dims, 1)
        if chunk_size is None:
            return _vmap.call(bound, args, {}, dims, out_dims, None)
        return _in_chunks(bound, args, dims, out_dims, chunk_size)

    return named_after(func, mapped)


def _randomness(randomness: str) -> None:
    if randomness not in ("error", "same", "different"):
        raise ValueError(
            f"Only allowed values for randomness are 'error', 'different', or 'same'. Got {randomness}"
        )


def _in_chunks(
    func: Callable[..., Any], args: tuple[Any, ...], in_dims: Any, out_dims: Any, size: int
) -> Any:
    leaves, structure = _tree.flatten(args)
    dims = _tree.broadcast_prefix(in_dims, structure, "vmap: in_dims", _vmap._is_axis)
    _vmap._check(leaves, dims, _vmap._names(args, {}))
    sizes = [leaf.shape[dim] for leaf, dim in zip(leaves, dims) if dim is not None]
    count = sizes[0] if sizes else 0
    if count <= size:
        return _vmap.call(func, args, {}, in_dims, out_dims, None)
    parts: list[Any] = []
    for start in range(0, count, size):
        length = min(size, count - start)
        piece = [
            leaf if dim is None else _w.narrow(leaf, dim, start, length)
            for leaf, dim in zip(leaves, dims, strict=True)
        ]
        parts.append(_vmap.call(func, _tree.unflatten(structure, piece), {}, in_dims, out_dims, None))
    first, out = _tree.flatten(parts[0])
    wanted = _tree.broadcast_prefix(out_dims, out, "vmap: out_dims", _vmap._is_axis)
    groups = zip(*[_tree.leaves(part) for part in parts])
    joined = [
        group[0] if dim is None else _w.concatenate(list(group), dim) for group, dim in zip(groups, wanted)
    ]
    return _tree.unflatten(out, joined)


def functionalize(func: Callable[..., Any], *, remove: str = "mutations") -> Callable[..., Any]:
    """`func` itself: what it does in place is recorded as functional steps already."""
    if remove not in ("mutations", "mutations_and_views"):
        raise RuntimeError(f"functionalize: remove is 'mutations' or 'mutations_and_views', got {remove!r}")
    return func


def debug_unwrap(tensor: Any, *, recurse: bool = True) -> Any:
    """The value of a tensor inside `grad` or `jvp`, to look at. No derivative flows through it; `vmap` has none to show."""
    return _w.primal(tensor)


# Modules as functions of their parameters.


def functional_call(
    module: Any,
    parameter_and_buffer_dicts: Mapping[str, Any] | Sequence[Mapping[str, Any]],
    args: Any = None,
    kwargs: Mapping[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """Call a module with the given tensors in place of its parameters and buffers, by their names.

    >>> import wengert.torch as torch
    >>> layer = torch.nn.Linear(2, 1)
    >>> weights = {"weight": torch.ones(1, 2), "bias": torch.zeros(1)}
    >>> torch.func.functional_call(layer, weights, (torch.ones(2),))
    tensor([2.])
    """
    if isinstance(parameter_and_buffer_dicts, Mapping):
        given = dict(parameter_and_buffer_dicts)
    elif isinstance(parameter_and_buffer_dicts, (list, tuple)):
        given = {}
        for part in parameter_and_buffer_dicts:
            if not isinstance(part, Mapping):
                raise ValueError(
                    f"Expected all elements of parameter_and_buffer_dicts to be dicts, got {type(part)}"
                )
            for name, value in part.items():
                if name in given:
                    raise ValueError(
                        f"{name} appears in multiple dictionaries; behavior of functional call is ambiguous"
                    )
                given[name] = value
    else:
        raise ValueError(
            f"Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, "
            f"but got {type(parameter_and_buffer_dicts)}"
        )
    args = () if args is None else args if isinstance(args, tuple) else (args,)
    with _in_place_of(module, given, tie_weights, strict):
        return module(*args, **(kwargs or {}))


@contextmanager
def _in_place_of(module: Any, given: dict[str, Any], tie_weights: bool, strict: bool) -> Iterator[None]:
    own: dict[str, Any] = dict(module.named_parameters(remove_duplicate=False))
    own.update(module.named_buffers(remove_duplicate=False))
    unexpected = [name for name in given if name not in own]
    if strict and (unexpected or len(given) < len(own)):
        lacking = [name for name in own if name not in given]
        raise RuntimeError(f"functional_call: unexpected names {unexpected}, missing names {lacking}")
    if unexpected:
        raise KeyError(
            f"functional_call: {type(module).__name__} has no parameter or buffer {unexpected[0]!r}; it "
            f"has {list(own)}"
        )
    values = dict(given)
    if tie_weights:
        by_tensor = {id(own[name]): value for name, value in given.items()}
        for name, tensor in own.items():
            if name not in values and id(tensor) in by_tensor:
                values[name] = by_tensor[id(tensor)]
    places = []
    for name, value in values.items():
        path, _, last = name.rpartition(".")
        holder = module.get_submodule(path) if path else module
        table = holder._parameters if last in holder._parameters else holder._buffers
        places.append((table, last, table[last], value))
    try:
        for table, last, _, value in places:
            table[last] = value
        yield
    finally:
        for table, last, before, _ in places:
            table[last] = before


def stack_module_state(models: Sequence[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The parameters and the buffers of several modules of one kind, each stacked along a new dimension 0,
    for `vmap`.

    >>> import wengert.torch as torch
    >>> parameters, buffers = torch.func.stack_module_state([torch.nn.Linear(2, 3) for _ in range(5)])
    >>> parameters["weight"].shape
    torch.Size([5, 3, 2])
    """
    if not models:
        raise RuntimeError("stack_module_state: Expected at least one model, got 0.")
    if any(type(model) is not type(models[0]) for model in models):
        raise RuntimeError("stack_module_state: Expected all models to be of the same class.")
    if any(model.training != models[0].training for model in models):
        raise RuntimeError("stack_module_state: Expected all models to have the same training/eval mode.")
    parameters = [dict(model.named_parameters()) for model in models]
    buffers = [dict(model.named_buffers()) for model in models]

    def stacked(tables: list[dict[str, Any]], leaf: bool) -> dict[str, Any]:
        out = {}
        for name, first in tables[0].items():
            value = _w.stack([_w.detach(table[name]) for table in tables], 0)
            out[name] = value.requires_grad_() if leaf and first.requires_grad else value
        return out

    return stacked(parameters, True), stacked(buffers, False)


def replace_all_batch_norm_modules_(root: Any) -> Any:
    """Make the batch normalisations of a module use the statistics of their batch, in place; returns the module."""
    for module in root.modules():
        if hasattr(module, "track_running_stats") and "running_mean" in module._buffers:
            module.track_running_stats = False
            for name in ("running_mean", "running_var", "num_batches_tracked"):
                if name in module._buffers:
                    module._buffers[name] = None
    return root


if not TYPE_CHECKING:
    __getattr__ = missing(__name__, __all__)
