"""A polynomial of third degree fitted to a sine: by hand, by autograd, by a function of one's own, by modules."""

import math

import numpy as np
import torch

xs = np.linspace(-math.pi, math.pi, 200)
ys = np.sin(xs)
a = b = c = d = 0.1
for t in range(100):
    y_pred = a + b * xs + c * xs**2 + d * xs**3
    grad = 2.0 * (y_pred - ys)
    a -= 1e-5 * grad.sum()
    b -= 1e-5 * (grad * xs).sum()
    c -= 1e-5 * (grad * xs**2).sum()
    d -= 1e-5 * (grad * xs**3).sum()
print(f"NumPy: y = {a:.4f} + {b:.4f} x + {c:.4f} x^2 + {d:.4f} x^3")

dtype = torch.float64
device = torch.device("cpu")
x = torch.linspace(-math.pi, math.pi, 200, device=device, dtype=dtype)
y = torch.sin(x)
a, b, c, d = (torch.full((), 0.1, device=device, dtype=dtype) for _ in range(4))
for t in range(100):
    y_pred = a + b * x + c * x**2 + d * x**3
    loss = (y_pred - y).pow(2).sum().item()
    if t % 25 == 24:
        print(t, f"{loss:.6f}")
    grad_y_pred = 2.0 * (y_pred - y)
    a -= 1e-5 * grad_y_pred.sum()
    b -= 1e-5 * (grad_y_pred * x).sum()
    c -= 1e-5 * (grad_y_pred * x**2).sum()
    d -= 1e-5 * (grad_y_pred * x**3).sum()
print(f"Tensors: y = {a.item():.6f} + {b.item():.6f} x + {c.item():.6f} x^2 + {d.item():.6f} x^3")

a, b, c, d = (torch.full((), 0.1, device=device, dtype=dtype, requires_grad=True) for _ in range(4))
for t in range(100):
    y_pred = a + b * x + c * x**2 + d * x**3
    loss = (y_pred - y).pow(2).sum()
    if t % 25 == 24:
        print(t, f"{loss.item():.6f}")
    loss.backward()
    with torch.no_grad():
        a -= 1e-5 * a.grad
        b -= 1e-5 * b.grad
        c -= 1e-5 * c.grad
        d -= 1e-5 * d.grad
        a.grad = None
        b.grad = None
        c.grad = None
        d.grad = None
print(f"Autograd: y = {a.item():.6f} + {b.item():.6f} x + {c.item():.6f} x^2 + {d.item():.6f} x^3")


class Legendre3(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input):
        ctx.save_for_backward(input)
        return 0.5 * (5 * input**3 - 3 * input)

    @staticmethod
    def backward(ctx, grad_output):
        (input,) = ctx.saved_tensors
        return grad_output * 1.5 * (5 * input**2 - 1)


a, b, c, d = (torch.full((), v, dtype=dtype, requires_grad=True) for v in (0.0, -1.0, 0.0, 0.3))
for t in range(100):
    y_pred = a + b * Legendre3.apply(c + d * x)
    loss = (y_pred - y).pow(2).sum()
    loss.backward()
    with torch.no_grad():
        for v in (a, b, c, d):
            v -= 5e-6 * v.grad
            v.grad = None
print(
    f"Function: y = {a.item():.6f} + {b.item():.6f} * P3({c.item():.6f} + {d.item():.6f} x)",
    f"{loss.item():.6f}",
)

p = torch.tensor([1, 2, 3])
xx = x.float().unsqueeze(-1).pow(p)
print(xx.shape, xx[0])
model = torch.nn.Sequential(torch.nn.Linear(3, 1), torch.nn.Flatten(0, 1))
with torch.no_grad():
    model[0].weight.copy_(torch.tensor([[0.1, -0.2, 0.05]]))
    model[0].bias.fill_(0.1)
loss_fn = torch.nn.MSELoss(reduction="sum")
optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-3)
for t in range(100):
    y_pred = model(xx)
    loss = loss_fn(y_pred, y.float())
    if t % 25 == 24:
        print(t, f"{loss.item():.2f}")
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
linear_layer = model[0]
print(f"Modules: {linear_layer.bias.item():.3f}", [f"{v:.3f}" for v in linear_layer.weight[0].tolist()])


class Polynomial3(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.a = torch.nn.Parameter(torch.tensor(0.1))
        self.b = torch.nn.Parameter(torch.tensor(0.1))

    def forward(self, x):
        return self.a + self.b * x

    def string(self):
        return f"y = {self.a.item():.5f} + {self.b.item():.5f} x"


model = Polynomial3()
criterion = torch.nn.MSELoss(reduction="sum")
optimizer = torch.optim.SGD(model.parameters(), lr=1e-4)
for t in range(50):
    loss = criterion(model(x.float()), y.float())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(model.string(), [n for n, _ in model.named_parameters()])
