"""Laws that any comparison keeps, whatever the data (the statistical protocol's section 8)."""

import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analysis.answer.compare import compare
from analysis.tables.table import TableError, from_frame
from bench.schema.known_metrics import DIRECTIONS
from tests.laws.studies import (
    CENTRE,
    INTERVALS,
    MIRRORED,
    P_KEYS,
    RANKS,
    SHARES,
    TOTAL,
    UNADJUSTED,
    answer,
    by_condition,
    frame_of,
    law,
    mirrored,
    same,
    scores,
    studies,
)

pytestmark = pytest.mark.slow


@law
@given(studies(), st.randoms(use_true_random=False))
def test_row_order_is_irrelevant(study, random):
    frame = frame_of(study)
    order = list(range(len(frame)))
    random.shuffle(order)
    one, other = by_condition(answer(frame)), by_condition(answer(frame.iloc[order]))
    assert one.keys() == other.keys()
    for label, entry in one.items():
        same(entry, other[label], (*UNADJUSTED, *P_KEYS, *INTERVALS))
        assert entry["pairs"] == other[label]["pairs"]
        assert entry["verdict"] == other[label]["verdict"]


@law
@given(studies(conditions=st.just(2)))
def test_swapping_arms_flips_signs_and_keeps_p(study):
    frame = frame_of(study)
    forth = answer(frame)["comparisons"][0]
    back = answer(frame, control="c1")["comparisons"][0]
    same(forth, back, (*P_KEYS, "p_min_attainable", "sd_difference", "equivalent", "pair_correlation"))
    mirrored(forth, back, (
        ("mean_difference", "mean_difference"), ("t", "t"), ("cohen_dz", "cohen_dz"), ("hedges_gz", "hedges_gz"),
        ("ci_low", "ci_high"), ("ci_low_90", "ci_high_90"), ("cohen_dz_low", "cohen_dz_high"),
        ("ci_low_simultaneous", "ci_high_simultaneous"), ("hodges_lehmann", "hodges_lehmann"),
        ("hodges_lehmann_low", "hodges_lehmann_high"), ("cliffs_delta", "cliffs_delta"),
    ))  # fmt: skip
    shares = (("improvement_paired", "improvement_paired"), ("improvement_paired_low", "improvement_paired_high"),
              ("improvement_fresh", "improvement_fresh"))  # fmt: skip
    for key, mirror in shares:
        assert forth[key] == pytest.approx(1 - back[mirror], abs=1e-12), key
    if forth["wilcoxon_v"] is not None:
        m = sum(pair["difference"] != 0 for pair in forth["pairs"])
        assert forth["wilcoxon_v"] + back["wilcoxon_v"] == m * (m + 1) / 2
    assert back["verdict"] == MIRRORED.get(forth["verdict"], forth["verdict"])


@law
@given(studies(conditions=st.just(2)))
def test_the_direction_of_benefit_turns_the_words_and_the_shares_and_no_other_number(study):
    up, down = (answer(frame_of(study), direction=each)["comparisons"][0] for each in DIRECTIONS)
    same(up, down, [key for key in (*UNADJUSTED, *P_KEYS, *INTERVALS) if key not in SHARES])
    mirrored(up, down, [("cliffs_delta", "cliffs_delta")])
    for key, mirror in (("improvement_paired", "improvement_paired"),
                        ("improvement_paired_low", "improvement_paired_high")):  # fmt: skip
        assert up[key] == pytest.approx(1 - down[mirror], abs=1e-12), key
    assert down["verdict"] == MIRRORED.get(up["verdict"], up["verdict"])


@law
@given(studies(), st.integers(1, 500))
def test_adding_a_constant_to_all_arms_changes_nothing(study, shift):
    plain, shifted = by_condition(answer(frame_of(study))), by_condition(answer(frame_of(study, shift=shift)))
    for label, entry in plain.items():
        same(entry, shifted[label], (*UNADJUSTED, *P_KEYS, *INTERVALS))


@law
@given(studies(), st.integers(2, 50))
def test_counts_times_a_constant_keep_t(study, scale):
    plain, scaled = by_condition(answer(frame_of(study))), by_condition(answer(frame_of(study, scale=scale)))
    for label, entry in plain.items():
        same(entry, scaled[label], ("t", *P_KEYS, *INTERVALS, "cohen_dz_low", *RANKS, *CENTRE, *SHARES))


@law
@given(studies(), st.data())
def test_a_repeated_run_is_an_error_not_a_smaller_p(study, data):
    frame = frame_of(study)
    row = data.draw(st.integers(0, len(frame) - 1))
    with pytest.raises(TableError, match="comes 2 times"):
        answer(pd.concat([frame, frame.iloc[[row]]], ignore_index=True))


@law
@given(studies(conditions=st.just(4)))
def test_another_condition_leaves_the_unadjusted_numbers_of_the_others(study):
    frame = frame_of(study)
    everyone = by_condition(answer(frame))
    fewer = by_condition(answer(frame[frame["condition"] != "c3"]))
    for label, entry in fewer.items():
        for key in UNADJUSTED:
            assert entry[key] == everyone[label][key], key


