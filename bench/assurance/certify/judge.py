"""Two independent arms compared: equivalence of means, of spreads and of shares, within margins fixed beforehand.

Each quantity is equivalent where its 90% interval (two one-sided tests at 5%) lies within the margin, and differs where
its outer interval lies wholly outside; the outer level, 1 - 0.05 / number of quantities, is Bonferroni's. All
quantities must be equivalent for the arms to be: an intersection-union test, which needs no correction.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep

from analysis.divergence import clopper_pearson
from bench.assurance.certify.finding import Check

ALPHA = 0.05
POWER = 0.8


@dataclass(frozen=True)
class Interval:
    """An estimate, and the function that gives its interval at a level."""

    estimate: float
    at: Callable[[float], tuple[float, float]]


def judged(name: str, found: Interval, margin: tuple[float, float], family: int, figures: dict[str, Any]) -> Check:
    """Return whether `found` lies within `margin`; None where this n cannot say."""
    inner, outer = found.at(1 - 2 * ALPHA), found.at(1 - ALPHA / family)
    within = margin[0] < inner[0] and inner[1] < margin[1]
    outside = outer[0] > margin[1] or outer[1] < margin[0]
    intervals = {
        "estimate": found.estimate,
        "low_90": inner[0],
        "high_90": inner[1],
        "margin_low": margin[0],
        "margin_high": margin[1],
        "outer_level": 1 - ALPHA / family,
        "low_outer": outer[0],
        "high_outer": outer[1],
    }
    return Check(name, False if outside else (True if within else None), intervals | figures)


def mean(name: str, ours: np.ndarray, theirs: np.ndarray, margin: float, family: int) -> Check:
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
        "smallest_margin": smallest_margin(error, df),
        "p_kolmogorov_smirnov": float(ks.pvalue),
    }
    return judged(name, Interval(float(ours.mean() - theirs.mean()), at), (-margin, margin), family, figures)


def smallest_margin(error: float, df: float) -> float:
    """Return the margin that a standard error decides with probability POWER where the arms do not differ.

    The 90% interval lies within the margin when the estimate is less than margin - t error from 0.
    """
    return float((stats.t.ppf(1 - ALPHA, df) + stats.norm.ppf((1 + POWER) / 2)) * error)


def spread(name: str, ours: np.ndarray, theirs: np.ndarray, margin: float, family: int) -> Check:
    """Compare standard deviations by Bonett's interval of their ratio, which allows for heavy tails.

    Bonett 2006, *Robust confidence interval for a ratio of standard deviations*, Applied Psychological Measurement
    30, 432-439: ln of the ratio of variances, variance (g - k1)/(n1 - 1) + (g - k2)/(n2 - 1), k = (n - 3)/n, with g the
    pooled kurtosis about trimmed means.
    """
    ratio = float(ours.std(ddof=1) / theirs.std(ddof=1))
    kurtosis = pooled_kurtosis([ours, theirs])
    variance = sum((kurtosis - (len(arm) - 3) / len(arm)) / (len(arm) - 1) for arm in (ours, theirs))

    def at(level: float) -> tuple[float, float]:
        half = float(stats.norm.ppf((1 + level) / 2)) * math.sqrt(variance) / 2
        return ratio * math.exp(-half), ratio * math.exp(half)

    figures = {
        "engine_sd": float(ours.std(ddof=1)),
        "reference_sd": float(theirs.std(ddof=1)),
        "kurtosis": kurtosis,
        "p_brown_forsythe": float(stats.levene(ours, theirs, center="median").pvalue),
        "n_engine": len(ours),
        "n_reference": len(theirs),
        "smallest_margin": math.exp(smallest_margin(math.sqrt(variance) / 2, math.inf)),
    }
    return judged(name, Interval(ratio, at), (1 / margin, margin), family, figures)


def pooled_kurtosis(arms: list[np.ndarray]) -> float:
    """Return the pooled kurtosis about means trimmed by 1 / (2 sqrt(n - 4)) at each end; 3 for normal arms."""
    total = sum(map(len, arms))
    trimmed = [stats.trim_mean(arm, 1 / (2 * math.sqrt(len(arm) - 4))) for arm in arms]
    fourth = sum(((arm - middle) ** 4).sum() for arm, middle in zip(arms, trimmed, strict=True))
    second = sum(((arm - arm.mean()) ** 2).sum() for arm in arms)
    return float(total * fourth / second**2)


def share(name: str, ours: np.ndarray, theirs: np.ndarray, margin: float, family: int) -> Check:
    """Compare how many trials do something (bool arrays), by Newcombe's interval of the difference."""
    counts, sizes = (int(ours.sum()), int(theirs.sum())), (len(ours), len(theirs))

    def at(level: float) -> tuple[float, float]:
        low, high = confint_proportions_2indep(
            counts[0], sizes[0], counts[1], sizes[1], method="newcomb", compare="diff", alpha=1 - level
        )
        return float(low), float(high)

    fisher: Any = stats.fisher_exact([[count, size - count] for count, size in zip(counts, sizes, strict=True)])
    figures = {
        "p_fisher": float(fisher.pvalue),
        **{
            arm: {"count": count, "n": size, "exact_95": clopper_pearson(count, size, ALPHA)}
            for arm, count, size in zip(("engine", "reference"), counts, sizes, strict=True)
        },
    }
    return judged(name, Interval(counts[0] / sizes[0] - counts[1] / sizes[1], at), (-margin, margin), family, figures)


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
