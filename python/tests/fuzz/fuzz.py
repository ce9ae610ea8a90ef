"""Calls everything public with arguments of wrong types, shapes and sizes: only Python exceptions may come back.

    python fuzz.py [--seconds 600] [--seed 0] [--only PART] [--call NUMBER]

Each call is made from the seed and its own number alone, so `--seed S --call N` makes that call again. The call that is running is
written to standard error's last line when the process dies (`--log FILE` keeps it), which says what crashed.
"""

from __future__ import annotations

import argparse
import faulthandler
import importlib
import inspect
import io
import os
import random
import signal
import sys
import time
import types
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import wengert  # noqa: F401
from wengert import _wengert

MODULES = [
    "wengert",
    "wengert._wengert",
    "wengert.random",
    "wengert.nn",
    "wengert.nn.functional",
    "wengert.nn.init",
    "wengert.optim",
    "wengert.data",
    "wengert.torch",
    "wengert.torch.autograd",
    "wengert.torch.autograd.functional",
    "wengert.torch.func",
    "wengert.torch.special",
    "wengert.torch.utils.data",
    "wengert.torch.utils.checkpoint",
    "wengert.numpy",
    "wengert.autograd",
    "wengert.autograd.numpy",
    "wengert.autograd.numpy.linalg",
    "wengert.autograd.numpy.random",
    "wengert.autograd.scipy.special",
    "wengert.autograd.extend",
    "wengert.tensorflow",
    "wengert.tensorflow.math",
    "wengert.tensorflow.nn",
    "wengert.tensorflow.random",
    "wengert.tensorflow.linalg",
]

# Names that write files, stop the process or change how all that follows behaves; and a function of NumPy's own that writes beyond its
# memory when it is given the largest of integers.
LEFT_OUT = (
    "save", "load", "tofile", "exit", "memmap", "fromfile", "input", "breakpoint", "set_num_threads", "set_printoptions", "bincount",
)  # fmt: skip


class Stubborn:
    """An object whose every special method fails or lies."""

    def __init__(self, kind: int) -> None:
        self.kind = kind

    def __index__(self) -> int:
        if self.kind == 0:
            raise RuntimeError("no index")
        return [2, -5, 2**80][self.kind % 3]

    def __float__(self) -> float:
        raise OverflowError("no float")

    def __len__(self) -> int:
        return 3 if self.kind else 2**20

    def __getitem__(self, key: Any) -> Any:
        if self.kind == 1:
            return self
        raise KeyError(key)

    def __iter__(self) -> Iterator[Any]:
        if self.kind == 2:
            raise ValueError("no iteration")
        return iter([self, 1.0][self.kind % 2 :])

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return "not an array" if self.kind else np.array([1 + 2j, 3])

    def __bool__(self) -> bool:
        raise TypeError("neither true nor false")

    def __hash__(self) -> int:
        return 0


def shape(rng: random.Random) -> tuple[int, ...]:
    return tuple(rng.choice([0, 1, 2, 2, 3, 3, 4]) for _ in range(rng.choice([0, 1, 1, 2, 2, 2, 3, 4])))


def array(rng: random.Random) -> np.ndarray[Any, Any]:
    size = shape(rng)
    kind = rng.choice(["f4", "f8", "i4", "i8", "?", "u1", "f2", "c16", "O", "U3", "i2", "u8", ">f8", "m8[s]", "f8"])
    base = np.asarray(np.random.default_rng(rng.randrange(100)).normal(size=size) * 3)
    if kind == "O":
        made = base.astype(object)
    elif kind == "m8[s]":
        made = base.astype("i8").astype("m8[s]")
    else:
        made = base.astype(kind)
    way = rng.randrange(6)
    if way == 0 and made.ndim:
        made = made[::-1]
    elif way == 1:
        made = made.T
    elif way == 2:
        made.setflags(write=False)
    elif way == 3:
        made = np.broadcast_to(made, (2, *made.shape))
    return made


