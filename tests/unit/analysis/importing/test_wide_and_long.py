"""Wide and long tables become the table that every command takes, with the numbers that stand in them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analysis.cli import main
from analysis.tables.loading import load

WIDE = "Seed;lr;none;book\n7;low;0,81;0,85\n8;low;0,82;0,84\n9;low;0,83;\n"
VALUES = {("none", 7): 0.81, ("none", 8): 0.82, ("none", 9): 0.83, ("book", 7): 0.85, ("book", 8): 0.84}


def made(folder: Path, kind: str, text: str, *options: str) -> pd.DataFrame:
    source, out = folder / "runs.csv", folder / "tidy.csv"
    source.write_text(text)
    assert main(["import", kind, str(source), "--out", str(out), *options]) == 0
    return load(out).frame


def values(frame: pd.DataFrame, metric: str) -> dict[tuple[str, int], float]:
    known = frame[frame[metric].notna()]
    return {(row.condition, row.seed): getattr(row, metric) for row in known.itertuples()}


def test_a_wide_table_has_one_row_per_trial(tmp_path, capsys):
    frame = made(tmp_path, "wide", WIDE, "--metric", "test_acc")
    assert values(frame, "test_acc") == VALUES
    assert len(frame) == 6
    said = capsys.readouterr().err
    assert "runs.csv: read as semicolon-separated with decimal commas" in said
    assert "metric 'test_acc' is missing in 1 of 6 runs that ended: runs.csv, book, seed 9" in said
    assert values(made(tmp_path / ".", "wide", WIDE), "value") == VALUES


def test_per_cent_of_a_wide_table_is_divided_only_where_it_is_stated(tmp_path):
    text = "seed,none,book\n1,81,85\n2,82,84\n"
    frame = made(tmp_path, "wide", text, "--metric", "acc", "--percent")
    assert values(frame, "acc") == {("none", 1): 0.81, ("none", 2): 0.82, ("book", 1): 0.85, ("book", 2): 0.84}


LONG = "".join(
    f"{label},{seed},{epoch},{metric},{(place * 7 + epoch * 3 + seed) / 100}\n"
    for place, label in enumerate(("none", "book"))
    for seed in (3, 4)
    for epoch in (1, 2)
    for metric in ("acc", "val_acc")
)


def test_a_long_table_has_a_column_of_each_metric_at_the_last_epoch(tmp_path):
    frame = made(tmp_path, "long", f"method,rng,epoch,metric,value\n{LONG}")
    assert values(frame, "acc") == {("none", 3): 0.09, ("none", 4): 0.1, ("book", 3): 0.16, ("book", 4): 0.17}


def test_a_long_table_without_epochs_is_imported_too(tmp_path):
    rows = "".join(f"{label},{seed},x,{place + seed}\n" for place, label in enumerate("ab") for seed in (0, 1))
    frame = made(tmp_path, "long", f"method,seed,variable,value\n{rows}")
    assert values(frame, "x") == {("a", 0): 0, ("a", 1): 1, ("b", 0): 1, ("b", 1): 2}


@pytest.mark.parametrize(
    ("kind", "text", "options", "words"),
    [
        ("wide", "none,book\n1,2\n", [], "one column of seeds is expected, with the name seed; there is none among"),
        ("wide", "trial,fold,none,book\n0,0,1,2\n", [], "there is several, 'trial', 'fold'"),
        ("wide", "seed,none,book\n0,1,2\n0,1,2\n", [], "seed 0 comes again"),
        ("wide", "seed,none\n0,1\n1,1\n", [], "has 1 columns of conditions"),
        ("long", "condition,seed,x\na,0,1\n", [], "has no columns 'metric' (or 'variable') and 'value'"),
        ("long", f"method,rng,epoch,metric,value\n{LONG}a,3,,acc,1\n", [], "epoch is empty, or no number, in 1 rows"),
        ("long", f"method,rng,epoch,metric,value\n{LONG}", ["--metric", "x"], "names the numbers of a wide table"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, capsys, kind, text, options, words):
    source = tmp_path / "runs.csv"
    source.write_text(text)
    assert main(["import", kind, str(source), "--out", str(tmp_path / "tidy.csv"), *options]) == 2
    assert words in capsys.readouterr().err


def account(folder: Path, kind: str, text: str, *options: str) -> tuple[int, str]:
    source = folder / "runs.csv"
    source.write_text(text)
    return main(["import", kind, str(source), "--out", str(folder / "tidy.parquet"), *options])


@pytest.mark.parametrize("name", ["status", "State"])
def test_a_run_whose_status_says_that_it_crashed_has_failed(tmp_path, capsys, name):
    text = f"method,seed,{name},metric,value\n" + "".join(
        f"{label},{seed},{status},acc,0.8\n"
        for label, seed, status in (
            ("a", 1, "finished"),
            ("a", 2, "Crashed"),
            ("b", 1, "running"),
            ("b", 2, "diverged"),
        )
    )
    frame = made(tmp_path, "long", text)
    assert {(row.condition, row.seed): row.status for row in frame.itertuples()} == {
        ("a", 1): "ok",
        ("b", 2): "diverged",
    }
    assert "failed: runs.csv, a, 2, Crashed (a, seed 2): status 'Crashed'" in capsys.readouterr().err
    wide = made(tmp_path, "wide", f"seed,none,book,{name}\n1,0.8,0.9,ok\n2,0.1,0.1,killed\n3,0.8,0.9,ok\n")
    assert sorted(set(wide["seed"])) == [1, 3]


def test_a_loss_that_is_nan_in_a_long_table_is_a_run_that_diverged(tmp_path):
    text = (
        "method,seed,metric,value\na,1,val_loss,nan\na,2,val_loss,0.5\nb,1,val_loss,\nb,1,acc,0.5\nb,2,val_loss,0.4\n"
    )
    frame = made(tmp_path, "long", text)
    assert {(row.condition, row.seed): row.status for row in frame.itertuples()} == {
        ("a", 1): "diverged", ("a", 2): "ok", ("b", 1): "ok", ("b", 2): "ok",
    }  # fmt: skip


def test_folds_of_a_wide_table_stay_folds(tmp_path):
    source, out = tmp_path / "runs.csv", tmp_path / "tidy.csv"
    source.write_text("fold,none,book\n" + "".join(f"{i},0.8{i},0.9{i}\n" for i in range(8)))
    assert main(["import", "wide", str(source), "--out", str(out), "--metric", "acc"]) == 0
    assert not load(out).unit.independent


@pytest.mark.parametrize("kind", ["wide", "long"])
def test_a_row_of_means_is_no_seed(tmp_path, capsys, kind):
    texts = {
        "wide": "seed,none,book\n1,0.8,0.9\n2,0.7,0.8\nmean,0.75,0.85\n",
        "long": "method,seed,metric,value\na,1,acc,0.8\na,2,acc,0.7\na,mean,acc,0.75\nb,1,acc,0.8\n",
    }
    assert account(tmp_path, kind, texts[kind]) == 2
    said = capsys.readouterr().err
    assert "seed is 'mean' in runs.csv" in said
    assert "allowed: whole numbers in all runs, or names in all" in said


def test_seeds_that_are_hashes_keep_every_digit(tmp_path):
    text = "method,seed,metric,value\na,0012,acc,0.8\na,a7f3,acc,0.7\nb,0012,acc,0.75\nb,a7f3,acc,0.8\n"
    assert account(tmp_path, "long", text) == 0
    assert load(tmp_path / "tidy.parquet").seed_names == ("0012", "a7f3")


def test_labels_that_are_one_number_are_named(tmp_path, capsys):
    assert account(tmp_path, "wide", "seed,0.1,0.10\n1,0.8,0.9\n2,0.7,0.8\n") == 0
    said = "the labels '0.1', '0.10' are one number and 2 conditions"
    assert said in capsys.readouterr().err
    assert any(said in each for each in load(tmp_path / "tidy.parquet").warnings)


def test_a_column_that_never_changes_is_named(tmp_path, capsys):
    assert account(tmp_path, "wide", "seed,lr,none,book\n1,0.1,0.8,0.9\n2,0.1,0.7,0.8\n") == 0
    assert "'lr': one number in all rows; drop what is no condition" in capsys.readouterr().err


def test_a_long_table_with_nothing_else_is_refused(tmp_path, capsys):
    assert account(tmp_path, "long", "metric,value\nacc,0.8\n") == 2
    assert "nothing says which run a row is of" in capsys.readouterr().err


def test_per_cent_beside_fractions_in_one_metric_is_refused(tmp_path, capsys):
    text = "method,seed,metric,value\n" + "".join(
        f"{label},{seed},{metric},{value}\n"
        for label, acc in (("a", 0.8), ("b", 82))
        for seed in (1, 2)
        for metric, value in (("acc", acc), ("val_acc", 88))
    )
    assert account(tmp_path, "long", text, "--percent") == 2
    assert "acc lies within 0 to 1 in all rows of 'a', and not in others" in capsys.readouterr().err


def test_a_metric_that_a_run_lacks_at_its_end_is_named_with_the_epoch_that_it_is_of(tmp_path, capsys):
    text = f"method,rng,epoch,metric,value\n{LONG}".replace("none,4,2,val_acc,0.1\n", "none,4,2,val_acc,-\n")
    assert values(made(tmp_path, "long", text), "val_acc")["none", 4] == 0.07
    said = capsys.readouterr().err
    assert "val_acc is not of the end in runs.csv, none, 4 (of 1, and the run ends at 2)" in said
    made(tmp_path, "long", f"method,rng,epoch,metric,value\n{LONG}")
    assert "not of the end" not in capsys.readouterr().err


def test_a_row_for_each_condition_is_to_be_turned(tmp_path, capsys):
    (tmp_path / "t.csv").write_text("method,seed 0,seed 1\na,1,2\nb,3,4\n")
    assert main(["import", "wide", str(tmp_path / "t.csv"), "--out", str(tmp_path / "o.csv")]) == 2
    assert "where 'seed 0', 'seed 1' are seeds, exchange rows and columns" in capsys.readouterr().err
