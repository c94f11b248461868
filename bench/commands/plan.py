"""``python -m bench plan STUDY``."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from bench.commands import options as common
from bench.commands.standing import print_standing

if TYPE_CHECKING:
    from bench.record.trials import Trial

NAME = "plan"
arguments = common.add_study


def execute(options: argparse.Namespace) -> int:
    """Print which trials are done and to do, and about how long they will take. Writes nothing."""
    from bench.run.standing import present_targets, standing

    study, store = common.study_and_store(options)
    now = standing(study, store, present_targets(study, options.device))
    print(f"study {study.name}: {len(study.conditions)} conditions x {len(study.seeds)} seeds -> {store.folder}")
    print_standing(now, store)
    if now.to_do:
        _estimate(now.to_do, options.workers)
    return common.DONE


def _estimate(to_do: list[Trial], workers: int) -> None:
    """Print about how long the trials on the CPU will take."""
    from bench.run.estimate import seconds_of
    from bench.run.progress import duration
    from bench.run.stacking import stacks

    for target in dict.fromkeys(trial.target for trial in to_do if trial.device == "cpu"):
        mine = stacks((trial for trial in to_do if trial.target == target), workers)
        print(f"about {duration(seconds_of(mine, workers))} for those on {target}, with {workers} workers")
