"""Loaders: data sets in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import wengert._wengert as _w
from wengert._names import missing
from wengert._wengert import Tensor
from wengert.torch.utils.data.dataset import IterableDataset, _Rows
from wengert.torch.utils.data.sampler import BatchSampler, RandomSampler, SequentialSampler

__all__ = ["DataLoader", "default_collate", "default_convert", "get_worker_info"]


def get_worker_info() -> None:
    """None: batches are made in the process that asks for them."""
    return None


def default_convert(data: Any) -> Any:
    """NumPy arrays as tensors, in any nesting; everything else as it is."""
    kind = type(data)
    if isinstance(data, Tensor):
        return data
    if kind.__module__ == "numpy" and hasattr(data, "dtype"):
        return data if data.dtype.kind in "SUO" else _w.from_data(Tensor, data)
    if isinstance(data, Mapping):
        return {key: default_convert(value) for key, value in data.items()}
    if isinstance(data, tuple) and hasattr(data, "_fields"):
        return kind(*(default_convert(value) for value in data))
    if isinstance(data, (list, tuple)):
        return [default_convert(value) for value in data]
    return data


def default_collate(batch: Any) -> Any:
    """Items as one batch: tensors and numbers are stacked, tuples and dictionaries collated part by part.

    >>> import wengert
    >>> default_collate([(wengert.tensor([1.0]), 3), (wengert.tensor([2.0]), 4)])
    [tensor([[1.],
            [2.]]), tensor([3, 4])]
    """
    if isinstance(batch, _Rows):
        return batch.collated()
    first = batch[0]
    kind = type(first)
    if isinstance(first, Tensor):
        shapes = {tuple(item.shape) for item in batch}
        if len(shapes) > 1:
            other = next(item for item in batch if item.shape != first.shape)
            raise RuntimeError(
                f"stack expects each tensor to be equal size, but got {list(first.shape)} at entry 0 and "
                f"{list(other.shape)} at entry {[item is other for item in batch].index(True)}"
            )
        return _w.stack(list(batch), 0)
    if kind.__module__ == "numpy" and hasattr(first, "dtype"):
        if first.dtype.kind in "SUO":
            raise TypeError(
                "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found "
                f"{first.dtype}"
            )
        return _w.stack([_w.from_data(Tensor, item) for item in batch], 0)
    if isinstance(first, float):
        return _w.from_data(Tensor, list(batch), "float64")
    if isinstance(first, int):
        return _w.from_data(Tensor, list(batch))
    if isinstance(first, (str, bytes)):
        return list(batch)
    if isinstance(first, Mapping):
        return {key: default_collate([item[key] for item in batch]) for key in first}
    if isinstance(first, tuple) and hasattr(first, "_fields"):
        return kind(*(default_collate(part) for part in zip(*batch)))
    if isinstance(first, Sequence):
        if any(len(item) != len(first) for item in batch):
            raise RuntimeError("each element in list of batch should be of equal size")
        return [default_collate(list(part)) for part in zip(*batch)]
    raise TypeError(
        f"default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found {kind}"
    )


class DataLoader:
    """A data set in batches, in order or shuffled.

    ``num_workers`` and what belongs to it is accepted; batches are made in the process that asks for them.

    >>> import wengert
    >>> from wengert.torch.utils.data import DataLoader, TensorDataset
    >>> loader = DataLoader(TensorDataset(wengert.arange(5)), batch_size=2)
    >>> [x.tolist() for x, in loader]
    [[0, 1], [2, 3], [4]]
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Any = None,
        batch_sampler: Any = None,
        num_workers: int = 0,
        collate_fn: Callable[[Any], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        timeout: float = 0,
        worker_init_fn: Callable[[int], None] | None = None,
        multiprocessing_context: Any = None,
        generator: Any = None,
        *,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
        pin_memory_device: str = "",
        in_order: bool = True,
    ) -> None:
        if num_workers < 0:
            raise ValueError("num_workers option should be non-negative; use num_workers=0 to disable multiprocessing.")
        if timeout < 0:
            raise ValueError("timeout option should be non-negative")
        self.dataset = dataset
        self.num_workers = num_workers
        self.pin_memory = pin_memory
        self.timeout = timeout
        self.worker_init_fn = worker_init_fn
        self.generator = generator
        self.prefetch_factor = prefetch_factor
        self.persistent_workers = persistent_workers
        self._iterable = isinstance(dataset, IterableDataset)
        if self._iterable:
            if shuffle not in (False, None):
                raise ValueError(
                    f"DataLoader with IterableDataset: expected unspecified shuffle option, but got shuffle={shuffle}"
                )
            if sampler is not None or batch_sampler is not None:
                raise ValueError("DataLoader with IterableDataset: expected unspecified sampler and batch_sampler option")
        if sampler is not None and shuffle:
            raise ValueError("sampler option is mutually exclusive with shuffle")
        if batch_sampler is not None:
            if batch_size != 1 or shuffle or sampler is not None or drop_last:
                raise ValueError(
                    "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last"
                )
            batch_size = None
        elif batch_size is None and drop_last:
            raise ValueError(
                "batch_size=None option disables auto-batching and is mutually exclusive with drop_last"
            )
        if not self._iterable and sampler is None:
            sampler = RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset)
        if batch_size is not None and batch_sampler is None:
            batch_sampler = BatchSampler(sampler or (), batch_size, drop_last)
        self.batch_size = batch_size
        self.drop_last = drop_last
        self.sampler = sampler
        self.batch_sampler = batch_sampler
        if collate_fn is None:
            collate_fn = default_convert if batch_sampler is None else default_collate
        self.collate_fn = collate_fn

    def __iter__(self) -> Iterator[Any]:
        if self._iterable:
            return self._walk()
        if self.batch_sampler is None:
            return (self.collate_fn(self.dataset[index]) for index in self.sampler)
        return self._batches()

    def _batches(self) -> Iterator[Any]:
        together = getattr(self.dataset, "__getitems__", None)
        for indices in self.batch_sampler:
            if callable(together):
                items = together(indices)
                if isinstance(items, _Rows) and self.collate_fn is not default_collate:
                    items = list(items)
            else:
                items = [self.dataset[index] for index in indices]
            yield self.collate_fn(items)

    def _walk(self) -> Iterator[Any]:
        if self.batch_size is None:
            yield from (self.collate_fn(item) for item in self.dataset)
            return
        for batch in BatchSampler(self.dataset, self.batch_size, self.drop_last):
            yield self.collate_fn(batch)

    def __len__(self) -> int:
        if self._iterable:
            size = len(self.dataset)
            if self.batch_size is None:
                return size
            return size // self.batch_size if self.drop_last else -(-size // self.batch_size)
        return len(self.sampler if self.batch_sampler is None else self.batch_sampler)


if not TYPE_CHECKING:
    __getattr__ = missing(__name__, __all__)
