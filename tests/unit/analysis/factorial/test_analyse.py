"""The numbers of a factorial by hand, and what becomes of blocks that are not complete."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from analysis.answer.compare import compare
from analysis.base.errors import TableError
from analysis.cli import main
from analysis.factorial import factorial
from analysis.factorial.blocks import blocks, contrasted
from analysis.factorial.cells import within
from analysis.factorial.contrasts import effects
from analysis.factorial.design import crossing
from analysis.factorial.result import HeldAt
from analysis.methods.multiplicity import holm
from analysis.methods.omnibus import repeated_measures
from analysis.methods.random_effects import crossed as crossed_of
from analysis.tables.metric import measure
from analysis.tables.table import from_frame
from tests.unit.analysis.factorial.conftest import IMAGES, TWO

EFFECTS = ("alpha", "beta", "alpha × beta")


def analysed(frame: pd.DataFrame, **rest):
    found = factorial(from_frame(frame), "test_accuracy", **{"margin": 0.004} | rest)
    json.dumps(found.to_json(), allow_nan=False)
    return found, {each.effect: each.contrast for each in found.effects}


def wide(frame: pd.DataFrame) -> np.ndarray:
    """Return counts [seeds, 2, 2]."""
    return frame.pivot(index="seed", columns=["alpha", "beta"], values="test_correct").to_numpy().reshape(-1, 2, 2)


def test_two_by_two_is_the_differences_by_hand(crossed) -> None:
    frame = crossed(TWO, gains={"alpha": 15, "both": -9})
    _, found = analysed(frame)
    y = wide(frame) / IMAGES
    by_hand = {
        "alpha": y[:, 1].mean(axis=1) - y[:, 0].mean(axis=1),
        "beta": y[:, :, 1].mean(axis=1) - y[:, :, 0].mean(axis=1),
        "alpha × beta": y[:, 1, 1] - y[:, 0, 1] - y[:, 1, 0] + y[:, 0, 0],
    }
    assert tuple(found) == EFFECTS
    for name, d in by_hand.items():
        ours, test = found[name], stats.ttest_1samp(d, 0)
        assert ours.mean_difference == pytest.approx(d.mean(), rel=1e-12)
        assert ours.t == pytest.approx(test.statistic, rel=1e-12)
        assert ours.p_t == pytest.approx(test.pvalue, rel=1e-10)
        assert [each.difference for each in ours.pairs] == pytest.approx(list(d), abs=1e-15)
        half = stats.t.isf(0.05 / 6, len(d) - 1) * d.std(ddof=1) / len(d) ** 0.5
        assert ours.ci_high_simultaneous == pytest.approx(d.mean() + half, rel=1e-12)


def test_the_family_is_all_effects(crossed) -> None:
    """Max-t by enumeration of all flips of whole seeds."""
    frame = crossed(TWO, seeds=7, gains={"alpha": 6, "both": 5})
    _, found = analysed(frame)
    d = np.column_stack([[each.difference for each in found[name].pairs] for name in EFFECTS])
    signs = 1 - 2 * ((np.arange(2**7)[:, None] >> np.arange(7)) & 1)
    u = np.abs(signs @ d) / np.sqrt((d**2).sum(axis=0))
    largest = u.max(axis=1)
    for column, name in enumerate(EFFECTS):
        own = u[np.all(signs == 1, axis=1), column][0]
        assert found[name].p_max_t == np.mean(largest >= own - 1e-9)
        assert found[name].p_max_t >= found[name].p_sign_flip == np.mean(u[:, column] >= own - 1e-9)


def test_ties_of_counts_are_exact() -> None:
    """Contrasts of counts are whole numbers: fractions would break the ties of +1 and -1."""
    counts = {(0, 0): [850, 861, 857, 871, 849, 853], (0, 1): [851, 860, 858, 870, 850, 852]}
    counts |= {(1, 0): [853, 864, 860, 874, 852, 856], (1, 1): [855, 862, 862, 872, 854, 854]}
    rows = [
        {"condition": f"{a}{b}", "a": a, "b": b, "seed": seed, "test_correct": count, "test_total": 1_000}
        for (a, b), values in counts.items()
        for seed, count in enumerate(values)
    ]
    found = factorial(from_frame(pd.DataFrame(rows), chance=0.1), "test_accuracy")
    contrast = {each.effect: each.contrast for each in found.effects}["a × b"]
    assert [each.difference for each in contrast.pairs] == [0.001, -0.001, 0.001, -0.001, 0.001, -0.001]
    assert contrast.p_sign_flip == 1.0


def test_over_images_a_contrast_is_a_combination_of_bits(crossed) -> None:
    frame = crossed(TWO, seeds=6, gains={"alpha": 20}, bits=True)
    _, found = analysed(frame)
    bits = {
        key: np.stack([np.unpackbits(np.frombuffer(each, np.uint8), count=IMAGES) for each in rows]).astype(float)
        for key, rows in frame.sort_values("seed").groupby(["alpha", "beta"])["test_bits"]
    }
    gains = {
        "alpha": (bits[0.5, 0.0] + bits[0.5, 1.0] - bits[0.2, 0.0] - bits[0.2, 1.0]) / 2,
        "alpha × beta": bits[0.5, 1.0] - bits[0.2, 1.0] - bits[0.5, 0.0] + bits[0.2, 0.0],
    }
    for name, each in gains.items():
        by_hand, ours = crossed_of(each), found[name]
        assert by_hand is not None
        assert ours.se_crossed == pytest.approx(by_hand.standard_error, rel=1e-12)
        assert ours.df_crossed == pytest.approx(by_hand.df, rel=1e-12)
        d = each.mean(axis=1)
        half, reach = stats.t.isf(0.05 / 6, 5) * stats.sem(d), stats.norm.isf(0.05 / 6) * by_hand.floor
        ends = d.mean() - math.hypot(half, reach), d.mean() + math.hypot(half, reach)
        assert (ours.headline.low, ours.headline.high) == pytest.approx(ends, rel=1e-10)
        assert ours.headline.scope == "seeds_and_images"
        assert ours.headline.assumes == "normal differences", "six seeds are too few for three typical differences"


def test_of_a_gap_the_training_accuracy_is_added(crossed) -> None:
    frame = crossed(TWO, seeds=6, bits=True)
    rng = np.random.default_rng(2)
    frame = frame.assign(train_total=5_000, train_correct=4_600 + rng.integers(0, 60, len(frame)))
    found = factorial(from_frame(frame), "generalisation_gap")
    for each in found.effects:
        ours = each.contrast
        middle = (ours.ci_low_crossed + ours.ci_high_crossed) / 2
        assert middle == pytest.approx(ours.mean_difference, abs=1e-13)
        assert ours.lower_is_better


def test_verdicts_are_those_of_a_comparison(crossed) -> None:
    """Where only one seed's spread is left, a main effect is the comparison of two conditions, verdict and all."""
    frame = crossed(TWO, gains={"alpha": 15})
    same = frame[frame["beta"] == 0.0]
    doubled = pd.concat([same, same.assign(beta=1.0, condition=same["condition"] + "+")])
    _, found = analysed(doubled)
    low, high = same["condition"].unique()
    two = compare(from_frame(same), "test_accuracy", low, margin=0.004).to_json()["comparisons"][0]
    for key in ("mean_difference", "t", "p_t", "p_sign_flip", "cohen_dz", "p_tost", "ci_low", "ci_high_90"):
        assert getattr(found["alpha"], key) == pytest.approx(two[key], rel=1e-12)
    assert found["alpha"].verdict == two["verdict"] == "superior"
    assert found["beta"].verdict == found["alpha × beta"].verdict == "cannot_test"
    assert found["beta"].p_t is None
    assert high


