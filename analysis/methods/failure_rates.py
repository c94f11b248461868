"""Divergence as an endpoint of its own: how often, against the control, and what it does to the mean."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special, stats

from analysis.methods.paired_t import difference, t_test
from analysis.methods.result import probability
from analysis.methods.signed_rank import signed_rank
from analysis.tables.metric import Measured
from analysis.tables.pairing import clear_steps
from analysis.tables.pairs_by_seed import Arms

PAIRED_KEYS = (
    "p_mcnemar", "intention_mean_difference", "intention_p_t", "worst_rank_v", "worst_rank_p",
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


def worst_rank(found: Arms, lower_is_better: bool) -> tuple[float, float] | tuple[None, None]:
    """Return V+ and p of the signed-rank test in which a failure is worse than any result (Lachin 1999).

    A pair with one failure ranks above all others, such pairs tied at their midrank, signed by the arm that failed; a
    pair with two failures is a zero.
    """
    if not found.complete.n + len(found.diverged):
        return None, None
    steps = clear_steps(found.complete)
    beyond = 1 + float(np.abs(steps).max(initial=0))
    condition_failed, control_failed = found.discordant
    loss = beyond if lower_is_better else -beyond
    failures = np.repeat([loss, -loss], [condition_failed, control_failed])
    return signed_rank(np.concatenate([steps, failures]))


def against_control(found: Arms, alpha: float, exempt: bool, lower_is_better: bool) -> dict[str, Any]:
    """Return the keys of `PAIRED_KEYS`.

    A condition that is meant to stay at chance has neither McNemar's test nor the one by worst ranks.
    """
    v, p = (None, None) if exempt else worst_rank(found, lower_is_better)
    n_both = found.complete.n + len(found.diverged)
    intention, complete = found.intention, found.complete
    return {
        "p_mcnemar": mcnemar(found.discordant) if n_both and not exempt else None,
        "intention_mean_difference": intention and difference(intention).values["mean_difference"],
        "intention_p_t": intention and t_test(intention, alpha).values["p_t"],
        "worst_rank_v": v,
        "worst_rank_p": p,
        "complete_pairs_n": complete.n,
        "complete_pairs_mean_difference": difference(complete).values["mean_difference"],
        "complete_pairs_p_t": t_test(complete, alpha).values["p_t"],
    }
