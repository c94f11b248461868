"""Figures with a row for each condition: what they share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes

from analysis.answer.effect import Effect
from analysis.figures.theme import INK, MUTED, SHADE, SMALL, Layout, inches, shortened, size
from analysis.wording.units import MINUS

EDGE = 0.12
"""Inches that stay free at the left and right edge of a figure."""


def left_of(rows: Sequence[Effect], layout: Layout) -> float:
    """Return the inches left of the axis: for the labels, where they do not stand above their rows."""
    if layout.narrow:
        return EDGE
    return max(0.95, 0.25 + 1.2 * max(inches(shortened(row.condition)) for row in rows))


def span(index: int, layout: Layout) -> tuple[float, float]:
    """Return upper and lower end of what is drawn of a row; in a narrow figure its words stand above that."""
    return (index - 0.06, index + 0.47) if layout.narrow else (index - 0.44, index + 0.44)


def prepare(axes: Axes, count: int) -> None:
    """Give an axis `count` rows, the first on top."""
    axes.set_ylim(count - 0.5, -0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)


def ground(axes: Axes, margin: float | None, count: int, layout: Layout) -> None:
    """Draw zero, and the differences too small to matter, behind all rows; `margin` in the unit of the axis."""
    spans = [span(index, layout) for index in range(count)] if layout.narrow else [(-0.5, count - 0.5)]
    for each in spans:
        if margin:
            axes.fill_betweenx(each, -margin, margin, color=SHADE, linewidth=0, zorder=0)
        axes.plot([0, 0], each, color=INK, linewidth=0.9, zorder=1)
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:+g}".replace("-", MINUS) if abs(x) > 1e-12 else "0")


def label(axes: Axes, row: Effect, at: tuple[int, float, Layout]) -> None:
    """Write the condition's name, and its pairs below it; `at` has index, inches left of the axis, layout."""
    index, left, layout = at
    up, down = (-0.36, -0.20) if layout.narrow else (-0.13, 0.18)
    start = (EDGE - left) / _width(axes)
    write(axes, (start, index + up), shortened(row.condition), weight="bold", va="center")
    write(axes, (start, index + down), f"n = {row.n_pairs}", color=MUTED, va="center", fontsize=SMALL)


def write(axes: Axes, where: tuple[float, float], said: str, **looks: Any) -> None:
    """Write at (share of the axis' width, row)."""
    axes.text(*where, said, transform=axes.get_yaxis_transform(), **looks)


def beside(axes: Axes, inch: float) -> float:
    """Return the place `inch` inches right of the axis, as a share of its width."""
    return 1 + inch / _width(axes)


def _width(axes: Axes) -> float:
    """Return the width of an axis in inches."""
    return size(axes)[0] * axes.get_position().width


def name_axis(axes: Axes, said: str) -> None:
    """Say below an axis what it shows."""
    axes.annotate(
        said, (0.5, 0), (0, -19), xycoords="axes fraction", textcoords="offset points", va="top", ha="center",
        fontsize=SMALL, color=INK,
    )  # fmt: skip
