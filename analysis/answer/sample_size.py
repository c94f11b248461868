"""Plans for a study to come: from a standard deviation, or from a pilot table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from scipy import special

from analysis.answer.compare import compare
from analysis.answer.effect import Judged
from analysis.answer.out_of_reach import out_of_reach
from analysis.base.records import Record
from analysis.methods.power import EFFICIENCY, UPPER, Design, upper_sd
from analysis.methods.signed_rank_distribution import fewest
from analysis.methods.verdict import FEW
from analysis.tables.folds import refuse_folds
from analysis.tables.images import GROUPS
from analysis.tables.table import Table
from bench.schema.known_metrics import MEAN


@dataclass(frozen=True, kw_only=True)
class Asked(Record):
    """What is asked of a plan.

    Parameters
    ----------
    alpha : float
        Two-sided.
    power : float
    comparisons : int
        Conditions that are compared with the control.
    delta : float or None
        The difference to find; None where the seeds are given.
    n : int or None
        Seeds: given, or needed for `delta`; None where more than `analysis.methods.power.MOST` are.
    estimand : {"mean", "typical"}
        The difference that is to be found.
    """

    alpha: float
    power: float
    comparisons: int
    delta: float | None
    n: int | None
    estimand: str


@dataclass(frozen=True, kw_only=True)
class Plan(Asked):
    """A plan from a standard deviation.

    Parameters
    ----------
    sd : float
        Standard deviation of the differences between pairs.
    detectable_difference : float or None
        The least difference that the given seeds find; None where they test nothing, and where `delta` is given: then
        no key of the JSON.
    """

    sd: float
    detectable_difference: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the keys, ``detectable_difference`` only where seeds were given."""
        return _without(super().to_json(), [] if self.delta is None else ["detectable_difference"])


@dataclass(frozen=True, kw_only=True)
class OfPilot(Record):
    """What a plan for one condition of a pilot rests on.

    Parameters
    ----------
    condition : str
    pilot_pairs : int
    why : str or None
        Why there is no plan: `sd` and all after it are then None.
    sd, sd_upper : float or None
        Standard deviation of the pilot's differences, and its one-sided upper limit. Of the typical difference: that
        of normal noise under which its interval would be as wide as the pilot's.
    test_set_floor, test_set_floor_low, test_set_floor_high : float or None
        The standard error that no number of seeds goes below, and its interval; None where that is not known.
    test_set_floor_df : float or None
        Its degrees of freedom, where test images lie in groups.
    """

    condition: str
    pilot_pairs: int
    why: str | None = None
    sd: float | None = None
    sd_upper: float | None = None
    test_set_floor: float | None = None
    test_set_floor_low: float | None = None
    test_set_floor_high: float | None = None
    test_set_floor_df: float | None = None


