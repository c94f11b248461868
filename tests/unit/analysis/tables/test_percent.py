"""Fractions and per cent: what is neither is refused, and nothing is divided that is a fraction already."""

import json
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

import analysis
from analysis.answer.compare import compare
from analysis.cli import main
from analysis.tables.loading import load
from analysis.tables.percent import hundredth
from analysis.tables.table import TableError

NONE = (87.07, 86.89, 88.68, 85.49, 84.59, 86.31, 87.52, 88.01)
OTHER = (88.38, 88.25, 89.02, 86.75, 85.18, 87.66, 88.11, 89.47)
NONE_FRACTIONS, OTHER_FRACTIONS = (tuple(each / 100 for each in arm) for arm in (NONE, OTHER))


def runs(none=NONE, other=OTHER, metric="test_accuracy", **more):
    arms = {"none": none, "d": other}
    rows = [{"condition": label, "seed": i, metric: arm[i]} for i in range(len(none)) for label, arm in arms.items()]
    return pd.DataFrame(rows).assign(**more)


def refused(frame, metric="test_accuracy", **how):
    with pytest.raises(TableError) as error:
        analysis.compare(frame, metric, "none", **how)
    return str(error.value)


def asked(capsys, tmp_path, frame, *options):
    path = tmp_path / "t.csv"
    frame.to_csv(path, index=False)
    code = main(["compare", str(path), "--metric", "test_accuracy", "--control", "none", *options, "--json", "-"])
    said = capsys.readouterr()
    return (code, json.loads(said.out)) if said.out else (code, said.err)


@pytest.mark.parametrize("metric", ["test_accuracy", "valAccuracy", "acc@1", "late_test_accuracy"])
def test_accuracies_in_per_cent_are_refused_with_rows_conditions_and_the_parameter(metric):
    said = refused(runs(metric=metric), metric)
    assert f"row 1: {metric} is 87.07; allowed: 0 to 1" in said
    assert f"{metric}: 11 more rows like these" in said
    assert "in all rows of 'none', 'd'; " in said
    assert "give percent=True" in said
    assert "in no row" not in said


def test_one_condition_in_per_cent_is_refused_with_the_flag_and_without():
    frame = runs(none=NONE_FRACTIONS)
    said = refused(frame)
    assert "row 2: test_accuracy is 88.38" in said
    assert "in all rows of 'd' and in no row of 'none'" in said
    assert "lies within 0 to 1 in all rows of 'none'" in refused(frame, percent=True)


def test_one_value_outside_is_named_with_the_conditions_that_have_none():
    said = refused(runs(NONE_FRACTIONS, [0.9] * 7 + [1.2]))
    assert "row 16: test_accuracy is 1.2; allowed: 0 to 1" in said
    assert "test_accuracy is outside 0 to 1 in no row of 'none'" in said
    assert refused(runs([0.5] * 8, [0.5] * 7 + [-0.01]))
    assert analysis.compare(runs([0.0] * 8, [1.0] * 8), "test_accuracy", "none").effects


@pytest.mark.parametrize(
    ("metric", "value", "fine"),
    [
        ("generalisation_gap", 3.2, False), ("generalisation_gap", -1.5, False), ("running_gap", 1.01, False),
        ("generalisation_gap", -0.02, True), ("loss_gap", 3.2, True), ("test_loss", 20.0, True),
        ("accuracy_drop", -0.1, True), ("top5_err", 31.0, True), ("test_f1", 87.0, True),
    ],
)  # fmt: skip
def test_which_metrics_have_a_range(metric, value, fine):
    frame = runs([value] * 8, [value - 0.01 * i for i in range(8)], metric)
    if fine:
        assert analysis.compare(frame, metric, "none").n_seeds == 8
    else:
        assert "allowed: -1 to 1" in refused(frame, metric)


def test_per_cent_is_the_same_answer_as_fractions(capsys, tmp_path):
    fractions = runs(NONE_FRACTIONS, OTHER_FRACTIONS)
    same = compare(load(fractions), "test_accuracy", "none", margin=0.007, bad_ending=0.03).to_json()
    code, found = asked(capsys, tmp_path, runs(), "--percent", "--margin", "0.7", "--bad-ending", "3")
    assert code == 0
    assert (found["margin"], found["comparisons"][0]["margin"]) == (0.007, 0.007)
    assert found["comparisons"] == same["comparisons"]
    assert found["bad_endings"] == same["bad_endings"]
    told = analysis.compare(runs(), "test_accuracy", "none", margin=0.7, bad_ending=3, percent=True).to_json()
    assert told["comparisons"] == same["comparisons"]
    assert told["bad_endings"] == same["bad_endings"]


