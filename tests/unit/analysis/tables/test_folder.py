"""Results folders: plans, stale and missing trials, many files, files that differ in their columns."""

import json
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.answer.compare import compare
from analysis.tables.asking import asked_of
from analysis.tables.table import TableError, load
from tests.results import write, write_trials


def plan_of(trials, **changes):
    labels = list(dict.fromkeys(trial["condition"] for trial in trials))
    return {
        "schema_version": 1,
        "study": "s",
        "analysis": {"control": "none", "primary": "test_accuracy", "margin": 0.01, "margins": {"test_loss": 0.5},
                     "alpha": 0.1},
        "conditions": [{"label": label, "stays_at_chance": label == "all", "settings": {}} for label in labels],
        "trials": trials,
    } | changes  # fmt: skip


def trial(condition, seed, device="cpu"):
    return {"trial_id": f"{condition}{seed}{device}", "condition": condition, "seed": seed, "device": device,
            "precision": "float32"}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "trials").mkdir()
    (tmp_path / "curves").mkdir()

    def write(trials, plan=None, **columns):
        for number, each in enumerate(trials):
            row = {**each, "status": "ok", "classes": 10, "test_correct": 800 + 7 * number % 150, "test_total": 1000}
            row |= {name: values[number] for name, values in columns.items()}
            row = {name: value for name, value in row.items() if value is not None}
            write_trials(tmp_path / "trials" / f"{each['trial_id']}.parquet", [row])
        if plan is not None:
            (tmp_path / "plan.json").write_text(json.dumps(plan))
        return tmp_path

    return write


TRIALS = [trial(label, seed) for seed in (0, 1) for label in ("none", "book", "all")]


def test_the_plan_gives_order_settings_and_what_stays_at_chance(folder):
    table = load(folder(TRIALS, plan_of(TRIALS)))
    assert table.conditions == ("none", "book", "all")
    assert table.stays_at_chance == {"all"}
    assert table.analysis is not None
    assert (table.analysis.control, table.analysis.primary, table.analysis.alpha) == ("none", "test_accuracy", 0.1)
    assert [table.analysis.margin_of(m) for m in ("test_accuracy", "test_loss", "loss_gap")] == [0.01, 0.5, None]


PROTOCOL_2 = {"control": "none", "primary": "test_accuracy", "protocol": 2}


@pytest.mark.parametrize(
    ("given", "metric", "told"),
    [
        # of the plan, the metric, and what it says: estimand, bad ending, direction
        ({}, "test_accuracy", ("typical", 0.05, "higher")),
        ({}, "rmse", ("typical", None, "lower")),
        ({}, "score", ("typical", None, None)),
        ({"estimand": "mean", "bad_ending": 0.1}, "test_accuracy", ("mean", 0.1, "higher")),
        ({"bad_ending": 0.1}, "train_accuracy", ("typical", 0.1, "higher")),
        ({"bad_ending": 0.1}, "test_loss", ("typical", None, "lower")),
        ({"direction": "lower"}, "test_accuracy", ("typical", 0.05, "lower")),
        ({"direction": "lower"}, "train_accuracy", ("typical", 0.05, "higher")),
        ({"directions": {"score": "lower"}}, "score", ("typical", None, "lower")),
        ({"primary": "score", "bad_ending": 3.0, "direction": "higher"}, "score", ("typical", 3.0, "higher")),
        ({"primary": "score", "bad_ending": 3.0}, "test_accuracy", ("typical", 0.05, "higher")),
        ({"protocol": None}, "test_accuracy", ("mean", None, "higher")),
        ({"protocol": None}, "rmse", ("mean", None, "higher")),
        ({"protocol": None}, "test_loss", ("mean", None, "lower")),
        ({"protocol": None}, "score", ("mean", None, "higher")),
    ],
)
def test_what_a_plan_says_of_a_metric(folder, given, metric, told):
    plan = {key: value for key, value in (PROTOCOL_2 | given).items() if value is not None}
    table = load(folder(TRIALS, plan_of(TRIALS, analysis=plan)))
    found = table.analysis
    assert found is not None
    assert found.protocol == plan.get("protocol", 1)
    assert (found.estimand, found.bad_ending_of(metric), found.direction_of(metric)) == told
    asked = asked_of(table, metric, "none", {})
    assert (asked.estimand, asked.bad_ending, asked.direction) == told
    otherwise = asked_of(table, metric, "none", {"estimand": "mean", "bad_ending": 0.3, "direction": "lower"})
    assert (otherwise.estimand, otherwise.bad_ending, otherwise.direction) == ("mean", 0.3, "lower")


