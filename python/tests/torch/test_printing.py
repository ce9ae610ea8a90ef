"""Tensors are printed to the letter as PyTorch prints them."""

from __future__ import annotations

import numpy as np
import pytest

from wengert import torch


def test_line_3_repr() -> None:
    assert repr(torch.tensor(3.0, requires_grad=True)) == "tensor(3., requires_grad=True)"
    assert repr(torch.tensor(3.0, requires_grad=True) ** 2) == "tensor(9., grad_fn=<PowBackward0>)"
    assert repr(torch.tensor([1.0, 2.5])) == "tensor([1.0000, 2.5000])"
    assert repr(torch.tensor([[1.0], [-10.0]])) == "tensor([[  1.],\n        [-10.]])"
    assert repr(torch.tensor([1.5], dtype=torch.float64)) == "tensor([1.5000], dtype=torch.float64)"
    assert repr(torch.zeros(4, 3).shape) == "torch.Size([4, 3])"
    assert repr(torch.zeros(0, 3)) == "tensor([], size=(0, 3))"
    assert repr(torch.zeros(0)) == "tensor([])"
    assert repr(torch.arange(1001)) == "tensor([   0,    1,    2,  ...,  998,  999, 1000])"
    assert repr(torch.arange(30)) == (
        "tensor([ 0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 15, 16, 17,\n"
        "        18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29])"
    )
    assert repr(torch.return_types.max((torch.tensor(1), torch.tensor(0)))) == (
        "torch.return_types.max(\nvalues=tensor(1),\nindices=tensor(0))"
    )
    assert (
        repr(torch.nn.Parameter(torch.ones(2)))
        == "Parameter containing:\ntensor([1., 1.], requires_grad=True)"
    )


def test_line_2_a_number_in_a_string() -> None:
    t = torch.tensor(0.25)
    assert f"{t}" == "0.25" and f"{t:.3f}" == "0.250" and "%.06f" % t.item() == "0.250000"
    assert f"{torch.tensor([1, 2])}" == "tensor([1, 2])"
    with pytest.raises(TypeError):
        f"{torch.tensor([1.0, 2.0]):.2f}"


def test_printoptions() -> None:
    x = torch.tensor([1.23456789, 1e-3])
    try:
        torch.set_printoptions(precision=2)
        assert repr(x) == "tensor([1.23e+00, 1.00e-03])"
        torch.set_printoptions(precision=6, sci_mode=False)
        assert repr(x) == "tensor([1.234568, 0.001000])"
        torch.set_printoptions(profile="default", sci_mode=None)
        torch.set_printoptions(threshold=5, edgeitems=1)
        assert repr(torch.arange(10)) == "tensor([0,  ..., 9])"
    finally:
        torch.set_printoptions(profile="default")
    assert repr(x) == "tensor([1.2346e+00, 1.0000e-03])"


SHAPES = [
    (), (1,), (7,), (40,), (3, 4), (20, 3), (2, 3, 4), (1, 1, 2), (2, 2, 2, 2), (0,), (0, 3), (3, 0, 2), (1200,), (40, 30),
    (3, 3, 200),
]  # fmt: skip
SCALES = ["small", "unit", "large", "mixed", "whole", "special", "hundreds", "tiny"]


def values(rng: np.random.Generator, shape: tuple[int, ...], scale: str) -> np.ndarray:
    x = np.asarray(rng.standard_normal(shape))
    if scale == "small":
        return x * 1e-3
    if scale == "tiny":
        return x * 1e-9
    if scale == "large":
        return x * 1e7
    if scale == "hundreds":
        return x * 300
    if scale == "mixed":
        return x * 10.0 ** rng.integers(-6, 7, shape)
    if scale == "whole":
        return np.round(x * 20)
    if scale == "special":
        chosen = rng.integers(0, 6, shape)
        return np.where(chosen == 0, np.nan, np.where(chosen == 1, np.inf, np.where(chosen == 2, -np.inf, x)))
    return x


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_floats_as_pytorch(scale: str, kind: str) -> None:
    theirs = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    for shape in SHAPES:
        array = np.asarray(values(rng, shape, scale)).astype(kind)
        assert repr(torch.from_numpy(array)) == repr(theirs.from_numpy(array))


@pytest.mark.parametrize("kind", ["int64", "int32", "uint8", "bool"])
def test_whole_numbers_as_pytorch(kind: str) -> None:
    theirs = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    for shape in SHAPES:
        for high in (2, 10, 200):
            array = np.asarray(rng.integers(0 if kind == "uint8" else -high, high, shape)).astype(kind)
            assert repr(torch.from_numpy(array)) == repr(theirs.from_numpy(array))
            assert str(torch.from_numpy(array)) == str(theirs.from_numpy(array))


