"""Data sets, samplers and loaders.

>>> import wengert
>>> from wengert.torch.utils.data import DataLoader, TensorDataset
>>> data = TensorDataset(wengert.arange(6).float(), wengert.arange(6))
>>> for x, y in DataLoader(data, batch_size=3):
...     print(x, y)
tensor([0., 1., 2.]) tensor([0, 1, 2])
tensor([3., 4., 5.]) tensor([3, 4, 5])
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wengert._names import missing
from wengert.torch.utils.data.dataloader import DataLoader, default_collate, default_convert, get_worker_info
from wengert.torch.utils.data.dataset import (
    ChainDataset,
    ConcatDataset,
    Dataset,
    IterableDataset,
    StackDataset,
    Subset,
    TensorDataset,
    random_split,
)
from wengert.torch.utils.data.sampler import (
    BatchSampler,
    RandomSampler,
    Sampler,
    SequentialSampler,
    SubsetRandomSampler,
    WeightedRandomSampler,
)

__all__ = [
    "BatchSampler", "ChainDataset", "ConcatDataset", "DataLoader", "Dataset", "IterableDataset", "RandomSampler",
    "Sampler", "SequentialSampler", "StackDataset", "Subset", "SubsetRandomSampler", "TensorDataset",
    "WeightedRandomSampler", "default_collate", "default_convert", "get_worker_info", "random_split",
]
if not TYPE_CHECKING:
    __getattr__ = missing(__name__, __all__)
