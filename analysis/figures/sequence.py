"""Confidence sequences: what was known of each difference after each seed, however often one looked."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.answer.sequences import ConditionSequence
from analysis.figures.drawn_seeds import some, thinned
from analysis.figures.evidence import Evidence
from analysis.figures.plot import Plot
from analysis.figures.theme import BLUE, INK, MUTED, PAPER, SHADE, SMALL, VERMILION, Layout, place, shortened
from analysis.wording.number_format import level
from analysis.wording.phrases import every, quoted
from analysis.wording.units import MINUS, Unit, unit_of

_PANEL, _TITLE, _TICKS, _LEFT, _BETWEEN, _FOOT = 1.25, 0.44, 0.26, 0.52, 0.16, 0.18
_REACH = 2.5
"""The axis reaches so many times the widest interval after the last seed; earlier ones are cut off."""


def _told(evidence: Evidence) -> list[ConditionSequence]:
    found = evidence.sequences
    return [] if found is None else [each for each in found.sequences if each.looks_family]


def _of_panels(evidence: Evidence, layout: Layout) -> int:
    return -(-len(_told(evidence)) // layout.panels)


def height(evidence: Evidence, layout: Layout) -> float:
    """Return the height in inches."""
    return _of_panels(evidence, layout) * (_TITLE + _PANEL + _TICKS) + _FOOT


def draw(figure: Figure, evidence: Evidence, layout: Layout) -> None:
    """Draw one panel for each condition, all on one scale."""
    told, unit = _told(evidence), unit_of(evidence.primary.metric)
    width = (layout.width - _LEFT - 0.14 - _BETWEEN * (layout.panels - 1)) / layout.panels
    top, reach = height(evidence, layout), _reach(evidence, unit)
    for index, each in enumerate(told):
        row, column = divmod(index, layout.panels)
        axes = figure.add_axes((0, 0, 1, 1), label=each.condition)
        bottom = top - (row + 1) * (_TITLE + _PANEL) - row * _TICKS
        place(axes, _LEFT + column * (width + _BETWEEN), bottom, width, _PANEL)
        draw_panel(axes, evidence, each)
        axes.set_ylim(-reach, reach)
        axes.tick_params(labelleft=not column)
    said = f"difference{', ' + unit.difference if unit.difference else ''}, after so many seeds"
    figure.text(_LEFT / layout.width, 0.0, said, va="bottom", fontsize=SMALL, color=MUTED)


def _reach(evidence: Evidence, unit: Unit) -> float:
    """Return how far the axis goes to either side of zero."""
    last = [each.looks_family[-1] for each in _told(evidence)]
    half = [(look.ends[1] - look.ends[0]) / 2 if look.ends else 0.0 for look in last]
    ends = [abs(look.centre) + 1.2 * reach for look, reach in zip(last, half, strict=True)]
    widest = max(half)
    return unit.scale * max(*ends, _REACH * widest, 1.5 * (evidence.primary.margin or 0.0), 0.0) or 1.0


def draw_panel(axes: Axes, evidence: Evidence, each: ConditionSequence) -> None:
    """Draw one condition: mean and interval after each seed, and where the interval first left zero."""
    unit, looks = unit_of(evidence.primary.metric), some(each.looks_family)
    condition, margin = each.condition, (evidence.primary.margin or 0.0) * unit.scale
    axes.axhspan(-margin, margin, color=SHADE, linewidth=0, zorder=0)
    axes.axhline(0, color=INK, linewidth=0.8, zorder=1)
    axes.plot(
        [look.n for look in looks], [look.centre * unit.scale for look in looks], color=BLUE, linewidth=1.2,
        marker="o" if len(looks) == 1 else None, markersize=3, zorder=4, label=f"centre-{condition}",
    )  # fmt: skip
    known = [(look.n, look.ends) for look in looks if look.ends is not None]
    low, high = ([ends[side] * unit.scale for _, ends in known] for side in (0, 1))
    places = [n for n, _ in known]
    axes.fill_between(places, low, high, color=BLUE, alpha=0.2, linewidth=0, zorder=2)
    for end, name in ((low, "low"), (high, "high")):
        axes.plot(places, end, color=BLUE, linewidth=0.8, zorder=3, label=f"{name}-{condition}")
    first = each.first_n_excluding_zero_family
    if first is not None:
        axes.axvline(first, color=VERMILION, linewidth=0.9, linestyle=(0, (3, 2)), zorder=3, label=f"first-{condition}")
        centre = next(look.centre for look in each.looks_family if look.n == first) * unit.scale
        axes.plot([first], [centre], marker="D", markersize=4.5, color=VERMILION, markeredgecolor=PAPER, zorder=5)
    _words(axes, each)


def _words(axes: Axes, each: ConditionSequence) -> None:
    last = each.looks_family[-1].n
    axes.set_title(shortened(each.condition, 18), pad=13)
    axes.annotate(
        outcome(each), (0, 1), (0, 3), xycoords="axes fraction", textcoords="offset points", fontsize=SMALL, color=MUTED
    )
    axes.set_xlim(1 - 0.03 * last, last + 0.03 * last)
    axes.set_xticks(sorted({1, last} if last < 6 else {1, (1 + last) // 2, last}))
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(lambda y, _: f"{y:+g}".replace("-", MINUS) if abs(y) > 1e-12 else "0")


def outcome(each: ConditionSequence) -> str:
    """Return where a sequence first excluded zero, in words that fit a panel."""
    if each.looks_family[-1].ends is None:
        return "unbounded yet"
    first = each.first_n_excluding_zero_family
    return "holds 0 at every look" if first is None else f"first without 0: {first} seeds"


def caption(evidence: Evidence) -> str:
    """Return what the marks mean."""
    found = evidence.sequences
    assert found is not None
    unit = unit_of(evidence.primary.metric)
    looks = "all looks" if found.conditions == 1 else f"{every(found.conditions, 'condition')} and all looks"
    said = (
        f"Difference in {unit.name} to {quoted(evidence.primary.control)} after each seed, in the order of the seeds. "
        f"Line: {found.estimand or 'mean'} so far. Band: confidence sequence, which holds at {level(found.alpha)} for "
        f"{looks} at once, on this test set: one may stop at will. "
        "It is wider than an interval for a number of seeds that was fixed beforehand. Dashed line and diamond: where "
        "it first did not hold zero. It has no ends after the first seeds; what lies outside the axis is cut off."
    )
    if evidence.primary.margin is not None:
        margin = f"±{unit.margin_with_unit(evidence.primary.margin)}"
        said += f" Shaded: differences too small to matter ({margin})."
    return said + thinned((len(each.looks_family) for each in _told(evidence)), "looks", "are joined by the lines")


def description(evidence: Evidence) -> str:
    """Return what is to be seen."""
    unit, said = unit_of(evidence.primary.metric), []
    for each in _told(evidence):
        last = each.looks_family[-1]
        centre = unit.tell_difference(last.centre)
        ends = "" if last.ends is None else f" ({' to '.join(unit.tell_differences(list(last.ends), None))})"
        said.append(f"{each.condition}: {centre}{ends} after {last.n} seeds, {outcome(each)}")
    return f"Confidence sequences in {unit.difference or 'the metric'}. {'; '.join(said)}."


def missing(evidence: Evidence) -> str | None:
    """Return why there is nothing to draw."""
    if not _told(evidence):
        return "There is no complete pair of trials to follow seed by seed."
    if all(each.looks_family[-1].ends is None for each in _told(evidence)):
        return "The confidence sequences are still unbounded: they need more seeds than there are."
    return None


PLOT = Plot("sequence", "Adding seeds one at a time", draw, height, caption, description, missing)
