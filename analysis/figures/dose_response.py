"""Dose-response: the primary metric against the rate, the fitted quadratic and the set in which its optimum lies."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.figures.drawn_seeds import some, thinned
from analysis.figures.evidence import Evidence
from analysis.figures.outliers import CAPTION, count_far, near
from analysis.figures.plot import Plot
from analysis.figures.theme import BLUE, GREEN, INK, LINE, MUTED, SHADE, SMALL, Layout, place
from analysis.methods.dose_response import DoseResponse
from analysis.wording.number_format import level, p_value
from analysis.wording.units import unit_of

_PANEL, _TOP, _BOTTOM, _LEFT, _LINE = 2.3, 0.34, 0.46, 0.56, 0.19
_ASIDE = 0.011
"""Seeds stand left of their rate and means right of it, by this share of the axis."""


def _found(evidence: Evidence) -> DoseResponse:
    assert evidence.primary.dose_response is not None
    return evidence.primary.dose_response


def _bent(evidence: Evidence) -> bool:
    """Return whether the levels do not lie on a parabola: then no curve is drawn through them."""
    return _found(evidence).rejects(evidence.primary.alpha)


def height(evidence: Evidence, layout: Layout) -> float:
    """Return the height in inches."""
    return _TOP + _PANEL + _BOTTOM + (_legend(evidence) if layout.narrow else 0.0)


def _legend(evidence: Evidence) -> float:
    """Return the inches below the axis that the legend takes there."""
    return _LINE * (2 if _bent(evidence) else 5 if _found(evidence).identified else 3) + 0.04


def draw(figure: Figure, evidence: Evidence, layout: Layout) -> None:
    """Draw one panel; its legend beside it, or below it where there is no room."""
    axes = figure.add_axes((0, 0, 1, 1))
    width = layout.width - _LEFT - (0.12 if layout.narrow else 2.15)
    place(axes, _LEFT, _BOTTOM + (_legend(evidence) if layout.narrow else 0.0), width, _PANEL)
    draw_panel(axes, evidence)
    unit = unit_of(evidence.primary.metric)
    axes.set_title(f"{unit.name[0].upper()}{unit.name[1:]}" + (f", {unit.value}" if unit.value else ""))
    axes.set_xlabel("rate", fontsize=SMALL)
    axes.legend(
        fontsize=SMALL, borderpad=0, labelspacing=0.45, handlelength=1.8, borderaxespad=0,
        loc="upper left" if layout.narrow else "center left",
        bbox_to_anchor=(0.0, -0.20) if layout.narrow else (1.04, 0.5),
    )  # fmt: skip


def draw_panel(axes: Axes, evidence: Evidence) -> None:
    """Draw seeds and means at their rates, the curve through all of them where it fits, the set of optima behind."""
    found, unit = _found(evidence), unit_of(evidence.primary.metric)
    rates = found.rates
    aside = _ASIDE * (rates[-1] - rates[0])
    if found.located is not None:
        optimum, *ends = found.located
        axes.axvspan(*ends, color=SHADE, linewidth=0, zorder=0, label=_set(found))
        axes.axvline(
            optimum, color=GREEN, linewidth=1.1, linestyle=(0, (4, 2)), zorder=1,
            label=f"optimum of the curve, {optimum:.2f}",
        )  # fmt: skip
    every = [value for condition in found.conditions for value in _values(evidence, condition)]
    low, high = near(every)
    shown = [each for each in every if low <= each <= high]
    means = {each.condition: each for each in evidence.means[evidence.primary.metric]}
    for place_, (rate, condition) in enumerate(zip(rates, found.conditions, strict=True)):
        values = _values(evidence, condition)
        drawn = some([each for each in values if low <= each <= high])
        count_far(axes, rate - aside, values, (low, high))
        axes.plot(
            [rate - aside] * len(drawn), drawn, linestyle="none", marker="o", markersize=3.2, color=MUTED, alpha=0.4,
            markeredgewidth=0, zorder=2, label="one seed" if place_ == 0 else f"_seeds-{condition}",
        )  # fmt: skip
        mean = means[condition]
        ends = [each * unit.scale for each in (mean.low, mean.mean, mean.high) if each is not None]
        axes.plot([rate + aside] * len(ends), ends, color=BLUE, linewidth=1.8, zorder=4)
        if mean.mean is not None:
            axes.plot(
                [rate + aside], [mean.mean * unit.scale], color=BLUE, marker="o", markersize=5.6, linestyle="none",
                markeredgecolor="#ffffff", zorder=5, label="mean, 95% interval" if place_ == 0 else f"_{condition}",
            )  # fmt: skip
        shown += ends
    if found.coefficients is not None and not _bent(evidence):
        x = np.linspace(rates[0], rates[-1], 101)
        intercept, b1, b2 = found.coefficients
        fitted = unit.scale * (intercept + b1 * x + b2 * x**2)
        axes.plot(x, fitted, color=INK, linewidth=1.2, zorder=3, label="fitted quadratic")
        shown += [float(fitted.min()), float(fitted.max())]
    _axis(axes, found, shown)


def _values(evidence: Evidence, condition: str) -> list[float]:
    """Return the metric of every seed of a condition that trained, in the unit that is drawn."""
    metric = evidence.primary.metric
    known = (each.values.get(metric) for each in evidence.of(condition))
    return [each * unit_of(metric).scale for each in known if each is not None]


def _axis(axes: Axes, found: DoseResponse, shown: list[float]) -> None:
    rates = found.rates
    low, high = (min(shown), max(shown)) if shown else (0.0, 1.0)
    room = 0.06 * (high - low) or 0.5
    axes.set_ylim(low - room, high + room)
    axes.set_xlim(rates[0] - 0.06 * (rates[-1] - rates[0]), rates[-1] + 0.06 * (rates[-1] - rates[0]))
    axes.xaxis.set_major_locator(MaxNLocator(8, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axes.grid(axis="y", color=LINE, alpha=0.35)
    axes.set_axisbelow(True)
    if not found.identified:
        axes.annotate(
            "optimum not identified", (1, 1), (0, 5), xycoords="axes fraction", textcoords="offset points",
            ha="right", fontsize=SMALL, color=INK, weight="bold",
        )  # fmt: skip


def _set(found: DoseResponse) -> str:
    return f"where it may lie, {found.optimum_low:.2f} to {found.optimum_high:.2f}"


def caption(evidence: Evidence) -> str:
    """Return what the marks mean."""
    found, whole = _found(evidence), evidence.primary
    said = (
        f"{unit_of(whole.metric).name.capitalize()} by rate, conditions with one rate for all layers. Small dots: "
        f"one seed each, {CAPTION}; large: mean over the seeds that trained, with its t interval."
    )
    said += f"{thinned(len(_values(evidence, each)) for each in found.conditions)} "
    if found.lack_of_fit_p is not None and _bent(evidence):
        return said + (
            "No curve is drawn and no optimum is named: the levels do not lie on a parabola (lack of fit, Hotelling’s "
            f"T² of the residuals of {found.n} seeds, {p_value(found.lack_of_fit_p)}). Compare the levels themselves."
        )
    said += f"Curve: mean of the seeds’ own quadratic fits, over the {found.n} seeds at which every rate trained. "
    if not found.identified:
        return said + (
            "The optimum is not identified: the curve bends the wrong way, or so little that its top could be anywhere."
        )
    return said + (
        f"Dashed: the optimum of the curve. Shaded: Fieller’s {level(whole.alpha)} set of where that optimum may "
        f"lie, cut off at the rates that were tried. It is the top of a quadratic, not of the truth: rates between "
        "those that were tried were not seen."
    )


def description(evidence: Evidence) -> str:
    """Return what is to be seen."""
    found, unit = _found(evidence), unit_of(evidence.primary.metric)
    means = {each.condition: each.mean for each in evidence.means[evidence.primary.metric]}
    pairs = zip(found.rates, found.conditions, strict=True)
    told = ", ".join(f"{rate:g}: {unit.tell(means[condition])}" for rate, condition in pairs)
    optimum = "Optimum not identified."
    if found.identified:
        optimum = (
            f"Optimum of the fitted curve {found.optimum:.2f}, set {found.optimum_low:.2f} to {found.optimum_high:.2f}."
        )
    return f"Mean {unit.name} by rate: {told}. {optimum}"


def missing(evidence: Evidence) -> str | None:
    """Return why there is nothing to draw."""
    if not evidence.comparisons or evidence.primary.dose_response is None:
        return "Fewer than three conditions have one rate for all layers: no curve can be fitted."
    if evidence.primary.dose_response.b2 is None:
        return "Fewer than two seeds trained at every rate: no curve can be fitted."
    return None


PLOT = Plot("dose-response", "The rate that does best", draw, height, caption, description, missing)
