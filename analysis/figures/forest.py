"""Forest plot: each condition's paired difference to the control, with its intervals, seeds and verdict."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.answer.comparison import Comparison
from analysis.answer.effect import Effect, Judged
from analysis.answer.headline import reach
from analysis.figures.comparison_row import LOOKS, draw_row, row_of
from analysis.figures.drawn_seeds import thinned
from analysis.figures.evidence import Evidence
from analysis.figures.plot import Plot
from analysis.figures.row_words import BOLD, common_n, row_words
from analysis.figures.theme import INK, MUTED, SHADE, SMALL, VERMILION, Layout, inches, place, shortened
from analysis.wording.differences import ESTIMANDS, ESTIMATES
from analysis.wording.number_format import inner_level, level
from analysis.wording.phrases import OVER_SPLITS, quoted
from analysis.wording.sentences import what_one_run_is
from analysis.wording.units import MINUS, Unit, unit_of
from analysis.wording.verdicts import pairs_of, short, tone
from bench.schema.known_metrics import HIGHER, LOWER

_TOP, _BOTTOM = 0.30, 0.58
_ROW = {False: 0.46, True: 0.84}
"""Inches of a row whose name and settings are a line each; further lines add to them."""
_LINE, _LINES = 0.135, 2
_MARKS = 0.38
"""Inches between the marks of a row and its lower end, where words stand above them."""
_VERDICT = 0.7
"""Inches of the column of verdicts, at least."""
_ROOM = 0.2
"""Seeds are drawn this far beyond the intervals, as a share of their whole width; farther ones at the edge."""


def height(evidence: Evidence, layout: Layout) -> float:
    """Return the height in inches."""
    return _TOP + _BOTTOM + _row(evidence, layout) * len(_rows(evidence))


def _row(evidence: Evidence, layout: Layout) -> float:
    """Return the inches of a row: enough for the condition with the most words."""
    return _ROW[layout.narrow] + _LINE * max(0, max(each.lines for each in row_words(evidence)) - _LINES)


def _rows(evidence: Evidence) -> list[Effect]:
    """Return every condition that is meant to train, those without a pair too: what failed is not passed over."""
    return evidence.compared(evidence.primary.metric)


def draw(figure: Figure, evidence: Evidence, layout: Layout) -> None:
    """Draw the rows of the primary metric in the study's order."""
    whole, rows = evidence.primary, _rows(evidence)
    unit = unit_of(whole.metric)
    left, right = _margins(evidence, layout)
    axes = figure.add_axes((0, 0, 1, 1))
    tall = _row(evidence, layout)
    place(axes, left, _BOTTOM, layout.width - left - right, tall * len(rows))
    mark = 0.5 - _MARKS / tall if layout.narrow else 0.0
    _ground(axes, whole, len(rows), mark - 0.13 / tall if layout.narrow else None)
    reach = _limits(axes, rows, whole.margin, unit)
    _widen(axes, evidence, rows)
    for index, row in enumerate(rows):
        heights = (index + mark, index + mark + (0.15 if layout.narrow else 0.12) / tall)
        draw_row(axes, row_of(row), heights, (unit, reach))
        _edge_marks(axes, evidence, row.condition, heights[0])
    _words(axes, evidence, rows, (unit, layout))
    _directions(axes, whole)
    _heads(figure, axes, evidence, layout)


def _margins(evidence: Evidence, layout: Layout) -> tuple[float, float]:
    """Return the inches left of the axis, for the labels, and right of it, for numbers and verdict."""
    if layout.narrow:
        return 0.12, 0.12
    longest = max(each.inches for each in row_words(evidence))
    verdict = BOLD * max(inches(short(row)) for row in _rows(evidence))
    return max(0.95, 0.25 + longest), _verdict(evidence) + max(_VERDICT, verdict)


def _verdict(evidence: Evidence) -> float:
    """Return how many inches right of the axis the verdict stands: after the longest of the numbers."""
    unit, margin = unit_of(evidence.primary.metric), evidence.primary.margin
    longest = max(inches(_estimate(row, unit, margin)) for row in _rows(evidence))
    return max(1.66, 0.18 + 1.05 * longest)


