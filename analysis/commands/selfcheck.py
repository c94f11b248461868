"""``python -m analysis selfcheck TABLE``."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from analysis.commands import options

if TYPE_CHECKING:
    from analysis.answer.asked import Checked

NAME, HELP = "selfcheck", "do the error rates hold on these very data?"


def arguments(command: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    options.add_table(command)
    options.add_question(command)
    options.add_json(command)


def execute(given: argparse.Namespace) -> None:
    """Flip the signs of the centred differences, and count the claims."""
    from analysis.answer.asked import checked

    table = options.table_of(given)
    metric, control, rest = options.question_of(given, table)
    options.answer(given, checked(table, metric, control, **rest), text)


def text(found: Checked) -> str:
    """Return the self-check in words."""
    from analysis.wording.resampling import NAMES, outcome

    if not found.checks:
        return "Nothing can be checked: no condition has two pairs whose differences vary."
    how = "all" if found.exhaustive else f"{found.flips:,} random"
    conditions = len(found.conditions)
    lines = [
        f"Self-check of {found.metric} against {found.control}: {conditions} conditions, {found.n} seeds,"
        f" {how} flips of signs of the centred differences"
    ]
    for check in found.checks:
        lines.append(
            f"  {check.name:<40} {check.achieved:.4f} of {check.nominal:g}, at most {check.limit:.4f}: {check.verdict}"
        )
    lines.append(found.note)
    for each in found.resampled:
        if each.achieved is not None:
            name = f"{NAMES[each.estimand]}, any condition"
            lines.append(
                f"  {name:<40} {each.achieved:.4f} of {each.nominal:g}, at most {each.limit:.4f}: {outcome(each)}"
            )
    if any(each.achieved is not None for each in found.resampled):
        lines.append(
            f"The last rows: intervals in {found.resamples:,} studies of seeds drawn with replacement from these, "
            "against the value at all of them."
        )
    return "\n".join(lines)