def cell(rng: random.Random) -> Any:
    kind = rng.choice([_wengert.Tensor, _wengert.Tensor, _wengert.Tensor, _wengert.Array, _wengert.EagerTensor])
    dtype = rng.choice(["float32", "float32", "float64", "int64", "int32", "bool", "uint8"])
    size = shape(rng)
    made = _wengert.from_data(kind, np.random.default_rng(rng.randrange(100)).normal(size=size) * 2, dtype)
    way = rng.randrange(8)
    if dtype.startswith("float") and way < 3:
        made.requires_grad_()
        if way == 1:
            made = made * 2.0
        elif way == 2:
            made = made.sum() if hasattr(made, "sum") else made
    elif way == 3 and made.ndim:
        made = made[..., ::2]
    elif way == 4:
        made = _wengert.permute(made, tuple(reversed(range(made.ndim))))
    elif way == 5 and made.ndim:
        made = _wengert.broadcast_to(made, (2, *made.shape))
    return made


def function(rng: random.Random) -> Callable[..., Any]:
    def fail(*_: Any) -> Any:
        raise ZeroDivisionError("the function that was given fails")

    return rng.choice(
        [
            lambda *a: a[0],
            lambda *a: a,
            lambda *a: None,
            lambda *a: 1.0,
            lambda *a: "text",
            lambda *a: a[0] * a[0],
            lambda *a: (a[0] * 2).sum(),
            lambda *a: [x * 2 for x in a],
            fail,
            lambda: 0,
            abs,
            len,
        ]
    )


def value(rng: random.Random, depth: int = 0) -> Any:
    """Any argument at all; more often one that has a chance."""
    way = rng.randrange(26)
    if way < 8:
        return cell(rng)
    if way < 10:
        return array(rng)
    if way < 13:
        return rng.choice([0, 1, 2, 3, -1, -2, 5, 7, -7])
    if way == 13:
        return rng.choice([2**31, 2**62, 2**63, -(2**63), 2**64, 10**30, 2**40])
    if way == 14:
        return rng.choice([0.0, 1.0, -0.5, 2.5, float("nan"), float("inf"), -float("inf"), 1e300, 5e-324])
    if way == 15:
        return rng.choice([None, True, False, ..., NotImplemented, 1 + 2j, np.float32(1.5), np.int8(3), np.bool_(True)])
    if way == 16:
        return rng.choice(["", "mean", "sum", "none", "float32", "float99", "ij,jk->ik", "i..., ->", "\0", "é" * 50, b"bytes"])
    if way == 17:
        return rng.choice(["float64", np.float64, float, int, bool, str, object, np.dtype("i4"), type, Stubborn])
    if way == 18:
        return shape(rng)
    if way == 19:
        return tuple(rng.choice([-1, 0, 1, 2, 3, -9, 2**62]) for _ in range(rng.randrange(4)))
    if way == 20:
        return function(rng)
    if way == 21:
        return rng.choice([_wengert.Tensor, _wengert.Array, _wengert.EagerTensor])
    if way == 22:
        return Stubborn(rng.randrange(4))
    if way == 23:
        bound = [None, 0, 1, -1, 2, 2**70, "x"]
        return slice(rng.choice(bound), rng.choice(bound), rng.choice(bound))
    if depth > 2:
        return []
    if way == 24:
        return {rng.choice(["a", 1, None]): value(rng, depth + 1) for _ in range(rng.randrange(3))}
    several = [value(rng, depth + 1) for _ in range(rng.randrange(4))]
    return rng.choice([list, tuple, iter])(several)


