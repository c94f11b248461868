"""Made-up results folders in the form of the schema: what the runner leaves, in a second."""

from __future__ import annotations

import csv
import functools
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from analysis.figures.evidence import Evidence
from analysis.figures.plot import Plot, rendered
from analysis.figures.theme import Layout
from analysis.findings import page
from analysis.report import drawing, write_report
from bench import schema
from tests.results import write

RATES = {
    "none": (0.0, 0.0),
    "book": (0.2, 0.5),
    "swapped": (0.5, 0.2),
    "all-dropped": (1.0, 1.0),
    "dropout-0.1": (0.1, 0.1),
    "dropout-0.3": (0.3, 0.3),
    "dropout-0.5": (0.5, 0.5),
    "dropout-0.7": (0.7, 0.7),
}
GRID = {f"dropout_1-{a:g}_dropout_2-{b:g}": (a, b) for a in (0.0, 0.2, 0.5) for b in (0.0, 0.5)}
"""Both rates crossed: the first of them is no dropout at all."""
EVERY = RATES | GRID
TRAIN, TEST, CLASSES, EPOCHS = 60_000, 10_000, 10, 10
COLLAPSED = 0.1


@dataclass(frozen=True)
class Made:
    """What to make: conditions with their rates, how many seeds, and the trials that went wrong."""

    labels: tuple[str, ...] = tuple(RATES)
    seeds: int = 6
    devices: tuple[str, ...] = ("cpu",)
    margin: float | None = 0.001
    diverged: tuple[tuple[str, int], ...] = ()
    failed: tuple[tuple[str, int], ...] = ()
    missing: tuple[tuple[str, int], ...] = ()
    curves: bool = True
    recorded: bool = False
    images: bool = True
    control: str = "none"
    engine: str = ""


