"""What a node does with a stack, as one task of Ray: it says where it is, how far it is, and what came of it."""

from __future__ import annotations

import io
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import redirect_stderr
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import ray

from bench import schema
from bench.base.precision import Target
from bench.base.threads import single_thread
from bench.record import code_hash, unfinished
from bench.record.experiment import Experiment
from bench.record.rows import Row
from bench.record.trials import FUSED, Stack
from bench.run.executors import StackDone
from bench.run.executors.on_ray.kinds import Kind, kind_of
from bench.run.executors.on_ray.shipment import Shipment, Unpacked, unpack
from bench.run.executors.own import Server, Slot, experiment_of
from bench.run.provenance import environment
from bench.run.trust import untrusted, widest
from bench.run.worker import Result, load_split, perform
from bench.schema.documents import content_hash

EPOCH_SECONDS = 0.25
"""Epochs are told of at most this often."""


@dataclass(frozen=True)
class Order:
    """A stack for a node.

    Parameters
    ----------
    stack : Stack
    kind : Kind or None
        Only a node of this kind may train it.
    shipment : tuple of reference
        Nested, so that only a process that lacks it gets it.
    self_tests : mapping of str to dict
        Those known of this run, by machine and engine.
    """

    stack: Stack
    kind: Kind | None
    token: str
    shipment: tuple[Any]
    self_tests: dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Began:
    """A process has the stack: on which node, of which kind. It ends there where another kind is wanted."""

    node: str
    kind: Kind
    machine_id: str
    environment: dict[str, Any]


@dataclass(frozen=True)
class Finished:
    """Row and curve of each trial, what was printed as a warning, and the log of an own trial."""

    results: list[tuple[Row, list[Row]]]
    warnings: str = ""
    log: bytes | None = None


Message = Began | int | Finished
"""An int is a number of epochs."""


def work(order: Order) -> Generator[Message]:
    """Train a stack on this node, unless the node is of another kind than it must be, or cannot be trusted."""
    stack, target = order.stack, order.stack.trials[0].target
    single_thread()
    unpacked = _unpacked(order)
    machine = _machine(target)
    kind, machine_id = kind_of(machine), content_hash([order.token, machine, stack.trials[0].engine])
    if order.kind is not None and order.kind != kind:
        yield Began(_node(), kind, machine_id, {})
        return
    if machine_id in order.self_tests:
        _self_tests[machine_id] = order.self_tests[machine_id]
    elif machine_id not in _self_tests:
        _self_tests[machine_id] = _self_test(unpacked.shipment, stack)
    found = _self_tests[machine_id]
    made_with = machine | {"git": unpacked.shipment.git, "self_test": found}
    if why := untrusted(made_with):
        raise RuntimeError(*why.values())
    yield Began(_node(), kind, machine_id, made_with)
    own = isinstance(stack.trials[0].recipe, Experiment)
    yield from _own(stack, unpacked) if own else _networks(stack, widest(made_with).get(str(target)))


_self_tests: dict[str, dict[str, Any]] = {}
"""What this process knows of itself."""


def _networks(stack: Stack, most: int | None) -> Iterator[Message]:
    """Train a stack of networks in a thread of its own, and tell of its epochs; at most `most` networks at once."""
    size = most or len(stack.trials)
    parts = [Stack(stack.trials[start : start + size]) for start in range(0, len(stack.trials), size)]
    told: SimpleQueue[Result | BaseException | list[Result] | None] = SimpleQueue()

    def train() -> None:
        single_thread()
        try:
            told.put([each for part in parts for each in perform(part, lambda: told.put(None))])
        except BaseException as error:  # noqa: BLE001 - it is raised again, where it can be seen
            told.put(error)

    threading.Thread(target=train, daemon=True).start()
    yield from _told(told.get, len(parts))


def _told(get: Callable[..., Any], parts: int) -> Iterator[Message]:
    """Tell of epochs, now and then, until there are results: an epoch is one of every part."""
    epochs = told = 0
    last = time.monotonic()
    while True:
        try:
            said = get(timeout=EPOCH_SECONDS)
        except Empty:
            said = ()
        if isinstance(said, BaseException):
            raise said
        epochs += said is None
        is_time = time.monotonic() - last >= EPOCH_SECONDS or isinstance(said, list)
        if is_time and (more := epochs // parts - told):
            told, last = told + more, time.monotonic()
            yield more
        if isinstance(said, list):
            yield Finished([(each.row, each.curve) for each in said])
            return


_servers: dict[str, Server] = {}
"""The process that this one's own trials are forked from, by training code: it is used again."""


def _own(stack: Stack, unpacked: Unpacked) -> Iterator[Message]:
    """Train an own trial in a process of its own."""
    trial = stack.trials[0]
    experiment = experiment_of(trial)
    experiment = replace(experiment, folder=unpacked.code or experiment.folder)
    stack = Stack((replace(trial, recipe=experiment),))
    key = f"{experiment.folder} {experiment.name} {experiment.files_hash}"
    with redirect_stderr(io.StringIO()) as warnings:
        if key not in _servers:
            _servers[key] = Server(experiment).__enter__()
        busy = [_servers[key].start(stack, _slot(trial.target), unpacked.results)]
        results: list[Result] = []
        while not results:
            for event in _servers[key].happened(busy):
                if isinstance(event, StackDone):
                    results = event.results
                else:
                    yield 1
    log = None
    if not unpacked.is_shared:
        path = unpacked.results / schema.LOGS_FOLDER / f"{trial.trial_id}.log"
        log = path.read_bytes() if path.exists() else None
        if "error" not in results[0].row:
            shutil.rmtree(unfinished.folder_of(unpacked.results, trial.trial_id), ignore_errors=True)
    yield Finished([(each.row, each.curve) for each in results], warnings.getvalue(), log)


def _slot(target: Target) -> Slot:
    """Return what Ray gave this task: cores of its choice, and GPUs."""
    if target.device != "cuda":
        return Slot((), None, ("cpu",))
    visible = os.environ.get("CUDA_VISIBLE_DEVICES", "")
    return Slot((), visible, tuple(f"cuda:{each}" for each in range(len(visible.split(",")))))


_taken_in: dict[str, Unpacked] = {}


def _unpacked(order: Order) -> Unpacked:
    """Return the shipment; a process takes it in once."""
    if order.token not in _taken_in:
        # Ray puts the folder of the runner's script on the path, which is that of this package.
        sys.path[:] = [each for each in sys.path if Path(each) != code_hash.ROOT]
        load_split.cache_clear()  # another run may have had other data by this name
        recipe = order.stack.trials[0].recipe
        experiment = recipe if isinstance(recipe, Experiment) else None
        _taken_in[order.token] = unpack(ray.get(order.shipment[0]), _job_folder(), ray.get, experiment)
    return _taken_in[order.token]


def _job_folder() -> Path:
    """Return a folder of this job in that of the Ray session, which goes with it."""
    nodes = {each["NodeID"]: each for each in ray.nodes()}
    session = Path(nodes[_node()]["ObjectStoreSocketName"]).parents[1]
    return session / "bench" / ray.get_runtime_context().get_job_id()


@cache
def _machine(target: Target) -> dict[str, Any]:
    """Return the provenance of this machine, without the self-test."""
    return environment([target], [])


def _self_test(shipment: Shipment, stack: Stack) -> dict[str, Any]:
    """Return the self-test of this machine, on what the stack is for."""
    trial = stack.trials[0]
    return environment([trial.target], shipment.recipes, {trial.target} if trial.engine == FUSED else ())["self_test"]


def _node() -> str:
    return ray.get_runtime_context().get_node_id()
