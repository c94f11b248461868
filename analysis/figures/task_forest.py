"""Forest plot over tasks: each condition's difference on each task, then on average over these, and on new ones."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.answer.over_tasks import AcrossTasks, ComparisonOverTasks
from analysis.figures.comparison_row import LOOKS
from analysis.figures.evidence_over_tasks import EvidenceOverTasks
from analysis.figures.plot import Plot
from analysis.figures.theme import (
    GRID,
    INK,
    LINE,
    MUTED,
    PAPER,
    SHADE,
    SMALL,
    Layout,
    inches,
    place,
    shortened,
    told_apart,
)
from analysis.methods import verdict
from analysis.methods.these_tasks import OverTasks
from analysis.tables.question import LOG_RATIO
from analysis.wording import tasks as words
from analysis.wording.differences import ESTIMATES
from analysis.wording.number_format import level
from analysis.wording.phrases import count, quoted
from analysis.wording.style import PAGE
from analysis.wording.units import MINUS, unit_of
from analysis.wording.verdicts import tone, tone_of
from bench.schema.known_metrics import HIGHER, LOWER

_ROW, _HEAD, _FEET, _LAST = 0.17, 0.28, 0.30, 0.40
"""Inches of a row, above and below the rows of a panel, and below the lowest panels besides."""
_BETWEEN, _EDGE = 0.16, 0.12
_PANELS = {False: 3, True: 1}
_GAP = 0.4
"""Rows that stay free between the tasks and what is shown over them."""
_ROOM = 1.0
"""Intervals are drawn this far beyond all estimates, as a share of their whole width; longer ones end in an arrow."""
MEAN_THESE, MEAN_NEW, ONE_NEW = "mean, these tasks", "mean, new tasks", "a single new task"


def _columns(whole: ComparisonOverTasks, layout: Layout) -> int:
    return min(_PANELS[layout.narrow], len(whole.across))


def _rows(whole: ComparisonOverTasks) -> list[str]:
    """Return the names at the left: the tasks, then what is known over them."""
    over = [each.new for each in whole.across.values()]
    these = [MEAN_THESE] if any(words.is_known(each.these) for each in whole.across.values()) else []
    new = [MEAN_NEW] if any(each.low is not None for each in over) else []
    single = [ONE_NEW] if any(each.prediction_low is not None for each in over) else []
    return [*told_apart(list(whole.tasks)), *these, *new, *single]


def _panel(whole: ComparisonOverTasks) -> float:
    return _ROW * (len(_rows(whole)) + _GAP)


def height(evidence: EvidenceOverTasks, layout: Layout) -> float:
    """Return the height in inches."""
    whole = evidence.whole
    rows = math.ceil(len(whole.across) / _columns(whole, layout))
    return rows * (_HEAD + _panel(whole) + _FEET) + _LAST


def draw(figure: Figure, evidence: EvidenceOverTasks, layout: Layout) -> None:
    """Draw a panel for each condition, all on one scale."""
    whole = evidence.whole
    columns, tall, rows = _columns(whole, layout), height(evidence, layout), _rows(whole)
    left = _EDGE + 0.1 + max(*map(inches, rows), 1.2 * inches(MEAN_THESE))
    wide = (layout.width - left - _EDGE - _BETWEEN * (columns - 1)) / columns
    limits = _limits(whole)
    titles = told_apart(list(whole.across), max(12, int(wide / 0.08)))
    for index, each in enumerate(whole.across.values()):
        row, column = divmod(index, columns)
        axes = figure.add_axes((0, 0, 1, 1), label=each.condition)
        up = tall - (row + 1) * (_HEAD + _panel(whole)) - row * _FEET
        place(axes, left + column * (wide + _BETWEEN), up, wide, _panel(whole))
        _ground(axes, whole, limits)
        _marks(axes, whole, each)
        axes.xaxis.set_major_locator(MaxNLocator(max(2, int(wide / 0.42)), steps=[1, 2, 5, 10]))
        axes.set_title(titles[index])
        if not column:
            _names(axes, rows, len(whole.tasks))
    _below(figure, whole, (left, layout.width - _EDGE, layout.width))


def _at(index: int, tasks: int) -> float:
    """Return the height of a row, what is known over tasks a little apart."""
    return index + (_GAP if index >= tasks else 0.0)


def told(value: float, whole: ComparisonOverTasks) -> float:
    """Return a difference in the unit of the axis."""
    return 100 * math.expm1(value) if whole.scale == LOG_RATIO else unit_of(whole.metric).scale * value


def _limits(whole: ComparisonOverTasks) -> tuple[float, float]:
    """Return an axis on which zero, the margin and every estimate lie, and intervals as far as there is room."""
    heads = [each.headline for task in whole.tasks.values() for each in task.judged]
    over = [each.these for each in whole.across.values()] + [each.new for each in whole.across.values()]
    margin = (whole.margin or 0.0) * (100 if whole.scale == LOG_RATIO else unit_of(whole.metric).scale)
    middle = [told(each.estimate, whole) for each in (*heads, *over) if each.estimate is not None]
    known = [*filter(math.isfinite, middle), 0.0, margin, -margin]
    reached = [told(end, whole) for each in (*heads, *over) for end in (each.low, each.high) if end is not None]
    predicted = [end for each in whole.across.values() for end in (each.new.prediction_low, each.new.prediction_high)]
    reached = [*known, *reached, *(told(end, whole) for end in predicted if end is not None)]
    reached = [end for end in reached if math.isfinite(end)]
    room = _ROOM * (max(known) - min(known)) or max(map(abs, reached)) or 1.0
    low, high = max(min(reached), min(known) - room), min(max(reached), max(known) + room)
    pad = 0.06 * (high - low)
    return low - pad, high + pad


def _ground(axes: Axes, whole: ComparisonOverTasks, limits: tuple[float, float]) -> None:
    rows, tasks = len(_rows(whole)), len(whole.tasks)
    margin = (whole.margin or 0.0) * (100 if whole.scale == LOG_RATIO else unit_of(whole.metric).scale)
    axes.axvspan(-margin, margin, color=SHADE, linewidth=0, zorder=0)
    axes.axvline(0, color=INK, linewidth=0.9, zorder=1)
    axes.axhline(tasks - 0.5 + _GAP / 2, color=LINE, linewidth=0.7, zorder=1)
    axes.set_xlim(*limits)
    axes.set_ylim(rows - 0.5 + _GAP, -0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:+g}".replace("-", MINUS) if abs(x) > 1e-12 else "0")
    axes.grid(axis="x", color=GRID)
    axes.set_axisbelow(True)


def _names(axes: Axes, rows: Sequence[str], tasks: int) -> None:
    for index, name in enumerate(rows):
        axes.annotate(
            name, (0, _at(index, tasks)), (-7, 0), xycoords=axes.get_yaxis_transform(), textcoords="offset points",
            ha="right", va="center", fontsize=SMALL, color=INK, weight="bold" if index >= tasks else "normal",
        )  # fmt: skip


def _marks(axes: Axes, whole: ComparisonOverTasks, each: AcrossTasks) -> None:
    tasks = len(whole.tasks)
    for index, (name, task) in enumerate(whole.tasks.items()):
        if each.condition not in task.effects:
            axes.annotate(
                "not on this task", (0.5, index), xycoords=axes.get_yaxis_transform(), ha="center", va="center",
                fontsize=SMALL - 1, color=MUTED, bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 0.6},
            )  # fmt: skip
            continue
        effect = task.effects[each.condition]
        colour, shape, filled = LOOKS[tone(effect)]
        found = effect.headline
        _line(axes, whole, (found.low, found.high), (index, colour, 1.2), found.estimate)
        _dot(axes, whole, found.estimate, (index, colour, shape, filled, name))
    rows = _rows(whole)
    if MEAN_THESE in rows:
        _diamond(axes, whole, each.these, _at(tasks, tasks))
    if MEAN_NEW in rows:
        at = _at(rows.index(MEAN_NEW), tasks)
        colour = LOOKS[_tone(each.new)][0]
        _line(axes, whole, (each.new.low, each.new.high), (at, colour, 1.2), each.new.estimate)
        _dot(axes, whole, each.new.estimate, (at, colour, "D", False, MEAN_NEW))
    if ONE_NEW in rows:
        ends = each.new.prediction_low, each.new.prediction_high
        _line(axes, whole, ends, (_at(rows.index(ONE_NEW), tasks), MUTED, 1.4), each.new.estimate, dashed=True)


def _tone(found: OverTasks) -> str:
    return tone_of(found.verdict or verdict.CANNOT_TEST)


def _ends(axes: Axes, whole: ComparisonOverTasks, ends: tuple[float | None, float | None]) -> list[tuple[float, bool]]:
    """Return where an interval is drawn to, and whether it goes on beyond that."""
    found = []
    for side, end, edge in zip((-1, 1), ends, axes.get_xlim(), strict=True):
        value = side * math.inf if end is None else told(end, whole)
        beyond = side * value > side * edge
        found.append((edge if beyond else value, beyond))
    return found


def _line(
    axes: Axes, whole: ComparisonOverTasks, ends: tuple[float | None, float | None],
    looks: tuple[float, str, float], estimate: float | None, dashed: bool = False,
) -> None:  # fmt: skip
    if ends == (None, None) or estimate is None:
        return
    at, colour, width = looks
    (low, cut_low), (high, cut_high) = _ends(axes, whole, ends)
    axes.plot(
        [low, high], [at, at], color=colour, linewidth=width, linestyle=(0, (2.2, 1.4)) if dashed else "-", zorder=3
    )
    for x, cut, shape in ((low, cut_low, "<"), (high, cut_high, ">")):
        if cut or dashed:
            axes.plot([x], [at], marker=shape if cut else "|", markersize=4 if cut else 6, color=colour, zorder=4,
                      clip_on=False)  # fmt: skip


def _dot(
    axes: Axes, whole: ComparisonOverTasks, estimate: float | None, looks: tuple[float, str, str, bool, str]
) -> None:
    if estimate is None or not math.isfinite(estimate):
        return
    at, colour, shape, filled, label = looks
    axes.plot(
        [told(estimate, whole)], [at], marker=shape, markersize=4.6, color=colour, zorder=5, label=label,
        markerfacecolor=colour if filled else PAPER, markeredgewidth=1.1, linestyle="none",
    )  # fmt: skip


def _diamond(axes: Axes, whole: ComparisonOverTasks, found: OverTasks, at: float) -> None:
    """Draw what is known of these tasks: a diamond as wide as its interval."""
    if found.estimate is None or (found.low is None and found.high is None):
        return
    colour = LOOKS[_tone(found)][0]
    (low, cut_low), (high, cut_high) = _ends(axes, whole, (found.low, found.high))
    middle = told(found.estimate, whole)
    axes.fill(
        [low, middle, high, middle], [at, at - 0.36, at, at + 0.36], facecolor=colour, edgecolor=colour, linewidth=0.8,
        joinstyle="miter", zorder=4, label=MEAN_THESE,
    )  # fmt: skip
    for x, cut, shape in ((low, cut_low, "<"), (high, cut_high, ">")):
        if cut:
            axes.plot([x], [at], marker=shape, markersize=4, color=colour, zorder=5, clip_on=False)


def _below(figure: Figure, whole: ComparisonOverTasks, where: tuple[float, float, float]) -> None:
    """Say below the panels in which direction the benefit lies, and what is measured."""
    left, right, width = where
    tall = figure.get_size_inches()[1]
    less, more = {LOWER: ("better", "worse"), HIGHER: ("worse", "better"), None: ("lower", "higher")}[whole.direction]
    for x, said, side in ((left, f"← {less}", "left"), (right, f"{more} →", "right")):
        figure.text(x / width, 0.40 / tall, said, ha=side, va="center", fontsize=SMALL, color=MUTED)
    figure.text((left + right) / 2 / width, 0.2 / tall, measured(whole), ha="center", va="center", fontsize=SMALL)


def measured(whole: ComparisonOverTasks) -> str:
    """Return what the axis shows, with its unit in words."""
    control = quoted(shortened(whole.control))
    if whole.scale == LOG_RATIO:
        return f"ratio to {control}, per cent above 1"
    unit = unit_of(whole.metric).difference
    return f"difference to {control}" + (f", {'percentage points' if unit == 'points' else unit}" if unit else "")


def caption(evidence: EvidenceOverTasks) -> str:
    """Return what the marks mean."""
    whole = evidence.whole
    tasks, conditions = len(whole.tasks), len(whole.across)
    said = (
        f"{unit_of(whole.metric).name.capitalize()} on each of {tasks} tasks: {ESTIMATES[whole.estimand]} to "
        f"{quoted(whole.control)} with its {level(whole.alpha)} interval, simultaneous over all "
        f"{conditions * tasks} comparisons. Filled round marks: better, square: worse, diamond: equivalent; hollow: "
        f"none of these."
    )
    rows = _rows(whole)
    if MEAN_THESE in rows:
        said += (
            f" Filled diamond as wide as its {level(whole.alpha)} interval: the mean over these tasks, each weighing "
            "the same."
        )
    if MEAN_NEW in rows:
        said += " Hollow diamond with a line: the mean over new tasks of this kind."
    if ONE_NEW in rows:
        said += (
            f" Dashed: {level(whole.alpha)} prediction interval, within which the true difference on a single new task "
            "may lie."
        )
    if MEAN_NEW in rows or conditions > 1:
        said += f" Over tasks, intervals are simultaneous over {count(conditions, 'condition')}."
    if whole.margin is not None:
        said += " Shaded: differences too small to matter."
    return f"{said} An arrow at the edge: the interval goes on."


def description(evidence: EvidenceOverTasks) -> str:
    """Return what is to be seen."""
    return " ".join(words.sentences(evidence.whole, PAGE))


def missing(evidence: EvidenceOverTasks) -> str | None:
    """Return why there is nothing to draw."""
    return None if evidence.whole.across else "There is no condition to compare with the control."


PLOT = Plot("tasks", "Differences by task", draw, height, caption, description, missing)
