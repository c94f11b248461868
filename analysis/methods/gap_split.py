"""What a change of the running gap owes to the way of measuring, and what is left of it with dropout off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy import stats

from analysis.methods.fieller import ratio_set
from analysis.tables.pairing import varies

KEYS = (
    "condition", "n", "running_change", "clean_change",
    "measuring_change", "measuring_low", "measuring_high", "clean_share", "clean_share_low", "clean_share_high",
)  # fmt: skip

Differences = Mapping[int, float]
"""Condition minus control by seed."""


def gap_splits(
    running: Mapping[str, Differences], clean: Mapping[str, Differences], alpha: float
) -> list[dict[str, Any]]:
    """Return the keys of `KEYS` for each condition that two comparisons have in common, over common seeds.

    Notes
    -----
    Each seed's change of the running gap is its change of the clean gap plus what is owed to measuring: the running
    accuracy is averaged over the epoch, weights moving and noise on. measuring_*: mean of that difference, in
    fractions, with its t interval at 1 - `alpha`. clean_share_*: change of the clean gap over that of the running gap,
    with Fieller's set; null where it is unbounded, that is where the running gap may not have changed at all. Both are
    over seeds, for this test set, and for each condition alone.
    """
    return [_split(label, each, clean[label], alpha) for label, each in running.items() if label in clean]


def _split(condition: str, running: Differences, clean: Differences, alpha: float) -> dict[str, Any]:
    seeds = sorted(running.keys() & clean.keys())
    found: dict[str, Any] = dict.fromkeys(KEYS) | {"condition": condition, "n": len(seeds)}
    if not seeds:
        return found
    changes = np.array([[clean[seed] for seed in seeds], [running[seed] for seed in seeds]])
    means, owed = changes.mean(axis=1), changes[1] - changes[0]
    found |= {"clean_change": float(means[0]), "running_change": float(means[1])}
    found["measuring_change"] = float(owed.mean())
    if len(seeds) < 2 or not varies(owed, float(np.finfo(float).eps)):
        return found
    t = float(stats.t.isf(alpha / 2, len(seeds) - 1))
    reach = t * float(owed.std(ddof=1)) / len(seeds) ** 0.5
    found |= {"measuring_low": float(owed.mean()) - reach, "measuring_high": float(owed.mean()) + reach}
    ends = ratio_set(means, np.cov(changes) / len(seeds), t)
    if ends is not None:
        found |= {"clean_share": float(means[0] / means[1]), "clean_share_low": ends[0], "clean_share_high": ends[1]}
    return found
