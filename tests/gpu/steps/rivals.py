"""This engine beside JAX ``jit(vmap(scan))`` and torch.func.vmap under a CUDA graph: one card, interleaved blocks.

A slot is a whole training epoch of a stack; starting, compiling and evaluation are not in it. All are checked to do the
same task: running losses of two epochs within the band of the book's code with dropout, which excludes it without.
"""

from __future__ import annotations

import os
import statistics
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from bench.assurance.race import Contestant, Form
from bench.assurance.race.reference_arm import reference_losses
from bench.assurance.race.standings import band, median_interval, ratio_interval, same_task
from bench.assurance.race.task import IMAGES, LABELS, Task
from bench.assurance.race.team import Team, TeamError
from tests.gpu import book
from tests.gpu.note import Note, SkipError, WrongError

OURS = "fused"
NEEDS = {OURS: "triton", "jax": "jax", "vmap": "torch"}
TITLES = {OURS: "this engine", "jax": "JAX jit(vmap(scan))", "vmap": "torch.func.vmap under a CUDA graph"}
MODULES = {OURS: "fused", "jax": "jax_scan", "vmap": "torch_vmap"}
STACK, TINY_STACK = 264, 2
BLOCKS, TINY_BLOCKS = 5, 2
CHECK_EPOCHS = 2
REFERENCE_RUNS, DRY_RUNS = 10, 4
EPOCHS = 10
SEED = 5


@dataclass
class Racer:
    """A contestant that has started, and what its check found."""

    name: str
    team: Team
    is_same: bool
    is_lost: bool = False
    """Its process ended."""


def take(note: Note) -> None:
    setting = book.setting(note.rehearsal)
    precisions = ("float32",) if note.rehearsal else book.PRECISIONS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        task = publish(setting, folder)
        reference = references(task, folder, note)
        took = 0.0
        for precision in precisions:
            if note.time_left() < took:
                note.add("left_out", {"precision": precision})
                continue
            before = note.time_left()
            race(precision, task, folder, reference, note)
            took = before - note.time_left()
    verdict(note.found, note.rehearsal)


def publish(setting: book.Setting, folder: Path) -> Task:
    """Write the images where every contestant reads them; return the task."""
    split = book.split(setting, "cpu", test_size=1)
    np.save(folder / IMAGES, split.train_images.numpy())
    np.save(folder / LABELS, split.train_labels.numpy())
    sizes = (split.train_images.shape[1], *setting.hidden, split.classes)
    return Task(book.data_name(), sizes, book.RATES[0], setting.train_size, setting.batch_size, 0.5)


def references(task: Task, folder: Path, note: Note) -> list[list[float]]:
    """Return the losses of the book's code `[run][epoch]`; keep their band, and that it is none without dropout."""
    runs, dry_runs = (5, 2) if note.rehearsal else (REFERENCE_RUNS, DRY_RUNS)
    losses = reference_losses(task, task.dropout, str(folder), runs, CHECK_EPOCHS, note.device)
    nothing = (0.0,) * len(task.dropout)
    without = reference_losses(task, nothing, str(folder), dry_runs, CHECK_EPOCHS, note.device)
    bands = [band(epoch, 1) for epoch in zip(*losses, strict=True)]
    means = [statistics.fmean(epoch) for epoch in zip(*without, strict=True)]
    excluded = any(not low <= mean <= high for mean, (low, high) in zip(means, bands, strict=True))
    note.put(
        task=asdict(task), reference=losses, without_dropout=without, bands=bands, band_excludes_no_dropout=excluded
    )
    return losses


def race(precision: str, task: Task, folder: Path, reference: list[list[float]], note: Note) -> None:
    """Start everybody, check them, and time them in interleaved blocks; what was measured is kept block by block."""
    stack = TINY_STACK if note.rehearsal else STACK
    with started(precision, task, folder, stack, note) as teams:
        racers = [racer for name, team in teams.items() if (racer := checked(name, precision, team, reference, note))]
        if not racers:
            return
        for block in range(TINY_BLOCKS if note.rehearsal else BLOCKS):
            for place in np.random.default_rng([SEED, block]).permutation(len(racers)):
                racer = racers[place]
                if racer.is_lost:
                    continue
                try:
                    seconds = racer.team.lap().seconds / stack
                except TeamError as error:
                    racer.is_lost = True
                    _lost(racer.name, precision, error, note)
                    continue
                note.add("slots", {"precision": precision, "block": block, "racer": racer.name, "seconds": seconds})
        for racer in racers:
            if not racer.is_lost:
                note.add("standings", standing(racer, precision, note.found["slots"]))


