"""How gradients are had."""

import torch

x = torch.ones(5)
y = torch.zeros(3)
w = torch.arange(15.0).reshape(5, 3).div(10).requires_grad_()
b = torch.tensor([0.1, 0.2, 0.3], requires_grad=True)
z = torch.matmul(x, w) + b
loss = torch.nn.functional.binary_cross_entropy_with_logits(z, y)
print(z, loss.detach())
loss.backward()
print(w.grad)
print(b.grad)

z = torch.matmul(x, w) + b
print(z.requires_grad)
with torch.no_grad():
    z = torch.matmul(x, w) + b
print(z.requires_grad)
print((torch.matmul(x, w) + b).detach().requires_grad)

inp = torch.eye(4, 5, requires_grad=True)
out = (inp + 1).pow(2).t()
out.backward(torch.ones_like(out), retain_graph=True)
print(f"First call\n{inp.grad}")
out.backward(torch.ones_like(out), retain_graph=True)
print(f"\nSecond call\n{inp.grad}")
inp.grad.zero_()
out.backward(torch.ones_like(out), retain_graph=True)
print(f"\nCall after zeroing gradients\n{inp.grad}")

a = torch.linspace(0.0, 2.0 * torch.pi, steps=25, requires_grad=True)
print(a)
s = torch.sin(a)
print(s)
c = 2 * s
d = c + 1
out = d.sum()
print(d, out)
fn = d.grad_fn
while fn is not None:
    print(fn.name().split("::")[-1])
    fn = fn.next_functions[0][0] if fn.next_functions else None
out.backward()
print(a.grad)

a = torch.tensor([2.0, 3.0], requires_grad=True)
b = torch.tensor([6.0, 4.0], requires_grad=True)
Q = 3 * a**3 - b**2
Q.backward(gradient=torch.tensor([1.0, 1.0]))
print(9 * a**2 == a.grad, -2 * b == b.grad)

x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = x * 2
while y.detach().norm() < 1000:
    y = y * 2
print(y)
y.backward(torch.tensor([0.1, 1.0, 0.0001]))
print(x.grad)

x = torch.tensor(3.0, requires_grad=True)
for step in range(3):
    (x**2).backward()
    print(step, x.grad)
g = torch.autograd.grad(x**3, x, create_graph=True)
print(g[0].item(), torch.autograd.grad(g[0], x))
try:
    y = x**2
    y.backward()
    y.backward()
except RuntimeError as error:
    print("RuntimeError", "retain_graph=True" in str(error))
try:
    (x * torch.ones(2)).backward()
except RuntimeError as error:
    print(str(error).startswith("grad can be implicitly created only for scalar outputs"))
x = torch.tensor([1.0, 2.0], requires_grad=True)
h = x.register_hook(lambda grad: grad * 10)
(x * x).sum().backward()
print(x.grad)
h.remove()
