"""The one decision that a comparison is judged by: words, tables, figures and LaTeX read it, and nothing else."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from analysis.answer.decision import Decision
from analysis.answer.sequences import MEDIAN, follow
from analysis.base.records import Record
from analysis.methods import verdict
from analysis.methods.mean_family import MeanFamily
from analysis.methods.over_items import OverItems, no_interval
from analysis.methods.over_splits import OverSplits
from analysis.methods.p_value import probability
from analysis.methods.paired_t import Difference, TTest
from analysis.methods.result import Results, why_untestable
from analysis.methods.signed_rank_distribution import fewest
from analysis.methods.two_way_interval import OverImages
from analysis.methods.typical import Typical
from analysis.methods.verdict import Interval
from analysis.tables.pairing import Pairs
from analysis.tables.pairs_by_seed import Arms
from analysis.tables.question import Question
from bench.schema.known_metrics import MEAN, TYPICAL

SEEDS, SEEDS_AND_IMAGES, SEQUENCE, ITEMS = "seeds", "seeds_and_images", "sequence", "items"
SEEDS_AND_GROUPS, ITEM_GROUPS, SPLITS = "seeds_and_groups", "item_groups", "splits"
"""What the decision holds for: new seeds on this test set; new seeds and test images; new seeds, looking at will; new
test images, for these trained networks and no others; new seeds and groups of test images; new groups of test images,
for these trained networks and no others; other splits of data of this kind, approximately."""

OF_ONE_RUN = (ITEMS, ITEM_GROUPS)
"""Scopes of one run a condition, which are of these trained networks and no others."""

SEEDS_AND_EITHER = "seeds_and_images_or_groups"
"""Over several tasks: new seeds, and new test images on some tasks, new groups of them on others."""
OVER_IMAGES = (SEEDS_AND_IMAGES, SEEDS_AND_GROUPS, SEEDS_AND_EITHER)
"""Scopes that reach beyond this test set, one image or one group of images at a time."""

SIMULTANEOUS, ALONE = "simultaneous", "t"
"""An interval that holds with those of all other conditions, or the interval of this one alone."""

NORMAL = "normal differences"
"""What an interval of the mean assumes."""

REACH = {
    SEEDS: "for new seeds, on this training set and this test set",
    SEEDS_AND_IMAGES: "for new seeds and new test {examples}, on this training set",
    SEEDS_AND_GROUPS: "for new seeds and new groups of test {examples}, on this training set",
    SEQUENCE: "for new seeds, on this training set and this test set, however often one looks",
    ITEMS: "for these trained networks, on new {examples} of this kind; other seeds are not covered",
    ITEM_GROUPS: "for these trained networks, on new groups of {examples} of this kind; other seeds are not covered",
    SPLITS: "for other training and test sets of these sizes from the same source; approximately, since splits share "
    "training data",
}
ONE_RUN = "one run a condition"


@dataclass(frozen=True, kw_only=True)
class Headline(Record):
    """The decision that a comparison is judged by.

    Parameters
    ----------
    estimand : str
        `TYPICAL` or `MEAN`: which centre of the differences.
    scope : str
        `SEEDS`, `SEEDS_AND_IMAGES`, `SEEDS_AND_GROUPS`, `SEQUENCE`, `ITEMS`, `ITEM_GROUPS` or `SPLITS`.
    interval : str or None
        `SIMULTANEOUS` or `ALONE`; None where there is no interval.
    verdict : str or None
        One of `analysis.methods.verdict.VERDICTS`; None for a negative control, and for one run a condition.
    estimate : float or None
        The estimate, in the metric's own unit.
    low, high : float or None
        Interval at 1 - alpha, in the metric's own unit; None where there is none, and where it has no limit.
    low_90, high_90 : float or None
        Interval at 1 - 2 alpha.
    p : float or None
        Least alpha at which the interval excludes 0; None where nothing can be tested.
    assumes : str or None
        What the interval assumes.
    reason : str or None
        Why it is not decided, where there is more to say than the interval does.
    """

    estimand: str = TYPICAL
    scope: str
    interval: str | None = None
    verdict: str | None
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    low_90: float | None = None
    high_90: float | None = None
    p: float | None = None
    assumes: str | None = None
    reason: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON; one run a condition is of scope `ITEMS` in groups too, which `n_item_groups` counts."""
        return super().to_json() | ({"scope": ITEMS} if self.scope == ITEM_GROUPS else {})