def trial_id(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _outcome(rates: tuple[float, float], rng: np.random.Generator, block: float) -> dict[str, Any]:
    """Return the numbers of one trial that trained, roughly as the book's network gives them."""
    strength = sum(rates) / 2
    test = 0.856 + 0.006 * strength - 0.022 * max(0, strength - 0.4) + 0.006 * block + rng.normal(0, 0.004)
    clean = test + 0.021 - 0.012 * strength + rng.normal(0, 0.0015)
    running = clean - 0.002 - 0.075 * strength**1.5 + rng.normal(0, 0.001)
    loss = 0.28 + 0.33 * strength**1.3 + rng.normal(0, 0.005)
    return {"test": test, "train": clean, "running": running, "loss": loss, "test_loss": 0.39 + 0.05 * strength}


def _row(name: tuple[str, int, str], made: Made, rng: np.random.Generator, block: float) -> dict[str, Any]:
    label, seed, device = name
    rates = EVERY.get(label, (0.4, 0.4))
    row: dict[str, Any] = {
        "study": "dropout", "trial_id": trial_id(*name), "condition": label, "condition_id": trial_id(label),
        "device": device, "precision": "float32", "engine": made.engine or {"cpu": "stacked", "cuda": "fused"}[device],
        "seed": seed, "init_seed": seed,
        "order_seed": seed, "mask_seed": seed, "stays_at_chance": min(rates) == 1,
        "rate": rates[0] if rates[0] == rates[1] else None, "dropout_1": rates[0], "dropout_2": rates[1],
        "status": schema.OK, "error": None, "data_hash": "da7a", "code_hash": "c0de", "environment_id": "e0",
        "started_at": datetime(2026, 1, 2, tzinfo=UTC), "ended_at": datetime(2026, 1, 2, 0, 1, tzinfo=UTC),
    }  # fmt: skip
    if (label, seed) in made.failed:
        return row | {"status": schema.FAILED, "error": "RuntimeError: out of <memory>"}
    numbers = _outcome(rates, rng, block)
    if (label, seed) in made.diverged or min(rates) == 1:
        numbers = {"test": COLLAPSED, "train": COLLAPSED, "running": 0.0995, "loss": 2.303, "test_loss": 2.303}
        row["status"] = schema.OK if min(rates) == 1 else schema.DIVERGED
    return row | _measured(numbers, rng) | ({} if made.images else {"test_bits": None})


def _measured(numbers: Mapping[str, float], rng: np.random.Generator) -> dict[str, Any]:
    train, test = round(numbers["train"] * TRAIN), round(numbers["test"] * TEST)
    bits = rng.permutation(np.arange(TEST) < test)
    return {
        "epochs": EPOCHS, "classes": CLASSES, "train_total": TRAIN, "test_total": TEST, "validation_total": 0,
        "train_correct": train, "test_correct": test, "validation_correct": None,
        "train_accuracy": train / TRAIN, "test_accuracy": test / TEST,
        "generalisation_gap": train / TRAIN - test / TEST, "train_loss": numbers["loss"] - 0.01,
        "test_loss": numbers["test_loss"], "loss_gap": numbers["test_loss"] - numbers["loss"] + 0.01,
        "running_train_accuracy": numbers["running"], "running_train_loss": numbers["loss"],
        "running_gap": numbers["running"] - test / TEST, "train_seconds": 4.0, "throughput": 150_000.0,
        "stack_size": 8, "workers": 2, "exclusive": False, "test_bits": np.packbits(bits).tobytes(),
    }  # fmt: skip


def _curve(row: Mapping[str, Any], rng: np.random.Generator) -> list[dict[str, Any]]:
    flat = row["test_accuracy"] < 0.2
    shape = np.zeros(EPOCHS) if flat else 1 / np.arange(1, EPOCHS + 1) - 1 / EPOCHS
    noise = rng.normal(0, 0 if flat else 0.006, EPOCHS) * (np.arange(EPOCHS) < EPOCHS - 1)
    return [
        {
            "trial_id": row["trial_id"],
            "epoch": epoch + 1,
            "running_train_loss": row["running_train_loss"] + 0.75 * shape[epoch],
            "running_train_accuracy": row["running_train_accuracy"] - 0.27 * shape[epoch],
            "test_loss": row["test_loss"] + 0.3 * shape[epoch],
            "test_accuracy": row["test_accuracy"] - 0.11 * shape[epoch] + noise[epoch],
            "train_accuracy": row["train_accuracy"] if epoch == EPOCHS - 1 else None,
        }
        for epoch in range(EPOCHS)
    ]


def _units(row: Mapping[str, Any], epoch: int) -> dict[str, float]:
    """Return statistics of two hidden layers whose units have the mean 0.5, and a variance that falls to the end."""
    found = {}
    for layer in (1, 2):
        rate = row[f"dropout_{layer}"]
        variance = 0.2 * layer - 0.1 * rate + 0.01 * (row["seed"] % 3) * (1 + rate) + 0.1 * (EPOCHS - epoch)
        masked = 0.0 if rate == 1 else (variance + 0.25) / (1 - rate) - 0.25
        found |= {f"activation_mean_{layer}": 0.5, f"activation_variance_{layer}": variance,
                  f"activation_zeros_{layer}": 0.4, f"masked_mean_{layer}": 0.5,
                  f"masked_variance_{layer}": masked, f"masked_zeros_{layer}": 0.4 + 0.6 * rate}  # fmt: skip
    return found


def _plan(made: Made, names: list[tuple[str, int, str]]) -> dict[str, Any]:
    analysis = {"control": made.control, "primary": "test_accuracy", "margin": made.margin, "alpha": 0.05}
    analysis |= {"protocol": 2, "estimand": "typical", "bad_ending": 0.05, "direction": "higher"}
    return {
        "schema_version": schema.SCHEMA_VERSION, "study": "dropout", "study_hash": "57d1", "analysis_hash": "a7a1",
        "analysis": analysis | {"margins": {"generalisation_gap": 0.001} if made.margin else {}},
        "conditions": [
            {"label": label, "condition_id": trial_id(label), "stays_at_chance": min(rates) == 1,
             "settings": {"dropout": list(rates)}}
            for label in made.labels
            for rates in [EVERY.get(label, (0.4, 0.4))]
        ],
        "trials": [
            {"trial_id": trial_id(*name), "condition": name[0], "seed": name[1], "device": name[2],
             "precision": "float32"}
            for name in names
        ],
        "command": "python -m bench run bench/study/studies/dropout.toml",
    }  # fmt: skip


def write_folder(folder: Path, made: Made) -> Path:
    """Write a results folder and return it."""
    for name in (schema.TRIALS_FOLDER, schema.CURVES_FOLDER, schema.ENVIRONMENT_FOLDER):
        (folder / name).mkdir(parents=True)
    names = [(label, seed, device) for device in made.devices for seed in range(made.seeds) for label in made.labels]
    blocks = np.random.default_rng(7).normal(size=made.seeds)
    table_schema = schema.trials_schema(["dropout_1", "dropout_2"])
    for name in names:
        if name[:2] in made.missing:
            continue
        rng = np.random.default_rng([name[1], *name[0].encode(), *name[2].encode()])
        row = _row(name, made, rng, blocks[name[1]])
        file = f"{row['trial_id']}.parquet"
        write(folder / schema.TRIALS_FOLDER / file, pa.Table.from_pylist([row], schema=table_schema))
        if made.curves and row["status"] != schema.FAILED:
            points = _curve(row, rng)
            units = [_units(row, point["epoch"]) if made.recorded else {} for point in points]
            points = [point | more for point, more in zip(points, units, strict=True)]
            curve = pa.Table.from_pylist(points, schema=schema.curves_schema(list(units[0])))
            write(folder / schema.CURVES_FOLDER / file, curve)
    plan = _plan(made, names)
    (folder / schema.PLAN_FILE).write_text(json.dumps(plan))
    entry = {
        "time": "2026-01-01T00:00:00+00:00",
        "analysis_hash": "a7a1",
        "trials_done": 0,
        "analysis": plan["analysis"],
    }
    (folder / schema.PLANS_LOG).write_text(json.dumps(entry) + "\n")
    (folder / schema.STUDY_FILE).write_text('name = "dropout"\n')
    environment = {
        "python": "3.12",
        "libraries": {"torch": "2.13"},
        "git": {"commit": "abc", "dirty": False},
        "gpu": None,
    }
    (folder / schema.ENVIRONMENT_FOLDER / "e0.json").write_text(json.dumps(environment))
    return folder


@dataclass(frozen=True)
class Written:
    """A results folder and the report made of it."""

    folder: Path
    out: Path

    @property
    def page(self) -> str:
        """The page as text."""
        return (self.out / "index.html").read_text(encoding="utf-8")

    @property
    def objects(self) -> dict[str, Any]:
        """The comparison objects by metric, or by pool and metric."""
        return json.loads((self.out / "compare.json").read_text(encoding="utf-8"))

    def table(self, name: str) -> list[dict[str, str]]:
        """The rows of a CSV file."""
        with (self.out / "tables" / f"{name}.csv").open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))


