"""Every function of torch and torch.nn.functional that takes a vector (alone, with 0, or with another vector): mapped as looped, the
same Jacobian forward and in reverse, and that of finite differences."""

from __future__ import annotations

import inspect
import warnings
from typing import Any

import numpy as np
import pytest

import wengert
import wengert.torch as torch
from wengert.torch import func

SPACES = {"torch": torch, "F": torch.nn.functional}
# Random results, or settings.
RANDOM = """bernoulli poisson normal rand randn randint rand_like randn_like randint_like randperm multinomial dropout alpha_dropout
feature_dropout feature_alpha_dropout gumbel_softmax rrelu manual_seed seed initial_seed set_num_threads set_default_dtype
set_printoptions set_grad_enabled save load dropout1d dropout2d dropout3d""".split()
# Results whose shape, or whose place in Python, depends on the values.
VALUES = """nonzero argwhere unique unique_consecutive histogram histc where broadcast_shapes frexp nextafter nonzero_static
masked_select""".split()
# They search sorted sequences, which these are not.
UNSORTED = ["bucketize", "searchsorted"]
# Made to have no derivative; or without one on the points that are tried (division by 0, acosh below 1).
NO_DERIVATIVE = """detach detach_copy tensor as_tensor asarray acosh arccosh div divide true_divide floor_divide fmod remainder
xlogy unravel_index softplus""".split()


def candidates() -> list[str]:
    names = []
    for space, module in SPACES.items():
        for name in sorted(dir(module)):
            if name.startswith("_") or name.endswith("_") or name in RANDOM or name in VALUES:
                continue
            f = getattr(module, name)
            if callable(f) and not inspect.isclass(f):
                names.append(f"{space}.{name}")
    return names


def tensors(result: Any) -> list[Any]:
    return [leaf for leaf in wengert.tree.leaves(result) if isinstance(leaf, torch.Tensor)]


BATCH = np.random.default_rng(0).uniform(0.1, 0.9, (3, 4))


@pytest.mark.parametrize("name", candidates())
def test_line_42_every_function_in_every_mode(name: str) -> None:
    space, _, short = name.partition(".")
    function = getattr(SPACES[space], short)
    other = torch.tensor(BATCH[0] * 0.5 + 0.2)
    tried = 0
    for extra in ((), (0,), (other,)):

        def f(x: Any, extra: Any = extra) -> Any:
            return function(x, *extra)

        batch = torch.tensor(BATCH.copy())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                alone = [tensors(f(batch[i])) for i in range(3)]
            except Exception:  # it does not take such arguments
                continue
            if not alone[0] or len({tuple(tuple(t.shape) for t in one) for one in alone}) > 1:
                continue
            tried += 1
            for k, mapped in enumerate([] if short in UNSORTED else tensors(func.vmap(f)(batch))):
                looped = np.stack([one[k].detach().numpy() for one in alone])
                np.testing.assert_allclose(mapped.numpy(), looped, rtol=1e-9, atol=1e-12)
            if any(t.dtype != torch.float64 for t in alone[0]) or short in NO_DERIVATIVE:
                continue
            for row, column in zip(tensors(func.jacrev(f)(batch[0])), tensors(func.jacfwd(f)(batch[0]))):
                np.testing.assert_allclose(row.numpy(), column.numpy(), rtol=1e-8, atol=1e-10)
            x = batch[0].clone().requires_grad_()
            assert torch.autograd.gradcheck(lambda x, f=f: tuple(tensors(f(x))), (x,))
    if not tried:
        pytest.skip("it takes no vector of reals")
