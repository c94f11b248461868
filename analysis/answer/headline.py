"""The one decision that a comparison is told by: words, tables, figures and LaTeX read it, and nothing else."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from analysis.answer.decision import Decision
from analysis.answer.sequences import follow
from analysis.base.records import Record
from analysis.methods import verdict
from analysis.methods.multiplicity import MaxT
from analysis.methods.paired_t import TTest
from analysis.methods.result import Results, probability
from analysis.methods.simultaneous import Simultaneous
from analysis.methods.two_way_interval import OverImages
from analysis.methods.verdict import FEW, Interval
from analysis.tables.pairing import Pairs
from analysis.tables.question import Question
from bench.schema.known_metrics import MEAN

SEEDS, SEEDS_AND_IMAGES, SEQUENCE = "seeds", "seeds_and_images", "sequence"
"""What the decision holds for: new seeds on this test set; new seeds and test images; new seeds, looking at will."""

SIMULTANEOUS, ALONE = "simultaneous", "t"
"""An interval that holds with those of all other conditions, or the t interval of this one alone."""

REACH = {
    SEEDS: "for new seeds, on this training set and this test set",
    SEEDS_AND_IMAGES: "for new seeds and new test images, on this training set",
    SEQUENCE: "for new seeds, on this training set and this test set, however often one looks",
}


@dataclass(frozen=True, kw_only=True)
class Headline(Record):
    """The decision that a comparison is told by.

    Parameters
    ----------
    scope : str
        `SEEDS`, `SEEDS_AND_IMAGES` or `SEQUENCE`.
    verdict : str or None
        One of `analysis.methods.verdict.VERDICTS`; None for a negative control.
    reason : str or None
        Why it is not decided, where there is more to say than the interval does.
    interval : str or None
        `SIMULTANEOUS` or `ALONE`; None where there is no interval.
    low, high : float or None
        Interval at 1 - alpha, in the metric's own unit.
    low_90, high_90 : float or None
        Interval at 1 - 2 alpha.
    p : float or None
        p-value adjusted over the family; None where there is none, or nothing can be tested.
    """

    scope: str
    verdict: str | None
    reason: str | None = None
    interval: str | None = None
    low: float | None = None
    high: float | None = None
    low_90: float | None = None
    high_90: float | None = None
    p: float | None = None


def headline(found: Results, pairs: Pairs, asked: Question, size: int) -> Headline:
    """Return the decision that a comparison is told by.

    Parameters
    ----------
    found : Results
        Results of the comparison; its verdict is None for a condition outside the family.
    pairs : Pairs
        Its complete pairs.
    asked : Question
    size : int
        Conditions in the family.

    Notes
    -----
    Seeds that were added until something was decided are told by the confidence sequence, at alpha over the number of
    all conditions in the family; its interval stands for that at 2 alpha too. Else the decision over seeds and images
    leads where it can be made, and that over seeds stands in for it. p is adjusted over the family: 1/e of the sequence
    times that number, the two-way p times the number of conditions that can be tested, both at most 1, or max-t's. It
    is null where the verdict is that nothing can be tested.
    """
    decision, images, over_seeds = found[Decision], found[OverImages], found[Simultaneous].simultaneous
    if decision.verdict is None or pairs.n < FEW or over_seeds is None:
        low, high = found[TTest].ci_low, found[TTest].ci_high
        alone = Headline(scope=SEEDS, verdict=decision.verdict, reason=decision.verdict_reason)
        return alone if low is None else replace(alone, interval=ALONE, low=low, high=high)
    if asked.sequential:
        return _by_sequence(decision, pairs, asked, size)
    if images.verdict_crossed is not None and images.simultaneous_crossed is not None:
        told = Headline(scope=SEEDS_AND_IMAGES, verdict=images.verdict_crossed, reason=decision.verdict_reason)
        return _with(told, images.simultaneous_crossed, images.p_crossed_adjusted)
    told = Headline(scope=SEEDS, verdict=decision.verdict, reason=decision.verdict_reason)
    return _with(told, over_seeds, found[MaxT].p_of_enough(pairs.n, asked.alpha))


def _by_sequence(decision: Decision, pairs: Pairs, asked: Question, size: int) -> Headline:
    last = follow(pairs, asked.alpha / size, asked.estimand)[-1]
    if last.ends is None:
        why = f"after {pairs.unit.counted(pairs.n)} the confidence sequence is still unbounded"
        return Headline(scope=SEQUENCE, verdict=verdict.CANNOT_TEST, reason=why)
    interval = Interval(*last.ends, *last.ends)
    word, reason = verdict.decide(interval, asked.margin, asked.direction), None
    if asked.estimand == MEAN and decision.verdict == verdict.INCONCLUSIVE and decision.verdict_reason:
        word, reason = verdict.INCONCLUSIVE, decision.verdict_reason  # any other reason is of the t test
    p = probability(size * math.exp(min(0.0, -last.log_e_value)))
    return _with(Headline(scope=SEQUENCE, verdict=word, reason=reason), interval, p)


def _with(told: Headline, interval: Interval, p: float | None) -> Headline:
    """Return a headline with its interval, and with its p unless nothing can be tested."""
    return replace(
        told,
        interval=SIMULTANEOUS,
        low=interval.low,
        high=interval.high,
        low_90=interval.low_90,
        high_90=interval.high_90,
        p=None if told.verdict == verdict.CANNOT_TEST else p,
    )


def scopes(headlines: Iterable[Headline]) -> list[str]:
    """Return the scopes of headlines, those that claim nothing left out; mostly there is one."""
    told = {each.scope for each in headlines if each.interval == SIMULTANEOUS}
    return [scope for scope in REACH if scope in told]