@dataclass(frozen=True)
class Family:
    """The conditions that are judged together, as they were planned.

    Parameters
    ----------
    seeds : int
        Planned seeds; without a plan, distinct seeds of the control.
    size : int
        Conditions, those that cannot be tested too.
    """

    seeds: int
    size: int

    def leading(self, asked: Question) -> str:
        """Return the estimand that leads: that of the plan, but the mean where seeds are too few for the typical one.

        Decided once for all conditions of a metric, and never by what the data show.
        """
        return asked.estimand if self.seeds >= fewest(asked.alpha, max(1, self.size)) else MEAN


def headline(found: Results, arms: Arms, asked: Question, family: Family) -> Headline:
    """Return the decision that a comparison is judged by.

    Parameters
    ----------
    found : Results
        Results of the comparison; its verdict is None for a condition outside the family.
    arms : Arms
    asked : Question
    family : Family

    Notes
    -----
    Seeds that were added until something was decided are judged by the confidence sequence, at alpha over the number of
    all conditions in the family; its interval stands for that at 2 alpha too, and 1/e times that number is its p. Else
    the interval over seeds and images, or groups of them, leads where the images are known, and that over seeds stands
    in for it. A study
    of one run a condition has no seeds to speak of: where the images are known it is judged over these alone. Of splits
    of one data set the mean leads, by the corrected resampled t test; without the share that each holds out nothing is
    decided.
    """
    decision = found[Decision]
    if not arms.complete.unit.independent:
        return _of_splits(found, asked)
    leading = family.leading(asked)
    if decision.verdict is None:
        return _outside(found, leading)
    if asked.sequential:
        return _by_sequence(decision, arms.complete, asked, family.size)
    items = found.by_kind.get(OverItems)
    if family.seeds == 1 and isinstance(items, OverItems) and items.items_difference is not None:
        return _of_items(items)
    if leading == MEAN:
        return _of_mean(found)
    return _of_typical(found, arms.every, asked, family)


def _scope(found: Results, over_images: bool) -> str:
    """Return what an interval over seeds, and over images where these are known, holds for."""
    images = found.by_kind.get(OverImages)
    if not over_images:
        return SEEDS
    return SEEDS_AND_GROUPS if isinstance(images, OverImages) and images.test_groups else SEEDS_AND_IMAGES


def _outside(found: Results, leading: str) -> Headline:
    typical, t = found[Typical], found[TTest]
    if leading == MEAN:
        estimate, low, high = found[Difference].mean_difference, t.ci_low, t.ci_high
    else:
        estimate, low, high = typical.typical_difference, typical.typical_low, typical.typical_high
    interval = None if low is None and high is None else ALONE
    return Headline(
        estimand=leading, scope=SEEDS, verdict=None, interval=interval, estimate=estimate, low=low, high=high
    )


def _of_items(items: OverItems) -> Headline:
    known = items.items_low is not None
    few = items.n_item_groups if not known else None
    return Headline(
        estimand=MEAN,
        scope=ITEMS if items.n_item_groups is None else ITEM_GROUPS,
        interval=SIMULTANEOUS if known else None,
        verdict=None,
        estimate=items.items_difference,
        low=items.items_low,
        high=items.items_high,
        p=items.p_items,
        reason=ONE_RUN if few is None else f"{ONE_RUN}, and {no_interval(few)}",
    )


def _of_splits(found: Results, asked: Question) -> Headline:
    decision, corrected = found[Decision], found[OverSplits]
    judged = Headline(
        estimand=MEAN,
        scope=SPLITS,
        verdict=decision.verdict,
        estimate=found[Difference].mean_difference,
        reason=decision.verdict_reason,
    )
    if decision.verdict is None or decision.verdict_reason is not None or corrected.interval is None:
        return judged
    assumes = f"{NORMAL} with a correlation of {asked.test_fraction:g} between any two splits"
    return _with(replace(judged, assumes=assumes), corrected.interval, corrected.p_corrected)


