"""`tf.data`: datasets, as training loops walk through them.

>>> d = Dataset.from_tensor_slices([1, 2, 3, 4]).map(lambda x: x * 10).batch(2)
>>> [x.numpy().tolist() for x in d]
[[10, 20], [30, 40]]
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import Any

import numpy as np

from wengert import _wengert as _n
from wengert.tensorflow import nest
from wengert.tensorflow import random as _random
from wengert.tensorflow._convert import Tensor, as_tensor, integer, made
from wengert.tensorflow._dtypes import as_dtype, int64
from wengert.tensorflow._specs import TensorSpec
from wengert.tensorflow.errors import OutOfRangeError

AUTOTUNE = -1
INFINITE_CARDINALITY = -1
UNKNOWN_CARDINALITY = -2


class Slices:
    """Rows of arrays: a structure, its arrays, and in which order the rows come."""

    def __init__(self, structure: Any, arrays: list[Any], order: Callable[[], Iterator[int]]) -> None:
        self.structure, self.arrays, self.order = structure, arrays, order

    def at(self, rows: Any) -> Any:
        """The element, or the batch of elements, at one row or at several."""
        return nest.pack_sequence_as(self.structure, [made(array[rows]) for array in self.arrays])

    def ordered(self, change: Callable[[Iterator[int]], Iterator[int]]) -> Slices:
        """The same rows in another order."""
        return Slices(self.structure, self.arrays, lambda: change(self.order()))


class Dataset:
    """Elements one after the other: tensors, or nested tuples and dictionaries of them.

    It can be walked through any number of times.
    """

    def __init__(
        self,
        variant_tensor: Callable[[], Iterator[Any]],
        count: int = UNKNOWN_CARDINALITY,
        slices: Slices | None = None,
    ) -> None:
        self._walk, self._count, self._slices = variant_tensor, count, slices

    @staticmethod
    def from_tensor_slices(tensors: Any, name: str | None = None) -> Dataset:
        """The parts of tensors along their first axis.

        >>> for x, y in Dataset.from_tensor_slices(([1, 2], [3.0, 4.0])):
        ...     print(int(x), float(y))
        1 3.0
        2 4.0
        """
        structure = _packable(tensors)
        arrays = [np.asarray(as_tensor(leaf)) for leaf in nest.flatten(structure)]
        if any(array.ndim == 0 for array in arrays):
            raise ValueError("Unbatching a tensor is only supported for rank >= 1")
        if len({len(array) for array in arrays}) > 1:
            raise ValueError(f"Dimensions {' and '.join(str(len(a)) for a in arrays)} are not compatible")
        return _sliced(
            Slices(structure, arrays, lambda: iter(builtins.range(len(arrays[0])))), len(arrays[0])
        )

    @staticmethod
    def from_tensors(tensors: Any, name: str | None = None) -> Dataset:
        """One element."""
        element = nest.map_structure(as_tensor, _packable(tensors))
        return Dataset(lambda: iter([element]), 1)

    @staticmethod
    def from_generator(
        generator: Callable[..., Any],
        output_types: Any = None,
        output_shapes: Any = None,
        args: Any = None,
        output_signature: Any = None,
        name: str | None = None,
    ) -> Dataset:
        """What a generator function yields."""
        kinds = nest.flatten(output_signature if output_signature is not None else output_types)

        def walk() -> Iterator[Any]:
            for element in generator(*(args or ())):
                leaves = nest.flatten(element)
                if len(kinds) == 1 and len(leaves) != 1:
                    leaves, element = [element], 0
                wanted = (
                    [getattr(kind, "dtype", kind) for kind in kinds]
                    if kinds != [None]
                    else [None] * len(leaves)
                )
                tensors = [as_tensor(x, None if t is None else as_dtype(t)) for x, t in zip(leaves, wanted)]
                yield nest.pack_sequence_as(element, tensors)

        return Dataset(walk)

    @staticmethod
    def range(*args: Any, **kwargs: Any) -> Dataset:
        """Integers, as of Python's `range`.

        >>> [int(x) for x in Dataset.range(3)]
        [0, 1, 2]
        """
        dtype = as_dtype(kwargs.get("output_type", int64))
        numbers = builtins.range(*(integer(a) for a in args))
        return Dataset(lambda: (made(np.array(i, dtype._numpy)) for i in numbers), len(numbers))

    @staticmethod
    def zip(*args: Any, datasets: Any = None, name: str | None = None) -> Dataset:
        """Elements of several datasets side by side."""
        structure = (
            datasets
            if datasets is not None
            else args[0]
            if len(args) == 1 and nest.is_nested(args[0])
            else args
        )
        parts = nest.flatten(structure)
        counts = [part._count for part in parts if part._count != INFINITE_CARDINALITY]
        walk = lambda: (nest.pack_sequence_as(structure, list(row)) for row in builtins.zip(*parts))  # noqa: E731
        return Dataset(walk, min(counts) if counts else INFINITE_CARDINALITY)

    def __iter__(self) -> Iterator[Any]:
        return OwnedIterator(self._walk())

    def __len__(self) -> int:
        if self._count == INFINITE_CARDINALITY:
            raise TypeError("The dataset is infinite.")
        if self._count == UNKNOWN_CARDINALITY:
            raise TypeError("The dataset length is unknown.")
        return self._count

    def __bool__(self) -> bool:
        return True

    def cardinality(self, name: str | None = None) -> Any:
        """The number of elements: -1 for infinitely many, -2 where it is not known."""
        return made(np.int64(self._count))

    @property
    def element_spec(self) -> Any:
        """The shapes and dtypes of an element."""
        for element in self._walk():
            return nest.map_structure(TensorSpec.from_tensor, element)
        return None

    def as_numpy_iterator(self) -> Iterator[Any]:
        """The elements as NumPy arrays and numbers.

        >>> list(Dataset.range(2).as_numpy_iterator())
        [np.int64(0), np.int64(1)]
        """
        return (nest.map_structure(lambda x: x.numpy(), element) for element in self._walk())

    def map(
        self,
        map_func: Callable[..., Any],
        num_parallel_calls: Any = None,
        deterministic: Any = None,
        **kwargs: Any,
    ) -> Dataset:
        """A function of each element; tuples are handed over as arguments."""

        def walk() -> Iterator[Any]:
            for element in self._walk():
                result = map_func(*element) if type(element) is tuple else map_func(element)
                yield nest.map_structure(as_tensor, _packable(result))

        return Dataset(walk, self._count)

    def filter(self, predicate: Callable[..., Any], name: str | None = None) -> Dataset:
        """The elements for which a function is true."""

        def walk() -> Iterator[Any]:
            for element in self._walk():
                if bool(predicate(*element) if type(element) is tuple else predicate(element)):
                    yield element

        return Dataset(walk)

    def shuffle(
        self,
        buffer_size: Any,
        seed: Any = None,
        reshuffle_each_iteration: bool = True,
        name: str | None = None,
    ) -> Dataset:
        """The elements in random order, which is another one each time: each is drawn from the next `buffer_size`."""
        size = integer(buffer_size)
        if size <= 0 and size != -1:
            raise ValueError(f"buffer_size must be greater than zero, got {size}")
        fixed = None if reshuffle_each_iteration else int(_seed(seed))
        shared = np.random.default_rng(_seed(seed)) if seed is not None else None

        def drawn(items: Iterator[Any]) -> Iterator[Any]:
            rng = (
                np.random.default_rng(fixed)
                if fixed is not None
                else shared or np.random.default_rng(_seed(None))
            )
            buffer: list[Any] = []
            for item in items:
                buffer.append(item)
                if size != -1 and len(buffer) >= size:
                    place = int(rng.integers(len(buffer)))
                    buffer[-1], buffer[place] = buffer[place], buffer[-1]
                    yield buffer.pop()
            rng.shuffle(buffer)  # type: ignore[arg-type]
            yield from buffer

        return self._changed(drawn, self._count)

    def repeat(self, count: Any = None, name: str | None = None) -> Dataset:
        """The elements over and over, or so many times."""
        times = None if count is None or integer(count) == -1 else integer(count)
        if times is None:
            total = INFINITE_CARDINALITY
        else:
            total = self._count * times if self._count >= 0 else self._count

        def again(begin: Callable[[], Iterator[Any]]) -> Iterator[Any]:
            done = 0
            while times is None or done < times:
                empty = True
                for item in begin():
                    empty = False
                    yield item
                if empty:
                    return
                done += 1

        slices = self._slices
        if slices is not None:
            return _sliced(Slices(slices.structure, slices.arrays, lambda: again(slices.order)), total)
        return Dataset(lambda: again(self._walk), total)

    def take(self, count: Any, name: str | None = None) -> Dataset:
        """The first elements."""
        n = integer(count)
        if n < 0:
            return self
        return self._changed(lambda items: islice(items, n), n if self._count < 0 else min(n, self._count))

    def skip(self, count: Any, name: str | None = None) -> Dataset:
        """All but the first elements."""
        n = integer(count)
        return self._changed(
            lambda items: islice(items, n, None), max(self._count - n, 0) if self._count >= 0 else self._count
        )

    def shard(self, num_shards: Any, index: Any, name: str | None = None) -> Dataset:
        """Every so manieth element."""
        n, first = integer(num_shards), integer(index)
        count = len(builtins.range(first, self._count, n)) if self._count >= 0 else self._count
        return self._changed(lambda items: islice(items, first, None, n), count)

    def _changed(self, change: Callable[[Iterator[Any]], Iterator[Any]], count: int) -> Dataset:
        """The same elements in another order, or fewer."""
        if self._slices is not None:
            return _sliced(self._slices.ordered(change), count)
        return Dataset(lambda: change(self._walk()), count)

    def batch(
        self,
        batch_size: Any,
        drop_remainder: bool = False,
        num_parallel_calls: Any = None,
        deterministic: Any = None,
        name: str | None = None,
    ) -> Dataset:
        """So many elements at a time, stacked. The last batch may be smaller.

        >>> [x.shape[0] for x in Dataset.range(5).batch(2)]
        [2, 2, 1]
        """
        n = integer(batch_size)
        if n <= 0:
            raise ValueError(f"batch_size must be greater than zero, got {n}")
        count = (
            (self._count // n if drop_remainder else -(-self._count // n))
            if self._count >= 0
            else self._count
        )
        slices = self._slices

        def walk() -> Iterator[Any]:
            items: Iterator[Any] = self._walk() if slices is None else slices.order()
            while chunk := list(islice(items, n)):
                if drop_remainder and len(chunk) < n:
                    return
                yield _stacked(chunk) if slices is None else slices.at(np.array(chunk))

        return Dataset(walk, count)

    def padded_batch(
        self,
        batch_size: Any,
        padded_shapes: Any = None,
        padding_values: Any = None,
        drop_remainder: bool = False,
        name: str | None = None,
    ) -> Dataset:
        """So many elements at a time, filled up with zeros to one shape and stacked."""
        n, value = integer(batch_size), 0 if padding_values is None else padding_values

        def walk() -> Iterator[Any]:
            items = self._walk()
            while chunk := list(islice(items, n)):
                if drop_remainder and len(chunk) < n:
                    return
                columns = builtins.zip(*(nest.flatten(element) for element in chunk))
                yield nest.pack_sequence_as(chunk[0], [_filled(list(column), value) for column in columns])

        return Dataset(walk)

    def unbatch(self, name: str | None = None) -> Dataset:
        """The rows of each element, one at a time."""

        def walk() -> Iterator[Any]:
            for element in self._walk():
                columns = [_n.unbind(leaf, 0) for leaf in nest.flatten(element)]
                for row in builtins.zip(*columns):
                    yield nest.pack_sequence_as(element, list(row))

        return Dataset(walk)

    def enumerate(self, start: int = 0, name: str | None = None) -> Dataset:
        """Each element with its number."""
        numbered = lambda: ((made(np.int64(i)), x) for i, x in builtins.enumerate(self._walk(), start))  # noqa: E731
        return Dataset(numbered, self._count)

    def concatenate(self, dataset: Dataset, name: str | None = None) -> Dataset:
        """The elements of this dataset, then those of another."""
        count = (
            self._count + dataset._count if self._count >= 0 and dataset._count >= 0 else UNKNOWN_CARDINALITY
        )
        return Dataset(lambda: chain(self._walk(), dataset._walk()), count)

    def flat_map(self, map_func: Callable[..., Any], name: str | None = None) -> Dataset:
        """The elements of the datasets that a function makes of each element."""

        def walk() -> Iterator[Any]:
            for element in self._walk():
                yield from map_func(*element) if type(element) is tuple else map_func(element)

        return Dataset(walk)

    def reduce(
        self, initial_state: Any, reduce_func: Callable[[Any, Any], Any], name: str | None = None
    ) -> Any:
        """Folds a function over all elements.

        >>> int(Dataset.range(5).reduce(np.int64(0), lambda total, x: total + x))
        10
        """
        state = nest.map_structure(as_tensor, initial_state)
        for element in self._walk():
            state = nest.map_structure(as_tensor, reduce_func(state, element))
        return state

    def apply(self, transformation_func: Callable[[Dataset], Dataset]) -> Dataset:
        """A function of the dataset."""
        return transformation_func(self)

    def cache(self, filename: str = "", name: str | None = None) -> Dataset:
        """The same elements, kept once they were made."""
        if self._slices is not None:
            return self
        kept: list[Any] = []

        def walk() -> Iterator[Any]:
            if kept:
                return iter(kept[0])
            return self._keeping(kept)

        return Dataset(walk, self._count)

    def _keeping(self, kept: list[Any]) -> Iterator[Any]:
        found = []
        for element in self._walk():
            found.append(element)
            yield element
        kept[:] = [found]

    def prefetch(self, buffer_size: Any, name: str | None = None) -> Dataset:
        """The dataset itself."""
        return self

    def with_options(self, options: Any, name: str | None = None) -> Dataset:
        """The dataset itself."""
        return self

    def get_single_element(self, name: str | None = None) -> Any:
        """The one element."""
        return next(iter(self))

    def __repr__(self) -> str:
        return f"<Dataset element_spec={self.element_spec}>"


class OwnedIterator:
    """Walks through a dataset."""

    def __init__(self, elements: Iterator[Any]) -> None:
        self._elements = elements

    def __iter__(self) -> OwnedIterator:
        return self

    def __next__(self) -> Any:
        return next(self._elements)

    def get_next(self) -> Any:
        """The next element; OutOfRangeError at the end."""
        try:
            return next(self._elements)
        except StopIteration:
            raise OutOfRangeError("End of sequence") from None


class Options:
    """Nothing to choose."""

    def __init__(self) -> None:
        self.experimental_deterministic = True


def _packable(structure: Any) -> Any:
    """A structure in which lists are tensors, as datasets see them."""
    if isinstance(structure, dict):
        return {key: _packable(value) for key, value in structure.items()}
    if isinstance(structure, tuple) and hasattr(structure, "_fields"):
        return type(structure)(*(_packable(value) for value in structure))
    if type(structure) is tuple:
        return tuple(_packable(value) for value in structure)
    return as_tensor(structure)


def _sliced(slices: Slices, count: int) -> Dataset:
    return Dataset(lambda: (slices.at(i) for i in slices.order()), count, slices)


def _stacked(chunk: list[Any]) -> Any:
    columns = builtins.zip(*(nest.flatten(element) for element in chunk))
    return nest.pack_sequence_as(chunk[0], [_n.stack(list(column), 0) for column in columns])


def _filled(column: list[Any], value: Any) -> Any:
    arrays = [np.asarray(x) for x in column]
    shape = tuple(max(extents) for extents in builtins.zip(*(array.shape for array in arrays)))
    whole = np.full((len(arrays), *shape), value, arrays[0].dtype)
    for i, array in builtins.enumerate(arrays):
        place: Any = (i, *(slice(0, n) for n in array.shape))
        whole[place] = array
    return made(whole)


def _seed(seed: Any) -> int:
    gen = _random._source(None) if seed is None else _n.Generator(integer(seed) & (2**63 - 1))
    return int(_n.integers(Tensor, 0, 2**31 - 1, (), "int64", gen))


def __getattr__(name: str) -> Any:
    from wengert._names import missing

    return missing("wengert.tensorflow.data", ["Dataset", "AUTOTUNE", "Options"])(name)
