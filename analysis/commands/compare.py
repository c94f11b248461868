"""``python -m analysis compare TABLE``."""

from __future__ import annotations

import argparse

from analysis.commands import options

NAME, HELP = "compare", "every condition against the control, on one metric"


def arguments(command: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    options.add_table(command)
    options.add_question(command)
    options.add_json(command)


def execute(given: argparse.Namespace) -> None:
    """Compare."""
    from analysis.answer.compare import compare
    from analysis.wording.terminal import render

    table = options.table_of(given)
    metric, control, rest = options.question_of(given, table)
    options.answer(given, compare(table, metric, control, **rest), render)
