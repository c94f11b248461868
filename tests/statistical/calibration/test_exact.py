"""Error rates that need no simulation: every outcome is tried, and its probability added up."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from analysis.methods.failure_rates import clopper_pearson, mcnemar
from analysis.methods.multiplicity import max_t, sign_flip_tests
from analysis.methods.signed_rank import wilcoxon
from tests.statistical.calibration.ledger import Ledger, Rate
from tests.statistical.calibration.noise import ALPHA, LATTICE, NORMAL, SIZES, rejects

_PRIMES = np.array([7, 2, 13, 3, 19, 5, 29, 11, 17, 23])
MAGNITUDES = {
    "no ties": (NORMAL, _PRIMES**0.5),
    "one outlier": (NORMAL, np.where(_PRIMES == 2, 90.0, _PRIMES**0.5)),
    "ties and zeros": (LATTICE, np.array([1.0, 2.0, 2.0, 1.0, 0.0, 3.0, 1.0, 2.0, 1.0, 1.0])),
}
"""Roots of primes: no two of their sums are equal."""


def signs(n: int) -> np.ndarray:
    """Return all rows of n signs, [2^n, n]."""
    return 1.0 - 2.0 * ((np.arange(2**n)[:, None] >> np.arange(n)) & 1)


@pytest.mark.parametrize("n", [6, 10])
@pytest.mark.parametrize("name", MAGNITUDES)
def test_of_every_sign_of_given_magnitudes(name: str, n: int, ledger: Ledger) -> None:
    noise, magnitudes = MAGNITUDES[name]
    studies = [noise.pairs(row, f"study {i}") for i, row in enumerate(signs(n) * magnitudes[:n])]
    flips = np.mean([rejects(each.result.p_sign_flip, ALPHA) for each in sign_flip_tests(studies).values()])
    ranks = np.mean([rejects(wilcoxon(each).result.p_wilcoxon, ALPHA) for each in studies])
    error = "nothing differs, p <= 0.05"
    least = 0.0 if name == "ties and zeros" else {6: 2 / 64, 10: 50 / 1024}[n]
    ledger.check(
        [
            Rate("sign flips", error, name, n, ALPHA, float(flips), None, least=least),
            Rate("Wilcoxon signed rank", error, name, n, ALPHA, float(ranks), None, least=least),
        ]
    )


@pytest.mark.parametrize("name", MAGNITUDES)
def test_of_every_sign_of_whole_rows(name: str, ledger: Ledger) -> None:
    """Three conditions, the seeds' signs in common."""
    noise, magnitudes = MAGNITUDES[name]
    rows = np.column_stack([np.roll(magnitudes, k)[:6] + k * magnitudes[:6] for k in range(3)])
    found = {"p_max_t": 0, "p_max_t_step_down": 0}
    for own in signs(6):
        by_label = max_t(noise.family(rows * own[:, None]))
        for key in found:
            found[key] += any(rejects(getattr(each.result, key), ALPHA) for each in by_label.values())
    ledger.check(
        [
            Rate(method, "any condition has p <= 0.05", f"{name}, 3 conditions", 6, ALPHA, found[key] / 64, None,
                 least=2 / 64)
            for key, method in (("p_max_t", "max-t, single step"), ("p_max_t_step_down", "max-t, step-down"))
        ]
    )  # fmt: skip


@pytest.mark.parametrize("n", [*SIZES, 100])
def test_of_the_interval_of_a_failure_rate(n: int, ledger: Ledger) -> None:
    """The worst true rate of all: coverage jumps at the ends of the n + 1 intervals, and is lowest just beside them."""
    ends = np.array([clopper_pearson(failures, n, ALPHA) for failures in range(n + 1)])
    beside = ends.ravel() + np.array([[-1e-9], [1e-9]])
    rates = np.clip(np.concatenate([beside.ravel(), np.linspace(0, 1, 501)]), 0, 1)
    missed = (rates < ends[:, :1]) | (rates > ends[:, 1:])
    worst = float((stats.binom.pmf(np.arange(n + 1)[:, None], n, rates) * missed).sum(axis=0).max())
    error = "interval misses the rate, at the worst rate"
    ledger.check([Rate("failure rate (Clopper-Pearson)", error, "binomial", n, ALPHA, worst, None, least=ALPHA / 2)])


@pytest.mark.slow
@pytest.mark.parametrize("n", [*SIZES, 100])
def test_of_mcnemar(n: int, ledger: Ledger) -> None:
    """At the share of discordant pairs that is worst for the test."""
    errs = [
        sum(stats.binom.pmf(k, m, 0.5) for k in range(m + 1) if rejects(mcnemar((k, m - k)), ALPHA))
        for m in range(n + 1)
    ]
    shares = np.linspace(0, 1, 501)
    worst = float((stats.binom.pmf(np.arange(n + 1)[:, None], n, shares) * np.array(errs)[:, None]).sum(axis=0).max())
    error = "arms fail alike, p <= 0.05, at the worst share of discordant pairs"
    ledger.check([Rate("McNemar", error, "binomial", n, ALPHA, worst, None, least=ALPHA / 2)])
