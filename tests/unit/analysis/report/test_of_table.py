"""The report of a table that no runner of this project wrote: what its columns allow, and nothing that they do not."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import analysis
from analysis.cli import main
from analysis.report.task_sections.own_reports import folders_of

QUESTION = ["--metric", "test_accuracy", "--control", "none", "--margin", "0.002"]


def runs(draw: int = 0, **columns: object) -> pd.DataFrame:
    random = np.random.default_rng(draw)
    rows = [
        {"condition": label, "seed": seed, "test_accuracy": 0.87 + 0.003 * np.sin(seed) + shift + noise}
        for label, shift in (("none", 0.0), ("half", 0.004))
        for seed, noise in enumerate(0.001 * random.standard_normal(8))
    ]
    return pd.DataFrame(rows).assign(**columns)


def headings(page: Path) -> list[str]:
    return re.findall(r"^##+ (.*)", page.with_name("report.md").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_report_of_a_csv_has_what_its_columns_allow(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runs().to_csv(here / "my-runs.csv", index=False)
    assert main(["report", "my-runs.csv", *QUESTION]) == 0
    page = Path(capsys.readouterr().out.strip())
    assert page == Path("my-runs-report/index.html")
    found = headings(page)
    assert {"Answer", "Differences to the control", "The paired differences, one by one", "Provenance"} <= set(found)
    assert not {"Learning curves", "Running gap and clean gap", "The best rate", "Speed", "Secondary metrics",
                "Where the spread comes from"} & set(found)  # fmt: skip
    whole = analysis.compare("my-runs.csv", "test_accuracy", "none", margin=0.002)
    assert json.loads(page.with_name("compare.json").read_text())["test_accuracy"] == whole.to_json()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["Test accuracy", "Test_Accuracy", "metrics.test_accuracy"])
def test_a_column_with_another_spelling_is_known_and_stands_there_once(name: str, here: Path) -> None:
    runs().rename(columns={"test_accuracy": name}).to_csv(here / "runs.csv", index=False)
    assert main(["report", "runs.csv", "--metric", name, *QUESTION[2:]]) == 0
    page = here / "runs-report/index.html"
    assert "Secondary metrics" not in headings(page)
    assert "no test accuracy" not in page.read_text(encoding="utf-8")


@pytest.mark.slow
def test_labels_that_the_fonts_lack_are_named_once(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    runs().replace({"half": "半分 🔥"}).to_csv(here / "runs.csv", index=False)
    assert main(["report", "runs.csv", *QUESTION]) == 0
    said = capfd.readouterr().err
    assert said.strip() == (
        "note: the fonts of the figures lack 半分🔥: boxes stand there in PNG and PDF files, not on the page"
    )


@pytest.mark.slow
def test_it_says_what_makes_it_again_and_claims_no_plan(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runs().to_csv(here / "my runs.csv", index=False)
    command = [
        "report",
        "my runs.csv",
        *QUESTION,
        "--estimand",
        "mean",
        "--where",
        "seed=1",
        "--where",
        "condition=none",
    ]
    assert main(command[:-4]) == 0
    text = Path("my runs-report/report.md").read_text(encoding="utf-8")
    assert "python -m analysis report 'my runs.csv' --metric test_accuracy --control none --margin 0.002" in text
    assert "--estimand mean" in text
    assert hashlib.sha256((here / "my runs.csv").read_bytes()).hexdigest() in text
    assert "whether they were fixed before the data is not known here" in text
    for claim in (
        "set in the study",
        "fixed before the data.",
        "plan has",
        "bench run",
        "planned",
        "start from the same",
    ):
        assert claim not in text, claim


@pytest.mark.slow
def test_what_makes_it_again_reads_the_table_in_the_same_way(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = pd.concat([runs().assign(epoch=1, test_accuracy=0.5), runs().assign(epoch=2)])
    made.rename(columns={"condition": "technique", "seed": "start"}).to_csv(here / "t.csv", index=False, sep=";")
    columns = ["--condition-column", "technique", "--seed-column", "start", "--epochs", "last"]
    assert main(["report", "t.csv", *QUESTION, *columns]) == 0
    assert capsys.readouterr().err == "note: t.csv: read as semicolon-separated\n"
    assert " ".join(columns) in Path("t-report/report.md").read_text(encoding="utf-8")
    assert main(["report", str(here), *columns]) == 2
    assert "--condition-column, --seed-column, --epochs cannot be given" in capsys.readouterr().err


@pytest.mark.slow
def test_other_metrics_stand_beside_the_primary_and_one_that_cannot_is_named(here: Path) -> None:
    random = np.random.default_rng(5)
    frame = runs(val_loss=random.uniform(0.3, 0.4, 16), val_acc=random.uniform(80, 90, 16), lr=random.uniform(0, 1, 16))
    page = analysis.report(frame, metric="test_accuracy", control="none", out=here / "r")
    assert "Secondary metrics" in headings(page)
    told = json.loads(page.with_name("compare.json").read_text())
    assert list(told) == ["test_accuracy", "val_loss"]  # lr is no metric by its name
    assert "val\\_acc is left out: row 1: val\\_acc is" in page.with_name("report.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_each_device_has_a_part_of_the_page(here: Path) -> None:
    both = pd.concat([runs(device="cpu"), runs(1, device="cuda")])
    both.to_parquet(here / "both.parquet")
    assert main(["report", "both.parquet", *QUESTION, "--out", "r"]) == 0
    assert {"On cpu", "On cuda", "Agreement between devices"} <= set(headings(Path("r/index.html")))
    assert set(json.loads(Path("r/compare.json").read_text())) == {"cpu", "cuda"}
    assert main(["report", "both.parquet", *QUESTION, "--out", "one", "--where", "device=cuda"]) == 0
    assert "On cuda" not in headings(Path("one/index.html"))


@pytest.mark.slow
def test_of_several_tasks_the_page_is_over_them_and_each_has_its_own(here: Path) -> None:
    tasks = ("a/b", "a b", "../c")
    frame = pd.concat([runs(place, dataset=name) for place, name in enumerate(tasks)])
    frame.to_csv(here / "many.csv", index=False)
    assert main(["report", "many.csv", *QUESTION, "--task", "dataset"]) == 0
    page = Path("many-report/index.html")
    assert "On each task" in headings(page)
    own = sorted(each.relative_to(here) for each in here.rglob("index.html"))
    assert len(own) == 4
    assert all(each.parts[0] == "many-report" for each in own)
    whole = analysis.compare("many.csv", "test_accuracy", "none", task="dataset", margin=0.002)
    assert json.loads(page.with_name("compare.json").read_text())["test_accuracy"] == whole.to_json()
    again = whole.report(here / "again")
    assert json.loads(again.with_name("compare.json").read_text()) == json.loads(
        page.with_name("compare.json").read_text()
    )


def test_no_two_tasks_share_a_folder() -> None:
    found = folders_of(["a/b", "a b", "..", "été", "a-b"])
    assert found == {"a/b": "a-b", "a b": "a-b-2", "..": "-", "été": "été", "a-b": "a-b-3"}


@pytest.mark.slow
def test_a_comparison_of_a_frame_reports_itself(here: Path) -> None:
    found = analysis.compare(runs(), "test_accuracy", "none", margin=0.002, estimand="mean")
    assert isinstance(found, analysis.Comparison)
    page = found.report(here / "r")
    assert json.loads(page.with_name("compare.json").read_text())["test_accuracy"] == found.to_json()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["my.csv"], "--metric is missing"),
        (["my.csv", "--metric", "test_accuracy", "--control", "nine"], "did you mean 'none'"),
        (["nothing.csv", *QUESTION], "does not exist"),
    ],
)
def test_what_cannot_be_reported_writes_nothing(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    runs().to_csv(here / "my.csv", index=False)
    assert main(["report", *arguments]) == 2
    assert said in capsys.readouterr().err
    assert sorted(each.name for each in here.iterdir()) == ["my.csv"]


def test_a_results_folder_is_told_by_its_plan(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "results").mkdir()
    assert main(["report", "results", *QUESTION]) == 2
    assert "--metric, --control, --margin cannot be given" in capsys.readouterr().err
