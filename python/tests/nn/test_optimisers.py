"""Optimisers and schedulers step by step against PyTorch's, and the API around them."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

from twins import BOTH, close, ours, seeded

OPTIMISERS = """
SGD(p, lr=0.1)
SGD(p, lr=0.1, momentum=0.9)
SGD(p, lr=0.1, momentum=0.9, dampening=0.3, weight_decay=0.1)
SGD(p, lr=0.1, momentum=0.9, nesterov=True)
SGD(p, lr=0.1, maximize=True)
Adam(p)
Adam(p, lr=0.1, betas=(0.8, 0.95), eps=1e-4, weight_decay=0.1)
Adam(p, lr=0.1, amsgrad=True, weight_decay=0.05)
Adam(p, lr=0.1, maximize=True)
AdamW(p, lr=0.1)
AdamW(p, lr=0.1, amsgrad=True, weight_decay=0.2)
Adagrad(p)
Adagrad(p, lr=0.1, lr_decay=0.1, weight_decay=0.1, initial_accumulator_value=0.2)
RMSprop(p)
RMSprop(p, lr=0.05, alpha=0.9, momentum=0.5, weight_decay=0.1)
RMSprop(p, lr=0.05, centered=True)
Adadelta(p)
Adadelta(p, lr=0.5, rho=0.8, weight_decay=0.1)
Adamax(p)
Adamax(p, lr=0.1, weight_decay=0.1)
NAdam(p)
NAdam(p, lr=0.1, weight_decay=0.1, momentum_decay=0.01)
NAdam(p, lr=0.1, weight_decay=0.1, decoupled_weight_decay=True)
RAdam(p)
RAdam(p, lr=0.1, weight_decay=0.1)
RAdam(p, lr=0.1, weight_decay=0.1, decoupled_weight_decay=True)
ASGD(p)
ASGD(p, lr=0.1, lambd=0.01, t0=3, weight_decay=0.1)
Adafactor(p)
Adafactor(p, lr=0.1, weight_decay=0.1, eps=(1e-8, 1e-2), d=1.5, beta2_decay=-0.5)
Rprop(p)
Rprop(p, lr=0.1, etas=(0.4, 1.3), step_sizes=(1e-4, 1))
""".strip().splitlines()


def parameters(lib):
    return [lib.nn.Parameter(lib.tensor(seeded(*shape, seed=3))) for shape in ((3, 2), (4,), ())]


def loss_of(lib, p, step):
    """A loss that is not a parabola, and leaves a parameter out in its third step."""
    total = (p[0] ** 2).sum() * 0.5 + (p[0] - 0.3).cos().sum() + p[2] ** 4
    return total if step == 2 else total + ((p[1] - step * 0.1) ** 2).mean()


@pytest.mark.parametrize("text", OPTIMISERS)
def test_an_optimiser_takes_pytorchs_steps(text):
    states = []
    for lib in BOTH:
        p = parameters(lib)
        optimiser = eval("optim." + text, {"optim": lib.optim, "p": p})
        shown = repr(optimiser)
        for step in range(8):
            optimiser.zero_grad()
            loss_of(lib, p, step).backward()
            assert optimiser.step() is None
        states.append((p, shown, optimiser.state_dict()))
    (one, text_one, state_one), (two, text_two, state_two) = states
    close(one, two, "parameters", rtol=1e-3, atol=2e-5)
    assert text_two == text_one
    assert state_two["param_groups"] == state_one["param_groups"]
    assert set(state_two["state"]) == set(state_one["state"])
    for place, remembered in state_one["state"].items():
        assert set(state_two["state"][place]) == set(remembered)
        for name, value in remembered.items():
            mine = state_two["state"][place][name]
            assert tuple(mine.shape) == tuple(value.shape), name
            np.testing.assert_allclose(mine.numpy(), value.numpy(), rtol=2e-3, atol=1e-5, err_msg=name)


@pytest.mark.parametrize("text", [text for text in OPTIMISERS if "lr=0.1" in text or text.endswith("(p)")])
def test_a_loaded_optimiser_goes_on_as_if_nothing_had_happened(text):
    def train(optimiser, p, steps):
        for step in steps:
            optimiser.zero_grad()
            loss_of(ours, p, step).backward()
            optimiser.step()

    def made(p):
        return eval("optim." + text, {"optim": ours.optim, "p": p})

    p = parameters(ours)
    optimiser = made(p)
    train(optimiser, p, range(4))
    again = [copy.deepcopy(x) for x in p]
    other = made(again)
    other.load_state_dict(pickle.loads(pickle.dumps(optimiser.state_dict())))
    train(optimiser, p, range(4, 7))
    train(other, again, range(4, 7))
    for one, two in zip(p, again):
        np.testing.assert_allclose(two.detach().numpy(), one.detach().numpy(), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("search", [None, "strong_wolfe"])
def test_lbfgs_walks_down_rosenbrocks_valley_as_pytorchs(search):
    def walk(lib):
        x = lib.tensor([-1.2, 1.0], dtype=lib.float64, requires_grad=True)
        lbfgs = lib.optim.LBFGS([x], lr=1 if search else 0.01, max_iter=8, history_size=5, line_search_fn=search)
        calls = 0

        def closure():
            nonlocal calls
            calls += 1
            lbfgs.zero_grad()
            loss = (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2
            loss.backward()
            return loss

        losses = [float(lbfgs.step(closure)) for _ in range(5)]
        return losses, calls, x

    ends = [walk(lib) for lib in BOTH]
    (losses_one, calls_one, x_one), (losses_two, calls_two, x_two) = ends
    assert calls_two == calls_one
    np.testing.assert_allclose(losses_two, losses_one, rtol=1e-5, atol=1e-12)
    close(x_one, x_two, rtol=1e-6)


def test_a_closure_computes_the_loss_again():
    x = ours.tensor(3.0, requires_grad=True)
    sgd = ours.optim.SGD([x], lr=0.25)

    def closure():
        sgd.zero_grad()
        loss = x**2
        loss.backward()
        return loss

    with ours.no_grad():
        assert float(sgd.step(closure)) == 9.0
    assert float(x) == 1.5
    assert x.is_leaf and x.requires_grad


def test_groups_have_options_of_their_own():
    for lib in BOTH:
        a, b, c = (lib.tensor([1.0], requires_grad=True) for _ in range(3))
        sgd = lib.optim.SGD([{"params": [a]}, {"params": b, "lr": 1.0}], lr=0.1)
        sgd.add_param_group({"params": [c], "lr": 0.5, "momentum": 0.9})
        (a + b + c).sum().backward()
        sgd.step()
        assert [round(float(x), 6) for x in (a, b, c)] == [0.9, 0.0, 0.5]
        assert [group["lr"] for group in sgd.param_groups] == [0.1, 1.0, 0.5]
        assert sgd.param_groups[2]["momentum"] == 0.9
    model = ours.nn.Linear(2, 1)
    named = ours.optim.SGD(model.named_parameters(), lr=0.1)
    assert named.param_groups[0]["param_names"] == ["weight", "bias"]


def test_zero_grad_takes_gradients_away_or_empties_them():
    x = ours.tensor([2.0], requires_grad=True)
    sgd = ours.optim.SGD([x], lr=0.1)
    (x**2).sum().backward()
    sgd.zero_grad(set_to_none=False)
    assert x.grad.tolist() == [0.0]
    sgd.zero_grad()
    assert x.grad is None
    sgd.step()
    assert x.tolist() == [2.0]


BAD = [
    ("SGD([], lr=0.1)", ValueError),
    ("SGD(x, lr=0.1)", TypeError),
    ("SGD([1.0], lr=0.1)", TypeError),
    ("SGD([x * 2], lr=0.1)", ValueError),
    ("SGD([x], lr=-1)", ValueError),
    ("SGD([x], lr=0.1, momentum=-1)", ValueError),
    ("SGD([x], lr=0.1, weight_decay=-1)", ValueError),
    ("SGD([x], lr=0.1, nesterov=True)", ValueError),
    ("SGD([{'params': {x}}], lr=0.1)", TypeError),
    ("SGD([{'params': [x]}, {'params': [x]}], lr=0.1)", ValueError),
    ("Adam([x], betas=(1.0, 0.9))", ValueError),
    ("Adam([x], betas=(0.9, -0.1))", ValueError),
    ("Adam([x], eps=-1)", ValueError),
    ("Adam([x], lr=-0.1)", ValueError),
    ("RMSprop([x], alpha=-1)", ValueError),
    ("Adagrad([x], lr_decay=-1)", ValueError),
    ("Adadelta([x], rho=2)", ValueError),
    ("Rprop([x], etas=(1.2, 0.5))", ValueError),
    ("NAdam([x], momentum_decay=-1)", ValueError),
    ("LBFGS([{'params': [x]}, {'params': [y]}])", ValueError),
    ("LBFGS([x]).step()", TypeError),
    ("SGD([x], lr=0.1).load_state_dict(SGD([x, y], lr=0.1).state_dict())", ValueError),
    ("SGD([x], 0.1).add_param_group([y])", TypeError),
    ("lr_scheduler.StepLR(3, 2)", TypeError),
    ("lr_scheduler.LambdaLR(SGD([x], 0.1), [abs, abs])", ValueError),
    ("lr_scheduler.OneCycleLR(SGD([x], 0.1, 0.9), 1.0)", ValueError),
    ("lr_scheduler.LinearLR(SGD([x], 0.1), start_factor=2.0)", ValueError),
    ("lr_scheduler.ReduceLROnPlateau(SGD([x], 0.1), factor=1.5)", ValueError),
    ("lr_scheduler.ReduceLROnPlateau(SGD([x], 0.1), mode='median')", ValueError),
    ("lr_scheduler.CosineAnnealingWarmRestarts(SGD([x], 0.1), 0)", ValueError),
    ("lr_scheduler.CyclicLR(Adagrad([x], 0.1), 0.1, 1.0)", ValueError),
]


@pytest.mark.parametrize("text, kind", BAD)
def test_bad_input_is_told_as_pytorch_tells_it(text, kind):
    messages = []
    for lib in BOTH:
        names = {**vars(lib.optim), "lr_scheduler": lib.optim.lr_scheduler}
        names.update({name: getattr(lib.optim, name) for name in ("SGD", "Adam", "RMSprop", "Adagrad", "Adadelta")})
        names["x"] = lib.tensor([1.0], requires_grad=True)
        names["y"] = lib.tensor([1.0], requires_grad=True)
        with pytest.raises(kind) as error:
            eval(text, names)
        messages.append(str(error.value))
    assert messages[1][:25] == messages[0][:25], messages


def test_a_name_that_is_not_there_says_what_is_close():
    with pytest.raises(AttributeError, match="'Adam'"):
        ours.optim.Adm
    with pytest.raises(AttributeError, match="StepLR"):
        ours.optim.lr_scheduler.StepLr


@pytest.mark.filterwarnings("ignore")
def test_averaged_models_and_their_rates():
    ends = []
    for lib in BOTH:
        swa = lib.optim.swa_utils
        model = lib.nn.Sequential(lib.nn.Linear(2, 2), lib.nn.BatchNorm1d(2))
        for place, p in enumerate(model.parameters()):
            p.data = lib.tensor(seeded(*p.shape, seed=place))
        mean, moving = swa.AveragedModel(model), swa.AveragedModel(model, multi_avg_fn=swa.get_ema_multi_avg_fn(0.9))
        sgd = lib.optim.SGD(model.parameters(), lr=0.3)
        rates = [swa.SWALR(sgd, swa_lr=0.05, anneal_epochs=3, anneal_strategy=how) for how in ("cos",)]
        x = lib.tensor(seeded(6, 2))
        seen = []
        for _ in range(5):
            sgd.zero_grad()
            (model(x) ** 2 * lib.tensor([1.0, 2.0])).sum().backward()
            sgd.step()
            mean.update_parameters(model)
            moving.update_parameters(model)
            rates[0].step()
            seen.append(sgd.param_groups[0]["lr"])
        swa.update_bn([x[:3], x[3:]], mean)
        norm = mean.module[1]
        averages = list(mean.parameters()), list(moving.parameters())
        ends.append((*averages, [float(r) for r in seen], int(mean.n_averaged), norm.running_mean, norm.running_var))
    (a1, b1, r1, n1, m1, v1), (a2, b2, r2, n2, m2, v2) = ends
    close(a1, a2, rtol=1e-3)
    close(b1, b2, rtol=1e-3)
    close([m1, v1], [m2, v2], rtol=1e-3)
    assert r2 == pytest.approx(r1) and n2 == n1 == 5


def test_an_optimiser_of_ones_own():
    ends = []
    for lib in BOTH:

        class Signs(lib.optim.Optimizer):
            def __init__(self, params, lr=0.1):
                super().__init__(params, {"lr": lr})

            def step(self, closure=None):
                for group in self.param_groups:
                    for p in group["params"]:
                        if p.grad is not None:
                            state = self.state[p]
                            state["seen"] = state.get("seen", 0) + 1
                            p.data.add_(p.grad.sign(), alpha=-group["lr"])

        x = lib.tensor([1.0, -2.0], requires_grad=True)
        signs = Signs([x])
        scheduler = lib.optim.lr_scheduler.ExponentialLR(signs, 0.5)
        for _ in range(3):
            signs.zero_grad()
            (x**2).sum().backward()
            signs.step()
            scheduler.step()
        ends.append((x.tolist(), signs.state_dict(), repr(signs)))
    np.testing.assert_allclose(ends[1][0], ends[0][0], rtol=1e-6)
    assert ends[1][1:] == ends[0][1:]
