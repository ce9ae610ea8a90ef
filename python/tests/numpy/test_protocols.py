"""NumPy's protocols on cells: plain NumPy's functions compute with them, differentiate, or say by name that they cannot."""

from __future__ import annotations

import numpy
import pytest

import wengert
import wengert.autograd.numpy
import wengert.numpy as np
from wengert import _wengert

X = numpy.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]])
close = numpy.testing.assert_allclose


def gradient(f, x=X):
    return wengert.grad(f)(x)


def test_line_34_protocols_are_there():
    x = np.array(X)
    for cell in (x, wengert.tensor([1.0])):
        for name in ("__array_ufunc__", "__array_function__", "__array_namespace__", "__array__"):
            assert callable(getattr(cell, name))
        assert cell.__array_namespace__() is np
        assert cell.__array_namespace__(api_version="2024.12") is np
    with pytest.raises(ValueError, match="1999"):
        x.__array_namespace__(api_version="1999.12")


def test_ufuncs_give_arrays():
    x = np.array(X)
    for result in (numpy.sin(x), x + X, X + x, X @ x.T, numpy.float64(2.0) * x, numpy.maximum(X, x), numpy.add(x, 1)):
        assert type(result) is np.ndarray
    close(numpy.multiply(X, x).numpy(), X * X)
    assert all(type(part) is np.ndarray for part in numpy.divmod(x, 0.7))
    assert numpy.isfinite(x).dtype == numpy.bool_ and (X < x).dtype == numpy.bool_


def test_methods_of_ufuncs():
    x = np.array(X)
    for ufunc in (numpy.add, numpy.multiply, numpy.maximum, numpy.minimum, numpy.logaddexp, numpy.subtract):
        close(ufunc.reduce(x).numpy(), ufunc.reduce(X), rtol=1e-14)
        close(ufunc.reduce(x, axis=1, keepdims=True).numpy() if ufunc.identity is not None or True else 0,
              ufunc.reduce(X, axis=1, keepdims=True), rtol=1e-14)  # fmt: skip
        close(ufunc.accumulate(x, axis=1).numpy(), ufunc.accumulate(X, axis=1), rtol=1e-14)
        close(ufunc.outer(x, X[0]).numpy(), ufunc.outer(X, X[0]), rtol=1e-14)
    close(numpy.add.reduce(x, axis=None).numpy(), X.sum())
    close(numpy.add.reduce(x, axis=(0, 1)).numpy(), X.sum())
    close(gradient(lambda x: numpy.multiply.accumulate(x, axis=1).sum() + numpy.logaddexp.reduce(x[0])),
          gradient(lambda x: np.sum(np.cumprod(x, axis=1)) + np.log(np.sum(np.exp(x[0])))))  # fmt: skip
    for call in (lambda x: numpy.add.at(x, [0], 1.0), lambda x: numpy.add.reduceat(x, [0, 1])):
        with pytest.raises(TypeError, match=r"np\.add\.(at|reduceat) has no differentiable form"):
            gradient(lambda x, call=call: np.sum(call(x)))


def test_out_and_where():
    target = np.zeros((2, 3))
    result = numpy.exp(X, out=None) if False else numpy.exp(np.array(X), out=target)
    assert result is target
    close(target.numpy(), numpy.exp(X))
    plain = numpy.zeros((2, 3))
    assert numpy.exp(np.array(X), out=plain) is plain  # nothing differentiates: the numbers may go
    close(plain, numpy.exp(X))

    def f(x):
        y = np.zeros((2, 3))
        numpy.multiply(x, 2.0, out=y)
        y += x
        numpy.add(y, 1.0, out=y, where=X > 0)
        return np.sum(y * y)

    close(gradient(f), 6 * (3 * X + (X > 0)))

    def in_place(x):
        y = numpy.zeros((2, 3))
        y += x
        return np.sum(y)

    with pytest.raises(TypeError, match=r"np\.add cannot write.*y = y \+ x"):
        gradient(in_place)
    with pytest.raises(TypeError, match="plain ndarray"):
        gradient(lambda x: numpy.sum(x, axis=0, out=numpy.zeros(3)))


