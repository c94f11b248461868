"""The same intervals judged by other margins than the planned one: what a reader of the page may look at."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TypeVar

from analysis.answer.comparison import Comparison
from analysis.answer.effect import Effect
from analysis.answer.headline import Headline
from analysis.answer.over_tasks import ComparisonOverTasks
from analysis.methods.these_tasks import OverTasks
from analysis.methods.verdict import CANNOT_TEST, Interval, decide
from bench.schema.known_metrics import MEAN

T = TypeVar("T", bound=OverTasks)

STEPS, TIMES = 30, 10.0
"""Margins to either side of the planned one, and how many times smaller and larger the farthest are."""


def margins(planned: float) -> tuple[float, ...]:
    """Return margins evenly spaced on a log scale, three digits each; the planned one is in the middle."""
    powers = (TIMES ** (step / STEPS) for step in range(-STEPS, STEPS + 1))
    around = [float(f"{planned * power:.3g}") for power in powers]
    return (*around[:STEPS], planned, *around[STEPS + 1 :])


def follows(effect: Effect) -> bool:
    """Return whether the margin and the headline's interval alone make the verdict.

    They do not where nothing can be tested, or where diverged trials are counted in a second way as well, whose
    interval is another one: so a mean is judged.
    """
    told = effect.headline
    settled = told.verdict in (None, CANNOT_TEST) or told.reason is not None or (told.low is None and told.high is None)
    counted_twice = told.estimand == MEAN and effect.verdict_intention is not None
    return not (settled or counted_twice)


def at_margin(whole: Comparison, margin: float) -> Comparison:
    """Return the comparison as it would be if `margin` were planned: its intervals do not depend on the margin.

    A condition whose verdict does not follow the margin stays as it is.
    """
    effects = {label: _judged(each, margin) if follows(each) else each for label, each in whole.effects.items()}
    return replace(whole, margin=margin, effects=effects)


def tasks_at_margin(whole: ComparisonOverTasks, margin: float) -> ComparisonOverTasks:
    """Return the comparison over tasks as it would be if `margin` were planned, on each task and over them."""

    def judged(found: T) -> T:
        if not follows_over(found):
            return found
        return replace(found, verdict=decide(_interval(found), margin, whole.direction))

    across = {
        label: replace(each, these=judged(each.these), new=judged(each.new)) for label, each in whole.across.items()
    }
    tasks = {name: at_margin(each, margin) for name, each in whole.tasks.items()}
    return replace(whole, margin=margin, tasks=tasks, across=across)


def follows_over(found: OverTasks) -> bool:
    """Return whether the margin and the interval alone make a verdict over tasks."""
    return found.verdict not in (None, CANNOT_TEST) and (found.low is not None or found.high is not None)


def _judged(effect: Effect, margin: float) -> Effect:
    told = effect.headline
    word = decide(_interval(told), margin, effect.direction)
    return replace(effect, margin=margin, headline=replace(told, verdict=word))


def _interval(found: Headline | OverTasks) -> Interval:
    return Interval(
        -math.inf if found.low is None else found.low,
        math.inf if found.high is None else found.high,
        found.low_90,
        found.high_90,
    )
