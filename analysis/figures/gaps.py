"""Running gap against clean gap: how much of the smaller gap comes from measuring with dropout on."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import ScaledTranslation

from analysis.answer.effect import Effect
from analysis.figures.drawn_seeds import some, thinned
from analysis.figures.evidence import Evidence
from analysis.figures.plot import Plot
from analysis.figures.theme import INK, LINE, SMALL, VERMILION, Layout, hue, inches, marker, place, shortened
from analysis.wording.differences import ESTIMATES, over_seeds
from analysis.wording.number_format import level
from analysis.wording.units import MINUS, unit_of

CLEAN, RUNNING = "generalisation_gap", "running_gap"

_TITLE, _TICKS, _LEFT, _SCATTER = 0.30, 0.52, 0.50, 2.45
_ROW, _SHARE = 0.34, 0.47


def height(evidence: Evidence, layout: Layout) -> float:
    """Return the height in inches."""
    rows = _ROW * len(evidence.trained)
    if layout.narrow and len(evidence.trained) > 1:
        return 2 * (_TITLE + _TICKS) + _SCATTER + rows
    return _TITLE + max(_SCATTER, rows) + _TICKS


def draw(figure: Figure, evidence: Evidence, layout: Layout) -> None:
    """Draw the trials with the identity line, and beside it the paired change of both gaps."""
    tall, rows = height(evidence, layout), _ROW * len(evidence.trained)
    labels = 0.35 + max(inches(shortened(each.label)) for each in evidence.trained)
    scatter = figure.add_axes((0, 0, 1, 1), label="trials")
    if layout.narrow:
        place(scatter, _LEFT, tall - _TITLE - _SCATTER, layout.width - _LEFT - 0.1, _SCATTER)
        changes = (labels, _TICKS, layout.width - labels - 0.1, rows)
    else:
        area, share = tall - _TITLE - _TICKS, _SHARE * layout.width
        place(scatter, _LEFT, _TICKS, share - _LEFT, area)
        left = share + 0.1 + labels
        changes = (left, _TICKS, layout.width - left - 0.12, area)
    draw_trials(scatter, evidence)
    if len(evidence.trained) > 1:
        draw_changes(place(figure.add_axes((0, 0, 1, 1), label="changes"), *changes), evidence)


def draw_trials(axes: Axes, evidence: Evidence) -> None:
    """Draw one point per trial that trained and the line on which both gaps are equal."""
    ends: list[float] = []
    for index, setting in enumerate(evidence.trained):
        mine = _with_both(evidence, setting.label)
        clean, running = ([100 * values[gap] for values in some(mine)] for gap in (CLEAN, RUNNING))
        axes.plot(
            clean, running, linestyle="none", marker=marker(index), markersize=4.2, color=hue(index), alpha=0.75,
            markeredgewidth=0, label=f"trials-{setting.label}",
        )  # fmt: skip
        ends += clean
    low, high = (min(ends), max(ends)) if ends else (0.0, 2.0)
    pad = 0.08 * (high - low or 1.0)
    low, high = low - pad, high + pad
    axes.plot([low, high], [low, high], color=INK, linewidth=0.9, linestyle=(0, (4, 3)), zorder=0)
    axes.set_xlim(low, high)
    axes.margins(y=0.1)
    axes.set_title("Trials" if _left_out(evidence) else "Every trial")
    axes.set_xlabel("clean gap, points", fontsize=SMALL)
    axes.set_ylabel("running gap, points", fontsize=SMALL)
    _signs(axes)
    said = "dashed: equal"
    broken = sum(each.diverged for each in evidence.broken.values())
    axes.annotate(
        said + (f"; × {broken} collapsed" if broken else ""), (1, 1), (0, 5), xycoords="axes fraction",
        textcoords="offset points", ha="right", fontsize=SMALL, color=VERMILION if broken else INK,
    )  # fmt: skip


def _with_both(evidence: Evidence, condition: str) -> list[Mapping[str, float]]:
    """Return the values of each trial of a condition that has both gaps."""
    return [each.values for each in evidence.of(condition) if {CLEAN, RUNNING} <= each.values.keys()]


def _left_out(evidence: Evidence) -> str:
    """Return a sentence on the trials that are not drawn, where those of a condition are too many."""
    return thinned((len(_with_both(evidence, each.label)) for each in evidence.trained), "trials of a condition")


def draw_changes(axes: Axes, evidence: Evidence) -> None:
    """Draw, for each condition, the mean paired change of the clean gap (filled) and of the running gap (hollow)."""
    clean = {each.condition: each for each in evidence.compared(CLEAN)}
    running = {each.condition: each for each in evidence.compared(RUNNING)}
    figure = axes.get_figure(root=True)
    assert figure is not None
    for index, setting in enumerate(evidence.trained):
        beside = axes.get_yaxis_transform() + ScaledTranslation(-0.12, 0, figure.dpi_scale_trans)
        axes.plot(
            [0], [index], marker=marker(index), markersize=4.8, color=hue(index), clip_on=False, transform=beside,
            markeredgewidth=0,
        )  # fmt: skip
        axes.annotate(
            shortened(setting.label), (0, index), (-16, 0), xycoords=axes.get_yaxis_transform(),
            textcoords="offset points", ha="right", va="center",
        )  # fmt: skip
        if setting.is_control:
            continue
        _join(axes, clean.get(setting.label), running.get(setting.label), index)
        for row, filled, lift in ((clean.get(setting.label), True, -0.12), (running.get(setting.label), False, 0.12)):
            if row is not None:
                _change(axes, row, (index, index + lift), filled)
    axes.axvline(0, color=INK, linewidth=0.9, zorder=0)
    axes.set_ylim(len(evidence.trained) - 0.5, -0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_title("Change against the control")
    axes.set_xlabel("filled: clean, hollow: running; points", fontsize=SMALL)
    _signs(axes)
    axes.yaxis.set_ticks([])


def _join(axes: Axes, clean: Effect | None, running: Effect | None, index: int) -> None:
    ends = [None if row is None else row.headline.estimate for row in (clean, running)]
    if None not in ends:
        axes.plot(
            [100 * end for end in ends if end is not None], [index - 0.12, index + 0.12], color=LINE, linewidth=0.8
        )


def _change(axes: Axes, row: Effect, where: tuple[int, float], filled: bool) -> None:
    index, y = where
    colour = hue(index)
    low, high, mean = *over_seeds(row), row.headline.estimate
    if low is not None and high is not None:
        axes.plot([100 * low, 100 * high], [y, y], color=colour, linewidth=1.4)
    if mean is not None:
        axes.plot(
            [100 * mean], [y], marker=marker(index), markersize=5.2, color=colour, markeredgewidth=1.1,
            markerfacecolor=colour if filled else "#ffffff", zorder=4,
        )  # fmt: skip


def _signs(axes: Axes) -> None:
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
        axis.set_major_formatter(lambda value, _: f"{0.0 if abs(value) < 1e-12 else value:g}".replace("-", MINUS))


def caption(evidence: Evidence) -> str:
    """Return what the marks mean."""
    said = (
        f"{'Trials' if _left_out(evidence) else 'Every trial'}: on the dashed line the running gap equals the clean "
        "gap. As far as a point lies below the line, the gap looks smaller than it is, because training accuracy was "
        "measured with dropout on and over the epoch; above the line it looks larger."
    )
    if len(evidence.trained) > 1:
        told = level(evidence.comparisons[CLEAN].alpha)
        said += (
            f" Change: {ESTIMATES[evidence.comparisons[CLEAN].estimand]} to the control; simultaneous {told} intervals "
            "over seeds. The distance from the filled to the hollow mark is the measurement artefact."
        )
    if any(each.diverged for each in evidence.broken.values()):
        said += " Trials that collapsed have no meaningful gap and are not drawn."
    return said + _left_out(evidence)


def description(evidence: Evidence) -> str:
    """Return what is to be seen."""
    running = {each.condition: each.headline.estimate for each in evidence.compared(RUNNING)}
    said = [
        f"{each.condition}: clean {_told(each.headline.estimate)}, running {_told(running.get(each.condition))}"
        for each in evidence.compared(CLEAN)
    ]
    return f"Change of the gaps against the control, in points. {'; '.join(said)}." if said else "One condition only."


def _told(difference: float | None) -> str:
    return "unknown" if difference is None else unit_of(CLEAN).tell_difference(difference)


def missing(evidence: Evidence) -> str | None:
    """Return why there is nothing to draw."""
    if not {CLEAN, RUNNING} <= evidence.comparisons.keys():
        return "The table has no running gap beside the clean one."
    trained = (each for setting in evidence.trained for each in evidence.of(setting.label))
    if not any({CLEAN, RUNNING} <= each.values.keys() for each in trained):
        return "No trial trained: there is no gap to show."
    return None


PLOT = Plot("gaps", "Running gap and clean gap", draw, height, caption, description, missing)
