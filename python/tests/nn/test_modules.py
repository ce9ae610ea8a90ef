"""Every module against PyTorch's: text, outputs, gradients of inputs and parameters, changed buffers."""

from __future__ import annotations

import numpy as np
import pytest

from twins import BOTH, close, ours, seeded, summed, tensors, theirs

CLASSES = np.array([0, 2, 1, 1])
# Module, and the shapes (or arrays) of its inputs.
MODULES: list[tuple[str, list]] = [
    ("nn.Linear(3, 2)", [(4, 3)]),
    ("nn.Linear(3, 2, bias=False)", [(2, 4, 3)]),
    ("nn.Linear(3, 2)", [(3,)]),
    ("nn.Bilinear(3, 2, 4)", [(5, 3), (5, 2)]),
    ("nn.Identity(1, a=2)", [(3,)]),
    ("nn.Flatten()", [(2, 3, 4)]),
    ("nn.Flatten(0, 1)", [(2, 3, 4)]),
    ("nn.Unflatten(1, (2, 3))", [(2, 6)]),
    ("nn.Embedding(5, 3)", [np.array([[0, 4], [2, 2]])]),
    ("nn.Embedding(5, 3, padding_idx=1)", [np.array([1, 1, 3])]),
    ("nn.EmbeddingBag(5, 3)", [np.array([[0, 4], [2, 2]])]),
    ("nn.EmbeddingBag(5, 3, mode='max')", [np.array([0, 4, 2]), np.array([0, 2])]),
    ("nn.EmbeddingBag(5, 3, mode='sum')", [np.array([0, 4, 2]), np.array([0, 2])]),
    ("nn.Dropout(0.0)", [(3, 4)]),
    ("nn.Dropout(0.3).eval()", [(3, 4)]),
    ("nn.LayerNorm(4)", [(3, 4)]),
    ("nn.LayerNorm((2, 4), bias=False)", [(3, 2, 4)]),
    ("nn.LayerNorm(4, elementwise_affine=False)", [(3, 4)]),
    ("nn.RMSNorm(4)", [(3, 4)]),
    ("nn.GroupNorm(2, 4)", [(3, 4, 5)]),
    ("nn.BatchNorm1d(3)", [(6, 3)]),
    ("nn.BatchNorm1d(3)", [(6, 3, 4)]),
    ("nn.BatchNorm1d(3).eval()", [(6, 3)]),
    ("nn.BatchNorm1d(3, momentum=None, affine=False)", [(6, 3)]),
    ("nn.BatchNorm1d(3, track_running_stats=False)", [(6, 3)]),
    ("nn.BatchNorm2d(3)", [(2, 3, 4, 4)]),
    ("nn.BatchNorm3d(2)", [(2, 2, 2, 3, 2)]),
    ("nn.InstanceNorm1d(3)", [(2, 3, 5)]),
    ("nn.InstanceNorm1d(3, affine=True, track_running_stats=True)", [(2, 3, 5)]),
    ("nn.InstanceNorm2d(3)", [(3, 4, 5)]),
    ("nn.LocalResponseNorm(3)", [(2, 5, 4)]),
    ("nn.PixelShuffle(2)", [(1, 8, 2, 3)]),
    ("nn.PixelUnshuffle(2)", [(1, 2, 4, 6)]),
    ("nn.ChannelShuffle(2)", [(1, 6, 2, 2)]),
    ("nn.ZeroPad1d(2)", [(2, 3)]),
    ("nn.ZeroPad2d((1, 2, 0, 1))", [(2, 3, 4)]),
    ("nn.ConstantPad1d((1, 2), 3.5)", [(2, 3)]),
    ("nn.ConstantPad2d(-1, 3.5)", [(4, 5)]),
    ("nn.ReflectionPad1d(2)", [(2, 3)]),
    ("nn.ReflectionPad2d(1)", [(2, 3, 4)]),
    ("nn.ReplicationPad1d((2, 1))", [(2, 3)]),
    ("nn.ReplicationPad2d(2)", [(2, 3, 4)]),
    ("nn.CircularPad1d((2, 1))", [(2, 3)]),
    ("nn.Upsample(scale_factor=2)", [(1, 2, 3, 4)]),
    ("nn.Upsample(size=(5, 6), mode='bilinear')", [(1, 2, 3, 4)]),
    ("nn.UpsamplingBilinear2d(scale_factor=2)", [(1, 2, 3, 4)]),
    ("nn.UpsamplingNearest2d(size=5)", [(1, 2, 3, 4)]),
    ("nn.CosineSimilarity()", [(3, 4), (3, 4)]),
    ("nn.PairwiseDistance()", [(3, 4), (3, 4)]),
    ("nn.PairwiseDistance(p=1, keepdim=True)", [(3, 4), (3, 4)]),
    ("nn.RNN(3, 4)", [(5, 2, 3)]),
    ("nn.RNN(3, 4, 2, nonlinearity='relu', batch_first=True)", [(2, 5, 3)]),
    ("nn.RNN(3, 4, bidirectional=True)", [(5, 3)]),
    ("nn.RNN(3, 4)", [(5, 2, 3), (1, 2, 4)]),
    ("nn.GRU(3, 4, num_layers=2, bidirectional=True)", [(5, 2, 3)]),
    ("nn.GRU(3, 4, bias=False)", [(5, 2, 3), (1, 2, 4)]),
    ("nn.LSTM(3, 4, num_layers=2, bidirectional=True)", [(5, 2, 3)]),
    ("nn.LSTM(3, 4, proj_size=2)", [(5, 2, 3)]),
    ("nn.LSTM(3, 4, batch_first=True)", [(2, 5, 3)]),
    ("nn.RNNCell(3, 4)", [(2, 3)]),
    ("nn.RNNCell(3, 4, nonlinearity='relu', bias=False)", [(2, 3), (2, 4)]),
    ("nn.GRUCell(3, 4)", [(2, 3), (2, 4)]),
    ("nn.LSTMCell(3, 4)", [(3,)]),
    ("nn.MultiheadAttention(6, 2)", [(5, 2, 6), (4, 2, 6), (4, 2, 6)]),
    ("nn.MultiheadAttention(6, 3, batch_first=True, bias=False)", [(2, 5, 6), (2, 4, 6), (2, 4, 6)]),
    ("nn.MultiheadAttention(6, 2, kdim=3, vdim=4)", [(5, 2, 6), (4, 2, 3), (4, 2, 4)]),
    ("nn.MultiheadAttention(6, 2, add_bias_kv=True, add_zero_attn=True)", [(5, 6), (4, 6), (4, 6)]),
    ("nn.TransformerEncoderLayer(4, 2, 8, dropout=0.0)", [(5, 2, 4)]),
    ("nn.TransformerEncoderLayer(4, 2, 8, dropout=0.0, activation='gelu', norm_first=True)", [(5, 2, 4)]),
    ("nn.TransformerDecoderLayer(4, 2, 8, dropout=0.0)", [(5, 2, 4), (3, 2, 4)]),
    ("nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 8, dropout=0.0), 2)", [(5, 2, 4)]),
    ("nn.Transformer(4, 2, 1, 1, 8, dropout=0.0)", [(5, 2, 4), (3, 2, 4)]),
    ("nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))", [(5, 3)]),
    ("nn.PReLU()", [(3, 4)]),
    ("nn.PReLU(4, init=0.1)", [(3, 4, 2)]),
    *[
        (text, [(3, 4)])
        for text in """nn.ReLU() nn.ReLU(inplace=False) nn.ReLU6() nn.Tanh() nn.Sigmoid() nn.Hardsigmoid() nn.Hardswish()
        nn.SiLU() nn.Mish() nn.ELU() nn.ELU(alpha=0.5) nn.CELU() nn.CELU(2.0) nn.SELU() nn.GELU() nn.GELU('tanh')
        nn.GLU() nn.GLU(dim=1) nn.Hardshrink() nn.Softshrink() nn.Softshrink(0.2) nn.LeakyReLU() nn.LeakyReLU(0.2)
        nn.LogSigmoid() nn.Softplus() nn.Softplus(2,3) nn.Softsign() nn.Tanhshrink() nn.Softmin(1) nn.Softmax(dim=1)
        nn.LogSoftmax(dim=-1) nn.Threshold(0.1,20) nn.Hardtanh() nn.Hardtanh(-1.5,0.5) nn.RReLU().eval()""".split()
    ],
    ("nn.Softmax2d()", [(2, 3, 4, 4)]),
]