def test_departing_from_the_plan_is_warned_of(folder):
    table = load(folder(TRIALS, plan_of(TRIALS, analysis=PROTOCOL_2)))
    plain = compare(table, "test_accuracy", "none").warnings
    assert not [text for text in plain if "the analysis fixed before the data has" in text]
    departs = compare(table, "test_accuracy", "none", direction="lower", estimand="mean", bad_ending=0.1).warnings
    for said in ("direction is lower; the analysis fixed before the data has higher", "estimand is mean;",
                 "bad_ending is 0.1; the analysis fixed before the data has 0.05"):  # fmt: skip
        assert [text for text in departs if said in text], said


def test_without_a_plan_all_rows_are_used_in_natural_order(folder):
    trials = [trial(label, 0) for label in ("rate-10", "none", "rate-9")]
    assert load(folder(trials)).conditions == ("none", "rate-9", "rate-10")


def test_stale_trials_are_left_out_and_listed(folder):
    table = load(folder([*TRIALS, trial("old", 5), trial("none", 9)], plan_of(TRIALS)))
    assert table.conditions == ("none", "book", "all")
    assert {(each.condition, each.seeds) for each in table.dropped} == {("old", (5,)), ("none", (9,))}
    assert all("stale" in each.reason for each in table.dropped)
    assert table.seeds == (0, 1)


def test_planned_trials_that_are_missing_are_told(folder):
    planned = [*TRIALS, trial("book", 2), trial("book", 3), trial("none", 2)]
    table = load(folder(TRIALS, plan_of(planned)))
    assert {(each.condition, each.seeds) for each in table.dropped} == {("book", (2, 3)), ("none", (2,))}
    assert all("not yet run" in each.reason for each in table.dropped)
    result = compare(table, "test_accuracy", "none", margin=0.01, alpha=0.1)
    assert "3 planned trials are not yet run: this is an interim look" in result.warnings
    assert result.role == "primary"


def test_a_condition_of_the_plan_without_any_trial_is_shown_empty(folder):
    table = load(folder(TRIALS, plan_of([*TRIALS, trial("later", 0)])))
    result = compare(table, "test_accuracy", "none").to_json()
    later = next(each for each in result["comparisons"] if each["condition"] == "later")
    assert (later["n_pairs"], later["mean_difference"], later["verdict"]) == (0, None, "cannot_test")
    assert next(each for each in result["divergence"] if each["condition"] == "later")["n"] == 0


def test_where_also_selects_what_is_missing(folder):
    planned = [*TRIALS, *(trial(each["condition"], each["seed"], "cuda") for each in TRIALS)]
    path = folder(TRIALS, plan_of(planned))
    assert sum(len(each.seeds) for each in load(path).dropped) == 6
    assert load(path, where={"device": "cpu"}).dropped == ()


def test_labels_come_from_the_plan(folder):
    path = folder(TRIALS, plan_of([{**each, "condition": each["condition"].upper()} for each in TRIALS]))
    assert load(path).conditions == ("NONE", "BOOK", "ALL")
    assert set(load(path).frame["condition"]) == {"NONE", "BOOK", "ALL"}


def test_files_may_differ_in_their_factors(folder):
    path = folder(TRIALS[:2], None, dropout_1=[None, 0.5], weight_decay=[0.1, None], test_loss=[1.0, 0.5])
    frame = load(path).frame.set_index("condition")
    assert frame.loc["book", "dropout_1"] == 0.5
    assert frame["dropout_1"].isna()["none"]
    assert list(frame["test_loss"]) == [0.5, 1] if frame.index[0] == "book" else [1, 0.5]


def test_hidden_and_temporary_files_are_ignored(folder):
    path = folder(TRIALS, plan_of(TRIALS))
    (path / "trials" / ".x.parquet").write_bytes(b"half")
    (path / "trials" / "x.parquet.tmp").write_bytes(b"half")
    assert len(load(path).frame) == 6


