"""What pairing by seed is worth to the effect of dropout, by the levels of other factors."""

from __future__ import annotations

from typing import Any

from analysis.factorial.worth_by_level import PairedEffects, WorthByLevel
from analysis.figures import worth_of_pairing as figure
from analysis.report.document import Column, Grid, Illustration, Item, Listing, Section
from analysis.report.gather import Material, Pool
from analysis.wording.factorial import tell
from analysis.wording.number_format import NOTHING, level
from analysis.wording.pairing import names, seeds_beside
from analysis.wording.units import plain, signed, unit_of


def section(material: Material, pool: Pool) -> Section | None:
    """Return the figure and its numbers; None where dropout at two rates crosses no other factor."""
    found = pool.evidence.paired_effects
    if found is None or figure.missing(pool.evidence) is not None:
        return None
    told = Listing(tuple(map(Item, sentences(found))))
    return Section(figure.PLOT.title, (Illustration(figure.PLOT, pool.evidence), told, grid(found)))


def sentences(found: PairedEffects) -> list[str]:
    """Return of each way to pair beside the reference whether it takes more seeds."""
    return [seeds_beside(each, each.reference, found.alpha) for each in found.by_level if each.reference is not None]


def grid(found: PairedEffects) -> Grid:
    """Return correlation, spread and seeds of every combination as a table."""
    unit, treatment = unit_of(found.metric), found.treatment.replace("_", " ")
    return Grid(
        name="pairing",
        caption=(
            f"Pairs of {treatment} {' and '.join(map(tell, found.levels))} by seed, with {level(found.alpha)} "
            "jackknife intervals, each for itself."
        ),
        columns=(
            Column("seeds by", numeric=False),
            Column("with", numeric=False),
            Column("correlation of pairs"),
            Column("SD of differences", unit.difference),
            Column("seeds needed", "times"),
        ),
        rows=tuple(_cells(each, unit.scale) for each in found.by_level),
        data=tuple(map(_flat, found.by_level)),
    )


def _flat(each: WorthByLevel) -> dict[str, Any]:
    """Return a row at full precision, the levels by the names of their factors."""
    row = each.to_json()
    return {one.factor: one.level for one in each.at} | {name: value for name, value in row.items() if name != "at"}


def _cells(each: WorthByLevel, scale: float) -> tuple[str, ...]:
    name, rest = names(each)
    r, needed = (each.correlation, each.correlation_low, each.correlation_high), each.seeds_needed
    spread = None if each.sd_difference is None else scale * each.sd_difference
    return (
        name,
        rest or NOTHING,
        _interval(*(signed(value, 2) for value in r)),
        plain(spread, 2),
        "1 (reference)"
        if each.reference is None
        else _interval(*(plain(value, 1) for value in (needed, each.seeds_needed_low, each.seeds_needed_high))),
    )


def _interval(centre: str, low: str, high: str) -> str:
    return centre if NOTHING in (centre, low) else f"{centre} ({low} to {high})"
