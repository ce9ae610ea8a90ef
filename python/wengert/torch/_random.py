"""Random numbers, in PyTorch's convention."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wengert import _wengert
from wengert._wengert import Tensor
from wengert.torch import _device, _dtype
from wengert.torch._creation import _finish
from wengert.torch._spelling import extents, for_tensors


class Generator(_wengert.Generator):  # type: ignore[misc]
    """A source of random numbers of its own.

    >>> g = torch.Generator().manual_seed(0)
    >>> a = torch.rand(3, generator=g)
    >>> bool((torch.rand(3, generator=g.manual_seed(0)) == a).all())
    True
    """

    def __new__(cls, device: Any = "cpu") -> Generator:
        _device.here(device)
        return _wengert.Generator.__new__(cls)

    def __init__(self, device: Any = "cpu") -> None:
        pass

    @property
    def device(self) -> _device.device:
        """Where it draws: on the processor."""
        return _device.CPU

    def manual_seed(self, seed: int | None = None) -> Generator:
        """Start anew from a seed."""
        super().manual_seed(seed)
        return self

    def seed(self) -> int:
        """Start anew from a seed that the system draws, and say which."""
        value = _drawn()
        super().manual_seed(value)
        return value

    def __repr__(self) -> str:
        return "<torch.Generator>"


default_generator = _wengert.default_generator


def _drawn() -> int:
    import secrets

    return secrets.randbits(63)


def manual_seed(seed: int) -> Any:
    """Start the generator of random numbers from a seed, so that they come again."""
    default_generator.manual_seed(int(seed) % 2**64)
    return default_generator


def seed() -> int:
    """Start the generator from a seed that the system draws, and say which."""
    value = _drawn()
    default_generator.manual_seed(value)
    return value


def initial_seed() -> int:
    """The seed that the generator was started from."""
    return default_generator.initial_seed()


def get_rng_state() -> Any:
    """The state of the generator, to be set again later."""
    return default_generator.get_state()


def set_rng_state(new_state: Any) -> None:
    """Set the state of the generator."""
    default_generator.set_state(new_state)


def _drawing(draw: Callable[..., Tensor], low: float, high: float, word: str, doc: str) -> Any:
    def creation(
        *size: Any,
        generator: Any = None,
        out: Tensor | None = None,
        dtype: Any = None,
        layout: Any = None,
        device: Any = None,
        pin_memory: bool = False,
        requires_grad: bool = False,
        names: Any = None,
        **named: Any,
    ) -> Tensor:
        if named:
            size = (named.pop("size"),)
            if named:
                raise TypeError(f"{word}() got an unexpected keyword argument '{next(iter(named))}'")
        elif not size:
            raise TypeError(f"{word}() received an invalid combination of arguments: write the size")
        kind = _dtype.get_default_dtype() if dtype is None else _dtype.of(dtype)
        if not kind.is_floating_point:
            raise RuntimeError(f"\"{word}\" not implemented for '{_dtype.spoken(kind)}'")
        result = draw(Tensor, low, high, extents(size), kind, generator)
        if requires_grad or device is not None or out is not None:
            return _finish(result, device, requires_grad, out)
        return result

    creation.__name__ = creation.__qualname__ = word
    creation.__doc__ = doc
    return creation


rand = _drawing(
    _wengert.uniform,
    0.0,
    1.0,
    "rand",
    """Random numbers, all of [0, 1) alike: `rand(2, 3)` or `rand((2, 3))`.

    >>> torch.rand(2, 3).shape
    torch.Size([2, 3])
    """,
)
randn = _drawing(
    _wengert.normal,
    0.0,
    1.0,
    "randn",
    """Random numbers of the normal distribution of mean 0 and deviation 1: `randn(2, 3)` or `randn((2, 3))`.

    >>> torch.randn(2, 3).shape
    torch.Size([2, 3])
    """,
)


def randint(
    low: int = 0,
    high: Any = None,
    size: Any = None,
    *,
    generator: Any = None,
    out: Tensor | None = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Random whole numbers from `low` up to but without `high`: `randint(10, (3,))`, `randint(1, 7, (3,))`.

    >>> bool((torch.randint(1, 7, (100,)) < 7).all())
    True
    """
    if size is None and not isinstance(high, int):
        low, high, size = 0, low, high
    elif high is None:
        low, high = 0, low
    if high <= low:
        raise RuntimeError(f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
    result = _wengert.integers(
        Tensor, low, high, extents((size,)), "int64" if dtype is None else dtype, generator
    )
    return _finish(result, device, requires_grad, out)


def randperm(
    n: int,
    *,
    generator: Any = None,
    out: Tensor | None = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """The numbers from 0 up to but without `n` in random order: [n]."""
    if n < 0:
        raise RuntimeError(f"Trying to create tensor with negative dimension {n}: [{n}]")
    result = _wengert.permutation(Tensor, n, generator)
    if dtype is not None:
        result = _wengert.cast(result, dtype)
    return _finish(result, device, requires_grad, out)


@for_tensors
def rand_like(
    input: Tensor,
    *,
    generator: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """Random numbers of [0, 1), in the shape and dtype of `input`."""
    kind = input.dtype if dtype is None else dtype
    return rand(
        tuple(input.shape), generator=generator, dtype=kind, device=device, requires_grad=requires_grad
    )


@for_tensors
def randn_like(
    input: Tensor,
    *,
    generator: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """Random numbers of the normal distribution, in the shape and dtype of `input`."""
    kind = input.dtype if dtype is None else dtype
    return randn(
        tuple(input.shape), generator=generator, dtype=kind, device=device, requires_grad=requires_grad
    )


@for_tensors
def randint_like(
    input: Tensor,
    low: int = 0,
    high: int | None = None,
    *,
    generator: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """Random whole numbers, in the shape and dtype of `input`."""
    if high is None:
        low, high = 0, low
    kind = input.dtype if dtype is None else dtype
    return randint(
        low, high, tuple(input.shape), generator=generator, dtype=kind, requires_grad=requires_grad
    )


def normal(
    mean: Any = 0.0,
    std: Any = 1.0,
    size: Any = None,
    *,
    generator: Any = None,
    out: Tensor | None = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Random numbers of the normal distribution; `mean` and `std` are numbers (then give `size`) or tensors."""
    if isinstance(mean, Tensor) or isinstance(std, Tensor):
        like = _wengert.add(mean, _wengert.mul(std, 0)).detach()
        noise = _wengert.normal(Tensor, 0.0, 1.0, tuple(like.shape), like.dtype, generator)
        held = [v.detach() if isinstance(v, Tensor) else v for v in (mean, std)]
        return _finish(noise * held[1] + held[0], device, requires_grad, out)
    if size is None:
        raise TypeError("normal() received an invalid combination of arguments: write the size")
    if std < 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std}")
    kind = _dtype.get_default_dtype() if dtype is None else dtype
    drawn = _wengert.normal(Tensor, float(mean), float(std), extents((size,)), kind, generator)
    return _finish(drawn, device, requires_grad, out)


@for_tensors
def bernoulli(
    input: Tensor, p: float | None = None, *, generator: Any = None, out: Tensor | None = None
) -> Tensor:
    """Ones with the probabilities in `input`, else zeros."""
    if p is not None:
        return _coins(input, p, generator)
    if not input.dtype.is_floating_point:
        raise RuntimeError(f"\"bernoulli_tensor_cpu_p_\" not implemented for '{_dtype.spoken(input.dtype)}'")
    chances = input.detach()
    if chances.numel() and not bool(_wengert.all(_wengert.logical_and(chances >= 0, chances <= 1))):
        raise RuntimeError("Expected p_in >= 0 && p_in <= 1 to be true, but got false.")
    drawn = _wengert.uniform(Tensor, 0.0, 1.0, tuple(input.shape), "float64", generator)
    return _finish(_wengert.cast(drawn < _wengert.cast(chances, "float64"), input.dtype), None, False, out)


def _coins(input: Tensor, p: float, generator: Any) -> Tensor:
    if not 0 <= p <= 1:
        raise RuntimeError(f"bernoulli_ expects p to be in [0, 1], but got p={p}")
    return _wengert.bernoulli(Tensor, p, tuple(input.shape), input.dtype, generator)


@for_tensors
def multinomial(
    input: Tensor,
    num_samples: int,
    replacement: bool = False,
    *,
    generator: Any = None,
    out: Tensor | None = None,
) -> Tensor:
    """`num_samples` numbers of places, drawn with the weights in the rows of `input`."""
    weights = input.detach()
    if not 1 <= weights.ndim <= 2:
        raise RuntimeError("prob_dist must be 1 or 2 dim")
    if not weights.dtype.is_floating_point:
        raise RuntimeError(
            "multinomial only supports floating-point dtypes for input, got: " + _dtype.spoken(weights.dtype)
        )
    if num_samples <= 0:
        raise RuntimeError("cannot sample n_sample <= 0 samples")
    if not replacement and num_samples > weights.shape[-1]:
        raise RuntimeError("cannot sample n_sample > prob_dist.size(-1) samples without replacement")
    if bool(
        _wengert.any(_wengert.logical_not(_wengert.logical_and(weights >= 0, _wengert.is_finite(weights))))
    ):
        raise RuntimeError("probability tensor contains either `inf`, `nan` or element < 0")
    if weights.ndim == 1:
        result = _wengert.multinomial(weights, num_samples, replacement, generator)
    else:
        rows = _wengert.unbind(weights, 0)
        result = _wengert.stack(
            [_wengert.multinomial(r, num_samples, replacement, generator) for r in rows], 0
        )
    return result if out is None else _finish(result, None, False, out)


@for_tensors
def poisson(input: Tensor, generator: Any = None) -> Tensor:
    """Whole numbers of the Poisson distributions with the means in `input`, in its dtype."""
    left = _wengert.cast(input.detach(), "float64")
    count = _wengert.zeros_like(left)
    while True:
        left = left - _wengert.exponential(Tensor, 1.0, tuple(input.shape), "float64", generator)
        alive = left > 0
        if not bool(_wengert.any(alive)):
            return _wengert.cast(count, input.dtype)
        count = count + alive


def uniform_(
    self: Tensor, a: float = 0.0, b: float = 1.0, *, generator: Any = None, **bounds: float
) -> Tensor:
    """Fill with random numbers, all of [from, to) alike."""
    low, high = bounds.pop("from", a), bounds.pop("to", b)
    if low > high:
        raise RuntimeError(f"uniform_ expects to return a [from, to) range, but found from={low} > to={high}")
    drawn = _wengert.uniform(
        Tensor, float(low), float(high), tuple(self.shape), _floats(self, "uniform"), generator
    )
    return _wengert.assign(self, drawn)


def _floats(x: Tensor, word: str) -> Any:
    if not x.dtype.is_floating_point:
        raise RuntimeError(f"\"{word}\" not implemented for '{_dtype.spoken(x.dtype)}'")
    return x.dtype


def normal_(self: Tensor, mean: float = 0.0, std: float = 1.0, *, generator: Any = None) -> Tensor:
    """Fill with random numbers of the normal distribution."""
    if std < 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std}")
    drawn = _wengert.normal(
        Tensor, float(mean), float(std), tuple(self.shape), _floats(self, "normal"), generator
    )
    return _wengert.assign(self, drawn)


def log_normal_(self: Tensor, mean: float = 1.0, std: float = 2.0, *, generator: Any = None) -> Tensor:
    """Fill with random numbers whose logarithms are normal."""
    drawn = _wengert.normal(
        Tensor, float(mean), float(std), tuple(self.shape), _floats(self, "log_normal"), generator
    )
    return _wengert.assign(self, _wengert.exp(drawn))


def exponential_(self: Tensor, lambd: float = 1.0, *, generator: Any = None) -> Tensor:
    """Fill with random numbers of the exponential distribution of rate `lambd`."""
    if lambd <= 0:
        raise RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={lambd}")
    kind = _floats(self, "exponential")
    return _wengert.assign(
        self, _wengert.exponential(Tensor, float(lambd), tuple(self.shape), kind, generator)
    )


def geometric_(self: Tensor, p: float, *, generator: Any = None) -> Tensor:
    """Fill with the numbers of trials until the first success."""
    if not 0 < p < 1:
        raise RuntimeError(f"geometric_ expects p to be in (0, 1), but got p={p}")
    waits = _wengert.exponential(Tensor, 1.0, tuple(self.shape), "float64", generator)
    rate = -_wengert.log1p(_wengert.full(Tensor, (), -p, "float64"))
    return _wengert.assign(self, _wengert.maximum(_wengert.ceil(waits / rate), 1.0))


def cauchy_(self: Tensor, median: float = 0.0, sigma: float = 1.0, *, generator: Any = None) -> Tensor:
    """Fill with random numbers of the Cauchy distribution."""
    kind = _floats(self, "cauchy")
    turns = _wengert.uniform(Tensor, -0.5, 0.5, tuple(self.shape), "float64", generator) * 3.141592653589793
    return _wengert.assign(self, _wengert.cast(_wengert.tan(turns) * sigma + median, kind))


def bernoulli_(self: Tensor, p: Any = 0.5, *, generator: Any = None) -> Tensor:
    """Fill with ones, with the probability `p` (a number or a tensor), and zeros."""
    if isinstance(p, Tensor):
        drawn = bernoulli(_wengert.expand(p, tuple(self.shape)), generator=generator)
    else:
        drawn = _coins(self, p, generator)
    return _wengert.assign(self, drawn)


def random_(
    self: Tensor, a: int = 0, b: int | None = None, *, generator: Any = None, **bounds: Any
) -> Tensor:
    """Fill with random whole numbers from `from` up to but without `to`."""
    low, high = bounds.pop("from", a), bounds.pop("to", b)
    if high is None and a and "from" not in bounds:
        low, high = 0, a
    if high is None:
        name = self.dtype.name
        high = {"float32": 2**24, "float64": 2**53, "bool": 2}.get(name) or _dtype.iinfo(self.dtype).max
    if low >= high:
        raise RuntimeError(f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
    drawn = _wengert.integers(Tensor, low, high, tuple(self.shape), "int64", generator)
    return _wengert.assign(self, drawn)
