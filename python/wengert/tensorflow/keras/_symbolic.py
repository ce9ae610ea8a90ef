"""Models that are written down before there is data: `Input`, layers called on it, `Model(inputs, outputs)`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wengert.tensorflow import nest
from wengert.tensorflow._convert import as_tensor
from wengert.tensorflow._creation import zeros
from wengert.tensorflow._dtypes import as_dtype, float32
from wengert.tensorflow._shape import TensorShape

_count = [0]


def _call(function: Callable[..., Any]) -> Callable[..., Any]:
    def operate(self: KerasTensor, *others: Any) -> Any:
        return recorded(function, (self, *others), {})

    return operate


class KerasTensor:
    """Stands for what a layer will give, before there is data: it knows shape and dtype, and where it comes from.

    >>> import wengert.tensorflow as tf
    >>> x = tf.keras.Input(shape=(3,))
    >>> tf.keras.layers.Dense(2)(x).shape
    TensorShape([None, 2])
    """

    def __init__(self, sample: Any, shape: Any, source: Any = None, name: str | None = None) -> None:
        self.sample, self.shape, self.dtype = sample, TensorShape(shape), sample.dtype
        self.source = source
        if name is None:
            name = f"keras_tensor_{_count[0]}" if _count[0] else "keras_tensor"
            _count[0] += 1
        self.name = name

    @property
    def ndim(self) -> int:
        """The number of axes, that of the batch included."""
        return len(tuple(self.shape))

    def __repr__(self) -> str:
        return f"<KerasTensor shape={self.shape}, dtype={self.dtype.name}, sparse=False, ragged=False, name={self.name}>"

    def __bool__(self) -> bool:
        raise TypeError("A symbolic KerasTensor cannot be used as a boolean.")

    def __array__(self, *args: Any) -> Any:
        raise ValueError(
            "A KerasTensor is symbolic: it's a placeholder for a shape an a dtype. It doesn't have any actual numerical "
            "value. You cannot convert it to a NumPy array."
        )

    __add__, __radd__ = _call(lambda a, b: a + b), _call(lambda a, b: b + a)
    __sub__, __rsub__ = _call(lambda a, b: a - b), _call(lambda a, b: b - a)
    __mul__, __rmul__ = _call(lambda a, b: a * b), _call(lambda a, b: b * a)
    __truediv__, __rtruediv__ = _call(lambda a, b: a / b), _call(lambda a, b: b / a)
    __pow__, __matmul__ = _call(lambda a, b: a**b), _call(lambda a, b: a @ b)
    __neg__, __getitem__ = _call(lambda a: -a), _call(lambda a, key: a[key])


def symbolic(values: Any) -> bool:
    """Whether there is a symbolic tensor among them."""
    return any(isinstance(leaf, KerasTensor) for leaf in nest.flatten(values))


def recorded(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What a function or layer gives for symbolic tensors: found by trying it on zeros."""
    tried = nest.map_structure(lambda x: x.sample if isinstance(x, KerasTensor) else x, args)
    result = function(*tried, **kwargs)
    leaves = [as_tensor(leaf) for leaf in nest.flatten(result)]
    step = (function, args, kwargs)
    batch = next(x.shape[0] for x in nest.flatten(args) if isinstance(x, KerasTensor))
    made = [KerasTensor(leaf, (batch, *tuple(leaf.shape)[1:]), (step, i)) for i, leaf in enumerate(leaves)]
    return nest.pack_sequence_as(result, made)


def Input(
    shape: Any = None,
    batch_size: int | None = None,
    dtype: Any = None,
    sparse: Any = None,
    batch_shape: Any = None,
    name: str | None = None,
    tensor: Any = None,
    **kwargs: Any,
) -> KerasTensor:
    """What a model begins with: a shape, without that of the batch.

    >>> Input(shape=(3,), name="x")
    <KerasTensor shape=(None, 3), dtype=float32, sparse=False, ragged=False, name=x>
    """
    if batch_shape is None:
        if shape is None:
            raise ValueError("You must pass a `shape` argument.")
        batch_shape = (batch_size, *((shape,) if isinstance(shape, int) else shape))
    extents = [1 if extent is None else extent for extent in batch_shape]
    return KerasTensor(zeros(extents, float32 if dtype is None else as_dtype(dtype)), batch_shape, name=name)


class Written:
    """The steps from symbolic inputs to symbolic outputs."""

    def __init__(self, inputs: Any, outputs: Any) -> None:
        self.inputs, self.outputs = inputs, outputs
        self.steps: list[Any] = []
        self._order(outputs, [leaf for leaf in nest.flatten(inputs)])

    def _order(self, outputs: Any, known: list[Any]) -> None:
        seen = {id(leaf) for leaf in known}
        done: set[int] = set()

        def visit(leaf: Any) -> None:
            if not isinstance(leaf, KerasTensor) or id(leaf) in seen:
                return
            seen.add(id(leaf))
            if leaf.source is None:
                raise ValueError(
                    f"the output depends on {leaf!r}, which is not among the inputs of the model"
                )
            step = leaf.source[0]
            for before in nest.flatten(step[1]):
                visit(before)
            if id(step) not in done:
                done.add(id(step))
                self.steps.append(step)

        for leaf in nest.flatten(outputs):
            visit(leaf)

    @property
    def layers(self) -> list[Any]:
        """What the steps call, each once."""
        found: list[Any] = []
        for function, _, _ in self.steps:
            if all(function is not other for other in found):
                found.append(function)
        return found

    def run(self, values: Any, training: bool) -> Any:
        """The outputs for values of the inputs."""
        if isinstance(self.inputs, dict) and isinstance(values, dict):
            given = [values[key] for key in sorted(self.inputs)]
        else:
            given = nest.flatten(values)
        known = {id(leaf): value for leaf, value in zip(nest.flatten(self.inputs), given)}
        results: dict[int, list[Any]] = {}

        def value(leaf: Any) -> Any:
            if not isinstance(leaf, KerasTensor):
                return leaf
            if id(leaf) in known:
                return known[id(leaf)]
            step, i = leaf.source
            return results[id(step)][i]

        from wengert.tensorflow.keras._layer import Layer

        for step in self.steps:
            function, args, kwargs = step
            more = {"training": training, **kwargs} if isinstance(function, Layer) else kwargs
            results[id(step)] = nest.flatten(function(*nest.map_structure(value, args), **more))
        return nest.map_structure(value, self.outputs)
