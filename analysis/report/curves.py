"""Curves of a pool of trials: bands over the seeds that trained, the runs that did not and when, and hidden units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from analysis.figures.evidence import Band, Curves, Run, Trial
from analysis.methods.recorded_units import Recorded, layer_of, points
from analysis.methods.survival import Followed, collapse
from analysis.tables.curves import Curve, curves_of

LOSSES = ("running_train_loss", "test_loss")
QUANTITIES = ("running_train_loss", "running_train_accuracy", "test_accuracy", "train_accuracy")


def read_curves(
    source: Path, in_rows: pa.Table | None, trials: Sequence[tuple[str, Trial]]
) -> list[tuple[Trial, Curve]]:
    """Return the curve of every trial, given with its id, that has one; the rest as `curves_of`."""
    found = curves_of(source, in_rows, [trial_id for trial_id, _ in trials])
    return [(trial, found[trial_id]) for trial_id, trial in trials if trial_id in found]


def drawn_curves(read: Sequence[tuple[Trial, Curve]]) -> Curves | None:
    """Return what is drawn of the curves, None where there are none.

    The band of a quantity at an epoch is the smallest, the median and the largest value over the seeds that trained.
    """
    points: dict[tuple[str, str], dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    broken = []
    for trial, curve in read:
        if trial.diverged:
            epochs = tuple(int(epoch) for epoch in curve["epoch"])
            broken.append(Run(trial.condition, trial.seed, epochs, tuple(map(float, curve["test_accuracy"]))))
            continue
        for quantity in QUANTITIES:
            known = np.isfinite(curve[quantity])
            for epoch, value in zip(curve["epoch"][known], curve[quantity][known], strict=True):
                points[trial.condition, quantity][int(epoch)].append(float(value))
    if not points and not broken:
        return None
    return Curves(tuple(_band(*names, by_epoch) for names, by_epoch in points.items() if by_epoch), tuple(broken))


def followed(read: Sequence[tuple[Trial, Curve]], chance: float | None) -> list[Followed]:
    """Return when each trial collapsed: whether it did is what the table says, and the curve says when."""
    found = []
    for trial, curve in read:
        if not len(curve["epoch"]):
            continue
        last = int(curve["epoch"][-1])
        losses = np.column_stack([curve[name] for name in LOSSES])
        when = collapse(curve["epoch"], curve["test_accuracy"], losses, chance) if trial.diverged else None
        seen = when is not None or not trial.diverged
        found.append(Followed(trial.condition, trial.seed, last if when is None else when, trial.diverged, seen))
    return found


def recorded(read: Sequence[tuple[Trial, Curve]]) -> list[Recorded]:
    """Return the statistics of hidden units of every trial whose curve has them."""
    found = []
    for trial, curve in read:
        layers = sorted({layer for name in curve if (layer := layer_of(name)) is not None})
        known = {layer: of for layer in layers if (of := points(curve["epoch"], curve, layer))}
        if known or (layers and trial.diverged):
            found.append(Recorded(trial.condition, trial.seed, trial.diverged, known))
    return found


def _band(condition: str, quantity: str, by_epoch: dict[int, list[float]]) -> Band:
    epochs = tuple(sorted(by_epoch))
    low, median, high = (tuple(float(of(by_epoch[epoch])) for epoch in epochs) for of in (np.min, np.median, np.max))
    return Band(condition, quantity, epochs, low, median, high)
