"""Test accuracy and clean gap against the dropout rate: every seed, and the mean with its interval."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import ScaledTranslation

from analysis.figures import names
from analysis.figures.drawn_seeds import some, thinned
from analysis.figures.evidence import Evidence
from analysis.figures.outliers import CAPTION, count_far, near
from analysis.figures.plot import Plot
from analysis.figures.row_words import alike, order_of_values, short_name
from analysis.figures.theme import BLUE, GRID, INK, LINE, MUTED, SMALL, VERMILION, Layout, inches, place, shortened
from analysis.wording.phrases import quoted
from analysis.wording.units import unit_of

METRICS = ("test_accuracy", "generalisation_gap")

_PANEL_HEIGHT, _STRIP, _TITLE, _TICKS, _LEFT, _BETWEEN = 2.0, 0.24, 0.30, 0.62, 0.52, 0.62
_BLOCK_STEP = 0.27
"""Distance between conditions of the block, as a share of the rate axis."""
_ASIDE = 3.2
"""Points by which seeds stand left of a condition's place and its mean stands right."""


def _metrics(evidence: Evidence) -> list[str]:
    return [each for each in METRICS if each in evidence.means]


def height(evidence: Evidence, layout: Layout) -> float:
    """Return the height in inches."""
    return (len(_metrics(evidence)) if layout.narrow else 1) * (_TITLE + _PANEL_HEIGHT + sum(_feet(evidence)))


def _feet(evidence: Evidence) -> tuple[float, float]:
    """Return the heights below a panel: of the strip of collapsed trials, and of the words below the axis."""
    strip = _STRIP if any(evidence.broken[each.label].diverged for each in evidence.trained) else 0.0
    return strip, max(_TICKS, 0.2 + 0.8 * max(map(inches, _block_labels(evidence)))) if _crowded(evidence) else _TICKS


def _block_labels(evidence: Evidence) -> list[str]:
    return [_label(evidence, label) for label in positions(evidence)[1]]


def _label(evidence: Evidence, label: str) -> str:
    """Return a label that fits, or in its place the values of the settings."""
    if not alike(evidence):
        return shortened(label)
    setting = next(each for each in evidence.settings if each.label == label)
    return ", ".join(filter(None, short_name(setting, evidence)))


def _crowded(evidence: Evidence) -> bool:
    """Return whether the labels of the block are too many or too long to stand upright."""
    labels = _block_labels(evidence)
    return len(labels) > 3 or any(inches(label) > 0.5 for label in labels)


def positions(evidence: Evidence) -> tuple[dict[str, float], dict[str, float]]:
    """Return where conditions stand: those with one rate at that rate, all others in a block to the right.

    A second condition with the same rate goes to the block too.
    """
    numeric: dict[str, float] = {}
    for each in sorted(evidence.trained, key=lambda each: not each.is_control):
        if each.rate is not None and each.rate not in numeric.values():
            numeric[each.label] = each.rate
    low, high = (min(numeric.values()), max(numeric.values())) if numeric else (0.0, 0.0)
    rest = [each.label for each in evidence.trained if each.label not in numeric]
    step = _BLOCK_STEP * ((high - low) or 1.0)
    return numeric, {label: high + step * (i + 1) for i, label in enumerate(rest)}


def draw(figure: Figure, evidence: Evidence, layout: Layout) -> None:
    """Draw one panel per metric, each with a strip below for the trials that collapsed, where there are any."""
    metrics = _metrics(evidence)
    side_by_side = 1 if layout.narrow else len(metrics)
    width = (layout.width - _LEFT - 0.08 - _BETWEEN * (side_by_side - 1)) / side_by_side
    strip_height, words = _feet(evidence)
    for index, metric in enumerate(metrics):
        row, column = (index, 0) if layout.narrow else (0, index)
        left = _LEFT + column * (width + _BETWEEN)
        below = _TITLE + _PANEL_HEIGHT + row * (_TITLE + _PANEL_HEIGHT + strip_height + words)
        bottom = height(evidence, layout) - below
        axes = base = place(figure.add_axes((0, 0, 1, 1), label=metric), left, bottom, width, _PANEL_HEIGHT)
        draw_panel(axes, evidence, metric)
        if strip_height:
            base = figure.add_axes((0, 0, 1, 1), label=f"{metric}-strip")
            place(base, left, bottom - strip_height, width, strip_height)
            _collapsed(base, evidence)
        _ticks(axes, base, evidence)


