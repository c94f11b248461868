"""Variance of the hidden units by epoch, before and after the mask: a panel for each hidden layer."""

from __future__ import annotations

import math
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from analysis.figures.evidence import Evidence
from analysis.figures.plot import Plot
from analysis.figures.theme import INK, PAPER, SMALL, Layout, hue, inches, marker, place, shortened
from analysis.methods.activations import Activations, VarianceCurve
from analysis.wording.number_format import level
from analysis.wording.phrases import quoted
from analysis.wording.units import plain

_PANEL, _HEAD, _FEET, _LEFT, _BETWEEN, _LINE = 1.75, 0.27, 0.46, 0.50, 0.42, 0.17
_DASHES: dict[str, Any] = {"before": "-", "after": (0, (4, 1.4))}


def _found(evidence: Evidence) -> Activations:
    assert evidence.activations is not None
    return evidence.activations


def _labels(evidence: Evidence) -> list[str]:
    """Return the conditions with curves, in the study's order."""
    return list(dict.fromkeys(each.condition for each in _found(evidence).curves))


def _layers(evidence: Evidence) -> list[int]:
    return sorted({each.layer for each in _found(evidence).curves})


def _columns(evidence: Evidence, layout: Layout) -> int:
    return 1 if layout.narrow else min(3, len(_layers(evidence)))


def _per_row(evidence: Evidence, layout: Layout) -> int:
    """Return how many conditions stand side by side in the legend."""
    labels = _labels(evidence)
    widest = max(inches(shortened(label)) for label in labels)
    return max(1, min(len(labels), int((layout.width - 0.1) / (widest + 0.62))))


def _legend_height(evidence: Evidence, layout: Layout) -> float:
    rows = math.ceil(len(_labels(evidence)) / _per_row(evidence, layout))
    return _LINE * (rows + 1) + 0.04


def height(evidence: Evidence, layout: Layout) -> float:
    """Return the height in inches."""
    rows = math.ceil(len(_layers(evidence)) / _columns(evidence, layout))
    return _legend_height(evidence, layout) + rows * (_HEAD + _PANEL + _FEET)


def draw(figure: Figure, evidence: Evidence, layout: Layout) -> None:
    """Draw a panel for each hidden layer."""
    columns = _columns(evidence, layout)
    width = min(5.0, (layout.width - _LEFT - 0.12 - _BETWEEN * (columns - 1)) / columns)
    top = height(evidence, layout) - _legend_height(evidence, layout)
    for index, layer in enumerate(_layers(evidence)):
        row, column = divmod(index, columns)
        axes = figure.add_axes((0, 0, 1, 1), label=f"layer-{layer}")
        bottom = top - (row + 1) * (_HEAD + _PANEL) - row * _FEET
        place(axes, _LEFT + column * (width + _BETWEEN), bottom, width, _PANEL)
        draw_panel(axes, evidence, layer)
        axes.set_title(f"Hidden layer {layer}")
        axes.set_xlabel("epoch", fontsize=SMALL)
        if column == 0:
            axes.set_ylabel("variance", fontsize=SMALL)
    _legend(figure, evidence, layout)


