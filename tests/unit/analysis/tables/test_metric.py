"""Metrics: exact where they are counts, refused where they are no numbers."""

import numpy as np
import pandas as pd
import pytest

from analysis.answer.compare import compare
from analysis.tables.metric import measure, metrics_of
from analysis.tables.table import TableError, from_frame


def counts(**extra):
    columns = {
        "condition": ["a", "a", "b", "b"],
        "seed": [0, 1, 0, 1],
        "train_correct": [590, 580, 570, 600],
        "train_total": [600] * 4,
        "test_correct": [85, 87, 86, 88],
        "test_total": [100] * 4,
    }
    return from_frame(pd.DataFrame(columns | extra))


def test_accuracy_and_gap_are_exact_ratios_of_counts():
    accuracy = measure(counts(), "test_accuracy")
    assert accuracy.scale == 100
    assert list(accuracy.arms["a"].numerator) == [85, 87]
    assert list(accuracy.arms["b"].value) == [86 / 100, 88 / 100]
    gap = measure(counts(), "generalisation_gap")
    assert gap.scale == 600
    assert list(gap.arms["a"].numerator) == [590 - 6 * 85, 580 - 6 * 87]
    assert gap.arms["b"].value == pytest.approx([570 / 600 - 0.86, 1 - 0.88])


def test_unlike_totals_get_a_common_denominator():
    accuracy = measure(counts(test_total=[100, 100, 150, 150]), "test_accuracy")
    assert accuracy.scale == 300
    assert list(accuracy.arms["a"].numerator) == [255, 261]
    assert list(accuracy.arms["b"].numerator) == [172, 176]


def test_a_common_denominator_beyond_exact_integers_is_given_up():
    totals = [2**31 - 1, 2**31 - 2, 2**31 - 5, 2**31 - 7]
    accuracy = measure(counts(test_total=totals), "test_accuracy")
    assert accuracy.scale is None
    assert accuracy.arms["a"].value == pytest.approx([85 / totals[0], 87 / totals[1]], rel=1e-15)


def test_counts_win_over_a_stored_accuracy_and_the_conflict_is_said():
    accuracy = measure(counts(test_accuracy=[0.85, 0.87, 0.86, 0.5]), "test_accuracy")
    assert accuracy.arms["b"].value[1] == 0.88
    assert "differs from test_correct / test_total in 1 rows" in accuracy.warnings[0]
    assert measure(counts(test_accuracy=np.float32([0.85, 0.87, 0.86, 0.88])), "test_accuracy").warnings == ()


def test_running_metrics_are_never_made_from_clean_counts():
    table = counts(running_train_accuracy=[0.5, 0.5, 0.6, 0.6])
    assert measure(table, "running_train_accuracy").scale is None
    assert list(measure(table, "running_train_accuracy").arms["b"].value) == [0.6, 0.6]


def test_where_one_row_lacks_counts_the_floats_are_used():
    table = counts(test_correct=[85, 87, 86, None], test_accuracy=[0.85, 0.87, 0.86, 0.88])
    accuracy = measure(table, "test_accuracy")
    assert accuracy.scale is None
    assert list(accuracy.arms["b"].value) == [0.86, 0.88]


def test_empty_cells_are_listed_unless_the_trial_diverged():
    frame = pd.DataFrame(
        {"condition": ["a"] * 3, "seed": range(3), "score": [1, None, None], "status": ["ok", "ok", "diverged"]}
    )
    measured = measure(from_frame(frame), "score")
    assert [(each.condition, each.seeds) for each in measured.dropped] == [("a", (1,))]
    assert list(measured.arms["a"].seeds) == [0, 2]
    assert list(measured.arms["a"].diverged) == [False, True]


def table_with(values, **extra):
    return from_frame(
        pd.DataFrame({"condition": ["a"] * len(values), "seed": range(len(values)), "x": values, **extra})
    )


@pytest.mark.parametrize("value", [np.inf, -np.inf, 1e200])
def test_infinite_values_are_refused_unless_the_trial_diverged(value):
    with pytest.raises(TableError, match=r"row 2: x is .*finite number"):
        measure(table_with([1.0, value]), "x")
    assert np.isnan(measure(table_with([1.0, np.inf], status=["ok", "diverged"]), "x").arms["a"].value[1])


def test_text_is_refused_and_numbers_as_text_are_not():
    with pytest.raises(TableError, match="row 2: x is 'high'; allowed: a number"):
        measure(table_with(["1.5", "high"]), "x")
    assert list(measure(table_with(["1.5", " 2", ""]), "x").arms["a"].value) == [1.5, 2]


def test_many_bad_cells_are_counted():
    with pytest.raises(TableError, match="x: 15 more rows like these"):
        measure(table_with(["bad"] * 20), "x")


def test_an_unknown_metric_names_the_nearest():
    with pytest.raises(TableError, match="no metric 'test_acuracy'; did you mean 'test_accuracy'") as caught:
        measure(counts(), "test_acuracy")
    assert "generalisation_gap" in str(caught.value)
    assert "'seed'" not in str(caught.value)


@pytest.mark.parametrize("name", ["seed", "condition", "diverged", "_origin"])
def test_identity_is_no_metric(name):
    with pytest.raises(TableError, match="no metric"):
        measure(counts(), name)


