"""``python -m analysis sequential TABLE``."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from analysis.base.errors import TableError
from analysis.commands import options

if TYPE_CHECKING:
    from analysis.answer.asked import Followed

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

    if given.planned_looks is not None and given.planned_looks < 1:
        raise TableError("sequential", [f"--planned-looks is {given.planned_looks}; allowed: 1 or more"])
    table = options.table_of(given)
    metric, control, rest = options.question_of(given, table)
    found = followed(table, metric, control, planned=given.planned_looks, **rest)
    options.answer(given, found, text)


def text(found: Followed) -> str:
    """Return the sequences in words: where each stands, and when it first excluded 0."""
    from analysis.wording.sentences import amount

    metric, of = found.metric, found.estimand or "mean"
    lines = [f"{metric} against {found.control}, looked at after every seed; alpha {found.alpha:g}"]
    for each in found.sequences:
        last = each.looks[-1] if each.looks else None
        if last is None:
            lines.append(f"  {each.condition}: no pairs")
            continue
        centre = f"{of} {amount(last.centre, metric)}"
        reach = "unbounded" if last.ends is None else f"({' to '.join(amount(end, metric) for end in last.ends)})"
        first = each.first_n_excluding_zero
        when = "has not excluded 0" if first is None else f"first excluded 0 after {first} seeds"
        lines.append(f"  {each.condition}: {centre} {reach} after {last.n} seeds; {when}")
    return "\n".join([*lines, *([found.note] if found.note else [])])
