"""wengert.numpy against NumPy: values, dtypes and shapes of hundreds of calls."""

from __future__ import annotations

import numpy
import pytest

import wengert.numpy

A = numpy.array([[0.3, -1.2, 2.5], [4.0, 0.7, -0.1]])
B = numpy.array([[1.5, 2.0, -0.5], [0.25, -3.0, 1.0]])
S = numpy.array([[2.0, 1.0, 0.5], [1.0, 3.0, -0.2], [0.5, -0.2, 1.5]])
V = numpy.array([0.1, 0.9, -0.4, 2.0])
U = numpy.array([0.15, 0.4, 0.65, 0.9])
I = numpy.array([[3, -1, 4], [1, -5, 9]])
K = numpy.array([7, 2, 2, 5])
T = numpy.array([True, False, True, True])
C = numpy.arange(24.0).reshape(2, 3, 4) / 7.0 - 1.0
N = numpy.array([1.0, numpy.nan, 3.0, numpy.inf])
F = numpy.array([1.5, 2.5, -0.5], dtype=numpy.float32)
NAMES = {name: value for name, value in globals().items() if isinstance(value, numpy.ndarray)}

UNARY = """abs absolute fabs negative positive sign cbrt square exp exp2 expm1 sin cos tan arctan atan sinh cosh tanh
arcsinh asinh floor ceil trunc rint isnan isinf isfinite logical_not degrees rad2deg radians deg2rad conjugate conj signbit
sinc round around fix real imag isreal iscomplex isposinf isneginf nan_to_num""".split()
POSITIVE = "sqrt reciprocal log log2 log10 log1p arcsin asin arccos acos arctanh atanh".split()
BINARY = """add subtract multiply divide true_divide floor_divide remainder mod fmod arctan2 atan2 hypot maximum minimum fmax
fmin logaddexp logaddexp2 copysign equal not_equal less less_equal greater greater_equal logical_and logical_or logical_xor
heaviside nextafter isclose""".split()
INTEGER = "bitwise_and bitwise_or bitwise_xor left_shift right_shift gcd lcm floor_divide mod add multiply maximum power".split()
REDUCTIONS = "sum prod mean var std max min amax amin all any ptp median nansum nanprod nanmean nanvar nanstd nanmax nanmin".split()

