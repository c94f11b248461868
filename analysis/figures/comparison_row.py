"""One comparison as a row: its seeds, its intervals, its estimate, and the look of its verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from analysis.answer.effect import Judged
from analysis.figures import names
from analysis.figures.drawn_seeds import some
from analysis.figures.theme import BLUE, GREEN, MUTED, PAPER, SMALL, VERMILION
from analysis.wording.units import Unit
from analysis.wording.verdicts import BAD, GOOD, OPEN, SAME, tone

LOOKS = {GOOD: (BLUE, "o", True), BAD: (VERMILION, "s", True), SAME: (GREEN, "D", True), OPEN: (MUTED, "o", False)}
"""Colour, shape and whether the mark is filled: shape and filling say in grey what the colour says."""


@dataclass(frozen=True)
class Row:
    """What is drawn of one comparison, in the metric's own unit.

    Parameters
    ----------
    condition : str
    estimate : float or None
    outer, inner : (low, high)
        Intervals at 1 - alpha and at 1 - 2 alpha; an end is None where it has no limit, both where there is none.
    differences : tuple of float
        Difference at each seed.
    tone : str
        That of the verdict.
    seeds : tuple of int or str
        Seed of each difference.
    """

    condition: str
    estimate: float | None
    outer: tuple[float | None, float | None]
    inner: tuple[float | None, float | None]
    differences: tuple[float, ...]
    tone: str
    seeds: tuple[int | str, ...] = ()


def row_of(judged: Judged) -> Row:
    """Return what is drawn of an effect or a contrast."""
    told, differences = judged.headline, tuple(pair.difference for pair in judged.pairs)
    seeds = tuple(pair.seed for pair in judged.pairs)
    outer, inner = (told.low, told.high), (told.low_90, told.high_90)
    return Row(judged.condition, told.estimate, outer, inner, differences, tone(judged), seeds)


def draw_row(axes: Axes, row: Row, heights: tuple[float, float], measured: tuple[Unit, tuple[float, float]]) -> None:
    """Draw one comparison: seeds as small points below the line, 95% thin, 90% thick, the estimate as a mark."""
    (unit, reach), (line, below) = measured, heights
    colour, shape, filled = LOOKS[row.tone]
    differences = [each * unit.scale for each in row.differences]
    inside = some([place for place, each in enumerate(differences) if reach[0] <= each <= reach[1]])
    (dots,) = axes.plot(
        [differences[place] for place in inside], [below] * len(inside), linestyle="none", marker="o",
        markersize=3.4, color=colour, alpha=0.5,
        markeredgewidth=0, label=f"seeds-{row.condition}", zorder=3,
    )  # fmt: skip
    names.of_seeds(dots, [row.seeds[place] for place in inside] if row.seeds else [])
    for (low, high), thickness in ((row.outer, 1.3), (row.inner, 3.4)):
        if low is not None or high is not None:
            edges = axes.get_xlim()
            ends = [edge if end is None else end * unit.scale for end, edge in zip((low, high), edges, strict=True)]
            label = f"interval-{row.condition}"
            axes.plot(ends, [line] * 2, color=colour, linewidth=thickness, zorder=4, label=label)
    if row.estimate is not None:
        axes.plot(
            [row.estimate * unit.scale], [line], marker=shape, markersize=6.5, color=colour, zorder=5,
            markerfacecolor=colour if filled else "#ffffff", markeredgewidth=1.3,
            label=f"estimate-{row.condition}",
        )  # fmt: skip
    count_beyond(axes, differences, reach, (below, colour))


def count_beyond(
    axes: Axes, differences: Sequence[float], reach: tuple[float, float], looks: tuple[float, str]
) -> None:
    """Count at the edges the seeds that lie beyond `reach`; `looks` has the height in the row, and the colour."""
    at, colour = looks
    for side, limit in zip((-1, 1), reach, strict=True):
        beyond = sum(side * each > side * limit for each in differences)
        if beyond:
            edge = axes.get_xlim()[side > 0]
            axes.plot([edge], [at], marker="<" if side < 0 else ">", markersize=4, color=colour, clip_on=False)
            axes.annotate(
                str(beyond), (edge, at), (-5 * side, 0), textcoords="offset points", va="center",
                ha="right" if side > 0 else "left", fontsize=SMALL, color=colour,
                bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 0.6},
            )  # fmt: skip
