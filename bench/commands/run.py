"""``python -m bench run STUDY``."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections import Counter

from bench import schema
from bench.commands import options as common
from bench.commands.standing import print_standing
from bench.executors import processes, serial
from bench.runner import NOT_TRAINED, Run, present_targets

NAME = "run"
EXECUTORS = {"processes": processes.run, "serial": serial.run}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    common.add_study(parser)
    parser.add_argument("--executor", choices=list(EXECUTORS), default="processes", help="serial is for debugging")


def execute(options: argparse.Namespace) -> int:
    """Train what is not done yet. Standard output carries the results folder and nothing else."""
    study, store = common.study_and_store(options)
    targets = present_targets(study, options.device)
    out = [] if options.out is None else ["--out", str(options.out)]
    command = shlex.join(["python", "-m", "bench", "run", options.study, *out])
    workers = 1 if options.executor == "serial" else options.workers
    this_run = Run(study, store, EXECUTORS[options.executor], workers)
    common.fetch(study.recipe.data)
    now = this_run.start(targets, command)
    print_standing(now, sys.stderr)
    statuses = this_run.train(now, targets) if now.to_do else []
    counts = Counter(statuses)
    if statuses:
        print(", ".join(f"{number} {status}" for status, number in sorted(counts.items())), file=sys.stderr)
    print(store.folder)
    return common.SOME_FAILED if counts[schema.FAILED] or counts[NOT_TRAINED] else common.DONE