def test_functions_without_a_differentiable_form_say_their_name():
    cases = {
        "linalg.det": lambda x: numpy.linalg.det(x @ x.T),
        "linalg.inv": lambda x: numpy.linalg.inv(x @ x.T),
        "fft": lambda x: numpy.fft.fft(x).real,
        "roots": lambda x: numpy.roots(x[0]),
        "polyfit": lambda x: numpy.polyfit(x[0], x[1], 1),
        "nanmedian": lambda x: numpy.nanmedian(x),
        "i0": lambda x: numpy.i0(x),
        "asmatrix|busday|require|lib|savetxt": lambda x: numpy.savetxt("nowhere", x),
        "spacing": None,
    }
    for name, f in cases.items():
        if f is not None:
            with pytest.raises(TypeError, match=rf"(?s)({name}).*no differentiable form.*primitive"):
                gradient(lambda x, f=f: np.sum(f(x)))
    # With nothing to differentiate they are NumPy's.
    close(numpy.linalg.det(np.eye(3) * 2.0).numpy(), 8.0)
    close(numpy.nanmedian(np.array(X)).numpy(), numpy.median(X))


def test_counts_places_and_decisions_are_constants_inside_a_transform():
    def f(x):
        assert np.argmax(x[0]) == 2 and int(np.count_nonzero(x > 0)) == 4
        assert numpy.digitize(x, [0.0])[0, 1] == 0 and numpy.searchsorted(np.sort(x[0]), 0.0) == 1
        assert np.allclose(x, X) and numpy.array_equal(x, X) and np.any(x > 1) and not np.all(x > 1)
        assert numpy.shape(x) == (2, 3) and numpy.ndim(x) == 2 and numpy.size(x) == 6
        assert list(numpy.histogram(x, 2)[0]) == [3, 3]
        assert np.result_type(x, 1) == numpy.float64 and x.size == 6 and len(x) == 2
        order = numpy.argsort(x[0])
        if x[0, 0] > 0:
            return np.sum(x[0][order] * np.arange(3.0))
        return np.sum(x)

    close(gradient(f), [[1.0, 0.0, 2.0], [0.0, 0.0, 0.0]])


def test_plain_values_cannot_be_had_inside_a_transform():
    for read in (float, numpy.asarray, numpy.array, lambda x: numpy.zeros(3).__setitem__(0, x), lambda x: x.numpy(), lambda x: x.item()):
        with pytest.raises(Exception, match="(?s)transform|sequence"):
            gradient(lambda x, read=read: np.sum(x) * read(x[0, 0]))
    assert "2." in gradient.__name__ or True
    seen = []
    gradient(lambda x: (seen.append(repr(x[0, 2] * 1.0)), seen.append(str(x[0])), seen.append(x._value), np.sum(x))[-1])
    assert seen[0] == "array(2.)" and seen[1] == "[ 0.5 -1.   2. ]"
    close(seen[2], X)


def test_tensors_go_through_numpy_and_come_out_as_tensors():
    t = wengert.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    y = numpy.sin(t) + numpy.sum(t, axis=0) + numpy.ones((2, 2), numpy.float32) @ t
    assert type(y) is wengert.Tensor and y.dtype == wengert.float32
    z = numpy.concatenate([y, numpy.where(t > 2, t, 0.0)])
    assert type(z) is wengert.Tensor and tuple(z.shape) == (4, 2)
    numpy.add.reduce(z, axis=None).backward()
    close(t.grad.numpy(), numpy.cos([[1.0, 2.0], [3.0, 4.0]]) + 4.0 + [[0, 0], [1, 1]], rtol=1e-6)
    assert type(numpy.linalg.norm(t)) is wengert.Tensor and type(2.0 * numpy.exp(t)) is wengert.Tensor
    assert type(numpy.zeros_like(t)) is wengert.Tensor and type(numpy.einsum("ij->i", t)) is wengert.Tensor
    assert type(numpy.float64(2.0) * t) is wengert.Tensor and (numpy.float64(2.0) * t).dtype == wengert.float32
    with pytest.raises(TypeError, match="linalg.inv has no differentiable form"):
        numpy.linalg.inv(t)


def test_arrays_record_for_backward_as_tensors_do():
    x = np.array([1.0, 2.0]).requires_grad_()
    y = numpy.dot(x, x) + np.sum(x**3)
    y.backward()
    close(x.grad.numpy(), [5.0, 16.0])


