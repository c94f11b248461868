"""What is asked of a table beside a comparison: its sequences and its self-check, with metric and control."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Unpack

from analysis.answer.compare import family_of
from analysis.answer.sequences import Sequences, sequences
from analysis.base.records import Record, merged
from analysis.methods.self_check import SelfCheck, self_check
from analysis.tables.asking import asked_of
from analysis.tables.folds import refuse_folds
from analysis.tables.question import Told
from analysis.tables.table import Table


@dataclass(frozen=True, kw_only=True)
class Asked(Record):
    """What is compared with what."""

    metric: str
    control: str


@dataclass(frozen=True, kw_only=True)
class Noted(Asked):
    """What is compared with what, and what to know of it; None where that is nothing."""

    note: str | None


@dataclass(frozen=True, kw_only=True)
class Followed(Noted, Sequences):
    """Sequences of a metric against a control."""


@dataclass(frozen=True, kw_only=True)
class Checked(Asked, SelfCheck):
    """Self-check of a metric against a control."""


def followed(table: Table, metric: str, control: str, *, planned: int | None = None, **told: Unpack[Told]) -> Followed:
    """Return what was known of every condition after each seed, and at `planned` looks; the errors of `compare`."""
    refuse_folds(table.source, table.unit, "a confidence sequence")
    family, asked = family_of(table, metric, control, **told), asked_of(table, metric, control, told)
    diverged = int(table.frame["diverged"].to_numpy(bool).sum())
    trials = "1 diverged trial" if diverged == 1 else f"{diverged} diverged trials"
    note = f"{trials}: the sequences run on complete pairs" if diverged else None
    return merged(
        Followed,
        Noted(metric=metric, control=control, note=note),
        sequences([each.complete for each in family], asked.alpha, planned, asked.estimand),
    )


def checked(table: Table, metric: str, control: str, **told: Unpack[Told]) -> Checked:
    """Return the error rates of tests and intervals on these very data; the errors of `compare`."""
    refuse_folds(table.source, table.unit, "the self-check")
    family, alpha = family_of(table, metric, control, **told), asked_of(table, metric, control, told).alpha
    complete, every = [each.complete for each in family], [each.every for each in family]
    return merged(Checked, Asked(metric=metric, control=control), self_check(complete, alpha, every))
