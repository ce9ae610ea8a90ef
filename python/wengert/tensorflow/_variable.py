"""`tf.Variable`: a value that can be assigned, and that tapes watch by themselves."""

from __future__ import annotations

import threading
from collections.abc import Callable
from enum import Enum
from typing import Any

import numpy as np

from wengert import _wengert as _n
from wengert.tensorflow._convert import Tensor, as_tensor, fresh, like, plain
from wengert.tensorflow._dtypes import DType, as_dtype
from wengert.tensorflow._recording import Store, active, recorded
from wengert.tensorflow._shape import TensorShape
from wengert.tensorflow._tensor import DEVICE, Reference, text
from wengert.tensorflow.errors import InvalidArgumentError


class VariableSynchronization(Enum):
    """How copies of a variable on several devices would agree. There is one device."""

    AUTO = 0
    NONE = 1
    ON_WRITE = 2
    ON_READ = 3


class VariableAggregation(Enum):
    """How changes of a variable on several devices would be put together. There is one device."""

    NONE = 0
    SUM = 1
    MEAN = 2
    ONLY_FIRST_REPLICA = 3


class _Scopes(threading.local):
    prefix = ""


_scopes = _Scopes()


class name_scope:
    """A context in which the names of new variables begin with `name/`.

    >>> with name_scope("layer"):
    ...     Variable(1.0, name="w").name
    'layer/w:0'
    """

    def __init__(self, name: str | None, default_name: str | None = None, values: Any = None) -> None:
        self._name = name or default_name or ""
        self._outer: list[str] = []

    @property
    def name(self) -> str:
        """The name of the scope."""
        return self._name

    def __enter__(self) -> str:
        outer = _scopes.prefix
        self._outer.append(outer)
        if not self._name:
            _scopes.prefix = ""
        elif self._name.endswith("/"):
            _scopes.prefix = self._name
        else:
            _scopes.prefix = f"{outer}{self._name}/"
        return _scopes.prefix

    def __exit__(self, *error: Any) -> None:
        _scopes.prefix = self._outer.pop()


def _unary(name: str) -> Callable[[Any], Any]:
    method = getattr(Tensor, name)

    def operate(self: Variable) -> Any:
        return method(self._read())

    operate.__name__ = name
    return operate


def _binary(name: str) -> Callable[[Any, Any], Any]:
    method = getattr(Tensor, name)

    def operate(self: Variable, other: Any) -> Any:
        value = self._read()
        return method(value, other._read() if isinstance(other, Variable) else other)

    operate.__name__ = name
    return operate


