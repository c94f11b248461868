"""Paired, seeded, resumable training runs, for notebooks and scripts.

``bench.run(bench.Study.load("smoke"))`` trains a study. Nothing heavy is imported before a function is used;
docs/python.md shows all of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bench.api import check_dropout, check_training
    from bench.base.errors import UsageError
    from bench.study.study import Study
    from bench.study.tasks import TaskStudy

_PLACES = {"Study": "bench.study.study", "TaskStudy": "bench.study.tasks", "UsageError": "bench.base.errors",
           "check_dropout": "bench.api", "check_training": "bench.api"}  # fmt: skip

__all__ = ["Study", "TaskStudy", "UsageError", "check_dropout", "check_training", "run"]


def __getattr__(name: str) -> Any:
    if name == "run":
        return import_module("bench.run")
    if name not in _PLACES:
        raise AttributeError(f"module 'bench' has no attribute {name!r}")
    globals()[name] = found = getattr(import_module(_PLACES[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
