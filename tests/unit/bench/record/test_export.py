"""Results in few files: every trial, every factor and every curve, from loose files and from packed ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from analysis.figures.evidence import Trial as Seen
from analysis.report.curves import read_curves
from analysis.tables.reading import read
from bench import schema
from bench.base.errors import StorageError
from bench.cli import main
from bench.record import rows
from bench.record.export import Exported, export, pack
from bench.record.store import Store
from bench.schema.curves import curves_in, of_trials
from tests.conftest import condition, trial
from tests.results import write_apart
from tests.unit.bench.record.test_rows import outcome

BOOK, NONE = trial(condition("book", dropout=(0.2, 0.5))), trial(condition("none"))
FAILED = trial(condition("gone", weight_decay=(0.1,)))
CURVE = rows.curve(outcome())
UNITS = [point | {"activation_mean_1": 0.5 + point["epoch"]} for point in CURVE]
WHOLE = Exported(trials=3, points=4, without_curve=0)


def of_a_stack(store: Store, trials: list[tuple[rows.Row, list[rows.Row]]]) -> None:
    store.write_stacks([trials])


def of_version_1(store: Store, trials: list[tuple[rows.Row, list[rows.Row]]]) -> None:
    for row, curve in trials:
        write_apart(store.folder, row, curve)


def of_each(store: Store, trials: list[tuple[rows.Row, list[rows.Row]]]) -> None:
    for row, curve in trials:
        store.write(row, curve)


@pytest.fixture(params=[of_a_stack, of_each, of_version_1])
def store(tmp_path: Path, request: pytest.FixtureRequest) -> Store:
    made = Store(tmp_path / "results")
    made.prepare()
    request.param(
        made,
        [
            (rows.stamp(BOOK, rows.measured(outcome(), 10), ["dropout"]), CURVE),
            (rows.stamp(NONE, rows.measured(outcome(80), 10), []), UNITS),
            (rows.stamp(FAILED, {"error": "why"}, []), []),
        ],
    )
    return made


def curves_on(store: Store) -> list[dict[str, object]]:
    return store.curves_of([BOOK.trial_id, NONE.trial_id]).to_pylist()


def test_export_is_one_file_with_every_trial_and_factor(store: Store, tmp_path: Path) -> None:
    assert export(store, tmp_path / "all.parquet") == WHOLE
    table = pq.read_table(tmp_path / "all.parquet").to_pandas().set_index("condition")
    assert table.loc["book", "dropout_2"] == 0.5
    assert table.loc["none", "test_correct"] == 80
    with pytest.raises(StorageError, match="no trials to export"):
        export(Store(tmp_path / "empty"), tmp_path / "none.parquet")


def test_every_curve_is_kept_from_loose_and_from_packed_files(store: Store, tmp_path: Path) -> None:
    written = curves_on(store)
    expected = [{"trial_id": BOOK.trial_id, **point, "activation_mean_1": None} for point in CURVE]
    assert written == expected + [{"trial_id": NONE.trial_id, **point} for point in UNITS]
    source = store
    for folder in ("packed", "again"):
        assert pack(source, tmp_path / folder) == WHOLE
        source = Store(tmp_path / folder)
        assert curves_on(source) == written
        assert pq.read_table(source.curves / schema.PACKED_FILE).num_rows == 4
        assert export(source, tmp_path / f"{folder}.parquet") == WHOLE
        points = curves_in(pq.read_table(tmp_path / f"{folder}.parquet"))
        assert of_trials(points, [BOOK.trial_id, NONE.trial_id]).to_pylist() == written


def test_more_trials_beside_packed_ones_keep_their_curves(store: Store, tmp_path: Path) -> None:
    pack(store, tmp_path / "packed")
    packed, more = Store(tmp_path / "packed"), trial(condition("none"), 1)
    packed.write(rows.stamp(more, rows.measured(outcome(82), 10), []), CURVE)
    assert pack(packed, tmp_path / "again") == Exported(trials=4, points=6, without_curve=0)


def test_the_analysis_reads_curves_in_rows_as_it_reads_those_in_files(store: Store, tmp_path: Path) -> None:
    export(store, tmp_path / "all.parquet")
    pack(store, tmp_path / "packed")
    inside = Store(tmp_path / "inside")
    inside.trials.mkdir(parents=True)
    (inside.trials / schema.PACKED_FILE).write_bytes((tmp_path / "all.parquet").read_bytes())

    def found(source: Path) -> str:
        seen = [(each.trial_id, Seen(each.condition.label, each.seed, False, {})) for each in (BOOK, NONE, FAILED)]
        curves = read_curves(source, read(source).curves, seen)
        return repr([(of, {k: v for k, v in curve.items() if not np.isnan(v).all()}) for of, curve in curves])

    assert "activation_mean_1" in found(store.folder)
    for source in (tmp_path / "all.parquet", tmp_path / "packed", inside.folder):
        assert found(source) == found(store.folder)
    assert "curves" not in read(tmp_path / "all.parquet").frame.columns
    assert curves_on(inside) == curves_on(store)
    assert inside.read(BOOK.trial_id) == store.read(BOOK.trial_id)


def test_a_trained_trial_without_a_curve_is_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = Store(tmp_path / "results")
    store.prepare()
    of_a_stack(store, [(rows.stamp(BOOK, rows.measured(outcome(), 10), ["dropout"]), CURVE),
                       (rows.stamp(NONE, rows.measured(outcome(80), 10), []), []),
                       (rows.stamp(FAILED, {"error": "why"}, []), [])])  # fmt: skip
    assert main(["export", str(store.folder), str(tmp_path / "small")]) == 0
    said = capsys.readouterr().err
    assert "3 trials written to" in said
    assert "with 2 rows of curves" in said
    assert "warning: 1 of these trials have no curve" in said


def test_an_export_among_the_trials_is_refused(store: Store) -> None:
    with pytest.raises(StorageError, match="every file is one trial"):
        export(store, store.trials / "all.parquet")
    assert len(store.trial_ids()) == 3
