"""Plain descriptions of each condition: outcomes are heavy-tailed, so medians and trimmed means stand beside means."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.base.records import Record
from analysis.methods.result import Finding, OfPairs
from analysis.tables.metric import Measured
from analysis.tables.pairing import Pairs
from analysis.tables.question import Question

TRIMMED = 0.2
"""Share cut from each end for the trimmed mean."""


@dataclass(frozen=True, kw_only=True)
class Summary(Record):
    """One condition by itself, over its trials that trained; in the metric's own unit.

    Parameters
    ----------
    condition : str
    n : int
        Trials that trained.
    mean, median, trimmed_mean, minimum, maximum : float or None
        None without a trial; the trimmed mean is over the middle 60%.
    sd : float or None
        Standard deviation (n - 1); None below 2 trials.
    stays_at_chance : bool
        Whether the condition is a negative control.
    """

    condition: str
    n: int
    mean: float | None = None
    sd: float | None = None
    median: float | None = None
    trimmed_mean: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    stays_at_chance: bool = False


def summary(measured: Measured, condition: str, stays_at_chance: bool) -> Summary:
    """Return n, mean, sd (n - 1), median, 20% trimmed mean and range of the trials that trained."""
    arm = measured.arms[condition]
    x = arm.value[~arm.diverged]
    if not len(x):
        return Summary(condition=condition, n=0, stays_at_chance=stays_at_chance)
    return Summary(
        condition=condition,
        n=len(x),
        mean=float(np.mean(x)),
        sd=float(np.std(x, ddof=1)) if len(x) > 1 else None,
        median=float(np.median(x)),
        trimmed_mean=float(trimmed_mean(x, TRIMMED)),
        minimum=float(np.min(x)),
        maximum=float(np.max(x)),
        stays_at_chance=stays_at_chance,
    )


@dataclass(frozen=True, kw_only=True)
class DifferenceSummary(OfPairs):
    """The paired differences beside their mean, in the metric's own unit; None without a pair.

    Parameters
    ----------
    median_difference, trimmed_mean_difference : float or None
        Median, and mean over the middle 60%.
    lower_quartile_difference, upper_quartile_difference : float or None
    """

    median_difference: float | None = None
    trimmed_mean_difference: float | None = None
    lower_quartile_difference: float | None = None
    upper_quartile_difference: float | None = None

    @classmethod
    def of(cls, pairs: Pairs, question: Question) -> Finding[Record]:
        """Return the summary of one comparison's differences."""
        return summary_of_differences(pairs)


def summary_of_differences(pairs: Pairs) -> Finding[DifferenceSummary]:
    """Return median, 20% trimmed mean and quartiles of the paired differences."""
    if not pairs.n:
        return Finding(DifferenceSummary())
    d = pairs.differences / pairs.scale
    lower, upper = np.quantile(d, (0.25, 0.75))
    return Finding(
        DifferenceSummary(
            median_difference=float(np.median(d)),
            trimmed_mean_difference=float(trimmed_mean(d, TRIMMED)),
            lower_quartile_difference=float(lower),
            upper_quartile_difference=float(upper),
        )
    )


def trimmed_mean(values: np.ndarray, share: float) -> np.ndarray:
    """Return the mean along the last axis without the `share` at either end, as scipy.stats.trim_mean does."""
    number = values.shape[-1]
    cut = int(share * number)
    return np.mean(np.sort(values, axis=-1)[..., cut : number - cut], axis=-1)
