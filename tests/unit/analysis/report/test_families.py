"""Reports of the families that ship: figures name what they draw, and every condition so that it can be told apart."""

from __future__ import annotations

from pathlib import Path

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from analysis.figures import forest, learning_curves, raincloud, rates, theme
from analysis.figures.row_words import short_name
from analysis.report.gather import Pool, gather

RESULTS = Path(__file__).parents[4] / "results"


@pytest.fixture(scope="module")
def pool() -> dict[str, Pool]:
    return {name: gather(RESULTS / name).pools[0] for name in ("lenet", "characters", "seeding-tabular")}


def words(plot, evidence) -> list[str]:
    figure = Figure(figsize=(theme.WIDE.width, plot.height(evidence, theme.WIDE)))
    plot.draw(figure, evidence, theme.WIDE)
    return [each.get_text() for each in figure.findobj(Text) if isinstance(each, Text)]


@pytest.mark.slow
def test_a_condition_that_does_not_set_dropout_has_the_rate_of_the_settings(pool):
    found = {each.label: each.rates for each in pool["lenet"].evidence.settings}
    assert found == {label: (0.3 if label == "dropout" else 0.0,) for label in found}
    assert len(found) == 6


@pytest.mark.slow
def test_the_legend_of_the_learning_curves_has_what_is_drawn(pool):
    evidence = pool["lenet"].evidence
    said = words(learning_curves.PLOT, evidence)
    assert "running training loss (nats)" in said
    assert not [each for each in said if "accuracy" in each]
    assert "Diamond" not in learning_curves.caption(evidence)
    assert "Accuracies" not in learning_curves.caption(evidence)


@pytest.mark.slow
def test_labels_that_read_alike_when_cut_give_way_to_the_values_of_the_settings(pool):
    evidence = pool["seeding-tabular"].evidence
    names = [short_name(each, evidence) for each in evidence.settings]
    assert len(set(names)) == len(names) == 12
    assert names[0] == ("0, streams", "constant")
    for plot in (learning_curves.PLOT, rates.PLOT):
        assert "Named by dropout, seeding and schedule." in plot.caption(evidence)
        assert not [each for each in words(plot, evidence) if "…" in each]
    lenet = pool["lenet"].evidence
    assert short_name(lenet.settings[1], lenet) == ("dropout", "dropout 0.3")
    assert "Named by" not in rates.caption(lenet)


@pytest.mark.slow
def test_a_margin_without_a_unit_stands_alone(pool):
    assert "(±0.02)" in forest.caption(pool["characters"].evidence)
    assert "(±0.02)." in raincloud.caption(pool["characters"].evidence)
