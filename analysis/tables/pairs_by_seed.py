"""Who is compared with whom: complete pairs, and intention to train."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from analysis.tables.metric import Arm, Measured
from analysis.tables.pairing import Pairs, Unit, pair
from bench.schema.known_metrics import is_accuracy, words_of

_WITHOUT_WORST = frozenset({"gap", "seconds", "time", "latency", "runtime", "throughput", "speed", "memory", "cost"})
"""Words of metrics in which a run that broke is not the worst one: it may be the fastest."""


@dataclass(frozen=True, eq=False)
class Arms:
    """A condition against the control.

    Parameters
    ----------
    complete : Pairs
        Seeds at which both trained. The keys of the comparison are computed on these.
    intention : Pairs or None
        All seeds at which both ended, diverged trials scored at what they reached (no number: at chance). None
        for metrics that are no accuracy, and where chance would be needed and is not known.
    every : Pairs
        All seeds at which both ended, a diverged trial scored so that nothing is left out: an accuracy at what it
        reached (no number: at chance), any other metric as worse than every other. The complete pairs where a metric
        has no worst value.
    condition_alone, control_alone : tuple of int
        Seeds that only the condition, and only the control, has.
    diverged : tuple of int
        Seeds that both have and at which one or both diverged.
    discordant : (int, int)
        Seeds at which only the condition, and only the control, diverged.
    """

    complete: Pairs
    intention: Pairs | None
    every: Pairs
    condition_alone: tuple[int, ...]
    control_alone: tuple[int, ...]
    diverged: tuple[int, ...]
    discordant: tuple[int, int]

    @property
    def seeds_lost(self) -> tuple[int, ...]:
        """Seeds of either arm that are in no complete pair, ascending."""
        return tuple(sorted(self.condition_alone + self.control_alone + self.diverged))

    def by(self, unit: Unit) -> Arms:
        """Return the same pairs, which are of this `unit`."""
        complete, every = (replace(each, unit=unit) for each in (self.complete, self.every))
        intention = None if self.intention is None else replace(self.intention, unit=unit)
        return replace(self, complete=complete, every=every, intention=intention)


def worst_of(metric: str, lower_is_better: bool | None) -> float | None:
    """Return the value of a run that lost to every other; None for metrics that have none."""
    if lower_is_better is None or not _WITHOUT_WORST.isdisjoint(words_of(metric)):
        return None
    return math.inf if lower_is_better else -math.inf


def arms(measured: Measured, condition: str, control: str, chance: float | None, worst: float | None = None) -> Arms:
    """Pair `condition` with `control` by seed.

    Parameters
    ----------
    worst : float, optional
        Value of a trial that diverged, of a metric that is no accuracy: infinite, of the sign that no run wants. None
        where the metric has no worst value.
    """
    treated, untreated = measured.arms[condition], measured.arms[control]
    _, rows_a, rows_b = np.intersect1d(treated.seeds, untreated.seeds, assume_unique=True, return_indices=True)
    a, b = treated.at(rows_a), untreated.at(rows_b)
    broke = a.diverged | b.diverged
    trained = np.flatnonzero(~broke)
    complete = _complete((condition, control), a.at(trained), b.at(trained), measured.scale)
    return Arms(
        complete=complete,
        intention=_intention(measured, (a, b), complete, chance),
        every=_every(measured, (a, b), complete, chance, worst),
        condition_alone=_alone(treated, untreated),
        control_alone=_alone(untreated, treated),
        diverged=tuple(int(seed) for seed in a.seeds[broke]),
        discordant=(int((a.diverged & ~b.diverged).sum()), int((b.diverged & ~a.diverged).sum())),
    )


def log_ratios(measured: Measured, condition: str, control: str) -> Arms:
    """Pair by seed the logarithms of the values, which are positive wherever a trial trained.

    The difference is the logarithm of a ratio. A diverged run has no place on this scale: complete pairs alone.
    """
    logs = {}
    for label in (condition, control):
        arm = measured.arms[label]
        value = np.log(np.where(arm.diverged, np.nan, arm.value))
        logs[label] = replace(arm, value=value)
    found = arms(replace(measured, arms=logs, scale=None), condition, control, None)
    return replace(found, every=found.complete, intention=None)


def _complete(names: tuple[str, str], a: Arm, b: Arm, scale: int | None) -> Pairs:
    if scale is None:
        return pair(names, a.seeds, a.value, b.value)
    return pair(names, a.seeds, a.numerator, b.numerator, scale)


def _alone(arm: Arm, partner: Arm) -> tuple[int, ...]:
    return tuple(int(seed) for seed in np.setdiff1d(arm.seeds, partner.seeds, assume_unique=True))


def _intention(measured: Measured, both: tuple[Arm, Arm], complete: Pairs, chance: float | None) -> Pairs | None:
    if not is_accuracy(measured.metric):
        return None
    if len(both[0].seeds) == complete.n:
        return complete
    score = np.nan if chance is None else chance
    a, b = (np.where(np.isnan(arm.value), score, arm.value) for arm in both)
    if np.isnan(a).any() or np.isnan(b).any():
        return None
    return pair((complete.condition, complete.control), both[0].seeds, a, b)


def _every(
    measured: Measured, both: tuple[Arm, Arm], complete: Pairs, chance: float | None, worst: float | None
) -> Pairs:
    accuracy = is_accuracy(measured.metric)
    if accuracy:
        worst = -math.inf if chance is None else chance
    if len(both[0].seeds) == complete.n or worst is None:
        return complete
    unit = 1 if measured.scale is None else measured.scale
    scores = []
    for arm in both:
        known = arm.value if measured.scale is None else np.where(np.isnan(arm.value), np.nan, arm.numerator)
        lost = np.isnan(known) if accuracy else arm.diverged | np.isnan(known)
        scores.append(np.where(lost, worst * unit, known))
    return pair((complete.condition, complete.control), both[0].seeds, scores[0], scores[1], measured.scale)
