"""Plain descriptions of each condition: outcomes are heavy-tailed, so medians and trimmed means stand beside means."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats

from analysis.metric import Measured

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
