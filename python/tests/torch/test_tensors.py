"""Tensors in PyTorch's convention: making them, asking them, and changing them."""

from __future__ import annotations

import copy
import io
import math
import pickle
import warnings

import numpy as np
import pytest

from wengert import torch


def test_line_1_making_tensors() -> None:
    x = torch.tensor(3.0, requires_grad=True)
    assert x.requires_grad and x.dtype is torch.float32 and x.shape == ()
    assert not torch.tensor(3.0).requires_grad
    y = torch.tensor(3.0)
    assert y.requires_grad_() is y and y.requires_grad
    assert not y.requires_grad_(False).requires_grad
    assert torch.tensor([1.0]).dtype is torch.float32
    assert torch.tensor([1]).dtype is torch.int64
    mixed = torch.tensor([[2], [2], [3.0]])
    assert mixed.dtype is torch.float32 and mixed.tolist() == [[2.0], [2.0], [3.0]]
    assert torch.tensor(np.array([1.0, 2.0])).dtype is torch.float64
    assert torch.tensor([1, 2], dtype=torch.float64, requires_grad=True).requires_grad
    nested = torch.tensor([torch.tensor(1.0), torch.tensor(2.0)])
    assert nested.tolist() == [1.0, 2.0]
    with pytest.warns(UserWarning, match="clone"):
        assert torch.tensor(x).is_leaf


def test_line_2_asking_tensors() -> None:
    six = torch.tensor(6.0).numpy()
    assert repr(six) == "array(6., dtype=float32)"
    x = torch.arange(6.0).reshape(2, 3)
    shared = x.numpy()
    x[0, 0] = 7
    assert shared[0, 0] == 7 and shared.dtype == np.float32 and shared.shape == (2, 3)
    with pytest.raises(RuntimeError, match=r"detach\(\).numpy\(\)"):
        torch.tensor(1.0, requires_grad=True).numpy()
    t = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    assert t.tolist() == [[1.0, 2.0], [3.0, 4.0]] and len(t) == 2 and t.shape == (2, 2)
    assert t.sum().item() == 10.0 and t.dtype is torch.float32
    assert (
        t.double().dtype is torch.float64
        and t.long().dtype is torch.int64
        and t.long().float().dtype is torch.float32
    )
    assert t.view(4, -1).shape == (4, 1) and t.reshape(-1).shape == (4,) and t.flatten().shape == (4,)
    assert t.T.tolist() == [[1.0, 3.0], [2.0, 4.0]] and (t @ t).tolist() == [[7.0, 10.0], [15.0, 22.0]]
    c = t.clone()
    assert c.zero_() is c and c.sum() == 0 and t.sum() == 10
    assert t.is_leaf and t.data.tolist() == t.tolist()
    assert t[0].tolist() == [1.0, 2.0] and t[:, 1].tolist() == [2.0, 4.0]
    assert t[t > 2].tolist() == [3.0, 4.0] and t[[1, 0]].tolist() == [[3.0, 4.0], [1.0, 2.0]]
    assert "%.06f" % torch.tensor(1.5).item() == "1.500000" and f"{torch.tensor(2.5)}" == "2.5"
    assert float(torch.tensor([2.5])) == 2.5 and int(torch.tensor(3)) == 3 and bool(torch.tensor(1))
    with pytest.raises(RuntimeError):
        bool(t)


def test_line_4_creation_and_joining() -> None:
    torch.manual_seed(0)
    first = torch.rand(3), torch.randn(2, 2), torch.randint(0, 10, (4,))
    torch.manual_seed(0)
    again = torch.rand(3), torch.randn(2, 2), torch.randint(0, 10, (4,))
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert torch.arange(2, 8, 2).tolist() == [2, 4, 6] and torch.linspace(0, 1, 3).tolist() == [0, 0.5, 1]
    assert torch.full((2,), 7.0).tolist() == [7, 7] and torch.eye(2).tolist() == [[1, 0], [0, 1]]
    x = torch.arange(6.0).reshape(2, 3)
    assert torch.stack([x, x], dim=1).shape == (2, 2, 3) and torch.cat([x, x], axis=1).shape == (2, 6)
    assert torch.vstack([x, x]).shape == (4, 3) and torch.hstack([x, x]).shape == (2, 6)
    assert x.sum(axis=1, keepdims=True).tolist() == x.sum(dim=1, keepdim=True).tolist() == [[3], [12]]
    assert torch.take_along_dim(x, x.argsort(1, descending=True), dim=1).tolist() == [[2, 1, 0], [5, 4, 3]]
    assert torch.zeros_like(x).shape == (2, 3) and torch.ones_like(x, dtype=torch.int64).dtype is torch.int64


