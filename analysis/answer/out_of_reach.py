"""What no number of seeds reaches on a test set, and how sure that is: its standard error is an estimate itself."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import cast

from scipy import optimize

from analysis.answer.effect import Judged
from analysis.methods import verdict
from analysis.methods.power import SUPERIOR, Design
from analysis.methods.two_way_interval import IMAGES
from bench.schema.known_metrics import MEAN, TYPICAL

POWER = 0.8
"""Power of the plans that a report makes."""
SIZE_OPEN = (verdict.POSITIVE_UNCLEAR, verdict.NEGATIVE_UNCLEAR)


@dataclass(frozen=True)
class OutOfReach:
    """A goal that seeds do not reach with the power wanted, were the standard error from the test set the one seen.

    Parameters
    ----------
    images : int
        Test examples that it takes in place of `present`, in groups like theirs where they lie in some.
    present : int
    groups, present_groups : int or None
        Groups of them, where they lie in some.
    sure : bool
        Whether seeds do not reach it either at the lower limit of that standard error.
    floor, low, high : float
        The standard error from the test set, and its interval.
    """

    images: int
    present: int
    groups: int | None
    present_groups: int | None
    sure: bool
    floor: float
    low: float
    high: float

    def told(self, example: str) -> str:
        """Return it in a sentence without its stop."""
        claim = "no number of seeds reaches this" if self.sure else "this may not be reached by any number of seeds"
        new, needed, present = f"test {example}s", self.images, self.present
        if self.groups is not None and self.present_groups is not None:
            new, needed, present = f"groups of {new}", self.groups, self.present_groups
        return (
            f"Over new {new} too, {claim} on these {example}s: the standard error from the test set is "
            f"{self.floor:.4g} (between {self.low:.4g} and {self.high:.4g}), and {needed:,} {new} in place of "
            f"{present:,} would be needed"
        )


def out_of_reach(each: Judged, design: Design, delta: float) -> OutOfReach | None:
    """Return why no number of seeds shows what is planned at a true difference `delta`; None where some does."""
    floor, total = each.test_set_floor, each.test_images
    if not floor or total is None or not design.possible(delta):
        return None
    design = replace(design, floor=floor, floor_df=each.test_set_floor_df)
    greatest = design.greatest_floor(delta)
    if floor <= greatest:
        return None
    low = floor if each.test_set_floor_low is None else each.test_set_floor_low
    high = floor if each.test_set_floor_high is None else each.test_set_floor_high
    times, groups = _times(design, delta), each.test_groups
    needed = None if groups is None else math.ceil(groups * times)
    return OutOfReach(math.ceil(total * times), total, needed, groups, low > greatest, floor, low, high)


def _times(design: Design, delta: float) -> float:
    """Return how many times the test examples it takes; more groups of them have more degrees of freedom too."""
    most, df = (design.floor / design.greatest_floor(delta)) ** 2, design.floor_df
    if df is None:
        return most

    def lacking(times: float) -> float:
        larger = replace(design, floor_df=times * (df + 1) - 1)
        return design.floor / math.sqrt(times) - larger.greatest_floor(delta)

    return cast("float", optimize.brentq(lacking, 1.0, most))


def report_design(first: Judged, family: int) -> Design:
    """Return what a study to come is to find: the difference that leads, with the power of a report's plans."""
    leading = MEAN if first.headline.estimand == MEAN else TYPICAL
    return Design(1.0, first.alpha, POWER, family, estimand=leading, goal=SUPERIOR)


def limit_of(each: Judged, family: int) -> OutOfReach | None:
    """Return why seeds alone do not decide a comparison; None where they do, and where no margin is set.

    They are to detect the margin, or what is left to it where only the size is open.
    """
    delta, judged = each.margin, each.headline
    if delta is not None and judged.estimate is not None and judged.verdict in SIZE_OPEN:
        delta = abs(abs(judged.estimate) - delta)
    return None if delta is None else out_of_reach(each, report_design(each, family), delta)


def helped_by(each: Judged, family: int) -> str | None:
    """Return what helps a comparison more, seeds or test examples: these, where seeds alone do not decide."""
    return each.surer_by if limit_of(each, family) is None else IMAGES