def test_a_diverged_trial_takes_its_whole_block_and_that_is_said(crossed) -> None:
    frame = crossed(TWO, gains={"alpha": 15})
    broke = (frame["seed"] == 3) & (frame["alpha"] == 0.2) & (frame["beta"] == 1.0)
    frame.loc[broke, "test_correct"] = 100
    frame.loc[broke, "status"] = "diverged"
    frame = frame[~((frame["seed"] == 5) & (frame["alpha"] == 0.5) & (frame["beta"] == 0.0))]
    whole, found = analysed(frame)
    assert whole.seeds == (0, 1, 2, 4, 6, 7)
    assert whole.n_lost_to_divergence == 1
    left = {(each.condition, seed) for each in whole.dropped for seed in each.seeds}
    cells = set(frame["condition"])
    assert left == {(label, 3) for label in cells} | {(label, 5) for label in cells - {"alpha-0.5_beta-0.0"}}
    assert any("6 blocks are complete" in each and "1 of 7 seeds" in each for each in whole.warnings)
    assert any("alpha-0.5_beta-0.0 has no value at 1 seed that" in each for each in whole.warnings)
    complete, again = analysed(frame[~frame["seed"].isin([3, 5])])
    for name in EFFECTS:
        assert found[name].t == again[name].t
    assert found["alpha"].verdict == "inconclusive"
    reason = found["alpha"].verdict_reason
    assert found["alpha"].headline.reason is None, "every block is in the typical difference"
    assert reason.startswith(
        "given that every cell trained the verdict is 'superior'; with diverged trials scored at what"
    )
    assert again["alpha"].verdict == "superior"
    assert complete.n_lost_to_divergence == 0


