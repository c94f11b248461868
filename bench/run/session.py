"""A whole run from Python: data, plan, training, one folder."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from bench.base.cores import physical_cores
from bench.data import fetch
from bench.record.experiment import Experiment
from bench.record.store import Store
from bench.run import rehearsal
from bench.run.executors import Executor, own, processes
from bench.run.runner import Run
from bench.run.standing import Standing, present_targets
from bench.study.study import Study


def run_study(
    study: Study | Path | str,
    *,
    out: Path | str | None = None,
    workers: int | None = None,
    device: str = "auto",
    supersede: bool = False,
    rehearse: bool = True,
) -> Path:
    """Train what is not done yet of a study, and return its results folder.

    It works in a notebook and in a script without a main guard: worker processes import nothing of the caller's.

    Parameters
    ----------
    study : Study, Path or str
        A study, the path of a study file, or the name of a study that ships.
    out : Path or str, optional
        The results folder; default: ``results/<name>``.
    workers : int, optional
        Processes; default: one per core.
    device : {"auto", "cpu", "cuda"}
        ``auto``: those of the study's devices that are here.
    supersede : bool
        Whether finished trials may be left out where the study has changed.
    rehearse : bool
        Whether own training code is held to laws before its first trial.

    Raises
    ------
    UsageError
        A study with faults, data that cannot be had, a folder that cannot be written, finished trials left out.
    """
    found = study if isinstance(study, Study) else Study.load(study)
    store = Store(Path(out) if out is not None else Path("results") / found.name)
    number = len(physical_cores()) if workers is None else workers
    command = shlex.join(["python", "-m", "bench", "run", found.name])
    carry_out(Run(found, store, executor_of(found, store, processes.run), number, supersede, rehearse), device, command)
    return store.folder


def executor_of(study: Study, store: Store, chosen: Executor) -> Executor:
    """Return what runs a study: own training code has a process for each trial, whatever else is `chosen`."""
    return own.executor(store.folder) if isinstance(study.recipe, Experiment) else chosen


def carry_out(run: Run, device: str, command: str, tell: Callable[[Standing], None] = lambda _: None) -> Counter[str]:
    """Fetch the data, plan, `tell` where the study stands, and train; return the number of trials by status."""
    targets = present_targets(run.study, device)
    for recipe in run.study.recipes()[:1]:
        fetch(recipe.data)
    now = run.start(targets, command)
    tell(now)
    if now.to_do and run.rehearse:
        rehearsal.rehearse(run.study, run.store)
    return Counter(run.train(now, targets, command) if now.to_do else [])
