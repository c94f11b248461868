"""``python -m bench data list``, ``data fetch NAME`` and ``data verify NAME``."""

from __future__ import annotations

import argparse

from bench.base.errors import UsageError, nearest
from bench.commands import options as common

NAME = "data"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("action", choices=["list", "fetch", "verify"])
    parser.add_argument("name", nargs="?", metavar="NAME", help="one of those that data list shows")


def execute(options: argparse.Namespace) -> int:
    """List the data sets, or fetch or verify one."""
    from bench.data import DATA_SETS, data_root, fetch

    if options.action == "list":
        for each in DATA_SETS.values():
            here = "not here" if each.missing(data_root()) else "here"
            sizes = f"{each.train_total:>7,} + {each.test_total:>6,}"
            print(
                f"{each.name:21} {sizes}  {each.pixels:>4} numbers  {each.classes:>3} classes  {here:8}  {each.licence}"
            )
        return common.DONE
    if options.name is None:
        raise UsageError(f"data {options.action}: a data set is expected ({', '.join(DATA_SETS)})")
    if options.name not in DATA_SETS:
        raise UsageError(f"no data set {options.name}{nearest(options.name, DATA_SETS)} ({', '.join(DATA_SETS)})")
    data_set, root = DATA_SETS[options.name], data_root()
    if options.action == "fetch":
        fetch(options.name)
    data_set.verify(root)
    print(f"{data_set.name}: verified in {data_set.folder(root)} (licence {data_set.licence}, {data_set.origin})")
    return common.DONE
