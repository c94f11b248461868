"""Does a condition cost speed? From a measurement of its own, never from the times of the trials."""

from __future__ import annotations

from typing import Any

from analysis.figures import speed as figure
from analysis.report.document import Column, Grid, Illustration, Item, Listing, Paragraph, Section
from analysis.report.gather import Material, Pool
from analysis.throughput.result import ConditionSpeed, Speed, SpeedComparison
from analysis.wording.number_format import NOTHING, level
from analysis.wording.throughput import basis, count, left_out, sentence, short, tone, used
from analysis.wording.throughput_terminal import cells
from analysis.wording.units import MINUS


def section(material: Material, pool: Pool) -> Section | None:
    """Return what was measured, or how to measure it; None for a table, beside which nothing can have been measured."""
    speed = pool.evidence.speed
    if speed is None:
        if material.plan is None:
            return None
        command = f"; python -m bench throughput {material.study} does it"
        measures = "" if pool.table.of_own_code else command
        said = f"Speed was not measured by itself{measures}. Times of the trials are no measure of speed."
        return Section(figure.PLOT.title, (Paragraph(said),))
    why = figure.missing(pool.evidence)
    shown = Paragraph(why) if why is not None else Illustration(figure.PLOT, pool.evidence)
    reasons = "; ".join(f"{reason}, {count(slots, 'slot')}" for reason, slots in left_out(speed).items())
    blocks = [
        Listing(tuple(_item(entry, speed.margin) for entry in speed.comparisons)),
        shown,
        _grid(speed),
        Paragraph(used(speed) + (f" Left out: {reasons}." if reasons else ""), "note"),
        Paragraph(basis(speed)),
    ]
    return Section(figure.PLOT.title, tuple(blocks))


def _item(entry: SpeedComparison, margin: float) -> Item:
    return Item(sentence(entry, margin, MINUS), short(entry), tone(entry))


def _grid(speed: Speed) -> Grid:
    rows = tuple(_row(alone, speed.against(alone.condition), speed.margin) for alone in speed.conditions)
    return Grid(
        name="speed",
        caption=(
            "Speed of each condition over its own slots, geometric means, and its time against the control's in the "
            "blocks that both share. Share of the bound: the part of the time that the matrix products alone would "
            "take."
        ),
        columns=(
            Column("condition", numeric=False),
            Column("verdict", numeric=False),
            Column("time", "change"),
            Column(f"{level(speed.alpha)} interval, simultaneous"),
            Column("p, adjusted"),
            Column("blocks"),
            Column("throughput", "images/s"),
            Column("share of the bound", "%"),
            Column("slots"),
        ),
        rows=rows,
        data=tuple(_numbers(alone, speed.against(alone.condition)) for alone in speed.conditions),
    )


def _numbers(alone: ConditionSpeed, entry: SpeedComparison | None) -> dict[str, Any]:
    """Return a condition at full precision, its blocks left out."""
    compared = {} if entry is None else {key: getattr(entry, key) for key in entry.names() if key != "blocks"}
    return {**vars(alone), **compared}


def _row(alone: ConditionSpeed, entry: SpeedComparison | None, margin: float) -> tuple[str, ...]:
    compared = ("the control", NOTHING, NOTHING, NOTHING, NOTHING)
    if entry is not None:
        compared = (short(entry), *cells(entry, margin, MINUS), str(entry.n_blocks))
    return (
        alone.condition,
        *compared,
        NOTHING if alone.throughput is None else f"{alone.throughput:,.0f}",
        NOTHING if alone.fraction_of_bound is None else f"{100 * alone.fraction_of_bound:.1f}",
        str(alone.n),
    )
