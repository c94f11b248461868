"""The order of the report: its sections, one file each, and the figures that each shows.

To add a section: its file, and a line here. To add a figure: its file, and a line here, which is ``figure(PLOT)`` where
it stands by itself.
"""

from __future__ import annotations

from collections.abc import Callable

from analysis.answer.comparison import Comparison
from analysis.figures import activations as hidden_units
from analysis.figures import (
    dose_response,
    effects,
    floor_meter,
    forest,
    interaction,
    learning_curves,
    p_calibration,
    power_curves,
    raincloud,
    rates,
    sequence,
    surface,
    survival,
    variance_shares,
)
from analysis.figures import gaps as both_gaps
from analysis.figures import speed as speeds
from analysis.figures import worth_of_pairing as pairing
from analysis.figures.evidence import Evidence
from analysis.figures.plot import Plot
from analysis.report.document import Section
from analysis.report.gather import Material
from analysis.report.sections import (
    activations,
    agreement,
    answer,
    bad_endings,
    best_rate,
    differences,
    divergence,
    factorial,
    fewer_seeds,
    flipped_images,
    gaps,
    left_out,
    method,
    provenance,
    reduce_uncertainty,
    secondary,
    seed_differences,
    seeds_and_images,
    self_check,
    sequences,
    speed,
    spread,
    worth_of_pairing,
)
from analysis.report.sections.entry import Entry, figure

OF_POOL: tuple[Entry, ...] = (
    Entry(answer.section, (forest.PLOT,), of_splits=True),
    Entry(bad_endings.section),
    Entry(differences.section, of_splits=True),
    figure(learning_curves.PLOT, of_splits=True),
    Entry(activations.section, (hidden_units.PLOT,)),
    figure(rates.PLOT),
    Entry(gaps.section, (both_gaps.PLOT,)),
    Entry(seed_differences.section, (raincloud.PLOT,), of_splits=True),
    Entry(fewer_seeds.section),
    Entry(seeds_and_images.section),
    Entry(flipped_images.section),
    Entry(self_check.section, (p_calibration.PLOT,)),
    Entry(sequences.section, (sequence.PLOT,)),
    Entry(spread.section, (variance_shares.PLOT,)),
    Entry(reduce_uncertainty.section, (floor_meter.PLOT, power_curves.PLOT)),
    Entry(divergence.section, (survival.PLOT,)),
    Entry(factorial.section, (interaction.PLOT, effects.PLOT, surface.PLOT)),
    Entry(worth_of_pairing.section, (pairing.PLOT,)),
    Entry(best_rate.section, (dose_response.PLOT,)),
    Entry(secondary.section, of_splits=True),
    Entry(speed.section, (speeds.PLOT,)),
    Entry(left_out.section, of_splits=True),
)
"""Told for each device, precision and data set by itself."""


def entries(whole: Comparison) -> list[Entry]:
    """Return the entries that hold of the blocks of a comparison."""
    return [each for each in OF_POOL if whole.unit.independent or each.of_splits]


PLOTS: tuple[Plot[Evidence], ...] = tuple(plot for entry in OF_POOL for plot in entry.plots)
"""Every figure."""

OF_STUDY: tuple[Callable[[Material], Section | None], ...] = (
    agreement.section,
    method.section,
    provenance.section,
)
"""Told once, after all of those."""
