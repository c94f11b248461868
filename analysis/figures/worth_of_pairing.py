"""What pairing is worth: how both rates of dropout correlate over seeds, and how many seeds another way would take."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from analysis.factorial.worth_by_level import PairedEffects, WorthByLevel
from analysis.figures import condition_rows as shared
from analysis.figures.evidence import Evidence
from analysis.figures.plot import Plot
from analysis.figures.theme import BLUE, INK, MUTED, SMALL, Layout, inches, place, shortened
from analysis.wording.factorial import tell
from analysis.wording.number_format import level
from analysis.wording.pairing import names
from analysis.wording.units import MINUS, unit_of

_TOP, _BOTTOM, _ROW, _BETWEEN = 0.10, 0.48, 0.42, 0.25
_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
Interval = tuple[float | None, float | None, float | None]
"""Estimate, and both ends."""


def _found(evidence: Evidence) -> PairedEffects:
    assert evidence.paired_effects is not None
    return evidence.paired_effects


def _row(layout: Layout) -> float:
    return _ROW + (0.3 if layout.narrow else 0.0)


def height(evidence: Evidence, layout: Layout) -> float:
    """Return the height in inches."""
    return _TOP + _BOTTOM + _row(layout) * len(_found(evidence).by_level)


def _words(factor: str) -> str:
    return factor.replace("_", " ")


def draw(figure: Figure, evidence: Evidence, layout: Layout) -> None:
    """Draw a row for each combination: the correlation on the left, the seeds on the right."""
    rows = _found(evidence).by_level
    words = max(max(1.15 * inches(shortened(name, 30)), inches(shortened(rest, 44))) for name, rest in map(names, rows))
    left = shared.EDGE + (0.05 if layout.narrow else words)
    width = (layout.width - left - shared.EDGE - 0.05 - _BETWEEN) / 2
    tall = _row(layout) * len(rows)
    panels: list[Axes] = []
    for column in range(2):
        axes = figure.add_axes((0, 0, 1, 1), label=f"panel-{column}")
        panels.append(place(axes, left + column * (width + _BETWEEN), _BOTTOM, width, tall))
        shared.prepare(axes, len(rows))
    _correlations(panels[0], rows, layout)
    _seeds(panels[1], rows, layout)
    for index, each in enumerate(rows):
        name, rest = names(each)
        up = index - (0.36 if layout.narrow else 0.15 if rest else 0.0)
        start = 0 if layout.narrow else (shared.EDGE - left) / width
        shared.write(panels[0], (start, up), shortened(name, 30), weight="bold", va="center")
        down = up + (0.19 if layout.narrow else 0.33)
        shared.write(panels[0], (start, down), shortened(rest, 44), color=MUTED, va="center", fontsize=SMALL)


def _correlations(axes: Axes, rows: Sequence[WorthByLevel], layout: Layout) -> None:
    _line(axes, 0, len(rows), layout)
    for index, each in enumerate(rows):
        told = (each.correlation, each.correlation_low, each.correlation_high)
        _mark(axes, told, _spot(index, layout), f"correlation-{index}")
    axes.set_xlim(-1.04, 1.04)
    axes.set_xticks([-1, -0.5, 0, 0.5, 1], [f"{MINUS}1", f"{MINUS}0.5", "0", "0.5", "1"])
    shared.name_axis(axes, "correlation of pairs")


def _seeds(axes: Axes, rows: Sequence[WorthByLevel], layout: Layout) -> None:
    axes.set_xscale("log")
    _line(axes, 1, len(rows), layout)
    known: list[float] = [1.0]
    for index, each in enumerate(rows):
        told = (each.seeds_needed, each.seeds_needed_low, each.seeds_needed_high)
        known += [number for number in told if number is not None]
        if each.reference is None:
            told = (1.0, None, None)
        _mark(axes, told, _spot(index, layout), f"seeds-{index}", hollow=each.reference is None)
    low, high = min(known) / 1.3, max(known) * 1.3
    axes.set_xlim(low, high)
    inside = [tick for tick in _TICKS if low <= tick <= high]
    shown = inside[:: 1 + len(inside) // 7]
    axes.xaxis.set_major_locator(FixedLocator(shown if 1 in shown else inside))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:g}")
    shared.name_axis(axes, "seeds needed, relative")


def _line(axes: Axes, value: float, count: int, layout: Layout) -> None:
    """Draw what the marks are compared with; in a narrow figure it leaves room for the words above each."""
    spans = [shared.span(index, layout) for index in range(count)] if layout.narrow else [(-0.5, count - 0.5)]
    for each in spans:
        axes.plot([value] * 2, each, color=INK, linewidth=0.9, zorder=1)


def _spot(index: int, layout: Layout) -> float:
    return index + 0.22 if layout.narrow else float(index)


def _mark(axes: Axes, told: Interval, height: float, name: str, *, hollow: bool = False) -> None:
    centre, low, high = told
    if centre is None:
        return
    if low is not None and high is not None:
        axes.plot([low, high], [height] * 2, color=BLUE, linewidth=1.3, zorder=2, label=f"{name}-interval")
    axes.plot(
        centre, height, "o", color=BLUE, markersize=5, markerfacecolor="none" if hollow else BLUE, zorder=3,
        clip_on=False, label=name,
    )  # fmt: skip


def caption(evidence: Evidence) -> str:
    """Return what the marks mean."""
    found = _found(evidence)
    low, high = map(tell, found.levels)
    first = found.by_level[0]
    usual = next(tell(each.at[0].level) for each in found.by_level if each.reference is None)
    return (
        f"{_words(found.treatment).capitalize()} {high} and {low} paired by seed, in {unit_of(found.metric).name}, at "
        f"the {first.n} seeds at which every condition trained. Left: correlation over seeds. Right: variance of the "
        f"paired differences as a multiple of that at “{usual}” (hollow) with the same other settings, which is the "
        "multiple of its seeds for an interval of the same width; logarithmic. "
        f"Lines: {level(found.alpha)} intervals by the jackknife over seeds, each for itself."
    )


def description(evidence: Evidence) -> str:
    """Return what is to be seen."""
    said = []
    for each in _found(evidence).by_level:
        known = "none" if each.correlation is None else f"{each.correlation:.2f}"
        more = "" if each.seeds_needed is None else f", {each.seeds_needed:.2g} times the seeds"
        said.append(f"{', '.join(filter(None, names(each)))}: correlation {known}{more}")
    return f"Correlation of pairs, and seeds needed. {'; '.join(said)}."


def missing(evidence: Evidence) -> str | None:
    """Return why there is nothing to draw."""
    found = evidence.paired_effects
    if found is None:
        return "The conditions cross no other factor with two rates of dropout."
    if all(each.correlation is None and each.seeds_needed is None for each in found.by_level):
        return "What pairing is worth is not known: too few seeds, or differences that do not vary."
    return None


PLOT = Plot("pairing", "What pairing by seed is worth", draw, height, caption, description, missing)
