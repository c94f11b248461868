"""Results made by hand: what a test says nothing of is as for 8 seeds of a condition "book" against "none"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from analysis.answer.comparison import Comparison
from analysis.answer.effect import Block, Contrast, Effect, Pair
from analysis.answer.headline import Headline
from analysis.figures.evidence import Evidence
from analysis.methods.failure_rates import Divergence
from analysis.methods.omnibus import Omnibus


def headline(verdict: str | None = "inconclusive", **told: Any) -> Headline:
    return Headline(**({"scope": "seeds", "verdict": verdict} | told))


def effect(condition: str = "book", **numbers: Any) -> Effect:
    usual = {
        "control": "none", "metric": "test_accuracy", "direction": "higher", "alpha": 0.05, "margin": 0.001,
        "stays_at_chance": False, "n_pairs": 8, "seeds_lost": (), "n_lost_to_divergence": 0, "headline": headline(),
        "pairs": (),
    }  # fmt: skip
    given = {"condition": condition} | usual | numbers
    led = given["headline"]
    if led.estimate is None:
        given["headline"] = replace(led, estimate=numbers.get("mean_difference"))
    return Effect(**({"n_typical": given["n_pairs"]} | given))


def pairs(differences: Sequence[float], first_seed: int = 0) -> tuple[Pair, ...]:
    """Return pairs whose control is 0.85 at every seed."""
    return tuple(
        Pair(seed=first_seed + place, control=0.85, condition=0.85 + each, difference=each)
        for place, each in enumerate(differences)
    )


def contrast(condition: str, like: Effect, **numbers: Any) -> Contrast:
    """Return a contrast with the numbers of an effect."""
    kept = {name: getattr(like, name) for name in Contrast.names() if hasattr(like, name)}
    blocks = tuple(Block(seed=pair.seed, difference=pair.difference) for pair in like.pairs)
    return Contrast(
        **(kept | {"condition": condition, "weights": (), "contrast": "ends", "levels": (), "pairs": blocks} | numbers)
    )


def comparison(*effects: Effect, **fields: Any) -> Comparison:
    usual = {
        "metric": "test_accuracy", "control": "none", "alpha": 0.05, "margin": 0.001, "direction": "higher",
        "role": "primary", "n_seeds": 8, "dropped": (), "warnings": (), "omnibus": Omnibus(), "dose_response": None,
        "selection": None, "divergence": {}, "bad_endings": {}, "conditions": {},
    }  # fmt: skip
    return Comparison(**(usual | {"effects": {each.condition: each for each in effects}} | fields))


def diverged(condition: str, n: int = 8, n_diverged: int = 0, **numbers: Any) -> Divergence:
    return Divergence(condition=condition, n=n, n_diverged=n_diverged, **numbers)


def with_whole(evidence: Evidence, metric: str = "test_accuracy", **fields: Any) -> Evidence:
    """Return evidence whose comparison on a metric has these fields."""
    return replace(
        evidence, comparisons={**evidence.comparisons, metric: replace(evidence.comparisons[metric], **fields)}
    )


def with_effect(evidence: Evidence, label: str, metric: str = "test_accuracy", **numbers: Any) -> Evidence:
    """Return evidence in which the effect of a condition on a metric has these numbers."""
    effects = evidence.comparisons[metric].effects
    return with_whole(evidence, metric, effects={**effects, label: replace(effects[label], **numbers)})


def with_interval(evidence: Evidence, label: str, low: float, high: float) -> Evidence:
    """Return evidence in which the headline of a condition has this interval."""
    told = evidence.primary.effects[label].headline
    return with_effect(evidence, label, headline=replace(told, low=low, high=high))
