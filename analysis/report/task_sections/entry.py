"""An entry of the registry of the report over tasks: a section, and the figures that it shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from analysis.figures.evidence_over_tasks import EvidenceOverTasks
from analysis.figures.plot import Plot
from analysis.report.document import Illustration, Paragraph, Section
from analysis.report.gather_tasks import MaterialOverTasks


@dataclass(frozen=True)
class EntryOverTasks:
    """A section over tasks, and the figures that it shows; None where the section has nothing to say."""

    section: Callable[[MaterialOverTasks], Section | None]
    plots: tuple[Plot[EvidenceOverTasks], ...] = ()


def shown(material: MaterialOverTasks, plot: Plot[EvidenceOverTasks]) -> Illustration | Paragraph:
    """Return a figure, or why there is nothing to draw."""
    why = plot.missing(material.evidence)
    return Illustration(plot, material.evidence) if why is None else Paragraph(why)
