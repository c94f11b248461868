"""A job array on a shared folder: tasks share the work, as on hosts of their own, and stop taking it in time."""

from __future__ import annotations

import itertools
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench.run import deadline
from tests.end_to_end.conftest import PATIENCE, Row, Workplace
from tests.unit.bench.record.test_claims import NAMESPACE, may_unshare

ROOT = Path(__file__).parents[2]


def script_of(workplace: Workplace, *more: str) -> str:
    return workplace.here("slurm", "tiny.toml", "--jobs", "2", "--time", "01:00:00", "--workers", "1", *more)[0]


@pytest.mark.slow
def test_two_tasks_of_the_array_share_the_work(workplace: Workplace, uninterrupted: dict[tuple[str, int], Row]) -> None:
    """Where this user may, each in a namespace of its own: like containers, they have equal process numbers."""
    script = workplace.folder / "job.sh"
    script.write_text(script_of(workplace, "--out", "shared folder"))
    under = NAMESPACE if may_unshare() else []
    tasks = [
        subprocess.Popen(
            [*under, "bash", str(script)],
            cwd="/",
            env=workplace.environment | {"SLURM_ARRAY_TASK_ID": str(number), "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in (1, 2)
    ]
    said = [task.communicate(timeout=PATIENCE)[1] for task in tasks]
    assert [task.returncode for task in tasks] == [0, 0], said
    assert workplace.rows("shared folder") == uninterrupted
    trained = sum(int(line.split(" ok")[0]) for err in said for line in err.splitlines() if line.endswith(" ok"))
    assert trained == 9, said


def test_the_array_has_what_slurm_reads_and_runs_for_less_than_its_time(workplace: Workplace) -> None:
    lines = script_of(workplace).splitlines()
    options = dict(line.removeprefix("#SBATCH --").split("=", 1) for line in lines if line.startswith("#SBATCH"))
    assert (options["array"], options["time"], options["cpus-per-task"]) == ("1-2", "01:00:00", "1")
    assert lines[0] == "#!/bin/bash"
    assert lines[-2] == f"cd {workplace.folder}"
    assert lines[-1].endswith("-m bench run tiny.toml --out results/tiny --workers 1 --stop-after 00:58:00")
    assert not (workplace.folder / "results").exists()


def test_where_the_data_are_missing_it_says_what_to_do_first(workplace: Workplace) -> None:
    (workplace.folder / "big.toml").write_text(
        (workplace.folder / "tiny.toml").read_text().replace("fashion_mnist_sample", "fashion_mnist")
    )
    said = workplace.here("slurm", "big.toml", "--jobs", "2", "--time", "00:10:00")
    assert said[1] == "first, once for all jobs: python -m bench data fetch fashion_mnist\n"
    assert "--stop-after 00:09:00" in said[0]


@pytest.mark.slow
def test_a_run_without_time_takes_nothing_and_the_next_goes_on(
    workplace: Workplace, uninterrupted: dict[tuple[str, int], Row]
) -> None:
    _, err = workplace.train("--stop-after", "00:00:00")
    assert "no more work is taken, to be done within 00:00:00" in err
    assert workplace.rows() == {}
    _, err = workplace.train("--stop-after", "01:00:00")
    assert "no more work" not in err
    assert workplace.rows() == uninterrupted


def test_a_run_takes_no_stack_that_would_end_too_late(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a clock that is read 10 s later each time: from 10 s, to 60 s; the first stack is done at 40 s, after 10 s."""
    monkeypatch.setattr(deadline, "time", SimpleNamespace(monotonic=itertools.count(10, 10).__next__))
    _, err = workplace.train("--stop-after", "00:00:50")
    assert "no more work is taken" in err
    assert len(workplace.rows()) == 3


def test_a_run_that_adds_seeds_until_all_is_decided_stops_in_time_too(workplace: Workplace) -> None:
    _, err = workplace.train("--until", "decided", "--stop-after", "00:00:00")
    assert "no more work is taken" in err
    assert "after 3 seeds" not in err
