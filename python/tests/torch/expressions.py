"""What the comparison with PyTorch evaluates: one expression a line, over the tensors that `world` makes.

A line of several statements, parted by semicolons, gives the value of its last.
"""

from __future__ import annotations

from typing import Any


def world(torch: Any) -> dict[str, Any]:
    """The tensors that the expressions speak of, made by either library."""

    def grid(values: list[float], *shape: int) -> Any:
        return torch.tensor(values).reshape(*shape)

    wave = [((7 * n) % 23 - 11) / 4 for n in range(24)]
    return {
        "torch": torch,
        "a": grid(wave[:12], 3, 4),
        "b": grid([x * 0.75 + 0.3 for x in wave[12:]], 3, 4),
        "p": grid([(n + 1) / 14 for n in (5, 3, 9, 0, 11, 7, 2, 10, 1, 8, 4, 6)], 3, 4),
        "c": grid(wave, 2, 3, 4),
        "v": torch.tensor([1.5, -2.0, 0.25, 3.0]),
        "w": torch.tensor([0.5, -1.0, 2.0]),
        "m": grid([((5 * n) % 19 - 9) / 5 for n in range(20)], 4, 5),
        "sq": grid([((3 * n) % 17 - 8) / 5 for n in range(16)], 4, 4),
        "d": grid(wave[:12], 3, 4).double() / 3,
        "i": torch.tensor([[3, -1, 4, 1], [-5, 9, 2, 6], [5, 3, -5, 8]]),
        "j": torch.tensor([[2, 3, 1, 4], [1, 2, 5, 1], [3, 2, 2, 7]]),
        "i32": torch.tensor([[3, -1, 4, 1], [-5, 9, 2, 6]], dtype=torch.int32),
        "u": torch.tensor([200, 3, 100, 7], dtype=torch.uint8),
        "k": torch.tensor(
            [[True, False, True, True], [False, False, True, False], [True, True, True, False]]
        ),
        "k2": torch.tensor([True, False, True, False]),
        "s": torch.tensor(2.5),
        "o": torch.tensor(3),
        "z": torch.zeros(0, 3),
        "x": torch.tensor([float("nan"), float("inf"), -float("inf"), 0.0, -1.5]),
        "ix": torch.tensor([2, 0, 1]),
        "g": torch.tensor([[0, 2, 1, 1], [2, 2, 0, 1], [1, 0, 0, 2]]),
        "inf": float("inf"),
        "nan": float("nan"),
    }


CREATION = """
torch.tensor(3.0)
torch.tensor(3)
torch.tensor(True)
torch.tensor([1, 2, 3])
torch.tensor([[2], [2], [3.]])
torch.tensor([1.5, 2], dtype=torch.float64)
torch.tensor([True, False])
torch.tensor([])
torch.tensor([[]])
torch.tensor([[1, 2], [3]])
torch.tensor([1, 'a'])
torch.tensor((1.0, 2.0), requires_grad=True)
torch.tensor(1, requires_grad=True)
torch.tensor([1, 2], dtype=torch.int64, requires_grad=True)
torch.tensor([1.0, 0.0, 2.0], dtype=torch.bool)
torch.tensor([1.9, -1.9], dtype=torch.int64)
torch.zeros(2, 3)
torch.zeros((2, 3))
torch.zeros([2, 3], dtype=torch.int32)
torch.zeros(size=(2,))
torch.zeros(0)
torch.zeros(2, 0)
torch.zeros(())
torch.ones(2, 3, dtype=torch.bool)
torch.ones(3, dtype=torch.uint8)
torch.ones(2, requires_grad=True)
torch.zeros(-1)
torch.full((2, 2), 7)
torch.full((2, 2), 7.5)
torch.full((2,), True)
torch.full((2, 2), 7, dtype=torch.float64)
torch.eye(3)
torch.eye(2, 3, dtype=torch.int64)
torch.arange(5)
torch.arange(1, 4)
torch.arange(1, 2.5, 0.5)
torch.arange(5.)
torch.arange(10, 0, -3)
torch.arange(0, 1, 0.1, dtype=torch.float64)
torch.arange(5, dtype=torch.float32)
torch.arange(0)
torch.arange(1, 5, -1)
torch.arange(1, 5, 0)
torch.arange(start=1, end=7, step=2)
torch.linspace(0, 1, 5)
torch.linspace(0, 3, steps=20)
torch.linspace(-1, 1, 3, dtype=torch.float64)
torch.linspace(3, 10, 1)
torch.linspace(0, 1, 0)
torch.logspace(0, 2, 3)
torch.logspace(0, 3, 4, base=2)
torch.zeros_like(i)
torch.ones_like(a, dtype=torch.int64)
torch.full_like(a, 2)
torch.full_like(i, 2)
torch.empty(2, 3).shape
torch.empty_like(d).dtype
torch.tril_indices(3, 3)
torch.triu_indices(3, 4, offset=1)
torch.meshgrid(v, w, indexing='ij')
torch.meshgrid(v, w, indexing='xy')
torch.cartesian_prod(ix, torch.tensor([4, 5]))
torch.combinations(ix)
torch.combinations(ix, with_replacement=True)
torch.vander(w)
torch.vander(w, N=2, increasing=True)
torch.hann_window(6)
torch.hamming_window(5, periodic=False)
torch.blackman_window(6)
torch.bartlett_window(5)
torch.scalar_tensor(3)
torch.as_tensor([1, 2])
torch.as_tensor(a, dtype=torch.float64)
torch.asarray([1.5, 2])
torch.FloatTensor([1, 2])
torch.LongTensor([1, 2])
torch.DoubleTensor([[1.0]])
torch.Tensor([1, 2, 3])
torch.Tensor([[1, 2], [3, 4]])
torch.Tensor(2, 3).shape
torch.Tensor().shape
a.new_zeros(2, 3)
a.new_ones((2,), dtype=torch.int64)
i.new_full((2,), 3)
d.new_tensor([1, 2])
torch.from_numpy(a)
torch.tensor(None)
torch.range(1, 4)
"""

