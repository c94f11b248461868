"""All pairs of conditions over tasks: on how many tasks one wins, ties and loses, and the p of its signed ranks."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from analysis.figures.evidence_over_tasks import EvidenceOverTasks
from analysis.figures.plot import Plot
from analysis.figures.theme import (
    BLUE,
    GRID,
    INK,
    LINE,
    MUTED,
    SHADE,
    SMALL,
    VERMILION,
    Layout,
    inches,
    place,
    told_apart,
)
from analysis.methods.ranks_over_tasks import PairOverTasks
from analysis.wording.number_format import probability
from analysis.wording.phrases import quoted
from analysis.wording.units import unit_of

_EDGE, _CELL, _LIST_ROW, _BOLD = 0.12, 0.42, 0.19, 1.2
_NARROW = 4
"""Conditions of which there is room for a matrix in a narrow figure; pairs of more are a list."""
_WIDEST = 1.1


def _labels(evidence: EvidenceOverTasks) -> list[str]:
    return [evidence.whole.control, *evidence.whole.across]


def _listed(evidence: EvidenceOverTasks, layout: Layout) -> bool:
    return layout.narrow and len(_labels(evidence)) > _NARROW


def height(evidence: EvidenceOverTasks, layout: Layout) -> float:
    """Return the height in inches."""
    if _listed(evidence, layout):
        return 2 * _EDGE + 2 * _LIST_ROW * len(evidence.whole.pairs)
    return 2 * _EDGE + _CELL * len(_labels(evidence))


def draw(figure: Figure, evidence: EvidenceOverTasks, layout: Layout) -> None:
    """Draw the lower half of the matrix, each condition's name at the end of its row and above its column."""
    axes = figure.add_axes((0, 0, 1, 1))
    tall = height(evidence, layout)
    axes.axis("off")
    if _listed(evidence, layout):
        place(axes, 0, _EDGE, layout.width, tall - 2 * _EDGE)
        _list(axes, evidence, layout)
        return
    labels, names = _labels(evidence), told_apart(_labels(evidence))
    longest = _BOLD * max(map(inches, names))
    wide = min(_WIDEST, (layout.width - 2 * _EDGE - 0.1 - longest) / (len(labels) - 1))
    place(axes, _EDGE, _EDGE, layout.width - 2 * _EDGE, tall - 2 * _EDGE)
    axes.set_xlim(0, (layout.width - 2 * _EDGE) / wide)
    axes.set_ylim(len(labels), 0)
    for index, name in enumerate(names):
        axes.text(index + 0.08 / wide, index + 0.5, name, weight="bold", va="center")
    if not layout.narrow:
        axes.text(axes.get_xlim()[1], 0.5, _key(evidence), ha="right", va="center", fontsize=SMALL, color=MUTED)
    for pair in evidence.whole.pairs:
        row, column = labels.index(pair.condition), labels.index(pair.other)
        _cell(axes, pair, (column, row), evidence.whole.alpha)


def _cell(axes: Axes, pair: PairOverTasks, corner: tuple[float, float], alpha: float) -> None:
    x, y = corner
    axes.add_patch(
        Rectangle((x, y), 1, 1, facecolor=SHADE, edgecolor=LINE, linewidth=0.7, label=f"{pair.condition}-{pair.other}")
    )
    if (colour := _colour(pair)) != MUTED:
        axes.add_patch(Rectangle((x, y), 1, 1, facecolor=colour, alpha=0.16, edgecolor="none"))
    axes.text(x + 0.5, y + 0.33, _counts(pair), ha="center", va="center", fontsize=SMALL + 0.5, color=INK)
    axes.text(x + 0.5, y + 0.7, _p(pair), ha="center", va="center", fontsize=SMALL - 0.5, **_looks(pair, alpha))


def _looks(pair: PairOverTasks, alpha: float) -> dict[str, Any]:
    """Return the looks of a p: bold where the pair differs."""
    apart = pair.p_holm is not None and pair.p_holm <= alpha
    return {"color": INK if apart else MUTED, "weight": "bold" if apart else "normal"}


def _colour(pair: PairOverTasks) -> str:
    if pair.wins is None or pair.losses is None or pair.wins == pair.losses:
        return MUTED
    return BLUE if pair.wins > pair.losses else VERMILION


def _counts(pair: PairOverTasks) -> str:
    if pair.wins is None:
        return f"{pair.n_tasks}"
    return f"{pair.wins}/{pair.ties}/{pair.losses}"


def _key(evidence: EvidenceOverTasks) -> str:
    counts = "tasks" if evidence.whole.direction is None else "tasks won/tied/lost"
    return f"{counts}\nbelow: p (Holm)"


def _p(pair: PairOverTasks) -> str:
    return probability(pair.p_holm).replace("< ", "<")


def _list(axes: Axes, evidence: EvidenceOverTasks, layout: Layout) -> None:
    """Write a pair in two lines, its names and its numbers."""
    pairs = evidence.whole.pairs
    names = dict(zip(_labels(evidence), told_apart(_labels(evidence)), strict=True))
    axes.set_xlim(0, layout.width)
    axes.set_ylim(2 * len(pairs), 0)
    for index, pair in enumerate(pairs):
        looks = _looks(pair, evidence.whole.alpha)
        colour = _colour(pair)
        axes.plot([_EDGE, _EDGE], [2 * index + 0.2, 2 * index + 1.8], color=colour, linewidth=2.5)
        axes.text(_EDGE + 0.1, 2 * index + 0.55, names[pair.condition], weight="bold", va="center")
        axes.text(_EDGE + 0.1, 2 * index + 1.4, f"against {names[pair.other]}", va="center", fontsize=SMALL)
        axes.text(layout.width - _EDGE, 2 * index + 0.55, _counts(pair), ha="right", va="center")
        axes.text(layout.width - _EDGE, 2 * index + 1.4, _p(pair), ha="right", va="center", fontsize=SMALL, **looks)
        if index:
            axes.plot([_EDGE, layout.width - _EDGE], [2 * index] * 2, color=GRID, linewidth=0.6)


def caption(evidence: EvidenceOverTasks) -> str:
    """Return what the marks mean."""
    whole = evidence.whole
    counts = (
        "tasks on which the condition at the end of the row wins, ties and loses against the one above the column"
        if whole.direction is not None
        else "tasks that have both (which values are better is not known)"
    )
    return (
        f"All pairs of conditions on {unit_of(whole.metric).name}. Upper line: {counts}, by the Hodges-Lehmann "
        "estimate on each task. Lower line: p of the signed ranks of these estimates, adjusted over all pairs (Holm); "
        f"bold where at most {whole.alpha:g}. Blue: more tasks won than lost, orange: fewer. On a narrow screen the "
        "pairs may be a list, the first named in place of the row. Descriptive: no verdict rests on it."
    )


def description(evidence: EvidenceOverTasks) -> str:
    """Return what is to be seen."""
    told = [
        f"{quoted(each.condition)} against {quoted(each.other)} {_counts(each)} of {each.n_tasks} tasks, Holm p "
        f"{_p(each)}"
        for each in evidence.whole.pairs
    ]
    return f"Wins, ties and losses: {'; '.join(told)}."


def missing(evidence: EvidenceOverTasks) -> str | None:
    """Return why there is nothing to draw."""
    return None if evidence.whole.pairs else "There is no pair of conditions."


PLOT = Plot("pairs", "All pairs of conditions", draw, height, caption, description, missing)
