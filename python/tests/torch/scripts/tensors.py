"""A first hour with tensors."""

import numpy as np
import torch

data = [[1, 2], [3, 4]]
x = torch.tensor(data)
print("from a list:", x, x.dtype)
array = np.array(data, dtype=np.float32)
from_array = torch.from_numpy(array)
print("from an array:\n", from_array)
print(f"Ones like it:\n{torch.ones_like(x)}\n")
print(f"Halves like it:\n{torch.full_like(x, 0.5, dtype=torch.float)}\n")

shape = (2, 3)
print(torch.ones(shape))
print(torch.zeros(shape))
print(torch.rand(shape).shape, torch.rand_like(x, dtype=torch.float).size())

tensor = torch.ones(3, 4)
print(f"Shape of tensor: {tensor.shape}")
print(f"Datatype of tensor: {tensor.dtype}")
print(f"Device tensor is stored on: {tensor.device}")
if torch.cuda.is_available():
    tensor = tensor.to("cuda")
tensor = torch.arange(16.0).reshape(4, 4)
print("First row:", tensor[0])
print("First column:", tensor[:, 0])
print("Last column:", tensor[..., -1])
tensor[:, 1] = 0
print(tensor)
print(torch.cat([tensor, tensor, tensor], dim=1))
print(torch.stack([tensor[0], tensor[1]]).shape)

y1 = tensor @ tensor.T
y2 = tensor.matmul(tensor.T)
y3 = torch.empty_like(y1)
torch.matmul(tensor, tensor.T, out=y3)
print(torch.equal(y1, y2), torch.equal(y1, y3), y1)
z1 = tensor * tensor
z2 = tensor.mul(tensor)
z3 = torch.zeros(4, 4)
torch.mul(tensor, tensor, out=z3)
print(z1, (z1 == z2).all(), torch.allclose(z1, z3))
agg = tensor.sum()
print(agg.item(), type(agg.item()))
tensor.add_(5)
print(tensor, "\n")

t = torch.ones(5)
n = t.numpy()
t.add_(1)
print(f"t: {t}", f"n: {n}")
n = np.ones(5)
t = torch.from_numpy(n)
np.add(n, 1, out=n)
print(f"t: {t}", f"n: {n}")

print(x.view(4), x.view(-1, 1).shape, x.T, x.reshape(1, -1))
print(x.float().mean(), x.float().std(), x.max(), x.argmax(), x.float().norm())
print(torch.arange(12).reshape(3, 4).sum(dim=0), torch.arange(12).view(3, 4).float().mean(1, keepdim=True))
print(torch.linspace(0, 1, steps=5), torch.eye(3), torch.arange(1, 10, 2))
values, indices = torch.tensor([3.0, 1.0, 2.0]).sort(descending=True)
print(values, indices)
print(torch.tensor([[1.0, 9.0], [4.0, 2.0]]).max(dim=1))
print(torch.where(tensor > 10, tensor, torch.zeros_like(tensor)))
print(tensor[tensor > 15], (tensor > 15).sum(), (tensor > 15).any())
print(torch.tensor(3.5).item(), int(torch.tensor(7)), float(torch.tensor(1) / 3))
print(x.unsqueeze(0).shape, x.unsqueeze(0).squeeze().shape, x.permute(1, 0))
print(torch.clamp(tensor, min=6, max=12))
print(x.tolist(), x.numel(), x.dim(), x.dtype, x.double().dtype)
for row in x:
    print(row, len(row))
a, b = torch.broadcast_tensors(torch.arange(3).view(1, 3), torch.arange(2).view(2, 1))
print(a, b, (a + b).shape)
print(torch.einsum("ij,jk->ik", tensor, tensor)[0], torch.tensordot(x, x, dims=1), torch.outer(t, t)[0])
print(
    repr(torch.tensor([])),
    torch.zeros(2, 0),
    torch.tensor(True),
    torch.tensor([1e-5, 1.0]),
    torch.tensor([1e6, 1.5]),
)
