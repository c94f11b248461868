"""Figures: one file each, drawn from results and computing nothing. To add one: its file, and a line here."""

from analysis.figures import forest, gaps, learning_curves, rates, speed
from analysis.figures.plot import Plot

PLOTS: tuple[Plot, ...] = (
    forest.PLOT,
    learning_curves.PLOT,
    rates.PLOT,
    gaps.PLOT,
    speed.PLOT,
)
"""In the order of the report."""
