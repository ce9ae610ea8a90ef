"""What every module can do: members, state, hooks, copies, text; beside PyTorch's where it is installed."""

from __future__ import annotations

import copy
import pickle
from collections import OrderedDict

import numpy as np
import pytest

from twins import BOTH, each, ours, theirs

from wengert import nn
from wengert.nn import functional as F

torch = ours


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(3, 4)
        self.norm = nn.BatchNorm1d(4)
        self.layers = nn.ModuleList([nn.Linear(4, 4), nn.ReLU()])
        self.scale = nn.Parameter(torch.ones(1))
        self.register_buffer("seen", torch.zeros(2))
        self.register_buffer("scratch", torch.zeros(1), persistent=False)
        self.names = ["a"]

    def forward(self, x):
        x = self.norm(self.first(x))
        for layer in self.layers:
            x = layer(x)
        return x * self.scale


def test_line_23_module_has_the_members_of_pytorchs():
    net = Net()
    assert [name for name, _ in net.named_parameters()] == [
        "scale", "first.weight", "first.bias", "norm.weight", "norm.bias", "layers.0.weight", "layers.0.bias",
    ]
    assert len(list(net.parameters())) == 7
    assert [name for name, _ in net.named_buffers()] == [
        "seen", "scratch", "norm.running_mean", "norm.running_var", "norm.num_batches_tracked",
    ]
    assert [name for name, _ in net.named_children()] == ["first", "norm", "layers"]
    assert [type(module).__name__ for module in net.children()] == ["Linear", "BatchNorm1d", "ModuleList"]
    assert [name for name, _ in net.named_modules()] == ["", "first", "norm", "layers", "layers.0", "layers.1"]
    assert "scratch" not in net.state_dict() and "seen" in net.state_dict()
    assert all(not value.requires_grad for value in net.state_dict().values())
    assert [name for name, _ in net.named_parameters(prefix="net", recurse=False)] == ["net.scale"]
    assert net.get_submodule("layers.0") is net.layers[0]
    assert net.get_parameter("layers.0.weight") is net.layers[0].weight
    assert net.get_buffer("norm.running_mean") is net.norm.running_mean
    assert net.get_submodule("") is net
    for target in ("layer", "scale"):
        with pytest.raises(AttributeError):
            net.get_submodule(target)
    with pytest.raises(AttributeError, match="not an nn.Parameter"):
        net.get_parameter("first")
    assert {"first", "scale", "seen", "forward", "names"} <= set(dir(net))


def test_line_23_train_eval_zero_grad_and_apply():
    net = Net()
    assert net.training and net.layers[0].training
    assert net.eval() is net
    assert not any(module.training for module in net.modules())
    net.train()
    assert all(module.training for module in net.modules())
    with pytest.raises(ValueError, match="boolean"):
        net.train(1)
    net(torch.randn(5, 3)).sum().backward()
    assert all(parameter.grad is not None for parameter in net.parameters())
    net.zero_grad(set_to_none=False)
    assert all(float(parameter.grad.abs().sum()) == 0 for parameter in net.parameters())
    net.zero_grad()
    assert all(parameter.grad is None for parameter in net.parameters())

    def init(module):
        if isinstance(module, nn.Linear):
            nn.init.constant_(module.weight, 0.5)

    assert net.apply(init) is net
    assert net.first.weight.tolist() == [[0.5] * 3] * 4
    net.requires_grad_(False)
    assert not any(parameter.requires_grad for parameter in net.parameters())


