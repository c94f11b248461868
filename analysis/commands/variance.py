"""``python -m analysis variance TABLE``."""

from __future__ import annotations

import argparse
from typing import Any

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

    table = options.table_of(given)
    given.control = given.control or "-"
    given.margin, given.lower_is_better = None, None
    metric, _, rest = options.question_of(given, table)
    options.answer(given, variance_by_source(table, metric, rest["alpha"]), text)


def text(found: dict[str, Any]) -> str:
    """Return the components in words."""
    lines = [f"Variance of {found['metric']} by source, intervals at {100 * (1 - found['alpha']):g}%"]
    for each in found["conditions"]:
        lines.append(f"{each['condition']} ({each['n']} trials)")
        if each["why"]:
            lines.append(f"  {each['why']}")
        for component in each["components"]:
            share = component["share"]
            told = (
                ""
                if share is None
                else f"{100 * share:5.1f}%  [{100 * component['share_low']:.0f}, {100 * component['share_high']:.0f}]"
            )
            lines.append(f"  {' x '.join(component['factors']):<32} SD {component['variance'] ** 0.5:.4g}  {told}")
        if split := each["test_set"]:
            lines.append(
                f"  of the variance over seeds {split['total']:.3g}: {split['lasting']:.3g} would show on a new test"
                f" set, {split['churn']:.3g} is this one's"
            )
    return "\n".join([*lines, *found["notes"]])