POINTWISE = """
torch.abs(a)
abs(i)
torch.absolute(a)
torch.acos(p)
torch.acosh(p + 1)
torch.asin(p)
torch.asinh(a)
torch.atan(a)
torch.atanh(p)
torch.arctan2(a, b)
torch.ceil(a)
torch.cos(a)
torch.cosh(a)
torch.digamma(p + 1)
torch.erf(a)
torch.erfc(a)
torch.erfinv(p)
torch.exp(a)
torch.exp2(a)
torch.expm1(a)
torch.floor(a)
torch.frac(a)
torch.lgamma(p + 2)
torch.log(p)
torch.log10(p)
torch.log1p(p)
torch.log2(p)
torch.logical_not(k)
torch.logical_not(i)
torch.neg(a)
torch.negative(i)
torch.reciprocal(b)
torch.relu(a)
torch.relu(i)
torch.round(a)
torch.round(d, decimals=1)
torch.rsqrt(p)
torch.sigmoid(a)
torch.sign(a)
torch.sign(i)
torch.sgn(a)
torch.sin(a)
torch.sin(i)
torch.sin(k)
torch.sinc(a)
torch.sinh(a)
torch.sqrt(p)
torch.sqrt(j)
torch.square(a)
torch.square(i)
torch.tan(p)
torch.tanh(a)
torch.trunc(a)
torch.fix(a)
torch.exp(i)
torch.exp(d)
torch.exp(s)
torch.exp(o)
torch.log(torch.tensor(0.0))
torch.sqrt(torch.tensor(-1.0))
torch.isnan(x)
torch.isinf(x)
torch.isfinite(x)
torch.isposinf(x)
torch.isneginf(x)
torch.isreal(x)
torch.signbit(x)
torch.nan_to_num(x)
torch.nan_to_num(x, nan=1.0, posinf=2.0, neginf=3.0)
torch.deg2rad(a)
torch.rad2deg(a)
torch.logit(p)
torch.logit(p, eps=0.2)
torch.polygamma(1, p)
torch.polygamma(2, p)
torch.mvlgamma(p + 3, 2)
torch.angle(a)
torch.real(a)
torch.conj(a)
torch.positive(a)
torch.positive(k)
torch.frexp(a)
torch.add(a, b)
torch.add(a, 2)
torch.add(a, b, alpha=2)
torch.add(i, j, alpha=0.5)
torch.add(i, 1.5)
torch.add(i, s)
torch.add(k, k)
torch.add(k, 1)
torch.sub(a, b)
torch.sub(a, 1, alpha=3)
torch.subtract(i, j)
torch.rsub(a, 1)
torch.sub(k, k)
torch.mul(a, b)
torch.mul(i, 2.5)
torch.multiply(a, 2)
torch.div(a, b)
torch.div(i, j)
torch.div(i, 2)
torch.div(a, b, rounding_mode='floor')
torch.div(a, b, rounding_mode='trunc')
torch.div(i, j, rounding_mode='floor')
torch.div(i, j, rounding_mode='trunc')
torch.div(a, b, rounding_mode='up')
torch.true_divide(i, j)
torch.floor_divide(i, j)
torch.floor_divide(a, 2)
torch.fmod(a, b)
torch.fmod(i, j)
torch.remainder(a, b)
torch.remainder(i, j)
torch.remainder(a, 1.5)
torch.pow(a, 2)
torch.pow(a, 3)
torch.pow(p, b)
torch.pow(2, a)
torch.pow(a, exponent=3)
torch.polygamma(1, input=p)
torch.pow(i, 2)
torch.pow(i, -1)
torch.pow(j, j)
torch.pow(i, 0.5).isnan()
torch.float_power(i, 2)
torch.atan2(a, b)
torch.copysign(a, b)
torch.hypot(a, b)
torch.logaddexp(a, b)
torch.logaddexp2(a, b)
torch.xlogy(p, p)
torch.maximum(a, b)
torch.minimum(i, j)
torch.fmax(x, torch.zeros(5))
torch.fmin(x, torch.zeros(5))
torch.heaviside(a, s)
torch.ldexp(a, o)
torch.lerp(a, b, 0.5)
torch.lerp(a, b, p)
torch.addcmul(a, b, p)
torch.addcmul(a, b, p, value=0.5)
torch.addcdiv(a, b, p, value=0.5)
torch.clamp(a, 0, 1)
torch.clamp(a, min=0)
torch.clamp(a, max=0.5)
torch.clamp(a, min=b)
torch.clamp(i, 0, 4)
torch.clamp(i, 0.5)
torch.clamp(a)
torch.clip(a, -1, 1)
torch.clamp_min(a, 0.5)
torch.clamp_max(a, 0.5)
torch.eq(a, b)
torch.eq(i, 3)
torch.ne(i, j)
torch.lt(a, 0)
torch.le(a, b)
torch.gt(a, b)
torch.ge(i, 2.5)
torch.greater(a, b)
torch.less_equal(a, b)
torch.not_equal(a, b)
torch.isclose(a, a + 1e-9)
torch.isclose(a, d)
torch.logical_and(k, k2)
torch.logical_or(k, i)
torch.logical_xor(k, k2)
torch.bitwise_and(i, j)
torch.bitwise_or(k, k2)
torch.bitwise_xor(i, 3)
torch.bitwise_not(i)
torch.bitwise_left_shift(j, 2)
torch.bitwise_right_shift(j, 1)
torch.bitwise_and(a, b)
torch.gcd(i, j)
torch.lcm(i, j)
torch.nextafter(a, b)
torch.softmax(a, 1)
torch.softmax(a, dim=0)
torch.softmax(i.float(), -1)
torch.softmax(a, 5)
torch.log_softmax(a, 1)
torch.softmax(i, 1, dtype=torch.float64)
torch.threshold(a, 0.5, 2.0)
a + b
a - 1
1 - a
a * i
a / 2
2 / b
i / 2
i // 2
i % 3
a % 1
a // b
a ** 2
a ** -1
2 ** a
i ** 2
i ** -1
a @ v
-a
+a
~k
~i
a > b
a == b
a != 1
i & 1
i | j
k ^ k2
i << 1
j >> 1
a & 1
abs(a)
a + k
i + k
u + 100
u * i
u + 1.5
i32 + 1
i32 * 2.0
i32 + i[0]
i32 + o
d + a
a + d
s + i
i + s
o + a
o * i32
k + 1
k * 2.5
a + torch.ones(2)
a + 'x'
a + None
a < 'x'
a + [1, 2]
torch.sin('x')
torch.sin(3.0)
torch.sin()
torch.sin(a, b)
a.sin()
a.add(b).mul(2).sub(1).div(3)
a.pow(2)
a.clamp(0)
a.clamp(min=0, max=1)
a.eq(b)
a.gt(0)
a.logical_not()
a.maximum(b)
a.remainder(2)
a.softmax(1)
a.sigmoid().log()
a.relu()
a.floor_divide(2)
a.float_power(2)
a.lerp(b, 0.3)
a.isclose(b)
a.nan_to_num()
torch.add(input=a, other=b)
torch.mul(input=a, other=b)
torch.sin(input=a)
y = torch.zeros(3, 4); torch.sin(a, out=y); y
y = torch.zeros(3, 4); torch.add(a, b, out=y); y
torch.special.expit(a)
torch.special.entr(p)
torch.special.ndtr(a)
torch.special.ndtri(p)
torch.special.xlog1py(p, p)
torch.special.gammaln(p)
torch.special.psi(p)
torch.special.logit(p)
torch.special.round(a)
torch.special.log_ndtr(a)
"""

