"""A comparison object as a table: one row per condition, the control first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.figures.evidence import Evidence
from analysis.figures.units import Unit, signed, unit_of
from analysis.figures.verdicts import FEW, short
from analysis.report.document import Column, Grid
from analysis.report.phrases import level, probability
from analysis.words import quoted

NOTHING, NO_BREAK = "–", "\N{NO-BREAK SPACE}"


def comparison_grid(whole: Mapping[str, Any], evidence: Evidence) -> Grid:
    """Return the table of one metric; its data has every key of every comparison at full precision."""
    unit, told = unit_of(whole["metric"]), level(whole["alpha"])
    columns = (
        Column("condition", numeric=False),
        Column("dropout", numeric=False),
        Column("pairs"),
        Column("mean", unit.value),
        Column("difference", unit.difference),
        Column(f"{told} interval, simultaneous", unit.difference),
        Column("p, adjusted"),
        Column("effect", "dz"),
        Column("verdict", numeric=False),
    )
    details = {each.label: each.detail.replace(" ", NO_BREAK) or NOTHING for each in evidence.settings}
    means = {each["condition"]: each for each in whole["conditions"]}
    first = means[whole["control"]]
    rows = [
        (
            whole["control"], details[whole["control"]], NOTHING, unit.tell(first["mean"]),
            *[NOTHING] * 4, "control",
        )
    ]  # fmt: skip
    rows += [_row(each, unit, details, means[each["condition"]]["mean"]) for each in whole["comparisons"]]
    quiet = {index for index, each in enumerate(whole["comparisons"], start=1) if each["stays_at_chance"]}
    return Grid(
        name=f"comparisons-{whole['metric']}",
        caption=_caption(whole, unit),
        columns=columns,
        rows=tuple(rows),
        data=tuple(_flat(each) for each in whole["comparisons"]),
        quiet=frozenset(quiet),
    )


def _row(each: Mapping[str, Any], unit: Unit, details: Mapping[str, str], mean: float | None) -> tuple[str, ...]:
    few = each["n_pairs"] < FEW
    return (
        each["condition"],
        details[each["condition"]],
        str(each["n_pairs"]),
        unit.tell(mean),
        unit.tell_difference(each["mean_difference"]),
        interval(each, unit),
        NOTHING if few else probability(each["p_max_t"]),
        NOTHING if each["stays_at_chance"] else signed(each["cohen_dz"], 2),
        short(each),
    )


def interval(each: Mapping[str, Any], unit: Unit) -> str:
    """Return the simultaneous interval in words, an en dash where there is none."""
    low, high = each["ci_low_simultaneous"], each["ci_high_simultaneous"]
    return NOTHING if low is None else f"{unit.tell_difference(low)} to {unit.tell_difference(high)}"


def _caption(whole: Mapping[str, Any], unit: Unit) -> str:
    direction = "lower is better" if whole["lower_is_better"] else "higher is better"
    margin = "no margin was set: verdicts go by the sign alone"
    if whole["margin"] is not None:
        margin = f"differences within ±{unit.tell(whole['margin'])} {unit.difference} count as too small to matter"
    return f"{unit.name.capitalize()} against {quoted(whole['control'])}; {direction}; {margin}."


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