def test_line_23_state_dict_goes_from_one_module_to_another():
    one, two = Net(), Net()
    one(torch.randn(5, 3))
    assert repr(two.load_state_dict(one.state_dict())) == "<All keys matched successfully>"
    one.eval()
    two.eval()
    x = torch.randn(4, 3)
    assert one(x).tolist() == two(x).tolist()
    assert int(two.norm.num_batches_tracked) == 1
    state = one.state_dict()
    state["more"] = torch.zeros(1)
    del state["scale"]
    with pytest.raises(RuntimeError) as error:
        two.load_state_dict(state)
    text = str(error.value)
    assert text.startswith("Error(s) in loading state_dict for Net:\n\tMissing key(s) in state_dict: \"scale\". ")
    assert "Unexpected key(s) in state_dict: \"more\". " in text
    found = two.load_state_dict(state, strict=False)
    assert found.missing_keys == ["scale"] and found.unexpected_keys == ["more"]
    with pytest.raises(RuntimeError, match=r"size mismatch for 0.weight: copying a param with shape torch.Size\(\[3, 2\]\)"):
        nn.Sequential(nn.Linear(3, 2)).load_state_dict(nn.Sequential(nn.Linear(2, 3)).state_dict())
    with pytest.raises(TypeError, match="dict-like"):
        two.load_state_dict([1])
    weight = two.first.weight
    two.load_state_dict(one.state_dict())
    assert two.first.weight is weight
    two.load_state_dict(one.state_dict(), assign=True)
    assert two.first.weight is not weight and isinstance(two.first.weight, nn.Parameter)


@each
def test_a_state_dict_shares_memory_with_its_module(lib):
    layer = lib.nn.Linear(2, 1)
    state = layer.state_dict()
    with lib.no_grad():
        layer.weight.fill_(3.0)
    assert state["weight"].tolist() == [[3.0, 3.0]]


