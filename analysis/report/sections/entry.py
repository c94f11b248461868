"""An entry of the report's registry: a section, and the figures that it shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from analysis.figures.evidence import Evidence
from analysis.figures.plot import Plot
from analysis.report.document import Illustration, Paragraph, Section
from analysis.report.gather import Material, Pool


@dataclass(frozen=True)
class Entry:
    """A section of each pool of trials, and the figures that it shows.

    Parameters
    ----------
    section : function of (material, pool)
        Returns the section, None where it has nothing to say.
    plots : tuple of Plot
    of_splits : bool
        Whether it holds of splits of one data set too, which are not independent.
    """

    section: Callable[[Material, Pool], Section | None]
    plots: tuple[Plot[Evidence], ...] = ()
    of_splits: bool = False


def figure(plot: Plot[Evidence], *, of_splits: bool = False) -> Entry:
    """Return the section that is one figure under its title, or says why there is nothing to draw.

    A table need not have what a results folder has: of what it lacks there is no section.
    """

    def section(material: Material, pool: Pool) -> Section | None:
        if material.plan is None and plot.missing(pool.evidence) is not None:
            return None
        return Section(plot.title, (shown(pool, plot),))

    return Entry(section, (plot,), of_splits)


def shown(pool: Pool, plot: Plot[Evidence]) -> Illustration | Paragraph:
    """Return a figure, or why there is nothing to draw."""
    why = plot.missing(pool.evidence)
    return Illustration(plot, pool.evidence) if why is None else Paragraph(why)
