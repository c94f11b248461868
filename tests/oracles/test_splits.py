"""The corrected resampled t test: generalised least squares in R."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.methods.over_splits import over_splits
from analysis.methods.result import Sample
from analysis.tables.pairing import pair
from analysis.tables.question import Question
from tests.oracles.agreement import agree

BY_R = pd.read_csv(Path(__file__).with_name("splits_r.csv"), comment="#")
CASES = BY_R[["n", "fraction", "size"]].drop_duplicates()


@pytest.mark.parametrize("case", list(CASES.itertuples(index=False)), ids=str)
def test_agrees_with_least_squares_on_differences_made_independent(case) -> None:
    place = np.arange(1, case.n + 1)
    pairs = pair(("book", "none"), place, (place * 37 + 11) % 101 - 30, np.zeros(case.n, int), 1_000)
    asked = Question("accuracy", "none", 0.05, None, "higher", family=int(case.size))
    found = over_splits(pairs, case.fraction, Sample(asked, [pairs], [pairs])).result
    rows = BY_R[(BY_R[["n", "fraction", "size"]] == pd.Series(case._asdict())).all(axis=1)]
    assert len(rows) == 7
    for key, value in zip(rows["key"], rows["value"], strict=True):
        agree(getattr(found, key), value, (*case, key), near_zero=1e-3)
