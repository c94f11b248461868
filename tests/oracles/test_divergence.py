"""Exact limits of rates and exact McNemar against base R (``divergence.R``; its output is ``divergence_r.csv``)."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.methods.failure_rates import clopper_pearson, mcnemar, worst_rank
from analysis.tables.metric import measure
from analysis.tables.pairs_by_seed import arms
from analysis.tables.table import from_frame
from tests.oracles.agreement import agree

BY_R = pd.read_csv(Path(__file__).parent / "divergence_r.csv", comment="#")


def rows_of(method):
    return list(BY_R[BY_R["method"] == method].itertuples(index=False))


def test_clopper_pearson_agrees_with_r():
    rows = rows_of("clopper_pearson")
    assert len(rows) > 80
    for row in rows:
        low, high = clopper_pearson(row.first, row.second, row.alpha)
        agree(low, row.low, row)
        agree(high, row.high, row)


def test_mcnemar_agrees_with_r():
    rows = rows_of("mcnemar")
    assert len(rows) == 24
    for row in rows:
        agree(mcnemar((row.first, row.second)), row.low, row)


def test_no_failure_in_ten_is_up_to_31_per_cent():
    low, high = clopper_pearson(0, 10, 0.05)
    assert low == 0
    assert high == pytest.approx(1 - 0.025 ** (1 / 10), rel=1e-12)


DIFFERENCES = (12, -3, 3, 0, 7, -3, 20, 1, 0)
LOST_BY_BOTH = 2


def table_with_failures(condition_failed, control_failed, sign):
    """Return runs of a condition and a control: complete pairs, pairs that one lost, and pairs that both lost."""
    pairs = [("ok", "ok", sign * each) for each in DIFFERENCES]
    pairs += [("diverged", "ok", 0)] * condition_failed + [("ok", "diverged", 0)] * control_failed
    pairs += [("diverged", "diverged", 0)] * LOST_BY_BOTH
    rows = []
    for seed, (condition, control, difference) in enumerate(pairs):
        for label, status, gain in (("c1", condition, difference), ("none", control, 0)):
            score = np.nan if status == "diverged" else 500.0 + gain
            rows.append({"condition": label, "seed": seed, "status": status, "score": score})
    return from_frame(pd.DataFrame(rows).sample(frac=1, random_state=5))


@pytest.mark.parametrize("direction", ["higher", "lower"])
def test_worst_ranks_agree_with_r(direction):
    """Where lower is better the scores are mirrored, and so is V+."""
    rows = rows_of("worst_rank")
    assert len(rows) == 6
    for row in rows:
        table = table_with_failures(row.first, row.second, -1 if direction == "lower" else 1)
        v, p = worst_rank(arms(measure(table, "score"), "c1", "none", None), direction)
        m = np.count_nonzero(DIFFERENCES) + row.first + row.second
        agree(m * (m + 1) / 2 - v if direction == "lower" else v, row.low, row)
        agree(p, row.high, row)