def scored(frame: pd.DataFrame, chance: float | None) -> list[float] | None:
    """Return the contrasts of the first effect by intention to train."""
    table = from_frame(frame.drop(columns="classes"), chance=chance)
    design = crossing(table)
    held = blocks(measure(table, "test_accuracy"), design.cells, table.chance)
    intention = contrasted(held, effects(design)[0]).intention
    return None if intention is None else list(intention.differences)


def test_a_diverged_trial_without_a_number_is_scored_at_chance(crossed) -> None:
    frame = crossed(TWO, gains={"alpha": 15}).assign(test_accuracy=lambda rows: rows["test_correct"] / IMAGES)
    frame = frame.drop(columns=["test_correct", "test_total"])
    broke = (frame["seed"] == 3) & (frame["alpha"] == 0.2) & (frame["beta"] == 1.0)
    reached, none = frame.copy(), frame.copy()
    for each, value in ((reached, 0.1), (none, np.nan)):
        each.loc[broke, "status"] = "diverged"
        each.loc[broke, "test_accuracy"] = value
    found = [scored(each, 0.1) for each in (reached, none)]
    assert found[0] is not None
    assert found[0] == found[1]
    assert scored(none, None) is None, "chance is not known: no score, and no verdict that rests on one"


@pytest.mark.slow
def test_f_is_adjusted_over_effects_by_holm(crossed) -> None:
    frame = crossed(TWO | {"kind": ("a", "b", "c")}, gains={"alpha": 3, "beta": 2, "both": 1})
    tests = [each.omnibus for each in analysed(frame)[0].effects]
    by_statsmodels = multipletests([each.p_gg for each in tests], method="holm")[1]
    assert [each.p_holm for each in tests] == pytest.approx(list(by_statsmodels), rel=1e-12)
    assert any(each.p_holm > each.p_gg for each in tests)


def test_few_blocks_and_none_claim_nothing(crossed) -> None:
    for seeds, n in ((1, 1), (2, 2)):
        whole, found = analysed(crossed(TWO, seeds=seeds))
        assert whole.n == n
        assert all(each.verdict == "cannot_test" for each in found.values())
        assert all("pair" not in each.headline.reason for each in found.values())
        assert [each.omnibus.f is None for each in whole.effects] == [n == 1] * 3
    frame = crossed(TWO)
    frame["seed"] += 100 * frame.groupby("condition").ngroup()
    whole, found = analysed(frame)
    assert whole.n == 0
    assert found["alpha"].mean_difference is None
    assert [each.mean for each in whole.cells] == [None] * 4


def test_many_levels_have_their_ends_and_an_f_that_sees_more(crossed) -> None:
    frame = crossed({"alpha": (0.0, 0.5, 1.0), "beta": (0.0, 1.0)})
    frame.loc[frame["alpha"] == 0.5, "test_correct"] += 40
    effect = analysed(frame)[0].effects[0]
    assert effect.contrast.contrast == "ends"
    assert effect.lack_of_fit_p < 1e-4
    assert effect.contrast.verdict in ("inconclusive", "equivalent")
    assert effect.omnibus.p_holm < 1e-4
    levels = [frame[frame["alpha"] == level]["test_correct"].mean() / IMAGES for level in (0.0, 1.0)]
    assert effect.contrast.mean_difference == pytest.approx(levels[1] - levels[0], rel=1e-10)


def test_intervals_within_seeds_leave_the_seeds_levels_out() -> None:
    values = np.array([[1.0, 2.0], [5.0, 6.5], [9.0, 9.5]])
    low, high = within(values, 0.05)
    # of two columns the correction makes it the interval of the difference, over the root of 2
    spread = (values[:, 1] - values[:, 0]).std(ddof=1) / math.sqrt(2)
    reach = stats.t.isf(0.025, 2) * spread / math.sqrt(3)
    for each, mean in ((low, 5.0), (high, 6.0)):
        assert each.mean == mean
        assert each.high == pytest.approx(mean + reach)
        assert each.low == pytest.approx(mean - reach)


