"""``python -m bench plan STUDY``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bench.commands import options as common
from bench.commands.standing import print_standing

if TYPE_CHECKING:
    from bench.run.standing import Standing

NAME = "plan"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    common.add_study(parser)
    parser.add_argument(
        "--figure",
        type=Path,
        metavar="FILE",
        help="draw the power of the study by its number of seeds, to show its margin at several spreads of the "
        "differences; svg, pdf or png by the name's end",
    )


def execute(options: argparse.Namespace) -> int:
    """Print which trials are done and to do, how long they will take, and what they can test.

    Nothing is written but the figure that is asked for.
    """
    from bench.assurance.reach import check_figure, draw, reach
    from bench.assurance.reach import found as differences
    from bench.run.memory import workers_here
    from bench.run.parts import parts
    from bench.run.progress import duration
    from bench.run.standing import present_targets, standing

    if options.figure is not None:
        check_figure(options.figure)
    study, folder = common.study_and_folder(options)
    found = parts(study, folder)
    standings = [standing(part.study, part.store, present_targets(part.study, options.device)) for part in found]
    one, tasks = found[0].study, f"{len(found)} tasks x " if found[0].task else ""
    out = common.shown(folder)
    print(f"study {study.name}: {tasks}{len(one.conditions)} conditions x {len(one.seeds)} seeds -> {out}")
    workers = options.workers or workers_here(is_own=not one.recipes())
    done, to_do, seconds = 0, 0, 0.0
    for part, now in zip(found, standings, strict=True):
        if part.heading:
            print(part.heading)
        print_standing(now, part.store)
        seconds += _estimate(now, workers) if now.to_do else 0.0
        done, to_do = done + len(now.done), to_do + len(now.to_do)
    if tasks:
        print(f"all tasks: {done} trials done, {to_do} to do" + (f", about {duration(seconds)}" if seconds else ""))
    for said in reach(one, len(found)):
        print(said)
    if to_do and (table := differences(one, len(found))):
        print(table)
    if options.figure is not None:
        print(draw(one, len(found), options.figure), file=sys.stderr)
    return common.DONE


def _estimate(now: Standing, workers: int) -> float:
    """Print and return about how many seconds the trials on the CPU will take, 0 where that is not known.

    Own training code is timed by the trials that ended.
    """
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
        return seconds or 0.0
    whole = 0.0
    for target in dict.fromkeys(trial.target for trial in to_do if trial.device == "cpu"):
        mine = stacks((trial for trial in to_do if trial.target == target), workers)
        check_memory(mine, workers)
        seconds = seconds_of(mine, workers)
        print(f"about {duration(seconds)} for those on {target}, with {workers} workers")
        whole += seconds
    return whole
