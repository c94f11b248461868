"""Measurements of speed as plain text for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analysis.wording.number_format import NOTHING, level, probability
from analysis.wording.throughput import basis, count, left_out, p_of_enough, percents, sentence, short, used


def render(found: Sequence[Mapping[str, Any]]) -> str:
    """Return the objects of `analysis.throughput.speeds` as text."""
    return "\n\n".join(_one(speed) for speed in found)


def cells(entry: Mapping[str, Any], margin: float) -> tuple[str, str, str]:
    """Return change of time, simultaneous interval and adjusted p of a comparison as they are to be read."""
    ends = [entry[f"ratio_{end}_simultaneous"] for end in ("low", "high")]
    known = entry["ratio"] is not None
    return (
        percents([entry["ratio"]], margin)[0] if known else NOTHING,
        NOTHING if None in ends else " to ".join(percents(ends, margin)),
        probability(p_of_enough(entry)),
    )


def _one(speed: Mapping[str, Any]) -> str:
    by_label = {entry["condition"]: entry for entry in speed["comparisons"]}
    interval = f"{level(speed['alpha'])} interval"
    header = (
        "condition", "slots", "images/s", "of the bound", "time", interval, "p (max-t)", "blocks", "verdict",
    )  # fmt: skip
    rows = [header, *(_row(alone, by_label.get(alone["condition"]), speed["margin"]) for alone in speed["conditions"])]
    widths = [max(len(row[i]) for row in rows) for i in range(len(header))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    blocks = [basis(speed), "\n".join(lines)]
    blocks.append("\n".join(sentence(entry, speed["margin"]) for entry in speed["comparisons"]))
    blocks.append(used(speed))
    reasons = [f"  - {why}: {count(slots, 'slot')}" for why, slots in left_out(speed).items()]
    blocks.append("\n".join(["Left out:", *reasons]) if reasons else "")
    warnings = [f"  - {each}" for each in speed["warnings"]]
    blocks.append("\n".join(["Know before you believe this:", *warnings]) if warnings else "")
    return "\n\n".join(block for block in blocks if block)


def _row(alone: Mapping[str, Any], entry: Mapping[str, Any] | None, margin: float) -> tuple[str, ...]:
    speed = "-" if alone["throughput"] is None else f"{alone['throughput']:,.0f}"
    bound = "-" if alone["fraction_of_bound"] is None else f"{alone['fraction_of_bound']:.1%}"
    own = (alone["condition"], str(alone["n"]), speed, bound)
    if entry is None:
        return (*own, "", "", "", "", "the control")
    return (*own, *cells(entry, margin), str(entry["n_blocks"]), short(entry))
