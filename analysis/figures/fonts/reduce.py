"""Write the reduced fonts from matplotlib's own: ``python -m analysis.figures.fonts.reduce``."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
from fontTools import subset

from analysis.figures.fonts import FAMILY, FILES, WHOLE

CHARACTERS = (
    (0x0020, 0x007E), (0x00A0, 0x017F),  # Latin, with its accents
    (0x0391, 0x03C9),  # Greek
    (0x2010, 0x2027), (0x2030, 0x203A),  # dashes, quotation marks, ellipsis, primes
    (0x2070, 0x209C),  # superscripts and subscripts
    (0x2190, 0x2194), (0x2202, 0x2265),  # arrows, signs of mathematics, the minus sign among them
)  # fmt: skip
"""First and last character of each range."""

DROPPED = ("FFTM", "GDEF", "GPOS", "GSUB", "MATH")
"""Layout tables; the pairs of the table ``kern`` stay, so that words keep their widths."""

NAMES = (1, 3, 4, 6)
"""Entries of the table of names that name the family."""


def reduced(file: Path) -> subset.ttLib.TTFont:
    """Return a font of matplotlib without the glyphs and tables that figures do without."""
    options = subset.Options(glyph_names=True, notdef_outline=True, legacy_kern=True, recalc_timestamp=False)
    options.drop_tables += DROPPED
    font = subset.load_font(str(file), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[each for first, last in CHARACTERS for each in range(first, last + 1)])
    subsetter.subset(font)
    for name in font["name"].names:
        if name.nameID in NAMES:
            said = name.toUnicode().replace(WHOLE, FAMILY).replace(WHOLE.replace(" ", ""), FAMILY.replace(" ", ""))
            name.string = said.encode(name.getEncoding())
    return font


def main() -> None:
    """Write both weights."""
    for name, file in FILES.items():
        with reduced(Path(mpl.get_data_path(), "fonts", "ttf", name)) as font:
            font.save(file)


if __name__ == "__main__":
    main()
