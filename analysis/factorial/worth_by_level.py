"""What pairing is worth to the effect of dropout, at each combination of the other factors."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from analysis.base.errors import TableError
from analysis.base.records import Record, merged
from analysis.factorial.blocks import blocks
from analysis.factorial.design import Crossing, crossing
from analysis.factorial.factors import Factor, Level, stem
from analysis.factorial.result import HeldAt
from analysis.methods.worth_of_pairing import WorthOfPairing, worth_of_pairing
from analysis.tables.metric import measure
from analysis.tables.table import Table

TREATMENT = "dropout"
"""Name of the factor, or what it shares with that of another layer."""


@dataclass(frozen=True, kw_only=True)
class WorthByLevel(WorthOfPairing):
    """What pairing both rates of dropout is worth at one combination of levels.

    Parameters
    ----------
    at : tuple of HeldAt
        The factor that the reference differs in first, then all others.
    reference : Level or None
        The level of that factor which `seeds_needed` is relative to; None where this is it.
    """

    at: tuple[HeldAt, ...]
    reference: Level | None


@dataclass(frozen=True, kw_only=True)
class PairedEffects(Record):
    """All combinations.

    Parameters
    ----------
    metric : str
    alpha : float
    treatment : str
        The factor that is paired.
    levels : tuple of two levels
        Its own.
    by_level : tuple of WorthByLevel
    """

    metric: str
    alpha: float
    treatment: str
    levels: tuple[Level, ...]
    by_level: tuple[WorthByLevel, ...]


def paired_effects(table: Table, metric: str, control: str, alpha: float) -> PairedEffects | None:
    """Return what pairing is worth by level; None where dropout at two rates crosses no other factor.

    Seeds are those at which every cell trained. Of the other factors the first whose levels are names, else the first,
    is the one that the reference differs in: it has the level of the control there.
    """
    try:
        found = crossing(table)
    except TableError:
        return None
    treated = next((each for each in found.factors if stem(each.name) == TREATMENT and len(each.levels) == 2), None)
    if treated is None or control not in found.cells:
        return None
    held = blocks(measure(table, metric), found.cells, table.chance)
    varied, *others = sorted((each for each in found.factors if each is not treated), key=lambda each: each.numeric)
    rows = []
    for rest in itertools.product(*(each.levels for each in others)):
        at = dict(zip(others, rest, strict=True))
        of = {
            level: held.values[:, [_column(found, at | {varied: level, treated: rate}) for rate in treated.levels]]
            for level in varied.levels
        }
        usual = varied.of(table, control)
        rows += [
            merged(
                WorthByLevel,
                worth_of_pairing(pairs, None if level == usual else of[usual], alpha),
                at=tuple(HeldAt(factor=each.name, level=its) for each, its in ({varied: level} | at).items()),
                reference=None if level == usual else usual,
            )
            for level, pairs in of.items()
        ]
    return PairedEffects(
        metric=metric, alpha=alpha, treatment=treated.name, levels=treated.levels, by_level=tuple(rows)
    )


def _column(found: Crossing, at: dict[Factor, Level]) -> int:
    """Return the place of the cell at these levels."""
    return found.combinations().index(tuple(at[each] for each in found.factors))
