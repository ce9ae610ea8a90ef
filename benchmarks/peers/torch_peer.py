"""The PyTorch side of the benchmarks; ../README.md says what each case does and what is printed.

    python torch_peer.py --list
    python torch_peer.py --case NAME [--threads N] [--quick]
"""

import argparse
import json
import pathlib
import resource
import subprocess
import sys
import time

import torch
from torch import nn

DATA = pathlib.Path(__file__).resolve().parents[2] / "data" / "digits.csv"
DTYPES = {"f32": torch.float32, "f64": torch.float64}
SMALLEST_SAMPLE = 1_000_000  # ns: short steps are repeated until a sample lasts this long
CHAIN = 1000  # operations in the chains of the per-operation cases


class Options:
    def __init__(self, threads, quick):
        self.threads = threads
        self.quick = quick

    def sizes(self, *sizes):
        """The sizes of a case; the quick form keeps those up to 100,000."""
        return [size for size in sizes if size <= 100_000 or not self.quick]


def measure(step, quick, per=1):
    """Median and minimum of the time of one call of step, in ns, divided by `per`; warm."""
    clock = time.perf_counter_ns
    inner = 1
    while True:
        start = clock()
        for _ in range(inner):
            step()
        elapsed = clock() - start
        if elapsed >= SMALLEST_SAMPLE:
            break
        inner *= 2
    budget = 3e8 if quick else 1e9
    repeats = int(min(max(budget / elapsed, 5), 200))
    warm_until = clock() + budget / 5
    while clock() < warm_until:
        for _ in range(inner):
            step()
    samples = []
    for _ in range(repeats):
        start = clock()
        for _ in range(inner):
            step()
        samples.append((clock() - start) / inner / per)
    samples.sort()
    middle = len(samples) // 2
    median = samples[middle] if len(samples) % 2 else (samples[middle - 1] + samples[middle]) / 2
    return {"ns": median, "min_ns": samples[0]}


def timed(size, step, options, per=1, **extra):
    return {"size": size, "threads": options.threads, **measure(step, options.quick, per), **extra}


# Scalars, one Python step at a time. They know nothing of threads and are measured for one.


def scalar_op(mode):
    def run(options):
        if options.threads != 1:
            return
        x = torch.tensor(1.0 + 1e-9, dtype=torch.float64, requires_grad=mode != "untracked")
        factor = torch.tensor(1.0 - 1e-9, dtype=torch.float64)

        def step():
            y = x
            for _ in range(CHAIN):
                y = y * factor
            if mode == "gradient":
                torch.autograd.grad(y, x)

        yield timed(1, step, options, per=CHAIN)

    return run


def scalar_gradient(function):
    def run(options):
        if options.threads != 1:
            return
        x = torch.tensor(1.2, dtype=torch.float64, requires_grad=True)

        def step():
            x.grad = None
            function(x).backward()

        yield timed(1, step, options)

    return run


def scalar_second_derivative(options):
    if options.threads != 1:
        return
    x = torch.tensor(1.2, dtype=torch.float64, requires_grad=True)

    def step():
        (first,) = torch.autograd.grad(torch.sin(x * x), x, create_graph=True)
        torch.autograd.grad(first, x)

    yield timed(1, step, options)


# Arrays.


def elementwise(function, dtype, *sizes):
    """Value and gradient of the sum of an elementwise function."""

    def run(options):
        for size in options.sizes(*sizes):
            x = torch.linspace(-2.0, 2.0, size, dtype=dtype, requires_grad=True)

            def step():
                y = function(x).sum()
                torch.autograd.grad(y, x)

            yield timed(size, step, options)

    return run


def tanh_chain(x):
    for _ in range(10):
        x = torch.tanh(x)
    return x


def matmul_gradient(dtype):
    def run(options):
        for size in (64, 128, 256, 512, 1024, 2048):
            if options.quick and size > 512:
                break
            generator = torch.Generator().manual_seed(0)
            a, b, g = (torch.rand(size, size, dtype=dtype, generator=generator) - 0.5 for _ in range(3))
            a.requires_grad_()
            b.requires_grad_()

            def step():
                torch.autograd.grad(a @ b, (a, b), g)

            yield timed(size, step, options)

    return run


