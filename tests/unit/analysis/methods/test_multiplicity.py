"""Holm and Benjamini-Hochberg against an independent implementation, in input order."""

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from analysis.methods.multiplicity import benjamini_hochberg, holm


@pytest.mark.parametrize("seed", range(8))
def test_agree_with_statsmodels_in_input_order(seed):
    rng = np.random.default_rng(seed)
    p = np.round(rng.beta(0.4, 2, int(rng.integers(1, 9))), 2).clip(1e-6)  # rounded: ties
    assert holm(p) == pytest.approx(multipletests(p, method="holm")[1], rel=1e-12)
    assert benjamini_hochberg(p) == pytest.approx(multipletests(p, method="fdr_bh")[1], rel=1e-12)


def test_holm_by_hand():
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    assert benjamini_hochberg([0.04, 0.01, 0.03]) == pytest.approx([0.04, 0.03, 0.04])
    assert holm([]) == benjamini_hochberg([]) == []
