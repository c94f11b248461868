"""``python -m analysis power``."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from analysis.base.errors import TableError
from analysis.base.files import FIGURES
from analysis.commands import options

if TYPE_CHECKING:
    from pathlib import Path

    from analysis.answer.power_question import AnyPlan

NAME, HELP = "power", "how many seeds a difference or its absence needs, or what a number of seeds can show"


def arguments(command: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    command.add_argument("--sd", type=float, help="standard deviation of the differences between pairs")
    command.add_argument(
        "--delta",
        type=float,
        help="the difference to find, in the same unit; with --margin the true difference, positive where better",
    )
    command.add_argument(
        "--margin",
        type=float,
        help="smallest difference that matters: plan for a difference from 0 (without --delta, for a true one of the "
        "margin), one beyond the margin, not inferior by it, and equivalence within it (the last two at 0)",
    )
    command.add_argument("--n", type=int, help="seeds that there are: what do they find? With --margin: their power")
    command.add_argument("--alpha", type=float, default=0.05, help="two-sided; default %(default)s")
    command.add_argument("--power", type=float, default=0.8, help="default %(default)s")
    command.add_argument(
        "--comparisons", type=int, help="conditions compared with the control; default: 1, or the pilot's"
    )
    command.add_argument(
        "--estimand",
        choices=("mean", "typical"),
        default="mean",
        help="difference to detect: the mean, or the typical one by its exact interval; default %(default)s",
    )
    command.add_argument("--pilot", metavar="TABLE", help="take the standard deviations from this table")
    command.add_argument("--metric", help="of the pilot; default: the primary of the folder's plan")
    command.add_argument("--control", help="of the pilot; default: the control of the folder's plan")
    command.add_argument("--percent", action="store_true", help="the pilot's metric and --delta are in per cent")
    command.add_argument("--chance", type=float, help="accuracy of guessing, for pilots without 'classes'")
    options.add_late_epochs(command)
    options.add_columns(command)
    command.add_argument("--where", action="append", default=[], metavar="COLUMN=VALUE", help="rows of the pilot")
    command.add_argument(
        "--figure",
        type=options.local,
        metavar="FILE",
        help="draw the power by number of seeds: of --delta, or for --margin of a difference from 0 and equivalence; "
        "svg, pdf or png by the name's end",
    )
    options.add_json(command)


def execute(given: argparse.Namespace) -> None:
    """Plan."""
    from analysis.wording.power_terminal import render

    found = _found(given)
    if given.figure is not None:
        _draw(found, given.figure)
    options.answer(given, found, render)


def _found(given: argparse.Namespace) -> AnyPlan:
    """Return the plan that is asked for."""
    from analysis.answer.power_question import Planning
    from analysis.tables.percent import hundredth

    delta, margin = (hundredth(each) if given.percent else each for each in (given.delta, given.margin))
    asked = Planning(delta, given.n, margin, given.alpha, given.power, given.comparisons, given.estimand)
    if faults := asked.faults(given.sd, pilot=given.pilot is not None) + _faults_of_options(given):
        raise TableError("power", faults)
    if given.pilot is None:
        return asked.of_sd(given.sd)
    given.table = given.pilot
    given.margin = given.direction = given.bad_ending = None
    table = options.table_of(given)
    metric, control, _ = options.question_of(given, table)
    return asked.of_pilot(table, metric, control)


def _draw(found: AnyPlan, file: Path) -> None:
    """Write the power by number of seeds as a figure."""
    from analysis.answer.power_curves import curves_of_plan
    from analysis.figures.power_curves import OF_PLAN
    from analysis.figures.power_file import write

    curves = curves_of_plan(found)
    if curves is None:
        raise TableError(file, ["has nothing to show: no difference of the pilot varies, or none can be shown"])
    print(write(OF_PLAN, curves, file), file=sys.stderr)


def _faults_of_options(given: argparse.Namespace) -> list[str]:
    faults = []
    if given.percent and given.pilot is None:
        faults.append("--percent is of a pilot's metric: give --pilot TABLE with it")
    if given.figure is not None and given.figure.suffix.lower() not in FIGURES:
        faults.append(f"--figure is {given.figure}; allowed: a name that ends in {', '.join(FIGURES)}")
    if given.figure is not None and given.delta is None and given.margin is None:
        faults.append("--figure is of a true difference: give --delta or --margin with it")
    return faults