HISTORY = """
x ** 2
2 * x
x * 2
x * x
9 / x
x / 2
x / y
8 - x
x - 8
x - y
11 + x
x + y
-x
x ** y
2 ** x
x.sin()
x.cos()
x.tan()
x.exp()
x.log()
x.log2()
x.log10()
x.log1p()
x.expm1()
x.sqrt()
x.rsqrt()
x.abs()
x.sign()
x.tanh()
x.sigmoid()
x.relu()
x.erf()
x.floor()
x.round()
x.reciprocal()
x.square()
x.asin()
x.atan()
x.sinh()
x.atan2(y)
x.maximum(y)
x.clamp(min=0)
x.clamp(0, 1)
x.clamp(max=1)
x.sum()
x.sum(0)
x.sum(1, keepdim=True)
x.mean()
x.mean(0)
x.prod()
x.prod(0)
x.std()
x.var()
x.var(0)
x.max()
x.min()
x.max(0).values
x.amax(0)
x.norm()
x.logsumexp(0)
x.cumsum(0)
x.cumprod(0)
x.sort().values
x.topk(1).values
x.softmax(0)
x.log_softmax(1)
x @ y
x.mm(y)
x.mv(y[0])
x[0].dot(y[0])
x[0] @ y[0]
x @ y[0]
torch.outer(x[0], y[0])
torch.bmm(x[None], y[None])
x.t()
x.T
x.transpose(0, 1)
x.permute(1, 0)
x.reshape(4)
x.view(4)
x.flatten()
x.unsqueeze(0)
x[None].squeeze(0)
x[None].expand(3, 2, 2)
x[0]
x[0, 0]
x[:, 0]
x[0:1]
x[x > 0]
x[torch.tensor([0, 1])]
x.select(0, 0)
x.narrow(0, 0, 1)
x.unbind()[0]
x.split(1)[0]
x.chunk(2)[0]
x.diagonal()
x.flip(0)
x.roll(1, 0)
x.tril()
x.triu()
x.clone()
x.contiguous().clone()
x.double()
x.to(torch.float64)
x.gather(0, torch.tensor([[0, 1]]))
x.index_select(0, torch.tensor([0]))
x.masked_fill(x > 1, 0.0)
x.masked_select(x > 1)
x.repeat(2, 1)
torch.cat([x, y])
torch.stack([x, y])
torch.where(x > 1, x, y)
torch.trace(x)
torch.addmm(x, x, y)
x.lerp(y, 0.5)
x.lerp(y, y)
torch.addcmul(x, x, y)
torch.addcdiv(x, x, y, value=2)
torch.addmv(x[0], x, y[0])
torch.baddbmm(x[None], x[None], y[None])
torch.cdist(x, y)
torch.logcumsumexp(x, 0)
x.split([1, 1])[1]
x.min(1).values
x.kthvalue(1).values
x.masked_fill(x > 1, torch.tensor(0.0))
x.fliplr()
x.mT
x.swapaxes(0, 1)
x.movedim(0, 1)
x.atan2(y)
x.hypot(y)
x.logaddexp(y)
x.lgamma()
x.digamma()
x.erfc()
x.exp2()
x.sinc()
x.acos()
x.acosh()
x.frac()
x.nan_to_num()
x.xlogy(y)
x.remainder(2)
x.trunc()
x.amin(1)
x.aminmax().min
x.argsort().float() * x
x.unfold(0, 1, 1)
x.take(torch.tensor([0]))
x.scatter(0, torch.tensor([[0, 1]]), 1.0)
x.index_add(0, torch.tensor([0]), y[:1])
x.index_fill(0, torch.tensor([0]), 1.0)
x.repeat_interleave(2)
x.diff()
x.std(0)
x.logit()
x.median()
x.dist(y)
torch.meshgrid(x[0], y[0], indexing="ij")[0]
torch.vstack([x, y])
torch.hstack([x, y])
torch.nn.functional.normalize(x)
torch.nn.functional.leaky_relu(x)
torch.nn.functional.elu(x)
torch.nn.functional.cross_entropy(x, torch.tensor([0, 1]))
torch.nn.functional.binary_cross_entropy_with_logits(x, y.detach())
torch.nn.functional.softplus(x)
torch.nn.functional.gelu(x)
torch.nn.functional.silu(x)
torch.nn.functional.mse_loss(x, y)
torch.nn.functional.linear(x, y, y[0])
""".strip().splitlines()  # fmt: skip


@pytest.mark.parametrize("line", HISTORY)
def test_line_6_names_of_steps_as_pytorch(line: str) -> None:
    theirs = pytest.importorskip("torch")
    found = []
    for library in (torch, theirs):
        x = library.tensor([[1.5, 2.0], [0.25, 3.0]], requires_grad=True)
        y = library.tensor([[0.5, 1.0], [2.0, 0.75]], requires_grad=True)
        value = eval(line, {"torch": library, "x": x, "y": y})
        found.append((value.grad_fn.name(), repr(value).partition("grad_fn=")[2]))
    assert found[0] == found[1]
