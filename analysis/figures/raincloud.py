"""Raincloud: the paired differences themselves, as a cloud, a box and one drop for each seed."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.answer.comparison import Comparison
from analysis.answer.effect import Effect
from analysis.figures import condition_rows as shared
from analysis.figures import names
from analysis.figures.comparison_row import LOOKS, count_beyond
from analysis.figures.drawn_seeds import some, thinned
from analysis.figures.evidence import Evidence
from analysis.figures.plot import Plot
from analysis.figures.theme import INK, MUTED, PAPER, SMALL, Layout, place, shortened
from analysis.methods.verdict import ROUGH
from analysis.wording.phrases import quoted
from analysis.wording.units import Unit, unit_of
from analysis.wording.verdicts import tone

_TOP, _BOTTOM = 0.30, 0.46
_ROW = {False: 0.58, True: 0.95}
_NUMBERS = 1.75
_REACH = 4.0
"""Seeds farther from the box than so many times its width are counted at the edge."""
_LAYERS = 4
"""Drops fall on so many lines in turn, so that they do not hide each other."""


def _rows(evidence: Evidence) -> list[Effect]:
    return evidence.compared(evidence.primary.metric)


def height(evidence: Evidence, layout: Layout) -> float:
    """Return the height in inches."""
    return _TOP + _BOTTOM + _ROW[layout.narrow] * len(_rows(evidence))


def draw(figure: Figure, evidence: Evidence, layout: Layout) -> None:
    """Draw the rows of the primary metric in the study's order."""
    whole, rows = evidence.primary, _rows(evidence)
    unit = unit_of(whole.metric)
    left = shared.left_of(rows, layout)
    right = shared.EDGE if layout.narrow else _NUMBERS
    axes = figure.add_axes((0, 0, 1, 1))
    place(axes, left, _BOTTOM, layout.width - left - right, _ROW[layout.narrow] * len(rows))
    shared.prepare(axes, len(rows))
    margin = None if whole.margin is None else whole.margin * unit.scale
    shared.ground(axes, margin, len(rows), layout)
    axes.xaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
    reach = _limits(axes, rows, margin or 0.0, unit)
    for index, row in enumerate(rows):
        draw_row(axes, row, shared.span(index, layout), (unit, reach))
        shared.label(axes, row, (index, left, layout))
        _numbers(axes, row, index, (whole, layout))
    _heads(axes, layout)
    said = f"difference to {quoted(shortened(whole.control))}" + (f", {unit.difference}" if unit.difference else "")
    shared.name_axis(axes, said)


def _limits(axes: Axes, rows: list[Effect], margin: float, unit: Unit) -> tuple[float, float]:
    """Set the axis to hold zero, the margin and all but the farthest seeds; return between where seeds are drawn."""
    low, high = -margin, margin
    for row in rows:
        seeds = [pair.difference * unit.scale for pair in row.pairs]
        if seeds:
            box = _middle_half(row, unit)
            far = _REACH * (box[1] - box[0])
            low, high = min(low, max(min(seeds), box[0] - far)), max(high, min(max(seeds), box[1] + far))
    pad = 0.05 * ((high - low) or 1.0)
    axes.set_xlim(low - pad, high + pad)
    return low, high


def _middle_half(row: Effect, unit: Unit) -> tuple[float, float]:
    """Return the quartiles of a condition that has pairs."""
    assert row.lower_quartile_difference is not None
    assert row.upper_quartile_difference is not None
    return row.lower_quartile_difference * unit.scale, row.upper_quartile_difference * unit.scale


def draw_row(axes: Axes, row: Effect, span: tuple[float, float], measured: tuple[Unit, tuple[float, float]]) -> None:
    """Draw one condition: the cloud above, the box below it, the drops below that."""
    (unit, reach), (top, bottom) = measured, span
    colour = LOOKS[tone(row)][0]
    differences = np.array([pair.difference * unit.scale for pair in row.pairs])
    if not len(differences):
        return
    tall = bottom - top
    base, rain = top + 0.56 * tall, top + 0.74 * tall
    if len(differences) >= ROUGH and np.ptp(differences) > 0:
        _cloud(axes, differences, (colour, base, 0.54 * tall), row.condition)
        _box(axes, row, unit, (colour, base + 0.085 * tall, 0.055 * tall))
    inside = some([i for i, each in enumerate(differences) if reach[0] <= each <= reach[1]])
    layers = [rain + 0.24 * tall * (place % _LAYERS) / (_LAYERS - 1) for place in range(len(inside))]
    (dots,) = axes.plot(
        differences[inside], layers, linestyle="none", marker="o", markersize=2.9, color=colour, alpha=0.6,
        markeredgewidth=0, label=f"seeds-{row.condition}", zorder=3,
    )  # fmt: skip
    names.of_seeds(dots, [row.pairs[place].seed for place in inside])
    count_beyond(axes, differences.tolist(), reach, (rain + 0.12 * tall, colour))


