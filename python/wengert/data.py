"""Data to try things on, and ways to cut it up: the digits, batches, a part for training and a part for testing.

>>> from wengert import data
>>> images, labels = data.digits()
>>> images.shape, labels.shape
(torch.Size([1797, 64]), torch.Size([1797]))
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import wengert._wengert as _w
from wengert._names import missing
from wengert._wengert import Tensor

__all__ = ["accuracy", "batches", "digits", "train_test_split"]


def digits(scaled: bool = True, flat: bool = True, dtype: Any = "float32") -> tuple[Tensor, Tensor]:
    """The 1797 handwritten digits of 8×8 pixels: images and labels.

    Images have shape (1797, 64), or (1797, 8, 8) if not ``flat``; values lie between 0 and 1 if ``scaled``, else between
    0 and 16. Labels are int64, 0 to 9.

    >>> images, labels = digits(scaled=False, flat=False)
    >>> images.shape, float(images.max()), labels[:4].tolist()
    (torch.Size([1797, 8, 8]), 16.0, [0, 1, 2, 3])
    """
    images, labels = _w.digits()
    images = _w.cast(_w.wrap(Tensor, images), dtype)
    if scaled:
        images = images / 16
    return (images if flat else _w.reshape(images, (-1, 8, 8))), _w.wrap(Tensor, labels)


def _length(arrays: Sequence[Any]) -> int:
    """The common length of arrays."""
    if not arrays:
        raise TypeError("give at least one array")
    lengths = {len(array) for array in arrays}
    if len(lengths) > 1:
        raise ValueError(f"the arrays have different lengths: {[len(array) for array in arrays]}")
    return lengths.pop()


def _picked(array: Any, places: Tensor) -> Any:
    """The rows of a tensor, array or list at some places."""
    if isinstance(array, Tensor):
        return _w.take(array, places, 0)
    if isinstance(array, (list, tuple)):
        return type(array)(array[i] for i in places.tolist())
    return array[places.numpy()]


def batches(
    *arrays: Any, size: int, shuffle: bool = False, drop_last: bool = False, generator: Any = None
) -> Iterator[Any]:
    """Cuts arrays of one length into batches of ``size`` rows; the last may be smaller.

    Several arrays give tuples, one gives its parts. With ``shuffle`` the rows come in another order each time.

    >>> import wengert
    >>> [x.tolist() for x in batches(wengert.arange(5), size=2)]
    [[0, 1], [2, 3], [4]]
    """
    if size < 1:
        raise ValueError(f"size must be at least 1, got {size}")
    n = _length(arrays)
    order = _w.permutation(Tensor, n, generator) if shuffle else None
    stop = n - n % size if drop_last else n
    for start in range(0, stop, size):
        end = min(start + size, n)
        if order is None:
            parts = tuple(
                _w.slice(array, 0, start, end, 1) if isinstance(array, Tensor) else array[start:end] for array in arrays
            )
        else:
            places = _w.slice(order, 0, start, end, 1)
            parts = tuple(_picked(array, places) for array in arrays)
        yield parts[0] if len(parts) == 1 else parts


def train_test_split(
    *arrays: Any, test_size: float | int = 0.25, shuffle: bool = True, generator: Any = None
) -> list[Any]:
    """Each array in two parts, one to train with and one to test with, as a list [train, test, train, test, …].

    ``test_size`` is a share, or a number of rows.

    >>> import wengert
    >>> train, test = train_test_split(wengert.arange(8), test_size=2, shuffle=False)
    >>> train.tolist(), test.tolist()
    ([0, 1, 2, 3, 4, 5], [6, 7])
    """
    n = _length(arrays)
    if isinstance(test_size, float):
        if not 0.0 < test_size < 1.0:
            raise ValueError(f"test_size is a share between 0 and 1, or a number of rows; got {test_size}")
        tested = math.ceil(n * test_size)
    else:
        tested = test_size
    if not 0 < tested < n:
        raise ValueError(f"test_size {test_size} leaves a part of the {n} rows empty")
    order = _w.permutation(Tensor, n, generator) if shuffle else _w.arange(Tensor, 0, n, 1)
    train = _w.slice(order, 0, 0, n - tested, 1)
    test = _w.slice(order, 0, n - tested, n, 1)
    return [part for array in arrays for part in (_picked(array, train), _picked(array, test))]


def accuracy(scores: Tensor, labels: Tensor) -> float:
    """The share of examples whose largest score is that of their label: (examples, classes) and (examples,).

    >>> import wengert
    >>> accuracy(wengert.tensor([[1.0, 0.0], [1.0, 0.0]]), wengert.tensor([0, 1]))
    0.5
    """
    best = _w.argmax(scores.detach(), -1)
    if tuple(best.shape) != tuple(labels.shape):
        raise ValueError(f"scores of shape {scores.shape} ask for labels of shape {best.shape}, got {labels.shape}")
    return float(_w.mean(_w.cast(best == labels, "float64")))


if not TYPE_CHECKING:
    __getattr__ = missing(__name__, __all__)
