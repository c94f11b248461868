"""``python -m bench check-plugin FILE.py``."""

from __future__ import annotations

import argparse
from pathlib import Path

from bench.commands import options as common

NAME = "check-plugin"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("plugin", type=Path, metavar="FILE.py", help="a file with regularisers or data sets")


def execute(options: argparse.Namespace) -> int:
    """Hold a user's regularisers to the laws of those that ship, and read a user's data sets.

    Exit code: 0 no law is broken, 1 one is, 2 there is nothing to check.
    """
    from bench.base.threads import single_thread
    from bench.checks.plugin.check import check
    from bench.data import data_root
    from bench.study.plugins import load

    plugin = load(options.plugin)
    single_thread()
    verdicts = check(plugin, data_root())
    width = max(len(f"{each.of} {each.law}") for each in verdicts)
    for each in verdicts:
        told = "holds" if each.broken is None else "BROKEN"
        print(f"{f'{each.of} {each.law}':{width}}  {told:6}  {each.broken or each.says}")
    broken = sum(each.broken is not None for each in verdicts)
    print(f"{len(verdicts)} laws: {broken} broken, {len(verdicts) - broken} hold")
    return common.SOME_FAILED if broken else common.DONE