def built(lib, text):
    return eval(text, {"nn": lib.nn})


def pair(text):
    """The module in both libraries, with the same state."""
    one, two = (built(lib, text) for lib in BOTH)
    for place, parameter in enumerate(one.parameters()):
        parameter.data = theirs.tensor(seeded(*parameter.shape, seed=place, low=-0.8, high=0.8))
    state = {name: ours.tensor(value.numpy()) for name, value in one.state_dict().items()}
    assert str(two.load_state_dict(state)) == "<All keys matched successfully>"
    return one, two


@pytest.mark.parametrize("text, inputs", MODULES, ids=[text for text, _ in MODULES])
def test_a_module_computes_what_pytorchs_does(text, inputs):
    modules = pair(text)
    assert repr(modules[1]) == repr(modules[0])
    assert list(modules[1].state_dict()) == list(modules[0].state_dict())
    arrays = [x if isinstance(x, np.ndarray) else seeded(*x, seed=place) for place, x in enumerate(inputs)]
    results, grads = [], []
    for lib, module in zip(BOTH, modules):
        xs = tensors(lib, arrays)
        result = module(*xs)
        results.append(result)
        total = summed(lib, result)
        total.backward()
        grads.append([x.grad for x in xs] + [parameter.grad for parameter in module.parameters()])
    close(results[0], results[1], "outputs")
    close(grads[0], grads[1], "gradients", rtol=1e-3, atol=1e-4)
    close(list(modules[0].state_dict().values()), list(modules[1].state_dict().values()), "state")


