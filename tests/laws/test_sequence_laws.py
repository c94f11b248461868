"""Laws of looking after every seed, of dose-response, of choosing the best, and of components of variance."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.methods.confidence_sequence import looks, planned_levels, sequence, spent
from analysis.methods.dose_response import dose_response
from analysis.methods.omnibus import Omnibus, omnibus
from analysis.methods.power import Design
from analysis.methods.selection import selection
from analysis.methods.variance_components import components, mean_squares, split_seed_variance
from analysis.tables.pairing import pair
from tests.laws.studies import law, mirrored, same

pytestmark = pytest.mark.slow

finite = st.integers(-40, 40).map(lambda x: x / 8)
runs = st.lists(finite, min_size=2, max_size=15).map(np.array)
generators = st.integers(0, 10**6).map(np.random.default_rng)
alphas = st.sampled_from([0.2, 0.05, 0.05 / 7])
RATES = np.array([0.0, 0.1, 0.3, 0.5])
SETS = ("optimum", "optimum_low", "optimum_high")


@law
@given(runs, runs, alphas)
def test_later_seeds_do_not_change_earlier_looks(first, rest, alpha):
    assert looks(np.concatenate([first, rest]), alpha)[: len(first)] == looks(first, alpha)


@law
@given(runs, st.sampled_from([-4.0, 0.5, 64.0]))
def test_the_sequence_scales_and_its_e_value_does_not(d, scale):
    for one, other in zip(looks(d, 0.05), looks(scale * d, 0.05), strict=True):
        assert other.mean == pytest.approx(scale * one.mean)
        assert other.log_e_value == pytest.approx(one.log_e_value, rel=1e-9, abs=1e-12)
        assert (one.half_width is None) == (other.half_width is None)
        if one.half_width is not None:
            assert other.half_width == pytest.approx(abs(scale) * one.half_width)


@law
@given(runs, alphas)
def test_the_sequence_excludes_zero_exactly_where_the_e_value_reaches_one_over_alpha(d, alpha):
    for strict, look in zip(looks(d, alpha / 2), looks(d, alpha), strict=True):
        if look.half_width is None:
            assert strict.half_width is None
            continue
        assert look.excludes_zero() == (look.log_e_value > -math.log(alpha))
        assert strict.half_width is None or strict.half_width > look.half_width


@law
@given(generators, st.integers(2, 20), st.floats(-3, 3))
def test_differences_equal_but_for_rounding_are_no_evidence(rng, n, apart):
    """Conditions that keep their distance at every seed: nothing may be said to be sure of it."""
    control = rng.uniform(-3, 3, n)
    found = sequence(pair(("c1", "control"), range(n), control + apart, control), 0.05)
    assert {(look.half_width, look.log_e_value) for look in found} == {(None, 0.0)}
    values = control[:, None] + apart * np.array([0, 1, 3, 2])
    assert selection(list("abcd"), values, None, 0.05, direction="higher").to_json()["best_set"] == list("abcd")
    dose = dose_response(RATES, values, values, 0.05, direction="higher").to_json()
    assert not dose["identified"]
    assert all(dose[key] is None for key in (*SETS, "gap_slope_t", "gap_slope_p", "page_p"))
    assert omnibus(values) == Omnibus()


@law
@given(st.lists(st.integers(1, 9), min_size=1, max_size=5), alphas)
def test_planned_levels_spend_alpha_and_no_more(steps, alpha):
    fractions = [float(at) for at in np.cumsum(steps) / sum(steps)]
    levels = planned_levels([*fractions[:-1], 1.0], alpha)
    assert levels[0] == pytest.approx(spent(fractions[0], alpha) if len(steps) > 1 else alpha)
    assert max(levels) <= alpha * (1 + 1e-9)
    assert sum(levels) >= alpha * (1 - 1e-9)


@law
@given(st.integers(2, 8), alphas)
def test_levels_of_even_looks_rise(number, alpha):
    levels = planned_levels([look / number for look in range(1, number + 1)], alpha)
    assert levels == sorted(levels)
    assert levels[-1] > alpha / 2


@law
@given(generators, st.integers(2, 8), st.sampled_from([0.5, 4.0]))
def test_dose_response_knows_units_seeds_and_direction(rng, n, unit):
    values = rng.normal(0, 1, (n, 1)) + RATES * rng.normal(1, 0.3, (n, 1)) - RATES**2 + rng.normal(0, 0.05, (n, 4))
    plain = dose_response(RATES, values, values, 0.05, direction="higher").to_json()
    level = rng.normal()
    raised = dose_response(RATES, rng.permutation(values) + level, values, 0.05, direction="higher").to_json()
    same(plain, raised, plain.keys() - {"intercept"}, rel=1e-7)
    assert raised["intercept"] - level == pytest.approx(plain["intercept"], rel=1e-7, abs=1e-9)
    turned = dose_response(RATES, -values, -values, 0.05, direction="lower").to_json()
    same(plain, turned, (*SETS, "identified", "df", "page_p", "gap_slope_p"))
    mirrored(plain, turned, [(key, key) for key in ("b1", "b2", "gap_slope_mean", "gap_slope_t")])
    scaled = dose_response(unit * RATES, values, values, 0.05, direction="higher").to_json()
    same(plain, scaled, ("identified", "df", "page_l", "page_p", "gap_slope_t", "gap_slope_p"))
    for key, power in (("b1", -1), ("b2", -2), ("gap_slope_mean", -1), *((each, 1) for each in SETS)):
        if plain[key] is not None:
            assert scaled[key] == pytest.approx(unit**power * plain[key], rel=1e-7, abs=1e-9), key


@law
@given(generators, st.integers(2, 8), st.integers(2, 5))
def test_selection_knows_neither_the_seeds_level_nor_their_order(rng, n, k):
    labels = [f"c{i}" for i in range(k)]
    values, validation = rng.normal(0, 1, (2, n, k)) + rng.normal(0, 0.5, k)
    plain = selection(labels, values, validation, 0.05, direction="higher").to_json()
    order, levels = rng.permutation(n), rng.normal(0, 3, (n, 1))
    moved = selection(labels, (values + levels)[order], validation[order], 0.05, direction="higher").to_json()
    assert moved["best_set"] == plain["best_set"]
    same(plain, moved, [key for key in plain if key != "best_set"])
    turned = selection(labels, -values, validation, 0.05, direction="lower").to_json()
    assert (turned["best_set"], turned["chosen_on_validation"]) == (plain["best_set"], plain["chosen_on_validation"])
    assert turned["optimism"] == pytest.approx(plain["optimism"], abs=1e-12)
    assert plain["optimism"] >= -1e-12
    assert labels[int(values.mean(axis=0).argmax())] in plain["best_set"]


@law
@given(generators, st.lists(st.integers(2, 4), min_size=2, max_size=3), st.randoms(use_true_random=False))
def test_components_follow_their_factors(rng, shape, random):
    values = rng.normal(0, 1, shape) + rng.normal(0, 2, (shape[0], *[1] * (len(shape) - 1)))
    axes = list(range(len(shape)))
    random.shuffle(axes)
    turned = np.take(values.transpose(axes), rng.permutation(shape[axes[0]]), axis=0) + 7
    one = {frozenset(each.factors): each for each in components(values, "ABC"[: len(shape)], 0.05)}
    names = ["ABC"[axis] for axis in axes]
    for each in components(turned, names, 0.05):
        assert each.df == one[frozenset(each.factors)].df
        assert each.estimate == pytest.approx(one[frozenset(each.factors)].estimate, rel=1e-9, abs=1e-12)
    assert sum(each.share or 0 for each in one.values()) == pytest.approx(1)
    assert sum(df * ms for df, ms in mean_squares(values).values()) == pytest.approx(values.var() * values.size)


@law
@given(generators, st.integers(2, 8), st.integers(2, 30))
def test_what_lasts_and_what_churns_make_up_the_variance_over_seeds(rng, seeds, images):
    split = split_seed_variance((rng.random((seeds, images)) < rng.random((seeds, 1))).astype(float))
    assert split.lasting == pytest.approx(max(0.0, split.total - split.churn), abs=1e-15)
    assert split.churn >= -1e-15


@law
@given(st.floats(0.05, 3), st.sampled_from([0.05, 0.01]), st.sampled_from([0.5, 0.8, 0.95]), st.integers(1, 8))
def test_plans_agree_with_themselves(effect, alpha, power, comparisons):
    design = Design(1.0, alpha, power, comparisons)
    n = design.seeds(effect)
    assert n is not None
    assert design.achieved(n, effect) >= power
    assert n == 2 or design.achieved(n - 1, effect) < power
    assert design.detectable(n) <= effect * (1 + 1e-9)
    assert (Design(1.0, alpha, power, comparisons + 1).seeds(effect) or 0) >= n
    assert Design(3.0, alpha, power, comparisons).seeds(3 * effect) == n


@law
@given(st.floats(0.2, 3), st.floats(0.001, 1), st.sampled_from([0.5, 0.8]), st.integers(1, 8))
def test_plans_over_new_images_need_more_and_agree_with_themselves(effect, share, power, comparisons):
    plain = Design(1.0, 0.05, power, comparisons)
    z = float(stats.norm.isf(0.025 / comparisons) + stats.norm.ppf(power))
    with_floor = dataclasses.replace(plain, floor=share * effect / z)
    n = with_floor.seeds(effect)
    if share == 1:
        assert n is None
        return
    if n is not None:
        assert with_floor.achieved(n, effect) >= power
        assert n == 2 or with_floor.achieved(n - 1, effect) < power
        assert with_floor.detectable(n) <= effect * (1 + 1e-9)
    for seeds in (10, 40):
        assert with_floor.detectable(seeds) >= z * with_floor.floor
        assert dataclasses.replace(with_floor, sd=3.0, floor=3 * with_floor.floor).detectable(seeds) == pytest.approx(
            3 * with_floor.detectable(seeds)
        )
