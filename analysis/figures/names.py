"""Names of the marks in a figure's SVG, by which a page finds what belongs to a condition or a seed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import count

from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

_SEEDS = "seeds-"


def of_seeds(line: Line2D, seeds: Sequence[object]) -> None:
    """Name the markers of a line by their seeds, in their order; seeds whose names are no plain words have none."""
    words = [str(each) for each in seeds]
    if words and all(re.fullmatch(r"[\w-]+", each) for each in words):
        line.set_gid(f"{_SEEDS}{','.join(words)}")


def finish(figure: Figure, conditions: Sequence[str]) -> None:
    """Give panels and lines that are one condition's, as their labels say, its place among `conditions` as a name.

    A line's name has its seeds too, and every name is another one.
    """
    places, numbers = {label: place for place, label in enumerate(conditions)}, count()

    def name(artist: Artist, label: str) -> None:
        of, seeds = places.get(label), artist.get_gid()
        if of is not None or seeds:
            parts = [f"mark-{next(numbers)}", None if of is None else f"of-{of}", seeds]
            artist.set_gid("-".join(filter(None, parts)))

    for axes in figure.axes:
        name(axes, str(axes.get_label()))
        for line in axes.lines:
            kind, _, label = str(line.get_label()).partition("-")
            name(line, "" if kind == "seed" else label)


def attributes(given: str) -> str:
    """Return the attributes of a page for the name of a group in an SVG file; nothing for other names."""
    found = re.fullmatch(rf"mark-\d+(?:-of-(\d+))?(?:-{_SEEDS}([\w,-]+))?", given)
    if not found:
        return ""
    place, seeds = found.groups()
    return (f' data-of="{place}"' if place else "") + (f' data-seeds="{seeds}"' if seeds else "")
