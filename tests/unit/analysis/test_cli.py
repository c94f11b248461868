"""The command line: exit codes, what goes where, and that a fault writes nothing."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from analysis.answer.compare import compare
from analysis.cli import main
from analysis.tables.table import load
from bench.schema import PACKED_FILE
from tests.results import write_trials

ROOT = Path(__file__).parents[3]
ROWS = "condition,seed,device,test_correct,test_total,train_seconds\n" + "".join(
    f"{label},{seed},cpu,{8500 + 13 * (seed % 4) + gain + (seed * gain) % 7},10000,{1 + seed / 10}\n"
    for seed in range(8)
    for label, gain in (("none", 0), ("book", 30), ("strong", -12))
)


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(ROWS)
    return path


def ask(table, *more):
    return ["compare", str(table), "--metric", "test_accuracy", "--control", "none", *more]


def refused(capsys, arguments, *words):
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    for word in words:
        assert word in said.err


def test_text_goes_to_standard_output(table, capsys):
    assert main(ask(table, "--margin", "0.001")) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert " from “none” in test_accuracy (8 seeds)" in said.out
    assert "verdict" in said.out


def test_help_and_a_report_name_the_script_that_was_called(table, tmp_path, capsys, monkeypatch):
    """Where a project has folders of the same names, ``python -m analysis`` would be its own."""
    assert main(["--help"]) == 0
    assert capsys.readouterr().out.startswith("usage: python -m analysis ")
    monkeypatch.setattr(sys, "argv", ["/usr/bin/regbench-analysis"])
    assert main(["compare", "--help"]) == 0
    assert capsys.readouterr().out.startswith("usage: regbench-analysis compare ")
    assert main(["report", *ask(table, "--out", str(tmp_path / "report"))[1:]]) == 0
    capsys.readouterr()
    assert "\nregbench-analysis report t.csv " in (tmp_path / "report/report.md").read_text(encoding="utf-8")


def test_json_on_standard_output_is_only_the_object(table, capsys):
    assert main(ask(table, "--margin", "0.001", "--json", "-")) == 0
    said = capsys.readouterr()
    found = json.loads(said.out)
    assert found == compare(load(table), "test_accuracy", "none", margin=0.001).to_json()
    assert list(found)[:4] == ["metric", "control", "alpha", "margin"]
    assert {"n_seeds", "dropped", "warnings", "omnibus", "comparisons", "divergence"} <= set(found)
    assert [entry["condition"] for entry in found["comparisons"]] == ["book", "strong"]


def test_json_to_a_file_is_whole_or_absent(table, tmp_path, capsys, monkeypatch):
    out = tmp_path / "answer.json"
    assert main(ask(table, "--json", str(out))) == 0
    assert capsys.readouterr().out == ""
    first = out.read_text()
    assert json.loads(first)["alpha"] == 0.05

    def full_disk(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full_disk)
    refused(capsys, ask(table, "--alpha", "0.01", "--json", str(out)), "cannot be written: No space left")
    assert out.read_text() == first
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answer.json", "t.csv"]


def test_a_folder_that_is_not_there(table, tmp_path, capsys):
    refused(capsys, ask(table, "--json", str(tmp_path / "absent" / "a.json")), "cannot be written: No such file")


def test_options_reach_the_numbers(table, capsys):
    assert main(ask(table, "--alpha", "0.2", "--margin", "0.002", "--lower-is-better", "--json", "-")) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["alpha"], found["margin"], found["lower_is_better"]) == (0.2, 0.002, True)
    assert found["comparisons"][0]["verdict"] == "inferior"
    assert main(["compare", str(table), "--metric", "train_seconds", "--control", "none", "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["lower_is_better"] is True


@pytest.mark.parametrize(("option", "verdict"), [("--higher-is-better", "superior"), ("--lower-is-better", "inferior")])
def test_a_flag_says_which_values_are_better_where_the_name_says_otherwise(table, capsys, option, verdict):
    assert main(ask(table, option, "--json", "-")) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["direction"], found["comparisons"][0]["verdict"]) == (option.split("-")[2], verdict)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--margin", "20"], ["margin is 20", "test_accuracy is a fraction", "0.2 points is 0.002"]),
        (["--margin", "0.51"], ["margin is 0.51", "at most 0.5"]),
        (["--bad-ending", "5"], ["bad_ending is 5", "0.05 is 5 points"]),
        (["--bad-ending", "0"], ["bad_ending is 0", "above 0"]),
        (["--bad-ending", "nan"], ["bad_ending is nan"]),
    ],
)
def test_rules_out_of_range_are_refused(table, capsys, options, words):
    refused(capsys, ask(table, *options, "--json", "-"), *words)


def test_a_margin_of_many_points_is_warned_of(table, capsys):
    for margin, warned in (("0.05", False), ("0.2", True)):
        assert main(ask(table, "--margin", margin, "--json", "-")) == 0
        warnings = json.loads(capsys.readouterr().out)["warnings"]
        assert ("the margin 0.2 of test_accuracy is 20 points (0.2 points is 0.002)" in warnings) is warned
    assert main(["compare", str(table), "--metric", "train_seconds", "--control", "none", "--margin", "20"]) == 0


def test_a_bad_ending_is_what_the_option_says(table, capsys):
    counts = []
    for threshold in ("0.05", "0.001"):
        assert main(ask(table, "--bad-ending", threshold, "--json", "-")) == 0
        counts.append([each["n_bad"] for each in json.loads(capsys.readouterr().out)["bad_endings"]])
    assert counts[0] == [0, 0, 0]
    assert sum(counts[1]) > 0


def test_chance_is_used(table, capsys):
    assert main(ask(table, "--chance", "0.82", "--json", "-")) == 0
    rates = json.loads(capsys.readouterr().out)["divergence"]
    assert [entry["n_diverged"] for entry in rates] == [8, 8, 8]


def test_where_may_be_repeated(table, capsys):
    assert main(ask(table, "--where", "device=cpu", "--where", "seed=3", "--json", "-")) == 0
    assert json.loads(capsys.readouterr().out)["n_seeds"] == 1


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--alpha", "0"], ["alpha is 0.0", "allowed"]),
        (["--alpha", "1"], ["alpha is 1.0"]),
        (["--alpha", "nan"], ["alpha is nan"]),
        (["--alpha", "much"], ["invalid float value: 'much'"]),
        (["--margin", "0"], ["margin is 0.0"]),
        (["--margin", "nan"], ["margin is nan"]),
        (["--margin", "-1"], ["margin is -1.0"]),
        (["--metric", "test_acuracy"], ["no metric 'test_acuracy'; did you mean 'test_accuracy'?"]),
        (["--control", "nome"], ["no condition 'nome'", "did you mean 'none'?", "'book', 'strong'"]),
        (["--chance", "1.5"], ["chance is 1.5"]),
        (["--where", "device"], ["--where device: expected COLUMN=VALUE"]),
        (["--where", "device=cpu", "--where", "device=cuda"], ["a column may be chosen once"]),
        (["--where", "device=cuda"], ["no row has that value; device has 'cpu'"]),
        (["--unknown"], ["unrecognized arguments: --unknown"]),
    ],
)
def test_bad_arguments_exit_2_and_write_nothing(table, tmp_path, capsys, more, words):
    out = tmp_path / "answer.json"
    refused(capsys, ask(table, "--json", str(out), *more), *words)
    assert not out.exists()


def test_a_bad_table_exits_2(tmp_path, capsys):
    refused(capsys, ask(tmp_path / "absent.csv"), "absent.csv", "does not exist")
    refused(capsys, [], "required")


def test_metric_and_control_are_needed_without_a_plan(table, capsys):
    refused(capsys, ["compare", str(table)], "--metric is missing", "--control is missing")


def test_a_plan_supplies_metric_control_margin_and_alpha(table, tmp_path, capsys):
    import pandas as pd  # noqa: PLC0415

    folder = tmp_path / "study"
    (folder / "trials").mkdir(parents=True)
    frame = pd.read_csv(table).assign(
        trial_id=lambda f: f["condition"] + f["seed"].astype(str), status="ok", exclusive=True
    )
    write_trials(folder / "trials" / PACKED_FILE, frame.to_dict("records"))
    trials = frame[["trial_id", "condition", "seed", "device"]].to_dict("records")
    plan = {
        "conditions": [{"label": label} for label in ("none", "book", "strong")],
        "trials": trials,
        "analysis": {"control": "none", "primary": "test_accuracy", "margin": 0.001, "alpha": 0.1},
    }
    (folder / "plan.json").write_text(json.dumps(plan))
    assert main(["compare", str(folder), "--json", "-"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["metric"], found["control"], found["margin"], found["alpha"]) == ("test_accuracy", "none", 0.001, 0.1)
    assert found["role"] == "primary"
    assert main(["compare", str(folder), "--metric", "train_seconds", "--alpha", "0.05", "--json", "-"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["role"], found["margin"]) == ("secondary", None)
    assert any("secondary: not adjusted across metrics" in text for text in found["warnings"])
    assert any("alpha is 0.05; the analysis fixed before the data has 0.1" in text for text in found["warnings"])


def test_an_internal_fault_exits_3(table, capsys, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError("ours")

    monkeypatch.setattr("analysis.answer.compare.compare", broken)
    assert main(ask(table)) == 3
    assert "internal fault" in capsys.readouterr().err


def test_an_interruption_exits_130(table, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("analysis.answer.compare.compare", interrupted)
    assert main(ask(table)) == 130


@pytest.mark.slow
def test_as_a_process(table):
    environment = {**os.environ, "PYTHONWARNINGS": "error"}
    run = subprocess.run(
        [sys.executable, "-m", "analysis", *ask(table, "--json", "-")],
        capture_output=True, text=True, cwd=ROOT, env=environment, check=False,
    )  # fmt: skip
    assert (run.returncode, run.stderr) == (0, "")
    assert json.loads(run.stdout)["n_seeds"] == 8


def run(*arguments, stdout):
    return subprocess.run(
        [sys.executable, "-m", "analysis", *arguments], stdout=stdout, stderr=subprocess.PIPE, text=True, cwd=ROOT,
        check=False,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="has no /dev/full")
@pytest.mark.parametrize("more", [[], ["--json", "-"]])
def test_a_full_disk_behind_standard_output_exits_2(table, more):
    with Path("/dev/full").open("w") as full:
        done = run(*ask(table, *more), stdout=full)
    assert done.returncode == 2
    assert done.stderr == "error: standard output:\n  - cannot be written: No space left on device\n"


def test_json_into_a_pipe_writes_into_it_and_leaves_it(table, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()), daemon=True)
    reader.start()
    assert main(ask(table, "--json", str(pipe))) == 0
    reader.join(10)
    assert json.loads(read[0])["n_seeds"] == 8
    assert pipe.is_fifo()


def test_json_through_a_link_leaves_the_link(table, tmp_path):
    (tmp_path / "there").mkdir()
    target, link = tmp_path / "there" / "a.json", tmp_path / "link.json"
    link.symlink_to(target)
    for _ in range(2):  # a dangling link, and one to a file
        assert main(ask(table, "--json", str(link))) == 0
        assert link.is_symlink()
        assert json.loads(target.read_text())["n_seeds"] == 8
    assert [path.name for path in (tmp_path / "there").iterdir()] == ["a.json"]


@pytest.mark.slow
def test_json_to_standard_output_by_its_device(table):
    done = run(*ask(table, "--json", "/dev/stdout"), stdout=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["n_seeds"] == 8


def test_json_to_a_folder_is_refused(table, tmp_path, capsys):
    refused(capsys, ask(table, "--json", str(tmp_path)), "cannot be written: Is a directory")


def test_report_refuses_a_bad_json_target_before_it_writes(tmp_path, capsys, monkeypatch):
    def written(*_):
        pytest.fail("the report was written first")

    monkeypatch.setattr("analysis.report.write_report", written)
    refused(capsys, ["report", str(tmp_path), "--json", str(tmp_path / "absent" / "x.json")], "No such file")
    assert list(tmp_path.iterdir()) == []
