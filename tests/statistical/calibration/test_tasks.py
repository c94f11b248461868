"""Several tasks: do the intervals over these tasks, over new ones, and for a single new one, miss?

Differences of a task are normal about its own effect, with a spread of its own; effects of tasks are normal about their
mean, 0. Intervals of single tasks are taken from all Walsh averages at once, as `analysis.methods.typical` has them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from analysis.answer.tasks import standard_error
from analysis.methods.estimands import Ends, Inference
from analysis.methods.new_tasks import RandomEffects, between_tasks
from analysis.methods.signed_rank_distribution import counted_off
from analysis.methods.these_tasks import MeanOverTasks
from analysis.methods.typical import HodgesLehmannEstimate
from tests.statistical.calibration.ledger import Ledger, Rate
from tests.statistical.calibration.noise import ALPHA, NORMAL, generator

pytestmark = [pytest.mark.statistical, pytest.mark.slow]

RUNS = 1_000
TASKS = (3, 5, 10, 20)
SEEDS_AND_CONDITIONS = ((6, 1), (10, 1), (30, 1), (8, 3), (30, 3))
ALIKE, LITTLE, MUCH = "tasks alike", "tasks differ a little", "tasks differ"
BETWEEN = {ALIKE: 0.0, LITTLE: 0.2, MUCH: 1.0}
"""Standard deviation of the effects of tasks, in that of a difference."""
THESE, NEW, AHEAD = "mean over these tasks", "mean over new tasks", "prediction for a new task"
FEW_SEEDS = "standard errors of few seeds are uncertain, and the weights of the tasks follow them"
SPREAD = (
    "how much tasks differ is hardly known from few tasks, and not seen where they differ as little as estimates err"
)


def held(name: str, tasks: int, n: int, kind: str) -> tuple[float | None, str]:
    """Return what an interval is held to where it does not keep its promise, and why."""
    if name == NEW and (n <= 10 or kind == LITTLE):
        return (0.11 if n <= 10 else 0.085), FEW_SEEDS if n <= 10 else SPREAD
    if name == AHEAD and kind == LITTLE:
        return 0.27, SPREAD
    if name == AHEAD and kind == MUCH and (n <= 10 or tasks == 3):
        return 0.17, SPREAD
    if name == AHEAD and n <= 10:
        return 0.11, FEW_SEEDS
    return None, ""


@dataclass(frozen=True)
class Known:
    """The estimate of one task, whose interval is known at the one level that is needed."""

    value: float
    ends: Ends

    def over_seeds(self, tail: float) -> Ends:
        """Return that interval."""
        return self.ends

    @property
    def p(self) -> float:
        """No p is needed."""
        raise NotImplementedError


@dataclass(frozen=True)
class Studies:
    """Many studies, [runs, conditions, tasks]: true effects, estimates, their intervals and standard errors."""

    effects: np.ndarray
    estimates: np.ndarray
    low: np.ndarray
    high: np.ndarray
    errors: np.ndarray


def walsh(differences: np.ndarray) -> np.ndarray:
    """Return the sorted Walsh averages along the last axis."""
    first, second = np.triu_indices(differences.shape[-1])
    return np.sort((differences[..., first] + differences[..., second]) / 2, axis=-1)


def between(averages: np.ndarray, n: int, tail: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the interval of the Hodges-Lehmann estimate."""
    outside = counted_off(n, tail)
    return averages[..., outside - 1], averages[..., averages.shape[-1] - outside]


def studies(rng: np.random.Generator, tasks: int, n: int, conditions: int, tau: float) -> Studies:
    """Draw studies; the spread of differences is from half to twice as large from task to task."""
    shape = (RUNS, conditions, tasks)
    effects = tau * rng.standard_normal(shape)
    spread = np.exp(rng.uniform(-np.log(2), np.log(2), (RUNS, 1, tasks)))
    averages = walsh(effects[..., None] + spread[..., None] * rng.standard_normal((*shape, n)))
    low, high = between(averages, n, ALPHA / (2 * conditions))
    alone = between(averages, n, ALPHA / 2)
    return Studies(effects, np.median(averages, axis=-1), low, high, standard_error(alone, n, ALPHA))


def test_intervals_taken_at_once_are_those_of_the_method() -> None:
    columns = NORMAL.draw(generator("walsh"), (5, 9))
    low, high = between(walsh(columns), 9, 0.05 / 6)
    for row, *ends in zip(columns, low, high, strict=True):
        part = Inference(HodgesLehmannEstimate(NORMAL.pairs(row)), 3)
        assert part.ends(0.05) == pytest.approx(ends)
        assert part.estimate.value == pytest.approx(np.median(walsh(row)))


@pytest.mark.parametrize("kind", BETWEEN)
@pytest.mark.parametrize(("n", "conditions"), SEEDS_AND_CONDITIONS)
@pytest.mark.parametrize("tasks", TASKS)
def test_of_tasks(tasks: int, n: int, conditions: int, kind: str, ledger: Ledger) -> None:
    """An error is an interval of any condition that misses."""
    rng, tau = generator("tasks", tasks, n, conditions, kind), BETWEEN[kind]
    drawn = studies(rng, tasks, n, conditions, tau)
    new = tau * rng.standard_normal((RUNS, conditions))
    tau2 = between_tasks(drawn.estimates, drawn.errors**2)
    missed = np.zeros((3, RUNS), bool)
    for run, k in np.ndindex(RUNS, conditions):
        ends = zip(drawn.low[run, k], drawn.high[run, k], strict=True)
        parts = [Inference(Known(*each), conditions) for each in zip(drawn.estimates[run, k], ends, strict=True)]
        ahead = RandomEffects(drawn.estimates[run, k], drawn.errors[run, k] ** 2, float(tau2[run, k]))
        truths = (drawn.effects[run, k].mean(), 0.0, new[run, k])
        found = (MeanOverTasks(parts).ends(ALPHA), ahead.ends(ALPHA / conditions), ahead.predicted(ALPHA / conditions))
        for row, (interval, truth) in enumerate(zip(found, truths, strict=True)):
            assert interval is not None
            missed[row, run] |= not interval[0] <= truth <= interval[1]
    data = f"{kind}, {tasks} tasks, {conditions} condition{'s' if conditions > 1 else ''}"
    rates = []
    for name, each in zip((THESE, NEW, AHEAD), missed, strict=True):
        most, why = held(name, tasks, n, kind)
        rates.append(
            Rate(name, "interval misses, any condition", data, n, ALPHA, int(each.sum()), RUNS, most=most, why=why)
        )
    ledger.check(rates)