def test_line_5_functions() -> None:
    x = torch.tensor([0.5, 1.0, 2.0], dtype=torch.float64)
    figures = {
        "sin": [0.479426, 0.841471, 0.909297],
        "atan": [0.463648, 0.785398, 1.107149],
        "tanh": [0.462117, 0.761594, 0.964028],
        "exp": [1.648721, 2.718282, 7.389056],
        "expm1": [0.648721, 1.718282, 6.389056],
        "log1p": [0.405465, 0.693147, 1.098612],
        "log2": [-1.0, 0.0, 1.0],
        "rsqrt": [1.414214, 1.0, 0.707107],
        "sigmoid": [0.622459, 0.731059, 0.880797],
        "erf": [0.520500, 0.842701, 0.995322],
        "lgamma": [0.572365, 0.0, 0.0],
        "digamma": [-1.963510, -0.577216, 0.422784],
        "round": [0.0, 1.0, 2.0],
    }
    for name, values in figures.items():
        expected = pytest.approx(values, abs=1e-6)
        assert getattr(torch, name)(x).tolist() == expected and getattr(x, name)().tolist() == expected
    assert torch.atan2(torch.tensor(1.0), torch.tensor(1.0)).item() == pytest.approx(math.pi / 4)
    a = torch.tensor([[1.0, 5.0, 3.0], [4.0, 2.0, 6.0]])
    assert a.sum() == 21 and a.mean() == 3.5 and a.prod() == 720 and a.max() == 6 and a.min() == 1
    assert a.std().item() == pytest.approx(1.870829) and a.var(dim=0).tolist() == [4.5, 4.5, 4.5]
    values, indices = a.max(dim=1)
    assert values.tolist() == [5, 6] and indices.tolist() == [1, 2]
    assert a.argmax() == 5 and a.argmin(dim=1).tolist() == [0, 1] and a.amax(dim=0).tolist() == [4, 5, 6]
    assert a.norm().item() == pytest.approx(9.539392) and a.logsumexp(0)[0].item() == pytest.approx(4.048587)
    assert a.cumsum(1).tolist() == [[1, 6, 9], [4, 6, 12]] and a.cumprod(0)[1].tolist() == [4, 10, 18]
    assert a.sort(dim=1).indices.tolist() == [[0, 2, 1], [1, 0, 2]] and a.topk(2).values.tolist() == [
        [5, 3],
        [6, 4],
    ]
    assert torch.unique(torch.tensor([3, 1, 3])).tolist() == [1, 3] and (a > 0).all() and (a > 5).any()
    assert torch.einsum("ik, jk -> j", a, a).tolist() == [67.0, 88.0]
    assert torch.einsum("...i,ij", a, torch.ones(3, 2)).tolist() == [[9, 9], [12, 12]]
    assert torch.tensordot(a, a, dims=2) == 91 and torch.trace(a[:, :2]) == 3
    assert torch.mv(a, torch.ones(3)).tolist() == [9, 12] and torch.outer(a[0], a[1]).shape == (3, 3)


