"""Golden numbers of the stacked engine: tiny networks, trained on the real images that ship, in float64."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch

from bench.data import DATA_SETS
from bench.data.split import Split, make_split
from bench.engines.epochs import run_epochs
from bench.engines.stacked.activations import ACTIVATIONS
from bench.engines.stacked.initialisation import INITIALISATIONS
from bench.engines.stacked.normalisation import NORMALISATIONS
from bench.engines.stacked.optimisers import OPTIMISERS, SCHEDULES
from bench.engines.stacked.train import StackedEngine
from bench.record.outcome import Outcome
from bench.record.trials import STACKED, Condition, Recipe, Seeds, Stack, Trial
from bench.regularisers import REGULARISERS
from tests.golden.golden import Golden, Numbers, data_set, engine, regularisers

SAMPLE = "fashion_mnist_sample"
RECIPE = Recipe(SAMPLE, 160, 64, (24, 16), "default", 4, 64, 0.5)
"""Three steps an epoch, the last with a batch of 32."""
SEEDS = Seeds(init=5, order=6, mask=7)
RATES = {"sgd": 0.5, "momentum": 0.05, "adam": 0.01}
"""Optimiser -> a learning rate at which it trains these networks."""
NEEDS = {"test_passes": {"dropout": 0.5}}
"""Regulariser -> what it does nothing without."""
FEW = 60
"""Test images of which it is written down whether they are right."""


@dataclass(frozen=True)
class Training:
    """One training: its strengths, and its recipe."""

    name: str
    strengths: Mapping[str, float] = field(default_factory=dict)
    """Regulariser -> strength, in the second and further hidden layers half of it."""
    recipe: Recipe = RECIPE

    def golden(self) -> Golden:
        """Return its record."""
        versions = engine(STACKED) | regularisers(*self.strengths) | data_set(SAMPLE)
        return Golden(self.name, versions, self.numbers)

    def numbers(self) -> Numbers:
        """Return what the training shows, and where its weights end."""
        trials = (Trial("golden", each, 0, SEEDS, self.recipe, "cpu", "", "") for each in self._conditions())
        stacked = StackedEngine(Stack(tuple(trials)), split_of(self.recipe))
        tensors = stacked.hooks.tensors
        begun = [each[-1].clone() for each in tensors]
        outcome = run_epochs(stacked, self.recipe.epochs, lambda: None)[-1]
        ended = [each[-1] for each in tensors]
        changes = [after - before for after, before in zip(ended, begun, strict=True)]
        found = shown(outcome) | {
            "change of the weights, norm": [norm(each) for each in changes],
            "change of the weights, against cosines": [against_cosines(each) for each in changes],
            "some weights": [each.flatten()[place].item() for each in ended for place in (each.numel() // 2, -1)],
            "last gradient, norm": [norm(layer.gradient[-1]) for layer in stacked.network],
        }
        if self.strengths:
            found["distance from the training without it"] = [norm(each[-1] - each[0]) for each in tensors]
        return found

    def _conditions(self) -> Iterator[Condition]:
        """Yield a condition without regularisers, then the one in question where it has any."""
        yield Condition("none", ())
        if self.strengths:
            halves = [1.0] + [0.5] * (len(self.recipe.hidden) - 1)
            settings = {
                name: tuple(strength * half for half in halves[: len(REGULARISERS[name].columns(len(halves)))])
                for name, strength in self.strengths.items()
            }
            yield Condition("this", tuple(settings.items()))


def shown(outcome: Outcome) -> Numbers:
    """Return the scores of a training, and what else its curves have."""
    train, validation = outcome.train, outcome.validation
    assert train and validation
    found: Numbers = {
        "running loss": [each.loss for each in outcome.running],
        "running correct": [int(each.correct.sum()) for each in outcome.running],
        "test loss": [each.loss for each in outcome.test],
        "test correct": [int(each.correct.sum()) for each in outcome.test],
        "test right, the first": ["".join(map(str, outcome.test[-1].correct[:FEW].int().tolist()))],
        "test calibration error": [each.calibration_error or 0.0 for each in outcome.test],
        "train and validation loss": [train.loss, validation.loss],
        "train and validation correct": [int(train.correct.sum()), int(validation.correct.sum())],
    }
    recorded = {key: [each[key] for each in outcome.activations] for key in outcome.activations[-1]}
    return found | recorded


@functools.cache
def split_of(recipe: Recipe) -> Split:
    """Return the real images of a recipe, in float64."""
    images = DATA_SETS[recipe.data].load(Path())
    return make_split(
        images,
        recipe.train_size,
        recipe.validation_size,
        torch.float64,
        stratified=recipe.stratified,
        label_noise=recipe.label_noise,
    )


def trainings() -> Iterator[Training]:
    """Yield a training for each thing of the registries, and those in which several meet."""
    yield Training("plain training")
    for name, record in REGULARISERS.items():
        yield Training(f"regulariser {name}", {name: record.typical} | NEEDS.get(name, {}))
    kinds: dict[str, Mapping[str, Any]] = {
        "optimiser": OPTIMISERS, "schedule": SCHEDULES, "activation": ACTIVATIONS, "normalisation": NORMALISATIONS,
        "initialisation": dict.fromkeys(INITIALISATIONS),
    }  # fmt: skip
    for kind, registry in kinds.items():
        for name in registry:
            rate = RATES[name] if kind == "optimiser" else RECIPE.learning_rate
            yield Training(f"{kind} {name}", {}, replace(RECIPE, **{kind: name}, learning_rate=rate))
    yield Training("label noise", {}, replace(RECIPE, label_noise=0.3))
    yield Training("stratified", {}, replace(RECIPE, stratified=True))
    yield Training("recorded activations", {"dropout": 0.5}, replace(RECIPE, record_activations=True))
    yield from meetings()


def meetings() -> Iterator[Training]:
    """Yield the trainings in which regularisers act at one place, or on what another one keeps."""

    def typical(*hooks: str) -> dict[str, float]:
        return {name: record.typical for name, record in REGULARISERS.items() if record.hooks().keys() & set(hooks)}

    noises = dict.fromkeys(typical("hidden"), 0.1)
    batch = replace(RECIPE, normalisation="batch")
    momentum = replace(RECIPE, optimiser="momentum", learning_rate=RATES["momentum"])
    wrong = replace(RECIPE, learning_rate=1.0, label_noise=0.4)  # the loss rises, and falls again an epoch later
    changes = typical("gradient", "before_step", "after_step")
    yield Training("every noise of hidden units", noises, replace(RECIPE, activation="tanh"))
    yield Training("every noise of hidden units, in two passes", noises | {"test_passes": 2})
    yield Training("every change of inputs and targets", typical("inputs", "targets"))
    yield Training("every change of gradients and weights", changes, momentum)
    yield Training("dropconnect under sam, batch normalised", {"dropconnect": 0.2, "sam": 0.05}, batch)
    yield Training("ema, batch normalised", {"ema": 0.9}, batch)
    yield Training("swa and dropout, batch normalised", {"swa": 0.5, "dropout": 0.2}, batch)
    yield Training("early stopping, out of patience", {"early_stopping": 1}, wrong)
    yield Training("early stopping, at the end of patience", {"early_stopping": 2}, wrong)
    yield Training("dropout in three layers", {"dropout": 0.4}, replace(RECIPE, hidden=(24, 16, 12)))


def norm(numbers: torch.Tensor) -> float:
    """Return the root of the sum of squares."""
    return torch.linalg.vector_norm(numbers).item()


def against_cosines(numbers: torch.Tensor) -> float:
    """Return the product with cos(0), cos(1), ...: it sees which number is where, and its sign."""
    places = torch.arange(numbers.numel(), dtype=torch.float64)
    return (numbers.flatten() @ torch.cos(places)).item()
