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
