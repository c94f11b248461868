"""Every test of one comparison errs no more often than it says, and every interval of one misses no more often."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest

from analysis.methods.effect_size import effect_size
from analysis.methods.failure_rates import worst_rank
from analysis.methods.multiplicity import sign_flip_tests
from analysis.methods.paired_t import equivalence, t_test
from analysis.methods.probability_of_superiority import improvement
from analysis.methods.signed_rank import hodges_lehmann, wilcoxon
from analysis.tables.pairing import Pairs
from analysis.tables.pairs_by_seed import Arms
from tests.statistical.calibration.ledger import Ledger, Rate
from tests.statistical.calibration.noise import (
    ALPHA,
    LATTICE,
    NORMAL,
    SIZES,
    SKEWED,
    SYMMETRIC,
    Noise,
    generator,
    ids,
    misses,
    rejects,
)  # fmt: skip

pytestmark = [pytest.mark.statistical, pytest.mark.slow]

RUNS = 4_000
LEAST = 0.015
"""Of the t test where it is conservative: with unequal spreads at 6 seeds."""
MARGIN = 2.0
"""Of equivalence, in standard deviations of a difference: wide enough that both one-sided tests have a chance."""

TESTS = {
    "paired t": ("nothing differs, p <= 0.05", ALPHA),
    "t interval": ("misses the mean", ALPHA),
    "t interval at 90%": ("misses the mean", 2 * ALPHA),
    "equivalence (TOST)": ("equivalent, at the margin", ALPHA),
    "Wilcoxon signed rank": ("nothing differs, p <= 0.05", ALPHA),
    "Hodges-Lehmann interval": ("misses the centre", ALPHA),
}
ON_LATTICE = 0.005
"""With most differences tied, or 0, there is less to flip and to rank."""
EXACT = {6: 2 / 64, 10: 50 / 1024, 30: 0.049}
"""The largest error rate up to 5% that flips, or ranks, of this many seeds without ties can have."""


def wrong(pairs: Pairs, at_margin: Pairs, margin: float) -> dict[str, bool]:
    """Return which claims about differences centred at 0, and about those centred at the margin, are wrong."""
    t = t_test(pairs, ALPHA).result
    return {
        "paired t": rejects(t.p_t, ALPHA),
        "t interval": misses(t, "ci_low", "ci_high", 0.0),
        "t interval at 90%": misses(t, "ci_low_90", "ci_high_90", 0.0),
        "equivalence (TOST)": bool(equivalence(at_margin, ALPHA, margin).result.equivalent),
        "Wilcoxon signed rank": rejects(wilcoxon(pairs).result.p_wilcoxon, ALPHA),
        "Hodges-Lehmann interval": misses(
            hodges_lehmann(pairs, ALPHA).result, "hodges_lehmann_low", "hodges_lehmann_high", 0.0
        ),
    }


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("noise", SYMMETRIC, ids=ids)
def test_of_one_comparison(noise: Noise, n: int, ledger: Ledger) -> None:
    margin = noise.whole(MARGIN * noise.sd)
    found: Counter[str] = Counter()
    for errors in noise.draw(generator("one", noise.name, n), (RUNS, n)):
        found.update(wrong(noise.pairs(errors), noise.pairs(errors + margin), margin * noise.unit))
    ledger.check(
        [
            Rate(method, error, noise.name, n, nominal, found[method], RUNS, **held(method, noise, n))
            for method, (error, nominal) in TESTS.items()
        ]
    )


def held(method: str, noise: Noise, n: int) -> dict[str, Any]:
    """Return the limits that differ from what the method promises."""
    ranks = method in ("Wilcoxon signed rank", "Hodges-Lehmann interval")
    if ranks:
        return {"least": ON_LATTICE if noise is LATTICE else EXACT[n]}
    if noise is NORMAL:
        return {"least": TESTS[method][1]}
    return {"least": LEAST}


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("noise", SYMMETRIC, ids=ids)
def test_of_sign_flips(noise: Noise, n: int, ledger: Ledger) -> None:
    least = ON_LATTICE if noise is LATTICE else EXACT[n]
    found = sign_flip_errors(noise, n)
    ledger.check([Rate("sign flips", TESTS["paired t"][0], noise.name, n, ALPHA, found, RUNS, least=least)])


def sign_flip_errors(noise: Noise, n: int) -> int:
    """Return how often the sign-flip test rejects; many studies share the flips of one call."""
    errors = noise.draw(generator("flips", noise.name, n), (RUNS, n))
    found = 0
    for start in range(0, RUNS, 50):
        studies = [noise.pairs(row, f"study {i}") for i, row in enumerate(errors[start : start + 50])]
        found += sum(rejects(each.result.p_sign_flip, ALPHA) for each in sign_flip_tests(studies).values())
    return found


@pytest.mark.parametrize("n", SIZES)
def test_of_skewed_differences(n: int, ledger: Ledger) -> None:
    """Neither t nor sign flips promise anything here: this is what they do."""
    errors = SKEWED.draw(generator("skewed", n), (RUNS, n))
    t = sum(rejects(t_test(SKEWED.pairs(row), ALPHA).result.p_t, ALPHA) for row in errors)
    why = (
        "a mean of skewed differences is skewed itself, the more the fewer the seeds; the report shows each difference"
    )
    most = {6: 0.125, 10: 0.115, 30: 0.08}[n]
    ledger.check(
        [
            Rate("paired t", TESTS["paired t"][0], SKEWED.name, n, ALPHA, t, RUNS, most=most, why=why),
            Rate("sign flips", TESTS["paired t"][0], SKEWED.name, n, ALPHA, sign_flip_errors(SKEWED, n), RUNS,
                 most=most, why=why),
        ]
    )  # fmt: skip


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("noise", SYMMETRIC, ids=ids)
def test_of_worst_ranks(noise: Noise, n: int, ledger: Ledger) -> None:
    """One run in five diverges, in both arms alike."""
    rng = generator("worst rank", noise.name, n)
    found = 0
    for errors, broke in zip(noise.draw(rng, (RUNS, n)), rng.random((RUNS, 2, n)) < 0.2, strict=True):
        found += rejects(worst_rank(_with_failures(noise, errors, broke), direction="higher")[1], ALPHA)
    ledger.check([Rate("worst ranks", TESTS["paired t"][0], noise.name, n, ALPHA, found, RUNS, least=ON_LATTICE)])


def _with_failures(noise: Noise, errors: np.ndarray, broke: np.ndarray) -> Arms:
    """Return arms of which the seeds `broke` [2, n] diverged, in the condition and in the control."""
    condition, control = broke
    both = tuple(np.flatnonzero(condition | control).tolist())
    alone = (int((condition & ~control).sum()), int((control & ~condition).sum()))
    return Arms(noise.pairs(errors[~(condition | control)]), None, (), (), both, alone)


@pytest.mark.parametrize(("n", "effect"), [(6, 0.8), (10, 0.0), (10, 0.8), (30, 0.8)])
def test_of_the_interval_of_dz(n: int, effect: float, ledger: Ledger) -> None:
    runs = 1_000
    drawn = NORMAL.draw(generator("dz", n, effect), (runs, n)) + effect
    found = sum(
        misses(effect_size(NORMAL.pairs(row), ALPHA).result, "cohen_dz_low", "cohen_dz_high", effect) for row in drawn
    )
    data = f"{NORMAL.name}, dz = {effect:g}"
    ledger.check([Rate("noncentral-t interval of dz", "misses dz", data, n, ALPHA, found, runs, least=ALPHA)])


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize(("noise", "shift", "truth"), [(NORMAL, 0.5, 0.6915), (LATTICE, 1, 0.6861)], ids=["0", "1"])
def test_of_the_share_of_seeds_that_improve(noise: Noise, shift: float, truth: float, n: int, ledger: Ledger) -> None:
    """The truth is P(d > 0) + P(d = 0) / 2, from the normal distribution."""
    drawn = noise.draw(generator("share", noise.name, n), (RUNS, n)) + shift
    found = sum(
        misses(improvement(noise.pairs(row), ALPHA, False).result, "improvement_paired_low", "improvement_paired_high",
               truth)
        for row in drawn
    )  # fmt: skip
    ledger.check([Rate("share of seeds that improve", "interval misses the share", noise.name, n, ALPHA, found, RUNS)])
