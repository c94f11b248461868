"""Flips against slow twins that enumerate, and against theory."""

import itertools

import numpy as np
import pytest

from analysis.methods.multiplicity import MaxT, max_t, sign_flip_tests
from analysis.methods.sign_flip import RANDOM_FLIPS, flip, flip_chunks, max_t_quantiles, single_step, step_down
from analysis.tables.pairing import pair


def brute_force(differences):
    """Single-step and step-down p by the definitions: t of every flip, in rational arithmetic where it matters."""
    n, K = differences.shape
    flips = [np.array(signs)[:, None] * differences for signs in itertools.product((1, -1), repeat=n)]

    def squared_t(column):  # t^2 up to a constant: S^2 / (n Q - S^2); infinite where all are equal
        s, q = int(column.sum()), int((column**2).sum())
        return np.inf if n * q == s * s else s * s / (n * q - s * s)

    t = np.array([[squared_t(each[:, k]) for k in range(K)] for each in flips])
    single = [(t.max(axis=1) >= t[0, k] * (1 - 1e-12)).mean() for k in range(K)]
    down, reached = np.empty(K), 0.0
    order = np.argsort(-t[0], kind="stable")
    for rank, k in enumerate(order):
        reached = max(reached, (t[:, order[rank:]].max(axis=1) >= t[0, k] * (1 - 1e-12)).mean())
        down[k] = reached
    return single, down


@pytest.mark.parametrize("seed", range(12))
def test_exact_flips_equal_brute_force(seed):
    rng = np.random.default_rng(seed)
    n, K = int(rng.integers(2, 9)), int(rng.integers(1, 4))
    differences = rng.integers(-4, 5, (n, K)).astype(float)
    differences[0, (differences**2).sum(axis=0) == 0] = 1
    flips = flip(differences, np.zeros(K))
    single, down = brute_force(differences)
    assert single_step(flips) == pytest.approx(single, rel=1e-12)
    assert step_down(flips) == pytest.approx(down, rel=1e-12)


def test_every_flip_comes_once_and_the_data_come_first():
    flips = np.concatenate(list(flip_chunks(6)))
    assert (flips[0] == 0).all()
    assert len(np.unique(flips, axis=0)) == len(flips) == 2**5
    assert (flips[:, 0] == 0).all()


def test_random_flips_are_fair_fixed_and_include_the_data():
    flips = np.concatenate(list(flip_chunks(20)))
    assert flips.shape == (RANDOM_FLIPS + 1, 20)
    assert (flips[0] == 0).all()
    assert set(np.unique(flips)) == {0, 1}
    limit = 5 * 0.5 / np.sqrt(len(flips))  # 5 standard errors of a share
    assert np.abs(flips.mean(axis=0) - 0.5).max() < limit
    assert np.abs(np.corrcoef(flips.T) - np.eye(20)).max() < 2 * limit
    assert (np.concatenate(list(flip_chunks(20))) == flips).all()


def test_random_flips_agree_with_enumeration():
    differences = np.random.default_rng(5).integers(-20, 30, (15, 1)).astype(float)
    every = np.array(list(itertools.product((1, -1), repeat=15))) @ differences[:, 0]
    exact = (np.abs(every) >= abs(differences.sum())).mean()
    found = single_step(flip(differences, np.zeros(1)))[0]
    assert found == pytest.approx(exact, abs=5 * np.sqrt(exact * (1 - exact) / RANDOM_FLIPS))


def test_p_is_never_zero():
    differences = np.random.default_rng(1).normal(100, 1, (60, 1))
    assert single_step(flip(differences, np.zeros(1)))[0] == 1 / (RANDOM_FLIPS + 1)
    assert single_step(flip(np.arange(1.0, 7.0)[:, None], np.zeros(1)))[0] == 2 / 2**6


