"""The results folder: whole files only, damage named."""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench import schema
from bench.base.errors import StorageError
from bench.base.files import write_atomically
from bench.record import rows
from bench.record.store import Store
from tests.conftest import condition, trial
from tests.results import write
from tests.unit.bench.record.test_rows import outcome

TRIAL = trial(condition("x", dropout=(0.2, 0.5)))
CURVE = rows.curve(outcome())


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "results")
    made.prepare()
    made.write(rows.stamp(TRIAL, rows.measured(outcome(), 10), ["dropout"]), CURVE)
    return made


def test_a_trial_comes_back_as_it_was_written(store: Store) -> None:
    row = store.read(TRIAL.trial_id)
    assert row is not None
    assert row["test_correct"] == 85
    assert row["test_bits"] == rows.measured(outcome(), 10)["test_bits"]
    assert store.trial_ids() == [TRIAL.trial_id]
    curve = store.curves_of([TRIAL.trial_id])
    assert curve.schema.equals(schema.CURVES)
    assert curve.to_pylist() == [{"trial_id": TRIAL.trial_id, **point} for point in CURVE]
    assert [path.name for path in store.folder.glob("*/*")] == [f"{TRIAL.trial_id}.parquet"]
    assert store.read("0" * 16) is None


@pytest.mark.parametrize("damage", [lambda raw: raw[:-20], lambda raw: b"", lambda raw: b"x" * len(raw)])
def test_a_damaged_file_is_named_with_what_to_do(store: Store, damage) -> None:
    path = store.trials / f"{TRIAL.trial_id}.parquet"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(StorageError, match=rf"{TRIAL.trial_id}.parquet: .*damaged.*Remove this file"):
        store.read(TRIAL.trial_id)


def test_a_flipped_bit_in_the_data_is_noticed(store: Store) -> None:
    path = store.trials / f"{TRIAL.trial_id}.parquet"
    raw = bytearray(path.read_bytes())
    bits = rows.measured(outcome(), 10)["test_bits"]
    raw[raw.index(bits) + 3] ^= 1
    path.write_bytes(raw)
    with pytest.raises(StorageError, match="damaged"):
        store.read(TRIAL.trial_id)


def test_leftovers_are_no_trials_and_old_ones_are_removed(store: Store) -> None:
    fresh, old = store.trials / ".a.parquet.1.tmp", store.trials / ".b.parquet.2.tmp"
    for leftover in (fresh, old):
        leftover.write_bytes(b"half")
    os.utime(old, (0, 0))
    store.prepare()
    assert store.trial_ids() == [TRIAL.trial_id]
    assert fresh.exists()
    assert not old.exists()


def test_a_reader_of_a_file_that_is_replaced_keeps_what_it_opened(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_atomically(path, b"old")
    with path.open("rb") as reader:
        write_atomically(path, b"new and longer")
        assert reader.read() == b"old"
    assert path.read_bytes() == b"new and longer"


def test_a_write_that_fails_names_the_cause_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError, match=r"file/results.parquet: cannot be written: (Not a directory|File exists)"):
        write_atomically(tmp_path / "file" / "results.parquet", b"x")
    (tmp_path / "taken").mkdir()
    with pytest.raises(StorageError, match="taken: cannot be written: Is a directory"):
        write_atomically(tmp_path / "taken", b"x")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "taken"]


def test_a_file_of_other_columns_or_of_another_trial_is_refused(store: Store) -> None:
    other = "0" * 16
    (store.trials / f"{other}.parquet").write_bytes((store.trials / f"{TRIAL.trial_id}.parquet").read_bytes())
    with pytest.raises(StorageError, match=f"holds trial {TRIAL.trial_id}: a file was renamed"):
        store.read(other)
    pq.write_table(pa.table({"seed": [1]}), store.trials / f"{other}.parquet")
    with pytest.raises(StorageError, match="has no digest of its content"):
        store.read(other)
    write(store.trials / f"{other}.parquet", pa.table({"seed": [1]}))
    with pytest.raises(StorageError, match="is not as this harness writes it: lacks study, trial_id"):
        store.read(other)


@pytest.mark.parametrize(
    "text", ["{}", "[]", '{"study": "x", "trials": [{}]}', "[" * 100_000, '{"study": 3, "trials": []}']
)
def test_a_plan_that_is_none_is_refused(store: Store, text: str) -> None:
    (store.folder / schema.PLAN_FILE).write_text(text)
    with pytest.raises(StorageError, match=r"plan\.json: cannot be used: .* Restore it from a copy, or remove it"):
        store.plan()


@pytest.mark.parametrize("trials", [0, 1, 3])
def test_a_plan_comes_back_as_it_was_written_with_a_trial_a_line(store: Store, trials: int) -> None:
    """Text that looks like the end of a trial is text."""
    planned = [
        {"trial_id": str(seed), "condition": "}, {", "seed": seed, "device": "cpu", "precision": "float32"}
        for seed in range(trials)
    ]
    plan = {"study": "s", "trials": planned, "analysis": {"alpha": 0.05}, "analysis_hash": "h", "command": "ü"}
    store.write_plan(plan, 'name = "s"', 0)
    assert store.plan() == plan
    lines = (store.folder / schema.PLAN_FILE).read_text(encoding="utf-8").splitlines()
    assert sum('"trial_id"' in line for line in lines) == trials
