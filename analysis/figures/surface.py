"""Heat map over two numeric factors: the mean of every cell, and which are not shown to be worse than the best."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from analysis.factorial.factors import Level
from analysis.factorial.result import Cell, Factorial
from analysis.figures.evidence import Evidence
from analysis.figures.plot import Plot
from analysis.figures.theme import BLUE, INK, SMALL, Layout, place, shortened
from analysis.methods.verdict import ROUGH
from analysis.wording.factorial import tell
from analysis.wording.number_format import level
from analysis.wording.units import Unit, plain, unit_of
from bench.schema.known_metrics import HIGHER, LOWER

_CELL, _TITLE, _FEET, _LEFT, _BETWEEN = 0.38, 0.3, 0.46, 0.7, 0.3
_PALEST, _DARKEST = 0.05, 0.5
"""Opacity of the worst and of the best mean: numbers can be read on either, in colour and in grey."""
_WIDEST, _TOP = 0.95, 0.22
MOST = 8
"""Panels beyond this many are not drawn."""


def _found(evidence: Evidence) -> Factorial:
    assert evidence.factorial is not None
    return evidence.factorial


def axes_of(found: Factorial) -> tuple[int, int] | None:
    """Return the places of the two numeric factors with most levels, the one along the horizontal axis first."""
    numeric = [index for index, each in enumerate(found.factors) if each.numeric]
    ranked = sorted(numeric, key=lambda index: -len(found.factors[index].levels))
    return (ranked[0], ranked[1]) if len(ranked) > 1 else None


def _panels(found: Factorial) -> dict[tuple[Level, ...], list[Cell]]:
    """Return the cells by their levels of all factors that are on no axis."""
    on = axes_of(found)
    assert on is not None
    panels: dict[tuple[Level, ...], list[Cell]] = {}
    for cell in found.cells:
        rest = tuple(value for index, value in enumerate(cell.levels) if index not in on)
        panels.setdefault(rest, []).append(cell)
    return dict(list(panels.items())[:MOST])


def _size(found: Factorial) -> tuple[int, int]:
    on = axes_of(found)
    assert on is not None
    across, up = (len(found.factors[index].levels) for index in on)
    return across, up


def _columns(found: Factorial, layout: Layout) -> int:
    fits = int((layout.width - _LEFT) / (_size(found)[0] * 0.5 + _BETWEEN))
    return max(1, min(len(_panels(found)), fits))


def height(evidence: Evidence, layout: Layout) -> float:
    """Return the height in inches."""
    found = _found(evidence)
    rows = math.ceil(len(_panels(found)) / _columns(found, layout))
    return _TOP + rows * (_title(found) + _size(found)[1] * _CELL + _FEET)


def _title(found: Factorial) -> float:
    """Return the inches above a panel for the levels of the other factors, where there are any."""
    return _TITLE if len(found.factors) > 2 else 0.06


def draw(figure: Figure, evidence: Evidence, layout: Layout) -> None:
    """Draw a panel for each combination of levels of the other factors."""
    found = _found(evidence)
    unit, columns = unit_of(found.metric), _columns(found, layout)
    across, up = _size(found)
    cell = min(_WIDEST, (layout.width - _LEFT - 0.08 - (columns - 1) * _BETWEEN) / columns / across)
    tall = height(evidence, layout)
    for index, (rest, cells) in enumerate(_panels(found).items()):
        row, column = divmod(index, columns)
        bottom = tall - _TOP - (row + 1) * (_title(found) + up * _CELL) - row * _FEET
        axes = figure.add_axes((0, 0, 1, 1), label=f"panel-{index}")
        place(axes, _LEFT + column * (cell * across + _BETWEEN), bottom, cell * across, up * _CELL)
        draw_panel(axes, found, cells, (unit, cell))
        _names(axes, found, rest, column)
    said = f"Mean {unit.name}" + (f", {unit.value}" if unit.value else "") + f"; n = {found.n} seeds in every cell"
    figure.text(0.06 / layout.width, 1 - 0.02 / tall, said, va="top", weight="bold")


def draw_panel(axes: Axes, found: Factorial, cells: list[Cell], told: tuple[Unit, float]) -> None:
    """Draw the cells: darker is better, a frame where one is not shown to be worse than the best, which is in bold."""
    (unit, width), on = told, axes_of(found)
    assert on is not None
    across, up = (found.factors[index].levels for index in on)
    means = [each.mean for each in found.cells if each.mean is not None]
    low, high = min(means), max(means)
    best = {LOWER: low, HIGHER: high, None: None}[found.direction]
    for cell, mean in ((each, each.mean) for each in cells):
        assert mean is not None  # nothing is drawn where no seed is complete
        x, y = across.index(cell.levels[on[0]]), up.index(cell.levels[on[1]])
        share = (mean - low) / (high - low) if high > low else 0.5
        share = 1 - share if found.direction == LOWER else share
        shade = _PALEST + (_DARKEST - _PALEST) * share
        axes.add_patch(Rectangle((x, y), 1, 1, facecolor=BLUE, alpha=shade, linewidth=0, zorder=1))
        if cell.condition in (found.best_set or ()):
            axes.add_patch(
                Rectangle((x + 0.04, y + 0.05), 0.92, 0.9, fill=False, edgecolor=INK, linewidth=1.3, zorder=3,
                          label=f"best-{cell.condition}")
            )  # fmt: skip
        axes.text(
            x + 0.5, y + 0.5, plain(mean * unit.scale, unit.digits), ha="center", va="center", zorder=4,
            fontsize=SMALL if width > 0.46 else SMALL - 1.5, weight="bold" if mean == best else "normal",
        )  # fmt: skip
    axes.set_xlim(0, len(across))
    axes.set_ylim(0, len(up))
    axes.set_xticks([x + 0.5 for x in range(len(across))], [shortened(tell(each), 7) for each in across])
    axes.set_yticks([y + 0.5 for y in range(len(up))], [shortened(tell(each), 7) for each in up])
    axes.tick_params(length=0)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)


def _names(axes: Axes, found: Factorial, rest: tuple[Level, ...], column: int) -> None:
    on = axes_of(found)
    assert on is not None
    others = [each.name for index, each in enumerate(found.factors) if index not in on]
    title = ", ".join(f"{name} {tell(value)}" for name, value in zip(others, rest, strict=True))
    axes.set_title(shortened(title, 34), fontsize=SMALL, pad=3)
    axes.set_xlabel(shortened(found.factors[on[0]].name, 30), fontsize=SMALL, color=INK, labelpad=2)
    if column == 0:
        axes.set_ylabel(shortened(found.factors[on[1]].name, 22), fontsize=SMALL, color=INK, labelpad=5)
    else:
        axes.tick_params(labelleft=False)


_BEST = "The darker, the better. Bold: the best mean. "


def caption(evidence: Evidence) -> str:
    """Return what the marks mean."""
    found = _found(evidence)
    said = (
        f"Mean {unit_of(found.metric).name} at each point of the grid, over the {found.n} seeds at which every "
        "point trained. "
    )
    if found.direction is None:
        said += "The darker, the higher."
    elif found.n < ROUGH:
        said += f"{_BEST}No frames: these are too few seeds to say which points are worse than it."
    else:
        said += (
            f"{_BEST}Framed: the best mean, and every point that was not shown to be worse than it (paired by seed, "
            f"one-sided, Holm over the grid, at {level(found.alpha)} confidence on this test set); to be framed is no "
            "sign of being equally good."
        )
    hidden = math.prod(len(each.levels) for each in found.factors) // math.prod(_size(found)) - MOST
    return said if hidden <= 0 else f"{said} {hidden} more panels are not drawn."


def description(evidence: Evidence) -> str:
    """Return what is to be seen."""
    found = _found(evidence)
    unit, names = unit_of(found.metric), [each.name for each in found.factors]
    told = [
        f"{', '.join(f'{name} {tell(value)}' for name, value in zip(names, cell.levels, strict=True))}: "
        f"{unit.tell(cell.mean)}{', framed' if cell.condition in (found.best_set or ()) else ''}"
        for cell in found.cells
    ]
    return f"Mean {unit.name}. {'; '.join(told)}."


def missing(evidence: Evidence) -> str | None:
    """Return why there is nothing to draw."""
    if evidence.factorial is None or axes_of(evidence.factorial) is None:
        return "The conditions do not cross two numeric factors in full."
    if not evidence.factorial.n:
        return "There is no seed at which every point of the grid trained."
    return None


PLOT = Plot("surface", "The grid of both factors", draw, height, caption, description, missing)
