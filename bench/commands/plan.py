"""``python -m bench plan STUDY``."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from bench.commands import options as common
from bench.commands.standing import print_standing

if TYPE_CHECKING:
    from bench.run.standing import Standing

NAME = "plan"
arguments = common.add_study


def execute(options: argparse.Namespace) -> int:
    """Print which trials are done and to do, how long they will take, and what they can test. Writes nothing."""
    from bench.assurance.reach import reach
    from bench.run.standing import present_targets, standing

    study, store = common.study_and_store(options)
    now = standing(study, store, present_targets(study, options.device))
    out = common.shown(store.folder)
    print(f"study {study.name}: {len(study.conditions)} conditions x {len(study.seeds)} seeds -> {out}")
    print_standing(now, store)
    if now.to_do:
        _estimate(now, options.workers)
    for said in reach(study):
        print(said)
    return common.DONE


def _estimate(now: Standing, workers: int) -> None:
    """Print about how long the trials on the CPU will take; own training code is timed by the trials that ended."""
    from bench.record.trials import OWN
    from bench.run.estimate import seconds_of, seconds_of_own
    from bench.run.memory import check_memory
    from bench.run.progress import duration
    from bench.run.stacking import stacks

    to_do = now.to_do
    if to_do[0].engine == OWN:
        seconds = seconds_of_own(now, workers)
        print(
            "how long they take is not known before one has ended" if seconds is None else f"about {duration(seconds)}"
        )
        return
    for target in dict.fromkeys(trial.target for trial in to_do if trial.device == "cpu"):
        mine = stacks((trial for trial in to_do if trial.target == target), workers)
        check_memory(mine, workers)
        print(f"about {duration(seconds_of(mine, workers))} for those on {target}, with {workers} workers")
