"""Programs of the kind that PyTorch's users write, run by PyTorch and by wengert: only the import line differs."""

from __future__ import annotations

import contextlib
import io
import re
import warnings
from typing import Any

import numpy as np
import pytest

PROGRAMS = {
    "blitz": """
import torch
a = torch.tensor([2., 3.], requires_grad=True)
b = torch.tensor([6., 4.], requires_grad=True)
Q = 3*a**3 - b**2
external_grad = torch.tensor([1., 1.])
Q.backward(gradient=external_grad)
print(9*a**2 == a.grad)
print(-2*b == b.grad)
x = torch.ones(5, 5)
y = torch.ones(5, 5)
z = torch.ones((5, 5), requires_grad=True)
print(f"Does `a` require gradients?: {(x + y).requires_grad}")
print(f"Does `b` require gradients?: {(x + z).requires_grad}")
print(Q, a.grad, b.grad)
""",
    "one layer": """
import torch
x = torch.ones(5)
y = torch.zeros(3)
w = torch.linspace(-1, 1, 15).reshape(5, 3).requires_grad_()
b = torch.tensor([0.5, -0.5, 0.1], requires_grad=True)
z = torch.matmul(x, w) + b
loss = torch.nn.functional.binary_cross_entropy_with_logits(z, y)
loss.backward()
print(loss.item())
print(w.grad)
print(b.grad)
print(z.requires_grad)
with torch.no_grad():
    z = torch.matmul(x, w) + b
print(z.requires_grad, z.detach().requires_grad)
inp = torch.eye(4, 5, requires_grad=True)
out = (inp + 1).pow(2).t()
out.backward(torch.ones_like(out), retain_graph=True)
print(f"First call\\n{inp.grad}")
out.backward(torch.ones_like(out), retain_graph=True)
print(f"\\nSecond call\\n{inp.grad}")
inp.grad.zero_()
out.backward(torch.ones_like(out), retain_graph=True)
print(f"\\nCall after zeroing gradients\\n{inp.grad}")
""",
    "cubic fit": """
import torch, math
x = torch.linspace(-math.pi, math.pi, 200, dtype=torch.float64)
y = torch.sin(x)
a = torch.full((), 0.0, dtype=torch.float64, requires_grad=True)
b = torch.full((), -1.0, dtype=torch.float64, requires_grad=True)
c = torch.full((), 2.0, dtype=torch.float64, requires_grad=True)
d = torch.full((), 0.3, dtype=torch.float64, requires_grad=True)

class LegendrePolynomial3(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input):
        ctx.save_for_backward(input)
        return 0.5 * (5 * input ** 3 - 3 * input)
    @staticmethod
    def backward(ctx, grad_output):
        input, = ctx.saved_tensors
        return grad_output * 1.5 * (5 * input ** 2 - 1)

learning_rate = 5e-6
for t in range(300):
    P3 = LegendrePolynomial3.apply
    y_pred = a + b * P3(c + d * x)
    loss = (y_pred - y).pow(2).sum()
    if t % 100 == 99:
        print(t, round(loss.item(), 8))
    loss.backward()
    with torch.no_grad():
        a -= learning_rate * a.grad
        b -= learning_rate * b.grad
        c -= learning_rate * c.grad
        d -= learning_rate * d.grad
        a.grad = None
        b.grad = None
        c.grad = None
        d.grad = None
print(f'Result: y = {a.item():.6f} + {b.item():.6f} * P3({c.item():.6f} + {d.item():.6f} x)')
""",
    "jacobians": """
import torch
import torch.nn.functional as F
from torch.func import vmap, vjp, jvp, jacrev, jacfwd, hessian, grad
def predict(weight, bias, x):
    return F.linear(x, weight, bias).tanh()
D = 4
weight = torch.linspace(-1, 1, D * D).reshape(D, D)
bias = torch.linspace(0, 1, D)
x = torch.linspace(-1, 2, D)
xp = x.clone().requires_grad_()
unit_vectors = torch.eye(D)
def compute_jac(xp):
    jacobian_rows = [torch.autograd.grad(predict(weight, bias, xp), xp, vec)[0] for vec in unit_vectors]
    return torch.stack(jacobian_rows)
jacobian = compute_jac(xp)
print(jacobian.shape)
print(jacobian[0])
_, vjp_fn = vjp(lambda x: predict(weight, bias, x), x)
ft_jacobian, = vmap(vjp_fn)(unit_vectors)
assert torch.allclose(ft_jacobian, jacobian)
ft = jacrev(predict, argnums=2)(weight, bias, x)
assert torch.allclose(ft, jacobian)
print(jacfwd(predict, argnums=2)(weight, bias, x))
hess_api = hessian(predict, argnums=2)(weight, bias, x)
hess_fwdfwd = jacfwd(jacfwd(predict, argnums=2), argnums=2)(weight, bias, x)
hess_revrev = jacrev(jacrev(predict, argnums=2), argnums=2)(weight, bias, x)
print(hess_api.shape, torch.allclose(hess_api, hess_fwdfwd, atol=1e-6), torch.allclose(hess_api, hess_revrev, atol=1e-6))
X = torch.linspace(-1, 1, 3 * D).reshape(3, D)
compute_batch_jacobian = vmap(jacrev(predict, argnums=2), in_dims=(None, None, 0))
print(compute_batch_jacobian(weight, bias, X).shape)
def predict_with_output_summed(weight, bias, x):
    return predict(weight, bias, x).sum(0)
batch_jacobian1 = jacrev(predict_with_output_summed, argnums=2)(weight, bias, X).movedim(1, 0)
assert torch.allclose(compute_batch_jacobian(weight, bias, X), batch_jacobian1, atol=1e-6)
def hvp(f, primals, tangents):
    return jvp(grad(f), primals, tangents)[1]
def f(x):
    return x.sin().sum()
print(hvp(f, (x,), (torch.ones(D),)))
def hvp_revrev(f, primals, tangents):
    _, vjp_fn = vjp(grad(f), *primals)
    return vjp_fn(*tangents)
print(hvp_revrev(f, (x,), (torch.ones(D),))[0])
""",
    "double backward": """
import torch
class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**2
    @staticmethod
    def backward(ctx, grad_out):
        x, = ctx.saved_tensors
        return grad_out * 2 * x
x = torch.tensor([0.3, -1.2], requires_grad=True).double().detach().requires_grad_()
print(torch.autograd.gradcheck(Square.apply, x), torch.autograd.gradgradcheck(Square.apply, x))

class Sinh(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        expx = torch.exp(x)
        expnegx = torch.exp(-x)
        ctx.save_for_backward(expx, expnegx)
        # In order to be able to save the intermediate results, a trick is to return them as outputs
        return (expx - expnegx) / 2, expx, expnegx
    @staticmethod
    def backward(ctx, grad_out, _grad_out_exp, _grad_out_negexp):
        expx, expnegx = ctx.saved_tensors
        grad_input = grad_out * (expx + expnegx) / 2
        grad_input += _grad_out_exp * expx
        grad_input -= _grad_out_negexp * expnegx
        return grad_input
def sinh(x):
    return Sinh.apply(x)[0]
print(torch.autograd.gradcheck(sinh, x), torch.autograd.gradgradcheck(sinh, x))
out = sinh(x)
grad_x, = torch.autograd.grad(out.sum(), x, create_graph=True)
print(torch.autograd.grad(grad_x.sum(), x))

def cube_forward(x):
    return x**3
def cube_backward(grad_out, x):
    return grad_out * 3 * x**2
def cube_backward_backward(grad_out, sav_grad_out, x):
    return grad_out * 6 * sav_grad_out * x
def cube_backward_backward_grad_out(grad_out, x):
    return grad_out * 3 * x**2
class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return cube_forward(x)
    @staticmethod
    def backward(ctx, grad_out):
        x, = ctx.saved_tensors
        return CubeBackward.apply(grad_out, x)
class CubeBackward(torch.autograd.Function):
    @staticmethod
    def forward(ctx, grad_out, x):
        ctx.save_for_backward(x, grad_out)
        return cube_backward(grad_out, x)
    @staticmethod
    def backward(ctx, grad_out):
        x, sav_grad_out = ctx.saved_tensors
        dx = cube_backward_backward(grad_out, sav_grad_out, x)
        dgrad_out = cube_backward_backward_grad_out(grad_out, x)
        return dgrad_out, dx
print(torch.autograd.gradcheck(Cube.apply, x), torch.autograd.gradgradcheck(Cube.apply, x))
""",
    "numpy function": """
import torch
import numpy as np
from torch.autograd import Function
class Conv(Function):
    @staticmethod
    def forward(ctx, input, filter, bias):
        input, filter, bias = input.detach(), filter.detach(), bias.detach()
        result = np.convolve(input.numpy(), filter.numpy(), mode='valid')
        result += bias.numpy()
        ctx.save_for_backward(input, filter, bias)
        return torch.as_tensor(result, dtype=input.dtype)
    @staticmethod
    def backward(ctx, grad_output):
        grad_output = grad_output.detach()
        input, filter, bias = ctx.saved_tensors
        grad_output = grad_output.numpy()
        grad_bias = np.sum(grad_output, keepdims=True)
        grad_input = np.convolve(grad_output, filter.numpy()[::-1], mode='full')
        grad_filter = np.convolve(input.numpy(), grad_output[::-1], mode='valid')[::-1].copy()
        return torch.from_numpy(grad_input), torch.from_numpy(grad_filter).to(torch.double), torch.from_numpy(grad_bias)
x = torch.linspace(-1, 1, 6, dtype=torch.double, requires_grad=True)
w = torch.tensor([0.5, -1.0, 2.0], dtype=torch.double, requires_grad=True)
b = torch.tensor([0.1], dtype=torch.double, requires_grad=True)
y = Conv.apply(x, w, b)
y.backward(torch.linspace(0, 1, 4, dtype=torch.double))
print(y)
print(w.grad, b.grad)
""",
    "gradient penalty": """
import torch
import torch.nn as nn
torch.manual_seed(0)
D = nn.Sequential(nn.Linear(3, 4), nn.LeakyReLU(0.2), nn.Linear(4, 1))
with torch.no_grad():
    for p in D.parameters():
        p.copy_(torch.linspace(-1, 1, p.numel()).reshape(p.shape))
real, fake = torch.linspace(-1, 1, 12).reshape(4, 3), torch.linspace(2, -1, 12).reshape(4, 3)
alpha = torch.linspace(0, 1, 4).reshape(4, 1).expand(4, 3)
interpolates = (alpha * real + (1 - alpha) * fake).requires_grad_(True)
disc = D(interpolates)
gradients = torch.autograd.grad(outputs=disc, inputs=interpolates, grad_outputs=torch.ones(disc.size()),
                                create_graph=True, retain_graph=True, only_inputs=True)[0]
penalty = ((gradients.norm(2, dim=1) - 1) ** 2).mean() * 10
penalty.backward()
print(penalty)
for name, p in D.named_parameters():
    if 'weight' in name:
        print(name, p.grad)
""",
    "maml": """
import torch
from torch.func import grad, vmap
def net(params, x):
    w1, b1, w2 = params
    return torch.tanh(x @ w1 + b1) @ w2
def mse(params, x, y):
    return ((net(params, x) - y) ** 2).mean()
params = (torch.linspace(-1, 1, 5).reshape(1, 5), torch.zeros(5), torch.linspace(0, 1, 5).reshape(5, 1))
def task_loss(x1, y1, x2, y2, params):
    new_params = params
    for _ in range(2):
        grads = grad(mse)(new_params, x1, y1)
        new_params = tuple(p - 0.1 * g for p, g in zip(new_params, grads))
    return mse(new_params, x2, y2)
x1 = torch.linspace(-2, 2, 12).reshape(3, 4, 1)
x2 = torch.linspace(-1, 3, 12).reshape(3, 4, 1)
amps = torch.tensor([0.5, 1.0, 2.0]).reshape(3, 1, 1)
losses = vmap(lambda a, b, c, d: task_loss(a, b, c, d, params))(x1, amps * x1.sin(), x2, amps * x2.sin())
print(losses)
g = grad(lambda p: vmap(lambda a, b, c, d: task_loss(a, b, c, d, p))(x1, amps * x1.sin(), x2, amps * x2.sin()).mean())(params)
for part in g:
    print(part)
""",
    "tangent kernel": """
import torch
import torch.nn as nn
from torch.func import functional_call, vmap, jacrev
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(3, 8)
        self.fc2 = nn.Linear(8, 2)
    def forward(self, x):
        return self.fc2(torch.relu(self.fc1(x)))
net = Net()
with torch.no_grad():
    for p in net.parameters():
        p.copy_(torch.linspace(-1, 1, p.numel()).reshape(p.shape))
params = {k: v.detach() for k, v in net.named_parameters()}
def fnet_single(params, x):
    return functional_call(net, params, (x.unsqueeze(0),)).squeeze(0)
def ntk(fnet_single, params, x1, x2):
    jac1 = vmap(jacrev(fnet_single), (None, 0))(params, x1)
    jac1 = [j.flatten(2) for j in jac1.values()]
    jac2 = vmap(jacrev(fnet_single), (None, 0))(params, x2)
    jac2 = [j.flatten(2) for j in jac2.values()]
    return torch.stack([torch.einsum('Naf,Mbf->NMab', j1, j2) for j1, j2 in zip(jac1, jac2)]).sum(0)
result = ntk(fnet_single, params, torch.linspace(-1, 1, 9).reshape(3, 3), torch.linspace(0, 1, 6).reshape(2, 3))
print(result.shape)
print(result[0])
""",
    "straight through and hooks": """
import torch
class Round(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.round()
    @staticmethod
    def backward(ctx, g):
        return g
class Reverse(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, alpha):
        ctx.alpha = alpha
        return x.view_as(x)
    @staticmethod
    def backward(ctx, grad_output):
        return grad_output.neg() * ctx.alpha, None
x = torch.tensor([0.4, 1.6, -2.2], requires_grad=True)
y = Reverse.apply(Round.apply(x) * x, 0.5)
print(y)
h = y.register_hook(lambda g: print('grad of y', g))
y.sum().backward()
print(x.grad)
h.remove()
v = torch.tensor([0., 0., 0.], requires_grad=True)
h = v.register_hook(lambda grad: grad * 2)
v.backward(torch.tensor([1., 2., 3.]))
print(v.grad)
print(y.grad_fn.name(), y.grad_fn.next_functions[0][0].name())
""",
}