REDUCE = """
a.sum()
torch.sum(a)
torch.sum(a, 0)
torch.sum(a, dim=1)
torch.sum(a, dim=1, keepdim=True)
torch.sum(a, (0, 1))
torch.sum(a, dim=[0, 1], keepdim=True)
a.sum(-1)
a.sum(dim=())
a.sum(axis=1)
a.sum(1, keepdims=True)
i.sum()
k.sum()
u.sum()
i32.sum(0)
a.sum(dtype=torch.float64)
i.sum(dtype=torch.float32)
a.sum(5)
c.sum((0, 2))
c.sum((0, 0))
z.sum()
z.sum(0)
z.sum(1)
s.sum()
s.sum(0)
a.mean()
a.mean(0)
a.mean(dim=(0, 1), keepdim=True)
a.mean(axis=0)
i.mean()
i.mean(dtype=torch.float32)
i.float().mean(1)
z.mean()
a.prod()
a.prod(1)
i.prod()
a.prod(dim=1, keepdim=True)
a.std()
a.std(0)
a.std(dim=1, unbiased=False)
a.std(1, False)
a.std(False)
a.std(dim=1, correction=0)
a.var()
a.var(1)
a.var(dim=(0, 1), keepdim=True)
a.var(unbiased=False)
i.var()
torch.var_mean(a)
torch.std_mean(a, dim=1)
torch.std(a, dim=1, keepdim=True)
a.max()
a.min()
i.max()
k.max()
a.max(0)
a.max(dim=1)
a.max(1, keepdim=True)
a.max(dim=1).values
a.max(1)[1]
a.min(1)
torch.max(a, 1)
torch.max(a, b)
torch.min(a, b)
torch.max(a, dim=0, keepdim=True)
a.max(axis=1)
z.max()
z.max(1)
a.max(7)
s.max(0)
a.amax()
a.amax(1)
a.amax((0, 1))
a.amin(dim=0, keepdim=True)
a.aminmax()
torch.aminmax(a, dim=1)
a.argmax()
a.argmax(1)
a.argmax(dim=1, keepdim=True)
a.argmin(0)
torch.argmax(a, axis=1)
z.argmax()
i.argmax(1)
a.all()
k.all()
k.all(1)
k.any()
k.any(dim=0)
k.any(0, keepdim=True)
u.any()
i.all()
a.count_nonzero()
torch.count_nonzero(k, dim=1)
torch.logsumexp(a, 1)
torch.logsumexp(a, dim=(0, 1))
a.logsumexp(0, keepdim=True)
torch.norm(a)
torch.norm(a, p=1)
torch.norm(a, dim=1)
torch.norm(a, 2, 1, keepdim=True)
a.norm()
a.norm(p=inf)
a.norm(dim=0)
a.norm(3, dim=1)
i.norm()
torch.dist(a, b)
torch.dist(a, b, 1)
a.cumsum(0)
torch.cumsum(i, 1)
k.cumsum(1)
a.cumprod(1)
torch.cumsum(a, axis=1)
a.cumsum(3)
a.cummax(1)
a.cummin(0)
torch.logcumsumexp(a, 1)
torch.diff(a)
torch.diff(a, dim=0)
torch.diff(i, n=2)
torch.diff(v, prepend=torch.tensor([0.0]))
torch.trapezoid(a)
torch.trapezoid(a, dx=0.5)
torch.trapz(v, torch.tensor([0., 1., 3., 6.]))
torch.cumulative_trapezoid(v)
torch.gradient(v)
torch.gradient(a, dim=1)
torch.gradient(a, spacing=2.0)
torch.gradient(v, spacing=torch.tensor([0., 1., 3., 4.]))
torch.gradient(v, edge_order=2)
torch.gradient(v, spacing=(torch.tensor([0., 1., 3., 4.]),), edge_order=2)
torch.nansum(x[[0, 3, 4]])
torch.nanmean(x[[0, 3, 4]])
torch.cov(a)
torch.cov(v)
torch.corrcoef(a)
torch.corrcoef(a + b)
a.sum(dim='x')
a.sum(foo=1)
torch.sum()
torch.mean(a, 0, True)
"""