def test_row_order_and_another_condition_change_nothing(crossed) -> None:
    frame = crossed(TWO, gains={"alpha": 9})
    other = frame[frame["condition"] == frame["condition"].iloc[0]].assign(condition="strange", alpha=9.0, beta=9.0)
    first, second = (
        factorial(from_frame(each), "test_accuracy").effects
        for each in (frame, pd.concat([frame, other]).sample(frac=1, random_state=4))
    )
    assert first == second


@pytest.mark.slow
def test_turning_a_factor_round_turns_its_signs_alone_and_a_constant_changes_nothing(crossed) -> None:
    frame = crossed(TWO | {"gamma": (1, 2, 5)}, gains={"alpha": 9, "both": 4})
    _, first = analysed(frame)
    _, turned = analysed(frame.assign(alpha=-frame["alpha"]))
    _, higher = analysed(frame.assign(test_correct=frame["test_correct"] + 30))
    for name, contrast in first.items():
        sign = -1 if "alpha" in name else 1
        for other, side in ((turned[name], sign), (higher[name], 1)):
            assert other.mean_difference == pytest.approx(side * contrast.mean_difference, rel=1e-9)
            for key in ("p_t", "p_sign_flip", "p_max_t", "p_holm", "p_tost"):
                assert getattr(other, key) == pytest.approx(getattr(contrast, key), rel=1e-9)


def test_profiles_and_cells_are_means_of_blocks(crossed) -> None:
    frame = crossed({"alpha": (0.1, 0.2), "beta": (0, 1, 2), "kind": ("x", "y")})
    whole = factorial(from_frame(frame), "test_accuracy", crossing(from_frame(frame)))
    assert [(each.across, each.lines) for each in whole.profiles] == [
        ("beta", "alpha"), ("alpha", "kind"), ("beta", "kind"),
    ]  # fmt: skip
    for panel in whole.profiles:
        means = frame.groupby([panel.across, panel.lines])["test_correct"].mean() / IMAGES
        assert len(panel.points) == len(means)
        for point in panel.points:
            assert point.mean == pytest.approx(means[point.across, point.line], rel=1e-12)
    for cell in whole.cells:
        own = frame[frame["condition"] == cell.condition]
        assert cell.mean == pytest.approx(own["test_correct"].mean() / IMAGES, rel=1e-12)
        assert cell.levels == (*own[["alpha", "beta", "kind"]].iloc[0],)


def test_a_difference_of_two_levels_is_that_of_their_cell_means_whatever_lies_between(crossed) -> None:
    """The kind of finding 13: a straight line through 1,000 to 60,000 is no difference of the two."""
    frame = crossed({"alpha": (1_000.0, 5_000.0, 60_000.0), "beta": (0.0, 1.0)})
    frame.loc[frame["alpha"] > 1_000, "test_correct"] += 80
    found = factorial(from_frame(frame), "test_accuracy")
    effect, at = found.effects[0], found.simple_effects[0]
    for told, rows in ((effect, frame), (at, frame[frame["beta"] == 0.0])):
        mean = rows.groupby("alpha")["test_correct"].mean() / IMAGES
        assert told.contrast.mean_difference == pytest.approx(mean[60_000.0] - mean[1_000.0], rel=1e-12)
        assert told.contrast.levels == ((1_000.0, 60_000.0),)
        line = np.polyfit(mean.index, mean, 1)[0]
        assert told.slope == pytest.approx(line, rel=1e-9)
        assert abs(line * 59_000 - told.contrast.mean_difference) > 0.01


def test_each_name_is_set_against_the_first_within_the_family_of_all_contrasts(crossed) -> None:
    frame = crossed({"alpha": (0.2, 0.5), "kind": ("a", "b", "c")}, gains={"kind": 20})
    found = factorial(from_frame(frame), "test_accuracy")
    kind = found.effects[1]
    assert kind.contrast is None
    assert kind.slope is None
    assert [each.condition for each in kind.against_reference] == ["kind: b", "kind: c"]
    y = frame.pivot_table(index="seed", columns="kind", values="test_correct", aggfunc="mean") / IMAGES
    for each, level in zip(kind.against_reference, "bc", strict=True):
        d = y[level] - y["a"]
        assert (each.contrast, each.levels) == ("reference", (("a", level),))
        assert each.mean_difference == pytest.approx(d.mean(), rel=1e-12)
        assert each.p_mean_adjusted == pytest.approx(min(1, 3 * stats.ttest_1samp(d, 0).pvalue), rel=1e-9)


