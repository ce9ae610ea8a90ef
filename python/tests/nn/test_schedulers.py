"""Learning rates, epoch by epoch, against PyTorch's."""

from __future__ import annotations

import warnings

import pytest

from twins import BOTH, ours

SCHEDULERS = """
StepLR(o, 3)
StepLR(o, 3, gamma=0.5)
MultiStepLR(o, [2, 5, 5, 9], gamma=0.3)
ConstantLR(o, factor=0.5, total_iters=4)
LinearLR(o)
LinearLR(o, 0.2, 0.8, 7)
ExponentialLR(o, 0.9)
PolynomialLR(o, 6, 2.0)
CosineAnnealingLR(o, 5)
CosineAnnealingLR(o, 8, eta_min=0.01)
CosineAnnealingWarmRestarts(o, 3)
CosineAnnealingWarmRestarts(o, 3, 2, 0.01)
LambdaLR(o, lambda epoch: 0.95 ** epoch)
LambdaLR(o, [lambda epoch: epoch + 1, lambda epoch: 1 / (epoch + 1)])
MultiplicativeLR(o, lambda epoch: 0.95)
CyclicLR(o, 0.01, 0.1, step_size_up=4)
CyclicLR(o, [0.01, 0.02], [0.1, 0.3], step_size_up=3, step_size_down=5, mode='triangular2')
CyclicLR(o, 0.01, 0.1, 4, mode='exp_range', gamma=0.9, cycle_momentum=False)
CyclicLR(o, 0.01, 0.1, 4, scale_fn=lambda x: 0.5 ** x, scale_mode='iterations')
OneCycleLR(o, 1.0, total_steps=20)
OneCycleLR(o, [1.0, 0.5], epochs=4, steps_per_epoch=5, pct_start=0.4, anneal_strategy='linear')
OneCycleLR(o, 1.0, total_steps=20, three_phase=True, div_factor=10.0)
SequentialLR(o, [s.ConstantLR(o, 0.1, 3), s.ExponentialLR(o, 0.8)], milestones=[4])
SequentialLR(o, [s.LinearLR(o, 0.1), s.CosineAnnealingLR(o, 6), s.StepLR(o, 2)], milestones=[5, 10])
ChainedScheduler([s.ConstantLR(o, 0.1, 3), s.ExponentialLR(o, 0.9)])
""".strip().splitlines()


def rates(lib, text, steps=18, optimiser="SGD"):
    x = [lib.tensor([1.0], requires_grad=True) for _ in range(2)]
    groups = [{"params": [x[0]]}, {"params": [x[1]], "lr": 0.4}]
    o = lib.optim.SGD(groups, 0.1, momentum=0.9) if optimiser == "SGD" else lib.optim.Adam(groups, 0.1)
    scheduler = eval("s." + text, {"s": lib.optim.lr_scheduler, "o": o})
    seen = []
    for _ in range(steps):
        momenta = [group.get("momentum", group.get("betas")) for group in o.param_groups]
        seen.append(([group["lr"] for group in o.param_groups], scheduler.get_last_lr(), momenta))
        o.step()
        scheduler.step()
    return seen, scheduler, o


def flat(x):
    return [y for item in x for y in flat(item)] if isinstance(x, (list, tuple)) else [x]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("text", SCHEDULERS)
@pytest.mark.parametrize("optimiser", ["SGD", "Adam"])
def test_a_scheduler_sets_pytorchs_rates(text, optimiser):
    one, two = (rates(lib, text, optimiser=optimiser)[0] for lib in BOTH)
    assert flat(two) == pytest.approx(flat(one), rel=1e-6, abs=1e-12)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("text", [text for text in SCHEDULERS if "lambda" not in text])
def test_a_loaded_scheduler_goes_on(text):
    whole, _, _ = rates(ours, text, 12)
    _, scheduler, o = rates(ours, text, 6)
    _, other, o2 = rates(ours, text, 0)
    other.load_state_dict(scheduler.state_dict())
    o2.load_state_dict(o.state_dict())
    seen = []
    for _ in range(6):
        seen.append([group["lr"] for group in o2.param_groups])
        o2.step()
        other.step()
    assert flat(seen) == pytest.approx(flat([entry[0] for entry in whole[6:]]))


@pytest.mark.parametrize("options", [{}, {"mode": "max"}, {"threshold_mode": "abs", "threshold": 0.5}, {"cooldown": 2}])
def test_rates_fall_on_a_plateau(options):
    metrics = [3.0, 2.0, 2.0, 2.0, 2.0, 1.9, 1.9, 1.9, 1.9, 1.9, 1.9, 1.8, 2.5, 2.5, 2.5, 2.5]
    seen = []
    for lib in BOTH:
        o = lib.optim.SGD([lib.tensor([1.0], requires_grad=True)], 1.0)
        plateau = lib.optim.lr_scheduler.ReduceLROnPlateau(o, patience=2, factor=0.5, min_lr=0.1, **options)
        rates = []
        for metric in metrics:
            plateau.step(lib.tensor(metric))
            rates.append((o.param_groups[0]["lr"], plateau.num_bad_epochs, plateau.get_last_lr()))
        seen.append(rates)
    assert seen[1] == seen[0]


def test_a_scheduler_that_goes_first_is_warned_of():
    for lib in BOTH:
        o = lib.optim.SGD([lib.tensor([1.0], requires_grad=True)], 1.0)
        scheduler = lib.optim.lr_scheduler.StepLR(o, 1)
        with pytest.warns(UserWarning, match="before `optimizer.step"):
            scheduler.step()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            o.step()
            scheduler.step()


def test_training_with_a_scheduler_uses_its_rates():
    ends = []
    for lib in BOTH:
        x = lib.tensor(1.0, requires_grad=True)
        o = lib.optim.SGD([x], 0.4)
        scheduler = lib.optim.lr_scheduler.StepLR(o, 2, 0.5)
        for _ in range(6):
            o.zero_grad()
            (x**2).backward()
            o.step()
            scheduler.step()
        ends.append(float(x))
    assert ends[1] == pytest.approx(ends[0], rel=1e-5)