ORDER = """
torch.sort(v)
a.sort()
a.sort(0)
a.sort(dim=1, descending=True)
i.sort(descending=True)
a.argsort()
a.argsort(dim=0, descending=True)
torch.msort(a)
a.topk(2)
torch.topk(a, 2, dim=0)
torch.topk(a, 3, largest=False)
torch.topk(a, 9)
a.kthvalue(2)
torch.kthvalue(a, 1, dim=0, keepdim=True)
a.median()
torch.median(a, 1)
torch.median(a, dim=0, keepdim=True)
torch.median(x)
torch.nanmedian(x)
i.median()
torch.mode(i)
torch.mode(j, 1)
torch.quantile(a, 0.25)
torch.quantile(a, 0.6, dim=1)
torch.quantile(a, torch.tensor([0.25, 0.75]), dim=1)
torch.quantile(a, 0.6, dim=1, keepdim=True)
torch.quantile(a, 0.6, dim=0, interpolation='nearest')
torch.quantile(a, 0.6, dim=0, interpolation='midpoint')
torch.quantile(a, 2.0)
torch.nanquantile(x[[0, 3, 4]], 0.5)
torch.unique(i)
torch.unique(j, return_inverse=True)
torch.unique(j, return_counts=True)
torch.unique(j, return_inverse=True, return_counts=True)
torch.unique(torch.tensor([[1, 2], [1, 2], [0, 1]]), dim=0)
j.unique()
torch.unique_consecutive(torch.tensor([1, 1, 2, 2, 2, 1]))
torch.unique_consecutive(torch.tensor([1, 1, 2, 1]), return_inverse=True, return_counts=True)
torch.searchsorted(torch.tensor([1., 3., 5., 7.]), v)
torch.searchsorted(torch.tensor([1, 3, 5]), torch.tensor([3, 4]), right=True)
torch.searchsorted(torch.tensor([1, 3, 5]), 4)
torch.searchsorted(torch.tensor([[1, 3], [2, 4]]), torch.tensor([[2], [5]]))
torch.bucketize(v, torch.tensor([0., 1., 2.]))
torch.bucketize(v, torch.tensor([0., 1., 2.]), out_int32=True)
torch.isin(i, torch.tensor([1, 2, 3]))
torch.bincount(torch.tensor([0, 1, 1, 3]))
torch.bincount(torch.tensor([0, 1, 1]), weights=w)
torch.bincount(torch.tensor([0, 1]), minlength=5)
torch.bincount(a)
torch.histc(a, bins=4)
torch.histc(a, 4, -1, 1)
torch.histogram(a, 4)
torch.histogram(a, torch.tensor([-3., 0., 3.]))
torch.equal(a, a)
torch.equal(a, b)
torch.equal(a, v)
torch.allclose(a, a + 1e-9)
torch.allclose(x, x)
torch.allclose(x, x, equal_nan=True)
torch.allclose(a, d)
"""