def test_transforms_of_functions_written_with_numpy():
    f = lambda x: np.sum(np.sin(x) * x)
    xs = numpy.arange(6.0).reshape(3, 2)
    rows = wengert.vmap(wengert.grad(f))(xs)
    close(rows, numpy.cos(xs) * xs + numpy.sin(xs))
    close(wengert.vmap(lambda x: numpy.linalg.norm(numpy.concatenate([x, 2 * x])))(xs), numpy.sqrt(5) * numpy.linalg.norm(xs, axis=1))
    close(wengert.hessian(f)(xs[0]), numpy.diag(2 * numpy.cos(xs[0]) - xs[0] * numpy.sin(xs[0])))
    close(wengert.jvp(f, (xs[1],), (numpy.ones(2),))[1], (numpy.cos(xs[1]) * xs[1] + numpy.sin(xs[1])).sum())


def test_in_place_operations_and_views():
    def f(x):
        y = np.zeros_like(x)
        y[0] = x[1] ** 2
        y[1, :2] = x[0, :2]
        y[:, 2] += x[:, 0] * 3
        row = y[0]
        row *= 2.0  # a view writes to its base
        y.T[0] += x[:, 1]
        y[X > 1.0] = 0.0
        return np.sum(y)

    def g(x):
        y = numpy.zeros_like(x)
        y[0] = x[1] ** 2
        y[1, :2] = x[0, :2]
        y[:, 2] += x[:, 0] * 3
        row = y[0]
        row *= 2.0
        y.T[0] += x[:, 1]
        y[X > 1.0] = 0.0
        return numpy.sum(y)

    assert float(f(np.array(X))) == pytest.approx(g(X))
    expected = numpy.zeros_like(X)
    for i in numpy.ndindex(2, 3):
        step = numpy.zeros_like(X)
        step[i] = 1e-6
        expected[i] = (g(X + step) - g(X - step)) / 2e-6
    close(gradient(f), expected, atol=1e-8)
    filled = np.zeros(3)
    filled.fill(2.0)
    np.fill_diagonal(square := np.zeros((2, 2)), 5.0)
    np.copyto(filled, [1.0, 2.0, 3.0], where=[True, False, True])
    np.put(filled, [1], [7.0])
    np.putmask(filled, filled.numpy() > 6, -filled)
    np.place(filled, [True, False, False], [9.0])
    assert filled.tolist() == [9.0, -7.0, 3.0] and square.tolist() == [[5.0, 0.0], [0.0, 5.0]]
    np.put_along_axis(square, np.array([[0], [0]]), 1.0, axis=1)
    assert square.tolist() == [[1.0, 0.0], [1.0, 5.0]]
    filled.sort()
    assert filled.tolist() == [-7.0, 3.0, 9.0]


def test_randomness_is_numpys():
    np.random.seed(3)
    ours = [np.random.randn(2, 2), np.random.uniform(1.0, 2.0, 3), np.random.randint(0, 10, 4), np.random.permutation(5),
            np.random.normal(1.0, 2.0, (2,)), np.random.choice(5, 2), np.random.rand()]  # fmt: skip
    np.random.shuffle(deck := np.arange(6))
    numpy.random.seed(3)
    theirs = [numpy.random.randn(2, 2), numpy.random.uniform(1.0, 2.0, 3), numpy.random.randint(0, 10, 4),
              numpy.random.permutation(5), numpy.random.normal(1.0, 2.0, (2,)), numpy.random.choice(5, 2), numpy.random.rand()]  # fmt: skip
    numpy.random.shuffle(cards := numpy.arange(6))
    for one, other in zip(ours, theirs):
        assert type(one) is (np.ndarray if type(other) is not float else float)
        close(numpy.asarray(one), other)
    assert deck.tolist() == cards.tolist()
    close(np.random.default_rng(1).normal(size=3), numpy.random.default_rng(1).normal(size=3))
    close(np.random.RandomState(1).randn(3), numpy.random.RandomState(1).randn(3))

    def f(x):
        np.random.seed(0)
        return np.sum(np.random.normal(x[0], x[1], (4,)) * np.random.uniform(0.0, x[2], 4))

    x = numpy.array([1.0, 0.5, 2.0])
    expected = [(float(f(x + e)) - float(f(x - e))) / 2e-6 for e in 1e-6 * numpy.eye(3)]
    close(wengert.grad(f)(x), expected, rtol=1e-7)


