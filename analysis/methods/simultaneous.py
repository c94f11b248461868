"""Intervals that hold for all conditions of a family at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.base.records import Record
from analysis.methods.multiplicity import common_seeds
from analysis.methods.paired_t import half_width, moments
from analysis.methods.result import Finding, Method, Sample, undefined, why_untestable
from analysis.methods.sign_flip import max_t_quantiles
from analysis.methods.verdict import Interval
from analysis.tables.pairing import Pairs

FLIPS_FROM = 30
"""From this many seeds the sign-flip quantile may shorten Bonferroni's; below it is anti-conservative."""


@dataclass(frozen=True, kw_only=True)
class Simultaneous(Method):
    """Intervals of the mean difference that hold for the whole family; None where nothing can be tested.

    Parameters
    ----------
    ci_low_simultaneous, ci_high_simultaneous : float or None
        At 1 - alpha over the family.
    ci_low_simultaneous_90, ci_high_simultaneous_90 : float or None
        At 1 - 2 alpha; None where that is no level.
    """

    ci_low_simultaneous: float | None = None
    ci_high_simultaneous: float | None = None
    ci_low_simultaneous_90: float | None = None
    ci_high_simultaneous_90: float | None = None

    @classmethod
    def compute(cls, sample: Sample) -> Mapping[str, Finding[Record]]:
        """Return the intervals of each comparison of the family."""
        return intervals(sample.family, sample.question.alpha)

    @property
    def simultaneous(self) -> Interval | None:
        """The intervals as a verdict takes them; None where there is none."""
        low, high = self.ci_low_simultaneous, self.ci_high_simultaneous
        if low is None or high is None:
            return None
        return Interval(low, high, self.ci_low_simultaneous_90, self.ci_high_simultaneous_90)


def intervals(family: Sequence[Pairs], alpha: float) -> Mapping[str, Finding[Simultaneous]]:
    """Return mean +- c * standard error at family-wise 1 - alpha, and (suffix _90) at 1 - 2 alpha.

    c is Bonferroni's t quantile, ``t(1 - a / (2 K))`` on the condition's n - 1 degrees of freedom for the K
    conditions that can be tested. From 30 common seeds it is the quantile of max abs t under common sign flips of
    the centred seed rows, where that is smaller, yet never less than the t quantile of one comparison. One
    comparison: the t interval.
    """
    testable = [pairs for pairs in family if why_untestable(pairs) is None]
    found = {pairs.condition: undefined(Simultaneous(), why_untestable(pairs)) for pairs in family}
    outer, inner = critical_values(testable, (alpha, 2 * alpha))
    warnings = () if inner else (f"alpha {alpha:g}: an interval at level 1 - 2 alpha does not exist",)
    for k, pairs in enumerate(testable):
        m = moments(pairs)
        ends: list[float | None] = []
        for critical in (outer, inner):
            reach = critical[k] * m.standard_error if critical else None
            ends += [None, None] if reach is None else [m.mean - reach, m.mean + reach]
        low, high, low_90, high_90 = ends
        reached = Simultaneous(
            ci_low_simultaneous=low,
            ci_high_simultaneous=high,
            ci_low_simultaneous_90=low_90,
            ci_high_simultaneous_90=high_90,
        )
        found[pairs.condition] = Finding(reached, warnings)
    return found


def critical_values(testable: Sequence[Pairs], errors: Sequence[float]) -> list[list[float]]:
    """Return, for each of `errors`, every condition's c by which all intervals hold at once; none from error 1 on."""
    found = []
    for error, by_flips in zip(errors, _flip_quantiles(testable, errors), strict=True):
        values = []
        for pairs in testable if error < 1 else ():
            bonferroni = half_width(1 - error / len(testable), pairs.n - 1)
            values.append(max(half_width(1 - error, pairs.n - 1), min(bonferroni, by_flips)))
        found.append(values)
    return found


def _flip_quantiles(testable: Sequence[Pairs], errors: Sequence[float]) -> tuple[float, ...]:
    """Return the quantiles of max abs t under sign flips, infinite where Bonferroni's are to be used."""
    seeds = common_seeds(testable)
    rows = [pairs.on(seeds) for pairs in testable]
    if len(rows) < 2 or len(seeds) < FLIPS_FROM or not all(pairs.varies for pairs in rows):
        return (np.inf,) * len(errors)
    differences = np.column_stack([pairs.differences for pairs in rows])
    return max_t_quantiles(differences, tuple(max(0.0, 1 - error) for error in errors))
