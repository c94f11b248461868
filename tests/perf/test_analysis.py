"""The comparison of three conditions with a control on a table of 32 trials that no engine made."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.answer.compare import compare
from analysis.tables.table import from_frame
from tests.perf.conftest import Measure

CONDITIONS, SEEDS, IMAGES = 4, 8, 10_000


def trials() -> pd.DataFrame:
    """Return test counts near 87% with an effect of seed and one of condition."""
    rng = np.random.default_rng(0)
    seed, condition = np.meshgrid(np.arange(SEEDS), np.arange(CONDITIONS))
    correct = 8_700 + 10 * condition + 30 * rng.standard_normal(SEEDS) + 20 * rng.standard_normal(seed.shape)
    return pd.DataFrame(
        {
            "condition": [f"c{index}" for index in condition.ravel()],
            "seed": seed.ravel(),
            "test_correct": correct.astype(int).ravel(),
            "test_total": IMAGES,
            "test_accuracy": correct.astype(int).ravel() / IMAGES,
        }
    )


def test_comparison(measure: Measure) -> None:
    frame = trials()
    measure(lambda: compare(from_frame(frame), "test_accuracy", "c0", margin=0.001), 30, 16)