def float_arms(n, seed):
    rng = np.random.default_rng([n, seed])
    control = rng.uniform(0.5, 2) * (1 + rng.normal(0, 0.01, n))
    return {"control": control, **{f"c{k}": control * (1 + rng.normal(0.01 * k, 0.01, n)) for k in (1, 2)}}


def a_few_ulp_off(values, ulps, seed):
    steps = np.random.default_rng([7, seed]).integers(-ulps, ulps + 1, len(values))
    return values + steps * np.spacing(values)


FAMILY_KEYS = ("p_max_t", "p_max_t_step_down", "p_holm", "p_bh", *INTERVALS)


@law
@given(st.integers(6, 12), st.integers(0, 99), st.integers(1, 64))
def test_a_condition_that_is_the_control_but_for_rounding_is_not_tested_and_changes_no_other(n, seed, ulps):
    arms = float_arms(n, seed)
    plain = by_condition(answer(scores(**arms), metric="score"))
    twin = a_few_ulp_off(arms["control"], ulps, seed)
    found = by_condition(answer(scores(**arms, twin=twin, biased=twin + 9 * np.spacing(twin)), metric="score"))
    for label, entry in plain.items():
        same(entry, found[label], FAMILY_KEYS)
    for label in ("twin", "biased"):
        assert found[label]["headline"]["verdict"] == "cannot_test"
        assert (found[label]["mean_difference"], found[label]["sd_difference"]) == (0, 0)
        assert found[label]["p_max_t"] is None


@law
@given(st.integers(6, 12), st.integers(0, 99), st.integers(14, 17))
def test_a_condition_barely_above_rounding_leaves_the_p_of_clear_effects(n, seed, digits):
    """The slack of a noisy column is its own: it must not turn the others' p into 1."""
    rng = np.random.default_rng([n, seed])
    control = 1 + rng.normal(0, 0.01, n)
    clear = control + 1 + rng.normal(0, 0.01, n)
    barely = control + rng.normal(0, 10.0**-digits * 1e3, n)
    found = by_condition(answer(scores(control=control, clear=clear, barely=barely), metric="score"))
    assert found["clear"]["p_max_t"] == found["clear"]["p_sign_flip"] == 2 / 2**n
    for entry in found.values():
        if entry["p_t"] is not None:
            assert entry["p_sign_flip"] <= entry["p_max_t_step_down"] <= entry["p_max_t"] <= 1


@law
@given(studies(n=st.integers(3, 10), conditions=st.just(3)), st.data())
def test_pairing_is_by_seed_and_never_keeps_half_a_pair(study, data):
    frame = frame_of(study)
    lost = data.draw(st.integers(0, len(study["control"]) - 1))
    arm = data.draw(st.sampled_from(["control", "c1"]))
    one_gone = by_condition(answer(frame[~((frame["condition"] == arm) & (frame["seed"] == lost))]))["c1"]
    both_gone = by_condition(answer(frame[frame["seed"] != lost]))["c1"]
    assert one_gone["seeds_lost"] == [lost]
    for key in UNADJUSTED:
        assert one_gone[key] == both_gone[key], key
    expected = np.delete(np.array(study["c1"]) - np.array(study["control"]), lost) / TOTAL
    assert one_gone["mean_difference"] == pytest.approx(expected.mean(), rel=1e-12, abs=1e-15)
    assert [pair["difference"] for pair in one_gone["pairs"]] == pytest.approx(list(expected), rel=1e-12)


@law
@given(studies(n=st.integers(3, 10), conditions=st.integers(3, 4)))
def test_adjusted_p_is_at_least_raw_p_and_monotone(study):
    entries = [entry for entry in answer(frame_of(study))["comparisons"] if entry["p_t"] is not None]
    for entry in entries:
        assert 0 < entry["p_t"] <= entry["p_bh"] <= entry["p_holm"] <= 1
        assert 0 < entry["p_sign_flip"] <= entry["p_max_t_step_down"] <= entry["p_max_t"] <= 1
        assert entry["p_sign_flip"] >= entry["p_min_attainable"]
        assert entry["p_holm"] <= len(entries) * entry["p_t"] * (1 + 1e-12)
    ranked = sorted(entries, key=lambda entry: entry["p_t"])
    for key in ("p_holm", "p_bh", "p_max_t", "p_max_t_step_down"):
        values = [entry[key] for entry in ranked]
        assert values == sorted(values), key


