"""The font of the figures: DejaVu Sans, reduced to the characters that figures need and to its kerning.

Metrics and outlines are those of matplotlib's own DejaVu Sans. It is reduced because a PDF embeds the glyphs that it
shows, and to take them out of the whole font, with its layout tables, cost more than to draw the figure. A character
that it lacks comes from the whole font.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from matplotlib import get_data_path
from matplotlib.font_manager import fontManager, get_font

FAMILY, WHOLE = "DejaVu Sans Reduced", "DejaVu Sans"
FILES = {
    "DejaVuSans.ttf": Path(__file__).with_name("DejaVuSansReduced.ttf"),
    "DejaVuSans-Bold.ttf": Path(__file__).with_name("DejaVuSansReduced-Bold.ttf"),
}
"""Name of matplotlib's file -> the reduced one."""


@cache
def register() -> None:
    """Make the family known to matplotlib."""
    for file in FILES.values():
        fontManager.addfont(file)


def lacking(texts: Iterable[str]) -> str:
    """Return the characters that no font of the figures has, each once: PNG and PDF show a box in place of each."""
    known = get_font(Path(get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")).get_charmap()
    every = dict.fromkeys(each for text in texts for each in text)
    return "".join(each for each in every if ord(each) not in known and each.isprintable())