def draw_panel(axes: Axes, evidence: Evidence, layer: int) -> None:
    """Draw the curves of one layer; a mask that changes nothing has none of its own."""
    mine = [each for each in _found(evidence).curves if each.layer == layer]
    for curve in mine:
        if curve.side == "after" and not masks(curve, mine):
            continue
        _curve(axes, curve, _place_of(evidence, curve.condition))
    last = max(epoch for each in mine for epoch in each.epochs)
    axes.set_xlim(1 - 0.03 * last, last + 0.03 * last)
    axes.set_xticks([1, last] if last < 6 else [1, (1 + last) // 2, last])
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.grid(axis="y")
    axes.set_axisbelow(True)


def masks(after: VarianceCurve, curves: list[VarianceCurve]) -> bool:
    """Return whether the mask changes the variance of a condition in a layer, given the curves of that layer."""
    before = (each for each in curves if (each.condition, each.side) == (after.condition, "before"))
    return any(each.variance != after.variance for each in before)


def _place_of(evidence: Evidence, condition: str) -> int:
    return next(index for index, each in enumerate(evidence.trained) if each.label == condition)


def _curve(axes: Axes, curve: VarianceCurve, index: int) -> None:
    """Draw the mean and, where two trials have it, its interval."""
    colour, name = hue(index), f"{curve.side}-{curve.condition}"
    known = [at for at, low in enumerate(curve.low) if low is not None]
    if known:
        epochs = [curve.epochs[at] for at in known]
        low, high = ([end for end in ends if end is not None] for ends in (curve.low, curve.high))
        axes.fill_between(epochs, low, high, color=colour, alpha=0.2, linewidth=0, label=f"band-{name}")
    axes.plot(
        curve.epochs, curve.variance, color=colour, linestyle=_DASHES[curve.side], linewidth=1.4,
        marker=marker(index), markersize=4.4, markevery=[-1], markeredgecolor=colour, clip_on=False, zorder=4,
        markerfacecolor=colour if curve.side == "before" else PAPER, label=name,
    )  # fmt: skip


def _legend(figure: Figure, evidence: Evidence, layout: Layout) -> None:
    """Name the lines above the panels: first the sides of the mask, then the conditions."""
    style = {"fontsize": SMALL, "borderpad": 0, "borderaxespad": 0, "handlelength": 2.4, "handletextpad": 0.5}
    sides = [
        Line2D([], [], color=INK, linestyle=dashes, linewidth=1.4, label=f"{side} the mask")
        for side, dashes in _DASHES.items()
    ]
    conditions = []
    for label in _labels(evidence):
        index = _place_of(evidence, label)
        conditions.append(
            Line2D(
                [], [], color=hue(index), marker=marker(index), markersize=4.4, linewidth=1.4, label=shortened(label)
            )
        )
    for handles, columns, down in ((sides, 2, 0.02), (conditions, _per_row(evidence, layout), 0.02 + _LINE)):
        figure.legend(
            handles=handles, ncols=columns, loc="upper left", columnspacing=1.4, labelspacing=0.3, labelcolor=INK,
            bbox_to_anchor=(0.08 / layout.width, 1 - down / height(evidence, layout)), **style,
        )  # fmt: skip


def left_out(evidence: Evidence) -> str:
    """Return which trials that diverged are in no number; empty where there are none."""
    told = [
        f"{each.diverged} of {each.n} trials of {quoted(each.condition)}"
        for each in _found(evidence).left_out
        if each.diverged
    ]
    return f"Left out, because they collapsed or diverged: {', '.join(told)}." if told else ""


def caption(evidence: Evidence) -> str:
    """Return what the marks mean."""
    found = _found(evidence)
    said = (
        "Variance of the hidden units over units and the first 1,000 training images, after each epoch, with the noise "
        "of the layers below on; each panel has an axis of its own. Solid: before the layer’s own mask; dashed, open "
        "mark: after it; where the mask changes nothing the two are one. Line: mean over seeds. Band: its "
        f"{level(found.alpha)} t interval, pointwise and for each condition by itself: whether conditions differ is "
        "read from the paired differences, not here."
    )
    if evidence.at_chance:
        names = ", ".join(quoted(each.label) for each in evidence.at_chance)
        said += f" Not drawn: {names} (negative control)."
    return " ".join(filter(None, [said, left_out(evidence)]))


def description(evidence: Evidence) -> str:
    """Return what is to be seen."""
    told = []
    for layer in _layers(evidence):
        for label in _labels(evidence):
            mine = [each for each in _found(evidence).curves if (each.layer, each.condition) == (layer, label)]
            if mine:
                ends = (f"{plain(each.variance[-1], 3)} {each.side} the mask" for each in mine)
                told.append(f"hidden layer {layer}, {label}: {', '.join(ends)}")
    return f"Mean variance at the last epoch. {'; '.join(told)}."


def missing(evidence: Evidence) -> str | None:
    """Return why there is nothing to draw."""
    if evidence.activations is None:
        return "The statistics of hidden units were not recorded."
    if not evidence.activations.curves:
        return "No trial whose hidden units were recorded trained."
    return None


PLOT = Plot("activations", "Hidden units before and after the mask", draw, height, caption, description, missing)
