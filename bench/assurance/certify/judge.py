"""Two independent arms compared: equivalence of means, of spreads and of shares, within margins fixed beforehand.

Each quantity is equivalent where its inner interval (two one-sided tests at alpha, so of level 1 - 2 alpha) lies within
the margin, and differs where its outer interval lies wholly outside; the outer level, 1 - alpha / number of quantities,
is Bonferroni's. All quantities must be equivalent for the arms to be: an intersection-union test, which needs no
correction. Alpha is what this look may spend of 5%: see bench.assurance.certify.looks.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from analysis.methods.failure_rates import clopper_pearson
from bench.assurance.certify.finding import Check

ALPHA = 0.05
POWER = 0.8


@dataclass(frozen=True)
class Interval:
    """An estimate, and the function that gives its interval at a level."""

    estimate: float
    at: Callable[[float], tuple[float, float]]


@dataclass(frozen=True)
class Rule:
    """How sure a judgement must be."""

    family: int
    """Quantities judged."""
    alpha: float = ALPHA
    """What may be spent on them."""


def judged(name: str, found: Interval, margin: tuple[float, float], rule: Rule, figures: dict[str, Any]) -> Check:
    """Return whether `found` lies within `margin`; None where this n cannot say."""
    inner, outer = found.at(1 - 2 * rule.alpha), found.at(1 - rule.alpha / rule.family)
    within = margin[0] < inner[0] and inner[1] < margin[1]
    outside = outer[0] > margin[1] or outer[1] < margin[0]
    intervals = {
        "estimate": found.estimate,
        "inner_level": 1 - 2 * rule.alpha,
        "low": inner[0],
        "high": inner[1],
        "margin_low": margin[0],
        "margin_high": margin[1],
        "outer_level": 1 - rule.alpha / rule.family,
        "low_outer": outer[0],
        "high_outer": outer[1],
    }
    return Check(name, False if outside else (True if within else None), intervals | figures)


def mean(name: str, ours: np.ndarray, theirs: np.ndarray, margin: float, rule: Rule) -> Check:
    """Compare means by Welch's two one-sided t tests (Schuirmann 1987)."""
    tests: list[Any] = [
        stats.ttest_ind(ours, theirs + side * margin, equal_var=False, alternative=way)
        for side, way in ((-1, "greater"), (1, "less"))
    ]
    welch: Any = stats.ttest_ind(ours, theirs, equal_var=False)

    def at(level: float) -> tuple[float, float]:
        low, high = welch.confidence_interval(level)
        return float(low), float(high)

    error, df = math.sqrt(ours.var(ddof=1) / len(ours) + theirs.var(ddof=1) / len(theirs)), float(welch.df)
    ks: Any = stats.ks_2samp(ours, theirs)
    figures = {
        "p_tost": max(float(test.pvalue) for test in tests),
        "engine": summary(ours),
        "reference": summary(theirs),
        "smallest_margin": smallest_margin(error, df, rule.alpha),
        "p_kolmogorov_smirnov": float(ks.pvalue),
    }
    return judged(name, Interval(float(ours.mean() - theirs.mean()), at), (-margin, margin), rule, figures)


def smallest_margin(error: float, df: float, alpha: float = ALPHA) -> float:
    """Return the margin that a standard error decides with probability POWER where the arms do not differ.

    The inner interval lies within the margin when the estimate is less than margin - t error from 0.
    """
    return float((stats.t.ppf(1 - alpha, df) + stats.norm.ppf((1 + POWER) / 2)) * error)


def spread(name: str, ours: np.ndarray, theirs: np.ndarray, margin: float, rule: Rule) -> Check:
    """Compare mean absolute deviations from the median by the interval of their ratio, which bears heavy tails.

    Bonett and Seier 2003, *Confidence intervals for mean absolute deviations*, The American Statistician 57, 233-236.
    (An interval of the ratio of standard deviations by the pooled kurtosis errs in 8.5% where 5% are promised, at
    n = 100 and tails of t with 5 degrees of freedom.)
    """
    (deviation, error), (other, other_error) = log_deviation(ours), log_deviation(theirs)
    estimate, total = deviation - other, math.hypot(error, other_error)

    def at(level: float) -> tuple[float, float]:
        half = float(stats.norm.ppf((1 + level) / 2)) * total
        return math.exp(estimate - half), math.exp(estimate + half)

    figures = {
        "engine_sd": float(ours.std(ddof=1)),
        "reference_sd": float(theirs.std(ddof=1)),
        "p_brown_forsythe": float(stats.levene(ours, theirs, center="median").pvalue),
        "n_engine": len(ours),
        "n_reference": len(theirs),
        "smallest_margin": math.exp(smallest_margin(total, math.inf, rule.alpha)),
    }
    return judged(name, Interval(math.exp(estimate), at), (1 / margin, margin), rule, figures)


