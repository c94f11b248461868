"""Long and wide tables become one row per trial, with the same numbers; rows that fit no trial are refused."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from analysis.base.errors import TableError
from analysis.cli import main
from analysis.tables.loading import load
from analysis.tables.reshaping import long_to_tidy, wide_to_tidy

RNG = np.random.default_rng(8)
TIDY = pd.DataFrame(
    [
        (label, seed, round(0.8 + gain + noise, 4), round(0.5 - gain + noise, 4))
        for seed, noise in enumerate(RNG.normal(0, 0.01, 6))
        for label, gain in (("none", 0.0), ("book", 0.01 + RNG.normal(0, 0.003)))
    ],
    columns=["condition", "seed", "test_acc", "test_loss"],
)


def long(made: pd.DataFrame = TIDY, names: tuple[str, str] = ("metric", "value")) -> pd.DataFrame:
    return made.melt(
        [name for name in made if name not in ("test_acc", "test_loss")], var_name=names[0], value_name=names[1]
    )


@pytest.mark.parametrize("names", [("metric", "value"), ("variable", "value"), ("Metric", "Value")])
def test_a_long_table_gives_the_numbers_of_the_tidy_one(tmp_path, capsys, names):
    path, plain = tmp_path / "t.csv", tmp_path / "plain.csv"
    long(names=names).sample(frac=1, random_state=1).sort_values("condition", ascending=False, kind="stable").to_csv(
        path, index=False
    )
    TIDY.to_csv(plain, index=False)
    for metric in ("test_acc", "test_loss"):
        said = []
        for each in (path, plain):
            assert main(["compare", str(each), "--metric", metric, "--control", "none", "--json", "-"]) == 0
            said.append(capsys.readouterr())
        assert json.loads(said[0].out) == json.loads(said[1].out)
        assert said[0].err.startswith("note: t.csv: read as a long table, metrics 'test_")


def test_a_long_table_may_have_names_of_its_own_and_decimal_commas(tmp_path):
    path = tmp_path / "t.csv"
    made = long(TIDY.rename(columns={"condition": "method", "seed": "random_state"}))
    made.to_csv(path, index=False, sep=";", decimal=",")
    table = load(path)
    kept = table.frame.sort_values(["seed", "condition"], ascending=[True, False])
    assert kept["test_acc"].tolist() == TIDY["test_acc"].tolist()


def test_metrics_of_unlike_kinds_are_columns_of_their_own():
    made = pd.DataFrame(
        {
            "condition": ["a", "a", "a", "b"],
            "seed": [0, 0, 1, 0],
            "metric": ["x", "name", "x", "x"],
            "value": ["0.5", "good", "0.25", ""],
        }
    )
    tidy = long_to_tidy("t", made)
    assert tidy["x"].tolist()[:2] == [0.5, 0.25] and np.isnan(tidy["x"][2])
    assert tidy["name"].tolist()[0] == "good"


@pytest.mark.parametrize("cell", ["nan", "inf"])
def test_a_loss_of_a_long_table_that_is_not_finite_is_a_trial_that_diverged(tmp_path, cell):
    path = tmp_path / "t.csv"
    path.write_text(f"condition,seed,metric,value\na,0,x,0.5\na,0,test_loss,{cell}\na,1,x,0.5\na,1,test_loss,0.5\n")
    assert load(path).frame["diverged"].tolist() == [True, False]
    made = pd.read_csv(path)
    assert load(made).frame["diverged"].tolist() == [True, False]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("a", 0, "x", 1.0), ("a", 0, "x", 2.0)], "row 2: metric 'x' comes again for condition a, seed 0"),
        ([("a", 0, "", 1.0)], "row 1: metric is empty"),
        ([("a", 0, "seed", 1.0)], "metric 'seed' is also a column"),
    ],
)
def test_rows_of_a_long_table_that_fit_no_trial_are_named(rows, words):
    with pytest.raises(TableError, match=words):
        load(pd.DataFrame(rows, columns=["condition", "seed", "metric", "value"]))


def test_a_column_metric_of_numbers_is_a_metric():
    made = TIDY.rename(columns={"test_acc": "metric", "test_loss": "value"})
    assert load(made).frame["metric"].tolist() == load(TIDY).frame["test_acc"].tolist()


WIDE = TIDY.pivot_table(index="seed", columns="condition", values="test_acc", sort=False).reset_index()


def test_a_wide_table_gives_the_numbers_of_the_tidy_one():
    made = wide_to_tidy("t", WIDE, "test_acc")
    assert list(made.columns) == ["condition", "seed", "test_acc"]
    assert made["condition"].drop_duplicates().tolist() == ["none", "book"]
    expected = TIDY.sort_values("condition", ascending=False, kind="stable")[["condition", "seed", "test_acc"]]
    pd.testing.assert_frame_equal(made, expected.reset_index(drop=True), check_dtype=False, check_names=False)


def test_a_wide_table_keeps_seeds_that_a_condition_lacks_and_columns_beside():
    made = wide_to_tidy("t", WIDE.assign(task="one", book=WIDE["book"].where(WIDE["seed"] > 0)), "x", beside=["task"])
    assert made["task"].tolist() == ["one"] * 12
    assert made["x"].isna().sum() == 1


@pytest.mark.parametrize(
    ("made", "how", "words"),
    [
        (WIDE.rename(columns={"seed": "s"}), {}, "column 'seed' is missing"),
        (WIDE.assign(seed=0), {}, "seed 0 comes again"),
        (WIDE[["seed", "none"]], {}, "has 1 columns of conditions; allowed: two or more"),
        (WIDE.assign(note="words"), {}, "column 'note' has 'words'; allowed: numbers"),
        (WIDE, {"conditions": ["none", "bok"]}, "column 'bok' is missing"),
    ],
)
def test_what_is_wrong_with_a_wide_table_is_said(made, how, words):
    with pytest.raises(TableError, match=words):
        wide_to_tidy("t", made, "x", **how)


def test_a_wide_table_is_not_compared_but_named(tmp_path, capsys):
    path = tmp_path / "t.csv"
    WIDE.to_csv(path, index=False)
    assert main(["compare", str(path), "--metric", "test_acc", "--control", "none"]) == 2
    assert "where each column is a condition: python -m analysis import wide" in capsys.readouterr().err
