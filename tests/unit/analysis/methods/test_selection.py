"""The set of the best: who stays in it is decided at Holm's level, over all conditions that are not the best."""

from __future__ import annotations

import numpy as np
from scipy import stats

from analysis.methods.selection import selection

LABELS = ("none", "a", "b", "c", "d")


def test_a_condition_that_is_worse_at_the_plain_level_alone_stays() -> None:
    spread = np.array([-2.0, -1.0, 0.0, 1.0, 2.0, 0.0])[:, None] * np.array([0.0, 1.0, -1.0, 0.5, 0.0])
    values = spread + np.array([1.5, 0.1, 0.1, 0.2, 1.6])
    p = [float(stats.ttest_rel(values[:, 4], values[:, k], alternative="greater").pvalue) for k in (1, 2, 3)]
    assert p[2] < 0.05 / 4
    assert all(0.05 / 3 < each < 0.05 for each in p[:2]), "worse by itself, not worse after adjustment"
    assert selection(LABELS, values, None, 0.05, direction="higher").best_set == ("none", "a", "b", "d")
