"""What a figure is, and how it becomes SVG, PNG and PDF."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from analysis.figures import fonts, names, theme
from analysis.figures.theme import Layout

DPI, SCREEN_DPI = 200, 110
"""Resolution of PNG files, and of a figure that a notebook shows in its own size and keeps."""


E = TypeVar("E")
"""What a figure is drawn from: the `Evidence` of one pool of trials, or `EvidenceOverTasks`."""


@dataclass(frozen=True)
class Plot(Generic[E]):
    """A figure: pure functions of the evidence.

    Parameters
    ----------
    name : str
        Names the files.
    title : str
    draw : function of (figure, evidence, layout)
        Draws on an empty figure of the right size; computes nothing.
    height : function of (evidence, layout)
        Height in inches.
    caption, description : function of evidence
        What the marks mean; and what is to be seen, for people who cannot see it.
    missing : function of evidence
        Why there is nothing to draw, None where there is something.
    """

    name: str
    title: str
    draw: Callable[[Figure, E, Layout], None]
    height: Callable[[E, Layout], float]
    caption: Callable[[E], str]
    description: Callable[[E], str]
    missing: Callable[[E], str | None]


class Picture(Figure):
    """A figure that a notebook shows on paper of its own, whichever backend matplotlib has there, or none."""

    def _repr_png_(self) -> bytes:
        with theme.applied("notebook"):
            return _saved(self, "png", SCREEN_DPI)


def drawn(plot: Plot[E], evidence: E, layout: Layout) -> Figure:
    """Return the figure; call it and save the result under `theme.applied`."""
    figure = Picture(figsize=(layout.width, plot.height(evidence, layout)))
    FigureCanvasAgg(figure)
    plot.draw(figure, evidence, layout)
    names.finish(figure, getattr(evidence, "labels", ()))
    return figure


_METADATA = {
    "svg": {"Date": None, "Creator": None},
    "png": {"Software": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}


def rendered(plot: Plot[E], evidence: E, layout: Layout, formats: tuple[str, ...] = ()) -> dict[str, bytes]:
    """Return the figure's files by format, the layout's unless `formats` are given; the same bytes at every run."""
    with theme.applied(f"{plot.name}-{layout.name}"):
        figure = drawn(plot, evidence, layout)
        return {each: _saved(figure, each) for each in formats or layout.formats}


def _saved(figure: Figure, kind: str, dpi: int = DPI) -> bytes:
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)  # `fonts.lacking` says it once
        if kind == "png":
            figure.savefig(file, format=kind, metadata=_METADATA[kind], dpi=dpi, facecolor=theme.PAPER)
        else:
            figure.savefig(file, format=kind, metadata=_METADATA[kind])
    return _with_font_stack(file.getvalue()) if kind == "svg" else file.getvalue()


def _with_font_stack(svg: bytes) -> bytes:
    measured = ", ".join(repr(family) for family in (fonts.FAMILY, fonts.WHOLE))
    return svg.replace(measured.encode(), theme.FONT_STACK.encode())


def inline(svg: str, prefix: str, title: str, description: str) -> str:
    """Return an SVG file's text as an element for a page: own ids, a name for screen readers, the page's colours.

    Parameters
    ----------
    svg : str
    prefix : str
        Put before every id that something refers to, so that several figures can stand on one page; other ids go, those
        of conditions and seeds as attributes. Coordinates have two decimals.
        Letters, digits and hyphens.
    title, description : str
        Plain text already escaped for XML.
    """
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>\s*", "", body, flags=re.S)
    used = set(re.findall(r'(?:href="#|url\(#)([^")]*)', body))
    body = re.sub(
        r' id="([^"]*)"',
        lambda found: f' id="{prefix}-{found[1]}"' if found[1] in used else names.attributes(found[1]),
        body,
    )
    body = re.sub(r'(href="#|url\(#)', rf"\g<1>{prefix}-", body)
    body = re.sub(r' (?:d|x|y)="[^"]*"', lambda found: _LONG.sub(_shortened, found.group()), body)
    body = re.sub(r"#[0-9a-f]{6}\b", lambda found: _variable(found.group()), body)
    opening, rest = body.split(">", 1)
    opening = re.sub(r' (?:width|height|version)="[^"]*"', "", opening)
    return (
        f'{opening} role="img" aria-labelledby="{prefix}-title {prefix}-description">\n'
        f'<title id="{prefix}-title">{title}</title><desc id="{prefix}-description">{description}</desc>{rest}'
    )


_LONG = re.compile(r"-?\d+\.\d{3,}(?![\de])")
"""A number with more decimals than `_shortened` leaves it."""


def _shortened(found: re.Match[str]) -> str:
    """Return a coordinate to a hundredth of a point, which is less than a reader's screen shows."""
    short = f"{float(found.group()):.2f}".rstrip("0").rstrip(".")
    return "0" if short == "-0" else short


def _variable(colour: str) -> str:
    """Return a colour of the theme as a variable that the page may set, with the colour itself as fallback."""
    return f"var({variable_of(colour)}, {colour})" if colour in theme.DARK else colour


def variable_of(colour: str) -> str:
    """Return the name of the CSS variable for a colour of the theme."""
    return f"--figure-{colour.removeprefix('#')}"