def test_every_broken_file_is_named(folder):
    path = folder(TRIALS, plan_of(TRIALS))
    for name in ("none0cpu", "book1cpu"):
        (path / "trials" / f"{name}.parquet").write_bytes(b"PAR1")
    with pytest.raises(TableError, match=r"(?s)book1cpu\.parquet.*none0cpu\.parquet"):
        load(path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", r"cannot be used: .*line 1.* Restore it from a copy, or remove it"),
        ("[]", "is a JSON list"),
        ('{"schema_version": 2, "trials": [], "conditions": []}', "schema_version is 2"),
        ('{"trials": []}', "key 'conditions' is missing"),
        ('{"conditions": [], "trials": [{"trial_id": "x"}]}', "key 'condition' is missing"),
        ('{"conditions": [], "trials": [], "analysis": {"control": "a", "primary": "b", "alpha": 2}}', "alpha is 2"),
        (
            '{"conditions": [], "trials": [], "analysis": {"control": "a", "primary": "b", "margin": -1}}',
            "margin is -1",
        ),
        ('{"conditions": [], "trials": []}', "none of the trials on disk is in plan.json"),
    ],
)
def test_a_wrong_plan_is_said(folder, text, words):
    path = folder(TRIALS)
    (path / "plan.json").write_text(text)
    with pytest.raises(TableError, match=words):
        load(path)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("protocol", 3, "analysis.protocol is 3; this program knows up to 2"),
        ("estimand", 1, "analysis.estimand is 1; allowed: typical, mean"),
        ("direction", "up", "analysis.direction is 'up'; allowed: higher, lower"),
        ("directions", {"score": "up"}, "analysis.directions.score is 'up'; allowed: higher, lower"),
        ("bad_ending", 0, "analysis.bad_ending is 0; allowed: a finite number above 0"),
    ],
)
def test_a_wrong_rule_of_a_plan_is_said(folder, key, value, words):
    with pytest.raises(TableError, match=words):
        load(folder(TRIALS, plan_of(TRIALS, analysis=PROTOCOL_2 | {key: value})))


def test_a_file_of_another_program_is_no_trial(folder):
    path = folder([{**TRIALS[0]}], plan_of(TRIALS))
    foreign = pa.table({"condition": ["none"], "seed": [0], "x": [1.0]})
    pq.write_table(foreign, path / "trials" / "none0cpu.parquet")
    with pytest.raises(TableError, match=r"none0cpu\.parquet has no digest of its content"):
        load(path)
    write(path / "trials" / "none0cpu.parquet", foreign)
    with pytest.raises(TableError, match=r"none0cpu\.parquet is not as this harness writes it: lacks study, trial_id"):
        load(path)


@pytest.mark.slow
def test_hundreds_of_files_are_read_in_seconds(folder):
    trials = [trial(label, seed) for seed in range(250) for label in ("none", "book")]
    path = folder(trials, plan_of(trials))
    start = time.process_time()
    assert len(load(path).frame) == 500
    assert time.process_time() - start < 10  # measured: about 1 s; a slip to one pass a file takes a minute


def environment(kernels):
    return {
        "libraries": {"numpy": "2.4.6", "torch": "2.13.0"},
        "cpu": {"matrix_libraries": [{"file": "blas.so", "kernels": kernels}]},
    }


def straddling(made, environments):
    """Return the warnings about pairs whose trials were computed differently; `made` has each trial's environment."""
    folder, described = made
    for name, kernels in environments.items():
        (folder / "environment").mkdir(exist_ok=True)
        (folder / "environment" / f"{name}.json").write_text(json.dumps(environment(kernels)))
    found = compare(load(described or folder), "test_accuracy", "none")
    return [each for each in found.warnings if "different environments" in each]


@pytest.mark.slow
def test_pairs_that_straddle_two_kinds_of_kernels_are_warned_of(folder):
    """Seed 0 of every condition was made with one environment, seed 1 of book with another."""
    made = folder(TRIALS, plan_of(TRIALS), environment_id=["a", "a", "a", "b", "c", "b"])
    (warning,) = straddling((made, None), {"a": "Haswell", "b": "Haswell", "c": "SkylakeX"})
    assert warning.startswith("book: in 1 of 2 pairs the two trials were computed in different environments (SkylakeX")
    assert "against Haswell kernels" in warning
    assert straddling((made, None), {"c": "Haswell"}) == []


def test_in_a_file_without_descriptions_environments_are_told_apart_by_name(folder):
    made = folder(TRIALS, environment_id=["a", "a", "a", "b", "c", None])
    whole = made / "whole.parquet"
    pq.write_table(pa.concat_tables([pq.read_table(each) for each in sorted(made.glob("trials/*.parquet"))],
                                    promote_options="permissive"), whole)  # fmt: skip
    (warning,) = straddling((made, whole), {})
    assert "(environment c against environment b)" in warning


def test_an_environment_that_is_damaged_is_refused_by_name(folder):
    made = folder(TRIALS, plan_of(TRIALS), environment_id=["a"] * 6)
    (made / "environment").mkdir()
    (made / "environment/a.json").write_text("{")
    with pytest.raises(TableError, match=r"a\.json"):
        load(made)
