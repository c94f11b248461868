"""Speed: each condition's time against the control's, as a ratio, with its intervals, blocks and verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.figures.comparison_row import LOOKS, Row, draw_row
from analysis.figures.drawn_seeds import thinned
from analysis.figures.evidence import Evidence
from analysis.figures.plot import Plot
from analysis.figures.theme import INK, MUTED, SHADE, SMALL, Layout, inches, place, shortened
from analysis.throughput.result import Speed, SpeedComparison
from analysis.wording.number_format import inner_level, level, margin_text
from analysis.wording.phrases import quoted
from analysis.wording.throughput import percents, short, tone
from analysis.wording.units import MINUS, Unit

UNIT = Unit("time", "%", "%", 100.0, 1)
_TOP, _BOTTOM = 0.12, 0.46
_ROW = {False: 0.46, True: 0.80}
_NUMBERS = 3.15


def height(evidence: Evidence, layout: Layout) -> float:
    """Return the height in inches."""
    return _TOP + _BOTTOM + _ROW[layout.narrow] * len(_rows(evidence))


def _speed(evidence: Evidence) -> Speed:
    assert evidence.speed is not None
    return evidence.speed


def _rows(evidence: Evidence) -> tuple[SpeedComparison, ...]:
    return _speed(evidence).comparisons


def _drawn(entry: SpeedComparison) -> Row:
    """Return a comparison with its ratios as differences from 1, as the forest plot draws them."""
    outer = _beyond(entry.ratio_low_simultaneous), _beyond(entry.ratio_high_simultaneous)
    inner = _beyond(entry.ratio_low_simultaneous_90), _beyond(entry.ratio_high_simultaneous_90)
    blocks = tuple(block.ratio - 1 for block in entry.blocks)
    return Row(entry.condition, _beyond(entry.ratio), outer, inner, blocks, tone(entry))


def _beyond(ratio: float | None) -> float | None:
    return None if ratio is None else ratio - 1


def draw(figure: Figure, evidence: Evidence, layout: Layout) -> None:
    """Draw the conditions in the study's order."""
    speed, rows = _speed(evidence), _rows(evidence)
    left, right = _margins(rows, layout)
    axes = figure.add_axes((0, 0, 1, 1))
    place(axes, left, _BOTTOM, layout.width - left - right, _ROW[layout.narrow] * len(rows))
    _ground(axes, speed.margin, len(rows), layout)
    reach = _limits(axes, rows, speed.margin)
    for index, row in enumerate(rows):
        heights = (index + 0.10, index + 0.29) if layout.narrow else (index, index + 0.26)
        draw_row(axes, _drawn(row), heights, (UNIT, reach))
    _words(axes, rows, speed.margin, layout)
    _directions(axes, speed.control)


def _margins(rows: Sequence[SpeedComparison], layout: Layout) -> tuple[float, float]:
    if layout.narrow:
        return 0.12, 0.12
    return max(0.95, 0.25 + 1.2 * max(inches(shortened(row.condition)) for row in rows)), _NUMBERS


