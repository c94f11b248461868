"""Laws of the methods that look at order alone: what a map that keeps the order must leave as it is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.methods.omnibus import Omnibus, omnibus
from tests.laws.studies import RANKS, SHARES, answer, by_condition, law, same, scores, studies

pytestmark = pytest.mark.slow

MAPS = {
    "cube": lambda d: d**3,
    "root": lambda d: np.sign(d) * np.sqrt(np.abs(d)),
    "exponential": lambda d: np.sign(d) * np.expm1(np.abs(d) / 4),
}
"""Odd and rising: they keep the signs of differences, and the order of their sizes."""
FRIEDMAN = ("friedman_q", "friedman_p", "iman_davenport_f", "iman_davenport_p", "kendall_w")

differences = st.lists(st.integers(-9, 9), min_size=2, max_size=12)
blocks = st.integers(3, 5).flatmap(
    lambda k: st.lists(st.lists(st.integers(0, 9), min_size=k, max_size=k), min_size=2, max_size=8)
)


def against_zero(d):
    return by_condition(answer(scores(control=np.zeros(len(d)), c1=d), metric="score"))["c1"]


@law
@given(differences, st.sampled_from(sorted(MAPS)))
def test_a_rising_odd_map_of_the_differences_keeps_the_signed_ranks(d, name):
    plain, mapped = against_zero(np.array(d, float)), against_zero(MAPS[name](np.array(d, float)))
    same(plain, mapped, (*RANKS, *SHARES))


@law
@given(studies(), st.sampled_from(sorted(MAPS)))
def test_a_rising_map_of_the_metric_keeps_the_shares_that_improve(study, name):
    arms = {label: np.array(counts, float) - 400 for label, counts in study.items()}
    plain = by_condition(answer(scores(**arms), metric="score"))
    mapped = by_condition(answer(scores(**{k: MAPS[name](v) for k, v in arms.items()}), metric="score"))
    for label, entry in plain.items():
        same(entry, mapped[label], SHARES)


@law
@given(differences, st.integers(-30, 30))
def test_moving_every_difference_moves_the_hodges_lehmann_estimate_along(d, shift):
    plain, moved = against_zero(np.array(d, float)), against_zero(np.array(d, float) + shift)
    for key in ("hodges_lehmann", "hodges_lehmann_low", "hodges_lehmann_high"):
        if plain[key] is not None:
            assert moved[key] == pytest.approx(plain[key] + shift, abs=1e-12), key


@law
@given(differences)
def test_hodges_lehmann_excludes_zero_exactly_where_the_signed_ranks_reject(d):
    """Without ties the interval is the inverted test: 0 is inside exactly where p is above alpha."""
    apart = np.array(d) + np.linspace(0.01, 0.02, len(d)) * np.where(np.array(d) < 0, -1, 1)
    entry = against_zero(apart)
    if entry["hodges_lehmann_low"] is None:
        assert len(d) < 6
        return
    outside = not entry["hodges_lehmann_low"] <= 0 <= entry["hodges_lehmann_high"]
    assert outside == (entry["p_wilcoxon"] <= 0.05)


@law
@given(blocks, st.lists(st.integers(-50, 50), min_size=8, max_size=8), st.randoms(use_true_random=False))
def test_the_omnibus_knows_neither_the_seeds_level_nor_any_order(rows, levels, random):
    values = np.array(rows, float)
    plain = omnibus(values).to_json()
    seeds, conditions = list(range(len(values))), list(range(values.shape[1]))
    random.shuffle(seeds)
    random.shuffle(conditions)
    same(plain, omnibus(values + np.array(levels[: len(values)])[:, None]).to_json(), plain)
    same(plain, omnibus(values[seeds]).to_json(), plain)
    same(plain, omnibus(values[:, conditions]).to_json(), plain)
    same(plain, omnibus(-3.5 * values).to_json(), plain)


@law
@given(blocks, st.sampled_from(sorted(MAPS)))
def test_a_rising_map_keeps_friedman(rows, name):
    values = np.array(rows, float)
    same(omnibus(values).to_json(), omnibus(MAPS[name](values)).to_json(), FRIEDMAN)


@law
@given(blocks)
def test_the_omnibus_stays_within_its_limits(rows):
    found = omnibus(np.array(rows, float)).to_json()
    df1 = len(rows[0]) - 1
    for key in ("friedman_p", "iman_davenport_p", "rm_anova_p", "rm_anova_p_gg"):
        assert found[key] is None or 0 < found[key] <= 1
    if found["kendall_w"] is not None:
        assert -1e-12 <= found["kendall_w"] <= 1 + 1e-12
    if found["gg_epsilon"] is not None:
        assert 1 / df1 - 1e-12 <= found["gg_epsilon"] <= 1
        assert (found["rm_anova_df1"], found["rm_anova_df2"]) == (df1, df1 * (len(rows) - 1))


@pytest.mark.parametrize("shape", [(1, 3), (4, 2), (0, 3), (2, 0)])
def test_too_little_for_an_omnibus_is_null(shape):
    assert omnibus(np.zeros(shape)) == Omnibus()
