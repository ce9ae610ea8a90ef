"""A user's program type-checks, and a wrong one does not."""

import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[3]

pytest.importorskip("mypy")

GOOD = '''
import numpy as np
import wengert
from wengert import Tensor, nn, optim


class Model(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(64, 50)
        self.last = nn.Linear(50, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.last(self.first(x).tanh())


model = Model()
optimizer = optim.SGD(model.parameters(), lr=0.1)
x: Tensor = wengert.zeros(3, 64)
loss = nn.functional.cross_entropy(model(x), wengert.tensor([1, 2, 3]))
loss.backward()
optimizer.step()
value: float = loss.item()
array: np.ndarray = loss.detach().numpy()
gradient = wengert.grad(lambda w: (w * w).sum())(x)
'''

BAD = '''
import wengert
from wengert import nn

nn.Linear("sixty-four", 50)
nn.functional.relu(wengert.zeros(3)).backwards()
wengert.value_and_grads
'''


def check(program: str, directory: pathlib.Path) -> subprocess.CompletedProcess[str]:
    file = directory / "program.py"
    file.write_text(program)
    command = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml")]
    command += ["--follow-imports=silent", "--hide-error-context", "--no-error-summary", str(file)]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT)


def test_a_users_program_type_checks(tmp_path: pathlib.Path) -> None:
    run = check(GOOD, tmp_path)
    assert run.returncode == 0, run.stdout + run.stderr


def test_mistakes_are_found(tmp_path: pathlib.Path) -> None:
    run = check(BAD, tmp_path)
    assert run.returncode == 1
    for line in (5, 6, 7):
        assert f"program.py:{line}:" in run.stdout, run.stdout
