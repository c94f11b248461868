"""Example comparisons of several conditions: the answer, failures, bad endings, intervals that do not hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from analysis.answer.compare import compare
from analysis.answer.comparison import Comparison
from analysis.answer.effect import Effect
from analysis.answer.headline import NORMAL, SEEDS_AND_GROUPS, SEEDS_AND_IMAGES, SEQUENCE
from analysis.catalogue.example import table
from analysis.methods import verdict
from analysis.methods.bad_endings import BadEndings
from analysis.methods.cross_check import CrossCheck
from analysis.methods.failure_rates import Divergence, clopper_pearson
from analysis.methods.omnibus import Omnibus
from analysis.methods.resampling import Resampled
from analysis.phrasebook.effects import (
    ALPHA,
    GOOD,
    ONE_RUN_EACH,
    OPEN,
    OVER_SPLITS,
    UNTESTED,
    effect,
    every_verdict,
    numbers,
)
from analysis.phrasebook.entry import Entry, Line, called, text_of
from analysis.wording import answers, bad_endings, controls, failures, paper, resampling, sentences, terminal
from analysis.wording.style import PAGE
from bench.schema.known_metrics import HIGHER, LOWER, MEAN, TYPICAL


def whole(*effects: Effect, **more: Any) -> Comparison:
    """Return a comparison with these effects."""
    usual: dict[str, Any] = {
        "metric": "test_accuracy", "control": "none", "alpha": ALPHA, "margin": 0.001, "direction": HIGHER,
        "role": "primary", "n_seeds": 30, "dropped": (), "warnings": (), "omnibus": Omnibus(), "dose_response": None,
        "selection": None, "divergence": {}, "bad_endings": {}, "conditions": {}, "bad_ending": 0.05,
    }  # fmt: skip
    return Comparison(**(usual | {"effects": {each.condition: each for each in effects}} | more))


def named(*effects: Effect) -> list[Effect]:
    """Return the effects under names of their own."""
    return [replace(each, condition=f"rate-0.{place}") for place, each in enumerate(effects, start=1)]


_GOOD, _OPEN = effect(*GOOD[:2], p=GOOD[2]), effect(*OPEN[:2], p=OPEN[2])
_VERDICTS, _UNKNOWN = every_verdict(HIGHER), every_verdict(None, 40.0, metric="score")
FAMILIES = (
    [_GOOD],
    named(_GOOD, _GOOD),
    named(_GOOD, _OPEN, _OPEN),
    named(*_VERDICTS),
    named(*_UNKNOWN[:5]),
    named(*_VERDICTS[3:5]),
    named(_OPEN, _OPEN),
    named(UNTESTED[1], UNTESTED[0]),
    named(UNTESTED[4], UNTESTED[4]),
    named(_OPEN, UNTESTED[2]),
    [ONE_RUN_EACH[0]],
    named(*ONE_RUN_EACH[:2], ONE_RUN_EACH[1]),
    named(ONE_RUN_EACH[0], ONE_RUN_EACH[0], ONE_RUN_EACH[0], UNTESTED[0]),
    named(ONE_RUN_EACH[1], ONE_RUN_EACH[1]),
    named(ONE_RUN_EACH[-1], ONE_RUN_EACH[-1]),
    named(OVER_SPLITS[0], OVER_SPLITS[2]),
    named(OVER_SPLITS[3], OVER_SPLITS[3]),
)


def failed(condition: str, n: int, k: int | None) -> Divergence:
    """Return a failure rate with its exact limits."""
    low, high = (None, None) if k is None or n == 0 else clopper_pearson(k, n, ALPHA)
    p = 0.25 if condition != "none" and k is not None else None
    return Divergence(condition=condition, n=n, n_diverged=k, rate_low=low, rate_high=high, p_mcnemar=p)


RATES = [failed(*each) for each in (("none", 30, 0), ("none", 30, 3), ("none", 30, 30), ("none", 0, 0),
                                    ("none", 30, None))]  # fmt: skip
RATES += [replace(RATES[1], rate_low=None, rate_high=None)]


def ended(condition: str, n: int, k: int | None, p: float | None = None) -> BadEndings:
    """Return how many runs ended badly."""
    return BadEndings(condition=condition, n=n, n_bad=k, rate=None if k is None else k / n, p_holm=p)


ENDINGS = [
    [ended("none", 100, 6), ended("book", 100, 1, 0.13)],
    [ended("none", 100, 6), ended("book", 100, 0, 0.03)],
    [ended("none", 100, 1), ended("book", 100, 1, 1.0), ended("half", 98, 9, 0.02)],
    [ended("none", 100, 6), ended("book", 100, 1, 0.13), ended("half", 98, 2, 0.2)],
    [ended("none", 30, 0), ended("book", 30, 0, 1.0), ended("half", 30, 0, 1.0)],
    [ended("none", 4, None), ended("book", 4, None)],
]
RULES = [{}, {"metric": "test_loss", "direction": LOWER, "bad_ending": 0.2}, {"bad_ending": None}]
RESAMPLED = [
    Resampled(estimand=MEAN, n=30, nominal=ALPHA, limit=0.125, achieved=0.31, holds=False),
    Resampled(estimand=TYPICAL, n=30, nominal=ALPHA, limit=0.125, achieved=0.06, holds=True),
    Resampled(estimand=TYPICAL, n=6, nominal=ALPHA, limit=0.125),
]


def _rate(each: Divergence) -> str:
    return f"{each.condition}: n = {each.n}, {each.n_diverged} diverged, {each.rate_low} to {each.rate_high}"


def _endings(found: list[BadEndings]) -> str:
    return "; ".join(f"{each.condition}: {each.n_bad} of {each.n}, Holm p {each.p_holm}" for each in found)


def _with_failures() -> tuple[Line, Line, Line]:
    told = []
    for counts, of in (((3, 1), _GOOD), ((0, 0), _GOOD), ((8, 0), UNTESTED[1])):
        rates = {"none": failed("none", 30, counts[0]), "book": failed("book", 30, counts[1])}
        said = sentences.sentences(of, rates, PAGE, only_failures=True)
        told.append(Line("; ".join(map(_rate, rates.values())), text_of(said)))
    return told[0], told[1], told[2]


def _answered(*family: Effect) -> Line:
    first = family[0]
    found = whole(*family, metric=first.metric, direction=first.direction, margin=first.margin)
    return Line("; ".join(f"{each.condition}: {numbers(each)}" for each in family), answers.answer(found))


PAPERS = (
    _GOOD,
    effect(*GOOD[:2], p=GOOD[2], estimand=MEAN, assumes=NORMAL),
    effect(*GOOD[:2], p=GOOD[2], scope=SEEDS_AND_IMAGES),
    effect(*GOOD[:2], p=GOOD[2], scope=SEEDS_AND_GROUPS),
    effect(*GOOD[:2], p=GOOD[2], scope=SEQUENCE, estimand="median"),
    UNTESTED[0],
    ONE_RUN_EACH[0],
    ONE_RUN_EACH[2],
)
"""What a paper may say of: by both estimands, for new images and groups of them, by a sequence, of what cannot be
tested, and of one run each."""


def _crossed() -> tuple[Line, ...]:
    """Return what is written of cross-checks that agree and that differ."""
    points: dict[str, tuple[str | None, str | None]] = {
        "both point to better": ("better", "better"),
        "it alone points": ("equivalent", None),
        "the verdict alone points": (None, "better"),
        "neither points": (None, None),
    }
    told = []
    for name, (here, there) in points.items():
        found = CrossCheck(condition="book", n=30, p_better=0.962, p_equivalent=0.038, p_worse=0.0, points_to=here,
                           verdict_points_to=there)  # fmt: skip
        told.append(Line(name, text_of(terminal.crossed(whole(_GOOD, cross_check=(found,))))))
    return tuple(told)


def entries() -> tuple[Entry, ...]:
    """Return what is written of a comparison as a whole, and of its failures."""
    both = {"none": failed("none", 30, 3), "book": failed("book", 30, 0)}
    few = replace(_GOOD, n_pairs=3)
    shown = compare(table(), "test_accuracy", "none", margin=0.01)
    return (
        called(controls.margin_amount, (0.001, "test_accuracy"), (0.25, "test_loss")),
        called(controls.planned_margin, (0.001, "test_accuracy")),
        called(controls.the_plan_says, (0.001, "test_accuracy", []), (0.001, "test_accuracy", ["book"])),
        Entry(controls.known_after, tuple(
            Line(f"bounded {bounded}, first {first}", controls.known_after(bounded=bounded, first=first))
            for bounded, first in ((False, None), (True, None), (True, 12))
        )),
        *(
            Entry(function, tuple(
                Line(f"{each.headline.estimand}, {each.headline.scope}", text_of(function(each, whole(each))))
                for each in PAPERS
            ))
            for function in (paper.sentence, paper.interval_kind)
        ),
        Entry(paper.checklist, tuple(
            Line(
                f"{each.headline.estimand}, {each.headline.scope}",
                paper.checklist(whole(each), 60, seconds, machines),
            )
            for each, seconds, machines in zip(
                PAPERS, [None, 40.0, 900.0, 9_000.0] * 2, [[], ["a processor"], ["a", "b"], []] * 2, strict=False
            )
        )),
        Entry(terminal.crossed, _crossed()),
        Entry(answers.answer, tuple(_answered(*each) for each in FAMILIES)),
        Entry(sentences.sentences, _with_failures()),
        Entry(failures.failures, tuple(
            Line("; ".join(map(_rate, both.values())), failures.failures(each, both)) for each in (_GOOD, few)
        )),
        Entry(failures.failure, tuple(Line(_rate(each), failures.failure(each)) for each in RATES)),
        Entry(failures.no_failure, tuple(
            Line("; ".join(map(_rate, given)), text_of(failures.no_failure(given)))
            for given in ([RATES[0], failed("book", 30, 0)], [RATES[0], failed("book", 28, 0)], RATES[:2])
        )),
        *(Entry(function, tuple(
            Line("; ".join(map(numbers, given)), text_of(function(whole(*given))))
            for given in ([ONE_RUN_EACH[0]], [ONE_RUN_EACH[2]], [_GOOD])
        )) for function in (sentences.what_one_run_is, sentences.means_of_one_run)),
        Entry(bad_endings.counted, tuple(
            Line(_endings([each]), bad_endings.counted(each)) for each in (ENDINGS[0][0], ENDINGS[-1][0])
        )),
        Entry(bad_endings.rule, tuple(
            Line(str(more or "bad_ending 0.05"), text_of(bad_endings.rule(whole(**more)))) for more in RULES
        )),
        Entry(bad_endings.shown, tuple(
            Line(_endings(each), text_of(bad_endings.shown(whole(bad_endings={one.condition: one for one in each}))))
            for each in ENDINGS
        )),
        *(Entry(function, tuple(
            Line(f"{each.estimand}: {each.achieved} of {each.nominal} at n = {each.n}", text_of(function(each)))
            for each in RESAMPLED
        )) for function in (resampling.outcome, resampling.does_not_hold)),
        Entry(terminal.render, (Line("the table of docs/methods.md, margin 0.01", terminal.render(shown)),)),
        Entry(terminal.tabulated, (Line("two rows", terminal.tabulated(("condition", "n", "verdict"),
                                                                       [("book", "30", verdict.SUPERIOR)])),)),
    )  # fmt: skip
