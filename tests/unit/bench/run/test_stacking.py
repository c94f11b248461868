"""Stacks are even, share what they must, and serve every worker."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.record.trials import FUSED, STACKED, Condition, Recipe, Trial
from bench.run.stacking import stacks
from tests.conftest import SMALL, condition, trial

BOOK = replace(SMALL, data="fashion_mnist", train_size=60_000, hidden=(256, 256), batch_size=256)


def trials_of(conditions: int, seeds: int, recipe: Recipe) -> list[Trial]:
    settings = [Condition(f"c{i}", (("dropout", (i / 10, 0.0)),)) for i in range(conditions)]
    return [trial(setting, seed, recipe) for seed in range(seeds) for setting in settings]


@pytest.mark.parametrize(
    ("conditions", "seeds", "workers", "sizes"),
    [(8, 10, 2, [8] * 10), (9, 2, 2, [5, 4, 5, 4]), (10, 1, 2, [5, 5]), (3, 1, 8, [1, 1, 1]), (1, 3, 1, [1, 1, 1])],
)
def test_stacks_of_large_networks_are_even_hold_one_seed_and_serve_every_worker(
    conditions: int, seeds: int, workers: int, sizes: list[int]
) -> None:
    trials = trials_of(conditions, seeds, BOOK)
    made = stacks(trials, workers)
    assert [len(one.trials) for one in made] == sizes
    assert all(len(one.blocks) == 1 for one in made)
    assert [one_trial for one in made for one_trial in one.trials] == trials


@pytest.mark.parametrize(
    ("conditions", "seeds", "workers", "sizes"),
    [
        (1, 64, 2, [8] * 8),
        (1, 60, 1, [8, 7] * 4),
        (2, 16, 2, [4] * 8),  # four for each worker
        (3, 40, 2, [6] * 20),
        (3, 27, 2, [6] * 13 + [3]),
        (5, 30, 1, [5] * 30),
        (9, 20, 1, [5, 4] * 20),  # two halves of a seed, as many as fit
        (1, 10, 2, [1] * 10),
        (2, 3, 8, [1] * 6),
    ],
)
def test_stacks_of_small_networks_hold_whole_seeds_up_to_eight_trials_and_four_are_left_for_every_worker(
    conditions: int, seeds: int, workers: int, sizes: list[int]
) -> None:
    trials = trials_of(conditions, seeds, SMALL)
    made = stacks(trials, workers)
    assert [len(one.trials) for one in made] == sizes
    assert [one_trial for one in made for one_trial in one.trials] == trials


@pytest.mark.parametrize("workers", [1, 2, 3, 4, 8])
@pytest.mark.parametrize("conditions", [1, 2, 3])
def test_the_last_worker_ends_little_later_than_with_a_stack_for_each_seed(conditions: int, workers: int) -> None:
    """Counted in trials, each worker taking the next stack as it becomes free."""
    for seeds in range(1, 50):
        trials = trials_of(conditions, seeds, SMALL)
        joined, single = (
            makespan([len(one.trials) for one in stacks(trials, workers, joined=joins)], workers)
            for joins in (True, False)
        )
        assert joined <= single * (1 + 1 / 8)


def makespan(sizes: list[int], workers: int) -> int:
    free = [0] * workers
    for size in sizes:
        free[free.index(min(free))] += size
    return max(free)


def test_many_recipes_share_the_workers() -> None:
    recipes = [replace(SMALL, learning_rate=rate / 10) for rate in range(1, 9)]
    trials = [trial(condition("none"), seed, recipe) for seed in range(8) for recipe in recipes]
    assert [len(one.trials) for one in stacks(trials, 2)] == [8] * 8
    assert [len(one.trials) for one in stacks(trials, 4)] == [4] * 16


def test_what_is_left_of_a_study_is_joined_by_trials_and_not_by_seeds() -> None:
    left = [*trials_of(5, 1, SMALL), *trials_of(1, 36, SMALL)[1:]]
    assert [len(one.trials) for one in stacks(left, 1)] == [8, 8, 8, 8, 8]


def test_unless_seeds_are_joined_each_stack_has_one() -> None:
    assert all(len(one.blocks) == 1 for one in stacks(trials_of(2, 50, SMALL), 1, joined=False))


def test_seeds_are_joined_until_a_step_has_enough_to_multiply() -> None:
    """(784 + 1) * 128 + (128 + 1) * 10 weights, times rows of 64, 128 and 256: 6.5, 13 and 26 million."""
    sizes = {
        rows: {len(one.trials) for one in stacks(trials_of(1, 24, replace(BOOK, hidden=(128,), batch_size=rows)), 1)}
        for rows in (64, 128, 256)
    }
    assert sizes == {64: {3}, 128: {2}, 256: {1}}


def test_stacks_are_in_the_order_of_their_first_trials_and_hold_one_recipe() -> None:
    wide = replace(SMALL, hidden=(24, 32))
    trials = [trial(condition("none"), seed, recipe) for seed in range(16) for recipe in (SMALL, wide)]
    made = stacks(trials, 1)
    assert [{one.recipe for one in stack.trials} for stack in made] == [{SMALL}, {wide}, {SMALL}, {wide}]
    assert [[one.seed for one in stack.trials] for stack in made[::2]] == [list(range(8)), list(range(8, 16))]


def test_fused_stacks_mix_seeds_and_nothing_else() -> None:
    many = [replace(trial(condition("none"), seed), device="cuda", engine=FUSED) for seed in range(10)]
    assert [len(stack.trials) for stack in stacks(many, 1)] == [10]
    assert [len(stack.trials) for stack in stacks(many, 1, 4)] == [4, 3, 3]
    mixed = [replace(one, precision="tf32" if one.seed % 2 else "float32") for one in many]
    assert [len(stack.trials) for stack in stacks(mixed, 1)] == [5, 5]
    assert len(stacks([replace(one, engine=STACKED) for one in many], 1)) == 10
