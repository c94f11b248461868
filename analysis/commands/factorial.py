"""``python -m analysis factorial TABLE``."""

from __future__ import annotations

import argparse

from analysis.commands import options

NAME, HELP = "factorial", "main effects and interactions of factors that the conditions cross, seeds as blocks"


def arguments(command: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    options.add_table(command)
    command.add_argument("--metric", help="column to analyse; default: the primary of the folder's plan")
    command.add_argument(
        "--factors",
        nargs="+",
        metavar="COLUMN",
        help="columns that are crossed; default: all that tell conditions apart",
    )
    command.add_argument(
        "--conditions", nargs="+", metavar="LABEL", help="conditions that form the factorial; default: all of them"
    )
    command.add_argument("--margin", type=float, help="smallest effect that matters, in the metric's unit")
    command.add_argument(
        "--scores",
        choices=("raw", "log", "rank"),
        default="raw",
        help="what the slope of a factor with three numeric levels or more runs over; default: raw, the levels",
    )
    options.add_alpha(command)
    options.add_direction(command)
    options.add_estimand(command)
    options.add_json(command)


def execute(given: argparse.Namespace) -> None:
    """Analyse the factorial."""
    from analysis.factorial import factorial
    from analysis.factorial.design import crossing
    from analysis.wording.factorial_terminal import render

    table = options.table_of(given)
    crossed = crossing(table, given.factors, given.conditions)
    given.control = "-"  # the cells of a factorial are compared with each other
    given.bad_ending = None  # runs that end badly are counted against a control
    metric, _, rest = options.question_of(given, table)
    options.answer(given, factorial(table, metric, crossed, scores=given.scores, **rest), render)
