"""Figures: one file each, drawn from results and computing nothing. To add one: its file, and a line here."""

from analysis.figures import forest, gaps, learning_curves, rates
from analysis.figures.plot import Plot

PLOTS: tuple[Plot, ...] = (
    forest.PLOT,
    learning_curves.PLOT,
    rates.PLOT,
    gaps.PLOT,
)
"""In the order of the report."""
