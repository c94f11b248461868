"""Write offline runs of Weights & Biases into FOLDER: ``python -m tests.end_to_end.imports.write_wandb FOLDER``.

Only the logs are kept: the tool lays lists of packages and its own messages beside them.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

import wandb

from tests.end_to_end.imports.made_up import EPOCHS, RUNS, MadeUp

QUIET = {"silent": True, "console": "off", "disable_git": True, "host": "host"} | {
    f"x_disable_{what}": True for what in ("stats", "meta", "machine_info")
}


def write(made_up: MadeUp, folder: str) -> None:
    config = {"method": made_up.method, "optimizer": {"dropout": made_up.dropout, "betas": (0.9, 0.99)}}
    if made_up.seed is not None:
        config["seed"] = made_up.seed
    run = wandb.init(
        project="made-up",
        name=made_up.name,
        config=config,
        dir=folder,
        mode="offline",
        settings=wandb.Settings(**QUIET),
    )
    for epoch in range(1 if made_up.crashes else EPOCHS):
        run.log({"val/acc": made_up.course[epoch], "val/loss": made_up.losses[epoch], "epoch": epoch})
    if not made_up.crashes:
        run.summary[made_up.metric] = made_up.test
    run.finish(exit_code=int(made_up.crashes))


if __name__ == "__main__":
    os.environ["WANDB_DISABLE_CODE"] = "true"
    with tempfile.TemporaryDirectory() as folder:
        for made_up in RUNS:
            write(made_up, folder)
        for log in Path(folder).glob("wandb/offline-run-*/*.wandb"):
            place = Path(sys.argv[1], *log.parts[-3:])
            place.parent.mkdir(parents=True)
            shutil.copy(log, place)
