"""Kaplan and Meier's curves of collapse: the share of each condition's trials that still train, by epoch."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.figures.evidence import Evidence
from analysis.figures.plot import Plot
from analysis.figures.theme import BLUE, INK, MUTED, SMALL, VERMILION, Layout, place, shortened
from analysis.methods.survival import ConditionCurve, Curve, Survival
from analysis.wording.number_format import level
from analysis.wording.phrases import quoted

_PANEL, _HEAD, _FEET, _LEFT, _BETWEEN = 1.15, 0.36, 0.45, 0.50, 0.2


def _found(evidence: Evidence) -> Survival:
    assert evidence.survival is not None
    return evidence.survival


def _panels(evidence: Evidence) -> list[ConditionCurve]:
    """Return the curves with trials, in the study's order."""
    return [each for each in _found(evidence).curves if each.n]


def _columns(evidence: Evidence, layout: Layout) -> int:
    return min(layout.panels, max(2, len(_panels(evidence))))


def height(evidence: Evidence, layout: Layout) -> float:
    """Return the height in inches."""
    rows = math.ceil(len(_panels(evidence)) / _columns(evidence, layout))
    return rows * (_HEAD + _PANEL + _FEET)


def draw(figure: Figure, evidence: Evidence, layout: Layout) -> None:
    """Draw one panel per condition, the control's curve behind each."""
    columns, tall = _columns(evidence, layout), height(evidence, layout)
    width = (layout.width - _LEFT - 0.1 - _BETWEEN * (columns - 1)) / columns
    lowest = min(each for panel in _panels(evidence) for each in (*panel.low, *panel.survival) if each is not None)
    floor = min(0.9, math.floor(10 * lowest) / 10)
    for index, panel in enumerate(_panels(evidence)):
        row, column = divmod(index, columns)
        axes = figure.add_axes((0, 0, 1, 1), label=panel.condition)
        bottom = tall - (row + 1) * (_HEAD + _PANEL) - row * _FEET
        place(axes, _LEFT + column * (width + _BETWEEN), bottom, width, _PANEL)
        draw_panel(axes, evidence, panel)
        axes.set_ylim(100 * floor - 2, 102)
        axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10], integer=True))
        if column:
            axes.tick_params(labelleft=False)
        else:
            axes.set_ylabel("not collapsed, %", fontsize=SMALL)
            for said, down in (("epoch", 4), ("at risk", 14.5)):
                axes.annotate(
                    said, (0, 0), (-7, -down), xycoords="axes fraction", textcoords="offset points", ha="right",
                    va="top", fontsize=SMALL - 0.5, color=MUTED,
                )  # fmt: skip


def draw_panel(axes: Axes, evidence: Evidence, panel: ConditionCurve) -> None:
    """Draw one condition: its steps, the pointwise band, the control's steps, and how many are at risk."""
    found = _found(evidence)
    is_control = panel.condition == found.control
    if not is_control and any(each.condition == found.control and each.n for each in found.curves):
        x, y = steps(found.of(found.control), found.last_epoch)
        axes.step(x, y, where="post", color=MUTED, linewidth=1.0, linestyle=(0, (4, 2)), zorder=2, label="control")
    x, y = steps(panel, found.last_epoch)
    axes.step(x, y, where="post", color=INK if is_control else BLUE, linewidth=1.6, zorder=4, label=panel.condition)
    _band(axes, panel, found.last_epoch, INK if is_control else BLUE)
    last = found.last_epoch
    ticks = sorted({1, (1 + last) // 2, last}) if last > 5 else sorted({1, last})
    axes.set_xlim(0, last + 0.04 * last)
    axes.set_xticks(ticks)
    for tick in ticks:
        axes.annotate(
            str(at_risk(panel, tick)), (tick, 0), (0, -14.5), xycoords=("data", "axes fraction"),
            textcoords="offset points", ha="center", va="top", fontsize=SMALL - 0.5, color=MUTED,
        )  # fmt: skip
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    axes.set_title(shortened(panel.condition), pad=13)
    aside = next((each.aside for each in evidence.settings if each.label == panel.condition), "")
    said = f"{aside + ': ' if aside else ''}{panel.collapsed} of {panel.n} collapsed"
    axes.annotate(
        said, (0, 1), (0, 3), xycoords="axes fraction",
        textcoords="offset points", fontsize=SMALL, color=VERMILION if panel.collapsed else MUTED,
    )  # fmt: skip


def steps(panel: Curve, last: int) -> tuple[list[float], list[float]]:
    """Return the corners of a curve in per cent, from epoch 0 to the last one."""
    alive = [100.0, *(100 * each for each in panel.survival)]
    return [0.0, *map(float, panel.epochs), float(last)], [*alive, alive[-1]]


def at_risk(panel: Curve, epoch: int) -> int:
    """Return how many trials had neither collapsed nor ended before `epoch`."""
    pairs = zip(panel.epochs, panel.at_risk, strict=True)
    return next((number for at, number in pairs if at >= epoch), 0)


def _band(axes: Axes, panel: Curve, last: int, colour: str) -> None:
    known = [index for index, each in enumerate(panel.low) if each is not None]
    if not known:
        return
    x = [float(panel.epochs[index]) for index in known]
    end = next((float(panel.epochs[i]) for i in range(known[-1] + 1, len(panel.epochs))), float(last))
    ends = [(panel.low[index], panel.high[index]) for index in known]
    low, high = ([100 * each for each in end if each is not None] for end in zip(*ends, strict=True))
    axes.fill_between(
        [*x, end], [*low, low[-1]], [*high, high[-1]], step="post", color=colour, alpha=0.2, linewidth=0, zorder=1
    )


def caption(evidence: Evidence) -> str:
    """Return what the marks mean."""
    found = _found(evidence)
    said = (
        "Share of the trials that have not collapsed, by epoch (Kaplan and Meier); a trial collapses at the first "
        "epoch from which its test accuracy stays at chance level, or its loss is no finite number, up to the end. "
        f"Band: {level(found.alpha)} intervals by Greenwood’s variance on the log-log scale, each for its epoch "
        "alone; a curve without a collapse has none, and its exact limits are in the table. Below: how many trials "
        f"were still training. Dashed: the control {quoted(found.control)}. Trials that end well leave the curve "
        "at their last epoch: what more epochs would do is not known."
    )
    if any(each.aside for each in evidence.settings):
        said += " Before the count: dropout rates."
    unseen = sum(each.not_from_curve for each in found.curves)
    if unseen:
        said += f" {unseen} diverged trials whose curve does not show when are counted at their last epoch."
    return said


def description(evidence: Evidence) -> str:
    """Return what is to be seen."""
    told = [
        f"{each.condition}: {each.collapsed} of {each.n} collapsed, {100 * each.survival[-1]:.0f}% still "
        "train at the end"
        for each in _panels(evidence)
    ]
    return f"{'; '.join(told)}."


def missing(evidence: Evidence) -> str | None:
    """Return why there is nothing to draw."""
    if evidence.survival is None:
        return "No learning curve in this folder shows a collapse."
    return None


PLOT = Plot("survival", "When trials collapse", draw, height, caption, description, missing)