def test_metrics_of_a_table():
    assert metrics_of(counts())[-3:] == ["train_accuracy", "test_accuracy", "generalisation_gap"]


def test_all_faults_of_a_question_come_at_once():
    with pytest.raises(TableError) as caught:
        compare(counts(), "tset_accuracy", "c", margin=-1, alpha=2)
    message = str(caught.value)
    for words in ("alpha is 2", "margin is -1", "no condition 'c'", "There is: 'a', 'b'", "no metric 'tset_accuracy'"):
        assert words in message


@pytest.mark.parametrize("margin", [0.0, float("nan"), float("inf"), -0.1])
def test_margins_are_positive_and_finite(margin):
    with pytest.raises(TableError, match="margin is"):
        compare(counts(), "test_accuracy", "a", margin=margin)


@pytest.mark.parametrize("alpha", [0.0, 1.0, float("nan"), -0.1])
def test_alpha_is_a_probability(alpha):
    with pytest.raises(TableError, match="alpha is"):
        compare(counts(), "test_accuracy", "a", alpha=alpha)


@pytest.mark.parametrize(
    "values", [pd.to_datetime(["2024-01-01", "2024-01-02"]), pd.to_timedelta([1, 2]), [b"1", b"2"], [[1], [2]]]
)
def test_times_bytes_and_lists_are_no_measurements(values):
    with pytest.raises(TableError, match=r"row 1: x is .*; allowed: a number"):
        measure(table_with(values), "x")


def test_what_a_diverged_trial_reached_is_no_number_beyond_the_largest():
    frame = pd.DataFrame(
        {
            "condition": ["a"] * 3 + ["b"] * 3,
            "seed": [0, 1, 2] * 2,
            "test_accuracy": [0.8, 0.7, 0.9, 0.6, 0.75, 1e200],
            "status": ["ok"] * 5 + ["diverged"],
        }
    )
    found = compare(from_frame(frame, chance=0.1), "test_accuracy", "a").to_json()
    expected = (0.6 - 0.8 + 0.75 - 0.7 + 0.1 - 0.9) / 3
    assert found["divergence"][1]["intention_mean_difference"] == pytest.approx(expected)
    exempt = frame.assign(stays_at_chance=frame["condition"] == "b").replace(1e200, np.inf)
    found = compare(from_frame(exempt), "test_accuracy", "a").to_json()
    assert found["comparisons"][0]["n_pairs"] == 2
    assert "the trial diverged, and its condition is a negative control" in found["dropped"][0]["reason"]


def test_a_dropped_trial_is_not_said_to_have_trained_where_that_is_not_known():
    dropped = measure(table_with([1.0, None]), "x").dropped
    assert dropped[0].reason == "no x: the cell is empty, and whether the trial diverged is not known"
    dropped = measure(table_with([1.0, None], status=["ok", "ok"]), "x").dropped
    assert dropped[0].reason == "no x: the cell is empty, and the status is 'ok'"


@pytest.mark.parametrize("metric", ["train_seconds", "throughput"])
def test_a_speed_uses_only_rows_that_are_exclusive(metric):
    columns = {metric: [1.0, 2.0, 3.0, 1e6], "exclusive": [True, True, True, False]}
    found = measure(counts(**columns), metric)
    assert list(found.arms["a"].value) == [1.0, 2.0]
    assert list(found.arms["b"].value) == [3.0]
    (dropped,) = found.dropped
    assert (dropped.condition, dropped.seeds) == ("b", (1,)) and "something else ran" in dropped.reason
    assert any("ratios" in text for text in found.warnings)
    assert measure(counts(**columns), "test_accuracy").dropped == ()


def test_a_speed_without_any_exclusive_row_is_refused():
    table = counts(train_seconds=[1.0, 2.0, 3.0, 4.0], exclusive=[False] * 4)
    with pytest.raises(TableError, match="bench throughput STUDY"):
        measure(table, "train_seconds")
    assert measure(table, "test_accuracy").arms["a"].value.size == 2


def test_a_table_that_does_not_say_whether_it_was_exclusive_is_doubted():
    found = measure(counts(train_seconds=[1.0, 2.0, 3.0, 4.0]), "train_seconds")
    assert list(found.arms["b"].value) == [3.0, 4.0]
    assert any("no column exclusive" in text for text in found.warnings)


@pytest.mark.parametrize("name", ["test_loss", "val/loss", "Loss", "trainLoss", "loss"])
@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
def test_a_loss_that_is_not_finite_is_a_trial_that_diverged(name, value):
    frame = pd.DataFrame({"condition": "a", "seed": [0, 1], name: [0.4, value]})
    table = from_frame(frame)
    assert list(table.frame["diverged"]) == [False, True]
    assert np.isnan(measure(table, name).arms["a"].value[1])


@pytest.mark.parametrize("name", ["loss_gap", "gloss", "glossLosses", "lossless"])
def test_other_infinite_values_stay_refused(name):
    with pytest.raises(TableError, match="finite number"):
        measure(from_frame(pd.DataFrame({"condition": "a", "seed": [0, 1], name: [0.4, np.inf]})), name)
