"""From any table, of whatever code, to everything that its report tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from analysis.answer.compare import compare
from analysis.base.errors import TableError
from analysis.report.gather import TOLD, Material, Pool, fitting, pool_of
from analysis.tables.metric import metrics_of
from analysis.tables.names import column_named
from analysis.tables.plan import PlannedAnalysis
from analysis.tables.table import Table
from analysis.tables.test_images import NO_RECORD, read_test_images
from bench.schema.known_metrics import direction_of, is_seconds


def gather_table(
    source: Path,
    study: str,
    tables: Mapping[str, Table],
    asked: PlannedAnalysis,
    command: str,
    images: Path | None = None,
) -> Material:
    """Make every comparison that the columns of a table allow.

    Parameters
    ----------
    source : Path
        What was read.
    study : str
        What it is called.
    tables : mapping of str to Table
        Each pool by what sets it apart; of one pool the name is empty.
    asked : PlannedAnalysis
        The question; other metrics are told by their names alone.
    command : str
        What makes the report again.
    images : Path, optional
        Where the test images lie, as in `read_test_images`.

    Raises
    ------
    TableError
        A table that cannot be compared on the primary metric, or images that are not those of the trials.
    """
    pools = tuple(_pool(name, table, asked) for name, table in tables.items())
    return Material(
        source=source,
        study=study,
        analysis=asked,
        pools=pools,
        command=command,
        test_images=NO_RECORD if images is None else fitting(read_test_images(images), pools),
    )


def _pool(name: str, table: Table, asked: PlannedAnalysis) -> Pool:
    """Return the pool; a metric beside the primary that cannot be compared is left out, and the page says why."""
    told, why_not = [asked.primary], []
    for metric in _others(table, asked.primary):
        try:
            compare(table, metric, asked.control, **asked.told(metric))
        except TableError as error:
            why_not.append(f"{metric} is left out: {error.faults[0]}")
        else:
            told.append(metric)
    return pool_of(name, replace(table, warnings=(*table.warnings, *why_not)), asked, told)


def _others(table: Table, primary: str) -> list[str]:
    """Return the metrics that stand beside the primary: those that every report has, and those named as a metric is.

    A column that is known by two names stands there once.
    """
    found: list[str] = []
    for metric in metrics_of(table):
        told = metric in TOLD or (direction_of(metric) is not None and not is_seconds(metric))
        there = metric not in table.frame.columns or bool(table.frame[metric].notna().any())
        if told and there and not any(_one_column(metric, each) for each in (primary, *found)):
            found.append(metric)
    return found


def _one_column(one: str, other: str) -> bool:
    return column_named([one], other) is not None or column_named([other], one) is not None
