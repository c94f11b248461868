"""The typical difference: the Hodges-Lehmann estimate over all pairs, with what it shows over seeds and test images.

A bad run moves it by no more than its rank can, and nothing is left out: a run that diverged stands in it at what it
reached, or as worse than every other.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from analysis.base.records import Record
from analysis.methods import verdict
from analysis.methods.estimands import Ends, Inference
from analysis.methods.result import Finding, Method, Sample, undefined, why_untestable
from analysis.methods.signed_rank_distribution import counted_off, fewest, lower_tail
from analysis.methods.verdict import Interval
from analysis.methods.walsh_averages import WalshAverages
from analysis.tables.pairing import Pairs
from analysis.tables.question import Question


@dataclass(frozen=True, kw_only=True)
class Typical(Method):
    """The typical difference, in the metric's own unit; None where nothing can be tested, and where there is no limit.

    Parameters
    ----------
    typical_difference : float or None
        Median of the averages of any two differences, all pairs (Hodges-Lehmann estimate).
    typical_low, typical_high : float or None
        Its exact interval at 1 - alpha, of this condition alone.
    typical_low_simultaneous, typical_high_simultaneous : float or None
        At 1 - alpha over the family; with ``_90``: at 1 - 2 alpha.
    typical_low_crossed_simultaneous, typical_high_crossed_simultaneous : float or None
        The same over new test images too.
    p_typical, p_typical_adjusted, p_typical_crossed_adjusted : float or None
        Least alpha at which the interval excludes 0: alone, over the family, and over new test images too.
    n_typical : int
        Pairs that it rests on.
    typical_unbounded_low, typical_unbounded_high : bool
        Whether an interval has no lower, or no upper, limit.
    verdict_typical, verdict_typical_crossed : str or None
        Verdict over seeds, and over seeds and test images; over splits of one data set nothing can be tested.
    """

    typical_difference: float | None = None
    typical_low: float | None = None
    typical_high: float | None = None
    typical_low_simultaneous: float | None = None
    typical_high_simultaneous: float | None = None
    typical_low_simultaneous_90: float | None = None
    typical_high_simultaneous_90: float | None = None
    typical_low_crossed_simultaneous: float | None = None
    typical_high_crossed_simultaneous: float | None = None
    typical_low_crossed_simultaneous_90: float | None = None
    typical_high_crossed_simultaneous_90: float | None = None
    p_typical: float | None = None
    p_typical_adjusted: float | None = None
    p_typical_crossed_adjusted: float | None = None
    n_typical: int = 0
    typical_unbounded_low: bool = False
    typical_unbounded_high: bool = False
    verdict_typical: str | None = None
    verdict_typical_crossed: str | None = None

    @classmethod
    def compute(cls, sample: Sample) -> Mapping[str, Finding[Record]]:
        """Return the typical difference of every comparison, and what holds over the family for those in it."""
        return {pairs.condition: typical(pairs, sample) for pairs in sample.every}


@dataclass(frozen=True, eq=False)
class HodgesLehmannEstimate:
    """The median of the Walsh averages of pairs, with its exact interval at any level (Lehmann 1963)."""

    pairs: Pairs

    @cached_property
    def averages(self) -> WalshAverages:
        """The Walsh averages, in steps of the pairs."""
        return WalshAverages(self.pairs.differences, self.pairs.noise)

    @property
    def value(self) -> float:
        """The median, in the metric's own unit."""
        return self.averages.median / self.pairs.scale

    def over_seeds(self, tail: float) -> Ends | None:
        """Return the interval over new seeds with error `tail` at each end; None where n is too small."""
        outside = counted_off(self.pairs.n, tail)
        if not outside:
            return None
        low, high = self.averages.at(outside - 1), self.averages.at(len(self.averages) - outside)
        return low / self.pairs.scale, high / self.pairs.scale

    @property
    def p(self) -> float:
        """Two-sided p of 0: the least alpha at which the interval excludes it."""
        v = min(self.averages.up_to_zero, self.averages.from_zero)
        return min(1.0, 2 * lower_tail(self.pairs.n, v))


def inference(pairs: Pairs, sample: Sample) -> Inference:
    """Return what the typical difference of one comparison shows, as one of the family."""
    return Inference(HodgesLehmannEstimate(pairs), sample.size, *sample.floor(pairs))


def typical(pairs: Pairs, sample: Sample) -> Finding[Record]:
    """Return the typical difference of one comparison; simultaneous intervals and verdict where it is in the family."""
    inside = pairs.condition in sample.labels
    if pairs.n == 0:
        return undefined(Typical(verdict_typical=verdict.CANNOT_TEST if inside else None), "no pairs")
    asked, found = sample.question, inference(pairs, sample)
    why = why_untestable(pairs)
    if why is not None:
        word = verdict.CANNOT_TEST if inside else None
        crossed = word if pairs.condition in sample.with_images else None
        nothing = Typical(
            typical_difference=_finite(found.estimate.value),
            n_typical=pairs.n,
            verdict_typical=word,
            verdict_typical_crossed=crossed,
        )
        return undefined(nothing, why)
    alone = found.alone(asked.alpha)
    over_seeds = found.over_seeds(asked.alpha) if inside else None
    over_images = found.over_images(asked.alpha) if inside else None
    images = pairs.condition in sample.with_images and (found.floor is not None or over_seeds is None)
    ends = [each for each in (alone, _ends(over_seeds), _ends(over_images)) if each is not None]
    few = f"the interval of the typical difference is null: it needs {fewest(asked.alpha, 1)} pairs at this alpha"
    return undefined(
        Typical(
            typical_difference=_finite(found.estimate.value),
            typical_low=_finite(alone and alone[0]),
            typical_high=_finite(alone and alone[1]),
            typical_low_simultaneous=_finite(over_seeds and over_seeds.low),
            typical_high_simultaneous=_finite(over_seeds and over_seeds.high),
            typical_low_simultaneous_90=_finite(over_seeds and over_seeds.low_90),
            typical_high_simultaneous_90=_finite(over_seeds and over_seeds.high_90),
            typical_low_crossed_simultaneous=_finite(over_images and over_images.low),
            typical_high_crossed_simultaneous=_finite(over_images and over_images.high),
            typical_low_crossed_simultaneous_90=_finite(over_images and over_images.low_90),
            typical_high_crossed_simultaneous_90=_finite(over_images and over_images.high_90),
            p_typical=found.p,
            p_typical_adjusted=found.p_adjusted if inside else None,
            p_typical_crossed_adjusted=found.p_over_images if inside else None,
            n_typical=pairs.n,
            typical_unbounded_low=any(low == -math.inf for low, _ in ends),
            typical_unbounded_high=any(high == math.inf for _, high in ends),
            verdict_typical=_word(over_seeds if pairs.unit.independent else None, asked) if inside else None,
            verdict_typical_crossed=_word(over_images, asked) if inside and images else None,
        ),
        few if alone is None else None,
    )


def _ends(interval: Interval | None) -> Ends | None:
    return None if interval is None else (interval.low, interval.high)


def _word(interval: Interval | None, asked: Question) -> str:
    if interval is None:
        return verdict.CANNOT_TEST
    return verdict.decide(interval, asked.margin, asked.direction)


def _finite(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None
