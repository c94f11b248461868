"""What pairing is worth by level: which cells are paired, and what the reference is."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.factorial.worth_by_level import paired_effects
from analysis.methods.worth_of_pairing import worth_of_pairing
from analysis.tables.loading import load

LEVELS = {"dropout": (0.0, 0.2), "learning_rate": (0.3, 0.05), "seeding": ("streams", "global")}
CONTROL = "dropout-0.0_learning_rate-0.3_seeding-global"


def values(frame, **at):
    rows = frame.loc[np.logical_and.reduce([frame[name] == level for name, level in at.items()])]
    return rows.sort_values("seed")["test_correct"].to_numpy() / 1_000


def test_rates_are_paired_in_each_cell_and_the_reference_is_the_controls_seeding_there(crossed):
    frame = crossed(LEVELS, gains={"dropout": 5.0})
    found = paired_effects(load(frame), "test_accuracy", CONTROL, 0.05)
    assert (found.treatment, found.levels) == ("dropout", (0.0, 0.2))
    at = [tuple((one.factor, one.level) for one in each.at) for each in found.by_level]
    assert at == [
        (("seeding", seeding), ("learning_rate", rate)) for rate in (0.05, 0.3) for seeding in ("streams", "global")
    ]
    assert [each.reference for each in found.by_level] == ["global", None] * 2
    for each, levels in zip(found.by_level, map(dict, at), strict=True):
        pairs, usual = (
            np.column_stack([values(frame, dropout=rate, **(levels | more)) for rate in (0.0, 0.2)])
            for more in ({}, {"seeding": "global"})
        )
        told = worth_of_pairing(pairs, usual if each.reference else None, 0.05)
        assert each.correlation == pytest.approx(told.correlation)
        assert each.seeds_needed_high == (pytest.approx(told.seeds_needed_high) if each.reference else None)


def test_without_two_rates_or_another_factor_or_the_control_there_is_nothing(crossed):
    assert (
        paired_effects(load(crossed({"dropout": (0.0, 0.2, 0.5), "beta": (0, 1)})), "test_accuracy", "x", 0.05) is None
    )
    assert paired_effects(load(crossed({"dropout": (0.0, 0.2)})), "test_accuracy", "dropout-0.0", 0.05) is None
    assert paired_effects(load(crossed(LEVELS)), "test_accuracy", "elsewhere", 0.05) is None
