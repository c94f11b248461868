"""Running the commands in an empty folder: as a user does, in a process of their own, or quickly, in this one."""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from bench import schema
from bench.cli import main
from bench.record.store import Store

STUDY = """
name = "tiny"
[data]
name = "fashion_mnist_sample"
train_size = 512
[model]
hidden = [32, 16]
[training]
epochs = 4
batch_size = 64
learning_rate = 0.1
[trials]
seeds = {seeds}
devices = {devices}
[[conditions]]
label = "none"
[[conditions]]
label = "book"
dropout = [0.2, 0.5]
[[conditions]]
label = "all-dropped"
dropout = 1
stays_at_chance = true
{more}
[analysis]
control = "none"
margin = 0.01
"""

Row = dict[str, Any]

PATIENCE = 600
"""Seconds that a command may take on a machine that does much else."""


@contextmanager
def _heeding_interrupts() -> Iterator[None]:
    """Let children stop at Ctrl-C: a parallel test runner ignores it, and processes hand that on."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class Workplace:
    """An empty folder with a study file, and the commands run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = os.environ | {"BENCH_DATA": str(folder / "data")}

    def study(self, seeds: Any = 3, devices: str = '["cpu"]', more: str = "", old: str = "", new: str = "") -> None:
        text = STUDY.format(seeds=seeds, devices=devices, more=more)
        assert old in text
        (self.folder / "tiny.toml").write_text(text.replace(old, new) if old else text)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a bench command in a session of its own, so that it can be killed with its workers."""
        with _heeding_interrupts():
            return subprocess.Popen(
                [sys.executable, "-m", "bench", *arguments],
                cwd=self.folder,
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )

    def bench(self, *arguments: str, code: int = 0) -> tuple[str, str]:
        """Run a bench command to its end; return (standard output, standard error)."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == code, f"exit code {process.returncode}, {code} was expected\n{out}\n{err}"
        return out, err

    def here(self, *arguments: str, code: int = 0, of: Callable[[list[str]], int] = main) -> tuple[str, str]:
        """Do as `bench`, in this process: for what does not depend on processes, and in a fraction of the time."""
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, chdir(self.folder), redirect_stdout(out), redirect_stderr(err):
            patch.setenv("BENCH_DATA", self.environment["BENCH_DATA"])
            try:
                returned = of(list(arguments))
            except SystemExit as stopped:
                returned = stopped.code
        assert returned == code, f"exit code {returned}, {code} was expected\n{out.getvalue()}\n{err.getvalue()}"
        return out.getvalue(), err.getvalue()

    def train(self, *arguments: str, code: int = 0) -> tuple[str, str]:
        """Run the study in this process."""
        return self.here("run", "tiny.toml", "--executor", "serial", *arguments, code=code)

    def rows(self, folder: str = "results/tiny") -> dict[tuple[str, int], Row]:
        """Return each trial's columns but for those in which two runs may differ, by condition and seed."""
        store = Store(self.folder / folder)
        found: dict[tuple[str, int], Row] = {}
        for trial_id in store.trial_ids():
            row = store.read(trial_id)
            assert row is not None
            key = (row["condition"], row["seed"])
            assert key not in found
            found[key] = {name: value for name, value in row.items() if name not in schema.RUN_DEPENDENT}
        return found

    def files(self) -> dict[str, int]:
        """Return every file here with its time of last change."""
        return {str(path): path.stat().st_mtime_ns for path in self.folder.rglob("*") if path.is_file()}


def wait_for_trials(workplace: Workplace, number: int) -> None:
    """Wait until a run has left that many trials."""
    store, deadline = Store(workplace.folder / "results/tiny"), time.monotonic() + PATIENCE
    while len(store.trial_ids()) < number:
        assert time.monotonic() < deadline, "the run left no trials"
        time.sleep(0.01)


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    made = Workplace(tmp_path)
    made.study()
    return made


@pytest.fixture(scope="session")
def whole_run(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """The study from one run by two workers: to read, and to copy."""
    made = Workplace(tmp_path_factory.mktemp("whole"))
    made.study()
    out, _ = made.bench("run", "tiny.toml", "--workers", "2")
    assert out == "results/tiny\n"
    return made


@pytest.fixture
def uninterrupted(whole_run: Workplace) -> dict[tuple[str, int], Row]:
    """The rows of the study from one run by two workers."""
    return whole_run.rows()


@pytest.fixture
def finished(whole_run: Workplace, workplace: Workplace) -> Workplace:
    """A workplace in which the study has been run."""
    shutil.copytree(whole_run.folder / "results", workplace.folder / "results")
    return workplace
