"""When trials collapse: Kaplan and Meier's curve of each condition, and its comparison with the control in pairs."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.base.records import Record
from analysis.methods.multiplicity import holm
from analysis.methods.sign_flip import flip, single_step
from analysis.tables.pairing import Pairs, pair
from bench.schema import has_diverged, is_at_chance

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


@dataclass(frozen=True, kw_only=True)
class Curve(Record):
    """Product-limit estimate of the share of trials that have not collapsed, at every epoch at which a trial left.

    Parameters
    ----------
    epochs : tuple of int
        Ascending.
    survival : tuple of float
        Share that has not collapsed after each epoch.
    low, high : tuple of float or None
        Ends of the pointwise interval; None before the first collapse, and after the last trial's.
    at_risk : tuple of int
        Trials that had neither collapsed nor ended before each epoch.
    """

    epochs: tuple[int, ...] = ()
    survival: tuple[float, ...] = ()
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()
    at_risk: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ConditionCurve(Curve):
    """Curve of a condition, and its comparison with the control.

    Parameters
    ----------
    condition : str
    n, collapsed : int
        Trials followed, and those of them that collapsed.
    not_from_curve : int
        Diverged trials whose curve does not show when.
    n_pairs : int or None
        Seeds that the control has too; None for the control.
    p_log_rank, p_log_rank_holm : float or None
        p of the log-rank scores within seeds, and adjusted over conditions; None where no pair differs.
    """

    condition: str
    n: int
    collapsed: int
    not_from_curve: int
    n_pairs: int | None = None
    p_log_rank: float | None = None
    p_log_rank_holm: float | None = None


@dataclass(frozen=True, kw_only=True)
class Survival(Record):
    """Curves of collapse of several conditions.

    Parameters
    ----------
    alpha : float
        Error rate of each pointwise interval.
    control : str
    last_epoch : int
        The last one at which any trial was seen.
    note : str
        How conditions are compared.
    curves : tuple of ConditionCurve
    """

    alpha: float
    control: str
    last_epoch: int
    note: str
    curves: tuple[ConditionCurve, ...]

    def of(self, condition: str) -> ConditionCurve:
        """Return the curve of a condition."""
        return next(each for each in self.curves if each.condition == condition)


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
    bad = has_diverged(np.isfinite(losses).all(axis=1), is_at_chance(accuracy, chance), stays_at_chance=False)
    well = np.flatnonzero(~bad)
    first = 0 if not len(well) else int(well[-1]) + 1
    return int(epochs[first]) if first < len(epochs) else None


def survival(followed: Sequence[Followed], conditions: Sequence[str], control: str, alpha: float) -> Survival | None:
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
    return Survival(
        alpha=alpha,
        control=control,
        last_epoch=last,
        note=NOTE,
        curves=tuple(
            _of_condition(label, trials, alpha, pairs.get(label), (p.get(label), adjusted.get(label)))
            for label, trials in by_condition.items()
        ),
    )


def _of_condition(
    label: str,
    trials: Sequence[Followed],
    alpha: float,
    pairs: Pairs | None,
    p: tuple[float | None, float | None],
) -> ConditionCurve:
    """Return the curve of a condition; `p` before and after Holm's adjustment."""
    estimate = curve(trials, alpha)
    return ConditionCurve(
        condition=label,
        n=len(trials),
        collapsed=sum(each.collapsed for each in trials),
        not_from_curve=sum(not each.from_curve for each in trials),
        epochs=estimate.epochs,
        survival=estimate.survival,
        low=estimate.low,
        high=estimate.high,
        at_risk=estimate.at_risk,
        n_pairs=None if pairs is None else pairs.n,
        p_log_rank=p[0],
        p_log_rank_holm=p[1],
    )


def curve(trials: Sequence[Followed], alpha: float) -> Curve:
    """Return the product-limit estimate of `trials`, with intervals at 1 - alpha."""
    if not trials:
        return Curve()
    times = np.array([each.epoch for each in trials], float)
    event = np.array([each.collapsed for each in trials])
    from scipy import stats  # noqa: PLC0415 - slow to import, and few studies have trials that collapse

    estimate = stats.ecdf(stats.CensoredData(uncensored=times[event], right=times[~event])).sf
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)  # where it is not defined it is null
        ends = estimate.confidence_interval(1 - alpha, method="log-log")
    low, high = (
        tuple(float(each) if np.isfinite(each) else None for each in end)
        for end in (ends.low.probabilities, ends.high.probabilities)
    )
    return Curve(
        epochs=tuple(int(epoch) for epoch in estimate.quantiles),
        survival=tuple(map(float, estimate.probabilities)),
        low=low,
        high=high,
        at_risk=tuple(int((times >= epoch).sum()) for epoch in estimate.quantiles),
    )


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
