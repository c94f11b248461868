"""Plain descriptions of each condition: outcomes are heavy-tailed, so medians and trimmed means stand beside means."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats

from analysis.methods.result import Finding
from analysis.tables.metric import Measured
from analysis.tables.pairing import Pairs

TRIMMED = 0.2
"""Share cut from each end for the trimmed mean."""


def summary(measured: Measured, condition: str, stays_at_chance: bool) -> dict[str, Any]:
    """Return n, mean, sd (n - 1), median, 20% trimmed mean and range of the trials that trained."""
    arm = measured.arms[condition]
    x = arm.value[~arm.diverged]
    keys = ("mean", "sd", "median", "trimmed_mean", "minimum", "maximum")
    values: dict[str, float | None] = dict.fromkeys(keys)
    if len(x):
        values |= {
            "mean": float(np.mean(x)),
            "sd": float(np.std(x, ddof=1)) if len(x) > 1 else None,
            "median": float(np.median(x)),
            "trimmed_mean": float(stats.trim_mean(x, TRIMMED)),
            "minimum": float(np.min(x)),
            "maximum": float(np.max(x)),
        }
    return {"condition": condition, "n": len(x), **values, "stays_at_chance": stays_at_chance}


DIFFERENCE_KEYS = (
    "median_difference", "trimmed_mean_difference", "lower_quartile_difference", "upper_quartile_difference",
)  # fmt: skip


def summary_of_differences(pairs: Pairs) -> Finding:
    """Return median, 20% trimmed mean and quartiles of the paired differences; null where there is no pair."""
    if not pairs.n:
        return Finding(dict.fromkeys(DIFFERENCE_KEYS))
    d = pairs.differences / pairs.scale
    found = (np.median(d), stats.trim_mean(d, TRIMMED), *np.quantile(d, (0.25, 0.75)))
    return Finding(dict(zip(DIFFERENCE_KEYS, map(float, found), strict=True)))