class Variable:
    """A value that lives on from one step to the next. Shape and dtype stay; `assign` changes the value.

    Tapes watch it by themselves if it is trainable and floating.

    >>> v = Variable([1.0, 2.0])
    >>> v.assign_add([1.0, 1.0])
    <tf.Variable 'UnreadVariable' shape=(2,) dtype=float32, numpy=array([2., 3.], dtype=float32)>
    >>> v * 2.0
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([4., 6.], dtype=float32)>
    """

    __array_priority__ = 100
    _store: Store

    def __init__(
        self,
        initial_value: Any = None,
        trainable: bool | None = None,
        validate_shape: bool = True,
        caching_device: Any = None,
        name: str | None = None,
        variable_def: Any = None,
        dtype: Any = None,
        import_scope: str | None = None,
        constraint: Callable[[Any], Any] | None = None,
        synchronization: Any = None,
        aggregation: Any = None,
        shape: Any = None,
        experimental_enable_variable_lifting: bool = True,
    ) -> None:
        if initial_value is None:
            raise ValueError(
                "The `initial_value` arg to `tf.Variable` must be specified except when you are not providing a "
                "`variable_def`. You provided neither."
            )
        if callable(initial_value) and not isinstance(initial_value, (Variable, Tensor)):
            initial_value = initial_value()
        if isinstance(initial_value, (Variable, Tensor)):
            value = fresh(plain(as_tensor(initial_value, dtype)))
        else:
            value = _own(as_tensor(initial_value, dtype), initial_value)
        if shape is not None:
            TensorShape(shape).assert_is_compatible_with(value.shape)
        self._store = Store(value, True if trainable is None else bool(trainable))
        self._name = f"{_scopes.prefix}{name or 'Variable'}"
        self.constraint = constraint
        self._shown = f"{self._name}:0"

    def __wengert__(self) -> Any:
        """The value as the tapes record it."""
        tapes = active.tapes
        return recorded(self, tapes) if tapes else self._store.cell

    _read = __wengert__

    @property
    def name(self) -> str:
        """The name, with `:0` at its end."""
        return f"{self._name}:0"

    @property
    def _shared_name(self) -> str:
        return self._name

    @property
    def trainable(self) -> bool:
        """Whether tapes watch it by themselves."""
        return self._store.trainable

    @property
    def shape(self) -> TensorShape:
        """The shape."""
        return self._store.cell.shape

    @property
    def dtype(self) -> DType:
        """The dtype."""
        return self._store.cell.dtype

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self._store.cell.ndim

    @property
    def device(self) -> str:
        """The one device there is."""
        return DEVICE

    @property
    def handle(self) -> Variable:
        """The variable itself."""
        return self

    def get_shape(self) -> TensorShape:
        """The shape."""
        return self.shape

    def set_shape(self, shape: Any) -> None:
        """Checks that the variable has a shape."""
        self.shape.assert_is_compatible_with(shape)

    def numpy(self) -> Any:
        """The value as a NumPy array or number, copied.

        >>> Variable([1.0, 2.0]).numpy()
        array([1., 2.], dtype=float32)
        """
        return self._store.cell.numpy()

    def value(self) -> Any:
        """The value as a tensor."""
        return fresh(self._read())

    def read_value(self) -> Any:
        """The value as a tensor."""
        return fresh(self._read())

    def initialized_value(self) -> Any:
        """The value as a tensor."""
        return self.value()

    def is_initialized(self) -> bool:
        """True: variables have a value from the beginning."""
        return True

    def ref(self) -> Reference:
        """A key for dictionaries and sets, since variables themselves cannot be hashed."""
        return Reference(self)

    experimental_ref = ref

    def assign(
        self, value: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        """Gives the variable another value of its shape. Returns the variable."""
        new = plain(like(value, self.dtype))
        self._check(new, value)
        if tuple(new.shape) != tuple(self.shape):
            raise ValueError(
                f"Cannot assign value to variable ' {self.name}': Shape mismatch.The variable shape {self.shape}, "
                f"and the assigned value shape {new.shape} are incompatible."
            )
        return self._put(_own(new, value), read_value)

    def assign_add(
        self, delta: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        """Adds `delta` to the value. Returns the variable."""
        return self._moved(_n.add, delta, read_value)

    def assign_sub(
        self, delta: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        """Subtracts `delta` from the value. Returns the variable."""
        return self._moved(_n.sub, delta, read_value)

    def _check(self, new: Any, value: Any) -> None:
        if new.dtype is not self.dtype:
            raise ValueError(
                f"Tensor conversion requested dtype {self.dtype.name} for Tensor with dtype {new.dtype.name}: {value!r}"
            )

    def _moved(self, how: Callable[[Any, Any], Any], delta: Any, read_value: bool) -> Any:
        step = plain(like(delta, self.dtype))
        self._check(step, delta)
        if tuple(step.shape) != tuple(self.shape):
            raise InvalidArgumentError(
                f"Cannot update variable with shape {list(self.shape)} using a Tensor with shape {list(step.shape)}, "
                "shapes must be equal."
            )
        return self._put(how(self._store.cell, step), read_value)

    def _put(self, new: Any, read_value: bool = True) -> Any:
        self._store.cell = new
        return _unread(self) if read_value else None

    def _overwritten(self, key: Any, value: Any) -> Any:
        return self._put(_n.with_item(self._store.cell, key, plain(like(value, self.dtype))))

    def scatter_nd_update(self, indices: Any, updates: Any, name: str | None = None) -> Any:
        """Puts `updates` at the places that the rows of `indices` name."""
        from wengert.tensorflow._indexing import tensor_scatter_nd_update

        return self._put(
            plain(tensor_scatter_nd_update(self._store.cell, indices, like(updates, self.dtype)))
        )

    def scatter_nd_add(self, indices: Any, updates: Any, name: str | None = None) -> Any:
        """Adds `updates` at the places that the rows of `indices` name."""
        from wengert.tensorflow._indexing import tensor_scatter_nd_add

        return self._put(plain(tensor_scatter_nd_add(self._store.cell, indices, like(updates, self.dtype))))

    def scatter_nd_sub(self, indices: Any, updates: Any, name: str | None = None) -> Any:
        """Subtracts `updates` at the places that the rows of `indices` name."""
        from wengert.tensorflow._indexing import tensor_scatter_nd_sub

        return self._put(plain(tensor_scatter_nd_sub(self._store.cell, indices, like(updates, self.dtype))))

    def _rows(self, how: str, sparse_delta: Any) -> Any:
        """Changes rows by those of `tf.IndexedSlices`."""
        from wengert.tensorflow import _indexing

        indices = np.asarray(sparse_delta.indices)[..., None]
        change = getattr(_indexing, f"tensor_scatter_nd_{how}")
        return self._put(plain(change(self._store.cell, indices, like(sparse_delta.values, self.dtype))))

    def scatter_add(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Adds to rows."""
        return self._rows("add", sparse_delta)

    def scatter_sub(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Subtracts from rows."""
        return self._rows("sub", sparse_delta)

    def scatter_max(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Takes the larger of the rows and others."""
        return self._rows("max", sparse_delta)

    def scatter_min(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Takes the smaller of the rows and others."""
        return self._rows("min", sparse_delta)

    def scatter_update(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Replaces rows."""
        return self._rows("update", sparse_delta)

    @property
    def synchronization(self) -> VariableSynchronization:
        """How copies on several devices would agree."""
        return VariableSynchronization.AUTO

    @property
    def aggregation(self) -> VariableAggregation:
        """How changes on several devices would be put together."""
        return VariableAggregation.NONE

    def sparse_read(self, indices: Any, name: str | None = None) -> Any:
        """The rows of the value at `indices`."""
        from wengert.tensorflow._indexing import gather

        return gather(self, indices)

    def gather_nd(self, indices: Any, name: str | None = None) -> Any:
        """The parts of the value that the rows of `indices` name."""
        from wengert.tensorflow._indexing import gather_nd

        return gather_nd(self, indices)

    def count_up_to(self, limit: int) -> Any:
        """Adds one, up to a limit; returns the value before."""
        from wengert.tensorflow.errors import OutOfRangeError

        before = self.value()
        if int(before) >= limit:
            raise OutOfRangeError(f"Reached limit of {limit}")
        self.assign_add(1)
        return before

    def __getitem__(self, key: Any) -> Any:
        part = self._read()[_index(key)]
        part.assign = lambda value, name=None: self._overwritten(_index(key), value)
        return part

    def __iter__(self) -> Any:
        return iter(self._read())

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        array = np.asarray(self._store.cell.numpy())
        return array if dtype is None else array.astype(dtype)

    def __bool__(self) -> bool:
        return bool(self._store.cell)

    def __int__(self) -> int:
        return int(self._store.cell)

    def __float__(self) -> float:
        return float(self._store.cell)

    def __index__(self) -> int:
        return int(self._store.cell.__index__())

    def __complex__(self) -> complex:
        return complex(float(self._store.cell))

    def __hash__(self) -> int:
        raise TypeError(
            f"Variable is unhashable. Instead, use variable.ref() as the key. (Variable: {self!r})"
        )

    def __repr__(self) -> str:
        return (
            f"<tf.Variable '{self._shown}' shape={self.shape} dtype={self.dtype.name}, "
            f"numpy={text(self._store.cell, True)}>"
        )

    def __deepcopy__(self, memo: dict[int, Any]) -> Variable:
        copied = self.__class__.__new__(self.__class__)
        memo[id(self)] = copied
        copied.__dict__.update(self.__dict__)
        copied._store = Store(fresh(plain(self._store.cell)), self.trainable)
        return copied

    def __reduce__(self) -> Any:
        return _restored, (self.numpy(), self.trainable, self._name)

    def __eq__(self, other: object) -> Any:
        return self._read() == (other._read() if isinstance(other, Variable) else other)

    def __ne__(self, other: object) -> Any:
        return self._read() != (other._read() if isinstance(other, Variable) else other)

    __neg__, __abs__, __invert__ = _unary("__neg__"), _unary("__abs__"), _unary("__invert__")
    __add__, __radd__ = _binary("__add__"), _binary("__radd__")
    __sub__, __rsub__ = _binary("__sub__"), _binary("__rsub__")
    __mul__, __rmul__ = _binary("__mul__"), _binary("__rmul__")
    __truediv__, __rtruediv__ = _binary("__truediv__"), _binary("__rtruediv__")
    __floordiv__, __rfloordiv__ = _binary("__floordiv__"), _binary("__rfloordiv__")
    __mod__, __rmod__ = _binary("__mod__"), _binary("__rmod__")
    __matmul__, __rmatmul__ = _binary("__matmul__"), _binary("__rmatmul__")
    __and__, __rand__ = _binary("__and__"), _binary("__rand__")
    __or__, __ror__ = _binary("__or__"), _binary("__ror__")
    __xor__, __rxor__ = _binary("__xor__"), _binary("__rxor__")
    __lt__, __le__, __gt__, __ge__ = (
        _binary("__lt__"),
        _binary("__le__"),
        _binary("__gt__"),
        _binary("__ge__"),
    )
    __rpow__ = _binary("__rpow__")

    def __pow__(self, other: Any, modulo: Any = None) -> Any:
        return self._read() ** (other._read() if isinstance(other, Variable) else other)


def _index(key: Any) -> Any:
    """An index in which variables are replaced by their values."""
    if isinstance(key, tuple):
        return tuple(_index(k) for k in key)
    if isinstance(key, slice):
        return slice(_index(key.start), _index(key.stop), _index(key.step))
    return key._store.cell if isinstance(key, Variable) else key


def _own(new: Any, value: Any) -> Any:
    """A cell that belongs to the variable: not the caller's own, nor memory of the caller's."""
    if isinstance(value, np.ndarray):
        return _n.clone(new)
    return fresh(new)


def _unread(variable: Variable) -> Variable:
    """The same variable under the name that TensorFlow gives to the result of an assignment."""
    same = variable.__class__.__new__(variable.__class__)
    same.__dict__.update(variable.__dict__)
    same._shown = "UnreadVariable"
    return same


def _restored(value: Any, trainable: bool, name: str) -> Variable:
    return Variable(value, trainable=trainable, name=name, dtype=as_dtype(value.dtype))
