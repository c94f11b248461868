"""Variance by source: what initialisation, order and mask add, and what of the spread a new test set would show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from analysis.figures.evidence import Evidence
from analysis.figures.plot import Plot
from analysis.figures.theme import BLUE, INK, LINE, MUTED, ORANGE, SHADE, SKY, SMALL, Layout, inches, place, shortened
from analysis.wording.number_format import level
from analysis.wording.sentences import quoted
from analysis.wording.units import unit_of

_ROW, _TITLE, _TICKS, _LEGEND, _BETWEEN = 0.24, 0.32, 0.42, 0.24, 0.28
_TIMES = " × "


def _crossed(evidence: Evidence) -> list[Mapping[str, Any]]:
    """Return the conditions whose sources can be told apart, and which vary at all."""
    found = evidence.variance.get("conditions", [])
    return [each for each in found if any(part["share"] is not None for part in each["components"])]


def _split(evidence: Evidence) -> list[Mapping[str, Any]]:
    """Return the conditions whose spread is split by test set."""
    found = evidence.variance.get("conditions", [])
    shown = {each.label for each in evidence.trained}
    known = [each for each in found if each["test_set"] is not None and each["condition"] in shown]
    return [each for each in known if each["test_set"]["churn_share"] is not None]


def _names(each: Mapping[str, Any]) -> list[str]:
    return [_TIMES.join(part["factors"]) for part in each["components"]]


def _columns(evidence: Evidence, layout: Layout) -> int:
    return min(1 if layout.narrow else 3, len(_crossed(evidence)))


def _bands(evidence: Evidence, layout: Layout) -> tuple[list[float], float]:
    """Return the heights of the rows of panels by source, and that of the split by test set."""
    crossed, columns = _crossed(evidence), _columns(evidence, layout)
    rows = [crossed[start : start + columns] for start in range(0, len(crossed), columns or 1)]
    upper = [_TITLE + _TICKS + _ROW * max(len(each["components"]) for each in row) for row in rows]
    split = _split(evidence)
    lower = _TICKS + _ROW * len(split) + _LEGEND * (2 if layout.narrow else 1) + 0.06 if split else 0.0
    return upper, lower


def height(evidence: Evidence, layout: Layout) -> float:
    """Return the height in inches."""
    upper, lower = _bands(evidence, layout)
    return sum(upper) + lower


def draw(figure: Figure, evidence: Evidence, layout: Layout) -> None:
    """Draw a panel by source for each condition where sources are crossed, and below it the split by test set."""
    crossed, columns = _crossed(evidence), _columns(evidence, layout)
    upper, _ = _bands(evidence, layout)
    top = height(evidence, layout)
    left = 0.2 + max([0.0, *(inches(name) for each in crossed for name in _names(each))])
    width = (layout.width - left - 0.2 - _BETWEEN * (columns - 1)) / max(1, columns)
    for index, each in enumerate(crossed):
        row, column = divmod(index, columns)
        tall = upper[row] - _TITLE - _TICKS
        axes = figure.add_axes((0, 0, 1, 1), label=each["condition"])
        place(axes, left + column * (width + _BETWEEN), top - sum(upper[: row + 1]) + _TICKS, width, tall)
        draw_sources(axes, each, column == 0)
    if split := _split(evidence):
        left = 0.25 + 1.1 * max(inches(shortened(each["condition"])) for each in split)
        axes = figure.add_axes((0, 0, 1, 1), label="test-set")
        place(axes, left, _TICKS, layout.width - left - 0.2, _ROW * len(split))
        draw_split(axes, split, layout)


def draw_sources(axes: Axes, each: Mapping[str, Any], named: bool) -> None:
    """Draw the shares of one condition: bars, with intervals."""
    parts, condition = each["components"], each["condition"]
    for index, part in enumerate(parts):
        single = len(part["factors"]) == 1
        axes.barh(
            index, 100 * part["share"], height=0.62, facecolor=SKY if single else SHADE,
            hatch=None if single else "////", edgecolor=INK, linewidth=0.0, zorder=2,
            label=f"share-{condition}-{_TIMES.join(part['factors'])}",
        )  # fmt: skip
        ends = [100 * part["share_low"], 100 * part["share_high"]]
        axes.plot(ends, [index] * 2, color=INK, linewidth=1.1, zorder=3, label=f"interval-{condition}-{index}")
    _rows(axes, _names(each) if named else [""] * len(parts))
    axes.set_title(f"{shortened(condition, 16)}, n = {each['n']}")


def draw_split(axes: Axes, split: Sequence[Mapping[str, Any]], layout: Layout) -> None:
    """Draw one bar a condition: what a new test set would show too, and what is this one's."""
    for index, each in enumerate(split):
        lasting, churn = (100 * each["test_set"][f"{part}_share"] for part in ("lasting", "churn"))
        name = each["condition"]
        axes.barh(index, lasting, height=0.62, color=BLUE, linewidth=0, label=f"lasting-{name}")
        axes.barh(
            index, churn, left=lasting, height=0.62, facecolor=ORANGE, edgecolor=INK, hatch="////", linewidth=0,
            label=f"churn-{name}",
        )  # fmt: skip
    _rows(axes, [shortened(each["condition"]) for each in split])
    spot = axes.get_position()
    edge = 0.05 - spot.x0 / spot.width if layout.narrow else 0.0  # where labels are long, the legend begins above them
    handles = [Patch(facecolor=BLUE), Patch(facecolor=ORANGE, edgecolor=INK, hatch="////", linewidth=0)]
    axes.legend(
        handles, ["a new test set would show it too", "churn: owed to this finite test set"], loc="lower left",
        bbox_to_anchor=(edge, 1.0), ncols=1 if layout.narrow else 2, fontsize=SMALL, borderpad=0, borderaxespad=0.3,
        handlelength=1.4, labelspacing=0.3, columnspacing=1.4,
    )  # fmt: skip