CALLS = [
    *(f"np.{name}({x})" for name in UNARY for x in ("A", "C", "F", "3.7", "[0.5, -1.5]")),
    *(f"np.{name}({x})" for name in POSITIVE for x in ("U", "0.5")), *(f"np.arccosh({x} + 1)" for x in ("U", "2.0")),
    *(f"np.{name}({a}, {b})" for name in BINARY for a, b in (("A", "B"), ("A", "2.0"), ("A", "B[0]"), ("1.5", "A"))),
    *(f"np.power({a}, {b})" for a, b in (("U", "V"), ("U", "2"), ("A", "3"), ("2.0", "A"), ("A", "0"))),
    *(f"np.{name}({a}, {b})" for name in INTEGER for a, b in (("K", "K[::-1]"), ("K", "3"))),
    *(f"np.{name}(I)" for name in ("abs", "negative", "sign", "square", "sin", "sqrt", "floor", "isnan", "invert", "rint")
      if name != "sqrt"),
    "np.float_power(K, 2)", "np.ldexp(V, K)", "np.divmod(A, B)[0]", "np.divmod(A, B)[1]", "np.modf(A)[0]",
    "np.modf(A)[1]", "np.frexp(A)[0]", "np.frexp(A)[1]", "np.add(1, 2)", "np.add(1, 2.5)", "np.multiply(True, A)",
    "np.true_divide(I, 2)", "np.round(A, 1)", "np.round(1234.5, -2)", "np.around(I, -1)", "np.angle(A)",
    "np.angle(-1.0, deg=True)", "np.clip(A, 0.0, 1.0)", "np.clip(A, None, 1.0)", "np.clip(I, 0, 3)",
    "np.clip(I, 0.5, 2.5)", "np.clip(A, B, 3.0)", "np.clip(A, min=0.1)", "np.nan_to_num(N)",
    "np.nan_to_num(N, nan=2.0, posinf=9.0)", "np.isclose(A, A + 1e-9)", "np.isclose(N, N)",
    "np.isclose(N, N, equal_nan=True)", "np.allclose(A, A + 1e-9)", "np.allclose(A, B)", "np.array_equal(A, A)",
    "np.array_equal(A, B)", "np.array_equiv(A, A[0])", "np.unwrap(V * 9)", "np.sin(A, dtype=np.float32)",
    "np.add(F, F)", "np.isnan(N)", "np.signbit(np.array([-0.0, 0.0]))",
    # reductions
    *(f"np.{name}(A{tail})" for name in REDUCTIONS for tail in ("", ", axis=0", ", axis=-1", ", axis=1, keepdims=True",
                                                                ", axis=(0, 1)")),
    *(f"np.{name}(C, axis={axis})" for name in REDUCTIONS for axis in ("(0, 2)", "1", "(-1, 0)")),
    *(f"np.{name}(I{tail})" for name in ("sum", "prod", "mean", "max", "min", "any", "all", "std", "median")
      for tail in ("", ", axis=0")),
    *(f"np.{name}(T)" for name in ("sum", "mean", "any", "all", "prod", "max", "cumsum")),
    *(f"np.{name}(F)" for name in ("sum", "mean", "max", "var", "std", "cumsum", "prod")),
    *(f"np.nan{name}(N[:3])" for name in ("sum", "prod", "mean", "var", "std", "max", "min", "cumsum", "cumprod", "argmax",
                                         "argmin", "median")),
    "np.sum(A, dtype=np.float32)", "np.sum(A, initial=10.0)", "np.sum(A, where=A > 0)", "np.prod(A, where=A > 0)",
    "np.mean(A, where=A > 0)", "np.std(A, ddof=1)", "np.var(A, axis=0, ddof=1)", "np.var(A, correction=1)",
    "np.std(A, where=A > 0)", "np.max(A, initial=3.0)", "np.min(A, initial=-9.0, where=A > 0)", "np.sum([V, V])",
    "np.sum([1, 2, 3])", "np.mean((1, 2))", "np.sum(3.0)", "np.max([3, 1])", "np.count_nonzero(T)",
    "np.count_nonzero(I > 0, axis=0)", "np.argmax(A)", "np.argmax(A, axis=1)", "np.argmin(A, axis=0)",
    "np.argmax(A, axis=1, keepdims=True)", "np.argmin(A, keepdims=True)", "np.cumsum(A)", "np.cumsum(A, axis=1)",
    "np.cumprod(A, axis=0)", "np.cumsum(I)", "np.cumprod(K)", "np.cumulative_sum(V)",
    "np.cumulative_sum(V, include_initial=True)", "np.cumulative_prod(A, axis=1, include_initial=True)",
    "np.average(A)", "np.average(A, axis=0)", "np.average(A, axis=1, weights=[1.0, 2.0, 3.0])",
    "np.average(V, weights=U)", "np.average(V, weights=U, returned=True)[1]", "np.median(V)", "np.median(K)",
    "np.median(A, axis=1)", "np.percentile(V, 30)", "np.percentile(A, [10, 50], axis=1)", "np.quantile(V, 0.2)",
    "np.quantile(A, [0.1, 0.9], axis=0, keepdims=True)", "np.quantile(V, 0.3, method='lower')",
    "np.nanpercentile(N[:3], 50)", "np.cov(A)", "np.cov(A, rowvar=False)", "np.cov(V)", "np.cov(V, U)",
    "np.cov(A, bias=True)", "np.corrcoef(A)", "np.corrcoef(V, U)", "np.sum(np.ones((0, 3)), axis=0)",
    "np.mean(C, axis=(0, 1), keepdims=True)",
    # creation
    "np.zeros(3)", "np.zeros((2, 3))", "np.zeros(3, dtype=int)", "np.ones((2, 2))", "np.ones(2, dtype=bool)",
    "np.ones(2, dtype=np.float32)", "np.full(3, 2)", "np.full((2, 2), 2.5)", "np.full(2, True)",
    "np.full((2, 3), V[:3])", "np.full(2, 1, dtype=float)", "np.zeros_like(A)", "np.ones_like(I)",
    "np.full_like(A, 3)", "np.full_like(I, 3.7)", "np.zeros_like(A, dtype=int)", "np.ones_like(A, shape=(3,))",
    "np.empty_like(A).shape", "np.empty((2, 3)).shape", "np.eye(3)", "np.eye(2, 3)", "np.eye(3, k=1)",
    "np.eye(2, dtype=int)", "np.identity(2)", "np.arange(5)", "np.arange(1, 5)", "np.arange(1, 2, 0.25)",
    "np.arange(5.0)", "np.arange(3, dtype=np.float32)", "np.linspace(0, 1, 5)",
    "np.linspace(1, 2, 4, endpoint=False)", "np.linspace(0, 1, 3, retstep=True)[1]", "np.linspace([0, 1], [1, 2], 3)",
    "np.linspace([0, 1], [1, 2], 3, axis=1)", "np.logspace(0, 2, 3)", "np.geomspace(1, 100, 3)", "np.array([1, 2])",
    "np.array([1, 2.5])", "np.array([[1, 2], [3, 4]], dtype=float)", "np.array(5)", "np.array([A, B])",
    "np.array((1.0, 2.0))", "np.array(V, ndmin=2)", "np.array([T, T])", "np.array([])", "np.array([[]])",
    "np.array(range(3))", "np.asarray(A)", "np.asarray([1, 2], dtype=np.float32)", "np.copy(A)", "np.diag(V)",
    "np.diag(S)", "np.diag(S, 1)", "np.diag(V, -1)", "np.diagflat(A)", "np.diagflat([1, 2], 1)", "np.tri(3)",
    "np.tri(2, 3, 1)", "np.tril(S)", "np.triu(S, 1)", "np.tril(C)", "np.vander(V)", "np.vander(V, 3)",
    "np.vander(V, increasing=True)", "np.vander(K)", "np.meshgrid(V, U)[0]", "np.meshgrid(V, U[:2])[1]",
    "np.meshgrid(V, U[:2], indexing='ij')[0]", "np.meshgrid(V, U[:2], sparse=True)[1]", "np.meshgrid(V, U[:2], K)[2]",
    "np.indices((2, 3))", "np.fromfunction(lambda i, j: i + j, (2, 3))", "np.r_[V, 1.0, 2.0]", "np.r_[0:3]",
    "np.c_[V, U]", "np.mgrid[0:2, 0:3]", "np.ogrid[0:2, 0:3][1]", "np.hamming(4)", "np.hanning(5)",
    "np.kaiser(4, 2.0)", "np.ascontiguousarray(A.T)", "np.asarray_chkfinite(V)",
    # shapes
    "np.reshape(A, (3, 2))", "np.reshape(A, -1)", "np.reshape(A, (3, -1), order='F')",
    "np.reshape(C, (4, 6), order='F')", "np.ravel(A)", "np.ravel(A, order='F')", "np.ravel(C, 'F')",
    "np.transpose(A)", "np.transpose(C, (1, 2, 0))", "np.permute_dims(C, (2, 0, 1))", "np.matrix_transpose(C)",
    "np.swapaxes(C, 0, -1)", "np.moveaxis(C, 0, -1)", "np.moveaxis(C, [0, 1], [-1, 0])", "np.rollaxis(C, 2)",
    "np.rollaxis(C, 0, 2)", "np.squeeze(A[None])", "np.squeeze(A[None, :, None], axis=0)", "np.expand_dims(A, 1)",
    "np.expand_dims(A, (0, -1))", "np.atleast_1d(3.0)", "np.atleast_2d(V)", "np.atleast_3d(V)", "np.atleast_3d(A)",
    "np.atleast_1d(V, 2.0)[1]", "np.broadcast_to(V, (3, 4))", "np.broadcast_arrays(V, A[:, :1])[0]",
    "np.broadcast_arrays(V, A[:, :1])[1]", "np.broadcast_shapes((2, 1), (3,))", "np.flip(A)", "np.flip(A, 0)",
    "np.flip(C, (0, 2))", "np.fliplr(A)", "np.flipud(A)", "np.rot90(A)", "np.rot90(A, 2)", "np.rot90(A, 3)",
    "np.rot90(C, 1, (1, 2))", "np.roll(A, 1)", "np.roll(A, -1, axis=1)", "np.roll(A, (1, 2), axis=(0, 1))",
    "np.tile(V, 2)", "np.tile(A, (2, 1))", "np.tile(A, (2, 1, 2))", "np.tile(3.0, 3)", "np.repeat(A, 2)",
    "np.repeat(A, 2, axis=0)", "np.repeat(A, [1, 2, 0], axis=1)", "np.repeat(3.0, 4)", "np.resize(A, (4, 4))",
    "np.resize(V, 2)", "np.pad(V, 2)", "np.pad(A, ((1, 0), (0, 2)))", "np.pad(A, 1, constant_values=3.0)",
    "np.pad(V, (1, 2), mode='edge')", "np.pad(V, 3, mode='reflect')", "np.pad(V, 3, mode='wrap')",
    "np.pad(V, 2, mode='symmetric')", "np.pad(A, 1, mode='reflect')", "np.pad(V, 1, mode='mean')",
    "np.pad(V, 1, constant_values=(1.0, 2.0))", "np.pad(K, (0, 1))", "np.unstack(A)[1]", "np.unstack(A, axis=1)[2]",
    "np.shape(A)", "np.ndim(C)", "np.size(C)", "np.size(C, 1)", "np.shape([1, 2])", "np.ndim(3.0)",
    # joining
    "np.concatenate([A, B])", "np.concatenate([A, B], axis=1)", "np.concatenate([A, B], axis=None)",
    "np.concat((V, U))", "np.concatenate([K, V])", "np.concatenate([F, V])", "np.stack([V, U])",
    "np.stack([V, U], axis=1)", "np.stack([A, B], axis=-1)", "np.vstack([V, U])", "np.vstack((A, V[:3]))",
    "np.hstack([V, U])", "np.hstack([A, B])", "np.hstack([1.0, V])", "np.dstack([A, B])", "np.column_stack([V, U])",
    "np.column_stack([A, [1, 2]])", "np.block([[S, S], [S, S]])", "np.block([V, U])", "np.block([[V], [U]])",
    "np.append(V, 3.0)", "np.append(A, B, axis=0)", "np.append(A, B)", "np.insert(V, 1, 9.0)",
    "np.insert(A, 1, 9.0, axis=1)", "np.insert(V, [1, 3], [7.0, 8.0])", "np.insert(A, 1, [5.0, 6.0], axis=1)",
    "np.insert(A, [1], [[5.0], [6.0]], axis=1)", "np.delete(V, 1)", "np.delete(A, [0, 2], axis=1)",
    "np.delete(V, slice(1, 3))", "np.split(V, 2)[1]", "np.split(V, [1, 3])[1]", "np.array_split(V, 3)[0]",
    "np.array_split(V, 3)[2]", "np.hsplit(A, 3)[1]", "np.vsplit(A, 2)[1]", "np.dsplit(C, 2)[1]",
    "len(np.array_split(V, 3))",
    # selection
    "np.where(T, V, U)", "np.where(A > 0, A, 0.0)", "np.where(A > 0, 1.0, 0.0)", "np.where(A > 0)[1]",
    "np.where(T, 1, 2)", "np.where(T, V, K)", "np.select([V > 1, V > 0], [V, 2 * V])",
    "np.select([V > 1, V > 0], [V, 2 * V], default=-1.0)",
    "np.piecewise(V, [V < 0, V >= 0], [lambda x: -x, lambda x: x**2])", "np.piecewise(V, [V < 0], [-1.0, 1.0])",
    "np.piecewise(V, V < 0, [lambda x: -x, 0.5])", "np.choose([0, 1, 1, 0], [V, U])", "np.take(V, [0, 2])",
    "np.take(A, 1, axis=1)", "np.take(A, [[0, 1], [2, 0]], axis=1)", "np.take(A, [0, 5])",
    "np.take(V, [5, -7], mode='wrap')", "np.take(V, [9], mode='clip')",
    "np.take_along_axis(A, np.argsort(A, axis=1), axis=1)", "np.take_along_axis(A, np.array([[0], [2]]), axis=1)",
    "np.compress([True, False, True], A, axis=1)", "np.extract(A > 0, A)", "np.nonzero(A > 0)[0]",
    "np.flatnonzero(A > 0)", "np.argwhere(A > 0)", "np.diagonal(S)", "np.diagonal(C, 1, 1, 2)", "np.sort(A)",
    "np.sort(A, axis=0)", "np.sort(A, axis=None)", "np.argsort(A)", "np.argsort(A, axis=0)", "np.argsort(V)",
    "np.partition(V, 1)[1]", "np.unique(K)", "np.unique(K, return_counts=True)[1]",
    "np.unique(K, return_index=True)[1]", "np.unique(K, return_inverse=True)[1]", "np.unique(I, axis=0)",
    "np.unique_all(K).counts", "np.unique_values(V)", "np.unique_counts(K)[1]",
    "np.unique_inverse(K).inverse_indices", "np.searchsorted(np.sort(V), 0.5)", "np.digitize(V, [0.0, 1.0])",
    "np.isin(K, [2, 5])", "np.lexsort((V, K))", "np.ix_([0, 1], [1, 2])[1]", "np.unravel_index(5, (2, 3))[0]",
    "np.tril_indices(3)[1]", "np.triu_indices(3, 1)[0]", "np.diag_indices(2)[0]", "np.intersect1d(K, [2, 7])",
    "np.union1d(K, [1])", "np.setdiff1d(K, [2])", "np.trim_zeros(np.array([0.0, 1.0, 0.0]))",
    "np.apply_along_axis(lambda r: r / r.sum(), 1, A)", "np.apply_along_axis(np.sum, 0, A)",
    "np.vectorize(lambda a, b: a * b)(V, U)", "list(np.ndenumerate(V))[1][0]",
    # products
    "np.dot(A, S)", "np.dot(V, U)", "np.dot(A, 2.0)", "np.dot(A, S[0])", "np.dot(C, V)",
    "np.dot(A, C[:, :, :3].swapaxes(1, 2)[:, :3])", "np.matmul(A, S)", "np.matmul(C, V)", "np.matmul(S, C[:, :, :])",
    "np.vdot(A, B)", "np.inner(V, U)", "np.inner(A, B)", "np.inner(C, V)", "np.outer(V, U)", "np.outer(A, V)",
    "np.tensordot(A, B, axes=2)", "np.tensordot(A, B, axes=([1], [1]))", "np.tensordot(C, V, axes=1)",
    "np.tensordot(V, U, 0)", "np.einsum('ij,jk->ik', A, S)", "np.einsum('ij,ij->', A, B)", "np.einsum('ii', S)",
    "np.einsum('ii->i', S)", "np.einsum('ijk->kji', C)", "np.einsum('ij,kj', A, B)", "np.einsum('...i,i->...', C, V)",
    "np.einsum(A, [0, 1], B, [0, 1], [0])", "np.einsum('i,j,k->ijk', V, U, V)", "np.kron(A, S)", "np.kron(V, U)",
    "np.kron(A, V)", "np.cross(A, B)", "np.cross(S, A[0])", "np.trace(S)", "np.trace(S, 1)",
    "np.trace(C, axis1=1, axis2=2)", "np.vecdot(A, B)", "np.vecdot(A, B, axis=0)", "np.matvec(S, A)",
    "np.vecmat(A, S)", "np.linalg.norm(V)", "np.linalg.norm(A)",
    *(f"np.linalg.norm(V, {p})" for p in ("1", "2", "3", "np.inf", "-np.inf", "0", "0.5", "-1")),
    *(f"np.linalg.norm(A, {p})" for p in ("'fro'", "1", "-1", "np.inf", "-np.inf", "2", "'nuc'")),
    "np.linalg.norm(A, axis=1)", "np.linalg.norm(A, 1, axis=0)", "np.linalg.norm(A, axis=1, keepdims=True)",
    "np.linalg.norm(C, axis=(1, 2))", "np.linalg.norm(A, 1, keepdims=True)", "np.linalg.norm(K)",
    "np.linalg.vector_norm(A)", "np.linalg.vector_norm(A, axis=1, ord=1)", "np.linalg.matrix_norm(C)",
    "np.linalg.multi_dot([A, S, S])", "np.linalg.matrix_power(S, 3)", "np.linalg.matrix_power(S, 0)",
    "np.linalg.matrix_power(S, -1)", "np.linalg.matrix_transpose(C)", "np.linalg.diagonal(C)", "np.linalg.trace(S)",
    "np.linalg.det(S)", "np.linalg.inv(S)", "np.linalg.solve(S, A[0])", "np.linalg.eigvalsh(S)",
    "np.linalg.cholesky(S)", "np.linalg.slogdet(S).logabsdet", "np.linalg.matrix_rank(S)", "np.linalg.outer(V, U)",
    # differences, interpolation, polynomials
    "np.diff(V)", "np.diff(A, axis=0)", "np.diff(V, 2)", "np.diff(V, prepend=0.0)", "np.diff(V, append=[1.0, 2.0])",
    "np.diff(T)", "np.diff(I)", "np.ediff1d(V)", "np.ediff1d(V, to_begin=1.0, to_end=[2.0, 3.0])", "np.gradient(V)",
    "np.gradient(V, 0.5)", "np.gradient(A)[0]", "np.gradient(A, axis=1)", "np.gradient(V, edge_order=2)",
    "np.trapezoid(V)", "np.trapezoid(V, dx=0.5)", "np.trapezoid(V, U)", "np.trapezoid(A, axis=0)",
    "np.trapezoid(A, V[:3], axis=1)", "np.interp(0.5, U, V)", "np.interp(V, U, K)",
    "np.interp(V, U, K, left=-1.0, right=9.0)", "np.convolve(V, U)", "np.convolve(V, [1.0, 2.0], 'same')",
    "np.convolve(V, [1.0, 2.0, 3.0], 'same')", "np.convolve(V, [1.0, 2.0], 'valid')",
    "np.convolve([1.0, 2.0], V, 'full')", "np.convolve(K, K)", "np.correlate(V, U)",
    "np.correlate(V, [1.0, 2.0], 'full')", "np.correlate(V, [1.0, 2.0], 'same')",
    "np.correlate(V, [1.0, 2.0, 5.0], 'same')", "np.correlate([1.0, 2.0], V, 'full')", "np.polyval(V, 2.0)",
    "np.polyval(V, U)", "np.polyadd(V, [1.0, 2.0])", "np.polysub([1.0], V)", "np.polymul(V, [1.0, 2.0])",
    "np.polyder(V)", "np.polyder(V, 2)", "np.polyint(V)", "np.polyint(V, 2, [1.0, 2.0])", "np.polyfit(V, U, 1)",
    "np.roots([1.0, -3.0, 2.0])", "np.histogram(V, 3)[0]", "np.histogram(V, 3)[1]", "np.bincount(K)",
    "np.bincount(K, weights=V)", "np.bincount(K, minlength=10)", "np.i0(V)",
    # dtypes
    "np.result_type(A, 1)", "np.result_type(F, 1.0)", "np.result_type(np.int32, np.float32)",
    "np.promote_types('int32', 'float32')", "np.can_cast('int32', 'float64')",
    "np.isdtype(np.float32, 'real floating')", "np.issubdtype(np.int32, np.integer)", "np.finfo(np.float32).eps",
    "np.iinfo(np.int32).max", "np.astype(A, int)", "np.astype(V, np.float32)", "np.pi + np.e + np.euler_gamma",
    "np.isscalar(3.0)", "np.iscomplexobj(A)", "np.common_type(F, A)",
    # the array's own
    "np.array(A).sum()", "np.array(A).mean(axis=0)", "np.array(A).reshape(3, 2)",
    "np.array(A).reshape((3, 2), order='F')", "np.array(A).reshape(-1)", "np.array(A).T",
    "np.array(C).transpose(1, 2, 0)", "np.array(C).transpose((1, 2, 0))", "np.array(A).flatten()",
    "np.array(A).flatten('F')", "np.array(A).ravel()", "np.array(A).astype(int)", "np.array(A).astype(np.float32)",
    "np.array(A).astype('float32')", "np.array(A).copy()", "np.array(A).tolist()", "np.array(A).item(2)",
    "np.array(A).size", "np.array(A).itemsize", "np.array(A).nbytes", "np.array(A).ndim", "np.array(A).shape",
    "np.array(A).dtype", "np.array(A).strides", "np.array(A).std(ddof=1)", "np.array(A).var(axis=1, ddof=1)",
    "np.array(A).max(axis=0)", "np.array(A).min()", "np.array(A).argmax(axis=1)", "np.array(A).cumsum(axis=0)",
    "np.array(A).prod()", "np.array(A).clip(0, 1)", "np.array(A).clip(min=0)", "np.array(A).round(1)",
    "np.array(A).take([0, 1])", "np.array(A).repeat(2, axis=1)", "np.array(A).swapaxes(0, 1)",
    "np.array(A)[None].squeeze()", "np.array(A).dot(S)", "np.array(S).trace()", "np.array(S).diagonal()",
    "np.array(A).nonzero()[0]", "np.array(A).argsort()", "np.array(T).all()", "np.array(T).any()", "np.array(A).real",
    "np.array(A).imag", "np.array(A).conj()", "list(np.array(V).flat)[1]", "np.array(C).mT",
    "np.array(A).ptp() if hasattr(A, 'ptp') else 0", "np.array(A).compress([True, False], axis=0)",
    "np.array(A).tobytes()", "len(np.array(A))", "[float(v) for v in np.array(V)]", "np.array(A)[0, 1]",
    "np.array(A)[:, ::-1]", "np.array(A)[A > 0]", "np.array(A)[[0, 1], [1, 2]]", "np.array(A)[..., None]",
    "np.array(C)[1, :, [0, 2]]", "np.array(A) @ S", "A @ np.array(S)", "np.array(A) + 1", "1 - np.array(A)",
    "np.array(A) ** 2", "2 ** np.array(A)", "np.array(A) // 0.7", "np.array(A) % 0.7", "divmod(np.array(A), 0.7)[1]",
    "-np.array(A)", "abs(np.array(A))", "np.array(A) > B", "A > np.array(B)", "B * np.array(A)", "np.array(K) & 3",
    "~np.array(T)", "np.array(K) / 2", "np.array(K) // 2", "np.array(F) + 1.0", "np.array(F) * K[:3]",
    "np.array(F) * numpy.float64(2.0)", "numpy.float64(2.0) * np.array(F)", "numpy.float32(2.0) * np.array(F)",
    "np.array(F) + numpy.int64(3)", "np.array(T) + T", "np.array(K) + 1.5", "np.array(K, dtype=np.int32) + 1",
    "np.array(K, dtype=np.int32) + np.array(K)", "np.array(F) + True", "np.array(T) + 1", "repr(np.array(A))",
    "str(np.array(V))", "repr(np.array(F))", "f'{np.array(2.5):.2f}'", "float(np.array(2.5))", "int(np.array(7))",
    "bool(np.array(1.0))", "range(5)[np.array(2)]", "np.array(V).sort()", "repr(np.array(2.0))", "str(np.array(2.0))",
    "np.array2string(np.array(V), precision=1)",
]  # fmt: skip


