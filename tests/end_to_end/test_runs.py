"""The same trial is the same row, however it was run; a run is resumed by running it again."""

from __future__ import annotations

import json
import signal

import pytest

from analysis.answer.compare import compare
from analysis.report.gather import gather
from analysis.tables.table import load
from bench import schema
from bench.record.store import Store
from tests.end_to_end.conftest import PATIENCE, Row, Workplace, wait_for_trials

pytestmark = pytest.mark.slow

Rows = dict[tuple[str, int], Row]


def test_a_run_leaves_every_trial_its_curve_and_where_it_came_from(whole_run: Workplace) -> None:
    rows = whole_run.rows()
    assert set(rows) == {(label, seed) for label in ("none", "book", "all-dropped") for seed in range(3)}
    folder = whole_run.folder / "results/tiny"
    for row in rows.values():
        assert row["status"] == "ok"
        curve = Store(folder).curves_of([row["trial_id"]]).to_pylist()
        assert [point["epoch"] for point in curve] == [1, 2, 3, 4]
        assert curve[-1]["test_accuracy"] == row["test_accuracy"]
        assert curve[-1]["running_train_loss"] == row["running_train_loss"]
    (environment,) = (folder / schema.ENVIRONMENT_FOLDER).glob("*.json")
    provenance = json.loads(environment.read_text())
    assert {"git", "libraries", "cpu", "gpu", "threads_per_worker", "self_test"} <= provenance.keys()
    assert provenance["self_test"]["cpu"]["philox_known_answer"]
    plan = json.loads((folder / schema.PLAN_FILE).read_text())
    assert {trial["trial_id"] for trial in plan["trials"]} == {row["trial_id"] for row in rows.values()}
    learned = [row["test_accuracy"] for (label, _), row in rows.items() if label != "all-dropped"]
    assert min(learned) > 0.2
    assert max(row["test_accuracy"] for (label, _), row in rows.items() if label == "all-dropped") < 0.2


@pytest.mark.parametrize("how", [["--workers", "1"], ["--executor", "serial"], ["--workers", "5"]], ids=str)
def test_rows_do_not_depend_on_workers_or_stacks(workplace: Workplace, uninterrupted: Rows, how: list[str]) -> None:
    """Five workers train stacks of 1 and 2, two workers stacks of 3."""
    run = workplace.here if "serial" in how else workplace.bench
    run("run", "tiny.toml", *how)
    assert workplace.rows() == uninterrupted


def test_rows_do_not_depend_on_their_neighbours_or_their_order(workplace: Workplace, uninterrupted: Rows) -> None:
    """First one condition alone, then the others in another order, in stacks of up to 8."""
    workplace.study(old='[[conditions]]\nlabel = "book"\ndropout = [0.2, 0.5]\n', new="")
    workplace.train()
    workplace.study(seeds="[2, 0, 1]", more="[grid]\ndropout = [0.7, 0.1, 0.9, 0.3, 0.4]")
    workplace.train()
    rows = workplace.rows()
    assert len(rows) == 24
    assert {key: rows[key] for key in uninterrupted} == uninterrupted


def test_running_again_does_nothing_and_more_seeds_or_conditions_reuse_what_is_there(finished: Workplace) -> None:
    before = {name: time for name, time in finished.files().items() if "/trials/" in name}
    finished.train()
    finished.study(seeds=4, more='[[conditions]]\nlabel = "more"\ndropout = 0.3')
    out, _ = finished.here("plan", "tiny.toml")
    assert "9  trials done" in out
    assert "7  to do" in out
    finished.train()
    after = {name: time for name, time in finished.files().items() if "/trials/" in name}
    assert len(finished.rows()) == 16
    assert {name: after[name] for name in before} == before


def test_changed_settings_are_other_trials_and_the_old_ones_are_stale(finished: Workplace) -> None:
    finished.study(old="learning_rate = 0.1", new="learning_rate = 0.2")
    out, _ = finished.here("plan", "tiny.toml")
    assert "9  to do" in out
    assert "9  stale" in out
    _, err = finished.train(code=2)
    assert "9 finished trials of none, book, all-dropped would be left out" in err
    assert "training.learning_rate: 0.1 -> 0.2" in err
    finished.train("--supersede")
    out, _ = finished.here("status", "results/tiny")
    assert "9  ok" in out
    assert "9  stale" in out


def test_a_plan_writes_nothing(workplace: Workplace) -> None:
    before = workplace.files()
    out, _ = workplace.here("plan", "tiny.toml")
    assert "9  to do" in out
    assert "about" in out
    assert workplace.files() == before


