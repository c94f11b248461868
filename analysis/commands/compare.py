"""``python -m analysis compare TABLE...``."""

from __future__ import annotations

import argparse

from analysis.commands import options

NAME, HELP = "compare", "every condition against the control, on one metric; on several tasks too"


def arguments(command: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    options.add_tables(command)
    options.add_question(command)
    options.add_test_fraction(command)
    command.add_argument(
        "--cross-check",
        action="store_true",
        help="beside each verdict what the Bayesian signed-rank test of baycomp says (extra: bayes)",
    )
    options.add_json(command)


def execute(given: argparse.Namespace) -> None:
    """Compare."""
    from dataclasses import replace

    from analysis.answer.compare import compare
    from analysis.answer.cross_check import cross_check
    from analysis.answer.tasks import compare_tasks
    from analysis.base.errors import TableError
    from analysis.tables.tasks import Tasks
    from analysis.wording import tasks_terminal, terminal

    found = options.tables_of(given)
    if isinstance(found, Tasks):
        if given.cross_check:
            raise TableError(found.source, ["--cross-check is for one task; this table has several"])
        metric, control, rest = options.question_of(given, found.first)
        rest["scale"] = given.scale
        options.answer(given, compare_tasks(found, metric, control, **rest), tasks_terminal.render)
        return
    if given.scale != "raw":
        raise TableError(found.source, [f"--scale {given.scale} is for several tasks; this table is of one"])
    metric, control, rest = options.question_of(given, found)
    whole = compare(found, metric, control, **rest)
    if given.cross_check:
        whole = replace(whole, cross_check=cross_check(whole))
    options.answer(given, whole, terminal.render)
