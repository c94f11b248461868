"""Rows that are epochs: which one stands for its trial is for the user to say, and is stated."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from analysis.answer.compare import compare
from analysis.api.comparison import compare as compare_by_path
from analysis.base.errors import TableError
from analysis.cli import main
from analysis.tables.loading import load

RNG = np.random.default_rng(4)
EPOCHS = 5
COURSE = pd.DataFrame(
    [
        (label, seed, epoch, 0.7 + epoch / 100 + RNG.normal(0, 0.02), 0.7 + RNG.normal(0, 0.02), RNG.uniform(0.3, 0.5))
        for label in ("none", "book")
        for seed in range(6)
        for epoch in range(1, EPOCHS + 1)
    ],
    columns=["condition", "seed", "epoch", "test_accuracy", "val_accuracy", "val_loss"],
)


def by_hand(column: str | None, better: str = "max") -> dict[tuple[str, int], float]:
    """Return the test accuracy of each trial at its last epoch, or at the one with the best value of a column."""
    found = {}
    for key, rows in COURSE.groupby(["condition", "seed"]):
        at = rows["epoch"].idxmax() if column is None else getattr(rows[column], f"idx{better}")()
        found[key] = rows.loc[at, "test_accuracy"]
    return found


def values(table) -> dict[tuple[str, int], float]:
    return {(row.condition, row.seed): row.test_accuracy for row in table.frame.itertuples()}


@pytest.mark.parametrize(
    ("epochs", "expected", "words"),
    [
        ("last", by_hand(None), "--epochs last: each trial counts with its last epoch (5)"),
        ("best:val_accuracy", by_hand("val_accuracy"), "the first epoch at which its val_accuracy is highest"),
        ("best:val_loss", by_hand("val_loss", "min"), "the first epoch at which its val_loss is lowest"),
    ],
)
def test_the_epoch_that_is_wanted_is_taken_and_stated(epochs, expected, words):
    table = load(COURSE.sample(frac=1, random_state=1), epochs=epochs)
    assert values(table) == expected
    assert any(words in each for each in table.warnings)
    assert any(words in each for each in compare(table, "test_accuracy", "none").warnings)


def test_the_command_takes_it_and_its_output_states_it(tmp_path, capsys):
    path = tmp_path / "t.csv"
    COURSE.to_csv(path, index=False)
    call = ["compare", str(path), "--metric", "test_accuracy", "--control", "none", "--json", "-"]
    assert main(call) == 2
    said = capsys.readouterr().err
    assert "column 'epoch' distinguishes the rows of one condition and seed: --epochs last takes the last" in said
    assert main([*call, "--epochs", "last"]) == 0
    found = json.loads(capsys.readouterr().out)
    expected = by_hand(None)
    assert found["comparisons"][0]["mean_difference"] == pytest.approx(
        np.mean([expected["book", seed] - expected["none", seed] for seed in range(6)])
    )
    assert any("--epochs last" in each for each in found["warnings"])


def test_many_epochs_of_few_trials_are_seen_too():
    long = pd.concat([COURSE.assign(epoch=COURSE["epoch"] + 5 * place) for place in range(20)])
    with pytest.raises(TableError, match=r"column .epoch. distinguishes the rows .* --epochs last"):
        load(long)


def test_trials_that_end_at_different_epochs_are_stated():
    early = (COURSE["condition"] == "book") & (COURSE["seed"] == 2) & (COURSE["epoch"] > 3)
    said = "(from 3 to 5: 'book', seed 2, at 3 before all others)"
    assert any(said in each for each in load(COURSE[~early], epochs="last").warnings)
    short = COURSE[(COURSE["condition"] == "none") | (COURSE["epoch"] < 4)]
    assert any("from 3 to 5: trials end at different ones" in each for each in load(short, epochs="last").warnings)


def test_equal_values_are_of_the_first_epoch():
    flat = COURSE.assign(val_accuracy=0.5)
    assert load(flat, epochs="best:val_accuracy").frame["epoch"].tolist() == [1] * 12


def test_a_trial_without_a_value_counts_with_its_last_epoch_and_that_is_stated():
    broken = COURSE.assign(val_accuracy=COURSE["val_accuracy"].where(COURSE["seed"] > 0))
    table = load(broken, epochs="best:val_accuracy")
    assert table.frame.loc[table.frame["seed"] == 0, "epoch"].tolist() == [EPOCHS] * 2
    assert len(table.frame) == 12
    assert any("2 without a finite val_accuracy with the last" in each for each in table.warnings)


def test_tasks_and_selections_are_kept_apart():
    two = pd.concat([COURSE.assign(dataset=name) for name in ("one", "two")])
    with pytest.raises(TableError, match="epoch 1 comes again; allowed: once"):
        load(two, epochs="last")
    assert values(load(two, epochs="last", where={"dataset": "two"})) == by_hand(None)
    named = two.rename(columns={"dataset": "task"})
    assert values(load(named, epochs="last", where={"task": "two"})) == by_hand(None)


@pytest.mark.parametrize(
    ("epochs", "words"),
    [
        ("first", "--epochs is 'first'; allowed: last or best:COLUMN"),
        ("best:", "--epochs is 'best:'"),
        ("best:val_acuracy", "there is no column 'val_acuracy'; did you mean 'val_accuracy'"),
        ("best:test_accuracy", "test_accuracy is of the test set, and the best of many looks at it flatters"),
        ("best:score", "the name 'score' does not say which values are better"),
        ("best:condition", "condition has no numbers"),
    ],
)
def test_what_cannot_choose_an_epoch_is_refused(epochs, words):
    with pytest.raises(TableError, match=words):
        load(COURSE.assign(score=1.0), epochs=epochs)


def test_the_best_of_what_is_compared_is_refused(tmp_path, capsys):
    path = tmp_path / "t.csv"
    COURSE.to_csv(path, index=False)
    for metric in ("val_accuracy", "test_accuracy"):
        call = ["compare", str(path), "--metric", metric, "--control", "none", "--epochs", f"best:{metric}"]
        assert main(call) == 2
        assert f"{metric} is what is compared, and the best of many looks at it flatters" in capsys.readouterr().err
        with pytest.raises(TableError, match="is what is compared"):
            compare_by_path(COURSE, metric, "none", epochs=f"best:{metric}")


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (COURSE.rename(columns={"seed": "start"}), "column 'seed' is missing"),
        (COURSE.drop(columns="epoch"), "there is no column 'epoch'"),
        (COURSE.assign(epoch=[None, *COURSE["epoch"][1:]]), "row 1: epoch is ''; allowed: a number"),
        (COURSE.assign(epoch=1), "row 2: condition 'none', seed 0, epoch 1 comes again"),
    ],
)
def test_epochs_that_cannot_be_ordered_are_refused(made, words):
    with pytest.raises(TableError, match=words):
        load(made, epochs="last")


def test_a_table_with_its_own_names_has_epochs_too():
    made = COURSE.rename(columns={"condition": "method", "seed": "random_state"}).assign(model="cnn")
    assert values(load(made, epochs="last")) == by_hand(None)
