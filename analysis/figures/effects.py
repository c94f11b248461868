"""Forest plot of a factorial: each main effect and interaction with its intervals, seeds and verdict."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.answer.effect import Contrast
from analysis.answer.headline import reach, scopes
from analysis.factorial.result import Factorial, contrasts
from analysis.figures import condition_rows as shared
from analysis.figures.comparison_row import LOOKS, draw_row, row_of
from analysis.figures.drawn_seeds import thinned
from analysis.figures.evidence import Evidence
from analysis.figures.plot import Plot
from analysis.figures.theme import INK, MUTED, SHADE, SMALL, Layout, place, shortened
from analysis.wording.differences import ESTIMATES
from analysis.wording.number_format import inner_level, level
from analysis.wording.units import MINUS, Unit, unit_of
from analysis.wording.verdicts import short, tone

_TOP, _BOTTOM, _ROW = 0.08, 0.46, 0.62
_ROOM = 0.2
"""Seeds are drawn this far beyond the intervals, as a share of their whole width; farther ones at the edge."""


def _found(evidence: Evidence) -> Factorial:
    assert evidence.factorial is not None
    return evidence.factorial


def height(evidence: Evidence, layout: Layout) -> float:
    """Return the height in inches."""
    return _TOP + _BOTTOM + (_ROW + (0.18 if layout.narrow else 0.0)) * len(contrasts(_found(evidence).effects))


def draw(figure: Figure, evidence: Evidence, layout: Layout) -> None:
    """Draw a row for each effect, its words above it."""
    found = _found(evidence)
    rows, unit = contrasts(found.effects), unit_of(found.metric)
    axes = figure.add_axes((0, 0, 1, 1))
    tall = height(evidence, layout) - _TOP - _BOTTOM
    place(axes, shared.EDGE, _BOTTOM, layout.width - 2 * shared.EDGE, tall)
    shared.prepare(axes, len(rows))
    axes.xaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:+g}".replace("-", MINUS) if abs(x) > 1e-12 else "0")
    reach = _limits(axes, rows, found.margin, unit)
    for index, row in enumerate(rows):
        _ground(axes, (found.margin or 0.0) * unit.scale, index)
        draw_row(axes, row_of(row), (index + 0.10, index + 0.29), (unit, reach))
        _words(axes, row, index, (unit, layout))
    shared.name_axis(axes, "effect" + (f", {unit.difference}" if unit.difference else ""))


def _limits(axes: Axes, rows: list[Contrast], margin: float | None, unit: Unit) -> tuple[float, float]:
    """Set the axis so that zero, the margin and every interval fit, and return between where seeds are drawn."""
    told = [end for row in rows for end in (row.headline.low, row.headline.high, row.headline.estimate)]
    ends = [end * unit.scale for end in told if end is not None]
    edge = (margin or 0.0) * unit.scale
    low, high = min([*ends, -edge, 0.0]), max([*ends, edge, 0.0])
    room = _ROOM * ((high - low) or 1.0)
    seeds = [pair.difference * unit.scale for row in rows for pair in row.pairs]
    reach = max(low - room, min([low, *seeds])), min(high + room, max([high, *seeds]))
    pad = 0.05 * ((reach[1] - reach[0]) or 1.0)
    axes.set_xlim(reach[0] - pad, reach[1] + pad)
    return reach


def _ground(axes: Axes, margin: float, index: int) -> None:
    span = (index - 0.06, index + 0.46)
    axes.fill_betweenx(span, -margin, margin, color=SHADE, linewidth=0, zorder=0)
    axes.plot([0, 0], span, color=INK, linewidth=0.9, zorder=1)


def _words(axes: Axes, row: Contrast, index: int, told: tuple[Unit, Layout]) -> None:
    """Write the effect's name above its row, and estimate and verdict; on two lines where there is no room."""
    unit, layout = told
    up = index - (0.34 if layout.narrow else 0.24)
    shared.write(axes, (0, up), shortened(row.condition, 27 if layout.narrow else 48), weight="bold", va="center")
    looks: dict[str, Any] = {"ha": "right", "va": "center"}
    words = {"color": LOOKS[tone(row)][0], "weight": "bold"}
    if layout.narrow:
        shared.write(axes, (1, up), short(row), **looks, **words)
        shared.write(axes, (1, index - 0.17), estimate(row, unit), **looks, fontsize=SMALL)
        shared.write(axes, (0, index - 0.17), f"n = {row.n_pairs}", va="center", color=MUTED, fontsize=SMALL)
        return
    shared.write(axes, (1, up), short(row), **looks, **words)
    shared.write(axes, (0.76, up), f"{estimate(row, unit)}", **looks)


def estimate(row: Contrast, unit: Unit) -> str:
    """Return the effect and its interval."""
    if row.headline.estimate is None:
        return "no complete block"
    said, low, high = unit.tell_difference(row.headline.estimate, row.margin), row.headline.low, row.headline.high
    if low is None or high is None:
        return said
    return f"{said}  [{', '.join(unit.tell_differences([low, high], row.margin))}]"


def caption(evidence: Evidence) -> str:
    """Return what the marks mean."""
    found = _found(evidence)
    unit, inner = unit_of(found.metric), inner_level(found.alpha)
    rows = contrasts(found.effects)
    told = scopes(each.headline for each in rows)
    holds = f", {reach(told, found.example)}" if told else ""
    thick = "" if inner is None else f", thick: {inner} interval, both"
    said = (
        f"Effects on {unit.name} at the {found.n} seeds at which every cell trained. Mark: "
        f"{ESTIMATES[rows[0].headline.estimand]}. Thin line: {level(found.alpha)} interval{thick} simultaneous over "
        f"all effects{holds}. Small points: one seed each; a triangle at the edge counts seeds beyond it. Filled round "
        "marks: better, square: worse, diamond: equivalent; hollow: none of these."
    )
    if found.margin is not None:
        smallest = f"±{unit.margin_with_unit(found.margin)}"
        said += f" Shaded: effects too small to matter ({smallest})."
    return said + thinned(len(row.pairs) for row in rows)


def description(evidence: Evidence) -> str:
    """Return what is to be seen."""
    found = _found(evidence)
    unit = unit_of(found.metric)
    said = [f"{row.condition}: {estimate(row, unit)}, {short(row)}" for row in contrasts(found.effects)]
    return f"Effects in {unit.difference or 'the metric'}. {'; '.join(said)}."


def missing(evidence: Evidence) -> str | None:
    """Return why there is nothing to draw."""
    if evidence.factorial is None:
        return "The conditions do not cross two factors in full."
    if not any(row.n_pairs for row in contrasts(evidence.factorial.effects)):
        return "There is no effect with a sign at seeds at which every cell trained."
    return None


PLOT = Plot("effects", "Effects and interactions", draw, height, caption, description, missing)