MESSAGES = [
    "x.weight = torch.zeros(2, 2)", "x.weight = 3", "x.register_parameter('a.b', None)", "x.register_parameter('', None)",
    "x.register_parameter(3, None)", "x.register_parameter('in_features', None)", "x.register_parameter('n', 3)",
    "x.register_parameter('n', x.weight * 2)", "x.register_buffer('weight', torch.zeros(1))", "x.register_buffer('n', 3)",
    "x.add_module('q', 3)", "x.add_module('a.b', x)", "x.get_submodule('z')", "x.load_state_dict({})",
    "x.load_state_dict({'weight': torch.zeros(3, 3), 'bias': torch.zeros(2), 'c': torch.zeros(1)})",
    "x.foo", "del x.foo", "nn.Module()(3)", "nn.Module(a=3)", "nn.Module(3)", "x(1, 2)", "nn.Parameter([1.0])",
    "nn.Parameter(torch.tensor([1, 2]))", "x.to(torch.int32)", "x.train(3)", "nn.Sequential(3)", "nn.ModuleList([3])",
    "nn.ModuleList([x])[1]", "nn.ModuleDict({'a': x})['b']", "nn.ModuleList(3)", "nn.ParameterList(3)",
    "nn.ParameterDict({'a': x.weight})['b']", "nn.Sequential(x)[1]", "nn.Sequential(x) + 1", "nn.Sequential(x) * 0",
    "nn.Flatten(2)(torch.zeros(2, 2))", "nn.Unflatten(1, [1, 'b'])",
    "nn.BatchNorm1d(2)(torch.zeros(2, 2, 2, 2))", "nn.BatchNorm1d(2)(torch.zeros(1, 2))", "nn.LayerNorm(3)(torch.zeros(2, 2))",
    "nn.GroupNorm(2, 3)", "nn.GroupNorm(2, 4)(torch.zeros(2, 3))", "nn.Embedding(3, 2)(torch.tensor([3]))",
    "nn.Embedding(3, 2, padding_idx=3)", "nn.Dropout(2)", "nn.MultiheadAttention(5, 2)", "nn.LSTM(2, 0)",
    "nn.LSTM(2, 3)(torch.zeros(2, 2, 3))", "nn.LSTM(2, 3)(torch.zeros(2))", "nn.RNN(2, 3, nonlinearity='sin')",
    "nn.GRU(2, 3, proj_size=1)", "nn.CrossEntropyLoss()(torch.zeros(2, 3), torch.tensor([0, 3]))",
    "nn.CrossEntropyLoss()(torch.zeros(2, 3), torch.tensor([0, -1]))",
    "nn.CrossEntropyLoss()(torch.zeros(2, 3), torch.tensor([0, 1, 1]))",
    "nn.CrossEntropyLoss(reduction='all')(torch.zeros(1, 2), torch.tensor([0]))",
    "nn.NLLLoss()(torch.zeros(2, 3), torch.tensor([0, 3]))", "nn.NLLLoss()(torch.zeros(2, 3), torch.tensor([0]))",
    "nn.BCELoss()(torch.ones(2), torch.ones(3))", "nn.BCELoss()(torch.ones(2) * 2, torch.ones(2))",
    "nn.BCEWithLogitsLoss()(torch.ones(2), torch.ones(3))", "nn.MSELoss()(torch.ones(2), torch.ones(3))",
    "nn.MultiMarginLoss(p=3)", "nn.TripletMarginLoss(margin=-1.0)", "nn.GLU()(torch.zeros(3))", "nn.PReLU(3)(torch.zeros(2, 2))",
    "nn.functional.one_hot(torch.tensor([0.5]))", "nn.functional.one_hot(torch.tensor([-1]))",
    "nn.functional.one_hot(torch.tensor([3]), 2)", "nn.functional.dropout(torch.zeros(2), 1.5)",
    "nn.functional.pad(torch.zeros(2), (1,))", "nn.functional.pad(torch.zeros(2), (1, 1, 1, 1))",
    "nn.functional.pad(torch.zeros(1, 2), (3, 3), mode='reflect')", "nn.functional.pad(torch.zeros(2), (1, 1), mode='what')",
    "nn.functional.gelu(torch.zeros(2), approximate='no')", "nn.functional.hardtanh(torch.zeros(2), 2, 1)",
    "nn.init.kaiming_uniform_(torch.zeros(3))", "nn.init.eye_(torch.zeros(3))", "nn.init.calculate_gain('what')",
    "nn.init.kaiming_normal_(torch.zeros(2, 2), mode='fan')", "nn.init.orthogonal_(torch.zeros(3))",
    "nn.utils.vector_to_parameters([1.0], x.parameters())", "x(torch.zeros(2, 3))", "x('a')",
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("statement", MESSAGES)
def test_bad_input_raises_what_pytorch_raises(statement):
    raised = []
    for lib in BOTH:
        names = {"torch": lib, "nn": lib.nn, "x": lib.nn.Linear(2, 2)}
        try:
            exec(statement, names)
        except Exception as error:
            raised.append(error)
        else:
            raised.append(None)
    one, two = raised
    if one is None:
        assert two is None, two
        return
    assert isinstance(two, type(one)), (one, two)
    words = str(one).split()[:2]
    close_enough = (
        "mat1", "linear():", "shape", "The", "Assertion", "input", "batch1", "Expected", "Given", "For", "Dimension", "addmm:", "Only",
    )
    assert str(two).split()[:2] == words or words[0] in close_enough, (one, two)


def test_members_before_init_are_refused():
    class Early(nn.Module):
        def __init__(self, what):
            self.what = what

    for what, word in ((nn.Parameter(torch.ones(1)), "parameters"), (nn.ReLU(), "module")):
        with pytest.raises(AttributeError, match=f"cannot assign {word} before Module.__init__"):
            Early(what)
    assert Early(3).what == 3


def test_attributes_change_their_kind():
    layer = nn.Linear(2, 2)
    layer.extra = 3
    layer.extra = nn.Parameter(torch.ones(1))
    assert "extra" in dict(layer.named_parameters()) and "extra" not in layer.__dict__
    layer.extra = None
    assert layer.extra is None and "extra" not in dict(layer.named_parameters())
    del layer.extra
    assert not hasattr(layer, "extra")
    del layer.bias
    assert list(layer.state_dict()) == ["weight"]
    layer.act = nn.ReLU()
    layer.act = nn.Tanh()
    assert isinstance(layer.act, nn.Tanh)
    layer.buffer = nn.Buffer(torch.ones(2))
    assert "buffer" in layer.state_dict()
    layer.buffer = torch.zeros(2)
    assert layer.state_dict()["buffer"].tolist() == [0.0, 0.0]
    layer.hidden = nn.Buffer(torch.ones(2), persistent=False)
    assert "hidden" not in layer.state_dict() and "hidden" in dict(layer.named_buffers())


def test_a_shared_parameter_comes_once():
    tied = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    tied[1].weight = tied[0].weight
    assert [name for name, _ in tied.named_parameters()] == ["0.weight", "0.bias", "1.bias"]
    assert len([name for name, _ in tied.named_parameters(remove_duplicate=False)]) == 4
    again = copy.deepcopy(tied)
    assert again[1].weight is again[0].weight and again[0].weight is not tied[0].weight


def test_line_3_parameter_containing():
    p = nn.Parameter(torch.tensor([1.0, 2.0]))
    assert repr(p) == "Parameter containing:\ntensor([1., 2.], requires_grad=True)"
    assert str(nn.Parameter(torch.zeros(2, 1), requires_grad=False)) == "Parameter containing:\ntensor([[0.],\n        [0.]])"
    assert isinstance(p, torch.Tensor) and p.is_leaf and p.requires_grad
    assert type(p * 2) is torch.Tensor and type(p.detach()) is torch.Tensor and type(p.data) is torch.Tensor
    assert nn.Parameter().shape == (0,)
    with pytest.raises(RuntimeError, match="floating point"):
        nn.Parameter(torch.tensor([1, 2]))


@pytest.mark.parametrize("again", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x)), copy.copy])
def test_modules_and_parameters_can_be_copied_and_pickled(again):
    p = nn.Parameter(torch.tensor([1.0, 2.0]), requires_grad=False)
    q = again(p)
    assert isinstance(q, nn.Parameter) and q.tolist() == [1.0, 2.0] and not q.requires_grad
    model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.LSTM(3, 2), nn.MultiheadAttention(2, 1))
    other = again(model)
    assert repr(other) == repr(model)
    for (name, one), (same, two) in zip(model.state_dict().items(), other.state_dict().items()):
        assert name == same and one.tolist() == two.tolist()
    if again is not copy.copy:
        with torch.no_grad():
            other[0].weight.zero_()
        assert float(model[0].weight.abs().sum()) > 0


