"""Conditions, ids and stacks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.record.trials import FUSED, NUMERICS_VERSION, STACKED, versions
from bench.regularisers import REGULARISERS
from tests.conftest import condition, stack, trial


def test_factor_columns_have_every_layer_and_the_null_strength_where_nothing_is_set() -> None:
    assert condition("x", dropout=(0.2, 0.5)).factors(["dropout"], 2) == {"dropout_1": 0.2, "dropout_2": 0.5}
    assert condition("x").factors(["dropout"], 2) == {"dropout_1": 0.0, "dropout_2": 0.0}


def test_a_null_strength_is_the_same_condition_as_none() -> None:
    assert condition("a", dropout=(0.0, 0.0)).condition_id == condition("b").condition_id
    assert condition("a", dropout=(0.0, 0.1)).condition_id != condition("b").condition_id


def test_an_id_depends_on_seed_settings_data_and_versions_and_not_on_sources() -> None:
    base = trial(condition("x", dropout=(0.2, 0.5)))
    others = [
        trial(condition("x", dropout=(0.2, 0.5)), seed=1),
        trial(condition("x", dropout=(0.5, 0.2))),
        replace(base, data_hash="other"),
        replace(base, versions=(("stacked", 2), ("dropout", 1))),
        replace(base, device="cuda"),
        replace(base, recipe=replace(base.recipe, learning_rate=0.1)),
    ]
    assert len({one.trial_id for one in [base, *others]}) == 7
    assert replace(base, study="other").trial_id == base.trial_id
    assert replace(base, code_hash="other").trial_id == base.trial_id


def test_versions_are_of_the_engine_and_of_what_acts_in_the_order_of_the_registry(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    both = condition("both", weight_decay=(0.1,), dropout=(0.2, 0.5), label_smoothing=(0.0,))
    assert versions(both) == ((STACKED, 1), ("dropout", 1), ("weight_decay", 1))
    assert versions(both, FUSED)[0] == (FUSED, 1)
    monkeypatch.setitem(NUMERICS_VERSION, STACKED, 2)
    monkeypatch.setitem(REGULARISERS, "weight_decay", replace(REGULARISERS["weight_decay"], version=3))
    assert versions(both) == ((STACKED, 2), ("dropout", 1), ("weight_decay", 3))
    monkeypatch.setitem(REGULARISERS, "dropout", replace(REGULARISERS["dropout"], plugin="0123"))
    assert versions(both)[1] == ("dropout", "0123")


def test_strengths_name_only_what_some_trial_uses() -> None:
    assert stack(condition("a"), condition("b", dropout=(0.0, 0.0))).strengths() == {}
    many = stack(condition("a"), condition("b", dropout=(0.2, 0.5)))
    assert many.strengths() == {"dropout": [(0.0, 0.0), (0.2, 0.5)]}
