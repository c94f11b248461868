"""Seeds far from the others: none is lost from a figure, and none flattens it."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

from analysis.figures.outliers import count_far, near

VALUES = [84.0, 85.0, 86.0, 87.0, 88.0]


def counted(values):
    axes = Figure().add_subplot()
    count_far(axes, 0.5, values, near(VALUES))
    marks = {str(line.get_marker()): tuple(np.ravel(line.get_ydata())) for line in axes.lines}
    return marks, [text.get_text() for text in axes.texts]


def test_ends_are_four_interquartile_ranges_from_the_quartiles():
    assert near(VALUES) == (85 - 4 * 2, 87 + 4 * 2)
    assert near([1.0, 2.0, 2.0, 2.0, 9.0]) == (1.0, 9.0)
    assert near([]) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("more", "marks", "said"),
    [
        ([], {}, []),
        ([76.9, 28.9], {"v": (0.0,)}, ["2"]),
        ([95.1], {"^": (1.0,)}, ["1"]),
        ([77.0, 95.0], {}, []),
        ([30.0, 99.0, 98.0], {"v": (0.0,), "^": (1.0,)}, ["1", "2"]),
    ],
)
def test_those_beyond_are_counted_at_their_own_edge(more, marks, said):
    assert counted([*VALUES, *more]) == (marks, said)
