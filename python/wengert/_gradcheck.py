"""`gradcheck` and `gradgradcheck`: derivatives compared with central differences, in every mode.

One implementation behind `wengert.gradcheck`, `wengert.torch.autograd.gradcheck` and the test utilities of
the front ends.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from . import _tree
from . import _wengert as _w
from ._flat import array_from, dtype_name, family, is_floating

__all__ = ["GradcheckError", "gradcheck", "gradgradcheck"]


class GradcheckError(RuntimeError):
    """A derivative does not agree with finite differences."""


def gradcheck(
    func: Callable[..., Any],
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,
    masked: bool | None = None,
) -> bool:
    """Whether the derivatives of `func` agree with central differences at `inputs`, a tensor or a tuple of
    arguments.

    The tensors among the inputs that require grad are checked; where none does, and for arrays and floats,
    all real ones. True, or a GradcheckError that shows both Jacobians (False with ``raise_exception=False``).
    Give float64: float32 is too coarse for `eps`. ``check_forward_ad`` and ``check_batched_grad`` check
    forward mode and `vmap` of the backward pass too; ``fast_mode`` compares one random projection of each
    Jacobian.

    >>> import numpy as np, wengert
    >>> wengert.gradcheck(lambda x: (x ** 2).sum(), np.array([1.0, -2.0]))
    True
    """
    assert check_backward_ad or check_forward_ad, (
        "Expected at least one of check_forward_ad, check_backward_ad to be True"
    )
    try:
        check = _Check(func, inputs, eps, atol, rtol, fast_mode)
        if check_backward_ad:
            check.backward(nondet_tol, check_grad_dtypes)
        if check_forward_ad:
            check.forward()
        if check_batched_grad and check_backward_ad:
            check.batched_backward()
        if check_batched_forward_grad and check_forward_ad:
            check.batched_forward()
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_fwd_over_rev: bool = False,
    check_rev_over_rev: bool = True,
    fast_mode: bool = False,
    masked: bool = False,
) -> bool:
    """Whether the second derivatives of `func` agree with central differences of its first.

    `grad_outputs` are the cotangents the first derivatives are taken with; random ones by default.

    >>> import numpy as np, wengert
    >>> wengert.gradgradcheck(lambda x: x ** 3, np.array([1.0, -2.0]))
    True
    """
    assert check_fwd_over_rev or check_rev_over_rev, (
        "Expected at least one of check_fwd_over_rev, check_rev_over_rev to be True"
    )
    start = _Check(func, inputs, eps, atol, rtol, fast_mode)
    outs = start.outputs()
    if grad_outputs is None:
        rng = np.random.default_rng(0)
        seeds = [
            _like(out, rng.standard_normal(tuple(out.shape))).requires_grad_()
            for out in outs
            if out is not None
        ]
    else:
        given = [grad_outputs] if isinstance(grad_outputs, _w.Cell) else list(grad_outputs)
        seeds = [one if one.requires_grad else _w.detach(one).requires_grad_() for one in given]
    count = len(start.leaves)

    def first(*tensors: Any) -> tuple[Any, ...]:
        leaves, cotangents = list(tensors[:count]), list(tensors[count:])
        at = [leaves[i] for i in start.checked]
        if any(_w.is_wrapped(tensor) for tensor in tensors if isinstance(tensor, _w.Cell)):
            _, pullback = _w.vjp(
                lambda cells: start.tracked_only(start.call(start.placed(leaves, cells)), outs), at
            )
            return tuple(pullback(cotangents))
        with _recording(True):
            wanted = [one if one.requires_grad else _w.detach(one).requires_grad_() for one in at]
            results = start.tracked_only(start.call(start.placed(leaves, wanted)), outs)
            gradients = _w.grad(results, wanted, cotangents, None, True, True)
        return tuple(g for g in gradients if g is not None)

    return gradcheck(
        first,
        (*start.leaves, *seeds),
        eps=eps,
        atol=atol,
        rtol=rtol,
        raise_exception=raise_exception,
        nondet_tol=nondet_tol,
        check_batched_grad=check_batched_grad,
        check_forward_ad=check_fwd_over_rev,
        check_backward_ad=check_rev_over_rev,
        check_grad_dtypes=check_grad_dtypes,
        fast_mode=fast_mode,
    )


class _recording:
    """Recording switched on or off, as long as the context lasts."""

    __slots__ = ("before", "on")

    def __init__(self, on: bool) -> None:
        self.on = on

    def __enter__(self) -> None:
        self.before = _w.is_grad_enabled()
        _w.set_grad_enabled(self.on)

    def __exit__(self, *details: object) -> None:
        _w.set_grad_enabled(self.before)


def _values(cell: Any) -> np.ndarray:
    return np.array(_w.detach(cell).numpy(), dtype=np.float64)


def _like(cell: Any, values: np.ndarray) -> Any:
    """A cell of the same conventions and dtype, with other values."""
    return _w.from_data(family(cell), np.asarray(values, dtype=dtype_name(cell)))


class _Check:
    """One function at one point: its Jacobians by differences and by each mode."""

    def __init__(
        self, func: Callable[..., Any], inputs: Any, eps: float, atol: float, rtol: float, fast: bool
    ) -> None:
        self.func = func
        self.eps, self.atol, self.rtol, self.fast = eps, atol, rtol, fast
        args = inputs if isinstance(inputs, (tuple, list)) else (inputs,)
        self.leaves, self.structure = _tree.flatten(tuple(args))
        tensors = [i for i, leaf in enumerate(self.leaves) if isinstance(leaf, _w.Cell)]
        self.checked = [i for i in tensors if self.leaves[i].requires_grad]
        if not self.checked:
            given = list(self.leaves)
            for i, leaf in enumerate(given):
                if isinstance(leaf, _w.Cell):
                    if not is_floating(leaf):
                        continue
                    self.leaves[i] = _w.detach(leaf).requires_grad_()
                elif isinstance(leaf, float) or (isinstance(leaf, np.ndarray) and leaf.dtype.kind == "f"):
                    self.leaves[i] = array_from(np.array(leaf)).requires_grad_()
                else:
                    continue
                self.checked.append(i)
        if not self.checked:
            raise ValueError(
                "gradcheck expects at least one input tensor to require gradient, but none of the them "
                "have requires_grad=True."
            )
        for i in self.checked:
            if dtype_name(self.leaves[i]) != "float64":
                warnings.warn(
                    f"Input #{i} requires gradient and is not a double precision floating point. "
                    "This check will likely fail if all the inputs are not of double precision floating "
                    "point. ",
                    stacklevel=4,
                )

    def call(self, leaves: Sequence[Any]) -> list[Any]:
        """The real results of the function, as cells."""
        returned = self.func(*_tree.unflatten(self.structure, list(leaves)))
        results = _tree.leaves(returned)
        like = family(self.leaves[self.checked[0]])
        cells = [out if isinstance(out, _w.Cell) else _w.from_data(like, out) for out in results]
        return [cell for cell in cells if is_floating(cell)]

    def outputs(self) -> list[Any]:
        """The results at the point, None for those that do not depend on the checked inputs."""
        with _recording(True):
            outs = self.call(self.leaves)
        return [out if out.requires_grad else None for out in outs]

    @staticmethod
    def tracked_only(results: list[Any], pattern: list[Any]) -> list[Any]:
        """The results in whose place `pattern` has one."""
        return [result for result, known in zip(results, pattern) if known is not None]

    def placed(self, leaves: Sequence[Any], cells: Sequence[Any]) -> list[Any]:
        """These leaves, with others in the checked places."""
        out = list(leaves)
        for i, cell in zip(self.checked, cells):
            out[i] = cell
        return out

    def with_checked(self, cells: Sequence[Any]) -> list[Any]:
        """All leaves, with others in the checked places."""
        return self.placed(
            [_w.detach(leaf) if isinstance(leaf, _w.Cell) else leaf for leaf in self.leaves], cells
        )

    def tracked_outputs(self) -> tuple[list[Any], list[Any]]:
        """Fresh leaves with the values of the inputs, and the results recorded from them."""
        with _recording(True):
            leaves = [_w.clone(_w.detach(self.leaves[i])).requires_grad_() for i in self.checked]
            return leaves, self.call(self.with_checked(leaves))

    def difference(self, i: int, direction: np.ndarray) -> list[np.ndarray]:
        """The central difference of every result along a direction of one checked input."""
        base = _values(self.leaves[self.checked[i]])
        sides = []
        for sign in (1.0, -1.0):
            cells = [_w.clone(_w.detach(self.leaves[j])) for j in self.checked]
            moved = base + sign * self.eps * direction
            cells[i] = _like(self.leaves[self.checked[i]], moved).requires_grad_()
            with _recording(True):  # the function may differentiate by itself
                sides.append([_values(out) for out in self.call(self.with_checked(cells))])
        return [(plus - minus) / (2 * self.eps) for plus, minus in zip(*sides)]

    def numerical(self, i: int) -> list[np.ndarray]:
        """The Jacobians of all results with respect to one checked input, as matrices: inputs down, outputs
        across."""
        shape = tuple(self.leaves[self.checked[i]].shape)
        size = int(np.prod(shape))
        rows = []
        for k in range(size):
            direction = np.zeros(size)
            direction[k] = 1.0
            rows.append([part.ravel() for part in self.difference(i, direction.reshape(shape))])
        return [np.array(list(column)).reshape(size, -1) for column in zip(*rows)] if rows else []

    def compare(self, numerical: np.ndarray, analytical: np.ndarray, o: int, i: int, what: str = "") -> None:
        """Raise where two Jacobians differ."""
        if numerical.shape == analytical.shape and np.allclose(
            analytical, numerical, self.rtol, self.atol, equal_nan=True
        ):
            return
        raise GradcheckError(
            f"{what}Jacobian mismatch for output {o} with respect to input {self.checked[i]},\n"
            f"numerical:{_shown(numerical)}\nanalytical:{_shown(analytical)}\n"
        )

    def backward(self, nondet_tol: float, check_dtypes: bool) -> None:
        """Check reverse mode: one backward pass for each element of each result."""
        leaves, outs = self.tracked_outputs()
        if self.fast:
            self.fast_backward(leaves, outs)
            return
        numerical = [self.numerical(i) for i in range(len(leaves))]
        for o, out in enumerate(outs):
            analytic = self.rows(leaves, out, check_dtypes)
            again = self.rows(leaves, out, False)
            for i in range(len(leaves)):
                if numerical[i]:
                    self.compare(numerical[i][o], analytic[i], o, i)
                if analytic[i].size and not np.allclose(
                    analytic[i], again[i], rtol=0.0, atol=nondet_tol, equal_nan=True
                ):
                    raise GradcheckError(
                        "Backward is not reentrant, i.e., running backward with same input and grad_output "
                        "multiple times "
                        "gives different values, although analytical gradient matches numerical gradient."
                        f"The tolerance for nondeterminism was {nondet_tol}."
                    )

    def rows(self, leaves: Sequence[Any], out: Any, check_dtypes: bool) -> list[np.ndarray]:
        """The Jacobian of one result with respect to each leaf, inputs down, outputs across."""
        shape = tuple(out.shape)
        size = int(np.prod(shape))
        columns: list[list[np.ndarray]] = [[] for _ in leaves]
        for k in range(size):
            basis = np.zeros(size)
            basis[k] = 1.0
            gradients: Sequence[Any] = [None] * len(leaves)
            if out.requires_grad:
                gradients = _w.grad(
                    [out], list(leaves), [_like(out, basis.reshape(shape))], True, False, True
                )
            for column, leaf, gradient in zip(columns, leaves, gradients):
                if gradient is None:
                    column.append(np.zeros(tuple(leaf.shape)).ravel())
                    continue
                if tuple(gradient.shape) != tuple(leaf.shape):
                    raise GradcheckError(
                        f"grad is incorrect size: {tuple(gradient.shape)} for an input of {tuple(leaf.shape)}"
                    )
                if check_dtypes and dtype_name(gradient) != dtype_name(leaf):
                    raise GradcheckError(
                        "Backward returned a gradient of another dtype than its input: "
                        + dtype_name(gradient)
                    )
                column.append(_values(gradient).ravel())
        return [
            np.array(column).T if column else np.zeros((int(np.prod(tuple(leaf.shape))), 0))
            for column, leaf in zip(columns, leaves)
        ]

    def fast_backward(self, leaves: Sequence[Any], outs: Sequence[Any]) -> None:
        rng = np.random.default_rng(0)
        for i, leaf in enumerate(leaves):
            direction = _unit(rng, tuple(leaf.shape))
            slopes = self.difference(i, direction)
            for o, out in enumerate(outs):
                seed = _unit(rng, tuple(out.shape))
                gradient = None
                if out.requires_grad:
                    (gradient,) = _w.grad([out], [leaf], [_like(out, seed)], True, False, True)
                analytic = 0.0 if gradient is None else float((_values(gradient) * direction).sum())
                self.compare(
                    np.array(float((slopes[o] * seed).sum())),
                    np.array(analytic),
                    o,
                    i,
                    "Fast mode: projected ",
                )

    def pushed(self, leaves: Sequence[Any], i: int, direction: np.ndarray) -> list[Any]:
        """The tangents of all results along a direction of one checked input."""
        tangents = [_w.zeros_like(leaf) for leaf in leaves]
        tangents[i] = _like(leaves[i], direction)
        return list(_w.jvp(lambda cells: self.call(self.with_checked(cells)), list(leaves), tangents)[1])

    def forward(self) -> None:
        """Check forward mode: one pass for each element of each checked input."""
        leaves = [_w.detach(self.leaves[i]) for i in self.checked]
        for i, leaf in enumerate(leaves):
            shape = tuple(leaf.shape)
            size = int(np.prod(shape))
            numerical = self.numerical(i)
            rows = []
            for k in range(size):
                direction = np.zeros(size)
                direction[k] = 1.0
                rows.append(
                    [_values(part).ravel() for part in self.pushed(leaves, i, direction.reshape(shape))]
                )
            for o, column in enumerate(zip(*rows)):
                self.compare(numerical[o], np.array(column).reshape(size, -1), o, i, "Forward mode AD: ")

    def batched_backward(self) -> None:
        """Check that a backward pass with a batch of cotangents gives what one for each gives."""
        leaves = [_w.detach(self.leaves[i]) for i in self.checked]
        outs, pullback = _w.vjp(lambda cells: self.call(self.with_checked(cells)), leaves)
        rng = np.random.default_rng(0)
        for o, out in enumerate(outs):
            pair = rng.standard_normal((2, *tuple(out.shape)))

            def pull(seed: list[Any], o: int = o) -> list[Any]:
                return list(
                    pullback([seed[0] if k == o else _w.zeros_like(other) for k, other in enumerate(outs)])
                )

            together = _w.vmap(pull, [_like(out, pair)], [0], 0)
            for k in range(2):
                for i, (alone, both) in enumerate(zip(pull([_like(out, pair[k])]), together)):
                    self.agree(
                        _values(alone),
                        _values(both)[k],
                        f"Batched backward: output {o}, input {self.checked[i]}",
                    )

    def batched_forward(self) -> None:
        """Check that forward mode with a batch of tangents gives what one for each gives."""
        leaves = [_w.detach(self.leaves[i]) for i in self.checked]
        rng = np.random.default_rng(0)
        for i, leaf in enumerate(leaves):
            pair = rng.standard_normal((2, *tuple(leaf.shape)))

            def push(seed: list[Any], i: int = i) -> list[Any]:
                tangents = [seed[0] if k == i else _w.zeros_like(other) for k, other in enumerate(leaves)]
                return list(_w.jvp(lambda cells: self.call(self.with_checked(cells)), leaves, tangents)[1])

            together = _w.vmap(push, [_like(leaf, pair)], [0], 0)
            for k in range(2):
                for o, (alone, both) in enumerate(zip(push([_like(leaf, pair[k])]), together)):
                    self.agree(
                        _values(alone),
                        _values(both)[k],
                        f"Batched forward: output {o}, input {self.checked[i]}",
                    )

    def agree(self, alone: np.ndarray, both: np.ndarray, what: str) -> None:
        """Raise where a batched derivative differs from the one by itself."""
        if not np.allclose(alone, both, self.rtol, self.atol, equal_nan=True):
            raise GradcheckError(f"{what}: mapped over a batch it is\n{both}\nand by itself\n{alone}")


def _unit(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    direction = rng.standard_normal(shape)
    length = float(np.sqrt((direction**2).sum()))
    return direction / length if length else direction


def _shown(matrix: np.ndarray) -> str:
    return repr(np.asarray(matrix)).replace("array", "tensor", 1)
