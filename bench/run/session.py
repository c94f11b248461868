"""A whole run from Python: data, plan, training, one folder."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.base.errors import UsageError
from bench.data import fetch
from bench.record.experiment import Experiment
from bench.record.store import Store
from bench.run import EXECUTORS
from bench.run.executors import Team, executor_of, on_ray
from bench.run.memory import workers_here
from bench.run.parts import Part, parts
from bench.run.runner import ELSEWHERE, Run
from bench.run.standing import Standing, present_targets
from bench.run.turns import begin, in_turn
from bench.schema.local_copy import located
from bench.study.finding import find_study
from bench.study.study import Study
from bench.study.tasks import TaskStudy, load


def run_study(
    study: Study | TaskStudy | Path | str,
    *,
    out: Path | str | None = None,
    workers: int | None = None,
    device: str = "auto",
    supersede: bool = False,
    rehearse: bool = True,
    executor: str = EXECUTORS[0],
    address: str | None = None,
) -> Path:
    """Train what is not done yet of a study, and return its results folder.

    It works in a notebook and in a script without a main guard: worker processes import nothing of the caller's.

    Parameters
    ----------
    study : Study, TaskStudy, Path or str
        A study, the path of a study file, or the name of a study that ships.
    out : Path or str, optional
        The results folder, in which each task of a study with tasks has its own; default: ``results/<name>``.
    workers : int, optional
        Processes; default: one per core that there is memory for, or with Ray as many as the cluster has room for.
    device : {"auto", "cpu", "cuda"}
        ``auto``: those of the study's devices that are here.
    supersede : bool
        Whether finished trials may be left out where the study has changed.
    rehearse : bool
        Whether own training code is held to laws before its first trial.
    executor : {"processes", "serial", "ray"}
        What trains: processes of this machine, this process alone, or a cluster.
    address : str, optional
        That of a Ray cluster; default: a Ray of this machine alone.

    Raises
    ------
    UsageError
        A study with faults, data that cannot be had, a folder that cannot be written, finished trials left out.
    """
    found = study if isinstance(study, Study | TaskStudy) else load(find_study(str(study)))
    folder = located(out) if out is not None else Path("results") / found.name
    command = shlex.join(["python", "-m", "bench", "run", found.name])

    begun, whole = False, parts(found, folder)
    workers = workers_of(executor, whole[0].study, workers)

    def run(part: Part, waits: bool) -> bool:
        nonlocal begun
        with opened(executor, part.study, part.store, workers, address) as team:
            if not begun:
                begin(found, folder, device, supersede)
                begun = True
            this_run = Run(
                part.study,
                part.store,
                team.executor,
                team.workers,
                supersede,
                rehearse,
                team.here,
                waits=waits,
                joins_seeds=team.joins_seeds,
            )
            return carry_out(this_run, device, command)[ELSEWHERE] > 0

    in_turn(whole, run)
    return folder


@contextmanager
def opened(name: str, study: Study, store: Store, workers: int | None, address: str | None = None) -> Iterator[Team]:
    """Yield what trains a study; raise UsageError where that is not here.

    On one machine own training code has a process for each trial, whatever the name.
    """
    if name not in EXECUTORS:
        raise UsageError(f"executor {name!r} was given; one of {', '.join(EXECUTORS)} is expected")
    if address is not None and name != "ray":
        raise UsageError(f"--address {address} was given without --executor ray")
    if name == "ray":
        with on_ray.connected(study, store.folder, workers, address) as found:
            yield found
        return
    number = workers_of(name, study, workers)
    assert number is not None
    is_own = isinstance(study.recipe, Experiment)
    yield Team(executor_of("own", store.folder) if is_own else executor_of(name), number, number)


def workers_of(name: str, study: Study, workers: int | None) -> int | None:
    """Return how many workers train a study, or each of its tasks; None where a Ray cluster says how many."""
    if name == "serial":
        return 1
    if workers is not None or name == "ray":
        return workers
    return workers_here(is_own=isinstance(study.recipe, Experiment))


def carry_out(run: Run, device: str, command: str, tell: Callable[[Standing], None] = lambda _: None) -> Counter[str]:
    """Fetch the data, plan, `tell` where the study stands, and train; return the number of trials by their ends."""
    targets = present_targets(run.study, device)
    for recipe in run.study.recipes()[:1]:
        fetch(recipe.data)
    now = run.start(targets, command)
    tell(now)
    if now.to_do and run.rehearse:
        from bench.run.rehearsal import rehearse  # noqa: PLC0415 - torch is slow to import

        rehearse(run.study, run.store)
    return Counter(run.train(now, targets, command) if now.to_do else [])
