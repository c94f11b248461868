"""``python -m bench run STUDY``."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from bench.base.errors import UsageError
from bench.commands import options as common
from bench.commands.standing import print_standing
from bench.run import EXECUTORS
from bench.study import DECIDED

if TYPE_CHECKING:
    from bench.run.executors import Team
    from bench.run.parts import Part
    from bench.study.study import Study


NAME = "run"
MOST_BLOCKS = 20
"""Blocks of seeds that --until decided adds unless --max-seeds says otherwise."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    common.add_study(parser)
    parser.add_argument(
        "--executor",
        choices=EXECUTORS,
        default=EXECUTORS[0],
        help="serial is for debugging; ray trains on a cluster, on all its CPUs unless --workers says how many",
    )
    parser.add_argument("--address", metavar="ADDRESS", help="with --executor ray: the cluster (default: this machine)")
    parser.add_argument(
        "--until", choices=[DECIDED], help="add seeds, as many again as the study has, until every condition is decided"
    )
    parser.add_argument(
        "--supersede",
        action="store_true",
        help="leave finished trials out where the study has changed, and train them again with its present settings",
    )
    parser.add_argument(
        "--no-rehearsal",
        dest="rehearse",
        action="store_false",
        help="train own code without holding it to the laws of paired trainings before its first trial",
    )
    parser.add_argument(
        "--stop-after", type=common.duration, metavar="HH:MM:SS", help="take no more work than is done in this time"
    )
    parser.add_argument("--max-seeds", type=common.count, metavar="N", help="with --until: no more than these")


def execute(options: argparse.Namespace) -> int:
    """Train what is not done yet. Standard output carries the results folder and nothing else."""
    from bench.run.deadline import Deadline
    from bench.run.parts import parts
    from bench.run.session import opened, workers_of
    from bench.run.turns import begin, in_turn

    options.deadline = Deadline(options.stop_after)
    study, folder = common.study_and_folder(options)
    until_decided = options.until is not None or study.analysis.until is not None
    if options.max_seeds is not None and not until_decided:
        raise UsageError(f"--max-seeds {options.max_seeds} was given without --until decided")
    found = parts(study, folder)
    if until_decided:
        _most_seeds(options, found[0].study)
    workers = workers_of(options.executor, found[0].study, options.workers)
    ended: list[_Ended] = []

    def run(part: Part, waits: bool) -> bool:
        if options.deadline.is_over:
            return False
        with opened(options.executor, part.study, part.store, workers, options.address) as team:
            if not ended:
                begin(study, folder, options.device, options.supersede)
            if part.heading:
                print(part.heading, file=sys.stderr)
            once = partial(_run, options, part, team, waits or until_decided)
            ended.append(_run_until_decided(options, part, len(found), once) if until_decided else once(part.study))
        return ended[-1].is_left

    in_turn(found, run)
    print(common.shown(folder))
    return max(each.code for each in ended)


class _Ended(NamedTuple):
    code: int
    is_left: bool
    """Whether some trials were left to another runner."""


def _run_until_decided(options: argparse.Namespace, part: Part, tasks: int, run: Callable[[Study], _Ended]) -> _Ended:
    """Run the study, look, and add a block of seeds, for as long as some condition is open and more are allowed."""
    from bench.assurance import stopping
    from bench.run.standing import present_targets

    study = part.study.until_decided()
    block, most = len(study.seeds), _most_seeds(options, study)
    while True:
        ended = run(study)
        if ended.code != common.DONE or options.deadline.is_over:
            return ended
        found = stopping.standings(part.store.folder, study, present_targets(study, options.device), tasks)
        print(f"after {len(study.seeds)} seeds:", *(f"  {each.told()}" for each in found), sep="\n", file=sys.stderr)
        if all(each.decided for each in found):
            return ended
        if len(study.seeds) >= most:
            print(f"not decided after {most} seeds, which is all that --max-seeds allows", file=sys.stderr)
            return ended._replace(code=common.SOME_FAILED)
        study = study.with_seeds(min(most, len(study.seeds) + block))


def _most_seeds(options: argparse.Namespace, study: Study) -> int:
    """Return how many seeds a study may have in the end; raise UsageError for one whose seeds cannot be added to."""
    most = options.max_seeds or MOST_BLOCKS * len(study.seeds)
    if study.crossing is not None or study.seeds != tuple(range(len(study.seeds))):
        raise UsageError(f"--until decided adds seeds to a count, and study {study.name} lists or crosses its seeds")
    if most < len(study.seeds):
        raise UsageError(f"--max-seeds {most} was given; study {study.name} has {len(study.seeds)} seeds already")
    return most


def _run(options: argparse.Namespace, part: Part, team: Team, waits: bool, study: Study) -> _Ended:
    from bench import schema
    from bench.run.runner import ELSEWHERE, NOT_TRAINED, Run
    from bench.run.session import carry_out

    out = [] if options.out is None else ["--out", common.shown(options.out)]
    command = shlex.join(["python", "-m", "bench", "run", options.study, *out])
    allowed = options.supersede, options.rehearse
    how = *allowed, team.here, options.deadline, waits, team.joins_seeds
    this_run = Run(study, part.store, team.executor, team.workers, *how)
    counts = carry_out(this_run, options.device, command, lambda now: print_standing(now, part.store, sys.stderr))
    if counts:
        print(", ".join(f"{number} {status}" for status, number in sorted(counts.items())), file=sys.stderr)
    if options.deadline.is_over:
        taken = common.clock(options.stop_after)
        print(f"no more work is taken, to be done within {taken}: the same command goes on from here", file=sys.stderr)
    code = common.SOME_FAILED if counts[schema.FAILED] or counts[NOT_TRAINED] else common.DONE
    return _Ended(code, counts[ELSEWHERE] > 0)
