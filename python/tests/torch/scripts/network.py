"""A small network in modules: training, evaluation, saving and loading."""

import io

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

device = "cuda" if torch.cuda.is_available() else "cpu"
print(f"Using {device} device")


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.flatten = nn.Flatten()
        self.stack = nn.Sequential(
            nn.Linear(16, 12), nn.ReLU(), nn.Linear(12, 12), nn.ReLU(), nn.Linear(12, 4)
        )

    def forward(self, x):
        return self.stack(self.flatten(x))


model = Net().to(device)
print(model)
rng = np.random.RandomState(1)
with torch.no_grad():
    for param in model.parameters():
        param.copy_(torch.from_numpy(rng.uniform(-0.3, 0.3, tuple(param.shape))))
print(sum(p.numel() for p in model.parameters() if p.requires_grad))
for name, param in model.named_parameters():
    print(f"Layer: {name} | Size: {param.size()} | Values: {param.reshape(-1)[:2]} \n")
images = torch.from_numpy(rng.rand(64, 4, 4).astype(np.float32))
labels = images.reshape(64, 4, 4).mean(2).argmax(1)
loader = DataLoader(TensorDataset(images, labels), batch_size=16, shuffle=False)
loss_fn = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)


def train(loader, model, loss_fn, optimizer):
    size = len(loader.dataset)
    model.train()
    for batch, (X, y) in enumerate(loader):
        X, y = X.to(device), y.to(device)
        loss = loss_fn(model(X), y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        if batch % 2 == 0:
            print(f"loss: {loss.item():>7f}  [{(batch + 1) * len(X):>5d}/{size:>5d}]")


def test(loader, model, loss_fn):
    model.eval()
    test_loss, correct = 0, 0
    with torch.no_grad():
        for X, y in loader:
            pred = model(X.to(device))
            test_loss += loss_fn(pred, y).item()
            correct += (pred.argmax(1) == y).type(torch.float).sum().item()
    print(
        f"Accuracy: {100 * correct / len(loader.dataset):>0.1f}%, Avg loss: {test_loss / len(loader):>8f} \n"
    )


for t in range(4):
    print(f"Epoch {t + 1}")
    train(loader, model, loss_fn, optimizer)
    test(loader, model, loss_fn)
file = io.BytesIO()
torch.save(model.state_dict(), file)
file.seek(0)
again = Net()
print(again.load_state_dict(torch.load(file, weights_only=True)))
again.eval()
with torch.no_grad():
    print(torch.allclose(again(images[:2]), model(images[:2])))
    probabilities = nn.Softmax(dim=1)(again(images[:2]))
    print(probabilities.sum(1), probabilities.argmax(1))
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.5)
for _ in range(3):
    optimizer.step()
    scheduler.step()
    print(scheduler.get_last_lr())
