"""Trials that were never trained, written as a runner writes them: a stack a seed, and segments when they are due."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from bench.record import rows
from bench.record.segments import compact, is_due
from bench.record.store import Store
from bench.record.trials import Trial
from bench.run.plan import plan_document
from bench.study.study import read_study

RATES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
EPOCHS, TRAINED = 10, 512
SHARES = ("train_loss", "test_loss", "loss_gap", "running_train_accuracy", "running_train_loss", "running_gap")


def study_text(seeds: int) -> str:
    """Return a study of eight rates of dropout."""
    conditions = "".join(f'[[conditions]]\nlabel = "p{rate}"\ndropout = {rate}\n' for rate in RATES)
    return f"""
name = "scale"
[data]
name = "fashion_mnist_sample"
train_size = {TRAINED}
[model]
hidden = [32, 16]
[training]
epochs = {EPOCHS}
batch_size = 64
learning_rate = 0.1
[trials]
seeds = {seeds}
{conditions}
[analysis]
control = "p0.0"
margin = 0.01
"""


def fabricate(folder: Path, seeds: int, images: int = 10_000) -> int:
    """Write every trial of the study, each with random test bits, which no format can make smaller; return how many."""
    study = read_study(tomllib.loads(study_text(seeds)), "scale.toml")
    store, trials = Store(folder), study.trials()
    store.prepare()
    plan = plan_document(study, "python -m tests.scale")
    plan.pop("data")  # no images are behind random bits
    store.write_plan(plan, study.to_toml(), 0)
    by_seed: dict[int, list[Trial]] = {}
    for trial in trials:
        by_seed.setdefault(trial.seed, []).append(trial)
    rng, names = np.random.default_rng(0), study.factors()
    for stack in by_seed.values():
        stored = [(rows.stamp(trial, _row(rng, trial, images, len(stack)), names), _curve(rng)) for trial in stack]
        store.write_stacks([stored])
        if is_due(store.files):
            compact(store.files, store.curves)
    return len(trials)


def _row(rng: np.random.Generator, trial: Trial, images: int, stack_size: int) -> dict[str, Any]:
    right = rng.random(images) < 0.8
    trained, tested = int(rng.integers(300, TRAINED)), int(right.sum())
    started = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=trial.seed)
    counts = {"epochs": EPOCHS, "train_total": TRAINED, "test_total": images, "validation_total": 0}
    counts |= {"train_correct": trained, "test_correct": tested, "validation_correct": None}
    shares = {name: float(rng.random()) for name in SHARES} | {
        "train_accuracy": trained / TRAINED,
        "test_accuracy": tested / images,
        "generalisation_gap": trained / TRAINED - tested / images,
    }
    run = {"train_seconds": 1.0, "throughput": float(TRAINED * EPOCHS), "stack_size": stack_size, "exclusive": False}
    when = {"started_at": started, "ended_at": started + timedelta(seconds=1), "workers": 2, "environment_id": "e" * 16}
    bits = {"classes": 10, "test_bits": np.packbits(right).tobytes()}
    return counts | shares | run | when | bits


def _curve(rng: np.random.Generator) -> list[dict[str, Any]]:
    names = ("running_train_loss", "running_train_accuracy", "test_loss", "test_accuracy")
    return [
        {"epoch": epoch + 1, "train_accuracy": None} | {name: float(rng.random()) for name in names}
        for epoch in range(EPOCHS)
    ]
