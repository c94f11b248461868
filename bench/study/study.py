"""A study: one TOML file, checked in full before anything is trained."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import tomli_w

from bench.base.errors import StudyError
from bench.base.precision import Target
from bench.data import data_hash
from bench.engines.choice import engine_of
from bench.record.code_hash import sources_hash
from bench.record.experiment import Experiment
from bench.record.trials import OWN, Condition, Recipe, Seeds, Trial, versions_of
from bench.regularisers import REGULARISERS
from bench.schema.documents import content_hash
from bench.study import DECIDED, experiment, fields
from bench.study.analysis_plan import AnalysisPlan, check_analysis, resolved
from bench.study.conditions import Whole, check_control, named_by_conditions, of_networks, read_conditions
from bench.study.consistency import available, check_number_of_trials, check_precisions, check_regularisers, check_sizes
from bench.study.fields import REQUIRED, Faults, Field
from bench.study.finding import find_study, read_document
from bench.study.keys import OWN_ANALYSIS, OWN_TRIALS, RECIPE, SECTIONS, STUDY_ONLY, TOP_LEVEL
from bench.study.user_files import Own, read_own


@dataclass(frozen=True)
class Study:
    """A valid study, resolved: defaults filled in, grid expanded."""

    name: str
    recipe: Recipe | Experiment
    """Recipe of every condition, except for what the condition itself sets."""
    conditions: tuple[Condition, ...]
    seeds: tuple[int, ...]
    crossing: dict[str, int] | None
    """How many seeds each source of randomness has, all crossed: seed numbers then count the combinations."""
    devices: tuple[str, ...]
    precisions: tuple[str, ...]
    analysis: AnalysisPlan
    own: Own
    """Plug-ins, and where data of one's own are."""

    @classmethod
    def load(cls, name_or_path: Path | str) -> Study:
        """Return the study of a file, or one that ships by its name; raise StudyError with every fault in it."""
        return load_study(find_study(str(name_or_path)))

    def recipe_of(self, condition: Condition) -> Recipe | Experiment:
        """Return the recipe of one condition."""
        return self.recipe.having(condition.recipe)

    def recipes(self) -> list[Recipe]:
        """Return every recipe of networks that some condition has; none of own training code."""
        found = dict.fromkeys(map(self.recipe_of, self.conditions))
        return [each for each in found if isinstance(each, Recipe)]

    def varied(self) -> list[str]:
        """Return the keys of the recipe that conditions set."""
        named = {key for condition in self.conditions for key, _ in condition.recipe}
        return [key for key in ([*RECIPE] if isinstance(self.recipe, Recipe) else self.recipe.keys()) if key in named]

    def factors(self) -> list[str]:
        """Return the regularisers, and keys of the recipe, that some condition names: they get columns."""
        named = {name for condition in self.conditions for name, _ in condition.settings}
        return [name for name in REGULARISERS if name in named] + self.varied()

    def data_hash(self) -> str:
        """Return the hash of what all conditions are trained and tested on, what they themselves set left out."""
        recipe, varied = self.recipe, self.varied()
        if isinstance(recipe, Experiment):
            return recipe.data_hash
        size = "by condition" if "train_size" in varied else recipe.train_size
        marks = ["stratified"] if recipe.stratified else []
        if recipe.label_noise and "label_noise" not in varied:
            marks.append(f"label_noise:{recipe.label_noise!r}")
        return data_hash(recipe.data, size, recipe.validation_size, *marks)

    def with_seeds(self, number: int) -> Study:
        """Return the same study with seeds 0 to `number` - 1."""
        return replace(self, seeds=tuple(range(number)))

    def until_decided(self) -> Study:
        """Return the same study, planned to go on until every condition is decided."""
        return replace(self, analysis=replace(self.analysis, until=DECIDED))

    def targets(self) -> list[Target]:
        """Return every device with every precision that exists on it."""
        every = (Target(device, precision) for device in self.devices for precision in self.precisions)
        return [target for target in every if target.exists()]

    def trials(self) -> list[Trial]:
        """Return every trial of the study: by target, then seed, then condition."""
        return list(self._trials)

    @cached_property
    def _trials(self) -> list[Trial]:
        """Each is made, and its id computed, once: there may be very many."""
        content = self.data_hash()
        used = {name for condition in self.conditions for name in condition.regularisers()}
        used.update(name for recipe in self.recipes() for name in recipe.beyond_fused())
        own = isinstance(self.recipe, Experiment)
        made_by = self.recipe.files_hash if isinstance(self.recipe, Experiment) else sources_hash()
        engines = {device: OWN if own else engine_of(device, used) for device in self.devices}
        recipes = [(condition, self.recipe_of(condition)) for condition in self.conditions]
        return [
            Trial(
                self.name,
                condition,
                seed,
                sources,
                recipe,
                target.device,
                data_hash=content,
                code_hash=made_by,
                versions=versions,
                precision=target.precision,
                engine=engines[target.device],
            )
            for target in self.targets()
            for made in [[(*each, versions_of(each[1], each[0], engines[target.device])) for each in recipes]]
            for seed in self.seeds
            for sources in [self.sources(seed)]
            for condition, recipe, versions in made
        ]

    def sources(self, seed: int) -> Seeds:
        """Return the seeds of the three sources of randomness: all are `seed`, unless they are crossed."""
        if self.crossing is None:
            return Seeds(seed, seed, seed)
        order, mask = self.crossing["order"], self.crossing["mask"]
        return Seeds(seed // (order * mask), seed // mask % order, seed % mask)

    @property
    def study_hash(self) -> str:
        """Hash of the whole study."""
        return content_hash(self.document())

    def document(self) -> dict[str, Any]:
        """Return the resolved study as a study file has it; reading it gives this study again."""
        conditions = [
            {"label": condition.label}
            | condition.given()
            | ({"stays_at_chance": True} if condition.stays_at_chance else {})
            for condition in self.conditions
        ]
        own = isinstance(self.recipe, Experiment)
        return {
            "name": self.name,
            **(
                experiment.sections(self.recipe) if isinstance(self.recipe, Experiment) else self._sections(self.recipe)
            ),
            "trials": {
                "seeds": list(self.seeds) if self.crossing is None else self.crossing,
                "devices": list(self.devices),
                **({} if own else {"precisions": list(self.precisions)}),
            },
            "conditions": conditions,
            "analysis": {key: value for key, value in asdict(self.analysis).items() if value is not None},
        }

    def _sections(self, recipe: Recipe) -> dict[str, Any]:
        """Return plug-ins, data, model and training as a study file has them."""
        sections = {
            section: {
                key: list(value) if isinstance(value, tuple) else value
                for key in SECTIONS[section]
                if key in RECIPE and key not in self.varied()
                for value in [getattr(recipe, key)]
                if value != SECTIONS[section][key].default or key == "initialisation"
            }
            for section in ("data", "model", "training")
        }
        sections["data"] = {"name": recipe.data} | self.own.data_document() | sections["data"]
        return self.own.plugins_document() | sections

    def to_toml(self) -> str:
        """Return the resolved study as TOML."""
        return tomli_w.dumps(self.document())


def load_study(path: Path) -> Study:
    """Read and check the study file at `path`; raise StudyError with every fault in it."""
    return read_study(read_document(path), str(path))


def read_study(document: dict[str, Any], file: str) -> Study:
    """Check a study as parsed from TOML, `file` being its name in messages; raise StudyError with every fault."""
    if "tasks" in document:
        raise StudyError(
            f"{file}: has [[tasks]], and one task is expected here: that of results/<name>/<task>/study.toml, once "
            "`bench run` has begun (in Python bench.TaskStudy.load reads all)"
        )
    faults = Faults(file)
    study = checked(document, faults)
    if study is None:
        raise StudyError("\n".join(faults.found))
    return study


def checked(document: dict[str, Any], faults: Faults) -> Study | None:
    """Return a study as parsed from TOML, None where it has faults, which are noted."""
    file, own = faults.file, "experiment" in document
    allowed = experiment.TOP_LEVEL if own else TOP_LEVEL
    for key in (name for name in document if name not in allowed):
        faults.unknown("top level:", key, allowed)
    name = faults.value("top level:", "name", document, Field(fields.name, "a name of letters, digits, - _ and ."))
    recipe, conditions, users_own = _own(document, file, faults) if own else _networks(document, file, faults)
    trials = faults.table("[trials]", document.get("trials", {}), OWN_TRIALS if own else SECTIONS["trials"])
    analysis = faults.table("[analysis]", document.get("analysis", {}), OWN_ANALYSIS if own else SECTIONS["analysis"])
    if not own:
        check_precisions(trials, faults)
    check_number_of_trials(conditions, trials, faults)
    check_control(analysis.get("control"), conditions, faults)
    check_analysis(analysis, recipe.epochs if recipe else None, faults)
    if isinstance(recipe, Experiment):
        recipe = replace(recipe, primary=analysis.get("primary") or recipe.primary)
        trials = experiment.on_devices(recipe, trials, faults)
    if faults.found or recipe is None:
        return None
    given = trials.pop("seeds")
    crossing = given if isinstance(given, dict) else None
    seeds = range(math.prod(given.values())) if isinstance(given, dict) else given
    plan = resolved(analysis)
    return Study(name, recipe, conditions, tuple(seeds), crossing, **trials, analysis=plan, own=users_own)


Read = tuple[Recipe | Experiment | None, tuple[Condition, ...], Own]


def _own(document: dict[str, Any], file: str, faults: Faults) -> Read:
    """Return own training code with its conditions."""
    base = experiment.read_experiment(document, file, faults)

    def settings(where: str, given: Mapping[str, Any]) -> tuple[tuple[()], tuple[tuple[str, Any], ...]]:
        return (), experiment.read_settings(where, given, document, faults)

    return base, read_conditions(document, settings, faults), Own()


def _networks(document: dict[str, Any], file: str, faults: Faults) -> Read:
    """Return the recipe of a study of networks, its conditions, and what it has of its user's own."""
    users_own = read_own(document, Path(file).parent, faults)
    varied = _left_to_conditions(document)
    section = {
        name: faults.table(
            f"[{name}]", document.get(name, {}), {k: field for k, field in SECTIONS[name].items() if k not in varied}
        )
        for name in ("data", "model", "training")
    }
    fixed = {key: name for key, name in RECIPE.items() if key not in varied}
    whole = Whole(fixed, varied, section["model"].get("hidden"))
    conditions = of_networks(document, whole, faults)
    given = {key: value for name in section for key, value in section[name].items()}
    for condition in conditions if varied else [None]:
        own = {} if condition is None else {key: varied[key].default for key in varied} | dict(condition.recipe)
        check_sizes("[data]" if condition is None else f'condition "{condition.label}"', given | own, faults)
    check_regularisers(conditions, section["data"], faults)
    recipe = None if faults.found else _recipe(given, varied, conditions[0])
    return recipe, conditions, users_own


def _left_to_conditions(document: dict[str, Any]) -> dict[str, Field]:
    """Return the keys of the recipe that a condition or the grid names, and the study's own sections do not."""
    named = named_by_conditions(document)
    own = {key for section in ("data", "model", "training") for key in _table(document, section)}
    return {
        key: SECTIONS[section][key]
        for key, section in RECIPE.items()
        if key in named and key not in own and key not in STUDY_ONLY
    }


def _table(document: dict[str, Any], section: str) -> dict[str, Any]:
    table = document.get(section)
    return table if isinstance(table, dict) else {}


def _recipe(given: dict[str, Any], varied: dict[str, Field], first: Condition) -> Recipe:
    """Return the recipe that every condition starts from: a key that each of them sets is as in the first."""
    own = dict(first.recipe)
    left = {key: own[key] if field.default is REQUIRED else field.default for key, field in varied.items()}
    values = given | left
    values["data"] = values.pop("name")
    del values["path"]
    values["train_size"] = values["train_size"] or available(values)
    return Recipe(**values)
