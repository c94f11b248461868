"""``python -m analysis variance TABLE``."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from analysis.commands import options

if TYPE_CHECKING:
    from analysis.answer.variance import VarianceBySource
    from analysis.methods.variance_components import Component

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

    table = options.table_of(given)
    given.control = given.control or "-"
    given.margin = given.direction = given.estimand = given.bad_ending = None
    metric, _, _ = options.question_of(given, table)
    options.answer(given, variance_by_source(table, metric, options.alpha_of(given, table)), text)


def text(found: VarianceBySource) -> str:
    """Return the components in words."""
    lines = [f"Variance of {found.metric} by source, intervals at {100 * (1 - found.alpha):g}%"]
    for each in found.conditions:
        lines.append(f"{each.condition} ({each.n} trials)")
        if each.why:
            lines.append(f"  {each.why}")
        lines += [_component(part) for part in each.components]
        if split := each.test_set:
            lines.append(
                f"  of the variance over seeds {split.total:.3g}: {split.lasting:.3g} would show on a new test"
                f" set, {split.churn:.3g} is this one's"
            )
    return "\n".join([*lines, *found.notes])


def _component(part: Component) -> str:
    said = f"  {' x '.join(part.factors):<32} SD {part.variance**0.5:.4g}  "
    if part.share is None or part.share_low is None or part.share_high is None:
        return said
    return f"{said}{100 * part.share:5.1f}%  [{100 * part.share_low:.0f}, {100 * part.share_high:.0f}]"