def test_line_25_matplotlib() -> None:
    plt = pytest.importorskip("matplotlib.pyplot")
    plt.switch_backend("agg")
    x = torch.linspace(0, 1, 5, requires_grad=True)
    assert np.asarray(x).tolist() == x.tolist()
    figure, (left, right) = plt.subplots(1, 2)
    (line,) = left.plot(x, x**2)
    assert line.get_ydata().tolist() == (x**2).tolist()
    (line,) = left.plot([(x**k).sum() for k in range(4)])
    assert len(line.get_ydata()) == 4
    left.scatter(x.detach(), x.detach() ** 2)
    left.hist(x.detach(), bins=3)
    shown = right.imshow(torch.arange(12.0).reshape(3, 4).requires_grad_())
    assert shown.get_array().shape == (3, 4)
    right.bar(torch.arange(3), torch.ones(3))
    figure.canvas.draw()
    plt.close(figure)


def test_random_numbers() -> None:
    g = torch.Generator().manual_seed(3)
    assert g.initial_seed() == 3
    a = torch.rand(5, generator=g)
    assert torch.equal(torch.rand(5, generator=torch.Generator().manual_seed(3)), a)
    state = torch.get_rng_state()
    x = torch.randn(4)
    torch.set_rng_state(state)
    assert torch.equal(torch.randn(4), x)
    assert sorted(torch.randperm(10).tolist()) == list(range(10))
    y = torch.randn(20000)
    assert abs(y.mean().item()) < 0.05 and abs(y.std().item() - 1) < 0.05
    u = torch.empty(20000).uniform_(-1, 3)
    assert u.min() >= -1 and u.max() < 3 and abs(u.mean().item() - 1) < 0.1
    n = torch.empty(20000).normal_(2, 0.5)
    assert abs(n.mean().item() - 2) < 0.05 and abs(n.std().item() - 0.5) < 0.05
    assert torch.normal(torch.zeros(3), torch.ones(3)).shape == (3,) and torch.normal(
        0.0, 1.0, (2, 2)
    ).shape == (2, 2)
    assert set(torch.bernoulli(torch.full((100,), 0.5)).tolist()) == {0.0, 1.0}
    assert torch.multinomial(torch.tensor([0.0, 1.0, 0.0]), 4, replacement=True).tolist() == [1, 1, 1, 1]
    p = torch.poisson(torch.full((20000,), 3.0))
    assert abs(p.mean().item() - 3) < 0.1 and abs(p.var().item() - 3) < 0.2
    e = torch.empty(20000).exponential_(2.0)
    assert abs(e.mean().item() - 0.5) < 0.02
    assert torch.randint(5, (3,)).shape == (3,) and torch.randint(2, 4, (50,)).unique().tolist() == [2, 3]
    assert (
        torch.rand_like(x).shape == x.shape and torch.randn(2, 3, dtype=torch.float64).dtype is torch.float64
    )
    with pytest.raises(RuntimeError):
        torch.rand(2, dtype=torch.int64)


def test_line_8_values() -> None:
    x = torch.tensor(3.0, requires_grad=True)
    assert [f.item() for f in (x**2, 2 * x, 9 / x, 8 - x, 11 + x)] == [9, 6, 3, 5, 14]


def test_line_12_gradients_accumulate() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    (x**2).backward()
    assert x.grad == 4
    (x**2).backward()
    assert x.grad == 8
    assert repr(x.grad.zero_()) == "tensor(0.)" and x.grad == 0
    (x**2).backward()
    assert x.grad == 4


def test_line_13_backward_of_vectors() -> None:
    x = torch.tensor([1.0, 4.0, 2.0], requires_grad=True)
    with pytest.raises(RuntimeError, match="grad can be implicitly created only for scalar outputs"):
        (x**2).backward()
    (x**2).backward(torch.ones(3))
    assert x.grad.tolist() == [2, 8, 4]
    x.grad = None
    (x**2).backward(gradient=torch.tensor([1, 1, 1]))
    assert x.grad.tolist() == [2, 8, 4]
    with pytest.raises(RuntimeError, match=r"3.*2|2.*3"):
        (x**2).backward(torch.ones(2))
    for shape in ((1,), (1, 1)):
        y = torch.full(shape, 3.0, requires_grad=True)
        (y**2).backward()
        assert y.grad.item() == 6 and y.grad.shape == shape