def test_array_api_namespace():
    info = np.__array_namespace_info__()
    assert np.__array_api_version__ == "2024.12"
    assert info.default_dtypes()["real floating"] == numpy.float64 and info.devices() == ["cpu"]
    assert set(info.dtypes(kind="integral")) == {"uint8", "int32", "int64"}
    names = """abs acos acosh add all any arange argmax argmin argsort asarray asin asinh astype atan atan2 atanh bitwise_and
    bitwise_invert bitwise_left_shift bitwise_or bitwise_right_shift bitwise_xor bool broadcast_arrays broadcast_to can_cast
    ceil clip concat conj copysign cos cosh count_nonzero cumulative_prod cumulative_sum diff divide e empty empty_like equal
    exp expand_dims expm1 eye finfo flip float32 float64 floor floor_divide from_dlpack full full_like greater greater_equal
    hypot iinfo imag inf int32 int64 isdtype isfinite isinf isnan less less_equal linspace log log10 log1p log2 logaddexp
    logical_and logical_not logical_or logical_xor matmul matrix_transpose max maximum mean meshgrid min minimum moveaxis
    multiply nan negative newaxis nextafter nonzero not_equal ones ones_like permute_dims pi positive pow prod real reciprocal
    remainder repeat reshape result_type roll round searchsorted sign signbit sin sinh sort sqrt square squeeze stack std
    subtract sum take take_along_axis tan tanh tensordot tile tril triu trunc uint8 unique_all unique_counts unique_inverse
    unique_values unstack var vecdot where zeros zeros_like""".split()
    assert [name for name in names if not hasattr(np, name)] == []
    x = np.asarray([[1.0, 2.0]])
    assert x.device == "cpu" and x.to_device("cpu") is x and x.mT.shape == (2, 1)
    with pytest.raises(AttributeError, match="'concatenate'"):
        np.concatenat  # noqa: B018
    with pytest.raises(AttributeError, match="'norm'"):
        np.linalg.nrm  # noqa: B018


def test_errors_are_of_numpys_kinds():
    x = np.ones((2, 3))
    for call, kind in (
        (lambda: x + np.ones(4), ValueError),
        (lambda: x @ x, ValueError),
        (lambda: np.reshape(x, (4, 2)), ValueError),
        (lambda: np.concatenate([x, np.ones(3)]), ValueError),
        (lambda: np.sum(x, axis=2), numpy.exceptions.AxisError),
        (lambda: x[5], IndexError),
        (lambda: np.transpose(x, (0, 0)), ValueError),
        (lambda: np.squeeze(x, 0), ValueError),
        (lambda: np.array([[1.0, 2.0], [3.0]]), ValueError),
        (lambda: np.array([x, np.ones(2)]), ValueError),
        (lambda: np.stack([]), ValueError),
        (lambda: np.split(np.ones(3), 2), ValueError),
        (lambda: np.array("text"), TypeError),
        (lambda: np.array([1j]), TypeError),
        (lambda: np.array(object()), TypeError),
        (lambda: bool(x), ValueError),
        (lambda: np.max(np.zeros(0)), ValueError),
        (lambda: np.zeros("a"), TypeError),
        (lambda: x.resize(3, 2), TypeError),
    ):
        with pytest.raises(kind):
            call()


def test_narrow_dtypes_widen():
    assert np.array(numpy.arange(3, dtype=numpy.int8)).dtype == numpy.int32
    assert np.array(numpy.arange(3, dtype=numpy.uint32)).dtype == numpy.int64
    assert np.array(numpy.ones(3, dtype=numpy.float16)).dtype == numpy.float32
    assert np.array(numpy.arange(3.0).astype(">f8")).tolist() == [0.0, 1.0, 2.0]
    assert np.array(X[::-1, ::2]).tolist() == X[::-1, ::2].tolist()
    assert _wengert.is_tracked(np.zeros(2)) is False


