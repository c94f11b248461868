"""``python -m analysis power``."""

from __future__ import annotations

import argparse
import math
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from analysis.base.errors import TableError
from analysis.base.files import FIGURES
from analysis.commands import options

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from analysis.answer.goals import ConditionMargin, GoalPlan, MarginPlan, PilotMargin
    from analysis.answer.sample_size import Asked, ConditionPlan, PilotPlan, Plan

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
    from analysis.answer.goals import MarginPlan, PilotMargin

    _check(given)
    found = _found(given)
    if given.figure is not None:
        _draw(found, given.figure)
    options.answer(given, found, text_of_margin if isinstance(found, MarginPlan | PilotMargin) else text)


def _found(given: argparse.Namespace) -> Plan | PilotPlan | MarginPlan | PilotMargin:
    """Return the plan that is asked for."""
    from analysis.answer.goals import Wanted, for_margin, margin_by_pilot
    from analysis.answer.sample_size import by_pilot, planned
    from analysis.methods.power import Design
    from analysis.tables.percent import hundredth

    comparisons = 1 if given.comparisons is None else given.comparisons
    asked = Design(1.0, given.alpha, given.power, comparisons, estimand=given.estimand)
    if given.pilot is None:
        design = replace(asked, sd=given.sd)
        if faults := design.faults():
            raise TableError("power", faults)
        if given.margin is None:
            return planned(design, given.delta, given.n)
        return for_margin(design, Wanted(given.margin, given.delta, given.n))
    delta, margin = (hundredth(each) if given.percent else each for each in (given.delta, given.margin))
    given.table = given.pilot
    given.margin = given.direction = given.bad_ending = None
    table = options.table_of(given)
    metric, control, _ = options.question_of(given, table)
    if faults := asked.faults():
        raise TableError("power", faults)
    if margin is None:
        return by_pilot(table, (metric, control), asked, given.comparisons, delta=delta, n=given.n)
    return margin_by_pilot(table, (metric, control), asked, given.comparisons, Wanted(margin, delta, given.n))


def _draw(found: Plan | PilotPlan | MarginPlan | PilotMargin, file: Path) -> None:
    """Write the power by number of seeds as a figure."""
    from analysis.answer.power_curves import curves_of_plan
    from analysis.figures.power_curves import OF_PLAN
    from analysis.figures.power_file import write

    curves = curves_of_plan(found)
    if curves is None:
        raise TableError(file, ["has nothing to show: no difference of the pilot varies, or none can be shown"])
    print(write(OF_PLAN, curves, file), file=sys.stderr)


def _check(given: argparse.Namespace) -> None:
    """Raise TableError unless there is one question, and one source of the standard deviation."""
    faults = []
    both, neither = given.delta is not None and given.n is not None, given.delta is None and given.n is None
    if given.margin is None and (both or (neither and given.pilot is None)):
        faults.append("give --delta (how many seeds?) or --n (what difference?), one of the two; or --margin")
    if given.margin is not None and not (math.isfinite(given.margin) and given.margin > 0):
        faults.append(f"--margin is {given.margin:g}; allowed: a finite number above 0")
    if (given.sd is None) == (given.pilot is None):
        faults.append("give --sd or --pilot TABLE, one of the two")
    if given.percent and given.pilot is None:
        faults.append("--percent is of a pilot's metric: give --pilot TABLE with it")
    if given.delta is not None and not (math.isfinite(given.delta) and (given.delta > 0 or given.margin is not None)):
        allowed = "a finite number" if given.margin is not None else "a finite number above 0"
        faults.append(f"--delta is {given.delta:g}; allowed: {allowed}")
    if given.figure is not None and given.figure.suffix not in FIGURES:
        faults.append(f"--figure is {given.figure}; allowed: a name that ends in {', '.join(FIGURES)}")
    if given.figure is not None and given.delta is None and given.margin is None:
        faults.append("--figure is of a true difference: give --delta or --margin with it")
    if given.n is not None and given.n < 2:
        faults.append(f"--n is {given.n}; allowed: 2 or more")
    if faults:
        raise TableError("power", faults)


