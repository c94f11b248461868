"""Which part of a change of the running gap is a measurement artefact, and what is left with dropout off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import special

from analysis.base.records import Record
from analysis.methods.fieller import ratio_set
from analysis.tables.pairing import varies


@dataclass(frozen=True, kw_only=True)
class GapSplit(Record):
    """Change of the running gap of a condition against the control, split by what it is owed to.

    Parameters
    ----------
    condition : str
    n : int
        Seeds with both gaps in both arms; every number is a fraction, and None where there are none.
    running_change, clean_change : float or None
        Mean change of the running and of the clean gap.
    measuring_change, measuring_low, measuring_high : float or None
        Mean of what measuring adds, with its t interval; None where it does not vary.
    clean_share, clean_share_low, clean_share_high : float or None
        Clean over running change with Fieller's set; None where that is unbounded.
    """

    condition: str
    n: int
    running_change: float | None = None
    clean_change: float | None = None
    measuring_change: float | None = None
    measuring_low: float | None = None
    measuring_high: float | None = None
    clean_share: float | None = None
    clean_share_low: float | None = None
    clean_share_high: float | None = None


Differences = Mapping[Any, float]
"""Condition minus control by seed."""


def gap_splits(running: Mapping[str, Differences], clean: Mapping[str, Differences], alpha: float) -> list[GapSplit]:
    """Return the split of each condition that both gaps have, over the seeds that both have.

    Notes
    -----
    Each seed's change of the running gap is its change of the clean gap plus what is owed to measuring: the running
    accuracy is averaged over the epoch, weights moving and noise on. measuring_*: mean of that difference, in
    fractions, with its t interval at 1 - `alpha`. clean_share_*: change of the clean gap over that of the running gap,
    with Fieller's set; null where it is unbounded, that is where the running gap may not have changed at all. Both are
    over seeds, for this test set, and for each condition alone.
    """
    return [_split(label, of, clean[label], alpha) for label, of in running.items() if label in clean]


def _split(condition: str, running: Differences, clean: Differences, alpha: float) -> GapSplit:
    seeds = sorted(running.keys() & clean.keys())
    if not seeds:
        return GapSplit(condition=condition, n=0)
    changes = np.array([[clean[seed] for seed in seeds], [running[seed] for seed in seeds]])
    means, owed = changes.mean(axis=1), changes[1] - changes[0]
    found = GapSplit(
        condition=condition,
        n=len(seeds),
        running_change=float(means[1]),
        clean_change=float(means[0]),
        measuring_change=float(owed.mean()),
    )
    if len(seeds) < 2 or not varies(owed, float(np.finfo(float).eps)):
        return found
    t = -float(special.stdtrit(len(seeds) - 1, alpha / 2))
    reach = t * float(owed.std(ddof=1)) / len(seeds) ** 0.5
    found = replace(found, measuring_low=float(owed.mean()) - reach, measuring_high=float(owed.mean()) + reach)
    ends = ratio_set(means, np.cov(changes) / len(seeds), t)
    if ends is None:
        return found
    share = float(means[0] / means[1])
    return replace(found, clean_share=share, clean_share_low=ends[0], clean_share_high=ends[1])
