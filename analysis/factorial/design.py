"""Which factors the conditions of a table cross, and which condition stands in which cell."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.base.errors import TableError, listed, nearest
from analysis.factorial.factors import Factor, Level, factor, found, level_of, named
from analysis.tables.table import Table

MOST_CELLS = 256
"""Largest factorial that is analysed."""

AT_CHANCE = "is a negative control"
CONTROL = "the control stands outside the crossing"
APART = "shares no level of any factor with another condition"
UNASKED = "is not among --conditions"
NO_TRIAL = "has no trial that ended: its levels are not known"


@dataclass(frozen=True)
class Crossing:
    """A full factorial.

    Parameters
    ----------
    factors : tuple of Factor
    cells : tuple of str
        The condition at each combination of levels, those of the last factor changing fastest.
    outside : tuple of (condition, reason)
        Conditions of the table that are no part of it.
    warnings : tuple of str
    """

    factors: tuple[Factor, ...]
    cells: tuple[str, ...]
    outside: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]

    def combinations(self) -> list[tuple[Level, ...]]:
        """Return the levels at each of `cells`, one per factor."""
        return list(itertools.product(*(each.levels for each in self.factors)))

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of levels of each factor."""
        return tuple(len(each.levels) for each in self.factors)


def crossing(table: Table, names: Sequence[str] | None = None, conditions: Sequence[str] | None = None) -> Crossing:
    """Return the full factorial that the conditions of `table` form.

    Parameters
    ----------
    table : Table
    names : sequence of str, optional
        Columns that are the factors; default: every column that is no identity, outcome or execution of a trial, is
        the same in all rows of a condition and differs between conditions. Columns that vary together are one factor.
    conditions : sequence of str, optional
        Default: all but negative controls, a control (of the plan) that the crossing does not need, and
        those that share no level with any other.

    Raises
    ------
    TableError
        Unknown names, a factor that is constant, that is empty somewhere or varies within a condition, fewer than two
        factors, a cell with no condition or with several.
    """
    faults = [
        f"there is no condition {label!r}{nearest(label, table.conditions)}"
        for label in conditions or ()
        if label not in table.conditions
    ]
    if faults:
        raise TableError(table.source, faults)
    inside, outside = _asked(table, conditions)
    if conditions is None:
        inside = _without_strangers(table, inside, names, outside)
    columns, warnings = _columns(table, inside, names)
    factors = [made for members in columns if len((made := factor(table, inside, members)).levels) > 1]
    _refuse_few(table, columns, factors, names)
    return Crossing(tuple(factors), _cells(table, inside, factors), tuple(outside), tuple(warnings))


def _columns(table: Table, inside: Sequence[str], names: Sequence[str] | None) -> tuple[list[list[str]], list[str]]:
    """Return the columns of each factor, and warnings."""
    return found(table, inside) if names is None else (named(table, inside, names), [])


def _asked(table: Table, conditions: Sequence[str] | None) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the conditions that may be cells, and why the others are not."""
    ended, inside, outside = set(table.frame["condition"]), [], []
    for label in table.conditions:
        why = None
        if conditions is not None and label not in conditions:
            why = UNASKED
        elif label in table.stays_at_chance:
            why = AT_CHANCE
        elif label not in ended:
            why = NO_TRIAL
        if why is None:
            inside.append(label)
        else:
            outside.append((label, why))
    return inside, outside


def _without_strangers(
    table: Table, inside: Sequence[str], names: Sequence[str] | None, outside: list[tuple[str, str]]
) -> list[str]:
    """Return the conditions that can stand in one crossing; those that cannot are added to `outside`, with a reason."""
    kept, levels = list(inside), _levels(table, inside, names)
    for label in inside:
        others = [levels[other] for other in kept if other != label]
        shares = any(mine == theirs for other in others for mine, theirs in zip(levels[label], other, strict=True))
        if not shares and len(kept) > 2:
            kept.remove(label)
            outside.append((label, APART))
    control = None if table.analysis is None else table.analysis.control
    without = [each for each in kept if each != control]
    if len(without) == len(kept) or _full(_levels(table, kept, names)) or not _full(_levels(table, without, names)):
        return kept
    outside.append((str(control), CONTROL))
    return without


def _levels(table: Table, inside: Sequence[str], names: Sequence[str] | None) -> dict[str, list[Level]]:
    """Return the levels of each condition, one per factor."""
    columns = _columns(table, inside, names)[0]
    return {label: [level_of(table, label, members) for members in columns] for label in inside}


def _full(levels: Mapping[str, Sequence[Level]]) -> bool:
    """Return whether every combination of the levels of two or more varying factors is there, once."""
    sizes = [len(set(column)) for column in zip(*levels.values(), strict=True)]
    distinct = {tuple(row) for row in levels.values()}
    return sum(size > 1 for size in sizes) > 1 and len(levels) == len(distinct) == math.prod(sizes)


def _refuse_few(
    table: Table, columns: Sequence[Sequence[str]], factors: Sequence[Factor], names: Sequence[str] | None
) -> None:
    """Raise where there are no two factors that vary."""
    constant = [members[0] for members in columns if members[0] not in {each.columns[0] for each in factors}]
    faults = []
    if names is not None and constant:
        faults = [
            f"factor {name!r} has one level in all of these conditions; allowed: two or more" for name in constant
        ]
    elif len(factors) < 2:
        known = [each.name for each in factors]
        faults = [
            f"the conditions vary in {'1 factor' if len(known) == 1 else f'{len(known)} factors'} ({listed(known)}); a "
            "factorial needs 2: name the columns with --factors"
        ]
    if faults:
        raise TableError(table.source, faults)


def _cells(table: Table, inside: Sequence[str], factors: Sequence[Factor]) -> tuple[str, ...]:
    """Return the condition of each cell; raise where one is empty or has several."""
    size = math.prod(len(each.levels) for each in factors)
    if size > MOST_CELLS:
        raise TableError(table.source, [f"the factors have {size} combinations of levels; allowed: up to {MOST_CELLS}"])
    at: dict[tuple[Level, ...], list[str]] = {}
    for label in inside:
        at.setdefault(tuple(each.of(table, label) for each in factors), []).append(label)
    combinations = list(itertools.product(*(each.levels for each in factors)))
    empty = [_told(each, factors) for each in combinations if each not in at]
    faults = (
        [f"{len(empty)} of {size} combinations of levels have no condition: {'; '.join(empty[:8])}"] if empty else []
    )
    faults += [
        f"conditions {listed(labels)} all stand at {_told(levels, factors)}; name the factor that tells them apart too"
        for levels, labels in at.items()
        if len(labels) > 1
    ]
    if faults:
        faults.append(
            f"a full factorial has every combination once; --conditions names those that form one, of {listed(inside)}"
        )
        raise TableError(table.source, faults)
    return tuple(at[each][0] for each in combinations)


def _told(levels: Sequence[Level], factors: Sequence[Factor]) -> str:
    return ", ".join(f"{each.name} {each.tell(level)}" for each, level in zip(factors, levels, strict=True))
