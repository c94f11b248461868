"""The mean difference as one of a family: Bonferroni's t intervals, over new test images too, and their p-values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from scipy import special

from analysis.base.records import Record
from analysis.methods.estimands import Ends, Inference
from analysis.methods.p_value import probability
from analysis.methods.paired_t import Moments, moments
from analysis.methods.result import Finding, Method, Sample, undefined, why_untestable
from analysis.methods.verdict import Interval
from analysis.tables.pairing import Pairs


@dataclass(frozen=True, kw_only=True)
class MeanFamily(Method):
    """Intervals of the mean difference over the family, in the metric's own unit; None where nothing can be tested.

    Parameters
    ----------
    mean_low_simultaneous, mean_high_simultaneous : float or None
        At 1 - alpha over the family, over new seeds; with ``_90``: at 1 - 2 alpha.
    mean_low_crossed_simultaneous, mean_high_crossed_simultaneous : float or None
        The same over new test images too.
    p_mean_adjusted, p_mean_crossed_adjusted : float or None
        Least alpha at which the interval excludes 0.
    """

    mean_low_simultaneous: float | None = None
    mean_high_simultaneous: float | None = None
    mean_low_simultaneous_90: float | None = None
    mean_high_simultaneous_90: float | None = None
    mean_low_crossed_simultaneous: float | None = None
    mean_high_crossed_simultaneous: float | None = None
    mean_low_crossed_simultaneous_90: float | None = None
    mean_high_crossed_simultaneous_90: float | None = None
    p_mean_adjusted: float | None = None
    p_mean_crossed_adjusted: float | None = None

    @classmethod
    def compute(cls, sample: Sample) -> Mapping[str, Finding[Record]]:
        """Return the intervals of each comparison of the family."""
        return {pairs.condition: mean_family(pairs, sample) for pairs in sample.family}

    @property
    def over_seeds(self) -> Interval | None:
        """The intervals over seeds as a verdict takes them; None where there is none."""
        if self.mean_low_simultaneous is None or self.mean_high_simultaneous is None:
            return None
        return Interval(
            self.mean_low_simultaneous,
            self.mean_high_simultaneous,
            self.mean_low_simultaneous_90,
            self.mean_high_simultaneous_90,
        )

    @property
    def over_images(self) -> Interval | None:
        """The same over seeds and test images."""
        if self.mean_low_crossed_simultaneous is None or self.mean_high_crossed_simultaneous is None:
            return None
        return Interval(
            self.mean_low_crossed_simultaneous,
            self.mean_high_crossed_simultaneous,
            self.mean_low_crossed_simultaneous_90,
            self.mean_high_crossed_simultaneous_90,
        )


@dataclass(frozen=True, eq=False)
class MeanEstimate:
    """The mean of pairs that vary, with its t interval at any level."""

    pairs: Pairs

    @cached_property
    def moments(self) -> Moments:
        """Mean, standard deviation and standard error."""
        return moments(self.pairs)

    @property
    def value(self) -> float:
        """The mean, in the metric's own unit."""
        return self.moments.mean

    @property
    def standard_error(self) -> float:
        """Standard error of the mean."""
        return self.moments.standard_error

    @property
    def t(self) -> float:
        """The mean over its standard error."""
        return self.value / self.standard_error

    def over_seeds(self, tail: float) -> Ends | None:
        """Return the t interval that errs with probability `tail` at each end."""
        reach = -float(special.stdtrit(self.moments.df, tail)) * self.standard_error
        return self.value - reach, self.value + reach

    @property
    def p(self) -> float:
        """Two-sided p of 0 by that t."""
        return probability(2 * float(special.stdtr(self.moments.df, -abs(self.t))))


def mean_family(pairs: Pairs, sample: Sample) -> Finding[Record]:
    """Return the intervals of the mean over the family of one comparison."""
    why = why_untestable(pairs)
    if why is not None:
        return undefined(MeanFamily(), why)
    alpha = sample.question.alpha
    found = Inference(MeanEstimate(pairs), sample.size, *sample.floor(pairs))
    over_seeds, over_images = found.over_seeds(alpha), found.over_images(alpha)
    return Finding(
        MeanFamily(
            mean_low_simultaneous=over_seeds and over_seeds.low,
            mean_high_simultaneous=over_seeds and over_seeds.high,
            mean_low_simultaneous_90=over_seeds and over_seeds.low_90,
            mean_high_simultaneous_90=over_seeds and over_seeds.high_90,
            mean_low_crossed_simultaneous=over_images and over_images.low,
            mean_high_crossed_simultaneous=over_images and over_images.high,
            mean_low_crossed_simultaneous_90=over_images and over_images.low_90,
            mean_high_crossed_simultaneous_90=over_images and over_images.high_90,
            p_mean_adjusted=found.p_adjusted,
            p_mean_crossed_adjusted=found.p_over_images,
        )
    )