def cross_entropy(dtype):
    def run(options):
        classes = 1000
        for size in (32, 1024):
            generator = torch.Generator().manual_seed(0)
            logits = torch.rand(size, classes, dtype=dtype, generator=generator).requires_grad_()
            target = torch.arange(size) % classes

            def step():
                loss = nn.functional.cross_entropy(logits, target)
                torch.autograd.grad(loss, logits)

            yield timed(size, step, options)

    return run


# A training run.


def load_digits():
    rows = [[int(number) for number in line.split(",")] for line in DATA.read_text().splitlines()]
    table = torch.tensor(rows)
    return table[:, :64].to(torch.float32) / 16, table[:, 64].clone()


def train_digits(images, labels):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(64, 50), nn.Tanh(), nn.Linear(50, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    loss_function = nn.CrossEntropyLoss()
    for _ in range(10):
        for first in range(0, len(images), 32):
            batch, target = images[first : first + 32], labels[first : first + 32]
            optimizer.zero_grad()
            loss = loss_function(model(batch), target)
            loss.backward()
            optimizer.step()
    return model


def digits(options):
    images, labels = load_digits()
    model = train_digits(images, labels)
    with torch.no_grad():
        outputs = model(images)
    # The same figures as every other trainer of this network: a run that learns nothing is not a time.
    loss = nn.functional.cross_entropy(outputs, labels).item()
    accuracy = (outputs.argmax(1) == labels).float().mean().item()
    if loss > 0.21 or accuracy < 0.95:
        sys.exit(f"the digits were not learnt: loss {loss}, accuracy {accuracy}")
    yield timed(len(images), lambda: train_digits(images, labels), options, loss=loss, accuracy=accuracy)


# Memory.


def peak_rss():
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def sin_square(x):
    return torch.sin(x**2)


def memory_of_gradient(size):
    """How far the peak rises above what was there before, x included, in this process."""
    x = torch.linspace(-2.0, 2.0, size, dtype=torch.float32, requires_grad=True)
    small = x[:1000].detach().requires_grad_()
    torch.autograd.grad(sin_square(small).sum(), small)  # libraries and threads are there
    before = peak_rss()
    torch.autograd.grad(sin_square(x).sum(), x)
    return peak_rss() - before


def memory(options):
    size = 10_000_000
    peaks = []
    for _ in range(1 if options.quick else 3):
        command = [sys.executable, __file__, "--memory", str(size), "--threads", str(options.threads)]
        peaks.append(int(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    yield {"size": size, "threads": options.threads, "peak_bytes": sorted(peaks)[len(peaks) // 2]}


CASES = {
    "scalar-op-untracked": scalar_op("untracked"),
    "scalar-op-tracked": scalar_op("tracked"),
    "scalar-op-gradient": scalar_op("gradient"),
    "scalar-square": scalar_gradient(lambda x: x * x),
    "scalar-sin-square": scalar_gradient(lambda x: torch.sin(x * x)),
    "scalar-second-derivative": scalar_second_derivative,
    **{
        f"{name}-{short}": elementwise(function, dtype, *sizes)
        for name, function, sizes in (
            ("sin-square", sin_square, (20, 1_000, 100_000, 10_000_000)),
            ("tanh-chain", tanh_chain, (1_000, 100_000, 1_000_000)),
        )
        for short, dtype in DTYPES.items()
    },
    **{f"matmul-gradient-{short}": matmul_gradient(dtype) for short, dtype in DTYPES.items()},
    **{f"cross-entropy-{short}": cross_entropy(dtype) for short, dtype in DTYPES.items()},
    "digits-f32": digits,
    "memory-sin-square-f32": memory,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--case", choices=CASES)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--memory", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    if arguments.list:
        print("\n".join(CASES))
    elif arguments.memory:
        print(memory_of_gradient(arguments.memory))
    elif arguments.case:
        for result in CASES[arguments.case](Options(arguments.threads, arguments.quick)):
            print(json.dumps({"case": arguments.case, **result}), flush=True)
    else:
        parser.error("give --list or --case")


if __name__ == "__main__":
    main()
