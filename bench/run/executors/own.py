"""Own training code: a process for each trial, with its cores, its share of a GPU and its limit of time."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.reduction import send_handle
from pathlib import Path
from typing import Any, Self

from bench import schema
from bench.base.cores import physical_cores
from bench.data import data_root
from bench.engines.own.child import THREADS
from bench.engines.own.job import Answer, Job
from bench.engines.own.server import Ended, Kill, Start, Started, fresh
from bench.record import rows, unfinished
from bench.record.experiment import Experiment
from bench.record.trials import Stack, Trial
from bench.run.executors import EpochDone, Event, Executor, NextStack, StackDone
from bench.run.worker import Result
from bench.schema.characters import escaped

TAIL_OF_LOG, MOST_OF_LOG, KEPT_OF_LOG = 2_000, 16 << 20, 1 << 20
"""Bytes: of the output that an error shows; at which a log is cut; that are then kept."""
STOP_SECONDS = 5
SINGLE = dict.fromkeys(THREADS, "1")


@dataclass(frozen=True)
class Slot:
    """What a trial runs on."""

    cores: tuple[int, ...]
    visible: str | None
    devices: tuple[str, ...]


@dataclass
class _Busy:
    """A trial in training."""

    stack: Stack
    slot: Slot
    pipe: Connection
    pid: int
    log: Path
    began: rows.Beginning
    deadline: float | None
    answer: Answer | None = None
    timed_out: bool = False

    @property
    def trial(self) -> Trial:
        """The one of its stack."""
        return self.stack.trials[0]


def executor(folder: Path) -> Executor:
    """Return the executor of own training code whose results are in `folder`."""

    def run(next_stack: NextStack, workers: int) -> Generator[list[Event]]:
        stack = next_stack()
        if stack is None:
            return
        experiment = experiment_of(stack.trials[0])
        free = slots(experiment, stack.trials[0].device, workers)
        busy: list[_Busy] = []
        with Server(experiment) as server:
            while stack is not None or busy:
                while stack is not None and free:
                    busy.append(server.start(stack, free.pop(0), folder))
                    stack = next_stack()
                events = list(server.happened(busy))
                for each in events:
                    if isinstance(each, StackDone):
                        done = next(one for one in busy if one.stack is each.stack)
                        busy.remove(done)
                        free.append(done.slot)
                        if stack is not None:  # it trains while the results of the last one are written
                            busy.append(server.start(stack, free.pop(0), folder))
                            stack = next_stack()
                yield events
                if stack is None and free:
                    stack = next_stack()

    return run


def experiment_of(trial: Trial) -> Experiment:
    """Return the training code of a trial."""
    assert isinstance(trial.recipe, Experiment)
    return trial.recipe


def slots(experiment: Experiment, device: str, workers: int) -> list[Slot]:
    """Return what trials run on at the same time: at most `workers` cores, and the GPUs' shares."""
    cores = physical_cores()
    cpus = min(experiment.cpus, len(cores))
    number = max(1, min(workers, len(cores)) // cpus)
    places = [tuple(cores[(index * cpus + each) % len(cores)] for each in range(cpus)) for index in range(number)]
    if device != "cuda":
        return [Slot(place, None, ("cpu",)) for place in places]
    shares = _shares(experiment.accelerators, _gpus())
    return [
        Slot(places[index % number], ",".join(gpus), tuple(f"cuda:{each}" for each in range(len(gpus))))
        for index, gpus in enumerate(shares)
        if index < number
    ]


def _shares(share: float, gpus: list[str]) -> list[list[str]]:
    """Return which GPUs each of the trials that run at the same time sees."""
    if share <= 1:
        return [[gpu] for _ in range(int(1 / share + 1e-9)) for gpu in gpus]
    whole = int(share)
    return [gpus[start : start + whole] for start in range(0, len(gpus) - whole + 1, whole)]


def _gpus() -> list[str]:
    """Return the names of the GPUs as ``CUDA_VISIBLE_DEVICES`` has them."""
    import torch  # noqa: PLC0415 - where there is no GPU it is not needed

    visible = os.environ.get("CUDA_VISIBLE_DEVICES", "")
    return visible.split(",") if visible else [str(index) for index in range(torch.cuda.device_count())]


def environment() -> dict[str, str]:
    """Return the environment of trials."""
    data = str(data_root().resolve())  # trials run in the study's folder, where a relative path is another one
    return os.environ | SINGLE | {"PYTHONHASHSEED": "0", "BENCH_DATA": data}


class Server:
    """The process that trials are forked from, and what it tells."""

    def __init__(self, experiment: Experiment) -> None:
        self.experiment = experiment
        self.ended: dict[int, int] = {}

    def __enter__(self) -> Self:
        ours, theirs = socket.socketpair()
        command = fresh(f"from bench.engines.own.server import main; main({theirs.fileno()})")
        with theirs:
            self.process = subprocess.Popen(
                command, pass_fds=[theirs.fileno()], env=environment(), stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        self.control = Connection(ours.detach())
        self.control.send(self.experiment)
        if not self.control.recv():
            print(
                f"note: {self.experiment.name} starts threads, or the GPU, when it is imported: each trial imports it "
                "again, which takes longer",
                file=sys.stderr,
            )
        return self

    def __exit__(self, *_: object) -> None:
        self.control.close()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def start(self, stack: Stack, slot: Slot, folder: Path) -> _Busy:
        """Start a trial."""
        trial, experiment = stack.trials[0], experiment_of(stack.trials[0])
        log = folder / schema.LOGS_FOLDER / f"{trial.trial_id}.log"
        ours, theirs = socket.socketpair()
        with theirs:
            self.control.send(Start(slot.cores, log, slot.visible is not None))
            send_handle(self.control, theirs.fileno(), None)
        pid = self._told_pid()
        pipe = Connection(ours.detach())
        seeds = trial.seeds
        pipe.send(
            Job(experiment, trial.seed, (seeds.init, seeds.order, seeds.mask), slot.devices, slot.visible,
                unfinished.folder_of(folder, trial.trial_id))
        )  # fmt: skip
        deadline = None if experiment.time_limit is None else time.monotonic() + experiment.time_limit
        return _Busy(stack, slot, pipe, pid, log, rows.Beginning(), deadline)

    def _told_pid(self) -> int:
        while not isinstance(told := self.control.recv(), Started):
            self.ended[told.pid] = told.code
        return told.pid

    def happened(self, busy: list[_Busy]) -> Generator[Event]:
        """Wait until something happens, and yield it: epochs, and trials that are done with their process gone."""
        talking = [each for each in busy if not each.pipe.closed]
        ready = wait([self.control, *(each.pipe for each in talking)], self._patience(busy))
        if self.control in ready:
            self._hear()
        for each in talking:
            if each.pipe in ready:
                yield from self._listen(each)
        for each in list(busy):
            _cut(each.log, MOST_OF_LOG)
            if each.deadline is not None and time.monotonic() > each.deadline and not each.timed_out:
                each.timed_out = True
                self.control.send(Kill(each.pid))
            if each.pid in self.ended:
                yield from self._listen(each)
                yield StackDone(each.stack, [_result(each, self.ended.pop(each.pid))])

    @staticmethod
    def _patience(busy: list[_Busy]) -> float:
        deadlines = [each.deadline - time.monotonic() for each in busy if each.deadline and not each.timed_out]
        return max(0.0, min([1.0, *deadlines]))

    def _hear(self) -> None:
        try:
            told: Ended = self.control.recv()
        except (EOFError, OSError) as error:
            raise RuntimeError("the process that trials are forked from has ended") from error
        self.ended[told.pid] = told.code

    @staticmethod
    def _listen(each: _Busy) -> Generator[Event]:
        """Take in what a trial has sent."""
        try:
            while not each.pipe.closed and each.pipe.poll():
                sent: Any = each.pipe.recv()
                if isinstance(sent, Answer):
                    each.answer = sent
                else:
                    yield EpochDone(each.stack)
        except (EOFError, OSError):
            each.pipe.close()


def _cut(log: Path, most: int) -> None:
    """Keep the end of a log that has grown beyond `most` bytes."""
    with contextlib.suppress(OSError):
        if log.stat().st_size > most:
            with log.open("rb+") as file:
                file.seek(-KEPT_OF_LOG, os.SEEK_END)
                kept = file.read()
                file.truncate(0)
                file.seek(0)
                file.write(kept)


def _result(each: _Busy, code: int) -> Result:
    """Return the row and the curve of a trial whose process has ended."""
    _cut(each.log, KEPT_OF_LOG)
    execution = rows.executed(1, each.began)
    answer = each.answer
    if each.timed_out and answer is None:
        answer = Answer(error=f"timed out: more than {experiment_of(each.trial).time_limit:g} s")
    if answer is None:
        how = f"ended with exit code {code}" if code >= 0 else f"was ended by signal {-code}"
        answer = Answer(error=f"the trial's process {how} before it gave a result")
    for warning in answer.warnings:
        said = f"warning: {each.trial.condition.label}, seed {each.trial.seed}: {warning}"
        print(escaped(said, but="\n"), file=sys.stderr)
    if answer.error is not None:
        return Result(each.trial, execution | {"error": answer.error + _tail(each.log)}, [])
    return Result(each.trial, execution | answer.row, answer.curve)


def _tail(log: Path) -> str:
    """Return the end of what was printed."""
    try:
        content = log.read_bytes()[-TAIL_OF_LOG:].decode("utf-8", "replace").strip()
    except OSError:
        return ""
    return f"\n{content}" if content else ""