@pytest.mark.parametrize("text", ["nn.ReLU(True)", "nn.ELU(inplace=True)", "nn.Threshold(0.1, 2, True)", "nn.SELU(True)"])
def test_in_place_activations_write_over_their_input(text):
    one, two = pair(text)
    assert repr(two) == repr(one)
    xs = [lib.tensor(seeded(5)) for lib in BOTH]
    results = [module(x) for module, x in zip((one, two), xs)]
    assert results[1] is xs[1]
    close(xs[0], xs[1])


@pytest.mark.parametrize("masked", ["float", "bool"])
def test_masks_of_attention(masked):
    one, two = pair("nn.MultiheadAttention(4, 2, batch_first=True)")
    x = seeded(2, 5, 4)
    later = np.triu(np.ones((5, 5), bool), 1)
    mask = later if masked == "bool" else np.where(later, -np.inf, 0).astype(np.float32)
    padding = np.zeros((2, 5), bool)
    padding[0, 4] = True
    padding = padding if masked == "bool" else np.where(padding, -np.inf, 0).astype(np.float32)
    results = []
    for lib, module in zip(BOTH, (one, two)):
        t = lib.tensor(x)
        results.append(
            module(t, t, t, key_padding_mask=lib.tensor(padding), attn_mask=lib.tensor(mask), average_attn_weights=False)
        )
    close(*results)


def test_dropout_drops_the_share_it_says():
    x = ours.ones(100, 100)
    dropped = ours.nn.Dropout(0.3)(x)
    share = float((dropped == 0).float().mean())
    assert 0.27 < share < 0.33
    assert float(dropped.max()) == pytest.approx(1 / 0.7)
    channels = ours.nn.Dropout2d(0.5)(ours.ones(10, 20, 3, 3))
    sums = channels.sum(dim=(2, 3)).numpy()
    assert set(np.unique(sums)) == {0.0, 18.0}
    assert float(ours.nn.Dropout(1.0)(x).abs().sum()) == 0.0
    alpha = ours.nn.AlphaDropout(0.2)(ours.randn(200, 200))
    assert abs(float(alpha.mean())) < 0.05 and abs(float(alpha.std()) - 1) < 0.05
    for bad in (-0.1, 1.1):
        with pytest.raises(ValueError, match="between 0 and 1"):
            ours.nn.Dropout(bad)


def test_the_same_seed_drops_the_same():
    layer = ours.nn.Dropout(0.5)
    ours.manual_seed(3)
    one = layer(ours.ones(50))
    ours.manual_seed(3)
    assert bool((layer(ours.ones(50)) == one).all())


def test_layers_begin_where_pytorchs_do():
    """The same distribution: bounds, and spread within a few percent."""
    for text, name in [
        ("nn.Linear(100, 200)", "weight"),
        ("nn.Linear(100, 200)", "bias"),
        ("nn.Bilinear(30, 40, 20)", "weight"),
        ("nn.Embedding(100, 200)", "weight"),
        ("nn.LSTM(50, 60)", "weight_hh_l0"),
        ("nn.MultiheadAttention(64, 4)", "in_proj_weight"),
    ]:
        one, two = (getattr(built(lib, text), name).detach().numpy() for lib in BOTH)
        assert two.shape == one.shape
        assert abs(two.mean()) < 0.1 * one.std() + 0.01
        assert two.std() == pytest.approx(one.std(), rel=0.15)
        if "Embedding" not in text:
            assert np.abs(two).max() == pytest.approx(np.abs(one).max(), rel=0.1)
