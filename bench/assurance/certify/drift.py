"""Rung 3: twenty steps at the precision stay as near to float64 as rounding alone explains; nothing drops at test time.

Both trainings have the same masks, order and initial weights. The bound comes from the plain module with random
errors of the format's size (see rounding.py): FACTOR times the largest drift of RUNS such runs. The largest of all
losses is taken, since drift is not smooth: of 2.6 million pre-activations some lie so near 0 that rounding in float32
turns their ReLU on or off, and the losses after it jump by 1e-5.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch

from bench.assurance.certify.finding import Check, Finding
from bench.assurance.certify.rounding import ACCUMULATION, UNIT_ROUNDOFF, err, errors
from bench.assurance.certify.setting import BOOK, Setting, sample_split
from bench.assurance.certify.trajectory import Rates, Trajectory, by_autograd, by_engine
from bench.data.split import Split
from bench.record.trials import Recipe, Seeds

NAME = "drift"
CLAIM = "20 steps drift from float64 no further than rounding explains, and evaluation drops nothing"
STEPS = Recipe("fashion_mnist_sample", 1000, 200, (256, 256), "default", 5, 256, 0.1)
"""Four steps an epoch, the last with a batch of 232: twenty steps. At the book's learning rate, 0.5, the first steps
amplify errors without limit (float32's to 0.3%, bfloat16's to 45%), and the bound would exclude nothing."""
STILL = replace(STEPS, train_size=256, epochs=1, learning_rate=1e-30)
"""Weights do not move: evaluation is of the initial weights."""
TEST_ROWS = 500
TRAININGS: dict[str, tuple[Recipe, Rates]] = {
    "20 steps, the book's rates": (STEPS, BOOK),
    "20 steps, no dropout": (STEPS, (0.0, 0.0)),
    "evaluation of the same weights": (STILL, (0.5, 0.9)),
}
SEEDS = Seeds(init=15, order=16, mask=17)
RUNS = 10
FACTOR = 4.0
"""Multiple of the largest of RUNS random drifts: a half-normal drift with the same spread exceeds it once in 10,000."""


def climb(setting: Setting) -> Finding:
    """Compare the losses at the precision with those of float64, by rate, and of evaluation at fixed weights."""
    checks = [_drifts(name, *training, setting) for name, training in TRAININGS.items()]
    return Finding(NAME, CLAIM, [*checks, *_is_used(setting)])


def _is_used(setting: Setting) -> list[Check]:
    """Return whether the precision does anything: an option that is ignored would drift least of all."""
    if setting.precision in ("float32", "float64"):
        return []
    split = _rounded(sample_split(STEPS, TEST_ROWS, "cpu", torch.float64), setting)
    (ours,), (full,) = (by_engine(split, STEPS, SEEDS, [BOOK], each) for each in (setting.precision, "float32"))
    away = float(_relative(ours, full).max())
    return [
        Check("the precision is used: losses differ from float32's", away > 0, {"largest_relative_difference": away})
    ]


def _drifts(name: str, recipe: Recipe, rates: Rates, setting: Setting) -> Check:
    exact = sample_split(recipe, TEST_ROWS, "cpu", torch.float64)
    (ours,) = by_engine(_rounded(exact, setting), recipe, SEEDS, [rates], setting.precision)
    plain = by_autograd(exact, recipe, SEEDS, rates)
    random = [
        by_autograd(exact, recipe, SEEDS, rates, lambda net, run=run: err(net, errors(setting.precision, run)))
        for run in range(RUNS)
    ]
    unit = UNIT_ROUNDOFF[setting.precision]
    bound = FACTOR * max(min(unit, ACCUMULATION), *(float(_relative(each, plain).max()) for each in random))
    drift = _relative(ours, plain)
    figures = {
        "largest_relative_drift": float(drift.max()),
        "bound": bound,
        "unit_roundoff": unit,
        "drift_in_units": float(drift.max() / unit),
        "losses": len(drift),
        "random_runs": RUNS,
    }
    return Check(name, bool(np.isfinite(bound) and drift.max() <= bound), figures)


def _rounded(exact: Split, setting: Setting) -> Split:
    """Return the images as the engine holds them at the precision: float32 except for float64."""
    dtype = torch.float64 if setting.precision == "float64" else torch.float32
    held: dict[str, Any] = {
        name: value.to(dtype)
        for name, value in vars(exact).items()
        if isinstance(value, torch.Tensor) and value.is_floating_point()
    }
    return replace(exact, **held).to(torch.device(setting.device))


def _relative(one: Trajectory, other: Trajectory) -> np.ndarray:
    """Return the relative difference of each loss; infinite where one is not a number."""
    difference = np.abs(one.losses() - other.losses()) / other.losses()
    return np.where(np.isfinite(difference), difference, np.inf)
