"""A kill at any instant loses only trials in flight, and no reader ever sees half a file or a trial twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.record.claims import STALE_SECONDS
from bench.schema.files import read_result
from tests.end_to_end.conftest import PATIENCE, Row, Workplace, wait_for_trials

pytestmark = pytest.mark.slow
KILLS = 6
LONG = {"seeds": 12, "old": "epochs = 4", "new": "epochs = 12"}
"""Thirty-six trials in six stacks of two seeds, each of which is trained for about a second."""


def entries(*folders: Path) -> list[os.DirEntry[str]]:
    """Return the parquet files of `folders`, as fast as can be: a reader looks all the time."""
    return [
        each for folder in folders if folder.is_dir() for each in os.scandir(folder) if each.name.endswith(".parquet")
    ]


@contextmanager
def reading(folder: Path) -> Iterator[list[Exception]]:
    """Read every result in `folder` meanwhile, whenever it is new or has changed; gather what went wrong."""
    faults: list[Exception] = []
    read: set[tuple[str, int, int]] = set()
    stop = threading.Event()

    def read_all() -> None:
        while not stop.is_set():
            for entry in entries(folder / "trials", folder / "curves"):
                try:
                    state = entry.stat()
                    if (version := (entry.path, state.st_mtime_ns, state.st_size)) in read:
                        continue
                    read_result(Path(entry.path))
                    read.add(version)
                except Exception as error:  # noqa: BLE001 - whatever a reader meets is a fault
                    faults.append(error)
            time.sleep(0.002)

    thread = threading.Thread(target=read_all)
    thread.start()
    try:
        yield faults
    finally:
        stop.set()
        thread.join()
    assert read


def kill(runner: subprocess.Popen[str]) -> None:
    """Kill a runner and all its workers at once."""
    os.killpg(runner.pid, signal.SIGKILL)
    runner.communicate()


@pytest.fixture(scope="session")
def long_study(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, int], Row]:
    """The rows, without an interruption, of a study that trains for a few seconds."""
    made = Workplace(tmp_path_factory.mktemp("long"))
    made.study(**LONG)
    made.train()
    return made.rows()


def test_kills_at_random_moments_lose_only_trials_in_flight(
    workplace: Workplace, long_study: dict[tuple[str, int], Row]
) -> None:
    workplace.study(**LONG)
    moments = random.Random(0)
    kept: list[set[tuple[str, int]]] = [set()]
    with reading(workplace.folder / "results/tiny") as faults:
        for number in range(KILLS):
            runner = workplace.start("run", "tiny.toml", "--workers", str(1 + number % 2))
            wait_for_trials(workplace, min(len(long_study), len(kept[-1]) + moments.choice([0, 1, 2, 4])))
            time.sleep(moments.choice([moments.uniform(0, 0.01), moments.uniform(0, 0.2), moments.uniform(0.3, 1)]))
            kill(runner)
            kept.append(set(workplace.rows()))
            assert kept[-2] <= kept[-1]
        workplace.train()
    assert faults == []
    assert sum(0 < len(some) < len(long_study) for some in kept) > 1, "the kills came too early or too late"
    assert workplace.rows() == long_study


def test_two_runners_on_one_folder_share_the_work(
    workplace: Workplace, uninterrupted: dict[tuple[str, int], Row]
) -> None:
    with reading(workplace.folder / "results/tiny") as faults:
        runners = [workplace.start("run", "tiny.toml", "--workers", "1") for _ in range(2)]
        said = [runner.communicate(timeout=PATIENCE)[1] for runner in runners]
    assert [runner.returncode for runner in runners] == [0, 0], said
    assert faults == []
    assert workplace.rows() == uninterrupted
    trained = sum(int(line.split(" ok")[0]) for err in said for line in err.splitlines() if line.endswith(" ok"))
    assert trained == 9, said


def test_a_runner_takes_over_from_one_that_was_killed(
    workplace: Workplace, long_study: dict[tuple[str, int], Row]
) -> None:
    workplace.study(**LONG)
    first = workplace.start("run", "tiny.toml", "--workers", "1")
    second = workplace.start("run", "tiny.toml", "--workers", "1")
    wait_for_trials(workplace, 2)
    kill(first)
    second.communicate(timeout=PATIENCE)
    assert second.returncode == 0
    assert workplace.rows() == long_study


def test_a_runner_that_is_stopped_past_its_lease_goes_on_when_it_wakes(
    workplace: Workplace, long_study: dict[tuple[str, int], Row]
) -> None:
    """As a laptop that is suspended: another runner takes its trials over, and no reader sees one of them twice."""
    workplace.study(**LONG | {"seeds": 6})
    first = workplace.start("run", "tiny.toml", "--workers", "1")
    wait_for_trials(workplace, 1)
    os.killpg(first.pid, signal.SIGSTOP)
    for lease in (workplace.folder / "results/tiny/claims").glob("*.lease"):
        then = lease.stat().st_mtime - STALE_SECONDS - 1
        os.utime(lease, (then, then))
    with reading(workplace.folder / "results/tiny") as faults:
        workplace.bench("run", "tiny.toml", "--workers", "1")
        os.killpg(first.pid, signal.SIGCONT)
        _, err = first.communicate(timeout=PATIENCE)
    assert (first.returncode, faults) == (0, []), err
    assert "another runner took over" in err
    assert workplace.rows() == {key: row for key, row in long_study.items() if key[1] < 6}


def test_a_killed_worker_fails_its_trials_and_the_next_run_trains_them(
    workplace: Workplace, long_study: dict[tuple[str, int], Row]
) -> None:
    workplace.study(**LONG)
    runner = workplace.start("run", "tiny.toml", "--workers", "1")
    wait_for_trials(workplace, 3)
    children = [int(pid) for pid in Path(f"/proc/{runner.pid}/task/{runner.pid}/children").read_text().split()]
    (worker,) = [pid for pid in children if "spawn_main" in Path(f"/proc/{pid}/cmdline").read_text()]
    os.kill(worker, signal.SIGKILL)
    _, err = runner.communicate(timeout=PATIENCE)
    assert runner.returncode == 1, err
    failed = [row for row in workplace.rows().values() if row["status"] == "failed"]
    assert len(failed) == 6
    assert {row["error"].partition(" (")[0] for row in failed} == {
        "WorkerDiedError: the worker process ended with exit code -9"
    }
    assert failed[0]["test_correct"] is None
    workplace.train()
    assert workplace.rows() == long_study
