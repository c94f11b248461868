"""Power against the number of seeds, at the spread seen: what a study of these conditions would show of the margin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from analysis.answer.power_curves import ConditionPower, PowerCurve, PowerCurves
from analysis.figures.evidence import Evidence
from analysis.figures.plot import Plot
from analysis.figures.theme import BLUE, GREEN, INK, LINE, MUTED, SMALL, Layout, place, shortened
from analysis.methods.power import EQUIVALENT, SUPERIOR, UPPER
from analysis.wording.number_format import exact
from analysis.wording.phrases import every
from analysis.wording.resampling import NAMES
from analysis.wording.units import unit_of
from bench.schema.known_metrics import MEAN

_PANEL, _TITLE, _TICKS, _LEFT, _BETWEEN, _FOOT, _LEGEND, _EDGE = 1.25, 0.44, 0.26, 0.46, 0.16, 0.18, 0.17, 0.05
LOOKS = {SUPERIOR: (BLUE, "solid"), EQUIVALENT: (GREEN, (0, (1, 1)))}
"""Colour and dashes: the dashes say in grey what the colour says."""
WORDS = {
    SUPERIOR: "a difference that is the margin",
    EQUIVALENT: "equivalence, where there is none",
}

AT_HAND, PLANNED = "at hand", "planned"
"""What the seeds of the upright line are."""


def _told(evidence: Evidence) -> PowerCurves:
    assert evidence.power is not None
    return evidence.power


def _rows(told: PowerCurves, layout: Layout) -> int:
    return -(-len(told.conditions) // layout.panels)


def _legend_height(layout: Layout) -> float:
    return _EDGE + _LEGEND * (len(LOOKS) if layout.narrow else 1)


def height(evidence: Evidence, layout: Layout) -> float:
    """Return the height in inches."""
    return _height(_told(evidence), layout)


def _height(told: PowerCurves, layout: Layout) -> float:
    return _legend_height(layout) + _rows(told, layout) * (_TITLE + _PANEL + _TICKS) + _FOOT


def draw(figure: Figure, evidence: Evidence, layout: Layout) -> None:
    """Draw one panel for each condition, all on the same scales."""
    _draw(figure, _told(evidence), layout, WORDS)


def _draw(
    figure: Figure, told: PowerCurves, layout: Layout, words: Mapping[str, str], seeds_are: str = AT_HAND
) -> None:
    width = (layout.width - _LEFT - 0.14 - _BETWEEN * (layout.panels - 1)) / layout.panels
    top = _height(told, layout) - _legend_height(layout)
    for index, each in enumerate(told.conditions):
        row, column = divmod(index, layout.panels)
        axes = figure.add_axes((0, 0, 1, 1), label=each.condition)
        place(
            axes,
            _LEFT + column * (width + _BETWEEN),
            top - (row + 1) * (_TITLE + _PANEL) - row * _TICKS,
            width,
            _PANEL,
        )
        draw_panel(axes, each, told.power, seeds_are)
        axes.tick_params(labelleft=not column)
    figure.text(_LEFT / layout.width, 0.0, "power in %, by number of seeds", va="bottom", fontsize=SMALL, color=MUTED)
    _legend(figure, words, layout)


def draw_panel(axes: Axes, each: ConditionPower, power: float, seeds_are: str = AT_HAND) -> None:
    """Draw the curves of one condition, with bands down to the upper limit of its spread, and the seeds there are."""
    axes.axhline(100 * power, color=LINE, linewidth=0.8, zorder=1)
    if each.n is not None:
        axes.axvline(each.n, color=INK, linewidth=0.9, linestyle=(0, (3, 2)), zorder=1, label=f"now-{each.condition}")
    for curve in each.curves:
        colour, dashes = LOOKS[curve.goal]
        seen, upper = ([100 * one for one in several] for several in (curve.power, curve.power_upper))
        axes.fill_between(curve.seeds, upper, seen, color=colour, alpha=0.15, linewidth=0, zorder=2)
        axes.plot(
            curve.seeds, seen, color=colour, linestyle=dashes, linewidth=1.4, zorder=3,
            label=f"{curve.goal}-{each.condition}",
        )  # fmt: skip
    seeds = each.curves[0].seeds
    axes.set_xscale("log")
    axes.set_xlim(seeds[0], seeds[-1])
    axes.set_ylim(0, 103)
    axes.set_yticks([0, 50, 100])
    axes.set_xticks(_ticks(seeds[0], seeds[-1]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:,.0f}")
    axes.set_title(shortened(each.condition, 18), pad=13)
    axes.annotate(
        "no seeds yet" if each.n is None else f"{seeds_are}: n = {each.n:,}", (0, 1), (0, 3), xycoords="axes fraction",
        textcoords="offset points", fontsize=SMALL, color=MUTED,
    )  # fmt: skip


def _ticks(first: int, last: int) -> list[int]:
    """Return powers of ten within the axis; where there are fewer than two, its ends."""
    tens = [10**power for power in range(6) if first <= 10**power <= last]
    return tens if len(tens) > 1 else [first, last]


def _legend(figure: Figure, words: Mapping[str, str], layout: Layout) -> None:
    """Say above the panels what is shown by each curve, each at its true difference."""
    lines = {str(line.get_label()).split("-")[0]: line for axes in figure.axes for line in axes.lines}
    goals = [goal for goal in words if goal in lines]
    figure.legend(
        [lines[goal] for goal in goals], [words[goal] for goal in goals], loc="upper left", borderpad=0.0,
        bbox_to_anchor=(_LEFT / layout.width, 1 - _EDGE / float(figure.get_size_inches()[1])), borderaxespad=0.0,
        ncols=1 if layout.narrow else len(goals), handlelength=2.2,
        columnspacing=1.4, labelspacing=0.35, fontsize=SMALL, labelcolor=MUTED,
    )  # fmt: skip


def caption(evidence: Evidence) -> str:
    """Return what the marks mean."""
    told, whole = _told(evidence), evidence.primary
    unit = unit_of(whole.metric)
    margin = unit.margin_with_unit(whole.margin or 0.0)
    family = "1 condition" if len(whole.judged) == 1 else every(len(whole.judged), "condition")
    images = f" and as many test {whole.drawn}s" if told.over_images else ""
    return (
        f"Power: how often a new study of so many seeds{images} would show each goal for {unit.name}, by the interval "
        f"of the {NAMES[told.estimand]}, adjusted for {family}. Solid: a difference from 0, where the true one is the "
        f"margin of {margin}; nearly the same curve is that of not being worse by the margin, where the true one is 0. "
        "Dotted: equivalence within the margin, where the true one is 0. Lines: at the spread seen; bands: down to its "
        f"upper {exact(100 * UPPER):g}% limit. Dashed upright line: the seeds at hand. Level line: "
        f"{exact(100 * told.power):g}%. Seeds on a logarithmic scale."
    )


def description(evidence: Evidence) -> str:
    """Return what is to be seen."""
    told = _told(evidence)
    return _described(told, WORDS)


def _described(told: PowerCurves, words: Mapping[str, str]) -> str:
    said = [
        f"{each.condition}: {'; '.join(_reached(one, told.power, words) for one in each.curves)}"
        for each in told.conditions
    ]
    return f"Seeds from which the power is {exact(100 * told.power):g}%, about. {' '.join(f'{each}.' for each in said)}"


def _reached(curve: PowerCurve, power: float, words: Mapping[str, str]) -> str:
    """Return the first number of seeds drawn at which a curve has the power."""
    first = next((n for n, found in zip(curve.seeds, curve.power, strict=True) if found >= power), None)
    return f"{words[curve.goal]}, {f'not up to {curve.seeds[-1]:,}' if first is None else f'{first:,}'}"


def missing(evidence: Evidence) -> str | None:
    """Return why there is nothing to draw."""
    if evidence.power is None:
        return "Power has no curve: no margin was set, or no differences vary."
    return None


PLOT = Plot("power", "Power by number of seeds", draw, height, caption, description, missing)


def _words(told: PowerCurves) -> dict[str, str]:
    """Return what each curve of a plan is of, with its true difference."""
    goals = {SUPERIOR: "a difference from 0", EQUIVALENT: "equivalence"}
    return {curve.goal: f"{goals[curve.goal]}, the true one {curve.delta:g}" for curve in told.conditions[0].curves}


def _caption_of_plan(told: PowerCurves) -> str:
    words, images = _words(told), " and as many test examples" if told.over_images else ""
    said = "; ".join(f"{dashes}: {words[goal]}" for goal, dashes in _DASHES.items() if goal in words)
    return (
        f"Power: how often a study of so many seeds{images} would show each goal, by the interval of the "
        f"{NAMES[told.estimand]}. {said}. Lines: at the spread seen or given; bands: down to the upper limit of one "
        f"that was seen. Level line: {exact(100 * told.power):g}%. Seeds on a logarithmic scale."
    )


_DASHES = {SUPERIOR: "Solid", EQUIVALENT: "dotted"}
OF_PLAN = Plot[PowerCurves](
    "power",
    PLOT.title,
    lambda figure, told, layout: _draw(figure, told, layout, _words(told)),
    _height,
    _caption_of_plan,
    lambda told: _described(told, _words(told)),
    lambda _: None,
)
"""The same of a plan for a study to come, without a comparison."""


def of_study(unit: str, typical_from: int) -> Plot[PowerCurves]:
    """Return the same of a study before its first trial, at several spreads in `unit`.

    With fewer seeds than `typical_from` the curves are those of the mean.
    """

    def words(told: PowerCurves) -> dict[str, str]:
        return {goal: f"{said} {unit}".rstrip() for goal, said in _words(told).items()}

    def caption(told: PowerCurves) -> str:
        said = "; ".join(f"{_DASHES[goal]}: {each}" for goal, each in words(told).items())
        below = f" (with fewer than {typical_from} seeds, of the {NAMES[MEAN]})" if typical_from else ""
        return (
            "Power: how often a study of so many seeds would show each goal on its test set, by the interval of the "
            f"{NAMES[told.estimand]}{below}, where the paired differences have the standard deviation (SD) above a "
            f"panel. {said}. Dashed upright line: the seeds planned. Level line: {exact(100 * told.power):g}%. "
            "Seeds on a logarithmic scale."
        )

    return replace(
        OF_PLAN,
        draw=lambda figure, told, layout: _draw(figure, told, layout, words(told), PLANNED),
        caption=caption,
        description=lambda told: _described(told, words(told)),
    )
