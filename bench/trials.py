"""Conditions, trials and stacks: what is trained, under which name, and together with what."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bench.precision import Target
from bench.regularisers import REGULARISERS

MAX_STACK = {"cpu": 8, "cuda": 264}
"""Trials trained together at most: on a CPU the stack should stay in cache, on a GPU fill the multiprocessors."""

NUMERIC_SOURCES = (
    "bench.activations", "bench.data.data_set", "bench.data.idx", "bench.data.labels", "bench.data.split",
    "bench.draws", "bench.epochs", "bench.evaluation", "bench.hooks", "bench.model", "bench.normalisation",
    "bench.optimisers", "bench.precision", "bench.regularisers.noise", "bench.regularisers.record", "bench.rows",
    "bench.threads", "bench.train", "bench.trials", "bench.work",
)  # fmt: skip
"""Modules whose text is part of every trial's id: what they say may change its numbers."""

STACKED, FUSED = "stacked", "fused"
ENGINE_SOURCES = {
    STACKED: (),
    FUSED: tuple(
        f"bench.fused.{name}"
        for name in ("arithmetic", "backward", "forward", "networks", "output", "philox", "step", "tiles", "training")
    ),
}
"""Engine -> what it adds to them."""


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
        return strengths | {key: list(value) if isinstance(value, tuple) else value for key, value in self.recipe}

    @property
    def condition_id(self) -> str:
        """Hash of what the condition does, whatever its label."""
        return content_hash(self.active() | dict(self.recipe))

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
    recipe: Recipe
    device: str
    data_hash: str
    code_hash: str
    """Hash of the sources that this trial's numbers depend on."""
    precision: str = "float32"
    engine: str = STACKED

    @property
    def target(self) -> Target:
        """What it runs on, and in what number format."""
        return Target(self.device, self.precision)

    def factors(self, names: Iterable[str]) -> dict[str, Any]:
        """Return the columns that say what it has of the regularisers and keys of the recipe in `names`."""
        keys = [name for name in names if name not in REGULARISERS]
        others = [self.recipe.columns(key) for key in keys]
        strengths = self.condition.factors(names, len(self.recipe.hidden))
        return strengths | {column: value for each in others for column, value in each.items()}

    @property
    def trial_id(self) -> str:
        """Hash of everything that this trial's numbers depend on. Study name and label are not among it."""
        return content_hash(
            {
                "recipe": asdict(self.recipe),
                "condition": self.condition.active(),
                "seeds": asdict(self.seeds),
                "seed": self.seed,
                "device": self.device,
                "precision": self.precision,
                "engine": self.engine,
                "data": self.data_hash,
                "code": self.code_hash,
            }
        )


@dataclass(frozen=True)
class Stack:
    """Trials that are trained together. They share recipe, device, precision and engine; and seeds, unless fused."""

    trials: tuple[Trial, ...]

    @property
    def recipe(self) -> Recipe:
        """Recipe of every trial."""
        return self.trials[0].recipe

    @property
    def seeds(self) -> Seeds:
        """Seeds of every trial."""
        return self.trials[0].seeds

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


def stacks(trials: Iterable[Trial], workers: int, most: int | None = None) -> list[Stack]:
    """Group trials into stacks: as large as serves (at most `most`), even in size, and enough of them for `workers`."""
    groups: dict[tuple[object, ...], list[Trial]] = {}
    for trial in trials:
        seeds = None if trial.engine == FUSED else trial.seeds
        key = (trial.recipe, seeds, trial.device, trial.precision, trial.engine)
        groups.setdefault(key, []).append(trial)
    total = sum(map(len, groups.values()))
    grouped = []
    for group in groups.values():
        largest = min(most or MAX_STACK[group[0].device], max(1, -(-total // workers)))
        parts = -(-len(group) // largest)
        grouped += [
            Stack(tuple(group[part * len(group) // parts : (part + 1) * len(group) // parts])) for part in range(parts)
        ]
    return grouped


def content_hash(content: Any) -> str:
    """Return the first 16 hexadecimal digits of the SHA-256 of `content` as canonical JSON."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


@cache
def sources_hash(regularisers: tuple[str, ...], engine: str = STACKED) -> str:
    """Return the hash of the engine's sources and of those of the named regularisers.

    A regulariser that a trial does not use is not part of it: adding one leaves old results valid.
    """
    used = sorted(set[str]().union(*(REGULARISERS[name].modules() for name in regularisers)))
    files = [_source(module) for module in (*NUMERIC_SOURCES, *ENGINE_SOURCES[engine], *used)]
    plugins = [each.plugin for name, each in REGULARISERS.items() if name in regularisers and each.plugin]
    return content_hash([file.read_bytes().decode() for file in files] + plugins)  # in the order in which hooks act


def _source(module: str) -> Path:
    """Return the file of a module without importing it: what it needs may not be here."""
    spec = importlib.util.find_spec(module)
    assert spec is not None and spec.origin is not None
    return Path(spec.origin)
