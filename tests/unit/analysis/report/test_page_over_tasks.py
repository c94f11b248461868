"""The page over tasks: what its objects say, these tasks apart from new ones, and the way to each task's report."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote

import pytest

import analysis
from analysis.cli import main
from analysis.report import drawing, write_report
from analysis.report.compose_tasks import compose_tasks
from analysis.report.document import Illustration
from analysis.report.gather_tasks import gather_tasks
from analysis.report.task_sections import method
from analysis.report.task_sections.order import PLOTS_OVER_TASKS
from analysis.wording.number_format import exact, probability
from tests.unit.analysis.report.conftest import Made, outlined, write_folder
from tests.unit.analysis.report.test_page import Page
from tests.unit.analysis.task_trials import rows

pytestmark = pytest.mark.slow

TASKS = {
    "fashion": Made(labels=("none", "book", "dropout-0.3", "all-dropped"), seeds=8, diverged=(("none", 1),)),
    "digits": Made(labels=("none", "book", "dropout-0.3", "all-dropped"), seeds=9, missing=(("book", 2),)),
    "tables": Made(labels=("none", "book", "dropout-0.3", "all-dropped"), seeds=10),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("results") / "many"
    for name, made in TASKS.items():
        write_folder(root / name, made)
    (root / "tasks.json").write_text(json.dumps({"study": "many", "tasks": list(TASKS)}))
    return root


@pytest.fixture(scope="module")
def out(folder: Path) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawing, "rendered", outlined)
        return write_report(folder, folder / "report").parent


@pytest.fixture(scope="module")
def text(out: Path) -> str:
    return (out / "index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def whole(out: Path):
    return json.loads((out / "compare.json").read_text(encoding="utf-8"))["test_accuracy"]


def told(number: float) -> str:
    return f"{exact(100 * number):+.2f}".replace("-", "−")


def test_sections_come_in_their_order_and_every_figure_stands_on_the_page(text, folder):
    assert Page(text).headings == [
        "Answer", "On each task", "Each task by itself", "Single runs over all tasks", "All pairs of conditions",
        "Divergence and bad endings by task", "What was left out", "Method", "Provenance",
    ]  # fmt: skip
    document = compose_tasks(gather_tasks(folder, {name: folder / name for name in TASKS}))
    blocks = [block for part in document.parts for section in part.sections for block in section.blocks]
    assert [each.plot for each in blocks if isinstance(each, Illustration)] == list(PLOTS_OVER_TASKS)


def test_the_answer_for_these_tasks_stands_first_and_apart_from_that_for_new_ones(text):
    these, new = re.findall(r'<p class="lead">(.*?)</p>', text)
    assert these.startswith("On average over these 3 tasks")
    assert new.startswith("For a new task drawn like these 3")


def test_tables_over_tasks_say_what_the_objects_say(text, whole):
    page = Page(text)
    for start, view in (("These 3 tasks", "these"), ("New tasks of this kind", "new")):
        rows = {row["condition"]: row for row in page.table(start)}
        assert list(rows) == ["book", "dropout-0.3"], "the negative control is in no comparison over tasks"
        for each in whole["across_tasks"]:
            row, found = rows[each["condition"]], each[view]
            assert row["mean over tasks points"] == told(found["estimate"])
            assert row["95% interval points"] == f"{told(found['low'])} to {told(found['high'])}"
            assert row["p"] == probability(found["p"])


def test_single_runs_stand_beside_the_number_of_tasks_and_of_runs(text, whole):
    found = {row["condition"]: (row["tasks"], row["runs"]) for row in Page(text).table("Mean of the middle half")}
    assert found == {each["condition"]: (str(each["n_tasks"]), str(each["n_runs"])) for each in whole["scores"]}
    assert {tasks for tasks, _ in found.values()} == {"3"}


def test_the_table_of_tasks_has_every_condition_on_every_task(text, whole):
    rows = {(row["task"], row["condition"]): row for row in Page(text).table("Test accuracy against “none” on each")}
    expected = {
        (task["task"], each["condition"]): each["headline"]
        for task in whole["tasks"]
        for each in task["comparisons"]
        if not each["stays_at_chance"]
    }
    assert list(rows) == list(expected)
    assert {key: row["difference points"] for key, row in rows.items()} == {
        key: told(head["estimate"]) for key, head in expected.items()
    }
    ends = {(row["task"], row["condition"]): row for row in Page(text).table("Runs that diverged")}
    assert ends["fashion", "none"]["diverged of runs"] == "1 of 8"
    assert ends["digits", "none"]["bad endings of runs"] == "0 of 9"
    assert ends["tables", "book"]["diverged of runs"] == "0 of 10"
    (left,) = (row for row in Page(text).table("Trials that some comparison") if "not yet run" in row["reason"])
    assert (left["task"], left["condition"]) == ("digits", "book")


def test_each_task_has_its_own_full_report_beside_the_page(text, out):
    links = [value for tag, name, value in Page(text).attributes if (tag, name) == ("a", "href")]
    assert [each for each in links if each.startswith("tasks/")] == [f"tasks/{name}/index.html" for name in TASKS]
    for each in links:
        assert each.startswith(("#", "https://doi.org/")) or (out / unquote(each)).is_file()
    own = json.loads((out / "tasks" / "digits" / "compare.json").read_text(encoding="utf-8"))
    assert own["test_accuracy"]["n_seeds"] == 9
    assert "tasks" not in own["test_accuracy"]
    assert (out / "tables" / "these-tasks.csv").is_file()


def test_ids_are_unique_and_the_command_that_makes_it_again_stands_there(text):
    ids = [value for _, name, value in Page(text).attributes if name == "id"]
    assert len(ids) == len(set(ids))
    assert "python -m analysis report many" in text


def test_a_comparison_over_tasks_reports_itself_with_its_own_margin(folder, tmp_path):
    found = analysis.compare(folder, margin=0.01)
    assert isinstance(found, analysis.ComparisonOverTasks)
    page = found.report(tmp_path / "page")
    assert json.loads(page.with_name("compare.json").read_text())["test_accuracy"] == found.to_json()


def test_several_devices_on_a_task_are_refused_by_name(tmp_path, capsys):
    for name, devices in (("one", ("cpu",)), ("two", ("cpu", "cuda"))):
        write_folder(tmp_path / "many" / name, Made(labels=("none", "book"), seeds=3, devices=devices))
    (tmp_path / "many" / "tasks.json").write_text(json.dumps({"study": "many", "tasks": ["one", "two"]}))
    assert main(["report", str(tmp_path / "many")]) == 2
    assert "task 'two' was run in 2 ways (cpu, cuda)" in capsys.readouterr().err


def test_a_finding_over_tasks_tells_these_tasks_from_new_ones(folder, whole, tmp_path):
    asked = f'[[finding]]\ntitle = "a"\nquestion = "b"\nfolder = "{folder}"\nmetrics = ["test_accuracy"]\nfigure = '
    (tmp_path / "page.toml").write_text(asked + '"tasks"\n')
    assert main(["findings", str(tmp_path / "page.toml")]) == 0
    text = (tmp_path / "page.md").read_text(encoding="utf-8")
    assert "![Differences by task](figures/many-tasks.png)" in text
    for each in whole["across_tasks"]:
        for view in ("these", "new"):
            assert f"| {told(each[view]['estimate'])} | {told(each[view]['low'])} to" in text
    (tmp_path / "page.toml").write_text(asked + '"differences"\n')
    assert main(["findings", str(tmp_path / "page.toml")]) == 2


def test_the_method_of_single_runs_is_the_t_interval_over_tasks() -> None:
    """No random effects, no prediction and no MOVER are described where none of them was computed."""
    wholes = [analysis.compare(rows(tasks=5, seeds=seeds), "test_accuracy", "none") for seeds in (1, 9)]
    single, several = (str(method.section(SimpleNamespace(whole=whole))) for whole in wholes)
    assert "The task is the unit: a t interval of one value of each task, with 4 degrees of freedom" in single
    assert "Random effects" not in single and "MOVER" not in single
    assert "Random effects" in several and "MOVER" in several
