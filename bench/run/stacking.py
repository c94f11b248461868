"""Which trials are trained together, as one stack of networks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bench.record.trials import FUSED, OWN, Recipe, Stack, Trial
from bench.run.memory import weights

MAX_STACK = {"cpu": 8, "cuda": 264}
"""Trials trained together at most: on a CPU the stack should stay in cache, on a GPU fill the multiprocessors."""
ENOUGH_WORK = 16_000_000
"""Weights times rows of the batch, over the networks of a stack: a step with so much to multiply is not slowed by what
Python does beside it. On a CPU a stack with less has several seeds. With more it would be slower for them: each has
batches and random numbers of its own, which should stay in cache."""

_Item = TypeVar("_Item")


@dataclass(frozen=True)
class _Part:
    """Trials of one seed, or of the fused engine, that are in one stack in any case."""

    place: int
    """Its group's place in the order of first trials."""
    trials: Sequence[Trial]


def stacks(trials: Iterable[Trial], workers: int, most: int | None = None) -> list[Stack]:
    """Group trials into stacks: as large as serves (at most `most`), even in size, and enough of them for `workers`.

    They are in the order of their first trials.
    """
    groups: dict[tuple[object, ...], list[Trial]] = {}
    for trial in trials:
        seeds = None if trial.engine == FUSED else trial.seeds
        groups.setdefault((trial.recipe, trial.device, trial.precision, trial.engine, seeds), []).append(trial)
    total = sum(map(len, groups.values()))
    alike: dict[tuple[object, ...], list[_Part]] = {}
    for place, ((*key, _), group) in enumerate(groups.items()):
        largest = 1 if group[0].engine == OWN else min(most or MAX_STACK[group[0].device], max(1, -(-total // workers)))
        parts = _even(group, -(-len(group) // largest))
        alike.setdefault(tuple(key), []).extend(_Part(place, part) for part in parts)
    joined = [each for parts in alike.values() for each in _even(parts, _count(parts, workers, most))]
    joined.sort(key=lambda parts: parts[0].place)
    return [Stack(tuple(trial for part in parts for trial in part.trials)) for parts in joined]


def _count(parts: list[_Part], workers: int, most: int | None) -> int:
    """Return how many stacks `parts` become: as many for each of the workers."""
    first, size = parts[0].trials[0], max(len(part.trials) for part in parts)
    if not isinstance(first.recipe, Recipe) or first.engine == FUSED or first.device != "cpu":
        return len(parts)
    work = size * weights(first.recipe) * min(first.recipe.batch_size, first.recipe.train_size)
    together = max(1, min(-(-ENOUGH_WORK // work), (most or MAX_STACK["cpu"]) // size))
    each = -(-len(parts) // (together * workers))
    return min(len(parts), each * workers)


def _even(items: Sequence[_Item], count: int) -> list[Sequence[_Item]]:
    """Cut `items` into `count` runs whose sizes differ by one at most."""
    return [items[part * len(items) // count : (part + 1) * len(items) // count] for part in range(count)]
