"""Divergence in a comparison: complete pairs, intention to train, failure rates, and their conflict."""

from types import SimpleNamespace
from typing import cast

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.answer.compare import compare
from analysis.report.document import Paragraph
from analysis.report.gather import Material, Pool
from analysis.report.sections.divergence import NOT_KNOWN, how_many, section
from analysis.tables.table import from_frame
from analysis.wording.terminal import render

N = 12
BASE = np.array([0.80, 0.82, 0.79, 0.81, 0.83, 0.80, 0.78, 0.82, 0.81, 0.80, 0.79, 0.84])
GAIN = np.array([0.02, 0.021, 0.019, 0.022, 0.018, 0.02, 0.023, 0.02, 0.017, 0.021, 0.02, 0.019])


def study(control=BASE, treated=BASE + GAIN, meant=(), **extra):
    n = len(control)
    frame = pd.DataFrame(
        {
            "condition": ["none"] * n + ["book"] * n,
            "seed": [*range(n), *range(n)],
            "test_accuracy": np.concatenate([control, treated]),
            "test_loss": 1 - np.concatenate([control, treated]),
        }
    )
    return from_frame(frame.assign(stays_at_chance=frame["condition"].isin(meant), **extra), chance=0.1)


def with_value(values, at, value):
    return np.where(np.arange(len(values)) == at, value, values)


def test_nothing_diverged_then_intention_is_the_complete_pairs():
    result = compare(study(), "test_accuracy", "none", margin=0.001)
    rate = result.divergence["book"]
    assert (rate.n, rate.n_diverged, rate.rate, rate.p_mcnemar) == (N, 0, 0, 1)
    assert rate.rate_high == pytest.approx(1 - 0.025 ** (1 / N))
    assert rate.intention_mean_difference == rate.complete_pairs_mean_difference == pytest.approx(GAIN.mean())
    assert rate.intention_p_t == rate.complete_pairs_p_t == result.effects["book"].p_t
    assert result.effects["book"].verdict == "superior"
    assert result.effects["book"].verdict_intention is None


def test_a_pair_is_left_out_whole_and_the_collapse_is_scored_at_what_it_reached():
    control = with_value(BASE, 3, 0.12)
    result = compare(study(control=control), "test_accuracy", "none", margin=0.001)
    book = result.effects["book"]
    assert (book.n_pairs, book.seeds_lost, book.n_lost_to_divergence) == (N - 1, (3,), 1)
    assert book.mean_difference == pytest.approx(np.delete(GAIN, 3).mean(), rel=1e-12)
    rate = result.divergence["book"]
    expected = stats.ttest_rel(BASE + GAIN, control)
    assert rate.intention_mean_difference == pytest.approx((BASE + GAIN - control).mean(), rel=1e-12)
    assert rate.intention_p_t == pytest.approx(expected.pvalue, rel=1e-9)
    assert rate.complete_pairs_n == N - 1
    assert result.divergence["none"].n_diverged == 1
    assert result.divergence["none"].p_mcnemar is None
    assert any("diverged in 1 of 12 pairs" in text for text in result.warnings)
    assert any(each.seeds == (3,) and "complete pairs" in each.reason for each in result.dropped)


def test_no_number_is_scored_at_chance():
    status = ["ok"] * (2 * N)
    status[3] = "diverged"
    result = compare(study(control=with_value(BASE, 3, np.nan), status=status), "test_accuracy", "none")
    scored = with_value(BASE, 3, 0.1)
    found = result.divergence["book"].intention_mean_difference
    assert found == pytest.approx((BASE + GAIN - scored).mean(), rel=1e-12)


def test_where_the_two_disagree_the_verdict_is_inconclusive_and_says_why():
    book = compare(study(control=with_value(BASE, 3, 0.1)), "test_accuracy", "none", margin=0.001).effects["book"]
    assert book.verdict == "inconclusive"
    assert book.verdict_intention == "inconclusive"
    assert "given that both trained the verdict is 'superior'" in book.verdict_reason


def test_where_the_two_agree_the_verdict_stands():
    spread = np.linspace(-0.05, 0.05, N)
    treated = with_value(BASE + spread, 3, 0.1)
    book = compare(study(treated=treated), "test_accuracy", "none", margin=0.001).effects["book"]
    assert (book.verdict, book.verdict_intention, book.verdict_reason) == (
        "inconclusive",
        "inconclusive",
        None,
    )


def test_a_loss_has_no_intention_to_train():
    result = compare(study(control=with_value(BASE, 3, 0.1)), "test_loss", "none", margin=0.001)
    rate = result.divergence["book"]
    assert (rate.intention_mean_difference, rate.intention_p_t) == (None, None)
    assert rate.complete_pairs_mean_difference == pytest.approx(-np.delete(GAIN, 3).mean())
    assert any("test_loss is no accuracy: intention to train is null" in text for text in result.warnings)
    assert result.effects["book"].verdict == "superior"


def test_mcnemar_counts_discordant_pairs():
    control, treated = BASE.copy(), (BASE + GAIN).copy()
    control[[0, 1, 2, 3, 4, 5]] = 0.1
    treated[[5, 6]] = 0.1
    rate = compare(study(control, treated), "test_accuracy", "none").divergence["book"]
    assert rate.p_mcnemar == pytest.approx(stats.binomtest(1, 6).pvalue)
    assert rate.n_diverged == 2
    assert rate.complete_pairs_n == 5