def likely(rng: random.Random, name: str) -> Any:
    """An argument of the kind that its name asks for, so that calls get past the first check; still often a wrong one."""
    if name in ("x", "a", "b", "y", "input", "other", "self", "value", "values", "tensor", "target", "weight", "labels", "logits"):
        return cell(rng)
    if name in ("dim", "axis", "axes", "dim0", "dim1", "axis1", "axis2", "dims", "argnum", "argnums", "in_dims", "in_axes"):
        return rng.choice([None, 0, 0, 1, -1, 2, -3, (0, 1), (1, 1), (0,), (), 7, 2**40])
    if name in ("size", "shape", "sizes"):
        return rng.choice([shape(rng), shape(rng), -1, 3, (-1, 2), (2, -1, -1), [2, 3], (2**40, 2**40), (0, 2**62)])
    if name == "dtype":
        return rng.choice([None, "float32", "float64", "int64", "int32", "bool", "uint8", "float16", np.float32, int])
    if name in ("f", "fn", "fun", "func", "function"):
        return function(rng)
    if name in ("reduction", "mode", "padding_mode"):
        return rng.choice(["mean", "sum", "none", "reflect", "constant", "replicate", "sideways"])
    if name in ("tensors", "arrays", "outputs", "inputs", "leaves", "params", "seq", "operands", "ops", "parameters"):
        return [cell(rng) for _ in range(rng.randrange(4))]
    if name in ("index", "indices", "mask", "condition", "indices_or_sections"):
        bound = rng.choice([2, 5])
        return _wengert.from_data(_wengert.Tensor, np.random.default_rng(rng.randrange(99)).integers(-1, bound, size=shape(rng)))
    if name in ("n", "k", "num", "steps", "repeats", "start", "stop", "end", "step", "length", "chunks", "offset", "diagonal"):
        return rng.choice([0, 1, 2, 3, -1, -4, 0.5, 10, 2**33])
    if name in ("p", "lr", "alpha", "beta", "eps", "momentum", "low", "high", "min", "max", "mean", "std", "rate", "scale"):
        return rng.choice([0.0, 0.5, 1.0, -1.0, 3, float("nan"), float("inf"), None])
    if name.startswith(("in_", "out_", "num_", "kernel", "stride", "padding", "dilation", "hidden", "embed", "d_", "n_", "groups")):
        return rng.choice([0, 1, 2, 3, 4, -1, (1, 2), 2**20])
    return value(rng)


NAMES: dict[str, list[tuple[str, bool]] | None] = {}


