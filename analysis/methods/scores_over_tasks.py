"""Scores of single runs over all tasks: their interquartile mean, and how probably one run beats another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.base.records import Record
from analysis.methods.summary import trimmed_mean
from bench.schema.known_metrics import LOWER, Direction

RESAMPLES, BOOTSTRAP_SEED = 2_000, 20_261_129
TRIMMED = 0.25
"""Share of the runs that is left out at each end."""

FEWEST_RUNS = 3
"""Runs of a condition on a task below which drawing them again shows no spread."""

Runs = Sequence[np.ndarray]
"""Values of the runs of one condition, an array [n] for each task."""


@dataclass(frozen=True, kw_only=True)
class ScoresOverTasks(Record):
    """How the runs of one condition score over all tasks: descriptive.

    Parameters
    ----------
    condition : str
    n_tasks, n_runs : int
    interquartile_mean, interquartile_mean_low, interquartile_mean_high : float or None
        Mean of the middle half of the runs on all tasks, and its interval by the stratified bootstrap; None where the
        tasks have no common scale, and without limit; no interval where all draws are the same.
    improvement, improvement_low, improvement_high : float or None
        Probability that a run is better than one of the control on the same task, averaged over the tasks; None for
        the control, and where it is not known which values are better.
    """

    condition: str
    n_tasks: int
    n_runs: int
    interquartile_mean: float | None = None
    interquartile_mean_low: float | None = None
    interquartile_mean_high: float | None = None
    improvement: float | None = None
    improvement_low: float | None = None
    improvement_high: float | None = None


def interquartile_mean(runs: Runs) -> float:
    """Return the mean of the runs on all tasks without the quarter at each end.

    Of N runs floor(N / 4) are left out at each end (Agarwal et al. 2021, Advances in Neural Information Processing
    Systems 34).
    """
    return float(_middle(np.concatenate(runs)))


def improvement(runs: Runs, of_control: Runs) -> float:
    """Return the mean over tasks of P(a run is above one of the control), ties half: U / (n m) of Mann and Whitney."""
    return float(np.mean([_above(a, b) for a, b in zip(runs, of_control, strict=True)]))


def scores_over_tasks(
    by_condition: Mapping[str, Runs],
    control: Mapping[str, Runs],
    alpha: float,
    direction: Direction | None,
    common_scale: bool,
) -> tuple[ScoresOverTasks, ...]:
    """Return the scores of every condition, with percentile intervals at 1 - alpha.

    Runs are drawn again with replacement within each task and condition (stratified bootstrap).

    Parameters
    ----------
    by_condition : mapping of condition to Runs
        On the tasks that it has.
    control : mapping of condition to Runs
        Runs of the control on the same tasks; nothing for the control itself.
    alpha : float
    direction : {"higher", "lower"} or None
    common_scale : bool
        Whether values on different tasks can be averaged.
    """
    found = []
    for label, runs in by_condition.items():
        rng = np.random.default_rng([BOOTSTRAP_SEED, *label.encode()])
        drawn = [_drawn(each, rng) for each in runs]
        scores: dict[str, float | None] = {}
        spread = min(map(len, [*runs, *control.get(label, ())])) >= FEWEST_RUNS
        if common_scale:
            middle = _middle(np.concatenate(drawn, axis=-1))
            scores |= _told("interquartile_mean", interquartile_mean(runs), middle if spread else None, alpha)
        if label in control and direction is not None:
            sign = -1.0 if direction == LOWER else 1.0
            others = control[label]
            each = [_above(sign * a, sign * _drawn(b, rng)) for a, b in zip(drawn, others, strict=True)]
            estimate = improvement([sign * a for a in runs], [sign * b for b in others])
            scores |= _told("improvement", estimate, np.mean(each, axis=0) if spread else None, alpha)
        number = sum(map(len, runs))
        found.append(ScoresOverTasks(condition=label, n_tasks=len(runs), n_runs=number, **scores))
    return tuple(found)


def _drawn(values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return values[rng.integers(0, len(values), (RESAMPLES, len(values)))]


def _middle(values: np.ndarray) -> np.ndarray:
    """Return the mean of the middle half along the last axis."""
    return trimmed_mean(values, TRIMMED)


def _above(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the share of pairs [..., n, m] in which `a` [..., n] is above `b` [..., m], ties half, [...]."""
    first, second = a[..., :, None], b[..., None, :]
    return ((first > second).mean(axis=(-2, -1)) + (first >= second).mean(axis=(-2, -1))) / 2


def _told(name: str, estimate: float, drawn: np.ndarray | None, alpha: float) -> dict[str, float | None]:
    if (
        drawn is None or (drawn == drawn[0]).all()
    ):  # draws that are all alike show no spread, and not that there is none
        return {name: estimate if np.isfinite(estimate) else None}
    with np.errstate(invalid="ignore"):
        low, high = np.quantile(drawn, (alpha / 2, 1 - alpha / 2))
    ends = {name: estimate, f"{name}_low": float(low), f"{name}_high": float(high)}
    return {key: value if np.isfinite(value) else None for key, value in ends.items()}
