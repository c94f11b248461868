"""A trial's row: counts, both gaps, bits, and the rule of divergence."""

from __future__ import annotations

import math
import time
from dataclasses import replace

import numpy as np
import pytest
import torch

from bench import schema
from bench.engines.stacked.train import Outcome, Score
from bench.record import rows
from tests.conftest import condition, trial


def score(correct: int, total: int, loss: float = 0.5) -> Score:
    return Score(torch.arange(total) < correct, loss)


def outcome(test_correct: int = 85, loss: float = 0.5) -> Outcome:
    return Outcome(
        running=[score(700, 1000, 0.9), score(800, 1000, loss)],
        test=[score(70, 100), score(test_correct, 100, 0.6)],
        train=score(900, 1000, 0.4),
        train_seconds=4.0,
    )


def row_of(result: Outcome, **settings: bool) -> rows.Row:
    plain = condition("x", dropout=(0.2, 0.5))
    setting = type(plain)(plain.label, plain.settings, **settings)
    return rows.stamp(trial(setting), rows.measured(result, 10), ["dropout"])


def test_clean_and_running_gap_are_told_apart() -> None:
    row = row_of(outcome())
    assert row["generalisation_gap"] == pytest.approx(0.90 - 0.85)
    assert row["running_gap"] == pytest.approx(0.80 - 0.85)
    assert row["loss_gap"] == pytest.approx(0.6 - 0.4)
    assert (row["train_correct"], row["train_total"], row["test_correct"], row["test_total"]) == (900, 1000, 85, 100)
    assert row["running_train_loss"] == 0.5
    assert row["throughput"] == 1000 * 2 / 4.0


@pytest.mark.skipif(not hasattr(time, "CLOCK_BOOTTIME"), reason="a clock of Linux")
def test_a_stack_takes_as_long_as_passed_though_the_clock_is_set_or_the_machine_suspended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    began = rows.Beginning()
    now = {time.CLOCK_BOOTTIME: began.ticks + 90, time.CLOCK_MONOTONIC: began.ticks + 30}
    monkeypatch.setattr(time, "clock_gettime", now.__getitem__)
    monkeypatch.setattr(time, "monotonic", lambda: now[time.CLOCK_MONOTONIC])
    row = rows.executed(3, began)
    assert row["started_at"] == began.at
    assert (row["ended_at"] - row["started_at"]).total_seconds() == 90


def test_bits_are_the_correctness_of_every_test_image() -> None:
    row = row_of(outcome(test_correct=85))
    bits = np.unpackbits(np.frombuffer(row["test_bits"], np.uint8))[: row["test_total"]]
    assert bits.sum() == row["test_correct"]
    assert bits[:85].all()


def test_factors_and_rate() -> None:
    row = row_of(outcome())
    assert (row["dropout_1"], row["dropout_2"], row["rate"]) == (0.2, 0.5, None)
    equal = rows.identity(trial(condition("y", dropout=(0.3, 0.3))), ["dropout"])
    assert equal["rate"] == 0.3
    assert rows.identity(trial(condition("none")), [])["rate"] == 0
    for other in ({"weight_decay": (0.1,)}, {"gaussian_dropout": (0.5, 0.5)}):
        assert rows.identity(trial(condition("x", **other)), [])["rate"] is None


@pytest.mark.parametrize(
    ("result", "meant", "status"),
    [
        (outcome(), False, schema.OK),
        (outcome(test_correct=15), False, schema.DIVERGED),
        (outcome(test_correct=16), False, schema.OK),
        (outcome(test_correct=10), True, schema.OK),
        (outcome(loss=math.nan), False, schema.DIVERGED),
        (outcome(loss=math.inf), True, schema.DIVERGED),
    ],
)
def test_divergence_follows_the_rule_fixed_beforehand(result: Outcome, meant: bool, status: str) -> None:
    assert row_of(result, stays_at_chance=meant)["status"] == status


def test_a_row_takes_the_present_names_and_keeps_its_numbers() -> None:
    row = row_of(outcome(test_correct=10))
    assert row["status"] == schema.DIVERGED
    renamed = type(trial(condition("x")).condition)("new", (("dropout", (0.2, 0.5)),), stays_at_chance=True)
    again = rows.stamp(trial(renamed), row, ["dropout"])
    assert (again["condition"], again["status"]) == ("new", schema.OK)
    assert {key for key in row if row[key] != again[key]} == {"condition", "stays_at_chance", "status"}


def test_a_row_keeps_the_sources_that_made_it() -> None:
    row = row_of(outcome())
    later = replace(trial(condition("x", dropout=(0.2, 0.5))), code_hash="later")
    assert rows.stamp(later, row, ["dropout"]) == row


def test_every_column_of_the_schema_is_filled_by_name() -> None:
    """All but what the runner adds (environment) and what stays null without validation or failure."""
    names = set(row_of(outcome())) | {"error", "workers", "environment_id"}
    executed = {"stack_size", "exclusive", "started_at", "ended_at"}
    assert names | executed == set(schema.trials_schema(["dropout_1", "dropout_2"]).names)


def test_a_curve_has_a_row_per_epoch_and_the_clean_accuracy_at_the_end() -> None:
    curve = rows.curve(outcome())
    assert [row["epoch"] for row in curve] == [1, 2]
    assert [row["train_accuracy"] for row in curve] == [None, 0.9]
    assert curve[1]["running_train_accuracy"] == 0.8
