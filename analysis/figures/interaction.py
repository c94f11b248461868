"""Interaction plot: means over the levels of one factor, a line for each level of another, intervals within seeds."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.factorial.result import Factorial, Profile
from analysis.figures.evidence import Evidence
from analysis.figures.plot import Plot
from analysis.figures.theme import INK, SMALL, Layout, hue, inches, marker, place, shortened
from analysis.wording.factorial import tell
from analysis.wording.number_format import level
from analysis.wording.units import Unit, unit_of

_PANEL, _FEET, _LEFT, _BETWEEN, _LINE, _GAP = 1.75, 0.5, 0.55, 0.62, 0.17, 0.14
_DODGE = 0.06
"""Between lines, as a share of the distance between levels: intervals do not hide each other."""
MOST = 6
"""Panels beyond this many are not drawn: tables have all effects."""
_MORE_THAN_LINES = ("-", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (5, 1.5, 1.2, 1.5)))


def _found(evidence: Evidence) -> Factorial:
    assert evidence.factorial is not None
    return evidence.factorial


def _panels(evidence: Evidence) -> tuple[Profile, ...]:
    return _found(evidence).profiles[:MOST]


def _columns(evidence: Evidence, layout: Layout) -> int:
    return 1 if layout.narrow else min(2, len(_panels(evidence)))


def _width(evidence: Evidence, layout: Layout) -> float:
    columns = _columns(evidence, layout)
    return (layout.width - 0.1 - columns * _LEFT - (columns - 1) * (_BETWEEN - _LEFT)) / columns


def _lines(panel: Profile) -> list[float | str]:
    return list(dict.fromkeys(each.line for each in panel.points))


def _per_row(panel: Profile, width: float) -> int:
    """Return how many levels stand side by side above a panel."""
    widest = max(inches(shortened(tell(each))) for each in _lines(panel))
    return max(1, min(len(_lines(panel)), int(width / (widest + 0.5))))


def _head(evidence: Evidence, layout: Layout) -> float:
    """Return the inches above each panel: its name, and its lines'."""
    width = _width(evidence, layout)
    rows = max(math.ceil(len(_lines(each)) / _per_row(each, width)) for each in _panels(evidence))
    return _GAP + _LINE * (rows + 1.6)


def height(evidence: Evidence, layout: Layout) -> float:
    """Return the height in inches."""
    rows = math.ceil(len(_panels(evidence)) / _columns(evidence, layout))
    return rows * (_head(evidence, layout) + _PANEL + _FEET)


def draw(figure: Figure, evidence: Evidence, layout: Layout) -> None:
    """Draw a panel for every two factors."""
    unit, width = unit_of(_found(evidence).metric), _width(evidence, layout)
    head = _head(evidence, layout)
    for index, panel in enumerate(_panels(evidence)):
        row, column = divmod(index, _columns(evidence, layout))
        bottom = height(evidence, layout) - (row + 1) * (head + _PANEL) - row * _FEET
        axes = figure.add_axes((0, 0, 1, 1), label=f"{panel.across}-{panel.lines}")
        place(axes, _LEFT + column * (width + _BETWEEN), bottom, width, _PANEL)
        draw_panel(axes, panel, unit)
        axes.legend(
            title=shortened(panel.lines, 40), loc="lower left", bbox_to_anchor=(0.0, 1.0), borderaxespad=0.35,
            alignment="left", title_fontsize=SMALL, fontsize=SMALL, ncols=_per_row(panel, width), borderpad=0,
            handlelength=2.2, columnspacing=1.2, labelspacing=0.3, handletextpad=0.5,
        )  # fmt: skip
        if column == 0:
            said = f"{unit.name[0].upper()}{unit.name[1:]}" + (f", {unit.value}" if unit.value else "")
            top = bottom + _PANEL + head - 0.02
            if row == 0:
                figure.text(0.06 / layout.width, top / height(evidence, layout), said, va="top", weight="bold")


def draw_panel(axes: Axes, panel: Profile, unit: Unit) -> None:
    """Draw the lines of one panel, side by side at every level."""
    lines = _lines(panel)
    levels = list(dict.fromkeys(each.across for each in panel.points))
    for index, line in enumerate(lines):
        aside = _DODGE * (index - (len(lines) - 1) / 2)
        mine = [each for each in panel.points if each.line == line and each.mean is not None]
        x = [levels.index(each.across) + aside for each in mine]
        axes.plot(
            x, [each.mean * unit.scale for each in mine if each.mean is not None], color=hue(index),
            marker=marker(index), markersize=5, linewidth=1.3, zorder=4,
            linestyle=_MORE_THAN_LINES[index % len(_MORE_THAN_LINES)], label=shortened(tell(line)),
        )  # fmt: skip
        for place_, each in zip(x, mine, strict=True):
            if each.low is not None and each.high is not None:
                ends = [each.low * unit.scale, each.high * unit.scale]
                axes.plot([place_] * 2, ends, color=hue(index), linewidth=1.2, zorder=3)
    axes.set_xticks(range(len(levels)), _ticks(levels))
    axes.set_xlim(-0.35, len(levels) - 0.65)
    axes.set_xlabel(shortened(panel.across, 40), fontsize=SMALL, color=INK)
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.grid(axis="y")
    axes.set_axisbelow(True)


def _ticks(levels: Sequence[float | str]) -> list[str]:
    most = max(4, int(34 / len(levels)))
    return [shortened(tell(each), most) for each in levels]


def caption(evidence: Evidence) -> str:
    """Return what the marks mean."""
    found = _found(evidence)
    others = ", averaged over the levels of all other factors" if len(found.factors) > 2 else ""
    said = (
        f"Mean {unit_of(found.metric).name} over the {found.n} seeds at which every cell trained{others}. Lines "
        f"that run side by side: no interaction. Bars: {level(found.alpha)} intervals of each mean with the seeds’ "
        "own levels taken out (Cousineau 2005, Morey 2008), pointwise: how sure the pattern is, not its level; claims "
        "rest on the contrasts. Levels stand evenly, whatever their values."
    )
    hidden = len(found.profiles) - MOST
    return said if hidden <= 0 else f"{said} {hidden} more pairs of factors are not drawn."


def description(evidence: Evidence) -> str:
    """Return what is to be seen."""
    unit = unit_of(_found(evidence).metric)
    said = []
    for panel in _panels(evidence):
        told = [
            f"{panel.across} {tell(each.across)} and {panel.lines} {tell(each.line)}: {unit.tell(each.mean)}"
            for each in panel.points
        ]
        said.append("; ".join(told))
    return f"Mean {unit.name} by factors. {'. '.join(said)}."


def missing(evidence: Evidence) -> str | None:
    """Return why there is nothing to draw."""
    if evidence.factorial is None:
        return "The conditions do not cross two factors in full."
    if not evidence.factorial.n:
        return "There is no seed at which every cell of the factorial trained."
    return None


PLOT = Plot("interaction", "Factors together", draw, height, caption, description, missing)