SHAPE = """
a.reshape(4, 3)
a.reshape((2, -1))
a.reshape(-1)
a.reshape(5, 2)
torch.reshape(a, (12,))
a.reshape(shape=(12,))
a.view(2, 6)
a.view(-1)
a.t().view(12)
a.view(torch.int32)
a.view_as(m[:3, :4])
a.reshape_as(c[0])
a.flatten()
c.flatten(1)
c.flatten(0, 1)
c.flatten(2, 1)
s.flatten()
torch.flatten(c, start_dim=1)
c.ravel()
c.unflatten(2, (2, 2))
c.unflatten(-1, (2, -1))
c.unflatten(2, (3, 2))
a.T
c.mT
a.H
a.t()
c.t()
v.t()
a.transpose(0, 1)
c.transpose(-1, 0)
c.transpose(0, 5)
c.swapaxes(0, 2)
c.permute(2, 0, 1)
c.permute((1, 0, 2))
torch.permute(c, (2, 1, 0))
c.permute(0, 1)
c.permute(0, 0, 1)
c.movedim(0, -1)
torch.permute_copy(c, (2, 0, 1))
torch.unbind_copy(a)
torch.slice_copy(a, 1, 0, 3, 2)
a.narrow_copy(0, 1, 1)
c.movedim((0, 1), (1, 2))
torch.moveaxis(c, 0, 1)
a.unsqueeze(0)
a.unsqueeze(-1)
a.unsqueeze(4)
torch.unsqueeze(a, dim=1)
a.unsqueeze(0).squeeze()
a.unsqueeze(0).squeeze(0)
a.squeeze(0)
a.unsqueeze(0).unsqueeze(2).squeeze((0, 2))
a.squeeze(5)
v.expand(3, 4)
v.expand(3, -1)
v.expand(3, 5)
w.unsqueeze(1).expand_as(a)
torch.broadcast_to(v, (2, 4))
torch.broadcast_tensors(v, w.unsqueeze(1))
torch.broadcast_shapes((2, 1), (3,))
torch.broadcast_shapes((2, 1), (3, 3))
a.narrow(1, 1, 2)
torch.narrow(a, 0, 0, 2)
a.narrow(0, 2, 5)
a.select(0, 1)
a.select(1, -1)
a.select(0, 7)
torch.diagonal(sq)
sq.diagonal(1)
c.diagonal(0, 1, 2)
a.unbind()
a.unbind(1)
a.split(2)
a.split([1, 2])
a.split(3, dim=1)
torch.split(a, [1, 3], dim=1)
torch.split(a, [1, 1], dim=1)
a.chunk(2)
a.chunk(3, dim=1)
torch.chunk(a, 2, 1)
torch.tensor_split(v, 3)
torch.tensor_split(v, (1, 3))
torch.hsplit(a, 2)
torch.vsplit(a, 3)
torch.hsplit(a, 3)
torch.dsplit(c, 2)
torch.atleast_1d(s)
torch.atleast_2d(v)
torch.atleast_3d(a)
torch.numel(a)
a.numel()
a.nelement()
a.dim()
a.ndim
a.ndimension()
a.size()
a.size(0)
a.size(-1)
a.size(4)
a.shape
len(a)
len(s)
a.stride()
a.T.stride()
a.stride(0)
a.is_contiguous()
a.T.is_contiguous()
a.T.contiguous().stride()
a.element_size()
a.nbytes
a.itemsize
a.dtype
a.device
a.layout
a.is_cuda
a.get_device()
a.type()
i.type()
a.is_floating_point()
torch.is_floating_point(i)
a.is_complex()
a.is_signed()
torch.is_tensor(a)
torch.is_tensor(3)
a.unfold(1, 2, 1)
v.unfold(0, 3, 1)
torch.cat([a, b])
torch.cat((a, b), dim=1)
torch.cat([a, b], axis=1)
torch.cat([a, i])
torch.cat([a, v])
torch.cat([])
torch.cat([torch.tensor([]), a])
torch.concat([a, b], 0)
torch.stack([v, v])
torch.stack((v, v), dim=1)
torch.stack([v, v], -1)
torch.stack([v, w])
torch.stack([])
torch.vstack([v, v])
torch.hstack([v, w])
torch.hstack([a, b])
torch.dstack([a, b])
torch.column_stack([w, w])
torch.block_diag(a, sq)
a.clone()
a.flip(0)
a.flip((0, 1))
torch.flip(a, dims=[1])
torch.fliplr(a)
torch.flipud(a)
a.roll(1)
a.roll(1, 0)
torch.roll(a, shifts=(1, -1), dims=(0, 1))
torch.rot90(a)
torch.rot90(a, 2)
torch.rot90(a, -1)
torch.tril(sq)
torch.triu(sq, 1)
sq.tril(-1)
torch.tril(v)
torch.diag(v)
torch.diag(sq)
torch.diag(v, 1)
torch.diagflat(a[:2, :2])
torch.diag_embed(a)
torch.diag_embed(a, 1, 0, 2)
v.repeat(2)
v.repeat(2, 3)
a.repeat(2, 1)
a.repeat(2)
torch.tile(v, (2,))
a.tile(2, 1)
torch.repeat_interleave(v, 2)
a.repeat_interleave(2, dim=0)
torch.repeat_interleave(a, torch.tensor([1, 0, 2]), dim=0)
torch.repeat_interleave(ix)
torch.nn.functional.pad(a, (1, 2))
torch.constant_pad_nd(a, (1, 1), 5.0)
a.sum_to_size(1, 4)
a.to(torch.float64)
a.to(i)
a.to('cpu')
a.to(torch.device('cpu'))
a.to(dtype=torch.int64)
a.to('cpu', torch.float64)
a.double()
a.long()
a.int()
a.bool()
i.float()
k.byte()
a.type(torch.float64)
a.type('torch.DoubleTensor')
i.type_as(a)
a.cpu()
a.tolist()
s.item()
o.item()
a.item()
float(s)
int(s)
bool(o)
bool(a)
float(a)
a.is_nonzero()
o.is_nonzero()
'%.06f' % s.item()
f'{s}'
f'{s:.2f}'
'{:>8.3f}'.format(s)
f'{a}'
f'{a:.2f}'
str(a)
list(v)
[float(q) for q in v]
3 in i
-77 in i
list(reversed(v))
torch.result_type(i, 1.0)
torch.result_type(i32, i)
torch.result_type(s, i)
torch.promote_types(torch.int32, torch.float32)
torch.can_cast(torch.float32, torch.int64)
torch.can_cast(torch.int64, torch.float32)
torch.finfo(torch.float32).eps
torch.finfo(torch.float32)
torch.finfo(torch.float64)
torch.iinfo(torch.int64).max
torch.iinfo(torch.uint8)
torch.float32
torch.int64.itemsize
torch.float
torch.long
torch.bool
torch.device('cpu')
torch.device('cuda:1')
torch.Size([2, 3])
torch.Size([2, 3]).numel()
a.shape[1:]
a.shape + (5,)
a.shape == (3, 4)
torch.get_default_dtype()
torch.is_grad_enabled()
torch.typename(a)
a.requires_grad
a.is_leaf
a.grad
a.data
a.detach()
"""

