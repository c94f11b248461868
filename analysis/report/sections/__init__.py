"""Sections of the report, one file each. To add one: its file, and a line here.

A section is a function that returns it, or None where it has nothing to say.
"""

from __future__ import annotations

from collections.abc import Callable

from analysis.figures import learning_curves, rates
from analysis.report.document import Section
from analysis.report.gather import Material, Pool
from analysis.report.sections import (
    activations,
    agreement,
    answer,
    best_rate,
    differences,
    divergence,
    factorial,
    figure,
    gaps,
    left_out,
    method,
    provenance,
    reduce_uncertainty,
    secondary,
    speed,
    uncertainty,
)

OF_POOL: tuple[Callable[[Material, Pool], Section | None], ...] = (
    answer.section,
    differences.section,
    figure.section_of(learning_curves.PLOT),
    activations.section,
    figure.section_of(rates.PLOT),
    gaps.section,
    uncertainty.section,
    reduce_uncertainty.section,
    divergence.section,
    factorial.section,
    best_rate.section,
    secondary.section,
    speed.section,
    left_out.section,
)
"""Told for each device, precision and data set by itself; in the order of the report."""

OF_STUDY: tuple[Callable[[Material], Section | None], ...] = (
    agreement.section,
    method.section,
    provenance.section,
)
"""Told once, after all of those."""
