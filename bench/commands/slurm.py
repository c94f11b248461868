"""``python -m bench slurm STUDY``."""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path

from bench.commands import options as common

NAME = "slurm"
START_SECONDS = 120
"""What a job may need before its runner is up, or a tenth of its time where that is less."""
TERM_SECONDS = 60
"""How long before its end a job whose last stack takes too long is asked to stop."""

SCRIPT = """#!/bin/bash
#SBATCH --job-name={name}
#SBATCH --array=1-{jobs}
#SBATCH --ntasks=1
#SBATCH --cpus-per-task={workers}
#SBATCH --time={time}
#SBATCH --signal=B:TERM@{term}
#SBATCH --output={name}-%A-%a.log
cd {folder}
exec {command}
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("study", metavar="STUDY", help="a study file, or the name of a study that ships")
    parser.add_argument(
        "--jobs", type=common.count, required=True, metavar="W", help="runners, each a task of the array"
    )
    parser.add_argument("--time", type=common.duration, required=True, metavar="HH:MM:SS", help="time of each job")
    parser.add_argument("--out", type=common.folder, metavar="DIR", help="results folder (default: results/<name>)")
    parser.add_argument("--workers", type=common.count, default=4, help="cores of each job (default: %(default)s)")


def execute(options: argparse.Namespace) -> int:
    """Print a job array for Slurm: runners that share the work in one folder, and stop taking it in time."""
    from bench.data import DATA_SETS, data_root
    from bench.run.parts import parts

    study, folder = common.study_and_folder(options)
    data = [recipe.data for part in parts(study, folder) for recipe in part.study.recipes()[:1]]
    for name in dict.fromkeys(data):
        if DATA_SETS[name].missing(data_root()):
            print(f"first, once for all jobs: python -m bench data fetch {name}", file=sys.stderr)
    taking = options.time - min(START_SECONDS, options.time // 10)
    command = [
        *(sys.executable, "-m", "bench", "run", options.study, "--out", common.shown(folder)),
        *("--workers", str(options.workers), "--stop-after", common.clock(taking)),
    ]
    script = SCRIPT.format(
        name=study.name,
        jobs=options.jobs,
        workers=options.workers,
        time=common.clock(options.time),
        term=min(TERM_SECONDS, options.time // 10),
        folder=shlex.quote(str(Path.cwd())),
        command=shlex.join(command),
    )
    print(script, end="")
    return common.DONE