def _of_mean(found: Results) -> Headline:
    decision, mean, middle = found[Decision], found[MeanFamily], found[Difference].mean_difference
    over_images = decision.verdict_crossed is not None and mean.over_images is not None
    interval = mean.over_images if over_images else mean.over_seeds
    judged = Headline(
        estimand=MEAN,
        scope=_scope(found, over_images),
        verdict=decision.verdict_crossed if over_images else decision.verdict,
        estimate=middle,
        assumes=NORMAL,
        reason=decision.verdict_reason,
    )
    if interval is None or decision.verdict_reason is not None:
        return judged
    return _with(judged, interval, mean.p_mean_crossed_adjusted if over_images else mean.p_mean_adjusted)


def _of_typical(found: Results, every: Pairs, asked: Question, family: Family) -> Headline:
    typical = found[Typical]
    over_images = typical.verdict_typical_crossed is not None
    word = typical.verdict_typical_crossed if over_images else typical.verdict_typical
    judged = Headline(scope=_scope(found, over_images), verdict=word, estimate=typical.typical_difference)
    if word == verdict.CANNOT_TEST:
        need = fewest(asked.alpha, family.size)
        with_ = (
            "1 condition" if family.size == 1 else f"{family.size} {'comparisons' if asked.family else 'conditions'}"
        )
        few = f"with {with_} the typical difference needs {every.unit.counted(need)}, and there {_are(every.n)}"
        return replace(judged, reason=why_untestable(every) or few)
    ends = (
        typical.typical_low_crossed_simultaneous if over_images else typical.typical_low_simultaneous,
        typical.typical_high_crossed_simultaneous if over_images else typical.typical_high_simultaneous,
        typical.typical_low_crossed_simultaneous_90 if over_images else typical.typical_low_simultaneous_90,
        typical.typical_high_crossed_simultaneous_90 if over_images else typical.typical_high_simultaneous_90,
    )
    p = typical.p_typical_crossed_adjusted if over_images else typical.p_typical_adjusted
    low, high, low_90, high_90 = ends
    return replace(judged, interval=SIMULTANEOUS, low=low, high=high, low_90=low_90, high_90=high_90, p=p)


def _are(n: int) -> str:
    return "is 1" if n == 1 else f"are {n}"


def _by_sequence(decision: Decision, pairs: Pairs, asked: Question, size: int) -> Headline:
    looks = follow(pairs, asked.alpha / size, asked.estimand)
    centre = MEAN if asked.estimand == MEAN else MEDIAN
    judged = Headline(estimand=centre, scope=SEQUENCE, verdict=verdict.CANNOT_TEST, reason=decision.verdict_reason)
    if not looks:
        return judged
    last = looks[-1]
    judged = replace(judged, estimate=last.centre, reason=None)
    if last.ends is None:
        return replace(judged, reason=f"after {pairs.unit.counted(pairs.n)} the confidence sequence is still unbounded")
    interval = Interval(*last.ends, *last.ends)
    if asked.estimand == MEAN and decision.verdict == verdict.INCONCLUSIVE and decision.verdict_reason:
        return replace(judged, verdict=verdict.INCONCLUSIVE, reason=decision.verdict_reason)
    word = verdict.decide(interval, asked.margin, asked.direction)
    p = probability(size * math.exp(min(0.0, -last.log_e_value)))
    return _with(replace(judged, verdict=word), interval, p)


def _with(judged: Headline, interval: Interval, p: float | None) -> Headline:
    return replace(
        judged,
        interval=SIMULTANEOUS,
        low=interval.low,
        high=interval.high,
        low_90=interval.low_90,
        high_90=interval.high_90,
        p=p,
    )


def reach(told: Sequence[str], example: str) -> str:
    """Return what intervals of these scopes hold for, where one `example` of the data is called that."""
    return "; or ".join(REACH[scope].format(examples=f"{example}s") for scope in told)


def scopes(headlines: Iterable[Headline]) -> list[str]:
    """Return the scopes of headlines, those that claim nothing left out; mostly there is one."""
    told = {each.scope for each in headlines if each.interval == SIMULTANEOUS}
    return [scope for scope in REACH if scope in told]
