"""The further figures' marks stand where the numbers say: clouds, floors, sequences, shares, calibration, curves."""

from __future__ import annotations

from dataclasses import replace

import pytest
from matplotlib.collections import PolyCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from analysis.figures import (
    dose_response,
    floor_meter,
    p_calibration,
    raincloud,
    sequence,
    theme,
    variance_shares,
    worth_of_pairing,
)
from analysis.figures.plot import drawn
from tests.unit.analysis.results import with_effect, with_whole

LAYOUTS = pytest.mark.parametrize("layout", theme.LAYOUTS, ids=lambda layout: layout.name)


def figure_of(plot, known, layout=theme.WIDE):
    with theme.applied("test"):
        return drawn(plot, known, layout)


def named(figure, kind, name):
    """Return what is drawn under a name; the legend's samples are no marks."""
    drawn_ = [each for axes in figure.axes for each in axes.get_children() if isinstance(each, kind)]
    return [each for each in drawn_ if each.get_label() == name]


def line(figure, name):
    (found,) = named(figure, Line2D, name)
    return list(found.get_xdata()), list(found.get_ydata())


def words(figure):
    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


def rows(known):
    return known.primary.judged


@LAYOUTS
def test_raincloud_has_a_drop_for_each_seed_and_its_box_stands_on_the_numbers(evidence, layout):
    known = evidence()
    figure = figure_of(raincloud.PLOT, known, layout)
    for row in rows(known):
        drops, _ = line(figure, f"seeds-{row.condition}")
        assert sorted(drops) == pytest.approx(sorted(100 * pair.difference for pair in row.pairs))
        for name, value in (("median", row.median_difference), ("trimmed", row.trimmed_mean_difference)):
            assert line(figure, f"{name}-{row.condition}")[0][0] == pytest.approx(100 * value)


def test_raincloud_below_five_pairs_has_drops_alone(evidence):
    known = evidence(seeds=4)
    figure = figure_of(raincloud.PLOT, known)
    assert len(line(figure, "seeds-book")[0]) == 4
    assert not named(figure, Line2D, "cloud-book")
    assert not named(figure, Line2D, "median-book")
    assert named(figure_of(raincloud.PLOT, evidence(seeds=5)), Line2D, "cloud-book")
    assert "only the dots are drawn" in raincloud.caption(known)


def test_raincloud_clouds_rise_where_the_seeds_are(evidence):
    figure = figure_of(raincloud.PLOT, evidence())
    x, y = line(figure, "cloud-book")
    top = x[y.index(min(y))]
    drops, _ = line(figure, "seeds-book")
    assert min(drops) < top < max(drops)


@LAYOUTS
def test_floor_meter_marks_what_the_object_says(evidence, layout):
    known = evidence()
    figure = figure_of(floor_meter.PLOT, known, layout)
    for row in rows(known):
        name = row.condition
        assert line(figure, f"now-{name}")[0] == pytest.approx([100 * row.se_crossed] * 2)
        seeds = [100 * error for error in (row.se_crossed_2x_seeds, row.se_crossed_4x_seeds, row.se_crossed_10x_seeds)]
        assert line(figure, f"seeds-{name}")[0] == pytest.approx(seeds)
        assert line(figure, f"images-{name}")[0] == pytest.approx([100 * row.se_crossed_4x_images])
        (floor,) = named(figure, PolyCollection, f"floor-{name}")
        assert floor.get_paths()[0].get_extents().x1 == pytest.approx(100 * row.test_set_floor)


def test_floor_meter_says_what_to_buy_and_leaves_out_what_has_no_images(evidence):
    known = with_effect(evidence(), "book", surer_by="images")
    said = words(figure_of(floor_meter.PLOT, known))
    assert said.count("more images") == 1
    assert said.count("more seeds") == 2
    for row in rows(known):
        known = with_effect(known, row.condition, se_crossed=None)
    assert "not known" in floor_meter.missing(known)


@LAYOUTS
def test_sequence_ends_and_first_exclusion_are_those_of_the_looks(evidence, layout):
    known = evidence()
    figure = figure_of(sequence.PLOT, known, layout)
    for each in known.sequences.sequences:
        name = each.condition
        assert line(figure, f"centre-{name}")[0] == [1, 2, 3, 4, 5, 6]
        assert line(figure, f"low-{name}") == ([4, 5, 6], pytest.approx([-1.0, 0.1, 0.2]))
        assert line(figure, f"high-{name}") == ([4, 5, 6], pytest.approx([3.0, 1.9, 1.8]))
        assert line(figure, f"first-{name}")[0] == [5, 5]
    assert words(figure).count("first without 0: 5 seeds") == 3


def test_sequence_without_an_end_is_not_drawn_and_without_exclusion_says_so(evidence):
    assert "still unbounded" in sequence.missing(evidence(seeds=3))
    known = evidence(seeds=4)
    figure = figure_of(sequence.PLOT, known)
    assert not named(figure, Line2D, "first-book")
    assert "holds 0 at every look" in words(figure)


@LAYOUTS
def test_calibration_lines_are_the_achieved_rates(evidence, layout):
    known = evidence()
    figure = figure_of(p_calibration.PLOT, known, layout)
    for name, achieved in known.self_check.calibration.achieved.items():
        x, y = line(figure, name)
        assert x == pytest.approx([5, 10, 15, 20])
        assert y == pytest.approx([100 * each for each in achieved])
    x, y = line(figure, "as promised")
    assert x == y
    (axes,) = figure.axes
    assert axes.get_ylim()[1] >= 40


