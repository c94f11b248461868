"""The power of a plan as a file: what ``analysis power`` and ``bench plan`` draw."""

from __future__ import annotations

from pathlib import Path

from analysis.answer.power_curves import PowerCurves
from analysis.base.files import check_writable, write_atomically
from analysis.figures.plot import Plot, rendered
from analysis.figures.theme import NARROW, WIDE


def write(plot: Plot[PowerCurves], curves: PowerCurves, file: Path) -> str:
    """Draw `curves` in the format that the file's name ends in; return what the marks mean.

    Raises
    ------
    TableError
        The place cannot be written to.
    """
    check_writable(file)
    kind, layout = file.suffix.lower().removeprefix("."), NARROW if len(curves.conditions) <= NARROW.panels else WIDE
    write_atomically(file, rendered(plot, curves, layout, (kind,))[kind])
    return f"{file}: {plot.caption(curves)}"