def log_deviation(values: np.ndarray) -> tuple[float, float]:
    """Return ln of the mean absolute deviation from the median, corrected by n / (n - 1), and its standard error.

    Variance (d^2 + g - 1) / n with d = (mean - median) / deviation and g = variance / deviation^2.
    """
    n, median = len(values), float(np.median(values))
    deviation = float(np.abs(values - median).mean())
    lean, weight = (float(values.mean()) - median) / deviation, float(values.var(ddof=1)) / deviation**2
    return math.log(deviation * n / (n - 1)), math.sqrt((lean**2 + weight - 1) / n)


def share(name: str, ours: np.ndarray, theirs: np.ndarray, margin: float, rule: Rule) -> Check:
    """Compare how many trials do something (bool arrays), by Newcombe's interval of the difference."""
    counts, sizes = (int(ours.sum()), int(theirs.sum())), (len(ours), len(theirs))

    def at(level: float) -> tuple[float, float]:
        return newcombe(counts, sizes, level)

    fisher: Any = stats.fisher_exact([[count, size - count] for count, size in zip(counts, sizes, strict=True)])
    pooled = sum(counts) / sum(sizes)
    figures = {
        "smallest_margin": _smallest_share_margin(sizes, pooled, rule.alpha),
        "p_fisher": float(fisher.pvalue),
        **{
            arm: {"count": count, "n": size, "exact_95": clopper_pearson(count, size, ALPHA)}
            for arm, count, size in zip(("engine", "reference"), counts, sizes, strict=True)
        },
    }
    return judged(name, Interval(counts[0] / sizes[0] - counts[1] / sizes[1], at), (-margin, margin), rule, figures)


def _smallest_share_margin(sizes: tuple[int, int], share: float, alpha: float) -> float:
    """Return the margin that the interval of two arms with one `share` lies within with probability POWER.

    Over all pairs of counts that are at all likely, from the narrowest reach up.
    """
    counts = [np.flatnonzero(stats.binom.pmf(np.arange(size + 1), size, share) > 1e-6) for size in sizes]
    weights = np.outer(*(stats.binom.pmf(each, size, share) for each, size in zip(counts, sizes, strict=True)))
    reach = reaches(counts[0], counts[1], sizes, 1 - 2 * alpha)
    order = np.argsort(reach, axis=None, kind="stable")
    within = np.cumsum(weights.ravel()[order])
    return float(reach.ravel()[order][min(int(np.searchsorted(within, POWER)), len(order) - 1)])


def reaches(ours: np.ndarray, theirs: np.ndarray, sizes: tuple[int, int], level: float) -> np.ndarray:
    """Return how far from 0 Newcombe's interval reaches for each pair of counts: its end that is further away."""
    p, q = ours[:, None] / sizes[0], theirs[None, :] / sizes[1]
    (l1, u1), (l2, u2) = (
        proportion_confint(counts, size, 1 - level, method="wilson")
        for counts, size in ((ours[:, None], sizes[0]), (theirs[None, :], sizes[1]))
    )
    low = p - q - np.hypot(p - l1, u2 - q)
    high = p - q + np.hypot(u1 - p, q - l2)
    return np.maximum(-low, high)


def newcombe(counts: tuple[int, int], sizes: tuple[int, int], level: float) -> tuple[float, float]:
    """Return Newcombe's interval of the difference of two shares (1998, method 10)."""
    ends: Any = confint_proportions_2indep(
        counts[0], sizes[0], counts[1], sizes[1], method="newcomb", compare="diff", alpha=1 - level
    )
    return float(ends[0]), float(ends[1])


def summary(values: np.ndarray) -> dict[str, float]:
    """Return n, mean, standard deviation, median and extremes."""
    return {
        "n": len(values),
        "mean": float(values.mean()),
        "sd": float(values.std(ddof=1)),
        "median": float(np.median(values)),
        "least": float(values.min()),
        "most": float(values.max()),
    }
