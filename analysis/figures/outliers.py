"""Seeds far from all others: counted at the edge of the axis, so that one run does not flatten the rest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from analysis.figures.theme import MUTED, SMALL

REACH = 4.0
"""A seed is drawn up to so many interquartile ranges of all seeds from their quartiles."""

CAPTION = "a triangle at the edge counts seeds beyond it"


def near(values: Sequence[float]) -> tuple[float, float]:
    """Return the ends between which seeds are drawn where they lie: all of them where the middle half is one value."""
    if not len(values):
        return 0.0, 0.0
    lower, upper = (float(each) for each in np.quantile(values, (0.25, 0.75)))
    if lower == upper:
        return min(values), max(values)
    return lower - REACH * (upper - lower), upper + REACH * (upper - lower)


def count_far(axes: Axes, x: float, values: Sequence[float], ends: tuple[float, float]) -> None:
    """Mark at `x`, at the lower and the upper edge, how many `values` lie beyond `ends`."""
    beyond = sum(each < ends[0] for each in values), sum(each > ends[1] for each in values)
    across = axes.get_xaxis_transform()
    for number, at, side, marker in zip(beyond, (0.0, 1.0), (1, -1), ("v", "^"), strict=True):
        if number:
            axes.plot(
                [x], [at], marker=marker, markersize=4.5, color=MUTED, linestyle="none", transform=across,
                clip_on=False, label=f"_far-{x}-{marker}",
            )  # fmt: skip
            axes.annotate(
                str(number), (x, at), (6, 5 * side), xycoords=across, textcoords="offset points", fontsize=SMALL,
                color=MUTED, va="center",
            )  # fmt: skip
