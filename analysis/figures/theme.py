"""One look for all figures: colours that colour-blind readers can tell apart, marks that work in grey, sizes.

Text in SVG files stays text: it can be searched, selected and read aloud, it takes the font of the page around it,
and the files are small. Layouts are measured in DejaVu Sans, which is wider than the fonts that a reader's browser will
put in its place, so nothing can overflow there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import seaborn as sns
from matplotlib.axes import Axes

from analysis.figures import fonts

INK, MUTED, LINE, GRID, SHADE, PAPER = "#1b2530", "#5c6873", "#aab4be", "#e4e9ee", "#edf1f5", "#ffffff"
BLUE, VERMILION, GREEN, ORANGE, SKY, PURPLE = "#0072b2", "#b14a00", "#00754f", "#e69f00", "#56b4e9", "#cc79a7"

DARK = {
    INK: "#e9eef3", MUTED: "#a7b3bf", LINE: "#5d6a76", GRID: "#2b343d", SHADE: "#212a32", PAPER: "#14191f",
    BLUE: "#5ab4ee", VERMILION: "#ff8b4a", GREEN: "#37c99e", ORANGE: "#f0b23c", SKY: "#8fd0f7", PURPLE: "#e39bc4",
}  # fmt: skip
"""What each colour becomes on a dark page. Figures use no other colour."""

MARKERS = ("o", "s", "^", "D", "v", "<", ">", "p", "h", "P", "X", "*")
HUES = (INK, BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY)
"""Cycles of different length: twelve shapes and seven hues name 84 conditions, and the shape alone twelve in grey."""

BODY, SMALL = 8.0, 7.0
"""Font sizes in points."""

FONT_STACK = "'Helvetica Neue', Helvetica, 'Segoe UI', Roboto, 'Liberation Sans', Arial, 'DejaVu Sans', sans-serif"


@dataclass(frozen=True)
class Layout:
    """Width of a figure in inches, how many panels stand side by side, and the kinds of files that it is saved as."""

    name: str
    width: float
    panels: int
    formats: tuple[str, ...]

    @property
    def narrow(self) -> bool:
        """Whether parts that stand side by side on a page are to be stacked."""
        return self.panels < 4


WIDE = Layout("wide", 7.2, 4, ("svg", "png", "pdf"))
"""Across a page, and on a laptop."""
NARROW = Layout("narrow", 3.5, 2, ("svg",))
"""On a phone."""
LAYOUTS = (WIDE, NARROW)


def style() -> dict[str, Any]:
    """Return the settings that every figure is drawn with."""
    base: dict[str, Any] = {**sns.axes_style("ticks"), **sns.plotting_context("paper")}
    return base | {
        "font.family": [fonts.FAMILY, fonts.WHOLE],
        "font.size": BODY,
        "axes.titlesize": BODY,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.titlepad": 5.0,
        "axes.titley": 1.0,
        "axes.labelsize": BODY,
        "axes.labelcolor": MUTED,
        "axes.edgecolor": LINE,
        "axes.facecolor": "none",
        "axes.linewidth": 0.7,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.unicode_minus": True,
        "axes.formatter.useoffset": False,
        "figure.facecolor": "none",
        "savefig.facecolor": "none",
        "grid.color": GRID,
        "grid.linewidth": 0.6,
        "legend.fontsize": BODY,
        "legend.frameon": False,
        "lines.solid_capstyle": "butt",
        "text.color": INK,
        "xtick.color": LINE,
        "ytick.color": LINE,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "xtick.labelsize": SMALL,
        "ytick.labelsize": SMALL,
        "xtick.major.size": 3.0,
        "ytick.major.size": 3.0,
        "xtick.major.width": 0.7,
        "ytick.major.width": 0.7,
        "svg.fonttype": "none",
        "pdf.fonttype": 42,
        "text.parse_math": False,
    }


@contextmanager
def applied(salt: str) -> Iterator[None]:
    """Draw under the theme; `salt` makes the ids inside the SVG the same at every run."""
    fonts.register()
    settings: Any = style() | {"svg.hashsalt": salt}
    with mpl.rc_context(settings):
        yield


def size(axes: Axes) -> tuple[float, float]:
    """Return width and height, in inches, of the figure of `axes`."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    width, height = figure.get_size_inches()
    return float(width), float(height)


def place(axes: Axes, left: float, bottom: float, width: float, height: float) -> Axes:
    """Put `axes` at a place given in inches from the figure's lower left corner."""
    across, up = size(axes)
    axes.set_position((left / across, bottom / up, width / across, height / up))
    return axes


def shortened(label: str, most: int = 20) -> str:
    """Return a label that fits a figure: tables have it in full."""
    return label if len(label) <= most else f"{label[: most - 1]}…"


def told_apart(labels: Sequence[str], most: int = 20) -> list[str]:
    """Return labels that fit a figure, cut in their middle where their beginnings would read alike."""
    found = [shortened(each, most) for each in labels]
    if len(set(found)) == len(found):
        return found
    head = (most - 1) // 2
    return [each if len(each) <= most else f"{each[:head]}…{each[head + 1 - most :]}" for each in labels]


def inches(said: str) -> float:
    """Return a generous estimate of the width of `said` in small print, in inches."""
    return 0.066 * len(said)


def hue(index: int) -> str:
    """Return the colour of the condition at `index`."""
    return HUES[index % len(HUES)]


def marker(index: int) -> str:
    """Return the shape of the condition at `index`."""
    return MARKERS[index % len(MARKERS)]
