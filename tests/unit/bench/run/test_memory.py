"""Networks that cannot fit into memory are refused before anything is trained."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.base.errors import UsageError
from bench.run import memory
from tests.conftest import SMALL, condition, stack

SMALL_ONE, LARGE = stack(condition("a")), stack(
    condition("b"), condition("c"), recipe=replace(SMALL, hidden=(50_000, 50_000))
)  # fmt: skip
WEIGHTS = 785 * 50_000 + 50_001 * 50_000 + 50_001 * 10


def test_weights_and_biases_are_counted() -> None:
    assert memory.weights(LARGE.recipe) == WEIGHTS
    assert memory.weights(SMALL) == 785 * 32 + 33 * 24 + 25 * 10


def test_the_largest_stack_times_the_workers_that_train_at_once_must_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    needed = 2 * WEIGHTS * 8
    monkeypatch.setattr(memory, "available", lambda: needed)
    memory.check_memory([SMALL_ONE, LARGE], workers=1)
    memory.check_memory([LARGE], workers=2)
    with pytest.raises(UsageError, match=r'condition "b": a network has 2,539,800,010 weights; 4 of them at once') as e:
        memory.check_memory([SMALL_ONE, LARGE], workers=2)
    assert f"{2 * needed / 2**30:.1f} GiB, and there are {needed / 2**30:.1f}" in str(e.value)


def test_a_container_may_have_less_than_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "memory_limit", lambda: 1000)
    assert memory.available() == 1000
    monkeypatch.setattr(memory, "memory_limit", lambda: None)
    assert memory.available() > 2**28
