"""When trials collapse: Kaplan and Meier's curve of each condition, and its comparison with the control in pairs."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from analysis.methods.multiplicity import holm
from analysis.methods.sign_flip import flip, single_step
from analysis.tables.pairing import Pairs, pair
from bench.schema import is_at_chance

NOTE = (
    "The log-rank test takes trials as independent, and trials of one seed are not: its scores are compared within "
    "seeds by exact sign flips"
)


@dataclass(frozen=True)
class Followed:
    """A trial followed over its epochs: the epoch at which it collapsed, or the last one that it was seen at.

    `from_curve` is false where a diverged trial's curve does not show when: its last epoch stands in.
    """

    condition: str
    seed: int
    epoch: int
    collapsed: bool
    from_curve: bool = True


def collapse(epochs: np.ndarray, accuracy: np.ndarray, losses: np.ndarray, chance: float | None) -> int | None:
    """Return the first epoch from which a trial stays collapsed up to its last; None where it ends well.

    Parameters
    ----------
    epochs : ndarray of int, [e]
        Ascending.
    accuracy : ndarray, [e]
        Test accuracy after each epoch, a fraction.
    losses : ndarray, [e, l]
        Those that the curve has; one that is no finite number is a collapse.
    chance : float or None
        Accuracy of guessing; None leaves the losses alone to tell.
    """
    bad = ~np.isfinite(losses).all(axis=1) | is_at_chance(accuracy, chance)
    well = np.flatnonzero(~bad)
    first = 0 if not len(well) else int(well[-1]) + 1
    return int(epochs[first]) if first < len(epochs) else None


def survival(
    followed: Sequence[Followed], conditions: Sequence[str], control: str, alpha: float
) -> dict[str, Any] | None:
    """Return the curves of `conditions`, each against `control`; None where none of their trials collapsed.

    Notes
    -----
    Product-limit estimate (Kaplan and Meier 1958), its variance by Greenwood (1926), pointwise intervals by log(-log)
    (`scipy.stats.ecdf`). A trial that does not collapse is censored at its last epoch. p is of the log-rank scores
    (Peto and Peto 1972) of both arms pooled: collapsed minus the hazard accumulated up to its epoch. Within a seed the
    arms are exchangeable under the null hypothesis, so the difference of their scores is as likely as its negative.
    """
    mine = [each for each in followed if each.condition in conditions]
    if not any(each.collapsed for each in mine):
        return None
    by_condition = {label: [each for each in mine if each.condition == label] for label in conditions}
    last = max(each.epoch for each in mine)
    others = [label for label in conditions if label != control] if control in conditions else []
    pairs = {label: _pairs(by_condition[label], by_condition[control]) for label in others}
    p = {label: _p(each) for label, each in pairs.items() if each.differences.any()}
    adjusted = dict(zip(p, holm(list(p.values())), strict=True))
    return {
        "alpha": alpha,
        "control": control,
        "last_epoch": last,
        "note": NOTE,
        "curves": [
            {"condition": label, "n": len(trials), "collapsed": sum(each.collapsed for each in trials)}
            | {"not_from_curve": sum(not each.from_curve for each in trials)}
            | curve(trials, alpha)
            | {"n_pairs": pairs[label].n if label in pairs else None}
            | {"p_log_rank": p.get(label), "p_log_rank_holm": adjusted.get(label)}
            for label, trials in by_condition.items()
        ],
    }


def curve(trials: Sequence[Followed], alpha: float) -> dict[str, list[Any]]:
    """Return ``epochs``, ``survival``, ``low``, ``high`` and ``at_risk`` at every epoch at which a trial left.

    low and high are null where the interval is not defined: before the first collapse, and after the last trial's.
    """
    names = ("epochs", "survival", "low", "high", "at_risk")
    if not trials:
        return {name: [] for name in names}
    times = np.array([each.epoch for each in trials], float)
    event = np.array([each.collapsed for each in trials])
    estimate = stats.ecdf(stats.CensoredData(uncensored=times[event], right=times[~event])).sf
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)  # where it is not defined it is null
        ends = estimate.confidence_interval(1 - alpha, method="log-log")
    low, high = (
        [float(each) if np.isfinite(each) else None for each in end]
        for end in (ends.low.probabilities, ends.high.probabilities)
    )
    at_risk = [int((times >= epoch).sum()) for epoch in estimate.quantiles]
    values = (
        [int(epoch) for epoch in estimate.quantiles],
        list(map(float, estimate.probabilities)),
        low,
        high,
        at_risk,
    )
    return dict(zip(names, values, strict=True))


def scores(times: np.ndarray, event: np.ndarray) -> np.ndarray:
    """Return the log-rank scores [n]: event minus Nelson and Aalen's hazard up to the time; they add up to 0."""
    epochs = np.unique(times[event])
    died = np.array([(times[event] == epoch).sum() for epoch in epochs])
    at_risk = np.array([(times >= epoch).sum() for epoch in epochs])
    hazard = np.concatenate([[0.0], np.cumsum(died / at_risk)])
    return event - hazard[np.searchsorted(epochs, times, side="right")]


def _pairs(condition: Sequence[Followed], control: Sequence[Followed]) -> Pairs:
    """Return the log-rank scores of two arms paired by seed."""
    here, there = ({each.seed: each for each in arm} for arm in (condition, control))
    seeds = sorted(here.keys() & there.keys())
    both = [here[seed] for seed in seeds] + [there[seed] for seed in seeds]
    found = scores(np.array([each.epoch for each in both], float), np.array([each.collapsed for each in both], bool))
    names = (condition[0].condition if condition else "", control[0].condition if control else "")
    return pair(names, seeds, found[: len(seeds)], found[len(seeds) :])


def _p(pairs: Pairs) -> float:
    """Return the sign-flip p of differences that are not all 0; those that are all alike are evidence too."""
    return float(single_step(flip(pairs.differences[:, None], np.array([pairs.resolution])))[0])


def of_label(found: Mapping[str, Any], condition: str) -> Mapping[str, Any]:
    """Return the curve of a condition."""
    return next(each for each in found["curves"] if each["condition"] == condition)
