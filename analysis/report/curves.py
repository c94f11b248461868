"""Curves of a pool of trials: bands over the seeds that trained, the runs that did not and when, and hidden units."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from analysis.base.errors import TableError
from analysis.figures.evidence import Band, Curves, Run, Trial
from analysis.methods.recorded_units import Recorded, layer_of, points
from analysis.methods.survival import Followed, collapse
from bench.schema import CURVES_FOLDER, PACKED_FILE
from bench.schema.files import read_result
from bench.schema.sealed import UnusableFileError

LOSSES = ("running_train_loss", "test_loss")
QUANTITIES = ("running_train_loss", "running_train_accuracy", "test_accuracy", "train_accuracy")
_WANTED = (*QUANTITIES, "test_loss")

Curve = Mapping[str, np.ndarray]
"""A trial's curve by column, ordered by epoch; NaN where a cell is empty."""


def read_curves(
    source: Path, in_rows: pa.Table | None, trials: Sequence[tuple[str, Trial]]
) -> list[tuple[Trial, Curve]]:
    """Return the curve of every trial, given with its id, that has one.

    Parameters
    ----------
    source : Path
        A results folder, whose curves lie in files of their own; of one file, only what is in its rows is there.
    in_rows : Table or None
        Curves that were in the rows of the trials.
    trials : sequence of (str, Trial)
        The trials, each with its id.

    Raises
    ------
    TableError
        A file that is damaged, or of another trial.
    """
    together, folder = _by_trial(in_rows), source / CURVES_FOLDER
    apart = folder.is_dir()
    if apart:
        together |= _by_trial(_read(folder / PACKED_FILE))
    found = []
    for trial_id, trial in trials:
        curve = together.get(trial_id)
        if curve is None and apart:
            curve = _by_trial(_read(folder / f"{trial_id}.parquet")).get(trial_id)
        if curve is not None:
            found.append((trial, curve))
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


def _by_trial(table: pa.Table | None) -> dict[str, Curve]:
    """Return the curves of a table by trial."""
    if table is None:
        return {}
    ordered = table.sort_by("trial_id")
    ids = ordered["trial_id"].to_numpy()
    starts = [0, *np.flatnonzero(ids[1:] != ids[:-1]) + 1, len(ids)]
    return {
        ids[start]: _columns(ordered.slice(start, end - start))
        for start, end in itertools.pairwise(starts)
        if end > start
    }


def _read(path: Path) -> pa.Table | None:
    """Return the curves of a file, None where it is not there."""
    try:
        return read_result(path)
    except FileNotFoundError:
        return None
    except UnusableFileError as error:
        raise TableError(path, [str(error)]) from error
    except OSError as error:
        raise TableError(path, [f"cannot be read: {error.strerror or error}"]) from error


def _columns(table: pa.Table) -> dict[str, np.ndarray]:
    """Return a trial's curve by column, ordered by epoch; NaN where a cell is empty."""
    ordered = table.sort_by("epoch")
    wanted = [*_WANTED, *(name for name in table.column_names if layer_of(name) is not None)]
    columns = {name: ordered[name].to_numpy().astype(float) for name in wanted}
    return {"epoch": ordered["epoch"].to_numpy().astype(int), **columns}
