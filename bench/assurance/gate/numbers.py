"""The same trials on both trees: do they give the same numbers, to the bit?

Two studies: ``smoke`` as it ships, and the same at the book's layer widths and batch, whose matrix products are those
of the real study, on a training set that leaves a last batch of another size.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import tomli_w

from bench import schema
from bench.assurance.gate.checkouts import BASE, SIDES, Trees
from bench.assurance.gate.differences import Difference, compare_tables
from bench.assurance.gate.errors import GateFault
from bench.assurance.gate.slots import Slot, finish, places, start
from bench.schema.curves import CURVES_COLUMN, curves_in, has_curves
from bench.schema.sealed import UnusableFileError, table_in
from bench.study.study import Study

KEY = ["condition", "seed", "device", "precision"]
"""What a trial is on either tree; its trial_id and code_hash differ as soon as the sources do."""

SOURCES = ("trial_id", "code_hash")

BASE_CODES = (0, 2)
"""Exit codes of ``bench run`` on the base: done, or a study that an older tree does not understand."""


@dataclass(frozen=True)
class Numbers:
    """What the comparison of numbers found. `refused` says why there was none."""

    trials: int
    differences: tuple[Difference, ...]
    notes: tuple[str, ...]
    refused: str = ""

    @property
    def changed(self) -> bool:
        """Whether any number differs."""
        return bool(self.differences)


def studies() -> dict[str, dict[str, Any]]:
    """Return the studies that both trees train, as study files have them."""
    small = Study.load("smoke").document()
    wide = copy.deepcopy(small)
    wide["name"] = "book-sizes"
    wide["data"]["train_size"] = 1_376
    wide["model"]["hidden"] = [256, 256]
    wide["training"] |= {"epochs": 2, "batch_size": 256, "learning_rate": 0.5}
    wide["trials"]["seeds"] = [0, 1]
    return {"smoke": small, "book-sizes": wide}


def compare_numbers(trees: Trees, folder: Path) -> Numbers:
    """Train the studies on both trees, each in processes of its own tree, and compare what they left."""
    folder.mkdir(parents=True, exist_ok=True)
    trials, differences, notes = 0, [], []
    for name, document in studies().items():
        file = folder / f"{name}.toml"
        file.write_text(tomli_w.dumps(document), encoding="utf-8")
        if refused := _train(trees, file):
            return Numbers(trials, tuple(differences), tuple(notes), refused)
        sides = [read_results(folder / f"{name}-{side}") for side in SIDES]
        for table in sides[0]:
            key = [*KEY, "epoch"] if table == "curves" else KEY
            found, remarks = compare_tables(f"{name}, {table}", sides[0][table], sides[1][table], key)
            differences += found
            notes += remarks
        trials += len(sides[0]["trials"])
    return Numbers(trials, tuple(differences), tuple(notes))


def _train(trees: Trees, study: Path) -> str:
    """Train a study on both trees, at the same time where there are two cores; return why the base could not."""
    cores = places()
    slots = [
        Slot(side, cores[index % len(cores)], study.parent / f"{study.stem}-{side}.json")
        for index, side in enumerate(SIDES)
    ]
    for batch in [slots] if len(cores) > 1 else [[slot] for slot in slots]:
        finish({slot: start(trees, slot, _command(study, slot), study.parent) for slot in batch}, BASE_CODES)
    base_slot = next(slot for slot in slots if slot.side == BASE)
    if not (study.parent / f"{study.stem}-{BASE}" / schema.TRIALS_FOLDER).is_dir():
        return f"the base could not run the study {study.stem}: {base_slot.log.read_text(encoding='utf-8').strip()}"
    return ""


def _command(study: Path, slot: Slot) -> list[str]:
    out = study.parent / f"{study.stem}-{slot.side}"
    return ["bench", "run", str(study), "--out", str(out), "--workers", "1", "--executor", "serial", "--device", "cpu"]


def read_results(folder: Path) -> Mapping[str, pd.DataFrame]:
    """Return the trials and curves of a results folder, what depends on run and sources left out.

    Curves name their trial by its id: they get the trial's key instead.
    """
    tables, apart = (_read(folder / name) for name in (schema.TRIALS_FOLDER, schema.CURVES_FOLDER))
    if not tables:
        raise GateFault(f"{folder / schema.TRIALS_FOLDER}: the smoke trials left nothing")
    rows = [each.drop_columns(CURVES_COLUMN) if CURVES_COLUMN in each.column_names else each for each in tables]
    trials = pd.concat([each.to_pandas() for each in rows], ignore_index=True)
    points = [*(curves_in(each) for each in tables if has_curves(each)), *apart] or [schema.CURVES.empty_table()]
    curves = pd.concat([each.to_pandas() for each in points], ignore_index=True)
    named = curves.merge(trials[["trial_id", *KEY]], on="trial_id", how="left", validate="many_to_one")
    left_out = [*schema.RUN_DEPENDENT, *SOURCES]
    return {
        "trials": trials.drop(columns=left_out, errors="ignore"),
        "curves": named.drop(columns=left_out, errors="ignore"),
    }


def _read(folder: Path) -> list[pa.Table]:
    return [_table(file) for file in sorted(folder.glob("*.parquet"))]


def _table(file: Path) -> pa.Table:
    """Return the rows of a file, which an older tree has left without a digest."""
    try:
        return table_in(file.read_bytes())
    except UnusableFileError as error:
        raise GateFault(f"{file}: {error}") from error
