"""What a slot left: pytest-benchmark's JSON, checked to be of the slot's own sources."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from analysis.tables.pairing import pair
from bench.assurance.gate.checkouts import BASE, HEAD, Trees
from bench.assurance.gate.errors import GateFault
from bench.assurance.gate.refs import git
from bench.assurance.gate.slots import Slot, tail, told


def typical(seconds: Sequence[float]) -> float:
    """Return a slot's log time of a benchmark: the mean log of its calls.

    Half of a side's calls are on either core. A mean weighs both cores alike, so that a slow core cancels between the
    sides; a least time or a median comes from either core by chance. Seven A/A rounds on a busy two-core machine,
    standard deviation of the log ratio by this, by the median and by the least: training step 0.053, 0.067, 0.071;
    evaluation 0.047, 0.104, 0.152; draws 0.067, 0.108, 0.189; comparison 0.119, 0.172, 0.155; products 0.076, 0.099,
    0.073; set-up 0.118, 0.291, 0.053, so the least was steadier there. Too few rounds to rank them for certain.
    The logarithm keeps one interrupted call from deciding the slot.
    """
    return float(np.log(seconds).mean())


@dataclass(frozen=True)
class Record:
    """Log seconds of each benchmark that ran, under its test id, and why the others did not."""

    side: str
    log_seconds: dict[str, float]
    failures: dict[str, str]


@dataclass(frozen=True)
class Block:
    """Rounds that were measured together: log seconds `[rounds]` of each side, by test id."""

    head: dict[str, np.ndarray]
    base: dict[str, np.ndarray]
    failures: dict[str, str]
    """Failures of the base: test id or file -> why."""

    @property
    def shared(self) -> list[str]:
        """The benchmarks that both sides have, in order."""
        return [name for name in self.head if name in self.base]

    def why_new(self, benchmark: str) -> str:
        """Return why the base has no such benchmark."""
        file, _, name = benchmark.partition("::")
        reasons = [why for where, why in self.failures.items() if where == name or file.endswith(where)]
        return reasons[0] if reasons else "the base did not run it"


def read(slot: Slot, trees: Trees) -> Record:
    """Return what a finished slot measured; raise GateFault where it measured other sources than its own tree's."""
    try:
        content: dict[str, Any] = json.loads(slot.record.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise GateFault(f"{told(slot)} left no record: {error}\n{tail(slot)}") from error
    try:
        check_sources(content, slot, trees)
        return Record(slot.side, log_seconds(content), content["failures"])
    except ValueError as error:
        raise GateFault(f"{told(slot)}: {error}") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise GateFault(f"{told(slot)} left an incomplete record: {error!r}\n{tail(slot)}") from error


def log_seconds(content: dict[str, Any]) -> dict[str, float]:
    """Return the log seconds of each benchmark in pytest-benchmark's JSON; raise ValueError for one of no time."""
    if not all(each["stats"]["min"] > 0 for each in content["benchmarks"]):
        raise ValueError("a benchmark took no time by its clock")
    return {each["fullname"]: typical(each["stats"]["data"]) for each in content["benchmarks"]}


def check_sources(content: dict[str, Any], slot: Slot, trees: Trees) -> None:
    """Assert that each module of the project came from the slot's own tree, and that tree from its own commit."""
    tree = trees.sides[slot.side]
    imported = content.get("imported", {})
    strays = {name: file for name, file in imported.items() if not Path(file).resolve().is_relative_to(tree)}
    if content.get("side") != slot.side:
        raise GateFault(f"{told(slot)}: the record calls its side {content.get('side')!r}")
    if strays or "bench" not in imported:
        wrong = ", ".join(f"{name} from {file}" for name, file in strays.items()) or "no module of bench at all"
        raise GateFault(f"{told(slot)} did not measure its own tree {tree}: it imported {wrong}")
    commit = git(tree, "rev-parse", "HEAD")
    if commit != trees.commits[slot.side] or git(tree, "status", "--porcelain", "--untracked-files=no"):
        raise GateFault(f"{tree} is at {commit} or was changed; {trees.commits[slot.side]} as committed was expected")
    content |= {"commit": commit, "tree": str(tree)}
    slot.record.write_text(json.dumps(content), encoding="utf-8")


def timed(measured: Block) -> Block:
    """Return a block that a clock measured; raise GateFault where a benchmark has one ratio in all rounds."""
    for name in measured.shared:
        head, base = measured.head[name], measured.base[name]
        if not pair(("head", "base"), range(len(head)), head, base).varies:
            raise GateFault(f"{name}: {len(head)} rounds with one and the same ratio: no clock does that")
    return measured


def block(rounds: Sequence[Sequence[Record]]) -> Block:
    """Put the rounds together; raise GateFault where a benchmark ran in some slots of a side and not in others."""
    by_side = {side: [record for each in rounds for record in each if record.side == side] for side in (HEAD, BASE)}
    logs: dict[str, dict[str, np.ndarray]] = {}
    for side, records in by_side.items():
        names = dict.fromkeys(name for record in records for name in record.log_seconds)
        for name in names:
            ran = sum(name in record.log_seconds for record in records)
            if ran < len(records):
                raise GateFault(f"{name} ran in {ran} of {len(records)} slots of {side}: it fails by chance")
        logs[side] = {name: np.array([record.log_seconds[name] for record in records]) for name in names}
    failures = {where: why for record in by_side[BASE] for where, why in record.failures.items()}
    return Block(logs[HEAD], logs[BASE], failures)
