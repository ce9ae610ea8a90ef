"""Convolutions and pools over images: windows cut out, multiplied as one matrix."""

from __future__ import annotations

from typing import Any

from wengert import _wengert as _n
from wengert.tensorflow._convert import dims, floating, pair


def _pairwise(window: Any) -> tuple[int, int]:
    given = dims(window)
    if len(given) == 4:
        given = given[1:3]
    return (given[0], given[0]) if len(given) == 1 else (given[0], given[1])


def _padded(x: Any, window: tuple[int, int], strides: tuple[int, int], padding: Any, value: float) -> Any:
    if isinstance(padding, str) and padding.upper() == "VALID":
        return x
    widths = [(0, 0)] * 4
    if isinstance(padding, str):
        for i, (size, step) in enumerate(zip(window, strides), start=1):
            length = x.shape[i]
            missing = max((-(-length // step) - 1) * step + size - length, 0)
            widths[i] = (missing // 2, missing - missing // 2)
    else:
        widths = [(int(a), int(b)) for a, b in padding]
    return _n.pad(x, widths, "constant", value) if any(max(w) for w in widths) else x


def _windows(
    x: Any, size: tuple[int, int], steps: tuple[int, int], gaps: tuple[int, int] = (1, 1)
) -> tuple[Any, int, int]:
    """The elements under each place of a window, one slice a place: `(places, n, h, w, c)`."""
    rows = (x.shape[1] - gaps[0] * (size[0] - 1) - 1) // steps[0] + 1
    columns = (x.shape[2] - gaps[1] * (size[1] - 1) - 1) // steps[1] + 1
    parts = []
    for i in range(size[0]):
        for j in range(size[1]):
            top, left = i * gaps[0], j * gaps[1]
            part = _n.slice(x, 1, top, top + (rows - 1) * steps[0] + 1, steps[0])
            parts.append(_n.slice(part, 2, left, left + (columns - 1) * steps[1] + 1, steps[1]))
    return parts, rows, columns


def conv2d(
    input: Any,
    filters: Any,
    strides: Any,
    padding: Any,
    data_format: str = "NHWC",
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    """The convolution of images `(n, h, w, c)` with filters `(kh, kw, c, d)`.

    >>> conv2d([[[[1.0], [2.0]], [[3.0], [4.0]]]], [[[[1.0]], [[1.0]]]], strides=1, padding="VALID").numpy().ravel()
    array([3., 7.], dtype=float32)
    """
    x, w = pair(input, filters)
    channels_first = data_format == "NCHW"
    if channels_first:
        x = _n.permute(x, (0, 2, 3, 1))
    size, steps = (w.shape[0], w.shape[1]), _pairwise(strides)
    gaps = (1, 1) if dilations is None else _pairwise(dilations)
    reach = tuple((n - 1) * gap + 1 for n, gap in zip(size, gaps))
    x = _padded(x, reach, steps, padding, 0.0)  # type: ignore[arg-type]
    parts, rows, columns = _windows(x, size, steps, gaps)
    patches = _n.concatenate(parts, -1)
    flat = _n.reshape(patches, (-1, patches.shape[-1]))
    product = _n.matmul(flat, _n.reshape(w, (-1, w.shape[-1])))
    out = _n.reshape(product, (x.shape[0], rows, columns, w.shape[-1]))
    return _n.permute(out, (0, 3, 1, 2)) if channels_first else out


def _pool(input: Any, ksize: Any, strides: Any, padding: Any, largest: bool) -> Any:
    x = floating(input, "MaxPool" if largest else "AvgPool")
    size, steps = _pairwise(ksize), _pairwise(strides)
    padded = _padded(x, size, steps, padding, float("-inf") if largest else 0.0)
    parts, _, _ = _windows(padded, size, steps)
    together = _n.stack(parts, 0)
    if largest:
        return _n.amax(together, 0)
    if padded is x:
        return _n.mean(together, 0)
    counts, _, _ = _windows(_padded(_n.ones_like(x), size, steps, padding, 0.0), size, steps)
    return _n.div(_n.sum(together, 0), _n.sum(_n.stack(counts, 0), 0))


def max_pool2d(
    input: Any, ksize: Any, strides: Any, padding: Any, data_format: str = "NHWC", name: str | None = None
) -> Any:
    """The largest element under each place of a window on images `(n, h, w, c)`."""
    return _pool(input, ksize, strides, padding, True)


def avg_pool2d(
    input: Any, ksize: Any, strides: Any, padding: Any, data_format: str = "NHWC", name: str | None = None
) -> Any:
    """The mean of the elements under each place of a window on images `(n, h, w, c)`."""
    return _pool(input, ksize, strides, padding, False)


max_pool = max_pool2d
avg_pool = avg_pool2d


def conv1d(
    input: Any,
    filters: Any,
    stride: Any,
    padding: Any,
    data_format: str = "NWC",
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    """The convolution of sequences `(n, w, c)` with filters `(k, c, d)`.

    >>> conv1d([[[1.0], [2.0], [4.0]]], [[[1.0]], [[1.0]]], 1, "VALID").numpy().ravel()
    array([3., 6.], dtype=float32)
    """
    x, w = pair(input, filters)
    step, gap = dims(stride)[-1], 1 if dilations is None else dims(dilations)[-1]
    flat = conv2d(_n.expand_dims(x, 1), _n.expand_dims(w, 0), (1, step), padding, dilations=(1, gap))
    return _n.squeeze(flat, 1)


def depthwise_conv2d(
    input: Any,
    filter: Any,
    strides: Any,
    padding: Any,
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    """Each channel of images `(n, h, w, c)` convolved by itself with filters `(kh, kw, c, m)`; gives `c·m` channels."""
    x, w = pair(input, filter)
    size, steps = (w.shape[0], w.shape[1]), _pairwise(strides)
    gaps = (1, 1) if dilations is None else _pairwise(dilations)
    reach = tuple((n - 1) * gap + 1 for n, gap in zip(size, gaps))
    parts, rows, columns = _windows(_padded(x, reach, steps, padding, 0.0), size, steps, gaps)  # type: ignore[arg-type]
    channels, many = w.shape[2], w.shape[3]
    flat = _n.reshape(w, (size[0] * size[1], channels, many))
    return _n.reshape(
        _n.einsum("pnhwc,pcm->nhwcm", [_n.stack(parts, 0), flat]),
        (x.shape[0], rows, columns, channels * many),
    )


def separable_conv2d(
    input: Any,
    depthwise_filter: Any,
    pointwise_filter: Any,
    strides: Any,
    padding: Any,
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    """A convolution of each channel, then one across channels."""
    each = depthwise_conv2d(input, depthwise_filter, strides, padding, data_format, dilations)
    return conv2d(each, pointwise_filter, 1, "VALID")


def conv2d_transpose(
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Any,
    padding: str = "SAME",
    data_format: str = "NHWC",
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    """The transpose of a convolution: images `(n, h, w, c)` and filters `(kh, kw, d, c)` give `output_shape`."""
    x, w = pair(input, filters)
    steps, extents = _pairwise(strides), dims(output_shape)
    if len(extents) == 4:
        extents = extents[1:3]
    for axis, (step, size, wanted) in enumerate(zip(steps, w.shape[:2], extents), start=1):
        n = x.shape[axis]
        shape = tuple(x.shape)
        widths = [(0, 0)] * 5
        widths[axis + 1] = (0, step - 1)
        spread = _n.pad(_n.expand_dims(x, axis + 1), widths, "constant", 0.0)
        spread = _n.narrow(
            _n.reshape(spread, shape[:axis] + (n * step,) + shape[axis + 1 :]), axis, 0, (n - 1) * step + 1
        )
        before = max((n - 1) * step + size - wanted, 0) // 2 if padding.upper() == "SAME" else 0
        front = size - 1 - before
        widths = [(0, 0)] * 4
        widths[axis] = (front, wanted + size - 1 - ((n - 1) * step + 1) - front)
        x = _n.pad(spread, widths, "constant", 0.0)
    turned = _n.permute(_n.flip(w, (0, 1)), (0, 1, 3, 2))
    return conv2d(x, turned, 1, "VALID")


def max_pool1d(
    input: Any, ksize: Any, strides: Any, padding: Any, data_format: str = "NWC", name: str | None = None
) -> Any:
    """The largest element under each place of a window on sequences `(n, w, c)`."""
    x = _n.expand_dims(floating(input, "MaxPool"), 1)
    return _n.squeeze(_pool(x, (1, dims(ksize)[-1]), (1, dims(strides)[-1]), padding, True), 1)


def avg_pool1d(
    input: Any, ksize: Any, strides: Any, padding: Any, data_format: str = "NWC", name: str | None = None
) -> Any:
    """The mean of the elements under each place of a window on sequences `(n, w, c)`."""
    x = _n.expand_dims(floating(input, "AvgPool"), 1)
    return _n.squeeze(_pool(x, (1, dims(ksize)[-1]), (1, dims(strides)[-1]), padding, False), 1)