def evaluate(call: str, np: object) -> object:
    with numpy.errstate(all="ignore"):
        return eval(call, {"np": np, "numpy": numpy, **NAMES})


def check(found: object, expected: object, call: str) -> None:
    if isinstance(expected, (list, tuple)):
        assert len(found) == len(expected)  # type: ignore[arg-type]
        for one, other in zip(found, expected):  # type: ignore[call-overload]
            check(one, other, call)
        return
    if isinstance(expected, (numpy.ndarray, numpy.generic)):
        wanted = expected
        values = numpy.asarray(found)
        assert values.shape == wanted.shape, f"{call}: shape {values.shape}, NumPy's is {wanted.shape}"
        assert values.dtype == wanted.dtype, f"{call}: dtype {values.dtype}, NumPy's is {wanted.dtype}"
        if wanted.dtype.kind == "f":
            tolerance = 2e-6 if wanted.dtype == numpy.float32 else 1e-13
            numpy.testing.assert_allclose(values, wanted, rtol=tolerance, atol=tolerance, err_msg=call)
        else:
            numpy.testing.assert_array_equal(values, wanted, err_msg=call)
    else:
        assert found == expected, f"{call}: {found!r}, NumPy's is {expected!r}"


RECENT = numpy.lib.NumpyVersion(numpy.__version__) >= "2.1.0"  # whole numbers stay whole when they are rounded


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("call", [call for call in CALLS if RECENT or "(I)" not in call])
def test_as_numpy(call: str) -> None:
    try:
        expected = evaluate(call, numpy)
    except (AttributeError, TypeError):
        pytest.skip("this version of NumPy has no such call")
    check(evaluate(call, wengert.numpy), expected, call)


