"""``python -m analysis selfcheck TABLE``."""

from __future__ import annotations

import argparse

from analysis.commands import options

NAME, HELP = "selfcheck", "do the error rates hold on these very data?"


def arguments(command: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    options.add_table(command)
    options.add_question(command)
    options.add_json(command)


def execute(given: argparse.Namespace) -> None:
    """Flip the signs of the centred differences, and count the claims."""
    from analysis.answer.asked import checked
    from analysis.wording.selfcheck_terminal import render

    table = options.table_of(given)
    metric, control, rest = options.question_of(given, table)
    options.answer(given, checked(table, metric, control, **rest), render)
