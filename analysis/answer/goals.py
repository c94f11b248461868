"""Plans for a margin: a difference from 0, one beyond it, one not worse by it, and the absence of one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from analysis.answer.compare import compare
from analysis.answer.effect import Judged
from analysis.answer.out_of_reach import out_of_reach
from analysis.answer.sample_size import Asked, OfPilot, no_spread, of_groups, spread_of, too_few
from analysis.base.records import Record
from analysis.methods.power import BEYOND, GOALS, NO_INTERVAL, SUPERIOR, UPPER, Design, upper_sd
from analysis.tables.folds import refuse_folds
from analysis.tables.table import Table


@dataclass(frozen=True, kw_only=True)
class GoalPlan(Record):
    """What one goal takes, or what seeds show of it.

    Parameters
    ----------
    goal : str
        One of `analysis.methods.power.GOALS`.
    delta : float or None
        True difference for which it is planned, in the sense of benefit; None where none is given and the goal has no
        default.
    n, power : int or None, float or None
        Seeds: given, or needed; None where no number is enough. The probability that these show the goal.
    n_upper, power_upper : int or None, float or None
        The same at the upper limit of a pilot's standard deviation; None without one.
    test_images_needed : int or None
        Test examples that it takes, where no number of seeds reaches it on those of the pilot.
    why : str or None
        Why there is no plan.
    """

    goal: str
    delta: float | None
    n: int | None = None
    power: float | None = None
    n_upper: int | None = None
    power_upper: float | None = None
    test_images_needed: int | None = None
    why: str | None = None


@dataclass(frozen=True, kw_only=True)
class MarginPlan(Asked):
    """Plans for a margin from a standard deviation.

    Parameters
    ----------
    margin : float
        Smallest difference that matters.
    sd : float
        Standard deviation of the differences between pairs.
    least_margin : float or None
        The least margin within which the given seeds show equivalence at a difference of 0.
    goals : tuple of GoalPlan
    """

    margin: float
    sd: float
    least_margin: float | None
    goals: tuple[GoalPlan, ...]


@dataclass(frozen=True, kw_only=True)
class ConditionMargin(OfPilot):
    """Plans for a margin for one condition of a pilot.

    Parameters
    ----------
    least_margin, least_margin_upper : float or None
        The least margin within which the given seeds show equivalence at a difference of 0.
    goals : tuple of GoalPlan
    """

    least_margin: float | None = None
    least_margin_upper: float | None = None
    goals: tuple[GoalPlan, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PilotMargin(Asked):
    """Plans for a margin from a pilot table.

    Parameters
    ----------
    metric, control : str
    margin : float
    sd_upper_level : float
        Level of the upper limit of each standard deviation.
    conditions : tuple of ConditionMargin
    warnings : tuple of str
        What the pilot says of groups of test examples.
    """

    metric: str
    control: str
    margin: float
    sd_upper_level: float
    conditions: tuple[ConditionMargin, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wanted:
    """A margin, and what is known beforehand: the true difference, the seeds, both, or neither."""

    margin: float
    delta: float | None
    n: int | None

    def at(self, goal: str) -> float | None:
        """Return the true difference for which a goal is planned.

        Without one: 0 for equivalence and not inferior; the margin for a difference from 0, as the smallest that
        matters; none for one beyond the margin.
        """
        if self.delta is not None:
            return self.delta
        return {SUPERIOR: self.margin, BEYOND: None}.get(goal, 0.0)


def for_margin(design: Design, wanted: Wanted) -> MarginPlan:
    """Return what each goal takes at the design's standard deviation, or what the given seeds show of it."""
    return MarginPlan(
        alpha=design.alpha,
        power=design.power,
        comparisons=design.comparisons,
        delta=wanted.delta,
        n=wanted.n,
        estimand=design.estimand,
        margin=wanted.margin,
        sd=design.sd,
        least_margin=None if wanted.n is None else design.least_margin(wanted.n),
        goals=tuple(_plan(each, wanted) for each in _designs(design, wanted.margin)),
    )


