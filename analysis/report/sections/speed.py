"""Does a condition cost speed? From a measurement of its own, never from the times of the trials."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.figures import speed as figure
from analysis.report.document import Column, Grid, Illustration, Item, Listing, Paragraph, Section
from analysis.report.gather import Material, Pool
from analysis.wording.number_format import NOTHING, level
from analysis.wording.throughput import basis, count, left_out, sentence, short, tone, used
from analysis.wording.throughput_terminal import cells
from analysis.wording.units import MINUS


def section(material: Material, pool: Pool) -> Section:
    """Return what was measured, or how to measure it."""
    speed = pool.evidence.speed
    if speed is None:
        command = f"python -m bench throughput {material.study}"
        said = f"Speed was not measured by itself; {command} does it. Times of the trials are no measure of speed."
        return Section(figure.PLOT.title, (Paragraph(said),))
    why = figure.missing(pool.evidence)
    shown = Paragraph(why) if why is not None else Illustration(figure.PLOT, pool.evidence)
    reasons = "; ".join(f"{reason}, {count(slots, 'slot')}" for reason, slots in left_out(speed).items())
    blocks = [
        Listing(tuple(_item(entry, speed["margin"]) for entry in speed["comparisons"])),
        shown,
        _grid(speed),
        Paragraph(used(speed) + (f" Left out: {reasons}." if reasons else ""), "note"),
        Paragraph(basis(speed)),
    ]
    return Section(figure.PLOT.title, tuple(blocks))


def _item(entry: Mapping[str, Any], margin: float) -> Item:
    return Item(_typeset(sentence(entry, margin)), short(entry), tone(entry))


def _typeset(said: str) -> str:
    """Return text with true minus signs before its numbers; labels have none of their own after a space."""
    return said.replace(" -", f" {MINUS}")


def _grid(speed: Mapping[str, Any]) -> Grid:
    by_label = {entry["condition"]: entry for entry in speed["comparisons"]}
    rows = tuple(_row(alone, by_label.get(alone["condition"]), speed["margin"]) for alone in speed["conditions"])
    return Grid(
        name="speed",
        caption=(
            "Speed of each condition over its own slots, geometric means, and its time against the control's in the "
            "blocks that both share. Of the bound: what part of the time the matrix products alone would take."
        ),
        columns=(
            Column("condition", numeric=False),
            Column("verdict", numeric=False),
            Column("time", "change"),
            Column(f"{level(speed['alpha'])} interval, simultaneous"),
            Column("p, adjusted"),
            Column("blocks"),
            Column("throughput", "images/s"),
            Column("of the bound", "%"),
            Column("slots"),
        ),
        rows=rows,
        data=tuple(
            {**alone, **{key: value for key, value in by_label.get(alone["condition"], {}).items() if key != "blocks"}}
            for alone in speed["conditions"]
        ),
    )


def _row(alone: Mapping[str, Any], entry: Mapping[str, Any] | None, margin: float) -> tuple[str, ...]:
    compared = ("the control", NOTHING, NOTHING, NOTHING, NOTHING)
    if entry is not None:
        compared = (short(entry), *map(_typeset_cell, cells(entry, margin)), str(entry["n_blocks"]))
    return (
        alone["condition"],
        *compared,
        NOTHING if alone["throughput"] is None else f"{alone['throughput']:,.0f}",
        NOTHING if alone["fraction_of_bound"] is None else f"{100 * alone['fraction_of_bound']:.1f}",
        str(alone["n"]),
    )


def _typeset_cell(said: str) -> str:
    return said.replace("-", MINUS)
