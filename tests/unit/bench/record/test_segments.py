"""Segments: whatever interrupts compaction, every reader sees every trial once, with its curve."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from analysis.base.errors import TableError
from analysis.tables.curves import curves_of
from analysis.tables.reading import read
from bench import schema
from bench.base.errors import StorageError
from bench.record import rows, segments
from bench.record.export import export
from bench.record.parquet import write_trials
from bench.record.store import Store
from bench.record.trials import Trial
from bench.schema.paths import SEGMENT
from tests.conftest import condition, trial
from tests.results import write_apart
from tests.unit.bench.record.test_rows import outcome

Made = tuple[rows.Row, list[rows.Row]]
CHANGES = {"os.rename", "os.remove"}
"""How a program changes what is in a folder, as it is audited; and it opens files to write them."""


def asked(label: str, seed: int) -> Trial:
    return trial(condition(label, weight_decay=(ord(label[0]) / 1000,)), seed)


def made(label: str, seed: int, loss: float = 0.5) -> Made:
    result = outcome(50 + seed, loss)
    return rows.stamp(asked(label, seed), rows.measured(result, 10), []), rows.curve(result)


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "MOST_LOOSE", 4)


def fill(store: Store, first: int = 0) -> None:
    """Write two stacks of three trials, two trials alone, two as earlier versions did and one that failed."""
    store.prepare()
    for seed in (first, first + 1):
        store.write_stacks([[made("a", seed), made("b", seed), made("c", seed, loss=float("nan"))]])
    for seed in (first + 2, first + 3):
        store.write(*made("a", seed))
        write_apart(store.folder, *made("b", seed))
    store.write(rows.stamp(asked("gone", first), {"error": "it broke"}, []), [])


def segment(store: Store) -> None:
    segments.compact(store.files, store.curves)


def seen(folder: Path) -> tuple[str, str]:
    """Return every row and every curve as text, as the runner reads them; see that the analysis reads the same."""
    store = Store(folder)
    table = store.table().sort_by("trial_id")
    ids = table["trial_id"].to_pylist()
    assert len(set(ids)) == len(ids)
    assert store.trial_ids() == ids
    raw = read(folder)
    assert sorted(raw.frame["trial_id"]) == ids
    assert curves_of(folder, raw.curves, ids).keys() == {
        row["trial_id"] for row in table.to_pylist() if row["status"] != schema.FAILED
    }
    columns = sorted(set(table.column_names) - {"curves"})
    return repr(table.select(columns).to_pylist()), repr(store.curves_of(ids).to_pylist())


def segments_of(store: Store) -> list[Path]:
    return sorted(store.trials.glob(f"{SEGMENT}*"))


def killed(work: Callable[[], None], at: int) -> bool:
    """Do the work in a process that is killed before its change of files number `at`; return whether it came so far."""
    pid = os.fork()
    if pid == 0:
        count = 0

        def kill(event: str, about: tuple[Any, ...]) -> None:
            nonlocal count
            if event in CHANGES or (event == "open" and about[2] & os.O_WRONLY):
                count += 1
                if count == at:
                    os.kill(os.getpid(), signal.SIGKILL)

        try:
            sys.addaudithook(kill)
            work()
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(pid, 0)
    assert status == 0 or os.WIFSIGNALED(status), "the work failed"
    return status != 0


@pytest.mark.slow
def test_a_kill_at_any_step_of_compaction_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    """A small segment is there already, and is put into the next one."""
    step, going = 0, True
    while going:
        step += 1
        store = Store(tmp_path / str(step))
        fill(store)
        segment(store)
        fill(store, 10)
        before = seen(store.folder)
        going = killed(lambda folder=store.folder: segment(Store(folder)), step)
        assert seen(store.folder) == before, step
        segment(again := Store(store.folder))
        fill(again, 20)  # whatever was left goes on
        segment(again)
        export(again, tmp_path / f"{step}.parquet")
        assert len(again.trial_ids()) == 33
        assert len(segments_of(again)) == 1
        assert all(each in seen(store.folder)[0] for each in before[0].strip("[]").split("}, {")[1:-1])
    assert step > 15


def test_segments_are_few_files_with_the_same_rows(tmp_path: Path) -> None:
    store = Store(tmp_path)
    fill(store)
    before = seen(tmp_path)
    segment(store)
    assert seen(tmp_path) == before
    assert [path.name[:5] for path in sorted(tmp_path.glob("*/*"))] == ["part-", "faile", "part-"]
    segment(store)
    assert len(segments_of(store)) == 1, "there is nothing to do"
    assert store.statuses()[asked("a", 3).trial_id] == "ok"


def test_a_segment_that_holds_something_else_replaces_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path)
    fill(store)
    loose = sorted(store.trials.iterdir())

    def written(path: Path, table: pa.Table) -> None:
        place = table.column_names.index("test_loss") if "test_loss" in table.column_names else 0
        write_trials(path, table.set_column(place, table.field(place), table.column(place).take(other(table))))

    def other(table: pa.Table) -> pa.Array:
        return pa.array([*range(1, table.num_rows), 0])

    monkeypatch.setattr(segments, "write_trials", written)
    with pytest.raises(StorageError, match="does not hold what was written to it"):
        segment(store)
    assert set(loose) <= set(store.trials.iterdir())


def test_a_segment_that_another_compaction_takes_meanwhile_stops_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two compact at once where claims exclude nobody, or one stood still past its lease."""
    store = Store(tmp_path)
    fill(store)
    segment(store)
    fill(store, 10)
    read_metadata = segments.pq.read_metadata

    def late(path: Path) -> Any:
        monkeypatch.setattr(segments.pq, "read_metadata", read_metadata)
        segment(Store(tmp_path))
        return read_metadata(path)

    monkeypatch.setattr(segments.pq, "read_metadata", late)
    segment(store)
    assert len(Store(tmp_path).trial_ids()) == 22
    assert len(segments_of(store)) == 1