@law
@given(studies(n=st.integers(2, 10)))
def test_intervals_nest(study):
    wide, narrow = by_condition(answer(frame_of(study), alpha=0.01)), by_condition(answer(frame_of(study)))
    slack = 1e-12
    for label, entry in narrow.items():
        if entry["ci_low"] is None:
            continue
        for low, high in (("ci_low", "ci_high"), ("ci_low_simultaneous", "ci_high_simultaneous"),
                          ("cohen_dz_low", "cohen_dz_high"),
                          ("improvement_paired_low", "improvement_paired_high")):  # fmt: skip
            assert wide[label][low] <= entry[low] + slack
            assert entry[high] <= wide[label][high] + slack
        assert entry["ci_low"] < entry["ci_low_90"] < entry["mean_difference"] < entry["ci_high_90"] < entry["ci_high"]
        assert entry["ci_low_simultaneous"] <= entry["ci_low"] + slack
        assert entry["ci_high"] <= entry["ci_high_simultaneous"] + slack
        assert entry["ci_low_simultaneous"] <= entry["ci_low_simultaneous_90"]
        assert entry["cohen_dz_low"] < entry["cohen_dz"] < entry["cohen_dz_high"]
        assert entry["improvement_paired_low"] <= entry["improvement_paired"] <= entry["improvement_paired_high"]
        if wide[label]["hodges_lehmann_low"] is not None:
            assert wide[label]["hodges_lehmann_low"] <= entry["hodges_lehmann_low"] <= entry["hodges_lehmann"]
            assert entry["hodges_lehmann"] <= entry["hodges_lehmann_high"] <= wide[label]["hodges_lehmann_high"]


@law
@example(5, 0.0, 0.5)
@given(st.integers(1, 12), st.floats(-50, 50), st.floats(0, 1))
def test_a_constant_difference_gives_no_p_and_a_warning(n, constant, base):
    rng = np.random.default_rng(n)
    control = base + rng.normal(0, 0.01, n)
    frame = pd.DataFrame(
        {
            "condition": ["control"] * n + ["c1"] * n,
            "seed": [*range(n), *range(n)],
            "score": [*control, *(control + constant)],
        }
    )
    result = answer(frame, metric="score")
    entry = result["comparisons"][0]
    assert entry["mean_difference"] == pytest.approx(constant, rel=1e-9, abs=1e-13)
    assert all(entry[key] is None for key in (*P_KEYS, *INTERVALS, "t", "cohen_dz", "cohen_dz_low"))
    assert entry["headline"]["verdict"] == "cannot_test"
    if n > 1:
        assert entry["sd_difference"] == 0
        idle = "The seed" if entry["mean_difference"] else "The condition"
        assert any(f"{idle} may not be applied" in warning for warning in result["warnings"])


OF_IMAGES = {key for key in (*UNADJUSTED, *P_KEYS, *INTERVALS) if "crossed" in key or key.startswith("test_")}
CELLS = st.one_of(st.none(), st.sampled_from([0.0, 0.5, 1.0]), st.floats(-1e6, 1e6))


@settings(law, max_examples=60)
@given(st.data(), st.integers(0, 6), st.integers(1, 4))
def test_whatever_the_table_the_object_is_strict_json_and_complete(data, n, arms):
    rows = []
    for arm in range(arms):
        for seed in range(n):
            if arm == seed == 0 or data.draw(st.integers(0, 5)):
                status = data.draw(st.sampled_from(["ok", "ok", "ok", "diverged", "failed"]))
                rows.append({"condition": f"c{arm}", "seed": seed, "status": status, "test_loss": data.draw(CELLS),
                             "test_accuracy": data.draw(st.sampled_from([0.1, 0.5, 0.7, 0.9, math.nan])),
                             "stays_at_chance": arm == 3})  # fmt: skip
    if not rows:
        return
    table = from_frame(pd.DataFrame(rows), chance=0.1)
    for metric in ("test_loss", "test_accuracy"):
        if not pd.api.types.is_numeric_dtype(table.frame[metric]):
            continue
        result = compare(table, metric, "c0", margin=0.01).to_json()
        assert json.loads(json.dumps(result, allow_nan=False)) == result
        kinds = {tuple(sorted(entry)) for entry in result["comparisons"]}
        assert len(kinds) <= 1
        for entry in result["comparisons"]:
            nulls = [key for key in (*UNADJUSTED, *P_KEYS, *INTERVALS) if entry[key] is None and key not in OF_IMAGES]
            said = [text for text in result["warnings"] if text.startswith(f"{entry['condition']}: ")]
            assert not nulls or said, nulls
            assert all(entry[key] is None for key in OF_IMAGES)
            assert all(0 < entry[key] <= 1 for key in P_KEYS if entry[key] is not None)


@settings(law, max_examples=3)
@given(studies(n=st.integers(15, 18), conditions=st.just(3)))
def test_random_flips_keep_the_laws_too(study):
    frame = frame_of(study)
    one, other = by_condition(answer(frame)), by_condition(answer(frame.iloc[::-1]))
    for label, entry in one.items():
        same(entry, other[label], (*UNADJUSTED, *P_KEYS, *INTERVALS))
        if entry["p_t"] is not None:
            assert 0 < entry["p_sign_flip"] <= entry["p_max_t_step_down"] <= entry["p_max_t"] <= 1
