"""Performance profiles: the share of single runs on all tasks that is better than each of many thresholds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.base.records import Record
from bench.schema.known_metrics import LOWER, Direction

THRESHOLDS = 121
_REACH = 3.0
"""Thresholds span the middle half of all runs and this many times its width beyond either end, no further."""


@dataclass(frozen=True, kw_only=True)
class PerformanceProfile(Record):
    """The runs of one condition on all tasks: descriptive.

    Parameters
    ----------
    condition : str
    n_tasks, n_runs : int
    thresholds : tuple of float
    share, low, high : tuple of float
        Share of the runs that is better than each threshold, and the ends of its pointwise band.
    """

    condition: str
    n_tasks: int
    n_runs: int
    thresholds: tuple[float, ...]
    share: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


def performance_profiles(
    by_condition: Mapping[str, Sequence[np.ndarray]], alpha: float, direction: Direction | None
) -> tuple[PerformanceProfile, ...]:
    """Return the profile of every condition, all at the same thresholds.

    Parameters
    ----------
    by_condition : mapping of condition to an array [n] of values for each task
        Infinite where a run lost to every other.
    alpha : float
    direction : {"higher", "lower"} or None
        Which values are better; without it the greater ones count as better.

    Notes
    -----
    The profile of Agarwal et al. 2021 (Advances in Neural Information Processing Systems 34). Its band by the
    stratified bootstrap needs no draws: runs drawn again with replacement within a task exceed a threshold Binomial(n,
    share of the task) times, and the sum over tasks has a distribution that is computed exactly.
    """
    sign = -1.0 if direction == LOWER else 1.0
    thresholds = _thresholds(np.concatenate([each for runs in by_condition.values() for each in runs]))
    found = []
    for label, runs in by_condition.items():
        sizes = np.array([len(each) for each in runs])
        better = np.array([(sign * each > sign * thresholds[:, None]).sum(axis=1) for each in runs]).T
        bands = {tuple(row): _band(row / sizes, sizes, alpha) for row in np.unique(better, axis=0)}
        low, high = zip(*(bands[tuple(row)] for row in better), strict=True)
        found.append(
            PerformanceProfile(
                condition=label,
                n_tasks=len(runs),
                n_runs=int(sizes.sum()),
                thresholds=tuple(map(float, thresholds)),
                share=tuple(float(each) for each in better.sum(axis=1) / sizes.sum()),
                low=low,
                high=high,
            )
        )
    return tuple(found)


def _thresholds(values: np.ndarray) -> np.ndarray:
    known = values[np.isfinite(values)]
    lower, upper = np.quantile(known, (0.25, 0.75)) if len(known) else (0.0, 0.0)
    room = _REACH * (upper - lower)
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 0.0)
    if room:
        low, high = max(low, float(lower) - room), min(high, float(upper) + room)
    pad = 0.02 * (high - low)
    return np.linspace(low - pad, high + pad, THRESHOLDS)


def _band(shares: np.ndarray, sizes: np.ndarray, alpha: float) -> tuple[float, float]:
    """Return the quantiles of the share of all runs, of which each task's are Binomial(size, share)."""
    number = int(sizes.sum())
    turns = np.exp(2j * np.pi * np.arange(number + 1) / (number + 1))
    transform = np.prod((1 - shares + shares * turns[:, None]) ** sizes, axis=1)
    below = np.cumsum(np.fft.fft(transform).real / (number + 1))
    low, high = (int(np.searchsorted(below, level - _ROUNDING)) for level in (alpha / 2, 1 - alpha / 2))
    return low / number, min(high, number) / number


_ROUNDING = 1e-10
