"""``python -m bench check-training TRAIN.py:FUNCTION | STUDY``."""

from __future__ import annotations

import argparse
import json
import math
import sys
from contextlib import redirect_stdout
from pathlib import Path

from bench.base.files import write_atomically
from bench.commands import options as common

NAME = "check-training"
STANDARD_OUTPUT = "-"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument(
        "training",
        metavar="TRAIN.py:FUNCTION|STUDY",
        help="a function that takes a trial, or a study with [experiment], whose conditions are compared",
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="a setting, as TOML has it, in each condition; without it a function has the values that it gives to "
        "trial.settings.get(NAME, VALUE), and epochs are cut down to 2",
    )
    parser.add_argument(
        "--time-limit", type=_seconds, default=60.0, metavar="S", help="seconds a training (default: %(default)g)"
    )
    parser.add_argument("--json", metavar="FILE|-", help="write the verdicts as JSON; '-' is standard output")


def execute(options: argparse.Namespace) -> int:
    """Check anybody's training code: that it repeats, pairs, evaluates, uses its seeds and settings, and resumes.

    It is trained some fifteen times, each in a process of its own, changed in one respect at a time. Exit code: 0 no
    law is broken, 1 one is, 2 there is nothing that trains.
    """
    from bench.checks.training import wording
    from bench.checks.training.check import check
    from bench.checks.training.resolving import parsed, resolve

    with redirect_stdout(sys.stderr):
        checked = check(resolve(options.training, parsed(options.set)), options.time_limit)
    found = wording.document(checked)
    as_json = json.dumps(found, indent=1, allow_nan=False, ensure_ascii=False) + "\n"
    print(wording.render(found), file=sys.stderr if options.json == STANDARD_OUTPUT else sys.stdout)
    if options.json == STANDARD_OUTPUT:
        print(as_json, end="")
    elif options.json is not None:
        write_atomically(Path(options.json), as_json.encode())
    return common.SOME_FAILED if checked.broken else common.DONE


def _seconds(text: str) -> float:
    """Return `text` as a number of seconds above 0."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} was given; a finite number of seconds above 0 is expected")
    return seconds
