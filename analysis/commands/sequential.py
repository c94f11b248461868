"""``python -m analysis sequential TABLE``."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.base.errors import TableError
from analysis.base.records import Record
from analysis.commands import options

if TYPE_CHECKING:
    from analysis.answer.sequences import Sequences

NAME, HELP = "sequential", "what was known after each seed, whenever one looks"


@dataclass(frozen=True, kw_only=True)
class Followed(Record):
    """Sequences of a metric against a control: the keys of `Sequences` after these three."""

    metric: str
    control: str
    note: str | None
    found: Sequences

    def to_json(self) -> dict[str, Any]:
        """Return the keys side by side."""
        return {"metric": self.metric, "control": self.control, "note": self.note, **self.found.to_json()}


def arguments(command: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    options.add_table(command)
    options.add_question(command)
    command.add_argument(
        "--planned-looks",
        type=int,
        metavar="N",
        help="seeds looked at N times, evenly: levels by O'Brien-Fleming spending",
    )
    options.add_json(command)


def execute(given: argparse.Namespace) -> None:
    """Follow every condition's confidence sequence seed by seed."""
    from analysis.answer.compare import pairs_of
    from analysis.answer.sequences import sequences

    if given.planned_looks is not None and given.planned_looks < 1:
        raise TableError("sequential", [f"--planned-looks is {given.planned_looks}; allowed: 1 or more"])
    table = options.table_of(given)
    metric, control, rest = options.question_of(given, table)
    family = pairs_of(table, metric, control, **rest)
    found = sequences(family, rest["alpha"], given.planned_looks)
    diverged = int(table.frame["diverged"].to_numpy(bool).sum())
    trials = "1 diverged trial" if diverged == 1 else f"{diverged} diverged trials"
    note = f"{trials}: the sequences run on complete pairs" if diverged else None
    options.answer(given, Followed(metric=metric, control=control, note=note, found=found), text)


def text(followed: Followed) -> str:
    """Return the sequences in words: where each stands, and when it first excluded 0."""
    from analysis.wording.sentences import amount

    metric, found = followed.metric, followed.found
    lines = [f"{metric} against {followed.control}, looked at after every seed; alpha {found.alpha:g}"]
    for each in found.sequences:
        last = each.looks[-1] if each.looks else None
        if last is None:
            lines.append(f"  {each.condition}: no pairs")
            continue
        mean = amount(last.mean, metric)
        reach = "unbounded" if last.half_width is None else f"± {amount(last.half_width, metric)[1:]}"
        first = each.first_n_excluding_zero
        when = "has not excluded 0" if first is None else f"first excluded 0 after {first} seeds"
        lines.append(f"  {each.condition}: {mean} {reach} after {last.n} seeds; {when}")
    return "\n".join([*lines, *([followed.note] if followed.note else [])])
