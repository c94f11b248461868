"""``python -m bench seal DIR``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bench.commands import options as common

NAME = "seal"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("folder", metavar="DIR", type=Path, help="a results folder that an earlier version wrote")


def execute(options: argparse.Namespace) -> int:
    """Add to the files of a results folder the digest that every reader asks for, where they have none."""
    from bench.record.seal_old_files import seal_folder

    added, number = seal_folder(options.folder)
    print(f"{added} files sealed, {number - added} were already", file=sys.stderr)
    return common.DONE
