"""Trials of one study have the same test examples, or no pairs can be made of them."""

from __future__ import annotations

from bench.record.agreement import Agreement

ROW = {"stack_size": 1, "exclusive": False, "started_at": 1, "ended_at": 2, "test_total": 10, "test_groups": b"a"}


def test_the_first_trial_is_taken_as_it_is_and_the_others_are_held_to_it() -> None:
    agreed = Agreement([])
    assert agreed.held(ROW) == ROW
    assert agreed.held(ROW | {"seed": 1}) == ROW | {"seed": 1}
    longer = agreed.held(ROW | {"test_total": 11})
    assert longer["error"] == "the trial has 11 test examples, and the trials before it 10: no pairs can be made"
    assert "test_total" not in longer
    assert "other groups of test examples" in agreed.held(ROW | {"test_groups": b"b"})["error"]


def test_trials_that_ended_before_count_and_a_failed_one_says_nothing() -> None:
    assert "error" in Agreement([ROW]).held(ROW | {"test_total": 9})
    agreed = Agreement([{"test_total": None}])
    assert agreed.held({"error": "it broke"}) == {"error": "it broke"}
    assert agreed.held(ROW) == ROW
