"""Linear and logistic regression, and the roots of an equation, in plain tensors."""

import numpy as np
import torch
import torch.nn.functional as F

rng = np.random.RandomState(0)
X = torch.tensor(rng.randn(50, 2), dtype=torch.float32)
true_w = torch.tensor([2.0, -3.4])
y = X @ true_w + 4.2 + torch.from_numpy(rng.randn(50).astype(np.float32)) * 0.01


def batches(size, features, labels):
    order = list(range(len(features)))
    for i in range(0, len(features), size):
        index = torch.tensor(order[i : min(i + size, len(features))])
        yield features[index], labels[index]


w = torch.zeros(2, 1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)


def squared_loss(y_hat, y):
    return (y_hat - y.reshape(y_hat.shape)) ** 2 / 2


for epoch in range(3):
    for xb, yb in batches(10, X, y):
        l = squared_loss(torch.matmul(xb, w) + b, yb)
        l.sum().backward()
        with torch.no_grad():
            for param in (w, b):
                param -= 0.03 * param.grad / 10
                param.grad.zero_()
    with torch.no_grad():
        train_l = squared_loss(torch.matmul(X, w) + b, y)
        print(f"epoch {epoch + 1}, loss {float(train_l.mean()):f}")
print(w.reshape(true_w.shape).tolist()[0] > 1, b.item() > 2)

labels = (X[:, 0] * X[:, 1] > 0).long()
W1 = torch.tensor(rng.randn(2, 8) * 0.5, dtype=torch.float32, requires_grad=True)
b1 = torch.zeros(8, requires_grad=True)
W2 = torch.tensor(rng.randn(8, 2) * 0.5, dtype=torch.float32, requires_grad=True)
b2 = torch.zeros(2, requires_grad=True)
params = [W1, b1, W2, b2]
optimizer = torch.optim.Adam(params, lr=0.05)
for step in range(60):
    logits = torch.tanh(X @ W1 + b1) @ W2 + b2
    loss = F.cross_entropy(logits, labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 20 == 0:
        print(step, f"{loss.item():.4f}")
accuracy = (logits.argmax(dim=1) == labels).float().mean()
print(f"accuracy {accuracy:.2f}", logits.softmax(dim=1)[0].sum().item() > 0.999, f"{loss.item():.3f}")

x = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
for _ in range(6):
    f = x**3 - 2 * x - 5
    (slope,) = torch.autograd.grad(f, x)
    with torch.no_grad():
        x -= f / slope
print(f"{x.item():.10f}", x)

A = torch.tensor([[3.0, 1.0], [1.0, 2.0]])
v = torch.ones(2)
for _ in range(50):
    v = A @ v
    v = v / v.norm()
print(v @ A @ v, torch.linalg.norm(v))

h = torch.autograd.functional.hessian(lambda t: (t**3).sum(), torch.tensor([1.0, 2.0]))
j = torch.autograd.functional.jacobian(lambda t: t**2, torch.tensor([1.0, 2.0]))
print(h, j)
