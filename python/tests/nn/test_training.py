"""Lines 23 and 24: the cross-entropy of two examples to the digit, and the digits trained in both ways."""

from __future__ import annotations

import numpy as np
import pytest

import wengert.torch as torch
from wengert import data
from wengert.torch import nn, optim
from wengert.torch.nn import functional as F


def test_line_23_loss_and_gradients_of_two_examples():
    x = torch.tensor([[-2, 2, 2, -2], [2.1, 1, 1.5, -1]])
    for target in (torch.tensor([0, 1]), torch.tensor([[1.0, 0, 0], [0, 1.0, 0]])):
        model = nn.Linear(4, 3)
        with torch.no_grad():
            model.weight.fill_(1.0)
            model.bias.zero_()
        loss = F.cross_entropy(model(x), target)
        assert round(float(loss), 4) == 1.0986
        loss.backward()
        np.testing.assert_allclose(model.bias.grad.numpy(), [-1 / 6, -1 / 6, 1 / 3], atol=1e-6)
        w = [[1.016667, -1.033333, 0.016667], [-0.5, 0, 0.5], [-0.416667, -0.166667, 0.583333], [0.5, 0, -0.5]]
        np.testing.assert_allclose(model.weight.grad.numpy().T, w, atol=1e-6)


def test_line_23_with_plain_tensors():
    x = torch.tensor([[-2, 2, 2, -2], [2.1, 1, 1.5, -1]])
    w = torch.ones(4, 3, requires_grad=True)
    b = torch.zeros(3, requires_grad=True)
    loss = nn.functional.cross_entropy(x @ w + b, torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]))
    loss.backward()
    assert round(float(loss), 4) == 1.0986
    np.testing.assert_allclose(b.grad.numpy(), [-1 / 6, -1 / 6, 1 / 3], atol=1e-6)
    optim.SGD([w, b], lr=0.6).step()
    np.testing.assert_allclose(b.detach().numpy(), [0.1, 0.1, -0.2], atol=1e-6)


def digits():
    images, labels = data.digits()
    assert images.shape == (1797, 64) and images.dtype == torch.float32
    assert float(images.max()) == 1.0 and float(images.min()) == 0.0
    return images, labels


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(64, 50)
        self.out = nn.Linear(50, 10)

    def forward(self, x):
        return self.out(torch.tanh(self.hidden(x)))


@pytest.mark.parametrize("seed", range(3))
def test_line_24_digits(seed):
    torch.manual_seed(seed)
    x, y = digits()
    model = Classifier()
    optimiser = optim.SGD(model.parameters(), lr=0.1)
    for _ in range(10):
        for i in range(0, len(x), 32):
            optimiser.zero_grad()
            F.cross_entropy(model(x[i:i + 32]), y[i:i + 32]).backward()
            optimiser.step()
    with torch.no_grad():
        scores = model(x)
        loss = F.cross_entropy(scores, y).item()
        accuracy = (scores.argmax(dim=1) == y).float().mean().item()
    assert loss <= 0.21
    assert accuracy >= 0.95
    assert data.accuracy(scores, y) == pytest.approx(accuracy)


def test_line_24_digits_with_a_loader():
    torch.manual_seed(1)
    x, y = digits()
    model = nn.Sequential(nn.Linear(64, 50), nn.Tanh(), nn.Linear(50, 10))
    optimiser, loss_of = optim.SGD(model.parameters(), lr=0.1), nn.CrossEntropyLoss()
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), batch_size=32)
    for _ in range(10):
        for a, b in loader:
            loss = loss_of(model(a), b)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    with torch.no_grad():
        assert float(loss_of(model(x), y)) <= 0.21
        assert data.accuracy(model(x), y) >= 0.95


