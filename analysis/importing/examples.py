"""Columns of single test examples: ``test_bits``, their counts, and ``test_groups`` where examples lie in clusters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from analysis.base.errors import TableError, listed, nearest
from analysis.importing.runs import FAILED, Examples
from analysis.importing.trials import Trial

_USUAL = ("acc", "exact_match", "accuracy")
"""Metrics whose single examples are taken where nobody says."""

NO_CLUSTER = "none"
"""The cluster that is given where examples lie in none."""


@dataclass(frozen=True)
class _Taken:
    """What is taken of one task: examples and clusters by the place of the trial, and what to say of it."""

    examples: Mapping[int, Examples]
    groups: Mapping[int, bytes]
    notes: tuple[str, ...]


def with_examples(
    source: str, table: pa.Table, trials: Sequence[Trial], metric: str | None, cluster: str | None
) -> tuple[pa.Table, list[str]]:
    """Return the table with which test examples each run got right, where the log has that, and what to say of it.

    Raises
    ------
    TableError
        A given metric without single examples, a given cluster that no example has.
    """
    known = list(dict.fromkeys(name for each in trials for name in each.run.examples))
    fields = list(dict.fromkeys(name for each in trials for one in each.run.examples.values() for name in one.clusters))
    faults = []
    if metric is not None and metric not in known:
        faults.append(f"--metric {metric}: no run has it by example, right or wrong{nearest(metric, known)}")
    if cluster is not None and cluster not in (NO_CLUSTER, *fields):
        faults.append(f"--cluster {cluster}: no examples have that in common{nearest(cluster, fields)}")
    if faults:
        raise TableError(source, faults)
    tasks = dict.fromkeys(each.task for each in trials)
    places = {task: [i for i, each in enumerate(trials) if each.task == task] for task in tasks}
    taken = [_of_task(trials, rows, metric, cluster) for rows in places.values()]
    found = {i: one for each in taken for i, one in each.examples.items()}
    groups = {i: one for each in taken for i, one in each.groups.items()}
    if not found:
        return table, []
    every = [found.get(i) for i in range(len(trials))]
    columns = {
        "test_bits": pa.array([each and each.packed for each in every], pa.binary()),
        "test_total": pa.array([each and each.total for each in every], pa.int64()),
        "test_correct": pa.array([each and each.correct for each in every], pa.int64()),
    }
    if groups:
        columns["test_groups"] = pa.array([groups.get(i) for i in range(len(trials))], pa.binary())
    for name, cells in columns.items():
        if name not in table.column_names:
            table = table.append_column(name, cells)
    return table, [*(note for each in taken for note in each.notes), "compare --metric test_accuracy uses test_bits"]


def _of_task(trials: Sequence[Trial], rows: Sequence[int], metric: str | None, cluster: str | None) -> _Taken:
    """Return the examples of one task, whose metric and clusters are its own."""
    task = trials[rows[0]].task
    named = "" if task is None else f" in task {task!r}"
    known = list(dict.fromkeys(name for i in rows for name in trials[i].run.examples))
    chosen = metric or next((name for name in (*_USUAL, *known) if name in known), None)
    examples = {i: trials[i].run.examples[chosen] for i in rows if chosen and chosen in trials[i].run.examples}
    if not examples:
        return _Taken({}, {}, ())
    notes = [f"test_bits, test_total and test_correct are of {chosen}{named}"]
    if lacking := [trials[i].run.name for i in rows if i not in examples and trials[i].status != FAILED]:
        notes.append(f"{chosen}{named} is not known by example in {len(lacking)} runs: {', '.join(lacking[:4])}")
    sizes = {
        name: len(np.unique(np.frombuffer(one, "<i8")))
        for each in examples.values()
        for name, one in each.clusters.items()
    }
    field = cluster if cluster else min(sizes, key=lambda name: sizes[name], default=None)
    if field not in sizes:
        return _Taken(examples, {}, tuple(notes))
    rest = [name for name in sizes if name != field]
    also = f" (they also have {listed(rest)} in common)" if rest else ""
    notes.append(
        f"test_groups{named}: {sizes[field]} clusters, each of examples with one {field!r}{also}; --cluster FIELD "
        f"chooses, --cluster {NO_CLUSTER} is for examples without clusters"
    )
    groups = {i: each.clusters[field] for i, each in examples.items() if field in each.clusters}
    return _Taken(examples, groups, tuple(notes))
