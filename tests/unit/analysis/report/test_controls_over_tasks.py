"""The controls of the page over tasks: at each margin it says what a plan with that margin would say."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from analysis.answer.other_margins import margins, tasks_at_margin
from analysis.figures.plot import rendered
from analysis.report import drawing, write_report
from analysis.report.document import Grid, Listing, Paragraph
from analysis.report.gather_tasks import MaterialOverTasks, gather_tasks
from analysis.report.task_sections import answer, each_task
from analysis.report.task_sections.margin_over_tasks import margin_over_tasks
from tests.browser import PROGRAM, Tab, browser
from tests.unit.analysis.report.conftest import Made, write_folder
from tests.unit.analysis.report.test_in_a_browser import control, tap

pytestmark = pytest.mark.slow

LABELS = ("none", "book", "dropout-0.7", "all-dropped")
TASKS = {
    "fashion": Made(labels=LABELS, seeds=12, diverged=(("none", 1),)),
    "digits": Made(labels=LABELS, seeds=9, missing=(("book", 2),)),
    "tables": Made(labels=LABELS, seeds=10),
}
NEEDS_CHROMIUM = pytest.mark.skipif(PROGRAM is None, reason="there is no Chromium on this machine")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("results") / "many"
    for name, made in TASKS.items():
        write_folder(root / name, made)
    (root / "tasks.json").write_text(json.dumps({"study": "many", "tasks": list(TASKS)}))
    return root


def gathered(folder: Path, margin: float | None = None) -> MaterialOverTasks:
    instead = None if margin is None else {"margin": margin}
    return gather_tasks(folder, {name: folder / name for name in TASKS}, instead)


@pytest.fixture(scope="module")
def material(folder: Path) -> MaterialOverTasks:
    return gathered(folder)


def at(told: dict, step: int) -> dict:
    """Return what the slider shows at a step."""
    leads, items = ([ways[place[step]] for ways, place in told[kind]] for kind in ("leads", "items"))
    rows = {name: [ways[place[step]] for ways, place in rows] for name, rows in told["tables"].items()}
    return {"leads": leads, "items": items, "tables": rows}


def test_each_margin_shows_what_a_plan_with_it_would(folder: Path, material: MaterialOverTasks) -> None:
    made = margin_over_tasks(material.whole)
    assert made is not None
    steps, verdicts = margins(material.whole.margin or 0), set()
    for step in (0, 20, made.data["plan"], 45, 60):
        planned = gathered(folder, steps[step])
        other = tasks_at_margin(material.whole, steps[step])
        assert other.across == planned.whole.across
        assert [each.headline for task in other.tasks.values() for each in task.judged] == [
            each.headline for task in planned.whole.tasks.values() for each in task.judged
        ]
        blocks = [*answer.section(planned).blocks, *each_task.section(planned).blocks]
        shown = at(made.data, step)
        assert shown["leads"] == [each.text for each in blocks if isinstance(each, Paragraph) and each.role == "lead"]
        assert shown["items"] == [item.text for each in blocks if isinstance(each, Listing) for item in each.items]
        for grid in (each for each in blocks if isinstance(each, Grid)):
            for cells, row, tone in zip(shown["tables"][grid.name], grid.rows, grid.tones, strict=True):
                same = len(row) == len(cells)
                assert (cells[0], cells[1]) == (tone, row[1])
                assert not same or cells[1:] == list(row[1:])
                verdicts.add(cells[1])
        assert shown["tables"].keys() == {each.name for each in blocks if isinstance(each, Grid)}
    assert len(verdicts) > 3


def test_without_a_margin_or_of_ratios_there_is_no_slider(material: MaterialOverTasks) -> None:
    assert margin_over_tasks(replace(material.whole, margin=None)) is None
    assert margin_over_tasks(replace(material.whole, scale="log-ratio")) is None


@pytest.fixture(scope="module")
def page(folder: Path) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawing, "rendered", rendered)
        return write_report(folder, folder / "report")


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory):
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@NEEDS_CHROMIUM
@pytest.mark.pictures
def test_every_control_over_tasks_is_used_by_key_and_by_finger(
    tab: Tab, page: Path, material: MaterialOverTasks
) -> None:
    told = margin_over_tasks(material.whole).data
    tab.open(page, 360)
    texts = "[...document.querySelectorAll('{}')].map(each => each.textContent)"
    cells = (
        "[...document.querySelectorAll('[data-table=\"{}\"] tbody tr')].map(row => "
        "[row.querySelector('.mark').className.slice(5), ...[...row.cells].slice(1).map(each => each.textContent)])"
    )
    tab.does(control("tasks-margin", "input") + ".focus()")
    for key, times in (("ArrowRight", 3), ("End", 1), ("Home", 1)):
        tab.press(key, times)
        shown = at(told, tab.does(f"Number({control('tasks-margin', 'input')}.value)"))
        assert tab.does(texts.format(".lead")) == shown["leads"]
        assert tab.does(texts.format("#answer .listing li span")) == shown["items"]
        for name, rows in shown["tables"].items():
            assert tab.does(cells.format(name)) == rows
    tap(tab, control("tasks-margin", "button"))
    assert tab.does(texts.format(".lead")) == at(told, told["plan"])["leads"]
    rows = "[...document.querySelectorAll('tr[data-condition=book]')].filter(row => row.offsetParent).length"
    marks = "[...document.querySelectorAll('svg [data-of=\"0\"]')].filter(each => each.getClientRects().length).length"
    before = tab.does(rows), tab.does(marks)
    assert before[0] > 5 and before[1] > 0
    tap(tab, control("conditions", "[data-label=book]"))
    assert (tab.does(rows), tab.does(marks)) == (0, 0)
    tab.does(control("conditions", "[data-label=book]") + ".focus()")
    tab.press(" ")
    assert (tab.does(rows), tab.does(marks)) == before
    tap(tab, control("paper", "summary"))
    tap(tab, control("paper", "button"))
    assert tab.does(control("paper", "[role=status]") + ".textContent").startswith("Copied: ")
    assert tab.does("document.querySelector('[data-control=paper] pre').textContent").count("95\\% CI") == 2
    assert tab.does("document.documentElement.scrollWidth <= window.innerWidth")
    assert tab.messages == []
    assert all(each.startswith("file:") for each in tab.requests)
