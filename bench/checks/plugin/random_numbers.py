"""The laws of a hook's own numbers: drawn afresh, right in the mean, and finite."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch
from scipy import stats

from bench.base.draws import Position
from bench.checks.plugin.law import Law
from bench.regularisers.record import Draw, Regulariser, Weights

SHAPE = (64, 32)
PROGRESS = (0.25, 0.75)
"""Early and late: some noise is on in one of them only."""
CALLS = 64
FALSE_ALARM = 1e-6
"""Probability that a right multiplier is taken for one of another mean, at one strength."""
ROUNDING = 1e-5
STEPS = 9
FAR = 100.0
"""Where there is no greatest strength, up to so many times the typical one is looked at."""


def outcomes(record: Regulariser, draw: Draw, strength: float) -> dict[str, torch.Tensor]:
    """Return what each hook makes of the same numbers, at one strength: by name of the hook."""
    given = torch.tensor([strength], dtype=torch.float64)
    rows = torch.linspace(0, 1, 784).expand(1, 6, 784)
    found = {}
    if record.hidden or record.weights:
        found["multiplier"] = record.multiplier(draw, given, SHAPE)
    for name, change in (("inputs", record.inputs), ("targets", record.targets)):
        if change:
            found[name] = rows.clone()
            change(draw, given, found[name])
    for name, change in (("gradient", record.gradient), ("climb", record.climb)):
        if change:
            layers = _layers()
            change(draw, given, layers)
            found[name] = torch.cat([each.gradient for each in layers], 1)
    for name, update in (("before_step", record.before_step), ("after_step", record.after_step)):
        if update:
            layers = _layers()
            update(given, 0.1, layers)
            found[name] = torch.cat([each.parameters for each in layers], 1)
    return found


def _layers() -> list[Weights]:
    parameters = torch.linspace(-1, 1, 7 * 32).reshape(1, 7, 32)
    return [Weights(parameters + more, parameters.flip(2).contiguous() + more, 6) for more in (0.0, 0.5)]


def _drawn(record: Regulariser) -> str | None:
    here = _place(record)
    base = outcomes(record, here, record.typical)
    elsewhere = {
        "seed": replace(here, seed=here.seed + 1),
        "layer": replace(here, at=replace(here.at, layer=1)),
        "epoch": replace(here, at=replace(here.at, epoch=here.at.epoch + 1)),
        "step": replace(here, at=replace(here.at, step=here.at.step + 1)),
    }
    again = outcomes(record, here, record.typical)
    others = {what: outcomes(record, there, record.typical) for what, there in elsewhere.items()}
    for hook, numbers in base.items():
        if not torch.equal(again[hook], numbers):
            return f"{hook}: a second call for the same step gives other numbers"
        alike = [what for what, other in others.items() if torch.equal(other[hook], numbers)]
        if hook != "multiplier":
            alike = _alike_of_batches(hook, numbers, alike)
        elif record.once:
            alike = [what for what in alike if what in ("seed", "layer")]
        if alike:
            return f"{hook}: another {' or '.join(alike)} gives the same numbers"
    return None


def _alike_of_batches(hook: str, numbers: torch.Tensor, alike: list[str]) -> list[str]:
    """Return what should give other numbers, of a hook that need not draw, and sees no layer by itself.

    A hook that is the same for another seed draws nothing: then equal rows stay equal.
    """
    if "seed" not in alike:
        return [what for what in alike if what != "layer"]
    unequal = hook in ("inputs", "targets") and not torch.equal(numbers, numbers[:, :1].expand_as(numbers))
    return ["seed"] if unequal else []


def _place(record: Regulariser) -> Draw:
    """Return a step at which its multiplier, if it has one, is on."""
    early, late = (Draw(0, Position(2, 3), progress, (28, 28)) for progress in PROGRESS)
    multiplier = outcomes(record, early, record.typical).get("multiplier")
    off = multiplier is not None and torch.equal(multiplier, torch.ones_like(multiplier))
    return late if off else early


def _unbiased(record: Regulariser) -> str | None:
    if not (record.hidden or record.weights):
        return None
    here = _place(record)
    for strength in (record.typical, (record.typical + record.null) / 2):
        if not math.isfinite(strength):
            continue
        draws = (replace(here, seed=seed) for seed in range(1, CALLS + 1))
        means = np.array([outcomes(record, draw, strength)["multiplier"].double().mean().item() for draw in draws])
        room = float(stats.t.isf(FALSE_ALARM / 2, CALLS - 1) * means.std(ddof=1) / math.sqrt(CALLS)) + ROUNDING
        if not abs(means.mean() - 1) <= room:
            return (
                f"at {strength:g} the mean of its multiplier is {means.mean():.4g}, not 1 to within {room:.2g}:"
                " evaluation is without it, and sees other activations"
            )
    return None


def _finite(record: Regulariser) -> str | None:
    for progress in PROGRESS:
        draw = Draw(0, Position(2, 3), progress, (28, 28))
        for strength in _grid(record):
            for hook, numbers in outcomes(record, draw, strength).items():
                if not numbers.isfinite().all():
                    return f"{hook}: at {strength:g} it gives numbers that are not finite"
    return None


def _grid(record: Regulariser) -> Iterator[float]:
    """Yield strengths from the least to the greatest, as far as these are finite."""
    far = FAR * max(abs(record.typical), 1.0)
    low, high = max(record.low, -far), min(record.high, far)
    for strength in (*np.linspace(low, high, STEPS).tolist(), record.typical):
        yield float(round(strength)) if record.whole else strength


NUMBER_LAWS = (
    Law("draw", "numbers are fresh for each step, epoch, layer and seed, and the same in a second call", _drawn),
    Law("mean", "the mean of a multiplier is 1", _unbiased),
    Law("finite", "from the least to the greatest strength every number is finite", _finite),
)
