"""Laws of seeds and test images crossed, and of the words that it leads to."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.methods.random_effects import crossed
from analysis.methods.two_way_interval import OverImages
from bench.schema.known_metrics import DIRECTIONS
from tests.laws.studies import (
    CROSSED_ALONE,
    MIRRORED,
    answer,
    by_condition,
    correctness,
    frame_of_images,
    law,
    mirrored,
    same,
)

pytestmark = pytest.mark.slow

INTERVAL_PAIRS = (
    ("ci_low_crossed", "ci_high_crossed"), ("ci_low_crossed_simultaneous", "ci_high_crossed_simultaneous"),
    ("ci_low_crossed_simultaneous_90", "ci_high_crossed_simultaneous_90"),
)  # fmt: skip


@law
@given(correctness(), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_images_is_irrelevant(right, random):
    plain = by_condition(answer(frame_of_images(right)))
    order = list(range(right["control"].shape[1]))
    random.shuffle(order)
    frame = frame_of_images({label: rows[:, order] for label, rows in right.items()})
    found = by_condition(answer(frame.sample(frac=1, random_state=random.randint(0, 99))))
    for label, entry in plain.items():
        same(entry, found[label], OverImages.names())
        same(entry["headline"], found[label]["headline"], entry["headline"])


@law
@given(correctness(conditions=st.just(2)))
def test_swapping_arms_mirrors_everything(right):
    frame = frame_of_images(right)
    (forth,), (back,) = answer(frame)["comparisons"], answer(frame, control="c1")["comparisons"]
    mirrored(forth, back, (*INTERVAL_PAIRS, *((high, low) for low, high in INTERVAL_PAIRS)))
    same(forth, back, ("se_crossed", "df_crossed", "p_crossed", "p_crossed_adjusted", "test_set_floor", "test_images"))
    for key in ("verdict", "verdict_crossed"):
        assert back[key] == MIRRORED.get(forth[key], forth[key])
    assert back["headline"]["verdict"] == MIRRORED.get(forth["headline"]["verdict"], forth["headline"]["verdict"])


@law
@given(correctness(conditions=st.just(2)))
def test_the_direction_of_benefit_turns_the_words_alone(right):
    frame = frame_of_images(right)
    (up,), (down,) = (answer(frame, direction=each)["comparisons"] for each in DIRECTIONS)
    same(up, down, [key for key in OverImages.names() if key != "verdict_crossed"])
    assert down["verdict_crossed"] == MIRRORED.get(up["verdict_crossed"], up["verdict_crossed"])


@law
@given(correctness(conditions=st.just(4)))
def test_another_condition_leaves_the_unadjusted_numbers(right):
    frame = frame_of_images(right)
    everyone = by_condition(answer(frame))
    for label, entry in by_condition(answer(frame[frame["condition"] != "c3"])).items():
        for key in CROSSED_ALONE:
            assert entry[key] == everyone[label][key], key


@law
@given(correctness(), st.integers(0, 6))
def test_a_missing_seed_leaves_the_pair_and_its_images(right, lost):
    lost %= len(right["control"])
    frame = frame_of_images(right)
    one_gone = by_condition(answer(frame[(frame["condition"] != "c1") | (frame["seed"] != lost)]))["c1"]
    both_gone = by_condition(answer(frame[frame["seed"] != lost]))["c1"]
    same(one_gone, both_gone, CROSSED_ALONE)


@law
@given(correctness())
def test_adjusted_is_at_least_raw_and_intervals_nest(right):
    wide, narrow = (by_condition(answer(frame_of_images(right), alpha=alpha)) for alpha in (0.01, 0.05))
    for label, entry in narrow.items():
        if entry["se_crossed"] is None:
            continue
        assert entry["p_crossed"] <= entry["p_crossed_adjusted"] <= 1
        for low, high in INTERVAL_PAIRS:
            assert wide[label][low] < entry[low] < entry["mean_difference"] < entry[high] < wide[label][high]
        together, inner = INTERVAL_PAIRS[1:]
        assert entry[together[0]] <= entry["ci_low_crossed"] + 1e-15
        assert entry["ci_high_crossed"] <= entry[together[1]] + 1e-15
        assert entry[together[0]] < entry[inner[0]] < entry[inner[1]] < entry[together[1]]
        assert (entry["p_crossed"] < 0.05) == (not entry["ci_low_crossed"] <= 0 <= entry["ci_high_crossed"])


@law
@given(correctness())
def test_new_images_never_make_surer_than_seeds_alone(right):
    """The variance over both is at least that over seeds on this test set, and at least the floor's square."""
    for entry in answer(frame_of_images(right))["comparisons"]:
        if entry["se_crossed"] is not None:
            least = max(entry["standard_error"], entry["test_set_floor"])
            assert entry["se_crossed"] >= least * (1 - 1e-9)
            assert entry["df_crossed"] >= min(entry["n_pairs"], entry["test_images"]) - 1


@law
@given(correctness(conditions=st.just(2)), st.floats(0.01, 100), st.floats(-1, 1))
def test_scaling_and_moving_the_gains(right, scale, shift):
    gains = right["c1"].astype(float) - right["control"]
    plain, mapped = crossed(gains), crossed(-scale * gains + shift)
    assert (plain is None) == (mapped is None)
    if plain is not None and mapped is not None:
        assert mapped.mean == pytest.approx(shift - scale * plain.mean, rel=1e-9, abs=1e-12)
        assert mapped.standard_error == pytest.approx(scale * plain.standard_error, rel=1e-9)
        assert mapped.floor == pytest.approx(scale * plain.floor, rel=1e-6, abs=1e-7 * scale)
        assert mapped.df == pytest.approx(plain.df, rel=1e-9)


@law
@given(correctness(), st.integers(0, 2))
def test_degenerate_images_give_no_false_p(right, kind):
    """No variation over seeds: nothing can be tested, over images neither."""
    control = np.repeat(right["control"][:1], len(right["control"]), axis=0)
    twin = [control, np.zeros_like(control), np.ones_like(control)][kind]
    entry = answer(frame_of_images({"control": control, "c1": twin}))["comparisons"][0]
    assert all(entry[key] is None for key in OverImages.names())
    assert (entry["verdict_crossed"], entry["headline"]["verdict"]) == ("cannot_test", "cannot_test")
