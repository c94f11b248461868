"""The power of a study to come by its number of seeds: for each goal that a margin has, at the spread of this one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.answer.comparison import Comparison
from analysis.answer.goals import MarginPlan, PilotMargin
from analysis.answer.out_of_reach import report_design
from analysis.answer.sample_size import PilotPlan, Plan, spread_of
from analysis.base.records import Record
from analysis.methods.power import EQUIVALENT, SUPERIOR, Design, upper_sd
from analysis.methods.signed_rank_distribution import fewest
from analysis.methods.verdict import FEW
from bench.schema.known_metrics import MEAN, TYPICAL

DRAWN = (SUPERIOR, EQUIVALENT)
"""Goals with a curve: a difference from 0 that truly is the margin, and equivalence at a true difference of 0.

Not inferior at a true difference of 0 has the curve of the first: the interval is to lie as far above its bound.
"""
POINTS, MOST_SEEDS = 24, 10_000
"""Numbers of seeds of a curve, equally far apart by their logarithm; the largest of them."""
_BEYOND = 1.3
"""The curves go so many times beyond the seeds that the last goal takes."""


@dataclass(frozen=True, kw_only=True)
class PowerCurve(Record):
    """The probability that a goal is shown, by number of seeds.

    Parameters
    ----------
    goal : str
        One of `DRAWN`.
    delta : float
        True difference, in the sense of benefit.
    seeds : tuple of int
    power, power_upper : tuple of float
        At the spread seen, and at its upper limit.
    """

    goal: str
    delta: float
    seeds: tuple[int, ...]
    power: tuple[float, ...]
    power_upper: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class ConditionPower(Record):
    """The curves of one condition, and the pairs at hand; None where there are none."""

    condition: str
    n: int | None
    curves: tuple[PowerCurve, ...]


@dataclass(frozen=True, kw_only=True)
class PowerCurves(Record):
    """The curves of every condition whose differences vary.

    Parameters
    ----------
    estimand : str
        The difference that is to be found.
    power : float
        That which is wanted.
    over_images : bool
        Whether all are for new test examples too, as many as there are.
    conditions : tuple of ConditionPower
    """

    estimand: str
    power: float
    over_images: bool
    conditions: tuple[ConditionPower, ...]


@dataclass(frozen=True)
class Spread:
    """The spread that the curves of one condition rest on: seen in so many pairs, or given, and its upper limit."""

    condition: str
    sd: float
    upper: float
    n: int | None
    floor: float = 0.0
    floor_df: float | None = None


@dataclass(frozen=True)
class Aim:
    """A goal with its margin, and the true difference at which it is to be shown."""

    goal: str
    margin: float
    delta: float


def power_curves(whole: Comparison) -> PowerCurves | None:
    """Return the curves of a comparison; None without a margin, and where no difference varies."""
    margin = whole.margin
    if margin is None or not whole.judged:
        return None
    asked = report_design(whole.judged[0], len(whole.judged))
    spreads = [
        Spread(each.condition, found[0], upper_sd(*found), found[1], each.test_set_floor or 0.0, each.test_set_floor_df)
        for each in whole.judged
        if (found := spread_of(each, asked.estimand)) is not None
    ]
    return _curves(asked, spreads, _aims(margin)) if spreads else None


def curves_of_plan(found: Plan | PilotPlan | MarginPlan | PilotMargin) -> PowerCurves | None:
    """Return the curves of what a plan is for; None where it has no true difference, and where no pilot has a spread.

    A plan for a margin has those of `DRAWN`; any other that of a difference from 0.
    """
    if isinstance(found, MarginPlan | PilotMargin):
        of_each = found.conditions if isinstance(found, PilotMargin) else (found,)
        goals = next((each.goals for each in of_each if each.goals), ())
        margins = {SUPERIOR: 0.0, EQUIVALENT: found.margin}
        aims = [
            Aim(each.goal, margins[each.goal], each.delta)
            for each in goals
            if each.goal in DRAWN and each.delta is not None
        ]
    else:
        aims = [] if found.delta is None else [Aim(SUPERIOR, 0.0, found.delta)]
    spreads = (
        [
            Spread(
                each.condition,
                each.sd,
                each.sd_upper,
                each.pilot_pairs,
                each.test_set_floor or 0.0,
                each.test_set_floor_df,
            )
            for each in found.conditions
            if each.sd is not None and each.sd_upper is not None
        ]
        if isinstance(found, PilotPlan | PilotMargin)
        else [Spread(f"SD {found.sd:g}", found.sd, found.sd, found.n)]
    )
    asked = Design(1.0, found.alpha, found.power, found.comparisons, estimand=found.estimand)
    possible = [each for each in aims if replace(asked, goal=each.goal, margin=each.margin).possible(each.delta)]
    return _curves(asked, spreads, possible) if spreads and possible else None


def curves_of_spreads(asked: Design, spreads: Mapping[str, float], margin: float, n: int) -> PowerCurves:
    """Return the curves of a study that has no differences yet, for each of several spreads by its name.

    `margin` and the spreads are in one unit; `n` are the seeds planned. With fewer seeds than `typical_from` the mean
    decides, as it does in a comparison.
    """
    found = [Spread(name, sd, sd, n) for name, sd in spreads.items()]
    return _curves(asked, found, _aims(margin), typical_from(asked))


def typical_from(asked: Design) -> int:
    """Return the seeds from which the typical difference has an interval; 0 where it is not asked for."""
    return fewest(asked.alpha, asked.comparisons) if asked.estimand == TYPICAL else 0


def _aims(margin: float) -> list[Aim]:
    return [Aim(SUPERIOR, 0.0, margin), Aim(EQUIVALENT, margin, 0.0)]


def _curves(asked: Design, spreads: Sequence[Spread], aims: Sequence[Aim], mean_below: int = 0) -> PowerCurves:
    seeds = _seeds(asked, spreads, aims)
    return PowerCurves(
        estimand=asked.estimand,
        power=asked.power,
        over_images=all(each.floor for each in spreads),
        conditions=tuple(
            ConditionPower(
                condition=each.condition,
                n=each.n,
                curves=tuple(_curve(asked, each, aim, seeds, mean_below) for aim in aims),
            )
            for each in spreads
        ),
    )


def _design(asked: Design, spread: Spread, aim: Aim) -> Design:
    return replace(asked, sd=spread.sd, floor=spread.floor, floor_df=spread.floor_df, goal=aim.goal, margin=aim.margin)


def _seeds(asked: Design, spreads: Sequence[Spread], aims: Sequence[Aim]) -> list[int]:
    """Return numbers of seeds from the fewest with a verdict to beyond those at hand, and those that goals take."""
    doubled = [2**times for times in range(2, MOST_SEEDS.bit_length())]
    designs = [(_design(asked, each, aim), aim.delta) for each in spreads for aim in aims]
    needed = [next((n for n in doubled if each.achieved(n, delta) >= each.power), 0) for each, delta in designs]
    at_hand = [each.n for each in spreads if each.n is not None]
    last = min(MOST_SEEDS, math.ceil(_BEYOND * max([*(2 * n for n in at_hand), *needed, 2 * FEW])))
    most = [max(at_hand)] if at_hand else []
    return sorted({*np.rint(np.geomspace(FEW, last, POINTS)).astype(int).tolist(), *most} - {1, 2})


def _curve(asked: Design, spread: Spread, aim: Aim, seeds: Sequence[int], mean_below: int) -> PowerCurve:
    design = _design(asked, spread, aim)
    upper = replace(design, sd=spread.upper)

    def achieved(one: Design, n: int) -> float:
        return (replace(one, estimand=MEAN) if n < mean_below else one).achieved(n, aim.delta)

    return PowerCurve(
        goal=aim.goal,
        delta=aim.delta,
        seeds=tuple(seeds),
        power=tuple(achieved(design, each) for each in seeds),
        power_upper=tuple(achieved(upper, each) for each in seeds),
    )