def test_the_rule_of_divergence_sees_fractions():
    frame = runs(other=(*OTHER[:7], 10.0), classes=10, test_loss=np.arange(16.0))
    whole = analysis.compare(frame, "test_accuracy", "none", percent=True)
    assert {label: each.n_diverged for label, each in whole.divergence.items()} == {"none": 0, "d": 1}
    loss = analysis.compare(frame, "test_loss", "none")
    assert [text for text in loss.warnings if "test accuracy is outside 0 to 1 in 16 trials" in text]


def test_fractions_are_not_divided(capsys, tmp_path):
    code, said = asked(capsys, tmp_path, runs(NONE_FRACTIONS, OTHER_FRACTIONS), "--percent")
    assert code == 2
    assert "every value of test_accuracy lies within 0 to 1: it is a fraction already" in said


def test_counts_are_untouched(capsys, tmp_path):
    counts = runs(test_correct=np.round(100 * runs()["test_accuracy"]), test_total=10_000)
    found = analysis.compare(counts, "test_accuracy", "none", percent=True).to_json()
    alone = analysis.compare(counts.drop(columns="test_accuracy"), "test_accuracy", "none").to_json()
    assert found["comparisons"] == alone["comparisons"]
    assert not [text for text in found["warnings"] if "differs from" in text]
    code, said = asked(capsys, tmp_path, counts.drop(columns="test_accuracy"), "--percent")
    assert (code, "is made of counts: there is nothing to divide" in said) == (2, True)


def test_other_columns_are_divided_where_they_are_no_fractions():
    frame = runs(train_accuracy=95.0, generalisation_gap=7.0, validation_accuracy=0.9, test_loss=40.0)
    table = load(frame, percent="test_accuracy").frame
    assert list(table.iloc[0][["train_accuracy", "generalisation_gap"]]) == pytest.approx([0.95, 0.07])
    assert list(table.iloc[0][["validation_accuracy", "test_loss"]]) == [0.9, 40.0]


def test_a_metric_of_any_kind_is_divided_where_it_is_asked_for():
    whole = analysis.compare(runs(metric="test_f1"), "test_f1", "none", percent=True, margin=0.2)
    assert (whole.margin, round(whole.effects["d"].pairs[0].difference, 9)) == (0.002, 0.0131)
    assert "is no column of numbers; did you mean" in refused(runs(metric="test_f1"), "test_f2", percent=True)


def test_a_table_that_is_loaded_is_not_divided_again():
    assert "is loaded already" in refused(load(runs(), percent=True), percent=True)


def test_another_metric_in_per_cent_does_not_stand_in_the_way():
    whole = analysis.compare(runs(NONE_FRACTIONS, OTHER_FRACTIONS, validation_accuracy=90.0), "test_accuracy", "none")
    assert whole.selection is not None
    assert whole.selection.crossfit_difference is not None
    assert whole.selection.chosen_on_validation is None


@pytest.mark.parametrize("number", [0.2, 0.7, 3, 1e-3, 0.1, 29.0])
def test_a_hundredth_is_exact(number):
    found = hundredth(number)
    assert found is not None
    assert Decimal(repr(found)) * 100 == Decimal(repr(number))
    assert hundredth(None) is None


def test_a_pilot_in_per_cent_plans_as_one_in_fractions(capsys, tmp_path):
    path, answers = tmp_path / "t.csv", []
    of_pilot = ["power", "--pilot", str(path), "--metric", "test_accuracy", "--control", "none", "--json", "-"]
    for frame, more in (
        (runs(), ["--delta", "0.5", "--percent"]),
        (runs(NONE_FRACTIONS, OTHER_FRACTIONS), ["--delta", "0.005"]),
    ):
        frame.to_csv(path, index=False)
        assert main([*of_pilot, *more]) == 0
        answers.append(json.loads(capsys.readouterr().out))
    assert answers[0] == answers[1]
    assert main(["power", "--sd", "1", "--delta", "1", "--percent"]) == 2
    assert "give --pilot TABLE with it" in capsys.readouterr().err


def test_a_column_of_fractions_and_per_cent_is_never_divided_whatever_stands_beside_it():
    frame = runs(none=NONE_FRACTIONS).assign(val_accuracy=NONE[0])
    with pytest.raises(TableError, match="test_accuracy lies within 0 to 1 in all rows of 'none'"):
        load(frame, percent=True)
    beside = load(frame, percent="val_accuracy")
    assert beside.frame["test_accuracy"].max() == max(OTHER)
    assert beside.frame["val_accuracy"].max() == NONE[0] / 100


def test_values_that_may_be_fractions_among_per_cent_are_a_warning():
    few = load(runs(none=(0.8707, *NONE[1:])), percent=True)
    assert any("test_accuracy: 1 of 16 values are at most 1 per cent" in each for each in few.warnings)
    assert not any("at most 1 per cent" in each for each in load(runs(), percent=True).warnings)
