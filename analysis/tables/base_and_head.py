"""Two tables of the same conditions, one of each version of the code: side by side, paired by seed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from analysis.base.errors import TableError, listed, nearest
from analysis.tables.late_training import is_derived, late_training
from analysis.tables.reading import ORIGIN
from analysis.tables.table import Dropped, Table

BASE, HEAD = "base", "head"
"""What the two versions are called: HEAD is judged, BASE is the control."""


def both_have(base: Table, head: Table, wanted: Sequence[str] = ()) -> dict[str, tuple[str, str]]:
    """Return what is compared: its name, and the labels that it has in `base` and in `head`.

    Two tables of one condition each are compared whatever its labels are. Negative controls are left out.

    Parameters
    ----------
    base, head : Table
    wanted : sequence of str
        Conditions to compare; none: all that both tables have.

    Raises
    ------
    TableError
        A condition that one of them lacks, or that is a negative control; no condition that both have.
    """
    ours, theirs = (_trained(each) for each in (head, base))
    faults = [
        f"{name} has no condition {label!r} that is meant to train{nearest(label, labels)}"
        for label in wanted
        for name, labels in ((BASE, theirs), (HEAD, ours))
        if label not in labels
    ]
    if faults:
        raise TableError(_named(base, head), faults)
    if wanted:
        return {label: (label, label) for label in wanted}
    if len(ours) == len(theirs) == 1 and ours != theirs:
        return {f"{ours[0]} against {theirs[0]}": (theirs[0], ours[0])}
    shared = {label: (label, label) for label in theirs if label in ours}
    if not shared:
        fault = f"share no condition that is meant to train: {BASE} has {listed(theirs)}, {HEAD} has {listed(ours)}"
        raise TableError(_named(base, head), [fault])
    return shared


def side_by_side(base: Table, head: Table, labels: tuple[str, str], metric: str) -> Table:
    """Return the table of one condition in both versions, as the conditions `BASE` and `HEAD`.

    Raises
    ------
    TableError
        The versions were run on another device, precision, engine or data, or with another chance of guessing.
    """
    _like(base, head)
    base, head = _by_the_same_seeds(base, head)
    parts = {name: (table, label) for name, table, label in zip((BASE, HEAD), (base, head), labels, strict=True)}
    frames = [_rows(table, metric, label, name) for name, (table, label) in parts.items()]
    dropped = [
        Dropped(name, each.seeds, each.reason)
        for name, (table, label) in parts.items()
        for each in table.dropped
        if each.condition == label
    ]
    frame = pd.concat(frames, ignore_index=True)
    unit = head.unit if base.unit.independent else base.unit
    return replace(
        base,
        source=Path(_named(base, head)),
        frame=frame,
        conditions=(BASE, HEAD),
        seeds=tuple(sorted({int(seed) for seed in frame["seed"]})),
        stays_at_chance=frozenset(),
        dropped=tuple(dropped),
        warnings=(),
        plan=None,
        curves=None,
        unit=replace(unit, doubt_at_zero=". The change may not be applied"),
    )


def _by_the_same_seeds(base: Table, head: Table) -> tuple[Table, Table]:
    """Return both tables with seeds that have one number for each name."""
    if not base.seed_names and not head.seed_names:
        return base, head
    if not (base.seed_names and head.seed_names):
        named, plain = (BASE, HEAD) if base.seed_names else (HEAD, BASE)
        raise TableError(_named(base, head), [f"seeds are names in {named} and numbers in {plain}: none is in both"])
    names = tuple(dict.fromkeys([*base.seed_names, *head.seed_names]))
    number = {name: place for place, name in enumerate(names)}
    made = []
    for table in (base, head):
        new = [number[name] for name in table.seed_names]
        dropped = tuple(replace(each, seeds=tuple(new[int(seed)] for seed in each.seeds)) for each in table.dropped)
        frame = table.frame.assign(seed=[new[seed] for seed in table.frame["seed"]])
        made.append(replace(table, frame=frame.sort_values(["condition", "seed"]), seed_names=names, dropped=dropped))
    return made[0], made[1]


def notes(base: Table, head: Table, compared: Collection[tuple[str, str]]) -> list[str]:
    """Return what a reader must know of the two tables: what each warns of, and which conditions one of them lacks.

    Those that are `compared`, by their labels in `base` and in `head`, are not called left out.
    """
    said = [f"{name}: {text}" for name, table in ((BASE, base), (HEAD, head)) for text in table.warnings]
    used = [{label for label, _ in compared}, {label for _, label in compared}]
    lacking = {HEAD: (base, head, used[0]), BASE: (head, base, used[1])}
    return said + [
        f"{listed(missing)}: not compared, as {name} has no such condition"
        for name, (having, without, taken) in lacking.items()
        if (missing := [label for label in having.conditions if label not in without.conditions and label not in taken])
    ]


def _trained(table: Table) -> list[str]:
    return [label for label in table.conditions if label not in table.stays_at_chance]


def _rows(table: Table, metric: str, label: str, name: str) -> pd.DataFrame:
    """Return the rows of a condition as one of `name`; late training, which the curves make up, as columns."""
    frame = late_training(table).frame if is_derived(table, metric) else table.frame
    rows = frame[frame["condition"] == label]
    return rows.assign(**{"condition": name, ORIGIN: [f"{name}, {where}" for where in rows[ORIGIN]]})


def _like(base: Table, head: Table) -> None:
    faults = [
        f"were run with another {name}: {BASE} {base.pool.get(name) or '(none)'}, {HEAD} "
        f"{head.pool.get(name) or '(none)'}; allowed: the same in both"
        for name in dict.fromkeys([*base.pool, *head.pool])
        if len(base.frame) and len(head.frame) and base.pool.get(name) != head.pool.get(name)
    ]
    if base.chance != head.chance:
        faults.append(f"have another accuracy of guessing: {BASE} {base.chance}, {HEAD} {head.chance}; give --chance")
    if faults:
        raise TableError(_named(base, head), faults)


def _named(base: Table, head: Table) -> str:
    return f"{base.source}, {head.source}"