def test_a_condition_meant_to_stay_at_chance_is_shown_outside_the_family():
    result = compare(study(treated=np.full(N, 0.1), meant=["book"]), "test_accuracy", "none", margin=0.001)
    book = result.effects["book"]
    assert book.n_pairs == N
    assert book.mean_difference == pytest.approx((0.1 - BASE).mean())
    assert book.ci_low is not None
    outside = (
        "p_max_t",
        "p_max_t_step_down",
        "p_holm",
        "p_bh",
        "ci_low_simultaneous",
        "ci_high_simultaneous_90",
        "verdict",
    )
    assert all(getattr(book, key) is None for key in outside)
    rate = result.divergence["book"]
    assert (rate.n_diverged, rate.p_mcnemar, rate.stays_at_chance) == (0, None, True)


def test_a_condition_at_chance_does_not_change_the_adjustment_of_the_others():
    rows = study().frame[["condition", "seed", "test_accuracy"]]
    dead = pd.DataFrame({"condition": "dead", "seed": range(N), "test_accuracy": 0.1 + np.arange(N) / 1e4})
    flagged = pd.concat([rows, dead]).assign(stays_at_chance=lambda f: f["condition"] == "dead")
    alone = compare(from_frame(rows), "test_accuracy", "none", margin=0.001).effects["book"]
    beside = compare(from_frame(flagged), "test_accuracy", "none", margin=0.001).effects["book"]
    assert alone == beside


def test_all_diverged_leaves_no_pair_and_no_crash():
    result = compare(study(treated=np.full(N, 0.1)), "test_accuracy", "none", margin=0.001)
    book = result.effects["book"]
    assert (book.n_pairs, book.mean_difference, book.verdict) == (0, None, "cannot_test")
    rate = result.divergence["book"]
    assert (rate.rate, rate.rate_high) == (1, 1)
    assert rate.rate_low == pytest.approx(0.025 ** (1 / N))
    assert rate.intention_mean_difference == pytest.approx((0.1 - BASE).mean())


def test_only_the_control():
    table = from_frame(pd.DataFrame({"condition": "none", "seed": range(4), "x": [1.0, 2, 3, 4]}))
    result = compare(table, "x", "none")
    assert not result.effects
    assert result.conditions["none"].mean == 2.5
    assert any("nothing to compare" in text for text in result.warnings)


def test_a_table_that_cannot_tell_divergence_says_so():
    table = from_frame(pd.DataFrame({"condition": ["a", "b"], "seed": 0, "test_accuracy": [0.1, 0.1]}))
    assert any("chance is not known" in text for text in compare(table, "test_accuracy", "a").warnings)


def test_intention_to_train_is_judged_over_the_whole_family():
    """Enough to decide one condition alone, and not as one of four."""
    rng = np.random.default_rng(3)
    noise = rng.normal(0, 0.01, (4, N))
    spread = stats.zscore(noise[0], ddof=1)
    arms_ = {"none": BASE, "c0": BASE + 0.01 * (spread + 2.6 / N**0.5), "c1": BASE + noise[1], "c2": BASE + noise[2]}
    arms_["c3"] = BASE + noise[3]
    frame = pd.DataFrame(
        {"condition": label, "seed": seed, "test_accuracy": value, "status": "ok"}
        for label, values in arms_.items()
        for seed, value in enumerate(values)
    )
    frame.loc[(frame["condition"] == "c0") & (frame["seed"] == 3), "status"] = "diverged"
    p = stats.ttest_1samp(arms_["c0"] - BASE, 0).pvalue
    assert 0.05 / 4 < p < 0.05
    alone = frame[frame["condition"].isin(("none", "c0"))]
    found = [compare(from_frame(each), "test_accuracy", "none").effects["c0"] for each in (alone, frame)]
    assert [each.verdict_intention for each in found] == ["superior", "inconclusive"]


@pytest.mark.parametrize("extra", [{}, {"val_accuracy": 0.5}, {"gloss": 0.1, "loss_gap": 0.1}])
def test_where_nothing_says_what_diverged_nothing_is_counted(extra):
    rows = {"condition": ["none"] * N + ["book"] * N, "seed": [*range(N)] * 2, "score": [*BASE, *(BASE + GAIN)]}
    whole = compare(from_frame(pd.DataFrame(rows).assign(**extra)), "score", "none")
    for each in whole.divergence.values():
        assert (each.n, each.n_diverged, each.rate, each.rate_high) == (N, None, None, None)
        assert (each.p_mcnemar, each.worst_rank_p) == (None, None)
    assert whole.divergence["book"].complete_pairs_n == N
    text = render(whole)
    assert "which trials diverged is not known" in text
    pool = cast("Pool", SimpleNamespace(primary=whole, evidence=None))
    (told,) = how_many(pool)
    assert isinstance(told, Paragraph)
    assert told.text == NOT_KNOWN
    assert section(cast("Material", None), pool).blocks == (told,), (
        "no rule that nothing was held to, and no empty table"
    )
    assert "0 of 12" not in text
    assert "McNemar" not in text
    assert "Diverged" not in text


@pytest.mark.parametrize(
    "extra", [{"status": "ok"}, {"diverged": False}, {"test_loss": 0.1}, {"val/loss": 0.1}, {"test_accuracy": 0.5}]
)
def test_a_status_a_loss_or_test_accuracy_say_what_diverged(extra):
    rows = {"condition": ["none"] * N + ["book"] * N, "seed": [*range(N)] * 2, "score": [*BASE, *(BASE + GAIN)]}
    whole = compare(from_frame(pd.DataFrame(rows).assign(**extra)), "score", "none")
    assert [(each.n_diverged, each.p_mcnemar) for each in whole.divergence.values()] == [(0, None), (0, 1.0)]
    assert not any("is not known" in text and "which trials" in text for text in whole.warnings)
