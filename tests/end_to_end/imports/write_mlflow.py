"""Write runs of MLflow into FOLDER: ``python -m tests.end_to_end.imports.write_mlflow FOLDER [STORE]``.

STORE is the address of a store in it, ``file:mlruns`` where none is given; ``sqlite:///mlflow.db`` gives a database.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"

import mlflow

from tests.end_to_end.imports.made_up import EPOCHS, RUNS, MadeUp


class CrashError(Exception):
    """What ends the run that crashes."""


def write(made_up: MadeUp) -> None:
    with mlflow.start_run(run_name=made_up.name):
        mlflow.log_params({"method": made_up.method, "dropout": made_up.dropout})
        if made_up.seed is not None:
            mlflow.log_param("seed", made_up.seed)
        for epoch in range(1 if made_up.crashes else EPOCHS):
            mlflow.log_metrics({"val/acc": made_up.course[epoch], "val/loss": made_up.losses[epoch]}, step=epoch)
        if made_up.crashes:
            raise CrashError
        mlflow.log_metric(made_up.metric, made_up.test)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True)
    os.chdir(folder)
    sys.argv[0] = "train.py"  # what the runs name as their source
    mlflow.set_tracking_uri(sys.argv[2] if len(sys.argv) > 2 else "file:mlruns")
    mlflow.set_experiment("made-up")
    for made_up in RUNS:
        try:
            write(made_up)
        except CrashError:
            continue
    mlflow.search_runs().to_csv("search_runs.csv", index=False)