INDEX = """
a[0]
a[-1]
a[0, 1]
a[:, 1]
a[1:, ::2]
a[..., 0]
a[None].shape
a[:, None, :].shape
a[0:0]
a[5]
a[0, 0, 0]
a[k]
a[a > 0]
v[k2]
a[ix]
a[[0, 2]]
a[:, [0, 2]]
a[[0, 1], [1, 2]]
a[ix, 0]
a[torch.tensor([0, 1]), torch.tensor([[1], [2]])]
a[torch.tensor([7])]
a[torch.tensor([1.0])]
a['x']
a[1.5]
a[o - 1]
a[True].shape
a[k2[:3]]
a[torch.tensor([-1, 0])]
c[:, ix]
c[..., torch.tensor([0, 1])]
c[0, :, [0, 1]]
torch.where(k, a, b)
torch.where(k, a, 0.0)
torch.where(a > 0, 1.0, -1.0)
torch.where(a > 0, 1, 0)
torch.where(k)
torch.where(k, a, i)
torch.where(a, a, b)
a.where(k, b)
torch.nonzero(k)
torch.nonzero(k, as_tuple=True)
k.nonzero()
torch.argwhere(k)
torch.index_select(a, 0, ix)
a.index_select(1, torch.tensor([0, 3]))
a.index_select(1, torch.tensor([9]))
a.index_select(0, v)
torch.gather(a, 1, g)
a.gather(0, g)
a.gather(1, torch.tensor([[9]]))
torch.take(a, torch.tensor([0, 5]))
a.take(g)
torch.take_along_dim(a, a.argsort(1), dim=1)
torch.take_along_dim(a, torch.tensor([1, 2]))
torch.zeros(3, 4).scatter(0, g, a)
torch.zeros(3, 4).scatter(1, g, 2.0)
torch.zeros(3, 4).scatter(0, ix.unsqueeze(0), a)
torch.scatter(torch.zeros(3), 0, ix, w)
torch.zeros(3, 4).scatter_add(0, g, a)
torch.scatter_add(torch.ones(3), 0, torch.tensor([0, 0, 2]), w)
torch.ones(3).scatter_reduce(0, torch.tensor([0, 0, 2]), w, 'sum')
torch.ones(3).scatter_reduce(0, torch.tensor([0, 0, 2]), w, 'prod')
torch.ones(3).scatter_reduce(0, torch.tensor([0, 0, 2]), w, 'mean')
torch.ones(3).scatter_reduce(0, torch.tensor([0, 0, 2]), w, 'amax')
torch.ones(3).scatter_reduce(0, torch.tensor([0, 0, 2]), w, 'amin', include_self=False)
torch.index_add(torch.zeros(3, 4), 0, ix, a)
torch.zeros(3, 4).index_add(0, ix, a, alpha=2)
torch.zeros(3, 4).index_copy(0, ix, a)
a.index_fill(1, torch.tensor([0, 2]), 9.0)
torch.zeros(3, 4).index_put((ix, torch.tensor([0, 1, 2])), w)
torch.zeros(3).index_put((torch.tensor([0, 0, 1]),), w, accumulate=True)
torch.zeros(3, 4).index_put((torch.tensor([0, 0]),), v, accumulate=True)
a.put(torch.tensor([0, 5]), torch.tensor([9.0, 8.0]))
a.masked_fill(k, 0.0)
a.masked_fill(a > 0, -1)
a.masked_fill(i, 0)
a.masked_select(k)
torch.masked_select(a, k2)
a.masked_scatter(k, torch.arange(12.))
torch.select_scatter(a, v, 0, 1)
torch.slice_scatter(a, torch.zeros(2, 4), 0, 1, 3)
torch.diagonal_scatter(sq, v)
torch.unravel_index(torch.tensor([0, 5, 11]), (3, 4))
"""