def test_calibration_needs_five_seeds(evidence):
    assert p_calibration.missing(evidence(seeds=5)) is None
    assert "at least 5" in p_calibration.missing(evidence(seeds=4))
    assert "Nothing can be checked" in p_calibration.missing(evidence(seeds=1))


@LAYOUTS
def test_shares_are_as_long_as_they_are_large(evidence, layout):
    figure = figure_of(variance_shares.PLOT, evidence(), layout)
    for source, share in (("initialisation", 60), ("order", 30), ("initialisation × order", 10)):
        (bar,) = _bars(figure, f"share-book-{source}")
        assert bar.get_width() == pytest.approx(share)
    assert line(figure, "interval-book-0")[0] == pytest.approx([30, 70])
    ((lasting,), (churn,)) = _bars(figure, "lasting-book"), _bars(figure, "churn-book")
    assert (lasting.get_width(), churn.get_x(), churn.get_width()) == pytest.approx((75, 75, 25))


def _bars(figure, name):
    return [
        bar
        for axes in figure.axes
        for container in axes.containers
        if container.get_label() == name
        for bar in container
    ]


def test_shares_show_the_split_alone_where_sources_are_not_crossed(evidence):
    known = evidence()
    found = known.variance
    alike = [replace(each, components=(), why="seeds vary together.") for each in found.conditions]
    known = replace(known, variance=replace(found, conditions=tuple(alike)))
    assert [axes.get_label() for axes in figure_of(variance_shares.PLOT, known).axes] == ["test-set"]
    known = replace(known, variance=replace(found, conditions=tuple(replace(each, test_set=None) for each in alike)))
    assert "seeds vary together." in variance_shares.missing(known)


@LAYOUTS
def test_dose_response_curve_and_set_are_those_of_the_object(evidence, layout):
    known = evidence()
    figure = figure_of(dose_response.PLOT, known, layout)
    x, y = line(figure, "fitted quadratic")
    assert (x[0], x[-1]) == (0.0, 0.7)
    assert y[0] == pytest.approx(85.0)
    assert y[-1] == pytest.approx(100 * (0.85 + 0.05 * 0.7 - 0.0625 * 0.49))
    assert line(figure, "optimum of the curve, 0.40")[0] == [0.4, 0.4]
    (band,) = named(figure, Rectangle, "where it may lie, 0.30 to 0.55")
    assert (band.get_x(), band.get_width()) == pytest.approx((0.3, 0.25))
    seeds, _ = line(figure, "one seed")
    assert len(seeds) == 6


def test_dose_response_says_when_the_optimum_is_not_identified(evidence):
    known = evidence()
    found = replace(known.primary.dose_response, identified=False, optimum=None, optimum_low=None, optimum_high=None)
    known = with_whole(known, dose_response=found)
    figure = figure_of(dose_response.PLOT, known)
    assert "optimum not identified" in words(figure)
    assert "not identified" in dose_response.caption(known)
    assert "not identified" in dose_response.description(known)
    rejected = with_whole(known, dose_response=replace(found, lack_of_fit_t2=30.0, lack_of_fit_p=0.0016))
    assert "do not lie on a parabola" in dose_response.caption(rejected)
    assert "p = 0.0016" in dose_response.caption(rejected)
    drawn = figure_of(dose_response.PLOT, rejected)
    labels = [each.get_label() for axes in drawn.axes for each in axes.lines]
    assert "fitted quadratic" in [each.get_label() for axes in figure.axes for each in axes.lines]
    assert "fitted quadratic" not in labels
    assert {"one seed", "mean, 95% interval"} <= set(labels)
    assert "Curve:" not in dose_response.caption(rejected)
    kept = with_whole(known, dose_response=replace(found, lack_of_fit_t2=1.0, lack_of_fit_p=0.5))
    assert "parabola" not in dose_response.caption(kept)
    assert "three conditions" in dose_response.missing(with_whole(known, dose_response=None))


@LAYOUTS
def test_pairing_has_each_correlation_and_each_multiple_of_the_reference(evidence, layout):
    known = evidence()
    figure = figure_of(worth_of_pairing.PLOT, known, layout)
    for index, each in enumerate(known.paired_effects.by_level):
        assert line(figure, f"correlation-{index}")[0] == [each.correlation]
        assert line(figure, f"correlation-{index}-interval")[0] == [each.correlation_low, each.correlation_high]
        assert line(figure, f"seeds-{index}")[0] == [each.seeds_needed or 1.0]
        if each.reference is not None:
            assert line(figure, f"seeds-{index}-interval")[0] == [each.seeds_needed_low, each.seeds_needed_high]
    assert "manual_seed" in words(figure)
    assert "learning rate 0.05" in words(figure)


def test_the_caption_of_the_sequence_counts_conditions_where_there_are_several(evidence):
    whole = evidence()
    assert f"for all {whole.sequences.conditions} conditions and all looks at once" in sequence.caption(whole)
    alone = sequence.caption(replace(whole, sequences=replace(whole.sequences, conditions=1)))
    assert "holds at 95% for all looks at once" in alone
