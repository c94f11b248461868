"""What the figures of a factorial and of collapses mark is what the object says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from analysis.figures import effects, interaction, surface, survival, theme
from analysis.figures.plot import drawn
from analysis.methods.survival import Curve


def draw(plot, evidence, layout=theme.WIDE):
    with theme.applied("test"):
        return drawn(plot, evidence, layout)


def test_interaction_draws_every_mean_and_interval(evidence):
    known = evidence()
    (axes,) = draw(interaction.PLOT, known).axes
    (panel,) = known.factorial.profiles
    lines = {line.get_label(): list(line.get_ydata()) for line in axes.lines if not line.get_label().startswith("_")}
    for level in (0.0, 0.3):
        means = [100 * each.mean for each in panel.points if each.line == level]
        assert lines[f"{level:g}"] == means
    bars = sorted(tuple(line.get_ydata()) for line in axes.lines if line.get_label().startswith("_"))
    assert bars == sorted((100 * each.low, 100 * each.high) for each in panel.points)
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["0", "0.2", "0.5"]
    assert {line.get_marker() for line in axes.lines} >= {"o", "s"}, "shapes tell lines apart in grey"


def test_interaction_of_a_single_block_has_no_intervals(evidence):
    (axes,) = draw(interaction.PLOT, evidence(seeds=1)).axes
    assert len(axes.lines) == 2


def test_effects_draw_the_headline_and_its_words(evidence):
    known = evidence(verdict="superior")
    (axes,) = draw(effects.PLOT, known).axes
    written = [text.get_text() for text in axes.texts]
    for each in known.factorial.effects:
        contrast = each.contrast
        assert each.effect in written
        ends = [100 * contrast.headline.low, 100 * contrast.headline.high]
        assert any(list(line.get_xdata()) == pytest.approx(ends) for line in axes.lines)
        assert any(list(line.get_xdata()) == pytest.approx([100 * contrast.mean_difference]) for line in axes.lines)
    assert written.count("higher") == 3


def test_surface_has_every_mean_and_frames_the_best_set(evidence):
    known = evidence()
    (axes,) = draw(surface.PLOT, known).axes
    cells = {(text.get_position()[0] - 0.5, text.get_position()[1] - 0.5): text for text in axes.texts}
    for cell in known.factorial.cells:
        place = ((0.0, 0.2, 0.5).index(cell.levels[0]), (0.0, 0.3).index(cell.levels[1]))
        assert cells[place].get_text() == f"{100 * cell.mean:.2f}"
        assert (cells[place].get_fontweight() == "bold") == (cell.condition == "0.5-0.0")
    frames = {each.get_label() for each in axes.patches if str(each.get_label()).startswith("best-")}
    assert frames == {f"best-{label}" for label in known.factorial.best_set}


def test_surface_is_darker_where_it_is_better_in_either_direction(evidence):
    known = evidence()
    for direction in ("higher", "lower"):
        told = replace(known, factorial=replace(known.factorial, direction=direction))
        (axes,) = draw(surface.PLOT, told).axes
        fills = [each for each in axes.patches if isinstance(each, Rectangle) and each.get_fill()]
        shades = {(each.get_x(), each.get_y()): each.get_alpha() for each in fills}
        assert {to_hex(each.get_facecolor()) for each in fills} == {theme.BLUE}
        best, worst = shades[2.0, 0.0], shades[0.0, 1.0]
        assert (best > worst) == (direction == "higher")


def test_surface_of_few_seeds_or_of_names_says_why_not(evidence):
    known = evidence(seeds=3)
    assert "too few seeds" in surface.PLOT.caption(known)
    names = tuple(replace(each, numeric=False) for each in known.factorial.factors)
    named = replace(known, factorial=replace(known.factorial, factors=names))
    assert "two numeric factors" in surface.PLOT.missing(named)
    for plot in (surface.PLOT, interaction.PLOT, effects.PLOT):
        assert "do not cross" in plot.missing(replace(known, factorial=None))


def test_survival_steps_bands_and_numbers_at_risk(evidence):
    known = evidence(diverged=[("none", 0), ("book", 1), ("book", 2)])
    figure = draw(survival.PLOT, known)
    panels = {axes.get_label(): axes for axes in figure.axes}
    assert list(panels) == ["none", "book", "mild", "strong"], "those meant to stay at chance do not collapse"
    book = panels["book"]
    lines = {line.get_label(): line for line in book.lines}
    assert list(lines["book"].get_xdata()) == [0, 2, 3, 3]
    assert list(lines["book"].get_ydata()) == pytest.approx([100, 100 * 4 / 6, 100 * 4 / 6, 100 * 4 / 6])
    assert list(lines["control"].get_ydata()) == pytest.approx([100, 100 * 5 / 6, 100 * 5 / 6, 100 * 5 / 6])
    assert len(book.collections) == 1
    assert not panels["mild"].collections, "no collapse, no band"
    written = [text.get_text() for text in book.texts]
    assert "0.2 / 0.5: 2 of 6 collapsed" in written
    assert {"6", "4"} <= set(written)


def test_survival_counts_who_is_at_risk():
    panel = Curve(epochs=(2, 5), at_risk=(9, 4))
    assert [survival.at_risk(panel, epoch) for epoch in (1, 2, 3, 5, 6)] == [9, 9, 4, 4, 0]
