"""Which trials are trained together, as one stack of networks."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from bench.record.trials import FUSED, OWN, Recipe, Stack, Trial
from bench.run.memory import weights

MAX_STACK = {"cpu": 8, "cuda": 264}
"""Trials trained together at most: on a CPU the stack should stay in cache, on a GPU fill the multiprocessors."""
ENOUGH_WORK = 16_000_000
"""Weights times rows of the batch, over the networks of a stack: with so much to multiply, a step is hardly slowed by
what Python does beside it. On a CPU a stack with less has several seeds. More seeds than that make it slower: each has
batches and random numbers of its own, which should stay in cache."""
SHARES = 4
"""Stacks that each worker gets at least before seeds are joined: other runners may want some of them as well."""


@dataclass(frozen=True)
class _Part:
    """Trials of one seed, or of the fused engine, that are in one stack in any case."""

    place: int
    """Its group's place in the order of first trials."""
    trials: list[Trial]


@dataclass(frozen=True)
class _Alike:
    """Parts that may share a stack, and how many trials it has at most."""

    parts: list[_Part]
    most: int

    @property
    def trials(self) -> int:
        """Number of trials."""
        return sum(len(part.trials) for part in self.parts)


def stacks(trials: Iterable[Trial], workers: int, most: int | None = None, *, joined: bool = True) -> list[Stack]:
    """Group trials into stacks: as large as serves (at most `most`), even in size, and enough of them for `workers`.

    They are in the order of their first trials. Unless `joined`, each has one seed, but for those of the fused engine.
    """
    groups: dict[tuple[object, ...], list[Trial]] = {}
    for trial in trials:
        seeds = None if trial.engine == FUSED else trial.seeds
        groups.setdefault((trial.recipe, trial.device, trial.precision, trial.engine, seeds), []).append(trial)
    total = sum(map(len, groups.values()))
    parts: dict[tuple[object, ...], list[_Part]] = {}
    for place, ((*key, _), group) in enumerate(groups.items()):
        largest = 1 if group[0].engine == OWN else min(most or MAX_STACK[group[0].device], max(1, -(-total // workers)))
        parts.setdefault(tuple(key), []).extend(_Part(place, part) for part in _even(group, -(-len(group) // largest)))
    room = min(most or MAX_STACK["cpu"], total // (SHARES * workers)) if joined else 1
    alike = [_Alike(each, min(room, _enough(each[0].trials[0]))) for each in parts.values()]
    made = [stack for each, count in zip(alike, _counts(alike, workers), strict=True) for stack in _join(each, count)]
    made.sort(key=lambda stack: stack[0].place)
    return [Stack(tuple(trial for part in stack for trial in part.trials)) for stack in made]


def _enough(trial: Trial) -> int:
    """Return the number of trials like this one from which on several seeds in a stack make it no faster."""
    if not isinstance(trial.recipe, Recipe) or trial.engine == FUSED or trial.device != "cpu":
        return 1
    return -(-ENOUGH_WORK // (weights(trial.recipe) * min(trial.recipe.batch_size, trial.recipe.train_size)))


def _counts(alike: list[_Alike], workers: int) -> list[int]:
    """Return into how many stacks each of `alike` is joined: in all a multiple of the workers, where parts allow it."""
    counts = []
    for each in alike:
        sizes = {len(part.trials) for part in each.parts}
        size = max(sizes)
        together = max(size, each.most - each.most % size if len(sizes) == 1 else each.most)
        counts.append(min(len(each.parts), -(-each.trials // together)))
    while sum(counts) % workers:
        divisible = [
            each.trials / count if count < len(each.parts) else 0.0 for each, count in zip(alike, counts, strict=True)
        ]
        if not any(divisible):
            break
        counts[divisible.index(max(divisible))] += 1
    return counts


def _join(alike: _Alike, count: int) -> list[list[_Part]]:
    """Join neighbouring parts into about `count` stacks of about as many trials."""
    if count == len(alike.parts):
        return [[part] for part in alike.parts]
    made: list[list[_Part]] = []
    left, size, target = alike.trials, 0, 0.0
    for part in alike.parts:
        more = len(part.trials)
        if not made or size + more > alike.most or size + more / 2 > target:
            target, size = left / max(1, count - len(made)), 0
            made.append([])
        made[-1].append(part)
        size, left = size + more, left - more
    return made


def _even(items: list[Trial], count: int) -> list[list[Trial]]:
    """Cut `items` into `count` runs whose sizes differ by one at most, the larger ones first."""
    least, larger = divmod(len(items), count)
    bounds = [part * least + min(part, larger) for part in range(count + 1)]
    return [items[start:stop] for start, stop in itertools.pairwise(bounds)]
