"""Pairs and moments at their edges; the numbers themselves are in tests/oracles."""

import numpy as np
import pytest

from analysis.methods.p_value import probability
from analysis.methods.paired_t import Equivalence, PairingGain, equivalence, moments, pairing_gain, t_test
from analysis.tables.pairing import pair


def pairs_of(treated, control=None, **options):
    treated = np.asarray(treated)
    control = np.zeros(len(treated), treated.dtype) if control is None else np.asarray(control)
    return pair(("a", "b"), range(len(treated)), treated, control, **options)


def test_pairs_are_ordered_by_seed():
    pairs = pair(("a", "b"), [7, 3, 5], np.array([7.0, 3, 5]), np.array([0.7, 0.3, 0.5]))
    assert list(pairs.seeds) == [3, 5, 7]
    assert list(pairs.treated) == [3, 5, 7]
    assert list(pairs.differences) == pytest.approx([2.7, 4.5, 6.3])
    assert list(pairs.on(np.array([5, 9])).seeds) == [5]


def test_repeated_seeds_are_refused():
    with pytest.raises(ValueError, match="seeds repeat"):
        pair(("a", "b"), [1, 1], np.ones(2), np.zeros(2))


def test_counts_are_subtracted_before_they_are_divided():
    pairs = pairs_of([8731, 9000], [8722, 8991], scale=10_000)
    assert list(pairs.differences) == [9, 9]
    assert not pairs.varies
    assert not pairs_of([0.8731, 0.9], [0.8722, 0.8991]).varies  # the same as decimals, which differ in binary
    assert pairs_of([0.8731, 0.9], [0.8722, 0.8992]).varies


def test_a_tail_that_underflows_is_no_zero():
    found = t_test(pairs_of(np.array([1e6, 1e6 + 1, 1e6 - 1] * 40)), 0.05)
    assert 0 < found.result.p_t < 1e-300
    assert probability(0.0) > 0
    assert probability(1.0000001) == 1


def test_moments_need_two_pairs():
    with pytest.raises(ValueError, match="needs 2"):
        moments(pairs_of([1.0]))


def test_a_margin_is_needed_for_equivalence():
    found = equivalence(pairs_of([1.0, 2.0, 1.5]), 0.05, None)
    assert found.result == Equivalence()
    assert "no margin was given" in found.warnings[0]


def test_an_alpha_of_half_or_more_has_no_inner_interval():
    found = t_test(pairs_of([1.0, 2.0, 1.5]), 0.5)
    assert found.result.ci_low_90 is None
    assert "does not exist" in found.warnings[0]
    assert equivalence(pairs_of([1.0, 2.0, 1.5]), 0.5, 5.0).result.equivalent is None


def test_correlation_of_a_steady_arm_is_null():
    found = pairing_gain(pairs_of([1.0, 2.0, 4.0]))
    assert found.result == PairingGain(variance_reduction=pytest.approx(1.0))
    assert "same value at every seed" in found.warnings[0]
