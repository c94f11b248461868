"""Every way in which a table can be wrong, and what a right one becomes."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.tables.table import TableError, from_frame, load

GOOD = "condition,seed,test_accuracy\nnone,0,0.8\nnone,1,0.7\nbook,0,0.9\nbook,1,0.75\n"


@pytest.fixture
def csv(tmp_path):
    def write(text, name="table.csv"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


def fault_of(path, **options):
    with pytest.raises(TableError) as caught:
        load(path, **options)
    assert str(caught.value).startswith(f"{path}:")
    return str(caught.value)


def test_a_plain_csv_is_enough(csv):
    table = load(csv(GOOD))
    assert table.conditions == ("none", "book")
    assert table.seeds == (0, 1)
    assert list(table.rows_of("book")["test_accuracy"]) == [0.9, 0.75]
    assert (table.chance, table.plan, table.analysis, table.dropped) == (None, None, None, ())
    assert not table.frame["diverged"].any()


def test_conditions_keep_the_order_of_first_appearance_and_text_stays_text(csv):
    table = load(csv("condition,seed,x\n0.50,1,1\nNA,1,2\nnone,1,3\n0.50,0,1\n"))
    assert table.conditions == ("0.50", "NA", "none")
    assert list(table.rows_of("0.50")["seed"]) == [0, 1]


def test_parquet_and_csv_give_the_same_table(csv, tmp_path):
    frame = pd.read_csv(csv(GOOD))
    frame.to_parquet(tmp_path / "t.parquet")
    pd.testing.assert_frame_equal(load(tmp_path / "t.parquet").frame, load(tmp_path / "table.csv").frame)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("condition,test_accuracy\nnone,0.8\n", ["column 'seed' is missing", "required"]),
        ("conditon,seed,x\nnone,0,1\n", ["'condition' is missing", "did you mean 'conditon'?"]),
        ("x,y\n1,2\n", ["'condition' is missing", "'seed' is missing"]),
        ("condition,seed,x\nnone,zero,1\nnone,0,1\n", ["row 1: seed is 'zero'", "whole number", "a name in every row"]),
        ("condition,seed,x\nnone,0.5,1\n", ["row 1: seed is '0.5'", "whole number"]),
        ("condition,seed,x\nnone,0,1\nnone,,1\n", ["row 2: seed is empty"]),
        ("condition,seed,x\n,0,1\n", ["row 1: condition is empty"]),
        ("condition,seed,x,status\nnone,0,1,fine\n", ["status is 'fine'", "'ok', 'diverged', 'failed'"]),
        ("condition,seed,x,stays_at_chance\nnone,0,1,perhaps\n", ["stays_at_chance is 'perhaps'", "true or false"]),
        ("condition,seed,x,stays_at_chance\na,0,1,true\na,1,1,false\n", ["'a' has rows with stays_at_chance"]),
        (GOOD + "none,1,0.7\n", ["condition 'none', seed 1 comes 2 times (row 2, row 5)"]),
        ("condition,seed,test_correct,test_total\na,0,11,10\n", ["row 1: test_correct is 11, above test_total 10"]),
        ("condition,seed,test_correct,test_total\na,0,-1,10\n", ["test_correct is -1", "at least 0"]),
        ("condition,seed,test_correct,test_total\na,0,1.5,10\n", ["test_correct is 1.5", "whole number"]),
        ("condition,seed,classes\na,0,1\n", ["classes is 1", "at least 2"]),
        ("condition,seed,x,x\na,0,1,2\n", ["several columns of one name: 'x'"]),
        ("condition,seed,x\n", ["has no rows"]),
        ("", ["is an empty file"]),
        ("condition,seed,x\nnone,0\n", ["cannot be read as a CSV", "Expected 3 columns, got 2"]),
    ],
)
def test_what_is_wrong_is_said(csv, text, words):
    message = fault_of(csv(text))
    for word in words:
        assert word in message


def test_all_faults_are_told_at_once(csv):
    message = fault_of(csv("condition,seed,x,status\n,zero,1,fine\nb,0,1,ok\nb,1.5,1,ok\n"))
    assert message.count("\n") == 4


def test_many_faults_are_counted(csv):
    message = fault_of(csv("condition,seed,x\n" + "a,0.5,1\n" * 50))
    assert "seed: 45 more rows like these" in message


def test_missing_file_and_unknown_folder(tmp_path):
    assert "does not exist" in fault_of(tmp_path / "absent.csv")
    assert "has no trials/*.parquet" in fault_of(tmp_path)


def test_cut_off_and_corrupted_parquet(csv, tmp_path):
    path = tmp_path / "t.parquet"
    pd.read_csv(csv(GOOD)).to_parquet(path)
    whole = path.read_bytes()
    for broken in (whole[: len(whole) // 2], whole[:4], b"nonsense", whole[:-20] + b"\0" * 20):
        path.write_bytes(broken)
        assert "not a readable parquet file" in fault_of(path)


def test_a_newer_schema_is_refused(tmp_path):
    table = pa.table({"condition": ["a"], "seed": [0], "x": [1.0]}).replace_schema_metadata({"schema_version": "99"})
    pq.write_table(table, tmp_path / "t.parquet")
    assert "schema_version 99" in fault_of(tmp_path / "t.parquet")


POOLED = (
    "condition,seed,device,precision,x\na,0,cpu,float32,1\na,0,cuda,float32,2\nb,0,cpu,float32,3\nb,0,cuda,float32,4\n"
)


def test_devices_are_never_pooled(csv):
    message = fault_of(csv(POOLED))
    assert "several device values" in message
    assert "cpu (2 rows), cuda (2 rows)" in message
    assert "--where device=cpu or --where device=cuda" in message
    table = load(csv(POOLED), where={"device": "cuda"})
    assert list(table.frame["x"]) == [2, 4]
    assert table.pool == {"device": "cuda", "precision": "float32"}


def test_engines_are_never_pooled(csv):
    rows = "condition,seed,engine,x\na,0,stacked,1\na,0,fused,2\nb,0,stacked,3\nb,0,fused,4\n"
    assert "several engine values" in fault_of(csv(rows))
    assert load(csv(rows), where={"engine": "fused"}).pool == {"engine": "fused"}


def test_a_repeat_within_one_device_is_a_duplicate(csv):
    assert "seed 0 comes 2 times" in fault_of(csv(POOLED + "a,0,cpu,float32,1\n"), where={"device": "cpu"})
    load(csv(POOLED + "a,0,cpu,float32,1\n"), where={"device": "cuda"})


def test_an_empty_device_is_its_own_choice(csv):
    text = "condition,seed,device,x\na,0,cpu,1\na,1,,2\n"
    assert "(empty) (1 rows)" in fault_of(csv(text))
    assert load(csv(text), where={"device": ""}).seeds == (1,)


def test_where_names_what_there_is(csv):
    message = fault_of(csv(POOLED), where={"devise": "cpu"})
    assert "no column 'devise'; did you mean 'device'?" in message
    message = fault_of(csv(POOLED), where={"device": "tpu"})
    assert "no row has that value; device has 'cpu', 'cuda'" in message
    assert load(csv(POOLED), where={"x": "1.0"}).frame["device"].tolist() == ["cpu"]


def test_failed_trials_are_left_out_and_listed():
    frame = pd.DataFrame(
        {
            "condition": ["a", "a", "b", "b"],
            "seed": [0, 1, 0, 1],
            "x": [1.0, None, 2.0, None],
            "status": ["ok", "failed", "ok", "failed"],
            "error": [None, "out of memory", None, None],
        }
    )
    table = from_frame(frame)
    assert [each.to_json() for each in table.dropped] == [
        {"condition": "a", "seeds": [1], "count": 1, "reason": "failed: out of memory"},
        {"condition": "b", "seeds": [1], "count": 1, "reason": "failed"},
    ]
    assert table.seeds == (0,)


def test_a_condition_of_which_every_trial_failed_is_still_a_condition():
    frame = pd.DataFrame({"condition": ["a", "b"], "seed": [0, 0], "x": [1.0, 2.0], "status": ["ok", "failed"]})
    assert from_frame(frame).conditions == ("a", "b")


def accuracies(**extra):
    columns = {"condition": list("aaaa"), "seed": range(4), "test_accuracy": [0.9, 0.15, 0.151, np.nan]}
    return pd.DataFrame(columns | extra)


@pytest.mark.parametrize(
    ("extra", "chance", "expected"),
    [
        ({}, None, [False, False, False, False]),
        ({}, 0.1, [False, True, False, False]),
        ({"classes": [10] * 4}, None, [False, True, False, False]),
        ({"classes": [2] * 4}, None, [False, True, True, False]),
        ({"classes": [2] * 4}, 0.1, [False, True, False, False]),
        ({"status": ["diverged", "ok", "ok", "diverged"]}, None, [True, False, False, True]),
        ({"status": ["ok"] * 4}, 0.1, [False, True, False, False]),
        ({"train_loss": [0.1, 0.1, np.inf, 0.1]}, None, [False, False, True, False]),
        ({"stays_at_chance": [True] * 4}, 0.1, [False, False, False, False]),
        ({"stays_at_chance": [True] * 4, "test_loss": [np.inf, 1, 1, 1]}, 0.1, [True, False, False, False]),
    ],
)
def test_the_divergence_rule(extra, chance, expected):
    assert list(from_frame(accuracies(**extra), chance=chance).frame["diverged"]) == expected


@pytest.mark.parametrize("cents", range(2, 90))
def test_accuracy_at_exactly_chance_plus_5_points_has_collapsed(cents):
    """Also where chance + 0.05 is rounded down in binary."""
    frame = pd.DataFrame({"condition": "a", "seed": [0, 1], "test_accuracy": [(cents + 5) / 100, (cents + 5.01) / 100]})
    assert list(from_frame(frame, chance=cents / 100).frame["diverged"]) == [True, False]


def test_counts_rule_over_a_stored_accuracy():
    frame = accuracies(test_correct=[900, 900, 150, 100], test_total=[1000] * 4)
    assert list(from_frame(frame, chance=0.1).frame["diverged"]) == [False, False, True, True]


def test_nan_as_a_number_is_a_broken_loss_but_an_empty_cell_is_not(csv):
    table = load(csv("condition,seed,x,test_loss\na,0,1,nan\na,1,1,\na,2,1,-inf\na,3,1,0.5\n"))
    assert list(table.frame["diverged"]) == [True, False, True, False]


def test_overruled_status_and_odd_chance_are_said():
    table = from_frame(accuracies(status=["ok"] * 4, classes=[10] * 4))
    assert any("1 trial is counted as diverged though the status does not say so" in text for text in table.warnings)
    assert "chance is set to 0.5" in from_frame(accuracies(classes=[10] * 4), chance=0.5).warnings[0]
    assert "classes has several values" in from_frame(accuracies(classes=[10, 10, 2, 2])).warnings[0]


@pytest.mark.parametrize("chance", [0, 1, -0.1, 2])
def test_chance_is_a_probability(chance):
    with pytest.raises(TableError, match="chance is"):
        from_frame(accuracies(), chance=chance)


def test_nan_in_a_frame_is_a_broken_loss():
    table = from_frame(accuracies(train_loss=[0.1, np.nan, 0.1, 0.1]))
    assert list(table.frame["diverged"]) == [False, True, False, False]
    nullable = pd.array([0.1, None, 0.1, 0.1], dtype="Float64")
    assert not from_frame(accuracies(train_loss=nullable)).frame["diverged"].any()


@pytest.mark.parametrize(("status", "said"), [("", True), ("ok", True), ("diverged", False)])
def test_an_empty_loss_of_a_file_is_doubted_where_the_trial_counts_as_trained(csv, status, said):
    column, cell = (",status", f",{status}") if status else ("", "")
    good = cell.replace("diverged", "ok")
    table = load(csv(f"condition,seed,x,train_loss{column}\na,0,1,0.5{good}\na,1,1,{cell}\n"))
    found = [text for text in table.warnings if "'train_loss': empty in 1 trials" in text]
    assert bool(found) is said


def test_a_loss_that_nobody_measured_is_not_doubted(csv):
    assert load(csv("condition,seed,x,test_loss\na,0,1,\na,1,1,\n")).warnings == ()


def test_a_column_accuracy_is_the_test_accuracy_where_there_is_no_other():
    frame = pd.DataFrame({"condition": "a", "seed": range(3), "accuracy": [0.9, 0.1, 0.8]})
    assert list(from_frame(frame, chance=0.1).frame["diverged"]) == [False, True, False]
    for other in ({"test_accuracy": [0.9] * 3}, {"test_correct": [9] * 3, "test_total": [10] * 3}):
        assert not from_frame(frame.assign(**other), chance=0.1).frame["diverged"].any()


def test_chance_without_a_test_accuracy_is_said():
    frame = pd.DataFrame({"condition": "a", "seed": range(3), "score": [0.9, 0.1, 0.8]})
    assert any("no test accuracy" in text for text in from_frame(frame, chance=0.1).warnings)
    assert any("no test accuracy" in text for text in from_frame(frame.assign(classes=10)).warnings)
    assert from_frame(frame).warnings == ()


def test_a_column_diverged_of_the_source_is_believed(csv):
    table = load(csv("condition,seed,x,diverged\na,0,1,false\na,1,1,true\na,2,1,\n"))
    assert list(table.frame["diverged"]) == [False, True, False]
    frame = pd.DataFrame({"condition": "a", "seed": [0, 1], "x": 1.0, "diverged": [True, False], "status": "ok"})
    table = from_frame(frame)
    assert list(table.frame["diverged"]) == [True, False]
    assert any("1 trial is counted as diverged because the column diverged is true" in text for text in table.warnings)
    assert "diverged is 3; allowed: true or false" in fault_of(csv("condition,seed,x,diverged\na,0,1,3\n"))


@pytest.mark.slow
def test_every_damaged_byte_of_a_parquet_file_is_a_fault_or_harmless(csv, tmp_path):
    path = tmp_path / "t.parquet"
    pd.read_csv(csv(GOOD)).to_parquet(path)
    whole = path.read_bytes()
    refused = 0
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        try:
            load(path)
        except TableError:
            refused += 1
    assert refused > len(whole) / 4


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("condition,seed,größe\na,0,1\n".encode("latin-1"), ["'größe'", "must be UTF-8"]),
        (GOOD.encode("utf-16-le"), ["UTF-16", "must be UTF-8"]),
    ],
)
def test_another_encoding_is_named(tmp_path, content, words):
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    for word in words:
        assert word in fault_of(path)


def test_blanks_around_column_names_do_not_count(csv):
    table = load(csv("\ufeffseed, condition ,x\n0,0.50,1\n"))
    assert table.conditions == ("0.50",)
    assert list(table.frame["x"]) == [1]


@pytest.mark.parametrize(
    "seeds", [[True, False], pd.to_datetime(["2024-01-01", "2024-01-02"]), pd.to_timedelta([1, 2]), [b"1", b"2"]]
)
def test_a_seed_is_a_number(seeds):
    with pytest.raises(TableError, match=r"row 1: seed is .*; allowed: a whole number"):
        from_frame(pd.DataFrame({"condition": "a", "seed": seeds, "x": 1.0}))


def test_odd_columns_are_told_of_and_do_not_break():
    frame = pd.DataFrame({"condition": "a", "seed": [0, 1], "x": 1.0})
    with pytest.raises(TableError, match=r"\(empty\) \(1 rows\); choose --where device=cpu"):
        from_frame(frame.assign(device=pd.Categorical(["cpu", None])))
    with pytest.raises(TableError, match="column 'status' holds lists"):
        from_frame(frame.assign(status=[["ok"], ["ok"]]))
    with pytest.raises(TableError, match="cannot be read"):
        from_frame(frame.assign(z=1j))
    failed = from_frame(frame.assign(status=["ok", "failed"], error=[[1], [1, 2]]))
    assert failed.dropped[0].reason == "failed: [1 2]"
    losses = pd.Categorical([0.3, np.inf])
    assert list(from_frame(frame.assign(train_loss=losses)).frame["diverged"]) == [False, True]


@pytest.mark.parametrize("cell", ["inf", "nan", "-inf"])
def test_a_loss_of_a_file_that_is_not_finite_is_a_trial_that_diverged(csv, cell):
    table = load(csv(f"condition,seed,x,test_loss\na,0,1,0.5\na,1,1,{cell}\n"))
    assert list(table.frame["diverged"]) == [False, True]
