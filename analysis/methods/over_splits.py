"""The mean difference over splits of one data set, whose training sets overlap: the corrected resampled t test."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from analysis.base.records import Record
from analysis.methods.estimands import Estimate, Inference
from analysis.methods.mean_family import MeanEstimate
from analysis.methods.result import Finding, Method, Sample, undefined, why_untestable
from analysis.methods.verdict import Interval
from analysis.tables.pairing import Pairs
from analysis.tables.question import Question


@dataclass(frozen=True, kw_only=True)
class OverSplits(Method):
    """The mean over splits as one of the family, in the metric's own unit; None without a test fraction.

    Parameters
    ----------
    corrected_standard_error : float or None
        Standard error of the mean, where any two splits correlate by the share of the examples that each holds out.
    corrected_t : float or None
        Mean difference over that standard error.
    corrected_low, corrected_high : float or None
        Interval at 1 - alpha over the family; with ``_90``: at 1 - 2 alpha.
    p_corrected : float or None
        Least alpha at which the interval excludes 0.
    """

    corrected_standard_error: float | None = None
    corrected_t: float | None = None
    corrected_low: float | None = None
    corrected_high: float | None = None
    corrected_low_90: float | None = None
    corrected_high_90: float | None = None
    p_corrected: float | None = None

    @classmethod
    def compute(cls, sample: Sample) -> Mapping[str, Finding[Record]]:
        """Return the corrected test of each comparison of the family."""
        fraction = sample.question.test_fraction
        return {
            pairs.condition: Finding(OverSplits()) if fraction is None else over_splits(pairs, fraction, sample)
            for pairs in sample.family
        }

    @property
    def interval(self) -> Interval | None:
        """The intervals as a verdict takes them; None where there is none."""
        if self.corrected_low is None or self.corrected_high is None:
            return None
        return Interval(self.corrected_low, self.corrected_high, self.corrected_low_90, self.corrected_high_90)


@dataclass(frozen=True, eq=False)
class SplitsMean(MeanEstimate):
    """The mean over splits that each hold out the share `fraction` of the examples, with its interval at any level.

    Notes
    -----
    Were all differences normal with variance v and any two of them correlated by r, the mean of n would have the
    variance ``v (1 + (n - 1) r) / n``, and s^2 the expectation ``v (1 - r)``: so ``s^2 (1/n + r/(1 - r))`` is unbiased
    for it, and t on n - 1 degrees of freedom is exact. The share held out stands for r, which nothing estimates (Nadeau
    and Bengio 2003, Machine Learning 52, 239-281; Bouckaert and Frank 2004, PAKDD).
    """

    fraction: float

    @property
    def standard_error(self) -> float:
        """Corrected standard error of the mean."""
        return self.moments.sd * math.sqrt(1 / self.pairs.n + self.fraction / (1 - self.fraction))


def mean_that_decides(pairs: Pairs, asked: Question) -> Estimate | None:
    """Return the mean of pairs that vary, by the test that a verdict may rest on; None where there is no such test.

    Of independent pairs that is the t test; of splits the corrected one, which takes the share that each holds out.
    """
    if pairs.unit.independent:
        return MeanEstimate(pairs)
    return None if asked.test_fraction is None else SplitsMean(pairs, asked.test_fraction)


def over_splits(pairs: Pairs, fraction: float, sample: Sample) -> Finding[Record]:
    """Return the corrected test of one comparison, as one of the family."""
    why = why_untestable(pairs)
    if why is not None:
        return undefined(OverSplits(), why)
    mean = SplitsMean(pairs, fraction)
    found = Inference(mean, sample.size)
    interval = found.over_seeds(sample.question.alpha)
    return Finding(
        OverSplits(
            corrected_standard_error=mean.standard_error,
            corrected_t=mean.t,
            corrected_low=interval and interval.low,
            corrected_high=interval and interval.high,
            corrected_low_90=interval and interval.low_90,
            corrected_high_90=interval and interval.high_90,
            p_corrected=found.p_adjusted,
        )
    )
