"""What more seeds can still buy of each condition's standard error, and what only more test examples can."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.answer.effect import Effect
from analysis.answer.out_of_reach import helped_by
from analysis.figures import condition_rows as shared
from analysis.figures.evidence import Evidence
from analysis.figures.plot import Plot
from analysis.figures.theme import BLUE, INK, LINE, MUTED, ORANGE, PAPER, SMALL, Layout, place
from analysis.methods.two_way_interval import IMAGES, MORE_IMAGES, MORE_SEEDS
from analysis.wording.units import Unit, plain, unit_of

_TOP, _BOTTOM, _LEGEND = 0.12, 0.46, 0.17
_ROW = {False: 0.46, True: 0.78}
_NUMBERS = 1.35
_HALF = 0.2
"""Half the height of a bar, as a share of what is drawn of its row."""


def _rows(evidence: Evidence) -> list[Effect]:
    """Return the conditions whose standard error over seeds and images is known."""
    return [row for row in evidence.compared(evidence.primary.metric) if row.se_crossed is not None]


def height(evidence: Evidence, layout: Layout) -> float:
    """Return the height in inches."""
    return _TOP + _BOTTOM + _legend_height(layout) + _ROW[layout.narrow] * len(_rows(evidence))


def _legend_height(layout: Layout) -> float:
    return _LEGEND * (4 if layout.narrow else 2)


def draw(figure: Figure, evidence: Evidence, layout: Layout) -> None:
    """Draw a bar for each condition, the marks of what would shorten it, and in a word which does more."""
    rows, unit, example = _rows(evidence), unit_of(evidence.primary.metric), evidence.primary.drawn
    left = shared.left_of(rows, layout)
    right = shared.EDGE if layout.narrow else _NUMBERS
    axes = figure.add_axes((0, 0, 1, 1))
    place(axes, left, _BOTTOM, layout.width - left - right, _ROW[layout.narrow] * len(rows))
    shared.prepare(axes, len(rows))
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    for index, row in enumerate(rows):
        draw_row(axes, row, shared.span(index, layout), unit)
        shared.label(axes, row, (index, left, layout))
        if layout.narrow:
            shared.write(axes, (1, index - 0.36), buy(row, evidence), ha="right", va="center", weight="bold")
        else:
            shared.write(axes, (shared.beside(axes, 0.12), index), buy(row, evidence), va="center", weight="bold")
    axes.set_xlim(0, 1.04 * max(_known(row.se_crossed) for row in rows) * unit.scale)
    shared.name_axis(axes, "standard error of the difference" + (f", {unit.difference}" if unit.difference else ""))
    _legend(axes, layout, example)


def draw_row(axes: Axes, row: Effect, span: tuple[float, float], unit: Unit) -> None:
    """Draw one condition: the bar, the standard error from the test set, and the marks on it."""
    middle, half = (span[0] + span[1]) / 2, _HALF * (span[1] - span[0]) / 0.88
    condition = row.condition
    whole, floor = _known(row.se_crossed) * unit.scale, _known(row.test_set_floor) * unit.scale
    axes.fill_betweenx([middle - half, middle + half], 0, whole, color=LINE, alpha=0.55, linewidth=0, zorder=1)
    axes.plot([whole] * 2, [middle - half, middle + half], color=INK, linewidth=1.6, zorder=4, label=f"now-{condition}")
    axes.fill_betweenx(
        [middle - half, middle + half], 0, floor, facecolor=ORANGE, edgecolor=INK, hatch="////", linewidth=0, zorder=2,
        label=f"floor-{condition}",
    )  # fmt: skip
    seeds = [each * unit.scale for each in row.more_seeds.values()]
    axes.plot(
        seeds, [middle] * len(seeds), color=BLUE, linestyle="none", marker="o", markersize=5.2, zorder=5,
        markeredgecolor=PAPER, markeredgewidth=0.8, label=f"seeds-{condition}",
    )  # fmt: skip
    axes.plot(
        [_known(row.se_crossed_4x_images) * unit.scale], [middle], color=PAPER, marker="D", markersize=5.2,
        markeredgecolor=INK, markeredgewidth=1.2, zorder=6, label=f"images-{condition}",
    )  # fmt: skip


def _known(error: float | None) -> float:
    """Return a number of a row, which has them all."""
    assert error is not None
    return error


def buy(row: Effect, evidence: Evidence) -> str:
    """Return in two words what helps more."""
    more = helped_by(row, len(evidence.primary.judged)) == IMAGES
    return f"more {evidence.primary.drawn}s" if more else "more seeds"


def _legend(axes: Axes, layout: Layout, example: str) -> None:
    """Say above the rows what the marks are."""
    found = {str(each.get_label()).split("-")[0]: each for each in (*axes.lines, *axes.collections)}
    said = {
        "now": "now",
        "floor": f"from the test set: only more test {example}s lower it",
        "seeds": f"{_times(MORE_SEEDS)} times the seeds, right to left",
        "images": f"{MORE_IMAGES} times the test {example}s",
    }
    axes.legend(
        [found[name] for name in said], list(said.values()), loc="lower left", borderpad=0.0, borderaxespad=0.6,
        bbox_to_anchor=(-0.01, 1.0), ncols=1 if layout.narrow else 2, handlelength=1.4, columnspacing=1.4,
        labelspacing=0.35, fontsize=SMALL, labelcolor=MUTED,
    )  # fmt: skip


def _times(numbers: tuple[int, ...]) -> str:
    return f"{', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"


def caption(evidence: Evidence) -> str:
    """Return what the marks mean."""
    unit, example = unit_of(evidence.primary.metric), evidence.primary.drawn
    return (
        f"Standard error of the mean difference in {unit.name} over new seeds and new test {example}s: a bar half as "
        "long is twice as sure. Bar: as it is now. Hatched: the standard error from the test set, below which no "
        f"number of seeds goes. Dots: what {_times(MORE_SEEDS)} times the seeds would leave; diamond: what "
        f"{MORE_IMAGES} times the test {example}s would leave, with the seeds that there are. Beside each bar: which "
        f"does more when there is {MORE_IMAGES} times as much of it; {example}s where with as many no number of seeds "
        "detects the margin. Standard errors are estimates themselves, rough ones with few seeds."
    )


def description(evidence: Evidence) -> str:
    """Return what is to be seen."""
    unit, said, example = unit_of(evidence.primary.metric), [], evidence.primary.drawn
    for row in _rows(evidence):
        numbers = (row.se_crossed, row.test_set_floor, row.se_crossed_4x_seeds, row.se_crossed_4x_images)
        now, floor, seeds, images = (tell(unit, each) for each in numbers)
        said.append(
            f"{row.condition}: now {now}, from the test set {floor}, with 4 times the seeds {seeds}, with "
            f"{MORE_IMAGES} times the {example}s {images}: {buy(row, evidence)}"
        )
    return f"Standard errors in {unit.difference or 'the metric'}. {'; '.join(said)}."


def tell(unit: Unit, error: float | None) -> str:
    """Return a standard error with one decimal more than a value has."""
    return plain(None if error is None else error * unit.scale, unit.digits + 1)


def missing(evidence: Evidence) -> str | None:
    """Return why there is nothing to draw."""
    if not evidence.comparisons or not _rows(evidence):
        example = next((each.example for each in evidence.comparisons.values()), "example")
        return (
            f"Which test {example}s each trial got right is not known, they lie in too few groups, or no pairs vary: "
            "the standard error from the test set is unknown."
        )
    return None


PLOT = Plot("floor-meter", "Seeds or a larger test set?", draw, height, caption, description, missing)
