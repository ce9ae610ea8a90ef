"""Control flow, functions and modules. Everything runs at once; nothing is compiled."""

from __future__ import annotations

import builtins
import functools
from collections.abc import Callable, Sequence
from typing import Any

from wengert import _wengert as _n
from wengert.tensorflow import nest
from wengert.tensorflow._convert import Tensor, as_tensor
from wengert.tensorflow._variable import Variable
from wengert.tensorflow.errors import InvalidArgumentError


def function(
    func: Callable[..., Any] | None = None,
    input_signature: Any = None,
    autograph: bool = True,
    jit_compile: bool | None = None,
    reduce_retracing: bool = False,
    experimental_implements: Any = None,
    experimental_autograph_options: Any = None,
    experimental_attributes: Any = None,
    experimental_relax_shapes: Any = None,
    experimental_compile: Any = None,
    experimental_follow_type_hints: Any = None,
) -> Any:
    """A decorator that changes nothing: the function runs at once, step by step, every time it is called.

    >>> @function
    ... def twice(x):
    ...     return x + x
    >>> twice(as_tensor(2.0)).numpy()
    np.float32(4.0)
    """

    def decorate(f: Callable[..., Any]) -> Any:
        @functools.wraps(f)
        def decorated(*args: Any, **kwargs: Any) -> Any:
            return nest.map_structure(_returned, f(*args, **kwargs))

        decorated.python_function = f  # type: ignore[attr-defined]
        decorated.input_signature = input_signature  # type: ignore[attr-defined]
        decorated.get_concrete_function = lambda *args, **kwargs: decorated  # type: ignore[attr-defined]
        decorated.experimental_get_tracing_count = lambda: 1  # type: ignore[attr-defined]
        return decorated

    return decorate if func is None else decorate(func)


def _returned(x: Any) -> Any:
    """What a function hands out: numbers become tensors, as they do in TensorFlow."""
    if isinstance(x, Variable):
        return x.read_value()
    return as_tensor(x) if isinstance(x, (int, float)) else x


def py_function(func: Callable[..., Any], inp: Any, Tout: Any, name: str | None = None) -> Any:
    """The function's result, called at once."""
    return nest.map_structure(as_tensor, func(*inp))


def numpy_function(
    func: Callable[..., Any], inp: Any, Tout: Any, stateful: bool = True, name: str | None = None
) -> Any:
    """The result of a function of NumPy arrays, which does not differentiate."""
    return nest.map_structure(as_tensor, func(*[as_tensor(x).numpy() for x in inp]))


def cond(
    pred: Any,
    true_fn: Callable[[], Any] | None = None,
    false_fn: Callable[[], Any] | None = None,
    name: str | None = None,
) -> Any:
    """`true_fn()` if the condition holds, otherwise `false_fn()`.

    >>> cond(True, lambda: 1, lambda: 2)
    1
    """
    if not callable(true_fn) or not callable(false_fn):
        raise TypeError("`true_fn` and `false_fn` must be callable")
    return true_fn() if bool(pred) else false_fn()


def case(
    pred_fn_pairs: Any,
    default: Callable[[], Any] | None = None,
    exclusive: bool = False,
    strict: bool = False,
    name: str = "case",
) -> Any:
    """The function beside the first condition that holds, or the default."""
    for pred, f in pred_fn_pairs:
        if bool(pred):
            return f()
    if default is None:
        raise InvalidArgumentError("None of the conditions evaluated as True")
    return default()


def switch_case(
    branch_index: Any, branch_fns: Any, default: Callable[[], Any] | None = None, name: str = "switch_case"
) -> Any:
    """The function with a number, or the default, which is the last one if there is none."""
    branches = dict(branch_fns if not callable(branch_fns[0]) else enumerate(branch_fns))
    return branches.get(int(branch_index), default or branches[max(branches)])()


def while_loop(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    loop_vars: Any,
    shape_invariants: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    maximum_iterations: Any = None,
    name: str | None = None,
) -> Any:
    """Repeats `body` on the loop's variables while the condition holds. It differentiates.

    >>> i = while_loop(lambda i: i < 10, lambda i: [i + 3], [0])
    >>> i[0].numpy()
    np.int32(12)
    """
    limit = None if maximum_iterations is None else int(maximum_iterations)
    count = 0
    single = not nest.is_nested(loop_vars)
    state = nest.map_structure(lambda x: as_tensor(x) if isinstance(x, (int, float)) else x, loop_vars)
    while limit is None or count < limit:
        args = (state,) if single else tuple(state)
        if not bool(cond(*args)):
            break
        new = body(*args)
        if single:
            state = as_tensor(new)
        else:
            if not nest.is_nested(new):
                new = [new]
            state = nest.pack_sequence_as(state, [as_tensor(x) for x in nest.flatten(new)])
        count += 1
    return nest.map_structure(as_tensor, state)