DTYPES = ["bool", "uint8", "int32", "int64", "float32", "float64"]




@pytest.mark.skipif(not RECENT, reason="an older NumPy promotes otherwise")
@pytest.mark.parametrize("operation", ["+", "-", "*", "/", "//", "%", "**", "<", "=="])
@pytest.mark.parametrize("left", DTYPES)
def test_promotion_of_dtypes_and_weak_numbers(operation: str, left: str) -> None:
    a = numpy.array([1, 1, 1]).astype(left)
    others = [numpy.ones(3, dtype) for dtype in DTYPES]
    others += [1, 1.5, True, numpy.float32(1.0), numpy.float64(1.0), numpy.int32(1), numpy.bool_(True)]
    for other in others:
        call = f"a {operation} b"
        try:
            expected = eval(call, {"a": a, "b": other})
        except (TypeError, numpy.exceptions.DTypePromotionError):
            continue
        if expected.dtype.name not in DTYPES:  # int8, uint16, float16, …: there are six dtypes here
            continue
        ours = wengert.numpy.asarray(a)
        second = wengert.numpy.asarray(other) if isinstance(other, numpy.ndarray) else other
        for found in (eval(call, {"a": ours, "b": second}), eval(call, {"a": ours, "b": other}), eval(call, {"a": a, "b": second})):
            assert numpy.asarray(found).dtype == expected.dtype, (left, operation, other, numpy.asarray(found).dtype)
            numpy.testing.assert_allclose(numpy.asarray(found), expected)