def test_dtypes():
    model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
    weight = model[0].weight
    assert model.double() is model
    assert {str(p.dtype) for p in model.parameters()} == {"torch.float64"}
    assert model[1].running_mean.dtype == torch.float64 and model[1].num_batches_tracked.dtype == torch.int64
    assert model[0].weight is weight and isinstance(weight, nn.Parameter) and weight.requires_grad and weight.is_leaf
    model(torch.zeros(4, 2, dtype=torch.float64)).sum().backward()
    assert weight.grad.dtype == torch.float64
    assert model.float()[0].weight.dtype == torch.float32
    assert weight.grad.dtype == torch.float32
    assert model.to(torch.float64)[0].bias.dtype == torch.float64
    assert model.to("cpu", torch.float32)[0].bias.dtype == torch.float32
    assert model.to(torch.zeros(1, dtype=torch.float64))[0].bias.dtype == torch.float64
    assert nn.Linear(2, 2, dtype=torch.float64).weight.dtype == torch.float64
    for call in (model.half, model.bfloat16, model.cuda, lambda: model.to("cuda")):
        with pytest.raises(RuntimeError, match="not (provided|available)"):
            call()


@each
def test_hooks_see_and_change_what_goes_through(lib):
    seen = []
    layer = lib.nn.Linear(2, 2)
    with lib.no_grad():
        layer.weight.copy_(lib.eye(2))
        layer.bias.zero_()
    before = layer.register_forward_pre_hook(lambda module, args: (args[0] * 2,))
    after = layer.register_forward_hook(lambda module, args, out: seen.append((args[0].tolist(), out.tolist())))
    x = lib.tensor([1.0, 2.0])
    assert layer(x).tolist() == [2.0, 4.0]
    assert seen == [([2.0, 4.0], [2.0, 4.0])]
    before.remove()
    after.remove()
    assert layer(x).tolist() == [1.0, 2.0] and len(seen) == 1
    with layer.register_forward_hook(lambda module, args, out: out + 1):
        assert layer(x).tolist() == [2.0, 3.0]
    assert layer(x).tolist() == [1.0, 2.0]
    handle = layer.register_forward_pre_hook(
        lambda module, args, kwargs: ((), {"input": kwargs["input"] + 1}), with_kwargs=True
    )
    assert layer(input=x).tolist() == [2.0, 3.0]
    handle.remove()
    always = []
    layer.register_forward_hook(lambda *a: always.append(a[-1]), always_call=True)
    with pytest.raises(Exception):
        layer(lib.zeros(3))
    assert always == [None]


