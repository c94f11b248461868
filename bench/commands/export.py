"""``python -m bench export DIR FILE``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bench.commands import options as common
from bench.store import Store

NAME = "export"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("folder", metavar="DIR", type=Path)
    parser.add_argument("file", metavar="FILE", type=Path)


def execute(options: argparse.Namespace) -> int:
    """Write the trials of the present plan as one compact parquet file."""
    print(f"{Store(options.folder).export(options.file)} trials written to {options.file}", file=sys.stderr)
    return common.DONE
