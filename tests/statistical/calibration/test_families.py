"""Of all conditions of a study together, any at all is wrongly singled out no more often than promised."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from analysis.methods import sign_flip
from analysis.methods.multiplicity import adjusted_t, max_t
from analysis.methods.simultaneous import intervals
from tests.statistical.calibration.ledger import Ledger, Rate
from tests.statistical.calibration.noise import (
    ALPHA,
    FEWER_FLIPS,
    NORMAL,
    SIZES,
    SYMMETRIC,
    Noise,
    generator,
    ids,
    misses,
    rejects,
)  # fmt: skip

pytestmark = [pytest.mark.statistical, pytest.mark.slow]

RUNS, CONDITIONS = 1_000, 7
EFFECT = 3.0
"""Of the conditions that do differ, in standard errors of a difference: neither hidden nor beyond doubt."""
LEAST = 2 / 64
"""Error rate of normal families in which nothing differs: that of flips of 6 seeds; the others come to more."""

TESTS = {
    "max-t, single step": "p_max_t",
    "max-t, step-down": "p_max_t_step_down",
    "Holm on t": "p_holm",
}


@pytest.fixture(autouse=True)
def fewer_flips(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_flip, "RANDOM_FLIPS", FEWER_FLIPS)


@pytest.mark.parametrize("true_effects", [0, 3])
@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("noise", SYMMETRIC, ids=ids)
def test_of_a_family(noise: Noise, n: int, true_effects: int, ledger: Ledger) -> None:
    """Seven conditions share a control; the first `true_effects` of them differ from it."""
    shift = np.zeros(CONDITIONS)
    shift[:true_effects] = noise.whole(EFFECT * noise.sd * (2 / n) ** 0.5)
    studies = noise.against_control(generator("family", noise.name, n, true_effects), RUNS, n, CONDITIONS) + shift
    found: Counter[str] = Counter()
    for differences in studies:
        found.update(wrong(noise, differences, shift))
    data = f"{noise.name}, {true_effects} of {CONDITIONS} differ"
    error = "any condition that does not differ has p <= 0.05"
    least = LEAST if noise is NORMAL and not true_effects else 0.0
    rates = [Rate(name, error, data, n, ALPHA, found[name], RUNS, least=least) for name in TESTS]
    for name, nominal in (("simultaneous intervals", ALPHA), ("simultaneous intervals at 90%", 2 * ALPHA)):
        rates.append(Rate(name, "any misses its mean", data, n, nominal, found[name], RUNS, least=least))
    ledger.check(rates)


def wrong(noise: Noise, differences: np.ndarray, shift: np.ndarray) -> dict[str, bool]:
    """Return which methods err on any condition of one study, `differences` [n, K] with means `shift` [K]."""
    family = noise.family(differences)
    null = [pairs.condition for pairs, own in zip(family, shift, strict=True) if own == 0]
    by_flips, by_t, ends = max_t(family), adjusted_t(family), intervals(family, ALPHA)
    found = {
        name: any(rejects(getattr((by_t if key == "p_holm" else by_flips)[label].result, key), ALPHA) for label in null)
        for name, key in TESTS.items()
    }
    for name, suffix in (("simultaneous intervals", ""), ("simultaneous intervals at 90%", "_90")):
        found[name] = any(
            misses(ends[pairs.condition].result, f"ci_low_simultaneous{suffix}", f"ci_high_simultaneous{suffix}",
                   own * noise.unit)
            for pairs, own in zip(family, shift, strict=True)
        )  # fmt: skip
    return found
