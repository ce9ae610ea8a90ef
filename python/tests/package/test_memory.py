"""Memory stays where it is over many small operations."""

import gc
import os
import sys
import weakref

import pytest

import wengert

OPERATIONS = int(os.environ.get("WENGERT_OPERATIONS", "60000"))
ROUNDS = 4


def resident() -> int:
    """Resident memory of this process in bytes."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def scalars(count: int) -> None:
    x = wengert.tensor(1.5, requires_grad=True)
    for _ in range(count // 3):
        x.grad = None
        (x * x).sin().backward()


def in_place(count: int) -> None:
    x = wengert.zeros(4)
    for _ in range(count // 3):
        x += 1.0
        x[0] = 2.0
        x.mul_(0.5)


def transforms(count: int) -> None:
    f = wengert.grad(lambda x: (x * x).sum())
    x = wengert.tensor([1.0, 2.0])
    for _ in range(count // 10):
        f(x)


def arrays(count: int) -> None:
    for i in range(count // 3):
        (wengert.tensor([1.0, float(i)]) * 2.0).numpy()


def errors(count: int) -> None:
    a, b = wengert.zeros(2, 3), wengert.zeros(4, 5)
    for _ in range(count // 20):
        try:
            a @ b
        except RuntimeError:
            pass


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc/self/statm")
@pytest.mark.parametrize("work", [scalars, in_place, transforms, arrays, errors])
def test_resident_memory_is_flat_over_many_small_operations(work) -> None:  # type: ignore[no-untyped-def]
    work(OPERATIONS // 4)  # pools and caches are filled
    gc.collect()
    sizes = [resident()]
    for _ in range(ROUNDS):
        work(OPERATIONS // ROUNDS)
        gc.collect()
        sizes.append(resident())
    # A leak of one small node an operation would be over 5 MB.
    assert sizes[-1] - sizes[0] < 3_000_000, [size - sizes[0] for size in sizes]
    assert wengert.is_grad_enabled()


def test_line_50_a_graph_dies_with_the_tensors_that_own_it() -> None:
    def used() -> int:
        gc.collect()
        return wengert.memory_in_use()

    before = used()
    x = wengert.zeros(1000, 100).requires_grad_()
    y = x
    for _ in range(50):
        y = y * 1.5
    assert used() - before >= 400_000
    del x, y
    assert used() == before


def test_tensors_can_be_watched_by_weak_references() -> None:
    x = wengert.ones(3)
    watched = weakref.ref(x)
    assert watched() is x
    del x
    gc.collect()
    assert watched() is None
