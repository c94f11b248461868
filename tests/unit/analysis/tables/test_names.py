"""Tables with names of their own: what is the condition, what the seed, and when that is for the user to say."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.answer.compare import compare
from analysis.base.errors import TableError
from analysis.cli import main
from analysis.tables.loading import load, load_tasks
from analysis.tables.tasks import Tasks

VALUES = dict(zip([(label, seed) for label in ("none", "book") for seed in range(6)],
                  0.8 + np.random.default_rng(3).normal(0, 0.01, 12).round(4), strict=True))  # fmt: skip


def rows(condition: str = "condition", seed: str = "seed", **more: object) -> pd.DataFrame:
    """Return two conditions at six seeds under these names, with further columns."""
    made = [(label, place, value) for (label, place), value in VALUES.items()]
    return pd.DataFrame(made, columns=[condition, seed, "test_accuracy"]).assign(**more)


EACH_ROW = list(range(12))
EACH_SEED = [0, 1, 2, 3, 4, 5] * 2
OTHER_ARM = ["a", "b"] * 6


def read_by(made: pd.DataFrame, **how: str) -> tuple[str, ...]:
    """Return how a frame was read, after seeing that it was read right."""
    table = load(made, **how)
    assert table.conditions == ("none", "book")
    assert {(row.condition, row.seed): row.test_accuracy for row in table.frame.itertuples()} == VALUES
    return table.notes


def refused(made: pd.DataFrame, **how: str) -> str:
    with pytest.raises(TableError) as raised:
        load(made, **how)
    return str(raised.value)


@pytest.mark.parametrize(
    ("condition", "seed"),
    [
        ("condition", "SEED"), ("Condition", "seed"), ("method", "seed"), ("model", "random_state"), ("Group", "rng"),
        ("algorithm", "run_seed"), ("optimizer", "fold"), ("optimiser", "split"), ("variant", "replicate"),
        ("arm", "rep"), ("setting", "trial"), ("config", "seed"), ("run", "seed"),
        ("params.method", "config.seed"),        ("config/model", "config/seed"), ("params.condition", "Random State"),
    ],
)  # fmt: skip
def test_usual_names_are_known(condition, seed):
    seen = [f"column {name!r} as {role}"
            for name, role in ((condition, "condition"), (seed, "seed")) if name != role]  # fmt: skip
    assert read_by(rows(condition, seed)) == (f"(frame): read {', '.join(seen)}",)


@pytest.mark.parametrize(
    ("made", "taken"),
    [
        (rows().assign(method=OTHER_ARM, Condition=OTHER_ARM, trial=EACH_ROW, SEED=EACH_ROW), None),
        (rows("Condition", method="x", model=OTHER_ARM), "'Condition' as condition"),
        (rows("params.condition", method=OTHER_ARM), "'params.condition' as condition"),
        (rows(seed="SEED", trial=EACH_SEED), "'SEED' as seed"),
        (rows(seed="config.seed", trial=EACH_SEED), "'config.seed' as seed"),
    ],
)
def test_the_name_of_the_role_wins(made, taken):
    notes = read_by(made)
    assert notes == (() if taken is None else (f"(frame): read column {taken}",))


@pytest.mark.parametrize(
    ("made", "taken"),
    [
        (rows("method", model="cnn"), "'method' as condition"),
        (rows("method", run=[f"r{place}" for place in EACH_ROW]), "'method' as condition"),
        (rows("method", "rng", trial=0), "'method' as condition, column 'rng' as seed"),
        (rows("method", "rng", fold=[0, 1] * 6), "'method' as condition, column 'rng' as seed"),
        (rows("method", "run"), "'method' as condition, column 'run' as seed"),
    ],
)
def test_of_several_usual_names_the_usable_one_is_taken(made, taken):
    assert read_by(made) == (f"(frame): read column {taken}",)


@pytest.mark.parametrize(
    ("made", "role", "names"),
    [
        (rows("method", variant=["v1"] * 6 + ["v2"] * 6), "condition", "'method', 'variant'"),
        (rows("method", "rng", trial=EACH_SEED), "seed", "'rng', 'trial'"),
        (rows("method", run=["x"] * 6 + ["y"] * 6), "condition", "'method', 'run'"),
    ],
)
def test_several_that_may_be_meant_are_listed_with_the_option(made, role, names):
    said = refused(made)
    assert f"several columns may be the {role}: {names}; choose one, as by --{role}-column" in said
    other = "seed" if role == "condition" else "condition"
    assert f"the {other}" not in said
    first, second = (name.strip("'") for name in names.split(", "))
    read_by(made, **{role: first})
    load(made, **{role: second})


def test_what_is_given_is_taken_whatever_else_there_is():
    assert read_by(rows("technique", "repetition", method=OTHER_ARM), condition="technique", seed="repetition") == ()
    made = rows("technique").assign(condition=OTHER_ARM)
    assert "there is another column of that name" in refused(made, condition="technique")
    assert read_by(rows("params.technique"), condition="technique") == (
        "(frame): read column 'params.technique' as condition",
    )
    assert "column 'technic' is missing; did you mean 'technique'?" in refused(made, condition="technic")


def test_nothing_is_taken_that_is_not_usual():
    said = refused(rows("technique"))
    assert "column 'condition' is missing (required: 'condition', 'seed' and a metric; --condition-column NAME" in said
    assert "column 'seed' is missing" in refused(rows(seed="number"))


def test_repeated_rows_are_named_by_what_distinguishes_them():
    made = pd.concat([rows("method", dataset=name) for name in ("one", "two")])
    assert "column 'dataset' distinguishes the rows" in refused(made)
    found = load_tasks(made, task="dataset")
    assert isinstance(found, Tasks) and [*found.tables] == ["one", "two"]
    assert found.notes == ("(frame): read column 'method' as condition",)


def test_rows_are_chosen_by_the_names_in_the_table():
    made = rows("method", model=["cnn"] * 12)
    kept = load(made, where={"method": "book"})
    assert kept.conditions == ("book",)
    both = pd.concat([made, made.assign(model="mlp", method="third")])
    assert load(both, where={"model": "cnn"}).conditions == ("none", "book")


@pytest.mark.parametrize("name", ["fold", "Fold", "cv.fold", "split"])
def test_folds_that_are_taken_for_seeds_are_warned_of(name):
    assert any("no independent seeds" in each for each in load(rows(seed=name)).warnings)


def test_labels_and_seeds_keep_their_text_and_other_columns_are_numbers(tmp_path):
    path = tmp_path / "t.csv"
    lines = [f"{rate},{seed},{seed % 2},{0.8 + seed / 100}" for rate in ("0.50", "10 %") for seed in range(4)]
    path.write_text("\n".join(["method,trial,arm,x", *lines]))
    table = load(path, seed="trial", condition="method")
    assert table.conditions == ("0.50", "10 %")
    table = load(path)
    assert (table.conditions, table.notes) == (
        ("0.50", "10 %"),
        ("t.csv: read column 'method' as condition, column 'trial' as seed",),
    )
    assert table.frame["arm"].dtype.kind == "i"


@pytest.mark.parametrize("name", ["metrics.test_accuracy", "eval/Test_Accuracy", "Test_Accuracy"])
def test_a_metric_is_known_by_the_last_part_of_its_name(name, tmp_path, capsys):
    path, plain = tmp_path / "t.csv", tmp_path / "plain.csv"
    rows().rename(columns={"test_accuracy": name}).assign(val_accuracy=0.9).to_csv(path, index=False)
    rows().assign(val_accuracy=0.9).to_csv(plain, index=False)
    said = []
    for each in (path, plain):
        assert main(["compare", str(each), "--metric", "test_accuracy", "--control", "none", "--json", "-"]) == 0
        said.append(capsys.readouterr())
    assert json.loads(said[0].out) == json.loads(said[1].out)
    assert said[0].err == f"note: t.csv: read column {name!r} as test_accuracy\n"


@pytest.mark.parametrize("name", ["val.auc", "Auc"])
def test_other_metrics_too(name, tmp_path, capsys):
    path = tmp_path / "t.csv"
    rows().rename(columns={"test_accuracy": name}).to_csv(path, index=False)
    assert main(["compare", str(path), "--metric", "auc", "--control", "none", "--json", "-"]) == 0
    said = capsys.readouterr()
    assert said.err == f"note: t.csv: read column {name!r} as auc\n"
    assert json.loads(said.out)["comparisons"][0]["mean_difference"] == pytest.approx(
        compare(load(rows()), "test_accuracy", "none").effects["book"].mean_difference
    )


def test_a_dotted_accuracy_shows_which_runs_collapsed():
    made = rows().rename(columns={"test_accuracy": "metrics.test_accuracy"}).assign(classes=10)
    made.loc[3, "metrics.test_accuracy"] = 0.1
    assert load(made).frame["diverged"].sum() == 1


def test_a_metric_of_two_that_end_alike_is_for_the_user_to_say():
    made = rows().rename(columns={"test_accuracy": "a.acc"}).assign(**{"b.acc": 0.5})
    with pytest.raises(TableError, match="there is no metric 'acc'"):
        compare(load(made), "acc", "none")


def test_a_dotted_metric_in_per_cent_is_divided():
    made = rows().assign(**{"metrics.generalisation_gap": 100 * rows()["test_accuracy"]})
    found = compare(load(made, percent="generalisation_gap"), "generalisation_gap", "none")
    assert found.to_json()["comparisons"][0]["mean_difference"] == pytest.approx(
        compare(load(rows()), "test_accuracy", "none").effects["book"].mean_difference
    )


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "t.csv"
    rows("technique", "number", rate=["low", "low", "low", "high", "high", "high"] * 2).to_csv(path, index=False)
    return path


@pytest.mark.parametrize(
    "command",
    [
        ["compare", "TABLE", "--metric", "test_accuracy", "--control", "none"],
        ["sequential", "TABLE", "--metric", "test_accuracy", "--control", "none"],
        ["selfcheck", "TABLE", "--metric", "test_accuracy", "--control", "none"],
        ["variance", "TABLE", "--metric", "test_accuracy"],
        ["power", "--pilot", "TABLE", "--metric", "test_accuracy", "--control", "none", "--delta", "0.01"],
    ],
    ids=lambda command: command[0],
)
def test_each_command_takes_the_columns(table, tmp_path, capsys, command):
    columns = ["--condition-column", "technique", "--seed-column", "number", "--json", "-"]
    assert main([str(table) if each == "TABLE" else each for each in command] + columns) == 0
    plain = tmp_path / "plain.csv"
    rows().to_csv(plain, index=False)
    of_columns = capsys.readouterr()
    assert of_columns.err == ""
    assert main([str(plain) if each == "TABLE" else each for each in command] + ["--json", "-"]) == 0
    assert capsys.readouterr().out == of_columns.out


def test_several_tables_are_read_by_the_same_columns(tmp_path, capsys):
    paths = [tmp_path / "one.csv", tmp_path / "two.csv"]
    for path in paths:
        rows("technique", "random_state").to_csv(path, index=False)
    call = ["compare", *map(str, paths), "--metric", "test_accuracy", "--control", "none", "--json", "-"]
    assert main([*call, "--condition-column", "technique"]) == 0
    said = capsys.readouterr()
    assert said.err == "".join(f"note: {path.name}: read column 'random_state' as seed\n" for path in paths)
    assert [each["task"] for each in json.loads(said.out)["tasks"]] == ["one", "two"]