@pytest.mark.parametrize("seed", range(3))
def test_line_24_by_hand(seed):
    torch.manual_seed(seed)
    x, y = digits()
    w1 = torch.randn(64, 50, requires_grad=True)
    b1 = torch.zeros(50, requires_grad=True)
    w2 = torch.randn(50, 10, requires_grad=True)
    b2 = torch.zeros(10, requires_grad=True)
    parameters = [w1, b1, w2, b2]

    def predict(x):
        z = torch.tanh(x @ w1 + b1) @ w2 + b2
        e = torch.exp(z - z.max(dim=1, keepdim=True).values)
        return e / e.sum(dim=1, keepdim=True)

    for _ in range(10):
        for i in range(0, len(x), 32):
            p = predict(x[i:i + 32])
            t = F.one_hot(y[i:i + 32], 10).float()
            loss = -(t * torch.log(p + 1e-8)).sum(dim=1).mean()
            for parameter in parameters:
                parameter.grad = None
            loss.backward()
            for parameter in parameters:
                parameter.data = parameter.data - 0.1 * parameter.grad
    accuracy = (predict(x).argmax(dim=1) == y).float().mean()
    assert float(accuracy) >= 0.88


@pytest.mark.parametrize("make", [
    lambda p: optim.Adam(p, lr=0.003), lambda p: optim.AdamW(p, lr=0.003), lambda p: optim.RMSprop(p, lr=0.002),
    lambda p: optim.Adagrad(p, lr=0.05), lambda p: optim.NAdam(p, lr=0.003), lambda p: optim.SGD(p, 0.05, 0.9),
])
def test_other_optimisers_learn_the_digits_too(make):
    torch.manual_seed(0)
    x, y = digits()
    model = Classifier()
    optimiser = make(model.parameters())
    for _ in range(4):
        for a, b in data.batches(x, y, size=32):
            optimiser.zero_grad()
            F.cross_entropy(model(a), b).backward()
            optimiser.step()
    assert data.accuracy(model(x), y) >= 0.93


def test_an_lstm_learns_to_remember_the_first_of_a_sequence():
    torch.manual_seed(0)

    class Memory(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm = nn.LSTM(1, 8, batch_first=True)
            self.out = nn.Linear(8, 1)

        def forward(self, x):
            return self.out(self.lstm(x)[0][:, -1])

    model = Memory()
    adam = optim.Adam(model.parameters(), lr=0.02)
    x = torch.randn(64, 5, 1)
    target = (x[:, 0] > 0).float()
    for _ in range(80):
        adam.zero_grad()
        loss = F.binary_cross_entropy_with_logits(model(x), target)
        loss.backward()
        adam.step()
    assert float(loss) < 0.15


def test_digits_and_batches():
    images, labels = data.digits(scaled=False, flat=False)
    assert images.shape == (1797, 8, 8) and float(images.max()) == 16 and labels.dtype == torch.int64
    assert labels.bincount().tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert images[0, 0].tolist() == [0.0, 0.0, 5.0, 13.0, 9.0, 1.0, 0.0, 0.0]
    assert data.digits(dtype=torch.float64)[0].dtype == torch.float64
    x, y = torch.arange(10), np.arange(10) * 2
    parts = list(data.batches(x, y, list(range(10)), size=4))
    assert [a.tolist() for a, _, _ in parts] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert all((2 * a.numpy() == b).all() and a.tolist() == c for a, b, c in parts)
    assert len(list(data.batches(x, size=4, drop_last=True))) == 2
    mixed = list(data.batches(x, y, size=3, shuffle=True))
    assert sorted(n for a, _ in mixed for n in a.tolist()) == list(range(10))
    assert all((2 * a.numpy() == b).all() for a, b in mixed)
    generators = [torch.Generator().manual_seed(5) for _ in range(2)]
    orders = [[a.tolist() for a in data.batches(x, size=3, shuffle=True, generator=g)] for g in generators]
    assert orders[0] == orders[1]
    train, test, train_y, test_y = data.train_test_split(x, y, test_size=0.25)
    assert len(train) == 7 and len(test) == 3 and (2 * test.numpy() == test_y).all()
    assert sorted(train.tolist() + test.tolist()) == list(range(10))
    for call, kind in [
        (lambda: data.batches(x, size=0), ValueError),
        (lambda: data.batches(x, torch.arange(3), size=2), ValueError),
        (lambda: data.batches(size=2), TypeError),
        (lambda: data.train_test_split(x, test_size=1.5), ValueError),
        (lambda: data.train_test_split(x, test_size=10), ValueError),
        (lambda: data.accuracy(torch.zeros(3, 2), torch.zeros(2)), ValueError),
    ]:
        with pytest.raises(kind):
            list(call())
