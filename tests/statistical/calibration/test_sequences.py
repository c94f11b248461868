"""Looking after every seed: the confidence sequence misses no more often than promised; peeking with t does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from analysis.methods.confidence_sequence import looks, planned_levels
from analysis.methods.median_sequence import median_looks
from bench.schema.known_metrics import MEAN, TYPICAL
from tests.statistical.calibration.ledger import Ledger, Rate
from tests.statistical.calibration.noise import (
    ALPHA,
    HEAVY,
    LATTICE,
    NORMAL,
    SKEWED,
    UNEQUAL,
    Noise,
    generator,
    ids,
)  # fmt: skip
from tests.statistical.calibration.populations import ONE_BAD, POPULATIONS, SEEDS_AGAIN, Population

pytestmark = [pytest.mark.statistical, pytest.mark.slow]

RUNS, LONGEST = 1_000, 200
WHY_UNEQUAL = "seeds are counted as information, and here each says less than the one before"
EVERY = f"ever misses the mean, looking after each of {LONGEST} seeds"
LOOKS = {
    TYPICAL: ("headline of sequential stopping, median of the differences", median_looks),
    MEAN: ("headline of sequential stopping, mean difference", looks),
}
"""What is followed where each estimand is chosen."""

EARLY = "its proof needs normal differences; early looks at skewed ones are the dangerous ones"
RARE = "its proof needs normal differences; as long as no bad run has come, the sequence closes in on another value"
MEAN_MISSES = {
    (SKEWED.name, 1): (0.13, ALPHA, EARLY),
    (ONE_BAD.name, 1): (0.56, 0.4, RARE),
    (ONE_BAD.name, 3): (0.57, 0.4, RARE),
    (SEEDS_AGAIN.name, 1): (0.48, 0.3, RARE),
    (SEEDS_AGAIN.name, 3): (0.46, 0.3, RARE),
}
"""What the sequence of the mean is held to instead: at most, at least, and why."""


@pytest.mark.parametrize("conditions", [1, 3])
@pytest.mark.parametrize("estimand", LOOKS)
@pytest.mark.parametrize("population", POPULATIONS, ids=lambda population: population.name.replace(" ", "-"))
def test_of_looking_after_every_seed(population: Population, estimand: str, conditions: int, ledger: Ledger) -> None:
    """Each of K conditions at alpha / K, as sequential stopping has it."""
    method, follow = LOOKS[estimand]
    centres = population.centres(conditions)
    truth = np.broadcast_to(centres.median if estimand == TYPICAL else centres.mean, conditions)
    studies = population.draw(generator("sequence", population.name, conditions), RUNS, LONGEST, conditions) - truth
    found = sum(
        any(look.excludes_zero() for row in study.T for look in follow(row, ALPHA / conditions)) for study in studies
    )
    held: dict[str, Any] = {"least": 0.005} if population.name == NORMAL.name and conditions == 1 else {}
    if estimand == MEAN and (population.name, conditions) in MEAN_MISSES:
        most, least, why = MEAN_MISSES[population.name, conditions]
        held = {"most": most, "least": least, "why": why}
    ever = "ever misses its value" if conditions == 1 else f"any of {conditions} ever misses its value"
    error = f"{ever}, looking after each seed"
    data = f"{population.name}, {conditions} condition{'s' if conditions > 1 else ''}"
    ledger.check([Rate(method, error, data, LONGEST, ALPHA, found, RUNS, **held)])


def running_t(drawn: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Return the t statistic after `seen` of the columns of `drawn` [runs, n]."""
    mean = drawn.cumsum(axis=1)[:, seen - 1] / seen
    variance = ((drawn**2).cumsum(axis=1)[:, seen - 1] - seen * mean**2) / (seen - 1)
    return mean / np.sqrt(variance / seen)


def test_of_peeking_with_a_plain_t_test(ledger: Ledger) -> None:
    seen = np.arange(2, LONGEST + 1)
    t = running_t(NORMAL.draw(generator("peeking"), (RUNS, LONGEST)), seen)
    found = int((np.abs(t) > stats.t.isf(ALPHA / 2, seen - 1)).any(axis=1).sum())
    why = "shown for contrast: what the confidence sequence is for"
    rate = Rate("t interval, looked at after every seed", EVERY, NORMAL.name, LONGEST, ALPHA, found, RUNS,
                most=1.0, least=0.35, why=why)  # fmt: skip
    ledger.check([rate])


@pytest.mark.parametrize("noise", [NORMAL, HEAVY, LATTICE, UNEQUAL], ids=ids)
def test_of_planned_looks(noise: Noise, ledger: Ledger) -> None:
    """Five looks, at 20, 40, ... 100 seeds, with the t test at the levels of the spending function."""
    runs, seen = 20_000, np.arange(20, 101, 20)
    t = running_t(noise.draw(generator("planned", noise.name), (runs, seen[-1])), seen)
    levels = np.array(planned_levels([each / seen[-1] for each in seen], ALPHA))
    found = int((2 * stats.t.sf(np.abs(t), seen - 1) <= levels).any(axis=1).sum())
    error = "nothing differs, p below the level of any of 5 looks"
    held = {"most": 0.07, "why": WHY_UNEQUAL} if noise is UNEQUAL else {"least": 0.02}
    method = "planned looks, O'Brien and Fleming"
    ledger.check([Rate(method, error, noise.name, int(seen[-1]), ALPHA, found, runs, **held)])