def test_line_19_modes() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    with torch.no_grad():
        assert not (x * 2).requires_grad and not torch.is_grad_enabled()
        with torch.enable_grad():
            assert (x * 2).requires_grad
        assert not torch.is_grad_enabled()
    assert torch.is_grad_enabled()

    @torch.no_grad()
    def double(v):
        return v * 2

    @torch.no_grad
    def bare(v):
        return v * 2

    @torch.enable_grad()
    def tracked(v):
        return v * 2

    @torch.inference_mode()
    def inferred(v):
        return v * 2

    @torch.set_grad_enabled(False)
    def disabled(v):
        return v * 2

    @torch.no_grad()
    def steps(v):
        for _ in range(2):
            yield v * 2

    for function in (double, bare, inferred, disabled):
        assert not function(x).requires_grad and torch.is_grad_enabled()
    assert double.__name__ == "double"
    assert [y.requires_grad for y in steps(x)] == [False, False]
    for _ in steps(x):
        assert torch.is_grad_enabled()
    with torch.no_grad():
        assert tracked(x).requires_grad
    torch.set_grad_enabled(False)
    assert not torch.is_grad_enabled()
    torch.set_grad_enabled(True)
    with torch.set_grad_enabled(False):
        assert not torch.is_grad_enabled()
    assert torch.is_grad_enabled()
    with torch.inference_mode():
        assert torch.is_inference_mode_enabled() and not (x * 2).requires_grad
    assert not torch.is_inference_mode_enabled()
    with pytest.raises(ZeroDivisionError), torch.no_grad():
        raise ZeroDivisionError
    assert torch.is_grad_enabled()
    d = x.detach()
    assert not d.requires_grad
    with torch.no_grad():
        d.fill_(5.0)
    assert x.item() == 5


def test_line_19_modes_belong_to_threads() -> None:
    import threading

    seen = []
    with torch.no_grad():
        thread = threading.Thread(target=lambda: seen.append(torch.is_grad_enabled()))
        thread.start()
        thread.join()
    assert seen == [True]


@pytest.mark.parametrize(("cut", "end"), [(False, (0.333333, -0.333333)), (True, (1.0, 0.0))])
def test_line_19_descent(cut: bool, end: tuple[float, float]) -> None:
    a = torch.tensor(0.5, requires_grad=True)
    b = torch.tensor(-0.5, requires_grad=True)
    for _ in range(100):
        third = a.detach() if cut else a
        loss = (a - 1) ** 2 + (b + 1) ** 2 + (third - b) ** 2
        loss.backward()
        with torch.no_grad():
            a -= 0.1 * a.grad
            b -= 0.1 * b.grad
            a.grad.zero_()
            b.grad.zero_()
    assert a.is_leaf and a.requires_grad
    assert a.item() == pytest.approx(end[0], abs=2e-6) and b.item() == pytest.approx(end[1], abs=2e-6)


def test_line_20_in_place() -> None:
    x = torch.tensor([1.0, 2.0, 3.0])
    x -= 1
    assert x.add_(2).mul_(3).tolist() == [6, 9, 12]
    assert x.clamp_(7, 10).tolist() == [7, 9, 10] and x.fill_(2).tolist() == [2, 2, 2]
    assert x.copy_(torch.tensor([1, 2, 3])).tolist() == [1, 2, 3]
    v = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = v * 1
    y[0] = 10.0
    y[1:] *= 2
    y[y > 9.5] = 1.0
    y.sum().backward()
    assert y.tolist() == [1, 4, 6] and v.grad.tolist() == [0, 2, 2]
    w = torch.zeros(3)
    w[1] = v[1] * 3
    v.grad = None
    w.sum().backward()
    assert v.grad.tolist() == [0, 3, 0]
    with pytest.raises(RuntimeError, match="leaf"):
        v.add_(1)
    with pytest.raises(RuntimeError, match="leaf"):
        v[0] = 1
    base = torch.zeros(2, 3)
    view = base[1].view(3)
    view[0] = 5
    view += 1
    assert base.tolist() == [[0, 0, 0], [6, 1, 1]]
    with pytest.raises(RuntimeError):
        torch.arange(3).add_(0.5)
    with pytest.raises(RuntimeError):
        torch.zeros(3).add_(torch.zeros(2, 3))


