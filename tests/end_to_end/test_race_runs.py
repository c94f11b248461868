"""The race from the command line, on the sample that ships: what each contestant trains, and what is written."""

from __future__ import annotations

import importlib.util
import json
import math
import statistics
from dataclasses import replace
from pathlib import Path

import pytest

from bench.assurance.race import BOOK, CONTESTANTS, ENGINE, Contestant
from bench.assurance.race.table import render
from bench.assurance.race.task import Task
from bench.assurance.race.task_files import publish
from bench.assurance.race.team import Team
from bench.base.cores import physical_cores
from bench.data import DATA_SETS
from tests.end_to_end.conftest import Workplace

TASK = Task("fashion_mnist_sample", (784, 32, 16, 10), (0.2, 0.5), 2000, 64, 0.1)
MODULES = {"scikit-learn": "sklearn", "jaxlib": "jaxlib"}
LEARNT = 0.75 * math.log(10)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("race")
    publish(DATA_SETS["fashion_mnist_sample"], Path(), made)
    return made


@pytest.mark.slow
@pytest.mark.parametrize("contestant", CONTESTANTS.values(), ids=CONTESTANTS)
def test_every_contestant_learns(contestant: Contestant, folder: Path) -> None:
    """The last batch is a short one; the compiler takes twenty seconds for each size, and is given one alone."""
    for library in contestant.libraries:
        if importlib.util.find_spec(MODULES.get(library, library)) is None:
            pytest.skip(f"{library} is not installed: the extra [race] has it")
    team = Team(contestant, contestant.forms[0], physical_cores()[:1])
    task = replace(TASK, batch_size=80) if contestant.name == "compile" else TASK
    try:
        team.start(task, folder)
        epochs = [statistics.fmean(team.lap().losses) for _ in range(8)]
    finally:
        team.close()
    assert 1.5 < epochs[0] < 2.6, "starts near chance, ln 10 = 2.3"
    assert epochs[-1] < LEARNT


@pytest.mark.slow
def test_a_race_leaves_its_record_and_table(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small networks; and of the forms of stacked bmm, which differ in how many trials a process has, the first."""
    monkeypatch.setattr("bench.commands.race.HIDDEN", (64, 32))
    monkeypatch.setitem(CONTESTANTS, "bmm", replace(CONTESTANTS["bmm"], forms=CONTESTANTS["bmm"].forms[:1]))
    arguments = ["--data", "fashion_mnist_sample", "--blocks", "2", "--rivals", "plain", BOOK, "bmm"]
    out, _ = workplace.here("race", *arguments)
    record = json.loads((workplace.folder / "results/race/race.json").read_text())
    assert {row["name"]: row["status"] for row in record["standings"]} == dict.fromkeys(
        [ENGINE, BOOK, "plain", "bmm"], "ran"
    )
    assert len(record["slots"]) == 2 * 4
    assert out.strip() == (workplace.folder / "results/race/race.md").read_text().strip() == render(record).strip()
    assert len(record["reference"]["0.2/0.5"]) >= 10
