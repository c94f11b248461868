"""Learning curves in the book's form: training loss, running training accuracy and test accuracy by epoch."""

from __future__ import annotations

import math
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from analysis.figures.evidence import Curves, Evidence, Setting
from analysis.figures.plot import Plot
from analysis.figures.row_words import order_of_values, short_name
from analysis.figures.theme import BLUE, INK, MUTED, ORANGE, SMALL, VERMILION, Layout, place
from analysis.wording.phrases import quoted

QUANTITIES: dict[str, tuple[str, str, Any]] = {
    "test_accuracy": ("test accuracy", BLUE, "-"),
    "running_train_accuracy": ("running training accuracy", ORANGE, (0, (4, 1.4))),
    "running_train_loss": ("running training loss (nats)", MUTED, (0, (1.2, 1.2))),
}
CLEAN, LOSS = "train_accuracy", "running_train_loss"
ACCURACIES = {"test_accuracy", "running_train_accuracy", CLEAN}
BOOK_LIMITS = (0.3, 0.9)

_PANEL_HEIGHT, _TITLE, _TICKS, _LEFT, _BETWEEN = 1.35, 0.34, 0.24, 0.34, 0.16


def _panels(evidence: Evidence) -> tuple[Setting, ...]:
    """Return the conditions in the study's order, negative controls last."""
    curves = evidence.curves
    have = set() if curves is None else {each.condition for each in (*curves.bands, *curves.broken)}
    return tuple(each for each in (*evidence.trained, *evidence.at_chance) if each.label in have)


def _drawn(evidence: Evidence) -> set[str]:
    """Return the quantities that some condition has."""
    return set() if evidence.curves is None else {each.quantity for each in evidence.curves.bands}


def _rows(evidence: Evidence, layout: Layout) -> int:
    return math.ceil(len(_panels(evidence)) / layout.panels)


def _legend_height(layout: Layout) -> float:
    return 0.66 if layout.narrow else 0.26


def height(evidence: Evidence, layout: Layout) -> float:
    """Return the height in inches."""
    return _legend_height(layout) + _rows(evidence, layout) * (_TITLE + _PANEL_HEIGHT + _TICKS) + 0.1


def limits(curves: Curves, labels: set[str]) -> tuple[float, float]:
    """Return the book's axis where the curves fit it from the second epoch on, else one that they fit."""
    late = [
        value
        for band in curves.bands
        if band.condition in labels and band.quantity != CLEAN
        for epoch, value in zip(band.epochs, band.median, strict=True)
        if epoch >= min(2, band.epochs[-1])
    ]
    low, high = min(late, default=BOOK_LIMITS[0]), max(late, default=BOOK_LIMITS[1])
    if low >= BOOK_LIMITS[0] and high <= BOOK_LIMITS[1]:
        return BOOK_LIMITS
    step = 0.1 if high - low < 1 else 0.5
    low, high = math.floor(low / step) * step, math.ceil(high / step) * step
    return min(BOOK_LIMITS[0], low), max(BOOK_LIMITS[1], high)


def draw(figure: Figure, evidence: Evidence, layout: Layout) -> None:
    """Draw one panel per condition; negative controls have an axis of their own."""
    curves = evidence.curves
    assert curves is not None
    panels = _panels(evidence)
    common = limits(curves, {each.label for each in panels if not each.stays_at_chance})
    width = (layout.width - _LEFT - 0.32 - _BETWEEN * (layout.panels - 1)) / layout.panels
    top = height(evidence, layout) - _legend_height(layout)
    for index, setting in enumerate(panels):
        row, column = divmod(index, layout.panels)
        axes = figure.add_axes((0, 0, 1, 1), label=setting.label)
        bottom = top - (row + 1) * (_TITLE + _PANEL_HEIGHT) - row * _TICKS
        place(axes, _LEFT + column * (width + _BETWEEN), bottom, width, _PANEL_HEIGHT)
        draw_panel(axes, evidence, setting)
        axes.set_ylim(*((0, 2.5) if setting.stays_at_chance else common))
        if setting.stays_at_chance:
            axes.yaxis.tick_right()
            axes.spines["right"].set_visible(True)
            axes.spines["left"].set_visible(False)
        elif column:
            axes.tick_params(labelleft=False)
    _legend(figure, evidence, layout)


