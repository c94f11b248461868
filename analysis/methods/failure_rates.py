"""Divergence as an endpoint of its own: how often, against the control, and what it does to the mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from analysis.base.records import Record, merged
from analysis.methods.p_value import probability
from analysis.methods.paired_t import difference, t_test
from analysis.methods.signed_rank import signed_rank
from analysis.tables.metric import Measured
from analysis.tables.pairing import clear_steps
from analysis.tables.pairs_by_seed import Arms
from analysis.tables.question import Question
from bench.schema.known_metrics import LOWER, Direction


@dataclass(frozen=True, kw_only=True)
class FailureRate(Record):
    """How many of a condition's trials diverged.

    Parameters
    ----------
    condition : str
    n : int
        Trials that ended.
    n_diverged : int or None
        Those of them that diverged; None where the table says nothing of it.
    rate, rate_low, rate_high : float or None
        Share that diverged, and its exact interval at 1 - alpha; None without a trial, or where it is not known.
    stays_at_chance : bool
        Whether the condition is a negative control.
    """

    condition: str
    n: int
    n_diverged: int | None
    rate: float | None = None
    rate_low: float | None = None
    rate_high: float | None = None
    stays_at_chance: bool = False


@dataclass(frozen=True, kw_only=True)
class AgainstControl(Record):
    """Divergence against the control, and what it does to the mean; None for the control itself.

    Parameters
    ----------
    p_mcnemar : float or None
        Exact p of McNemar's test; None for a negative control, and where nobody knows what diverged.
    intention_mean_difference, intention_p_t : float or None
        Mean difference and p of the t test by intention to train; None where the metric has none.
    worst_rank_v, worst_rank_p : float or None
        Signed-rank test in which a failure is worse than any result.
    complete_pairs_n : int or None
    complete_pairs_mean_difference, complete_pairs_p_t : float or None
        Pairs in which both trained, their mean difference and p of the t test.
    """

    p_mcnemar: float | None = None
    intention_mean_difference: float | None = None
    intention_p_t: float | None = None
    worst_rank_v: float | None = None
    worst_rank_p: float | None = None
    complete_pairs_n: int | None = None
    complete_pairs_mean_difference: float | None = None
    complete_pairs_p_t: float | None = None


@dataclass(frozen=True, kw_only=True)
class Divergence(FailureRate, AgainstControl):
    """How often a condition's trials diverge, by itself and against the control."""


def divergence(measured: Measured, condition: str, found: Arms | None, asked: Question, exempt: bool) -> Divergence:
    """Return how often trials of a condition diverge; `found` is None for the control, which has no other arm."""
    by_itself = rate(measured, condition, asked.alpha, exempt)
    paired = AgainstControl()
    if found is not None:
        untested = exempt or not measured.divergence_known
        paired = against_control(found, asked.alpha, untested, asked.direction)
    return merged(Divergence, by_itself, paired)


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
    return probability(2 * float(special.bdtr(min(first, second), first + second, 0.5)))


def rate(measured: Measured, condition: str, alpha: float, stays_at_chance: bool = False) -> FailureRate:
    """Return how many trials diverged and the exact interval of their share, over the trials that ended."""
    broke = measured.arms[condition].diverged
    n, k = len(broke), int(broke.sum()) if measured.divergence_known else None
    if n == 0 or k is None:
        return FailureRate(condition=condition, n=n, n_diverged=k, stays_at_chance=stays_at_chance)
    low, high = clopper_pearson(k, n, alpha)
    return FailureRate(
        condition=condition,
        n=n,
        n_diverged=k,
        rate=k / n,
        rate_low=low,
        rate_high=high,
        stays_at_chance=stays_at_chance,
    )


def worst_rank(found: Arms, direction: Direction | None) -> tuple[float, float] | tuple[None, None]:
    """Return V+ and p of the signed-rank test in which a failure is worse than any result (Lachin 1999).

    A pair with one failure ranks above all others, such pairs tied at their midrank, signed by the arm that failed; a
    pair with two failures is a zero. None without a pair, and where it is not known which values are better.
    """
    if direction is None or not found.complete.n + len(found.diverged):
        return None, None
    steps = clear_steps(found.complete)
    beyond = 1 + float(np.abs(steps).max(initial=0))
    condition_failed, control_failed = found.discordant
    loss = beyond if direction == LOWER else -beyond
    failures = np.repeat([loss, -loss], [condition_failed, control_failed])
    return signed_rank(np.concatenate([steps, failures]))


def against_control(found: Arms, alpha: float, untested: bool, direction: Direction | None) -> AgainstControl:
    """Return divergence against the control.

    A negative control has neither McNemar's test nor the one by worst ranks, nor has a table that does not say what
    diverged.
    """
    v, p = (None, None) if untested else worst_rank(found, direction)
    n_both = found.complete.n + len(found.diverged)
    intention, complete = found.intention, found.complete
    return AgainstControl(
        p_mcnemar=mcnemar(found.discordant) if n_both and not untested else None,
        intention_mean_difference=None if intention is None else difference(intention).result.mean_difference,
        intention_p_t=None if intention is None else t_test(intention, alpha).result.p_t,
        worst_rank_v=v,
        worst_rank_p=p,
        complete_pairs_n=complete.n,
        complete_pairs_mean_difference=difference(complete).result.mean_difference,
        complete_pairs_p_t=t_test(complete, alpha).result.p_t,
    )
