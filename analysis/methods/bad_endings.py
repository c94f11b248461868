"""Runs that end far below their own condition's median: how often, and against the control."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from analysis.base.notes import Note
from analysis.base.records import Record
from analysis.methods.failure_rates import clopper_pearson, mcnemar
from analysis.methods.multiplicity import holm
from analysis.tables.metric import Arm, Measured
from analysis.tables.question import Question
from bench.schema.known_metrics import is_fraction

THRESHOLDS = (0.02, 0.03, 0.05, 0.1, 0.2, 0.5)
"""Fractions at which bad endings are counted beside the rule's own."""

FEWEST = 5
"""Runs of a condition from which its median says where runs usually end."""

_ROUNDING = 1e-12


@dataclass(frozen=True, kw_only=True)
class AtThreshold(Record):
    """How many runs end worse than their condition's median by more than a threshold."""

    threshold: float
    n_bad: int


@dataclass(frozen=True, kw_only=True)
class BadEndings(Record):
    """How many of a condition's runs diverged, or ended far worse than its median; None where that is not known.

    Parameters
    ----------
    condition : str
    n : int
        Runs that ended.
    n_bad : int or None
        Those of them that ended badly; None below `FEWEST` runs, or without a direction of benefit.
    rate, rate_low, rate_high : float or None
        Their share, and its exact interval at 1 - alpha.
    p_mcnemar, p_holm : float or None
        Exact p of McNemar's test against the control, and adjusted over the family; None for the control.
    median_in_doubt : bool or None
        Whether the better quartile is above the median by more than the rule's threshold.
    by_threshold : tuple of AtThreshold
        The count at each of `THRESHOLDS`; empty for metrics that are no fractions.
    """

    condition: str
    n: int
    n_bad: int | None = None
    rate: float | None = None
    rate_low: float | None = None
    rate_high: float | None = None
    p_mcnemar: float | None = None
    p_holm: float | None = None
    median_in_doubt: bool | None = None
    by_threshold: tuple[AtThreshold, ...] = ()


@dataclass(frozen=True)
class Rule:
    """What a bad ending is: worse than the own median by more than `threshold`, in the metric's own unit."""

    threshold: float
    lower_is_better: bool
    scale: int | None = None

    def beyond(self, arm: Arm, threshold: float | None = None) -> np.ndarray:
        """Return which runs ended badly, bool [n].

        Compared in doubled integers where the metric is a count, else up to 1e-12; a diverged run ended badly.
        """
        value, limit = self._gain(arm), self._limit(2, self.threshold if threshold is None else threshold)
        trained = np.sort(value[~arm.diverged])
        if not len(trained):
            return arm.diverged.copy()
        doubled_median = trained[(len(trained) - 1) // 2] + trained[len(trained) // 2]
        return arm.diverged | (doubled_median - 2 * value > limit)

    def in_doubt(self, arm: Arm) -> bool:
        """Return whether the better quartile of the runs that trained is above the median by more than allowed."""
        trained = np.sort(self._gain(arm)[~arm.diverged])
        if not len(trained):
            return False
        doubled_median = trained[(len(trained) - 1) // 2] + trained[len(trained) // 2]
        whole, rest = divmod(3 * (len(trained) - 1), 4)
        quartile = 4 * trained[whole] + (rest * (trained[whole + 1] - trained[whole]) if rest else 0)
        return bool(quartile - 2 * doubled_median > self._limit(4, self.threshold))

    def _gain(self, arm: Arm) -> np.ndarray:
        """Return the metric, higher the better, in whole steps where it is a count."""
        value = arm.value if self.scale is None else arm.numerator
        return -value if self.lower_is_better else value

    def _limit(self, times: int, threshold: float) -> float:
        """Return the most that is allowed of `times` the shortfall: whole steps where the metric is a count."""
        if self.scale is None:
            return times * (threshold + _ROUNDING)
        return math.floor(times * self.scale * Fraction(repr(threshold)))


def bad_endings(measured: Measured, asked: Question, exempt: frozenset[str] = frozenset()) -> Mapping[str, BadEndings]:
    """Return the bad endings of every condition that is meant to train; none where there is no such rule.

    Parameters
    ----------
    measured : Measured
    asked : Question
        `bad_ending` is counted from the median of a condition's runs that did not diverge. Where it is not known which
        values are better there is no worse end.
    exempt : frozenset of str
        Negative controls.

    Notes
    -----
    Each condition's own median: a condition that is worse throughout has no bad endings for that. McNemar's exact test
    is on the seeds that a condition and the control share, its p adjusted by Holm over all conditions.
    """
    if asked.bad_ending is None:
        return {}
    control = asked.control
    kept = {label: arm for label, arm in measured.arms.items() if label not in exempt}
    if asked.lower_is_better is None:
        return {label: BadEndings(condition=label, n=len(arm.seeds)) for label, arm in kept.items()}
    rule = Rule(asked.bad_ending, asked.lower_is_better, measured.scale)
    levels = THRESHOLDS if is_fraction(measured.metric) else ()
    found = {label: _by_itself(label, arm, rule, asked.alpha, levels) for label, arm in kept.items()}
    if control not in kept or found[control].n_bad is None:
        return found
    against = [label for label, each in found.items() if label != control and each.n_bad is not None]
    p = [mcnemar(_discordant(kept[label], kept[control], rule)) for label in against]
    for label, raw, adjusted in zip(against, p, holm(p), strict=True):
        found[label] = replace(found[label], p_mcnemar=raw, p_holm=adjusted)
    return found


def notes(found: Mapping[str, BadEndings], metric: str, threshold: float | None) -> list[Note]:
    """Return warnings: where bad endings are not known, and where the median they are measured from is in doubt."""
    told = []
    for label, each in found.items():
        if each.n_bad is None and each.n < FEWEST:
            told.append(Note(f"{label}: bad endings are not known: {FEWEST} runs are needed, and it has {each.n}"))
        if each.median_in_doubt and threshold is not None:
            limit = f"{100 * threshold:g} points" if is_fraction(metric) else f"{threshold:g}"
            told.append(
                Note(
                    f"{label}: the median is in doubt: a quarter of the runs end more than {limit} better than it, so "
                    "up to half of the runs may have ended badly without being counted"
                )
            )
    return told


def _by_itself(label: str, arm: Arm, rule: Rule, alpha: float, levels: tuple[float, ...]) -> BadEndings:
    n = len(arm.seeds)
    if n < FEWEST:
        return BadEndings(condition=label, n=n)
    bad = int(rule.beyond(arm).sum())
    low, high = clopper_pearson(bad, n, alpha)
    return BadEndings(
        condition=label,
        n=n,
        n_bad=bad,
        rate=bad / n,
        rate_low=low,
        rate_high=high,
        median_in_doubt=rule.in_doubt(arm),
        by_threshold=tuple(AtThreshold(threshold=each, n_bad=int(rule.beyond(arm, each).sum())) for each in levels),
    )


def _discordant(arm: Arm, control: Arm, rule: Rule) -> tuple[int, int]:
    """Return at how many shared seeds the condition alone, and the control alone, ended badly."""
    _, mine, theirs = np.intersect1d(arm.seeds, control.seeds, assume_unique=True, return_indices=True)
    a, b = rule.beyond(arm)[mine], rule.beyond(control)[theirs]
    return int((a & ~b).sum()), int((b & ~a).sum())
