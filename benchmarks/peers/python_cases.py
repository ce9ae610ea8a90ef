"""The cases of the Python package: one script for both sides, that differs in what is imported. ../README.md says what is printed.

    python python_cases.py --side wengert|peer --list
    python python_cases.py --side wengert|peer --case NAME [--threads N] [--quick]
"""

import argparse
import importlib
import importlib.util
import json
import pathlib
import sys
import time

DATA = pathlib.Path(__file__).resolve().parents[2] / "data" / "digits.csv"
SMALLEST_SAMPLE = 1_000_000  # ns: short steps are repeated until a sample lasts this long


def measure(step, quick):
    """Median and minimum of the time of one call of step, in ns; warm."""
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
        samples.append((clock() - start) / inner)
    samples.sort()
    middle = len(samples) // 2
    median = samples[middle] if len(samples) % 2 else (samples[middle - 1] + samples[middle]) / 2
    return {"ns": median, "min_ns": samples[0]}


# PyTorch's conventions.


def square(torch):
    x = torch.tensor(3.0, requires_grad=True)

    def step():
        x.grad = None
        (x * x).backward()

    step()
    assert x.grad.item() == 6.0
    return step


def sin_square(torch):
    x = torch.linspace(-2.0, 2.0, 1000, requires_grad=True)

    def step():
        x.grad = None
        torch.sin(x**2).sum().backward()

    return step


def digits_data(torch):
    rows = [[int(number) for number in line.split(",")] for line in DATA.read_text().splitlines()]
    table = torch.tensor(rows)
    return table[:, :64].to(torch.float32) / 16, table[:, 64].clone()


def learnt(loss, accuracy, worst_loss, least_accuracy):
    """A run that learns nothing is not a time."""
    if loss > worst_loss or accuracy < least_accuracy:
        sys.exit(f"the digits were not learnt: loss {loss}, accuracy {accuracy}")


def digits(torch):
    images, labels = digits_data(torch)
    nn = torch.nn

    def step():
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

    model = step()
    with torch.no_grad():
        outputs = model(images)
        loss = nn.functional.cross_entropy(outputs, labels).item()
        learnt(loss, (outputs.argmax(1) == labels).float().mean().item(), 0.21, 0.95)
    return step


def digits_by_hand(torch):
    images, labels = digits_data(torch)
    targets = torch.zeros(len(labels), 10)
    targets[torch.arange(len(labels)), labels] = 1.0

    def forward(parameters, x):
        w1, b1, w2, b2 = parameters
        scores = torch.tanh(x @ w1 + b1) @ w2 + b2
        powers = torch.exp(scores - scores.max(dim=1, keepdim=True)[0])
        return powers / powers.sum(dim=1, keepdim=True)

    def step():
        torch.manual_seed(0)
        shapes = [(64, 50), (50,), (50, 10), (10,)]
        parameters = [torch.randn(*shape, requires_grad=True) for shape in shapes]
        for _ in range(10):
            for first in range(0, len(images), 32):
                predicted = forward(parameters, images[first : first + 32])
                loss = -(targets[first : first + 32] * torch.log(predicted + 1e-8)).sum(dim=1).mean()
                loss.backward()
                for p in parameters:
                    p.data = p.data - 0.1 * p.grad
                    p.grad.zero_()
        return parameters

    parameters = step()
    with torch.no_grad():
        predicted = forward(parameters, images)
        learnt(0.0, (predicted.argmax(dim=1) == labels).float().mean().item(), 1.0, 0.8)
    return step


# HIPS Autograd's.


def logistic_gradient(autograd):
    np = importlib.import_module(autograd.__name__ + ".numpy")
    generator = np.random.RandomState(0)
    inputs = generator.randn(200, 20)
    targets = generator.randn(200) > 0.0

    def loss(weights):
        predicted = 0.5 * (np.tanh(np.dot(inputs, weights)) + 1.0)
        return -np.sum(np.log(predicted * targets + (1.0 - predicted) * (1.0 - targets)))

    gradient = autograd.grad(loss)
    weights = np.zeros(20)
    return lambda: gradient(weights)


# TensorFlow's.


def tape_square(tf):
    x = tf.Variable(3.0)

    def step():
        with tf.GradientTape() as tape:
            y = x * x
        return tape.gradient(y, x)

    assert float(step()) == 6.0
    return step


CASES = {
    "python-square": ("torch", square),
    "python-sin-square-1000": ("torch", sin_square),
    "python-digits": ("torch", digits),
    "python-digits-by-hand": ("torch", digits_by_hand),
    "python-hips-logistic": ("autograd", logistic_gradient),
    "python-tape-square": ("tensorflow", tape_square),
}
UNTHREADED = {"python-square", "python-hips-logistic", "python-tape-square"}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--side", choices=["wengert", "peer"], required=True)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--case", choices=CASES)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    if arguments.list:
        for case, (library, _) in CASES.items():
            if arguments.side == "wengert" or importlib.util.find_spec(library) is not None:
                print(case)
        return
    if arguments.case is None:
        parser.error("give --list or --case")
    if arguments.threads != 1 and arguments.case in UNTHREADED:
        return
    library, prepare = CASES[arguments.case]
    module = importlib.import_module(f"wengert.{library}" if arguments.side == "wengert" else library)
    if hasattr(module, "set_num_threads"):
        module.set_num_threads(arguments.threads)
    result = measure(prepare(module), arguments.quick)
    print(json.dumps({"case": arguments.case, "size": 1, "threads": arguments.threads, **result}), flush=True)


if __name__ == "__main__":
    main()
