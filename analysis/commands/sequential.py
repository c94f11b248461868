"""``python -m analysis sequential TABLE``."""

from __future__ import annotations

import argparse

from analysis.base.errors import TableError
from analysis.commands import options

NAME, HELP = "sequential", "what was known after each seed, whenever one looks"


def arguments(command: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    options.add_table(command)
    options.add_question(command)
    command.add_argument(
        "--planned-looks",
        type=int,
        metavar="N",
        help="seeds looked at N times, evenly: levels by O'Brien-Fleming spending",
    )
    options.add_json(command)


def execute(given: argparse.Namespace) -> None:
    """Follow every condition's confidence sequence seed by seed."""
    from analysis.answer.asked import followed
    from analysis.wording.sequences_terminal import render

    if given.planned_looks is not None and given.planned_looks < 1:
        raise TableError("sequential", [f"--planned-looks is {given.planned_looks}; allowed: 1 or more"])
    table = options.table_of(given)
    metric, control, rest = options.question_of(given, table)
    found = followed(table, metric, control, planned=given.planned_looks, **rest)
    options.answer(given, found, render)