def draw_panel(axes: Axes, evidence: Evidence, metric: str) -> None:
    """Draw one metric: seeds as points, faint lines joining each seed's trials along the rate, means with intervals."""
    unit = unit_of(metric)
    numeric, block = positions(evidence)
    where = numeric | block
    left, right = (axes.transData + _shift(axes, side) for side in (-_ASIDE, _ASIDE))
    named = any(isinstance(pair.seed, str) for each in evidence.primary.effects.values() for pair in each.pairs)
    for seed, line in _lines(evidence, metric).items():
        looks = {"color": LINE, "linewidth": 0.6, "alpha": 0.55, "zorder": 1}
        (path,) = axes.plot([x for x, _ in line], [y for _, y in line], transform=left, label=f"seed-{seed}", **looks)
        if not named:
            names.of_seeds(path, [seed])
    by_label = {
        label: [each.values[metric] * unit.scale for each in evidence.of(label) if metric in each.values]
        for label in where
    }
    ends_of_axis = near([value for values in by_label.values() for value in values])
    shown: list[float] = []
    for label, x in where.items():
        values = some([each for each in by_label[label] if ends_of_axis[0] <= each <= ends_of_axis[1]])
        shown += values
        count_far(axes, x, by_label[label], ends_of_axis)
        axes.plot(
            [x] * len(values), values, linestyle="none", marker="o", markersize=3.4, color=MUTED, alpha=0.55,
            markeredgewidth=0, label=f"seeds-{label}", zorder=2, transform=left,
        )  # fmt: skip
    for mean in evidence.means[metric]:
        if mean.condition not in where or mean.mean is None:
            continue
        x, inner = where[mean.condition], mean.condition == evidence.control.label
        if mean.low is not None and mean.high is not None:
            ends = [mean.low * unit.scale, mean.high * unit.scale]
            axes.plot([x, x], ends, color=INK if inner else BLUE, linewidth=1.8, zorder=4, transform=right)
        axes.plot(
            [x], [mean.mean * unit.scale], marker="s" if inner else "o", markersize=6, zorder=5,
            color=INK if inner else BLUE, markeredgecolor="#ffffff", markeredgewidth=0.8, transform=right,
        )  # fmt: skip
        if inner:
            axes.axhline(mean.mean * unit.scale, color=INK, linewidth=0.7, linestyle=(0, (4, 3)), zorder=0)
    _set_heights(axes, [*shown, *(end * unit.scale for end in _ends(evidence, metric))])
    axes.set_title(f"{unit.name[0].upper()}{unit.name[1:]}, {unit.value}")
    axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axes.grid(axis="y")
    axes.set_axisbelow(True)


def _ends(evidence: Evidence, metric: str) -> list[float]:
    shown = {each.label for each in evidence.trained}
    means = [each for each in evidence.means[metric] if each.condition in shown]
    return [end for each in means for end in (each.low, each.high, each.mean) if end is not None]


def _lines(evidence: Evidence, metric: str) -> dict[int, list[tuple[float, float]]]:
    """Return the places along the rate axis and the values of each seed's trials that trained, by rising rate."""
    unit, (numeric, _) = unit_of(metric), positions(evidence)
    lines: dict[int, list[tuple[float, float]]] = {
        seed: [] for seed in some(sorted({each.seed for each in evidence.trials}))
    }
    for each in evidence.trials:
        if each.seed in lines and not each.diverged and each.condition in numeric and metric in each.values:
            lines[each.seed].append((numeric[each.condition], each.values[metric] * unit.scale))
    return {seed: sorted(line) for seed, line in lines.items()}


def _set_heights(axes: Axes, values: list[float]) -> None:
    """Set the axis to hold all `values`, with some room."""
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    room = 0.06 * (high - low) or 0.5
    axes.set_ylim(low - room, high + room)


def _shift(axes: Axes, points: float) -> ScaledTranslation:
    figure = axes.get_figure(root=True)
    assert figure is not None
    return ScaledTranslation(points / 72, 0, figure.dpi_scale_trans)


