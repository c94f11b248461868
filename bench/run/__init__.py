"""The running of a study: what is to do, who does it, what is known of the machine. ``bench.run(study)`` runs one."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.study.study import Study
    from bench.study.tasks import TaskStudy

EXECUTORS = ("processes", "serial", "ray")
"""What may train: `session.opened` knows each."""


class _Callable(ModuleType):
    """This package, which is a function of the Python interface as well."""

    def __call__(
        self,
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
        """Train what is not done yet of a study, and return its results folder; see `session.run_study`."""
        from bench.run.session import run_study  # noqa: PLC0415 - torch is slow to import

        return run_study(
            study, out=out, workers=workers, device=device, supersede=supersede, rehearse=rehearse, executor=executor,
            address=address,
        )  # fmt: skip


sys.modules[__name__].__class__ = _Callable
