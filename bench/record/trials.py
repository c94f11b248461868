"""Conditions, trials and stacks: what is trained, under which name, and together with what."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from functools import cache, cached_property
from typing import Any

from bench.base.precision import Target
from bench.record.experiment import Experiment
from bench.record.settings import thaw
from bench.regularisers import REGULARISERS
from bench.schema.documents import content_hash

STACKED, FUSED, OWN = "stacked", "fused", "own"
NUMERICS_VERSION = {STACKED: 1, FUSED: 1, OWN: 1}
"""Engine -> version of its numbers: raised when anything that every trial shares computes other numbers.

That is the training step, initial weights, random numbers, data split, optimisers, schedules, activations,
normalisations and evaluation. ``tests/golden`` fails where numbers change and no version does.
"""

Versions = tuple[tuple[str, int | str], ...]
"""(name, version) of an engine and of the regularisers used, in the order in which they act."""


@dataclass(frozen=True)
class Recipe:
    """Everything but the regularisers and the seed: data, model and training."""

    data: str
    train_size: int
    validation_size: int
    hidden: tuple[int, ...]
    initialisation: str
    epochs: int
    batch_size: int
    learning_rate: float
    activation: str = "relu"
    normalisation: str = "none"
    optimiser: str = "sgd"
    schedule: str = "constant"
    stratified: bool = False
    label_noise: float = 0.0
    record_activations: bool = False

    def keys(self) -> list[str]:
        """Return what a condition may set."""
        return [each.name for each in fields(self)]

    def having(self, changes: Iterable[tuple[str, Any]]) -> Recipe:
        """Return the same with some of it changed."""
        return replace(self, **dict(changes))

    def naming(self) -> dict[str, Any]:
        """Return what names a trial beside its condition, seeds, device, data and versions."""
        return {"recipe": _as_named(self)}

    def columns(self, key: str) -> dict[str, float | str | None]:
        """Return the columns of results that say what `key` is. ``epochs`` has one in every table."""
        value = getattr(self, key)
        if key == "epochs":
            return {}
        if key == "hidden":
            width = float(value[0]) if len(set(value)) == 1 else None
            return {"hidden": "-".join(map(str, value)), "depth": float(len(value)), "width": width}
        return {key: value if isinstance(value, str) else float(value)}

    def beyond_fused(self) -> list[str]:
        """Return what of it the fused engine does not have."""
        plain = {"activation": "relu", "normalisation": "none", "optimiser": "sgd", "schedule": "constant"}
        own = [f"{key} {getattr(self, key)}" for key, value in plain.items() if getattr(self, key) != value]
        return own + (["record_activations"] if self.record_activations else [])


@dataclass(frozen=True)
class Condition:
    """One setting of the regularisers, and of what else differs between conditions, under a label.

    `settings` has one strength per hidden layer, or a single one, as the regulariser takes it.
    """

    label: str
    settings: tuple[tuple[str, tuple[float, ...]], ...]
    stays_at_chance: bool = False
    recipe: tuple[tuple[str, Any], ...] = ()
    """What it sets of the recipe, where that is not what a recipe has by default."""

    def active(self) -> dict[str, tuple[float, ...]]:
        """Return the settings that do something: those at their null strength throughout are left out."""
        return {name: values for name, values in self.settings if any(v != REGULARISERS[name].null for v in values)}

    def regularisers(self) -> tuple[str, ...]:
        """Return the names of the regularisers that do something."""
        return tuple(sorted(self.active()))

    def given(self) -> dict[str, Any]:
        """Return the settings as a study file has them."""
        strengths = {
            name: list(values) if REGULARISERS[name].each == "layer" else values[0] for name, values in self.settings
        }
        return strengths | {key: thaw(value) for key, value in self.recipe}

    @cached_property
    def condition_id(self) -> str:
        """Hash of what the condition does, whatever its label."""
        return content_hash(self.active() | {key: thaw(value) for key, value in self.recipe})

    def factors(self, names: Iterable[str], layers: int) -> dict[str, float]:
        """Return the columns of strengths for the regularisers in `names`: null ones where it does not name them.

        Other names are left out.
        """
        given = dict(self.settings)
        return {
            column: given[name][index] if name in given else REGULARISERS[name].null
            for name in names
            if name in REGULARISERS
            for index, column in enumerate(REGULARISERS[name].columns(layers))
        }


@dataclass(frozen=True)
class Seeds:
    """The seeds of a trial's three sources of randomness."""

    init: int
    order: int
    mask: int