def draw_panel(axes: Axes, evidence: Evidence, setting: Setting) -> None:
    """Draw the curves of one condition: median over seeds as a line, smallest to largest as a band."""
    curves = evidence.curves
    assert curves is not None
    for quantity, (_, colour, dashes) in QUANTITIES.items():
        band = curves.of(setting.label, quantity)
        if band is not None:
            axes.fill_between(band.epochs, band.low, band.high, color=colour, alpha=0.22, linewidth=0)
            axes.plot(band.epochs, band.median, color=colour, linestyle=dashes, linewidth=1.5, label=quantity)
    clean = curves.of(setting.label, CLEAN)
    if clean is not None:
        axes.plot(
            clean.epochs, clean.median, linestyle="none", marker="D", markersize=3.6, color=INK, clip_on=False,
            zorder=5, label=CLEAN,
        )  # fmt: skip
    for run in curves.broken:
        if run.condition == setting.label:
            axes.plot(run.epochs, run.test_accuracy, color=VERMILION, linewidth=0.9, label=f"broken-{run.seed}")
    last = max(epoch for each in (*curves.bands, *curves.broken) for epoch in each.epochs)
    axes.set_xlim(1 - 0.03 * last, last + 0.03 * last)
    axes.set_xticks([1, last] if last < 6 else [1, (1 + last) // 2, last])
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    _titles(axes, evidence, setting)


def _titles(axes: Axes, evidence: Evidence, setting: Setting) -> None:
    name, said = short_name(setting, evidence)
    axes.set_title(name, pad=13)
    if setting.stays_at_chance:
        said = ", ".join(filter(None, [said, "own axis"]))
    axes.annotate(
        said, (0, 1), (0, 3), xycoords="axes fraction", textcoords="offset points", fontsize=SMALL, color=MUTED
    )
    broken = evidence.broken.get(setting.label)
    if broken is not None and broken.diverged and not setting.stays_at_chance:
        axes.annotate(
            f"× {broken.diverged} of {broken.n} collapsed", (0.03, 0.04), xycoords="axes fraction",
            fontsize=SMALL, color=VERMILION,
        )  # fmt: skip


def _legend(figure: Figure, evidence: Evidence, layout: Layout) -> None:
    lines = [
        Line2D([], [], color=colour, linestyle=dashes, linewidth=1.5, label=name)
        for quantity, (name, colour, dashes) in QUANTITIES.items()
        if quantity in _drawn(evidence)
    ]
    if CLEAN in _drawn(evidence):
        end = "clean training accuracy, end"
        lines.append(Line2D([], [], color=INK, linestyle="none", marker="D", markersize=3.6, label=end))
    figure.legend(
        handles=lines, loc="upper left", bbox_to_anchor=(0.0, 1.0), ncols=1 if layout.narrow else 4, borderpad=0.2,
        handlelength=2.0, columnspacing=1.2, labelspacing=0.25, handletextpad=0.5,
    )  # fmt: skip
    figure.text(_LEFT / layout.width, 0.0, "epoch", va="bottom", fontsize=SMALL, color=MUTED)


def caption(evidence: Evidence) -> str:
    """Return what the marks mean."""
    drawn = _drawn(evidence)
    accuracy = "Accuracies are fractions"
    if LOSS in drawn:
        accuracy += " and share the axis with the loss in nats, as in the book"
    said = (
        "Line: median over the seeds that trained. Band: from the lowest to the highest of these seeds. "
        f"{f'{accuracy}; what' if drawn & ACCURACIES else 'What'} lies outside the axis is cut off."
    )
    if any(quantity.startswith("running") for quantity in drawn):
        said += " Running: averaged over the epoch while training, dropout on."
    if CLEAN in drawn:
        said += " Diamond: training accuracy after the last epoch, dropout off."
    said += order_of_values(evidence)
    if any(each.diverged for each in evidence.broken.values()):
        said += " Thin red lines: test accuracy of runs that collapsed or diverged, which are in no median and no band."
    if evidence.at_chance:
        names = ", ".join(quoted(each.label) for each in evidence.at_chance)
        said += f" {names}: negative control, drawn on an axis of its own."
    return said


def description(evidence: Evidence) -> str:
    """Return what is to be seen."""
    curves = evidence.curves
    assert curves is not None
    ends = []
    for setting in _panels(evidence):
        band = curves.of(setting.label, "test_accuracy")
        if band is not None:
            ends.append(f"{setting.label} {100 * band.median[-1]:.1f}%")
    return f"Median test accuracy at the last epoch: {', '.join(ends)}." if ends else "No run trained."


def missing(evidence: Evidence) -> str | None:
    """Return why there is nothing to draw."""
    if evidence.curves is not None and _panels(evidence):
        return None
    return "There are no learning curves of accuracy or training loss in this folder."


PLOT = Plot("learning-curves", "Learning curves", draw, height, caption, description, missing)
