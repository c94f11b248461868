"""Whether the fused kernels do on this device what the stacked engine does: checked before they train anything."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch

from bench.base import draws
from bench.base.draws import Position
from bench.base.precision import products
from bench.data.split import Split
from bench.engines.fused import philox
from bench.engines.fused.step import FusedStack
from bench.engines.stacked import model, train
from bench.record.trials import Condition, Recipe, Seeds, Stack, Trial

UNIT = {"float32": 2.0**-24, "tf32": 2.0**-11, "bfloat16": 2.0**-8}
"""Largest relative error of rounding an operand to nearest."""
STEPS = 3
RATES = ((0.0, 0.0), (0.2, 0.5), (1.0, 0.3))
SEEDS = (Seeds(1, 2, 3), Seeds(4, 5, 6))


@dataclass(frozen=True)
class Agreement:
    """What was found."""

    precision: str
    order_equal: bool
    """The permutation of each seed has the bits of bench.base.draws."""
    weights: float
    """Largest difference between the engines' changes of a layer's weights, over the change, as Frobenius norms."""
    tolerance: float

    def __bool__(self) -> bool:
        return self.order_equal and self.weights <= self.tolerance

    def record(self) -> dict[str, Any]:
        """Return it for the provenance."""
        weights = self.weights if math.isfinite(self.weights) else str(self.weights)
        return vars(self) | {"weights": weights, "agree": bool(self)}


def tolerance(precision: str) -> float:
    """Return the largest relative difference of weight changes that rounding explains.

    Rounding of relative size u moves pre-activations by about u of their size, so a share of order u of the units
    changes sides of the ReLU. Each changes its own gradient wholly: in the norm, sqrt(u). Four times, as there are
    three steps, several layers and both engines round.
    """
    return 4 * UNIT[precision] ** 0.5


def agreement(device: torch.device, sizes: tuple[int, ...], batch_size: int, precision: str) -> Agreement:
    """Train a few networks of layer widths `sizes` both ways, for a few steps, the last batch a shorter one."""
    split = _images(sizes, STEPS * batch_size - batch_size // 2, device)
    rows = len(split.train_images)
    recipe = Recipe("self-test", rows, 0, sizes[1:-1], "default", 1, batch_size, 0.1)
    trials = [
        Trial("self-test", _dropout(sizes, rates), 0, seeds, recipe, str(device), "", "", precision=precision)
        for seeds in SEEDS
        for rates in RATES
    ]
    fused = FusedStack(trials, split)
    fused.begin_epoch(0)
    for _ in range(fused.steps):
        fused.step()
    expected = [draws.permutation(seeds.order, "order", Position(), rows) for seeds in SEEDS]
    orders = philox.permutations(fused.draws.order_seeds, "order", 0, rows).cpu()
    equal = all(torch.equal(ours, torch.from_numpy(theirs)) for ours, theirs in zip(orders, expected, strict=True))
    differences = [_difference(fused, trials, group, split) for group in range(len(SEEDS))]
    return Agreement(precision, equal, max(differences), tolerance(precision))


def _difference(fused: FusedStack, trials: list[Trial], group: int, split: Split) -> float:
    """Return the largest relative difference of weight changes among the trials of one seed."""
    mine = slice(group * len(RATES), (group + 1) * len(RATES))
    stack = Stack(tuple(trials[mine]))
    initial = model.initial_weights(fused.sizes, trials[mine][0].seeds.init, stack.recipe.initialisation)
    network = model.build(initial, len(stack.trials), torch.float32, fused.device)
    with products("float32"):
        train.train_epoch(network, stack, 0, split)
    worst = 0.0
    for layer, ours, (start, _) in zip(network, fused.networks.weights, initial, strict=True):
        begun = torch.as_tensor(start, dtype=torch.float32, device=fused.device)
        theirs = layer.weight - begun
        off = (ours[mine, :, : theirs.shape[2]] - layer.weight).flatten(1).norm(dim=1)
        size = theirs.flatten(1).norm(dim=1)
        still = (size == 0) & (off == 0)
        relative = torch.where(still, 0.0, off / size).nan_to_num(nan=float("inf"))
        worst = max(worst, relative.max().item())
    return worst


def _dropout(sizes: tuple[int, ...], rates: tuple[float, ...]) -> Condition:
    """Return a condition with `rates`, repeated over the hidden layers."""
    return Condition(str(rates), (("dropout", tuple(rates[i % len(rates)] for i in range(len(sizes) - 2))),))


def _images(sizes: tuple[int, ...], rows: int, device: torch.device) -> Split:
    """Return random bytes as images, and labels that go round."""
    levels = draws.words(0, "self-test", Position(), rows * sizes[0]) >> 56
    images = torch.from_numpy(levels.astype("float32")).reshape(rows, sizes[0]).div_(255)
    labels = torch.arange(rows) % sizes[-1]
    return Split(images, labels, images[:0], labels[:0], images[:8], labels[:8], classes=sizes[-1]).to(device)