def test_what_failed_is_left_and_goes_when_it_is_done(tmp_path: Path) -> None:
    store = Store(tmp_path)
    fill(store)
    segment(store)
    gone = asked("gone", 0)
    assert store.statuses()[gone.trial_id] == schema.FAILED
    store.write(rows.stamp(gone, rows.measured(outcome(), 10), []), rows.curve(outcome()))
    assert store.statuses()[gone.trial_id] == Store(tmp_path).statuses()[gone.trial_id] == "ok"
    assert not list(store.trials.glob("failed-*"))


def test_of_two_rows_of_a_trial_every_reader_takes_the_one_that_did_not_fail_and_ended_last(tmp_path: Path) -> None:
    """Runners that cannot exclude each other leave such rows, whose numbers are the same."""
    store = Store(tmp_path)
    store.prepare()
    row, curve = made("a", 0)
    early, late = (row | {"ended_at": datetime(2026, 1, day, tzinfo=UTC)} for day in (1, 2))
    broken = {key: row[key] for key in ("study", "trial_id", "condition", "seed")} | {
        "status": schema.FAILED, "error": "it broke", "ended_at": datetime(2026, 1, 3, tzinfo=UTC)}  # fmt: skip
    store.write_stacks([[(early, curve), made("b", 0)]])
    store.write_stacks([[(late, curve), made("b", 1)]])
    store.write_stacks([[(broken, []), (made("b", 2)[0] | {"status": schema.FAILED, "error": "too"}, [])]])
    for _ in range(2):
        fresh = Store(tmp_path)
        found = fresh.read(row["trial_id"])
        assert found is not None
        assert (found["status"], found["ended_at"]) == ("ok", late["ended_at"])
        (frame_row,) = read(tmp_path).frame.query("trial_id == @row['trial_id']").to_dict("records")
        assert frame_row["ended_at"] == late["ended_at"]
        assert fresh.curves_of([row["trial_id"]]).num_rows == len(curve)
        store.write(*made("d", 0))
        store.write(*made("d", 1))
        store.write(*made("d", 2))
        segment(store)
    assert len(segments_of(store)) == 1


