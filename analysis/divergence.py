"""Divergence as an endpoint of its own: how often, against the control, and what it does to the mean."""

from __future__ import annotations

from typing import Any

from scipy import special, stats

from analysis.arms import Arms
from analysis.finding import probability
from analysis.metric import Measured
from analysis.paired_t import difference, t_test

PAIRED_KEYS = (
    "p_mcnemar", "intention_mean_difference", "intention_p_t",
    "complete_pairs_n", "complete_pairs_mean_difference", "complete_pairs_p_t",
)  # fmt: skip


def clopper_pearson(successes: int, n: int, alpha: float) -> tuple[float, float]:
    """Return the exact two-sided interval of a proportion at 1 - alpha.

    Quantiles of Beta(k, n - k + 1) at alpha / 2 and of Beta(k + 1, n - k) at 1 - alpha / 2 (Clopper and Pearson 1934).
    """
    low = float(special.betaincinv(successes, n - successes + 1, alpha / 2)) if successes else 0.0
    high = float(special.betaincinv(successes + 1, n - successes, 1 - alpha / 2)) if successes < n else 1.0
    return low, high


def mcnemar(discordant: tuple[int, int]) -> float:
    """Return the exact two-sided p of McNemar's test: the sign test of the discordant pairs; 1 without any."""
    first, second = discordant
    if first + second == 0:
        return 1.0
    return probability(float(stats.binomtest(first, first + second, 0.5).pvalue))


def rate(measured: Measured, condition: str, alpha: float) -> dict[str, Any]:
    """Return n, n_diverged, rate and its exact interval at 1 - alpha, over the condition's trials that ended."""
    broke = measured.arms[condition].diverged
    n, k = len(broke), int(broke.sum())
    if n == 0:
        return {"condition": condition, "n": 0, "n_diverged": 0, "rate": None, "rate_low": None, "rate_high": None}
    low, high = clopper_pearson(k, n, alpha)
    return {"condition": condition, "n": n, "n_diverged": k, "rate": k / n, "rate_low": low, "rate_high": high}


def against_control(found: Arms, alpha: float, exempt: bool) -> dict[str, Any]:
    """Return the keys of `PAIRED_KEYS`. A condition that is meant to stay at chance has no McNemar test."""
    n_both = found.complete.n + len(found.diverged)
    intention, complete = found.intention, found.complete
    return {
        "p_mcnemar": mcnemar(found.discordant) if n_both and not exempt else None,
        "intention_mean_difference": intention and difference(intention).values["mean_difference"],
        "intention_p_t": intention and t_test(intention, alpha).values["p_t"],
        "complete_pairs_n": complete.n,
        "complete_pairs_mean_difference": difference(complete).values["mean_difference"],
        "complete_pairs_p_t": t_test(complete, alpha).values["p_t"],
    }