@dataclass(frozen=True)
class Trial:
    """One training run: condition x seed x device x precision."""

    study: str
    condition: Condition
    seed: int
    seeds: Seeds
    recipe: Recipe | Experiment
    device: str
    data_hash: str
    code_hash: str
    """Hash of the sources: provenance, and no part of the id."""
    versions: Versions = ()
    """Versions of the engine and of each regulariser that does something."""
    precision: str = "float32"
    engine: str = STACKED

    def __hash__(self) -> int:
        return hash(self.trial_id)

    @property
    def network(self) -> Recipe:
        """The recipe of a trial that an engine of networks trains."""
        assert isinstance(self.recipe, Recipe), "own training code has no network that is known here"
        return self.recipe

    @property
    def target(self) -> Target:
        """What it runs on, and in what number format."""
        return Target(self.device, self.precision)

    def factors(self, names: Iterable[str]) -> dict[str, Any]:
        """Return the columns that say what it has of the regularisers and keys of the recipe in `names`."""
        own = isinstance(self.recipe, Experiment)
        others = [self.recipe.columns(name) for name in names if own or name not in REGULARISERS]
        strengths = {} if own else self.condition.factors(names, len(self.recipe.hidden))
        return strengths | {column: value for each in others for column, value in each.items()}

    @cached_property
    def trial_id(self) -> str:
        """Hash of settings, seeds, data and versions. Study name, label and sources are not among it."""
        return content_hash(
            {
                **self.recipe.naming(),
                "condition": self.condition.active(),
                "seeds": vars(self.seeds),
                "seed": self.seed,
                "device": self.device,
                "precision": self.precision,
                "engine": self.engine,
                "data": self.data_hash,
                "versions": self.versions,
            }
        )


@dataclass(frozen=True)
class Block:
    """Neighbouring trials of a stack that share their seeds, hence batches, initial weights and random numbers."""

    seeds: Seeds
    networks: slice
    """Where they are in the stack."""

    @property
    def size(self) -> int:
        """How many there are."""
        return self.networks.stop - self.networks.start


@dataclass(frozen=True)
class Stack:
    """Trials that are trained together. They share recipe, device, precision and engine."""

    trials: tuple[Trial, ...]

    @property
    def recipe(self) -> Recipe:
        """Recipe of every trial; of networks alone."""
        return self.trials[0].network

    @property
    def blocks(self) -> list[Block]:
        """The stack's runs of trials of one seed, in order."""
        blocks, start = [], 0
        for seeds, run in itertools.groupby(trial.seeds for trial in self.trials):
            networks = slice(start, start + len(list(run)))
            blocks.append(Block(seeds, networks))
            start = networks.stop
        return blocks

    @property
    def precision(self) -> str:
        """Precision of every trial."""
        return self.trials[0].precision

    def strengths(self) -> dict[str, list[tuple[float, ...]]]:
        """Return the strengths of each regulariser that some trial of the stack uses: `[K][layer]`, or `[K][1]`."""
        active = [trial.condition.active() for trial in self.trials]
        layers = len(self.recipe.hidden)
        return {
            name: [settings.get(name, (record.null,) * len(record.columns(layers))) for settings in active]
            for name, record in REGULARISERS.items()
            if any(name in settings for settings in active)
        }


@cache
def _as_named(recipe: Recipe) -> dict[str, Any]:
    return asdict(recipe)


def versions_of(recipe: Recipe | Experiment, condition: Condition, engine: str) -> Versions:
    """Return the versions of what trains a trial: for own training code, the hash of its files."""
    if isinstance(recipe, Experiment):
        return (engine, NUMERICS_VERSION[engine]), (recipe.name, recipe.files_hash)
    return versions(condition, engine)


def versions(condition: Condition, engine: str = STACKED) -> Versions:
    """Return the versions of `engine` and of each regulariser of the condition, in the order in which hooks act.

    A user's own regulariser has the hash of its file in place of a version.
    """
    used = condition.active()
    records = [record for name, record in REGULARISERS.items() if name in used]
    return (engine, NUMERICS_VERSION[engine]), *((each.name, each.plugin or each.version) for each in records)
