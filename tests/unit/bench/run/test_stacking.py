"""Stacks are even, share what they must, and serve every worker."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.record.trials import FUSED, STACKED, Condition
from bench.run.stacking import stacks
from tests.conftest import condition, trial


@pytest.mark.parametrize(
    ("conditions", "seeds", "workers", "sizes"),
    [(8, 10, 2, [8] * 10), (9, 2, 2, [4, 5, 4, 5]), (10, 1, 2, [5, 5]), (3, 1, 8, [1, 1, 1]), (1, 3, 1, [1, 1, 1])],
)
def test_stacks_are_even_hold_one_seed_and_serve_every_worker(
    conditions: int, seeds: int, workers: int, sizes: list[int]
) -> None:
    settings = [Condition(f"c{i}", (("dropout", (i / 10, 0.0)),)) for i in range(conditions)]
    trials = [trial(setting, seed) for seed in range(seeds) for setting in settings]
    made = stacks(trials, workers)
    assert [len(one.trials) for one in made] == sizes
    assert all(len({one_trial.seeds for one_trial in one.trials}) == 1 for one in made)
    assert [one_trial for one in made for one_trial in one.trials] == trials


def test_fused_stacks_mix_seeds_and_nothing_else() -> None:
    many = [replace(trial(condition("none"), seed), device="cuda", engine=FUSED) for seed in range(10)]
    assert [len(stack.trials) for stack in stacks(many, 1)] == [10]
    assert [len(stack.trials) for stack in stacks(many, 1, 4)] == [3, 3, 4]
    mixed = [replace(one, precision="tf32" if one.seed % 2 else "float32") for one in many]
    assert [len(stack.trials) for stack in stacks(mixed, 1)] == [5, 5]
    assert len(stacks([replace(one, engine=STACKED) for one in many], 1)) == 10
