"""Variance by source: what initialisation, order and mask add, and what of the spread a new test set would show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from analysis.answer.variance import ConditionVariance
from analysis.figures.evidence import Evidence
from analysis.figures.plot import Plot
from analysis.figures.theme import BLUE, INK, LINE, MUTED, ORANGE, SHADE, SKY, SMALL, Layout, inches, place, shortened
from analysis.wording.number_format import level
from analysis.wording.phrases import quoted
from analysis.wording.units import unit_of

_ROW, _TITLE, _TICKS, _LEGEND, _BETWEEN = 0.24, 0.32, 0.42, 0.24, 0.28
_TIMES = " × "


def _conditions(evidence: Evidence) -> tuple[ConditionVariance, ...]:
    return () if evidence.variance is None else evidence.variance.conditions


def _crossed(evidence: Evidence) -> list[ConditionVariance]:
    """Return the conditions whose sources can be told apart, and which vary at all."""
    return [each for each in _conditions(evidence) if any(part.share is not None for part in each.components)]


@dataclass(frozen=True)
class Split:
    """Shares of a condition's variance over seeds: what a new test set would show too, and what is this one's."""

    condition: str
    lasting: float
    churn: float


def _split(evidence: Evidence) -> list[Split]:
    """Return the shares of the conditions whose spread is split by test set."""
    shown = {each.label for each in evidence.trained}
    found = []
    for each in _conditions(evidence):
        split = each.test_set
        if each.condition in shown and split is not None:
            lasting, churn = split.lasting_share, split.churn_share
            found += [] if lasting is None or churn is None else [Split(each.condition, lasting, churn)]
    return found


@dataclass(frozen=True)
class Bar:
    """Share of one source, or interaction of sources, with its interval."""

    name: str
    single: bool
    share: float
    low: float
    high: float


def _bars(each: ConditionVariance) -> list[Bar]:
    found = []
    for part in each.components:
        share, low, high = part.share, part.share_low, part.share_high
        if share is not None and low is not None and high is not None:
            found.append(Bar(_TIMES.join(part.factors), len(part.factors) == 1, share, low, high))
    return found


def _columns(evidence: Evidence, layout: Layout) -> int:
    return min(1 if layout.narrow else 3, len(_crossed(evidence)))


def _bands(evidence: Evidence, layout: Layout) -> tuple[list[float], float]:
    """Return the heights of the rows of panels by source, and that of the split by test set."""
    crossed, columns = _crossed(evidence), _columns(evidence, layout)
    rows = [crossed[start : start + columns] for start in range(0, len(crossed), columns or 1)]
    upper = [_TITLE + _TICKS + _ROW * max(len(_bars(each)) for each in row) for row in rows]
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
    left = 0.2 + max([0.0, *(inches(bar.name) for each in crossed for bar in _bars(each))])
    width = (layout.width - left - 0.2 - _BETWEEN * (columns - 1)) / max(1, columns)
    for index, each in enumerate(crossed):
        row, column = divmod(index, columns)
        tall = upper[row] - _TITLE - _TICKS
        axes = figure.add_axes((0, 0, 1, 1), label=each.condition)
        place(axes, left + column * (width + _BETWEEN), top - sum(upper[: row + 1]) + _TICKS, width, tall)
        draw_sources(axes, each, column == 0)
    if split := _split(evidence):
        left = 0.25 + 1.1 * max(inches(shortened(each.condition)) for each in split)
        axes = figure.add_axes((0, 0, 1, 1), label="test-set")
        place(axes, left, _TICKS, layout.width - left - 0.2, _ROW * len(split))
        draw_split(axes, split, layout)


def draw_sources(axes: Axes, each: ConditionVariance, named: bool) -> None:
    """Draw the shares of one condition: bars, with intervals."""
    bars, condition = _bars(each), each.condition
    for index, bar in enumerate(bars):
        axes.barh(
            index, 100 * bar.share, height=0.62, facecolor=SKY if bar.single else SHADE,
            hatch=None if bar.single else "////", edgecolor=INK, linewidth=0.0, zorder=2,
            label=f"share-{condition}-{bar.name}",
        )  # fmt: skip
        ends = [100 * bar.low, 100 * bar.high]
        axes.plot(ends, [index] * 2, color=INK, linewidth=1.1, zorder=3, label=f"interval-{condition}-{index}")
    _rows(axes, [bar.name if named else "" for bar in bars])
    axes.set_title(f"{shortened(condition, 16)}, n = {each.n}")


def draw_split(axes: Axes, split: Sequence[Split], layout: Layout) -> None:
    """Draw one bar a condition: what a new test set would show too, and what is this one's."""
    for index, each in enumerate(split):
        lasting, churn, name = 100 * each.lasting, 100 * each.churn, each.condition
        axes.barh(index, lasting, height=0.62, color=BLUE, linewidth=0, label=f"lasting-{name}")
        axes.barh(
            index, churn, left=lasting, height=0.62, facecolor=ORANGE, edgecolor=INK, hatch="////", linewidth=0,
            label=f"churn-{name}",
        )  # fmt: skip
    _rows(axes, [shortened(each.condition) for each in split])
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
    said, unit, found = "", unit_of(evidence.primary.metric), evidence.variance
    if found is not None and _crossed(evidence):
        said += (
            f"Shares of the variance of {unit.name} by source of randomness, from a full crossing, one condition a "
            f"panel. Lines: {level(found.alpha)} intervals. Hatched: interactions, the effect that one "
            "source has only together with another; the last one holds all that nothing else explains. "
        )
        said += "".join(f"{note} " for note in found.notes)
    if _split(evidence):
        said += (
            "The variance over seeds of each condition, split: some seeds are better networks, and a new test set "
            f"would show that too; the rest is churn, seeds that err on other {evidence.primary.drawn}s and not on "
            "more, which comes of the test set being finite. The split is an estimate without interval."
        )
    return said.strip()


def description(evidence: Evidence) -> str:
    """Return what is to be seen."""
    said = []
    for each in _crossed(evidence):
        shares = [f"{bar.name} {100 * bar.share:.0f}%" for bar in _bars(each)]
        said.append(f"{each.condition}: {', '.join(shares)}")
    for each in _split(evidence):
        lasting, churn = 100 * each.lasting, 100 * each.churn
        said.append(f"{each.condition}: {lasting:.0f}% would show on a new test set, {churn:.0f}% is churn")
    return f"Shares of the variance over seeds. {'; '.join(said)}."


def missing(evidence: Evidence) -> str | None:
    """Return why there is nothing to draw."""
    if _crossed(evidence) or _split(evidence):
        return None
    why = [f"{quoted(each.condition)}: {each.why}" for each in _conditions(evidence) if each.why][:1]
    return f"The variance cannot be split by source. {why[0]}." if why else "The variance cannot be split by source."


PLOT = Plot("variance-shares", "Where the spread comes from", draw, height, caption, description, missing)
