"""Signed ranks: exact with ties by enumeration, zeros dropped, and where exact gives way to normal."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.methods import signed_rank
from analysis.methods.signed_rank import hodges_lehmann, wilcoxon
from analysis.tables.pairing import pair


def by_enumeration(differences: list[int]) -> tuple[float, float]:
    kept = [each for each in differences if each]
    ranks = stats.rankdata(np.abs(kept))
    v = sum(rank for rank, each in zip(ranks, kept, strict=True) if each > 0)
    sums = [sum(np.compress(signs, ranks)) for signs in itertools.product([0, 1], repeat=len(kept))]
    tail = min(np.mean(np.array(sums) <= v + 1e-9), np.mean(np.array(sums) >= v - 1e-9))
    return v, min(1.0, 2 * tail)


@given(st.lists(st.integers(-4, 4), min_size=1, max_size=9).filter(any))
def test_exact_with_ties_and_zeros(differences: list[int]) -> None:
    v, p = signed_rank.signed_rank(np.array(differences, float))
    assert (v, p) == pytest.approx(by_enumeration(differences), abs=1e-12)


def test_all_zero_says_nothing() -> None:
    assert signed_rank.signed_rank(np.zeros(5)) == (0.0, 1.0)


@pytest.mark.parametrize("n", [200, 201])
def test_exact_up_to_200_and_normal_above_agree(n: int) -> None:
    d = np.random.default_rng(n).normal(0.1, 1, n)
    v, p = signed_rank.signed_rank(d)
    theirs = stats.wilcoxon(d, method="exact" if n <= 200 else "asymptotic", correction=True)
    assert p == pytest.approx(float(theirs.pvalue), rel=1e-9)
    assert min(v, n * (n + 1) / 2 - v) == pytest.approx(float(theirs.statistic))


def test_differences_equal_but_for_rounding_tie() -> None:
    """0.3 - 0.2 and 0.2 - 0.1 are one difference; floats say otherwise."""
    pairs = pair(
        ("a", "b"), range(6), np.array([0.3, 0.2, 0.9, 0.7, 0.4, 0.5]), np.array([0.2, 0.1, 0.2, 0.1, 0.5, 0.6])
    )
    found = wilcoxon(pairs).result
    assert (found.wilcoxon_v, found.p_wilcoxon) == pytest.approx(by_enumeration([1, 1, 7, 6, -1, -1]))


def test_hodges_lehmann_needs_six_pairs_for_95_percent() -> None:
    for n, there in ((5, False), (6, True)):
        pairs = pair(("a", "b"), range(n), np.arange(n) ** 2.0, np.zeros(n))
        found = hodges_lehmann(pairs, 0.05).result
        assert (found.hodges_lehmann_low is not None) == there
        walsh = [(x + y) / 2 for x, y in itertools.combinations_with_replacement((np.arange(n) ** 2.0).tolist(), 2)]
        assert found.hodges_lehmann == pytest.approx(np.median(walsh))
    assert found.hodges_lehmann_low == pytest.approx(min(walsh))
    assert found.hodges_lehmann_high == pytest.approx(max(walsh))
