"""From what came of a trial to its row and its curve, in the columns of the schema."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from bench import schema
from bench.record import own_rows
from bench.record.experiment import Experiment
from bench.record.trials import Trial

if TYPE_CHECKING:
    from bench.record.outcome import Outcome, Score

Row = dict[str, Any]
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""A clock that nobody sets; the first, of Linux, goes on while the machine is suspended."""


def measured(outcome: Outcome, classes: int) -> Row:
    """Return the columns that the trial's numbers decide, throughput among them."""
    train, test, running = outcome.train, outcome.test[-1], outcome.running[-1]
    assert train is not None
    train_total, test_total = len(train.correct), len(test.correct)
    train_accuracy, test_accuracy = _accuracy(train), _accuracy(test)
    running_accuracy = _accuracy(running)
    validation = outcome.validation
    return {
        "epochs": len(outcome.running),
        "classes": classes,
        "train_total": train_total,
        "test_total": test_total,
        "validation_total": 0 if validation is None else len(validation.correct),
        "train_correct": _correct(train),
        "test_correct": _correct(test),
        "validation_correct": None if validation is None else _correct(validation),
        "train_accuracy": train_accuracy,
        "test_accuracy": test_accuracy,
        "generalisation_gap": train_accuracy - test_accuracy,
        "train_loss": train.loss,
        "test_loss": test.loss,
        "loss_gap": test.loss - train.loss,
        "running_train_accuracy": running_accuracy,
        "running_train_loss": running.loss,
        "running_gap": running_accuracy - test_accuracy,
        "test_calibration_error": test.calibration_error,
        "train_seconds": outcome.train_seconds,
        "throughput": train_total * len(outcome.running) / outcome.train_seconds,
        "test_bits": np.packbits(test.correct.numpy()).tobytes(),
    }


@dataclass(frozen=True)
class Beginning:
    """When training began: the time of day, and that of a clock that nobody sets, from which the end is reckoned."""

    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    ticks: float = field(default_factory=lambda: time.clock_gettime(_CLOCK))

    def seconds(self) -> float:
        """Return the seconds since, those of a suspended machine too."""
        return time.clock_gettime(_CLOCK) - self.ticks


def executed(stack_size: int, began: Beginning) -> Row:
    """Return the columns that say how a stack was run, which ends now."""
    ended = began.at + timedelta(seconds=began.seconds())
    return {"stack_size": stack_size, "exclusive": False, "started_at": began.at, "ended_at": ended}


def curve(outcome: Outcome) -> list[Row]:
    """Return the trial's rows of the curves table; the clean training accuracy is known at the last epoch only."""
    recorded = outcome.activations or [{}] * len(outcome.running)
    rows = [
        {
            "epoch": epoch,
            "running_train_loss": running.loss,
            "running_train_accuracy": _accuracy(running),
            "test_loss": test.loss,
            "test_accuracy": _accuracy(test),
            "train_accuracy": None,
            **activations,
        }
        for epoch, (running, test, activations) in enumerate(
            zip(outcome.running, outcome.test, recorded, strict=True), start=1
        )
    ]
    assert outcome.train is not None
    rows[-1]["train_accuracy"] = _accuracy(outcome.train)
    return rows


def identity(trial: Trial, names: list[str]) -> Row:
    """Return the columns that say what a trial is, with those of the regularisers and keys of the recipe in `names`."""
    return {
        "study": trial.study,
        "trial_id": trial.trial_id,
        "condition": trial.condition.label,
        "condition_id": trial.condition.condition_id,
        "device": trial.device,
        "precision": trial.precision,
        "engine": trial.engine,
        "seed": trial.seed,
        "init_seed": trial.seeds.init,
        "order_seed": trial.seeds.order,
        "mask_seed": trial.seeds.mask,
        "stays_at_chance": trial.condition.stays_at_chance,
        "rate": _rate(trial),
        "data_hash": trial.data_hash,
        "code_hash": trial.code_hash,
        **trial.factors(names),
    }


def _rate(trial: Trial) -> float | None:
    """Return the dropout rate where all layers agree and nothing else is set."""
    condition = trial.condition
    if isinstance(trial.recipe, Experiment):
        return own_rows.rate(trial.recipe, condition.recipe)
    layers = len(trial.recipe.hidden)
    rates = {condition.factors(["dropout"], layers)[f"dropout_{layer + 1}"] for layer in range(layers)}
    other = not condition.active().keys() <= {"dropout"} or bool(condition.recipe)
    return rates.pop() if len(rates) == 1 and not other else None


def status(row: Row) -> str:
    """Return whether the trial of `row` failed, diverged (by the rule fixed beforehand), or is ok."""
    if row.get("error") is not None:
        return schema.FAILED
    finite = all(math.isfinite(row[loss]) for loss in ("train_loss", "test_loss", "running_train_loss"))
    at_chance = schema.is_at_chance(row["test_correct"] / row["test_total"], 1 / row["classes"])
    return schema.DIVERGED if schema.has_diverged(finite, at_chance, row["stays_at_chance"]) else schema.OK


def stamp(trial: Trial, row: Row, names: list[str]) -> Row:
    """Return `row` under the names that the present study gives it.

    A label, or the mark that a condition stays at chance, may change without the numbers changing. The sources that
    made the row stay those that did.
    """
    stamped = identity(trial, names)
    stamped = row | stamped | {key: row.get(key) or stamped[key] for key in ("code_hash", "data_hash")}
    return stamped | {"status": ended(trial, stamped)}


def ended(trial: Trial, row: Row) -> str:
    """Return how the trial of `row` ended, by the rule of what trains it."""
    recipe = trial.recipe
    return own_rows.status(row, recipe.guess) if isinstance(recipe, Experiment) else status(row)


def _correct(score: Score) -> int:
    return int(score.correct.sum())


def _accuracy(score: Score) -> float:
    return _correct(score) / len(score.correct)
