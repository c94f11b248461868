"""Ray: a study on a cluster of machines. Nothing of it is imported before a run asks for it."""

from __future__ import annotations

import importlib.util
import logging
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext, redirect_stdout
from pathlib import Path
from typing import Any

from bench.base.cores import physical_cores
from bench.base.errors import UsageError
from bench.record import code_hash
from bench.run.executors import Team
from bench.run.executors.on_ray.chatter import Chatter
from bench.study.study import Study

ON_THIS_MACHINE = "local"
CONNECT_SECONDS = 10


@contextmanager
def connected(study: Study, results: Path, workers: int | None, address: str | None) -> Iterator[Team]:
    """Join a cluster, or start one of this machine alone, for as long as the context lasts.

    A connection that the caller has is used, and kept. Raise UsageError where Ray, or the cluster, is not there.
    """
    if importlib.util.find_spec("ray") is None:
        raise UsageError(
            "--executor ray needs Ray, which is not installed: pip install 'regularisation-bench[ray]', or in a clone "
            "pip install -e '.[ray]'"
        )
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    import ray  # noqa: PLC0415 - an extra

    ours = not ray.is_initialized()
    if ours:
        _join(ray, address or os.environ.get("RAY_ADDRESS") or ON_THIS_MACHINE, workers)
    elif address is not None:
        raise UsageError(f"--address {address} was given, but this process is connected to a Ray cluster already")
    from bench.run.executors.on_ray.driver import Cluster  # noqa: PLC0415 - it imports Ray

    # Standard output is the caller's: Ray prints there what becomes of workers and nodes, and the rest at its shutdown.
    with redirect_stdout(Chatter(sys.stderr)) if ours else nullcontext():
        try:
            with closing(Cluster(study, results, workers)) as found:
                number, here = _cpus(ray)
                yield Team(found.run, workers or number, min(workers or here, here), joins_seeds=False)
        finally:
            if ours:
                ray.shutdown()


def _join(ray: Any, address: str, workers: int | None) -> None:
    """Join the cluster at `address`, whose nodes are sent these sources; raise UsageError."""
    if address.startswith("ray://"):
        raise UsageError(
            f"--address {address}: Ray's client is not supported; run on a machine of the cluster, with --address auto"
        )
    _check_that_someone_listens(address)
    handlers = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    options: dict[str, Any] = {"num_cpus": workers or len(physical_cores()), "include_dashboard": False}
    try:
        ray.init(
            address=address, log_to_driver=False, logging_level=logging.ERROR,
            runtime_env={"py_modules": [str(code_hash.ROOT)], "excludes": ["__pycache__"]},
            **(options if address == ON_THIS_MACHINE else {}),
        )  # fmt: skip
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise UsageError(f"--address {address}: no Ray cluster can be joined there: {error}") from error
    finally:
        for each, handler in handlers.items():
            signal.signal(each, handler)


def _check_that_someone_listens(address: str) -> None:
    """Raise UsageError where nobody does: Ray itself tries for minutes."""
    host, colon, port = address.rpartition(":")
    if not (colon and port.isdecimal()):
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), CONNECT_SECONDS).close()
    except (OSError, OverflowError) as error:
        raise UsageError(f"--address {address}: no Ray cluster can be joined there: {error}") from error


def _cpus(ray: Any) -> tuple[int, int]:
    """Return how many CPUs the cluster has now, and how many of them are of this machine."""
    here, nodes = ray.get_runtime_context().get_node_id(), [each for each in ray.nodes() if each["Alive"]]
    cpus = {each["NodeID"]: int(each["Resources"].get("CPU", 0)) for each in nodes}
    return max(1, sum(cpus.values())), cpus.get(here, 0)
