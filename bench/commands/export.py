"""``python -m bench export DIR FILE|FOLDER``."""

from __future__ import annotations

import argparse
import sys

from bench.commands import options as common

NAME = "export"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("folder", metavar="DIR", type=common.folder)
    parser.add_argument("to", metavar="FILE|FOLDER", type=common.local, help="a .parquet file, or a new results folder")


def execute(options: argparse.Namespace) -> int:
    """Write the trials of the present plan as one compact file, or as a results folder of few files.

    Of a study with several tasks: one file, with a column `task`, or a folder with one of each task in it.
    """
    from bench.record.export import export, pack
    from bench.record.store import Store

    to = options.to
    done = (export if to.suffix.lower() == ".parquet" else pack)(Store(options.folder), to)
    print(f"{done.trials} trials written to {to}, with {done.points} rows of curves", file=sys.stderr)
    if done.without_curve:
        print(f"warning: {done.without_curve} of these trials have no curve in {options.folder}", file=sys.stderr)
    return common.DONE
