"""Write jobs of a Hydra sweep into FOLDER: ``python -m tests.end_to_end.imports.write_hydra FOLDER``.

Each job is a process of this file, which Hydra starts in the job's own folder.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.end_to_end.imports.made_up import RUNS, MadeUp

CONFIG = {"method": "baseline", "model": {"dropout": 0.0}, "seed": None}


def train(made_up: MadeUp) -> None:
    if made_up.crashes:
        raise SystemExit(1)
    rows = [{"epoch": i, "val_acc": value} for i, value in enumerate(made_up.course)]
    Path("results.json").write_text(json.dumps([*rows, {"epoch": len(rows), made_up.metric: made_up.test}]))


def job() -> None:
    import hydra  # noqa: PLC0415

    @hydra.main(version_base="1.3", config_path=None, config_name="made_up")
    def main(config: object) -> None:
        method, seed = (getattr(config, name) for name in ("method", "seed"))
        train(next(each for each in RUNS if (each.method, each.seed) == (method, seed)))

    from hydra.core.config_store import ConfigStore  # noqa: PLC0415

    ConfigStore.instance().store("made_up", CONFIG)
    main()


if __name__ == "__main__":
    if len(sys.argv) > 2:
        job()
    else:
        for number, made_up in enumerate(RUNS):
            seed = "null" if made_up.seed is None else made_up.seed
            settings = [f"method={made_up.method}", f"model.dropout={made_up.dropout}", f"seed={seed}"]
            place = f"hydra.run.dir={sys.argv[1]}/multirun/2026-01-31/10-00-00/{number}"
            command = [sys.executable, "-m", "tests.end_to_end.imports.write_hydra"]
            done = subprocess.run(
                [*command, *settings, place, "hydra.job.chdir=true"], capture_output=True, check=False
            )
            if done.returncode and not made_up.crashes:
                raise SystemExit(done.stderr.decode())
