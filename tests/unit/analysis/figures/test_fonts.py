"""The reduced fonts: the same letters as the whole ones, at the same places."""

from __future__ import annotations

import io
from pathlib import Path

import matplotlib as mpl
import pytest
from fontTools.ttLib import TTFont
from matplotlib.figure import Figure

from analysis.figures import theme
from analysis.figures.fonts import FAMILY, FILES
from analysis.figures.fonts.reduce import CHARACTERS, reduced

WHOLE = Path(mpl.get_data_path(), "fonts", "ttf")
WEIGHTS = pytest.mark.parametrize("name", FILES)


def letters(font):
    """Return outline and advance of each letter, and how far pairs are moved together."""
    names = {code: name for code, name in font.getBestCmap().items() if any(a <= code <= b for a, b in CHARACTERS)}
    codes = {name: code for code, name in names.items()}
    outlines = {
        code: (list(font["glyf"][name].getCoordinates(font["glyf"])[0]), font["hmtx"][name])
        for code, name in names.items()
    }
    pairs = {
        (codes[one], codes[other]): by
        for (one, other), by in font["kern"].kernTables[0].kernTable.items()
        if one in codes and other in codes
    }
    return outlines, pairs


@WEIGHTS
def test_letters_and_pairs_are_those_of_the_whole_font(name):
    with TTFont(FILES[name]) as found, TTFont(WHOLE / name) as whole:
        outlines, pairs = letters(found)
        assert (outlines, pairs) == letters(whole)
    assert {ord(each) for each in "aÄéβ0−…’”×±≤→₁²"} <= outlines.keys()
    assert len(pairs) > 500


@WEIGHTS
def test_the_committed_file_is_what_the_command_writes_and_has_no_layout_tables(name):
    with TTFont(FILES[name]) as found, reduced(WHOLE / name) as made:
        assert set(found.keys()) == set(made.keys())
        assert not {"GSUB", "GPOS", "GDEF"} & set(found.keys())
        assert found["name"].getDebugName(1) == made["name"].getDebugName(1) == FAMILY
        assert found.getGlyphOrder() == made.getGlyphOrder()
        assert found.getBestCmap() == made.getBestCmap()


@pytest.mark.parametrize(("label", "whole"), [("none", False), ("нет", True)])
def test_a_letter_that_the_reduced_font_lacks_comes_from_the_whole_one(label, whole):
    with theme.applied("test"):
        figure = Figure()
        figure.text(0.1, 0.1, label)
        file = io.BytesIO()
        figure.savefig(file, format="pdf", metadata={"CreationDate": None})
    assert b"+DejaVuSansReduced" in file.getvalue() or not label.isascii()
    assert (b"+DejaVuSans " in file.getvalue()) == whole
