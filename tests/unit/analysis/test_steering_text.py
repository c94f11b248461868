"""No command lets the text of a table, a study or a log steer the terminal that it is printed on, or a page."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from analysis.cli import main
from analysis.report import gather
from analysis.tables.plan import read_plan
from analysis.tables.table import from_frame, load

ODD = "\x1b[31m\u202ered"
STEERING = ("\x1b", "\u202e", "\x9b")
GOOD = pd.DataFrame(
    [
        {"condition": label, "seed": seed, "opt": "a", "device": "cpu", "test_accuracy": 0.8 + seed / 100 + gain}
        for seed in range(6)
        for label, gain in (("none", 0.0), ("half", 0.01))
    ]
)
ROW = GOOD.index == 3
REFUSED = {
    "device": GOOD.assign(device=GOOD["device"].mask(ROW, ODD)),
    "data hash": GOOD.assign(data_hash=pd.Series("h", GOOD.index).mask(ROW, ODD)),
    "what tells rows apart": pd.concat([GOOD.assign(opt=f"b{ODD}"), GOOD]),
    "label": GOOD.assign(condition=GOOD["condition"].mask(ROW, ODD)),
    "seed": GOOD.assign(seed=GOOD["seed"].astype(str).mask(ROW, ODD)),
    "column": GOOD.assign(**{ODD: 1.0}),
    "status": GOOD.assign(status=pd.Series("ok", GOOD.index).mask(ROW, ODD), device=GOOD["device"].mask(ROW, ODD)),
}
QUESTION = ("--metric", "test_accuracy", "--control", "none")
COMMANDS: dict[str, Callable[[str], list[str]]] = {
    "compare": lambda table: ["compare", table, *QUESTION],
    "gate": lambda table: ["gate", table, *QUESTION, "--require", "superior", "--margin", "0.01"],
    "factorial": lambda table: ["factorial", table, *QUESTION[:2], "--factors", "opt"],
    "power": lambda table: ["power", "--pilot", table, *QUESTION, "--delta", "0.01"],
    "sequential": lambda table: ["sequential", table, *QUESTION],
    "variance": lambda table: ["variance", table, *QUESTION[:2]],
    "selfcheck": lambda table: ["selfcheck", table, *QUESTION],
    "report": lambda table: ["report", table, *QUESTION, "--out", f"{Path(table).parent / 'report'}"],
}


def silent(said: str) -> bool:
    """Return whether nothing that steers is in what was said."""
    return not any(letter in said for letter in STEERING)


@pytest.mark.parametrize("kind", REFUSED)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_refusal_writes_out_what_a_table_holds(
    command: str, kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, is_split = tmp_path / "t.csv", command == "report" and kind in ("device", "data hash")
    REFUSED[kind].to_csv(path, index=False)
    assert main(COMMANDS[command](str(path))) == 2
    said = "".join(capsys.readouterr())
    assert silent(said) and (is_split or r"\x1b[31m\u202ered" in said)


def test_a_report_names_its_parts_with_such_characters_written_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "t.csv"
    pd.concat([GOOD, GOOD.assign(device=ODD)]).to_csv(path, index=False)
    assert main(COMMANDS["report"](str(path))) == 0
    pages = [each.read_text("utf-8") for each in tmp_path.rglob("*") if each.suffix in (".html", ".md", ".tex")]
    assert all(map(silent, ["".join(capsys.readouterr()), *pages]))
    assert any(r"\x1b[31m\u202ered" in page for page in pages)


@pytest.mark.parametrize("given", [("--where", f"opt={ODD}"), ("--where", f"{ODD}=a"), ("--metric", ODD)])
@pytest.mark.parametrize("command", ["compare", "report", "sequential", "selfcheck", "gate"])
def test_a_refusal_writes_out_what_an_option_says(
    command: str, given: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "t.csv"
    GOOD.to_csv(path, index=False)
    assert main([*COMMANDS[command](str(path)), *given]) == 2
    said = "".join(capsys.readouterr())
    assert silent(said) and r"\x1b[31m\u202ered" in said


def test_a_file_is_named_with_such_characters_written_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(COMMANDS["compare"](str(tmp_path / f"{ODD}.csv"))) == 2
    said = capsys.readouterr().err
    assert silent(said) and "does not exist" in said


def test_a_choice_that_a_refusal_names_is_taken_as_it_is_written_there(tmp_path: Path) -> None:
    for value in (ODD, r"\x1b[31m\u202ered"):
        assert len(from_frame(REFUSED["device"], {"device": value}).frame) == 1
    assert from_frame(GOOD.assign(device=ODD)).pool["device"] == r"\x1b[31m\u202ered"


@pytest.mark.parametrize("command", ["compare", "report"])
def test_why_a_trial_failed_is_told_in_its_own_lines_without_its_colours(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, failed = tmp_path / "t.parquet", GOOD.index == 10
    made = GOOD.assign(
        status=pd.Series("ok", GOOD.index).mask(failed, "failed"),
        error=pd.Series(None, GOOD.index, dtype=object).mask(failed, f"Boom: {ODD}\n  at \x9bline 3"),
    )
    made.to_parquet(path)
    assert load(path).dropped[0].reason == "failed: Boom: \\x1b[31m\\u202ered\n  at \\x9bline 3"
    assert main(COMMANDS[command](str(path))) == 0
    pages = [each.read_text("utf-8") for each in tmp_path.rglob("*") if each.suffix in (".html", ".md", ".tex")]
    assert len(pages) >= (3 if command == "report" else 0)
    assert all(map(silent, ["".join(capsys.readouterr()), *pages]))


@pytest.mark.parametrize("role", ["metric", "setting"])
def test_an_import_refuses_a_column_that_no_table_may_have(
    role: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = tmp_path / "long.csv", tmp_path / "out.csv"
    metric, setting = (f"acc{ODD}", "opt") if role == "metric" else ("acc", f"opt{ODD}")
    rows = "".join(f"none,{seed},{seed},{metric},0.5\nhalf,{seed},{seed},{metric},0.6\n" for seed in range(3))
    path.write_text(f"method,seed,{setting},metric,value\n{rows}", encoding="utf-8")
    assert main(["import", "long", str(path), "--out", str(out)]) == 2
    said = capsys.readouterr().err
    assert f"{role} '" in said and "allowed: a name without control characters" in said
    assert silent(said) and not out.exists()


def test_an_account_of_an_import_writes_out_what_a_log_holds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "long.csv"
    path.write_text(f"run,method,seed,metric,value\n{ODD},none,0,acc,0.5\nb,half,0,acc,0.6\n", encoding="utf-8")
    assert main(["import", "long", str(path), "--out", str(tmp_path / "out.csv")]) == 0
    assert silent("".join(capsys.readouterr()))


def test_the_documents_of_a_results_folder_are_written_out_where_they_are_read(tmp_path: Path) -> None:
    plan = {"study": ODD, "conditions": [{"label": "none", "settings": {"opt": ODD}}], "trials": []}
    for name in ("plan.json", "rehearsal.json", "plans.jsonl"):
        (tmp_path / name).write_text(json.dumps(plan) + "\n")
    found = read_plan(tmp_path / "plan.json")
    assert silent(found.study) and silent(str(found.raw)) and silent(found.conditions[0].settings["opt"])
    assert gather._json(tmp_path / "rehearsal.json")["study"] == r"\x1b[31m\u202ered"
    assert gather._log(tmp_path / "plans.jsonl")[0]["study"] == r"\x1b[31m\u202ered"