def test_a_label_changes_in_stacks_and_segments_and_a_renamed_segment_is_refused(tmp_path: Path) -> None:
    store = Store(tmp_path)
    fill(store)
    segment(store)
    fill(store, 10)
    changed = [asked("a", seed).trial_id for seed in (0, 10, 2, 12)]
    store.replace([{"trial_id": each, "condition": "renamed"} for each in changed])
    found = {row["trial_id"]: row for row in Store(tmp_path).table().to_pylist()}
    assert {each for each, row in found.items() if row["condition"] == "renamed"} == set(changed)
    assert len(found) == 22
    segment(store)
    assert [Store(tmp_path).read(each)["condition"] for each in changed] == ["renamed"] * 4
    (path,) = segments_of(store)
    path.rename(path.with_name(f"{SEGMENT}{'0' * 16}.parquet"))
    with pytest.raises(StorageError, match="holds 20 trials: a file was renamed"):
        Store(tmp_path).trial_ids()


@pytest.mark.slow
def test_runners_that_write_and_compact_are_killed_and_nothing_that_was_written_is_lost(tmp_path: Path) -> None:
    """Two at a time write into one folder; what a killed one reported as written is there for every reader."""
    moments, reported = random.Random(0), tmp_path / "reported"
    reported.mkdir()
    (tmp_path / "results").mkdir()
    for number in range(int(os.environ.get("COMPACTION_KILLS", "6"))):
        pids = [start(tmp_path / "results", reported, 1000 * number + 500 * half) for half in (0, 1)]
        time.sleep(moments.uniform(0.05, 0.6))
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        raw = Store(tmp_path / "results").table()["trial_id"].to_pylist()
        assert len(set(raw)) == len(raw)
        assert {path.name for path in reported.iterdir()} <= set(raw)
    before = seen(tmp_path / "results")
    segment(Store(tmp_path / "results"))
    assert seen(tmp_path / "results") == before
    assert segments_of(Store(tmp_path / "results"))


def start(folder: Path, reported: Path, first: int) -> int:
    """Start a process that writes trials, reports each and compacts without a claim, until it is killed."""
    pid = os.fork()
    if pid == 0:
        try:
            store = Store(folder)
            store.prepare()
            for seed in range(first, first + 500):
                trials = [made(label, seed) for label in ("a", "b")]
                store.write_stacks([trials])
                for row, _ in trials:
                    (reported / row["trial_id"]).touch()
                if segments.is_due(store.files):
                    segment(store)
        finally:
            os._exit(1)
    return pid


def test_a_link_to_nothing_is_named(tmp_path: Path) -> None:
    store = Store(tmp_path / "study")
    fill(store)
    (store.trials / "foo.parquet").symlink_to(tmp_path / "nowhere")
    with pytest.raises(StorageError, match=r"foo\.parquet: is a link to a file that is not there"):
        Store(store.folder).statuses()
    with pytest.raises(TableError, match=r"foo\.parquet is a link to a file that is not there"):
        read(store.folder)


def test_a_damaged_segment_of_curves_costs_no_row(tmp_path: Path) -> None:
    store = Store(tmp_path / "study")
    fill(store)
    segment(store)
    (damaged,) = store.curves.glob(f"{SEGMENT}*")
    damaged.write_bytes(damaged.read_bytes()[:-1])
    ids = store.trial_ids()
    with pytest.raises(StorageError, match="Remove this file; its trials keep their rows"):
        store.curves_of(ids)
    damaged.unlink()
    assert Store(store.folder).trial_ids() == ids
    assert Store(store.folder).curves_of(ids).num_rows < len(ids) * 2, "as the message says"
