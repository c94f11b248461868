"""A comparison as plain text for a terminal: one table, then sentences, then what to know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analysis.metric import in_points
from analysis.telling import FEW, digits, exact, level, margin_text, max_t, mean_over_pairs, on_fewer_seeds, probability
from analysis.words import failure, sentences


def render(result: Mapping[str, Any]) -> str:
    """Return the comparison object (`Comparison.to_json`) as text."""
    blocks = [_title(result), _table(result), _notes(result)]
    blocks += ["\n".join(sentences(comparison, result["divergence"])) for comparison in result["comparisons"]]
    if not result["comparisons"]:
        blocks.append("\n".join(f"Diverged: {failure(entry)}" for entry in result["divergence"]))
    blocks.append(_list("Left out", [_dropped(each) for each in result["dropped"]]))
    blocks.append(_list("Know before you believe this", result["warnings"]))
    return "\n\n".join(block for block in blocks if block)


def _title(result: Mapping[str, Any]) -> str:
    scale = 100 if in_points(result["metric"]) else 1
    margin = "none given" if result["margin"] is None else margin_text(scale * result["margin"])
    unit = " in percentage points" if in_points(result["metric"]) else ""
    better = "lower" if result["lower_is_better"] else "higher"
    return (
        f"{result['metric']}{unit}, against {result['control']}; {better} is better; n = {result['n_seeds']}; "
        f"alpha {result['alpha']:g}; margin {margin}\n"
        "Differences are means over seeds, for this training set and this test set."
    )


def _table(result: Mapping[str, Any]) -> str:
    scale = 100 if in_points(result["metric"]) else 1
    if not result["comparisons"]:
        control = next(each for each in result["conditions"] if each["condition"] == result["control"])
        return f"{result['control']}, the control: mean {_number(control['mean'], scale)}, n = {control['n']}"
    header = (
        "condition", "pairs", "mean", "control's mean", "difference", f"{level(result['alpha'])} interval",
        "p (max-t)", "p (t)", "dz", "verdict",
    )  # fmt: skip
    rows = [_row(comparison, scale) for comparison in result["comparisons"]]
    widths = [max(len(row[i]) for row in (header, *rows)) for i in range(len(header))]
    lines = [_aligned(header, widths), _aligned(["-" * width for width in widths], widths)]
    return "\n".join(lines + [_aligned(row, widths) for row in rows])


def _notes(result: Mapping[str, Any]) -> str:
    """Return what the table's columns do not say of themselves."""
    if not result["comparisons"]:
        return ""
    said = "Both means are over the pairs of the row."
    fewer = {found for each in result["comparisons"] if (found := on_fewer_seeds(each)) is not None}
    return said + "".join(f" p (max-t): on the {number} seeds that all conditions have." for number in sorted(fewer))


def _row(comparison: Mapping[str, Any], scale: int) -> tuple[str, ...]:
    few = comparison["n_pairs"] < FEW
    low, high, mark = comparison["ci_low_simultaneous"], comparison["ci_high_simultaneous"], ""
    if few or low is None:
        low, high, mark = comparison["ci_low"], comparison["ci_high"], " (t)"
    margin = comparison["margin"]
    interval = "-" if low is None else f"{' to '.join(_signed([low, high], scale, margin))}{mark}"
    difference = comparison["mean_difference"]
    untested = few or comparison["stays_at_chance"]
    return (
        comparison["condition"],
        str(comparison["n_pairs"]),
        _number(mean_over_pairs(comparison, "condition"), scale),
        _number(mean_over_pairs(comparison, "control"), scale),
        "-" if difference is None else _signed([difference], scale, margin)[0],
        interval,
        "-" if untested else _p(max_t(comparison)),
        "-" if untested else _p(comparison["p_t"]),
        "-" if comparison["cohen_dz"] is None else f"{comparison['cohen_dz']:+.2f}",
        (comparison["verdict"] or "meant to stay at chance").replace("_", " "),
    )


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = zip(cells, widths, strict=True)
    middle = [cell.rjust(width) for cell, width in rest[:-1]]
    return "  ".join([first[0].ljust(first[1]), *middle, rest[-1][0]]).rstrip()


def _number(value: float | None, scale: int) -> str:
    if value is None:
        return "-"
    return f"{100 * value:.3f}" if scale == 100 else f"{value:.5g}"


def _signed(values: Sequence[float], scale: int, margin: float | None) -> list[str]:
    """Return differences with their signs and as many digits as one of them needs."""
    least, code = (3, "f") if scale == 100 else (5, "g")
    told = [scale * value for value in values]
    count = digits(told, None if margin is None else scale * margin, least, code)
    return [f"{exact(value) + 0.0:+.{count}{code}}" for value in told]


def _p(p: float | None) -> str:
    return "-" if p is None else probability(p)


def _dropped(each: Mapping[str, Any]) -> str:
    seeds = each["seeds"]
    shown = ", ".join(map(str, seeds[:8])) + (f" and {len(seeds) - 8} more" if len(seeds) > 8 else "")
    trials = "1 trial (seed" if each["count"] == 1 else f"{each['count']} trials (seeds"
    return f"{each['condition']}: {trials} {shown}): {each['reason']}"


def _list(title: str, items: Sequence[str]) -> str:
    return "" if not items else "\n".join([f"{title}:", *(f"  - {item}" for item in items)])
