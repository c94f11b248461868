"""Figures: one file each, drawn from results and computing nothing. To add one: its file, and a line here."""

from analysis.figures import (
    dose_response,
    floor_meter,
    forest,
    gaps,
    learning_curves,
    p_calibration,
    raincloud,
    rates,
    sequence,
    speed,
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
    dose_response.PLOT,
    speed.PLOT,
)
"""In the order of the report."""