@dataclass(frozen=True, kw_only=True)
class ConditionPlan(OfPilot):
    """A plan for one condition of a pilot, at its standard deviation and at the upper limit of that.

    Which keys the JSON has depends on what was asked, and on what can be said.

    Parameters
    ----------
    detectable_difference, detectable_difference_upper : float or None
        The least difference that the given seeds find.
    n, n_upper : int or None
        Seeds that find the given difference; None where no number does.
    test_images_needed : int or None
        Test images that the given difference takes, where these are too few.
    out_of_reach_surely : bool or None
        Whether these are too few at the lower limit of the standard error from the test set too.
    images : str or None
        That in words.
    """

    detectable_difference: float | None = None
    detectable_difference_upper: float | None = None
    n: int | None = None
    n_upper: int | None = None
    test_images_needed: int | None = None
    out_of_reach_surely: bool | None = None
    images: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the keys that what was asked, and what can be said, give a meaning to."""
        absent = ["test_images_needed", "out_of_reach_surely", "images"] if self.images is None else []
        if self.why is not None:
            absent = [name for name in self.names() if name not in ("condition", "pilot_pairs", "why")]
        else:
            asked = self.detectable_difference is not None
            absent += ["n", "n_upper"] if asked else ["detectable_difference", "detectable_difference_upper"]
        return _without(super().to_json(), absent)


@dataclass(frozen=True, kw_only=True)
class PilotPlan(Asked):
    """Plans from a pilot table.

    Parameters
    ----------
    metric, control : str
    sd_upper_level : float
        Level of the upper limit of each standard deviation.
    conditions : tuple of ConditionPlan
    warnings : tuple of str
        What the pilot says of groups of test examples.
    """

    metric: str
    control: str
    sd_upper_level: float
    conditions: tuple[ConditionPlan, ...]
    warnings: tuple[str, ...] = ()


def _without(found: dict[str, Any], absent: Sequence[str]) -> dict[str, Any]:
    return {key: value for key, value in found.items() if key not in absent}


def planned(design: Design, delta: float | None, n: int | None) -> Plan:
    """Return the seeds for a difference `delta`, or the difference that `n` seeds find."""
    found = Plan(
        alpha=design.alpha,
        power=design.power,
        comparisons=design.comparisons,
        delta=delta,
        n=n,
        estimand=design.estimand,
        sd=design.sd,
    )
    if delta is not None:
        return replace(found, n=design.seeds(delta))
    assert n is not None
    return replace(found, detectable_difference=design.detectable(n))


def by_pilot(
    table: Table,
    question: tuple[str, str],
    asked: Design,
    comparisons: int | None,
    *,
    delta: float | None,
    n: int | None,
) -> PilotPlan:
    """Return for each condition the plan at the pilot's standard deviation, and at its upper limit.

    Without a difference and without seeds: what the pilot's own seeds find.
    Where the table says which images were right, the plan is for new seeds and as many new test images: where the
    difference is below what any number of seeds finds on so many images, `n` is None, `images` says so, and
    `test_images_needed` how many would. Elsewhere it is for new seeds on the same test set.
    """
    refuse_folds(table.source, table.unit, "a plan by a pilot")
    metric, control = question
    compared = compare(table, metric, control, alpha=asked.alpha)
    family = compared.judged
    design = replace(asked, comparisons=len(family) if comparisons is None else comparisons)
    return PilotPlan(
        alpha=design.alpha,
        power=design.power,
        comparisons=design.comparisons,
        delta=delta,
        n=n,
        estimand=design.estimand,
        metric=metric,
        control=control,
        sd_upper_level=UPPER,
        conditions=tuple(of_condition(each, design, delta, n, compared.example) for each in family),
        warnings=of_groups(compared.warnings),
    )


def of_groups(warnings: Sequence[str]) -> tuple[str, ...]:
    """Return what `warnings` say of groups of test examples: whether a plan is for new ones depends on them."""
    return tuple(each for each in warnings if each.startswith(GROUPS))


def of_condition(
    each: Judged, design: Design, delta: float | None, n: int | None, example: str = "image"
) -> ConditionPlan:
    """Return the plan for one effect or contrast, with the spread of its differences in place of the design's.

    Without `delta` and without `n`: what its own pairs find.
    """
    known = spread_of(each, design.estimand)
    if known is None:
        return ConditionPlan(condition=each.condition, pilot_pairs=each.n_pairs, why=no_spread(each, design.estimand))
    sd, pairs = known
    high, floor = upper_sd(sd, pairs), each.test_set_floor
    found = ConditionPlan(
        condition=each.condition,
        pilot_pairs=pairs,
        sd=sd,
        sd_upper=high,
        test_set_floor=floor,
        test_set_floor_low=each.test_set_floor_low,
        test_set_floor_high=each.test_set_floor_high,
        test_set_floor_df=each.test_set_floor_df,
    )
    at_sd = replace(design, sd=sd, floor=floor or 0.0, floor_df=each.test_set_floor_df)
    at_high = replace(at_sd, sd=high)
    if delta is None:
        n = pairs if n is None else n
        least = at_sd.detectable(n)
        if least is None:
            return ConditionPlan(condition=each.condition, pilot_pairs=pairs, why=too_few(design))
        return replace(found, detectable_difference=least, detectable_difference_upper=at_high.detectable(n))
    never = out_of_reach(each, design, delta)
    if never is None:
        return replace(found, n=at_sd.seeds(delta), n_upper=at_high.seeds(delta))
    return replace(found, test_images_needed=never.images, out_of_reach_surely=never.sure, images=never.told(example))


def spread_of(each: Judged, estimand: str) -> tuple[float, int] | None:
    """Return a standard deviation of the differences and of how many; None where there is none.

    Of the typical difference the one of normal noise whose interval would be as wide as that seen: half of its width
    is a t quantile of standard errors, and these are of efficiency 3/pi. One bad run does not move it far.
    """
    if estimand == MEAN:
        return None if not each.sd_difference else (each.sd_difference, each.n_pairs)
    n, low, high = each.n_typical, each.typical_low, each.typical_high
    if low is None or high is None or low == high:
        return None
    standard_error = (high - low) / 2 / -float(special.stdtrit(n - 1, each.alpha / 2))
    return standard_error * math.sqrt(n * EFFICIENCY), n


def too_few(design: Design) -> str:
    """Return how many seeds a verdict takes, where there are fewer."""
    if design.estimand == MEAN:
        return f"a verdict takes {FEW} seeds"
    return f"the typical difference takes {fewest(design.alpha, design.comparisons)} seeds"


def no_spread(each: Judged, estimand: str) -> str:
    """Return why there is no standard deviation of the differences."""
    if estimand == MEAN:
        return f"{each.n_pairs} pairs without variation say nothing of the standard deviation"
    return f"{each.n_typical} pairs without an interval of the typical difference say nothing of its spread"
