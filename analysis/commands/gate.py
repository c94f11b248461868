"""``python -m analysis gate TABLE | BASE HEAD``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.commands import options

if TYPE_CHECKING:
    from analysis.answer.gate import Gate

NAME = "gate"
HELP = "whether what is required of the conditions holds: exit 0, 4 the opposite is shown, 5 neither"

EXITS = {"holds": 0, "opposite": 4, "neither": 5}


def arguments(command: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    command.add_argument(
        "table",
        metavar="TABLE",
        nargs="+",
        help=f"{options.TABLE}; two are a base and a head: each condition that both have is compared, seed by seed",
    )
    command.add_argument(
        "--require",
        required=True,
        choices=("superior", "not-inferior", "equivalent"),
        help="better by more than the margin; not worse by the margin; within the margin (its 90%% interval)",
    )
    command.add_argument(
        "--condition", action="append", default=[], metavar="LABEL", help="hold this one to it; may be repeated"
    )
    options.add_question(command)
    options.add_test_fraction(command)
    options.add_rows(command)
    options.add_json(command)
    command.add_argument("--markdown", metavar="FILE|-", help="write a summary as Markdown; '-' is standard output")
    command.add_argument("--junit", metavar="FILE|-", help="write the outcome of each condition as JUnit's XML")


def execute(given: argparse.Namespace) -> int:
    """Hold the conditions to what is required, and return the exit code that says whether it holds."""
    from analysis.base.errors import TableError
    from analysis.base.files import check_writable
    from analysis.base.records import json_text
    from analysis.wording import gate as words

    places = (given.json, given.markdown, given.junit)
    if places.count("-") > 1:
        raise TableError("--json, --markdown, --junit", ["are '-' more than once; standard output takes one of them"])
    for path in places:
        if path not in (None, "-"):
            check_writable(Path(path))
    found = _held(given)
    try:
        if given.junit is not None:
            options.give(words.junit(found), given.junit)
        if given.markdown is not None:
            options.give(words.markdown(found), given.markdown)
        if given.json is not None:
            options.give(json_text(found), given.json)
        if "-" not in places:
            options.say(words.render(found) + "\n")
    except BrokenPipeError:  # the reader of our output went away: the exit code says the same
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return EXITS[found.outcome]


def _held(given: argparse.Namespace) -> Gate:
    from analysis.answer.gate import gate, gate_versions
    from analysis.base.errors import TableError
    from analysis.tables.base_and_head import BASE

    if len(given.table) == 1:
        table = options.table_of(given, given.table[0])
        metric, control, rest = options.question_of(given, table)
        return gate(table, metric, control, given.require, given.condition, **rest)
    if len(given.table) > 2:
        raise TableError(", ".join(given.table), ["are more than two tables; allowed: one, or a base and a head"])
    base, head = (options.table_of(given, each, one_condition=True) for each in given.table)
    if given.control is not None:
        print(f"--control {given.control} is not used: with two tables the control is the first", file=sys.stderr)
    given.control = BASE
    metric, _, rest = options.question_of(given, base)
    return gate_versions(base, head, metric, given.require, given.condition, **rest)
