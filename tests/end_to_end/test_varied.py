"""A study whose conditions differ in everything that they may: run, read back, compared, resumed."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.answer.compare import compare
from analysis.tables.table import load
from bench.base.precision import Target
from bench.record.export import export
from bench.record.store import Store
from bench.run.executors import serial
from bench.run.runner import Run
from bench.study.study import read_study

CPU = [Target("cpu", "float32")]
PLAIN = {"hidden": [16, 8], "learning_rate": 0.1}
CONDITIONS = {
    "none": PLAIN,
    "decay": PLAIN | {"weight_decay": 0.01, "max_norm": 2, "ema": 0.9},
    "tanh": PLAIN | {"activation": "tanh", "dropout": 0.2, "train_size": 256, "label_noise": 0.2},
    "deep": {"hidden": [8, 8, 8], "learning_rate": 0.01, "optimiser": "adam", "normalisation": "batch", "mixup": 0.2},
}
DOCUMENT = {
    "name": "varied",
    "data": {"name": "fashion_mnist_sample", "stratified": True},
    "training": {"epochs": 2, "batch_size": 64, "record_activations": True},
    "trials": {"seeds": 2},
    "conditions": [{"label": label} | table for label, table in CONDITIONS.items()],
    "analysis": {"control": "none"},
}


@pytest.mark.slow
def test_conditions_that_differ_in_the_recipe_are_run_written_and_compared(tmp_path: Path) -> None:
    study, store = read_study(DOCUMENT, "s.toml"), Store(tmp_path)
    run = Run(study, store, serial.run, 1)
    assert set(run.train(run.start(CPU, "test"), CPU, "test")) <= {"ok", "diverged"}
    rows = {trial.condition.label: store.read(trial.trial_id) for trial in study.trials()}
    deep, tanh = rows["deep"], rows["tanh"]
    assert deep and tanh
    assert (deep["hidden"], deep["depth"], deep["width"], deep["optimiser"]) == ("8-8-8", 3.0, 8.0, "adam")
    assert (tanh["hidden"], tanh["width"], tanh["activation"], tanh["label_noise"]) == ("16-8", None, "tanh", 0.2)
    assert (tanh["train_size"], tanh["train_total"], tanh["dropout_2"]) == (256.0, 256, 0.2)
    assert 0 < tanh["test_calibration_error"] < 1
    curve = store.curves_of([deep["trial_id"]]).to_pylist()
    assert [0 <= row["masked_zeros_3"] <= 1 for row in curve] == [True, True]
    assert run.start(CPU, "again").to_do == []
    table = load(tmp_path)
    found = compare(table, "test_calibration_error", "none")
    assert list(found.effects) == ["decay", "tanh", "deep"]
    assert found.lower_is_better
    assert set(load(tmp_path, {"activation": "tanh"}).frame["condition"]) == {"tanh"}
    export(store, tmp_path / "all.parquet")
    assert load(tmp_path / "all.parquet", {"depth": "3"}).frame["hidden"].unique().tolist() == ["8-8-8"]
