"""The curves of hidden units stand where the numbers say, and say what is in none of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from matplotlib.collections import FillBetweenPolyCollection
from matplotlib.lines import Line2D

from analysis.figures import activations, theme
from analysis.figures.plot import drawn

LAYOUTS = pytest.mark.parametrize("layout", theme.LAYOUTS, ids=lambda layout: layout.name)


def panels(known, layout=theme.WIDE):
    with theme.applied("test"):
        return {axes.get_label(): axes for axes in drawn(activations.PLOT, known, layout).axes}


def named(axes, kind, name):
    return [each for each in axes.get_children() if isinstance(each, kind) and each.get_label() == name]


@LAYOUTS
def test_each_layer_has_a_panel_with_lines_and_bands_of_the_evidence(evidence, layout):
    known = evidence()
    drawn_ = panels(known, layout)
    assert list(drawn_) == ["layer-1", "layer-2"]
    for each in known.activations.curves:
        axes, name = drawn_[f"layer-{each.layer}"], f"{each.side}-{each.condition}"
        if name == "after-none":
            assert not named(axes, Line2D, name), "a mask that changes nothing has no line of its own"
            continue
        (line,) = named(axes, Line2D, name)
        assert (list(line.get_xdata()), list(line.get_ydata())) == ([1, 2, 3], list(each.variance))
        assert line.is_dashed() == (each.side == "after")
        (band,) = named(axes, FillBetweenPolyCollection, f"band-{name}")
        corners = {tuple(map(float, corner)) for corner in band.get_paths()[0].vertices}
        assert set(zip(each.epochs, each.low, strict=True)) <= corners
        assert set(zip(each.epochs, each.high, strict=True)) <= corners


def test_a_condition_has_one_colour_and_shape_in_every_panel(evidence):
    lines = [
        line
        for axes in panels(evidence()).values()
        for side in ("before", "after")
        for line in named(axes, Line2D, f"{side}-mild")
    ]
    assert len(lines) == 4
    assert {(line.get_color(), line.get_marker()) for line in lines} == {(theme.hue(2), theme.marker(2))}


def test_one_seed_has_no_band(evidence):
    assert not named(panels(evidence(seeds=1))["layer-1"], FillBetweenPolyCollection, "band-before-book")


def test_the_caption_says_what_a_band_is_and_what_is_left_out(evidence):
    assert "95% t interval, pointwise and for each condition by itself" in activations.caption(evidence())
    assert "Left out" not in activations.caption(evidence())
    said = activations.caption(evidence(diverged=[("book", 1), ("book", 2), ("none", 0)]))
    told = "1 of 6 trials of “none”, 2 of 6 trials of “book”."
    assert said.endswith(f"Left out, because they collapsed or diverged: {told}")
    assert "Not drawn: “all” (negative control)." in said


def test_the_description_has_the_last_epoch_of_each_side(evidence):
    said = activations.description(evidence())
    assert "hidden layer 2, book: 0.205 before the mask, 0.410 after the mask" in said


def test_nothing_is_drawn_where_nothing_was_recorded_or_nothing_trained(evidence):
    known = evidence()
    assert activations.missing(known) is None
    assert "not recorded" in activations.missing(replace(known, activations=None))
    assert "No trial" in activations.missing(replace(known, activations=replace(known.activations, curves=())))