def text(found: Plan | PilotPlan) -> str:
    """Return the plan in words."""
    from analysis.answer.sample_size import PilotPlan

    asked = _asked(found)
    if isinstance(found, PilotPlan):
        return "\n".join([asked, *(f"  {each.condition}: {_of_condition(each, found)}" for each in found.conditions)])
    said = f"SD of differences {found.sd:.4g}: "
    if found.detectable_difference is not None:
        return f"{asked}\n  {said}{found.n} seeds find {found.detectable_difference:.4g}"
    if found.delta is None:
        return f"{asked}\n  {said}{found.n} seeds test nothing"
    return f"{asked}\n  {said}{_seeds(found.n)} to find {found.delta:.4g}"


def text_of_margin(found: MarginPlan | PilotMargin) -> str:
    """Return the plan for a margin in words."""
    from analysis.answer.goals import MarginPlan

    lines = [f"{_asked(found)}, margin {found.margin:.4g}"]
    if isinstance(found, MarginPlan):
        lines.append(f"  SD of differences {found.sd:.4g}:")
        return "\n".join([*lines, *_of_goals(found.goals, found, found.least_margin)])
    for each in found.conditions:
        if each.why is not None:
            lines.append(f"  {each.condition}: {each.why}")
            continue
        lines.append(f"  {each.condition}: {_spread(found, each)}:")
        lines += _of_goals(each.goals, found, each.least_margin, each.least_margin_upper)
    return "\n".join(lines)


def _of_goals(goals: Sequence[GoalPlan], asked: Asked, least: float | None, most: float | None = None) -> list[str]:
    """Return a line for each goal; after them the least margin that the given seeds show equivalence within."""
    lines = [f"    {_GOALS[each.goal]}: {_of_goal(each, asked)}" for each in goals]
    if least is None:
        return lines
    upper = "" if most is None else f" ({most:.4g})"
    return [*lines, f"    least margin for equivalence at a true difference of 0: {least:.4g}{upper}"]


def _of_goal(each: GoalPlan, asked: Asked) -> str:
    if each.why is not None:
        return each.why[0].lower() + each.why[1:]
    at = f"at a true difference of {each.delta:.4g}"
    if asked.n is None:
        return f"{_seeds(each.n)}{'' if each.n_upper is None else f' ({_seeds(each.n_upper)})'} {at}"
    return f"power {each.power:.3f}{'' if each.power_upper is None else f' ({each.power_upper:.3f})'} {at}"


_GOALS = {
    "superior": "a difference from 0",
    "beyond_margin": "better by more than the margin",
    "not_inferior": "not worse by the margin",
    "equivalent": "equivalent within the margin",
}


def _asked(found: Asked) -> str:
    from analysis.wording.resampling import NAMES

    asked = f"{NAMES[found.estimand]}, power {found.power:g}, two-sided alpha {found.alpha:g}"
    if found.comparisons > 1:
        asked += f" over {found.comparisons} comparisons (Bonferroni)"
    return asked


def _spread(asked: Asked, each: ConditionMargin) -> str:
    """Return the spread of a pilot, what cannot be excluded, and the standard error from the test set."""
    spread = "SD of differences" if asked.estimand == "mean" else "SD of normal noise with an interval as wide"
    said = f"{spread} {each.sd:.4g} ({each.sd_upper:.4g} cannot be excluded)"
    return f"{said}, {_floor(each)}" if each.test_set_floor else said


def _floor(each: ConditionPlan | ConditionMargin) -> str:
    said = f"standard error from the test set {each.test_set_floor:.4g}"
    if each.test_set_floor_low is None or each.test_set_floor_high is None:
        return said
    return f"{said} (between {each.test_set_floor_low:.4g} and {each.test_set_floor_high:.4g})"


def _of_condition(each: ConditionPlan, asked: Asked) -> str:
    if each.why is not None:
        return each.why
    spread = "SD of differences" if asked.estimand == "mean" else "SD of normal noise with an interval as wide"
    said, upper = f"{spread} {each.sd:.4g}", f"SD {each.sd_upper:.4g} cannot be excluded"
    if each.images:
        return f"{said}. {each.images}"
    if each.test_set_floor:
        said += f", {_floor(each)}"
    if asked.delta is None:
        said += f": {each.pilot_pairs if asked.n is None else asked.n} seeds find {each.detectable_difference:.4g}"
        return f"{said} ({upper}: {each.detectable_difference_upper:.4g})"
    return f"{said}: {_seeds(each.n)} to find {asked.delta:.4g} ({upper}: {_seeds(each.n_upper)})"


def _seeds(n: int | None) -> str:
    return "more than ten million seeds" if n is None else f"{n:,} seeds"