def _collapsed(strip: Axes, evidence: Evidence) -> None:
    """Fill the strip below the axis, which has no scale, with the number of collapsed trials."""
    numeric, block = positions(evidence)
    for label, x in (numeric | block).items():
        broken = evidence.broken.get(label)
        if broken is not None and broken.diverged:
            strip.text(
                x, 0.5, f"×{broken.diverged}", ha="center", va="center", color=VERMILION, fontsize=SMALL, weight="bold"
            )
    strip.set_ylim(0, 1)
    strip.set_yticks([])
    strip.spines["left"].set_visible(False)
    strip.annotate(
        "collapsed", (0, 0.5), (-4, 0), xycoords="axes fraction", textcoords="offset points", ha="right", va="center",
        fontsize=SMALL - 0.5, color=MUTED,
    )  # fmt: skip


def _ticks(axes: Axes, base: Axes, evidence: Evidence) -> None:
    """Put conditions along the lowest axis of a panel; `base` is the strip, or the panel itself."""
    numeric, block = positions(evidence)
    where = numeric | block
    low, high = min(where.values()), max(where.values())
    room = 0.07 * ((high - low) or 1.0)
    for each in (axes, base):
        each.set_xlim(low - room, high + room)
        if numeric and block:
            each.axvline((max(numeric.values()) + min(block.values())) / 2, color=GRID, linewidth=0.9, zorder=0)
    axes.set_xticks([])
    if base is not axes:
        axes.spines["bottom"].set_color(GRID)
    base.set_xticks(list(where.values()), ["" for _ in where])
    settings = {each.label: each for each in evidence.settings}
    for label, x in numeric.items():
        detail = settings[label].detail
        _below(base, x, 0, detail, INK)
        if detail not in label:
            _below(base, x, 1, shortened(label), MUTED)
    if numeric:
        span = max(numeric.values()) - min(numeric.values())
        said = "dropout rate of every layer" if span > 0.25 * (high - low) else "dropout"  # there is room for no more
        _below(base, (min(numeric.values()) + max(numeric.values())) / 2, 2.4, said, MUTED)
    if _crowded(evidence):
        for label, x in block.items():
            base.annotate(
                _label(evidence, label), (x, 0), (0, -6), xycoords=("data", "axes fraction"),
                textcoords="offset points", ha="center", va="top", rotation=90, fontsize=SMALL,
            )  # fmt: skip
        return
    for label, x in block.items():
        _below(base, x, 0, label, INK)
        _below(base, x, 1, settings[label].detail, MUTED)
    if block:
        _below(base, (min(block.values()) + max(block.values())) / 2, 2.4, "by layer", MUTED)


def _below(base: Axes, x: float, line: float, said: str, colour: str) -> None:
    """Write below the axis at `x`, on a line counted from the ticks."""
    base.annotate(
        said, (x, 0), (0, -6 - 9 * line), xycoords=("data", "axes fraction"), textcoords="offset points", ha="center",
        va="top", fontsize=SMALL, color=colour,
    )  # fmt: skip


def caption(evidence: Evidence) -> str:
    """Return what the marks mean."""
    said = (
        f"Small points: one seed each, {CAPTION}; faint lines join the trials of one seed. Large mark: mean over the "
        f"seeds that trained, with its 95% t interval; square and dashed line: {quoted(evidence.control.label)}. The "
        "interval holds each mean by itself: whether conditions differ is read from the paired differences, not here."
    )
    said += order_of_values(evidence)
    said += thinned([len({each.seed for each in evidence.trials})])
    if any(each.diverged for each in evidence.broken.values()):
        said += " ×: number of trials that collapsed or diverged; they are in no mean."
    if evidence.at_chance:
        names = ", ".join(quoted(each.label) for each in evidence.at_chance)
        said += f" Not drawn, because it would squash the rest: {names} (negative control)."
    return said


def description(evidence: Evidence) -> str:
    """Return what is to be seen."""
    numeric, block = positions(evidence)
    said = []
    for metric in _metrics(evidence):
        unit = unit_of(metric)
        means = {each.condition: each.mean for each in evidence.means[metric]}
        each = [f"{label} {unit.tell(means[label])}" for label in (*numeric, *block) if label in means]
        said.append(f"Mean {unit.name}, {unit.value}: {', '.join(each)}.")
    return " ".join(said)


def missing(evidence: Evidence) -> str | None:
    """Return why there is nothing to draw."""
    if len(evidence.trained) < 2 or not _metrics(evidence):
        return "There are not two conditions to set side by side."
    if not any(evidence.of(each.label) for each in evidence.trained):
        return "No trial trained: there is no accuracy or gap to show."
    if not positions(evidence)[0]:
        return "No condition has one dropout rate for all layers."
    return None


PLOT = Plot("rates", "Accuracy and gap by dropout rate", draw, height, caption, description, missing)
