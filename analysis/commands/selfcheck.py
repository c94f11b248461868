"""``python -m analysis selfcheck TABLE``."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.base.records import Record
from analysis.commands import options

if TYPE_CHECKING:
    from analysis.methods.self_check import SelfCheck

NAME, HELP = "selfcheck", "do the error rates hold on these very data?"


@dataclass(frozen=True, kw_only=True)
class Checked(Record):
    """Self-check of a metric against a control: the keys of `SelfCheck` after these two."""

    metric: str
    control: str
    found: SelfCheck

    def to_json(self) -> dict[str, Any]:
        """Return the keys side by side."""
        return {"metric": self.metric, "control": self.control, **self.found.to_json()}


def arguments(command: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    options.add_table(command)
    options.add_question(command)
    options.add_json(command)


def execute(given: argparse.Namespace) -> None:
    """Flip the signs of the centred differences, and count the claims."""
    from analysis.answer.compare import pairs_of
    from analysis.methods.self_check import self_check

    table = options.table_of(given)
    metric, control, rest = options.question_of(given, table)
    found = self_check(pairs_of(table, metric, control, **rest), rest["alpha"])
    options.answer(given, Checked(metric=metric, control=control, found=found), text)


def text(checked: Checked) -> str:
    """Return the self-check in words."""
    found = checked.found
    if not found.checks:
        return "Nothing can be checked: no condition has two pairs whose differences vary."
    how = "all" if found.exhaustive else f"{found.flips:,} random"
    conditions = len(found.conditions)
    lines = [
        f"Self-check of {checked.metric} against {checked.control}: {conditions} conditions, {found.n} seeds,"
        f" {how} flips of signs of the centred differences"
    ]
    for check in found.checks:
        lines.append(
            f"  {check.name:<40} {check.achieved:.4f} of {check.nominal:g}, at most {check.limit:.4f}: {check.verdict}"
        )
    return "\n".join([*lines, found.note])
