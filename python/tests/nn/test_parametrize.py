"""Parameters as functions of others, as PyTorch's."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from twins import BOTH, each, theirs  # noqa: F401

WEIGHT = np.arange(9, dtype=np.float32).reshape(3, 3) / 4 - 1


def made(lib):
    class Symmetric(lib.nn.Module):
        def forward(self, x):
            return x.triu() + x.triu(1).transpose(-1, -2)

        def right_inverse(self, a):
            return a.triu()

    class Double(lib.nn.Module):
        def forward(self, x):
            return x * 2

        def right_inverse(self, a):
            return a / 2

    layer = lib.nn.Linear(3, 3)
    with lib.no_grad():
        layer.weight.copy_(lib.tensor(WEIGHT))
        layer.bias.zero_()
    return layer, Symmetric, Double


def test_a_parametrised_layer_is_pytorchs():
    import torch.nn.utils.parametrize  # noqa: F401

    ends = []
    for lib in BOTH:
        tools = lib.nn.utils.parametrize
        layer, symmetric, double = made(lib)
        assert not tools.is_parametrized(layer)
        assert tools.register_parametrization(layer, "weight", symmetric()) is layer
        assert tools.is_parametrized(layer) and tools.is_parametrized(layer, "weight")
        tools.register_parametrization(layer, "weight", double())
        texts = [repr(layer), [name for name, _ in layer.named_parameters()], list(layer.state_dict())]
        layer(lib.tensor([[1.0, 2.0, -1.0]])).square().sum().backward()
        values = [layer.weight.detach().numpy(), layer.parametrizations.weight.original.grad.numpy()]
        layer.weight = lib.tensor(WEIGHT + WEIGHT.T)
        values.append(layer.weight.detach().numpy())
        with tools.cached():
            assert layer.weight is layer.weight
        again = copy.deepcopy(layer)
        values.append(again.weight.detach().numpy())
        tools.remove_parametrizations(layer, "weight")
        assert type(layer) is lib.nn.Linear and isinstance(layer.weight, lib.nn.Parameter)
        values.append(layer.weight.detach().numpy())
        ends.append((texts, values))
    assert ends[1][0] == ends[0][0]
    for one, two in zip(ends[0][1], ends[1][1]):
        np.testing.assert_allclose(two, one, rtol=1e-6)


@each
def test_what_cannot_be_parametrised(lib):
    if lib is theirs:
        import torch.nn.utils.parametrize  # noqa: F401
    tools = lib.nn.utils.parametrize
    layer, symmetric, _ = made(lib)
    with pytest.raises(ValueError, match="does not have a parameter"):
        tools.register_parametrization(layer, "wait", symmetric())
    with pytest.raises(ValueError, match="does not have a parametrization"):
        tools.remove_parametrizations(layer, "weight")

    class Half(lib.nn.Module):
        def forward(self, x):
            return x[:1]

    with pytest.raises(ValueError, match="shape"):
        tools.register_parametrization(layer, "weight", Half())


def test_weight_norm_as_a_parametrisation():
    import torch.nn.utils.parametrizations  # noqa: F401

    ends = []
    for lib in BOTH:
        layer = lib.nn.utils.parametrizations.weight_norm(made(lib)[0])
        layer(lib.tensor([[1.0, 2.0, -1.0]])).square().sum().backward()
        grads = [p.grad.numpy() for p in layer.parameters()]
        lib.optim.SGD(layer.parameters(), lr=0.1).step()
        ends.append((list(layer.state_dict()), [*grads, layer.weight.detach().numpy()]))
    assert ends[1][0] == ends[0][0]
    for one, two in zip(ends[0][1], ends[1][1]):
        np.testing.assert_allclose(two, one, rtol=1e-4, atol=1e-5)


@each
def test_old_names_of_initialisers_warn(lib):
    with pytest.warns(FutureWarning, match="deprecated"):
        assert lib.nn.init.constant(lib.empty(2), 3.0).tolist() == [3.0, 3.0]