@contextmanager
def started(precision: str, task: Task, folder: Path, stack: int, note: Note) -> Iterator[dict[str, Team]]:
    """Start the processes of everybody whose library is here, all at once; end them."""
    teams: dict[str, Team] = {}
    cores = (
        list(range(os.cpu_count() or 1)) if not hasattr(os, "sched_getaffinity") else sorted(os.sched_getaffinity(0))
    )
    for name, module in MODULES.items():
        if find_spec(NEEDS[name]) is None:
            note.add("absent", {"racer": name, "precision": precision, "why": f"{NEEDS[name]} is not installed"})
            continue
        where = f"tests.gpu.rivals.{module}:start_{precision}"
        form = Form(per_core=False, trials=stack)
        teams[name] = Team(Contestant(f"{name}-{precision}", TITLES[name], where, (NEEDS[name],), (form,)), form, cores)
    try:
        with ThreadPoolExecutor(len(MODULES)) as pool:
            starts = {name: pool.submit(team.start, task, folder) for name, team in teams.items()}
        for name, start in starts.items():
            if error := start.exception():
                _lost(name, precision, error, note)
        yield {name: team for name, team in teams.items() if not starts[name].exception()}
    finally:
        for team in teams.values():
            team.close()


def checked(name: str, precision: str, team: Team, reference: list[list[float]], note: Note) -> Racer | None:
    """Train the epochs of the check, in which everything is compiled; return the racer unless it raised."""
    try:
        laps = [team.lap() for _ in range(CHECK_EPOCHS)]
    except TeamError as error:
        _lost(name, precision, error, note)
        return None
    losses = [list(trial) for trial in zip(*(lap.losses for lap in laps), strict=True)]
    # Networks that share their batches and masks are one run; this engine's have seeds of their own.
    fine, checks = same_task(losses, reference, len(losses) if name == OURS else 1)
    note.add("checks", {"racer": name, "precision": precision, "same_task": fine, "epochs": checks})
    return Racer(name, team, fine)


def standing(racer: Racer, precision: str, slots: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the median of a racer's blocks, and its ratio to this engine's, paired by block."""
    mine, ours = (
        {slot["block"]: slot["seconds"] for slot in slots if slot["racer"] == name and slot["precision"] == precision}
        for name in (racer.name, OURS)
    )
    middle = median_interval(list(mine.values()))
    row = {"racer": racer.name, "title": TITLES[racer.name], "precision": precision, "same_task": racer.is_same}
    row |= {"epoch_seconds_per_trial": vars(middle), "trials_per_second": 1 / (EPOCHS * middle.estimate)}
    both = sorted(mine.keys() & ours.keys())
    if racer.name != OURS and len(both) > 1:
        row["times_ours"] = vars(ratio_interval([mine[b] for b in both], [ours[b] for b in both]))
    return row


def verdict(found: dict[str, Any], rehearsal: bool) -> None:
    """Raise where somebody was lost or did another task, or nobody raced."""
    wrong = [f"{row['racer']} in {row['precision']}: {row['message'][-200:]}" for row in found.get("lost", [])]
    if not wrong and not found.get("standings"):
        raise SkipError("no library of the race is installed")
    checks = found.get("checks", [])
    wrong += [f"{row['racer']} in {row['precision']}: not the same task" for row in checks if not row["same_task"]]
    if not found["band_excludes_no_dropout"] and not rehearsal:  # which trains for a few steps
        wrong.append("the band does not tell dropout from none")
    if wrong:
        raise WrongError("; ".join(wrong))


def _lost(name: str, precision: str, error: BaseException, note: Note) -> None:
    note.add("lost", {"racer": name, "precision": precision, "message": str(error)})
