"""The self-check that every report prints does not cry wolf."""

from __future__ import annotations

import pytest

from analysis.methods import sign_flip
from analysis.methods.self_check import FAILS, self_check
from tests.statistical.calibration.ledger import Ledger, Rate
from tests.statistical.calibration.noise import ALPHA, SYMMETRIC, Noise, generator, ids

pytestmark = [pytest.mark.statistical, pytest.mark.slow]

RUNS, CONDITIONS = 300, 7

ALARMS = 0.02
"""How often a study in which all is well may be said to fail."""


@pytest.mark.parametrize("n", [6, 10, 14, 30])
@pytest.mark.parametrize("noise", SYMMETRIC, ids=ids)
def test_of_the_self_check(noise: Noise, n: int, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_flip, "RANDOM_FLIPS", 9_999)
    found = 0
    for differences in noise.against_control(generator("self-check", noise.name, n), RUNS, n, CONDITIONS):
        checks = self_check(noise.family(differences), ALPHA).checks
        found += any(each.verdict == FAILS for each in checks)
    ledger.check(
        [Rate("self-check", "any check fails", f"{noise.name}, {CONDITIONS} conditions", n, ALARMS, found, RUNS)]
    )