def _rows(elems: Any) -> tuple[list[Any], int]:
    """The elements of each row of nested tensors, in their structure."""
    leaves = [_n.unbind(as_tensor(leaf), 0) for leaf in nest.flatten(elems)]
    count = len(leaves[0])
    return [nest.pack_sequence_as(elems, [leaf[i] for leaf in leaves]) for i in builtins.range(count)], count


def _together(results: Sequence[Any]) -> Any:
    columns = zip(*(nest.flatten(result) for result in results))
    return nest.pack_sequence_as(
        results[0], [_n.stack([as_tensor(x) for x in column], 0) for column in columns]
    )


def map_fn(
    fn: Callable[[Any], Any],
    elems: Any,
    dtype: Any = None,
    parallel_iterations: int | None = None,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    name: str | None = None,
    fn_output_signature: Any = None,
) -> Any:
    """The function of each part along the first axis, stacked.

    >>> map_fn(lambda x: x * x, as_tensor([1, 2, 3])).numpy()
    array([1, 4, 9], dtype=int32)
    """
    rows, _ = _rows(elems)
    return _together([fn(row) for row in rows])


def vectorized_map(
    fn: Callable[[Any], Any], elems: Any, fallback_to_while_loop: bool = True, warn: bool = True
) -> Any:
    """The function of each part along the first axis, stacked."""
    return map_fn(fn, elems)


def scan(
    fn: Callable[[Any, Any], Any],
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    reverse: bool = False,
    name: str | None = None,
) -> Any:
    """All intermediate results of folding `fn` over the first axis, stacked.

    >>> scan(lambda total, x: total + x, as_tensor([1, 2, 3])).numpy()
    array([1, 3, 6], dtype=int32)
    """
    rows, count = _rows(elems)
    order = list(builtins.range(count - 1, -1, -1)) if reverse else list(builtins.range(count))
    results: list[Any] = [None] * count
    if initializer is None:
        state, order = rows[order[0]], order
        results[order[0]] = state
        order = order[1:]
    else:
        state = nest.map_structure(as_tensor, initializer)
    for i in order:
        state = results[i] = nest.map_structure(as_tensor, fn(state, rows[i]))
    return _together(results)


def foldl(
    fn: Callable[[Any, Any], Any],
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
) -> Any:
    """Folds `fn` over the first axis, from its beginning."""
    rows, _ = _rows(elems)
    state = rows.pop(0) if initializer is None else initializer
    for row in rows:
        state = fn(state, row)
    return nest.map_structure(as_tensor, state)


def foldr(
    fn: Callable[[Any, Any], Any],
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
) -> Any:
    """Folds `fn` over the first axis, from its end."""
    rows, _ = _rows(elems)
    state = rows.pop() if initializer is None else initializer
    for row in reversed(rows):
        state = fn(state, row)
    return nest.map_structure(as_tensor, state)


def tuple_(tensors: Any, control_inputs: Any = None, name: str | None = None) -> list[Any]:
    """The tensors themselves."""
    return list(tensors)


def get_static_value(tensor: Any, partial: bool = False) -> Any:
    """The value, as an array or a number."""
    return as_tensor(tensor).numpy()


def is_symbolic_tensor(tensor: Any) -> bool:
    """False: every tensor has a value."""
    return False


def gradients(*args: Any, **kwargs: Any) -> Any:
    """Not there in eager programs: says what to use."""
    raise RuntimeError(
        "tf.gradients is not supported when eager execution is enabled. Use tf.GradientTape instead."
    )


def hessians(*args: Any, **kwargs: Any) -> Any:
    """Not there in eager programs: says what to use."""
    raise RuntimeError(
        "tf.hessians is not supported when eager execution is enabled. Use tf.GradientTape.jacobian of a gradient instead."
    )


def timestamp(name: str | None = None) -> Any:
    """The seconds since 1970."""
    import time

    return _n.from_data(Tensor, time.time(), "float64")


def get_logger() -> Any:
    """The logger of this library."""
    import logging

    return logging.getLogger("wengert.tensorflow")


def group(*inputs: Any, **kwargs: Any) -> None:
    """Nothing: what is to be done is done already."""


def no_op(name: str | None = None) -> None:
    """Nothing."""


class control_dependencies:
    """A context that changes nothing: steps are done in the order in which they are written."""

    def __init__(self, control_inputs: Any = None) -> None:
        pass

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: Any) -> None:
        pass


class init_scope(control_dependencies):
    """A context that changes nothing."""


class device(control_dependencies):
    """A context that changes nothing: there is one device.

    >>> with device("/GPU:0"):
    ...     pass
    """

    def __init__(self, device_name: Any = None) -> None:
        self.device_name = device_name


def executing_eagerly() -> bool:
    """True: everything runs at once."""
    return True
