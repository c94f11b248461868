"""What training code gives back: right columns of what is right, and a cause for everything else."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch

from bench.engines.own.returned import ReturnedError, measured

RIGHT = [True, False, True, True]


def row(given: object, primary: str = "test_accuracy") -> dict[str, Any]:
    return measured(given, [], primary, None).row


@pytest.mark.parametrize("right", [RIGHT, np.array(RIGHT), torch.tensor(RIGHT), tuple(RIGHT)])
def test_booleans_give_counts_accuracy_and_bits(right: Any) -> None:
    found = row({"test_correct": right, "train_correct": [True] * 8})
    assert (found["test_correct"], found["test_total"], found["test_accuracy"]) == (3, 4, 0.75)
    assert np.unpackbits(np.frombuffer(found["test_bits"], np.uint8))[:4].tolist() == [1, 0, 1, 1]
    assert found["generalisation_gap"] == 0.25


@pytest.mark.parametrize("count", [3, 3.0, np.int64(3), torch.tensor(3)])
def test_a_count_with_its_total_gives_accuracy_and_no_bits(count: Any) -> None:
    found = row({"test_correct": count, "test_total": 4})
    assert found["test_accuracy"] == 0.75
    assert "test_bits" not in found


def test_other_numbers_are_metrics_and_one_that_is_not_finite_is_null_with_a_warning() -> None:
    found = measured({"test_correct": RIGHT, "ece": 0.1, "odd": math.nan, "late": None}, [], "test_accuracy", 10)
    assert (found.row["ece"], found.row["odd"], found.row["late"], found.row["classes"]) == (0.1, None, None, 10)
    assert len(found.warnings) == 2
    assert "odd is nan" in found.warnings[0]


def test_a_loss_or_a_primary_metric_that_is_not_finite_is_kept_and_the_primary_marks_divergence() -> None:
    assert math.isnan(row({"test_correct": RIGHT, "test_loss": math.nan})["test_loss"])
    found = row({"bits_per_character": math.inf}, "bits_per_character")
    assert found["diverged"] is True
    assert row({"diverged": True})["diverged"] is True


def test_groups_travel_with_the_test_examples() -> None:
    found = row({"test_correct": RIGHT, "groups": [0, 0, 1, 1]})
    assert np.frombuffer(found["test_groups"], "<i8").tolist() == [0, 0, 1, 1]


def test_curves_are_numbered_from_1() -> None:
    found = measured({"test_correct": RIGHT}, [{"test_loss": 1}, {"test_loss": None}], "test_accuracy", None)
    assert [point["epoch"] for point in found.curve] == [1, 2]
    assert math.isnan(found.curve[1]["test_loss"])
    assert found.row["epochs"] == 2


FAULTS: list[tuple[object, str]] = [
    (None, "a dictionary is expected, with test_correct for instance, not nothing"),
    (0.9, "a dictionary is expected"),
    ({}, "the primary metric test_accuracy was not given"),
    ({1: 2}, "1 is no name"),
    ({"test_corect": RIGHT}, 'did you mean "test_correct"'),
    ({"test_correct": 3}, "there is no test_total"),
    ({"test_correct": 5, "test_total": 4}, "a whole number up to 4 is expected"),
    ({"test_correct": math.nan, "test_total": 4}, "a count is expected"),
    ({"test_correct": 2.5, "test_total": 4}, "a count is expected"),
    ({"test_correct": RIGHT, "test_total": 5}, "test_total is 5, and test_correct has 4 examples"),
    ({"test_correct": [1, 0, 1]}, "booleans are expected, one for each example"),
    ({"test_correct": [RIGHT]}, "of shape (1, 4)"),
    ({"test_correct": []}, "booleans are expected"),
    ({"test_correct": RIGHT, "test_accuracy": 0.5}, "test_accuracy is 0.5, and by the counts it is 0.75"),
    ({"test_accuracy": 75.0}, "a fraction from 0 to 1 is expected"),
    ({"test_correct": RIGHT, "note": "fine"}, "note is str 'fine'; a number is expected"),
    ({"test_correct": RIGHT, "flag": True}, "flag is bool"),
    ({"test_correct": RIGHT, "status": 1}, "status is a column that the harness fills in"),
    ({"test_correct": RIGHT, "groups": [1, 2]}, "for each of the 4 test examples"),
    ({"test_correct": RIGHT, "groups": [1.0, 2.0, 3.0, 4.0]}, "a whole number is expected"),
    ({"test_correct": RIGHT, "diverged": "no"}, "true or false is expected"),
    ({"test_correct": RIGHT, "data_hash": 3}, "a text is expected"),
    ({"test_correct": RIGHT, "norm": 10**400}, "norm is a whole number beyond 10^308"),
    ({"test_correct": 10**400, "test_total": 10}, "a whole number up to 10 is expected"),
    ({"train_correct": RIGHT, "test_loss": 1.0}, "(given: test_loss, train_correct)"),
]


@pytest.mark.parametrize(("given", "words"), FAULTS, ids=lambda each: str(each)[:40])
def test_what_cannot_be_used_is_refused_with_the_cause(given: object, words: str) -> None:
    with pytest.raises(ReturnedError) as refused:
        row(given)
    assert words in str(refused.value)
