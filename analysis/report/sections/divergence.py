"""Trials that collapsed or diverged: an outcome of its own, never dropped in silence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis import words
from analysis.figures.units import Unit, plain, unit_of
from analysis.report.document import Column, Grid, Paragraph, Section
from analysis.report.gather import Material, Pool
from analysis.report.phrases import listed
from analysis.telling import FEW, NOTHING, level, probability
from bench.schema import CHANCE_TOLERANCE


def section(material: Material, pool: Pool) -> Section:
    """Return how many trials of each condition diverged, with exact limits, and what that does to the means."""
    whole = pool.primary
    chance = pool.table.chance
    limit = "" if chance is None else f" (here {100 * (chance + CHANCE_TOLERANCE):g}%)"
    rule = (
        "A trial diverged where a loss is not a finite number, or where test accuracy at the end is at most chance "
        f"level plus {100 * CHANCE_TOLERANCE:g} points{limit}. The rule was fixed before the data. Numbers elsewhere "
        "in this report are given that both trials of a pair trained."
    )
    entries = [each for each in whole["divergence"] if not each["stays_at_chance"]]
    broke = [words.failure(each) for each in entries if each["n_diverged"]]
    found = f"Diverged: {listed(broke)}." if broke else "No trial diverged; the limits below say how often it might."
    exempt = [words.quoted(each["condition"]) for each in whole["divergence"] if each["stays_at_chance"]]
    if exempt:
        found += f" Meant to stay at chance, and not counted: {listed(exempt)}."
    return Section("Collapsed and diverged trials", (Paragraph(rule), Paragraph(found), _grid(whole, entries)))


def _grid(whole: Mapping[str, Any], entries: list[Mapping[str, Any]]) -> Grid:
    unit = unit_of(whole["metric"])
    columns = (
        Column("condition", numeric=False),
        Column("diverged", "of trials"),
        Column(f"{level(whole['alpha'])} limits, exact", "%"),
        Column("p, McNemar"),
        Column("difference given both trained", unit.difference),
        Column("difference, all trials", unit.difference),
    )
    return Grid(
        name="divergence",
        caption=(
            f"Diverged trials, and the mean difference in {unit.name} to {words.quoted(whole['control'])}: given that "
            "both trials of a pair trained, and over all trials, diverged ones scored at what they reached. No "
            "verdict rests on the last column alone."
        ),
        columns=columns,
        rows=tuple(_row(each, unit, whole["margin"]) for each in entries),
        data=tuple(whole["divergence"]),
    )


def _row(each: Mapping[str, Any], unit: Unit, margin: float | None) -> tuple[str, ...]:
    limits = NOTHING
    if each["rate_low"] is not None:
        limits = f"{plain(100 * each['rate_low'], 1)} to {plain(100 * each['rate_high'], 1)}"
    return (
        each["condition"],
        f"{each['n_diverged']} of {each['n']}",
        limits,
        NOTHING if each["n"] < FEW else probability(each["p_mcnemar"]),
        unit.tell_difference(each["complete_pairs_mean_difference"], margin),
        unit.tell_difference(each["intention_mean_difference"], margin),
    )
