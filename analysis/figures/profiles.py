"""Performance profiles: the share of each condition's runs on all tasks that is better than a threshold."""

from __future__ import annotations

import math
import textwrap

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.answer.over_tasks import ComparisonOverTasks
from analysis.figures.evidence_over_tasks import EvidenceOverTasks
from analysis.figures.plot import Plot
from analysis.figures.task_forest import told
from analysis.figures.theme import BLUE, INK, MUTED, SMALL, Layout, place, shortened, told_apart
from analysis.methods.performance_profile import PerformanceProfile
from analysis.tables.question import LOG_RATIO
from analysis.wording.number_format import level
from analysis.wording.phrases import quoted
from analysis.wording.units import MINUS, unit_of
from bench.schema.known_metrics import LOWER

_PANEL, _HEAD, _FEET, _LEFT, _BETWEEN, _LAST = 1.25, 0.3, 0.28, 0.52, 0.2, 0.2


def _others(evidence: EvidenceOverTasks) -> list[PerformanceProfile]:
    return [each for each in evidence.profiles if each.condition != evidence.whole.control]


def _control(evidence: EvidenceOverTasks) -> PerformanceProfile:
    return next(each for each in evidence.profiles if each.condition == evidence.whole.control)


def _columns(evidence: EvidenceOverTasks, layout: Layout) -> int:
    return min(layout.panels, max(2, len(_others(evidence))))


def height(evidence: EvidenceOverTasks, layout: Layout) -> float:
    """Return the height in inches."""
    return math.ceil(len(_others(evidence)) / _columns(evidence, layout)) * (_HEAD + _PANEL + _FEET) + 2 * _LAST


def draw(figure: Figure, evidence: EvidenceOverTasks, layout: Layout) -> None:
    """Draw a panel for each condition, the control's profile behind each."""
    whole, columns, tall = evidence.whole, _columns(evidence, layout), height(evidence, layout)
    wide = (layout.width - _LEFT - 0.12 - _BETWEEN * (columns - 1)) / columns
    titles = told_apart([each.condition for each in _others(evidence)], max(12, int(wide / 0.08)))
    for index, profile in enumerate(_others(evidence)):
        row, column = divmod(index, columns)
        axes = figure.add_axes((0, 0, 1, 1), label=profile.condition)
        up = tall - (row + 1) * (_HEAD + _PANEL) - row * _FEET
        place(axes, _LEFT + column * (wide + _BETWEEN), up, wide, _PANEL)
        _profile(axes, whole, _control(evidence), is_control=True)
        _profile(axes, whole, profile, is_control=False)
        _ground(axes, whole, profile)
        axes.set_title(titles[index])
        if column:
            axes.tick_params(labelleft=False)
        else:
            axes.set_ylabel("runs better than that, %", fontsize=SMALL)
    across = min(columns, len(_others(evidence))) * (wide + _BETWEEN) - _BETWEEN
    said = textwrap.fill(_axis(whole), max(34, int(across / 0.07)))
    middle = (_LEFT + across / 2) / layout.width
    figure.text(middle, _LAST / tall, said, ha="center", va="center", fontsize=SMALL)


def _profile(axes: Axes, whole: ComparisonOverTasks, profile: PerformanceProfile, *, is_control: bool) -> None:
    x = [told(each, whole) for each in profile.thresholds]
    share, low, high = ([100 * each for each in ends] for ends in (profile.share, profile.low, profile.high))
    colour = MUTED if is_control else BLUE
    dashes = (0, (4, 2)) if is_control else "-"
    if whole.n_seeds > 1:
        axes.fill_between(x, low, high, color=colour, alpha=0.18, linewidth=0, zorder=1 if is_control else 2)
    axes.plot(x, share, color=colour, linewidth=1.1 if is_control else 1.5, linestyle=dashes, zorder=3,
              label="control" if is_control else profile.condition)  # fmt: skip


def _ground(axes: Axes, whole: ComparisonOverTasks, profile: PerformanceProfile) -> None:
    axes.axvline(0, color=INK, linewidth=0.7, zorder=1)
    axes.set_xlim(told(profile.thresholds[0], whole), told(profile.thresholds[-1], whole))
    axes.set_ylim(-2, 102)
    axes.set_yticks([0, 25, 50, 75, 100])
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:+g}".replace("-", MINUS) if abs(x) > 1e-12 else "0")
    axes.grid(axis="y")
    axes.set_axisbelow(True)


def _axis(whole: ComparisonOverTasks) -> str:
    what = f"the median of {quoted(shortened(whole.control))} on the same task"
    if whole.scale == LOG_RATIO:
        return f"ratio to {what}, per cent above 1"
    unit = unit_of(whole.metric).difference
    return f"difference to {what}" + (f", {'percentage points' if unit == 'points' else unit}" if unit else "")


def caption(evidence: EvidenceOverTasks) -> str:
    """Return what the marks mean."""
    whole = evidence.whole
    below = "below" if whole.direction == LOWER else "above"
    how = "ratio to" if whole.scale == LOG_RATIO else "distance from"
    band = (
        f"Band: {level(whole.alpha)} of the bootstrap stratified by task, pointwise; for these tasks and new seeds, "
        "pairing not used."
        if whole.n_seeds > 1
        else "One run on a task leaves no band: it says nothing of new seeds."
    )
    return (
        f"Performance profiles: the share of single runs on all tasks whose {unit_of(whole.metric).name} is {below} a "
        f"threshold. What is easy to reach differs between tasks, so a run counts by its {how} the median of "
        f"{quoted(whole.control)} on its task, which is taken as known. Solid: the condition; dashed: the control "
        f"{quoted(whole.control)}. {band} A curve that is further "
        f"{'left' if whole.direction == LOWER else 'right'} is better; runs beyond the axis count in the level at its "
        "ends. Descriptive: no verdict rests on it."
    )


def description(evidence: EvidenceOverTasks) -> str:
    """Return what is to be seen."""
    said = []
    for each in (_control(evidence), *_others(evidence)):
        near = min(range(len(each.thresholds)), key=lambda place, each=each: abs(each.thresholds[place]))
        said.append(f"{quoted(each.condition)}: {100 * each.share[near]:.0f}% of {each.n_runs} runs")
    return f"Better than the control’s median on the same task, about: {'; '.join(said)}."


def missing(evidence: EvidenceOverTasks) -> str | None:
    """Return why there is nothing to draw."""
    labels = {each.condition for each in evidence.profiles}
    if evidence.whole.control not in labels or len(labels) < 2:
        return "There are no runs on several tasks to set against the control’s median."
    return None


PLOT = Plot("profiles", "Performance profiles", draw, height, caption, description, missing)
