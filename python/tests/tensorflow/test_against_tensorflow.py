"""The same calls in TensorFlow and here: values, dtypes, shapes, the letters they print in, the kind of exception."""

import os
import pathlib
import runpy
import warnings

import numpy as np
import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
theirs = pytest.importorskip("tensorflow")

import wengert.tensorflow as ours  # noqa: E402

HERE = pathlib.Path(__file__).parent
CALLS = (HERE / "calls.txt").read_text().splitlines()
PROGRAMS = [p for name in ("programs", "guides") for p in runpy.run_path(str(HERE / f"{name}.py"))["PROGRAMS"]]

LENIENT = {
    # here more is allowed
    "tf.constant([tf.constant(1.0), 2.0])",
    "tf.constant([tf.constant(1.0), tf.constant(2.0)])",
    "tf.constant([tf.Variable(1.0), tf.Variable(2.0)])",
    'tf.convert_to_tensor("abc", tf.float32)',
    "len(tf.Variable([1.0]))",
    # the operator gives float64, as for other integers; tf.divide gives float32
    "tf.constant(1, tf.uint8) / tf.constant(2, tf.uint8)",
}


def outcome(tf, call):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return eval(call, {"tf": tf, "np": np})
        except Exception as error:
            return error


def same(a, b, path=""):
    """Raises AssertionError unless both results are one."""
    if isinstance(a, Exception) or isinstance(b, Exception):
        assert isinstance(a, Exception) and isinstance(b, Exception), f"{path}: {a!r} and {b!r}"
        kinds = {c.__name__ for c in type(b).__mro__}
        assert type(a).__name__ in kinds or type(a).__name__ in NEAR.get(type(b).__name__, ()), f"{a!r} and {b!r}"
        return
    if theirs.is_tensor(a):
        assert ours.is_tensor(b), f"{path}: {a!r} and {b!r}"
        assert str(a.shape) == str(b.shape) and a.dtype.name == b.dtype.name, f"{a!r} and {b!r}"
        x, y = a.numpy(), b.numpy()
        assert type(x) is type(y)
        if np.array_equal(x, y, equal_nan=x.dtype.kind == "f"):
            assert repr(a) == repr(b)
            assert str(a) == str(b)
        else:
            rtol = 3e-6 if x.dtype == np.float32 else 1e-12
            np.testing.assert_allclose(x, y, rtol=rtol, atol=rtol)
        return
    if isinstance(a, dict):
        assert list(a) == list(b)
        for key in a:
            same(a[key], b[key], f"{path}[{key!r}]")
        return
    if isinstance(a, (list, tuple)) and not isinstance(a, theirs.TensorShape):
        assert len(a) == len(b) and isinstance(b, type(a) if type(a) in (list, tuple) else tuple)
        for i, (x, y) in enumerate(zip(a, b)):
            same(x, y, f"{path}[{i}]")
        return
    if isinstance(a, (float, np.floating, np.ndarray)):
        assert type(a) is type(b)
        np.testing.assert_allclose(a, b, rtol=1e-6)
        return
    assert repr(a) == repr(b)
    assert str(a) == str(b)


# where TensorFlow's own exception depends on which of its paths runs
NEAR = {"InvalidArgumentError": {"TypeError", "ValueError"}, "TypeError": {"ValueError"}, "ValueError": {"TypeError"}}


@pytest.mark.parametrize("call", CALLS)
def test_call(call):
    if call in LENIENT:
        pytest.skip("more is allowed here")
    same(outcome(theirs, call), outcome(ours, call))


def near(a, b, path):
    """Raises AssertionError unless both results are one up to the order of the arithmetic."""
    if theirs.is_tensor(a):
        assert ours.is_tensor(b), f"{path}: {a!r} and {b!r}"
        assert str(a.shape) == str(b.shape) and a.dtype.name == b.dtype.name, f"{path}: {a!r} and {b!r}"
        a, b = a.numpy(), b.numpy()
    if isinstance(a, (float, np.floating, np.ndarray)):
        single = getattr(a, "dtype", np.dtype("f8")) == np.float32 or isinstance(a, float)
        np.testing.assert_allclose(a, b, rtol=2e-5 if single else 1e-9, atol=2e-6 if single else 1e-10, err_msg=path)
    elif isinstance(a, dict):
        assert list(a) == list(b)
        for key in a:
            near(a[key], b[key], f"{path}[{key!r}]")
    elif isinstance(a, (list, tuple)) and not isinstance(a, theirs.TensorShape):
        assert len(a) == len(b) and isinstance(b, (list, tuple)), f"{path}: {a!r} and {b!r}"
        for i, (x, y) in enumerate(zip(a, b)):
            near(x, y, f"{path}[{i}]")
    else:
        assert repr(a) == repr(b), path


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_program(program):
    near(program(theirs), program(ours), program.__name__)