def _ground(axes: Axes, margin: float, count: int, layout: Layout) -> None:
    """Draw what counts as equal, and no change, behind the rows."""
    spans = [(index - 0.06, index + 0.5) for index in range(count)] if layout.narrow else [(-0.5, count - 0.5)]
    for span in spans:
        axes.fill_betweenx(span, *_equal(margin), color=SHADE, linewidth=0, zorder=0)
        axes.plot([0, 0], span, color=INK, linewidth=0.9, zorder=1)
    axes.set_ylim(count - 0.5, -0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(5 if layout.narrow else 6, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:+g}%".replace("-", MINUS) if abs(x) > 1e-12 else "0")


def _equal(margin: float) -> tuple[float, float]:
    """Return the ends of what counts as equal, in per cent of the control's time."""
    return 100 * (1 / (1 + margin) - 1), 100 * margin


def _limits(axes: Axes, rows: Sequence[SpeedComparison], margin: float) -> tuple[float, float]:
    """Set the axis so that no change, the margin and every interval fit; return between where blocks are drawn."""
    drawn = [_drawn(row) for row in rows]
    ends = [100 * end for row in drawn for end in (*row.outer, row.estimate) if end is not None]
    low, high = min([*ends, _equal(margin)[0]]), max([*ends, _equal(margin)[1]])
    room = 0.2 * (high - low)
    points = [100 * each for row in drawn for each in row.differences]
    reach = max(low - room, min([low, *points])), min(high + room, max([high, *points]))
    pad = 0.05 * (reach[1] - reach[0])
    axes.set_xlim(reach[0] - pad, reach[1] + pad)
    return reach


def _words(axes: Axes, rows: Sequence[SpeedComparison], margin: float, layout: Layout) -> None:
    left, right = _margins(rows, layout)
    inch = 1 / (layout.width - left - right)  # as a fraction of the axes' width
    start = (0.12 - left) * inch
    for index, row in enumerate(rows):
        colour = LOOKS[tone(row)][0]
        under = f"n = {row.n_blocks} {'block' if row.n_blocks == 1 else 'blocks'}"
        up, down = (-0.36, -0.18) if layout.narrow else (-0.13, 0.22)
        _text(axes, (start, index + up), shortened(row.condition), weight="bold", va="center")
        _text(axes, (start, index + down), under, color=MUTED, va="center", fontsize=SMALL)
        estimate = told(row, margin)
        if layout.narrow:
            _text(axes, (1, index + up), short(row), ha="right", va="center", color=colour, weight="bold")
            _text(axes, (1, index + down), estimate, ha="right", va="center", fontsize=SMALL)
            continue
        _text(axes, (1 + 0.12 * inch, index), estimate, va="center")
        _text(axes, (1 + 1.86 * inch, index), short(row), va="center", color=colour, weight="bold")


def told(row: SpeedComparison, margin: float) -> str:
    """Return the change of time with its interval."""
    if row.ratio is None:
        return "no block"
    if row.simultaneous is None:
        return percents([row.ratio], margin, MINUS)[0]
    change, low, high = percents([row.ratio, *row.simultaneous], margin, MINUS)
    return f"{change}  [{low}, {high}]"


def _text(axes: Axes, where: tuple[float, float], said: str, **looks: Any) -> None:
    axes.text(*where, said, transform=axes.get_yaxis_transform(), **looks)


def _directions(axes: Axes, control: str) -> None:
    for side, arrow in ((0, "← faster"), (1, "slower →")):
        axes.annotate(
            arrow, (side, 0), (0, -19), xycoords="axes fraction", textcoords="offset points", va="top",
            ha="right" if side else "left", fontsize=SMALL, color=MUTED,
        )  # fmt: skip
    axes.annotate(
        f"time against {quoted(shortened(control, 12))}", (0.5, 0), (0, -19), xycoords="axes fraction",
        textcoords="offset points", va="top", ha="center", fontsize=SMALL, color=INK,
    )  # fmt: skip


def caption(evidence: Evidence) -> str:
    """Return what the marks mean."""
    speed = _speed(evidence)
    inner = inner_level(speed.alpha)
    thick = "" if inner is None else f", thick line its {inner} interval"
    return (
        "Time of a training step against the control's, ratio of geometric means. Small points: blocks, each with "
        f"both alone on the machine. Thin line: simultaneous {level(speed.alpha)} interval{thick}. Shaded: times "
        f"within a factor of {margin_text(1 + speed.margin)}, which count as equal."
    ) + thinned((len(each.blocks) for each in speed.comparisons), "blocks")


def description(evidence: Evidence) -> str:
    """Return what is to be seen."""
    speed = _speed(evidence)
    said = [f"{row.condition}: {told(row, speed.margin)}, {short(row)}" for row in _rows(evidence)]
    return f"Change of time per step. {'; '.join(said)}."


def missing(evidence: Evidence) -> str | None:
    """Return why there is nothing to draw."""
    if evidence.speed is None:
        return "Speed was not measured by itself: python -m bench throughput STUDY does that."
    if not any(entry.n_blocks for entry in evidence.speed.comparisons):
        return "Speed was measured, but there is no block in which a condition and the control were alone."
    return None


PLOT = Plot("speed", "Does it cost speed?", draw, height, caption, description, missing)