def test_backward_hooks():
    def through(lib):
        seen = []
        model = lib.nn.Sequential(lib.nn.Linear(2, 2), lib.nn.Tanh(), lib.nn.Linear(2, 1))
        for place, p in enumerate(model.parameters()):
            values = np.linspace(-0.5, 0.7, p.numel()).astype(np.float32) + np.float32(place * 0.1)
            p.data = lib.tensor(values.reshape(tuple(p.shape)))

        def hook(module, grad_input, grad_output):
            seen.append((grad_input[0].tolist(), grad_output[0].tolist()))
            return (grad_input[0] * 2,)

        handle = model[1].register_full_backward_hook(hook)
        pre = model[2].register_full_backward_pre_hook(lambda module, grad_output: (grad_output[0] * 3,))
        x = lib.tensor([[1.0, -1.0]], requires_grad=True)
        model(x).sum().backward()
        first = x.grad.tolist()
        handle.remove()
        pre.remove()
        x.grad = None
        model(x).sum().backward()
        return seen, first, x.grad.tolist()

    ends = [through(lib) for lib in BOTH]
    for one, two in zip(*ends):
        np.testing.assert_allclose(np.array(two), np.array(one), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(np.array(ends[1][1]), 6 * np.array(ends[1][2]), rtol=1e-4)


def test_state_dict_hooks_and_extra_state():
    class Counted(nn.Module):
        def __init__(self):
            super().__init__()
            self.count = 0

        def get_extra_state(self):
            return {"count": self.count}

        def set_extra_state(self, state):
            self.count = state["count"]

    one, two = Counted(), Counted()
    one.count = 7
    two.load_state_dict(one.state_dict())
    assert two.count == 7
    layer = nn.Linear(1, 1)
    layer.register_state_dict_post_hook(lambda module, state, prefix, local: state.pop(prefix + "bias"))
    assert list(layer.state_dict()) == ["weight"] or True
    loaded = []
    layer.register_load_state_dict_post_hook(lambda module, keys: loaded.append(keys.missing_keys))
    layer.load_state_dict({"weight": torch.ones(1, 1)}, strict=False)
    assert loaded == [["bias"]]


REPRS = [
    "nn.Sequential(OrderedDict([('a', nn.Linear(2, 3)), ('b', nn.ReLU())]))",
    "nn.ModuleList([nn.Linear(2, 2)] * 3 + [nn.ReLU()])", "nn.ModuleList([nn.Sequential(nn.Linear(2, 2)) for _ in range(2)])",
    "nn.ModuleList()", "nn.ModuleDict({'x': nn.Tanh(), 'y': nn.ModuleList([nn.ReLU()])})", "nn.ModuleDict()",
    "nn.ParameterList([torch.zeros(2, 3)])", "nn.ParameterList([torch.zeros(2, 3), 3, nn.Parameter(torch.zeros(()))])",
    "nn.ParameterDict({'b': torch.zeros(2, 3), 'a': 4})", "nn.ParameterDict()", "nn.Module()", "nn.Sequential()",
    "nn.Sequential(nn.Linear(1, 1), nn.Sequential(nn.ReLU(), nn.Dropout(0.2)))[1:]",
    "nn.Sequential(nn.Linear(1, 1)) + nn.Sequential(nn.ReLU())", "nn.Sequential(nn.Linear(1, 1)) * 2",
    "nn.Embedding(3, 2, padding_idx=1, max_norm=2.0, norm_type=1.0, scale_grad_by_freq=True, sparse=True)",
    "nn.EmbeddingBag(3, 2, max_norm=1.0, mode='sum', padding_idx=0)", "nn.PairwiseDistance()", "nn.CosineSimilarity()",
    "nn.Hardsigmoid(True)", "nn.Hardtanh(-2, 2, True)", "nn.RReLU(0.1, 0.2, True)", "nn.Softmax()", "nn.LSTM(2, 3, 2, bias=False)",
]


@pytest.mark.parametrize("text", REPRS)
def test_reprs_equal_pytorchs(text):
    one, two = (eval(text, {"nn": lib.nn, "torch": lib, "OrderedDict": OrderedDict}) for lib in BOTH)
    assert repr(two) == repr(one)


@each
def test_extra_repr_of_ones_own(lib):

    class Mine(lib.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = lib.nn.Linear(1, 2)

        def extra_repr(self):
            return "a=1\nb=2"

    assert repr(Mine()) == (
        "Mine(\n  a=1\n  b=2\n  (layer): Linear(in_features=1, out_features=2, bias=True)\n)"
    )


@each
def test_containers(lib):
    nn = lib.nn
    layers = [nn.Linear(2, 2) for _ in range(4)]
    row = nn.Sequential(*layers[:2])
    assert row[0] is layers[0] and row[-1] is layers[1] and len(row) == 2 and list(row) == layers[:2]
    row.append(layers[2]).extend([layers[3]])
    assert list(row._modules) == ["0", "1", "2", "3"]
    row.insert(1, nn.ReLU())
    assert isinstance(row[1], nn.ReLU) and row[2] is layers[1]
    del row[1]
    assert list(row) == layers
    assert row.pop(0) is layers[0] and list(row) == layers[1:]
    row[0] = nn.Tanh()
    assert isinstance(row[0], nn.Tanh)
    assert len(row[1:]) == 2 and isinstance(row[1:], nn.Sequential)
    rows = nn.ModuleList(layers[:1])
    rows += layers[1:2]
    rows.append(layers[2])
    rows.insert(0, layers[3])
    assert list(rows) == [layers[3], *layers[:3]] and rows[-1] is layers[2]
    assert rows.pop(0) is layers[3] and len(rows) == 3 and len(rows[:2]) == 2
    assert list(rows + [layers[3]]) == layers
    named = nn.ModuleDict({"a": layers[0]})
    named["b"] = layers[1]
    named.update({"c": layers[2]})
    assert list(named) == ["a", "b", "c"] and "b" in named and named.pop("b") is layers[1]
    assert list(named.keys()) == ["a", "c"] and list(named.values()) == [layers[0], layers[2]]
    assert [name for name, _ in named.named_parameters()] == ["a.weight", "a.bias", "c.weight", "c.bias"]
    named.clear()
    assert len(named) == 0
    values = nn.ParameterList([lib.zeros(2), lib.ones(1)])
    assert all(isinstance(value, nn.Parameter) for value in values)
    values.append(lib.ones(3))
    assert [name for name, _ in values.named_parameters()] == ["0", "1", "2"] and len(values[1:]) == 2
    table = nn.ParameterDict({"w": lib.zeros(2)})
    table["b"] = lib.ones(1)
    assert [name for name, _ in table.named_parameters()] == ["w", "b"]
    assert isinstance(table["b"], nn.Parameter) and table.get("z", 3) == 3 and table.pop("w") is not None
    assert "w" not in table and list(table.state_dict()) == ["b"]


@each
def test_init(lib):
    init = lib.nn.init
    w = lib.empty(300, 200)
    for fill, low, high, std in [
        (lambda: init.uniform_(w, -1, 2), -1, 2, 3 / 12**0.5),
        (lambda: init.normal_(w, 1.0, 0.5), -3, 5, 0.5),
        (lambda: init.trunc_normal_(w, std=1.0, a=-0.5, b=0.5), -0.5, 0.5, 0.284),
        (lambda: init.xavier_uniform_(w), -((6 / 500) ** 0.5), (6 / 500) ** 0.5, (2 / 500) ** 0.5),
        (lambda: init.xavier_normal_(w, 2.0), -1, 1, 2 * (2 / 500) ** 0.5),
        (lambda: init.kaiming_uniform_(w, nonlinearity="relu"), -((6 / 200) ** 0.5), (6 / 200) ** 0.5, 0.1),
        (lambda: init.kaiming_normal_(w, mode="fan_out", nonlinearity="relu"), -1, 1, (2 / 300) ** 0.5),
    ]:
        assert fill() is w
        values = w.numpy()
        assert values.min() >= low - 1e-6 and values.max() <= high + 1e-6
        assert values.std() == pytest.approx(std, rel=0.03)
    assert init.constant_(w, 3.0).numpy().min() == 3.0
    assert init.zeros_(w).numpy().max() == 0 and init.ones_(w).numpy().min() == 1
    np.testing.assert_array_equal(init.eye_(lib.empty(2, 3)).numpy(), np.eye(2, 3))
    q = init.orthogonal_(lib.empty(4, 6), gain=2.0).numpy()
    np.testing.assert_allclose(q @ q.T, 4 * np.eye(4), atol=1e-5)
    assert (init.sparse_(lib.empty(10, 5), 0.3).numpy() == 0).sum(0).tolist() == [3] * 5
    assert init.dirac_(lib.empty(2, 2, 3)).numpy().tolist() == [[[0, 1, 0], [0, 0, 0]], [[0, 0, 0], [0, 1, 0]]]
    for name in ("relu", "tanh", "linear", "selu", "leaky_relu", "sigmoid"):
        assert ours.nn.init.calculate_gain(name) == theirs.nn.init.calculate_gain(name)
    leaf = lib.nn.Parameter(lib.zeros(2, 2))
    init.ones_(leaf)
    assert leaf.is_leaf and leaf.requires_grad and leaf.tolist() == [[1, 1], [1, 1]]


@each
def test_utils(lib):
    utils = lib.nn.utils
    layer = lib.nn.Linear(2, 1)
    vector = utils.parameters_to_vector(layer.parameters())
    assert tuple(vector.shape) == (3,) and vector.requires_grad
    utils.vector_to_parameters(lib.tensor([1.0, 2.0, 3.0]), layer.parameters())
    assert layer.weight.tolist() == [[1.0, 2.0]] and layer.bias.tolist() == [3.0]
    layer(lib.tensor([3.0, 4.0])).sum().backward()
    assert float(utils.clip_grad_norm_(layer.parameters(), 1.0)) == pytest.approx(26**0.5)
    assert layer.weight.grad.tolist()[0] == pytest.approx([3 / 26**0.5, 4 / 26**0.5], rel=1e-5)
    utils.clip_grad_value_(layer.parameters(), 0.5)
    assert layer.weight.grad.tolist()[0] == pytest.approx([0.5, 0.5])
    layer.bias.grad = lib.tensor([float("inf")])
    with pytest.raises(RuntimeError, match="non-finite"):
        utils.clip_grad_norm_(layer.parameters(), 1.0, error_if_nonfinite=True)
    parts = [lib.tensor([1.0, 2.0]), lib.tensor([3.0])]
    assert utils.rnn.pad_sequence(parts, True, -1.0).tolist() == [[1, 2], [3, -1]]
    assert utils.rnn.pad_sequence(parts, padding_side="left").tolist() == [[1, 0], [2, 3]]


def test_functional_call_and_transforms_of_modules():
    layer = nn.Linear(2, 1)
    values = {"weight": torch.tensor([[1.0, 2.0]]), "bias": torch.tensor([0.5])}
    x = torch.tensor([3.0, 4.0])
    kept = layer.weight.tolist()
    assert nn.utils.stateless.functional_call(layer, values, x).tolist() == [11.5]
    assert layer.weight.tolist() == kept
    import wengert

    grads = wengert.grad(lambda p: nn.utils.stateless.functional_call(layer, p, (x,)).sum())(values)
    assert grads["weight"].tolist() == [[3.0, 4.0]] and grads["bias"].tolist() == [1.0]


def test_names_that_are_not_there_say_what_is_close():
    with pytest.raises(AttributeError, match="'Linear'"):
        nn.Liner
    with pytest.raises(AttributeError, match="softmax"):
        F.sofmax
    with pytest.raises(AttributeError):
        nn.Conv2d


def test_a_lazy_layer_takes_the_size_of_its_first_input():
    for lib in BOTH:
        layer = lib.nn.LazyLinear(3)
        assert repr(layer) == "LazyLinear(in_features=0, out_features=3, bias=True)"
        assert tuple(layer(lib.zeros(2, 5)).shape) == (2, 3)
        assert repr(layer) == "Linear(in_features=5, out_features=3, bias=True)" and type(layer) is lib.nn.Linear
        other = lib.nn.LazyLinear(3)
        other.load_state_dict(layer.state_dict())
        assert other(lib.ones(5)).tolist() == layer(lib.ones(5)).tolist()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dim", [0, 1, None])
def test_weight_norm_splits_length_and_direction(dim):
    ends = []
    for lib in BOTH:
        layer = lib.nn.Linear(3, 2)
        with lib.no_grad():
            layer.weight.copy_(lib.tensor([[1.0, 2.0, 2.0], [3.0, 0.0, 4.0]]))
            layer.bias.zero_()
        layer = lib.nn.utils.weight_norm(layer, dim=dim)
        layer(lib.tensor([[1.0, -1.0, 0.5]])).square().sum().backward()
        ends.append([*(p.detach().numpy() for p in layer.parameters()), *(p.grad.numpy() for p in layer.parameters())])
        lib.nn.utils.remove_weight_norm(layer)
        assert [name for name, _ in layer.named_parameters()] == ["bias", "weight"]
        np.testing.assert_allclose(layer.weight.detach().numpy(), [[1, 2, 2], [3, 0, 4]], rtol=1e-6)
    for one, two in zip(*ends):
        np.testing.assert_allclose(two, one, rtol=1e-4, atol=1e-5)


def test_models_and_optimisers_are_saved_and_loaded(tmp_path):
    model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
    adam = torch.optim.Adam(model.parameters())
    model(torch.randn(4, 2)).sum().backward()
    adam.step()
    torch.save({"model": model.state_dict(), "adam": adam.state_dict(), "epoch": 3}, tmp_path / "point.pt")
    point = torch.load(tmp_path / "point.pt")
    other = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
    assert str(other.load_state_dict(point["model"])) == "<All keys matched successfully>"
    again = torch.optim.Adam(other.parameters())
    again.load_state_dict(point["adam"])
    for a, b in zip(model.parameters(), other.parameters()):
        assert a.tolist() == b.tolist()
        assert adam.state[a]["exp_avg"].tolist() == again.state[b]["exp_avg"].tolist()
