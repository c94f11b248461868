"""Write runs of Lightning's CSVLogger into FOLDER: ``python -m tests.end_to_end.imports.write_lightning FOLDER``."""

from __future__ import annotations

import sys

from bench.data.torchvision_import import torchvision_module
from tests.end_to_end.imports.made_up import EPOCHS, RUNS, MadeUp

torchvision_module("datasets")

from lightning.pytorch.loggers import CSVLogger  # noqa: E402 - it imports torchvision, made importable above


def write(made_up: MadeUp, folder: str) -> None:
    logger = CSVLogger(folder, name="lightning_logs")
    settings = {"method": made_up.method, "layers": {"dropout": made_up.dropout}, "betas": (0.9, 0.99)}
    logger.log_hyperparams(settings | ({} if made_up.seed is None else {"seed": made_up.seed}))
    for epoch in range(1 if made_up.crashes else EPOCHS):
        logger.log_metrics({"train_loss": 0.5, "epoch": epoch}, step=10 * epoch + 8)
        logger.log_metrics(
            {"val_acc": made_up.course[epoch], "val_loss": made_up.losses[epoch], "epoch": epoch}, step=10 * epoch + 9
        )
    if not made_up.crashes:
        logger.log_metrics({made_up.metric: made_up.test, "epoch": EPOCHS}, step=10 * EPOCHS)
    logger.finalize("failed" if made_up.crashes else "success")


if __name__ == "__main__":
    for made_up in RUNS:
        write(made_up, sys.argv[1])