def test_line_20_changed_value() -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = x * 1
    z = y.exp()
    z.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        z.sum().backward()


def test_line_21_only_floats_require_grad() -> None:
    with pytest.raises(RuntimeError, match="[Oo]nly"):
        torch.tensor([1, 2], requires_grad=True)
    with pytest.raises(RuntimeError, match="[Oo]nly"):
        torch.tensor([True]).requires_grad_()


def test_devices_are_names() -> None:
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    x = torch.ones(2, device=device).to(device).cpu()
    assert x.device == torch.device("cpu") and str(x.device) == "cpu" and not x.is_cuda
    assert torch.backends.cudnn.is_available() is False and torch.cuda.device_count() == 0
    with pytest.raises(AssertionError):
        x.to("cuda")


def test_copies_and_pickles() -> None:
    x = torch.tensor([[1.0, 2.0]], requires_grad=True)
    for y in (copy.deepcopy(x), pickle.loads(pickle.dumps(x))):
        assert torch.equal(x, y) and y.requires_grad and y is not x and y.dtype is torch.float32
        with torch.no_grad():
            y.zero_()
        assert x.sum() == 3
    with pytest.raises(RuntimeError, match="graph leaves"):
        copy.deepcopy(x * 2)
    pair = copy.deepcopy([x, x])
    assert pair[0] is pair[1]
    plain = torch.tensor([1.0])
    other = copy.copy(plain)
    other[0] = 5
    assert plain[0] == 5
    for kind in (torch.bool, torch.uint8, torch.int32, torch.int64, torch.float32, torch.float64):
        z = torch.ones(2, 0, 3, dtype=kind)
        again = pickle.loads(pickle.dumps(z))
        assert again.dtype is kind and again.shape == (2, 0, 3)
        assert pickle.loads(pickle.dumps(kind)) is kind and copy.deepcopy(kind) is kind
    assert pickle.loads(pickle.dumps(x.shape)) == torch.Size([1, 2])
    found = torch.ones(3).max(0)
    assert type(pickle.loads(pickle.dumps(found))) is torch.return_types.max


def test_save_and_load(tmp_path) -> None:
    state = {
        "w": torch.randn(3, 4),
        "step": 7,
        "shape": torch.Size([3]),
        "kind": torch.float64,
        "ids": torch.arange(3),
    }
    torch.save(state, tmp_path / "state.pt")
    again = torch.load(tmp_path / "state.pt")
    assert torch.equal(again["w"], state["w"]) and again["step"] == 7 and again["kind"] is torch.float64
    assert again["shape"] == (3,) and again["ids"].dtype is torch.int64
    file = io.BytesIO()
    torch.save([torch.tensor(1.5, requires_grad=True), torch.ones(2, 0)], file)
    file.seek(0)
    one, none = torch.load(file)
    assert one.item() == 1.5 and one.requires_grad and none.shape == (2, 0)
    twice = torch.ones(2)
    torch.save({"a": twice, "b": twice}, tmp_path / "twice.pt")
    both = torch.load(tmp_path / "twice.pt")
    assert both["a"] is both["b"]


class Harm:
    def __reduce__(self):
        return (print, ("harm",))


def test_load_runs_no_code(tmp_path) -> None:
    torch.save({"x": Harm()}, tmp_path / "harm.pt")
    with pytest.raises(pickle.UnpicklingError, match="Weights only load failed"):
        torch.load(tmp_path / "harm.pt")


