"""What every figure's words owe a reader: they lie inside the figure, and apart."""

from __future__ import annotations

import itertools
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from pytest import MonkeyPatch

from analysis.figures import theme
from analysis.figures.plot import Plot, drawn
from analysis.figures.theme import Layout


def words_lie_inside_and_apart(plot: Plot[Any], known: Any, layout: Layout, monkeypatch: MonkeyPatch) -> None:
    """Draw a figure, and raise AssertionError where a text is cut off or lies on another."""
    with theme.applied("test"):
        figure = drawn(plot, known, layout)
        renderer = FigureCanvasAgg(figure).get_renderer()
        written = _record(monkeypatch)
        figure.draw(renderer)
        boxes = {text: text.get_window_extent(renderer) for text in written if text.get_text().strip()}
    width, height = figure.bbox.size
    for text, box in boxes.items():
        inside = box.x0 >= -1 and box.y0 >= -1 and box.x1 <= width + 1 and box.y1 <= height + 1
        assert inside, f"{text.get_text()!r} is cut off"
    for one, other in itertools.combinations(boxes, 2):
        if one.get_rotation() == other.get_rotation() == 0:
            assert not _overlap(boxes[one], boxes[other]), f"{one.get_text()!r} lies on {other.get_text()!r}"


def _record(monkeypatch: MonkeyPatch) -> list[Text]:
    """Return a list that every text joins as it is drawn: ticks beyond the axis never are."""
    written: list[Text] = []
    draw = Text.draw

    def recorded(self: Text, renderer: Any) -> None:
        written.append(self)
        return draw(self, renderer)

    monkeypatch.setattr(Text, "draw", recorded)
    return written


def _overlap(a: Any, b: Any, slack: float = 1.0) -> bool:
    return min(a.x1, b.x1) - max(a.x0, b.x0) > slack and min(a.y1, b.y1) - max(a.y0, b.y0) > slack