def _cloud(axes: Axes, differences: np.ndarray, looks: tuple[str, float, float], condition: str) -> None:
    """Draw the density of the differences upwards from a base line."""
    colour, base, tall = looks
    x = np.linspace(*axes.get_xlim(), 256)
    from scipy import stats  # noqa: PLC0415 - slow to import, and comparisons do without

    density = stats.gaussian_kde(differences, bw_method=_bandwidth(differences))(x)
    upper = base - tall * density / density.max()
    axes.fill_between(x, base, upper, color=colour, alpha=0.22, linewidth=0, zorder=2)
    axes.plot(x, upper, color=colour, linewidth=0.9, zorder=2, label=f"cloud-{condition}")


def _bandwidth(differences: np.ndarray) -> float:
    """Return the width of the kernel in standard deviations, by Silverman's rule: far seeds do not blur the others."""
    sd, middle = float(differences.std(ddof=1)), float(np.subtract(*np.quantile(differences, (0.75, 0.25)))) / 1.349
    return 0.9 * (min(sd, middle) if middle > 0 else sd) / sd * len(differences) ** -0.2


def _box(axes: Axes, row: Effect, unit: Unit, looks: tuple[str, float, float]) -> None:
    """Draw the middle half of the seeds, their median as a line across it and their trimmed mean as a diamond."""
    colour, middle, half = looks
    box = _middle_half(row, unit)
    axes.fill_betweenx([middle - half, middle + half], *box, color=colour, linewidth=0, zorder=4)
    assert row.median_difference is not None
    assert row.trimmed_mean_difference is not None
    median, trimmed = row.median_difference * unit.scale, row.trimmed_mean_difference * unit.scale
    ends = [middle - 2.0 * half, middle + 2.0 * half]
    axes.plot([median] * 2, ends, color=INK, linewidth=1.6, zorder=5, label=f"median-{row.condition}")
    axes.plot(
        [trimmed], [middle], marker="D", markersize=4.2, color=PAPER, markeredgecolor=INK, markeredgewidth=0.9,
        zorder=6, label=f"trimmed-{row.condition}",
    )  # fmt: skip


def _told(row: Effect, whole: Comparison) -> tuple[str, str]:
    """Return median and trimmed mean in words."""
    unit, margin = unit_of(whole.metric), whole.margin
    median, trimmed = row.median_difference, row.trimmed_mean_difference
    return unit.tell_difference(median, margin), unit.tell_difference(trimmed, margin)


def _numbers(axes: Axes, row: Effect, index: int, told: tuple[Comparison, Layout]) -> None:
    whole, layout = told
    median, trimmed = _told(row, whole)
    if not row.n_pairs:
        median, trimmed = "no pair", ""
    if layout.narrow:
        said = f"median {median}, trimmed mean {trimmed}" if row.n_pairs else median
        shared.write(axes, (1, index - 0.20), said, ha="right", va="center", fontsize=SMALL)
        return
    shared.write(axes, (shared.beside(axes, 0.68), index), median, va="center", ha="right")
    shared.write(axes, (shared.beside(axes, 1.55), index), trimmed, va="center", ha="right")


def _heads(axes: Axes, layout: Layout) -> None:
    if layout.narrow:
        return
    top = -0.5 - 0.1 / _ROW[False]
    for inch, said in ((0.68, "median"), (1.55, "trimmed mean")):
        shared.write(axes, (shared.beside(axes, inch), top), said, color=MUTED, fontsize=SMALL, ha="right")


def caption(evidence: Evidence) -> str:
    """Return what the marks mean."""
    whole = evidence.primary
    unit, block = unit_of(whole.metric), whole.unit.key
    said = (
        f"Differences in {unit.name} to {quoted(whole.control)}, {block} by {block}. Dots: one {block} each. Cloud: "
        f"their density, smoothed, scaled to the same height in each row. Bar: the middle half of the {block}s; line "
        "across it: median; diamond: trimmed mean, without the lowest and highest fifth. None of them is an interval: "
        "where the mean may lie is in the plot of differences."
    )
    if whole.margin is not None:
        smallest = f"±{unit.margin_with_unit(whole.margin)}"
        said += f" Shaded: differences too small to matter ({smallest})."
    if any(0 < row.n_pairs < ROUGH for row in _rows(evidence)):
        said += f" Below {ROUGH} pairs only the dots are drawn."
    said += f" A triangle at the edge counts {block}s beyond it."
    return said + thinned((row.n_pairs for row in _rows(evidence)), f"{block}s")


def description(evidence: Evidence) -> str:
    """Return what is to be seen."""
    unit, said = unit_of(evidence.primary.metric), []
    for row in _rows(evidence):
        if row.n_pairs:
            median, trimmed = _told(row, evidence.primary)
            said.append(f"{row.condition}: median {median}, trimmed mean {trimmed}, n = {row.n_pairs}")
        else:
            said.append(f"{row.condition}: no pair")
    return f"Paired differences in {unit.difference or 'the metric'}. {'; '.join(said)}."


def missing(evidence: Evidence) -> str | None:
    """Return why there is nothing to draw."""
    if not evidence.comparisons or not any(row.n_pairs for row in _rows(evidence)):
        return "There is no complete pair of trials to compare."
    return None


PLOT = Plot("raincloud", "The paired differences, one by one", draw, height, caption, description, missing)
