"""Rung 1: in float64 the engine equals autograd of the plain module, step for step, to 1e-12.

Masks, scales, order and initial weights of the plain module come from the written specification, not from the engine.
The test loss after each step would show dropout left on, the running loss a wrong mask or scale, and each later loss
a wrong gradient or learning rate: many rates are trained in one stack.
"""

from __future__ import annotations

import numpy as np
import torch

from bench.assurance.certify.finding import Check, Finding
from bench.assurance.certify.setting import Setting, sample_split
from bench.assurance.certify.trajectory import Rates, Trajectory, by_autograd, by_engine
from bench.record.trials import Recipe, Seeds

NAME = "agreement"
CLAIM = "in float64 the engine equals autograd of the plain module, given the specified masks, to 1e-12"
LIMIT = 1e-12
RATES: list[Rates] = [
    (0.0, 0.0),
    (0.2, 0.5),
    (0.5, 0.2),
    (0.7, 0.7),
    (1.0, 1.0),
    (0.0, 1.0),
    (1.0, 0.3),
    (1e-6, 0.999995),
]
SEEDS = Seeds(init=5, order=6, mask=7)
SHAPES = {
    "one step": Recipe("fashion_mnist_sample", 64, 0, (48, 32), "default", 1, 64, 0.5),
    "five epochs of one step": Recipe("fashion_mnist_sample", 64, 32, (48, 32), "default", 5, 64, 0.5),
    "two epochs of seven steps, the last short": Recipe(
        "fashion_mnist_sample", 400, 50, (48, 32), "default", 2, 64, 0.5
    ),
    "one step at the book's size": Recipe("fashion_mnist_sample", 256, 0, (256, 256), "default", 1, 256, 0.5),
}
TEST_ROWS = 500


def climb(setting: Setting) -> Finding:
    """Compare every loss and every hit, on this device."""
    return Finding(NAME, CLAIM, [_check(name, recipe, setting.device) for name, recipe in SHAPES.items()])


def _check(name: str, recipe: Recipe, device: str) -> Check:
    split = sample_split(recipe, TEST_ROWS, "cpu", torch.float64)
    engine = by_engine(split.to(torch.device(device)), recipe, SEEDS, RATES)
    worst, unlike = 0.0, 0
    for rates, ours in zip(RATES, engine, strict=True):
        plain = by_autograd(split, recipe, SEEDS, rates)
        worst = max(worst, furthest(ours, plain))
        unlike += sum(int((a != b).sum()) for a, b in zip(ours.correct, plain.correct, strict=True))
    figures = {"largest_loss_difference": worst, "limit": LIMIT, "hits_that_differ": unlike, "rates": len(RATES)}
    return Check(name, worst <= LIMIT and unlike == 0, figures)


def furthest(ours: Trajectory, plain: Trajectory) -> float:
    """Return the largest absolute difference of losses, in nats; infinite where one is not a number."""
    differences = np.abs(ours.losses() - plain.losses())
    return float(differences.max()) if np.isfinite(differences).all() else float("inf")
