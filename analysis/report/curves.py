"""Curves of a pool of trials: bands over the seeds that trained, the runs that did not and when, and hidden units."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.base.errors import TableError
from analysis.figures.evidence import Band, Curves, Run, Trial
from analysis.methods.recorded_units import Recorded, layer_of, points
from analysis.methods.survival import Followed, collapse
from bench.schema import CURVES_FOLDER, PACKED_FILE

LOSSES = ("running_train_loss", "test_loss")
QUANTITIES = ("running_train_loss", "running_train_accuracy", "test_accuracy", "train_accuracy")
_WANTED = (*QUANTITIES, "test_loss")

Curve = Mapping[str, np.ndarray]
"""A trial's curve by column, ordered by epoch; NaN where a cell is empty."""


def read_curves(folder: Path, trials: Sequence[tuple[str, Trial]]) -> list[tuple[Trial, Curve]]:
    """Return the curve of every trial, given with its id, that has one in the folder.

    Raises
    ------
    TableError
        A file that cannot be read.
    """
    packed = _packed(folder / CURVES_FOLDER / PACKED_FILE)
    found = []
    for trial_id, trial in trials:
        path = folder / CURVES_FOLDER / f"{trial_id}.parquet"
        if trial_id in packed:
            found.append((trial, packed[trial_id]))
        elif path.exists():
            found.append((trial, _columns(_read(path))))
    return found


def drawn_curves(read: Sequence[tuple[Trial, Curve]]) -> Curves | None:
    """Return what is drawn of the curves, None where there are none.

    The band of a quantity at an epoch is the smallest, the median and the largest value over the seeds that trained.
    """
    points: dict[tuple[str, str], dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    broken = []
    for trial, curve in read:
        if trial.diverged:
            epochs = tuple(int(epoch) for epoch in curve["epoch"])
            broken.append(Run(trial.condition, trial.seed, epochs, tuple(map(float, curve["test_accuracy"]))))
            continue
        for quantity in QUANTITIES:
            known = np.isfinite(curve[quantity])
            for epoch, value in zip(curve["epoch"][known], curve[quantity][known], strict=True):
                points[trial.condition, quantity][int(epoch)].append(float(value))
    if not points and not broken:
        return None
    return Curves(tuple(_band(*names, by_epoch) for names, by_epoch in points.items() if by_epoch), tuple(broken))


def followed(read: Sequence[tuple[Trial, Curve]], chance: float | None) -> list[Followed]:
    """Return when each trial collapsed: whether it did is what the table says, and the curve says when."""
    found = []
    for trial, curve in read:
        if not len(curve["epoch"]):
            continue
        last = int(curve["epoch"][-1])
        losses = np.column_stack([curve[name] for name in LOSSES])
        when = collapse(curve["epoch"], curve["test_accuracy"], losses, chance) if trial.diverged else None
        seen = when is not None or not trial.diverged
        found.append(Followed(trial.condition, trial.seed, last if when is None else when, trial.diverged, seen))
    return found


def recorded(read: Sequence[tuple[Trial, Curve]]) -> list[Recorded]:
    """Return the statistics of hidden units of every trial whose curve has them."""
    found = []
    for trial, curve in read:
        layers = sorted({layer for name in curve if (layer := layer_of(name)) is not None})
        known = {layer: of for layer in layers if (of := points(curve["epoch"], curve, layer))}
        if known or (layers and trial.diverged):
            found.append(Recorded(trial.condition, trial.seed, trial.diverged, known))
    return found


def _band(condition: str, quantity: str, by_epoch: dict[int, list[float]]) -> Band:
    epochs = tuple(sorted(by_epoch))
    low, median, high = (tuple(float(of(by_epoch[epoch])) for epoch in epochs) for of in (np.min, np.median, np.max))
    return Band(condition, quantity, epochs, low, median, high)


def _packed(path: Path) -> dict[str, dict[str, np.ndarray]]:
    """Return the curves that lie in one file together, by trial."""
    if not path.exists():
        return {}
    table = _read(path, "trial_id").sort_by("trial_id")
    ids = table["trial_id"].to_numpy()
    starts = [0, *np.flatnonzero(ids[1:] != ids[:-1]) + 1, len(ids)]
    return {
        ids[start]: _columns(table.slice(start, end - start))
        for start, end in itertools.pairwise(starts)
        if end > start
    }


def _read(path: Path, *more: str) -> pa.Table:
    try:
        with pq.ParquetFile(path) as file:
            table = file.read(use_threads=False)
    except (pa.ArrowException, OSError) as error:
        raise TableError(path, [f"is not a readable parquet file (cut off or corrupted?): {error}"]) from error
    missing = [name for name in (*more, "epoch", *_WANTED) if name not in table.column_names]
    if missing:
        raise TableError(path, [f"column {name!r} is missing" for name in missing])
    return table


def _columns(table: pa.Table) -> dict[str, np.ndarray]:
    """Return a trial's curve by column, ordered by epoch; NaN where a cell is empty."""
    ordered = table.sort_by("epoch")
    wanted = [*_WANTED, *(name for name in table.column_names if layer_of(name) is not None)]
    columns = {name: ordered[name].to_numpy().astype(float) for name in wanted}
    return {"epoch": ordered["epoch"].to_numpy().astype(int), **columns}
