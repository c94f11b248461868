"""What the first screen says was set: every setting that varies, by name, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from analysis.factorial.design import crossing
from analysis.figures.evidence import Setting
from analysis.figures.row_words import row_words
from analysis.report.answer_grid import answer_grid
from analysis.report.varied_settings import varied_settings
from analysis.tables.table import from_frame
from tests.unit.analysis.figures.conftest import make
from tests.unit.analysis.results import comparison, effect

SETTINGS = {
    "none": {"dropout_1": 0.0, "dropout_2": 0.0, "rate": 0.0, "optimiser": "sgd", "weight_decay": 0.0},
    "book": {"dropout_1": 0.2, "dropout_2": 0.5, "rate": None, "optimiser": "sgd", "weight_decay": None},
    "both": {"dropout_1": 0.3, "dropout_2": 0.3, "rate": 0.3, "optimiser": "adam", "weight_decay": 0.001},
}


def table(seeds: int = 3):
    rows = [
        {"condition": label, "seed": seed, "score": 0.8 + 0.01 * seed + 0.1 * place, "fixed": 7, "per_seed": seed}
        | values
        for place, (label, values) in enumerate(SETTINGS.items())
        for seed in range(seeds)
    ]
    return from_frame(pd.DataFrame(rows))


def test_a_rate_is_a_setting_and_a_factor_where_no_column_has_the_rates_of_the_layers():
    rows = [
        {"condition": f"{rate} {decay}", "seed": seed, "rate": rate, "weight_decay": decay, "score": rate + seed}
        for rate in (0.0, 0.5)
        for decay in (0.0, 0.1)
        for seed in range(2)
    ]
    frame = pd.DataFrame(rows)
    assert list(varied_settings(from_frame(frame))) == ["rate", "weight_decay"]
    assert [each.name for each in crossing(from_frame(frame)).factors] == ["rate", "weight_decay"]
    layers = from_frame(frame.assign(dropout_1=frame["rate"], dropout_2=frame["rate"]))
    assert list(varied_settings(layers)) == ["weight_decay", "dropout"]
    assert [each.name for each in crossing(layers).factors] == ["weight_decay", "dropout"]


def test_each_setting_that_varies_is_there_by_name_and_layers_are_one():
    assert varied_settings(table()) == {
        "dropout": {"none": "0", "book": "0.2 / 0.5", "both": "0.3"},
        "optimiser": {"none": "sgd", "book": "sgd", "both": "adam"},
        "weight_decay": {"none": "0", "book": "–", "both": "0.001"},
    }


def test_of_one_seed_a_metric_is_no_setting():
    assert "score" in varied_settings(table(1))
    assert "score" not in varied_settings(table(1), frozenset({"score"}))


@pytest.mark.parametrize("further", [0, 1])
def test_up_to_three_settings_have_columns_and_more_share_one(evidence_of_settings, further):
    whole, known = evidence_of_settings(further)
    grid = answer_grid(whole, known)
    settings = [column.heading for column in grid.columns[4:]]
    if not further:
        assert settings == ["dropout", "optimiser", "weight decay"]
        assert [row[4:] for row in grid.rows] == [("0", "sgd", "0"), ("0.2 / 0.5", "sgd", "–")]
    else:
        assert settings == ["settings"]
        assert [row[4] for row in grid.rows] == ["optimiser sgd", "dropout 0.2 / 0.5, optimiser sgd"]
        assert "A setting that is not named is 0 or does not apply." in grid.caption


@pytest.mark.parametrize(
    ("further", "below"),
    [(0, ("dropout 0.2 / 0.5", "optimiser sgd, weight decay –")), (1, ("dropout 0.2 / 0.5", "optimiser sgd"))],
)
def test_the_forest_plot_names_the_settings_of_each_row(evidence_of_settings, further, below):
    whole, known = evidence_of_settings(further)
    (words,) = row_words(replace(known, comparisons={"test_accuracy": whole}))
    assert (words.name, words.below) == (("book",), below)


def test_labels_that_differ_at_their_ends_differ_in_the_forest_plot():
    labels = ("dropout-0.2-0.5_weight_decay-0", "dropout-0.2-0.5_weight_decay-0.001")
    whole = comparison(*(effect(label, mean_difference=0.01) for label in labels), effect("book", n_pairs=7))
    settings = tuple(Setting(each, (), is_control=False, stays_at_chance=False) for each in whole.effects)
    words = row_words(replace(make(), settings=settings, comparisons={"test_accuracy": whole}))
    assert [each.name for each in words[:2]] == [
        ("dropout-0.2-0.5_weight_", "decay-0"), ("dropout-0.2-0.5_weight_", "decay-0.001"),
    ]  # fmt: skip
    assert [each.below for each in words] == [("n = 8",), ("n = 8",), ("n = 7",)]


@pytest.fixture
def evidence_of_settings():
    def made(further: int):
        varied = varied_settings(table()) | ({"noise": dict.fromkeys(SETTINGS, "0")} if further else {})
        settings = tuple(
            Setting(label, (), label == "none", False, tuple((name, of[label]) for name, of in varied.items()))
            for label in ("none", "book")
        )
        return comparison(effect("book", mean_difference=0.01)), replace(make(), settings=settings)

    return made
