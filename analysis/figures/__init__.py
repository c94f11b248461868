"""Figures: one file each, drawn from results and computing nothing. To add one: its file, and a line here."""

from analysis.figures import (
    activations,
    dose_response,
    effects,
    floor_meter,
    forest,
    gaps,
    interaction,
    learning_curves,
    p_calibration,
    raincloud,
    rates,
    sequence,
    speed,
    surface,
    survival,
    variance_shares,
)
from analysis.figures.plot import Plot

PLOTS: tuple[Plot, ...] = (
    forest.PLOT,
    learning_curves.PLOT,
    rates.PLOT,
    gaps.PLOT,
    raincloud.PLOT,
    p_calibration.PLOT,
    sequence.PLOT,
    variance_shares.PLOT,
    floor_meter.PLOT,
    survival.PLOT,
    activations.PLOT,
    interaction.PLOT,
    effects.PLOT,
    surface.PLOT,
    dose_response.PLOT,
    speed.PLOT,
)
"""In the order of the report."""
