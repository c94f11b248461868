"""Stacks as tasks of Ray: sent to nodes, watched, and sent again where a process or a node is lost."""

from __future__ import annotations

import secrets
import sys
import time
from collections import deque
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ray
from ray.exceptions import NodeDiedError, TaskUnschedulableError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from bench import schema
from bench.base.files import write_atomically
from bench.record import unfinished
from bench.record.rows import Beginning
from bench.record.trials import Stack
from bench.run.executors import EpochDone, Event, NextStack, PutBack, StackDone
from bench.run.executors.on_ray.kinds import Place, Places, needs, room
from bench.run.executors.on_ray.shipment import pack, token_folder
from bench.run.executors.on_ray.task import Began, Finished, Message, Order, work
from bench.run.worker import Result, failure
from bench.schema.characters import escaped
from bench.study.study import Study

PUT_BACK = 3
"""How often a stack whose process or node is lost is trained again; lost once more, it has failed."""
TASKS_A_SLOT = 2
"""Stacks in flight for each that can be trained at once, so that none waits for rows to be written."""
NOTE = 160
"""Characters of the line that says so."""
LOOK_SECONDS = 1.0
"""Time between looks at the cluster's nodes."""
KIND_SECONDS = 60.0
"""How long a stack waits for a node of its kind to come back, once none is left."""


class LostError(Exception):
    """Processes or nodes were lost while they trained a stack."""


@dataclass
class _Work:
    """A stack that is not done: what happened to it so far."""

    stack: Stack
    lost: int = 0
    homeless_since: float | None = None
    """When the last node of its kind was lost."""
    node: str = ""
    began: Began | None = None
    epochs: int = 0
    since: Beginning = field(default_factory=Beginning)


