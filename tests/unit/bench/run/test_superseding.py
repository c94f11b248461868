"""A plan that would leave finished trials out is refused, and replaces no other before something of it is trained."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench import schema
from bench.base.errors import UsageError
from bench.base.precision import Target
from bench.record.export import pack
from bench.record.store import Store
from bench.record.trials import NUMERICS_VERSION, STACKED
from bench.regularisers import REGULARISERS
from bench.run.executors import serial
from bench.run.plan import plan_document
from bench.run.runner import Run
from bench.schema.documents import read_log
from bench.study.study import Study, load_study

CPU = [Target("cpu", "float32")]
STUDY = """
name = "tiny"
data = { name = "fashion_mnist_sample", train_size = 64 }
model = { hidden = [8] }
training = { epochs = 1, batch_size = 32, learning_rate = 0.1 }
trials = { seeds = 2 }
analysis = { control = "none" }
conditions = [{ label = "none" }, { label = "half", dropout = 0.5 }]
"""


def study(folder: Path, old: str = "", new: str = "") -> Study:
    assert old in STUDY
    (folder / "tiny.toml").write_text(STUDY.replace(old, new) if old else STUDY)
    return load_study(folder / "tiny.toml")


def run(folder: Path, made: Study, *, supersede: bool = False) -> list[str]:
    this = Run(made, Store(folder / "out"), serial.run, 1, supersede)
    now = this.start(CPU, "test")
    return this.train(now, CPU, "test") if now.to_do else []


def kept(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted((folder / "out").rglob("*")) if path.is_file()}


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    assert len(run(tmp_path, study(tmp_path))) == 4
    return tmp_path


@pytest.mark.parametrize(
    ("old", "new", "number", "differs"),
    [
        ("0.1 }", "0.2 }", "4 finished trials of none, half", "training.learning_rate: 0.1 -> 0.2"),
        ("dropout = 0.5", "dropout = 0.4", "2 finished trials of half", 'condition "half" dropout: [0.5] -> [0.4]'),
        ("epochs = 1,", 'epochs = 1, schedule = "cosine",', "4 finished", "training.schedule: not set -> cosine"),
        ("train_size = 64", "train_size = 32", "4 finished trials", "data.train_size: 64 -> 32"),
    ],
)
def test_settings_that_would_leave_finished_trials_out_are_refused(
    finished: Path, old: str, new: str, number: str, differs: str
) -> None:
    before = kept(finished)
    with pytest.raises(UsageError) as refused:
        run(finished, study(finished, old, new))
    assert number in str(refused.value)
    assert f"\n  {differs}\n" in str(refused.value)
    assert "--supersede" in str(refused.value)
    assert kept(finished) == before


def test_a_new_version_is_refused_by_name(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as changed:
        changed.setitem(REGULARISERS, "dropout", replace(REGULARISERS["dropout"], version=2))
        with pytest.raises(UsageError, match=r"2 finished trials of half .*\n  versions\.dropout: 1 -> 2\n"):
            run(finished, study(finished))
    monkeypatch.setitem(NUMERICS_VERSION, STACKED, 2)
    with pytest.raises(UsageError, match=r"4 finished trials .*\n  versions\.stacked: 1 -> 2\n"):
        run(finished, study(finished))


@pytest.mark.parametrize(
    ("old", "new", "trained"),
    [
        ("seeds = 2", "seeds = 3", 2),
        ("seeds = 2", "seeds = 1", 0),
        ('{ label = "half", dropout = 0.5 }', '{ label = "other", dropout = 0.4 }', 2),
        ('"half"', '"book"', 0),
        ('control = "none"', 'control = "half"', 0),
    ],
)
def test_what_is_added_left_off_or_renamed_is_not(finished: Path, old: str, new: str, trained: int) -> None:
    assert len(run(finished, study(finished, old, new))) == trained


def test_superseded_trials_stay_and_the_plan_changes_with_the_first_new_trial(finished: Path) -> None:
    changed, store = study(finished, "0.1 }", "0.2 }"), Store(finished / "out")
    before, plan = store.trial_ids(), (store.folder / schema.PLAN_FILE).read_bytes()
    Run(changed, store, serial.run, 1, supersede=True).start(CPU, "test")
    assert (store.folder / schema.PLAN_FILE).read_bytes() == plan
    assert "learning_rate = 0.1" in (store.folder / schema.STUDY_FILE).read_text()
    assert len(run(finished, changed, supersede=True)) == 4
    assert store.plan() == plan_document(changed, "test")
    assert "learning_rate = 0.2" in (store.folder / schema.STUDY_FILE).read_text()
    assert set(before) < set(store.trial_ids())
    with pytest.raises(UsageError, match=r"training\.learning_rate: 0\.2 -> 0\.1"):
        run(finished, study(finished))


def test_running_a_packed_folder_of_other_sources_again_changes_nothing(
    finished: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack(Store(finished / "out"), finished / "packed")
    (finished / "out").rename(finished / "loose")
    (finished / "packed").rename(finished / "out")
    before = kept(finished)
    monkeypatch.setattr("bench.study.study.sources_hash", lambda: "other sources")
    assert run(finished, study(finished)) == []
    assert kept(finished) == before


@pytest.mark.parametrize(
    ("gone", "differs"),
    [
        ([schema.PLAN_FILE], "training.learning_rate: 0.1 -> 0.2"),
        ([schema.PLAN_FILE, schema.STUDY_FILE], "study.toml is gone"),
    ],
)
def test_without_a_plan_the_trials_on_disk_are_held_against_the_study(
    finished: Path, gone: list[str], differs: str
) -> None:
    for name in gone:
        (finished / "out" / name).unlink()
    before = kept(finished)
    with pytest.raises(UsageError, match="4 finished trials of none, half") as refused:
        run(finished, study(finished, "0.1 }", "0.2 }"))
    assert f"\n  {differs}" in str(refused.value)
    assert kept(finished) == before
    assert run(finished, study(finished)) == []
    assert Store(finished / "out").plan() == plan_document(study(finished), "test")


def test_without_a_plan_what_was_superseded_is_no_reason_to_refuse(finished: Path) -> None:
    changed = study(finished, "0.1 }", "0.2 }")
    run(finished, changed, supersede=True)
    (finished / "out" / schema.PLAN_FILE).unlink()
    assert run(finished, changed) == []


def test_a_study_file_edited_in_the_results_is_named_and_never_to_be_removed(finished: Path) -> None:
    path = finished / "out" / schema.STUDY_FILE
    path.write_text(path.read_text().replace("epochs = 1", "epochs = 2"))
    with pytest.raises(UsageError, match=r"4 finished trials(.|\n)*study\.toml: cannot be used") as refused:
        run(finished, load_study(path))
    assert "edit a copy and run that" in str(refused.value)
    assert "emove" not in str(refused.value)
    assert run(finished, study(finished)) == [], "the study as it was"
    assert Store(finished / "out").study_document() == study(finished).document()


def test_failed_trials_are_no_reason_to_refuse(finished: Path) -> None:
    store = Store(finished / "out")
    for trial_id in store.trial_ids():
        row = store.read(trial_id)
        assert row is not None
        store.replace([row | {"status": schema.FAILED, "error": "it broke"}])
    assert len(run(finished, study(finished, "0.1 }", "0.2 }"))) == 4


@pytest.mark.parametrize(("more", "entries"), [({}, 1), ({"until": None, "margins": {}}, 1), ({"alpha": 0.1}, 2)])
def test_plans_of_analysis_are_compared_with_defaults_filled_in(
    finished: Path, more: dict[str, Any], entries: int
) -> None:
    log = finished / "out" / schema.PLANS_LOG
    (entry,) = read_log(log)
    given = {key: value for key, value in entry["analysis"].items() if value not in (None, {})}
    log.write_text(json.dumps(entry | {"analysis": given | more, "analysis_hash": "of an older program"}) + "\n")
    run(finished, study(finished))
    assert len(log.read_text().splitlines()) == entries
