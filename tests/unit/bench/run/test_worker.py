"""A trial that raises is a row with its error, and the others go on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch

from bench import schema
from bench.record import rows
from bench.record.code_hash import sources_hash
from bench.record.trials import Stack, versions
from bench.regularisers import REGULARISERS
from bench.regularisers.record import Draw
from bench.run import worker
from tests.conftest import condition, stack


def breaks_at_a_high_rate(draw: Draw, rate: torch.Tensor, out: torch.Tensor) -> None:
    if (rate > 0.8).any():
        raise ArithmeticError("a rate this high breaks")
    out.fill_(1)


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> Stack:
    """Three trials, the middle one of which raises, with the sources that this process runs."""
    monkeypatch.setitem(REGULARISERS, "dropout", replace(REGULARISERS["dropout"], hidden=breaks_at_a_high_rate))
    made = stack(condition("none"), condition("high", dropout=(0.9, 0.9)), condition("low", dropout=(0.1, 0.1)))
    return Stack(tuple(replace(one, code_hash=sources_hash(), versions=versions(one.condition)) for one in made.trials))


def test_a_trial_that_raises_is_a_failed_row_and_the_others_are_trained(planned: Stack) -> None:
    results = worker.perform(planned, lambda: None)
    stamped = {result.trial.condition.label: rows.stamp(result.trial, result.row, ["dropout"]) for result in results}
    assert {label: row["status"] for label, row in stamped.items()} == {
        "none": schema.OK,
        "high": schema.FAILED,
        "low": schema.OK,
    }
    assert stamped["high"]["error"].startswith("ArithmeticError: a rate this high breaks (test_worker.py:")
    assert "test_correct" not in stamped["high"]


@pytest.mark.parametrize("older", [{"code_hash": "older"}, {"versions": (("stacked", 0),)}])
def test_sources_that_changed_under_a_run_fail_its_trials(planned: Stack, older: dict[str, Any]) -> None:
    (result,) = worker.perform(Stack((replace(planned.trials[0], **older),)), lambda: None)
    assert "the sources of the engine were changed while the study ran" in result.row["error"]
