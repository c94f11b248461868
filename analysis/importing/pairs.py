"""Which runs have no partner: seeds at which another condition has a result, and this one has none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.base.records import Record
from analysis.importing.runs import FAILED
from analysis.importing.trials import Trial

NO_RUN, ITS_RUN_FAILED = "no run", "its run failed"


@dataclass(frozen=True, kw_only=True)
class Unpaired(Record):
    """Seeds at which a condition has no result for one reason, where another condition has one."""

    task: str | None
    condition: str
    seeds: tuple[int | str, ...]
    reason: str


def unpaired(trials: Sequence[Trial]) -> tuple[Unpaired, ...]:
    """Return what cannot be paired, by task, condition and reason."""
    found: list[Unpaired] = []
    for task in dict.fromkeys(each.task for each in trials):
        mine = [each for each in trials if each.task == task]
        ended = {(each.condition, each.seed) for each in mine if each.status != FAILED}
        failed = {(each.condition, each.seed) for each in mine if each.status == FAILED}
        seeds = [each.seed for each in mine if (each.condition, each.seed) in ended]
        for condition in dict.fromkeys(each.condition for each in mine):
            lacking = [seed for seed in dict.fromkeys(seeds) if (condition, seed) not in ended]
            for reason, whether in ((NO_RUN, False), (ITS_RUN_FAILED, True)):
                those = tuple(seed for seed in lacking if ((condition, seed) in failed) == whether)
                if those:
                    found.append(Unpaired(task=task, condition=condition, seeds=those, reason=reason))
    return tuple(found)
