"""The running of a race, with made-up contestants: one that does the task and some that do not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from bench.assurance.race import CONTESTANTS, ENGINE, Contestant, Form, course
from bench.assurance.race.course import Race
from bench.assurance.race.stacked import masks_of
from bench.assurance.race.task import Task
from bench.assurance.race.task_files import publish
from bench.assurance.race.team import Team, TeamError
from bench.base.errors import UsageError
from bench.commands.race import chosen
from bench.data import DATA_SETS
from bench.engines.reference import load_batches

FAKES = """
import os, time, sys
def steady(task, share):
    def train():
        time.sleep(0.02 if share.threads == 1 else 0.2)
        return [1.0] * share.trials
    return train
def elsewhere(task, share):
    return lambda: [9.0]
def late(task, share):
    laps = iter([[1.0], [1.0], [1.0]])
    return lambda: next(laps)
def broken(task, share):
    print("on standard output")
    raise ValueError("no good")
def pinned(task, share):
    cores = [float(core) for core in sorted(os.sched_getaffinity(0))]
    return lambda: [*cores, float(os.environ["OMP_NUM_THREADS"]), float("torch" in sys.modules)]
"""
TASK = Task("fashion_mnist_sample", (784, 16, 8, 10), (0.2, 0.5), 2000, 256, 0.5)
ONE, ALL = Form(per_core=True, trials=1), Form(per_core=False, trials=1)


def no_libraries(*shape: object) -> list[str]:
    return []


def no_peak() -> None:
    return None


def fake(function: str, *forms: Form, name: str = "", needs: str = "torch") -> Contestant:
    return Contestant(name or function, name or function, f"fakes:{function}", (needs,), forms or (ONE,))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "fakes.py").write_text(FAKES)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    reference = [[1.0 + 0.1 * run] * course.CHECK_EPOCHS for run in range(-2, 3)]
    monkeypatch.setattr(Race, "_reference", lambda race, contestant: reference)
    monkeypatch.setattr(Race, "_bound", lambda race: 0.25)
    monkeypatch.setattr(course, "bound_libraries", no_libraries)
    monkeypatch.setattr(course, "peak_flops", no_peak)
    return tmp_path


@pytest.fixture
def race(folder: Path) -> Iterator[Race]:
    entries = [
        fake("steady", ALL, ONE, name=ENGINE),
        fake("elsewhere"),
        fake("broken"),
        fake("late"),
        fake("steady", name="absent", needs="no-such-distribution"),
    ]
    with Race(TASK, folder, entries, lambda _: None) as made:
        made.prepare()
        yield made


@pytest.mark.slow
def test_what_became_of_everybody(race: Race) -> None:
    slots = race.blocks(3)
    found = {each["name"]: each for each in race.record()["contestants"]}
    statuses = {name: each["status"] for name, each in found.items()}
    assert statuses == {
        ENGINE: "ran",
        "elsewhere": "not the same task",
        "broken": "error",
        "late": "error",
        "absent": "not installed",
    }
    assert "ValueError: no good" in found["broken"]["error"]
    assert "StopIteration" in found["late"]["error"]
    assert found["absent"]["versions"] == {"no-such-distribution": None}
    assert found[ENGINE]["form"]["threads"] == 1, "the form that was faster in the heats"
    assert len(found[ENGINE]["heats"]) == 2
    runs = [(slot["contestant"], slot["block"]) for slot in slots]
    assert sorted(runs) == [*((name, block) for name in ("elsewhere", ENGINE) for block in range(3)), ("late", 0)]


@pytest.mark.slow
def test_seconds_are_an_epoch_and_trial_of_the_whole_machine(race: Race) -> None:
    cores = len(race.lanes.cores)
    for slot in race.blocks(1):
        assert slot["seconds"] == pytest.approx(slot["lap_seconds"] / cores), "one trial in a process on each core"
        assert slot["bound_seconds"] == 0.25


@pytest.mark.slow
def test_processes_are_pinned_limited_and_free_of_other_libraries(folder: Path) -> None:
    cores = sorted(os.sched_getaffinity(0))
    for form, places in ((ONE, [[core] for core in cores]), (ALL, [cores])):
        team = Team(fake("pinned"), form, cores)
        team.start(TASK, folder)
        assert team.lap().losses == [value for place in places for value in (*place, len(place), 0)]
        team.close()


def test_what_a_process_says_last_is_the_error(folder: Path) -> None:
    team = Team(fake("broken"), ONE, [0])
    with pytest.raises(TeamError, match="ValueError: no good"):
        team.start(TASK, folder)
    team.close()


def test_the_files_are_the_data_set_for_numpy_and_for_torchvision(tmp_path: Path) -> None:
    publish(DATA_SETS["fashion_mnist_sample"], Path(), tmp_path)
    batches, _ = load_batches(tmp_path, 100)
    assert len(batches.dataset) == 2000


def test_masks_drop_at_the_rate_whatever_the_unit_and_scale_to_an_expectation_of_one() -> None:
    torch.manual_seed(0)
    task = Task("", (4, 64, 64, 2), (0.2, 0.5), 0, 0, 0)
    draws = [masks_of(task, 500) for _ in range(20)]
    for layer, rate in enumerate(task.dropout):
        masks = torch.cat([draw[layer] for draw in draws])
        kept = (masks > 0).double().mean(dim=0)
        chi_square = ((kept - (1 - rate)) ** 2 * len(masks) / (rate * (1 - rate))).sum()
        assert 64 - 5 * 128**0.5 < chi_square < 64 + 5 * 128**0.5
        assert masks.max().item() == pytest.approx(1 / (1 - rate), rel=1e-4)


def test_the_engine_always_takes_part_and_a_mistyped_rival_is_refused() -> None:
    assert chosen(["plain"]) == [ENGINE, "plain"]
    assert chosen(None) == list(CONTESTANTS)
    with pytest.raises(UsageError, match='no contestant plane; did you mean "plain"'):
        chosen(["plane"])