PRODUCTS = """
a @ m
a @ v
v @ v
v @ m
a @ a
c @ m
torch.matmul(a, m)
torch.matmul(v, v)
torch.mm(a, m)
torch.mm(input=a, mat2=m)
torch.mv(a, vec=v)
torch.dot(v, tensor=v)
torch.outer(v, vec2=w)
y = torch.empty(3, 5); torch.mm(a, m, out=y); y
y = torch.empty(3, 5); torch.matmul(a, m, out=y); y
torch.mm(a, v)
torch.mm(a, b)
a.mm(m)
torch.mv(a, v)
torch.mv(a, w)
torch.dot(v, v)
torch.dot(a, a)
v.dot(v)
torch.outer(v, w)
torch.ger(v, w)
torch.bmm(c, c.transpose(1, 2))
c.bmm(c)
torch.inner(v, v)
torch.inner(a, b)
torch.vdot(v, v)
torch.einsum('ij,jk->ik', a, m)
torch.einsum('ik, jk -> j', a, b)
torch.einsum('ij->ji', a)
torch.einsum('ii', sq)
torch.einsum('ii->i', sq)
torch.einsum('bij,bkj->bik', c, c)
torch.einsum('...ij,jk->...ik', c, m)
torch.einsum('i,j', v, w)
torch.einsum('ij,ij', a, b)
torch.einsum('ij,kl->', a, m)
torch.einsum('ij,jk', [a, m])
torch.einsum('ij,jk', a, a)
torch.tensordot(a, m, 1)
torch.tensordot(c, c, dims=([1, 2], [1, 2]))
torch.tensordot(a, b, 2)
torch.trace(sq)
torch.trace(a)
torch.addmm(torch.ones(3, 5), a, m)
torch.addmm(torch.ones(3, 5), a, m, beta=0.5, alpha=2)
torch.addmv(w, a, v)
torch.addr(torch.ones(4, 3), v, w)
torch.baddbmm(torch.ones(2, 3, 3), c, c.transpose(1, 2))
torch.addbmm(torch.ones(3, 3), c, c.transpose(1, 2))
torch.chain_matmul(a, m, m.T)
torch.kron(a, torch.eye(2))
torch.cross(w, torch.tensor([1., 2., 3.]), dim=0)
torch.linalg.cross(w, torch.tensor([1., 2., 3.]))
torch.matrix_power(sq, 3)
torch.linalg.matrix_power(sq, 0)
torch.matrix_power(a, 2)
torch.cdist(a, b)
torch.cdist(a, b, p=1)
torch.pdist(a)
torch.renorm(a, 2, 0, 1.0)
torch.linalg.norm(a)
torch.linalg.norm(v, 1)
torch.linalg.norm(a, 1)
torch.linalg.norm(a, inf)
torch.linalg.norm(a, dim=1)
torch.linalg.norm(a, 'fro')
torch.linalg.vector_norm(a)
torch.linalg.vector_norm(a, 3, dim=1)
torch.linalg.vector_norm(i)
torch.linalg.matrix_norm(a)
torch.linalg.multi_dot([a, m, m.T])
torch.linalg.vecdot(a, b)
torch.linalg.diagonal(c)
torch.linalg.vander(w)
a @ i
i @ i.T
torch.matmul(a, 3)
torch.nn.functional.linear(a, m.T)
"""