def _ground(axes: Axes, whole: Comparison, count: int, top: float | None) -> None:
    """Draw margin and zero behind all rows; where words stand above each row, from `top` of each row on."""
    margin = (whole.margin or 0.0) * unit_of(whole.metric).scale
    spans = [(-0.5, count - 0.5)] if top is None else [(index + top, index + 0.5) for index in range(count)]
    for span in spans:
        axes.fill_betweenx(span, -margin, margin, color=SHADE, linewidth=0, zorder=0)
        axes.plot([0, 0], span, color=INK, linewidth=0.9, zorder=1)
    axes.set_ylim(count - 0.5, -0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(9, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:+g}".replace("-", MINUS) if abs(x) > 1e-12 else "0")


def _limits(axes: Axes, rows: list[Effect], margin: float | None, unit: Unit) -> tuple[float, float]:
    """Set the axis so that zero, the margin and every interval fit, and return between where seeds are drawn."""
    told = [end for row in rows for end in (row.headline.low, row.headline.high, row.headline.estimate)]
    ends = [end for end in told if end is not None]
    low, high = (of([*ends, side * (margin or 0.0)]) * unit.scale for of, side in ((min, -1), (max, 1)))
    low, high = min(low, 0.0), max(high, 0.0)
    room = _ROOM * ((high - low) or 1.0)
    seeds = [pair.difference * unit.scale for row in rows for pair in row.pairs]
    reach = max(low - room, min([low, *seeds])), min(high + room, max([high, *seeds]))
    pad = 0.05 * ((reach[1] - reach[0]) or 1.0)
    axes.set_xlim(reach[0] - pad, reach[1] + pad)
    return reach


def _widen(axes: Axes, evidence: Evidence, rows: list[Effect]) -> None:
    """Make room at the edges where pairs that a collapse broke are marked."""
    broken = [evidence.broken[row.condition] for row in rows]
    low, high = axes.get_xlim()
    room = 0.09 * (high - low)
    left, right = any(each.alone for each in broken), any(each.control_alone for each in broken)
    axes.set_xlim(low - room * left, high + room * right)


def _edge_marks(axes: Axes, evidence: Evidence, condition: str, index: float) -> None:
    """Mark pairs that a collapse broke: at the left edge where the condition collapsed, right where the control did."""
    broken = evidence.broken[condition]
    for side, count in ((0, broken.alone), (1, broken.control_alone)):
        if count:
            axes.annotate(
                f"×{count}", (axes.get_xlim()[side], index), (4 if side == 0 else -4, 0), textcoords="offset points",
                ha="left" if side == 0 else "right", va="center", color=VERMILION, fontsize=SMALL + 0.5, weight="bold",
            )  # fmt: skip


def _words(axes: Axes, evidence: Evidence, rows: list[Effect], told: tuple[Unit, Layout]) -> None:
    unit, layout = told
    left, right = _margins(evidence, layout)
    margin = evidence.primary.margin
    inch = 1 / (layout.width - left - right)  # as a fraction of the axes' width
    start = (0.12 - left) * inch
    tall = _row(evidence, layout)
    for index, (row, words) in enumerate(zip(rows, row_words(evidence), strict=True)):
        verdict, estimate = short(row), _estimate(row, unit, margin)
        colour = LOOKS[tone(row)][0]
        first = -0.5 + 0.11 / tall if layout.narrow else -0.5 * _LINE * (words.lines - 1) / tall
        at = [index + first + _LINE * line / tall for line in range(max(2, words.lines))]
        for height_, said in zip(at, words.name, strict=False):
            _text(axes, (start, height_), said, weight="bold", va="center")
        for height_, said in zip(at[len(words.name) :], words.below, strict=False):
            _text(axes, (start, height_), said, color=MUTED, va="center", fontsize=SMALL)
        if layout.narrow:
            _text(axes, (1, at[0]), verdict, ha="right", va="center", color=colour, weight="bold")
            _text(axes, (1, at[1]), estimate, ha="right", va="center", fontsize=SMALL)
            continue
        _text(axes, (1 + 0.12 * inch, index), estimate, va="center")
        _text(axes, (1 + _verdict(evidence) * inch, index), verdict, va="center", color=colour, weight="bold")


def _estimate(row: Judged, unit: Unit, margin: float | None, around: tuple[str, str, str] = ("  [", ", ", "]")) -> str:
    """Return estimate and interval; how many pairs a collapse took where none is left."""
    if not pairs_of(row):
        lost = row.n_lost_to_divergence
        return f"0 of {lost} {'pair' if lost == 1 else 'pairs'}" if lost else "no pair"
    estimate = unit.tell_difference(row.headline.estimate, margin)
    low, high = row.headline.low, row.headline.high
    if low is None and high is None:
        return estimate
    before, between, after = around
    known = iter(unit.tell_differences([end for end in (low, high) if end is not None], margin))
    ends = ("no limit" if end is None else next(known) for end in (low, high))
    return f"{estimate}{before}{between.join(ends)}{after}"


def _text(axes: Axes, where: tuple[float, float], said: str, **looks: Any) -> None:
    axes.text(*where, said, transform=axes.get_yaxis_transform(), **looks)


def _directions(axes: Axes, whole: Comparison) -> None:
    """Say below the axis in which direction the benefit lies, and what is measured."""
    unit = unit_of(whole.metric)
    words = {LOWER: ("better", "worse"), HIGHER: ("worse", "better"), None: ("lower", "higher")}[whole.direction]
    for side, arrow in ((0, f"← {words[0]}"), (1, f"{words[1]} →")):
        axes.annotate(
            arrow, (side, 0), (0, -19), xycoords="axes fraction", textcoords="offset points", va="top",
            ha="right" if side else "left", fontsize=SMALL, color=MUTED,
        )  # fmt: skip
    said = f"difference to {quoted(shortened(whole.control))}" + (f", {unit.difference}" if unit.difference else "")
    axes.annotate(
        said, (0.5, 0), (0, -29), xycoords="axes fraction", textcoords="offset points", va="top", ha="center",
        fontsize=SMALL, color=INK,
    )  # fmt: skip


def _heads(figure: Figure, axes: Axes, evidence: Evidence, layout: Layout) -> None:
    """Put headings above the columns."""
    whole = evidence.primary
    unit = unit_of(whole.metric)
    told, n = level(whole.alpha), common_n(evidence)
    measured = unit.name if n is None else f"{unit.name}, n = {n}"
    if layout.narrow:
        looks = {"va": "top", "fontsize": SMALL, "color": MUTED}
        figure.text(0.12 / layout.width, 0.995, measured, **looks)
        figure.text(
            1 - 0.12 / layout.width,
            0.995,
            f"verdict, {ESTIMATES[whole.estimand]} [{told} CI]",
            ha="right",
            **looks,
        )
        return
    left, right = _margins(evidence, layout)
    inch = 1 / (layout.width - left - right)
    top = -0.5 - 0.12 / _row(evidence, layout)
    places = ((0.12 - left) * inch, 1 + 0.12 * inch, 1 + _verdict(evidence) * inch)
    for place_, said in zip(places, (measured, f"{ESTIMATES[whole.estimand]} [{told} CI]", "verdict"), strict=True):
        _text(axes, (place_, top), said, color=MUTED, fontsize=SMALL)


def caption(evidence: Evidence) -> str:
    """Return what the marks mean."""
    whole = evidence.primary
    unit, alpha, block = unit_of(whole.metric), whole.alpha, whole.unit.key
    inner = inner_level(alpha)
    has_inner = inner is not None and any(row.headline.low_90 is not None for row in _rows(evidence))
    thick = f", thick line: {inner} interval, both" if has_inner else ""
    of_one_run = what_one_run_is(whole)
    mark = f"difference {of_one_run}" if of_one_run else ESTIMANDS[whole.estimand]
    said = (
        f"Difference in {unit.name} to {quoted(whole.control)}. Mark: {mark}. Thin "
        f"line: {level(alpha)} interval{thick} simultaneous over "
        f"all conditions shown{_reach(whole)}. Small points: one {block} each; a triangle at the edge counts {block}s "
        f"beyond it. Filled round marks: better, square: worse, diamond: equivalent; hollow: none of these."
    )
    if whole.margin is not None:
        smallest = f"±{unit.margin_with_unit(whole.margin)}"
        said += f" Shaded: differences too small to matter ({smallest})."
    if any(not pairs_of(row) for row in _rows(evidence)):
        said += " A row without a mark: no pair trained, so there is no difference to show."
    if any(each.alone + each.control_alone for each in evidence.broken.values()):
        said += (
            " ×: pairs in which a run collapsed, without a point; at the left edge the condition collapsed, at the "
            "right edge the control did."
        )
    return said + thinned((len(row.pairs) for row in _rows(evidence)), f"{block}s")


def _reach(whole: Comparison) -> str:
    """Return what the intervals hold for, where they hold for anything."""
    told = whole.scopes
    if not told and not whole.unit.independent:
        return f". {OVER_SPLITS.removesuffix('.')}: nothing is decided, and there is no interval"
    return f", {reach(told, whole.example)}" if told else ""


def description(evidence: Evidence) -> str:
    """Return what is to be seen."""
    whole = evidence.primary
    unit = unit_of(whole.metric)
    said = []
    for row in _rows(evidence):
        told = _estimate(row, unit, whole.margin, (", interval ", " to ", ""))
        said.append(f"{row.condition}: {told}, {short(row)}")
    return f"{ESTIMATES[whole.estimand].capitalize()}s in {unit.difference or 'the metric'}. {'; '.join(said)}."


def missing(evidence: Evidence) -> str | None:
    """Return why there is nothing to draw."""
    if not evidence.comparisons or not any(pairs_of(row) for row in _rows(evidence)):
        return "There is no complete pair of trials to compare."
    return None


PLOT = Plot("differences", "Differences to the control", draw, height, caption, description, missing)