OUTLINE = {"svg": b'<svg viewBox="0 0 1 1"></svg>', "png": b"", "pdf": b""}
"""Content of a figure that is not drawn, by format: enough for a page to be made around it."""


def outlined(plot: Plot, evidence: Evidence, layout: Layout, formats: tuple[str, ...] = ()) -> dict[str, bytes]:
    """Return the files of a figure without drawing it."""
    return {each: OUTLINE[each] for each in formats or layout.formats}


@pytest.fixture(autouse=True)
def no_pictures(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw figures in the tests that are marked so, and outlines in all others: drawing is most of a report."""
    if request.node.get_closest_marker("pictures") is None:
        monkeypatch.setattr(drawing, "rendered", outlined)
        monkeypatch.setattr(page, "rendered", outlined)


@pytest.fixture(scope="session")
def report(tmp_path_factory):
    """Return a function that makes a results folder from the fields of `Made`, and its report; once for each."""

    @functools.cache
    def made(pictures: bool = False, **given: Any) -> Written:
        folder = write_folder(tmp_path_factory.mktemp("results") / "dropout", Made(**given))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(drawing, "rendered", rendered if pictures else outlined)
            write_report(folder, folder / "report")
        return Written(folder, folder / "report")

    return made


@pytest.fixture
def make_folder(tmp_path: Path):
    """Return a function that makes a results folder of one test's own from the fields of `Made`."""
    return lambda **given: write_folder(tmp_path / "dropout", Made(**given))
