"""Results of two sides, made up: which columns count, and by what a trial finds its partner."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bench import schema
from bench.assurance.gate import numbers
from bench.assurance.gate.checkouts import Trees

TREES = Trees({}, {}, Path())


def write(folder: Path, side: str, losses: dict[tuple[Any, ...], float]) -> None:
    """Write two seeds in two precisions, two epochs each; `losses` are those that differ from their trial's number."""
    trials, curves = [], []
    for index, (seed, precision) in enumerate(itertools.product((0, 1), ("float32", "bfloat16"))):
        key = {"condition": "a", "seed": seed, "device": "cpu", "precision": precision}
        trials.append({"trial_id": f"{side}{index}", "code_hash": side, **key, "test_loss": float(index)})
        trials[-1]["test_loss"] = losses.get((seed, precision), float(index))
        for epoch in (1, 2):
            loss = losses.get((seed, precision, epoch), 10.0 * index + epoch)
            curves.append({"trial_id": f"{side}{index}", "epoch": epoch, "train_loss": loss})
    for name, rows in {schema.TRIALS_FOLDER: trials, schema.CURVES_FOLDER: curves}.items():
        (folder / name).mkdir(parents=True)
        pd.DataFrame(rows[::-1] if side == "base" else rows).to_parquet(folder / name / "part.parquet")


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    def compare(head: dict[tuple[Any, ...], float]) -> numbers.Numbers:
        def train(trees: Trees, study: Path) -> str:
            assert trees is TREES
            for side, losses in {"head": head, "base": {}}.items():
                write(study.parent / f"{study.stem}-{side}", side, losses)
            return ""

        monkeypatch.setattr(numbers, "_train", train)
        return numbers.compare_numbers(TREES, tmp_path)

    return compare


def test_the_same_numbers_under_other_ids_and_in_another_order(compared: Any) -> None:
    found = compared({})
    assert not found.changed
    assert (found.trials, found.notes) == (8, ())


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ((1, "bfloat16"), "trials: test_loss: 1 of 4 rows"),
        ((1, "bfloat16", 2), "curves: train_loss: 1 of 8 rows"),
    ],
)
def test_one_number_of_one_trial(compared: Any, where: tuple[Any, ...], told: str) -> None:
    found = compared({where: 99.0})
    assert [each.told().split(", largest")[0] for each in found.differences] == [
        f"smoke, {told}",
        f"book-sizes, {told}",
    ]
    assert "'a', 1, 'cpu', 'bfloat16'" in found.differences[0].example


def test_a_base_that_cannot_train_is_said_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(numbers, "_train", lambda trees, study: f"the base could not run {study.stem}")
    found = numbers.compare_numbers(TREES, tmp_path)
    assert (found.refused, found.trials, found.changed) == ("the base could not run smoke", 0, False)


def test_the_studies_are_the_smoke_study_and_the_books_sizes() -> None:
    made = numbers.studies()
    assert made["book-sizes"]["model"]["hidden"] == [256, 256]
    assert made["smoke"]["model"]["hidden"] == [64, 32]
    assert made["book-sizes"]["data"]["train_size"] % made["book-sizes"]["training"]["batch_size"] > 0
