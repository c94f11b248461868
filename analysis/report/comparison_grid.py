"""A comparison object as a table: one row per condition, the control first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.figures.evidence import Evidence
from analysis.figures.units import Unit, signed, unit_of
from analysis.figures.verdicts import short
from analysis.report.document import Column, Grid
from analysis.telling import NOTHING, level, max_t, mean_over_pairs, on_fewer_seeds, probability
from analysis.verdict import INCONCLUSIVE
from analysis.words import quoted

NO_BREAK = "\N{NO-BREAK SPACE}"

NOTE = "*"
"""Refers to the reason below a verdict that two ways of counting diverged trials leave undecided."""


def comparison_grid(whole: Mapping[str, Any], evidence: Evidence) -> Grid:
    """Return the table of one metric; its data has every key of every comparison at full precision."""
    unit, told = unit_of(whole["metric"]), level(whole["alpha"])
    columns = (
        Column("condition", numeric=False),
        Column("verdict", numeric=False),
        Column("difference", unit.difference),
        Column(f"{told} interval, simultaneous", unit.difference),
        Column("p, adjusted"),
        Column("effect", "dz"),
        Column("pairs"),
        Column("mean", unit.value),
        Column("control’s mean", unit.value),
        Column("dropout", numeric=False),
    )
    details = {each.label: each.detail.replace(" ", NO_BREAK) or NOTHING for each in evidence.settings}
    quiet = {index for index, each in enumerate(whole["comparisons"]) if each["stays_at_chance"]}
    return Grid(
        name=f"comparisons-{whole['metric']}",
        caption=_caption(whole, unit),
        columns=columns,
        rows=tuple(_row(each, unit, details) for each in whole["comparisons"]),
        data=tuple(_flat(each) for each in whole["comparisons"]),
        quiet=frozenset(quiet),
    )


def _row(each: Mapping[str, Any], unit: Unit, details: Mapping[str, str]) -> tuple[str, ...]:
    return (
        each["condition"],
        short(each) + (NOTE if _undecided_by_intention(each) else ""),
        unit.tell_difference(each["mean_difference"], each["margin"]),
        interval(each, unit),
        probability(max_t(each)),
        NOTHING if each["stays_at_chance"] else signed(each["cohen_dz"], 2),
        str(each["n_pairs"]),
        unit.tell(mean_over_pairs(each, "condition")),
        unit.tell(mean_over_pairs(each, "control")),
        details[each["condition"]],
    )


def _undecided_by_intention(each: Mapping[str, Any]) -> bool:
    return each["verdict"] == INCONCLUSIVE and bool(each["verdict_reason"])


def interval(each: Mapping[str, Any], unit: Unit) -> str:
    """Return the simultaneous interval in words, an en dash where there is none."""
    low, high = each["ci_low_simultaneous"], each["ci_high_simultaneous"]
    return NOTHING if low is None else " to ".join(unit.tell_differences([low, high], each["margin"]))


def _caption(whole: Mapping[str, Any], unit: Unit) -> str:
    direction = "lower is better" if whole["lower_is_better"] else "higher is better"
    margin = "no margin was set: verdicts go by the sign alone"
    if whole["margin"] is not None:
        margin = (
            f"differences within ±{unit.tell_margin(whole['margin'])} {unit.difference} count as too small to matter"
        )
    said = f"{unit.name.capitalize()} against {quoted(whole['control'])}; {direction}; {margin}. "
    said += "Both means are over the pairs of the row."
    fewer = {found for each in whole["comparisons"] if (found := on_fewer_seeds(each)) is not None}
    said += "".join(f" p: max-t, on the {number} seeds that all conditions have." for number in sorted(fewer))
    notes = [
        f" {NOTE} {quoted(each['condition'])}: {each['verdict_reason']}."
        for each in whole["comparisons"]
        if _undecided_by_intention(each)
    ]
    return said + "".join(notes)


def _flat(each: Mapping[str, Any]) -> dict[str, Any]:
    """Return a comparison without its pairs, lists as words."""
    return {
        key: " ".join(map(str, value)) if isinstance(value, list) else value
        for key, value in each.items()
        if key != "pairs"
    }


def pairs_data(whole: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    """Return every pair of every comparison: condition, seed, both values, difference."""
    return tuple(
        {"condition": each["condition"], "control": each["control"], "seed": pair["seed"]}
        | {"control_value": pair["control"], "condition_value": pair["condition"], "difference": pair["difference"]}
        for each in whole["comparisons"]
        for pair in each["pairs"]
    )


def summary_grid(whole: Mapping[str, Any], evidence: Evidence) -> Grid:
    """Return the table of each condition by itself: outcomes are heavy-tailed, so medians stand beside means."""
    unit = unit_of(whole["metric"])
    keys = ("mean", "sd", "median", "trimmed_mean", "minimum", "maximum")
    headings = ("mean", "SD", "median", "trimmed mean", "lowest", "highest")
    rows = tuple(
        (each["condition"], str(each["n"]), *(unit.tell(each[key]) for key in keys)) for each in whole["conditions"]
    )
    exempt = {each.label for each in evidence.at_chance}
    return Grid(
        name=f"conditions-{whole['metric']}",
        caption=(
            f"{unit.name.capitalize()} of each condition by itself, over the trials that trained; trimmed mean: "
            "without the lowest and highest fifth."
        ),
        columns=(
            Column("condition", numeric=False),
            Column("trials"),
            *(Column(heading, unit.value) for heading in headings),
        ),
        rows=rows,
        data=tuple(whole["conditions"]),
        quiet=frozenset(index for index, each in enumerate(whole["conditions"]) if each["condition"] in exempt),
    )
