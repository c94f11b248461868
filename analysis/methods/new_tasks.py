"""The mean difference over tasks of this kind, of which the tasks at hand are a sample: random effects."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from analysis.methods import verdict
from analysis.methods.estimands import Ends, both
from analysis.methods.p_value import probability
from analysis.methods.result import Finding
from analysis.methods.these_tasks import OverTasks, decided
from analysis.tables.question import Question

FEWEST = 3
"""Tasks below which nothing is shown of others."""

_GRID = 48
_HALVINGS = 80
_ROUNDING = 1e-9
"""Log-likelihoods that differ by less are the same."""
_SAME = 1e-12
"""Estimates that differ by less than this share of the largest are the same."""
_NOTHING = 1e-6
"""Share of the squared range of the estimates up to which a variance between tasks is none."""


@dataclass(frozen=True, kw_only=True)
class NewTasks(OverTasks):
    """The mean over tasks of this kind.

    Parameters
    ----------
    tau : float or None
        Standard deviation of the true differences between tasks.
    i2 : float or None
        Share of the variance of the estimates that is between tasks.
    prediction_low, prediction_high : float or None
        Interval of the true difference on a new task.
    """

    tau: float | None = None
    i2: float | None = None
    prediction_low: float | None = None
    prediction_high: float | None = None


@dataclass(frozen=True, eq=False)
class RandomEffects:
    """Estimates y [T] of tasks, with their sampling variances v [T], about a mean that has a variance tau2 of its own.

    Notes
    -----
    tau2 by restricted maximum likelihood; the mean weighs w = 1 / (v + tau2); its variance is
    ``sum w (y - mean)^2 / ((T - 1) sum w)`` with T - 1 degrees of freedom (Hartung and Knapp 2001, Statistics in
    Medicine 20, 3875-3889), not truncated. i2 and prediction interval as metafor has them (Viechtbauer 2010, Journal
    of Statistical Software 36(3)).
    """

    estimates: np.ndarray
    variances: np.ndarray
    tau2: float

    @property
    def df(self) -> int:
        """Degrees of freedom."""
        return len(self.estimates) - 1

    @property
    def weights(self) -> np.ndarray:
        """Weight of each task, [T]."""
        return 1 / (self.variances + self.tau2)

    @property
    def mean(self) -> float:
        """The weighted mean."""
        return float(np.average(self.estimates, weights=self.weights))

    @property
    def standard_error(self) -> float:
        """Standard error of the mean, by Hartung and Knapp."""
        w = self.weights
        return math.sqrt(float(np.sum(w * (self.estimates - self.mean) ** 2)) / (self.df * float(np.sum(w))))

    @property
    def i2(self) -> float:
        """Share of the variance between tasks: tau2 / (tau2 + v), v the typical sampling variance."""
        if not self.tau2:
            return 0.0
        if not self.variances.all():
            return 1.0
        w = 1 / self.variances
        typical = self.df / (np.sum(w) - np.sum(w**2) / np.sum(w))
        return float(self.tau2 / (self.tau2 + typical))

    def ends(self, alpha: float) -> Ends:
        """Return the interval of the mean at 1 - alpha."""
        return self._around(alpha, self.standard_error)

    def predicted(self, alpha: float) -> Ends:
        """Return the interval of the true difference on a new task at 1 - alpha."""
        return self._around(alpha, math.hypot(self.standard_error, math.sqrt(self.tau2)))

    def reach_with_fixed_effects(self, alpha: float) -> float:
        """Return the half width that the interval would have did the tasks not differ."""
        if not self.variances.all():
            return 0.0
        return -float(special.ndtri(alpha / 2)) / math.sqrt(float(np.sum(1 / self.variances)))

    @property
    def p(self) -> float:
        """Two-sided p of a mean of 0."""
        return 2 * float(special.stdtr(self.df, -abs(self.mean) / self.standard_error))

    def _around(self, alpha: float, error: float) -> Ends:
        reach = -float(special.stdtrit(self.df, alpha / 2)) * error
        return self.mean - reach, self.mean + reach


def between_tasks(estimates: np.ndarray, variances: np.ndarray) -> np.ndarray:
    """Return the variance between tasks by restricted maximum likelihood, [...].

    Parameters
    ----------
    estimates, variances : ndarray of float64, [..., T]
        Estimates of T tasks and their sampling variances, of any number of studies.

    Notes
    -----
    The likelihood is compared on a grid from 0 to half the squared range of the estimates, above which it falls; about
    the best point its slope is followed to 0 by halving.
    """
    y, v = np.broadcast_arrays(np.asarray(estimates, float), np.asarray(variances, float))
    spread = np.ptp(y, axis=-1) ** 2 / 2
    grid = np.concatenate([[0.0], np.geomspace(1e-9, 1.0, _GRID - 1)]).reshape(-1, *[1] * spread.ndim) * spread
    likelihood = _log_likelihood(y, v, grid)
    best = np.argmax(likelihood, axis=0)[None]
    at_zero = likelihood[0] >= likelihood.max(axis=0) - _ROUNDING
    low, high = (np.take_along_axis(grid, np.clip(best + step, 0, _GRID - 1), 0)[0] for step in (-1, 1))
    falls = _slope(y, v, np.zeros_like(spread)) <= 0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        rises = _slope(y, v, middle) > 0
        low, high = np.where(rises, middle, low), np.where(rises, high, middle)
    return np.where(at_zero & falls | (spread == 0), 0.0, (low + high) / 2)


def _log_likelihood(y: np.ndarray, v: np.ndarray, tau2: np.ndarray) -> np.ndarray:
    """Return the restricted log-likelihood but for a constant; -inf where a task would have no variance at all."""
    total = v + tau2[..., None]
    with np.errstate(divide="ignore", invalid="ignore"):
        w = 1 / total
        mean = np.sum(w * y, axis=-1, keepdims=True) / np.sum(w, axis=-1, keepdims=True)
        found = -(np.sum(np.log(total), -1) + np.log(np.sum(w, -1)) + np.sum(w * (y - mean) ** 2, -1)) / 2
    return np.where((total > 0).all(-1), found, -np.inf)


def _slope(y: np.ndarray, v: np.ndarray, tau2: np.ndarray) -> np.ndarray:
    """Return the derivative of the restricted log-likelihood; positive where a task would have no variance at all."""
    total = v + tau2[..., None]
    with np.errstate(divide="ignore", invalid="ignore"):
        w = 1 / total
        whole = np.sum(w, -1)
        mean = np.sum(w * y, axis=-1, keepdims=True) / whole[..., None]
        found = np.sum(w**2 * (y - mean) ** 2, -1) - whole + np.sum(w**2, -1) / whole
    return np.where((total > 0).all(-1), found, np.inf)


def new_tasks(estimates: np.ndarray, errors: np.ndarray, asked: Question, size: int) -> Finding[NewTasks]:
    """Return what one condition shows of new tasks of this kind.

    Parameters
    ----------
    estimates, errors : ndarray of float64, [T]
        Estimate of each task, and its standard error.
    asked : Question
    size : int
        Conditions in the family over tasks: errors are divided by it (Bonferroni), those of the prediction too.
    """
    why = _why_none(estimates)
    if why is None and not np.isfinite(errors).all():
        why = "a task has no interval of its own, or one without limit"
    if why is not None:
        return _nothing(why)
    if _are_same(estimates):
        return _of_one_value(estimates, NewTasks(tau=0.0, i2=0.0))
    tau2 = float(between_tasks(estimates, errors**2))
    if not errors.all() and tau2 <= _NOTHING * float(np.ptp(estimates)) ** 2:
        return _nothing("differences do not vary with the seed on some tasks, and do not differ between tasks")
    found = RandomEffects(estimates, errors**2, tau2)
    shown = _of_mean(found, asked, size)
    low, high = found.predicted(asked.alpha / size)
    assert shown.low is not None and shown.high is not None
    narrow = (shown.high - shown.low) / 2 < found.reach_with_fixed_effects(asked.alpha / size)
    note = "the interval for new tasks is narrower than it would be did the tasks not differ: they happen to agree"
    return Finding(
        replace(shown, tau=math.sqrt(tau2), i2=found.i2, prediction_low=low, prediction_high=high),
        (note,) if narrow else (),
    )


def tasks_alone(estimates: np.ndarray, asked: Question, size: int) -> Finding[NewTasks]:
    """Return what one condition shows of new tasks where no error of a single task is known: the task is the unit.

    Parameters
    ----------
    estimates : ndarray of float64, [T]
        Estimate of each task, as of one run of each condition.
    asked, size
        As `new_tasks` takes them.

    Notes
    -----
    The t interval of T values on T - 1 degrees of freedom: random effects in which all tasks weigh the same. What seeds
    and tasks each add to the spread of the estimates is not known, so there is no tau and no prediction.
    """
    why = _why_none(estimates)
    if why is not None:
        return _nothing(why)
    if _are_same(estimates):
        return _of_one_value(estimates, NewTasks())
    return Finding(_of_mean(RandomEffects(estimates, np.zeros_like(estimates), 1.0), asked, size))


def _why_none(estimates: np.ndarray) -> str | None:
    """Return why estimates show nothing of new tasks; None where they may."""
    if len(estimates) < FEWEST:
        return f"{len(estimates)} tasks; new tasks of this kind need at least {FEWEST}"
    return None if np.isfinite(estimates).all() else "a task has no interval of its own, or one without limit"


def _are_same(estimates: np.ndarray) -> bool:
    return bool(np.ptp(estimates) <= _SAME * np.abs(estimates).max())


def _of_one_value(estimates: np.ndarray, found: NewTasks) -> Finding[NewTasks]:
    same = replace(found, estimate=float(estimates[0]), verdict=verdict.CANNOT_TEST)
    return _because(same, f"the estimates of all {len(estimates)} tasks are the same")


def _of_mean(found: RandomEffects, asked: Question, size: int) -> NewTasks:
    """Return the mean with its intervals and p, as one of the family."""
    interval = both(lambda alpha: found.ends(alpha / size), asked.alpha)
    assert interval is not None
    return NewTasks(
        estimate=found.mean,
        low=interval.low,
        high=interval.high,
        low_90=interval.low_90,
        high_90=interval.high_90,
        p=probability(size * found.p),
        verdict=decided(interval, asked),
    )


def _nothing(why: str) -> Finding[NewTasks]:
    return _because(NewTasks(verdict=verdict.CANNOT_TEST), why)


def _because(found: NewTasks, why: str) -> Finding[NewTasks]:
    return Finding(replace(found, reason=why), (f"new tasks: {why}",))
