"""Scores over tasks are those of rliable, which was run in an environment of its own (``rliable_values.py``)."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from analysis.answer.tasks import compare_tasks
from analysis.tables.loading import load_tasks
from analysis.tables.tasks import Tasks

HERE = Path(__file__).parent
VALUES = list(csv.DictReader((HERE / "rliable_values.csv").read_text(encoding="utf-8").splitlines()))


@pytest.mark.slow
def test_interquartile_means_and_probabilities_of_improvement_are_those_of_rliable() -> None:
    tasks = load_tasks(HERE.parents[1] / "results/dropout-tasks")
    assert isinstance(tasks, Tasks)
    found = {each.condition: each for each in compare_tasks(tasks, "test_accuracy", "none").scores}
    assert list(found) == [row["condition"] for row in VALUES]
    for row in VALUES:
        ours = found[row["condition"]]
        assert ours.interquartile_mean == pytest.approx(float(row["iqm"]), abs=1e-12)
        ends = (ours.interquartile_mean_low, ours.interquartile_mean_high)
        assert ends == pytest.approx((float(row["iqm_low"]), float(row["iqm_high"])), abs=2e-4)  # both are resampled
        if row["improvement"]:
            assert ours.improvement == pytest.approx(float(row["improvement"]), abs=1e-12)
            ends = (ours.improvement_low, ours.improvement_high)
            assert ends == pytest.approx((float(row["improvement_low"]), float(row["improvement_high"])), abs=0.015)
        else:
            assert ours.improvement is None
