"""Each figure's marks stand where the numbers say, and what is broken is seen to be broken."""

from __future__ import annotations

from dataclasses import replace

import pytest
from matplotlib.lines import Line2D
from matplotlib.text import Text

from analysis.figures import forest, gaps, learning_curves, rates, theme
from analysis.figures.evidence import Band, Curves
from analysis.figures.plot import drawn
from tests.unit.analysis.results import with_effect, with_interval, with_whole


def figure_of(plot, known, layout=theme.WIDE):
    with theme.applied("test"):
        return drawn(plot, known, layout)


def lines(figure, name):
    found = [line for line in figure.findobj(Line2D) if line.get_label() == name]
    assert found, f"no mark is called {name}"
    return found


def words(figure):
    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


def primary(known):
    return known.primary.effects


@pytest.mark.parametrize("layout", theme.LAYOUTS, ids=lambda layout: layout.name)
def test_forest_seeds_stand_at_the_differences_of_the_pairs(evidence, layout):
    known = evidence()
    figure = figure_of(forest.PLOT, known, layout)
    for label, row in primary(known).items():
        if not row.stays_at_chance:
            (seeds,) = lines(figure, f"seeds-{label}")
            assert list(seeds.get_xdata()) == pytest.approx([100 * pair.difference for pair in row.pairs])


def test_forest_intervals_end_where_the_object_says(evidence):
    known = evidence()
    figure = figure_of(forest.PLOT, known)
    spans = {
        tuple(round(x, 9) for x in line.get_xdata()) for line in figure.findobj(Line2D) if len(line.get_xdata()) == 2
    }
    for row in primary(known).values():
        told = row.headline
        for low, high in ((told.low, told.high), (told.low_90, told.high_90)):
            if low is not None:
                assert (round(100 * low, 9), round(100 * high, 9)) in spans


def test_forest_shows_no_condition_that_is_meant_to_stay_at_chance(evidence):
    assert "all" not in words(figure_of(forest.PLOT, evidence()))


@pytest.mark.parametrize("layout", theme.LAYOUTS, ids=lambda layout: layout.name)
def test_forest_keeps_a_row_for_a_condition_of_which_no_pair_trained(evidence, layout):
    known = with_effect(evidence(diverged=[("book", seed) for seed in range(6)]), "book", n_lost_to_divergence=6)
    figure = figure_of(forest.PLOT, known, layout)
    assert {"book", "no pair trained", "0 of 6 pairs", "×6"} <= set(words(figure))
    (seeds,) = lines(figure, "seeds-book")
    assert not len(seeds.get_xdata())
    assert "book: 0 of 6 pairs, no pair trained" in forest.description(known)
    assert "no pair trained" in forest.caption(known)


def test_forest_rounds_no_interval_onto_zero_or_the_margin(evidence):
    known = with_interval(with_interval(evidence(), "book", 0.00003, 0.0053), "mild", 0.001004, 0.0063)
    said = " ".join(words(figure_of(forest.PLOT, known)))
    assert "[+0.003, +0.530]" in said
    assert "[+0.1004, +0.6300]" in said
    assert "±0.125 points" in forest.caption(with_whole(known, margin=0.00125))


def test_forest_counts_a_far_seed_at_the_edge_and_keeps_the_axis(evidence):
    known = evidence()
    near = figure_of(forest.PLOT, known).axes[0].get_xlim()
    first, *others = primary(known)["book"].pairs
    far = with_effect(known, "book", pairs=(replace(first, difference=-0.5), *others))
    figure = figure_of(forest.PLOT, far)
    assert figure.axes[0].get_xlim()[0] > 3 * near[0]
    (seeds,) = lines(figure, "seeds-book")
    assert len(seeds.get_xdata()) == 5
    assert "1" in words(figure)
    assert [line for line in figure.findobj(Line2D) if line.get_marker() == "<"]


