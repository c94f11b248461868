"""A comparison as plain text for a terminal: one table, then sentences, then what to know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analysis.answer.headline import ALONE, REACH, SEEDS_AND_IMAGES, scopes
from analysis.answer.reportable import mean_over_pairs
from analysis.tables.metric import in_points
from analysis.wording.number_format import digits, exact, level, margin_text, probability
from analysis.wording.sentences import METHODS, failure, p_on_fewer_seeds, sentences


def render(result: Mapping[str, Any]) -> str:
    """Return the comparison object (`Comparison.to_json`) as text."""
    blocks = [_title(result), _table(result), _notes(result)]
    blocks += ["\n".join(sentences(comparison, result["divergence"])) for comparison in result["comparisons"]]
    if not result["comparisons"]:
        blocks.append("\n".join(f"Diverged: {failure(entry)}" for entry in result["divergence"]))
    blocks.append(itemised("Left out", [left_out(each) for each in result["dropped"]]))
    blocks.append(itemised("Know before you believe this", result["warnings"]))
    return "\n\n".join(block for block in blocks if block)


def _title(result: Mapping[str, Any]) -> str:
    scale = 100 if in_points(result["metric"]) else 1
    margin = "none given" if result["margin"] is None else margin_text(scale * result["margin"])
    unit = " in percentage points" if in_points(result["metric"]) else ""
    better = "lower" if result["lower_is_better"] else "higher"
    return (
        f"{result['metric']}{unit}, against {result['control']}; {better} is better; n = {result['n_seeds']}; "
        f"alpha {result['alpha']:g}; margin {margin}{_reach(result)}"
    )


def _reach(result: Mapping[str, Any]) -> str:
    """Return what the verdicts hold for, where there are any."""
    told = scopes(result)
    return f"\nIntervals and verdicts hold {'; or '.join(REACH[scope] for scope in told)}." if told else ""


def _table(result: Mapping[str, Any]) -> str:
    scale = 100 if in_points(result["metric"]) else 1
    if not result["comparisons"]:
        control = next(each for each in result["conditions"] if each["condition"] == result["control"])
        return f"{result['control']}, the control: mean {number(control['mean'], scale)}, n = {control['n']}"
    images = SEEDS_AND_IMAGES in scopes(result)
    header = (
        "condition", "pairs", "mean", "control's mean", "difference", f"{level(result['alpha'])} interval",
        *(["over seeds alone"] if images else []), "p (adjusted)", "dz", "verdict",
    )  # fmt: skip
    return tabulated(header, [_row(comparison, scale, images) for comparison in result["comparisons"]])


def tabulated(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return rows of cells under their headings: the first and the last left-aligned, numbers between them right."""
    widths = [max(len(row[i]) for row in (header, *rows)) for i in range(len(header))]
    lines = [_aligned(header, widths), _aligned(["-" * width for width in widths], widths)]
    return "\n".join(lines + [_aligned(row, widths) for row in rows])


def _notes(result: Mapping[str, Any]) -> str:
    """Return what the table's columns do not say of themselves."""
    if not result["comparisons"]:
        return ""
    said = "Both means are over the pairs of the row."
    told_by = {METHODS[scope] for scope in scopes(result)}
    said += f" p (adjusted): {'; or '.join(sorted(told_by))}." if told_by else ""
    fewer = {found for each in result["comparisons"] if (found := p_on_fewer_seeds(each)) is not None}
    return said + "".join(f" It rests on the {number} seeds that all conditions have." for number in sorted(fewer))


def _row(comparison: Mapping[str, Any], scale: int, images: bool) -> tuple[str, ...]:
    told, margin, difference = comparison["headline"], comparison["margin"], comparison["mean_difference"]
    ends = interval(told["low"], told["high"], scale, margin) + (" (t)" if told["interval"] == ALONE else "")
    over_seeds = interval(comparison["ci_low_simultaneous"], comparison["ci_high_simultaneous"], scale, margin)
    return (
        comparison["condition"],
        str(comparison["n_pairs"]),
        number(mean_over_pairs(comparison, "condition"), scale),
        number(mean_over_pairs(comparison, "control"), scale),
        "-" if difference is None else signed([difference], scale, margin)[0],
        ends,
        *([over_seeds] if images else []),
        "-" if told["p"] is None else probability(told["p"]),
        "-" if comparison["cohen_dz"] is None else f"{comparison['cohen_dz']:+.2f}",
        (told["verdict"] or "meant to stay at chance").replace("_", " "),
    )


def interval(low: float | None, high: float | None, scale: int, margin: float | None) -> str:
    """Return both ends with their signs."""
    return "-" if low is None or high is None else " to ".join(signed([low, high], scale, margin))


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = zip(cells, widths, strict=True)
    middle = [cell.rjust(width) for cell, width in rest[:-1]]
    return "  ".join([first[0].ljust(first[1]), *middle, rest[-1][0]]).rstrip()


def number(value: float | None, scale: int) -> str:
    """Return a value, per cent where `scale` is 100."""
    if value is None:
        return "-"
    return f"{100 * value:.3f}" if scale == 100 else f"{value:.5g}"


def signed(values: Sequence[float], scale: int, margin: float | None) -> list[str]:
    """Return differences with their signs and as many digits as one of them needs."""
    least, code = (3, "f") if scale == 100 else (5, "g")
    told = [scale * value for value in values]
    count = digits(told, None if margin is None else scale * margin, least, code)
    return [f"{exact(value) + 0.0:+.{count}{code}}" for value in told]


def left_out(each: Mapping[str, Any]) -> str:
    """Return an entry of ``dropped`` in a line."""
    seeds = each["seeds"]
    shown = ", ".join(map(str, seeds[:8])) + (f" and {len(seeds) - 8} more" if len(seeds) > 8 else "")
    trials = "1 trial (seed" if each["count"] == 1 else f"{each['count']} trials (seeds"
    return f"{each['condition']}: {trials} {shown}): {each['reason']}"


def itemised(title: str, items: Sequence[str]) -> str:
    """Return a list under its title; nothing where it is empty."""
    return "" if not items else "\n".join([f"{title}:", *(f"  - {item}" for item in items)])