def run(source: str, library: str) -> str:
    if library == "wengert":
        source = re.sub(r"\bimport torch\.(\S+) as (\w+)", r"import wengert.torch.\1 as \2", source)
        source = re.sub(r"\bimport torch\b(?!\.)", "import wengert.torch as torch", source)
        source = re.sub(r"\bfrom torch\b", "from wengert.torch", source)
    out = io.StringIO()
    with contextlib.redirect_stdout(out), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(source, "<program>", "exec"), {"__name__": "program"})  # noqa: S102
    return re.sub(r"object at 0x[0-9a-f]+", "object at 0x", out.getvalue())


NUMBER = re.compile(r"[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:e[-+]?\d+)?")


def same(ours: str, theirs: str) -> None:
    """The same text, and the same numbers to the digits that are shown (the last may differ by rounding)."""
    assert NUMBER.sub("#", re.sub(r" +", " ", ours)) == NUMBER.sub("#", re.sub(r" +", " ", theirs))
    mine, real = NUMBER.findall(ours), NUMBER.findall(theirs)
    np.testing.assert_allclose([float(n) for n in mine], [float(n) for n in real], rtol=2e-4, atol=1.5e-4)


@pytest.mark.parametrize("name", PROGRAMS)
def test_line_22_a_program_prints_what_it_prints_under_pytorch(name: str) -> None:
    pytest.importorskip("torch")
    theirs: Any = run(PROGRAMS[name], "torch")
    same(run(PROGRAMS[name], "wengert"), theirs)
