"""What pairing by seed was worth: to each condition, and to the effect of dropout by the levels of other factors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from analysis.answer.comparison import Comparison
from analysis.factorial.worth_by_level import PairedEffects, WorthByLevel
from analysis.figures import worth_of_pairing as figure
from analysis.methods.worth_of_pairing import WorthOfPairing, worth_of_pairing
from analysis.report.document import Block, Column, Grid, Illustration, Item, Listing, Paragraph, Section
from analysis.report.gather import Material, Pool
from analysis.wording import pairing
from analysis.wording.factorial import tell
from analysis.wording.number_format import NOTHING, level
from analysis.wording.pairing import names, seeds_beside
from analysis.wording.phrases import quoted
from analysis.wording.units import plain, unit_of

TITLE = "What pairing by seed was worth here"


def section(_: Material, pool: Pool) -> Section | None:
    """Return words and numbers by condition, and by level where dropout crosses other factors; None without either."""
    whole, blocks = pool.primary, list[Block]()
    known = {label: each for label, each in by_condition(whole).items() if each.seeds_unpaired is not None}
    if known:
        blocks += [*map(Paragraph, pairing.worth(known, whole.alpha)), _by_condition(known, whole)]
    found = pool.evidence.paired_effects
    if found is not None and figure.missing(pool.evidence) is None:
        told = Listing(tuple(map(Item, sentences(found))))
        blocks += [Illustration(figure.PLOT, pool.evidence), told, grid(found)]
    return Section(TITLE, tuple(blocks)) if blocks else None


def by_condition(whole: Comparison) -> dict[str, WorthOfPairing]:
    """Return what pairing was worth to each judged comparison with the control."""
    return {
        each.condition: worth_of_pairing(
            np.array([(pair.condition, pair.control) for pair in each.pairs]).reshape(-1, 2), None, whole.alpha
        )
        for each in whole.judged
    }


def _by_condition(known: Mapping[str, WorthOfPairing], whole: Comparison) -> Grid:
    unit = unit_of(whole.metric)
    return Grid(
        name="pairing-by-condition",
        caption=(
            f"Each condition and {quoted(whole.control)} by seed, in {unit.name}: correlation, and variance of the "
            "difference of two unpaired trials as a multiple of that of a pair, which is how many seeds of an unpaired "
            "comparison one in pairs replaces, for the mean difference over new seeds on this test set. "
            f"{level(whole.alpha)} jackknife intervals, each for itself. Verdicts go by the last column: where a "
            "few seeds make the correlation, its interval can cover 0 although that of the multiple excludes 1."
        ),
        columns=(
            Column("condition", numeric=False),
            Column("pairs"),
            Column("correlation of pairs"),
            Column("SD of differences", unit.difference),
            Column("unpaired seeds for one in pairs"),
        ),
        rows=tuple(
            (
                label,
                str(each.n),
                pairing.correlation(each),
                plain(None if each.sd_difference is None else unit.scale * each.sd_difference, 2),
                pairing.unpaired(each),
            )
            for label, each in known.items()
        ),
        data=tuple({"condition": label} | each.to_json() for label, each in known.items()),
    )


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
    spread = None if each.sd_difference is None else scale * each.sd_difference
    return (
        name,
        rest or NOTHING,
        pairing.correlation(each),
        plain(spread, 2),
        "1 (reference)" if each.reference is None else pairing.needed(each),
    )
