"""A contestant's processes as the race sees them: started once, then told to train, one epoch a lap."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from bench.assurance.race import Contestant, Form
from bench.assurance.race.task import Share, Task

THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS")
LOG_LINES = 12


class TeamError(Exception):
    """A process of the contestant ended; the message is the end of what it said."""


@dataclass(frozen=True)
class Lap:
    """One epoch of every trial of a team."""

    seconds: float
    """Time of the slowest process: starting, compiling and reading data are not in it."""
    losses: list[float]
    """Running loss, nats per sample, of each trial that does the race's task."""


class Team:
    """The processes of `contestant` in one `form` on `cores`: `start` them, and `close` them."""

    def __init__(self, contestant: Contestant, form: Form, cores: list[int]) -> None:
        self.contestant, self.form = contestant, form
        self.places = [[core] for core in cores] if form.per_core else [cores]
        self._processes: list[subprocess.Popen[str]] = []
        self._logs: list[IO[bytes]] = []

    @property
    def trials(self) -> int:
        """Networks trained in a lap."""
        return len(self.places) * self.form.trials

    def layout(self) -> dict[str, int]:
        """Return how many processes there are, and how many threads and trials each has."""
        return {"processes": len(self.places), "threads": len(self.places[0]), "trials": self.form.trials}

    @property
    def pids(self) -> list[int]:
        """Process ids."""
        return [process.pid for process in self._processes]

    def start(self, task: Task, folder: Path) -> None:
        """Start every process and wait until each has imported and read what it needs; raise TeamError."""
        for index, cores in enumerate(self.places):
            share = Share(self.form.trials, 1 + 1000 * index, len(cores), folder)
            order = {"start": self.contestant.start, "cores": cores, "task": asdict(task), "share": asdict(share)}
            log = (folder / f"{self.contestant.name}-{index}.log").open("w+b")
            self._logs.append(log)
            self._processes.append(
                subprocess.Popen(
                    [sys.executable, "-m", "bench.assurance.race.serve", json.dumps(order, default=str)],
                    env=os.environ | dict.fromkeys(THREADS, str(len(cores))),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    text=True,
                )
            )
        self._answers()

    def lap(self) -> Lap:
        """Train one epoch in every process at the same time; raise TeamError."""
        for process in self._processes:
            assert process.stdin is not None
            try:
                process.stdin.write("epoch\n")
                process.stdin.flush()
            except BrokenPipeError:
                pass  # its answer is missing, and says why
        answers = self._answers()
        return Lap(max(each["seconds"] for each in answers), [loss for each in answers for loss in each["losses"]])

    def close(self) -> None:
        """End every process."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.communicate()
        for log in self._logs:
            log.close()

    def _answers(self) -> list[dict[str, Any]]:
        answers = []
        for process, log in zip(self._processes, self._logs, strict=True):
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line:
                process.wait()
                log.seek(0)
                said = log.read().decode(errors="replace").strip().splitlines()[-LOG_LINES:]
                raise TeamError("\n".join(said) or f"it ended with exit code {process.returncode} and printed nothing")
            answers.append(json.loads(line))
        return answers
