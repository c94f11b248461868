"""The results contract: columns, types, units. The only part of bench that the analysis may import.

A study leaves ``trials/*.parquet`` (one row per trial, its curve in the list column ``curves``, or one row per trial
and epoch in ``curves/*.parquet``), ``throughput/*.parquet`` where speed was measured (one row per slot), ``plan.json``
(the trials that the present study asks for) and ``study.toml`` (the study, resolved).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from bench.schema.arithmetic import Arithmetic, arithmetic
from bench.schema.divergence import CHANCE_TOLERANCE, DIVERGED, FAILED, OK, has_diverged, is_at_chance
from bench.schema.paths import (
    CODE_FOLDER,
    CURVES_FOLDER,
    ENVIRONMENT_FOLDER,
    LOGS_FOLDER,
    PACKED_FILE,
    PLAN_FILE,
    PLANS_LOG,
    PLUGINS_FOLDER,
    REHEARSAL_FILE,
    STUDY_FILE,
    THROUGHPUT_FOLDER,
    TRIALS_FOLDER,
)

if TYPE_CHECKING:
    from bench.schema.columns import (
        CURVES,
        EXECUTION,
        IDENTITY,
        LATER,
        MORE_KINDS,
        OUTCOME,
        RUN_DEPENDENT,
        SCHEMA_VERSION,
        THROUGHPUT,
        WORDS,
        curves_schema,
        trials_schema,
    )

__all__ = [
    "CHANCE_TOLERANCE",
    "CODE_FOLDER",
    "CURVES",
    "CURVES_FOLDER",
    "DIVERGED",
    "ENVIRONMENT_FOLDER",
    "EXECUTION",
    "FAILED",
    "IDENTITY",
    "LATER",
    "LOGS_FOLDER",
    "MORE_KINDS",
    "OK",
    "OUTCOME",
    "PACKED_FILE",
    "PLANS_LOG",
    "PLAN_FILE",
    "PLUGINS_FOLDER",
    "REHEARSAL_FILE",
    "RUN_DEPENDENT",
    "SCHEMA_VERSION",
    "STUDY_FILE",
    "THROUGHPUT",
    "THROUGHPUT_FOLDER",
    "TRIALS_FOLDER",
    "WORDS",
    "Arithmetic",
    "arithmetic",
    "curves_schema",
    "has_diverged",
    "is_at_chance",
    "trials_schema",
]

_OF_COLUMNS = frozenset(
    {
        "CURVES",
        "EXECUTION",
        "IDENTITY",
        "LATER",
        "MORE_KINDS",
        "OUTCOME",
        "RUN_DEPENDENT",
        "SCHEMA_VERSION",
        "THROUGHPUT",
        "WORDS",
        "curves_schema",
        "trials_schema",
    }
)
"""What needs pyarrow, which is slow to import: found when it is used."""


def __getattr__(name: str) -> Any:
    if name not in _OF_COLUMNS:
        raise AttributeError(f"module 'bench.schema' has no attribute {name!r}")
    globals()[name] = found = getattr(import_module("bench.schema.columns"), name)
    return found