class Cluster:
    """Ray as one run uses it.

    Parameters
    ----------
    study : Study
    results : Path
        Its results folder.
    most : int or None
        Stacks in flight at most, whatever room there is.
    """

    def __init__(self, study: Study, results: Path, most: int | None) -> None:
        self.study, self.results, self.most = study, results, most
        self.token = secrets.token_hex(8)
        self.reference: Any = None
        """What nodes need, as a reference to the object store; None before the first stack is sent."""
        self.places = Places()
        self.lost: deque[_Work] = deque()
        """Stacks to train again, after all others: one that takes its process or node down with it holds up none."""
        self.self_tests: dict[str, dict[str, Any]] = {}
        self.shown: set[str] = set()
        self.nodes: dict[str, dict[str, float]] = {}
        self.looked = 0.0

    def run(self, next_stack: NextStack, workers: int) -> Generator[list[Event]]:
        """Yield what happens; closing the generator cancels what is in training."""
        del workers  # the cluster has as many as it has, and may grow
        if self.reference is None:
            token_folder(self.results, self.token).mkdir(parents=True)
            self.reference = ray.put(pack(self.study, self.results, self.token, ray.put))
        flights: dict[Any, _Work] = {}
        waiting: list[_Work] = []
        self.lost.clear()
        left = True
        try:
            while True:
                self._look()
                while len(flights) + len(waiting) < self._most_in_flight([*flights.values(), *waiting]):
                    stack = next_stack() if left else None
                    left = stack is not None
                    if stack is None and not self.lost:
                        break
                    waiting.append(_Work(stack) if stack is not None else self.lost.popleft())
                waiting = [each for each in waiting if not self._send(each, flights)]
                if not flights and not waiting:
                    return
                yield [event for task in _spoke(flights) for event in self._hear(task, flights, waiting)]
        finally:
            for task in flights:
                ray.cancel(task, force=True)

    def close(self) -> None:
        """Remove what nodes knew the results folder by."""
        unfinished.forget(self.results, [token_folder(self.results, self.token).name])

    def _look(self) -> None:
        """Note which nodes there are, and what each has."""
        if time.monotonic() - self.looked >= LOOK_SECONDS:
            self.nodes = {each["NodeID"]: each["Resources"] for each in ray.nodes() if each["Alive"]}
            self.looked = time.monotonic()

    def _most_in_flight(self, works: list[_Work]) -> int:
        if self.most is not None:
            return self.most
        if not works:
            return 1  # its trials say how much room one takes
        cpus, gpus = needs(works[0].stack)
        return max(TASKS_A_SLOT, TASKS_A_SLOT * sum(room(each, cpus, gpus) for each in self.nodes.values()))

    def _send(self, each: _Work, flights: dict[Any, _Work]) -> bool:
        """Send a stack to where it may be trained; return False where it has to wait."""
        cpus, gpus = needs(each.stack)
        nodes = {node for node, has in self.nodes.items() if room(has, cpus, gpus)}
        place = self.places.place(each.stack, nodes)
        if place is None:
            self._mind_the_homeless(each, nodes)
            return False
        options: dict[str, Any] = {"num_cpus": cpus, "num_gpus": gpus, "num_returns": "streaming", "max_retries": 0}
        each.node, each.began, each.homeless_since = self._least_busy(place, flights), None, None
        if each.node:
            options["scheduling_strategy"] = NodeAffinitySchedulingStrategy(each.node, soft=False)
        order = Order(each.stack, place.kind, self.token, (self.reference,), self.self_tests)
        flights[_task.options(**options).remote(order)] = each
        return True

    def _least_busy(self, place: Place, flights: dict[Any, _Work]) -> str:
        """Return the node of a place with the fewest stacks for its size; none where it may be any."""
        sent = [each.node for each in flights.values()]
        return min(
            place.nodes, key=lambda node: (sent.count(node) + 1) / max(1.0, self.nodes[node].get("CPU", 0)), default=""
        )

    def _mind_the_homeless(self, each: _Work, nodes: set[str]) -> None:
        """Let a stack go elsewhere when no node of its kind has come back for a while."""
        if not nodes or (kind := self.places.lost(each.stack, nodes)) is None:
            each.homeless_since = None
            return
        each.homeless_since = each.homeless_since or time.monotonic()
        if time.monotonic() - each.homeless_since > KIND_SECONDS:
            self.places.unpin(each.stack)
            self._show(
                f"warning: seed {each.stack.trials[0].seed}: trials of it were trained on {kind.name}, of which no node"
                " is left: the rest of it is trained on another kind, and its pairs are of two kinds"
            )

    def _hear(self, task: Any, flights: dict[Any, _Work], waiting: list[_Work]) -> Iterator[Event]:
        """Take in what a task has sent."""
        each = flights[task]
        try:
            said: Message = ray.get(next(task))
        except StopIteration:  # it gave the stack back
            del flights[task]
            waiting.append(each)
        except Exception as error:  # noqa: BLE001 - whatever becomes of a task, its stack is accounted for
            del flights[task]
            self.places.ended(each.stack)
            yield self._put_back(each, error)
        else:
            if isinstance(said, Began):
                self._began(each, said)
            elif isinstance(said, Finished):
                del flights[task]
                yield self._done(each, said)
            else:
                each.epochs += said
                yield from [EpochDone(each.stack)] * said

    def _began(self, each: _Work, began: Began) -> None:
        self.places.began(each.stack, began.node, began.kind)
        each.began, each.epochs, each.since = began, 0, Beginning()
        if began.environment:
            self.self_tests[began.machine_id] = began.environment["self_test"]

    def _done(self, each: _Work, finished: Finished) -> StackDone:
        for line in finished.warnings.splitlines():
            self._show(line)
        if finished.log is not None:
            log = self.results / schema.LOGS_FOLDER / f"{each.stack.trials[0].trial_id}.log"
            write_atomically(log, finished.log)
        trials = zip(each.stack.trials, finished.results, strict=True)
        results = [Result(trial, row, curve) for trial, (row, curve) in trials]
        return StackDone(each.stack, results, each.began.environment if each.began else None)

    def _put_back(self, each: _Work, error: Exception) -> Event:
        """Put back a stack whose process or node is lost, or let it have failed when that was too often."""
        never_sent = each.began is None and isinstance(error, TaskUnschedulableError | NodeDiedError)
        each.lost += not never_sent
        cause = f"{type(error).__name__}: {escaped(' '.join(str(error).split())[:300])}"
        if each.lost <= PUT_BACK:
            number = len(each.stack.trials)
            note = f"note: {number} trials are put back ({each.lost} of {PUT_BACK} times): {cause}"
            print(note[:NOTE], file=sys.stderr)
            self.lost.append(each)
            return PutBack(each.stack)
        lost = LostError(f"the process or node that trained it was lost {each.lost} times; the last time {cause}")
        return StackDone(each.stack, failure(each.stack, lost, each.since))

    def _show(self, line: str) -> None:
        if line not in self.shown:
            self.shown.add(line)
            print(line, file=sys.stderr)


def _spoke(flights: dict[Any, _Work]) -> list[Any]:
    """Return the tasks that have something to say, once some have or the cluster is to be looked at again."""
    if not flights:
        time.sleep(LOOK_SECONDS / 10)
        return []
    ready, _ = ray.wait(list(flights), timeout=LOOK_SECONDS)
    if ready:
        ready, _ = ray.wait(list(flights), num_returns=len(flights), timeout=0)
    return ready


_task = ray.remote(max_calls=0)(work)