def test_a_new_label_mark_or_analysis_is_taken_over_without_training(finished: Workplace) -> None:
    finished.study(old='label = "all-dropped"\ndropout = 1\nstays_at_chance = true', new='label = "all"\ndropout = 1')
    _, err = finished.train()
    assert "9  trials done" in err
    renamed = {key: row for key, row in finished.rows().items() if key[0] == "all"}
    assert [row["status"] for row in renamed.values()] == ["diverged"] * 3
    finished.study(old="margin = 0.01", new="margin = 0.02")
    finished.train()
    log = [json.loads(line) for line in (finished.folder / "results/tiny/plans.jsonl").read_text().splitlines()]
    assert [(entry["analysis"]["margin"], entry["trials_done"]) for entry in log] == [(0.01, 0), (0.02, 9)]


def test_ctrl_c_stops_cleanly_and_the_same_command_goes_on(workplace: Workplace) -> None:
    """Far more is asked for than any machine trains before the signal; then less, of which some is done."""
    longer = {"old": "epochs = 4", "new": "epochs = 20"}
    workplace.study(seeds=200, **longer)
    process = workplace.start("run", "tiny.toml", "--workers", "1")
    wait_for_trials(workplace, 1)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "interrupted" in err
    assert "Traceback" not in err
    kept = workplace.rows()
    assert 0 < len(kept) < 600
    workplace.study(seeds=2, **longer)
    _, err = workplace.bench("run", "tiny.toml", "--workers", "1")
    assert " 0  trials done" not in err
    rows = workplace.rows()
    assert rows.keys() >= {(label, seed) for label in ("none", "book", "all-dropped") for seed in range(2)}
    assert {key: rows[key] for key in kept} == kept


@pytest.mark.slow
def test_until_decided_adds_seeds_and_stops(workplace: Workplace) -> None:
    """A condition that drops everything is far below; with few seeds allowed the other stays open, and it is said."""
    workplace.study(seeds=4, more='[[conditions]]\nlabel = "all"\ndropout = 0.95')
    out, err = workplace.train("--until", "decided", "--max-seeds", "9", code=1)
    assert out == "results/tiny\n"
    assert "after 4 seeds:" in err and "after 9 seeds:" in err
    assert len({seed for _, seed in workplace.rows()}) == 9
    told = compare(load(workplace.folder / "results/tiny"), "test_accuracy", "none")
    assert told.scopes == ["sequence"], "looking at will has its price"
    for arguments, said in (
        (["--max-seeds", "7"], "without --until decided"),
        (["--until", "decided", "--max-seeds", "2"], "has 4 seeds already"),
    ):
        _, err = workplace.train(*arguments, code=2)
        assert said in err


def test_a_packed_folder_is_read_like_any_other_and_its_trials_stay_as_they_are(finished: Workplace) -> None:
    """Few files: the same rows, curves and report; nothing to train again; more seeds may be added."""
    _, said = finished.here("export", "results/tiny", "small")
    assert "9 trials written to small" in said
    whole, small = finished.folder / "results/tiny", finished.folder / "small"
    assert {path.name for path in small.glob("*/*.parquet")} == {schema.PACKED_FILE}
    assert finished.rows("small") == finished.rows()
    gathered = [gather(folder) for folder in (whole, small)]
    pools = [material.pools[0] for material in gathered]
    assert pools[0].evidence.curves is not None
    assert pools[0].evidence.curves == pools[1].evidence.curves
    assert pools[0].primary == pools[1].primary
    assert gathered[0].environments == gathered[1].environments
    before = finished.files()
    out, _ = finished.here("status", "small")
    assert "       9  ok" in out
    out, _ = finished.train("--out", "small")
    changed = {path for path, when in finished.files().items() if before.get(path) != when}
    assert not [path for path in changed if path.endswith(".parquet")]
    finished.study(seeds=4)
    finished.train("--out", "small")
    assert len(finished.rows("small")) == 12
    _, said = finished.here("export", "results/tiny", "small", code=2)
    assert "small: is not empty" in said
    finished.study(old='label = "book"', new='label = "books"')
    finished.train("--out", "small")
    assert {label for label, seed in finished.rows("small") if seed < 3} == {"none", "books", "all-dropped"}
    assert {key: row for key, row in finished.rows("small").items() if key[0] != "books" and key[1] < 3} == {
        key: row for key, row in finished.rows().items() if key[0] != "book"
    }
