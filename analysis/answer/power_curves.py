"""The power of a study to come by its number of seeds: for each goal that a margin has, at the spread of this one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.answer.comparison import Comparison
from analysis.answer.effect import Effect
from analysis.answer.out_of_reach import report_design
from analysis.answer.sample_size import spread_of
from analysis.base.records import Record
from analysis.methods.power import EQUIVALENT, SUPERIOR, Design, upper_sd
from analysis.methods.verdict import FEW

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
    """The curves of one condition, and the pairs that its spread is of."""

    condition: str
    n: int
    curves: tuple[PowerCurve, ...]


@dataclass(frozen=True, kw_only=True)
class PowerCurves(Record):
    """The curves of every condition whose differences vary.

    Parameters
    ----------
    estimand : str
        The difference that leads.
    power : float
        That of a report's plans.
    over_images : bool
        Whether all are for new test examples too, as many as there are.
    conditions : tuple of ConditionPower
    """

    estimand: str
    power: float
    over_images: bool
    conditions: tuple[ConditionPower, ...]


def power_curves(whole: Comparison) -> PowerCurves | None:
    """Return the curves of a comparison; None without a margin, and where no difference varies."""
    margin = whole.margin
    if margin is None or not whole.judged:
        return None
    asked = report_design(whole.judged[0], len(whole.judged))
    known = [(each, found) for each in whole.judged if (found := spread_of(each, asked.estimand)) is not None]
    if not known:
        return None
    designs = [(each, n, _designs(each, replace(asked, sd=sd), margin)) for each, (sd, n) in known]
    seeds = _seeds(max(n for _, n, _ in designs), [each for *_, several in designs for each in several], margin)
    return PowerCurves(
        estimand=asked.estimand,
        power=asked.power,
        over_images=all(each.test_set_floor for each, _ in known),
        conditions=tuple(
            ConditionPower(
                condition=each.condition, n=n, curves=tuple(_curve(one, n, seeds, margin) for one in several)
            )
            for each, n, several in designs
        ),
    )


def _designs(each: Effect, design: Design, margin: float) -> list[Design]:
    """Return the design of every goal."""
    floor = each.test_set_floor or 0.0
    return [replace(design, floor=floor, goal=goal, margin=0.0 if goal == SUPERIOR else margin) for goal in DRAWN]


def _at(design: Design, margin: float) -> float:
    return margin if design.goal == SUPERIOR else 0.0


def _seeds(at_hand: int, designs: Sequence[Design], margin: float) -> list[int]:
    """Return numbers of seeds from the fewest with a verdict to beyond those at hand, and those that goals take."""
    doubled = [2**times for times in range(2, MOST_SEEDS.bit_length())]
    needed = [next((n for n in doubled if each.achieved(n, _at(each, margin)) >= each.power), 0) for each in designs]
    last = min(MOST_SEEDS, math.ceil(_BEYOND * max([2 * at_hand, *needed])))
    return sorted({*np.rint(np.geomspace(FEW, last, POINTS)).astype(int).tolist(), at_hand} - {1, 2})


def _curve(design: Design, n: int, seeds: Sequence[int], margin: float) -> PowerCurve:
    delta, upper = _at(design, margin), replace(design, sd=upper_sd(design.sd, n))
    return PowerCurve(
        goal=design.goal,
        delta=delta,
        seeds=tuple(seeds),
        power=tuple(design.achieved(each, delta) for each in seeds),
        power_upper=tuple(upper.achieved(each, delta) for each in seeds),
    )
