"""Write runs of TensorBoard into FOLDER: ``python -m tests.end_to_end.imports.write_tensorboard FOLDER``.

Those of the baseline log their hyperparameters, those of dropout have them in the names of their folders.
"""

from __future__ import annotations

import socket
import sys
from pathlib import Path

from torch.utils.tensorboard import SummaryWriter

from tests.end_to_end.imports.made_up import EPOCHS, RUNS, MadeUp


def write(made_up: MadeUp, folder: Path) -> None:
    settings = {"method": made_up.method, "dropout": made_up.dropout}
    settings |= {} if made_up.seed is None else {"seed": made_up.seed}
    in_name = ",".join(f"{key}={value}" for key, value in settings.items())
    writer = SummaryWriter(str(folder / (in_name if made_up.method == "dropout" else made_up.name)))
    for epoch in range(1 if made_up.crashes else EPOCHS):
        writer.add_scalar("val/acc", made_up.course[epoch], epoch)
        writer.add_scalar("val/loss", made_up.losses[epoch], epoch)
    if made_up.method == "baseline":
        writer.add_hparams(settings, {made_up.metric: made_up.test}, global_step=EPOCHS)
    elif not made_up.crashes:
        writer.add_scalar(made_up.metric, made_up.test, EPOCHS)
    writer.close()


if __name__ == "__main__":
    socket.gethostname = lambda: "host"
    for made_up in RUNS:
        write(made_up, Path(sys.argv[1], "runs"))
