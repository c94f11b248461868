"""The kinds of logs, one file each with ``read(paths) -> Logs``. To add one: its file, and a line here.

A file is imported when its kind is read: help is printed at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.importing.runs import Logs


@dataclass(frozen=True)
class Kind:
    """A kind of log: its name on the command line, and what PATH may be."""

    name: str
    reads: str

    @property
    def read(self) -> Callable[[Sequence[Path]], Logs]:
        """The function that reads it."""
        return import_module(f"{__name__}.{self.name.replace('-', '_')}").read


KINDS = (
    Kind("wandb", "the runs table exported as CSV; wandb/, an offline-run-* folder, or its run-*.wandb"),
    Kind("mlflow", "mlruns/ or mlflow.db; the CSV or parquet of search_runs, or the CSV of the page of runs"),
    Kind("lightning", "lightning_logs/ or a version_N in it, with metrics.csv and hparams.yaml"),
    Kind("tensorboard", "a folder of event files, one folder a run; settings by add_hparams, or as method=a,seed=0"),
    Kind("hydra", "multirun/, with .hydra/config.yaml and results.json (or metrics.json, .csv) of each job"),
    Kind("sklearn", "cv_results_ of a search as .csv or .json: candidates are conditions, splits are seeds"),
    Kind("lm-eval", "folders of results_*.json, with samples_*.jsonl where --log_samples was given"),
    Kind("inspect", "logs of Inspect, .eval or .json, or folders of them; epochs are seeds where no seed was set"),
    Kind("wide", "a table with a row for each seed and a column for each condition; --metric names the numbers"),
    Kind("long", "a table with a row for each metric: columns metric (or variable) and value"),
)
