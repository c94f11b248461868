"""Which trials are trained together, as one stack of networks."""

from __future__ import annotations

from collections.abc import Iterable

from bench.record.trials import FUSED, OWN, Stack, Trial

MAX_STACK = {"cpu": 8, "cuda": 264}
"""Trials trained together at most: on a CPU the stack should stay in cache, on a GPU fill the multiprocessors."""


def stacks(trials: Iterable[Trial], workers: int, most: int | None = None) -> list[Stack]:
    """Group trials into stacks: as large as serves (at most `most`), even in size, and enough of them for `workers`."""
    groups: dict[tuple[object, ...], list[Trial]] = {}
    for trial in trials:
        seeds = None if trial.engine == FUSED else trial.seeds
        key = (trial.recipe, seeds, trial.device, trial.precision, trial.engine)
        groups.setdefault(key, []).append(trial)
    total = sum(map(len, groups.values()))
    grouped = []
    for group in groups.values():
        largest = 1 if group[0].engine == OWN else min(most or MAX_STACK[group[0].device], max(1, -(-total // workers)))
        parts = -(-len(group) // largest)
        grouped += [
            Stack(tuple(group[part * len(group) // parts : (part + 1) * len(group) // parts])) for part in range(parts)
        ]
    return grouped