INPLACE = """
y = a.clone(); y.add_(b); y
y = a.clone(); y.add_(1, alpha=2); y
y = a.clone(); y.sub_(b).mul_(2).div_(3); y
y = a.clone(); y += 1; y
y = a.clone(); y -= b; y
y = a.clone(); y *= v; y
y = a.clone(); y /= 2; y
y = i.clone(); y += 1; y
y = i.clone(); y += 1.5; y
y = i.clone(); y.add_(1.5); y
y = i.clone(); y /= 2; y
y = v.clone(); y.add_(a); y
y = v.clone(); y += a; y
y = a.clone(); y.zero_(); y
y = a.clone(); y.fill_(3); y
y = a.clone(); y.copy_(v); y
y = i.clone(); y.copy_(a); y
y = a.clone(); y.clamp_(0, 1); y
y = a.clone(); y.clamp_(min=0); y
y = a.clone(); y.abs_().sqrt_(); y
y = a.clone(); y.sin_(); y
y = i.clone(); y.sin_(); y
y = a.clone(); y.pow_(2); y
y = a.clone(); y **= 2; y
y = a.clone(); y.relu_(); y
y = a.clone(); y.neg_(); y
y = a.clone(); y[0] = 1; y
y = a.clone(); y[0] = v; y
y = a.clone(); y[:, 1] = w; y
y = a.clone(); y[1:, ::2] = 0; y
y = a.clone(); y[k] = 9.0; y
y = a.clone(); y[a > 0] *= 2; y
y = a.clone(); y[ix, 0] = w; y
y = a.clone(); y[0, 0] += 5; y
y = a.clone(); y[..., -1] = torch.tensor([1., 2., 3.]); y
y = a.clone(); y[0] = torch.zeros(3); y
y = a.clone(); y[7] = 0; y
y = a.clone(); y.masked_fill_(k, 0); y
y = a.clone(); y.index_fill_(0, ix[:1], 3.0); y
y = a.clone(); y.index_add_(0, ix, b); y
y = a.clone(); y.index_copy_(0, ix, b); y
y = a.clone(); y.scatter_(0, g, b); y
y = a.clone(); y.scatter_(1, g, 1.0); y
y = a.clone(); y.scatter_add_(0, g, b); y
y = torch.zeros(3, 4).scatter_(1, ix.unsqueeze(1), 1.0); y
y = a.clone(); y.index_put_((ix, ix), w); y
y = a.clone(); y.tril_(); y
y = a.clone(); y.fill_diagonal_(5); y
y = a.clone(); y.addmm_(a, sq); y
y = a.clone(); y.addcmul_(a, b, value=0.1); y
y = a.clone(); y.addcdiv_(a, b, value=0.1); y
y = a.clone(); y.lerp_(b, 0.1); y
y = a.clone(); y.cumsum_(0); y
y = a.clone(); y.round_(); y
y = a.clone(); y.eq_(b); y
y = a.clone(); y.bernoulli_(1.0); y
y = a.clone(); y.unsqueeze_(0); y
y = a.clone(); y.t_(); y
y = a.clone(); y.transpose_(0, 1); y
y = a.unsqueeze(0).clone(); y.squeeze_(); y
y = a.clone(); y.resize_(2, 2); y
y = a.clone(); y.apply_(lambda q: q + 1); y
y = a.clone(); r = y.view(4, 3); r[0, 0] = 7.0; y
y = a.clone(); r = y[0]; r.zero_(); y
y = a.clone(); r = y.T; r[0] = 0; y
y = a.clone(); r = y.diagonal(); r.fill_(0); y
y = a.clone(); r = y.narrow(1, 1, 2); r += 1; y
y = a.clone(); r = y.unbind(1)[2]; r.mul_(10); y
y = a.clone(); r = y.reshape(-1); r[3] = 5.; y
y = a.clone(); r = y.flatten(); r[3] = 5.; y
y = a.clone(); r = y.chunk(2)[1]; r.zero_(); y
y = a.clone(); r = y.split(2, 1)[0]; r.zero_(); y
y = a.clone(); r = y.detach(); r[0] = 0; y
y = a.clone(); r = y.permute(1, 0); y += 1; r
y = a.clone(); r = y.squeeze(); y += 1; r
y = a.clone(); r = y.unsqueeze(0); r.zero_(); y
y = a.clone(); r = y[0][1:]; r.fill_(3.); y
y = a.clone(); r = y.view(-1)[::2]; r.fill_(3.); y
y = a.clone(); r = y.data; r[0] = 1; y
y = a.clone(); r = y[ix]; r.zero_(); y
y = a.clone(); r = y.clone(); r.zero_(); y
y = a.clone(); torch.sin_(y); y
y = a.clone(); torch.relu_(y); y
y = a.clone(); y.data = b; y
y = torch.ones(3); y2 = y.expand(2, 3); y += 1; y2
y = v.clone().requires_grad_(); y.add_(1)
y = v.clone().requires_grad_(); y[0] = 1
y = v.clone().requires_grad_(); y += 1
y = a.clone(); y._version
y = a.clone(); y.add_(1); y.mul_(2); y._version
"""

FAMILIES = {
    "creation": CREATION,
    "pointwise": POINTWISE,
    "reduce": REDUCE,
    "order": ORDER,
    "shape": SHAPE,
    "index": INDEX,
    "products": PRODUCTS,
    "inplace": INPLACE,
}
CASES = [
    (family, line)
    for family, lines in FAMILIES.items()
    for line in lines.strip().splitlines()
    if line.strip()
]
