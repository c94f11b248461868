"""The two arms of rung 4: the book's recipe trained by the engine, and by the reference, one trial at a time.

Trials of an arm are independent: each has a seed of its own, and a stack of one. The arms share no random number.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch

from bench.assurance.certify.ledger import Ledger
from bench.assurance.certify.plain_trial import train_once
from bench.assurance.certify.setting import BOOK, Setting, of_dropout, one_stack
from bench.assurance.pinned_workers import Lanes
from bench.base.errors import UsageError
from bench.base.precision import Target
from bench.data import data_hash
from bench.data.split import Split
from bench.engines.choice import engine_of
from bench.record.rows import measured
from bench.record.trials import Recipe, Seeds, versions
from bench.run.provenance import processor
from bench.run.worker import load_split, train
from bench.schema.documents import content_hash

ENGINE, REFERENCE = "engine", "reference"
REFERENCE_VERSION = 1
"""Raised when the reference computes other numbers."""
FIRST_SEED = 1_000_000
"""First seed of the engine's trials: studies count their seeds from 0."""


@dataclass(frozen=True)
class Task:
    """One trial of one arm."""

    arm: str
    index: int
    recipe: Recipe
    precision: str
    device: str

    @property
    def engine(self) -> str:
        """Engine that trains such a trial in a study."""
        return engine_of(self.device, ["dropout"])

    @property
    def key(self) -> str:
        """Hash of all that this trial's numbers depend on."""
        engine = self.arm == ENGINE
        return content_hash(
            {
                "arm": self.arm,
                "index": self.index,
                "recipe": asdict(self.recipe),
                "rates": BOOK,
                "first_seed": FIRST_SEED,
                "precision": self.precision,
                "device": self.device,
                "data": data_hash(self.recipe.data, self.recipe.train_size, self.recipe.validation_size),
                "versions": versions(of_dropout(BOOK), self.engine) if engine else ((REFERENCE, REFERENCE_VERSION),),
                "engine": self.engine if engine else REFERENCE,
                **made_with(self.device),
            }
        )


def made_with(device: str) -> dict[str, str]:
    """Return the libraries that multiply, and the processor: numbers depend on all of them."""
    return {"torch": torch.__version__, "numpy": np.__version__, "processor": processor(device)}


def engine_trial(task: Task, split: Split) -> dict[str, Any]:
    """Train a stack of one by the engine."""
    seeds = Seeds(*[FIRST_SEED + task.index] * 3)
    stack = one_stack([BOOK], task.recipe, seeds, Target(task.device, task.precision))
    (outcome,) = train(stack, split, lambda: None)
    return {
        "running_train_loss": [score.loss for score in outcome.running],
        "running_train_accuracy": [score.correct.double().mean().item() for score in outcome.running],
        "test_accuracy": [score.correct.double().mean().item() for score in outcome.test],
        "train_accuracy": measured(outcome, split.classes)["train_accuracy"],
    }


def reference_trial(task: Task, split: Split) -> dict[str, Any]:
    """Train the plain module once."""
    return train_once(split.as_numbers(), task.recipe, BOOK, task.index)


TRAIN = {ENGINE: engine_trial, REFERENCE: reference_trial}


def perform(task: Task) -> dict[str, Any]:
    """Train one trial in this process; the reference always on the CPU, in float32."""
    recipe = task.recipe
    split = load_split(recipe.data, recipe.train_size, recipe.validation_size, task.device)
    named = {"key": task.key, "arm": task.arm, "index": task.index}
    return named | made_with(task.device) | TRAIN[task.arm](task, split)


def train_arms(setting: Setting) -> dict[str, list[dict[str, Any]]]:
    """Return the trials of both arms, training what is not on disk yet."""
    of_arm = {
        ENGINE: [Task(ENGINE, i, setting.recipe, setting.precision, setting.device) for i in range(setting.trials)],
        REFERENCE: [Task(REFERENCE, i, setting.recipe, "float32", "cpu") for i in range(setting.trials)],
    }
    ledgers = {
        ENGINE: Ledger(setting.folder / "trials.jsonl"),
        REFERENCE: Ledger(setting.out / "reference" / "trials.jsonl"),
    }
    found = {arm: ledgers[arm].read(task.key for task in tasks) for arm, tasks in of_arm.items()}
    pairs = zip(of_arm[ENGINE], of_arm[REFERENCE], strict=True)
    to_do = [task for pair in pairs for task in pair if task.key not in found[task.arm]]
    total = 2 * setting.trials
    setting.say(f"{total - len(to_do)} of {total} trials are on disk")
    if to_do:
        with Lanes(setting.workers) as lanes:
            for done, (task, row) in enumerate(lanes.share(perform, to_do), start=1):
                if row["key"] != task.key:
                    raise UsageError("the versions were changed while trials were trained: certify again")
                ledgers[task.arm].append(row)
                found[task.arm][task.key] = row
                if done % 10 == 0 or done == len(to_do):
                    setting.say(f"{total - len(to_do) + done} of {total} trials are done")
    return {arm: [found[arm][task.key] for task in tasks] for arm, tasks in of_arm.items()}
