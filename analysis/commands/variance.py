"""``python -m analysis variance TABLE``."""

from __future__ import annotations

import argparse

from analysis.commands import options

NAME, HELP = "variance", "where the spread over seeds comes from: initialisation, order, mask, the test set"


def arguments(command: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    options.add_table(command)
    command.add_argument("--metric", help="column to look at; default: the primary of the folder's plan")
    command.add_argument("--control", help="not needed; every condition is looked at by itself")
    options.add_alpha(command)
    options.add_json(command)


def execute(given: argparse.Namespace) -> None:
    """Split each condition's variance."""
    from analysis.answer.variance import variance_by_source
    from analysis.wording.variance_terminal import render

    table = options.table_of(given)
    given.control = given.control or "-"
    given.margin = given.direction = given.estimand = given.bad_ending = None
    metric, _, _ = options.question_of(given, table)
    options.answer(given, variance_by_source(table, metric, options.alpha_of(given, table)), render)