def test_too_few_seeds_for_lack_of_fit_leave_it_null_and_one_for_an_interval_too(crossed) -> None:
    levels = {"alpha": (0.0, 0.2, 0.5, 0.7, 0.9), "beta": (0.0, 1.0)}
    for seeds, f, interval in ((4, False, False), (3, True, False), (1, True, True)):
        told = factorial(from_frame(crossed(levels, seeds=seeds)), "test_accuracy").effects[0]
        assert told.slope is not None
        assert ((told.lack_of_fit_f is None), (told.slope_low is None)) == (f, interval)


def test_the_logarithm_of_0_is_refused(crossed) -> None:
    table = from_frame(crossed({"alpha": (0.0, 0.2, 0.5), "beta": (0.0, 1.0)}))
    with pytest.raises(TableError, match="factor 'alpha' has the level 0, which has no logarithm"):
        factorial(table, "test_accuracy", scores="log")
    assert factorial(table, "test_accuracy", scores="rank").effects[0].scores == "rank"


def test_a_limit_of_bad_endings_is_refused_where_no_bad_ending_is_counted(crossed, tmp_path, capsys) -> None:
    frame = crossed({"alpha": (0.0, 0.2), "beta": (0.0, 1.0)})
    with pytest.raises(TableError, match="a factorial counts no bad endings"):
        factorial(from_frame(frame), "test_accuracy", bad_ending=0.05)
    frame.to_parquet(tmp_path / "rows.parquet")
    assert main(["factorial", str(tmp_path / "rows.parquet"), "--metric", "test_accuracy", "--bad-ending", "0.05"]) == 2
    assert "--bad-ending" in capsys.readouterr().err


SIMPLE = ("alpha at beta 0", "alpha at beta 1", "beta at alpha 0.2", "beta at alpha 0.5")


def test_simple_effects_are_a_family_of_their_own(crossed) -> None:
    """Max-t by enumeration over the four of them; the other family has no part in it."""
    frame = crossed(TWO, seeds=7, gains={"alpha": 6, "both": 5}, bits=True)
    whole = factorial(from_frame(frame), "test_accuracy", margin=0.004)
    found = {each.effect: each.contrast for each in whole.simple_effects}
    assert tuple(found) == SIMPLE
    y = wide(frame) / IMAGES
    by_hand = (y[:, 1, 0] - y[:, 0, 0], y[:, 1, 1] - y[:, 0, 1], y[:, 0, 1] - y[:, 0, 0], y[:, 1, 1] - y[:, 1, 0])
    d = np.column_stack([[each.difference for each in found[name].pairs] for name in SIMPLE])
    assert d == pytest.approx(np.column_stack(by_hand), abs=1e-15)
    signs = 1 - 2 * ((np.arange(2**7)[:, None] >> np.arange(7)) & 1)
    u = np.abs(signs @ d) / np.sqrt((d**2).sum(axis=0))
    for column, name in enumerate(SIMPLE):
        own = u[np.all(signs == 1, axis=1), column][0]
        assert found[name].p_max_t == np.mean(u.max(axis=1) >= own - 1e-9)
        assert found[name].headline.scope == "seeds_and_images"


def test_a_factor_of_names_has_an_f_at_each_level(crossed) -> None:
    frame = crossed({"alpha": (0.2, 0.5), "kind": ("a", "b", "c")}, gains={"kind": 20})
    whole = factorial(from_frame(frame), "test_accuracy")
    at = {each.effect: each for each in whole.simple_effects}
    assert list(at) == [
        "alpha at kind a",
        "alpha at kind b",
        "alpha at kind c",
        "kind at alpha 0.2",
        "kind at alpha 0.5",
    ]
    for level in (0.2, 0.5):
        told = at[f"kind at alpha {level}"]
        own = frame[frame["alpha"] == level].pivot(index="seed", columns="kind", values="test_correct").to_numpy(float)
        assert told.contrast is None
        assert told.at == HeldAt(factor="alpha", level=level)
        assert told.omnibus.f == pytest.approx(repeated_measures(own - own.mean(1, keepdims=True), 2).rm_anova_f)
        assert told.omnibus.p_holm == pytest.approx(
            holm([at[f"kind at alpha {each}"].omnibus.p_gg for each in (0.2, 0.5)]
                 + [at[f"alpha at kind {each}"].omnibus.p_gg for each in "abc"])[0 if level == 0.2 else 1]
        )  # fmt: skip