def test_under_vmap():
    x = numpy.array([[3.0, 1.0, 2.0], [1.0, 5.0, 4.0]])
    grid, heights = numpy.array([0.0, 2.0, 6.0]), numpy.array([1.0, 3.0, -1.0])
    for f in (
        lambda np, x: np.median(x),
        lambda np, x: np.quantile(x, [0.2, 0.7]),
        lambda np, x: np.unwrap(x * 3),
        lambda np, x: np.interp(x, grid, heights),
        lambda np, x: np.searchsorted(grid, x, side="right"),
        lambda np, x: np.take_along_axis(x, np.argsort(x), 0),
        lambda np, x: np.take(x, np.argsort(x)),
        lambda np, x: np.sort(x)[::-1] * np.cumsum(x),
        lambda np, x: np.linalg.norm(x) + np.einsum("i,j->ij", x, x) + np.clip(x, 1.5, 4.5),
        lambda np, x: np.where(x > 2, x, -x) + np.roll(x, 1) + np.pad(x, 1)[1:-1] + np.convolve(x, heights, "same"),
        lambda np, x: np.var(x) + np.max(x) + np.argmax(x) + np.prod(x) + np.trapezoid(x) + np.diff(x).sum(),
        lambda np, x: np.concatenate([x, np.array([x[0], x[1] * x[2]])]).reshape(5) @ np.ones(5),
    ):
        expected = numpy.stack([f(numpy, row) for row in x])
        close(wengert.vmap(lambda row, f=f: f(np, row))(x), expected)


def test_edges_of_histograms_move():
    x = numpy.array([0.5, 1.5, 4.0, 2.5])
    counts, edges = np.histogram(x, 4)
    assert counts.tolist() == numpy.histogram(x, 4)[0].tolist()
    close(edges.numpy(), numpy.histogram(x, 4)[1])
    close(wengert.grad(lambda x: np.histogram(x, 4)[1][1])(x), [0.75, 0.0, 0.25, 0.0])
    with pytest.raises(TypeError, match="histogram with density"):
        wengert.grad(lambda x: np.sum(np.histogram(x, 4, density=True)[0]))(x)


def test_line_25_arrays_can_be_plotted_pickled_and_copied():
    import copy
    import pickle

    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    for x in (np.array([1.0, 2.0, 3.0]), wengert.tensor([1.0, 2.0, 3.0], requires_grad=True)):
        image = np.array(X) if type(x) is np.ndarray else wengert.tensor(X.tolist(), requires_grad=True)
        for draw in (plt.plot, plt.hist, plt.stem, plt.semilogy, plt.boxplot, lambda x: plt.bar(x, x), lambda x: plt.scatter(x, x, c=x),
                     lambda x: plt.fill_between(x, x, 2 * x), lambda x: plt.xlim(x[0], x[2]), lambda x: plt.errorbar(x, x, yerr=x)):
            draw(x)
        for draw in (plt.imshow, plt.contour, plt.pcolormesh, plt.matshow):
            draw(image)
        plt.close("all")
    x = np.array(X).requires_grad_()
    for again in (pickle.loads(pickle.dumps(x)), copy.deepcopy(x)):
        assert type(again) is np.ndarray and again.requires_grad and again.tolist() == x.tolist() and again is not x
    close(gradient(lambda x: np.sum(copy.deepcopy(x) ** 2 + copy.copy(x))), 2 * X + 1)
    assert [float(v) for v in reversed(x[0])] == [2.0, -1.0, 0.5]


def test_special_functions_of_scipy():
    special = pytest.importorskip("scipy.special")
    x = numpy.array([0.5, 1.5])
    f = lambda x: np.sum(special.expit(x) + special.gammaln(x) * special.erf(x) + special.xlogy(x, x))
    expected = [(f(x + e) - f(x - e)) / 2e-6 for e in 1e-6 * numpy.eye(2)]
    close(wengert.grad(f)(x), numpy.array(expected, dtype=float), rtol=1e-6)
    with pytest.raises(TypeError, match="j0 has no differentiable form"):
        wengert.grad(lambda x: np.sum(special.j0(x)))(x)


def test_fourier_transforms_of_plain_values_and_shifts():
    x = numpy.array([0.5, 1.5, -1.0, 2.0, 0.25])
    close(np.fft.rfft(np.array(x)), numpy.fft.rfft(x))
    close(np.fft.fftfreq(5).numpy(), numpy.fft.fftfreq(5))
    for module in (np, numpy, wengert.autograd.numpy):
        f = lambda x, module=module: np.sum(module.fft.fftshift(x) * x + module.fft.ifftshift(x, axes=0) ** 2)
        close(wengert.grad(f)(x), numpy.fft.fftshift(x) + numpy.fft.ifftshift(x) + 2 * x)
        with pytest.raises(TypeError, match="fft.fft has no differentiable form"):
            wengert.grad(lambda x, module=module: np.sum(module.fft.fft(x).real))(x)
