"""The running of the race: the check that all do the same task, heats, and interleaved timed blocks.

A lap is one whole training epoch of all trials of a contestant; evaluation is excluded for everybody. A contestant's
processes start, compile, warm up and are checked before the first block, and then stay, idle while others run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from bench.assurance.load import Load
from bench.assurance.peak import peak_flops
from bench.assurance.pinned_workers import Lanes
from bench.assurance.race import Contestant
from bench.assurance.race.reference_arm import reference_losses
from bench.assurance.race.standings import ERROR, NOT_INSTALLED, OTHER_TASK, RAN, same_task
from bench.assurance.race.task import Task
from bench.assurance.race.team import Team, TeamError
from bench.base.matrix_products import bound_libraries, calibrate, step_flop

CHECK_EPOCHS = 2
REFERENCE_RUNS = 10
BOUND_STACK = 8
ORDER_SEED = 5

Say = Callable[[str], None]
Record = dict[str, Any]


@dataclass
class Entry:
    """A contestant in the race, what became of it, and its processes while it takes part."""

    contestant: Contestant
    status: str = NOT_INSTALLED
    error: str | None = None
    versions: dict[str, str | None] = field(default_factory=dict)
    heats: list[Record] = field(default_factory=list)
    chosen: Record | None = None
    team: Team | None = None

    def take(self, team: Team, heat: Record) -> None:
        """Let `team` race unless an earlier form was better: does the task, then is faster. Close the other team."""
        self.heats.append(heat)
        if self.chosen is None or _merit(heat) < _merit(self.chosen):
            self.close()
            self.team, self.chosen = team, heat
            self.status = RAN if heat["same_task"] else OTHER_TASK
        else:
            team.close()

    def fail(self, error: TeamError) -> None:
        """Take the contestant out of the race: it raised."""
        self.close()
        self.status, self.error = ERROR, str(error)

    def close(self) -> None:
        """End its processes."""
        if self.team is not None:
            self.team.close()
            self.team = None

    def record(self) -> Record:
        """Return what is kept of it."""
        who = {"name": self.contestant.name, "title": self.contestant.title}
        what = {"status": self.status, "error": self.error, "versions": self.versions, "heats": self.heats}
        chosen = self.chosen or {"form": None, "checks": []}
        return who | what | {"form": chosen["form"], "checks": chosen["checks"]}


class Race:
    """The contestants on the cores of this machine. Use it as a context manager."""

    def __init__(self, task: Task, folder: Path, contestants: list[Contestant], say: Say) -> None:
        self.task, self.folder, self.say = task, folder, say
        self.entries = [Entry(contestant) for contestant in contestants]
        self.lanes = Lanes()
        self.references: dict[str, list[list[float]]] = {}
        self.bound: Record = {}

    def __enter__(self) -> Race:
        self.lanes.__enter__()
        return self

    def __exit__(self, *what: Any) -> None:
        for entry in self.entries:
            entry.close()
        self.lanes.__exit__(*what)

    def prepare(self) -> None:
        """Run the reference, then start, check and place in its best form every contestant."""
        shape = self.task.sizes, self.task.batch_size, BOUND_STACK
        names = {name for lane in self.lanes(bound_libraries, *shape) for name in lane}
        peaks = self.lanes(peak_flops)
        self.bound = {
            "libraries": sorted(names),
            "epoch_flop": step_flop(self.task.sizes, 1) * self.task.train_size,
            "peak_flops": None if None in peaks else min(peaks),
        }
        for entry in self.entries:
            entry.versions = {name: _version(name) for name in entry.contestant.libraries}
            if missing := [name for name, version in entry.versions.items() if version is None]:
                entry.error = f"no distribution {', '.join(missing)}"
                continue
            self.say(f"{entry.contestant.name}: checking")
            reference = self._reference(entry.contestant)
            try:
                self._heats(entry, reference)
            except TeamError as error:
                entry.fail(error)
            self.say(f"{entry.contestant.name}: {entry.status}")

    def blocks(self, count: int) -> list[Record]:
        """Return a slot for each contestant in each block: its seconds an epoch and trial, the bound's, other load."""
        slots = []
        for block in range(count):
            order = np.random.default_rng([ORDER_SEED, block]).permutation(len(self.entries))
            before = self._bound()
            for place in order:
                entry = self.entries[place]
                if entry.team is None:
                    continue
                try:
                    slot = self._slot(entry.team)
                except TeamError as error:
                    entry.fail(error)
                    continue
                after = self._bound()
                where = {"block": block, "contestant": entry.contestant.name}
                slots.append(where | slot | {"bound_seconds": (before + after) / 2})
                before = after
            self.say(f"block {block + 1} of {count} done")
        return slots

    def record(self) -> Record:
        """Return what is kept of the contestants and of the reference they were checked against."""
        return {
            "task": asdict(self.task),
            "cores": self.lanes.cores,
            "order_seed": ORDER_SEED,
            "reference": self.references,
            "bound": self.bound,
            "contestants": [entry.record() for entry in self.entries],
        }

    def _reference(self, contestant: Contestant) -> list[list[float]]:
        """Return the reference's running losses `[run][epoch]` at the rates that the contestant trains with."""
        rates = self.task.dropout if contestant.dropout else (0.0,) * len(self.task.dropout)
        name = "/".join(map(str, rates))
        if name not in self.references:
            runs = -(-REFERENCE_RUNS // len(self.lanes.cores))
            answers = self.lanes(reference_losses, self.task, rates, str(self.folder), runs, CHECK_EPOCHS)
            self.references[name] = [run for lane in answers for run in lane]
        return self.references[name]

    def _heats(self, entry: Entry, reference: list[list[float]]) -> None:
        """Check the contestant in each of its forms; the best stays."""
        for form in entry.contestant.forms:
            team = Team(entry.contestant, form, self.lanes.cores)
            try:
                heat = self._heat(team, reference)
            except TeamError:
                team.close()
                raise
            entry.take(team, heat)

    def _heat(self, team: Team, reference: list[list[float]]) -> Record:
        """Start a team and train the check's epochs; return its losses, and its seconds in the last of them."""
        team.start(self.task, self.folder)
        laps = [team.lap() for _ in range(CHECK_EPOCHS)]
        losses = [list(trial) for trial in zip(*(lap.losses for lap in laps), strict=True)]
        fine, checks = same_task(losses, reference, len(team.places))
        seconds = laps[-1].seconds / team.trials
        return {"form": team.layout(), "seconds": seconds, "same_task": fine, "checks": checks}

    def _slot(self, team: Team) -> Record:
        with Load([*team.pids, *self.lanes.pids]) as load:
            lap = team.lap()
        return {"seconds": lap.seconds / team.trials, "lap_seconds": lap.seconds, "others": load.others}

    def _bound(self) -> float:
        """Return the seconds an epoch and trial that the products take with every core busy at once."""
        lanes = self.lanes(calibrate, self.task.sizes, self.task.batch_size, BOUND_STACK)
        return self.task.train_size / self.task.batch_size / sum(1 / seconds for seconds in lanes)


def _merit(heat: Record) -> tuple[bool, float]:
    return not heat["same_task"], heat["seconds"]


def _version(library: str) -> str | None:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return None