def margin_by_pilot(
    table: Table, question: tuple[str, str], asked: Design, comparisons: int | None, wanted: Wanted
) -> PilotMargin:
    """Return for each condition of a pilot what each goal takes: at its standard deviation, and at the limit of that.

    On as many test images as the pilot's where it says which were right, on its test set elsewhere.
    """
    refuse_folds(table.source, table.unit, "a plan by a pilot")
    metric, control = question
    compared = compare(table, metric, control, alpha=asked.alpha)
    design = replace(asked, comparisons=len(compared.judged) if comparisons is None else comparisons)
    return PilotMargin(
        alpha=design.alpha,
        power=design.power,
        comparisons=design.comparisons,
        delta=wanted.delta,
        n=wanted.n,
        estimand=design.estimand,
        metric=metric,
        control=control,
        margin=wanted.margin,
        sd_upper_level=UPPER,
        conditions=tuple(_of_condition(each, design, wanted, compared.example) for each in compared.judged),
        warnings=of_groups(compared.warnings),
    )


def _of_condition(each: Judged, design: Design, wanted: Wanted, example: str) -> ConditionMargin:
    known = spread_of(each, design.estimand)
    if known is None:
        why = no_spread(each, design.estimand)
        return ConditionMargin(condition=each.condition, pilot_pairs=each.n_pairs, why=why)
    sd, pairs = known
    upper, n = upper_sd(sd, pairs), wanted.n
    at_sd = replace(design, sd=sd, floor=each.test_set_floor or 0.0, floor_df=each.test_set_floor_df)
    return ConditionMargin(
        condition=each.condition,
        pilot_pairs=pairs,
        sd=sd,
        sd_upper=upper,
        test_set_floor=each.test_set_floor,
        test_set_floor_low=each.test_set_floor_low,
        test_set_floor_high=each.test_set_floor_high,
        test_set_floor_df=each.test_set_floor_df,
        least_margin=None if n is None else at_sd.least_margin(n),
        least_margin_upper=None if n is None else replace(at_sd, sd=upper).least_margin(n),
        goals=tuple(_plan(goal, wanted, (each, upper, example)) for goal in _designs(at_sd, wanted.margin)),
    )


def _designs(design: Design, margin: float) -> list[Design]:
    return [replace(design, goal=goal, margin=0.0 if goal == SUPERIOR else margin) for goal in GOALS]


def _plan(design: Design, wanted: Wanted, pilot: tuple[Judged, float, str] | None = None) -> GoalPlan:
    """Return the plan of one goal; `pilot` is what was compared there, the upper SD, and the name of a test example."""
    delta = wanted.at(design.goal)
    plan = GoalPlan(goal=design.goal, delta=delta)
    if delta is None or (why := _never(design, delta, wanted.n)) is not None:
        return replace(plan, why="give a true difference above the margin with --delta" if delta is None else why)
    if pilot is not None and wanted.n is None and (far := out_of_reach(pilot[0], design, delta)) is not None:
        return replace(plan, test_images_needed=far.images, why=far.told(pilot[2]))
    seeds, power = _seeds_and_power(design, delta, wanted.n)
    plan = replace(plan, n=seeds, power=power)
    if pilot is None:
        return plan
    seeds, power = _seeds_and_power(replace(design, sd=pilot[1]), delta, wanted.n)
    return replace(plan, n_upper=seeds, power_upper=power)


def _never(design: Design, delta: float, n: int | None) -> str | None:
    """Return why nothing shows a goal, or not these seeds, whatever the spread; None where something may."""
    if not design.possible(delta):
        return f"not true of a difference of {delta:.4g}"
    if design.nominal >= NO_INTERVAL:
        return f"at alpha {design.alpha:g} no interval decides it"
    return too_few(design) if n is not None and not design.tail(n) else None


def _seeds_and_power(design: Design, delta: float, n: int | None) -> tuple[int | None, float | None]:
    seeds = design.seeds(delta) if n is None else n
    return seeds, None if seeds is None else design.achieved(seeds, delta)