def parameters(name: str, what: Callable[..., Any]) -> list[tuple[str, bool]] | None:
    """The names of the positional parameters of a function, and which of them must be given; None where that is not known."""
    if name not in NAMES:
        try:
            found = [p for p in inspect.signature(what).parameters.values() if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
            NAMES[name] = [(p.name, p.default is p.empty) for p in found]
        except (TypeError, ValueError):
            NAMES[name] = None
    return NAMES[name]


KEYWORDS = ["dim", "axis", "keepdim", "dtype", "out", "reduction", "p", "requires_grad", "size", "generator", "create_graph"]


def targets() -> list[tuple[str, Callable[..., Any] | None]]:
    """Everything to call: functions and classes of the modules; None for a method, which is looked up on a cell by its name."""
    found: dict[int, tuple[str, Any]] = {}
    methods: set[str] = set()
    for name in MODULES:
        try:
            module = importlib.import_module(name)
            names = sorted(set(getattr(module, "__all__", None) or dir(module)))
        except (ImportError, AttributeError):
            continue
        for attribute in names:
            if attribute.startswith("_") or any(part in attribute for part in LEFT_OUT):
                continue
            try:
                member = getattr(module, attribute)
            except (ImportError, AttributeError):
                continue
            origin = getattr(member, "__module__", None) or ""
            if callable(member) and not isinstance(member, types.ModuleType) and str(origin).startswith(("wengert", "builtins")):
                found.setdefault(id(member), (f"{name}.{attribute}", member))
    for kind in (_wengert.Tensor, _wengert.Array, _wengert.EagerTensor):
        for attribute in dir(kind):
            special = attribute.startswith("__") and attribute not in {
                "__class__",
                "__init_subclass__",
                "__del__",
                "__reduce__",
                "__reduce_ex__",
                "__sizeof__",
                "__dir__",
            }
            if (special or not attribute.startswith("_")) and not any(part in attribute for part in LEFT_OUT):
                methods.add(attribute)
    return sorted([*found.values(), *((f".{name}", None) for name in methods)], key=lambda target: target[0])


class Panic(Exception):
    """The extension panicked."""


class TooLong(Exception):
    """A call is still busy after some seconds, as one with a huge count may be."""


def interrupt(*_: Any) -> None:
    raise TooLong


def call(seed: int, number: int, everything: list[tuple[str, Any]], log: Callable[[str], None]) -> str:
    """Makes call `number`; says how it ended."""
    rng = random.Random(f"{seed}/{number}")
    name, what = everything[rng.randrange(len(everything))]
    signal.setitimer(signal.ITIMER_REAL, 3.0)
    try:
        if name.startswith("."):
            owner = cell(rng)
            what = getattr(owner, name[1:], None)
            if not callable(what):
                if rng.random() < 0.5:
                    log(f"{number} {name} = …")
                    setattr(owner, name[1:], value(rng))
                return "attribute"
        known = parameters(name, what) if rng.random() < 0.75 else None
        count = rng.choice([0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5])
        first = [rng.choice([_wengert.Tensor, _wengert.Array, _wengert.EagerTensor])] if rng.random() < 0.15 else []
        if known:
            needed = sum(must for _, must in known)
            taken = known[: rng.randint(needed, max(needed, min(len(known), needed + 3)))]
            arguments = [
                rng.choice([_wengert.Tensor, _wengert.Array, _wengert.EagerTensor])
                if one == "cls"
                else likely(rng, one)
                if rng.random() < 0.8
                else value(rng)
                for one, _ in taken
            ]
        else:
            arguments = [*first, *(value(rng) for _ in range(count))]
        keywords = {rng.choice(KEYWORDS): value(rng) for _ in range(rng.choice([0, 0, 0, 0, 0, 1, 2]))}
        log(f"{number} {name}({', '.join(type(a).__name__ for a in arguments)}; {', '.join(keywords)})")
        result = what(*arguments, **keywords)
        if rng.random() < 0.3:
            repr(result)
        if inspect.isgenerator(result) or hasattr(result, "__next__"):
            for _, _one in zip(range(3), result):
                pass
        if isinstance(result, _wengert.Cell) and rng.random() < 0.3:
            _wengert.sum(result).backward()
        return "result"
    except Exception as problem:
        if type(problem).__name__ == "PanicException":
            raise Panic(f"call {number}, {name}: {problem}") from problem
        return type(problem).__name__
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as problem:  # a panic is not an Exception
        raise Panic(f"call {number}, {name}: {type(problem).__name__}: {problem}") from problem
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        # No call may leave the switches that others depend on turned.
        _wengert.set_grad_enabled(True)


def run(
    seconds: float, seed: int, only: str, log: Callable[[str], None], keep_going: bool = False, start: int = 0
) -> dict[str, int]:
    """Calls for so many seconds; how often each ending was seen."""
    everything = [target for target in targets() if only in target[0]]
    endings: dict[str, int] = {}
    panics: dict[str, str] = {}
    end = time.monotonic() + seconds
    number = start
    while time.monotonic() < end:
        try:
            ending = call(seed, number, everything, log)
        except Panic as panic:
            if not keep_going:
                raise
            ending = "PANIC"
            panics.setdefault(str(panic).split(", ", 1)[1].split(":")[0], str(panic))
        endings[ending] = endings.get(ending, 0) + 1
        number += 1
    for text in panics.values():
        print("PANIC:", text)
    endings["calls"] = number
    endings["targets"] = len(everything)
    return endings


def main() -> int:
    parser = argparse.ArgumentParser(description="calls everything with wrong arguments")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="a part of the names to call")
    parser.add_argument("--call", type=int, help="make this one call again")
    parser.add_argument("--start", type=int, default=0, help="the number of the first call")
    parser.add_argument("--log", help="a file that has the running call")
    parser.add_argument("--keep-going", action="store_true", help="gather panics instead of stopping at the first")
    options = parser.parse_args()
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, ValueError):
        pass
    faulthandler.enable()
    signal.signal(signal.SIGALRM, interrupt)
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    log_file = os.open(options.log, os.O_CREAT | os.O_WRONLY | os.O_TRUNC) if options.log else None

    def log(text: str) -> None:
        if log_file is not None:
            os.pwrite(log_file, text[:300].ljust(300).encode() + b"\n", 0)

    if options.call is not None:
        everything = [target for target in targets() if options.only in target[0]]
        print(call(options.seed, options.call, everything, print))
        return 0
    # What the functions print is of no interest.
    sys.stdout, kept = io.StringIO(), sys.stdout
    try:
        endings = run(options.seconds, options.seed, options.only, log, options.keep_going, options.start)
        printed = sys.stdout.getvalue()
    finally:
        sys.stdout = kept
    print("\n".join(line for line in printed.splitlines() if line.startswith("PANIC")))
    print(", ".join(f"{ending} {count}" for ending, count in sorted(endings.items(), key=lambda item: -item[1])))
    return 1 if "PANIC" in endings else 0


if __name__ == "__main__":
    sys.exit(main())