def test_files_of_pytorch(tmp_path) -> None:
    theirs = pytest.importorskip("torch")
    model = theirs.nn.Linear(3, 2)
    theirs.save(model.state_dict(), tmp_path / "theirs.pt")
    state = torch.load(tmp_path / "theirs.pt")
    assert list(state) == ["weight", "bias"]
    assert np.array_equal(state["weight"].numpy(), model.weight.detach().numpy())
    theirs.save(
        {"t": theirs.arange(6).reshape(2, 3).T, "p": theirs.nn.Parameter(theirs.ones(2))}, tmp_path / "t.pt"
    )
    loaded = torch.load(tmp_path / "t.pt")
    assert loaded["t"].tolist() == [[0, 3], [1, 4], [2, 5]] and loaded["p"].requires_grad
    torch.save({"w": torch.ones(2, 3), "b": torch.tensor([True]), "k": torch.float32}, tmp_path / "ours.pt")
    read = theirs.load(tmp_path / "ours.pt")
    assert (
        theirs.equal(read["w"], theirs.ones(2, 3))
        and read["b"].dtype is theirs.bool
        and read["k"] is theirs.float32
    )


def test_names_that_are_not_there() -> None:
    with pytest.raises(AttributeError, match="softmax"):
        torch.sofmax  # noqa: B018
    with pytest.raises(AttributeError, match="'float32'"):
        torch.bfloat32  # noqa: B018
    with pytest.raises(AttributeError, match="digamma"):
        torch.special.digama  # noqa: B018
    x = torch.ones(2)
    with pytest.raises(AttributeError, match="torch.Tensor has no 'matrix_exp'.*matrix_power"):
        x.matrix_exp()
    assert not hasattr(x, "svd") and "svd" not in dir(x) and "sum" in dir(x)
    with pytest.raises(AttributeError, match="'softmax'"):
        x.sofmax()


def test_dtypes() -> None:
    assert torch.float is torch.float32 and torch.double is torch.float64
    assert torch.long is torch.int64 and torch.int is torch.int32
    assert repr(torch.bool) == "torch.bool" and torch.float32.itemsize == 4
    torch.set_default_dtype(torch.float64)
    try:
        assert torch.tensor(1.0).dtype is torch.float64 and torch.zeros(2).dtype is torch.float64
        assert repr(torch.tensor(1.0)) == "tensor(1.)" and "float32" in repr(
            torch.tensor(1.0, dtype=torch.float32)
        )
        assert torch.rand(2).dtype is torch.float64 and (torch.arange(2) / 2).dtype is torch.float64
    finally:
        torch.set_default_dtype(torch.float32)
    assert isinstance(torch.ones(2), torch.FloatTensor) and not isinstance(torch.ones(2), torch.LongTensor)
    assert torch.ones(2).type() == "torch.FloatTensor"


def test_assert_close() -> None:
    torch.testing.assert_close(torch.ones(2), torch.ones(2) + 1e-7)
    torch.testing.assert_close({"a": [1.0, torch.ones(1)]}, {"a": [1.0, torch.ones(1)]})
    with pytest.raises(AssertionError, match="Mismatched elements: 1 / 2"):
        torch.testing.assert_close(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 3.0]))
    with pytest.raises(AssertionError, match="dtype"):
        torch.testing.assert_close(torch.ones(2), torch.ones(2, dtype=torch.float64))
    with pytest.raises(AssertionError, match="shape"):
        torch.testing.assert_close(torch.ones(2), torch.ones(3))


def test_everything_has_words() -> None:
    for name in dir(torch):
        value = getattr(torch, name)
        if callable(value):
            assert value.__doc__, name


def test_numpy_shares_memory() -> None:
    array = np.zeros(3)
    x = torch.from_numpy(array)
    array[0] = 1
    assert x[0] == 1
    x[1] = 2
    x.add_(1)
    assert array.tolist() == [2, 3, 1]
    assert torch.as_tensor(array).numpy()[0] == 2
    with pytest.raises(TypeError):
        torch.from_numpy([1.0])


def test_warnings_of_pytorch() -> None:
    with pytest.warns(UserWarning, match="indexing"):
        torch.meshgrid(torch.arange(2), torch.arange(2))
    with pytest.warns(UserWarning, match="degrees of freedom"):
        torch.ones(1).std()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        torch.ones(2).std()
