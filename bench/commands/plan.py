"""``python -m bench plan STUDY``."""

from __future__ import annotations

import argparse

from bench.commands import options as common
from bench.commands.standing import print_standing
from bench.record.trials import stacks
from bench.run.estimate import seconds_of
from bench.run.progress import duration
from bench.run.runner import present_targets, standing

NAME = "plan"
arguments = common.add_study


def execute(options: argparse.Namespace) -> int:
    """Print which trials are done and to do, and about how long they will take. Writes nothing."""
    study, store = common.study_and_store(options)
    now = standing(study, store, present_targets(study, options.device))
    print(f"study {study.name}: {len(study.conditions)} conditions x {len(study.seeds)} seeds -> {store.folder}")
    print_standing(now, store)
    for target in dict.fromkeys(trial.target for trial in now.to_do if trial.device == "cpu"):
        mine = stacks((trial for trial in now.to_do if trial.target == target), options.workers)
        seconds = seconds_of(mine, options.workers)
        print(f"about {duration(seconds)} for those on {target}, with {options.workers} workers")
    return common.DONE