@pytest.mark.parametrize("seed", range(20))
def test_ties_of_floats_that_were_decimals_count_as_ties(seed):
    """0.8731 - 0.8722 and 0.9 - 0.8991 are both 0.0009, and differ in binary: p must be that of the counts."""
    rng = np.random.default_rng(seed)
    control = rng.integers(8000, 9000, 9)
    treated = control + rng.integers(-3, 5, 9)
    treated[0] = control[0] + 3
    counts = pair(("a", "b"), range(9), treated, control, 10_000)
    floats = pair(("a", "b"), range(9), treated / 10_000, control / 10_000)
    signs = np.array(list(itertools.product((1, -1), repeat=9)))
    exact = (np.abs(signs @ (treated - control)) >= abs(int((treated - control).sum()))).mean()
    for pairs in (counts, floats):
        assert sign_flip_tests([pairs])["a"].result.p_sign_flip == exact


def test_the_slack_of_a_condition_is_its_own():
    rng = np.random.default_rng(3)
    differences = rng.normal(2, 1, (8, 3))
    exact, noisy = flip(differences, np.zeros(3)), flip(differences, np.array([0, 0, 0.5]))
    for method in (single_step, step_down):
        assert list(method(noisy)[:2]) == list(method(exact)[:2])
    assert (step_down(noisy) <= single_step(noisy)).all()


def test_zeros_have_nothing_to_flip():
    with pytest.raises(ValueError, match="nothing to flip"):
        flip(np.zeros((4, 1)), np.zeros(1))


def pairs_of(label, differences, seeds=None):
    differences = np.asarray(differences)
    seeds = range(len(differences)) if seeds is None else seeds
    return pair((label, "control"), seeds, differences, np.zeros(len(differences), int), 1)


def test_max_t_uses_the_seeds_that_all_have_and_says_so():
    first = pairs_of("first", [3, 5, -1, 4, 8, 2], seeds=[0, 1, 2, 3, 4, 5])
    second = pairs_of("second", [1, 2, 5, 4], seeds=[5, 1, 2, 9])
    found = max_t([first, second])
    rows = np.array([[5, 2], [-1, 5], [2, 1]], float)  # seeds 1, 2, 5
    expected = single_step(flip(rows, np.zeros(2)))
    assert [found[label].result.p_max_t for label in ("first", "second")] == list(expected)
    assert found["first"].result.n_max_t == 3
    assert "3 seeds that all conditions of the family have, of 6 pairs" in found["first"].warnings[0]


def test_a_condition_without_variation_leaves_the_family():
    moving, still = pairs_of("moving", [3, 5, -1, 4, 8, 2]), pairs_of("still", [2, 2, 2, 2, 2, 2])
    alone = max_t([moving])["moving"].result
    assert max_t([moving, still])["moving"].result == alone
    assert max_t([moving, still])["still"].result == MaxT()
    assert alone.p_max_t == sign_flip_tests([moving])["moving"].result.p_sign_flip


def test_no_variation_on_the_common_seeds_is_null_with_a_reason():
    first, second = pairs_of("first", [2, 2, 2, 9]), pairs_of("second", [1, 2, 4])
    found = max_t([first, second])["first"]
    assert found.result.p_max_t is None
    assert "nothing varies" in found.warnings[0]


def test_flip_quantile_of_centred_rows_agrees_with_a_slow_twin():
    rng = np.random.default_rng(2)
    rows = rng.normal(3, 1, (40, 1)) + rng.normal(0, 1, (40, 5))
    centred = rows - rows.mean(axis=0)
    twin = np.random.default_rng(77)
    largest = []
    for _ in range(4000):
        flipped = centred * twin.choice([-1, 1], size=(40, 1))
        largest.append((np.abs(flipped.mean(axis=0)) / (flipped.std(axis=0, ddof=1) / np.sqrt(40))).max())
    for level, found in zip((0.95, 0.9), max_t_quantiles(rows, (0.95, 0.9)), strict=True):
        share = np.mean(np.array(largest) <= found)
        assert share == pytest.approx(level, abs=5 * np.sqrt(level * (1 - level) / 4000))
