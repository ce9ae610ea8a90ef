"""The package itself: what is in it, when it is loaded, what it says of names that are not there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import wengert

NAMES = """
tensor zeros ones arange linspace sin exp where stack no_grad enable_grad float32 float64 int64 Tensor
grad value_and_grad vjp jvp jacfwd jacrev jacobian hessian hvp vmap linearize checkpoint custom_vjp custom_jvp
stop_gradient make_program GradientTape draw gradcheck gradgradcheck explain detect_anomaly tree register_pytree_node
random nn optim data numpy torch tensorflow autograd
""".split()


@pytest.mark.parametrize("name", NAMES)
def test_the_native_names_are_there(name: str) -> None:
    assert getattr(wengert, name) is getattr(wengert, name)
    assert name in dir(wengert)


def test_importing_loads_nothing_until_it_is_asked_for() -> None:
    code = (
        "import sys, wengert; loaded = [m for m in sys.modules if m.startswith(('wengert.', 'numpy'))];"
        "assert not loaded, loaded; assert wengert.grad; assert wengert.__version__"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_everything_can_be_imported_at_once() -> None:
    names: dict[str, object] = {}
    exec("from wengert import *", names)  # noqa: S102
    assert {"grad", "vmap", "tensor", "GradientTape", "nn"} <= names.keys()


def test_a_name_that_is_not_there_names_what_is_close() -> None:
    with pytest.raises(AttributeError, match="'jacrev'|'jacfwd'"):
        wengert.jacrevv  # noqa: B018
    assert not hasattr(wengert, "__wrapped__")


def test_tensors_are_one_class_in_the_native_and_in_pytorchs_names() -> None:
    assert wengert.Tensor is wengert.torch.Tensor
    assert wengert.torch.func.grad is not wengert.grad
    assert wengert.nn is wengert.torch.nn or wengert.nn.Linear is wengert.torch.nn.Linear


def test_the_version_is_that_of_the_engine() -> None:
    from wengert import _wengert

    assert wengert.__version__ == _wengert.__version__
    manifest = Path(__file__).parents[3] / "Cargo.toml"
    if manifest.exists():
        assert f'version = "{wengert.__version__}"' in manifest.read_text(encoding="utf-8")
