"""Exact limits of rates and exact McNemar against base R (``divergence.R``; its output is ``divergence_r.csv``)."""

from pathlib import Path

import pandas as pd
import pytest

from analysis.divergence import clopper_pearson, mcnemar

BY_R = pd.read_csv(Path(__file__).parent / "divergence_r.csv", comment="#")


def rows_of(method):
    return list(BY_R[BY_R["method"] == method].itertuples(index=False))


def test_clopper_pearson_agrees_with_r():
    rows = rows_of("clopper_pearson")
    assert len(rows) > 80
    for row in rows:
        assert clopper_pearson(row.first, row.second, row.alpha) == pytest.approx((row.low, row.high), rel=1e-9), row


def test_mcnemar_agrees_with_r():
    rows = rows_of("mcnemar")
    assert len(rows) == 24
    for row in rows:
        assert mcnemar((row.first, row.second)) == pytest.approx(row.low, rel=1e-9), row


def test_no_failure_in_ten_is_up_to_31_per_cent():
    low, high = clopper_pearson(0, 10, 0.05)
    assert low == 0
    assert high == pytest.approx(1 - 0.025 ** (1 / 10), rel=1e-12)
