"""Looking after every seed: the confidence sequence misses no more often than promised; peeking with t does."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from analysis.methods.confidence_sequence import looks, planned_levels
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

pytestmark = [pytest.mark.statistical, pytest.mark.slow]

RUNS, LONGEST, CONDITIONS = 1_000, 200, 3
WHY_UNEQUAL = "seeds are counted as information, and here each says less than the one before"
EVERY = f"ever misses the mean, looking after each of {LONGEST} seeds"


@pytest.mark.parametrize("noise", [NORMAL, HEAVY, LATTICE, UNEQUAL], ids=ids)
def test_of_looking_after_every_seed(noise: Noise, ledger: Ledger) -> None:
    drawn = noise.draw(generator("sequence", noise.name), (RUNS, LONGEST))
    found = sum(any(look.excludes_zero() for look in looks(row, ALPHA)) for row in drawn)
    ledger.check([Rate("confidence sequence", EVERY, noise.name, LONGEST, ALPHA, found, RUNS, least=0.005)])


def test_of_looking_at_skewed_differences(ledger: Ledger) -> None:
    drawn = SKEWED.draw(generator("sequence", SKEWED.name), (RUNS, LONGEST))
    found = sum(any(look.excludes_zero() for look in looks(row, ALPHA)) for row in drawn)
    why = "its proof needs normal differences; early looks at skewed ones are the dangerous ones"
    ledger.check([Rate("confidence sequence", EVERY, SKEWED.name, LONGEST, ALPHA, found, RUNS, most=0.15, why=why)])


def test_of_several_conditions(ledger: Ledger) -> None:
    """As ``--until decided`` does: each condition at alpha / K."""
    length, runs = 60, 1_000
    studies = NORMAL.against_control(generator("sequences"), runs, length, CONDITIONS)
    found = sum(
        any(look.excludes_zero() for row in study.T for look in looks(row, ALPHA / CONDITIONS)) for study in studies
    )
    error = f"any of {CONDITIONS} ever misses its mean, looking after each of {length} seeds"
    ledger.check([Rate("confidence sequences at alpha / K", error, NORMAL.name, length, ALPHA, found, runs)])


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
