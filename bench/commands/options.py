"""What several commands have in common: types of arguments, exit codes, and the study that an argument names."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING

from bench.base.errors import UsageError, nearest
from bench.base.precision import DEVICES

if TYPE_CHECKING:
    from bench.record.store import Store
    from bench.study.study import Study
    from bench.study.tasks import TaskStudy


DONE, SOME_FAILED, USAGE, FAULT, INTERRUPTED = 0, 1, 2, 3, 130


def add_study(parser: argparse.ArgumentParser) -> None:
    """Add what every command on a study takes: the study, its folder, workers and devices."""
    parser.add_argument("study", metavar="STUDY", help="a study file, or the name of a study that ships")
    parser.add_argument(
        "--out", type=folder, metavar="DIR", help="results folder, or s3://BUCKET/PREFIX (default: results/<name>)"
    )
    add_workers(parser)
    parser.add_argument("--device", choices=["auto", *DEVICES], default="auto", help="default: those that are here")


def add_workers(parser: argparse.ArgumentParser) -> None:
    """Add the number of worker processes, None for as many as `bench.run.memory.workers_here` says."""
    parser.add_argument("--workers", type=count, help="processes (default: one per core that there is memory for)")


def study_and_folder(options: argparse.Namespace) -> tuple[Study | TaskStudy, Path]:
    """Return the study that the options name, and its results folder."""
    from bench.study.finding import find_study
    from bench.study.tasks import load

    study = load(find_study(options.study))
    for doubt in study.analysis.doubts:
        print(f"warning: {doubt}", file=sys.stderr)
    return study, options.out or Path("results") / study.name


def study_and_store(options: argparse.Namespace) -> tuple[Study, Store]:
    """Return the study without tasks that the options name, and its results; raise UsageError for one with tasks."""
    from bench.record.store import Store
    from bench.schema.paths import STUDY_FILE
    from bench.study.study import Study

    study, folder = study_and_folder(options)
    if isinstance(study, Study):
        return study, Store(folder)
    one = f"{shown(folder)}/{next(iter(study.tasks))}"
    raise UsageError(
        f"study {study.name} has the tasks {', '.join(study.tasks)}, and this command takes one of them: once "
        f"`bench run` has begun, {one}/{STUDY_FILE} --out {one}"
    )


def folder(text: str) -> Path:
    """Return `text` as a path; of a URL, that of its local copy."""
    if not text:
        raise argparse.ArgumentTypeError("an empty name was given; a folder is expected")
    from bench.schema.local_copy import located

    try:
        found = located(text)
        if found.exists() and not found.is_dir():
            raise argparse.ArgumentTypeError(f"{text} is a file; a folder is expected")
    except (OSError, ValueError) as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return found


def local(text: str) -> Path:
    """Return `text` as a path to write to; a URL is refused."""
    from bench.schema.paths import local

    return local(text)


def shown(folder: Path) -> str:
    """Return how a user names a results folder: by its URL where it is a local copy."""
    from bench.schema import local_copy

    return local_copy.shown(folder)


def count(text: str) -> int:
    """Return `text` as a positive whole number."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} was given; a positive whole number is expected")
    return int(text)


def duration(text: str) -> int:
    """Return the seconds in `text`, ``[D-]HH:MM:SS`` as Slurm takes it."""
    found = re.fullmatch(r"(?:(\d+)-)?(\d+):([0-5]\d):([0-5]\d)", text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} was given; hours, minutes and seconds are expected, as in 04:00:00")
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def clock(seconds: int) -> str:
    """Return a time as `duration` takes it."""
    days, rest = divmod(seconds, 86_400)
    text = f"{rest // 3600:02d}:{rest % 3600 // 60:02d}:{rest % 60:02d}"
    return f"{days}-{text}" if days else text


def one_of(names: Callable[[], Collection[str]]) -> Callable[[str], str]:
    """Return a type of argument: one of `names`, which are looked up when one is given, for that may take long."""

    def one(text: str) -> str:
        if text not in (allowed := names()):
            raise argparse.ArgumentTypeError(
                f"{text!r} was given; one of {', '.join(allowed)} is expected{nearest(text, allowed)}"
            )
        return text

    return one


def seed(text: str) -> int:
    """Return `text` as a seed."""
    if not text.isdecimal() or int(text) >= 1 << 63:
        raise argparse.ArgumentTypeError(f"{text!r} was given; a whole number from 0 is expected")
    return int(text)
