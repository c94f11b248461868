"""Several tasks: do the intervals over these tasks, over new ones, and for a single new one, miss?

Differences of a task are normal about its own effect, with a spread of its own, or heavy-tailed, or differences of two
counts of images; effects of tasks are normal about their mean, 0. Intervals of single tasks are taken from all Walsh
averages at once, as `analysis.methods.typical` has them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from analysis.answer.tasks import standard_error
from analysis.methods.estimands import Ends, Inference
from analysis.methods.new_tasks import RandomEffects, between_tasks, tasks_alone
from analysis.methods.signed_rank_distribution import counted_off
from analysis.methods.these_tasks import MeanOverTasks
from analysis.methods.typical import HodgesLehmannEstimate
from analysis.tables.question import Question
from tests.statistical.calibration.ledger import Ledger, Rate
from tests.statistical.calibration.noise import ALPHA, NORMAL, generator, misses

pytestmark = [pytest.mark.statistical, pytest.mark.slow]

RUNS = 1_000
TASKS = (3, 5, 10, 20)
SEEDS_AND_CONDITIONS = ((6, 1), (10, 1), (30, 1), (8, 3), (30, 3))
ALIKE, LITTLE, MUCH = "tasks alike", "tasks differ a little", "tasks differ"
BETWEEN = {ALIKE: 0.0, LITTLE: 0.2, MUCH: 1.0}
"""Standard deviation of the effects of tasks, in that of a difference."""
HEAVY_TAILS, COUNTS = "heavy tails (t on 3 df)", "counts of 400 images"
OTHER_NOISE = (HEAVY_TAILS, COUNTS)
IMAGES_OF_A_TASK, SHARES = 400, (0.4, 0.7)
"""Images of a task, and between which shares of them the control gets right."""
UNIT, LEAST = "mean over new tasks, the task as the unit", 0.02
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
    if name == AHEAD and kind == MUCH and tasks == 5:
        return 0.08, SPREAD
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


def noisy(rng: np.random.Generator, effects: np.ndarray, n: int, noise: str) -> np.ndarray:
    """Return differences of tasks [runs, conditions, tasks, n]; their spread is half to twice as large by task.

    Counts have the spread of theirs; the control's are those of all conditions. In its unit an effect of 1 is their SD.
    """
    shape, of_tasks = (*effects.shape, n), (len(effects), 1, effects.shape[-1], 1)
    if noise == COUNTS:
        share, unit = rng.uniform(*SHARES, of_tasks), (2 * 0.25 / IMAGES_OF_A_TASK) ** 0.5
        control = rng.binomial(IMAGES_OF_A_TASK, np.broadcast_to(share, (*of_tasks[:3], n)))
        right = rng.binomial(IMAGES_OF_A_TASK, np.clip(share + unit * effects[..., None], 0, 1), shape)
        return (right - control) / IMAGES_OF_A_TASK / unit
    spread = np.exp(rng.uniform(-np.log(2), np.log(2), of_tasks))
    errors = rng.standard_t(3, shape) / 3**0.5 if noise == HEAVY_TAILS else rng.standard_normal(shape)
    return effects[..., None] + spread * errors


def studies(
    rng: np.random.Generator, tasks: int, n: int, conditions: int, tau: float, noise: str = "normal"
) -> Studies:
    """Draw studies."""
    effects = tau * rng.standard_normal((RUNS, conditions, tasks))
    averages = walsh(noisy(rng, effects, n, noise))
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
    ledger.check(rates_of(studies(rng, tasks, n, conditions, tau), (rng, tau), (tasks, n, kind), ""))


@pytest.mark.parametrize("noise", OTHER_NOISE)
@pytest.mark.parametrize("kind", (ALIKE, MUCH))
@pytest.mark.parametrize("n", (6, 10, 30))
@pytest.mark.parametrize("tasks", TASKS)
def test_of_tasks_whose_noise_is_not_normal(tasks: int, n: int, kind: str, noise: str, ledger: Ledger) -> None:
    rng, tau = generator("tasks", tasks, n, kind, noise), BETWEEN[kind]
    ledger.check(rates_of(studies(rng, tasks, n, 1, tau, noise), (rng, tau), (tasks, n, kind), f", {noise}"))


@pytest.mark.parametrize("noise", ("normal", *OTHER_NOISE))
@pytest.mark.parametrize("kind", (ALIKE, MUCH))
@pytest.mark.parametrize("tasks", TASKS)
def test_of_one_run_on_each_task(tasks: int, kind: str, noise: str, ledger: Ledger) -> None:
    """The task is the unit; the spread of a run is not the same on all tasks."""
    rng, tau = generator("single runs", tasks, kind, noise), BETWEEN[kind]
    values = noisy(rng, tau * rng.standard_normal((RUNS, 1, tasks)), 1, noise)[:, 0, :, 0]
    found = [tasks_alone(each, Question("score", "none", ALPHA, None, "higher"), 1).result for each in values]
    missed = sum(misses(each, "low", "high", 0.0) for each in found)
    data = f"{kind}, {tasks} tasks, 1 condition, {noise}"
    ledger.check([Rate(UNIT, "interval misses", data, 1, ALPHA, missed, RUNS, least=LEAST)])


def rates_of(
    drawn: Studies, drawing: tuple[np.random.Generator, float], design: tuple[int, int, str], noise: str
) -> list[Rate]:
    """Return how often each interval misses, with the effects of new tasks drawn too."""
    (rng, tau), (tasks, n, kind), conditions = drawing, design, drawn.effects.shape[1]
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
    data = f"{kind}, {tasks} tasks, {conditions} condition{'s' if conditions > 1 else ''}{noise}"
    rates = []
    for name, each in zip((THESE, NEW, AHEAD), missed, strict=True):
        most, why = held(name, tasks, n, kind)
        rates.append(
            Rate(name, "interval misses, any condition", data, n, ALPHA, int(each.sum()), RUNS, most=most, why=why)
        )
    return rates
