"""``python -m bench export DIR FILE|FOLDER``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bench.commands import options as common

NAME = "export"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("folder", metavar="DIR", type=Path)
    parser.add_argument(
        "to", metavar="FILE|FOLDER", type=Path, help="a .parquet file for the trials alone, or a new results folder"
    )


def execute(options: argparse.Namespace) -> int:
    """Write the trials of the present plan as one compact file, or as a results folder of few files."""
    from bench.record.store import Store

    store, to = Store(options.folder), options.to
    number = store.export(to) if to.suffix == ".parquet" else store.pack(to)
    print(f"{number} trials written to {to}", file=sys.stderr)
    return common.DONE
