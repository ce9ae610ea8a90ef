"""Line 48: what goes wrong names the line of the program that made it."""

from __future__ import annotations

import inspect
import traceback
from typing import Any

import numpy as np
import pytest

import wengert


def here() -> int:
    """The number of the line that calls this."""
    frame = inspect.currentframe()
    assert frame is not None and frame.f_back is not None
    return frame.f_back.f_lineno


LINES: dict[str, int] = {}


def energy(x: Any) -> Any:
    LINES["sqrt"] = here() + 1
    root = np.sqrt(x)
    return (root * 2.0).sum()


@pytest.mark.parametrize("transform", ["grad", "value_and_grad", "jacrev", "second", "vjp"])
def test_line_48_a_nan_of_a_transform_names_its_line(transform: str) -> None:
    x = np.array([-1.0, 4.0])
    runs = {
        "grad": lambda: wengert.grad(energy)(x),
        "value_and_grad": lambda: wengert.value_and_grad(energy)(x),
        "jacrev": lambda: wengert.jacrev(energy)(x),
        "second": lambda: wengert.grad(lambda x: wengert.grad(energy)(x).sum())(x),
        "vjp": lambda: wengert.vjp(energy, x)[1](1.0),
    }
    with wengert.detect_anomaly(), pytest.raises(RuntimeError, match="sqrt.*NaN") as caught:
        runs[transform]()
    assert f"test_anomaly.py:{LINES['sqrt']}" in str(caught.value)
    assert np.isnan(runs["grad"]()[0])  # without it NaN is a value


def test_line_48_a_nan_of_a_tape_names_its_line() -> None:
    x = wengert.tensor([-1.0, 4.0])
    with wengert.detect_anomaly():
        with wengert.GradientTape() as tape:
            tape.watch(x)
            line = here() + 1
            y = x.sqrt()
        with pytest.raises(RuntimeError, match=rf"NaN.*test_anomaly\.py:{line}\b"):
            tape.gradient(y, x)


def test_line_48_errors_come_from_the_line_that_makes_them() -> None:
    def f(x: Any) -> Any:
        LINES["bad"] = here() + 1
        return (x @ np.ones((3, 3))).sum()

    with pytest.raises(ValueError, match=r"\(2, 2\).*\(3, 3\)") as caught:
        wengert.grad(f)(np.ones((2, 2)))
    numbers = [frame.lineno for frame in traceback.extract_tb(caught.value.__traceback__) if frame.filename == __file__]
    assert numbers[-1] == LINES["bad"]


def test_line_48_detection_is_a_decorator_and_belongs_to_its_thread() -> None:
    import threading

    @wengert.detect_anomaly()
    def inside() -> None:
        from wengert import _wengert

        assert _wengert.is_anomaly()
        seen: list[bool] = []
        thread = threading.Thread(target=lambda: seen.append(_wengert.is_anomaly()))
        thread.start()
        thread.join()
        assert seen == [False]

    inside()
    from wengert import _wengert

    assert not _wengert.is_anomaly()
