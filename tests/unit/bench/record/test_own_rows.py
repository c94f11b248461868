"""How a trial of own training code ended, and whether it has a dropout rate."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from bench.record import own_rows
from bench.record.experiment import Experiment

ROW: dict[str, Any] = {"test_correct": 60, "test_total": 100, "stays_at_chance": False, "error": None}


@pytest.mark.parametrize(
    ("more", "chance", "expected"),
    [
        ({}, 0.1, "ok"),
        ({}, None, "ok"),
        ({"error": "it broke"}, 0.1, "failed"),
        ({"test_correct": 15}, 0.1, "diverged"),
        ({"test_correct": 16}, 0.1, "ok"),
        ({"test_correct": 15}, None, "ok"),
        ({"test_correct": 15, "stays_at_chance": True}, 0.1, "ok"),
        ({"test_correct": None, "test_accuracy": 0.12}, 0.1, "diverged"),
        ({"test_correct": None, "test_accuracy": None}, 0.1, "ok"),
        ({"test_loss": math.nan}, 0.1, "diverged"),
        ({"validation_loss": math.inf}, 0.1, "diverged"),
        ({"train_loss": None}, 0.1, "ok"),
        ({"diverged": True}, 0.1, "diverged"),
        ({"diverged": False}, 0.1, "ok"),
    ],
)
def test_a_trial_diverged_where_a_loss_is_not_finite_it_said_so_or_it_ended_at_chance(
    more: dict[str, Any], chance: float | None, expected: str
) -> None:
    assert own_rows.status(ROW | more, chance) == expected


@pytest.mark.parametrize(
    ("settings", "changes", "expected"),
    [
        ({"dropout": 0.5}, {"dropout": 0.5}, 0.5),
        ({"dropout": 0}, {}, 0.0),
        ({"dropout": 0.5, "depth": 2}, {"depth": 2}, None),
        ({"dropout": 3}, {}, None),
        ({"dropout": True}, {}, None),
        ({"depth": 3}, {}, None),
    ],
)
def test_the_rate_is_the_setting_dropout_where_nothing_else_is_changed(
    settings: dict[str, Any], changes: dict[str, Any], expected: float | None
) -> None:
    own = Experiment("t.py:t", (), Path(), (), "", (), "own", tuple(settings.items()))
    assert own_rows.rate(own, changes.items()) == expected