@pytest.mark.parametrize(
    ("verdict", "said", "colour"),
    [
        ("superior", "higher", theme.BLUE),
        ("inferior", "lower", theme.VERMILION),
        ("equivalent", "equivalent", theme.GREEN),
        ("inconclusive", "undecided", theme.MUTED),
    ],
)
def test_forest_says_the_verdict_in_its_colour(evidence, verdict, said, colour):
    figure = figure_of(forest.PLOT, evidence(verdict=verdict))
    assert {text.get_color() for text in figure.findobj(Text) if text.get_text() == said} == {colour}


def test_forest_draws_an_interval_without_an_upper_limit_to_the_edge_and_says_so(evidence):
    known = with_interval(evidence(), "book", 0.001, 0.009)
    known = with_effect(known, "book", headline=replace(primary(known)["book"].headline, high=None, high_90=None))
    figure = figure_of(forest.PLOT, known)
    edge = figure.axes[0].get_xlim()[1]
    assert any(list(line.get_xdata()) == pytest.approx([0.1, edge]) for line in figure.axes[0].lines)
    assert any("[+0.10, no limit]" in each for each in words(figure))


def test_forest_says_on_which_side_the_benefit_lies(evidence):
    known = evidence()
    assert {"← worse", "better →"} <= set(words(figure_of(forest.PLOT, known)))
    turned = with_whole(known, direction="lower")
    assert {"← better", "worse →"} <= set(words(figure_of(forest.PLOT, turned)))


def test_forest_marks_pairs_that_a_collapse_broke_on_the_side_of_the_arm_that_collapsed(evidence):
    figure = figure_of(forest.PLOT, evidence(diverged=[("none", 0), ("none", 3), ("book", 1)]))
    axes = figure.axes[0]
    left, right = axes.get_xlim()
    marks = sorted((text.get_text(), text.xy[0]) for text in axes.texts if text.get_text().startswith("×"))
    assert marks == [("×1", left), ("×2", right), ("×2", right), ("×2", right)]
    ends = [x for line in axes.lines if len(line.get_xdata()) == 2 for x in line.get_xdata()]
    room = 0.08 * (right - left)
    assert left + room < min(ends), "marks at the edge lie on no interval"
    assert max(ends) < right - room


def test_rates_seeds_and_means_stand_at_their_values(evidence):
    known = evidence()
    figure = figure_of(rates.PLOT, known)
    for metric, axes in zip(rates.METRICS, figure.axes, strict=True):
        for label, x in {"none": 0.0, "mild": 0.1, "strong": 0.7}.items():
            (seeds,) = (line for line in axes.lines if line.get_label() == f"seeds-{label}")
            values = [100 * each.values[metric] for each in known.of(label)]
            assert list(seeds.get_ydata()) == pytest.approx(values)
            assert set(seeds.get_xdata()) == {x}
        for mean in known.means[metric]:
            if mean.condition != "all":
                assert any(list(line.get_ydata()) == pytest.approx([100 * mean.mean]) for line in axes.lines)
                ends = pytest.approx([100 * mean.low, 100 * mean.high])
                assert any(list(line.get_ydata()) == ends for line in axes.lines)


def test_rates_puts_unequal_layers_right_of_the_axis_and_leaves_out_what_is_meant_to_be_at_chance(evidence):
    numeric, block = rates.positions(evidence())
    assert numeric == {"none": 0.0, "mild": 0.1, "strong": 0.7}
    assert block.keys() == {"book"}
    assert block["book"] > 0.7


def test_rates_joins_the_trials_of_one_seed_along_the_rate(evidence):
    known = evidence()
    (first, _) = lines(figure_of(rates.PLOT, known), "seed-2")
    expected = [100 * known.of(label)[2].values["test_accuracy"] for label in ("none", "mild", "strong")]
    assert list(first.get_xdata()) == [0.0, 0.1, 0.7]
    assert list(first.get_ydata()) == pytest.approx(expected)


