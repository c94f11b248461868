"""A training function: found in its file, called with its trial, and held to the files that name the trial."""

from __future__ import annotations

import importlib.util
import os
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from bench.engines.own.job import Answer, Job
from bench.engines.own.returned import ReturnedError, measured
from bench.engines.own.streams import seed_everything, seed_of, stream_seeds
from bench.engines.own.trial import Trial
from bench.record.experiment import Experiment
from bench.record.settings import canonical

IMPORT_SEED: int = 0


def perform(job: Job, on_epoch: Callable[[], None]) -> Answer:
    """Call the function, and check what it gives back; whatever it raises is an answer too."""
    experiment = job.experiment
    try:
        train = load(experiment)
        trial = trial_of(job, on_epoch)
        seed_everything(seed_of(trial.seeds, trial.seed, "init", 0))
        given = train(trial)
        seconds = trial.seconds_before + time.perf_counter() - trial.started
        found = measured(given, trial.curve, experiment.primary, experiment.classes)
        if unnamed := loaded_beyond(experiment):
            raise ReturnedError(
                f"{', '.join(unnamed)} was loaded from the study's folder, and is none of the files that name the "
                "trial; list it, with all others, in files of [experiment]"
            )
    except ReturnedError as error:
        return Answer(error=f"{experiment.name}: {error}")
    except BaseException as error:  # noqa: BLE001 - whatever training code raises, SystemExit too, is an outcome
        _print(error)
        return Answer(error=f"{type(error).__name__}: {error}{place(error, experiment.folder)}")
    row = found.row | {"train_seconds": seconds}
    if row.get("train_total"):
        row["throughput"] = row["train_total"] * len(trial.curve) / seconds
    return Answer(row, found.curve, tuple(found.warnings))


def trial_of(job: Job, on_epoch: Callable[[], None]) -> Trial:
    """Return what the function is called with."""
    return Trial(
        canonical(job.experiment.settings), job.seed, stream_seeds(*job.sources), devices=job.devices,
        cpus=job.experiment.cpus, folder=job.folder, on_epoch=on_epoch,
    )  # fmt: skip


def load(experiment: Experiment) -> Callable[[Trial], Any]:
    """Return the training function; its module is imported once a process, the study's folder last on the path."""
    file, _, name = experiment.function.rpartition(":")
    module = _module((experiment.folder / file).resolve(), experiment.folder)
    train = getattr(module, name, None)
    if not callable(train):
        raise ReturnedError(f"{file} has no function {name}")
    return train


def loaded_beyond(experiment: Experiment) -> list[str]:
    """Return the modules loaded from the study's folder that are none of the files that name the trial.

    What stands on the path by itself, as packages of a .venv in the folder do, is none of the folder's.
    """
    folder = str(experiment.folder)
    named = {str((experiment.folder / each).resolve()) for each in experiment.files}
    others = [
        each for each in (*sys.path, str(Path(__file__).parents[2])) if each and each != folder and _is_in(each, folder)
    ]
    files = {str(getattr(module, "__file__", None)) for module in list(sys.modules.values())}
    own = {each for each in files if _is_in(each, folder) and not any(_is_in(each, other) for other in others)}
    return sorted(str(Path(each).relative_to(folder)) for each in own - named)


def _is_in(path: str, folder: str) -> bool:
    return path.startswith(f"{folder.rstrip(os.sep)}{os.sep}")


def _module(path: Path, folder: Path) -> ModuleType:
    """Import a file under its own name, or another where that is taken."""
    name = (
        path.stem
        if path.stem not in sys.modules and importlib.util.find_spec(path.stem) is None
        else f"own_{path.stem}"
    )
    for each in (path.stem, f"own_{path.stem}"):
        if (known := sys.modules.get(each)) is not None and getattr(known, "__file__", None) == str(path):
            return known
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    seed_everything(IMPORT_SEED)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _print(error: BaseException) -> None:
    """Print an error as the training code raised it, without the frame that called it."""
    below = None if error.__traceback__ is None else error.__traceback__.tb_next
    traceback.print_exception(type(error), error, below or error.__traceback__)


def place(error: BaseException, folder: Path) -> str:
    """Return where in the study's own files an error was raised, else where at all."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if folder in Path(frame.filename).parents] or frames[-1:]
    return f" ({Path(own[-1].filename).name}:{own[-1].lineno})" if own else ""