def _rows(axes: Axes, names: Sequence[str]) -> None:
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_color(LINE)
    axes.set_xlim(0, 100)
    axes.set_xticks([0, 50, 100])
    axes.tick_params(axis="x", labelsize=SMALL)
    axes.annotate(
        "% of the variance", (0.5, 0), (0, -17), xycoords="axes fraction", textcoords="offset points", ha="center",
        va="top", fontsize=SMALL, color=MUTED,
    )  # fmt: skip


def caption(evidence: Evidence) -> str:
    """Return what the marks mean."""
    said, unit = "", unit_of(evidence.primary.metric)
    if _crossed(evidence):
        said += (
            f"Shares of the variance of {unit.name} by source of randomness, from a full crossing, one condition a "
            f"panel. Lines: {level(evidence.variance['alpha'])} intervals. Hatched: interactions, the effect that one "
            "source has only together with another; the last one holds all that nothing else explains. "
        )
        said += "".join(f"{note} " for note in evidence.variance["notes"])
    if _split(evidence):
        said += (
            "The variance over seeds of each condition, split: some seeds are better networks, and a new test set "
            "would show that too; the rest is churn, seeds that err on other images and not on more, which comes of "
            "the test set being finite. The split is an estimate without interval."
        )
    return said.strip()


def description(evidence: Evidence) -> str:
    """Return what is to be seen."""
    said = []
    for each in _crossed(evidence):
        parts = zip(_names(each), each["components"], strict=True)
        shares = [f"{name} {100 * part['share']:.0f}%" for name, part in parts]
        said.append(f"{each['condition']}: {', '.join(shares)}")
    for each in _split(evidence):
        told = each["test_set"]
        said.append(
            f"{each['condition']}: {100 * told['lasting_share']:.0f}% would show on a new test set, "
            f"{100 * told['churn_share']:.0f}% is churn"
        )
    return f"Shares of the variance over seeds. {'; '.join(said)}."


def missing(evidence: Evidence) -> str | None:
    """Return why there is nothing to draw."""
    if _crossed(evidence) or _split(evidence):
        return None
    found = evidence.variance.get("conditions", [])
    why = [f"{quoted(each['condition'])}: {each['why']}" for each in found if each["why"]][:1]
    return f"The variance cannot be split by source. {why[0]}." if why else "The variance cannot be split by source."


PLOT = Plot("variance-shares", "Where the spread comes from", draw, height, caption, description, missing)
