"""How often trials diverged, in words, with the limits of each rate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from analysis.answer.effect import Effect
from analysis.methods import verdict
from analysis.methods.failure_rates import Divergence
from analysis.wording.number_format import level, p_value
from analysis.wording.phrases import quoted


def failures(effect: Effect, divergence: Mapping[str, Divergence]) -> str:
    """Return how often trials of the condition and of the control diverged, with exact limits and McNemar's p."""
    own, other = divergence[effect.condition], divergence[effect.control]
    limits = "" if own.rate_low is None else f" (exact {level(effect.alpha)} limits)"
    text = f"Diverged{limits}: {failure(own)}; {failure(other)}"
    if effect.n_pairs + effect.n_lost_to_divergence < verdict.ROUGH or own.p_mcnemar is None:
        return f"{text}."
    return f"{text}; exact McNemar {p_value(own.p_mcnemar)}."


def failure(rate: Divergence) -> str:
    """Return one condition's failure count with the limits of its rate: none in n comes with its upper limit."""
    name, n, k = quoted(rate.condition), rate.n, rate.n_diverged
    if n == 0:
        return f"{name} has no trial"
    if k is None:
        return f"{name} not known"
    if rate.rate_low is None or rate.rate_high is None:
        return f"{name} {k} of {n}"
    low, high = _percent(rate.rate_low), _percent(rate.rate_high)
    limits = f"up to {high}" if k == 0 else f"at least {low}" if k == n else f"{low} to {high}"
    return f"{name} {k} of {n} ({limits})"


def no_failure(rates: Iterable[Divergence]) -> str:
    """Return that no trial diverged, with the limit of the rates; nothing where one did, or it is not known."""
    known = [each for each in rates if not each.stays_at_chance and each.n]
    limits = [each.rate_high for each in known if each.n_diverged == 0 and each.rate_high is not None]
    if len(known) < 2 or len(limits) < len(known):
        return ""
    counts = sorted({each.n for each in known})
    runs = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    return f"No trial diverged: 0 of {runs} in each condition (exact limits: up to {_percent(max(limits))})."


def _percent(rate: float) -> str:
    if 0 < 100 * rate < 0.05:
        return f"{100 * rate:.1g}%"
    return f"{100 * rate:.1f}%" if 100 * rate < 10 else f"{100 * rate:.0f}%"
