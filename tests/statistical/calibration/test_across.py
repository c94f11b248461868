"""What is asked of all conditions at once: trends with a rate, the optimum, whether any differ, and which is best."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from scipy import integrate, stats

from analysis.methods.dose_response import dose_response
from analysis.methods.omnibus import omnibus
from analysis.methods.selection import selection
from tests.statistical.calibration.ledger import Ledger, Rate
from tests.statistical.calibration.noise import ALPHA, NORMAL, SIZES, SYMMETRIC, Noise, generator, ids, rejects

pytestmark = [pytest.mark.statistical, pytest.mark.slow]

RUNS = 1_000
RATES = np.array([0.0, 0.1, 0.3, 0.5, 0.7])
LEAST = 0.005
"""Of every rate: the shrunken degrees of freedom of 6 seeds come nearest to never saying anything."""
LABELS = [f"c{k}" for k in range(8)]

TRENDS = {"Page's L": "page_p", "slope of the gap": "gap_slope_p"}
OMNIBUS = {
    "Friedman": "friedman_p",
    "Iman and Davenport": "iman_davenport_p",
    "repeated measures F": "rm_anova_p",
    "the same, by Greenhouse and Geisser": "rm_anova_p_gg",
}


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("noise", SYMMETRIC, ids=ids)
def test_of_trends_and_of_whether_any_differ(noise: Noise, n: int, ledger: Ledger) -> None:
    """Five rates; the metric and the gap are noise about the seed's own level."""
    found: Counter[str] = Counter()
    for values in noise.draw(generator("trends", noise.name, n), (RUNS, n, len(RATES))):
        trends, whole = dose_response(RATES, values, values, ALPHA, False), omnibus(values)
        found.update({name: rejects(getattr(trends, key), ALPHA) for name, key in TRENDS.items()})
        found.update({name: rejects(getattr(whole, key), ALPHA) for name, key in OMNIBUS.items()})
    ledger.check(
        [
            Rate(name, "nothing differs, p <= 0.05", noise.name, n, ALPHA, found[name], RUNS, least=LEAST)
            for name in (*TRENDS, *OMNIBUS)
        ]
    )


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("noise", SYMMETRIC, ids=ids)
def test_of_the_set_of_optima(noise: Noise, n: int, ledger: Ledger) -> None:
    """Each seed has a parabola of its own; the mean of them has its top at 0.4. No set is no claim."""
    rng, top = generator("optimum", noise.name, n), 0.4
    bends = -40 * noise.sd * (1 + 0.3 * rng.standard_normal((RUNS, n, 1)))
    slopes = 80 * noise.sd * top + 6 * noise.sd * rng.standard_normal((RUNS, n, 1))
    errors = noise.draw(rng, (RUNS, n, len(RATES)))
    found, identified = 0, 0
    for values in slopes * RATES + bends * RATES**2 + errors:
        answer = dose_response(RATES, values, None, ALPHA, False)
        identified += answer.identified
        found += answer.identified and not answer.optimum_low <= top <= answer.optimum_high
    assert identified > 0.9 * RUNS
    ledger.check(
        [Rate("Fieller's set of the optimum", "misses the optimum", noise.name, n, ALPHA, found, RUNS, least=LEAST)]
    )


def largest_of(k: int) -> float:
    """Return the mean of the largest of k standard normal numbers: 1.352 for 7."""

    def density(x: float) -> float:
        return x * k * stats.norm.pdf(x) * stats.norm.cdf(x) ** (k - 1)

    return integrate.quad(density, -10, 10)[0]


@pytest.mark.parametrize("n", SIZES)
def test_the_naive_pick_boasts_and_the_cross_fitted_does_not(n: int) -> None:
    """Seven rates and a control that do not differ: the best of the seven is ahead of the control by luck alone.

    By 1.352 sigma / sqrt(n); cross-fitted by nothing.
    """
    runs = 4_000
    values = NORMAL.draw(generator("best", n), (runs, n, len(LABELS)))
    found = [selection(LABELS, each, None, ALPHA, False) for each in values]
    crossfit = np.array([each.crossfit_difference for each in found])
    naive = crossfit + [each.optimism for each in found]
    for estimate, expected in ((naive, largest_of(len(LABELS) - 1) / n**0.5), (crossfit, 0.0)):
        assert abs(estimate.mean() - expected) < 4 * estimate.std(ddof=1) / runs**0.5
    assert naive.mean() > 1.3 / n**0.5


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("noise", SYMMETRIC, ids=ids)
def test_of_the_set_of_the_best(noise: Noise, n: int, ledger: Ledger) -> None:
    """Eight conditions that do not differ: any one of them may be called the best, and the set should hold it."""
    values = noise.draw(generator("set", noise.name, n), (RUNS, n, len(LABELS)))
    found = sum(LABELS[3] not in selection(LABELS, each, None, ALPHA, False).best_set for each in values)
    ledger.check([Rate("set of the best", "leaves out one that is best", noise.name, n, ALPHA, found, RUNS)])
