"""``python -m analysis power``."""

from __future__ import annotations

import argparse
import math
from dataclasses import replace
from typing import TYPE_CHECKING

from analysis.base.errors import TableError
from analysis.commands import options

if TYPE_CHECKING:
    from analysis.answer.sample_size import Asked, ConditionPlan, PilotPlan, Plan

NAME, HELP = "power", "how many seeds a difference needs, or what a number of seeds can find"


def arguments(command: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    command.add_argument("--sd", type=float, help="standard deviation of the differences between pairs")
    command.add_argument("--delta", type=float, help="the difference to find, in the same unit")
    command.add_argument("--n", type=int, help="seeds that there are, in place of --delta")
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
    command.add_argument("--where", action="append", default=[], metavar="COLUMN=VALUE", help="rows of the pilot")
    options.add_json(command)


def execute(given: argparse.Namespace) -> None:
    """Plan."""
    from analysis.answer.sample_size import by_pilot, planned
    from analysis.methods.power import Design
    from analysis.tables.percent import hundredth

    _check(given)
    comparisons = 1 if given.comparisons is None else given.comparisons
    asked = Design(1.0, given.alpha, given.power, comparisons, estimand=given.estimand)
    if given.pilot is None:
        design = replace(asked, sd=given.sd)
        if faults := design.faults():
            raise TableError("power", faults)
        options.answer(given, planned(design, given.delta, given.n), text)
        return
    given.table = given.pilot
    given.margin = given.direction = given.bad_ending = None
    table = options.table_of(given)
    delta = hundredth(given.delta) if given.percent else given.delta
    metric, control, _ = options.question_of(given, table)
    if faults := asked.faults():
        raise TableError("power", faults)
    found = by_pilot(table, (metric, control), asked, given.comparisons, delta=delta, n=given.n)
    options.answer(given, found, text)


def _check(given: argparse.Namespace) -> None:
    """Raise TableError unless there is one question, and one source of the standard deviation."""
    faults = []
    if (given.delta is None) == (given.n is None):
        faults.append("give --delta (how many seeds?) or --n (what difference?), one of the two")
    if (given.sd is None) == (given.pilot is None):
        faults.append("give --sd or --pilot TABLE, one of the two")
    if given.percent and given.pilot is None:
        faults.append("--percent is of a pilot's metric: give --pilot TABLE with it")
    if given.delta is not None and not (math.isfinite(given.delta) and given.delta > 0):
        faults.append(f"--delta is {given.delta:g}; allowed: a finite number above 0")
    if given.n is not None and given.n < 2:
        faults.append(f"--n is {given.n}; allowed: 2 or more")
    if faults:
        raise TableError("power", faults)


def text(found: Plan | PilotPlan) -> str:
    """Return the plan in words."""
    from analysis.answer.sample_size import PilotPlan
    from analysis.wording.resampling import NAMES

    asked = f"{NAMES[found.estimand]}, power {found.power:g}, two-sided alpha {found.alpha:g}"
    if found.comparisons > 1:
        asked += f" over {found.comparisons} comparisons (Bonferroni)"
    if isinstance(found, PilotPlan):
        return "\n".join([asked, *(f"  {each.condition}: {_of_condition(each, found)}" for each in found.conditions)])
    said = f"SD of differences {found.sd:.4g}: "
    if found.detectable_difference is not None:
        return f"{asked}\n  {said}{found.n} seeds find {found.detectable_difference:.4g}"
    if found.delta is None:
        return f"{asked}\n  {said}{found.n} seeds test nothing"
    return f"{asked}\n  {said}{_seeds(found.n)} to find {found.delta:.4g}"


def _of_condition(each: ConditionPlan, asked: Asked) -> str:
    if each.why is not None:
        return each.why
    spread = "SD of differences" if asked.estimand == "mean" else "SD of normal noise with an interval as wide"
    said, upper = f"{spread} {each.sd:.4g}", f"SD {each.sd_upper:.4g} cannot be excluded"
    if each.test_set_floor:
        said += f", standard error from the test set {each.test_set_floor:.4g}"
    if asked.delta is None:
        said += f": {asked.n} seeds find {each.detectable_difference:.4g}"
        said += f" ({upper}: {each.detectable_difference_upper:.4g})"
    else:
        said += f": {_seeds(each.n)} to find {asked.delta:.4g} ({upper}: {_seeds(each.n_upper)})"
    return f"{said}. {each.images}" if each.images else said


def _seeds(n: int | None) -> str:
    return "more than ten million seeds" if n is None else f"{n:,} seeds"