def test_rates_counts_collapsed_trials_below_the_axis_and_keeps_them_out_of_it(evidence):
    known = evidence(diverged=[("mild", 1), ("mild", 4)])
    figure = figure_of(rates.PLOT, known)
    assert words(figure).count("×2") == 2
    (seeds, _) = lines(figure, "seeds-mild")
    assert len(seeds.get_xdata()) == 4
    (joined, _) = lines(figure, "seed-4")
    assert list(joined.get_xdata()) == [0.0, 0.7]
    assert "collapsed" not in words(figure_of(rates.PLOT, evidence()))


def test_gaps_draws_every_trial_that_trained_and_the_line_of_equality(evidence):
    known = evidence(diverged=[("book", 1)])
    figure = figure_of(gaps.PLOT, known)
    (points,) = lines(figure, "trials-book")
    trained = known.of("book")
    assert len(trained) == 5
    assert list(points.get_xdata()) == pytest.approx([100 * each.values["generalisation_gap"] for each in trained])
    assert list(points.get_ydata()) == pytest.approx([100 * each.values["running_gap"] for each in trained])
    assert any("× 1 collapsed" in said for said in words(figure))
    axes = figure.axes[0]
    assert any(list(line.get_xdata()) == list(line.get_ydata()) == list(axes.get_xlim()) for line in axes.lines)


def test_gaps_sets_both_changes_side_by_side(evidence):
    known = evidence()
    running = known.comparisons["running_gap"].effects["book"].headline
    known = with_effect(known, "book", "running_gap", headline=replace(running, estimate=-0.03))
    changes = figure_of(gaps.PLOT, known).axes[1]
    single = {
        (round(line.get_xdata()[0], 9), line.get_markerfacecolor())
        for line in changes.lines
        if len(line.get_xdata()) == 1
    }
    clean = known.comparisons["generalisation_gap"].effects["book"].headline.estimate
    assert (-3.0, "#ffffff") in single
    assert (round(100 * clean, 9), theme.hue(1)) in single


def test_the_caption_of_the_curves_tells_of_those_that_are_drawn(evidence):
    whole = evidence()
    bands = tuple(each for each in whole.curves.bands if each.quantity == "test_accuracy")
    assert "share the axis with the loss in nats" in learning_curves.caption(whole)
    assert "Running: averaged" in learning_curves.caption(whole)
    alone = learning_curves.caption(replace(whole, curves=replace(whole.curves, bands=bands)))
    assert "Accuracies are fractions; what lies outside the axis is cut off." in alone
    assert "loss" not in alone
    assert "Running" not in alone


def test_curves_are_the_median_and_the_band_from_lowest_to_highest(evidence):
    axes = figure_of(learning_curves.PLOT, evidence()).axes[0]
    (test,) = (line for line in axes.lines if line.get_label() == "test_accuracy")
    assert list(test.get_ydata()) == [0.55, 0.65, 0.75]
    heights = axes.collections[0].get_paths()[0].vertices[:, 1]
    assert {round(float(y), 9) for y in heights} >= {0.5, 0.6, 0.7, 0.8}


@pytest.mark.slow
def test_curves_give_what_is_meant_to_be_at_chance_an_axis_of_its_own(evidence):
    figure = figure_of(learning_curves.PLOT, evidence())
    limits = {axes.get_label(): axes.get_ylim() for axes in figure.axes}
    assert limits.pop("all") == (0, 2.5)
    assert set(limits.values()) == {learning_curves.BOOK_LIMITS}


@pytest.mark.slow
def test_curves_draw_each_run_that_broke_and_count_it(evidence):
    figure = figure_of(learning_curves.PLOT, evidence(diverged=[("book", 1), ("book", 4)]))
    (run,) = lines(figure, "broken-4")
    assert list(run.get_ydata()) == [0.5, 0.1, 0.1]
    assert "× 2 of 6 collapsed" in words(figure)


def test_curves_axis_grows_with_the_data():
    low = Curves((Band("a", "test_accuracy", (1, 2), (0.1, 0.12), (0.1, 0.12), (0.1, 0.12)),), ())
    assert learning_curves.limits(low, {"a"})[0] == pytest.approx(0.1)
    assert learning_curves.limits(low, {"b"}) == learning_curves.BOOK_LIMITS
