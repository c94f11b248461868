"""A comparison as plain text for a terminal: one table, then sentences, then what to know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analysis.metric import in_points
from analysis.words import failure, sentences


def render(result: Mapping[str, Any]) -> str:
    """Return the comparison object (`Comparison.to_json`) as text."""
    blocks = [_title(result), _table(result)]
    blocks += ["\n".join(sentences(comparison, result["divergence"])) for comparison in result["comparisons"]]
    if not result["comparisons"]:
        blocks.append("\n".join(f"Diverged: {failure(entry)}" for entry in result["divergence"]))
    blocks.append(_list("Left out", [_dropped(each) for each in result["dropped"]]))
    blocks.append(_list("Know before you believe this", result["warnings"]))
    return "\n\n".join(block for block in blocks if block)


def _title(result: Mapping[str, Any]) -> str:
    scale = 100 if in_points(result["metric"]) else 1
    margin = "none given" if result["margin"] is None else f"{scale * result['margin']:g}"
    unit = " in percentage points" if in_points(result["metric"]) else ""
    better = "lower" if result["lower_is_better"] else "higher"
    return (
        f"{result['metric']}{unit}, against {result['control']}; {better} is better; n = {result['n_seeds']}; "
        f"alpha {result['alpha']:g}; margin {margin}\n"
        "Differences are means over seeds, for this training set and this test set."
    )


def _table(result: Mapping[str, Any]) -> str:
    level = f"{100 * (1 - result['alpha']):g}%"
    header = ("condition", "n", "mean", "difference", f"{level} interval", "p (max-t)", "p (t)", "dz", "verdict")
    means = {each["condition"]: each["mean"] for each in result["conditions"]}
    scale = 100 if in_points(result["metric"]) else 1
    control = next(each for each in result["conditions"] if each["condition"] == result["control"])
    rows = [(result["control"], str(control["n"]), _number(control["mean"], scale), *["-"] * 5, "control")]
    rows += [_row(comparison, means, scale) for comparison in result["comparisons"]]
    widths = [max(len(row[i]) for row in (header, *rows)) for i in range(len(header))]
    lines = [_aligned(header, widths), _aligned(["-" * width for width in widths], widths)]
    return "\n".join(lines + [_aligned(row, widths) for row in rows])


def _row(comparison: Mapping[str, Any], means: Mapping[str, float | None], scale: int) -> tuple[str, ...]:
    few = comparison["n_pairs"] < 5
    low, high, mark = comparison["ci_low_simultaneous"], comparison["ci_high_simultaneous"], ""
    if few or low is None:
        low, high, mark = comparison["ci_low"], comparison["ci_high"], " (t)"
    interval = "-" if low is None else f"{_number(low, scale, '+')} to {_number(high, scale, '+')}{mark}"
    untested = few or comparison["stays_at_chance"]
    return (
        comparison["condition"],
        str(comparison["n_pairs"]),
        _number(means[comparison["condition"]], scale),
        _number(comparison["mean_difference"], scale, "+"),
        interval,
        "-" if untested else _p(comparison["p_max_t"]),
        "-" if untested else _p(comparison["p_t"]),
        "-" if comparison["cohen_dz"] is None else f"{comparison['cohen_dz']:+.2f}",
        (comparison["verdict"] or "meant to stay at chance").replace("_", " "),
    )


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = zip(cells, widths, strict=True)
    middle = [cell.rjust(width) for cell, width in rest[:-1]]
    return "  ".join([first[0].ljust(first[1]), *middle, rest[-1][0]]).rstrip()


def _number(value: float | None, scale: int, sign: str = "") -> str:
    if value is None:
        return "-"
    return f"{100 * value:{sign}.3f}" if scale == 100 else f"{value:{sign}.5g}"


def _p(p: float | None) -> str:
    return "-" if p is None else "<0.0001" if p < 0.0001 else f"{p:.4f}"


def _dropped(each: Mapping[str, Any]) -> str:
    seeds = each["seeds"]
    shown = ", ".join(map(str, seeds[:8])) + (f" and {len(seeds) - 8} more" if len(seeds) > 8 else "")
    trials = "1 trial (seed" if each["count"] == 1 else f"{each['count']} trials (seeds"
    return f"{each['condition']}: {trials} {shown}): {each['reason']}"


def _list(title: str, items: Sequence[str]) -> str:
    return "" if not items else "\n".join([f"{title}:", *(f"  - {item}" for item in items)])
