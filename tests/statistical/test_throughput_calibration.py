"""The test of speeds keeps its error rates on made-up times: common drift, heavy tails, slots lost to other load."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.tables.question import Question
from analysis.throughput.ratios import ratios

STUDIES, BLOCKS, ALPHA = 600, 12, 0.05
LABELS = [f"c{i}" for i in range(4)]
ASKED = Question("seconds_per_step", "c0", ALPHA, 0.02, direction="lower")
MOST = int(stats.binom.isf(0.001, STUDIES, ALPHA))
"""False alarms in a thousandth of all runs of a test that errs in `ALPHA` of the studies."""


def study(rng: np.random.Generator) -> pd.DataFrame:
    """Return the slots of conditions that are equally fast; one slot in ten disturbed, and four times as slow."""
    drift = rng.normal(0, 0.1, (BLOCKS, 1)) + 0.3 * np.linspace(0, 1, BLOCKS)[:, None]
    noise = 0.01 * rng.standard_t(5, (BLOCKS, len(LABELS)))
    alone = rng.random((BLOCKS, len(LABELS))) > 0.1
    seconds = np.exp(drift + noise) * np.where(alone, 1.0, 4.0)
    block, which = np.indices(seconds.shape)
    return pd.DataFrame(
        {
            "condition": np.array(LABELS)[which.ravel()],
            "block": block.ravel(),
            "seconds_per_step": seconds.ravel(),
            "exclusive": alone.ravel(),
        }
    )


@pytest.mark.slow
def test_error_rates_where_nothing_differs() -> None:
    rng = np.random.default_rng(20_260_103)
    alarms = {"single": 0, "interval": 0, "max-t": 0, "verdict": 0}
    for _ in range(STUDIES):
        entries, _ = ratios(study(rng), LABELS[1:], ASKED)
        alarms["single"] += not entries[0].ratio_low <= 1 <= entries[0].ratio_high
        alarms["interval"] += any(
            not each.ratio_low_simultaneous <= 1 <= each.ratio_high_simultaneous for each in entries
        )
        alarms["max-t"] += any(each.p_max_t is not None and each.p_max_t <= ALPHA for each in entries)
        alarms["verdict"] += any(each.verdict in ("superior", "inferior") for each in entries)
    assert all(number <= MOST for number in alarms.values()), f"{alarms} of {STUDIES}, allowed {MOST}"
    assert alarms["single"] >= stats.binom.ppf(0.001, STUDIES, ALPHA), f"{alarms}: far too careful"
