"""``python -m bench data fetch NAME`` and ``data verify NAME``."""

from __future__ import annotations

import argparse

from bench.commands import options as common
from bench.data import DATA_SETS, data_root
from bench.faults import UsageError, nearest

NAME = "data"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("action", choices=["fetch", "verify"])
    parser.add_argument("name", metavar="NAME", help=", ".join(DATA_SETS))


def execute(options: argparse.Namespace) -> int:
    """Fetch or verify a data set."""
    if options.name not in DATA_SETS:
        raise UsageError(f"no data set {options.name}{nearest(options.name, DATA_SETS)} ({', '.join(DATA_SETS)})")
    data_set, root = DATA_SETS[options.name], data_root()
    if options.action == "fetch":
        common.fetch(options.name)
    data_set.verify(root)
    print(f"{data_set.name}: verified in {data_set.folder(root)} (licence {data_set.licence}, {data_set.origin})")
    return common.DONE
