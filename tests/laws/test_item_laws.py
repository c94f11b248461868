"""Laws of one run a condition over test items."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.answer.headline import OF_ONE_RUN
from analysis.methods.over_items import OverItems, over_items
from tests.laws.studies import answer, by_condition, correctness, frame_of_images, law, same

pytestmark = pytest.mark.slow

RUNS = correctness(seeds=st.just(1), images=st.integers(1, 60), conditions=st.integers(2, 4))
ALPHAS = st.sampled_from([0.05, 0.1, 0.01, 0.5, 0.9])


def grouped(right, draw_groups: int):
    """Return rows whose images are in so many groups."""
    frame, images = frame_of_images(right), right["control"].shape[1]
    return frame.assign(test_groups=[np.arange(images) * 7 % draw_groups] * len(frame))


@law
@given(RUNS, ALPHAS, st.sampled_from([0, 1, 10, 13]))
def test_an_interval_excludes_0_if_and_only_if_its_p_is_at_most_alpha(right, alpha, groups):
    frame = grouped(right, groups) if groups else frame_of_images(right)
    for each in answer(frame, alpha=alpha)["comparisons"]:
        low, high, p = each["items_low"], each["items_high"], each["p_items"]
        assert (low is None) == (high is None) == (p is None)
        if low is not None:
            assert low <= each["items_difference"] <= high
            assert (low > 0 or high < 0) == (p <= alpha)
        head = each["headline"]
        assert (head["scope"], head["estimand"], head["verdict"]) == ("items", "mean", None)
        assert (head["estimate"], head["low"], head["high"], head["p"]) == (each["items_difference"], low, high, p)
        assert head["reason"].startswith("one run a condition")


@law
@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 400), st.integers(1, 6))
def test_p_is_the_least_alpha_at_which_the_interval_excludes_0(gained, lost, rest, size):
    gains = np.repeat(np.array([1, -1, 0], np.int8), [gained, lost, rest + 1])
    p = over_items(gains, None, None, (0.05, size)).result.p_items
    for alpha in {min(each, 1 - 1e-12) for each in (p * (1 - 1e-9), p, p * (1 + 1e-9))}:
        found = over_items(gains, None, None, (alpha, size)).result
        assert (found.items_low > 0 or found.items_high < 0) == (alpha >= p)


@law
@given(RUNS, st.sampled_from([0, 11]))
def test_the_order_of_rows_and_images_is_irrelevant(right, groups):
    plain = by_condition(answer(grouped(right, groups) if groups else frame_of_images(right)))
    order = np.random.default_rng(1).permutation(right["control"].shape[1])
    frame = frame_of_images({label: rows[:, order] for label, rows in right.items()})
    if groups:
        frame["test_groups"] = [(np.arange(len(order)) * 7 % groups)[order]] * len(frame)
    found = by_condition(answer(frame.sample(frac=1, random_state=2)))
    for label, entry in plain.items():
        same(entry, found[label], OverItems.names())


@law
@given(correctness(seeds=st.just(1), images=st.integers(1, 60), conditions=st.just(2)))
def test_swapping_arms_mirrors(right):
    frame = frame_of_images(right)
    (forth,), (back,) = answer(frame)["comparisons"], answer(frame, control="c1")["comparisons"]
    same(forth, back, ("p_items", "p_mcnemar_items", "n_items", "n_item_groups"))
    ends = [-back["items_high"], -back["items_low"], -back["items_difference"]]
    assert [forth["items_low"], forth["items_high"], forth["items_difference"]] == pytest.approx(ends, abs=1e-12)


@law
@given(RUNS)
def test_groups_of_one_image_each_are_the_images(right):
    """From 10 images: then the mean over groups is the difference, and its t interval that of the gains."""
    images = right["control"].shape[1]
    for label, each in by_condition(answer(grouped(right, max(images * 8, 1)))).items():
        gains = right[label][0].astype(int) - right["control"][0].astype(int)
        assert each["items_difference"] == pytest.approx(gains.mean(), abs=1e-12)
        assert each["n_item_groups"] == images
        assert (each["items_low"] is None) == (images < 10 or np.ptp(gains) == 0)


@law
@given(correctness(seeds=st.integers(2, 4)))
def test_with_more_pairs_than_one_nothing_is_given(right):
    for each in answer(frame_of_images(right))["comparisons"]:
        assert {each[key] for key in OverItems.names()} == {None}
        assert each["headline"]["scope"] not in OF_ONE_RUN


def test_another_condition_widens_the_interval_and_leaves_the_difference():
    rng = np.random.default_rng(0)
    right = {label: rng.random((1, 300)) < rate for label, rate in (("control", 0.6), ("c1", 0.7), ("c2", 0.65))}
    whole = by_condition(answer(frame_of_images(right)))["c1"]
    (alone,) = answer(frame_of_images({label: right[label] for label in ("control", "c1")}))["comparisons"]
    assert whole["items_difference"] == alone["items_difference"]
    assert whole["p_mcnemar_items"] == alone["p_mcnemar_items"]
    assert whole["items_low"] < alone["items_low"] < alone["items_high"] < whole["items_high"]
    assert whole["p_items"] == pytest.approx(2 * alone["p_items"], rel=1e-12)
