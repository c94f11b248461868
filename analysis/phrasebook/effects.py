"""Example effects: each verdict follows from its interval, margin and direction, as in every comparison."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from analysis.answer.decision import DEPENDENT
from analysis.answer.effect import Effect, Judged
from analysis.answer.headline import (
    ITEM_GROUPS,
    ITEMS,
    NORMAL,
    OF_ONE_RUN,
    ONE_RUN,
    SEEDS,
    SEEDS_AND_GROUPS,
    SEEDS_AND_IMAGES,
    SEQUENCE,
    SIMULTANEOUS,
    SPLITS,
    Headline,
)
from analysis.methods import verdict
from analysis.methods.over_items import no_interval
from analysis.phrasebook.entry import Entry, Line, text_of
from analysis.wording import differences, sentences, verdicts
from analysis.wording.number_format import inner_level, level, p_value
from analysis.wording.style import PAGE
from bench.schema.known_metrics import HIGHER, LOWER, MEAN, TYPICAL, Direction

ALPHA, SEEDS_RUN = 0.05, 30
Ends = tuple[float | None, float | None]


_HEADLINE: dict[str, Any] = {
    "scope": SEEDS, "estimand": TYPICAL, "interval": None, "verdict": verdict.CANNOT_TEST, "estimate": None,
    "low": None, "high": None, "low_90": None, "high_90": None, "p": None, "assumes": None, "reason": None,
}  # fmt: skip
_EFFECT: dict[str, Any] = {
    "condition": "book", "control": "none", "metric": "test_accuracy", "direction": HIGHER, "alpha": ALPHA,
    "margin": 0.001, "stays_at_chance": False, "n_pairs": SEEDS_RUN, "seeds_lost": (), "n_lost_to_divergence": 0,
    "pairs": (),
}  # fmt: skip


def effect(ends: Ends = (None, None), inner: Ends = (None, None), **more: Any) -> Effect:
    """Return the effect of “book” against “none” with this interval, and the one at 1 - 2 alpha inside it.

    `more` are fields of the effect and of its headline that are other than usual; ``n`` is the number of pairs.
    """
    if "n" in more:
        more["n_pairs"] = more.pop("n")
    own = _EFFECT | {name: value for name, value in more.items() if name not in _HEADLINE}
    (low, high), (low_90, high_90) = ends, inner
    told: dict[str, Any] = {"low": low, "high": high, "low_90": low_90, "high_90": high_90}
    if ends != (None, None):
        judged = verdict.Interval(-math.inf if low is None else low, math.inf if high is None else high, *inner)
        told["verdict"] = verdict.decide(judged, own["margin"], own["direction"])
        told["interval"] = SIMULTANEOUS
    if low is not None and high is not None:
        told["estimate"] = (low + high) / 2
    if more.get("estimand") == MEAN:
        told["assumes"] = NORMAL
    headline = _HEADLINE | told | {name: value for name, value in more.items() if name in _HEADLINE}
    fields: dict[str, Any] = {"n_typical": own["n_pairs"], "headline": Headline(**headline)} | own
    return Effect(**fields)


BY_VERDICT: dict[str, tuple[Ends, Ends, float]] = {
    "above the margin": ((0.0021, 0.0083), (0.0026, 0.0078), 0.0004),
    "above 0, within the margin": ((0.0002, 0.0011), (0.0003, 0.0009), 0.012),
    "above 0, margin open": ((0.0002, 0.0054), (0.0005, 0.0049), 0.021),
    "around 0, within the margin": ((-0.0009, 0.0008), (-0.0007, 0.0006), 0.81),
    "around 0": ((-0.0031, 0.0044), (-0.0025, 0.0038), 0.67),
    "below 0, margin open": ((-0.0054, -0.0002), (-0.0049, -0.0005), 0.021),
    "below 0, within the margin": ((-0.0011, -0.0002), (-0.0009, -0.0003), 0.012),
    "below the margin": ((-0.0083, -0.0021), (-0.0078, -0.0026), 0.0004),
}
"""Where the interval lies: its ends, those at 1 - 2 alpha, and p. A fraction; the margin is 0.001."""


def every_verdict(direction: Direction | None, scale: float = 1.0, **more: Any) -> list[Effect]:
    """Return an effect of every verdict in one direction of benefit; `scale` is the unit of another metric."""
    return [
        effect(_scaled(ends, scale), _scaled(inner, scale), p=p, direction=direction, margin=0.001 * scale, **more)
        for ends, inner, p in BY_VERDICT.values()
    ]


def _scaled(ends: Ends, scale: float) -> Ends:
    low, high = (None if end is None else scale * end for end in ends)
    return low, high


GOOD, OPEN = BY_VERDICT["above the margin"], BY_VERDICT["around 0"]

FRACTIONS = [each for direction in (HIGHER, LOWER, None) for each in every_verdict(direction, metric=
    {HIGHER: "test_accuracy", LOWER: "generalisation_gap", None: "balanced_accuracy_gain"}[direction])]  # fmt: skip
OTHER_UNITS = [
    *every_verdict(LOWER, 40.0, metric="test_loss"),
    effect((-4.1, 6.3), (-3.2, 5.6), metric="train_seconds", direction=LOWER, margin=1.0, p=0.62),
    effect((0.4, 2.9), (0.6, 2.6), metric="bits_per_character", direction=LOWER, margin=None, p=0.002),
    effect((0.4, 2.9), (0.6, 2.6), metric="score", direction=None, margin=None, p=0.002),
]
SCOPES = [
    effect(*GOOD[:2], p=GOOD[2], scope=SEEDS_AND_IMAGES),
    effect(*OPEN[:2], p=OPEN[2], scope=SEEDS_AND_IMAGES, estimand=MEAN),
    effect(*GOOD[:2], p=GOOD[2], scope=SEEDS_AND_GROUPS),
    effect(*GOOD[:2], p=GOOD[2], scope=SEQUENCE, estimand="median"),
    effect(*OPEN[:2], p=OPEN[2], scope=SEQUENCE, estimand=MEAN),
    effect(*GOOD[:2], p=GOOD[2], estimand=MEAN),
    effect(*GOOD[:2], p=GOOD[2], estimand=MEAN, n=24, n_lost_to_divergence=6),
    effect(*GOOD[:2], p=GOOD[2], margin=None),
]
UNBOUNDED = [
    effect((0.02, None), (0.03, None), metric="test_loss", direction=LOWER, margin=0.01, p=0.004, estimate=0.06),
    effect((None, -0.02), (None, -0.03), metric="test_loss", direction=LOWER, margin=0.01, p=0.004, estimate=-0.06),
    effect((-0.01, None), (0.0, None), metric="test_loss", direction=LOWER, margin=0.01, p=0.09),
    effect(metric="test_loss", direction=LOWER, margin=0.01, verdict=verdict.INCONCLUSIVE, p=1.0),
]
UNTESTED = [
    effect(n=0),
    effect(n=0, n_lost_to_divergence=8),
    effect(n=1, estimate=0.0035),
    effect(n=2, estimate=0.0035, mean_difference=0.0035, ci_low=-0.061, ci_high=0.068,
           reason="2 pairs: at least 3 are needed"),
    effect(n=4, estimate=0.0035, mean_difference=0.0035, ci_low=-0.002, ci_high=0.009,
           reason="with 3 conditions the typical difference needs 7 pairs, and there are 4"),
    effect(n=8, estimate=0.0035, mean_difference=0.0035, reason="the differences do not vary. The seed may not be "
           "applied"),
    effect(n=8, estimate=0.0, mean_difference=0.0, reason="the differences do not vary. The condition may not be "
           "applied"),
    effect(n=4, estimate=0.0035, mean_difference=0.0035, ci_low=-0.002, ci_high=0.009, scope=SEQUENCE,
           estimand="median", reason="after 4 pairs the confidence sequence is still unbounded"),
    effect(n=24, estimate=0.0035, mean_difference=0.0035, estimand=MEAN, verdict=verdict.INCONCLUSIVE,
           n_lost_to_divergence=6, reason="given that both trained the verdict is 'superior'; with diverged trials "
           "scored at what they reached it is 'inconclusive'"),
    effect(n=30, condition="all-dropped", low=-0.7502, high=-0.7391, estimate=-0.7451, verdict=None,
           stays_at_chance=True),
]  # fmt: skip


def one_run(ends: Ends, p: float | None, groups: int | None = None, **more: Any) -> Effect:
    """Return what one run of “book” and one of “none” show over 2,000 images; `more` as for `effect`."""
    reason = ONE_RUN if p is not None else f"{ONE_RUN}, and {no_interval(groups or 0)}"
    usual: dict[str, Any] = {
        "n": 1,
        "n_items": 2_000,
        "n_item_groups": groups,
        "scope": ITEMS if groups is None else ITEM_GROUPS,
        "reason": reason,
        "p": p,
    }
    return effect(ends, **(usual | {"verdict": None, "estimand": MEAN, "assumes": None} | more))


ONE_RUN_EACH = [
    one_run((0.0131, 0.0349), 0.0002),
    one_run((-0.0087, 0.0196), 0.45),
    one_run((-0.0213, -0.0021), 0.019, groups=25),
    one_run((-0.0213, -0.0021), 0.019, groups=25, items_difference=-0.0117, mean_difference=0.0042),
    one_run((-0.0196, 0.0087), 0.45, metric="generalisation_gap", direction=LOWER),
    one_run((None, None), None, groups=6, estimate=0.0112),
]
"""One run of each condition, judged over new images."""

ASSUMED = f"{NORMAL} with a correlation of 0.1 between any two splits"
OVER_SPLITS = [
    effect(*ends[:2], p=ends[2], n=10, estimand=MEAN, scope=SPLITS, assumes=ASSUMED)
    for ends in (GOOD, BY_VERDICT["around 0, within the margin"], OPEN)
] + [
    effect(n=n, estimate=0.0035, mean_difference=0.0035, ci_low=-0.002, ci_high=0.009, estimand=MEAN, scope=SPLITS,
           reason=DEPENDENT, assumes=None) for n in (10, 2, 1, 0)
]  # fmt: skip
"""Splits of one data set, with the share that each holds out and without it."""

EXAMPLES = [*FRACTIONS, *OTHER_UNITS, *SCOPES, *UNBOUNDED, *UNTESTED, *ONE_RUN_EACH, *OVER_SPLITS]


def numbers(judged: Judged) -> str:
    """Return the numbers of an effect that sentences are made from."""
    told, parts = judged.headline, [judged.metric, f"{judged.direction or 'neither'} is better"]
    parts += [f"{told.estimand}, {told.scope.replace('_', ' ')}", f"n = {verdicts.pairs_of(judged)}"]
    parts += [] if told.estimate is None else [f"estimate {told.estimate:.6g}"]
    inner = inner_level(judged.alpha)
    for called, low, high in ((level(judged.alpha), told.low, told.high), (inner, told.low_90, told.high_90)):
        if (low, high) != (None, None):
            ends = ("-∞" if low is None else f"{low:.6g}", "∞" if high is None else f"{high:.6g}")
            parts.append(f"{called} {' to '.join(ends)}")
    parts += [] if told.p is None else [p_value(told.p)]
    parts += [] if judged.margin is None else [f"margin {judged.margin:.6g}"]
    parts += [f"{judged.n_lost_to_divergence} pairs lost"] if judged.n_lost_to_divergence else []
    if judged.headline.scope in OF_ONE_RUN:
        return "; ".join([*parts, told.reason or ""])
    return "; ".join([*parts, told.verdict or "negative control"])


def _of(function: Callable[[Any], str | None], told: list[Effect]) -> Entry:
    """Return what a function writes of each effect, each text once."""
    lines: dict[str, Line] = {}
    for each in told:
        text = text_of(function(each))
        lines.setdefault(text, Line(numbers(each), text))
    return Entry(function, tuple(lines.values()))


def _no_pair(each: Effect) -> str:
    return sentences.no_pair(each, PAGE)


def _headline(each: Effect) -> str:
    return sentences.headline(each, PAGE)


def _claim(each: Effect) -> str:
    return sentences.claim(each, PAGE.metric(each.metric), "at depth 4", "at depth 2")


def _items(each: Effect) -> str:
    return sentences.items(each, "image")


def _new_items(each: Effect) -> str:
    return sentences.new_items(each, "image")


def _given(each: Effect) -> str:
    return sentences.given(each, "both", "pair")


MEANT = (FRACTIONS[:8], OTHER_UNITS[:8], OTHER_UNITS[-2:], FRACTIONS[-8:])


def _meant(*judged: Effect) -> Line:
    return Line("; ".join(str(each.headline.verdict) for each in judged), verdicts.meanings(judged))


def entries() -> tuple[Entry, ...]:
    """Return what is written of one comparison."""
    known = [each for each in EXAMPLES if each.headline.verdict not in (None, verdict.CANNOT_TEST)]
    return (
        Entry(sentences.headline, _of(_headline, EXAMPLES).lines),
        Entry(sentences.no_pair, _of(_no_pair, [each for each in EXAMPLES if not verdicts.pairs_of(each)]).lines),
        Entry(sentences.claim, _of(_claim, known).lines),
        _of(sentences.why_no_claim, [*UNTESTED, *OVER_SPLITS[3:]]),
        _of(sentences.reason, [*UNTESTED[-2:], ONE_RUN_EACH[-1]]),
        Entry(sentences.items, _of(_items, ONE_RUN_EACH[1:3]).lines),
        Entry(sentences.new_items, _of(_new_items, ONE_RUN_EACH[1:3]).lines),
        _of(sentences.no_interval, [ONE_RUN_EACH[-1], one_run((None, None), None, groups=12, estimate=0.0)]),
        Entry(
            differences.margin_of,
            tuple(
                Line(f"{metric}: {margin}", text_of(differences.margin_of(metric, margin)))
                for metric, margin in (("test_accuracy", 0.001), ("test_accuracy", 0.01), ("test_loss", 0.05))
            ),
        ),
        Entry(
            differences.by_how_much,
            tuple(
                Line(word, text_of(differences.by_how_much(word, "0.1 points")))
                for word in (verdict.SUPERIOR, verdict.POSITIVE_BUT_NEGLIGIBLE, verdict.POSITIVE_UNCLEAR)
            ),
        ),
        Entry(sentences.given, _of(_given, [SCOPES[0], SCOPES[5]]).lines),
        _of(sentences.without_limit, [SCOPES[0], UNBOUNDED[-1]]),
        _of(differences.estimate, [*SCOPES[:1], *OTHER_UNITS[-3:], UNBOUNDED[-1]]),
        _of(differences.between, [*FRACTIONS[:5], *SCOPES, *UNBOUNDED, *OVER_SPLITS]),
        _of(differences.interval, [*FRACTIONS[:1], *SCOPES[2:3], *UNBOUNDED, UNTESTED[0]]),
        _of(verdicts.short, EXAMPLES),
        Entry(verdicts.meanings, tuple(_meant(*each) for each in MEANT)),
        _of(verdicts.block_of, [SCOPES[0], OVER_SPLITS[0]]),
        _of(verdicts.tone, [*FRACTIONS[:8], *UNTESTED[-1:]]),
    )
