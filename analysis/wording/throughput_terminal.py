"""Measurements of speed as plain text for a terminal."""

from __future__ import annotations

from analysis.throughput.result import ConditionSpeed, Measurements, Speed, SpeedComparison
from analysis.wording.number_format import NOTHING, level, probability
from analysis.wording.throughput import basis, count, left_out, percents, sentence, short, used


def render(found: Measurements) -> str:
    """Return measurements of speed as text."""
    return "\n\n".join(_one(speed) for speed in found.measurements)


def cells(entry: SpeedComparison, margin: float, minus: str = "-") -> tuple[str, str, str]:
    """Return change of time, simultaneous interval and adjusted p of a comparison as they are to be read."""
    ends = entry.simultaneous
    return (
        NOTHING if entry.ratio is None else percents([entry.ratio], margin, minus)[0],
        NOTHING if ends is None else " to ".join(percents(ends, margin, minus)),
        probability(entry.adjusted_p),
    )


def _one(speed: Speed) -> str:
    interval = f"{level(speed.alpha)} interval"
    header = (
        "condition", "slots", "images/s", "of the bound", "time", interval, "p (max-t)", "blocks", "verdict",
    )  # fmt: skip
    rows = [header, *(_row(alone, speed.against(alone.condition), speed.margin) for alone in speed.conditions)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(header))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    blocks = [basis(speed), "\n".join(lines)]
    blocks.append("\n".join(sentence(entry, speed.margin) for entry in speed.comparisons))
    blocks.append(used(speed))
    reasons = [f"  - {why}: {count(slots, 'slot')}" for why, slots in left_out(speed).items()]
    blocks.append("\n".join(["Left out:", *reasons]) if reasons else "")
    warnings = [f"  - {each}" for each in speed.warnings]
    blocks.append("\n".join(["Know before you believe this:", *warnings]) if warnings else "")
    return "\n\n".join(block for block in blocks if block)


def _row(alone: ConditionSpeed, entry: SpeedComparison | None, margin: float) -> tuple[str, ...]:
    speed = "-" if alone.throughput is None else f"{alone.throughput:,.0f}"
    bound = "-" if alone.fraction_of_bound is None else f"{alone.fraction_of_bound:.1%}"
    own = (alone.condition, str(alone.n), speed, bound)
    if entry is None:
        return (*own, "", "", "", "", "the control")
    return (*own, *cells(entry, margin), str(entry.n_blocks), short(entry))
