"""How often runs end badly, and whether a condition differs in that from the control: the second headline."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.methods.bad_endings import bad_endings
from analysis.tables.metric import Arm, Measured
from analysis.tables.question import Question
from tests.statistical.calibration.ledger import Ledger, Rate
from tests.statistical.calibration.noise import ALPHA, generator, rejects

pytestmark = [pytest.mark.statistical, pytest.mark.slow]

RUNS, CONDITIONS = 1_000, 3
ASKED = Question("test_accuracy", "c0", ALPHA, None, direction="higher", bad_ending=0.05)


@pytest.mark.parametrize("share", [0.05, 0.2])
@pytest.mark.parametrize("n", [6, 8, 10, 16, 30])
def test_of_bad_endings(n: int, share: float, ledger: Ledger) -> None:
    """All arms end badly alike: 30 points below where the others end, which is spread by 0.2 points."""
    rng = generator("bad endings", n, share)
    missed = singled_out = 0
    for _ in range(RUNS):
        ends = 0.85 + 0.002 * rng.standard_normal((CONDITIONS + 1, n)) - 0.3 * (rng.random((CONDITIONS + 1, n)) < share)
        whole, fine, seeds = np.zeros(n, np.int64), np.zeros(n, bool), np.arange(n)
        arms = {f"c{k}": Arm(seeds, own, whole, fine) for k, own in enumerate(ends)}
        found = bad_endings(Measured("test_accuracy", arms, None, (), True, ()), ASKED)
        low, high = found["c1"].rate_low, found["c1"].rate_high
        assert low is not None and high is not None
        missed += not low <= share <= high
        singled_out += any(rejects(each.p_holm, ALPHA) for each in found.values())
    data = f"{share:.0%} of the runs of every arm end 30 points low"
    ledger.check(
        [
            Rate("bad endings (Clopper-Pearson)", "interval misses the rate of one arm", data, n, ALPHA, missed, RUNS),
            Rate("bad endings (McNemar, Holm)", f"any of {CONDITIONS} conditions has adjusted p <= 0.05", data, n,
                 ALPHA, singled_out, RUNS),
        ]
    )  # fmt: skip
